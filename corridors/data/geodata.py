"""Read the shipped network: terminals, gates, rail, ferry and road legs, sea legs and lanes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from corridors.arrays import FloatArray, IntArray, SmallArray
from corridors.data.columns import read_rows, value_of
from corridors.data.paths import (
    cached_while_unchanged,
    derived_dir,
    listed,
    network_dir,
    opened_arrays,
    parameters_dir,
    shipped,
)
from corridors.domain.places import Family, Gate, Service, Terminal
from corridors.errors import GeodataError
from corridors.progress import say_once

SHUT = "shut"
"""In the column `by_default` of gates: left out of distances unless they ask for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LandLeg:
    """A leg by rail, ferry, river or road; lengths in km, `published_km` None if unknown.

    `project` is the id of the project that must be built first, empty for an existing leg. Only a
    user's own leg has a `line`, and `hours` if it does not run at the usual speed; the line of a
    shipped leg is number `line_index` of `line_file`.
    """

    id: str
    from_id: str
    to_id: str
    system: str
    countries: tuple[str, ...]
    gauge_mm: int
    length_km: float
    published_km: float | None
    calibrated: bool
    source: str
    status: str
    project: str
    line_index: int
    row: int
    line: tuple[tuple[float, float], ...] = ()
    hours: float | None = None
    line_file: str = ""

    @property
    def family(self) -> Family:
        """Its mode: the first part of `system`, or rail if that is a rail system."""
        mode = self.system.split("/", maxsplit=1)[0]
        return Family(mode) if mode in tuple(Family) else Family.RAIL

    @property
    def ends(self) -> tuple[str, str]:
        """The terminals that it joins."""
        return self.from_id, self.to_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaLegs:
    """Legs between gate points and seaports, along the shortest lane that passes no other gate.

    `leg_from` and `leg_to` index `point_ids`; `leg_nm` is in nautical miles; `leg_area` is the NSR
    sea area 1 to 7, else 0; `leg_gate` indexes the gate if the leg is its canal, else -1.
    """

    point_ids: tuple[str, ...]
    leg_from: SmallArray
    leg_to: SmallArray
    leg_nm: FloatArray
    leg_area: SmallArray
    leg_gate: SmallArray


def network_file(name: str) -> Path:
    """Return the path of a shipped network file."""
    return network_dir() / name


@shipped(network_dir, "terminals.csv")
def load_terminals(path: Path) -> Mapping[str, Terminal]:
    """Return the terminals by id, in file order."""
    rows = read_rows(path)
    return MappingProxyType({row["id"]: value_of(Terminal, row) for row in rows})


@shipped(network_dir, "facilities.csv")
def load_facilities(path: Path) -> Mapping[str, str]:
    """Return the code that the SMDG gives a terminal, by id; most ports are several terminals."""
    return MappingProxyType({row["id"]: row["smdg"] for row in read_rows(path)})


def gate_named(text: str) -> str:
    """Return the id of the gate that a text means: `gate-suez`, `suez` or `Suez Canal`.

    Any other text is returned as it is.
    """
    wanted = text.strip().lower()
    for gate in load_gates():
        if wanted in (gate.id, gate.id.removeprefix("gate-"), gate.name.lower()):
            return gate.id
    return text


@shipped(network_dir, "gates.csv")
def load_gates(path: Path) -> tuple[Gate, ...]:
    """Return the gates in file order, which `SeaLegs.leg_gate` indexes."""
    gates = []
    for row in read_rows(path):
        count = int(row["points"])
        points = (row["id"],) if count == 1 else tuple(f"{row['id']}#{i + 1}" for i in range(count))
        gates.append(
            value_of(
                Gate,
                row,
                points=points,
                ice_ships=row["ice_ships"] != "no",
                cut=_points(row["cut"]),
                shut_by_default=row["by_default"] == SHUT,
            )
        )
    return tuple(gates)


def _points(text: str) -> tuple[tuple[float, float], ...]:
    """Return the points of `lon lat;lon lat`."""
    return tuple((float(lon), float(lat)) for lon, lat in map(str.split, listed(text)))


@shipped(network_dir, "trunk.csv")
def load_trunk_places(path: Path) -> Mapping[str, frozenset[str]]:
    """Return the countries that may use each trunk place for carriage, by gate or terminal.

    A trunk place names a main carriage; carriage of other countries does not cross it.
    """
    rows = read_rows(path)
    return MappingProxyType({row["place"]: frozenset(listed(row["serves"])) for row in rows})


