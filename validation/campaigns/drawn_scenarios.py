"""Draw scenarios over every key of a scenario file, and measure what each costs to answer.

    python -m validation.campaigns.drawn_scenarios --count 1000

Ends are cities, yards or points between which people ship, at times any city; days lie from 2019 to
2030; every other key is drawn from its declaration, most of them seldom. Each scenario is compared
by the command line in a process of its own, a fork of one that has loaded the program and its
tables. None may take more than ten seconds of the processor or 1 GB. Those that do are written to
`--found`, where `scenarios.csv` gets a line for each as it ends: a run goes on after those of its
seed that are there, and Ctrl-C sums up what it has.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from math import exp, log
from pathlib import Path
from typing import Any, NamedTuple

from corridors.config.checks import Names
from corridors.config.schema import schema_of
from corridors.data.cities import large_places
from corridors.data.parameters import load_parameters
from corridors.data.paths import parameters_dir
from corridors.data.uncertainty import load_uncertainty
from corridors.domain.scenario import LEAST
from tests.config.json_schema import keys_below
from validation.campaigns.drawn_pairs import drawn
from validation.fuzz import seeds
from validation.fuzz.command_lines import ended, fault_of

SLOW_SECONDS = 10.0
MOST_MB = 1_000.0
FIRST, LAST = date(2019, 1, 1), date(2030, 12, 31)
Tree = dict[str, Any]
# A key of a file is given in one scenario of twelve, unless it is one of these: those that decide
# how much is searched are drawn more often, those that often leave nothing to search less often.
SELDOM = 1 / 12
SHARES = {
    **dict.fromkeys(("name", "shipment.cargo", "world", "price_basis", "objective"), 0.7),
    **dict.fromkeys(("shipment.value_of_time_usd_per_teu_day", "ice_year", "scope"), 0.3),
    **dict.fromkeys(("max_wait_days", "speed", "hulls_in_ice", "subsidies"), 0.3),
    **dict.fromkeys(("corridors", "limits.max_days", "overrides"), 0.25),
    **dict.fromkeys(("services", "limits.avoid.countries", "customs.extend_to"), 0.04),
}
REQUIRED = ("origin", "destination", "departure", "shipment.teu_per_month")
# Keys of an entry of a list that it must have, and how a file is shipped that a key names.
ENTRIES = {"projects": "id", "closures": "place", "chances": "place"}
OSM = str(seeds.OSM_FOLDER / "helsinki-roads.osm")


def some_day(draw: random.Random) -> str:
    """Return a day of 2019 to 2030."""
    return (FIRST + timedelta(draw.randint(0, (LAST - FIRST).days))).isoformat()


def some_number(shape: Mapping[str, Any], draw: random.Random) -> float:
    """Return a number that a shape takes: near its least, its most, or between by magnitude."""
    above = shape.get("exclusiveMinimum")
    least = float(shape.get("minimum", 0.0) if above is None else above)
    most = float(shape.get("maximum", 1e6))
    if least < 0.0:
        return round(draw.uniform(least, most), 3)
    made = exp(draw.uniform(log(max(least, most * 1e-6)), log(most)))
    made = draw.choice((made, made, made, most, least if above is None else made))
    if shape.get("type") == "integer":
        return int(made)
    # Three digits, which may be more than the most.
    return min(float(f"{made:.3g}"), most)


@cache
def overridden() -> tuple[tuple[str, float], ...]:
    """Return every parameter, of a place and of none, with its value."""
    return tuple(
        (row.parameter + (f"@{row.scope}" if row.scope else ""), row.value)
        for row in load_parameters().rows
    )


@cache
def drawn_families() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the families of drawn figures, and the factors that they share."""
    rules = load_uncertainty(parameters_dir()).rules
    return (
        tuple(sorted({rule.family for rule in rules if rule.family})),
        tuple(sorted({rule.factor for rule in rules if rule.factor})),
    )


def some_override(draw: random.Random) -> Tree:
    """Return one to four parameters, moved within their bounds."""
    found: Tree = {}
    for key, value in draw.sample(overridden(), draw.randint(1, 4)):
        moved = value * exp(draw.uniform(log(0.3), log(3.0)))
        bounds = load_parameters().bounds.get(key.partition("@")[0])
        found[key] = moved if bounds is None else min(max(moved, bounds.least), bounds.most)
    return found


def speed(draw: random.Random) -> str | float:
    """Return how fast ships sail."""
    return draw.choice(("best", "best", "reference", round(draw.uniform(10.0, 22.0), 1)))


