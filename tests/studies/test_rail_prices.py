"""Rail's prices in a whole comparison: sections, one through-rate, a subsidy, a heavy box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from corridors.config import load_scenario
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Override
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

Compared = Callable[..., Comparison]


@pytest.fixture(scope="module")
def compared() -> Compared:
    session = Session()
    shipped = replace(load_scenario("chongqing-duisburg"), corridors=("kazakhstan-dostyk",))

    def run(tonnes: float = 8.0, **values: float) -> Comparison:
        overrides = tuple(
            Override(parameter=f"rail.{key}", scope=None, value=value)
            for key, value in values.items()
        )
        shipment = replace(shipped.shipment, cargo_t_per_teu=tonnes)
        return compare(replace(shipped, overrides=overrides, shipment=shipment), session=session)

    return run


def line(option: RouteOption, driver: str) -> float:
    return sum(found.usd_per_teu for found in option.cost_lines if found.driver == driver)


def test_a_subsidy_takes_its_share_of_the_chinese_section_only(compared: Compared) -> None:
    (plain,), (helped,) = compared().routes, compared(subsidy_share=0.3).routes
    china = sum(
        found.usd_per_teu
        for found in plain.cost_lines
        if found.driver == "rail.feu_km" and found.scope == "rail/cn-1435"
    )
    assert line(plain, "rail.subsidy") == 0.0
    assert line(helped, "rail.subsidy") == pytest.approx(-0.3 * china)
    assert helped.cost_usd_per_teu == pytest.approx((plain.cost_usd_per_teu or 0.0) - 0.3 * china)
    assert helped.certificate.status == "agrees"
    assert helped.co2e_wtw_kg_per_teu == plain.co2e_wtw_kg_per_teu


def test_one_through_rate_prices_every_km_alike(compared: Compared) -> None:
    (option,) = compared(through_rate=1.0).routes
    # (5,400 - 1,050) USD/FEU over 9,797 km, half of it a TEU.
    assert line(option, "rail.feu_km") == pytest.approx(
        (option.km("rail") or 0.0) * (5400 - 870) / 9797 / 2, rel=1e-6
    )
    assert line(option, "gauge_change") > 0.0
    assert option.certificate.status == "agrees"


@pytest.mark.long
def test_a_comparison_says_that_a_box_is_too_heavy_for_a_train(compared: Compared) -> None:
    heavy, light = compared(14.0).warnings, compared(10.0).warnings
    assert any(
        "China block train: 28 t of cargo in a 40HC, trains take 21 t" in text for text in heavy
    )
    assert not any("t of cargo in a" in text for text in light)


def test_a_corridor_stays_open_where_its_cheapest_way_would_go_out_and_back() -> None:
    # At one low rate everywhere the cheapest way to Duisburg past Kaliningrad returns by rail over
    # the same leg, which is refused; the way on by sea is dearer and there.
    shipped = replace(load_scenario("chongqing-duisburg"), corridors=("kaliningrad",))
    rate = Override(parameter="rail.rate_usd_per_feu_km", scope=None, value=0.4)
    (option,) = compare(replace(shipped, overrides=(rate,))).routes
    assert option.usable
    assert any(step.service.startswith("sea/") for step in option.steps)
    legs = [step.leg_id for step in option.steps if step.leg_id]
    assert len(legs) == len(set(legs))


@pytest.mark.long
def test_a_train_by_iran_and_turkey_is_not_on_a_lane_of_trains_by_russia() -> None:
    # What was quoted for trains by Brest priced it, and it won by 250 USD.
    ends = ["origin=Chengdu", "destination=Constanta", "world=current", "shipment.cargo=general"]
    asked = load_scenario("shanghai-europe", set_values=[*ends, "departure=2022-06-27"])
    found = compare(asked, figures_only=True)
    assert found.scenario.price_basis == "price"
    for option in found.usable:
        assert option.price_usd_per_teu is None or "IR" not in option.countries, option.title
