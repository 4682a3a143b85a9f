"""Colours of pages are told apart by readers who see no green or no red, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import dist

import pytest

from corridors.output.html.palette import (
    CAPACITY,
    GREY,
    IDENTITIES,
    RANKS,
    ROLES,
    SEASON,
    SERIES,
    dark_style,
    identities,
    painted,
)

LEAST_DIFFERENCE = 15.0
# Machado, Oliveira and Fernandes (2009), severity 1, of linear RGB; the last sees all.
SIGHTS = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "all": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "roles": ROLES,
    "series": {light: (light, dark) for light, dark in SERIES.items()},
    "ranks": {light: (light, dark) for light, dark in RANKS.items()},
    "capacity": CAPACITY,
    "season": SEASON,
}


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    """Return CIELAB (D65) of a colour as a reader sees it."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    seen = [
        min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0.0), 1.0)
        for row in SIGHTS[sight]
    ]
    red, green, blue = seen
    xyz = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
        0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_colours_of_a_picture_are_close_to_any_reader(group: str, sight: str) -> None:
    for shade in (0, 1):
        colours = {name: pair[shade] for name, pair in GROUPS[group].items()}
        near = {
            (one, other): dist(lab(colours[one], sight), lab(colours[other], sight))
            for one, other in combinations(colours, 2)
        }
        close = {pair: round(gap, 1) for pair, gap in near.items() if gap < LEAST_DIFFERENCE}
        assert close == {}


def test_a_painted_colour_turns_on_a_dark_screen_and_a_name_keeps_its_own() -> None:
    assert painted("#00285c") == "var(--c00285c,#00285c)"
    assert "--c00285c:#5068b0;" in dark_style()
    assert painted("#123456") == "#123456"
    names = [f"way {n}" for n in range(12)]
    kept = identities([*names, names[0]])
    assert [kept[name] for name in names[:8]] == list(IDENTITIES)
    assert {kept[name] for name in names[8:]} == {GREY}
