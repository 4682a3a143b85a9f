"""Colours of corridors, as seen with three kinds of colour blindness too."""

from __future__ import annotations

import itertools
import re
from math import atan2, cos, degrees, dist, exp, hypot, radians, sin, sqrt

import pytest

from corridors.config import load_corridors
from corridors.output.html.map.flow_content import MODE_NAMES
from corridors.output.html.page_shell import asset

# Simulated vision, on linear RGB: Machado, Oliveira and Fernandes 2009, "A physiologically-based
# model for simulation of color vision deficiency", IEEE TVCG 15(6), severity 1.0.
VISIONS = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# OKLab (Ottosson 2020), in which a distance of about 0.02 can just be told side by side.
TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
COLOUR = re.compile(r"(?:--|\.)(\w+)(?:: | { --c: )(#\w{6})")
Triple = tuple[float, ...]


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def lab(colour: str, vision: str) -> Triple:
    """Return lightness, green-red and blue-yellow of a colour as seen."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    seen = tuple(min(1.0, max(0.0, c)) for c in times(VISIONS[vision], linear))
    return times(TO_LAB, tuple(c ** (1 / 3) for c in times(TO_CONES, seen)))


def apart(colours: dict[str, str], vision: str) -> dict[tuple[str, str], float]:
    places = {name: lab(colour, vision) for name, colour in colours.items()}
    return {
        (one, other): dist(places[one], places[other])
        for one, other in itertools.combinations(places, 2)
    }


def test_the_scales_are_those_published() -> None:
    # White has no hue, and protanopia takes the red of red.
    assert lab("#ffffff", "full") == pytest.approx((1.0, 0.0, 0.0), abs=1e-6)
    assert lab("#ff0000", "full") == pytest.approx((0.628, 0.225, 0.126), abs=1e-3)
    for vision in VISIONS:
        assert lab("#808080", vision)[1:] == pytest.approx((0.0, 0.0), abs=1e-3)
    assert apart({"a": "#c00000", "b": "#4a4a00"}, "protanopia")["a", "b"] < 0.12


@pytest.mark.parametrize(
    ("vision", "least"),
    [("full", 0.13), ("protanopia", 0.075), ("deuteranopia", 0.075), ("tritanopia", 0.075)],
)
def test_the_corridors_of_a_comparison_can_be_told_apart(vision: str, least: float) -> None:
    # Those between Asia and Europe, which are drawn together.
    colours = {
        corridor.id: corridor.colour
        for corridor in load_corridors("shipped")
        if corridor.id in TOGETHER
    }
    assert len(colours) == len(TOGETHER)
    near = {pair: gap for pair, gap in apart(colours, vision).items() if gap < least}
    assert near == {}


@pytest.mark.parametrize("vision", list(VISIONS))
def test_any_two_corridors_differ(vision: str) -> None:
    colours = {corridor.id: corridor.colour for corridor in load_corridors("shipped")}
    near = {pair: gap for pair, gap in apart(colours, vision).items() if gap < 0.035}
    assert near == {}


def seen_lab(colour: str, vision: str) -> Triple:
    """Return L*, a* and b* of a colour as seen, at D65."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    seen = tuple(min(1.0, max(0.0, c)) for c in times(VISIONS[vision], linear))
    shares = (v / w for v, w in zip(times(TO_XYZ, seen), (0.95047, 1.0, 1.08883), strict=True))
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in shares)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: Triple, other: Triple) -> float:
    """Return the colour difference of CIE 142-2001."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    more = 1.5 - 0.5 * sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = hypot(a1 * more, b1), hypot(a2 * more, b2)
    h1, h2 = (degrees(atan2(b, a * more)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    lightness, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, h1 + turn / 2
    weight = (
        *(1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue)),),
        *(0.32 * cos(radians(3 * hue + 6)) - 0.2 * cos(radians(4 * hue - 63)),),
    )
    of_l = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2))
    of_c = (c2 - c1) / (1 + 0.045 * chroma)
    of_h = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * sum(weight))
    bend = 2 * sqrt(chroma**7 / (chroma**7 + 25**7))
    bend *= -sin(radians(60 * exp(-((((hue % 360) - 275) / 25) ** 2))))
    return sqrt(of_l**2 + of_c**2 + of_h**2 + bend * of_c * of_h)


def test_the_difference_is_that_of_the_published_pairs() -> None:
    # Sharma, Wu and Dalal 2005, pairs 1, 20 and 25.
    for one, other, gap in (
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ):
        assert ciede2000(one, other) == pytest.approx(gap, abs=1e-4)


@pytest.mark.parametrize("vision", ["full", "protanopia", "deuteranopia"])
def test_no_two_roles_on_a_map_look_alike(vision: str) -> None:
    """By day and in the dark: ways of going, and how full a place is."""
    sheets = [asset("report", "page.css"), asset("map", "flows.css")]
    day = [dict(COLOUR.findall(sheet.split("@media")[0])) for sheet in sheets]
    dark = [dict(COLOUR.findall(sheet.split("dark)")[1])) for sheet in sheets]
    for base, flows in (day, dark):
        known = {**base, **day[1], **flows}
        for roles in (("sea", "rail", "none"), tuple(MODE_NAMES), ("full", "filling", "free")):
            seen = {role: seen_lab(known[role], vision) for role in roles}
            for one, other in itertools.combinations(roles, 2):
                assert ciede2000(seen[one], seen[other]) >= 15.0, (one, other)


TOGETHER = {
    *("suez", "cape", "panama", "northern-sea-route", "arctic-murmansk", "trans-siberian"),
    *("trans-mongolian", "kazakhstan-dostyk", "kazakhstan-khorgos", "kazakhstan-moscow-kazan"),
    *("middle-corridor-poti", "middle-corridor-sea", "middle-corridor-btk", "kaliningrad"),
    "piraeus",
}
