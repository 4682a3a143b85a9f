"""Checks of the shipped network and tables. Each returns faults with file and line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from corridors import checks
from corridors.checks import LISTED, key_faults, known_names, sea_leg_ids
from corridors.cli.check import print_faults
from corridors.cli.output import Format
from corridors.config import shown_as
from corridors.config.checks import Names, advice
from corridors.costing.market import load_lanes, load_ways
from corridors.data.access import load_access, load_trade_lanes, load_worlds
from corridors.data.columns import NO_CONTRACT, Agreement, Contract, contract_of, read_rows
from corridors.data.geodata import (
    hub_labels_of,
    labelled_places,
    load_port_calls,
    load_sea_lanes,
    load_services,
    load_terminals,
    sha256,
)
from corridors.data.known import dated_by, known_since
from corridors.data.lines import load_lines
from corridors.data.parameters import ParameterTable, load_parameters, load_sources
from corridors.data.paths import (
    data_root,
    derived_dir,
    listed,
    network_dir,
    opened_arrays,
    parameters_dir,
)
from corridors.data.series import load_freight_weeks, load_price_series
from corridors.data.uncertainty import load_events, load_uncertainty, load_volatility
from corridors.domain.places import Effect, Family, GateKind, Service
from corridors.domain.values import Status, weakest
from corridors.errors import CorridorsError, GeodataError
from corridors.network.locate import world_ports
from corridors.studies.validate.cases import KINDS, case_rows, cases_dir, load_cases

Row = dict[str, str]
UNSURE = frozenset({Status.RECALLED, Status.ASSUMPTION})
COPIED_NOTES = ("as ", "equal to ")
ON_RAILS = ("rail_terminal", "border_station", "gauge_yard", "junction")
METRES_PER_KM = 1000.0
# Lengths are rounded to 0.1 km.
ROUNDING_KM = 0.1
# How far the end of a line lies from its terminal, and a port from its point on the lanes.
AT_ITS_END_KM = 0.05
AT_THE_LANES_KM = 0.5
SPOTS = "terminals.csv"
AT_A_LINE = re.compile(r"[\w.-]+:\d+: ")
SHARE = re.compile(r"share of ([\d.]+) km of ([\w-]+)")
WEAK_KINDS = (Status.RECALLED, Status.ASSUMPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The rows of the network's tables, and the services."""

    terminals: tuple[Row, ...]
    gates: tuple[Row, ...]
    rail: tuple[Row, ...]
    ferry: tuple[Row, ...]
    road: tuple[Row, ...]
    services: tuple[Service, ...]


def check_shipped() -> tuple[int, tuple[str, ...]]:
    """Check all shipped files. Return the number of files and rows, and the faults."""
    checked, faults = check_geodata()
    more, others = checks.check_shipped()
    return checked + more, tuple(dict.fromkeys((*faults, *others, *case_faults())))


def check_geodata() -> tuple[int, tuple[str, ...]]:
    """Check the shipped geodata. Return the number of rows and the faults."""
    faults = tuple(dict.fromkeys(table_faults(shipped_tables())))
    # What is built of tables that break their contract would only repeat their faults.
    if faults:
        return 0, faults
    try:
        tables = read_tables()
        found = [fault for check in CHECKS for fault in check(tables)]
    except CorridorsError as error:
        return 0, tuple(str(error).splitlines())
    counted = (tables.terminals, tables.gates, tables.rail, tables.ferry, tables.road)
    return sum(map(len, counted)), tuple(found)


def read_tables() -> Tables:
    """Return the tables of the network.

    Raises
    ------
    GeodataError
        A file is missing, or lacks a column or a cell.
    """
    folder = network_dir()
    return Tables(
        terminals=tuple(read_rows(folder / "terminals.csv")),
        gates=tuple(read_rows(folder / "gates.csv")),
        rail=tuple(read_rows(folder / "rail_legs.csv")),
        ferry=tuple(read_rows(folder / "ferry_legs.csv")),
        road=tuple(read_rows(folder / "road_legs.csv")),
        services=load_services(),
    )


