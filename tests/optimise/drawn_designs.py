"""Small drawn designs: ports, services between them, boxes, capacities; and their arc programme.

The programme has a node for each port, quay side and call of a service, and an arc for every move
of a box: it knows neither paths nor links. Paths are listed by walking from port to port.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from tests.optimise.designs import Choice, Column, DesignProgram, Fleet, Room

PORTS = 4
HALF_WEEK_USD = 120.0
UNMET_USD = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A service from a port to another, with what a TEU on it takes and a departure takes."""

    start: int
    end: int
    usd: float
    departure_usd: float
    teu: float
    round_trip_weeks: float
    fleet: int
    open_in: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A design as drawn; `capacities` are (port, period, TEU), in and out together."""

    legs: tuple[Leg, ...]
    departures: tuple[float, ...]
    lots: tuple[tuple[int, int, int, float], ...]
    fleets: tuple[Fleet, ...]
    capacities: tuple[tuple[int, int, float], ...]
    periods: int


def draw(seed: int) -> Drawn:
    """Return a design of a seed."""
    rng = np.random.default_rng(seed)
    periods = int(rng.integers(1, 3))
    legs = []
    for _ in range(int(rng.integers(4, 8))):
        start, end = rng.choice(PORTS, 2, replace=False).tolist()
        open_in = [t for t in range(periods) if rng.random() < 0.8] or [0]
        legs.append(
            Leg(
                start=start,
                end=end,
                usd=float(rng.integers(50, 250)),
                departure_usd=float(rng.integers(1_000, 15_000)),
                teu=float(rng.integers(20, 80)),
                round_trip_weeks=float(rng.uniform(1.0, 5.0)),
                fleet=int(rng.integers(0, 2)),
                open_in=tuple(open_in),
            )
        )
    lots = []
    for t in range(periods):
        for _ in range(int(rng.integers(3, 8))):
            start, end = rng.choice(PORTS, 2, replace=False).tolist()
            lots.append((start, end, t, float(rng.integers(5, 120))))
    fleets = tuple(
        Fleet(
            usd_each=float(rng.integers(800, 4_000)),
            idle_usd=tuple(float(rng.integers(-400, 300)) for _ in range(periods)),
            most=None if rng.random() < 0.5 else float(rng.integers(1, 8)),
        )
        for _ in range(2)
    )
    capacities = tuple(
        (port, t, float(rng.integers(10, 150)))
        for port in range(PORTS)
        for t in range(periods)
        if rng.random() < 0.3
    )
    return Drawn(
        legs=tuple(legs),
        departures=(1.0, 2.0),
        lots=tuple(lots),
        fleets=fleets,
        capacities=capacities,
        periods=periods,
    )


def vehicles(leg: Leg, departures: float) -> float:
    """Return the vehicles that keep a number of departures."""
    return float(np.ceil(leg.round_trip_weeks * departures))


def program_of(drawn: Drawn) -> DesignProgram:
    """Return the program with every simple path of a lot as a column."""
    choices: list[Choice] = []
    rooms: list[Room] = []
    room_of: dict[tuple[int, float, int], int] = {}
    for n, leg in enumerate(drawn.legs):
        for f in drawn.departures:
            for t in leg.open_in:
                room_of[n, f, t] = len(rooms)
                rooms.append(Room(choice=len(choices), teu=f * leg.teu))
            choices.append(
                Choice(
                    service=n,
                    usd=leg.departure_usd * f * len(leg.open_in),
                    needs=tuple((leg.fleet, t, vehicles(leg, f)) for t in leg.open_in),
                )
            )
    columns = []
    for lot, (start, end, t, _) in enumerate(drawn.lots):
        for path in _paths(drawn, start, end, t, frozenset([start])):
            for runs in product(drawn.departures, repeat=len(path)):
                usd = sum(
                    drawn.legs[n].usd + HALF_WEEK_USD / f for n, f in zip(path, runs, strict=True)
                )
                used = tuple(room_of[n, f, t] for n, f in zip(path, runs, strict=True))
                calls = [port for n in path for port in (drawn.legs[n].start, drawn.legs[n].end)]
                uses = tuple(
                    (c, float(calls.count(port)))
                    for c, (port, when, _) in enumerate(drawn.capacities)
                    if when == t and port in calls
                )
                column = Column(lot=lot, name=(path, runs), usd=usd, rooms=used, uses=uses)
                columns.append(column)
    return DesignProgram(
        teu=tuple(teu for *_, teu in drawn.lots),
        unmet_usd=UNMET_USD,
        choices=tuple(choices),
        rooms=tuple(rooms),
        columns=tuple(columns),
        fleets=drawn.fleets,
        capacities=tuple(teu for *_, teu in drawn.capacities),
    )


def _paths(drawn: Drawn, at: int, end: int, t: int, been: frozenset[int]) -> list[tuple[int, ...]]:
    if at == end:
        return [()]
    return [
        (n, *rest)
        for n, leg in enumerate(drawn.legs)
        if leg.start == at and leg.end not in been and t in leg.open_in
        for rest in _paths(drawn, leg.end, end, t, been | {leg.end})
    ]


def arc_optimum(drawn: Drawn) -> float:
    """Return the optimum of the arc-flow programme, by HiGHS in scipy."""
    cost: list[float] = []
    whole: list[int] = []
    most: list[float] = []

    def column(usd: float, *, integer: bool = False, up_to: float = np.inf) -> int:
        cost.append(usd)
        whole.append(int(integer))
        most.append(up_to)
        return len(cost) - 1

    rows: list[tuple[list[tuple[int, float]], float, float]] = []
    run = {
        (n, f): column(leg.departure_usd * f * len(leg.open_in), integer=True, up_to=1.0)
        for n, leg in enumerate(drawn.legs)
        for f in drawn.departures
    }
    rows += [
        ([(run[n, f], 1.0) for f in drawn.departures], -np.inf, 1.0) for n in range(len(drawn.legs))
    ]
    for k, fleet in enumerate(drawn.fleets):
        held = column(fleet.usd_each, up_to=np.inf if fleet.most is None else fleet.most)
        for t in range(drawn.periods):
            idle = column(fleet.idle_usd[t])
            used = [
                (run[n, f], -vehicles(leg, f))
                for n, leg in enumerate(drawn.legs)
                for f in drawn.departures
                if leg.fleet == k and t in leg.open_in
            ]
            rows.append(([(held, 1.0), (idle, -1.0), *used], 0.0, 0.0))
    loads: dict[tuple[int, float, int], list[tuple[int, float]]] = {}
    moved: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for start, end, t, teu in drawn.lots:
        at: dict[int, list[tuple[int, float]]] = {port: [] for port in range(PORTS)}
        for n, leg in enumerate(drawn.legs):
            if t not in leg.open_in:
                continue
            for f in drawn.departures:
                x = column(leg.usd + HALF_WEEK_USD / f)
                at[leg.start].append((x, 1.0))
                at[leg.end].append((x, -1.0))
                loads.setdefault((n, f, t), []).append((x, 1.0))
                for port in (leg.start, leg.end):
                    moved.setdefault((port, t), []).append((x, 1.0))
        missing = column(UNMET_USD)
        at[start].append((missing, 1.0))
        at[end].append((missing, -1.0))
        for port, moves in at.items():
            out = teu * ((port == start) - (port == end))
            rows.append((moves, out, out))
    for (n, f, t), moves in loads.items():
        del t
        rows.append(([*moves, (run[n, f], -f * drawn.legs[n].teu)], -np.inf, 0.0))
    rows += [(moved.get((port, t), []), -np.inf, teu) for port, t, teu in drawn.capacities]
    entries = [(r, c, a) for r, (row, _, _) in enumerate(rows) for c, a in row]
    r, c, a = zip(*entries, strict=True)
    matrix = coo_matrix((a, (r, c)), shape=(len(rows), len(cost))).tocsr()
    found: Any = milp(
        np.array(cost),
        integrality=np.array(whole),
        bounds=Bounds(0.0, np.array(most)),
        constraints=LinearConstraint(
            matrix, [low for _, low, _ in rows], [high for _, _, high in rows]
        ),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success, found.message
    return float(found.fun)


def market(seed: int, *, services: int, pairs: int) -> DesignProgram:
    """Return a program as large as plans: four seasons, four frequencies, chains, full places.

    A pair may use two services in five alone, at four frequencies each, and two chains of services;
    it may also go with what others run. Its boxes pass one of ten places.
    """
    rng = np.random.default_rng(seed)
    seasons, departures = 4, (1.0, 2.0, 3.0, 5.0)
    teu = rng.integers(100, 1_500, (pairs, seasons)).astype(float)
    choices: list[Choice] = []
    rooms: list[Room] = []
    room_of: dict[tuple[int, float, int], int] = {}
    for service in range(services):
        usd, slots = float(rng.integers(900, 1_400)), float(rng.integers(80, 120))
        sets = rng.uniform(2.0, 6.0)
        for f in departures:
            for t in range(seasons):
                room_of[service, f, t] = len(rooms)
                rooms.append(Room(choice=len(choices), teu=13.0 * f * slots))
            needs = tuple((service % 4, t, float(np.ceil(sets * f))) for t in range(seasons))
            fixed = usd * slots * f * 13.0 * seasons
            choices.append(Choice(service=service, usd=fixed, needs=needs))
    lots = [(pair, t) for pair in range(pairs) for t in range(seasons)]
    columns: list[Column] = []
    for pair in range(pairs):
        alone = [(s,) for s in range(services) if rng.random() < 0.4]
        chained = [tuple(rng.choice(services, 2, replace=False).tolist()) for _ in range(2)]
        day_usd = float(rng.integers(10, 90))
        others = float(rng.integers(2_000, 2_800)) + 20.0 * day_usd
        place = int(rng.integers(0, 10))
        for path in (*alone, *chained):
            usd = float(rng.integers(600, 1_200)) + float(rng.uniform(8.0, 16.0)) * day_usd
            usd -= 800.0 * (len(path) - 1)
            for t in range(seasons):
                lot = lots.index((pair, t))
                for runs in product(departures, repeat=len(path)):
                    total = usd + sum(3.5 / f * day_usd for f in runs)
                    used = tuple(room_of[s, f, t] for s, f in zip(path, runs, strict=True))
                    column = Column(
                        lot=lot, name=(path, runs), usd=total, rooms=used, uses=((place, 1.0),)
                    )
                    columns.append(column)
        columns += [Column(lot=lots.index((pair, t)), name="", usd=others) for t in range(seasons)]
    return DesignProgram(
        teu=tuple(float(teu[lot]) for lot in lots),
        unmet_usd=6_000.0,
        choices=tuple(choices),
        rooms=tuple(rooms),
        columns=tuple(columns),
        fleets=tuple(
            Fleet(usd_each=40_000.0, idle_usd=(-5_000.0,) * seasons, most=None) for _ in range(4)
        ),
        capacities=tuple(0.06 * float(teu.sum()) for _ in range(10)),
    )
