"""Bills taken over from another question's prices equal bills made for them."""

from __future__ import annotations

import copy
import random
from dataclasses import replace

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.costing import groups, pricing
from corridors.costing.drayage import Drayages
from corridors.costing.groups import BillBook, PriceBooks
from corridors.costing.pricing import Quantities
from corridors.costing.weights import weigh
from corridors.data.parameters import PRICES, ParameterTable, for_bills, load_parameters
from corridors.domain.scenario import Override
from corridors.routing.question import Question
from corridors.studies.session import Session
from tests.conftest import LONG, in_both

SESSION = Session()
SCENARIO = load_scenario(
    "shanghai-europe", set_values=["corridors=[suez, middle-corridor-sea, lena]"]
)
# Chosen because a price, a time, a share or the box itself depends on them.
CHOSEN = (
    *("fuel.vlsfo_usd_per_t", "port.thc", "terminal.lift", "ship.day_usd", "sea.margin_share"),
    *("transfer.dwell_hours", "currency.usd_per_eur", "emission.vlsfo_wtw_kg_per_t"),
    *("ship.capacity_teu", "rail.rate_usd_per_feu_km", "gauge_change.hours", "demurrage.free_days"),
)


def posed(*overrides: tuple[str, float]) -> Question:
    listed = tuple(Override(parameter=name, scope=None, value=value) for name, value in overrides)
    scenario = replace(SCENARIO, overrides=listed)
    return SESSION.pose(scenario, SESSION.corridors_of(SCENARIO))


def other_value(table: ParameterTable, name: str) -> float | None:
    """Return a value of a parameter inside its bounds that no row of it has; None if none is."""
    rows = table.rows_of(name)
    for factor in (1.07, 0.93, 1.0):
        value = rows[0].value * factor + (factor == 1.0)
        if not table.out_of_bounds(name, value) and all(row.value != value for row in rows):
            return value
    return None


def drawn_names(table: ParameterTable) -> list[str]:
    names = sorted({row.parameter for row in table.rows})
    return random.Random(15).sample(names, 14)


@pytest.fixture(scope="module", name="others")
def values_that_no_row_has() -> list[tuple[str, float]]:
    table = load_parameters()
    names = dict.fromkeys((*CHOSEN, *drawn_names(table)))
    return [(name, value) for name in names if (value := other_value(table, name)) is not None]


def equal(one: Question, other: Question) -> None:
    for name in ("minutes", "clock", "cents", "grams", "usable"):
        assert np.array_equal(getattr(one.weights, name), getattr(other.weights, name)), name
    assert np.array_equal(one.weights.priced.numbers, other.weights.priced.numbers)
    assert one.weights.priced.operations == other.weights.priced.operations
    assert one.weights.priced.rates == other.weights.priced.rates
    assert np.array_equal(one.weights.priced.per_km, other.weights.priced.per_km)
    assert np.array_equal(one.weights.priced.eca_per_km, other.weights.priced.eca_per_km)


def made_anew(question: Question) -> Question:
    return replace(question, weights=weigh(question.pricer, question.bundle.groups))


@in_both
def test_one_parameter_moved_after_another_gives_the_bills_of_a_new_session(
    others: list[tuple[str, float]],
) -> None:
    # By twos in `make test-long`; a book that mixes up one of four differs as well.
    many = 2 if LONG else 4
    for number in range(0, len(others), many):
        moved = posed(*others[number : number + many])
        equal(moved, made_anew(moved))


@pytest.mark.first_case
@pytest.mark.parametrize(
    "changes",
    [
        ("destination=Gdansk",),
        ("origin=Hamburg", "destination=Shanghai"),
        ("destination=Munich", "shipment.equipment=40RF"),
        pytest.param(("destination=Gdansk", "departure=2022-08-20"), marks=pytest.mark.long),
        pytest.param(("destination=Gdansk", "price_basis=price"), marks=pytest.mark.long),
        ("destination=11.5,48.1", "scope=door", "door={origin_km: 40}"),
    ],
)
def test_other_ends_take_over_the_bills_of_the_ends_before(changes: tuple[str, ...]) -> None:
    """A book does not mix up what the ends change: drayage, EU rules, trade lane, market."""
    posed()
    kept = ["corridors=[suez, kazakhstan-dostyk, kazakhstan-khorgos]", *changes]
    scenario = load_scenario("shanghai-europe", set_values=kept)
    moved = SESSION.pose(scenario, SESSION.corridors_of(scenario))
    equal(moved, made_anew(moved))


def test_each_crossing_of_a_border_has_its_own_hours() -> None:
    scenario = load_scenario("chongqing-duisburg", set_values=["departure=2022-08-20"])
    question = SESSION.pose(scenario, SESSION.corridors_of(scenario))
    network, priced = question.bundle.topology, question.weights.priced
    hours: dict[str, set[float]] = {}
    for arc, operation in enumerate(priced.operation.tolist()):
        if operation >= 0 and network.countries[int(network.country[arc])] == ("CN", "KZ"):
            place = network.place_of(int(network.head[arc])).id
            hours.setdefault(place, set()).add(round(priced.operations[operation].hours, 6))
    # Express trains take 12 hours at either.
    assert hours["kz-dostyk"] == {12.0, 26.25}
    assert hours["kz-altynkol"] == {12.0, 30.55}


@pytest.mark.parametrize(
    "name", ["port.thc", "fuel.vlsfo_usd_per_t", "ship.day_usd", "sea.margin_share"]
)
def test_a_moved_price_makes_no_bill_again(name: str) -> None:
    price = load_parameters().rows_of(name)[0].value
    before, after = (posed((name, price * factor)) for factor in (1.01, 1.02))
    for old, new in zip(
        before.weights.priced.operations, after.weights.priced.operations, strict=True
    ):
        assert old is new
    assert (after.weights.cents != before.weights.cents).any()


