"""Contracts, sailings and terms of sale in one question, drawn: westbound and eastbound, reefers.

Rates and sailings are made up by a seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import corridors
from corridors.domain.values import Incoterm

DAY = date(2026, 8, 20)
RATES = "POL;POD;Carrier;Via;Valid from;Valid to;Charge;Equipment;Amount;Currency;Contract"
TRIPS = "service;operator;mode;from;to;departs;arrives;cut-off;way"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A drawn question: its keys, amounts of contracts by name, and its departures caught."""

    keys: dict[str, Any]
    amounts: dict[str, float]
    departures: frozenset[date]


def drawn(seed: int, folder: Path) -> Drawn:
    draw = random.Random(seed)
    here, there = draw.choice([("Shanghai", "Hamburg"), ("Hamburg", "Shanghai")])
    equipment = draw.choice(["40HC", "40RF"])
    other = {"40HC": "40RF", "40RF": "40HC"}[equipment]
    amounts, rates = {}, [RATES]
    for name, ends, of, cheap in (
        ("Mine", "2026-12-31", equipment, False),
        ("Old", "2026-08-01", equipment, True),
        ("Of others", "2026-12-31", other, True),
    ):
        amount = draw.randint(90_000, 600_000) / 100 / (3 if cheap else 1)
        amounts[name] = amount
        row = (here, there, "Made-up", "Cape of Good Hope", "2026-07-01", ends, "BASE", of)
        rates.append(";".join((*row, f"{amount:.2f}", "USD", name)))
    (folder / "rates.csv").write_text("\n".join(rates), encoding="utf-8")
    trips, departures = [TRIPS], []
    for _ in range(5):
        leaves, days, cut = DAY + timedelta(draw.randint(0, 13)), draw.randint(33, 45), 1
        if leaves - timedelta(cut) >= DAY:
            departures.append(leaves)
        trips.append(
            f"Loop M;Made-up;sea;{here};{there};{leaves};{leaves + timedelta(days)};"
            f"{leaves - timedelta(cut)};Cape"
        )
    (folder / "trips.csv").write_text("\n".join(trips), encoding="utf-8")
    keys = {
        "origin": here,
        "destination": there,
        "departure": DAY.isoformat(),
        "world": "reference-open",
        "price_basis": "price",
        "corridors": ["cape"],
        "shipment": {"equipment": equipment},
        "incoterm": draw.choice(list(Incoterm)).value,
        "draws": {"count": 0},
        "contracts": [str(folder / "rates.csv")],
        "schedules": [str(folder / "trips.csv")],
    }
    return Drawn(keys=keys, amounts=amounts, departures=frozenset(departures))


@pytest.mark.first_case
@pytest.mark.parametrize("seed", range(20))
def test_bills_add_up_and_nothing_expired_is_recommended(seed: int, tmp_path: Path) -> None:
    asked = drawn(seed, tmp_path)
    found = corridors.compare(None, **asked.keys)
    titles = {one.title for one in found.routes}
    assert any("Mine" in title for title in titles)
    assert not any("Of others" in title for title in titles)
    for option in found.usable:
        bill = sum(line.usd_per_teu for line in option.cost_lines)
        assert bill == pytest.approx(option.usd_per_teu, abs=0.01)
        seller, buyer = option.seller_usd_per_teu, option.buyer_usd_per_teu
        assert seller is not None
        assert buyer is not None
        assert seller + buyer == pytest.approx(bill, abs=0.005 * len(option.cost_lines))
        assert {line.pays for line in option.cost_lines} != {None}
        # By ship only the sailings of the file leave, with whatever contract.
        if asked.departures:
            assert option.departure is not None
            assert option.departure.date() in asked.departures
    for name, amount in asked.amounts.items():
        for option in (one for one in found.routes if name in one.title):
            agreed = [line for line in option.cost_lines if line.label.startswith(f"{name} (")]
            assert sum(line.usd_per_teu for line in agreed) == pytest.approx(amount / 2, abs=0.01)
    best = found.decision.recommended
    assert best is not None
    (chosen,) = (one for one in found.routes if one.corridor == best)
    assert "Old" not in chosen.title
    if found.sailings is not None:
        assert not any(one.expired for one in found.sailings.departures[:1])
