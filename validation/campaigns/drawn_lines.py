"""Check a hundred lines, drawn by a seed, against the tables of places and of sources.

`make check-drawn-lines` reads the files themselves, not what the program makes of them: the legs on
which a line was laid pass what its row names and nothing that it bars; it loads and unloads near
its ports; it sails no oftener than its trade does; its dates agree with each other and with the
year of its source. It prints each fault, and the rows to look up by hand with their sources.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from corridors.data.paths import network_dir, parameters_dir
from corridors.data.sea_areas import great_circle_km

SEED, DRAWN, BY_HAND = 58, 100, 15
NEAR_KM = 60.0
# The most departures a week that a single line, and a count of a whole trade or border, can have:
# 157.5 trains are those of both borders of Kazakhstan, and 30 ships the feeders of one sea.
MOST_A_WEEK = {"sea": (7.0, 30.0), "rail": (24.0, 160.0)}
WEEKS = {"week": 1.0, "month": 52 / 12, "year": 52.0, "season": 17.0}
ROWS = Mapping[str, str]


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names(cell: str) -> list[str]:
    """Return the names of a cell."""
    return [name for name in cell.split(";") if name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """A line in one direction as it was laid: its legs, and where it loads and unloads."""

    loads: frozenset[str]
    unloads: frozenset[str]
    legs: frozenset[str]


@cache
def laid() -> Mapping[str, list[Direction]]:
    """Return the directions of each line."""
    with np.load(network_dir() / "line_ways.npz") as opened:
        arrays = dict(opened)
    known = arrays["names"].tolist()
    found: dict[str, list[Direction]] = {}
    for number, loop in enumerate(arrays["line"].tolist()):
        sets = {}
        for side in ("loads", "unloads", "legs"):
            first, end = arrays[f"{side}_first"][number : number + 2].tolist()
            sets[side] = frozenset(known[n] for n in arrays[side][first:end].tolist())
        found.setdefault(loop, []).append(Direction(**sets))
    return found


@cache
def places() -> Mapping[str, tuple[str, str, float, float]]:
    """Return country, UN/LOCODE, longitude and latitude of terminals and ports by id."""
    ports = {row["unlocode"]: row for row in rows(network_dir() / "ports.csv")}
    found = {
        code: (row["country"], code, float(row["lon"]), float(row["lat"]))
        for code, row in ports.items()
    }
    for row in rows(network_dir() / "terminals.csv"):
        at = float(row["lon"]), float(row["lat"])
        found[row["id"]] = (row["country"], row["unlocode"], *at)
        found.setdefault(row["unlocode"], found[row["id"]])
    return found


@cache
def terminals() -> list[str]:
    """Return the terminals of the network."""
    return [row["id"] for row in rows(network_dir() / "terminals.csv")]


@cache
def borders() -> Mapping[str, str]:
    """Return the border, such as BY-PL, that each leg by land crosses."""
    found = {}
    for file in ("rail_legs.csv", "ferry_legs.csv", "road_legs.csv"):
        for row in rows(network_dir() / file):
            ends = {places()[row[end]][0] for end in ("from_id", "to_id")}
            found[row["id"]] = "-".join(sorted(ends)) if len(ends) == 2 else ""
    return found


@cache
def regions() -> Mapping[str, list[str]]:
    """Return the ports and countries of each region."""
    table = rows(parameters_dir() / "line_regions.csv")
    return {row["region"]: names(row["ends"]) for row in table}


def passed(line: Direction) -> set[str]:
    """Return the places, borders and countries that a line touches."""
    found: set[str] = set()
    for leg in line.legs:
        bare = leg.removeprefix("-")
        ends = [end.partition("#")[0] for end in bare.split("--")[:2]]
        found |= {*ends, borders().get(bare, "")}
        found |= {places()[end][0] for end in ends if end in places() and bare in borders()}
    return found


def calls_at(side: str, terminal: str) -> bool:
    """Return whether a terminal is near a port of a side, or in a country or region of it."""
    country, code, lon, lat = places()[terminal]
    ends = [end for name in names(side) for end in regions().get(name, [name])]
    if not ends or country in ends or code in ends or terminal in ends:
        return True
    near = [places()[end] for end in ends if end in places() and places()[end][0] == country]
    return any(
        float(great_circle_km(lon, lat, np.array([x]), np.array([y]))[0]) <= NEAR_KM
        for *_, x, y in near
    )


def faults(row: ROWS) -> Iterator[str]:
    """Yield what is wrong with a row."""
    directions = laid().get(row["loop"], [])
    reached = [any(calls_at(side, one) for one in terminals()) for side in (row["from"], row["to"])]
    if not directions and all(reached):
        yield "is laid nowhere, though both sides have a terminal"
    if len(directions) > 1 and row["one_way"]:
        yield "is laid both ways"
    for number, line in enumerate(directions):
        touched = passed(line)
        for way in names(row["ways"]):
            if not touched & {part.partition("#")[0] for part in way.split("|")}:
                yield f"does not pass {way}"
        for bar in set(names(row["bars"])) & touched:
            yield f"passes {bar}, which it bars"
        sides = (row["from"], row["to"]) if not number else (row["to"], row["from"])
        for side, called in zip(sides, (line.loads, line.unloads), strict=True):
            far = [one for one in sorted(called) if not calls_at(side, one)]
            if far:
                yield f"calls at {', '.join(far)}, near no port of {side[:60]}"
    yield from _frequency(row)
    yield from _dates(row)


def _frequency(row: ROWS) -> Iterator[str]:
    if row["frequency"]:
        a_week = float(row["frequency"]) / WEEKS[row["per"]]
        most = MOST_A_WEEK["rail" if "rail" in row["mode"] else "sea"][bool(row["sum"])]
        if not 0.0 <= a_week <= most:
            yield f"leaves {a_week:g} times a week, at most {most:g} is likely"


def _dates(row: ROWS) -> Iterator[str]:
    first, last, seen, known = (
        row[name] for name in ("first_day", "last_day", "last_seen", "known_from")
    )
    if first and last and last < first:
        yield f"ends on {last}, before it begins on {first}"
    # A line is announced some months before its first day.
    if seen and first and not (known or first) <= first and seen < first[: len(seen)]:
        yield f"was last seen in {seen}, before its first day {first}"
    if known and known > row["searched"]:
        yield f"is known from {known}, after the search of {row['searched']}"
    if seen > row["searched"][: len(seen)]:
        yield f"was last seen in {seen}, after the search of {row['searched']}"
    told = [row["source_id"], *re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", row["note"])]
    years = [years_of_sources()[one] for one in told if years_of_sources().get(one)]
    # Reports without a row of their own are told in the note with their year.
    years += re.findall(r"\b20\d\d\b", row["note"])
    # A rule may say since when a line is known whose source has no day.
    by_source = row["known_by"] in years_of_sources()
    if years and known and by_source and known[:4] < min(years):
        yield f"is known from {known}, before its sources of {', '.join(sorted(years))}"
    if years and seen and seen[:4] > max(years):
        yield f"was last seen in {seen}, after its sources of {', '.join(sorted(years))}"


@cache
def years_of_sources() -> Mapping[str, str]:
    """Return the year of each source, empty if it is not dated."""
    return {row["source_id"]: row["year"] for row in rows(parameters_dir() / "sources.csv")}


def drawn(count: int = DRAWN) -> list[dict[str, str]]:
    """Return lines that run, drawn by the seed."""
    table = rows(parameters_dir() / "lines.csv")
    running = [row for row in table if row["kind"] in ("scheduled", "chartered")]
    return random.Random(SEED).sample(running, min(count, len(running)))


def main() -> int:
    """Print the faults of the drawn lines; 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=DRAWN, help="lines to draw")
    chosen = parser.parse_args()
    wrong = 0
    for number, row in enumerate(drawn(chosen.count)):
        found = list(faults(row))
        wrong += bool(found)
        for text in found:
            sys.stdout.write(f"{row['loop']}: {text}\n")
        if number < BY_HAND:
            sys.stdout.write(f"by hand: {row['loop']} ({row['source_id']}): {row['note'][:160]}\n")
    sys.stdout.write(f"{chosen.count} lines, {wrong} with a fault\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
