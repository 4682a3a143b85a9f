"""What a scenario can refer to, as tables, and places as they are typed or clicked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from corridors.data.cities import people_by_name, places_begun, places_named, plain
from corridors.data.geodata import load_terminals
from corridors.data.lines import WEEKS_PER
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind, container_ports, locate, world_ports
from corridors.output.display_names import place_label
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


# Places as they are typed or clicked: cities, terminals, ports and towns, in any name.

MOST_PLACES = 50
LONGEST_QUERY = 80
_TOWNS = 40
"""Towns looked at for what is typed, the largest first."""
_UNKNOWN_PEOPLE = 100_000
"""People that a place counts as having which the table of towns does not have: a border station."""
_CALLED = 10
"""How many times its people a place counts in which boxes change: a city with terminals, a port at
which lines call."""
_WHOLE = 10
"""How many times as likely a place is meant whose name is typed whole."""
_BY_ANOTHER_NAME, _BY_A_LATER_WORD = 0.02, 0.01
"""How likely a place is meant by the beginning of a name other than its own, or of another word."""
_WEEKLY_BOXES = "port.capacity_teu_per_week"
"""What a port has handled in a week."""
Record = dict[str, object]


class _PlaceText(NamedTuple):
    """A text that names a place, how it may be typed, its own name first, and how much it counts.

    `is_end` says whether a press on the map near it may mean it.
    """

    text: str
    typed: tuple[str, ...]
    size: float
    is_end: bool


@lru_cache(maxsize=1)
def _listed() -> tuple[_PlaceText, ...]:
    """Return the cities with terminals, the terminals, and the ports of the world list."""
    people, boxes = people_by_name(), _yearly_boxes()

    def size(name: str, country: str, *, called: bool, traffic: float = 0.0) -> float:
        known = people.get((plain(name), country), _UNKNOWN_PEOPLE)
        return (known + traffic) * (_CALLED if called else 1)

    terminals = load_terminals().values()
    cities: dict[tuple[str, str], dict[str, None]] = {}
    traffic: dict[tuple[str, str], float] = {}
    found = []
    for one in terminals:
        here = (one.city, one.country)
        traffic[here] = traffic.get(here, 0.0) + boxes.get(one.id, 0.0)
        names = map(plain, (one.city, *(one.aliases if one.main else ())))
        cities.setdefault((one.city, one.country), {}).update(dict.fromkeys(names))
        typed = filter(None, map(plain, (one.name, one.id, one.unlocode, *one.aliases)))
        # Behind its city, which has the same people.
        beside = size(one.city, one.country, called=False)
        found.append(_PlaceText(one.id, tuple(typed), beside, is_end=False))
    named = [
        _PlaceText(
            f"{city}, {country}",
            tuple(names),
            size(city, country, called=True, traffic=traffic[city, country]),
            is_end=True,
        )
        for (city, country), names in cities.items()
    ]
    called = {port.id for port in container_ports()}
    ports = [
        _PlaceText(
            port.id,
            (plain(port.name), plain(port.id)),
            size(port.name, port.country, called=port.id in called),
            is_end=port.id in called,
        )
        for port in world_ports()
    ]
    return (*named, *found, *ports)


def _yearly_boxes() -> dict[str, float]:
    """Return the TEU that ports handle in a year by terminal, of those of which it is known."""
    rows = load_parameters().rows_of(_WEEKLY_BOXES)
    return {row.scope: WEEKS_PER["year"] * row.value for row in rows}


def places_like(query: str, *, limit: int) -> list[Record]:
    """Return the places that a text may be the beginning of, the likeliest first.

    A name counts from the beginning of any of its words, in its own script or in English. The
    likeliest is the one with the most people, to which the boxes of its ports in a year are added;
    a city with terminals and a port where container ships call count `_CALLED` times. It is less so
    by another name or a later word.
    """
    typed = plain(query[:LONGEST_QUERY])
    if not typed:
        return []
    ranked = [(one.size * _likely(one.typed, typed), one.text) for one in _listed()]
    ranked += [
        (max(town.population, 1) * _likely(town.names, typed), f"{town.name}, {town.country}")
        for town in places_begun(typed, most=_TOWNS)
    ]
    ranked.sort(key=lambda row: -row[0])
    found = _records((text for likely, text in ranked if likely), limit=limit)
    if not typed.isascii():
        for record in found:
            record["native"] = _native(record, typed)
    return found


def _native(record: Record, typed: str) -> str:
    """Return the name of a place that begins as typed, empty if only a port's name does."""
    towns = places_named(str(record["name"]).partition(",")[0])
    names = (name for town in towns if town.country == record["country"] for name in town.names)
    return next((name for name in names if name.startswith(typed)), "")


def _likely(names: Sequence[str], typed: str) -> float:
    """Return how likely one of the names of a place, its own first, is meant; 0 if none is."""
    found = 0.0
    for number, name in enumerate(names):
        if f" {typed}" in f" {name}":
            begins = _BY_ANOTHER_NAME if number else 1.0
            share = begins if name.startswith(typed) else _BY_A_LATER_WORD
            found = max(found, share * (_WHOLE if name == typed else 1))
    return found


def places_near(lon: float, lat: float, *, limit: int) -> list[Record]:
    """Return the cities and ports nearest to a point with their distance, then the point itself."""
    named = [one for one in _listed() if one.is_end]
    lons, lats = _positions()
    off_km = great_circle_km(lon, lat, lons, lats)
    nearest = np.argsort(off_km, kind="stable")[: 3 * limit]
    found = _records((named[number].text for number in nearest), limit=max(1, limit - 1))
    for record in found:
        there: Any = record["lon"], record["lat"]
        record["km"] = round(float(great_circle_km(lon, lat, *there)), 1)
    return [*found, *_records([f"{lon:.4f},{lat:.4f}"], limit=1)]


@lru_cache(maxsize=1)
def _positions() -> tuple[list[float], list[float]]:
    by_id = {port.id: (port.lon, port.lat) for port in world_ports()}
    cities = {f"{one.city}, {one.country}": (one.lon, one.lat) for one in load_terminals().values()}
    points = [{**cities, **by_id}[one.text] for one in _listed() if one.is_end]
    return [lon for lon, _ in points], [lat for _, lat in points]


def _records(texts: Iterable[str], *, limit: int) -> list[Record]:
    """Return places as records, each once; what names none is left out."""
    found: dict[str, Record] = {}
    for text, place in _located(texts):
        found.setdefault(place.id, _record(text, place))
        if len(found) == limit:
            break
    return list(found.values())


def _located(texts: Iterable[str]) -> Iterator[tuple[str, Place]]:
    for text in texts:
        place = _place(text)
        if place is not None:
            yield text, place


@lru_cache(maxsize=8192)
def _place(text: str) -> Place | None:
    try:
        return locate(text, advised=False)
    except PlaceError:
        return None


@lru_cache(maxsize=8192)
def _short(text: str, place: str) -> str:
    """Return the shortest text that names the same place: `Hamburg` for `Hamburg, DE`."""
    name = text.rpartition(", ")[0]
    short = _place(name) if name else None
    return name if short is not None and short.id == place else text


_KINDS = {PlaceKind.CITY: "city", PlaceKind.PORT: "port", PlaceKind.TERMINAL: "terminal"}


def _record(text: str, place: Place) -> Record:
    kind = _KINDS.get(place.kind, "town" if place.has_name else "point")
    return {
        "place": place.id,
        "name": _short(text, place.id),
        "label": place_label(place),
        "country": place.country,
        "kind": kind,
        "lat": round(place.lat, 4),
        "lon": round(place.lon, 4),
    }
