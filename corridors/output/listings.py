"""What a scenario can refer to, as tables: corridors, places, services, parameters, sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from corridors.output.tables import Beside, Table

if TYPE_CHECKING:
    from corridors.domain.values import SourcedValue


def _corridors() -> Iterable[Any]:
    from corridors.config import load_corridors

    return load_corridors("shipped")


def _projects() -> Iterable[Any]:
    from corridors.config import load_projects

    return load_projects("all")


def _terminals() -> Iterable[Any]:
    from corridors.data.geodata import load_terminals

    return load_terminals().values()


def _gates() -> Iterable[Any]:
    from corridors.data.geodata import load_gates

    return load_gates()


def _services() -> Iterable[Any]:
    from corridors.data.geodata import load_services

    return load_services()


def _cargo() -> Iterable[Any]:
    from corridors.data.cargo import load_cargo

    return load_cargo().values()


def _sources() -> Iterable[Any]:
    from corridors.data.parameters import load_sources

    return load_sources().values()


def _worlds() -> Iterable[Any]:
    from corridors.data.access import load_world_titles

    titles = load_world_titles().items()
    return [Beside(None, id=name, title=title, note=note) for name, (title, note) in titles]


def _lanes() -> Iterable[Any]:
    from corridors.data.access import load_trade_lanes
    from corridors.data.parameters import load_parameters

    table = load_parameters()
    return [
        Beside(lane, cost_share=table.value("ship.backhaul_cost_share", lane.id))
        for lane in load_trade_lanes()
    ]


def _lines() -> Iterable[Any]:
    from corridors.data.columns import read_rows
    from corridors.data.paths import parameters_dir

    return read_rows(parameters_dir() / "lines.csv")


def parameter_rows(
    statuses: Sequence[str] = (), *, prefix: str = "", weakest_first: bool = False
) -> Sequence[SourcedValue]:
    """Return the values of parameters, chosen and sorted as `chosen_rows` does."""
    from corridors.data.parameters import chosen_rows, load_parameters

    rows = load_parameters().rows
    return chosen_rows(rows, statuses, prefix=prefix, weakest_first=weakest_first)


def _bounds(end: str) -> Any:
    from corridors.data.parameters import load_parameters

    return lambda row: getattr(load_parameters().bounds[row.parameter], end)


CORRIDORS = Table(
    name="corridors",
    about="A shipped corridor; any place of an entry of `must_pass` satisfies it.",
    rows_of=lambda _: _corridors(),
    files="id title services must_pass must_avoid default colour description",
    in_csv="id title services must_pass must_avoid",
    spare="must_avoid must_pass services",
    of={
        "services": "main_services",
        "must_pass": lambda row: [" or ".join(entry.any_of) for entry in row.must_pass],
    },
)
PLACES = Table(
    name="places",
    about="A place that a text may mean: a city, terminal, port or town.",
    files="place name label country kind lon lat",
)
TERMINALS = Table(
    name="terminals",
    about="A terminal; longitude and latitude in degrees.",
    rows_of=lambda _: _terminals(),
    files="id name city kind country unlocode lon lat gauges_mm services aliases source"
    " status note",
    in_csv="id name kind country unlocode lon lat gauges_mm services",
    spare="gauges_mm lon+lat services unlocode",
    of={"gauges_mm": lambda row: [str(gauge) for gauge in row.gauges_mm]},
)
GATES = Table(
    name="gates",
    about="A canal, strait or cape; the largest ship in metres.",
    rows_of=lambda _: _gates(),
    files="id name kind country max_draft_m max_beam_m max_length_m by_default source status note",
    in_csv="id name kind country max_draft_m max_beam_m max_length_m by_default source note",
    spare="note source by_default max_length_m max_beam_m country",
    of={
        "max_length_m": "max_loa_m",
        "by_default": lambda row: "closed" if row.shut_by_default else "open",
    },
)
SERVICES = Table(
    name="services",
    about="A service of the network; dimensions in metres.",
    rows_of=lambda _: _services(),
    files="id title family systems countries ice_class draft_m beam_m loa_m default",
    in_csv="id title systems ice_class draft_m beam_m loa_m default",
)
PARAMETERS = Table(
    name="parameters",
    about="A value of a parameter; `least` and `most` bound a value that replaces it.",
    rows_of=lambda _: parameter_rows(),
    files="parameter scope value low high unit currency_year source_id status note least most",
    in_csv="parameter scope value low high unit currency_year source_id status least most",
    spare="currency_year least+most source_id status low+high",
    of={"least": _bounds("least"), "most": _bounds("most")},
)
PROJECTS = Table(
    name="projects",
    about="A shipped project; costs in millions of USD of `currency_year`.",
    rows_of=lambda _: _projects(),
    files="id title opens opens_status opens_source_id cost_usd_m low high currency_year"
    " cost_status cost_source_id legs rows description",
    in_csv="id title opens opens_status cost_usd_m low high cost_status",
    of={
        "cost_usd_m": "cost.value",
        "low": "cost.low",
        "high": "cost.high",
        "currency_year": "cost.currency_year",
        "cost_status": "cost.status",
        "cost_source_id": "cost.source_id",
        "rows": lambda project: [
            f"{row.parameter}{'@' + row.scope if row.scope else ''}={row.value:g}"
            for row in project.rows
        ],
    },
)
CARGO = Table(
    name="cargo",
    about="A cargo preset.",
    rows_of=lambda _: _cargo(),
    files="id title cargo_t_per_teu value_usd_per_teu source_id status note equipment"
    " shelf_life_days loses_a_year cargo_classes",
    in_csv="id title cargo_classes cargo_t_per_teu value_usd_per_teu equipment shelf_life_days",
)
WORLDS = Table(
    name="worlds",
    about="A world that a scenario may name.",
    rows_of=lambda _: _worlds(),
    files="id title note",
)
LANES = Table(
    name="lanes",
    about="A trade lane in the direction of its headhaul.",
    rows_of=lambda _: _lanes(),
    files="id headhaul laden_m_teu laden_back_m_teu empty_share backhaul_cost_share year"
    " source_id status from_countries to_countries note",
    in_csv="id headhaul laden_m_teu laden_back_m_teu empty_share backhaul_cost_share year"
    " source_id status",
    of={
        "headhaul": "title",
        "empty_share": lambda row: row.empty_share and round(row.empty_share, 3),
        "backhaul_cost_share": "cost_share",
        "from_countries": lambda row: sorted(row.origin.countries),
        "to_countries": lambda row: sorted(row.destination.countries),
    },
)
LINES = Table(
    name="lines",
    about="A line known to run, as in `lines.csv`.",
    rows_of=lambda _: _lines(),
    files="loop operator kind mode ways bars from to rotation one_way frequency per teu weekdays"
    " first_day last_day season_from season_to sum last_seen known_from searched source_id status"
    " note",
    in_csv="loop operator kind mode ways from to frequency per first_day last_day last_seen"
    " source_id status",
    spare="status source_id last_seen first_day+last_day kind ways mode operator",
)
SOURCES = Table(
    name="sources",
    about="A publication or another source of figures.",
    rows_of=lambda _: _sources(),
    files="source_id title author year url kind",
    spare="kind author url year",
    of={"source_id": "id"},
)
DISTANCES = Table(
    name="distances",
    about="The way by sea between two places; figures are empty where gates cut them off.",
    files="from to nm km from_off_lane_km to_off_lane_km from_id to_id",
    in_csv="from to nm km from_off_lane_km to_off_lane_km",
)
FAULTS = Table(name="faults", about="What is wrong in a file, and where.", files="fault")
LISTINGS = {
    table.name: table
    for table in (
        *(CORRIDORS, TERMINALS, GATES, SERVICES, PARAMETERS, SOURCES, PROJECTS, CARGO, WORLDS),
        *(LANES, LINES),
    )
}