@shipped(network_dir, "trunk.csv")
def load_trunk_kinds(path: Path) -> Mapping[str, str]:
    """Return the kind of each trunk place: `ocean`, `arctic`, `border` or `caspian`."""
    rows = read_rows(path)
    return MappingProxyType({row["place"]: row["kind"] for row in rows})


@shipped(network_dir, "rail_legs.csv")
def load_rail_legs(path: Path) -> tuple[LandLeg, ...]:
    """Return the rail legs in file order."""
    return _legs(path, system="system", line_file="rail_lines.npz")


@shipped(network_dir, "ferry_legs.csv")
def load_ferry_legs(path: Path) -> tuple[LandLeg, ...]:
    """Return the ferry and river legs in file order; `system` holds the service."""
    return _legs(path, system="service", line_file="ferry_lines.npz")


@shipped(network_dir, "road_legs.csv")
def load_road_legs(path: Path) -> tuple[LandLeg, ...]:
    """Return the road legs between terminals in file order; `system` holds the service."""
    return _legs(path, system="service", line_file="road_lines.npz")


def _legs(path: Path, *, system: str, line_file: str) -> tuple[LandLeg, ...]:
    return tuple(
        value_of(
            LandLeg,
            row,
            system=row[system],
            countries=listed(row.get("countries", "")),
            gauge_mm=int(row.get("gauge_mm", 0)),
            calibrated=row.get("calibrated", "1") == "1" and bool(row["published_km"]),
            line_index=index,
            row=index + 2,
            line_file=line_file,
        )
        for index, row in enumerate(read_rows(path))
    )


def load_land_legs() -> tuple[LandLeg, ...]:
    """Return all legs by rail, ferry, river and road, in the order used by networks."""
    return (*load_rail_legs(), *load_ferry_legs(), *load_road_legs())


def _npz(name: str) -> Mapping[str, npt.NDArray[np.generic]]:
    return _arrays(network_file(name))


@cached_while_unchanged
def _arrays(path: Path) -> Mapping[str, npt.NDArray[np.generic]]:
    _refuse_missing(path)
    with opened_arrays(path) as arrays:
        return MappingProxyType(dict(arrays))


def _refuse_missing(path: Path) -> None:
    if not path.is_file():
        msg = (
            f"{path.name}: not found in the shipped data; run the script named in geodata/README.md"
        )
        raise GeodataError(msg)


