"""An end is a place people ship from: a city with its terminals, a yard, or a door."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.data.geodata import load_terminals
from corridors.data.parameters import load_parameters
from corridors.domain.results import RouteOption, StepKind
from corridors.domain.scenario import Closure
from corridors.domain.values import ChainPart
from corridors.errors import ConfigError, EndError
from corridors.network.hauls import refuse_same
from corridors.network.land.drayage_legs import access_of, access_of_ends, access_radius
from corridors.network.locate import Place, PlaceKind, distance_km, locate
from corridors.studies.compare.run import compare
from corridors.studies.route.run import route_between
from corridors.studies.session import Session

TERMINALS = load_terminals()
RADIUS = access_radius(load_parameters())
CITIES = sorted({f"{t.city}, {t.country}" for t in TERMINALS.values() if t.services})
SESSION = Session()


def access(text: str) -> set[str]:
    """Return the ids of the terminals that boxes of a place are trucked to."""
    return {yard.id for yard in access_of(locate(text), TERMINALS, RADIUS)}


def suez(*changes: str) -> RouteOption:
    """Return the option by Suez from Shanghai to Hamburg, with changes."""
    asked = load_scenario("shanghai-europe", set_values=["corridors=[suez]", *changes])
    (option,) = compare(asked, session=SESSION, figures_only=True).routes
    return option


def cost(option: RouteOption) -> float:
    assert option.cost_usd_per_teu is not None, option.reason
    return option.cost_usd_per_teu


def test_a_city_is_left_by_any_of_its_terminals_and_those_nearby() -> None:
    assert {"gb-london", "gb-london-gateway"} <= access("London")
    assert {"tr-halkali", "tr-ambarli", "tr-istanbul-asia"} <= access("Istanbul")
    # Nhava Sheva is across the bay from Mumbai, Piraeus the port of Athens.
    assert "in-nhava-sheva" in access("Mumbai")
    assert "gr-piraeus" in access("Athens")
    assert access("cn-shanghai") == access("GBHUL") == set()


def test_no_truck_crosses_a_customs_border_unless_there_is_no_other_way() -> None:
    assert access("Brest, BY") == {"by-brest"}
    assert not access("Shenzhen") & {"hk-hong-kong"}
    assert access("Kashgar") == {"cn-kashgar"}
    # There is none in Liechtenstein.
    assert access("47.14N,9.52E")


@pytest.mark.parametrize(
    ("place", "yards"),
    [
        # Chennai, Ennore and Kattupalli.
        ("Bengaluru", {"INMAA", "INENR", "INKAT"}),
        ("Nairobi", {"KEMBA"}),
        # Not Ho Chi Minh City, nearly as near, since that is across a border.
        ("Phnom Penh", {"KHSIH"}),
        ("Amman", {"JOAQB"}),
        # The straight lines cross the mouth of the Meghna and the Gulf of Genoa.
        ("Dhaka", {"BDCGP"}),
        ("Nice", {"it-genoa", "it-turin"}),
        # Not Djibouti, which is across a strait.
        ("Sanaa", {"YEADE"}),
    ],
)
def test_a_city_without_terminals_near_by_goes_to_the_nearest_port(
    place: str, yards: set[str]
) -> None:
    assert access(place) == yards
    near = replace(RADIUS, most_km=0.0, longest_km=0.0)
    assert access_of(locate(place), TERMINALS, near) == ()


@pytest.mark.parametrize(
    ("place", "yards"),
    [
        # The straight line to Mombasa crosses a corner of Tanzania; trucks go round it.
        ("Kampala", {"KEMBA", "TZDAR"}),
        # Not Mundra, about as near as Karachi, since that is across one border more.
        ("Kabul", {"PKKHI", "PKBQM"}),
        ("Lusaka", {"MZBEW"}),
    ],
)
def test_a_place_with_none_in_a_day_s_drive_has_the_longest_hauls(
    place: str, yards: set[str]
) -> None:
    ships = {yard.id for yard in access_of(locate(place), TERMINALS, RADIUS) if has_ships(yard)}
    assert ships == yards
    near = replace(RADIUS, longest_km=0.0)
    assert access_of(locate(place), TERMINALS, near) == ()


def has_ships(yard: Place) -> bool:
    return yard.terminal is None or "sea" in yard.terminal.services


def test_nobody_is_trucked_over_the_sea() -> None:
    # Valencia is 160 km from Ibiza.
    here = replace(locate("Bengaluru"), lon=1.43, lat=38.91, country="ES", members=())
    assert access_of(here, TERMINALS, RADIUS) == ()
    # Davao, Cagayan de Oro and Cebu are on other islands.
    assert access("Puerto Princesa") == set()


def test_a_long_haul_to_the_network_is_warned_of() -> None:
    asked = load_scenario("shanghai-europe", set_values=["origin=Bengaluru", "corridors=[suez]"])
    found = compare(asked, session=SESSION, figures_only=True)
    note = "Bengaluru has no terminal within 150 km in a straight line: boxes go by road to"
    (told,) = (text for text in found.warnings if text.startswith(note))
    straight_km = {name: float(km) for name, km in re.findall(r"(\w+) \((\d+) km\)", told)}
    assert straight_km.keys() == {"Chennai", "Ennore", "Kattupalli"}
    # The great circle from the city hall to the port is 293 km.
    assert straight_km["Chennai"] == pytest.approx(293, rel=0.01)
    (option,) = found.routes
    km = straight_km[option.legs[0].to_name.split(" (")[0]]
    assert km < option.legs[0].km < km * 1.6


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("ends", "km"),
    [
        (("Nairobi", "Kampala"), 503),
        pytest.param(("Riyadh", "Jeddah"), 849, marks=pytest.mark.long),
        # Rails join these, but a train with its terminals takes over twice as long.
        (("Jinan", "Tianjin"), 276),
        # A strait parts these, and Thessaloniki lies too far from Port Said.
        (("Rome", "Palermo"), None),
        pytest.param(("Thessaloniki", "Port Said"), None, marks=pytest.mark.long),
        # An ocean and no rails.
        (("Colombo", "Santos"), None),
    ],
)
def test_a_ship_where_a_truck_would_go_is_warned_of(ends: tuple[str, str], km: int | None) -> None:
    option, _ = route_between(*ends)
    told = [text for text in option.warnings if "a truck would go directly" in text]
    assert len(told) == (km is not None)
    assert all(f"{ends[0]} and {ends[1]} lie {km} km apart over land" in text for text in told)
    if told and any(leg.service.startswith("sea/") for leg in option.legs):
        by_sea, _ = route_between(*ends, services=("sea",))
        assert not any("a truck would go directly" in text for text in by_sea.warnings)


def test_a_truck_all_the_way_costs_what_hauls_to_a_door_cost() -> None:
    option, _ = route_between("Karachi", "Lahore")
    (told,) = (text for text in option.warnings if "a truck would go directly" in text)
    table = load_parameters()
    km = distance_km(locate("Karachi"), locate("Lahore"))
    road_km = km * table.value("road.circuity", *table.country_scopes("PK"))
    rate = table.value("road.rate_usd_per_box_km", *table.country_scopes("PK"))
    fixed = table.value("road.fixed_usd_per_box", *table.country_scopes("PK"))
    # There and back.
    usd = 2.0 * road_km * rate + fixed
    assert f"for about USD {usd:,.0f} per 40'" in told
    at_door = table.value("road.door_hours")
    days = (
        road_km / table.value("road.speed_km_per_day", *table.country_scopes("PK")) + at_door / 24.0
    )
    assert f"and in {days:.1f} days" in told


def test_two_places_with_one_port_between_them_are_told_so() -> None:
    with pytest.raises(
        ConfigError, match=r"same terminal, Durban \(za-durban\).*\(501 km in a straight line\)"
    ):
        route_between("Johannesburg", "Durban")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CITIES))
def test_the_terminals_of_a_city_are_its_own_or_within_its_radius(text: str) -> None:
    place = locate(text)
    if place.kind is not PlaceKind.CITY:
        return
    own = {member.id for member in place.members}
    for yard in access_of(place, TERMINALS, RADIUS):
        assert yard.id in own or distance_km(place, yard) <= RADIUS.city_km
        assert yard.terminal is None or yard.terminal.services
    wider = access_of(place, TERMINALS, access_radius(_wider(100.0)))
    assert {yard.id for yard in access_of(place, TERMINALS, RADIUS)} <= {y.id for y in wider}


def _wider(km: float):  # type: ignore[no-untyped-def]
    from corridors.domain.scenario import Override

    row = Override(parameter="road.city_radius_km", scope=None, value=km)
    return load_parameters().with_overrides([row])


@settings(deadline=None)
@given(st.sampled_from(CITIES), st.sampled_from(CITIES))
def test_no_terminal_serves_both_ends(one: str, other: str) -> None:
    ends = locate(one), locate(other)
    if ends[0].id == ends[1].id:
        with pytest.raises(EndError):
            refuse_same(*ends)
        return
    found = access_of_ends(ends, TERMINALS, RADIUS)
    first, last = ({yard.id for yard in found[end.id]} for end in ends)
    assert not first & last
    assert first | last == access(one) | access(other)


def test_a_terminal_as_near_to_both_ends_serves_the_first() -> None:
    here = replace(locate("Duisburg"), id="here", members=())
    there = replace(here, id="there", name="There")
    found = access_of_ends((here, there), TERMINALS, RADIUS)
    assert found["here"]
    assert found["there"] == ()


def test_the_first_and_last_step_name_the_city_and_the_terminal() -> None:
    option, _ = route_between("Shanghai", "London", services=("sea",))
    first, last = option.steps[0], option.steps[-1]
    assert (first.service, first.from_id, first.from_name) == ("road", *_named("Shanghai"))
    assert first.to_name == TERMINALS[first.to_id].name
    assert (last.service, last.to_id, last.to_name) == ("road", *_named("London"))
    assert (last.from_id, last.from_name) == ("gb-london-gateway", "London Gateway")


def _named(text: str) -> tuple[str, str]:
    place = locate(text)
    return place.id, place.name


def test_a_city_costs_as_much_as_its_best_terminal_with_the_haul() -> None:
    city = suez("origin=cn-shanghai", "destination=Istanbul", "services=[sea, rail]")
    haul = city.steps[-1]
    assert (haul.service, haul.to_name) == ("road", "Istanbul")
    for yard in sorted(access("Istanbul")):
        alone = suez("origin=cn-shanghai", f"destination={yard}", "services=[sea, rail]")
        if yard == haul.from_id:
            assert cost(city) == pytest.approx(cost(alone) + haul.usd_per_teu, abs=0.02)
        elif alone.usable:
            door = suez(
                *("origin=cn-shanghai", f"destination={yard}", "services=[sea, rail]"),
                *("scope=door", "door.origin_km=0.1", "door.destination=28.9496,41.0138"),
            )
            assert cost(city) <= cost(door)


def test_another_scope_adds_no_second_haul() -> None:
    assert cost(suez("scope=door")) == pytest.approx(cost(suez()))
    assert suez("scope=door").km("road") == pytest.approx(suez().km("road"))


def test_a_door_takes_the_place_of_the_centre() -> None:
    door = suez("scope=door", "door.destination=9.75,53.6")
    assert door.steps[-1].to_id == "9.7500,53.6000"
    assert door.steps[0].from_id == suez().steps[0].from_id
    assert cost(door) > cost(suez())
    given_km = suez("scope=door", "door.destination_km=33")
    assert given_km.steps[-1].km == 33.0


def test_the_haul_counts_in_days_and_not_in_transit() -> None:
    yard = suez("origin=cn-shanghai", "destination=de-hamburg")
    city = suez()
    assert city.transit_days == pytest.approx(yard.transit_days, abs=0.01)
    assert (city.days or 0.0) > (yard.days or 0.0)
    assert yard.km("road") == 0.0


@pytest.mark.parametrize("destination", ["pl-malaszewicze", "gr-piraeus", "Lodz"])
def test_a_decision_has_the_days_in_transit_of_the_route_that_is_shown(destination: str) -> None:
    """From vehicle to vehicle: a ship's calls count, stays in the yard and hauls do not."""
    asked = load_scenario(
        "chongqing-duisburg",
        set_values=[f"destination={destination}", "corridors=[suez, kazakhstan-dostyk]"],
    )
    found = compare(asked, session=SESSION, figures_only=True)
    best = found.recommended
    assert best is not None
    (taken,) = (one for one in found.decision.tied if one.corridor == best.corridor)
    assert taken.transit_days == pytest.approx(best.transit_days, abs=1e-9)


