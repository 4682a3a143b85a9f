"""Contracts that follow an index, stays by tiers, and the range of a contract's row.

The sheet is made up. The quote of North Europe is USD 5,056 per 40-foot box in August 2026 and
5,528 in July (`market.csv`), and 1 EUR was USD 1.1681 on 20 August 2026.
"""

from __future__ import annotations

import re
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corridors
from corridors.costing.contract_charges import charged, stay_amount
from corridors.data.parameters import load_parameters
from corridors.domain.contracts import Charge, ChargeBasis, Contract, Tier
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Equipment
from corridors.exchange.rates.rate_files import rate_sheet_in

HEAD = (
    "POL;POD;Via;Valid from;Valid to;Charge;Basis;Equipment;Amount;Currency;Contract;Index"
    ";Index share;Floor;Ceiling;Free days;Tiers"
)
LANE = "Shanghai;Hamburg;Suez;2026-07-01;2026-09-30"
SHEET = "\n".join(
    (
        HEAD,
        f"{LANE};BASE;;40HC;4650;USD;Fixed;;;;;14;15-21: 60; 22+: 120".replace("60; 22", "60\n22"),
        f"{LANE};BASE;;40HC;100;USD;Floating;asia-neurope;0.9;;;;",
        f"{LANE};PSS;percent;40HC;10;;Floating;asia-neurope;0.9;;;;",
        f"{LANE};BASE;;40HC;0;USD;Floored;Drewry WCI Shanghai-Rotterdam;80%;5000;;14;",
        f"{LANE};BASE;;40HC;0;EUR;Capped;Far East to North Europe;;;3000;;",
        f"{LANE};BASE;;20DV;0;USD;Small;asia-neurope;90;;;;",
        f"{LANE};BASE;;40HC;0;USD;Lost;Baltic Dry;;;;;",
        f"{LANE};BASE;;40HC;-200;USD;Discount;asia-neurope;;;;;",
    )
)
ASKED: Any = {
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "world": "reference-open",
    "price_basis": "price",
    "corridors": ["suez"],
}


def sheet_text() -> str:
    # A cell of two lines, as a spreadsheet writes it.
    return SHEET.replace("15-21: 60\n22+: 120", '"15-21: 60\n22+: 120"')


@cache
def found(departure: str = "2026-08-20", stay: float | None = None) -> corridors.Comparison:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made-up.csv"
        file.write_text(sheet_text(), encoding="utf-8")
        return corridors.compare(
            **{**ASKED, "departure": departure},
            contracts=[str(file)],
            shipment={} if stay is None else {"stay_days": stay},
        )


def named(name: str, **asked: Any) -> RouteOption:
    (option,) = (
        one for one in found(**asked).routes if one.title == f"Contract {name}, Suez Canal"
    )
    return option


def market() -> RouteOption:
    (option,) = (one for one in found().routes if one.corridor == "suez")
    return option


def charges(option: RouteOption) -> float:
    """Return what the contract itself charges, USD a 40-foot box."""
    return 2.0 * sum(one.usd_per_teu for one in option.cost_lines if one.is_of_lane)


@pytest.mark.parametrize(
    ("name", "departure", "usd_per_box"),
    [
        # (100 + 0.9 x 5,056) and 10 % of it.
        ("Floating", "2026-08-20", 4650.40 * 1.1),
        # The month of departure counts: 100 + 0.9 x 5,528.
        ("Floating", "2026-07-20", 5075.20 * 1.1),
        # 0.8 x 5,056 is 4,044.80, below the floor.
        ("Floored", "2026-08-20", 5000.0),
        # All of the quote is above the ceiling, which is in euros.
        ("Capped", "2026-08-20", 3000.0 * 1.1681),
        # All of the quote, less 200.
        ("Discount", "2026-08-20", 5056.0 - 200.0),
        ("Fixed", "2026-07-20", 4650.0),
    ],
)
def test_a_base_rate_follows_the_quote_of_the_month_between_its_bounds(
    name: str, departure: str, usd_per_box: float
) -> None:
    assert charges(named(name, departure=departure)) == pytest.approx(usd_per_box, abs=0.01)


def test_a_twenty_foot_box_follows_half_of_the_quote(tmp_path: Path) -> None:
    file = tmp_path / "made-up.csv"
    file.write_text(sheet_text(), encoding="utf-8")
    small = corridors.compare(**ASKED, contracts=str(file), shipment={"equipment": "20DV"})
    (option,) = (one for one in small.routes if one.title == "Contract Small, Suez Canal")
    (line,) = (one for one in option.cost_lines if one.is_of_lane)
    assert line.usd_per_teu == pytest.approx(0.9 * 5056 / 2, abs=0.01)


