"""Shares are printed in percent by one rounding, wherever they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import corridors
from corridors.output.html.palette import percent
from corridors.units import in_percent


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [(4, 32, "13"), (12, 32, "38"), (29, 200, "15"), (1, 8, "13"), (0, 8, "0"), (8, 8, "100")],
)
def test_a_half_rounds_up_as_in_the_scripts_of_pages(part: int, whole: int, printed: str) -> None:
    assert in_percent(part / whole) == printed
    assert percent(part, whole) == f"{printed} %"
    assert in_percent(-part / whole, signed=True).lstrip("+-") == printed


def test_no_other_place_rounds_a_share() -> None:
    other = re.compile(r"\{[^{}]*:[+,]*\.\d%\}|100(?:\.0)? \* [^{}]*:,?\.0f\}")
    found = [
        f"{path.name}: {match[0]}"
        for path in Path(corridors.__file__).parent.rglob("*.py")
        for match in other.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
