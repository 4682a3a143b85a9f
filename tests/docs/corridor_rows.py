"""The rows of the table of corridors in docs/reference/corridors.md, calculated by the program.

`python -m tests.docs.corridor_rows` prints them.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

from corridors.config import load_corridors, load_scenario
from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption
from corridors.routing.ladder import search
from corridors.routing.report import report
from corridors.studies.session import Session

PAIRS = {
    "suez": ("Shanghai", "Hamburg"),
    "cape": ("Shanghai", "Hamburg"),
    "panama": ("Shanghai", "Hamburg"),
    "northern-sea-route": ("Shanghai", "Hamburg"),
    "arctic-murmansk": ("Xi'an", "Hamburg"),
    "trans-siberian": ("Harbin", "Hamburg"),
    "trans-mongolian": ("Chongqing", "Moscow"),
    "kazakhstan-dostyk": ("Zhengzhou", "Hamburg"),
    "kazakhstan-khorgos": ("Zhengzhou", "Hamburg"),
    "kazakhstan-moscow-kazan": ("Zhengzhou", "Hamburg"),
    "middle-corridor-poti": ("Xi'an", "Budapest"),
    "middle-corridor-sea": ("Xi'an", "Budapest"),
    "middle-corridor-btk": ("Xi'an", "Istanbul"),
    "kaliningrad": ("Chongqing", "Hamburg"),
    "piraeus": ("Ningbo", "Budapest"),
    "russia-rail": ("Tashkent", "Riga"),
    "russia-baltic": ("Tashkent", "Hamburg"),
    "russia-black-sea": ("Tashkent", "Istanbul"),
    "iran-turkey": ("Ashgabat", "Ankara"),
    "caspian": ("Xi'an", "Baku"),
    "caucasus-black-sea": ("Baku", "Hamburg"),
    "instc": ("Nhava Sheva", "Moscow"),
    "brest": ("Almaty", "Hamburg"),
}
"""A pair of ends for each default corridor but the row `other`."""
DAY = date(2026, 8, 20)


def cheapest(
    session: Session, corridor: str, origin: str, destination: str, *, day: date = DAY
) -> RouteOption:
    """Return the cheapest route of a corridor between two places, by default on 20 August 2026."""
    scenario = replace(
        load_scenario("shanghai-europe"),
        departure=day,
        origin=origin,
        destination=destination,
        corridors=(corridor,),
        source_path="",
        text={},
    )
    question = session.pose(scenario, load_corridors([corridor]))
    return report(search(question, 0, fronts=False), figures_only=True)


def passes(option: RouteOption) -> str:
    """Return the names of the places that the corridor requires, in the order of the route."""
    (corridor,) = load_corridors([option.corridor])
    wanted = {place for entry in corridor.must_pass for place in entry.any_of}
    met: dict[str, None] = {}
    for step in option.legs:
        for place, name in ((step.from_id, step.from_name), (step.to_id, step.to_name)):
            if place.split("#")[0] in wanted:
                met[name.split(" (")[0]] = None
    return ", ".join(met)


def km_by_country(option: RouteOption) -> str:
    """Return km by country; a leg over a border counts for both together, as `KZ-RU`."""
    km: dict[str, float] = {}
    for step in option.legs:
        family = family_of(step.service)
        at_sea = family is Family.SEA or family is Family.FERRY
        where = str(family) if at_sea else "-".join(sorted(step.countries))
        km[where] = km.get(where, 0.0) + step.km
    return ", ".join(f"{where} {length:,.0f}" for where, length in km.items())


def row(session: Session, corridor: str) -> str:
    """Return the first cells of a corridor's row: ends, places, km and km by country."""
    ends = PAIRS[corridor]
    option = cheapest(session, corridor, *ends)
    cells = (
        f"`{corridor}`",
        f"{ends[0]} to {ends[1]}",
        passes(option),
        f"{option.km() or 0.0:,.0f}",
        km_by_country(option),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    kept = Session()
    for name in PAIRS:
        sys.stdout.write(f"{row(kept, name)}\n")
