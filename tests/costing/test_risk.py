"""Risk as lines: insurance, expected delay, security, demurrage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.costing import operations, passages, pricing
from corridors.costing.pricing import usd
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Override, Shipment
from corridors.studies.result_base import option_of
from corridors.studies.session import Session
from tests.costing.examples import BOX, PARAMETERS, SERVICES, terminal

SESSION = Session()


def option(corridor: str, *, value: float = 80_000.0, cargo: str = "general") -> RouteOption:
    scenario = load_scenario("shanghai-europe")
    shipment: Shipment = replace(scenario.shipment, value_usd_per_teu=value, cargo=cargo)
    question = SESSION.pose(replace(scenario, shipment=shipment), load_corridors([corridor]))
    return option_of(question)


def paid(route: RouteOption, driver: str) -> float:
    return sum(line.usd_per_teu for line in route.cost_lines if line.driver == driver)


def test_cargo_is_insured_by_mode_at_110_percent_of_its_value() -> None:
    # 80,000 x 1.1 = 88,000: 0.15 % by sea, 0.3 % by rail.
    assert paid(option("suez"), "insurance.cargo") == pytest.approx(132.0)
    assert paid(option("kazakhstan-dostyk"), "insurance.cargo") == pytest.approx(264.0)
    assert paid(option("suez"), "insurance.arctic") == 0.0


def test_some_cargoes_are_insured_at_a_share_of_their_own_whatever_carries_them() -> None:
    # Electronics 0.35 % of 88,000, also where a train follows a ship.
    for corridor in ("suez", "kazakhstan-dostyk", "piraeus"):
        assert paid(option(corridor, cargo="electronics"), "insurance.cargo") == pytest.approx(308)
    perished = option("suez", cargo="fresh-fruit", value=15_000.0)
    assert paid(perished, "insurance.cargo") == pytest.approx(0.0045 * 16_500.0)


def test_one_policy_covers_ship_and_train_at_the_share_of_the_dearer() -> None:
    # Loaded on a ship for 132, changed to a train for another 132.
    assert paid(option("piraeus"), "insurance.cargo") == pytest.approx(264.0)
    assert paid(option("trans-siberian"), "insurance.cargo") == pytest.approx(264.0)


def test_the_arctic_part_of_insurance_is_about_its_share_of_the_value() -> None:
    # As much again as the sea's share: of 88,000 0.15 % are 132 for one crossing, 0.35 % 308; the
    # route's ice legs need not be just one long.
    for cargo, paid_usd in (("general", 132.0), ("electronics", 308.0)):
        asked = option("northern-sea-route", cargo=cargo)
        assert paid(asked, "insurance.arctic") == pytest.approx(paid_usd, rel=0.25)
        assert paid(asked, "insurance.cargo") == pytest.approx(paid_usd)


def test_cargo_without_value_is_not_insured() -> None:
    route = option("suez", value=0.0)
    assert not [line for line in route.cost_lines if line.driver.startswith("insurance")]


def test_a_closure_like_that_of_2025_is_an_expected_delay_from_2026() -> None:
    # 13 of 365 days at half of 13 days: 0.0356 x 156 h = 5.55 h.
    late = passages.exposure("BY-PL", PARAMETERS, BOX, year=2026)
    assert late is not None
    assert late.hours == pytest.approx(5.55, abs=0.01)
    assert late.bill == ()
    assert passages.exposure("BY-PL", PARAMETERS, BOX, year=2025) is None
    assert passages.exposure("CN-KZ", PARAMETERS, BOX, year=2026) is None


def test_a_security_charge_is_a_line_where_a_scenario_gives_one() -> None:
    table = PARAMETERS.with_overrides([Override(parameter="risk.security", scope=None, value=25.0)])
    made = passages.exposure("KZ-RU", table, BOX, year=2026)
    assert made is not None
    assert usd(made.bill, table) == pytest.approx(25.0)


def test_demurrage_begins_after_the_free_days() -> None:
    port = terminal("de-hamburg")
    table = PARAMETERS.with_overrides(
        [Override(parameter="dwell.import_hours", scope=None, value=8.0 * 24.0)]
    )
    for parameters, expected in ((PARAMETERS, 0.0), (table, 2.0 * 30.0)):
        unloading = operations.unload(SERVICES["sea/14k"], port, parameters, BOX)
        more = passages.with_demurrage(unloading, parameters, BOX)
        added = pricing.usd(more.bill, parameters) - pricing.usd(unloading.bill, parameters)
        assert added == pytest.approx(expected)