def test_the_line_of_a_rate_by_an_index_has_the_range_of_its_quote_between_its_bounds() -> None:
    def of(name: str) -> tuple[float, ...]:
        (line,) = (one for one in named(name).cost_lines if one.is_of_lane)
        return line.low, line.high

    # The quote of August 2026 has a range of 4,092 to 6,499.
    assert of("Floating") == pytest.approx(
        ((100 + 0.9 * 4092) * 1.1 / 2, (100 + 0.9 * 6499) * 1.1 / 2), abs=0.01
    )
    assert of("Floored") == pytest.approx((5000 / 2, 0.8 * 6499 / 2), abs=0.01)
    assert of("Fixed") == (2325.0, 2325.0)


def test_a_note_says_by_which_quote_a_rate_was_worked_out() -> None:
    (text,) = (one for one in named("Floored").warnings if "Floored" in one)
    assert (
        "the base rate is 0.8 x USD 5,056 per 40-foot box of Drewry WCI Shanghai-Rotterdam"
        " (2026-08), at least USD 5,000"
    ) in text


def test_a_rate_by_an_unknown_index_is_refused_by_its_row() -> None:
    (text,) = (one for one in found().warnings if "not used" in one)
    assert (
        "1 row is not used, such as made-up.csv!8: follows 'Baltic Dry', which is no lane" in text
    )
    assert "asia-neurope" in text


@pytest.mark.parametrize(
    ("days", "usd_per_box"),
    [(14.0, 0.0), (16.5, 3 * 60.0), (25.0, 7 * 60.0 + 4 * 120.0)],
)
def test_a_stay_is_a_line_of_the_bill_by_the_tiers(days: float, usd_per_box: float) -> None:
    stayed, before = named("Fixed", stay=days), named("Fixed")
    paid = [one for one in stayed.cost_lines if one.driver == "storage.contract"]
    assert sum(one.usd_per_teu for one in paid) == pytest.approx(usd_per_box / 2)
    assert stayed.usd_per_teu == pytest.approx((before.usd_per_teu or 0.0) + usd_per_box / 2)
    assert stayed.usd_per_teu == pytest.approx(
        sum(one.usd_per_teu for one in stayed.cost_lines), abs=0.01
    )
    assert stayed.days == before.days
    assert stayed.cost_usd_per_teu == pytest.approx(before.cost_usd_per_teu)


def test_a_stay_of_a_sheet_without_tiers_is_marked_and_the_market_has_none() -> None:
    (text,) = (one for one in named("Floored", stay=20.0).warnings if "Floored" in one)
    assert "a stay of 20 days, 6 beyond the free ones, for which the sheet has no price" in text
    assert named("Floored", stay=20.0).usd_per_teu == named("Floored").usd_per_teu
    (row,) = (one for one in found(stay=20.0).routes if one.corridor == "suez")
    assert row.usd_per_teu == market().usd_per_teu


def spread(option: RouteOption) -> float:
    """Return what lies between the 5 and 95 % of an option's price, USD per TEU."""
    fans = option.fans
    assert fans is not None
    assert fans.price is not None
    return fans.price.p95 - fans.price.p5


def test_what_is_agreed_is_fixed_in_the_draws_and_what_follows_an_index_moves() -> None:
    fixed, floating = named("Fixed"), named("Floating")
    # Only what the rate leaves to the tables moves in a fixed one: another rate, the same spread.
    held = named("Floored")
    assert 0.0 < spread(fixed) < spread(floating)
    apart = fixed.usd_per_teu or 0.0
    assert fixed.fans is not None
    assert fixed.fans.price is not None
    assert fixed.fans.price.p50 == pytest.approx(apart, rel=0.002)
    # Held at its floor in most draws, it is dearer at times; never cheaper than the floor.
    assert held.fans is not None
    assert held.fans.price is not None
    assert spread(fixed) * 0.9 < spread(held) < spread(floating)
    # Carrying costs the same with or without a contract.
    assert fixed.fans.cost.p95 == pytest.approx(floating.fans.cost.p95)  # type: ignore[union-attr]
    theirs = market().fans
    assert theirs is not None
    assert fixed.fans.cost.p95 == pytest.approx(theirs.cost.p95, rel=1e-6)
    assert spread(fixed) < spread(market())


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("asia-neurope;0;;", "'0' is no share of an index; write 0.9 or 90%"),
        ("asia-neurope;;500;400", "its floor, 500, is above its ceiling, 400"),
        (";;500;", "a share, floor or ceiling, but no index is named"),
        ("asia-neurope;1;x;", "'x' is no amount"),
        ("through rates of forwarders;1;;", "which is the index of several lanes; use one of"),
        ("asia-neurope;1;-5;", "'-5' is no amount of a rate"),
    ],
)
def test_a_wrong_index_is_refused_by_its_row(cells: str, reason: str) -> None:
    text = f"{HEAD}\n{LANE};BASE;;40HC;100;USD;Wrong;{cells};;"
    sheet = rate_sheet_in(text.encode(), name="a.csv")
    assert not sheet.contracts
    (row,) = sheet.refused
    assert row.row == "a.csv!2"
    assert reason in row.reason


