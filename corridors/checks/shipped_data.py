"""Checks of the shipped network and tables. Each returns faults with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from corridors.config import shown_as
from corridors.config.allowed_names import Names, advice
from corridors.data.access import load_access, load_worlds
from corridors.data.cargo import load_cargo
from corridors.data.geodata import (
    SHUT,
    hub_labels_of,
    labelled_places,
    sea_leg_ids,
    sha256,
)
from corridors.data.lines import load_lines
from corridors.data.parameters import load_parameters, load_sources, source_faults
from corridors.data.paths import (
    data_root,
    derived_dir,
    listed,
    network_dir,
    opened_arrays,
    parameters_dir,
    read_rows,
)
from corridors.data.port_calls import OTHER_PORTS, load_port_calls
from corridors.data.services import load_services
from corridors.data.uncertainty import load_events, load_uncertainty, load_volatility
from corridors.data.width_factors import load_width_factors
from corridors.domain.places import Effect, Family, GateKind, Service
from corridors.domain.values import Status
from corridors.errors import CorridorsError, GeodataError
from corridors.network.locate import world_ports

Row = dict[str, str]
# Lengths are rounded to 0.1 km.
ROUNDING_KM = 0.1
ON_RAILS = ("rail_terminal", "border_station", "gauge_yard", "junction")
COUNTRY = re.compile("[A-Z]{2}")
_POINT = r"-?\d+(\.\d*)? -?\d+(\.\d*)?"
CUT = re.compile(f"({_POINT}(;{_POINT})+)?")
MAX_BYTES = 5_000_000
"""Of the listed files, which every clone carries in every version."""
LISTED = ("network", "parameters")
ROW = re.compile(r"^\|.*?`?((?:network|parameters)/[\w.*-]+)`?.*?\b([0-9a-f]{64})\b")
STATUSES = frozenset(status.value for status in Status) - {"scenario"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The rows of the network's tables, and the services."""

    terminals: tuple[Row, ...]
    gates: tuple[Row, ...]
    rail: tuple[Row, ...]
    ferry: tuple[Row, ...]
    road: tuple[Row, ...]
    services: tuple[Service, ...]


def check_geodata() -> tuple[int, tuple[str, ...]]:
    """Check the shipped geodata. Return the number of rows and the faults."""
    try:
        tables = read_tables()
    except CorridorsError as error:
        return 0, tuple(str(error).splitlines())
    faults: list[str] = []
    for check in CHECKS:
        faults.extend(check(tables))
    faults.extend(parameter_faults())
    # Rules of rows that cannot be read would only repeat their faults.
    faults.extend(list_faults())
    if not faults:
        faults.extend(chance_faults())
    legs = {row["id"] for row in (*tables.rail, *tables.ferry, *tables.road)}
    faults.extend(access_faults(places(tables), legs | sea_leg_ids()))
    faults.extend(known_line_faults(places(tables)))
    faults.extend(sea_label_faults())
    faults.extend(manifest_faults())
    counted = (tables.terminals, tables.gates, tables.rail, tables.ferry, tables.road)
    return sum(map(len, counted)), tuple(faults)


def read_tables() -> Tables:
    """Return the tables of the network.

    Raises
    ------
    GeodataError
        A file is missing, or lacks a column or a cell.
    """
    folder = network_dir()
    legs = ("id", "from_id", "to_id", "length_km", "published_km", "source", "status")
    place = ("id", "name", "kind", "country", "source", "status")
    return Tables(
        terminals=tuple(
            read_rows(folder / "terminals.csv", (*place, "lon", "lat", "services", "gauges_mm"))
        ),
        gates=tuple(
            read_rows(
                folder / "gates.csv",
                (*place, "points", "cut", "part_laden", "ice_ships", "by_default"),
            )
        ),
        rail=tuple(read_rows(folder / "rail_legs.csv", (*legs, "system", "gauge_mm", "countries"))),
        ferry=tuple(read_rows(folder / "ferry_legs.csv", (*legs, "service"))),
        road=tuple(read_rows(folder / "road_legs.csv", (*legs, "service", "countries"))),
        services=load_services(),
    )


def at(file: str, row: Row) -> str:
    """Return `file:line: id: `, the prefix of faults of a network table."""
    return f"{shown_as(network_dir() / file)}:{row['__line__']}: {row['id']}: "


