"""The page of the founding questions in boxes: each figure by the commands that it names."""

from __future__ import annotations

import math
import re
from pathlib import Path
from statistics import fmean

import pytest

import corridors
from corridors.config import load_scenario
from corridors.data.parameters import load_parameters
from corridors.domain.results import WayShare
from corridors.optimise.shares import RAIL_WEIGHT
from corridors.optimise.shares import SCALE as SCALE_ROW
from validation.campaigns.calibrated import calibrated

PAGE = (Path(__file__).parents[2] / "docs/findings/shares.md").read_text(encoding="utf-8")
SCALE = "overrides.goods.choice_scale_usd_per_teu"
SCALES = ("", f"{SCALE}=1100", f"{SCALE}=4400")
ROW = r"^\| ([^|]+) \| (-|`[^|]+`) \| ([\d.]+) \| ([^|]+) \| ([^|]+) \|$"
ROWS = re.findall(ROW, PAGE, re.MULTILINE)


def shares_of(name: str, *values: str) -> tuple[WayShare, ...]:
    asked = load_scenario(name, set_values=[*filter(None, values), "choice=shares"])
    found: tuple[WayShare, ...] = corridors.compare(asked).shares
    return found


def by_land(*values: str) -> list[float]:
    """Return the share of boxes that do not go by the Cape, at each scale."""
    ends = ("origin=Chongqing", "destination=Duisburg", "price_basis=cost")
    asked = (shares_of("shanghai-hamburg", *ends, *values, scale) for scale in SCALES)
    return [sum(one.share for one in found if one.corridor != "cape") for found in asked]


@pytest.fixture(scope="module")
def as_it_stands() -> list[float]:
    return by_land()


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_is_what_its_command_says(row: tuple[str, ...], as_it_stands: list[float]) -> None:
    _, added, share, more, span = row
    values = re.findall(r"--set '([^']+)'", added)
    found = by_land(*values) if values else as_it_stands
    assert f"{100.0 * found[0]:.2f}" == share
    if values:
        rises = [100.0 * (a / b - 1.0) for a, b in zip(found, as_it_stands, strict=True)]
        assert f"{rises[0]:.1f}" == more
        assert f"{min(rises):.1f} to {max(rises):.1f}" == span


def test_the_arctic_takes_what_its_ships_carry() -> None:
    said = re.search(r"takes (\d+) of 100 boxes \((\d+) to (\d+)\).*?takes (\d+),", PAGE, re.DOTALL)
    few, many = (
        next(
            one
            for one in shares_of("arctic-loop", "price_basis=cost", f"shipment.teu_per_month={teu}")
            if one.corridor == "northern-sea-route"
        )
        for teu in (200, 100_000)
    )
    figures = (few.share, few.low, few.high, many.share)
    assert said is not None
    assert said.groups() == tuple(f"{100.0 * one:.0f}" for one in figures)


def test_the_weight_of_trains_is_derived_as_the_page_says() -> None:
    years = re.findall(r"^\| (20\d\d) \| ([\d.]+) \| (-?\d+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    scale, row = (load_parameters().get(name) for name in (SCALE_ROW, RAIL_WEIGHT))
    found = [
        float(share) / (100.0 - float(share)) * math.exp(float(gap) / scale.value)
        for _, share, gap, _ in years
    ]
    assert [f"{one:.3f}" for one in found] == [said for *_, said in years]
    assert len(found) == 3
    weight = load_parameters().get(RAIL_WEIGHT, "far-east-europe")
    assert row.value == 1.0
    assert fmean(found) / 1.87 == pytest.approx(weight.value, abs=0.0005)
    assert min(found) / 1.87 == pytest.approx(weight.low, abs=0.0005)
    assert max(found) / 1.87 == pytest.approx(weight.high, abs=0.0005)


def test_the_weight_moves_the_height_and_not_the_answer() -> None:
    ends = ("origin=Chongqing", "destination=Duisburg", "price_basis=cost")
    for part, said, more in re.findall(r"=(0\.0\d+)`.*?(\d\.\d\d)\D.*?(\d\.\d) %", PAGE, re.DOTALL)[
        -2:
    ]:
        weight = f"overrides.{RAIL_WEIGHT}@far-east-europe={part}"
        before, after = (
            sum(one.share for one in found if one.corridor != "cape")
            for found in (
                shares_of("shanghai-hamburg", *ends, weight, *added)
                for added in ((), ("customs.extend_to=[CN]",))
            )
        )
        assert f"{100.0 * before:.2f}" == said
        assert f"{100.0 * (after / before - 1.0):.1f}" == more


def test_what_history_says_is_printed_whatever_it_says() -> None:
    for text in calibrated()._texts():
        assert text in PAGE


def test_four_questions_are_answered() -> None:
    assert len(ROWS) == len(("as it stands", "line", "union", "tariff"))
