"""Questions of strangers: what a forwarder would book, written down, and what is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corridors.config import load_scenario
from corridors.domain.results import RouteOption
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

KEYS = {"ask", "of", "few", "row", "through", "without", "take", "transit_days", "usd_per_teu"}
KEYS |= {"verdict", "why"}
WORLD = "current"
# A reefer preset travels in no other box.
BOXES = {"reefer-food": "40RF"}


@cache
def strangers() -> Mapping[str, Any]:
    """Return the questions by what they ask: `Sabetta to Shanghai, 2025-08-10`."""
    path = Path(__file__).parent / "strangers.yaml"
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {asked(row["ask"]): row for row in rows}


def asked(ask: Mapping[str, Any]) -> str:
    """Return a question in words."""
    words = [f"{ask['origin']} to {ask['destination']}", f"{ask['departure']}"]
    words += [ask[key] for key in ("cargo", "objective") if key in ask]
    words += [f"not through {', '.join(ask['avoid'])}"] if "avoid" in ask else []
    return ", ".join(words)


def answer(row: Mapping[str, Any], session: Session) -> Comparison:
    """Return the table of a question in the world of today, by the default objective if none is.

    Of a question that avoids countries each route is the best that does.
    """
    ask = row["ask"]
    sets = [f"{key}={ask[key]}" for key in ("origin", "destination", "departure")]
    sets += [f"world={WORLD}", "price_basis=cost"]
    if "objective" in ask:
        sets.append(f"objective={ask['objective']}")
    if "avoid" in ask:
        sets.append(f"limits.avoid.countries=[{', '.join(ask['avoid'])}]")
    if "cargo" in ask:
        cargo = ask["cargo"]
        sets += [f"shipment.cargo={cargo}", f"shipment.equipment={BOXES.get(cargo, '40HC')}"]
    scenario = load_scenario("shanghai-europe", set_values=sets)
    return compare(scenario, session=session, figures_only=True)


def touched(option: RouteOption) -> set[str]:
    """Return the terminals, gates and borders that a route passes, borders in both directions."""
    places = {end.partition("#")[0] for leg in option.legs for end in (leg.from_id, leg.to_id)}
    borders = {pair.partition("@")[0] for pair in option.borders}
    back = {"-".join(reversed(pair.split("-"))) for pair in borders}
    return places | set(option.passages) | borders | back


def misses(row: Mapping[str, Any], found: Comparison) -> Iterator[str]:
    """Yield what an answer lacks of what a forwarder would say."""
    if "row" not in row:
        if found.usable:
            yield f"{found.usable[0].corridor} is usable"
        return
    booked = next((one for one in found.usable if one.corridor == row["row"]), None)
    if booked is None:
        yield f"{row['row']} is not usable"
    else:
        lacks = set(row["through"]) - touched(booked)
        if lacks:
            yield f"{row['row']} does not pass {', '.join(sorted(lacks))}"
        figures = {"transit_days": booked.transit_days, "usd_per_teu": booked.cost_usd_per_teu}
        for key, figure in figures.items():
            low, high = row[key]
            if not low <= (figure or 0.0) <= high:
                yield f"{row['row']}: {key} {figure:.0f}, not {low} to {high}"
    best = found.recommended
    if best is None or best.corridor not in row["take"]:
        yield f"recommended is {None if best is None else best.corridor}"
    elif passes := set(row["without"]) & touched(best):
        yield f"the recommended {best.corridor} passes {', '.join(sorted(passes))}"
