"""Corridors keep to their names; the rows of their page are in `test_expectations`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.domain.results import RouteOption
from corridors.domain.scenario import OTHER
from corridors.domain.values import ChainPart
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from tests.docs.corridor_rows import DAY, PAIRS, cheapest

BEFORE = date(2021, 8, 20)
"""When trains still crossed between Finland and Russia."""
SIBERIAN = (
    ("Harbin", "Moscow"),
    ("Busan", "Helsinki"),
    ("Vladivostok", "Moscow"),
    ("Helsinki", "Vostochny"),
    ("Tallinn", "Vostochny"),
    ("Hamburg", "Shenyang"),
)
LAND = (
    *("trans-siberian", "trans-mongolian", "kazakhstan-dostyk", "kazakhstan-khorgos"),
    *("kazakhstan-moscow-kazan", "kaliningrad", "middle-corridor-poti", "middle-corridor-sea"),
)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def compared(session: Session, origin: str, destination: str) -> Comparison:
    asked = load_scenario("shanghai-europe")
    return compare(
        replace(
            asked,
            origin=origin,
            destination=destination,
            corridors=LAND,
            source_path="",
            text={},
        ),
        session=session,
        figures_only=True,
    )


def main_legs(option: RouteOption) -> list[tuple[str, ...]]:
    """Return the countries of the legs of the main carriage by rail, in order."""
    legs = (leg for leg in option.legs if leg.part is ChainPart.MAIN)
    return [leg.countries for leg in legs if leg.service.startswith("rail/")]


def test_the_table_has_a_row_for_every_default_corridor() -> None:
    assert {*PAIRS} == {corridor.id for corridor in load_corridors("all")} - {OTHER}


@pytest.mark.first_case
@pytest.mark.parametrize(("origin", "destination"), SIBERIAN)
def test_the_trans_siberian_stays_in_russia_between_its_gates(
    session: Session, origin: str, destination: str
) -> None:
    day = BEFORE if "Helsinki" in (origin, destination) else DAY
    option = cheapest(session, "trans-siberian", origin, destination, day=day)
    assert option.usable
    countries = main_legs(option)
    inside = [n for n, codes in enumerate(countries) if codes == ("RU",)]
    assert inside, countries
    # Every leg from the first in Russia to the last runs in Russia.
    assert set(countries[inside[0] : inside[-1] + 1]) == {("RU",)}
    # It enters Russia and leaves it once, so the gauge changes at most once on each side.
    assert len(option.gauge_changes) <= 2


@pytest.mark.parametrize("ends", [("Helsinki", "Vostochny"), ("Tallinn", "Vostochny")])
def test_finland_and_the_baltic_states_keep_the_broad_gauge_to_the_pacific(
    session: Session, ends: tuple[str, str]
) -> None:
    assert cheapest(session, "trans-siberian", *ends, day=BEFORE).gauge_changes == ()


def test_trans_siberian_trains_leave_the_baikal_amur_line_to_others(session: Session) -> None:
    option = cheapest(session, "trans-siberian", "Vladivostok", "Moscow")
    assert "ru-tynda" not in {leg.to_id for leg in option.legs}


@pytest.mark.long
def test_kazan_is_an_alternative_to_dostyk_where_it_is_compared(session: Session) -> None:
    found = {o.corridor: o for o in compared(session, "Shanghai", "Hamburg").routes}
    kazan, dostyk = found["kazakhstan-moscow-kazan"], found["kazakhstan-dostyk"]
    assert "ru-iletsk" in {leg.to_id for leg in dostyk.legs}
    assert "kz-petropavl" in {leg.to_id for leg in kazan.legs}
    assert not kazan.equals
    assert not dostyk.equals


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "destination"),
    [("Shanghai", "Hamburg"), ("Xi'an", "Moscow"), ("Warsaw", "Chongqing"), ("Moscow", "Busan")],
)
def test_no_two_corridors_are_ranked_for_one_route(
    session: Session, origin: str, destination: str
) -> None:
    ranked = [o for o in compared(session, origin, destination).usable if not o.equals]
    routes = [tuple((s.leg_id, s.service, s.departs) for s in o.legs) for o in ranked]
    assert len(set(routes)) == len(routes)


@pytest.mark.long
def test_to_moscow_the_second_of_two_equal_corridors_names_the_first(session: Session) -> None:
    found = {o.corridor: o for o in compared(session, "Xi'an", "Moscow").routes}
    assert found["kazakhstan-moscow-kazan"].equals == "kazakhstan-dostyk"
    assert found["kazakhstan-moscow-kazan"].warnings[0] == (
        "the same route as Kazakhstan via Dostyk, and not ranked again"
    )


@pytest.mark.long
def test_kaliningrad_takes_the_shorter_way(session: Session) -> None:
    default = cheapest(session, "kaliningrad", "Shanghai", "Kaliningrad")
    other = cheapest(session, "kaliningrad-zabaikalsk", "Shanghai", "Kaliningrad")
    # 10,145 km across Kazakhstan, 10,740 by Zabaikalsk.
    assert (other.km() or 0.0) - (default.km() or 0.0) > 550
