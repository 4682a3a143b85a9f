"""EU climate rules on ships: what is counted, from when, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config import load_corridors, load_scenario
from corridors.costing import pricing
from corridors.costing.pricer import with_trade
from corridors.costing.ships import ends_halves, leg_halves, with_policy
from corridors.data.parameters import load_parameters
from corridors.domain.places import Family
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Override
from corridors.domain.values import BillLine, Status
from corridors.network.states.topology import ArcKind
from corridors.studies.result_base import option_of
from corridors.studies.session import Session

PARAMETERS = load_parameters()
SESSION = Session()


def fuel(tonnes: float, kind: str = "vlsfo") -> BillLine:
    return BillLine(
        driver=f"fuel.{kind}",
        scope="sea/14k",
        label="Bunker fuel",
        quantity=tonnes,
        unit="t",
        price_parameter="fuel.vlsfo_usd_per_t",
    )


def added(year: int, halves: int, kind: str = "vlsfo") -> dict[str, float]:
    bill = with_policy([fuel(0.25, kind)], PARAMETERS, year=year, halves=halves)
    return {line.driver: line.quantity for line in bill[1:]}


def test_half_of_a_voyage_from_outside_is_surrendered_by_year() -> None:
    # 0.25 t x 3.151 t CO2 x 1/2 = 0.393875 t: 40 % of it in 2024, 70 % in 2025.
    assert added(2023, 1) == {}
    assert added(2024, 1) == {"ets": pytest.approx(0.15755)}
    assert added(2025, 1)["ets"] == pytest.approx(0.2757125)
    # From 2026 with CH4 and N2O: 0.25 x 3.2 x 1/2.
    assert added(2026, 1)["ets"] == pytest.approx(0.4)
    assert added(2031, 1)["ets"] == pytest.approx(0.4)


def test_a_voyage_inside_counts_whole_and_one_outside_nothing() -> None:
    assert added(2026, 2)["ets"] == pytest.approx(0.8)
    assert added(2026, 0) == {}


def test_fueleu_counts_the_tonnes_that_miss_the_limit() -> None:
    # 91.4 g/MJ against 89.3368: 2.257 % of 0.125 t; 2030 against 85.6904: 6.247 %.
    assert added(2025, 1)["fueleu"] == pytest.approx(0.125 * 0.0225733, rel=1e-4)
    assert added(2030, 1)["fueleu"] == pytest.approx(0.125 * 0.0624683, rel=1e-4)
    assert "fueleu" not in added(2026, 1, "lng")


@given(
    years=st.tuples(st.integers(2019, 2035), st.integers(2019, 2035)).map(sorted),
    halves=st.integers(0, 2),
    tonnes=st.floats(0.001, 10.0),
    kind=st.sampled_from(["vlsfo", "mgo", "lng"]),
)
def test_a_later_year_is_never_cheaper_at_one_price_of_an_allowance(
    years: list[int], halves: int, tonnes: float, kind: str
) -> None:
    # What is surrendered only grows; the price of an allowance may fall.
    held = PARAMETERS.with_overrides(
        [Override(parameter="ets.price_eur_per_t", scope=None, value=75.0)]
    )
    early, late = (
        pricing.usd(with_policy([fuel(tonnes, kind)], held, year=y, halves=halves), held)
        for y in years
    )
    assert late >= early


def test_an_allowance_costs_what_its_year_does() -> None:
    def price(year: int) -> float:
        line = with_policy([fuel(1.0)], PARAMETERS, year=year, halves=2)[1]
        return pricing.unit_price(line, PARAMETERS)[0].value

    assert [price(year) for year in (2024, 2025, 2026)] == [67.0, 75.0, 84.0]
    later = with_policy([fuel(1.0)], PARAMETERS, year=2031, halves=2)[1]
    assert pricing.unit_price(later, PARAMETERS)[0].status is Status.COMPUTED


def option(corridor: str, *, origin: str = "Shanghai", to: str = "Hamburg") -> RouteOption:
    scenario = replace(load_scenario("shanghai-europe"), origin=origin, destination=to)
    question = SESSION.pose(scenario, load_corridors([corridor]))
    return option_of(question)


def tonnes_of(route: RouteOption, driver: str) -> float:
    return sum(line.quantity for line in route.cost_lines if line.driver == driver)


# Between gates like the ends; from or to a port outside at most half; to a port of the EU at least.
LEGS = {
    ("gate-suez#1", "gate-suez#2"): (0, 1, 2),
    ("gate-gibraltar#1", "gb-felixstowe"): (0, 1, 1),
    ("tr-mersin", "eg-port-said"): (0, 1, 1),
    ("gate-suez#1", "fr-marseille"): (1, 1, 2),
    ("tr-mersin", "fr-marseille"): (1, 1, 1),
    ("fr-marseille", "eg-port-said"): (1, 1, 1),
    ("fr-marseille", "es-barcelona"): (2, 2, 2),
    ("no-tromso", "no-narvik"): (2, 2, 2),
}


@pytest.mark.parametrize(
    ("number", "origin", "to"),
    [(0, "Shanghai", "Felixstowe"), (1, "Shanghai", "Hamburg"), (2, "Rotterdam", "Hamburg")],
)
def test_a_leg_counts_by_its_ports_and_by_the_ends_inside(
    number: int, origin: str, to: str
) -> None:
    scenario = replace(load_scenario("shanghai-europe"), origin=origin, destination=to)
    network = SESSION.pose(scenario, load_corridors(["cape"])).bundle.topology
    assert ends_halves(network, PARAMETERS) == number
    halves = leg_halves(network, PARAMETERS)
    found: dict[tuple[str, str], set[int]] = {}
    for arc in range(network.arc_count):
        ends = tuple(network.place_of(int(at[arc])).id for at in (network.tail, network.head))
        if network.services[int(network.service[arc])].family is not Family.SEA:
            assert halves[arc] == 0
        elif network.kind[arc] == ArcKind.LEG:
            found.setdefault((ends[0], ends[1]), set()).add(int(halves[arc]))
    assert {ends: found[ends] for ends in LEGS} == {ends: {by[number]} for ends, by in LEGS.items()}


def test_half_of_the_fuel_after_the_last_call_is_counted_to_hamburg() -> None:
    route = option("cape")
    fuels = [line for line in route.cost_lines if line.driver.startswith("fuel.")]
    counted = sum(
        line.quantity * {"fuel.vlsfo": 3.2, "fuel.mgo": 3.255}[line.driver] / 2 for line in fuels
    )
    # 60 % of the way from the Far East lies after the last port of call outside.
    assert tonnes_of(route, "ets") == pytest.approx(0.6 * counted)


def test_a_voyage_to_great_britain_is_free_of_the_eu_rules() -> None:
    assert tonnes_of(option("cape", to="Felixstowe"), "ets") == 0.0


def test_a_box_bound_outside_pays_for_its_last_leg_to_a_port_of_the_eu_at_most() -> None:
    inside = tonnes_of(option("piraeus"), "ets")
    outside = tonnes_of(option("piraeus", to="Belgrade"), "ets")
    assert 0.0 <= outside < inside / 4


def test_the_year_of_the_departure_decides() -> None:
    tonnes = []
    for year in (2023, 2024, 2025, 2026):
        scenario = load_scenario("shanghai-europe", departure=date(year, 8, 20))
        question = SESSION.pose(scenario, load_corridors(["cape"]))
        tonnes.append(tonnes_of(option_of(question), "ets"))
    assert tonnes[0] == 0.0
    assert tonnes == sorted(set(tonnes))


def test_a_voyage_begins_at_the_last_port_of_call_outside() -> None:
    # 0.4 t CO2e of a half in 2026: 60 % after the last call of loops from the Far East on average,
    # 5 % after Felixstowe by the Arctic; feeders come from the port before.
    lane = with_trade(PARAMETERS, "far-east-europe")
    for ship, share in (("sea/14k", 0.6), ("sea/arctic-5k-ice1", 0.05), ("sea/feeder", 1.0)):
        half, whole = (
            with_policy([replace(fuel(0.25), scope=ship)], lane, year=2026, halves=halves)[1]
            for halves in (1, 2)
        )
        assert half.quantity == pytest.approx(0.4 * share)
        assert half.low_factor <= half.high_factor
        # Between two ports of the EU all of it counts.
        assert whole.quantity == pytest.approx(0.8)
