"""Compare Shanghai with the capitals of the EU, and Hamburg with those of Chinese provinces.

`make check-capitals` asks that each has a way by sea and a way by rail as its main carriage, or
stands among the exceptions with the reason.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from corridors.config import load_scenario
from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption
from corridors.domain.values import ChainPart
from corridors.errors import CorridorsError
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

EU = (
    *("Vienna", "Brussels", "Sofia", "Zagreb", "Nicosia", "Prague", "Copenhagen", "Tallinn"),
    *("Helsinki", "Paris", "Berlin", "Athens", "Budapest", "Dublin", "Rome", "Riga", "Vilnius"),
    *("Luxembourg", "Valletta", "Amsterdam", "Warsaw", "Lisbon", "Bucharest", "Bratislava"),
    *("Ljubljana", "Madrid", "Stockholm"),
)
CHINA = (
    *("Beijing", "Tianjin", "Shijiazhuang", "Taiyuan", "Hohhot", "Shenyang", "Changchun"),
    *("Harbin", "Shanghai", "Nanjing", "Hangzhou", "Hefei", "Fuzhou", "Nanchang", "Jinan"),
    *("Zhengzhou", "Wuhan", "Changsha", "Guangzhou", "Nanning", "Haikou", "Chongqing"),
    *("Chengdu", "Guiyang", "Kunming", "Lhasa", "Xi'an", "Lanzhou", "Xining", "Yinchuan"),
    "Urumqi",
)


def main_families(option: RouteOption) -> set[Family]:
    """Return the modes of an option's main carriage."""
    legs = (leg for leg in option.legs if leg.part is ChainPart.MAIN)
    return {family_of(leg.service) for leg in legs}


def lacking(origin: str, destination: str, session: Session) -> str:
    """Return what a pair lacks: a main carriage by sea, by rail, or an answer."""
    asked = replace(load_scenario("shanghai-europe"), origin=origin, destination=destination)
    try:
        options = compare(asked, session=session, figures_only=True).routes
    except CorridorsError as error:
        return str(error)
    held = [main_families(option) for option in options if option.usable]
    missing = [
        family.value
        for family in (Family.SEA, Family.RAIL)
        if not any(family in families for families in held)
    ]
    return f"no main carriage by {' or '.join(missing)}" if missing else ""


def main() -> int:
    """Print every pair that lacks something, and how many do not; 1 if one does."""
    session = Session()
    pairs = [("Shanghai", name) for name in EU] + [(name, "Hamburg") for name in CHINA]
    found = {pair: lacking(*pair, session) for pair in pairs}
    for (origin, destination), text in found.items():
        if text:
            sys.stdout.write(f"{origin} to {destination}: {text}\n")
    whole = sum(not text for text in found.values())
    sys.stdout.write(f"{whole} of {len(found)} have a main carriage by sea and one by rail\n")
    return int(whole < len(found))


if __name__ == "__main__":
    sys.exit(main())