def limit_days(draw: random.Random) -> float:
    """Return a limit in days: mostly one that some ways keep, seldom one that none does."""
    return draw.choice((round(draw.uniform(10.0, 80.0), 1), LEAST, 1.0, 1e4))


def some_place(draw: random.Random) -> str:
    """Return what is closed: mostly what many routes pass."""
    kind = draw.choice(("gate", "country", "terminal, gate, leg, country or service"))
    return draw.choice([*Names().of(kind)])


# Values that the declaration of a key does not say.
SPECIAL: Mapping[str, Callable[[random.Random], Any]] = {
    "name": lambda draw: draw.choice(("Tea", "Ends of \u4e0a\u6d77", "x" * 200)),
    "shipment.teu_per_month": lambda draw: float(f"{exp(draw.uniform(log(0.1), log(1e5))):.3g}"),
    "speed": speed,
    "limits.max_days": limit_days,
    "limits.max_transit_days": limit_days,
    "limits.max_usd_per_teu": lambda draw: round(draw.uniform(500, 9_000), 1),
    "limits.max_co2e_kg_per_teu": lambda draw: round(draw.uniform(200, 4_000), 1),
    "prices": lambda draw: some_day(draw)[:7],
    "door.osm": lambda draw: OSM,
    "own_data": lambda draw: "own",
    "closures.place": some_place,
    "chances.place": some_place,
    "overrides": some_override,
    "draws.count": lambda draw: draw.choice((16, 256, 4_096)),
    "draws.widths": lambda draw: {draw.choice(drawn_families()[0]): round(draw.uniform(0, 3), 2)},
    "draws.correlations": lambda draw: {
        " and ".join(draw.choice([*combinations(drawn_families()[1], 2)])): draw.uniform(-1, 1)
    },
}


def some_value(key: str, shape: Mapping[str, Any], draw: random.Random) -> Any:
    """Return a value that a key takes."""
    if key in SPECIAL:
        return SPECIAL[key](draw)
    # Not nothing, not a point, and not a name of a form that only a file of the user's has.
    given = [one for one in shape.get("anyOf", ()) if "prefixItems" not in one]
    branches = [one for one in given if one.get("type", "null") != "null"]
    branches += [one for one in shape.get("anyOf", ()) if {"enum", "const", "anyOf"} & set(one)]
    if branches:
        return some_value("", draw.choice(branches), draw)
    if words := shape.get("enum", [shape["const"]] if "const" in shape else []):
        return str(draw.choice(words))
    match shape["type"]:
        case "boolean":
            return draw.random() < 0.5
        case "integer" | "number":
            return some_number(shape, draw)
        case "array":
            return [some_value("", shape["items"], draw) for _ in range(draw.randint(1, 3))]
        case "object":
            named = some_value("", shape["propertyNames"], draw)
            return {named: some_value("", shape["additionalProperties"], draw)}
    return some_day(draw) if shape.get("format") == "date" else "Berlin"


@cache
def keys() -> Mapping[str, Any]:
    """Return the dotted keys of a scenario file, each with its shape."""
    schema = schema_of("scenario")
    return dict(keys_below(schema, schema))


def scenario(number: int, seed: int) -> Tree:
    """Return a scenario as the tree of its file, the same for a number and a seed."""
    draw = random.Random(f"{seed} {number}")
    ends = drawn(1, seed=draw.getrandbits(32))[0]
    places = [ends.origin, ends.destination]
    if draw.random() < 0.5:
        places.reverse()
    if draw.random() < 0.3:
        places[draw.randint(0, 1)] = draw.choice(large_places())
    made: Tree = {"origin": places[0], "destination": places[1], "departure": some_day(draw)}
    for key, shape in keys().items():
        if key in made or not (key in REQUIRED or draw.random() < SHARES.get(key, SELDOM)):
            continue
        *path, last = key.split(".")
        inner = made
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = some_value(key, shape, draw)
    for head, last in ENTRIES.items():
        if head in made:
            entry = made.pop(head)
            key = f"{head}.{last}"
            entry.setdefault(last, some_value(key, keys()[key], draw))
            made[head] = [entry]
    for chance in made.get("chances", ()):
        chance.setdefault("probability", 0.2)
    fitted(made, draw)
    return made