def at(file: str, row: Row) -> str:
    """Return `file:line: id: `, the prefix of faults of a network table."""
    return f"{shown_as(network_dir() / file)}:{row['__line__']}: {row['id']}: "


def files_of(tables: Tables) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the tables with their file names."""
    return (
        ("terminals.csv", tables.terminals),
        ("gates.csv", tables.gates),
        ("rail_legs.csv", tables.rail),
        ("ferry_legs.csv", tables.ferry),
        ("road_legs.csv", tables.road),
    )


def identity_faults(tables: Tables) -> Iterable[str]:
    """Ids that do not match the ends of a leg, and codes that do not match a country."""
    for file, rows in files_of(tables):
        for row in rows:
            if "from_id" in row and row["id"].split("#")[0] != f"{row['from_id']}--{row['to_id']}":
                yield f"{at(file, row)}id must be '{row['from_id']}--{row['to_id']}'"
            code = row.get("unlocode", "")
            if code and code[:2] != row["country"]:
                yield f"{at(file, row)}unlocode '{code}' is not of {row['country']}"
    of_terminal = {row["id"]: row["country"] for row in tables.terminals}
    for file, rows in (("rail_legs.csv", tables.rail), ("road_legs.csv", tables.road)):
        for row in rows:
            ends = {of_terminal[row["from_id"]], of_terminal[row["to_id"]]}
            if left_out := ends.difference(listed(row["countries"])):
                yield f"{at(file, row)}its ends lie in {', '.join(left_out)}, not in countries"


def gauge_faults(tables: Tables) -> Iterable[str]:
    """Terminals where the gauge changes but not every gauge has a service."""
    gauges: dict[str, set[str]] = {}
    for row in tables.rail:
        if row["system"] == Family.ROAD:
            continue
        if row["system"].rpartition("-")[2] != row["gauge_mm"]:
            yield f"{at('rail_legs.csv', row)}system {row['system']} is not {row['gauge_mm']} mm"
        for end in (row["from_id"], row["to_id"]):
            gauges.setdefault(end, set()).add(row["gauge_mm"])
    gauges_of_service = {
        service.id: {system.rpartition("-")[2] for system in service.systems}
        for service in tables.services
    }
    for row in tables.terminals:
        here = gauges.get(row["id"], set())
        served = {g for s in listed(row["services"]) for g in gauges_of_service.get(s, set())}
        if len(here) > 1 and not here <= served:
            lacking = ", ".join(sorted(here - served))
            yield (
                f"{at('terminals.csv', row)}gauge change without a transfer: "
                f"no service of {lacking} mm in its services"
            )
        unlisted = here - set(listed(row["gauges_mm"]))
        if unlisted:
            yield f"{at('terminals.csv', row)}legs of {', '.join(unlisted)} mm, not in gauges_mm"


def port_call_faults(tables: Tables) -> Iterable[str]:
    """Seaports without a row of `port_calls.csv`, and rows that do not agree with the network."""
    path = parameters_dir() / "port_calls.csv"
    by_port = {row["port"]: row for row in read_rows(path)}
    seaports = {row["id"]: row for row in tables.terminals if "sea" in listed(row["services"])}
    for name, seaport in seaports.items():
        start = at("terminals.csv", seaport)
        if name not in by_port:
            yield f"{start}a seaport without a row in {path.name}"
        elif ("hub" in listed(seaport["services"])) != (by_port[name]["hub"] == "1"):
            yield f"{start}'hub' in its services must agree with {path.name}"
    for name, row in by_port.items():
        start = f"{shown_as(path)}:{row['__line__']}: {name}: "
        if name not in seaports and row["hub"] == "1":
            yield f"{start}only a port of terminals.csv can be a hub"
        if bool(row["hub_source_id"]) != (row["hub"] == "1"):
            yield f"{start}a hub needs hub_source_id and hub_status, and no other port has them"


def attachment_faults(tables: Tables) -> Iterable[str]:
    """Terminals without a leg or lane."""
    on_rail = {row[end] for row in tables.rail for end in ("from_id", "to_id")}
    on_ferry = {row[end] for row in tables.ferry for end in ("from_id", "to_id")}
    with opened_arrays(network_dir() / "sea_lanes.npz") as lanes:
        on_sea = {str(name) for of in ("point_id", "port_code") for name in lanes[of]}
    families = {service.id: service.family for service in tables.services}
    for row in tables.terminals:
        start = at("terminals.csv", row)
        if row["kind"] in ON_RAILS and row["id"] not in on_rail:
            yield f"{start}off the network: no rail leg begins or ends here"
        handled = (service for service in listed(row["services"]) if service != "hub")
        wanted = {families.get(service, Family.SEA) for service in handled}
        for family in sorted(wanted & {Family.FERRY, Family.RIVER}):
            if row["id"] not in on_ferry:
                yield f"{start}off the network: a {family.value} terminal without such a leg"
        if Family.SEA in wanted and on_sea.isdisjoint((row["id"], row["unlocode"])):
            yield f"{start}off the network: a seaport without a point on the lanes"


def line_faults(tables: Tables) -> Iterable[str]:
    """Drawn lines that do not join the ends of their legs, or have another length than these."""
    from pyproj import Geod

    earth = Geod(ellps="WGS84")
    spots = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in tables.terminals}
    for (file, rows), name in zip(
        files_of(tables)[2:], ("rail_lines.npz", "ferry_lines.npz", "road_lines.npz"), strict=True
    ):
        path = network_dir() / name
        drawn = _agreement(network_dir() / file, "drawn")
        with opened_arrays(path) as lines:
            offsets, lon, lat = lines["offsets"], lines["lon"], lines["lat"]
        if offsets.shape[0] != len(rows) + 1 or not (offsets[-1] == lon.shape[0] == lat.shape[0]):
            yield f"{shown_as(path)}: {offsets.shape[0] - 1} lines for {len(rows)} legs"
            continue
        for row, first, last in zip(rows, offsets[:-1], offsets[1:], strict=True):
            for end, point in ((row["from_id"], first), (row["to_id"], last - 1)):
                away_km = earth.inv(*spots[end], lon[point], lat[point])[2] / METRES_PER_KM
                if not away_km <= AT_ITS_END_KM:
                    yield f"{at(file, row)}its line ends {away_km:.1f} km from {end} of {SPOTS}"
            drawn_km = earth.line_length(lon[first:last], lat[first:last]) / METRES_PER_KM
            if not drawn.least <= float(row["length_km"]) / drawn_km <= drawn.most:
                yield (
                    f"{at(file, row)}length_km must be {drawn.least:g} to {drawn.most:g} times"
                    f" its line in {name}, {drawn_km:.1f} km, got '{row['length_km']}'"
                )


def port_faults(_: Tables) -> Iterable[str]:
    """Ports that do not lie at their point on the lanes, and codes of other countries."""
    from pyproj import Geod

    path = network_dir() / "ports.csv"
    lanes = load_sea_lanes()
    rows = read_rows(path)
    on_lanes = [row for row in rows if row["unlocode"] in lanes.ports]
    nodes = [lanes.ports[row["unlocode"]] for row in on_lanes]
    lons, lats = ([float(row[axis]) for row in on_lanes] for axis in ("lon", "lat"))
    metres = Geod(ellps="WGS84").inv(lons, lats, lanes.node_lon[nodes], lanes.node_lat[nodes])[2]
    for row, away_km in zip(on_lanes, metres / METRES_PER_KM, strict=True):
        if not away_km <= AT_THE_LANES_KM:
            start = f"{shown_as(path)}:{row['__line__']}: {row['unlocode']}: "
            yield f"{start}lies {away_km:.1f} km from its point of sea_lanes.npz"


def shared_length_faults(tables: Tables) -> Iterable[str]:
    """Legs whose published length is a share of that of a whole line, and do not sum to it."""
    shares: dict[tuple[str, str], list[Row]] = {}
    for row in tables.rail:
        if share := SHARE.search(row["note"]):
            shares.setdefault((share[1], share[2]), []).append(row)
    for (whole, line), rows in shares.items():
        sum_km = sum(float(row["length_km"]) for row in rows)
        if abs(sum_km - float(whole)) > len(rows) * ROUNDING_KM:
            start = at("rail_legs.csv", rows[0])
            yield f"{start}the legs of {line} sum to {sum_km:.1f} km, not to {whole}"


def ice_faults(_: Tables) -> Iterable[str]:
    """Ice of a mean, best or worst year that is not that of the years measured."""
    path = network_dir() / "ice.csv"
    months: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    lines: dict[tuple[str, str], str] = {}
    for row in read_rows(path):
        key = row["area"], row["month"]
        pair = float(row["share_covered"]), float(row["mean_concentration"] or 0.0)
        months.setdefault(key, {})[row["year_kind"]] = pair
        lines.setdefault(key, row["__line__"])
    for key, kinds in months.items():
        years = [pair for kind, pair in kinds.items() if kind.isdigit()]
        share = sum(pair[0] for pair in years) / len(years)
        ice = sum(math.prod(pair) for pair in years) / len(years)
        expected = {
            "mean": (share, ice / share if share else 0.0),
            "best": min(years),
            "worst": max(years),
        }
        for kind, pair in expected.items():
            got = kinds.get(kind, (math.nan, math.nan))
            if not all(math.isclose(a, b, abs_tol=0.001) for a, b in zip(got, pair, strict=True)):
                yield (
                    f"{shown_as(path)}:{lines[key]}: area {key[0]}, month {key[1]}: {kind} must be"
                    f" {pair[0]:.3f}, {pair[1]:.3f} by its years, got {got[0]:g}, {got[1]:g}"
                )


def source_faults(table: ParameterTable) -> tuple[str, ...]:
    """Return a sentence for each row without a known source, or surer than what it rests on.

    What is computed from a recalled figure is recalled. A note that begins with "as" or "equal to"
    names the row whose figure it has.
    """
    known = table.sources
    faults = []
    for row in table.rows:
        if row.status is Status.SCENARIO:
            continue
        start = f"{row.parameter}@{row.scope}: "
        source = known.get(row.source_id)
        if source is None:
            faults.append(
                f"{start}unknown source_id '{row.source_id}'. "
                "Use a key of sources.csv, or 'assumption'."
            )
            continue
        copied = row.note.startswith(COPIED_NOTES)
        most = weakest(
            *(Status(kind) for kind in {source.kind} & UNSURE),
            Status.COPIED if copied else Status.FOUND,
        )
        if weakest(row.status, most) is not row.status:
            faults.append(f"{start}status must be {most} by its source and note, got {row.status}")
        if row.status is Status.COPIED and not copied:
            faults.append(f"{start}status is copied: begin the note with 'as' and that row")
    return tuple(faults)


def parameter_faults(_: Tables) -> Iterable[str]:
    """Rows of any table surer than their source, and what is built of the tables of figures."""
    folder = parameters_dir()
    parameters = load_parameters()
    yield from (f"{shown_as(folder)}: {sentence}" for sentence in source_faults(parameters))
    kinds = {source.id: source.kind for source in load_sources().values()}
    for path in shipped_tables():
        for row in read_rows(path):
            kind = kinds.get(row.get("source_id", ""), "")
            if kind in WEAK_KINDS and row.get("status", kind) not in (*WEAK_KINDS, Status.COPIED):
                start = f"{shown_as(path)}:{row['__line__']}: status: "
                yield f"{start}must be {kind}, as its source is, got '{row.get('status')}'"


def loading_faults(_: Tables) -> Iterable[str]:
    """Rows that do not agree: rules, events, prices, lines, lanes, access rules, cases."""
    loads: tuple[Callable[[], object], ...] = (
        *(load_uncertainty, load_events, load_volatility, load_lines, load_lanes, load_ways),
        *(partial(load_access, world) for world in load_worlds()),
        *(load_port_calls, load_trade_lanes, load_freight_weeks, load_price_series, load_cases),
    )
    for load in loads:
        try:
            load()
        except CorridorsError as error:
            yield from str(error).splitlines()


def access_faults(tables: Tables) -> Iterable[str]:
    """Access rules whose key is of another kind than `what`, or that delay where no box moves."""
    path = parameters_dir() / "access.csv"
    names = Names()
    places = {row["id"] for row in (*tables.terminals, *tables.gates)}
    legs = {row["id"] for row in (*tables.rail, *tables.ferry, *tables.road)} | sea_leg_ids()
    known: dict[str, Collection[str]] = {
        "place": places,
        "port": sorted({*places, *(port.id for port in world_ports())}),
        "feeder": places,
        "leg": legs,
        "border": known_names("pairs of countries.csv country"),
        "trade": (),
        "service": names.services,
    }
    canals = {row["id"] for row in tables.gates if row["kind"] == GateKind.CANAL}
    for row in read_rows(path):
        where = f"{shown_as(path)}:{row['__line__']}: {row['id']}"
        allowed, keys = known.get(row["what"], names.countries), listed(row["key"])
        if row["effect"] == Effect.DELAY and not canals.issuperset(keys):
            allowed = allowed if row["what"] in ("border", "leg") else ()
        if not keys and row["what"] != "trade":
            yield f"{where}: no key; name the {row['what']}"
        for key in keys:
            if key not in allowed:
                yield f"{where}: unknown {row['what']} '{key}', {advice(key, allowed)}"


DATED_TABLES = ("access.csv", "events.csv", "lines.csv")


def known_faults(_: Tables) -> Iterable[str]:
    """Dated rows without the day from which they are known, and such days before their source's."""
    published = {
        row["source_id"]: row["published"] for row in read_rows(parameters_dir() / "sources.csv")
    }
    for name in (*DATED_TABLES, "voyages.csv"):
        for row in read_rows(parameters_dir() / name):
            where = f"{shown_as(parameters_dir() / name)}:{row['__line__']}"
            for at, days in (("", ("first_day",)), ("end_", ("last_day",))):
                since, by = row.get(f"{at}known_from", ""), row.get(f"{at}known_by", "")
                dated = name == "lines.csv" and not at
                dated |= any(_is_date(row.get(day, "")) for day in days)
                if dated and not since:
                    yield f"{where}: no {at}known_from: give the day of its source, or a rule"
                told = published.get(by, "")
                if since[: len(told)] < told:
                    yield f"{where}: known from {since}, before {by} of {told}"
                # The first of the month stands for a month in a column of days; a row that begins
                # on it may be known then, since lines are announced before they run.
                if since == f"{told}-01" and since not in [row.get(day, "") for day in days]:
                    at_best = f"known from the last of {told}, or the row's own"
                    yield f"{where}: {by} has no day: {at_best}"
            if row.get("end_known_from") and row["known_from"] > row["end_known_from"]:
                yield f"{where}: its end is known before it is"
    weeks = load_freight_weeks().values()
    for priced in (*load_parameters().rows, *weeks):
        if dated_by(priced.scope) and known_since(priced.parameter, priced.scope) is None:
            yield f"{priced.parameter}@{priced.scope}: no rule in known_rules.csv says since when"


