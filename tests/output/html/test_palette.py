"""Colours of pages are told apart by readers who see no green or no red, light and dark."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations, product

import pytest

from corridors.output.html.page_shell import asset
from corridors.output.html.palette import (
    GREY,
    IDENTITIES,
    RANKS,
    ROLES,
    SEASON,
    SERIES,
    dark_style,
    identities,
    ink_on,
    painted,
)
from tests.config.test_corridor_colours import ciede2000, seen_lab
from tests.config.test_corridor_files import luminance

LEAST_DIFFERENCE = 15.0
_OF_A_CLASS = re.compile(r"\.(\w+) \{ --c: (#\w{6}); \}")
_DAY, _DARK = (
    dict(_OF_A_CLASS.findall(part)) for part in asset("map", "flows.css").split("@media")
)
GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "series": {light: (light, dark) for light, dark in SERIES.items()},
    "ranks": {light: (light, dark) for light, dark in RANKS.items()},
    "season": SEASON,
    "roles": {name: pair for name, pair in ROLES.items() if name != "other"},
    # Modes of a plan's flows, and places that are full, filling and idle.
    "flows": {
        **{name: ROLES[name] for name in ("sea", "rail")},
        **{name: (_DAY[name], _DARK[name]) for name in _DAY},
    },
}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("vision", ["full", "protanopia", "deuteranopia"])
def test_no_two_colours_of_a_picture_are_close_to_any_reader(group: str, vision: str) -> None:
    for shade in (0, 1):
        seen = {name: seen_lab(pair[shade], vision) for name, pair in GROUPS[group].items()}
        near = {
            pair: round(gap, 1)
            for pair in combinations(seen, 2)
            if (gap := ciede2000(seen[pair[0]], seen[pair[1]])) < LEAST_DIFFERENCE
        }
        assert near == {}


def test_a_role_has_one_colour_on_maps_and_pages() -> None:
    sheet = asset("report", "page.css")
    day, dark = sheet.split("@media")[0], sheet.split("dark)")[1]
    for shade, text in enumerate((day, dark)):
        for role, pair in ROLES.items():
            if role != "other":
                assert re.search(rf"--{role}: ({pair[shade]})", text), (role, shade)


def test_a_painted_colour_turns_on_a_dark_screen_and_a_name_keeps_its_own() -> None:
    light, dark = next(iter(SERIES.items()))
    assert painted(light) == f"var(--c{light[1:]},{light})"
    assert f"--c{light[1:]}:{dark};" in dark_style()
    assert painted("#123456") == "#123456"
    names = [f"way {n}" for n in range(12)]
    kept = identities([*names, names[0]])
    assert [kept[name] for name in names[:8]] == list(IDENTITIES)
    assert {kept[name] for name in names[8:]} == {GREY}


def test_ink_has_the_higher_contrast() -> None:
    assert ink_on("#0072b2") == "#ffffff"
    assert ink_on("#ffff00") == "#000000"
    for red, green, blue in product("05af", repeat=3):
        assert ink_on(f"#{red}{green}{blue}") == ink_on(f"#{2 * red}{2 * green}{2 * blue}")
    for digits in product("05af", repeat=6):
        colour = "#" + "".join(digits)
        light = luminance(colour) + 0.05
        assert ink_on(colour) == ("#000000" if light / 0.05 > 1.05 / light else "#ffffff"), colour