@pytest.mark.parametrize(
    ("origin", "destination", "message"),
    [
        ("Shanghai", "CNSHA", "destination: origin and destination are the same place, Shanghai$"),
        (
            "Shanghai",
            "cn-shanghai-rail",
            "destination: .* is a terminal of Shanghai, so origin and destination are the same",
        ),
        (
            "Puerto Princesa",
            "Hamburg",
            "origin: Puerto Princesa: no terminal that trucks go to within 1600 km over land .*"
            r"\. Name one of them$",
        ),
        ("Hamburg", "Manado", "destination: Manado: no terminal that trucks go to within 1600 km"),
        ("Tijuana", "Mumbai", "origin: Tijuana: no terminal that trucks go to .* Long Beach"),
        ("Qwertzuiop", "Hamburg", "origin: unknown place 'Qwertzuiop'"),
        ("Hamburg", "Qwertzuiop", "destination: unknown place 'Qwertzuiop'"),
        ("Shanghai", "53.5,10.1", "destination: .* did you mean lon,lat = 10.1,53.5"),
    ],
)
def test_a_fault_names_the_end(origin: str, destination: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        route_between(origin, destination)


@pytest.mark.parametrize("ends", [("Xi'an", "Hamburg"), ("Hamburg", "Xi'an")])
def test_a_city_that_no_service_reaches_is_the_end_at_fault(ends: tuple[str, str]) -> None:
    key = "origin" if ends[0] == "Xi'an" else "destination"
    with pytest.raises(ConfigError, match=f"^{key}: no service of this scenario reaches Xi'an"):
        route_between(*ends, services=("sea",))


@pytest.mark.first_case
@pytest.mark.parametrize("city", ["Guangzhou", "Istanbul", "London", "Shenzhen", "Tianjin"])
def test_the_ships_of_a_city_sail_from_its_port(city: str) -> None:
    other = "Rotterdam" if city in ("Guangzhou", "Shenzhen", "Tianjin") else "Shanghai"
    option, _ = route_between(city, other, services=("sea",))
    assert option.usable
    first = next(step for step in option.steps if step.service == "road")
    assert (first.from_name, first.to_name) == (city, TERMINALS[first.to_id].name)


@pytest.mark.parametrize(
    ("origin", "destination", "service"),
    [("Vigo", "Dublin", "sea/feeder"), ("Rauma", "Rotterdam", "sea/feeder")],
)
def test_a_port_of_the_world_list_is_reached_by_feeder(
    origin: str, destination: str, service: str
) -> None:
    option, _ = route_between(origin, destination)
    assert [step.service for step in option.legs[:2]] == ["road", service]


def test_a_city_on_the_coast_needs_a_port() -> None:
    assert locate("Nice").kind is PlaceKind.POINT
    option, _ = route_between("Nice", "Shanghai", services=("sea",))
    assert option.legs[0].service == "road"
    assert option.legs[0].to_id == "it-genoa"


@pytest.mark.parametrize(
    ("origin", "destination", "km"), [("Berlin", "Warsaw", 575), ("Lisbon", "Madrid", 625)]
)
def test_a_truck_runs_from_city_to_city(origin: str, destination: str, km: float) -> None:
    # Road distances as route planners give them, rounded.
    option, _ = route_between(origin, destination, services=("road",))
    assert option.usable
    assert {step.service for step in option.legs} == {"road"}
    assert option.km() == pytest.approx(km, rel=0.08)


def test_a_haul_after_a_wait_at_the_origin_is_pre_carriage() -> None:
    closed = Closure(
        place="nl-rotterdam", first_day=None, last_day=date(2026, 8, 22), reason="a strike"
    )
    scenario = replace(
        load_scenario("shanghai-europe"),
        origin="Rotterdam",
        destination="Felixstowe",
        services=("sea/feeder",),
        corridors=("other",),
        closures=(closed,),
    )
    (option,) = compare(scenario, session=SESSION, figures_only=True).routes
    # Trucked to the port, loaded, and waiting there for the first vehicle.
    kinds = [step.kind for step in option.steps[:3]]
    assert kinds == [StepKind.LEG, StepKind.LOAD, StepKind.WAIT]
    for step, following in pairwise(option.steps[:4]):
        assert step.arrives <= following.departs
    parts = [part.part for part in option.chain]
    assert parts == [ChainPart.PRE, ChainPart.MAIN, ChainPart.ON]
    assert option.chain[0].from_name == "Rotterdam"


def test_no_train_carries_a_box_through_a_port_city() -> None:
    # At 133 USD a day a train of 13 km out of the port of Hamburg was quicker than the gate.
    shown = load_scenario(
        "shanghai-europe",
        set_values=[
            "corridors=[northern-sea-route]",
            "objective=generalised",
            "shipment.value_of_time_usd_per_teu_day=133",
        ],
    )
    (option,) = compare(shown).usable
    by_rail = [leg.km for leg in option.legs if leg.service.startswith("rail/")]
    assert not by_rail or sum(by_rail) > 50.0