@shipped(network_dir)
def load_sea_legs(folder: Path) -> SeaLegs:
    """Return the sea legs."""
    legs, lanes = _arrays(folder / "sea_legs.npz"), _arrays(folder / "sea_lanes.npz")
    return SeaLegs(
        point_ids=tuple(str(point) for point in lanes["point_id"]),
        leg_from=legs["leg_from"].astype(np.int32),
        leg_to=legs["leg_to"].astype(np.int32),
        leg_nm=legs["leg_nm"].astype(np.float64),
        leg_area=legs["leg_area"].astype(np.int32),
        leg_gate=legs["leg_gate"].astype(np.int32),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaLanes:
    """The lane graph: nodes in degrees, undirected edges in nautical miles, points on nodes.

    An edge is a great circle over water. `edge_gate` indexes the gate if it lies in a canal, else
    -1. `ports` are the nodes of the ports of the world list, by UN/LOCODE; empty if none is a node.
    """

    node_lon: FloatArray
    node_lat: FloatArray
    edge_from: SmallArray
    edge_to: SmallArray
    edge_nm: FloatArray
    edge_gate: SmallArray
    point_ids: tuple[str, ...]
    point_node: SmallArray
    ports: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@shipped(network_dir, "sea_lanes.npz")
def load_sea_lanes(path: Path) -> SeaLanes:
    """Return the lane graph of the sea legs."""
    lanes = _arrays(path)
    return SeaLanes(
        node_lon=lanes["node_lon"].astype(np.float64),
        node_lat=lanes["node_lat"].astype(np.float64),
        edge_from=lanes["edge_from"].astype(np.int32),
        edge_to=lanes["edge_to"].astype(np.int32),
        edge_nm=lanes["edge_nm"].astype(np.float64),
        edge_gate=lanes["edge_gate"].astype(np.int32),
        point_ids=tuple(str(point) for point in lanes["point_id"]),
        point_node=lanes["point_node"].astype(np.int32),
        ports=_ports_on_lanes(lanes),
    )


def _ports_on_lanes(
    lanes: Mapping[str, npt.NDArray[np.generic]],
) -> Mapping[str, int]:
    """Return the nodes of ports by UN/LOCODE."""
    nodes = lanes["port_node"].astype(np.int32).tolist()
    return MappingProxyType(dict(zip(map(str, lanes["port_code"]), nodes, strict=True)))


@shipped(network_dir)
def load_sea_hubs(folder: Path) -> SmallArray:
    """Return the nodes of the lane graph in the order in which they become hubs of distances.

    Raises
    ------
    GeodataError
        The order is not one of the nodes of the lanes.
    """
    hubs: SmallArray = _arrays(folder / "sea_hubs.npz")["hub_node"].astype(np.int32)
    count = _arrays(folder / "sea_lanes.npz")["node_lon"].shape[0]
    if not np.array_equal(np.sort(hubs), np.arange(count)):
        msg = "sea_hubs.npz: does not fit sea_lanes.npz; run geodata/build/sea_hubs.py"
        raise GeodataError(msg)
    return hubs


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaLabels:
    """Which ports and terminals have hub labels, and which gates were closed for these.

    `row` is the row of a place by id, lon and lat, and `node` the node of the lanes that it is, by
    row. `closed` are the sets of closed gates, in the order of their labels, and `lanes_sha256` the
    SHA-256 of the lanes that all this was made from.
    """

    row: Mapping[tuple[str, float, float], int]
    node: SmallArray
    closed: tuple[frozenset[str], ...]
    path: Path
    lanes_sha256: str


NO_LABELS = SeaLabels(
    row=MappingProxyType({}),
    node=np.empty(0, np.int32),
    closed=(),
    path=Path(),
    lanes_sha256="",
)


SEA_LABELS = "sea_labels.npz"


@shipped(derived_dir, SEA_LABELS)
def load_sea_labels(path: Path) -> SeaLabels:
    """Return which ports and terminals have labels; none if there is no such file.

    The labels are read by `read_hub_labels`. Each array is used only if its checksum holds: a
    damaged file is said on a line, and distances are searched without it.
    """
    try:
        return labelled_places(path)
    except GeodataError:
        _say_not_used(path, "is damaged")
        return NO_LABELS


def _say_not_used(path: Path, why: str) -> None:
    say_once(f"{path.name} {why} and is not used; distances by sea take longer")


def missing_sea_labels() -> str:
    """Return a sentence about hub labels that are not there, empty if there is such a file."""
    path = derived_dir() / SEA_LABELS
    if os.path.lexists(path):
        return ""
    return (
        f"{path.name} is missing: each distance by sea is searched, which takes some milliseconds;"
        " `make labels` in a checkout makes it, and it belongs into a wheel"
    )


def labelled_places(path: Path) -> SeaLabels:
    """Return which ports and terminals have labels by a file; none if there is no such file.

    Raises
    ------
    GeodataError
        The file is damaged.
    """
    if not os.path.lexists(path):
        return NO_LABELS
    with opened_arrays(path) as arrays:
        places = zip(
            *(arrays[key].tolist() for key in ("place_id", "place_lon", "place_lat")), strict=True
        )
        return SeaLabels(
            row=MappingProxyType({place: row for row, place in enumerate(places)}),
            node=arrays["node"].astype(np.int32),
            closed=tuple(frozenset(listed(str(gates))) for gates in arrays["closed"]),
            path=path,
            lanes_sha256=str(arrays["lanes_sha256"]),
        )


def fitting_sea_labels() -> SeaLabels:
    """Return `load_sea_labels()`, none if they were made from lanes that have changed since."""
    labels = load_sea_labels()
    if not labels.row or labels.lanes_sha256 == sha256(network_file("sea_lanes.npz")):
        return labels
    _say_not_used(labels.path, "was made from other lanes")
    return NO_LABELS


def read_hub_labels(
    labels: SeaLabels, closed: frozenset[str]
) -> tuple[IntArray, SmallArray, FloatArray] | None:
    """Return the hub labels of all rows with these gates closed, None if they are not shipped.

    Damaged ones are not used either, and this is said on a line.

    Returns
    -------
    start
        Where the hubs of each row begin, and their number at the end.
    hubs
        The hubs of each row, ascending. Any two rows share the one on the shortest way between
        them, and no row has hubs that no such way needs.
    far
        The nautical miles from the place to each.
    """
    if closed not in labels.closed:
        return None
    try:
        return hub_labels_of(labels, labels.closed.index(closed))
    except GeodataError:
        _say_not_used(labels.path, "is damaged")
        return None


def hub_labels_of(labels: SeaLabels, number: int) -> tuple[IntArray, SmallArray, FloatArray]:
    """Return the hub labels of a set of closed gates as `read_hub_labels` does.

    Raises
    ------
    GeodataError
        They are damaged.
    """
    with opened_arrays(labels.path) as arrays:
        hubs: SmallArray = arrays[f"hub_{number}"].astype(np.int32)
        # Bytes of equal weight lie together, which halves the file.
        far: FloatArray = np.ascontiguousarray(arrays[f"far_{number}"].T).view(np.float64).ravel()
        start = np.zeros(len(labels.row) + 1, np.int64)
        start[1:] = np.cumsum(arrays[f"count_{number}"])
    return start, hubs, far


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sea_leg_nodes(leg: int) -> SmallArray:
    """Return the lane nodes of a sea leg, from its `leg_from` to its `leg_to`."""
    legs = _npz("sea_legs.npz")
    offsets = legs["path_offsets"]
    return legs["path_nodes"][int(offsets[leg]) : int(offsets[leg + 1])].astype(np.int32)


def line_of(leg: LandLeg) -> tuple[tuple[float, float], ...]:
    """Return the line of a leg by land, ferry or river, `from_id` to `to_id`, as (lon, lat)."""
    if leg.line:
        return leg.line
    lines = _npz(leg.line_file)
    first, last = (int(x) for x in lines["offsets"][leg.line_index : leg.line_index + 2])
    lon = lines["lon"][first:last].astype(float).tolist()
    lat = lines["lat"][first:last].astype(float).tolist()
    return tuple(zip(lon, lat, strict=True))


# The services: ship classes, trains, ferries, trucks.

BROAD_GAUGE_MM = 1520


@shipped(parameters_dir, "services.csv")
def load_services(path: Path) -> tuple[Service, ...]:
    """Return the services in the order of `services.csv`."""
    return tuple(value_of(Service, row) for row in read_rows(path))


@shipped(parameters_dir, "train_handovers.csv")
def load_handovers(path: Path) -> frozenset[frozenset[str]]:
    """Return the pairs of services that hand over trains without lifting the boxes."""
    rows = read_rows(path)
    return frozenset(frozenset((row["service"], row["other"])) for row in rows)


def is_broad(service: Service) -> bool:
    """Return whether a service runs on the broad gauge."""
    return gauge_mm(service) == BROAD_GAUGE_MM


def gauge_mm(service: Service) -> int | None:
    """Return the gauge of a rail service in mm, None for other services.

    The number at the end of a system's name is its gauge: `cn-1435`, `1520`.
    """
    if service.family is not Family.RAIL or not service.systems:
        return None
    return int(service.systems[0].rsplit("-", 1)[-1])


# The largest ships that call at each port, from published rotations.

OTHER_PORTS = "other"
"""The row for ports of the world list without a row of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortCalls:
    """The size of ships that call at ports.

    `largest_teu` is the capacity in TEU of the largest ship in a port's rotations, by terminal id
    or UN/LOCODE. `smallest_of_class_teu` is that of the smallest ships of a class, by service.
    `arctic` are the own ports of ships with an ice class.
    """

    largest_teu: Mapping[str, float]
    arctic: frozenset[str]
    smallest_of_class_teu: Mapping[str, float]

    def takes(self, port: str, service: str) -> bool:
        """Return whether ships of a class call at a port; any ship does at one without a row."""
        largest = self.largest_teu.get(port)
        smallest = self.smallest_of_class_teu.get(service)
        return largest is None or smallest is None or smallest <= largest

    def takes_off_the_table(self, port: str, service: str) -> bool:
        """Return the same for a port of the world list, with the row `other` for those without."""
        return self.takes(port if port in self.largest_teu else OTHER_PORTS, service)


@shipped(parameters_dir)
def load_port_calls(folder: Path) -> PortCalls:
    """Return the table `port_calls.csv`, with the size of ship classes from `vessels.csv`."""
    rows = read_rows(folder / "port_calls.csv")
    smallest = {
        row["scope"]: float(row["low"])
        for row in read_rows(folder / "vessels.csv")
        if row["parameter"] == "ship.capacity_teu"
    }
    return PortCalls(
        largest_teu=MappingProxyType({row["port"]: float(row["largest_ship_teu"]) for row in rows}),
        smallest_of_class_teu=MappingProxyType(smallest),
        arctic=frozenset(row["port"] for row in rows if row["arctic"] == "1"),
    )
