"""Plans that ship by contracts of a rate sheet, worked by hand from rows of a comparison."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import corridors
from corridors.errors import ConfigError
from tests.studies.test_plan_months import CLOSE_USD

if TYPE_CHECKING:
    import pandas as pd

HEAD = (
    "POL;POD;Carrier;Via;Valid from;Valid to;Charge;Basis;Equipment;Amount;Currency;Included;Scope"
    ";Contract;Min boxes;Max boxes;Index;Index share"
)
CHEAP = "Shanghai;Hamburg;A;Cape;2026-07-01;2026-08-31;BASE;;40HC;3000;USD;;port;Cheap;10;40;;"
DEAR = "Shanghai;Hamburg;B;Suez;2026-07-01;2026-09-30;BASE;;40HC;9000;USD;;port;Dear;5;;;"
SMALL = "Shanghai;Hamburg;C;Suez;2026-07-01;2026-09-30;BASE;;20DV;1000;USD;;port;Small;;;;"
# Follows half of the month's quote.
MOVING = (
    "Shanghai;Hamburg;D;Suez;2026-07-01;2026-09-30;BASE;;40HC;500;USD;;port;Moving;7;7"
    ";asia-neurope;0.5"
)
PLAN = """
first_month: 2026-08
months: 2
departures: [20]
objective: cost
corridors: [suez, cape]
scenario: {world: reference-open, price_basis: price}
pairs:
  - {origin: Shanghai, destination: Hamburg, teu_per_month: 200, cargo: electronics}
"""


def plan_in(folder: Path, *rows: str, more: str = "contracts: [q3.csv]\n") -> str:
    (folder / "q3.csv").write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    file = folder / "plan.yaml"
    file.write_text(PLAN + more, encoding="utf-8")
    return str(file)


def by_way(found: corridors.Allocation) -> dict[tuple[str, str], pd.Series]:
    return {(f"{row.month:%m}", str(row.corridor)): row for _, row in found.table.iterrows()}


@cache
def allocated() -> corridors.Allocation:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return corridors.allocate(plan_in(Path(folder), CHEAP, DEAR, SMALL, MOVING))


def test_boxes_go_by_contracts_within_their_least_and_most_boxes() -> None:
    teu = {way: row.teu for way, row in by_way(allocated()).items()}
    # 40 boxes of two TEU by the cheap contract while it holds, and the 5 boxes that the dear one
    # must have in each month; 7 by the one that follows half of the market, which has the rest of
    # 200 TEU.
    assert teu == pytest.approx(
        {
            ("08", "Contract Cheap, Cape of Good Hope"): 80.0,
            ("08", "Contract Dear, Suez Canal"): 10.0,
            ("08", "Contract Moving, Suez Canal"): 14.0,
            ("08", "suez"): 96.0,
            ("09", "Contract Dear, Suez Canal"): 10.0,
            ("09", "Contract Moving, Suez Canal"): 14.0,
            ("09", "suez"): 176.0,
        }
    )


def test_each_way_costs_what_a_comparison_of_its_day_says(tmp_path: Path) -> None:
    plan_in(tmp_path, CHEAP, DEAR, SMALL, MOVING)
    rows = by_way(allocated())
    for month, day in (("08", "2026-08-20"), ("09", "2026-09-20")):
        compared = corridors.compare(
            origin="Shanghai",
            destination="Hamburg",
            departure=day,
            world="reference-open",
            price_basis="price",
            objective="cost",
            max_wait_days=0,
            corridors=["suez", "cape"],
            contracts=[str(tmp_path / "q3.csv")],
        )
        titles = {"suez": "Suez Canal"}
        for (when, way), row in rows.items():
            if when == month:
                (option,) = (o for o in compared.routes if o.title == titles.get(way, way))
                # A plan counts whole cents of each leg, as in `test_plan_months`.
                assert row.usd_per_teu == pytest.approx(option.usd_per_teu, abs=CLOSE_USD)
                assert row.days == pytest.approx(option.days, abs=0.001)


def test_a_bound_is_worth_the_difference_to_the_market() -> None:
    usd = {way: row.usd_per_teu for way, row in by_way(allocated()).items()}
    prices = {(str(one.name), f"{one.month:%m}"): one.usd_per_unit for one in allocated().marginals}
    market = usd["08", "suez"]
    assert prices["at most 40 boxes of Cheap (q3.csv!2)", "08"] == pytest.approx(
        market - usd["08", "Contract Cheap, Cape of Good Hope"], abs=0.02
    )
    assert prices["at least 5 boxes of Dear (q3.csv!3)", "08"] == pytest.approx(
        usd["08", "Contract Dear, Suez Canal"] - market, abs=0.02
    )


def test_a_rate_of_another_box_is_named_and_left_out() -> None:
    assert "Small (q3.csv!4): is of a 20DV, not of a 40HC" in allocated().plan.basis_note


def test_sheets_of_the_call_replace_those_of_the_file(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("\n".join((HEAD, CHEAP)), encoding="utf-8")
    file = plan_in(tmp_path, DEAR)
    found = corridors.allocate(file, contracts=[str(other)])
    assert {way for _, way in by_way(found)} == {"suez", "Contract Cheap, Cape of Good Hope"}


def test_at_cost_contracts_are_left_out_with_a_word(tmp_path: Path) -> None:
    file = plan_in(tmp_path, CHEAP)
    found = corridors.allocate(file, scenario={"world": "reference-open", "price_basis": "cost"},
                               contracts=[str(tmp_path / "q3.csv")])  # fmt: skip
    assert not any("Cheap" in way for _, way in by_way(found))
    assert "are prices" in found.plan.basis_note


def test_a_least_that_exceeds_the_volume_is_named(tmp_path: Path) -> None:
    file = plan_in(tmp_path, CHEAP.replace(";10;40;", ";120;200;"))
    with pytest.raises(ConfigError, match=r"at least 120 boxes of Cheap \(q3.csv!2\)"):
        corridors.allocate(file)


BOOKED = """contracts:
  - q3.csv
  - {name: Space, gate: gate-suez, saves_usd_per_teu: 300, unused_usd_per_teu: 900,
     step_teu: 50, most_teu_per_month: 200}
unmet_usd_per_teu: 20000
scenarios: [{name: usual, probability: 1}]
"""


def test_a_box_by_a_rate_sheet_fills_no_booking(tmp_path: Path) -> None:
    found = corridors.book(plan_in(tmp_path, DEAR.replace(";5;", ";40;"), more=BOOKED))
    # 80 TEU a month go by Dear, also by Suez, so that 120 are left for Space: 100 are booked whole,
    # and 150 would leave 30 empty at 900 to save 300 on 20.
    assert found.contracts[0].teu == 100.0
    assert found.outcomes[0].carried[0] == pytest.approx(200.0)


def test_a_limit_on_a_booked_way_is_refused_beside_rate_sheets(tmp_path: Path) -> None:
    more = BOOKED + "limits: {max_share_gate: {gate-suez: 0.9}}\n"
    with pytest.raises(ConfigError, match="gate-suez is limited and booked by Space"):
        corridors.book(plan_in(tmp_path, DEAR, more=more))
