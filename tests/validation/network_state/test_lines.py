"""Findings on drawn lines and on km against published lengths."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from corridors.data.geodata import LandLeg
from tests.validation.network_state.networks import leg, place, places
from validation.network_state.findings import Finding
from validation.network_state.line_findings import line_findings

# A degree along the equator of WGS 84 is 111.32 km.
STRAIGHT = leg("aa-one", "aa-two", line=((0.0, 0.0), (1.0, 0.0)))
BENT = leg("aa-two", "bb-far", line=((1.0, 0.0), (1.3, 0.0), (1.6, 0.0)))


def found(
    *legs: LandLeg, on: Collection[str] = (), graph: Mapping[str, float] | None = None
) -> dict[str, Finding]:
    """Return the findings of lines by what they are."""
    terminals = {
        **places("bb-far"),
        "aa-one": place("aa-one"),
        "aa-two": place("aa-two", lon=1.0),
        "bb-far": place("bb-far", lon=1.6, lat=0.1),
    }
    findings = line_findings(terminals, legs, on_corridors=on, graph_km=graph or {})
    return {finding.what: finding for finding in findings}


def test_the_longest_chord_is_reported_for_corridors_apart() -> None:
    told = found(STRAIGHT, BENT, on=[BENT.id])
    assert told["longest chord on all rail legs"].value == 111.3
    assert told["chord over 50 km on all rail legs"].names == (STRAIGHT.id,)
    assert told["longest chord on legs of shipped corridors"].value == 33.4
    assert told["chord over 50 km on legs of shipped corridors"].names == ()


def test_a_line_that_ends_beside_its_place_is_reported() -> None:
    off = found(STRAIGHT, BENT)["place to the end of its line, farthest"]
    assert off.value == pytest.approx(11.1, abs=0.05)
    assert off.shown[0].startswith("bb-far")


def test_a_line_drawn_across_180_degrees_is_named() -> None:
    around = leg("aa-one", "aa-two", line=((179.5, 0.0), (-179.5, 0.0)))
    assert found(around)["drawn across 180 degrees"].names == (around.id,)
    assert found(STRAIGHT)["drawn across 180 degrees"].value == 0


def test_the_track_is_held_against_the_published_km() -> None:
    one, two = leg("aa-one", "aa-two", calibrated=True), leg("aa-two", "bb-far", calibrated=True)
    free = leg("aa-one", "bb-far")
    told = found(one, two, free, graph={one.id: 104.0, two.id: 80.0, free.id: 500.0})
    assert told["track of the graph, median off"].value == 12.0
    assert told["track within 5%"].value == 50.0
    assert told["track off by more than 15%"].shown == (f"{two.id} (-20%)",)
    assert told["legs set to a published length"].value == 66.7
