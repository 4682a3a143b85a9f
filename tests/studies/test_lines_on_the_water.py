"""Ferries of the Baltic, rivers of Siberia, and a ship that one corridor keeps for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.costing.operations import change
from corridors.data.geodata import load_sea_legs, load_services
from corridors.data.parameters import load_parameters
from corridors.domain.places import Family
from corridors.domain.results import OptionStatus, RouteOption
from corridors.network.rules.capacity import with_reserved
from corridors.network.states.topology import CROSSED
from corridors.output.contract import option_record
from corridors.studies.compare.run import compare
from corridors.studies.result_base import option_of
from corridors.studies.route.run import route_between
from corridors.studies.session import Session
from tests.costing.examples import shipment, terminal

SESSION = Session()
SERVICES = {service.id: service for service in load_services()}
COASTAL = "northern-sea-route-coastal"


def asked(
    corridor: str, day: date, *, origin: str = "Shanghai", destination: str = "Hamburg"
) -> RouteOption:
    scenario = replace(load_scenario("shanghai-europe"), departure=day, corridors=(corridor,))
    scenario = replace(scenario, origin=origin, destination=destination)
    return compare(scenario, session=SESSION, figures_only=True).routes[0]


def test_wagons_roll_on_board_and_boxes_are_lifted() -> None:
    parameters, port = load_parameters(), terminal("ru-ust-luga")

    def drivers(ferry: str) -> set[str]:
        made = change(SERVICES["rail/1520"], SERVICES[ferry], port, parameters, shipment())
        return {line.driver for line in made.bill}

    assert drivers("ferry/baltic-rail") == {"ferry.slot"}
    assert {"ferry.slot", "terminal.lift"} <= drivers("ferry/caspian")


def test_the_train_ferry_reaches_kaliningrad_without_lithuania_or_a_change_of_gauge() -> None:
    found = asked("kaliningrad-ferry", date(2026, 8, 20), destination="Kaliningrad")
    assert found.usable
    assert "LT" not in found.countries
    assert len(found.gauge_changes) == 1  # that of China's border
    record = option_record(found)
    assert record["ferry_km"] == pytest.approx(933.7, abs=0.1)
    # 36 h on the way: Rosmorport, 2022.
    assert found.time_parts["ferry"] == pytest.approx(36.0, abs=0.5)


@pytest.mark.parametrize("place", ["de-mukran", "de-rostock", "de-hamburg"])
def test_lines_to_germany_sail_in_the_world_of_2019_and_no_more(place: str) -> None:
    def sailing(world: str) -> RouteOption:
        origin = "ru-baltiysk" if place == "de-mukran" else "ru-kaliningrad"
        scenario = replace(load_scenario("shanghai-europe"), origin=origin, destination=place)
        scenario = replace(scenario, services=("ferry/baltic-line",), world=world)
        line = replace(
            load_corridors(["kaliningrad"])[0],
            main_services=("ferry",),
            must_pass=(),
            must_avoid=(),
            rules=(),
        )
        question = SESSION.pose(scenario, (line,))
        return option_of(question)

    assert sailing("2019").usable
    assert sailing("reference-open").status is OptionStatus.CLOSED
    assert "2022" in sailing("reference-open").reason


@pytest.mark.long
@pytest.mark.parametrize(
    ("corridor", "km"),
    [pytest.param("lena", 1_722.8, marks=pytest.mark.long), ("yenisei", 1_989.0)],
)
def test_a_river_carries_boxes_to_the_arctic_in_summer_only(corridor: str, km: float) -> None:
    summer = asked(corridor, date(2026, 7, 10))
    assert summer.usable
    assert option_record(summer)["river_km"] == pytest.approx(km, abs=300.0)
    assert summer.time_parts["river"] > 100.0
    ships = {step.service for step in summer.steps if step.service.startswith("sea/")}
    assert ships == {"sea/arctic-700-arc4"}
    winter = asked(corridor, date(2026, 12, 20))
    assert winter.status is OptionStatus.CLOSED
    assert "navigable" in winter.reason
    assert winter.next_usable_date is not None
    assert winter.next_usable_date.month in (5, 6, 7)


@pytest.mark.long
@pytest.mark.parametrize(
    "place",
    [
        "ru-yakutsk",
        "ru-sovgavan",
        *(pytest.param(port, marks=pytest.mark.long) for port in ("ru-tiksi", "ru-dudinka")),
    ],
)
def test_arctic_ports_with_a_river_and_ends_of_the_bam_are_ends(place: str) -> None:
    found, _ = route_between("ru-moscow", place, departure=date(2026, 7, 20))
    assert found.usable


def test_a_shallow_ship_passes_dmitry_laptev_strait_with_no_service_asked_for() -> None:
    found = asked(COASTAL, date(2026, 8, 20))
    assert found.usable
    assert "gate-dmitry-laptev" in found.passages
    ships = {step.service for step in found.steps if step.service.startswith("sea/")}
    assert "sea/arctic-700-arc4" in ships


def test_a_ship_that_a_corridor_keeps_sails_in_no_other() -> None:
    alone = asked("northern-sea-route", date(2026, 8, 20))
    scenario = load_scenario("shanghai-europe")
    both = compare(
        replace(scenario, corridors=(COASTAL, "northern-sea-route", "cape")),
        session=SESSION,
        figures_only=True,
    )
    beside = next(o for o in both.routes if o.corridor == "northern-sea-route")
    assert option_record(beside)["cost_usd_per_teu"] == option_record(alone)["cost_usd_per_teu"]
    for option in both.routes:
        used = {step.service for step in option.steps}
        assert option.corridor == COASTAL or "sea/arctic-700-arc4" not in used


def test_a_scenario_that_names_its_services_bars_those_of_corridors() -> None:
    scenario = replace(load_scenario("shanghai-europe"), services=("rail",))
    found = with_reserved(scenario, load_corridors([COASTAL]))
    assert {service.family for service in found} == {Family.RAIL}


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "destination", "departure"),
    [
        ("Izmir", "Osaka", date(2026, 4, 15)),
        ("Minsk", "Urumqi", date(2026, 6, 1)),
        ("Hamburg", "Klaipeda", date(2026, 8, 20)),
    ],
)
def test_no_ship_with_an_ice_class_turns_back_at_the_edge_of_the_arctic(
    origin: str, destination: str, departure: date
) -> None:
    # From Busan to Osaka by the Bering Strait, and from Klaipeda to Felixstowe by the Kara Gate.
    found, _ = route_between(origin, destination, departure=departure, world="reference-open")
    assert found.usable
    assert not {step.service for step in found.steps if "arctic" in step.service}


def test_every_way_between_europe_and_the_far_east_crosses_the_eastern_laptev_sea() -> None:
    legs = load_sea_legs()
    inside = (legs.leg_area > 0) & (legs.leg_area != CROSSED)
    around: dict[int, set[int]] = {}
    for one, other in zip(
        legs.leg_from[inside].tolist(), legs.leg_to[inside].tolist(), strict=True
    ):
        around.setdefault(one, set()).add(other)
        around.setdefault(other, set()).add(one)
    met, todo = set(), [legs.point_ids.index("gate-bering")]
    while todo:
        here = todo.pop()
        if here not in met:
            met.add(here)
            todo.extend(around[here])
    western = {"gate-kara", "gate-yugorsky-shar", "gate-zhelaniya", "gate-vilkitsky"}
    assert not western & {legs.point_ids[place] for place in met}


@pytest.mark.long
@pytest.mark.parametrize("corridor", ["arctic-murmansk", "kaliningrad", "kaliningrad-zabaikalsk"])
def test_short_sea_ships_do_not_sail_round_africa_to_the_black_sea(corridor: str) -> None:
    # They avoid Gibraltar, and went by the Cape of Good Hope and Suez to Constanta instead.
    found = asked(corridor, date(2026, 8, 7), destination="Bucharest")
    assert found.usable
    assert not {"gate-good-hope", "gate-suez", "gate-panama"} & set(found.passages)


@pytest.mark.parametrize("corridor", ["arctic-murmansk", "kaliningrad"])
def test_short_sea_ships_do_not_sail_round_the_world_to_the_aegean(corridor: str) -> None:
    # By Cape Horn and Suez it would be 52,000 km, and was found so.
    found = asked(corridor, date(2026, 2, 24), origin="Dalian", destination="Athens")
    assert found.usable
    km = found.km()
    assert km is not None
    assert km < 20_000.0
    assert not any(gate.startswith("gate-cape-horn") for gate in found.passages)
