"""Under market prices a ship is paid its freight, and nothing of what the freight holds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.costing import operations, pricing
from corridors.costing.market import freight, market_of
from corridors.costing.pricing import load_bases
from corridors.costing.running import running_rate
from corridors.data.parameters import load_parameters
from corridors.data.services import load_services
from corridors.domain.places import Family, Service
from corridors.domain.results import OptionStatus, RouteOption
from corridors.domain.values import Basis, BillLine
from corridors.studies.compare import compare
from tests.costing.examples import HAMBURG, SHANGHAI

PARAMETERS = load_parameters()
SHIPMENT = load_scenario("shanghai-europe").shipment
SHIPS = {service.id: service for service in load_services()}
HELD = {
    "ship_days",
    "ship.crew",
    "ship.running",
    "fuel.vlsfo",
    "fuel.mgo",
    "port_calls",
    "canal.toll",
    "sea.overhead",
}


def compared(*changes: str, day: date | None = None) -> dict[str, RouteOption]:
    given = ["price_basis=market", "corridors=[suez, northern-sea-route, kazakhstan-dostyk]"]
    asked = load_scenario("shanghai-europe", set_values=[*given, *changes], departure=day)
    return {o.corridor: o for o in compare(asked, figures_only=True).routes}


def test_a_freight_is_half_a_feu_of_the_lane_and_year() -> None:
    first, second = freight(market_of("CN", "DE", 2024), PARAMETERS, SHIPMENT)
    price = PARAMETERS.get("market.sea_freight_usd_per_feu", "asia-neurope@2024")
    assert (price.value, first.quantity, first.scope) == (4900.0, 0.5, price.scope)
    assert second.driver == "freight.sea_surcharges"
    later = freight(market_of("CN", "DE", 2031), PARAMETERS, SHIPMENT)[0]
    assert later.scope == "asia-neurope"


def test_a_lane_has_a_direction_and_ends() -> None:
    back = market_of("NL", "CN", 2022).lane
    assert back is not None
    assert back.id == "neurope-asia"
    assert market_of("CN", "PL", 2024).lane is None
    assert not market_of("CN", "PL", 2024).quotes(SHIPS["sea/14k"], PARAMETERS)
    assert market_of("CN", "DE", 2024).quotes(SHIPS["sea/14k"], PARAMETERS)
    assert not market_of("CN", "DE", 2024).quotes(SHIPS["sea/feeder"], PARAMETERS)
    assert not market_of("CN", "DE", 2024).quotes(SHIPS["sea/arctic-5k-ice1"], PARAMETERS)
    assert market_of("CN", "PL", 2024).quotes(SHIPS["rail/1520"], PARAMETERS)


def test_suez_is_freight_and_handling_only() -> None:
    suez = compared()["suez"]
    lines = {line.driver: line for line in suez.cost_lines}
    assert not HELD & set(lines)
    assert "repositioning" not in lines
    # 3,500 USD a FEU in 2026, two TEU a FEU; handling at both ends is on top.
    assert lines["freight.sea"].usd_per_teu == pytest.approx(1750.0)
    assert lines["freight.sea"].basis is Basis.MARKET
    assert "thc" in lines
    assert suez.co2e_wtw_kg_per_teu == pytest.approx(1091.97, rel=0.05)


def test_no_line_mixes_market_and_cost() -> None:
    for option in compared().values():
        for line in option.cost_lines:
            assert line.basis in (Basis.MARKET, Basis.TARIFF, Basis.RESOURCE)
        if any(line.driver == "freight.sea" for line in option.cost_lines):
            assert not HELD & {line.driver for line in option.cost_lines}


def lines_of(service: Service) -> list[BillLine]:
    """Return what a service is paid where it loads, runs and unloads, a ship's freight too."""
    bill = [
        *operations.load(service, SHANGHAI, PARAMETERS, SHIPMENT).bill,
        *running_rate(service, PARAMETERS, SHIPMENT, country="CN").bill_per_km,
        *operations.unload(service, HAMBURG, PARAMETERS, SHIPMENT).bill,
    ]
    if service.family is Family.SEA:
        bill += freight(market_of("CN", "DE", 2026), PARAMETERS, SHIPMENT)
    return [line for line in bill if line.price_parameter is not None]


LINES, BASES = {name: lines_of(service) for name, service in SHIPS.items()}, load_bases()


@given(st.data(), st.sampled_from(sorted(SHIPS)))
def test_a_line_holds_what_is_of_one_basis_only(data: st.DataObject, service: str) -> None:
    amounts = st.tuples(st.sampled_from(LINES[service]), st.floats(0.1, 100.0))
    drawn = data.draw(st.lists(amounts, min_size=1, max_size=20))
    bill = [line.times(factor) for line, factor in drawn]
    priced = pricing.cost_lines(bill, PARAMETERS)
    for basis in Basis:
        of_lines = sum(line.usd_per_teu for line in priced if line.basis is basis)
        alone = pricing.usd([b for b in bill if BASES[b.driver] is basis], PARAMETERS)
        assert of_lines == pytest.approx(alone)


def test_every_basis_is_drawn() -> None:
    assert {BASES[line.driver] for line in LINES["sea/14k"]} == set(Basis)


def test_what_has_no_quoted_freight_is_infeasible_and_says_so() -> None:
    arctic = compared()["northern-sea-route"]
    assert arctic.status is OptionStatus.INFEASIBLE
    assert arctic.reason.startswith("no freight is quoted for it: lanes known are Far East")
    assert compared("destination=Gdansk")["suez"].status is OptionStatus.INFEASIBLE


def test_the_year_of_departure_and_ones_own_rate_decide() -> None:
    crisis = compared(day=date(2021, 9, 9))["suez"].cost_usd_per_teu
    calm = compared(day=date(2023, 9, 9))["suez"].cost_usd_per_teu
    assert crisis is not None
    assert calm is not None
    assert crisis - calm == pytest.approx((11000 - 1500) / 2)
    mine = compared("overrides.market.sea_freight_usd_per_feu=4000")["suez"].cost_usd_per_teu
    usual = compared()["suez"].cost_usd_per_teu
    assert mine is not None
    assert usual is not None
    assert mine - usual == pytest.approx(250.0)


def test_rail_follows_its_index_by_year_and_nothing_else() -> None:
    cost = compare(load_scenario("shanghai-europe", set_values=["corridors=[kazakhstan-dostyk]"]))
    known = {(line.driver, line.scope): line.usd_per_teu for line in cost.routes[0].cost_lines}
    for line in compared()["kazakhstan-dostyk"].cost_lines:
        # 3,250 USD of 2025, held for 2026, over the 3,289 of the rates.
        moved = 0.988 if line.driver == "rail.feu_km" else 1.0
        assert line.usd_per_teu == pytest.approx(known[(line.driver, line.scope)] * moved)
    early = compared(day=date(2021, 8, 20))["kazakhstan-dostyk"]
    rail = sum(line.usd_per_teu for line in early.cost_lines if line.driver == "rail.feu_km")
    whole = sum(usd for (driver, _), usd in known.items() if driver == "rail.feu_km")
    assert rail == pytest.approx(whole * 0.812)


def test_the_mediterranean_has_a_lane_of_its_own() -> None:
    lane = market_of("CN", "IT", 2021).lane
    assert lane is not None
    assert lane.id == "asia-med"
    first = freight(market_of("CN", "IT", 2021), PARAMETERS, SHIPMENT)[0]
    assert PARAMETERS.get("market.sea_freight_usd_per_feu", first.scope).value == 9433.0
