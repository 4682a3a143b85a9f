"""A day of a ship in parts, loads by direction, and what is burnt at berth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.costing import operations, pricing
from corridors.costing.rail import freight_lines
from corridors.costing.ships import berth_fuel, ship_of
from corridors.domain.places import Family
from corridors.domain.scenario import Override
from corridors.errors import ParameterError
from corridors.studies.compare import compare
from tests.costing.examples import BOX, PARAMETERS, SERVICES, terminal

SHIPS = sorted(s.id for s in SERVICES.values() if s.family is Family.SEA)
BACKHAUL = PARAMETERS.with_overrides([Override(parameter="ship.backhaul", scope=None, value=1.0)])


@given(ship=st.sampled_from(SHIPS), days=st.floats(min_value=0.01, max_value=60.0))
def test_the_parts_of_a_day_sum_to_its_price(ship: str, days: float) -> None:
    made = ship_of(SERVICES[ship], PARAMETERS)
    lines = made.days(days)
    whole = days * PARAMETERS.value("ship.day_usd", ship) / made.paying_teu
    assert pricing.usd(lines, PARAMETERS) == pytest.approx(whole)
    assert {line.driver for line in lines} == {"ship_days", "ship.crew", "ship.running"}
    assert all(line.quantity > 0.0 for line in lines)


@given(ship=st.sampled_from(SHIPS))
def test_a_backhaul_pays_its_share_of_a_slot_and_emits_as_before(ship: str) -> None:
    out, back = (ship_of(SERVICES[ship], table) for table in (PARAMETERS, BACKHAUL))
    share = PARAMETERS.value("ship.backhaul_cost_share", ship)
    paid = [
        pricing.usd(one.days(10.0), table) for one, table in ((out, PARAMETERS), (back, BACKHAUL))
    ]
    assert paid[1] == pytest.approx(paid[0] * share)
    assert back.paying_teu == out.paying_teu
    assert back.emission_teu == out.emission_teu
    burnt = [one.fuel(7.0)[1].quantity for one in (out, back)]
    assert burnt[0] == burnt[1]


def test_a_share_of_nothing_is_refused() -> None:
    free = [Override(parameter="ship.backhaul_cost_share", scope=None, value=0.0)]
    with pytest.raises(ParameterError, match=r"must be from 0\.01 to 3, got 0"):
        ship_of(SERVICES["sea/14k"], BACKHAUL.with_overrides(free))


def test_the_lines_of_a_backhaul_say_so() -> None:
    (line, *_) = ship_of(SERVICES["sea/14k"], BACKHAUL).days(1.0)
    assert line.label == "Ship time: capital or hire (backhaul, 24% of a headhaul slot)"
    train = [
        freight_lines(SERVICES["rail/1520"], table, BOX, country="KZ")[0]
        for table in (PARAMETERS, BACKHAUL)
    ]
    assert train[1].quantity == pytest.approx(train[0].quantity * 0.77)
    assert train[1].label == "Rail freight (backhaul, 77% of the rate)"
    inland = freight_lines(SERVICES["rail/eu-1435"], BACKHAUL, BOX, country="DE")[0]
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
    assert not [text for text in warnings["out"] if text.startswith("trade lane")]
    assert [
        text for text in warnings["back"] if text.startswith("trade lane Europe to Far East, ba")
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
