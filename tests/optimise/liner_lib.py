"""LINER-LIB: demand, costs and published rotations, and shortest paths over them.

Figures are read from the folder of the data, which the project does not ship: Brouer, B. D.,
Alvarez, J. F., Plum, C. E. M., Pisinger, D., Sigurd, M. M. (2014), A base integer programming model
and benchmark suite for liner-shipping network design, Transportation Science 48(2).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.optimise.highs_process import HighsProcess
from tests.optimise.designs import (
    Choice,
    Column,
    Design,
    DesignPrices,
    DesignProgram,
    Fleet,
    Flows,
    Room,
)

# Beside the project or above it, where it is.
_BESIDE = [folder / "shared" / "data" / "linerlib" for folder in Path(__file__).parents[3:]]
FOLDER = next((folder for folder in _BESIDE if folder.exists()), _BESIDE[0])
REJECTED_USD = 1000.0
# Added to every arc of a search, since a sparse graph has no arcs of cost 0.
LEAST_USD = 1e-7


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table; columns are separated by tabs."""
    with (FOLDER / name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A published service: ports in order, FFE a sailing, ships, and its cost a week in USD.

    `nm` are those of its round trip.
    """

    ports: tuple[str, ...]
    capacity: float
    ships: int
    nm: float
    call_usd: float
    bunker_usd: float
    hire_usd: float

    @property
    def usd(self) -> float:
        """USD a week."""
        return self.call_usd + self.bunker_usd + self.hire_usd


def published(name: str) -> tuple[tuple[Rotation, ...], float]:
    """Return the rotations of a published network, and its weekly profit in USD."""
    text = (FOLDER / "published" / f"{name}.txt").read_text(encoding="utf-8", errors="replace")
    head = text.partition("Flow Solution")[0]
    rotations = []
    for part in re.split(r"^service \d+ service id \d+\s*$", head, flags=re.MULTILINE)[1:]:

        def figure(label: str, part: str = part, *, default: float | None = None) -> float:
            found = re.search(rf"{label}\s+([\d.e+]+)", part)
            if found is None:
                assert default is not None, (label, part)
                return default
            return float(found.group(1))

        rotations.append(
            Rotation(
                ports=tuple(re.findall(r"^\d+\t([A-Z0-9]{5})\t", part, re.MULTILINE)),
                capacity=figure("capacity"),
                ships=round(figure("# vessels")),
                nm=figure("voyage distance nautical miles"),
                call_usd=figure("Port call cost") + figure("Canal Cost", default=0.0),
                bunker_usd=figure("Total bunker cost at 600 USD for one round trip"),
                hire_usd=figure("Total TC cost"),
            )
        )
    profit = re.search(r"Objective value: (-?[\d.e+]+)", text)
    assert profit
    return tuple(rotations), float(profit.group(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipClass:
    """A class of ships as the data has it; speeds in knots, bunker in tonnes a day."""

    capacity: float
    hire_usd_per_day: float
    draft_m: float
    least_kn: float
    most_kn: float
    design_kn: float
    bunker_t: float
    idle_t: float


def ship_classes(instance: str) -> tuple[tuple[ShipClass, ...], dict[float, float]]:
    """Return the classes of an instance, and how many ships of each there are, by capacity."""
    held = {row["Vessel class"]: float(row["Quantity"]) for row in rows(f"fleet_{instance}.csv")}
    found = tuple(
        ShipClass(
            capacity=float(row["Capacity FFE"]),
            hire_usd_per_day=float(row["TC rate daily (fixed Cost)"]),
            draft_m=float(row["draft"]),
            least_kn=float(row["minSpeed"]),
            most_kn=float(row["maxSpeed"]),
            design_kn=float(row["designSpeed"]),
            bunker_t=float(row["Bunker ton per day at designSpeed"]),
            idle_t=float(row["Idle Consumption ton/day"]),
        )
        for row in rows("fleet_data.csv")
        if row["Vessel class"] in held
    )
    names = {row["Vessel class"]: float(row["Capacity FFE"]) for row in rows("fleet_data.csv")}
    return found, {names[name]: count for name, count in held.items()}


def sailed(ports: tuple[str, ...], nm: float, by: ShipClass, ships: int) -> Rotation | None:
    """Return a weekly rotation by some ships of a class, None if they are too slow or too deep.

    A round trip takes as many weeks as there are ships, a day of them at each call. Bunker goes
    with the third power of the speed, at 600 USD a tonne.
    """
    of = {row["UNLocode"]: row for row in rows("ports.csv")}
    hours = ships * 168.0 - len(ports) * 24.0
    if hours <= 0.0 or nm / hours > by.most_kn:
        return None
    if any(float(of[port]["Draft"]) < by.draft_m for port in ports):
        return None
    knots = max(nm / hours, by.least_kn)
    burnt = nm / knots / 24.0 * by.bunker_t * (knots / by.design_kn) ** 3 + len(ports) * by.idle_t
    calls = (
        float(of[port]["PortCallCostFixed"]) + float(of[port]["PortCallCostPerFFE"]) * by.capacity
        for port in ports
    )
    return Rotation(
        ports=ports,
        capacity=by.capacity,
        ships=ships,
        nm=nm,
        call_usd=sum(calls),
        bunker_usd=600.0 * burnt,
        hire_usd=7.0 * by.hire_usd_per_day * ships,
    )


class Rotations:
    """A design over rotations, and its columns, which are generated by shortest path."""

    def __init__(
        self,
        instance: str,
        rotations: Iterable[Rotation],
        *,
        most: dict[float, float] | None = None,
    ) -> None:
        ports = {row["UNLocode"]: row for row in rows("ports.csv")}
        self.rotations = tuple(rotations)
        demand = rows(f"Demand_{instance}.csv")
        self.ends = [(row["Origin"], row["Destination"]) for row in demand]
        self._revenue = [float(row["Revenue_1"]) for row in demand]
        rooms: list[Room] = []
        self._arcs: list[tuple[int, int, float, int]] = []
        self._node: dict[object, int] = {}
        self._arc: dict[tuple[int, int], int] = {}
        for number, rotation in enumerate(self.rotations):
            calls = len(rotation.ports)
            for i, port in enumerate(rotation.ports):
                full, moved = (
                    float(ports[port][key]) for key in ("CostPerFULL", "CostPerFULLTrnsf")
                )
                at = number, i
                self._add(at, (number, (i + 1) % calls), 0.0, len(rooms))
                rooms.append(Room(choice=number, teu=rotation.capacity))
                self._add(("from", port), at, full)
                self._add(("moved", port), at, 0.0)
                self._add(at, ("moved", port), moved)
                self._add(at, ("to", port), full)
        classes = list(most or {})
        self.program = DesignProgram(
            teu=tuple(float(row["FFEPerWeek"]) for row in demand),
            unmet_usd=REJECTED_USD,
            choices=tuple(
                Choice(
                    service=n,
                    usd=rotation.usd,
                    needs=((classes.index(rotation.capacity), 0, float(rotation.ships)),)
                    if classes
                    else (),
                )
                for n, rotation in enumerate(self.rotations)
            ),
            rooms=tuple(rooms),
            columns=(),
            fleets=tuple(
                Fleet(usd_each=0.0, idle_usd=(0.0,), most=(most or {})[name]) for name in classes
            ),
        )

    def _add(
        self, tail: tuple[Any, Any], head: tuple[Any, Any], usd: float, room: int = -1
    ) -> None:
        start, end = (self._node.setdefault(node, len(self._node)) for node in (tail, head))
        self._arc[start, end] = len(self._arcs)
        self._arcs.append((start, end, usd, room))

    def flows(self, chosen: Sequence[int | None]) -> Flows:
        """Return the best flows of a design, and keep the columns that they need."""
        while True:
            flows = Design(self.program, highs=HighsProcess()).flows(chosen)
            better = self._better(flows.prices)
            if not better:
                return flows
            self.program = replace(self.program, columns=(*self.program.columns, *better))

    def _better(self, prices: DesignPrices) -> list[Column]:
        """Return the shortest path of each lot, where it is cheaper than what the lot pays."""
        count = len(self._node)
        tails, heads, usd, rooms = (np.array(part) for part in zip(*self._arcs, strict=True))
        paid = np.where(rooms >= 0, prices.room_usd[np.maximum(rooms, 0)], 0.0)
        graph = csr_matrix((usd + paid + LEAST_USD, (tails, heads)), shape=(count, count))
        starts = sorted({start for start, _ in self.ends if ("from", start) in self._node})
        _, before = dijkstra(
            graph, indices=[self._node["from", p] for p in starts], return_predecessors=True
        )
        found = []
        for lot, (start, end) in enumerate(self.ends):
            if start not in starts or ("to", end) not in self._node:
                continue
            tree, node = before[starts.index(start)], self._node["to", end]
            path = []
            while tree[node] >= 0:
                path.append(self._arc[tree[node], node])
                node = int(tree[node])
            if not path:
                continue
            path.reverse()
            column = Column(
                lot=lot,
                name=tuple(path),
                usd=float(usd[path].sum()) - self._revenue[lot],
                rooms=tuple(int(rooms[n]) for n in path if rooms[n] >= 0),
            )
            usd_more = column.usd + prices.room_usd[list(column.rooms)].sum() - prices.lot_usd[lot]
            if usd_more < -1e-4:
                found.append(column)
        return found
