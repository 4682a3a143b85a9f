"""What a session keeps is keyed by everything it depends on: each input is varied alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.domain.scenario import Corridor, OnConflict, Scenario
from corridors.kept import Kept
from corridors.routing.dated.closed import what_opens
from corridors.routing.question import Question
from corridors.studies.session import Session

# What a session keeps must not come from another test.
pytestmark = pytest.mark.unshared
SESSION = Session()
LEGS = "from,to,system,km\nkz-dostyk,kz-almaty,1520,{km}\n"


def asked(*changes: str) -> Scenario:
    return load_scenario("chongqing-duisburg", set_values=changes)


def corridors(*names: str) -> tuple[Corridor, ...]:
    return load_corridors(names or ["kazakhstan-dostyk"])


def posed(*changes: str) -> Question:
    return SESSION.pose(asked(*changes), corridors())


@pytest.mark.parametrize(
    "change",
    [
        "origin=Chengdu",
        "destination=Hamburg",
        "services=[rail]",
        "overrides={road.access_radius_km: 60}",
        "overrides={canal.drought_draft_m@gate-panama: 11}",
        "projects=[{id: belkomur, opens: 2020-01-01}]",
    ],
)
def test_another_network_is_built_where_an_input_of_it_changes(change: str) -> None:
    assert posed(change).bundle is not posed().bundle


@pytest.mark.parametrize(
    "change",
    [
        "departure=2027-02-10",
        "shipment.teu_per_month=7",
        "shipment.cargo=machinery",
        "ice_year=worst",
        "world=red-sea-closed",
        "speed=14",
        "objective=days",
        "overrides={fuel.vlsfo_usd_per_t: 900}",
        "limits.max_days=30",
    ],
)
def test_what_is_priced_or_dated_keeps_the_network(change: str) -> None:
    assert posed(change).bundle is posed().bundle


def test_other_corridors_and_own_legs_make_another_network(tmp_path: Path) -> None:
    shipped = posed().bundle
    assert SESSION.pose(asked(), corridors("kazakhstan-khorgos")).bundle is not shipped
    legs = tmp_path / "legs.csv"
    bundles = []
    for km in (900, 910):
        legs.write_text(LEGS.format(km=km), encoding="utf-8")
        question = SESSION.pose(
            load_scenario("chongqing-duisburg", own_data=[str(tmp_path)]), corridors()
        )
        bundles.append(question.bundle)
    assert len({id(bundle) for bundle in (shipped, *bundles)}) == 3


@pytest.mark.parametrize(
    "change",
    [
        "departure=2027-08-20",
        "shipment.equipment=40RF",
        "shipment.cargo=machinery",
        "shipment.cargo_t_per_teu=3",
        "shipment.value_usd_per_teu=1",
        "shipment.value_of_time_usd_per_teu_day=7",
        "speed=14",
        "prices=2022-06",
        "departure=2026-09-20",
        "price_basis=market",
        "customs.eaeu=false",
        "customs.extend_to=[CN]",
        "scope=door & door={origin_km: 40}",
        "world=2024-red-sea",
        "overrides={fuel.vlsfo_usd_per_t: 900}",
        "overrides={border.dwell_hours@CN-KZ: 99}",
    ],
)
def test_prices_are_made_again_if_an_input_of_them_changes(change: str) -> None:
    assert posed(*change.split(" & ")).pricer.price_key != posed().pricer.price_key


@pytest.mark.parametrize(
    "change",
    [
        "departure=2026-08-27",
        "ice_year=worst",
        "limits.max_days=30",
        "overrides={border.capacity_teu_per_week@CN-KZ@kz-dostyk: 9}",
    ],
)
def test_prices_are_kept_where_no_input_of_them_changes(change: str) -> None:
    assert (
        posed(*change.split(" & ")).pricer.price_key
        == posed("departure=2026-08-20").pricer.price_key
    )


@pytest.mark.parametrize("change", ["departure=2026-08-27", "ice_year=worst", "limits.max_days=30"])
def test_a_problem_that_does_not_depend_on_the_day_is_kept(change: str) -> None:
    before = posed("world=reference-open", "departure=2026-08-20")
    after = posed("world=reference-open", change)
    assert (before.kept_problem(0).profile < 0).all()
    assert after.kept_problem(0) is before.kept_problem(0)


@pytest.mark.parametrize(
    "change",
    [
        "overrides={rail.rate_usd_per_feu_km@rail/1520: 0.9}",
        "shipment.cargo=machinery",
        "departure=2027-08-20",
        "closures=[{place: kz-dostyk, first_day: 2026-12-01, last_day: 2026-12-09}]",
        "limits.avoid.countries=[PL]",
    ],
)
def test_a_problem_is_made_again_where_its_prices_or_arcs_change(change: str) -> None:
    assert posed(change).kept_problem(0) is not posed().kept_problem(0)


@pytest.mark.parametrize(
    "change", ["ice_year=worst", "overrides={ice.track_factor@08: 0.9}", "ice_year=2012"]
)
def test_the_ice_is_made_again_if_an_input_of_it_changes(change: str) -> None:
    assert posed(change).pricer.ice_key != posed().pricer.ice_key


@pytest.mark.parametrize(
    "change",
    [
        "closures=[{place: kz-dostyk, first_day: 2026-08-01, last_day: 2026-09-01}]",
        "limits.avoid.countries=[KZ]",
        "ice_year=worst",
        "overrides={border.dwell_hours@CN-KZ: 99}",
    ],
)
def test_the_next_usable_day_is_sought_again_where_an_input_of_it_changes(change: str) -> None:
    before, after = posed(), posed(change)
    assert what_opens(after.problem(0), after.pricer) != what_opens(
        before.problem(0), before.pricer
    )


def test_the_corridors_are_loaded_again_for_another_list(tmp_path: Path) -> None:
    session = Session()
    first = session.corridors_of(asked("corridors=[suez]"))
    assert session.corridors_of(asked("corridors=[suez]", "departure=2027-01-01")) is first
    assert session.corridors_of(asked("corridors=[cape]")) is not first
    own = replace(asked("corridors=[suez]"), on_conflict=OnConflict.LAST)
    assert session.corridors_of(own) is not first


def test_only_the_last_used_are_kept() -> None:
    kept: Kept[str] = Kept(2)
    made: list[str] = []

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return kept.of(key, make)

    assert [ask(key) for key in "abac"] == ["A", "B", "A", "C"]
    assert made == ["a", "b", "c"]
    assert "a" in kept
    assert "b" not in kept
    assert len(kept) == 2
