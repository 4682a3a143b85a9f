"""Answers by price for pairs of cities and days of 2021 to 2026, beside what nobody sold.

    python -m validation.campaigns.priced_pairs [--count 120]
    python -m validation.campaigns.priced_pairs --count 200 --seed 1

With a seed pairs of cities, three days each and their objective are drawn, in either direction. A
fault is a recommended way by price that goes over `MOST_ROAD_KM` by truck, is at cost beside ways
that have a price, crosses Iran, or sails the Arctic.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, product
from random import Random

from corridors.config import load_scenario
from corridors.domain.results import PriceStatus
from corridors.domain.scenario import PriceBasis
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

PAIRS = (
    *(("Shanghai", "Hamburg"), ("Shenzhen", "Hamburg"), ("Ningbo", "Rotterdam")),
    *(("Qingdao", "Antwerp"), ("Chongqing", "Duisburg"), ("Xi'an", "Milan")),
    *(("Zhengzhou", "Warsaw"), ("Wuhan", "Lyon"), ("Yiwu", "Madrid"), ("Guangzhou", "Barcelona")),
    *(("Tianjin", "Genoa"), ("Xiamen", "Koper"), ("Shanghai", "Istanbul"), ("Dalian", "Gdansk")),
    *(("Shanghai", "Moscow"), ("Shanghai", "St Petersburg"), ("Chengdu", "Prague")),
    *(("Busan", "Bremen"), ("Hamburg", "Shanghai"), ("Rotterdam", "Chongqing")),
)
DAYS = (
    *(date(2021, 9, 15), date(2022, 6, 15), date(2023, 5, 15)),
    *(date(2024, 7, 15), date(2025, 3, 12), date(2026, 3, 11)),
)
FARTHER = (
    *("Shanghai", "Shenzhen", "Ningbo", "Qingdao", "Tianjin", "Dalian", "Xiamen", "Guangzhou"),
    *(
        "Chongqing",
        "Chengdu",
        "Wuhan",
        "Xi'an",
        "Zhengzhou",
        "Urumqi",
        "Hefei",
        "Kunming",
        "Harbin",
    ),
    *("Busan", "Yokohama", "Kaohsiung", "Ho Chi Minh City", "Haiphong", "Laem Chabang", "Jakarta"),
    *("Port Klang", "Mumbai", "Mundra", "Chennai", "Colombo", "Karachi", "Chittagong", "Jebel Ali"),
)
NEARER = (
    *(
        "Hamburg",
        "Rotterdam",
        "Antwerp",
        "Felixstowe",
        "Le Havre",
        "Bremen",
        "Gdansk",
        "Gothenburg",
    ),
    *("Klaipeda", "Helsinki", "Oslo", "Aarhus", "Dublin", "Bilbao", "Lisbon", "Valencia", "Genoa"),
    *(
        "Trieste",
        "Koper",
        "Piraeus",
        "Constanta",
        "Varna",
        "Istanbul",
        "Mersin",
        "Malta",
        "Duisburg",
    ),
    *("Warsaw", "Prague", "Vienna", "Budapest", "Belgrade", "Zurich", "Lyon", "Madrid", "Munich"),
    *("Moscow", "St Petersburg", "Minsk", "Milan", "Porto", "Thessaloniki", "Stockholm"),
)
FIRST, LAST = date(2021, 1, 1), date(2026, 11, 30)
MOST_ROAD_KM = 900.0

Asked = tuple[str, str, date, str]


def questions(seed: int | None) -> Iterator[Asked]:
    """Yield origin, destination, day and objective, of the list or without end from a seed."""
    if seed is None:
        yield from ((*pair, day, "cost") for pair, day in product(PAIRS, DAYS))
        return
    draw = Random(seed)
    while True:
        ends = draw.choice(FARTHER), draw.choice(NEARER)
        origin, destination = ends if draw.random() < 2 / 3 else ends[::-1]
        objective = draw.choice(("cost", "generalised"))
        for _ in range(3):
            day = FIRST + timedelta(draw.randrange((LAST - FIRST).days + 1))
            yield origin, destination, day, objective


def answers(count: int, seed: int | None = None) -> Iterator[tuple[str, Comparison]]:
    """Yield the first of the questions with their answers, on the basis of today's world."""
    session = Session(keeps_searches=False)
    for origin, destination, day, objective in islice(questions(seed), count):
        ends = [f"origin={origin}", f"destination={destination}", "world=current"]
        asked = load_scenario(
            "shanghai-europe", set_values=[*ends, f"objective={objective}"], departure=day
        )
        name = f"{origin} - {destination}, {day}, {objective}"
        yield name, compare(asked, session=session, figures_only=True)


def faults(found: Comparison) -> Iterator[str]:
    """Yield what is wrong with the recommended way of a comparison by price."""
    best = found.recommended
    if best is None or found.scenario.price_basis is PriceBasis.COST:
        return
    road_km = sum(leg.km for leg in best.legs if leg.service == "road")
    if road_km > MOST_ROAD_KM:
        yield f"{road_km:,.0f} km by truck"
    if best.price_status is PriceStatus.NONE:
        yield "at cost beside prices"
    if "IR" in best.countries:
        yield "by Iran"
    if "northern-sea-route" in best.corridor or "arctic" in best.corridor:
        yield "by the Arctic"


def main() -> None:
    """Write a line an answer, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=len(PAIRS) * len(DAYS))
    parser.add_argument("--seed", type=int)
    given = parser.parse_args()
    count = given.count
    wrong = by_price = 0
    for name, found in answers(count, given.seed):
        best, said = found.recommended, list(faults(found))
        wrong += bool(said)
        by_price += found.scenario.price_basis is PriceBasis.PRICE
        usd = 0.0 if best is None else best.usd_per_teu or 0.0
        days = 0.0 if best is None else best.days or 0.0
        way = "nothing" if best is None else f"{best.title}, {best.price_status}"
        line = f"{name}: {found.scenario.price_basis} {way} {usd:,.0f} {days:.0f} {'; '.join(said)}"
        sys.stdout.write(line.rstrip() + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{count} questions, {by_price} by price, {wrong} with a fault\n")


if __name__ == "__main__":
    main()