def _is_date(cell: str) -> bool:
    return len(cell) == len("2026-05-31") and not cell.startswith("--")


def shipped_tables() -> tuple[Path, ...]:
    """Return the shipped tables in CSV."""
    folders = (data_root() / name for name in LISTED)
    return tuple(path for folder in folders for path in sorted(folder.glob("*.csv")))


def table_faults(paths: Iterable[Path]) -> Iterable[str]:
    """Cells, rows, keys and distances of tables that break the contract of `columns.csv`."""
    for path in paths:
        contract = contract_of(path)
        if contract is NO_CONTRACT:
            yield f"{shown_as(path)}: no rows in columns.csv say what its columns hold"
            continue
        try:
            rows = read_rows(path)
            for line, why in (*key_faults(contract, rows), *way_faults(contract, rows)):
                yield f"{shown_as(path)}:{line}: {why}"
        except GeodataError as error:
            for fault in str(error).splitlines():
                if fault.startswith(f"{path.name}:"):
                    yield f"{shown_as(path.parent)}/{fault}"
                elif not AT_A_LINE.match(fault):  # else the table that it is of tells it
                    yield fault


def case_faults() -> Iterable[str]:
    """Yield what breaks the contract of the published cases, and what they cannot be read by."""
    for kind in KINDS:
        path = cases_dir() / f"{kind}.yaml"
        try:
            contract, rows = contract_of(path), case_rows(kind)
            for line, why in (*key_faults(contract, rows), *way_faults(contract, rows)):
                yield f"tests/cases/published/{path.name}:{line}: {why}"
        except CorridorsError as error:
            yield from str(error).splitlines()
    # What no contract of a column says: a value lies in its range, ends and ships are known.
    try:
        load_cases()
    except CorridorsError as error:
        yield from str(error).splitlines()