def fitted(made: Tree, draw: random.Random) -> None:
    """Mend what contradicts itself, so that nothing would be searched, in nine of ten."""
    if draw.random() < 0.1:
        return
    if made.get("scope") != "door":
        made.pop("door", None)
    limits = made.get("limits", {})
    for inner, key in ((limits, "deadline"), (limits.get("on_time", {}), "by")):
        if key in inner:
            first = date.fromisoformat(made["departure"])
            inner[key] = (first + timedelta(draw.randint(20, 90))).isoformat()
    if "on_time" in limits and "by" not in limits["on_time"]:
        del limits["on_time"]
    for closure in (*made.get("closures", ()), *made.get("chances", ())):
        days = [key for key in ("first_day", "last_day") if key in closure]
        closure |= dict(zip(days, sorted(closure[key] for key in days), strict=True))
    customs = made.get("customs", {})
    if "extend_to" in customs:
        customs["eaeu"] = True
    if made["shipment"].get("equipment", "40RF") != "40RF":
        made["shipment"].pop("cargo", None)


def percentile(figures: list[float], share: float) -> float:
    """Return the least figure that so large a share does not exceed."""
    return sorted(figures)[min(int(share * len(figures)), len(figures) - 1)]


class Ended(NamedTuple):
    """What one scenario cost: seconds of the processor, MB at the most, what was wrong, if any."""

    seed: int
    number: int
    group: str
    code: int
    seconds: float
    mb: float
    wrong: str


def ended_before(record: Path, seed: int, numbers: range) -> list[Ended]:
    """Return what an earlier run has measured of some scenarios."""
    if not record.exists():
        return []
    with record.open(encoding="utf-8", newline="") as file:
        rows = [
            Ended(int(one), int(number), group, int(code), float(seconds), float(mb), wrong)
            for one, number, group, code, seconds, mb, wrong in csv.reader(file)
        ]
    return [row for row in rows if row.seed == seed and row.number in numbers]


def ask(number: int, seed: int, folder: Path, found: Path) -> Ended:
    """Compare one scenario in a folder; write it to `found` where it is at fault."""
    tree = scenario(number, seed)
    text = json.dumps(tree, indent=1)
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    end = ended(folder, ["compare", "a.yaml"])
    wrong = fault_of(end, slow=SLOW_SECONDS)
    if end.peak_mb > MOST_MB:
        wrong = "; ".join(filter(None, (wrong, f"{end.peak_mb:.0f} MB")))
    if wrong:
        (found / f"scenario-{number}.yaml").write_text(text, encoding="utf-8")
    is_drawn = bool(tree.get("draws", {}).get("count") or "robust" in tree)
    group = "with draws" if is_drawn else "one world"
    return Ended(seed, number, group, end.code, round(end.took, 3), round(end.peak_mb), wrong)


def summed(rows: list[Ended]) -> str:
    """Return what scenarios cost: the median, the 99th percentile and the worst."""
    ends = ", ".join(
        f"{count:,} times {code}" for code, count in sorted(Counter(r.code for r in rows).items())
    )
    faults = sum(bool(row.wrong) for row in rows)
    lines = [f"{len(rows):,} scenarios: exit code {ends}; {faults} at fault"]
    for group in ("one world", "with draws"):
        some = [row for row in rows if row.group == group]
        for what, figures, unit in (
            ("CPU", [row.seconds for row in some] or [0.0], "s"),
            ("memory", [row.mb for row in some] or [0.0], "MB"),
        ):
            median, high, worst = (percentile(figures, share) for share in (0.5, 0.99, 1.0))
            told = f"median {median:.3g}, 99 % {high:.3g}, worst {worst:.3g} {unit}"
            lines.append(f"{group} ({len(some):,}), {what}: {told}")
    return "".join(f"{line}\n" for line in lines)


def main() -> int:
    """Ask, and print what it cost; 1 if a scenario broke something or exceeds a limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=44)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    asked = parser.parse_args()
    # What every process needs is loaded before they part.

    asked.found.mkdir(parents=True, exist_ok=True)
    record = asked.found / "scenarios.csv"
    numbers = range(asked.first, asked.first + asked.count)
    rows = ended_before(record, asked.seed, numbers)
    done = {row.number for row in rows}
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory() as name,
        record.open("a", encoding="utf-8", newline="") as file,
    ):
        folder = Path(name)
        (folder / "own").mkdir()
        for table, written in (("terminals", seeds.TERMINALS), ("legs", seeds.LEGS)):
            text = "".join(",".join(map(seeds.quoted, row)) + "\n" for row in written)
            (folder / "own" / f"{table}.csv").write_text(text, encoding="utf-8")
        for number in numbers:
            if number in done:
                continue
            row = ask(number, asked.seed, folder, asked.found)
            rows.append(row)
            csv.writer(file).writerow(row)
            file.flush()
            line = f"{number} {row.code} {row.seconds:.2f} s {row.mb:.0f} MB"
            sys.stderr.write(line + (f" ! {row.wrong}\n" if row.wrong else "\n"))
    sys.stdout.write(summed(rows))
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())
