"""Every parameter has bounds, by unit or of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corridors.data.columns import BOUNDS_FILE
from corridors.data.parameters import CAPACITIES, load_parameters
from corridors.data.paths import parameters_dir
from corridors.errors import GeodataError

TABLE = load_parameters()


def with_lines(folder: Path, *, old: str = "", new: str = "", more: str = "") -> Path:
    """Return a copy of the shipped parameters with other bounds."""
    copied = folder / "parameters"
    shutil.copytree(parameters_dir(), copied)
    text = (copied / BOUNDS_FILE).read_text(encoding="utf-8")
    assert old in text
    (copied / BOUNDS_FILE).write_text(text.replace(old, new, 1) + more, encoding="utf-8")
    return copied


def test_every_parameter_has_finite_bounds() -> None:
    assert set(TABLE.bounds) == {row.parameter for row in TABLE.rows} | {*CAPACITIES}
    assert all(bounds.least <= bounds.most < 1e9 for bounds in TABLE.bounds.values())


def test_no_price_and_no_time_may_be_negative() -> None:
    below = [name for name, bounds in TABLE.bounds.items() if bounds.least < 0.0]
    # What is quoted may be below cost.
    assert below == ["market.lane_usd_per_teu", "ice.polaris_min_rio"]


def test_a_parameter_may_differ_from_its_unit() -> None:
    assert TABLE.bounds["war_risk.hull_share"].most == 1.0
    assert TABLE.bounds["service.blank_share"].most == 0.9


@pytest.mark.parametrize(
    ("old", "new", "more", "fault"),
    [
        ("USD/t,,0,50000", "USD/t,,0,600", "", "fuel.vlsfo_usd_per_t@: must be from 0 to 600 USD"),
        (
            "USD/t,,0,50000",
            "USD/t,,x,50000",
            "",
            "least: must be a number from -20000 to 10000000, got 'x'",
        ),
        (
            "USD/t,,0,50000",
            "USD/t,,0,inf",
            "",
            "most: must be a number from -100 to 10000000, got 'inf'",
        ),
        ("USD/t,,0,50000", "USD/t,,9,5", "", "least, most: are out of order"),
        ("USD/t,,", "USD/tt,,", "", "unit 'USD/t' of fuel.vlsfo_usd_per_t has no bounds"),
        ("USD/t,,", "USD/tt,,", "", "USD/tt: no parameter is called so or has this unit"),
        ("", "", "h,,0,1,2,*hours,\n", "unit, parameter: appears twice, also on line 40"),
        ("USD/t,,0,50000,2,fuel.*", "USD/t,,0,50000,2,coal.*", "", "is not among the names of"),
        ("USD/t,,0,50000,2,", "USD/t,,0,50000,1.2,", "", "is over 1.2 times 489.1; check low"),
        ("", "", "h,port.thc,0,1,,,\n", "h: give one of unit and parameter"),
    ],
)
def test_faulty_bounds_are_named(tmp_path: Path, old: str, new: str, more: str, fault: str) -> None:
    with pytest.raises(GeodataError) as caught:
        load_parameters(with_lines(tmp_path, old=old, new=new, more=more))
    assert any(fault in line for line in str(caught.value).splitlines())
