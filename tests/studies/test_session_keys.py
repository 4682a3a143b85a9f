"""What a session keeps is keyed by everything it depends on: each input is varied alone."""

from __future__ import annotations

import copy
import re
from collections.abc import Hashable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from corridors.bounded_cache import BoundedCache
from corridors.config import load_corridors, load_scenario
from corridors.costing.pricer import Pricer, PriceTerms
from corridors.data.parameters import for_bills
from corridors.data.paths import configs_dir, data_root
from corridors.domain.scenario import (
    Corridor,
    Customs,
    Equipment,
    OnConflict,
    Scenario,
    Shipment,
)
from corridors.network.rules.capacity import USERS
from corridors.routing import bundle
from corridors.routing.dated.closed import what_opens
from corridors.routing.question import Question
from corridors.studies.compare.run import compare
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
        "hulls_in_ice=any",
        "overrides={carriage.max_km@road: 300}",
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
        "speed=14",
        "prices=2022-06",
        "departure=2026-09-20",
        "price_basis=price",
        "customs.eaeu=false",
        "customs.extend_to=[CN]",
        "scope=door & door={origin_km: 40}",
        "world=2024-red-sea",
        "known_on=2026-06-01",
        "overrides={fuel.vlsfo_usd_per_t: 900}",
        "overrides={border.dwell_hours@CN-KZ: 99}",
    ],
)
def test_prices_are_made_again_if_an_input_of_them_changes(change: str) -> None:
    assert posed(*change.split(" & ")).pricer.price_key != posed().pricer.price_key


CHOOSING = (
    *("objective=days", "shipment.value_of_time_usd_per_teu_day=77", "limits.max_days=30"),
    *("limits.max_share_country={KZ: 0.5}", "draws={count: 100}", "corridors=[trans-siberian]"),
    *("name=another", "incoterm=FOB"),
)


@pytest.mark.parametrize("change", CHOOSING)
def test_what_only_chooses_among_ways_shares_a_question(change: str) -> None:
    changed = posed(change)
    assert changed.weights is posed().weights
    assert changed.scenario == asked(change)
    here, there = (SESSION.pose(one, corridors()) for one in (asked(), asked(change)))
    assert here.shared_problem(0) is there.shared_problem(0)


@pytest.mark.parametrize(
    "change",
    [
        *("departure=2026-08-27", "shipment.teu_per_month=7", "ice_year=worst", "prices=2022-06"),
        *("limits.avoid.countries=[PL]", "world=2024-red-sea", "max_wait_days=3", "speed=best"),
        *("closures=[{place: kz-dostyk}]", "overrides={fuel.vlsfo_usd_per_t: 900}"),
        *("subsidies=found", "price_basis=price", "scope=door", "hulls_in_ice=any"),
        *("chances=[{place: kz-dostyk, probability: 0.5}]", "customs.eaeu=false"),
    ],
)
def test_what_may_change_ways_or_prices_makes_another_question(change: str) -> None:
    assert posed(change).weights is not posed().weights


def test_at_their_best_speed_the_value_of_time_makes_another_question() -> None:
    slow, fast = (
        posed("speed=best", f"shipment.value_of_time_usd_per_teu_day={usd}") for usd in (0, 500)
    )
    assert slow.weights is not fast.weights


def test_a_changed_table_makes_another_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "geodata"
    copytree(data_root(), copied, ignore=ignore_patterns("build", "derived", "__pycache__"))
    copytree(configs_dir(), copied / "configs")
    monkeypatch.setenv("CORRIDORS_DATA", str(copied))
    session = Session()
    before = session.pose(asked(), corridors())
    rail = copied / "parameters" / "rail.csv"
    text = rail.read_text(encoding="utf-8")
    found = re.search(r"^rail\.rate_usd_per_feu_km,rail/1520,([\d.]+)", text, re.MULTILINE)
    assert found is not None
    dearer = text[: found.start(1)] + f"{1.1 * float(found[1]):.3f}" + text[found.end(1) :]
    rail.write_text(dearer, encoding="utf-8")
    after = session.pose(asked(), corridors())
    rates = [
        one.parameters.value("rail.rate_usd_per_feu_km", "rail/1520") for one in (before, after)
    ]
    assert rates[1] == pytest.approx(1.1 * rates[0], rel=0.01)
    cents = [int(one.weights.cents.sum()) for one in (before, after)]
    assert cents[1] > cents[0]


# Another value of each field, and whether bills and prices depend on it. The days of the horizon
# and the ice are of the profiles by day, which are made for every question.
TERMS: dict[str, tuple[Any, bool]] = {
    "first_day": (date(2027, 8, 20), True),
    "days": (30, False),
    "ice_year": ("worst", False),
    "speed": (14.0, True),
    "halves": (2, True),
    "customs": (Customs(eaeu=False), True),
    "prices_day": (date(2022, 6, 1), True),
}
BOXES: dict[str, tuple[Any, bool]] = {
    "teu_per_month": (7.0, False),
    "equipment": (Equipment.RF40, True),
    "cargo": ("machinery", True),
    "cargo_classes": (("luxury",), False),
    "cargo_t_per_teu": (3.0, True),
    "value_usd_per_teu": (1.0, True),
    "value_of_time_usd_per_teu_day": (7.0, False),
    # Read by the lanes of contracts alone, which each question lays anew.
    "stay_days": (9.0, False),
}


