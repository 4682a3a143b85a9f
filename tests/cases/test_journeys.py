"""Named journeys against published lengths; every place of every corridor on the network."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.catalogue.geodata import load_gates, load_land_legs, load_rail_legs, load_sea_legs
from corridors.config import load_corridors
from corridors.validation import Row, measured_rows
from corridors.validation.distances import Legs, Rail, shortest_of_each_pair
from corridors.validation.summary import counted, ocean_rows

# Through central Europe, as the sum of the legs; bounds set by eye, no published figures.
EUROPEAN = [
    ("hu-budapest", "de-hamburg", 1_100, 1_400),
    ("cz-prague", "de-berlin", 340, 420),
    ("at-vienna", "de-hannover", 900, 1_150),
    ("pl-katowice", "at-vienna", 370, 460),
    ("it-milan", "de-mannheim", 560, 720),
    ("gr-thessaloniki", "de-munich", 1_500, 2_000),
    ("ro-constanta", "at-vienna", 1_150, 1_500),
]


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return measured_rows()


@pytest.fixture(scope="module")
def rail() -> Legs:
    legs = [leg for leg in load_rail_legs() if not leg.project and leg.system != "road"]
    return shortest_of_each_pair(
        [(leg.from_id, leg.to_id) for leg in legs], [leg.length_km for leg in legs]
    )


def test_thirty_named_journeys_are_within_5_percent_of_their_published_length(
    rows: tuple[Row, ...],
) -> None:
    chosen = [*counted(rows, kind="rail"), *ocean_rows(rows)]
    journeys = {(row.case.origin, row.case.destination, row.case.route) for row in chosen}
    assert len(journeys) >= 30
    assert [row.case.id for row in chosen if abs(row.error) > 0.05] == []
    assert [row.case.id for row in chosen if not row.case.citation] == []


@pytest.mark.parametrize(("start", "end", "least", "most"), EUROPEAN)
def test_european_ways_run_through_europe(start: str, end: str, least: int, most: int) -> None:
    assert least <= Rail().km([(start, end)], ()) <= most


def test_no_way_within_central_europe_needs_russia_or_belarus(rail: Legs) -> None:
    east = frozenset(name for name in rail.names if name[:3] in ("ru-", "by-"))
    free, held = (rail.search(["hu-budapest"], barred) for barred in (frozenset(), east))
    index = rail.index()
    for name in ("de-hamburg", "pl-warsaw", "nl-rotterdam", "it-milan", "ro-constanta"):
        assert free["hu-budapest"][index[name]] == held["hu-budapest"][index[name]]


def test_every_rail_place_that_is_there_is_on_one_network(rail: Legs) -> None:
    away = rail.search(["ru-moscow"], frozenset())["ru-moscow"]
    apart = {name for name, km in zip(rail.names, away, strict=True) if not np.isfinite(km)}
    assert apart <= {"tr-van", "tr-kapikoy"} | {n for n in apart if n.startswith("ir-")}


def test_every_place_of_every_corridor_is_on_the_network() -> None:
    on_land = {end for leg in load_land_legs() if not leg.project for end in leg.ends}
    at_sea = {*load_sea_legs().point_ids, *(gate.id for gate in load_gates())}
    for corridor in load_corridors("shipped"):
        named = {place for entry in corridor.must_pass for place in entry.any_of}
        assert named <= on_land | at_sea, corridor.id
