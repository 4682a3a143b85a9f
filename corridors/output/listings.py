"""What a scenario can refer to, as rows: corridors, places, services, parameters, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from corridors.output.records import picked

Rows = list[dict[str, object]]


def corridor_rows() -> Rows:
    """Return one row per shipped corridor; any place of an entry of `must_pass` satisfies it."""
    from corridors.config import load_corridors

    return [
        {
            **picked(corridor, "id", "title"),
            "services": list(corridor.main_services),
            "must_pass": [" or ".join(entry.any_of) for entry in corridor.must_pass],
            **picked(corridor, "must_avoid", "default", "colour", "description"),
        }
        for corridor in load_corridors("shipped")
    ]


def project_rows() -> Rows:
    """Return one row per shipped project; costs in millions of USD of `currency_year`."""
    from corridors.config import load_projects

    return [
        {
            **picked(project, "id", "title", "opens", "opens_status", "opens_source_id"),
            "cost_usd_m": project.cost.value,
            **picked(project.cost, "low", "high", "currency_year"),
            "cost_status": project.cost.status.value,
            "cost_source_id": project.cost.source_id,
            "legs": list(project.legs),
            "rows": [
                f"{row.parameter}{'@' + row.scope if row.scope else ''}={row.value:g}"
                for row in project.rows
            ],
            "description": project.description,
        }
        for project in load_projects("all")
    ]


def terminal_rows() -> Rows:
    """Return one row per terminal; longitude and latitude in degrees, gauges in mm."""
    from corridors.data.geodata import load_terminals

    return [
        {
            **picked(terminal, "id", "name", "city", "kind", "country", "unlocode", "lon", "lat"),
            "gauges_mm": [str(gauge) for gauge in terminal.gauges_mm],
            **picked(terminal, "services", "aliases", "source", "status", "note"),
        }
        for terminal in load_terminals().values()
    ]


def gate_rows() -> Rows:
    """Return one row per canal, strait and cape; the largest ship in metres."""
    from corridors.data.geodata import load_gates

    return [
        {
            **picked(gate, "id", "name", "kind", "country", "max_draft_m", "max_beam_m"),
            "max_length_m": gate.max_loa_m,
            "by_default": "closed" if gate.shut_by_default else "open",
            **picked(gate, "source", "status", "note"),
        }
        for gate in load_gates()
    ]


def service_rows() -> Rows:
    """Return one row per service; dimensions in metres."""
    from corridors.data.services import load_services

    columns = (
        *("id", "title", "family", "systems", "countries", "ice_class"),
        *("draft_m", "beam_m", "loa_m", "default"),
    )
    return [picked(service, *columns) for service in load_services()]


def parameter_rows(
    statuses: Sequence[str] = (), *, prefix: str = "", weakest_first: bool = False
) -> Rows:
    """Return one row per parameter and scope, chosen and sorted as `chosen_rows` does.

    `least` and `most` are the bounds of a value that replaces it.
    """
    from corridors.data.parameters import chosen_rows, load_parameters

    table = load_parameters()
    chosen = chosen_rows(table.rows, statuses, prefix=prefix, weakest_first=weakest_first)
    return [
        {
            **asdict(row),
            "least": table.bounds[row.parameter].least,
            "most": table.bounds[row.parameter].most,
        }
        for row in chosen
    ]


def cargo_rows() -> Rows:
    """Return one row per cargo preset; weight in t and value in USD per TEU, shelf life in days."""
    from corridors.data.cargo import load_cargo

    return [asdict(preset) for preset in load_cargo().values()]


def world_rows() -> Rows:
    """Return one row per world that a scenario may name."""
    from corridors.data.access import load_world_titles

    return [
        {"id": name, "title": title, "note": note}
        for name, (title, note) in load_world_titles().items()
    ]


def lane_rows() -> Rows:
    """Return one row per trade lane in the direction of its headhaul; volumes in millions of TEU.

    `empty_share` are the boxes that go back empty for one that arrives laden, and
    `backhaul_cost_share` what a box back pays of what a box out pays by sea.
    """
    from corridors.data.parameters import load_parameters
    from corridors.data.trade import load_trade_lanes

    table = load_parameters()
    return [
        {
            "id": lane.id,
            "headhaul": lane.title,
            **picked(lane, "laden_m_teu", "laden_back_m_teu"),
            "empty_share": None if lane.empty_share is None else round(lane.empty_share, 3),
            "backhaul_cost_share": table.value("ship.backhaul_cost_share", lane.id),
            **picked(lane, "year", "source_id", "status"),
            "from_countries": sorted(lane.origin.countries),
            "to_countries": sorted(lane.destination.countries),
            "note": lane.note,
        }
        for lane in load_trade_lanes()
    ]


def line_rows() -> Rows:
    """Return one row per line known to run, as in `lines.csv`."""
    from corridors.data.columns import read_rows
    from corridors.data.paths import parameters_dir

    rows = read_rows(parameters_dir() / "lines.csv")
    return [{name: row[name] for name in row if name != "__line__"} for row in rows]


def source_rows() -> Rows:
    """Return one row per source."""
    from corridors.data.parameters import load_sources

    found = (asdict(source) for source in load_sources().values())
    return [{"source_id": cells.pop("id"), **cells} for cells in found]