def keys_of(pricer: Pricer, **changed: object) -> tuple[Hashable, Hashable]:
    """Return the keys of bills and prices of a question of which an input is another."""
    other = copy.copy(pricer)
    for name, value in changed.items():
        setattr(other, name, value)
    # What follows from them is found again.
    other._knots = {}
    vars(other).pop("own_figures", None)
    return other.bill_key, other.price_key


def test_bills_and_prices_are_made_again_for_each_other_box_and_term() -> None:
    pricer = posed().pricer
    usual = keys_of(pricer)
    assert keys_of(pricer, terms=replace(pricer.terms)) == usual
    assert set(TERMS) == {each.name for each in fields(PriceTerms)}
    for name, (value, is_read) in TERMS.items():
        changed = keys_of(pricer, terms=replace(pricer.terms, **{name: value}))
        assert [one != other for one, other in zip(changed, usual, strict=True)] == [is_read] * 2
    assert set(BOXES) == {each.name for each in fields(Shipment)}
    for name, (value, is_read) in BOXES.items():
        box = replace(pricer.shipment, **{name: value})
        changed = keys_of(pricer, shipment=box)
        assert [one != other for one, other in zip(changed, usual, strict=True)] == [is_read] * 2


def test_a_price_is_another_price_and_any_other_figure_another_bill() -> None:
    """Each row of the tables is moved alone; capacities change neither."""
    pricer = posed().pricer
    table = pricer.parameters
    for row in table.rows:
        moved = replace(row, value=row.value * 1.01 + 0.01)
        # A scenario replaces this row in either case, as those of a batch do.
        before, after = (keys_of(pricer, parameters=table.with_rows([one])) for one in (row, moved))
        is_price = for_bills(row) is not row
        assert (before[0] == after[0]) is (is_price or row.parameter in USERS), row
        assert (before[1] == after[1]) is (row.parameter in USERS), row


def test_drayages_and_the_day_of_an_emission_control_area_are_of_a_price() -> None:
    by_road = posed("scope=door", "door={origin_km: 40}").pricer
    farther = posed("scope=door", "door={origin_km: 41}").pricer
    assert by_road.bill_key == farther.bill_key
    assert by_road.ends_key != farther.ends_key
    assert by_road.price_key != farther.price_key
    # The Mediterranean became one on 1 May 2025, in the middle of a year.
    april, may = (posed(f"departure=2025-{day}").pricer for day in ("04-30", "05-01"))
    assert april.eca_in_force != may.eca_in_force
    assert april.price_key != may.price_key


def test_own_data_have_places_networks_and_books_of_their_own(tmp_path: Path) -> None:
    session = Session()
    legs = tmp_path / "legs.csv"
    seen = []
    for km in (None, 900, 910):
        own = [] if km is None else [str(tmp_path)]
        if km is not None:
            legs.write_text(LEGS.format(km=km), encoding="utf-8")
        session.pose(load_scenario("chongqing-duisburg", own_data=own), corridors())
        seen.append(
            [len(session.places), len(session.bases), len(session.bundles)]
            + [len(kept) for kept in (session.prices.books, session.prices.bills)]
        )
    # Two places, and one of each of the others, for each of the three.
    assert seen == [[2, 1, 1, 1, 1], [4, 2, 2, 2, 2], [6, 3, 3, 3, 3]]


def test_every_cache_of_a_session_has_a_bound() -> None:
    kept = {
        name: one.most for name, one in vars(Session()).items() if isinstance(one, BoundedCache)
    }
    assert kept == {
        "bases": 4,
        "bundles": 12,
        "corridors": 32,
        "places": 256,
        "questions": 4,
        "trips": 16,
    }
    prices = {name: one.most for name, one in vars(Session().prices).items()}
    assert prices == {"books": 16, "bills": 16, "priced": 60}


def test_a_search_alters_nothing_that_is_kept() -> None:
    session = Session()
    scenario = load_scenario("chongqing-duisburg")
    question = session.pose(scenario, corridors())
    priced = question.weights.priced
    arrays = {
        name: value.copy()
        for name in ("per_km", "operation", "numbers", "eca_per_km", "eca_km")
        if (value := getattr(priced, name)) is not None
    }
    before = copy.deepcopy((priced.rates, priced.operations))
    compare(scenario, session=session)
    assert session.pose(scenario, corridors()).weights.priced is priced
    assert (priced.rates, priced.operations) == before
    assert all((getattr(priced, name) == value).all() for name, value in arrays.items())


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
    assert (before.shared_problem(0).profile < 0).all()
    assert after.shared_problem(0) is before.shared_problem(0)


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
    assert posed(change).shared_problem(0) is not posed().shared_problem(0)


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
    kept: BoundedCache[str] = BoundedCache(2)
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


def test_layers_of_known_ways_are_bounded_over_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()

    def known(origin: str) -> BoundedCache[Any]:
        # All ways, and those of the lines of the day.
        scenario = load_scenario("chongqing-duisburg", set_values=["world=current", origin])
        return session.pose(scenario, corridors()).bundle.known

    first, last = known("origin=Chongqing"), known("origin=Xian")
    one, other = len(first), len(last)
    assert min(one, other) >= 2
    monkeypatch.setattr(bundle, "MOST_KNOWN", other + 1)
    assert known("origin=Xian") is last
    assert (len(first), len(last)) == (1, other)
    monkeypatch.setattr(bundle, "MOST_KNOWN", 1)
    assert known("origin=Chongqing") is first
    assert len(last) == 0
