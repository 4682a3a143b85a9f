"""What can be booked: recommendations of drawn questions in the world of today.

    python -m validation.campaigns.booked --count 500

Two cities of a list, a month of 2024 to 2026, a direction, a cargo. Each recommendation must have a
line or a charter on its date, unless the table lists no line between its ends; it must break no ban
of that date; and no row of the same table may beat it in cost, days and service.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corridors.config import load_scenario
from corridors.data.geodata import load_terminals
from corridors.data.parameters import load_country_groups
from corridors.data.paths import parameters_dir
from corridors.domain.results import Listing, RouteOption, Sails
from corridors.errors import CorridorsError
from corridors.output.comparison import Comparison
from corridors.routing.question import ends_in
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

EAST = (
    *("Shanghai", "Ningbo", "Qingdao", "Tianjin", "Shenzhen", "Chongqing", "Chengdu", "Xi'an"),
    *("Zhengzhou", "Yiwu", "Urumqi", "Harbin", "Busan", "Yokohama", "Ho Chi Minh City", "Mumbai"),
    *("Almaty", "Tashkent", "Ulaanbaatar", "Vladivostok", "Singapore", "Dubai", "Tehran"),
)
WEST = (
    *("Hamburg", "Rotterdam", "Duisburg", "Warsaw", "Gdansk", "Milan", "Genoa", "Munich", "Prague"),
    *("Budapest", "Istanbul", "London", "Antwerp", "Barcelona", "Athens", "Helsinki", "Gothenburg"),
    *("Lyon", "Moscow", "St Petersburg", "Kaliningrad", "Minsk", "Bucharest", "Baku", "Tbilisi"),
    *("Belgrade", "Oslo", "Riga", "Madrid"),
)
CARGO = (
    *("electronics", "machinery", "general", "apparel", "chemicals", "cars", "dual-use"),
    *("food", "dangerous"),
)
SERVED = (Sails.SCHEDULED, Sails.CHARTERED, Sails.NONE_KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A drawn question."""

    origin: str
    destination: str
    departure: date
    cargo: str

    @property
    def name(self) -> str:
        """The question in a line."""
        return f"{self.origin} - {self.destination}, {self.departure}, {self.cargo}"


def drawn(number: int, seed: int) -> Asked:
    """Return a question, the same for a number and a seed; months of 2024 to 2026 in turn."""
    chance = random.Random(f"{seed}-{number}")
    ends = [chance.choice(EAST), chance.choice(WEST)]
    if chance.random() < 0.35:
        ends.reverse()
    year, month = 2024 + number // 12 % 3, number % 12 + 1
    return Asked(
        origin=ends[0],
        destination=ends[1],
        departure=date(year, month, chance.randint(1, 28)),
        cargo=chance.choice(CARGO),
    )


def service_of(option: RouteOption) -> int:
    """Return the rank of how an option is known to run, 0 for a line."""
    offer = option.offer
    return SERVED.index(Sails.NONE_KNOWN if offer is None else offer.sails)


def bans() -> tuple[dict[str, str], ...]:
    """Return the bans of the table of access as rows, read apart from the program's rules."""
    with (parameters_dir() / "access.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(row for row in csv.DictReader(stream) if row["effect"] == "barred")


def names(text: str, country: str) -> bool:
    """Return whether a list of countries and groups names one, or only leaves others out."""
    groups, listed = load_country_groups(), [name for name in text.split(";") if name]
    codes = {
        f"{'!' * name.startswith('!')}{code}"
        for name in listed
        for code in groups.get(name.lstrip("!"), (name.lstrip("!"),))
    }
    if f"!{country}" in codes:
        return False
    return country in codes or all(code.startswith("!") for code in codes)


def broken(found: Comparison, best: RouteOption, ends: tuple[str, str]) -> Iterator[str]:
    """Yield the bans that a recommended route breaks."""
    classes = set(found.scenario.shipment.cargo_classes)
    begin, end = best.departure, best.arrival
    if begin is None or end is None:
        return
    passed = {step.from_id.partition("#")[0] for step in best.steps} | set(best.passages)
    for row in bans():
        first = row["first_day"] or "0001-01-01"
        last = row["last_day"] or "9999-12-31"
        if not first <= begin.date().isoformat() <= last:
            continue
        if row["cargo"] and not classes & set(row["cargo"].split(";")):
            continue
        if not (names(row["origin"], ends[0]) and names(row["destination"], ends[1])):
            continue
        keys = set(row["key"].split(";"))
        meets = {
            "trade": ends[0] != ends[1],
            "transit": bool((keys - set(ends)) & set(best.countries)),
            "country": bool(keys & set(best.countries)),
            "border": any(key in border for key in keys for border in best.borders),
        }.get(row["what"], bool(keys & passed))
        if meets:
            yield f"ban {row['id']}"


def faults(found: Comparison, ends: tuple[str, str]) -> Iterator[str]:
    """Yield what a forwarder would not book of a recommendation."""
    best = found.recommended
    if best is None or not best.usable:
        return
    offer = best.offer
    if offer is not None and not offer.known:
        lacks = offer.listing.doubt > Listing.UNLISTED.doubt
        yield "none known where lines are" if lacks else "no line listed between its ends"
    yield from broken(found, best, ends)
    mine = (best.usd_per_teu or 0.0, best.days or 0.0, service_of(best))
    for other in found.usable:
        if other is best or other.exceeds or other.equals:
            continue
        its = (other.usd_per_teu or 0.0, other.days or 0.0, service_of(other))
        if its != mine and all(a <= b for a, b in zip(its, mine, strict=True)):
            yield f"beaten by {other.corridor}"


def main() -> int:
    """Ask, and write what is wrong and how often; 1 if a recommendation breaks a rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=40)
    chosen = parser.parse_args()
    session, seen, base = Session(), Counter[str](), load_scenario("shanghai-europe")
    for number in range(chosen.first, chosen.first + chosen.count):
        asked = drawn(number, chosen.seed)
        changes = [f"origin={asked.origin}", f"destination={asked.destination}"]
        changes += [f"shipment.cargo={asked.cargo}", "world=current", "corridors=all"]
        try:
            scenario = load_scenario(
                base.source_path or "shanghai-europe", set_values=changes, departure=asked.departure
            )
            found = compare(scenario, session=session, figures_only=True)
        except CorridorsError as error:
            seen["refused"] += 1
            sys.stdout.write(f"{asked.name}: refused: {str(error)[:150]}\n")
            continue
        origin, destination = ends_in(scenario, load_terminals())
        wrong = list(faults(found, (origin.country, destination.country)))
        seen["asked"] += 1
        seen["recommended"] += found.recommended is not None
        seen.update({text.split()[0] for text in wrong})
        if wrong:
            best = found.recommended
            name = best.corridor if best else ""
            sys.stdout.write(f"{asked.name}: {name}: {'; '.join(wrong)}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{dict(seen)}\n")
    return int(bool(seen["ban"] or seen["beaten"] or seen["none"]))


if __name__ == "__main__":
    sys.exit(main())
