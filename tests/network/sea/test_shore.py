"""Points at sea and on the coast join a lane; points behind land do not, and the error says why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from corridors.data.geodata import load_sea_lanes
from corridors.errors import ConfigError, PlaceError
from corridors.network.locate import locate, port_of, world_ports
from corridors.network.sea.land_crossed import land_km
from corridors.network.sea.lane_access import join, joined, off_the_lanes
from corridors.studies.route.run import route_between

LINER_LIB = Path(__file__).parents[4] / "shared" / "data" / "linerlib" / "ports.csv"


def test_land_on_a_line_is_measured_across_the_date_line_too() -> None:
    assert land_km(((-30.0, 35.0), (-25.0, 36.0))) == 0.0
    # The Iberian peninsula along 40 N, Aveiro to the Ebro delta.
    assert land_km(((-10.0, 40.0), (2.0, 40.0))) == pytest.approx(760, rel=0.05)
    across = land_km(((170.0, 67.0), (190.0, 67.0)))
    assert across == pytest.approx(land_km(((-190.0, 67.0), (-170.0, 67.0))), rel=1e-6)
    assert across > 300


@pytest.mark.parametrize(
    ("text", "joins"),
    [("4.0,52.0", True), ("-30,35", True), ("121.9,30.9", True), ("8.68,50.11", False)],
)
def test_a_point_joins_a_lane_where_no_land_lies_between(text: str, joins: bool) -> None:
    assert (joined(locate(text)) is not None) == joins


def test_a_terminal_joins_no_lane_of_its_own() -> None:
    assert joined(locate("Rotterdam")) is None


def test_a_point_at_sea_is_reached_by_ship_alone() -> None:
    option, _ = route_between("Shanghai", "4.0,52.0", services=("sea",))
    last = [step for step in option.steps if step.kind == "leg"][-1]
    assert (last.service.split("/")[0], last.to_id) == ("sea", "4.0000,52.0000")


def test_a_point_ashore_is_refused_where_only_ships_are_asked_for() -> None:
    with pytest.raises(ConfigError, match="is a lon,lat, 314 km from the nearest sea lane with"):
        route_between("Shanghai", "8.68,50.11", services=("sea",))
    assert "with land or ice between" in off_the_lanes(locate("-4.3,50.75"), by_sea=True)
    assert off_the_lanes(locate("8.68,50.11"), by_sea=False) == ""


def test_listed_ports_are_nodes_of_the_lanes_but_a_few_that_ships_do_not_reach() -> None:
    lanes = load_sea_lanes()
    dry = [port for port in world_ports() if port.id not in lanes.ports]
    assert len(dry) < 0.015 * len(world_ports())
    with pytest.raises(PlaceError, match="no water nearby that ships reach"):
        join(dry[0], lanes)
    assert {"CLARI", "ARUSH", "AOMSZ", "BRMAO"} <= set(lanes.ports)


def test_a_port_is_found_by_its_other_code() -> None:
    assert locate("TRAMB").id == "tr-ambarli"
    assert locate("SADMM").id == locate("SADMN").id == "city-sa-dammam"
    assert locate("KRICH").id == locate("KRINC").id


@pytest.mark.skipif(not LINER_LIB.is_file(), reason="LINER-LIB is not here")
def test_every_port_that_liner_lib_prices_can_be_an_end() -> None:
    lanes = load_sea_lanes()
    with LINER_LIB.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["CostPerFULL"]]
    assert len(rows) > 190
    for row in rows:
        code = row["UNLocode"]
        place = port_of(locate(code))
        if place.terminal is None:
            join(place, lanes)
        else:
            assert place.id in lanes.point_ids, code
