"""Answers by price for pairs of cities and days of 2021 to 2026, beside what nobody sold.

    python -m validation.campaigns.priced_pairs [--count 120]

A fault is a recommended way by price that goes over `MOST_ROAD_KM` by truck, is at cost beside
ways that have a price, crosses Iran, or sails the Arctic.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from itertools import islice, product

from corridors.config import load_scenario
from corridors.domain.results import PriceStatus
from corridors.domain.scenario import PriceBasis
from corridors.output.comparison import Comparison
from corridors.studies.compare import compare
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
MOST_ROAD_KM = 900.0


def answers(count: int) -> Iterator[tuple[str, Comparison]]:
    """Yield the first of the questions, pair by pair, with their answers."""
    session = Session(keeps_searches=False)
    for (origin, destination), day in islice(product(PAIRS, DAYS), count):
        ends = [f"origin={origin}", f"destination={destination}", "world=current"]
        asked = load_scenario(
            "shanghai-europe",
            set_values=[*ends, "price_basis=price", "objective=cost"],
            departure=day,
        )
        name = f"{origin} - {destination}, {day}"
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
    count = parser.parse_args().count
    wrong = by_price = 0
    for name, found in answers(count):
        best, said = found.recommended, list(faults(found))
        wrong += bool(said)
        by_price += found.scenario.price_basis is PriceBasis.PRICE
        usd = 0.0 if best is None else best.usd_per_teu or 0.0
        way = "nothing" if best is None else f"{best.corridor} {best.price_status}"
        line = f"{name}: {found.scenario.price_basis} {way} {usd:,.0f} {'; '.join(said)}"
        sys.stdout.write(line.rstrip() + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{count} questions, {by_price} by price, {wrong} with a fault\n")


if __name__ == "__main__":
    main()
