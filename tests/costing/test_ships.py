"""A day of a ship in parts, loads by direction, and what is burnt at berth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.costing import operations, pricing
from corridors.costing.pricer import with_trade
from corridors.costing.running import freight_lines
from corridors.costing.ships import berth_fuel, shares_of_a_round_trip, ship_of
from corridors.data.access import TradeLane, load_trade_lanes
from corridors.domain.places import Family
from corridors.domain.scenario import Override
from corridors.errors import ParameterError
from corridors.studies.compare.run import compare
from tests.costing.examples import BOX, PARAMETERS, SERVICES, terminal

SHIPS = sorted(s.id for s in SERVICES.values() if s.family is Family.SEA)
HEADHAUL = with_trade(PARAMETERS, "far-east-europe")
BACKHAUL = HEADHAUL.with_overrides([Override(parameter="ship.backhaul", scope=None, value=1.0)])


@given(ship=st.sampled_from(SHIPS), days=st.floats(min_value=0.01, max_value=60.0))
def test_the_parts_of_a_day_sum_to_its_price(ship: str, days: float) -> None:
    made = ship_of(SERVICES[ship], PARAMETERS)
    lines = made.days(days)
    whole = days * PARAMETERS.value("ship.day_usd", ship) / made.paying_teu
    assert pricing.usd(lines, PARAMETERS) == pytest.approx(whole)
    assert {line.driver for line in lines} == {"ship_days", "ship.crew", "ship.running"}
    assert all(line.quantity > 0.0 for line in lines)


@pytest.mark.parametrize("ship", SHIPS)
def test_the_boxes_of_both_ways_pay_for_the_round_trip(ship: str) -> None:
    for lane in (*load_trade_lanes(), None):
        _pays_for_the_round_trip(ship, lane)


def _pays_for_the_round_trip(ship: str, lane: TradeLane | None) -> None:
    # Ten days out and ten back, and their fuel: nothing is left to nobody, nothing is paid twice.
    table = with_trade(PARAMETERS, lane.id if lane else "")
    back_table = table.with_overrides([Override(parameter="ship.backhaul", scope=None, value=1.0)])
    out, back = (ship_of(SERVICES[ship], one) for one in (table, back_table))
    pays, pays_back = (
        pricing.usd([*one.days(10.0), one.fuel(900.0)[0]], table) for one in (out, back)
    )
    burns = "lng" if out.lng_t_per_t else "vlsfo"
    fuel = table.value(f"fuel.{burns}_usd_per_t") * 900.0 * (out.lng_t_per_t or 1.0)
    one_way = table.value("ship.day_usd", ship) * 10.0 + fuel
    # As many boxes come back as went out, laden ones and empty ones.
    laden_back = out.paying_teu * (1.0 - ((lane and lane.empty_share) or 0.0))
    empty_back = out.paying_teu - laden_back
    paid = out.paying_teu * pays + (laden_back + empty_back) * pays_back
    assert paid == pytest.approx(2.0 * one_way)
    ratio = table.value("ship.backhaul_cost_share", ship)
    assert pays_back == pytest.approx(pays * ratio)
    assert (back.paying_teu, back.emission_teu) == (out.paying_teu, out.emission_teu)
    assert back.fuel(7.0)[1].quantity == out.fuel(7.0)[1].quantity


def test_a_headhaul_pays_what_the_way_back_does_not_bear() -> None:
    # At 0.25 a way of 800 USD a slot: 2 x 800 = 1,280 + 320.
    out, back = shares_of_a_round_trip(0.25)
    assert (800.0 * out, 800.0 * back) == (1280.0, 320.0)
    assert shares_of_a_round_trip(1.0) == (1.0, 1.0)
    made = ship_of(SERVICES["sea/14k"], HEADHAUL)
    # Less where boxes back bear 47 %, more where 12 %.
    assert made.cost_share * made.share_low_factor == pytest.approx(2.0 / 1.47)
    assert made.cost_share * made.share_high_factor == pytest.approx(2.0 / 1.12)


def test_a_share_of_nothing_is_refused() -> None:
    free = [Override(parameter="ship.backhaul_cost_share", scope=None, value=0.0)]
    with pytest.raises(ParameterError, match=r"must be from 0\.01 to 3, got 0"):
        ship_of(SERVICES["sea/14k"], BACKHAUL.with_overrides(free))


def test_the_lines_of_both_directions_say_so() -> None:
    labels = [
        ship_of(SERVICES["sea/14k"], table).days(1.0)[0].label
        for table in (HEADHAUL, BACKHAUL, PARAMETERS)
    ]
    assert labels == [
        "Ship time: capital or hire (headhaul, with 61% of the way back)",
        "Ship time: capital or hire (backhaul, 39% of the way)",
        "Ship time: capital or hire",
    ]
    train = [
        freight_lines(SERVICES["rail/1520"], table, BOX, section="KZ")[0]
        for table in (PARAMETERS, BACKHAUL)
    ]
    assert train[1].quantity == pytest.approx(train[0].quantity * 0.77)
    assert train[1].label == "Rail freight (backhaul, 77% of the rate)"
    inland = freight_lines(SERVICES["rail/eu-1435"], BACKHAUL, BOX, section="DE")[0]
    assert inland.label == "Rail freight"


@pytest.mark.parametrize(("country", "carrier"), [("CN", "vlsfo"), ("DE", "mgo"), ("GR", "mgo")])
def test_gas_oil_is_burnt_at_berths_in_the_eu(country: str, carrier: str) -> None:
    made = ship_of(SERVICES["sea/14k"], PARAMETERS)
    tonnes, burnt = berth_fuel(made, 10.0, PARAMETERS, country=country)
    assert burnt == carrier
    per_t = PARAMETERS.value("fuel.mgo_t_per_t_vlsfo") if carrier == "mgo" else 1.0
    assert tonnes == pytest.approx(10.0 * made.port_t_per_day * per_t)


def test_a_box_that_goes_where_boxes_are_short_pays_no_return() -> None:
    port = terminal("de-hamburg")
    drivers = [
        {line.driver for line in operations.load(SERVICES["sea/14k"], port, table, BOX).bill}
        for table in (PARAMETERS, BACKHAUL)
    ]
    assert "repositioning" in drivers[0]
    assert drivers[1] == drivers[0] - {"repositioning"}


def test_the_direction_of_a_question_finds_the_load() -> None:
    ends = {"out": ("Shanghai", "Hamburg"), "back": ("Hamburg", "Shanghai")}
    warnings = {}
    for name, (origin, destination) in ends.items():
        changes = [f"origin={origin}", f"destination={destination}", "corridors=[suez]"]
        scenario = load_scenario("shanghai-europe", set_values=changes)
        warnings[name] = compare(scenario, figures_only=True).warnings
    assert not [text for text in warnings["out"] if text.startswith("this is the return")]
    assert [
        text
        for text in warnings["back"]
        if text.startswith("this is the return direction of the trade")
    ]
    assert not [text for text in warnings["back"] if "ship.backhaul" in text]


@pytest.mark.parametrize(
    ("origin", "destination"), [("Hamburg", "Shanghai"), ("Rotterdam", "Busan")]
)
def test_no_ship_is_changed_where_the_box_is_loaded(origin: str, destination: str) -> None:
    changes = [f"origin={origin}", f"destination={destination}", "corridors=[suez]"]
    scenario = load_scenario("shanghai-europe", set_values=changes)
    (route,) = compare(scenario).routes
    assert route.usable
    assert [step for step in route.steps if step.kind == "transfer"] == []


@pytest.mark.parametrize(
    ("ship", "tonnes"),
    [("sea/2k", 37.0), ("sea/4k", 57.0), ("sea/arctic-5k-ice1", 57.0), ("sea/8k", 85.0)],
)
def test_small_ships_burn_what_is_published_at_16_knots(ship: str, tonnes: float) -> None:
    # 57.4 t/d of LINER-LIB for 4,800 TEU; 149 kg/nm of the MRV x 384 nm a day are 57.2.
    at_sea = ship_of(SERVICES[ship], PARAMETERS, speed_kn=16.0).sea_t_per_day
    assert at_sea == pytest.approx(tonnes, rel=0.01)


def test_a_smaller_ship_burns_no_more_than_a_larger_one() -> None:
    sizes = ("sea/2k", "sea/4k", "sea/8k", "sea/10k", "sea/14k", "sea/15k")
    burnt = [ship_of(SERVICES[s], PARAMETERS, speed_kn=16.0).sea_t_per_day for s in sizes]
    assert burnt == sorted(burnt)


@pytest.mark.parametrize("ship", SHIPS)
def test_a_day_of_every_hull_is_its_capital_at_ten_percent_and_its_running(ship: str) -> None:
    day, hull = (PARAMETERS.value(f"ship.{name}", ship) for name in ("day_usd", "hull_value_musd"))
    running = day * PARAMETERS.value("ship.running_share", ship)
    assert day == pytest.approx(hull * 1e6 * 0.1 / 365.0 + running, rel=0.01)


def test_an_arctic_shuttle_sails_with_the_load_that_was_seen() -> None:
    # The middle of 2,100 and 4,000 TEU on Istanbul Bridge, of 4,890.
    made = ship_of(SERVICES["sea/arctic-5k-ice1"], PARAMETERS)
    assert made.paying_teu / made.capacity_teu == pytest.approx(3_050 / 4_890, rel=0.01)
    assert made.emission_teu == made.paying_teu
