"""Hold routes by sea between ports outside the table of sea legs to the distance on the lanes.

`make check-sea-pairs` draws pairs over the whole world and pairs of neighbours. The cheapest route
may leave out a canal whose dues or risks cost more than the way round. So each route is also held
to the shortest way through the same canals: `same` is that ratio, and what is left of it comes from
straits whose draft bars the ship, and from seasons. The worst are printed with what they pass.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf

from corridors.data.geodata import load_gates, load_terminals
from corridors.data.sea_areas import great_circle_km
from corridors.errors import ConfigError
from corridors.network.locate import Place
from corridors.network.sea.sea_distances import sea_distance
from corridors.studies.route.run import route_between
from corridors.units import nm_from_km
from validation.campaigns.lane_regions import ports_on_lanes

SEED = 13
NEAR_KM = (20.0, 1500.0)
MOST_AT_THE_MEDIAN = 1.02
MOST = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ports, the nm of the cheapest route and of the shortest way, and what the route passes.

    `same_nm` are those of the shortest way without the canals that the route leaves out, infinite
    if there is none. `route_nm` is None if no ship sails between them; `why` then says why.
    """

    origin: str
    destination: str
    route_nm: float | None
    way_nm: float
    same_nm: float = float("inf")
    passages: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    why: str = ""
    seconds: float = 0.0

    @property
    def ratio(self) -> float:
        """The route's nm by those of the shortest way, infinite without a route."""
        return float("inf") if self.route_nm is None else self.route_nm / max(self.way_nm, 1e-6)

    @property
    def same(self) -> float:
        """The route's nm by those of the shortest way through the same canals."""
        return float("inf") if self.route_nm is None else self.route_nm / max(self.same_nm, 1e-6)

    def __str__(self) -> str:
        if self.route_nm is None:
            return f"{self.origin}-{self.destination}: {self.way_nm:.0f} nm, no route: {self.why}"
        return (
            f"{self.origin}-{self.destination}: {self.route_nm:.0f} nm for {self.way_nm:.0f},"
            f" {self.ratio:.3f} times, {self.same:.3f} through the same canals,"
            f" by {', '.join(self.passages) or 'no gate'} with {', '.join(self.services)}"
        )


def ports_outside() -> list[Place]:
    """Return the ports of the world list that the table of sea legs lacks."""
    listed = {terminal.unlocode for terminal in load_terminals().values()}
    return [port for port in ports_on_lanes() if port.id not in listed]


def drawn(count: int, *, near: bool, seed: int = SEED) -> list[tuple[str, str]]:
    """Return drawn pairs of ports outside the table; with `near`, 20 to 1,500 km apart."""
    ports, draw = ports_outside(), random.Random(f"{seed} {near}")
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        one, other = draw.sample(ports, 2)
        apart = float(great_circle_km(one.lon, one.lat, [other.lon], [other.lat])[0])
        if not near or NEAR_KM[0] <= apart <= NEAR_KM[1]:
            pairs.append((one.id, other.id))
    return pairs


def compared(origin: str, destination: str) -> Pair:
    """Return the route by sea of a pair beside the shortest way on the lanes."""
    begun = time.perf_counter()
    way_nm = sea_distance(origin, destination)
    try:
        option, _ = route_between(origin, destination, services=("sea",), world="reference-open")
    except ConfigError as error:
        return Pair(
            origin=origin, destination=destination, route_nm=None, way_nm=way_nm, why=str(error)
        )
    km = option.km("sea")
    left = {gate.id for gate in load_gates() if gate.kind == "canal"} - {*option.passages}
    same_nm = sea_distance(
        origin, destination, avoid=left - {"gate-kiel"}, kiel="gate-kiel" in option.passages
    )
    return Pair(
        origin=origin,
        destination=destination,
        route_nm=None if km is None else nm_from_km(km),
        way_nm=way_nm,
        same_nm=same_nm,
        passages=option.passages,
        services=tuple(dict.fromkeys(leg.service for leg in option.legs)),
        why=option.reason,
        seconds=time.perf_counter() - begun,
    )


def summary(title: str, pairs: Sequence[Pair], *, worst: int) -> tuple[str, bool]:
    """Return what a set of pairs shows, and whether it holds."""
    parted = [pair for pair in pairs if isinf(pair.way_nm)]
    unreached = [pair for pair in pairs if pair.route_nm is None and pair not in parted]
    sailed = [pair for pair in pairs if pair not in (*parted, *unreached)]
    lines = [
        title,
        f"  pairs: {len(pairs)}, without a route: {len(unreached)},"
        f" parted by the passages that distances keep closed: {len(parted)}",
    ]
    for name, ratios in (
        ("times the shortest way", sorted(pair.ratio for pair in sailed)),
        ("times the shortest way through the same canals", sorted(pair.same for pair in sailed)),
    ):
        lines.append(
            f"  {name}: median {statistics.median(ratios):.4f},"
            f" 95 of 100 up to {ratios[int(0.95 * len(ratios))]:.4f},"
            f" least {ratios[0]:.4f}, most {ratios[-1]:.4f};"
            f" {sum(ratio > MOST for ratio in ratios)} over {MOST}"
        )
    seconds = [pair.seconds for pair in pairs]
    lines.append(
        f"  seconds a pair: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}"
    )
    lines += [f"  {pair}" for pair in sorted(sailed, key=lambda pair: -pair.ratio)[:worst]]
    lines += [f"  {pair}" for pair in (*unreached, *parted)]
    median = statistics.median(pair.ratio for pair in sailed)
    most = max(pair.same for pair in sailed)
    return "\n".join(lines), median <= MOST_AT_THE_MEDIAN and most <= MOST


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign and print it; return 1 if it does not hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pairs", type=int, default=500, help="Pairs of each kind.")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--worst", type=int, default=10, help="Worst pairs to print of each kind.")
    wanted = asked.parse_args(arguments)
    holds = True
    for title, near in (("over the whole world", False), ("20 to 1,500 km apart", True)):
        pairs = [compared(*pair) for pair in drawn(wanted.pairs, near=near, seed=wanted.seed)]
        text, well = summary(title, pairs, worst=wanted.worst)
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        holds &= well
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