def test_a_moved_time_makes_other_bills_and_keeps_those_before() -> None:
    before = posed(("gauge_change.hours", 30.0))
    after = posed(("gauge_change.hours", 31.0))
    again = posed(("gauge_change.hours", 30.0), ("port.thc", 99.0))
    changed = [
        (old.time_parts["gauge_change"], new.time_parts["gauge_change"])
        for old, new in zip(
            before.weights.priced.operations, after.weights.priced.operations, strict=True
        )
        if old != new
    ]
    assert changed
    assert set(changed) == {(30.0, 31.0)}
    assert again.weights.priced.operations == before.weights.priced.operations


def without_numbers(table: ParameterTable) -> ParameterTable:
    """Return a table in which each price and emission factor is not a number."""
    nan = float("nan")
    rows = [
        row if for_bills(row) is row else replace(row, value=nan, low=nan, high=nan)
        for row in table.rows
    ]
    return replace(table, rows=tuple(rows))


@pytest.mark.first_case
@pytest.mark.parametrize(
    "changes",
    [
        ("price_basis=price",),
        ("destination=Munich", "overrides={risk.security: 40, rail.through_rate: 1}"),
        ("destination=Jeddah", "overrides={war_risk.hull_share: 0.01, border.t1: 20}"),
        *(
            pytest.param(changes, marks=pytest.mark.long)
            for changes in (
                (),
                ("origin=Hamburg", "destination=Shanghai", "departure=2022-08-20"),
                ("shipment.equipment=40RF", "shipment.cargo=fresh-fruit", "speed=14"),
                ("destination=11.5,48.1", "scope=door", "door={origin_km: 40}"),
            )
        ),
    ],
)
def test_no_bill_reads_the_number_of_a_price(changes: tuple[str, ...]) -> None:
    """What `PRICES` declares: else bills of one price would be taken for those of another."""
    scenario = load_scenario("shanghai-europe", set_values=changes)
    asked = SESSION.pose(scenario, SESSION.corridors_of(scenario))
    of, found = asked.bundle.groups, []
    for table in (asked.parameters, without_numbers(asked.parameters)):
        pricer = copy.copy(asked.pricer)
        pricer.parameters = table
        pricer._drayages = Drayages(pricer._drayages.legs, table, pricer.shipment)
        book = BillBook()
        book.bills(pricer, rates=of.rate_of, operations=of.operation_of)
        found.append((book.rates.made, book.operations.made))
    assert found[0] == found[1]
    assert len(found[0][1]) > 100


@pytest.mark.parametrize(("speed", "makes_others"), [("reference", False), ("best", True)])
def test_dearer_fuel_makes_other_bills_at_the_best_speed_alone(
    speed: str, *, makes_others: bool
) -> None:
    keys = []
    for fuel in (400, 900):
        changes = [f"speed={speed}", f"overrides.fuel.vlsfo_usd_per_t={fuel}"]
        asked = load_scenario("shanghai-europe", set_values=["corridors=[suez]", *changes])
        keys.append(SESSION.pose(asked, SESSION.corridors_of(asked)).pricer.bill_key)
    assert (keys[0] != keys[1]) is makes_others


def test_quantities_price_bills_as_lines_are_priced(others: list[tuple[str, float]]) -> None:
    question = posed()
    all_bills = [*(operation.bill for operation in question.weights.priced.operations), ()]
    found = Quantities()
    assert [found.add(bill) for bill in all_bills] == list(range(len(all_bills)))
    tables = [question.parameters]
    tables += [
        question.parameters.with_overrides([Override(parameter=name, scope=None, value=value)])
        for name, value in others
    ]
    for table in (*tables, tables[0]):
        assert found.usd(table).tolist() == [pricing.usd(bill, table) for bill in all_bills]
        kg = [pricing.co2e_wtw_kg(bill, table) for bill in all_bills]
        assert found.co2e_wtw_kg(table).tolist() == kg


def test_quantities_of_nothing_cost_nothing() -> None:
    table, none = load_parameters(), Quantities()
    assert none.usd(table).tolist() == none.co2e_wtw_kg(table).tolist() == []
    none.add(())
    assert none.usd(table).tolist() == none.co2e_wtw_kg(table).tolist() == [0.0]


def test_a_full_book_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    books, asked = PriceBooks(), posed()
    of = asked.bundle.groups
    first = books.of(asked.pricer, of)
    monkeypatch.setattr(groups, "MOST_BILLS", 10)
    books.priced.clear()
    books.bills.clear()
    assert books.of(asked.pricer, of).operations == first.operations
    again = books.of(asked.pricer, of)
    assert again.operations[0] is not first.operations[0]
    assert again.numbers.tolist() == first.numbers.tolist()


def test_bills_may_depend_on_the_scope_and_unit_of_a_price_alone() -> None:
    table = load_parameters()
    price, hours = table.get("port.thc", "CN"), table.get("transfer.dwell_hours", "rail>road")
    assert for_bills(price) == for_bills(replace(price, value=price.value + 1.0, note="dearer"))
    for changed in (replace(price, scope="ZZ"), replace(price, unit="USD/FEU")):
        assert for_bills(changed) != for_bills(price)
    assert for_bills(hours) != for_bills(replace(hours, value=hours.value + 1.0))


def test_every_declared_price_is_a_parameter() -> None:
    assert {row.parameter for row in load_parameters().rows} >= PRICES