def way_faults(contract: Contract, rows: Sequence[Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    """Yield each figure that is no multiple of the great circle of its row, as the contract says.

    `of` are the ends, or a list of stops, then what other columns of the row hold (`unit=days`).
    """
    from pyproj import Geod

    earth, spots = Geod(ellps="WGS84"), load_terminals()
    for agreement in contract.agreements:
        if agreement.kind != "way":
            continue
        (name,) = agreement.columns
        for row in agreement.about(rows):
            chains = [
                listed(part) for part in ";".join(row[end] for end in agreement.of).split("|")
            ]
            # An end that is unknown is a fault of its own.
            if not all(stop in spots for chain in chains for stop in chain):
                continue
            direct_km = 0.0
            for chain in chains:
                lons, lats = zip(*((spots[s].lon, spots[s].lat) for s in chain), strict=True)
                direct_km += earth.line_length(lons, lats) / METRES_PER_KM
            least, most = agreement.least * direct_km - ROUNDING_KM, agreement.most * direct_km
            if not least <= float(row[name]) <= most:
                yield (
                    row["__line__"],
                    f"{name}: must be{_span(agreement)} a km of the great circle between its ends,"
                    f" {direct_km:.1f} km, got '{row[name]}'",
                )


def _span(agreement: Agreement) -> str:
    most = "" if math.isinf(agreement.most) else f" to {agreement.most:g}"
    return f" {'at least ' * (not most)}{agreement.least:g}{most}"


def _agreement(path: Path, kind: str) -> Agreement:
    return next(one for one in contract_of(path).agreements if one.kind == kind)


def sea_label_faults() -> Iterable[str]:
    """Labels that are damaged or were made from other lanes; a checkout may have none yet."""
    path = derived_dir() / "sea_labels.npz"
    try:
        labels = labelled_places(path)
        if labels.row and labels.lanes_sha256 != sha256(network_dir() / "sea_lanes.npz"):
            why = "sea_lanes.npz has changed"
            yield f"{shown_as(path)}: not used, since {why}; run geodata/build/sea_labels.py"
            return
        for number in range(len(labels.closed)):
            hub_labels_of(labels, number)
    except GeodataError as error:
        why = str(error).removeprefix(f"{path.name}: ").partition(": install")[0]
        yield f"{shown_as(path)}: not used, since {why}; run geodata/build/sea_labels.py"


CHECKS: tuple[Callable[[Tables], Iterable[str]], ...] = (
    identity_faults,
    gauge_faults,
    port_call_faults,
    port_faults,
    attachment_faults,
    line_faults,
    shared_length_faults,
    ice_faults,
    parameter_faults,
    loading_faults,
    access_faults,
    known_faults,
    lambda _: sea_label_faults(),
)

if __name__ == "__main__":
    print_faults(*check_shipped(), how=Format.TABLE)