def test_only_what_is_added_to_an_index_may_be_below_nothing() -> None:
    text = f"{HEAD}\n{LANE};BASE;;40HC;-200;USD;Wrong;;;;;;"
    (row,) = rate_sheet_in(text.encode(), name="a.csv").refused
    assert "'-200' is no amount of a rate: give 0 to 1,000,000" in row.reason


DAY = date(2026, 8, 20)
QUOTE = 5056.0


@given(
    share=st.floats(0.05, 3.0),
    added=st.integers(-3_000, 3_000),
    bounds=st.lists(st.integers(0, 9_000), min_size=2, max_size=2).map(sorted),
    bounded=st.tuples(st.booleans(), st.booleans()),
    percent=st.integers(0, 50),
    box=st.sampled_from(("20DV", "40HC")),
)
def test_charges_by_an_index_are_those_of_the_formula(
    share: float,
    added: int,
    bounds: list[int],
    bounded: tuple[bool, bool],
    percent: int,
    box: str,
) -> None:
    floor, ceiling = (
        bound if is_given else None for bound, is_given in zip(bounds, bounded, strict=True)
    )
    contract = Contract(
        name="Drawn",
        origin="Shanghai",
        destination="Hamburg",
        equipment=Equipment(box),
        first=DAY,
        last=DAY,
        index="asia-neurope",
        index_share=share,
        floor=floor,
        ceiling=ceiling,
        charges=(
            Charge(code="PSS", amount=percent, currency="", basis=ChargeBasis.PERCENT),
            Charge(code="BASE", amount=added, currency="EUR"),
        ),
    )
    # Worked out in euros, other than the program does; the shipped rate of the day is 1.1681.
    quote = (QUOTE if box == "40HC" else QUOTE / 2) / 1.1681
    euros = share * quote + added
    for bound, nearer in ((floor or 0.0, max), (ceiling, min)):
        euros = euros if bound is None else nearer(euros, bound)
    made = charged(contract, DAY, load_parameters())
    assert made.usd_per_box == pytest.approx(euros * 1.1681 * (1 + percent / 100), abs=0.01)


@given(
    free=st.integers(0, 20),
    steps=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 200)), min_size=1, max_size=4),
    days=st.integers(0, 60),
)
def test_a_stay_costs_what_its_tiers_say_span_by_span(
    free: int, steps: list[tuple[int, int]], days: int
) -> None:
    begins, tiers = 0, []
    for more, a_day in steps:
        begins += more
        tiers.append(Tier(from_day=begins, a_day=float(a_day)))
    contract = Contract(
        name="Drawn",
        origin="Shanghai",
        destination="Hamburg",
        equipment=Equipment.HC40,
        first=DAY,
        last=DAY,
        free_days=free,
        tiers=tuple(tiers),
        charges=(Charge(code="BASE", amount=1.0, currency="USD"),),
    )
    # Each tier holds from its day to the day before the next, and only beyond the free days.
    ends = [tier.from_day - 1 for tier in tiers[1:]] + [days]
    total = sum(
        max(min(end, days) - max(tier.from_day - 1, free), 0) * tier.a_day
        for tier, end in zip(tiers, ends, strict=True)
    )
    assert stay_amount(contract, days) == total
    # A day that has begun counts.
    assert stay_amount(contract, days + 0.2) == stay_amount(contract, days + 1)


PAGE = Path(__file__).parents[2] / "docs/tutorials/contracts.md"


def test_the_figures_of_the_tutorial_are_those_of_its_files(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (table,) = re.findall(r'```csv title="made-up-terms.csv"\n(.*?)```', page, re.DOTALL)
    file = tmp_path / "made-up-terms.csv"
    file.write_text(table, encoding="utf-8")
    said = corridors.compare(
        "shanghai-hamburg", contracts=str(file), shipment={"stay_days": 20, "equipment": "40HC"}
    )
    floating, fixed = (
        next(one for one in said.routes if one.title == f"Contract {name}")
        for name in ("Floating", "Fixed")
    )
    assert charges(floating) == pytest.approx(4700.40, abs=0.01)
    assert charges(fixed) == pytest.approx(4700.0, abs=0.01)
    stays = [
        2.0 * sum(line.usd_per_teu for line in one.cost_lines if line.driver == "storage.contract")
        for one in (floating, fixed)
    ]
    assert stays == pytest.approx([1140.0, 450.0])
    for figure in ("USD 5,056", "USD 4,700.40", "USD 1,140", "450", "5,528"):
        assert figure in page