def places(tables: Tables) -> set[str]:
    """Return the ids of terminals and gates."""
    return {row["id"] for row in (*tables.terminals, *tables.gates)}


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
    """Repeated ids and UN/LOCODEs, and legs whose id does not match their ends."""
    for file, rows in files_of(tables):
        seen: dict[str, str] = {}
        for row in rows:
            for key in ("id", "unlocode"):
                value = row.get(key, "")
                if value and value in seen:
                    yield f"{at(file, row)}{key} '{value}' also on line {seen[value]}, keep one"
                seen.setdefault(value, row["__line__"])
            if "from_id" in row and row["id"].split("#")[0] != f"{row['from_id']}--{row['to_id']}":
                yield f"{at(file, row)}id must be '{row['from_id']}--{row['to_id']}'"


def network_source_faults(tables: Tables) -> Iterable[str]:
    """Rows without a source, or with an unknown status."""
    for file, rows in files_of(tables):
        for row in rows:
            if not row["source"].strip():
                yield f"{at(file, row)}no source. Name one, or 'assumption'."
            if row["status"] not in STATUSES:
                known = ", ".join(sorted(STATUSES))
                yield f"{at(file, row)}unknown status '{row['status']}', use {known}"


def position_faults(tables: Tables) -> Iterable[str]:
    """Coordinates that are not a longitude and latitude in degrees."""
    for row in tables.terminals:
        try:
            lon, lat = float(row["lon"]), float(row["lat"])
        except ValueError:
            yield f"{at('terminals.csv', row)}lon and lat must be numbers"
            continue
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            yield f"{at('terminals.csv', row)}{lon:g}, {lat:g} is not a longitude and latitude"


def leg_faults(tables: Tables) -> Iterable[str]:
    """Legs to unknown terminals, and legs shorter than the great circle."""
    from pyproj import Geod

    earth = Geod(ellps="WGS84")
    spots = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in tables.terminals}
    for file, rows in files_of(tables)[2:]:
        for row in rows:
            ends = [row["from_id"], row["to_id"]]
            missing = [end for end in ends if end not in spots]
            for end in missing:
                yield f"{at(file, row)}dangling: no terminal '{end}'"
            try:
                length_km = float(row["length_km"])
            except ValueError:
                yield f"{at(file, row)}length_km must be a number, got '{row['length_km']}'"
                continue
            if missing or ends[0] == ends[1]:
                continue
            direct_km = earth.inv(*spots[ends[0]], *spots[ends[1]])[2] / 1000
            if not length_km >= direct_km - ROUNDING_KM:
                yield (
                    f"{at(file, row)}{length_km:g} km is shorter than the great circle, "
                    f"{direct_km:.1f} km. Move the points to the stations, or correct the length."
                )


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


def service_faults(tables: Tables) -> Iterable[str]:
    """Unknown services of terminals."""
    known = ["sea", "hub", *(service.id for service in tables.services)]
    for row in tables.terminals:
        for service in listed(row["services"]):
            if service not in known:
                start = at("terminals.csv", row)
                yield f"{start}unknown service '{service}', {advice(service, known)}"


def port_call_faults(tables: Tables) -> Iterable[str]:
    """Seaports without a row of `port_calls.csv`, and rows that do not agree with the network."""
    path = parameters_dir() / "port_calls.csv"
    try:
        load_port_calls()
        rows = read_rows(path, ("port", "source_id", "status", "hub", "hub_source_id"))
        world = {row["unlocode"] for row in read_rows(network_dir() / "ports.csv", ("unlocode",))}
        sources = load_sources()
    except CorridorsError as error:
        yield from str(error).splitlines()
        return
    by_port = {row["port"]: row for row in rows}
    seaports = {row["id"]: row for row in tables.terminals if "sea" in listed(row["services"])}
    for name, seaport in seaports.items():
        start = at("terminals.csv", seaport)
        if name not in by_port:
            yield f"{start}a seaport without a row in {path.name}"
        elif ("hub" in listed(seaport["services"])) != (by_port[name]["hub"] == "1"):
            yield f"{start}'hub' in its services must agree with {path.name}"
    for row in rows:
        start = f"{shown_as(path)}:{row['__line__']}: {row['port']}: "
        if row["port"] not in seaports and row["port"] not in world | {OTHER_PORTS}:
            yield f"{start}no seaport of terminals.csv and no UN/LOCODE of ports.csv"
        if row["port"] not in seaports and row["hub"] == "1":
            yield f"{start}only a port of terminals.csv can be a hub"
        decisions = [(row["source_id"], row["status"])]
        if row["hub"] == "1":
            decisions.append((row["hub_source_id"], row["hub_status"]))
        for source, status in decisions:
            if source not in sources or status not in STATUSES:
                known = ", ".join(sorted(STATUSES))
                yield f"{start}source ids must be keys of sources.csv, statuses one of {known}"


