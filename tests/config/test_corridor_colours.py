"""Colours of corridors, as seen with three kinds of colour blindness too."""

from __future__ import annotations

import itertools
from math import dist

import pytest

from corridors.config import load_corridors
from corridors.output.html.map.flow_panel import CAPACITY_COLOURS, MODE_COLOURS

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


@pytest.mark.parametrize("vision", list(VISIONS))
def test_modes_and_capacities_on_the_map_of_flows_differ(vision: str) -> None:
    for colours in (dict(MODE_COLOURS), CAPACITY_COLOURS):
        assert min(apart(colours, vision).values()) > 0.06


TOGETHER = {
    *("suez", "cape", "panama", "northern-sea-route", "arctic-murmansk", "trans-siberian"),
    *("trans-mongolian", "kazakhstan-dostyk", "kazakhstan-khorgos", "kazakhstan-moscow-kazan"),
    *("middle-corridor-poti", "middle-corridor-sea", "middle-corridor-btk", "kaliningrad"),
    "piraeus",
}
