"""`calibrate`: the scale of shares from counted boxes, and whether they can carry it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import corridors
from corridors.arrays import FloatArray
from corridors.config.scenario import CAPITAL_RATE
from corridors.data.cargo import load_goods_groups
from corridors.data.parameters import load_parameters
from corridors.errors import ConfigError
from corridors.optimise.shares import shares

SCALE, WEIGHT = 1_500.0, 0.05
SHIPS = (2_000.0, 5_000.0, 3_000.0, 1_500.0, 6_500.0, 2_600.0)


def sum_of(parts: Iterable[FloatArray]) -> FloatArray:
    return np.sum(list(parts), axis=0)  # type: ignore[no-any-return]


def boxes_at(folder: Path, scale: float, *, turned: bool = False) -> str:
    """Write boxes that follow the choice at a scale exactly, or its reverse."""
    groups = load_goods_groups()
    rate = load_parameters().get(CAPITAL_RATE).value / 365.0
    lines = ["period,way,teu,usd_per_teu,days"]
    for number, ship in enumerate(SHIPS):
        told = sum_of(
            group.share_of_teu
            * shares(
                [
                    ship + 40.0 * rate * group.value_usd_per_teu,
                    4_000.0 + 20.0 * rate * group.value_usd_per_teu,
                ],
                scale,
                [1.0, WEIGHT],
            )
            for group in groups
        )
        paid = (8_000.0 - ship) if turned else ship
        lines += [
            f"{2020 + number},ships,{1e6 * told[0]},{paid},40",
            f"{2020 + number},trains,{1e6 * told[1]},4000,20",
        ]
    path = folder / "boxes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_the_scale_behind_boxes_is_found_again(tmp_path: Path) -> None:
    found = corridors.calibrate(boxes_at(tmp_path, SCALE))
    assert found.scale_usd_per_teu == pytest.approx(SCALE, rel=1e-3)
    assert found.constants == pytest.approx((0.0, np.log(WEIGHT)), rel=1e-3, abs=1e-12)
    assert found.missed == pytest.approx(0.0, abs=1e-4)
    assert found.missed < found.missed_by_mean
    assert found.reasons == ()


def test_boxes_that_went_where_it_was_dearer_cannot_carry_it(tmp_path: Path) -> None:
    found = corridors.calibrate(boxes_at(tmp_path, SCALE, turned=True))
    assert found.scale_usd_per_teu is None
    assert found.reasons[0] == "ways had more boxes when they were dearer"


def test_few_periods_and_steady_costs_cannot_carry_it(tmp_path: Path) -> None:
    path = tmp_path / "boxes.csv"
    rows = [f"{n},{way},{teu + n},2000,30" for n in range(3) for way, teu in (("a", 9), ("b", 5))]
    path.write_text("\n".join(["period,way,teu,usd_per_teu,days", *rows]), encoding="utf-8")
    reasons = corridors.calibrate(str(path)).reasons
    assert "3 periods are few for 2 parameters" in reasons
    assert "costs hardly differ from period to period" in reasons


def test_files_have_what_is_printed(tmp_path: Path) -> None:
    found = corridors.calibrate(boxes_at(tmp_path, SCALE))
    found.save(tmp_path / "out")
    record = json.loads((tmp_path / "out/calibration.json").read_text(encoding="utf-8"))
    assert record["scale_usd_per_teu"] == pytest.approx(found.scale_usd_per_teu, rel=1e-6)
    assert len(record["rows"]) == 2 * len(SHIPS)


def test_faults_name_the_row(tmp_path: Path) -> None:
    path = tmp_path / "boxes.csv"
    path.write_text("period,way,teu,usd_per_teu,days\n1,a,x,5,5\n1,a,4,,5\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        corridors.calibrate(str(path))
    assert caught.value.faults == (
        f"{path}:2: teu: must be a number of 0 or more, got x",
        f"{path}:3: a in 1 is given twice",
        f"{path}:3: boxes went, so usd_per_teu and days must be given",
    )


def test_a_file_without_a_column_says_which(tmp_path: Path) -> None:
    path = tmp_path / "boxes.csv"
    path.write_text("period,way,teu\n1,a,3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no column usd_per_teu; give period, way, teu"):
        corridors.calibrate(str(path))
