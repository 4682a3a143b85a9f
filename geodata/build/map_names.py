"""Write the names on the offline map: countries, seas and cities.

Run `python geodata/build/map_names.py [RAW_FOLDER]`. Reads npm world-atlas 2.0.2 (Natural Earth
4.1, public domain) for countries, `sea_names.csv` and `network/places.csv.gz`. A country's name
stands at the point of its largest part that is farthest from its border; a city is left out near a
larger one. `zoom` is the zoom of the map from which a name is shown.
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyproj
import shapely
from basemap import whole
from common import BUILD, NETWORK, find_raw, raw_folder, read_rows, topology_polygons, write_rows

from corridors.data.sea_areas import great_circle_km

GEOD = pyproj.Geod(ellps="WGS84")
# Natural Earth 4.1 shortens names, and two of them are older than its countries' present ones.
SPELLED = {
    "Macedonia": "North Macedonia",
    "eSwatini": "Eswatini",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Central African Rep.": "Central African Republic",
    "Dem. Rep. Congo": "DR Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "S. Sudan": "South Sudan",
    "W. Sahara": "Western Sahara",
    "Solomon Is.": "Solomon Islands",
    "United States of America": "United States",
}
# Parts of a state that Natural Earth draws for themselves because they govern themselves.
LEFT_OUT = {"Somaliland", "N. Cyprus", "Siachen Glacier", "Antarctica"}
SMALLEST_KM2 = 2_000.0
ZOOM_BY_KM2 = ((3e6, 3), (6e5, 4), (1e5, 5), (2e4, 6), (0.0, 7))
ZOOM_BY_PEOPLE = ((5_000_000, 4), (1_500_000, 5), (700_000, 6), (300_000, 7))
LEAST_APART_KM = 60.0
Row = list[str]


def countries(raw: Path) -> list[Row]:
    """Return one row per country, largest first."""
    topology = json.loads(find_raw(raw, "countries-50m.json").read_text(encoding="utf-8"))
    found = []
    for item in topology["objects"]["countries"]["geometries"]:
        name = item["properties"]["name"]
        if name in LEFT_OUT:
            continue
        one = {"objects": {"one": {"type": "GeometryCollection", "geometries": [item]}}}
        polygons = topology_polygons({**topology, **one}, "one")
        parts = [part for polygon in polygons for part in whole(polygon)]
        km2 = [abs(GEOD.geometry_area_perimeter(part)[0]) / 1e6 for part in parts]
        largest = parts[km2.index(max(km2))]
        at = shapely.maximum_inscribed_circle(largest).coords[0]
        found.append((sum(km2), SPELLED.get(name, name), at))
    return [
        ["country", name, *_place(at), str(next(z for least, z in ZOOM_BY_KM2 if km2 >= least))]
        for km2, name, at in sorted(found, reverse=True)
        if km2 >= SMALLEST_KM2
    ]


def cities() -> list[Row]:
    """Return one row per city, largest first."""
    with gzip.open(NETWORK / "places.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: -int(row["population"]))
    found: list[Row] = []
    taken: list[tuple[float, float]] = []
    for row in rows:
        people, at = int(row["population"]), (float(row["lon"]), float(row["lat"]))
        if people < ZOOM_BY_PEOPLE[-1][0]:
            break
        if not taken or min(great_circle_km(*at, *zip(*taken, strict=True))) >= LEAST_APART_KM:
            taken.append(at)
            zoom = next(zoom for least, zoom in ZOOM_BY_PEOPLE if people >= least)
            found.append(["city", row["name"], *_place(at), str(zoom)])
    return found


def _place(at: tuple[float, float]) -> tuple[str, str]:
    return f"{at[0]:.2f}", f"{at[1]:.2f}"


def main() -> None:
    """Write `map_names.csv`."""
    seas = [
        ["sea", row["name"], *_place((float(row["lon"]), float(row["lat"]))), row["zoom"]]
        for row in read_rows(BUILD / "sea_names.csv")
    ]
    rows = [*seas, *countries(raw_folder()), *cities()]
    write_rows(NETWORK / "map_names.csv", ["kind", "name", "lon", "lat", "zoom"], rows)
    print(f"{len(rows)} names")


if __name__ == "__main__":
    main()