def part_laden_faults(tables: Tables) -> Iterable[str]:
    """Unknown ship classes in `part_laden` of gates, and other words in their switches and cuts."""
    ships = [service.id for service in tables.services if service.family is Family.SEA]
    for row in tables.gates:
        if row["ice_ships"] not in ("", "no"):
            yield f"{at('gates.csv', row)}ice_ships must be no or empty, got '{row['ice_ships']}'"
        if row["by_default"] not in ("", SHUT):
            said = f"by_default must be {SHUT} or empty, got '{row['by_default']}'"
            yield f"{at('gates.csv', row)}{said}"
        if not CUT.fullmatch(row["cut"]):
            yield f"{at('gates.csv', row)}cut must be `lon lat;lon lat`, got '{row['cut']}'"
        for ship in listed(row["part_laden"]):
            if ship not in ships:
                yield f"{at('gates.csv', row)}unknown ship '{ship}', {advice(ship, ships)}"


def attachment_faults(tables: Tables) -> Iterable[str]:
    """Terminals without a leg or lane."""
    on_rail = {row[end] for row in tables.rail for end in ("from_id", "to_id")}
    on_ferry = {row[end] for row in tables.ferry for end in ("from_id", "to_id")}
    with opened_arrays(network_dir() / "sea_lanes.npz") as lanes:
        on_sea = {str(point) for point in lanes["point_id"]}
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
        if Family.SEA in wanted and row["id"] not in on_sea:
            yield f"{start}off the network: a seaport without a point on the lanes"


def line_faults(tables: Tables) -> Iterable[str]:
    """Drawn lines whose number differs from that of the legs, and invalid coordinates."""
    import numpy as np

    for name, rows in (
        ("rail_lines.npz", tables.rail),
        ("ferry_lines.npz", tables.ferry),
        ("road_lines.npz", tables.road),
    ):
        path: Path = network_dir() / name
        if not path.is_file():
            yield f"{shown_as(path)}: missing"
            continue
        with opened_arrays(path) as lines:
            offsets, lon, lat = lines["offsets"], lines["lon"], lines["lat"]
        if offsets.shape[0] != len(rows) + 1 or not (offsets[-1] == lon.shape[0] == lat.shape[0]):
            yield f"{shown_as(path)}: {offsets.shape[0] - 1} lines for {len(rows)} legs"
        if not (np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) <= 90)):
            yield f"{shown_as(path)}: points outside the range of longitude and latitude"


CHECKS: tuple[Callable[[Tables], Iterable[str]], ...] = (
    identity_faults,
    network_source_faults,
    position_faults,
    leg_faults,
    gauge_faults,
    service_faults,
    port_call_faults,
    part_laden_faults,
    attachment_faults,
    line_faults,
)


def parameter_faults() -> Iterable[str]:
    """Parameters and cargo presets that cannot be read, or whose source is unknown."""
    folder = parameters_dir()
    try:
        table = load_parameters()
        yield from (f"{shown_as(folder)}: {sentence}" for sentence in source_faults(table))
        sources = table.sources
        for row in load_cargo(folder).values():
            if row.source_id not in sources:
                where = shown_as(folder / "cargo.csv")
                yield f"{where}: {row.id}: no source_id '{row.source_id}' in sources.csv"
    except CorridorsError as error:
        yield from str(error).splitlines()


def chance_faults() -> Iterable[str]:
    """Faults of what is said of chance: rules of rows, events, and how prices move."""
    for load in (load_uncertainty, load_events, load_volatility, load_width_factors):
        try:
            load()
        except CorridorsError as error:
            yield from str(error).splitlines()


def list_faults() -> Iterable[str]:
    """Faults of the tables of country groups and train handovers."""
    rail = [service.id for service in load_services() if service.family is Family.RAIL]
    sources = load_sources()
    for file, columns in (
        ("country_groups.csv", ("group", "countries")),
        ("train_handovers.csv", ("service", "other")),
        ("trade_regions.csv", ("region", "countries")),
        ("trade_lanes.csv", ("lane", "from", "to")),
        ("line_regions.csv", ("region", "ends")),
        ("lines.csv", ("loop", "operator")),
    ):
        path = parameters_dir() / file
        try:
            rows = read_rows(path, (*columns, "source_id", "status"))
        except CorridorsError as error:
            yield from str(error).splitlines()
            continue
        for row in rows:
            start = f"{shown_as(path)}:{row['__line__']}: "
            codes = listed(row.get("countries", ""))
            for code in codes:
                if not COUNTRY.fullmatch(code) or codes.count(code) > 1:
                    yield f"{start}'{code}' is not a country code, or is repeated"
            if "service" in row:
                wrong = [row[end] for end in columns if row[end] not in rail]
                yield from (f"{start}unknown rail service '{name}'" for name in wrong)
            if row["source_id"] not in sources or row["status"] not in STATUSES:
                known = ", ".join(sorted(STATUSES))
                yield f"{start}source_id must be a key of sources.csv, status one of {known}"


