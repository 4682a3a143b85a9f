"""Look at near ports that open water joins: no way between them should be much longer than that."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from corridors.network.locate import Place
from corridors.units import EARTH_RADIUS_KM
from validation.campaigns.land import GEOD, Box, FloatArray, Land
from validation.campaigns.lane_lengths import drawn_km
from validation.campaigns.lane_regions import barriers_in, ports_on_lanes, region_of
from validation.campaigns.lane_tables import HEADINGS, Compared, Section, spread, worst
from validation.campaigns.lane_water import drawn_on
from validation.campaigns.water_paths import Free, Grid, Harbour, Water, sees, vector_of, water_of

Lengths = Callable[[Place, Sequence[Place]], FloatArray]

NEAR_KM = (40.0, 400.0)
MOST_KM = 20_000.0
"""Ways that are longer are taken for parted: by a lock, or by a gate that is shut."""
DEGREES = 0.02
OFFING_CELLS = 2
"""How far from land a straight way keeps, in cells of `DEGREES`: one to two nautical miles."""
APPROACH_KM = 15.0
"""Ships keep no offing that near to a port."""
MOST = 1.25
MOST_SHARE = 0.005
"""The share of near pairs that may be over `MOST`."""
WORLD = Box(west=-180.0, south=-90.0, east=180.0, north=90.0)
AT_SEA = (-30.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two near ports with open water between them: km of ours and along the geodesic."""

    one: Place
    other: Place
    ours_km: float
    km: float

    @property
    def compared(self) -> Compared:
        """Ours beside the geodesic."""
        name = f"{self.one.name} ({self.one.id}) - {self.other.name} ({self.other.id})"
        return Compared(name=name, ours=self.ours_km, reference=self.km)

    @property
    def region(self) -> str:
        """The region of its first port."""
        return region_of(self.one.lon, self.one.lat)


def near_ends(ports: Sequence[Place]) -> list[tuple[int, int]]:
    """Return the pairs of ports as far apart as `NEAR_KM` says, by their numbers."""
    vectors = np.array([vector_of(port.lon, port.lat) for port in ports])
    least, most = (2.0 * np.sin(km / EARTH_RADIUS_KM / 2.0) for km in NEAR_KM)
    pairs = cKDTree(vectors).query_pairs(most, output_type="ndarray")
    chords = np.linalg.norm(vectors[pairs[:, 0]] - vectors[pairs[:, 1]], axis=1)
    return [(int(i), int(j)) for i, j in np.sort(pairs[chords >= least], axis=1)]


def discs(one: Harbour, other: Harbour, *, least_km: float = 0.0) -> Free:
    """Return where land does not count: around both ports, as their harbours are wide."""
    radius = [max(end.radius_km, least_km) / EARTH_RADIUS_KM for end in (one, other)]
    return Free(one.vector, np.cos(radius[0]), other.vector, np.cos(radius[1]))


def sees_port(grid: Grid, one: Harbour, other: Harbour, free: Free) -> bool:
    """Return whether the great circle between two ports keeps to water and free land."""
    (ax, ay, az), (bx, by, bz) = one.vector.tolist(), other.vector.tolist()
    return bool(sees(grid, ax, ay, az, bx, by, bz, free))


def is_open(water: Water, offing: Grid, one: Harbour, other: Harbour) -> bool:
    """Return whether the great circle between two ports meets no land, nor its offing far out."""
    return sees_port(water.grid, one, other, discs(one, other)) and sees_port(
        offing, one, other, discs(one, other, least_km=APPROACH_KM)
    )


def at_offing(water: Water) -> Grid:
    """Return the raster of a world where land reaches as far out as ships keep off it."""
    clear = water.grid.clear
    return water.grid._replace(clear=np.maximum(clear, OFFING_CELLS - 1) - (OFFING_CELLS - 1))


def near_pairs(water: Water, ports: Sequence[Place], lengths: Lengths) -> tuple[list[Pair], int]:
    """Return the near pairs that open water joins, and how many ports lie too far from water.

    `lengths` gives our km from a port to others, infinite where there is no way.
    """
    found = [water.harbour(port.lon, port.lat) for port in ports]
    reached = [(port, harbour) for port, harbour in zip(ports, found, strict=True) if harbour]
    places = [port for port, _ in reached]
    offing, pairs = at_offing(water), []
    goals: dict[int, list[int]] = {}
    for i, j in near_ends(places):
        if is_open(water, offing, reached[i][1], reached[j][1]):
            goals.setdefault(i, []).append(j)
    for i, others in goals.items():
        one = places[i]
        ours = lengths(one, [places[j] for j in others])
        for j, ours_km in zip(others, ours.tolist(), strict=True):
            other = places[j]
            km = float(GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2]) / 1000.0
            if np.isfinite(ours_km):
                pairs.append(Pair(one=one, other=other, ours_km=ours_km, km=km))
    return pairs, len(ports) - len(reached)


def write_list(file: Path, pairs: Sequence[Pair]) -> None:
    """Write pairs with their km as a table."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["region", "from", "to", "ours_km", "geodesic_km", "ratio"])
        for pair in pairs:
            km = (f"{pair.ours_km:.1f}", f"{pair.km:.1f}", f"{pair.ours_km / pair.km:.3f}")
            writer.writerow([pair.region, pair.one.id, pair.other.id, *km])


def near_section(land: Land, *, count: int, file: Path | None) -> Section:
    """Return how much longer ways between near ports are than open water, by region."""
    raster = land.raster(WORLD, DEGREES)
    for line in barriers_in(WORLD):
        drawn_on(raster, WORLD, DEGREES, line, wet=False)
    water = water_of(raster, WORLD, DEGREES, at=AT_SEA)
    pairs, shores = near_pairs(water, ports_on_lanes(), partial(drawn_km, most_km=MOST_KM))
    long = [pair for pair in pairs if pair.ours_km > MOST * pair.km]
    all_of, long_of = Counter(pair.region for pair in pairs), Counter(pair.region for pair in long)
    lines = [
        f"Ports {NEAR_KM[0]:.0f} to {NEAR_KM[1]:.0f} km apart whose geodesic keeps off land;"
        f" {shores} ports lie too far from water.",
        f"{'ours / geodesic - 1, %':<34}{HEADINGS}{f'over {MOST}':>11}{'share':>9}",
    ]
    for name in [*sorted(all_of), "all"]:
        here = [pair for pair in pairs if name in (pair.region, "all")]
        over = len(long) if name == "all" else long_of[name]
        errors = [pair.compared.error for pair in here]
        share = f"{100 * over / max(1, len(here)):.1f} %"
        lines.append(f"{name:<34}{spread(errors)}{over:>11}{share:>9}")
    lines += ["worst:", *worst([pair.compared for pair in pairs], count, unit="km")]
    failures = []
    if len(long) > MOST_SHARE * len(pairs):
        failures.append(f"{len(long)} of {len(pairs)} near pairs are over {MOST}")
    if file is not None:
        write_list(file, sorted(long, key=lambda pair: -pair.compared.error))
        lines.append(f"written to {file}: {len(long)} pairs over {MOST}")
    return Section(
        title="Near ports that open water joins", lines=tuple(lines), failures=tuple(failures)
    )