def known_line_faults(places: Collection[str]) -> Iterable[str]:
    """Lines that cannot be read, or that go by an unknown gate, terminal or border."""
    try:
        lines = load_lines().lines
    except CorridorsError as error:
        yield from str(error).splitlines()
        return
    countries = Names().countries
    known = {*places, *(f"{a}-{b}" for a, b in combinations(sorted(countries), 2))}
    for line in lines:
        wrong = sorted(frozenset[str]().union(*line.ways) - known)
        if wrong:
            path = shown_as(parameters_dir() / "lines.csv")
            yield f"{path}: {line.loop}: '{wrong[0]}' is no gate, terminal or border such as BY-PL"


def access_faults(places: Collection[str], legs: Collection[str]) -> Iterable[str]:
    """Access rules that cannot be read, or that name what is unknown: a place, country or class.

    A delay is possible where boxes move: at a canal, a border or on a leg.
    """
    path = parameters_dir() / "access.csv"
    names = Names()
    known = {
        "place": sorted(places),
        "port": sorted({*places, *(port.id for port in world_ports())}),
        "feeder": sorted(places),
        "leg": sorted(legs),
        "border": [f"{a}-{b}" for a, b in combinations(names.countries, 2)],
        "country": names.countries,
        "transit": names.countries,
        "railways": names.countries,
        "customs": names.countries,
        "trade": [],
        "service": names.services,
    }
    try:
        for world in load_worlds():
            load_access(world)
        rows = read_rows(path, ("id", "what", "key", "origin", "destination", "cargo", "effect"))
        cargo = names.cargo_classes
        # Ends without terminal or port have at least a name: boxes come to Kabul by road.
        named = {
            row["country"] for row in read_rows(parameters_dir() / "countries.csv", ("country",))
        }
        countries = (*_with_ports({*names.countries, *named}), *names.groups)
        gates = read_rows(network_dir() / "gates.csv", ("id", "kind"))
        canals = {gate["id"] for gate in gates if gate["kind"] == GateKind.CANAL}
    except CorridorsError as error:
        yield from str(error).splitlines()
        return
    for row in rows:
        where = f"{shown_as(path)}:{row['__line__']}: {row['id']}"
        for name in listed(row["cargo"]):
            if name not in cargo:
                yield f"{where}: unknown cargo class '{name}', {advice(name, cargo)}"
        allowed, keys = known[row["what"]], listed(row["key"])
        if row["effect"] == Effect.DELAY and not canals.issuperset(keys):
            allowed = allowed if row["what"] in ("border", "leg") else ()
        if not keys and row["what"] != "trade":
            yield f"{where}: no key; name the {row['what']}"
        for key in keys:
            if key not in allowed:
                yield f"{where}: unknown {row['what']} '{key}', {advice(key, allowed)}"
        for end in (*listed(row["origin"]), *listed(row["destination"])):
            if end.lstrip("!") not in countries:
                yield f"{where}: unknown country '{end}', {advice(end.lstrip('!'), countries)}"


def _with_ports(countries: Collection[str]) -> list[str]:
    """Return countries and those of the ports of the world list, in order."""
    return sorted({*countries, *(port.country for port in world_ports())})


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


def manifest_faults() -> Iterable[str]:
    """Files without a row in geodata/README.md, and rows with another sha256 than the file.

    Without such a list only the size is checked. What is derived from these files has no row: it
    may be missing, and is built again from them.
    """
    root = data_root()
    readme = root / "README.md"
    files = {
        path.relative_to(root).as_posix(): path
        for folder in LISTED
        for path in sorted((root / folder).iterdir())
        if path.is_file()
    }
    size = sum(path.stat().st_size for path in files.values())
    if size > MAX_BYTES:
        yield f"{shown_as(root)}: {size:,} bytes are shipped, at most {MAX_BYTES:,}"
    if not readme.is_file():
        return
    rows: dict[str, int] = {}
    for number, line in enumerate(
        readme.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
    ):
        match = ROW.match(line)
        if match is None:
            continue
        name, digest = match.groups()
        where = f"{shown_as(readme)}:{number}: {name}"
        rows[name] = number
        if name not in files:
            yield f"{where}: no such file"
        elif sha256(files[name]) != digest:
            yield f"{where}: its sha256 is {sha256(files[name])}; run its script and update the row"
    for name in files.keys() - rows.keys():
        yield f"{shown_as(readme)}: no row for {name}: source, licence, retrieved, script, sha256"
