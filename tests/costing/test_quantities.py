"""Bills taken over from another question's prices equal bills made for them."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.costing import bills, pricing
from corridors.costing.groups import PricedGroups
from corridors.costing.quantities import Quantities
from corridors.costing.weights import weigh
from corridors.data.parameters import (
    ROW,
    ParameterTable,
    ReadTable,
    Remembered,
    changed_names,
    load_parameters,
)
from corridors.domain.scenario import Override
from corridors.routing.question import Question
from corridors.studies.session import Session

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
    assert one.weights.priced.figures == other.weights.priced.figures
    assert one.weights.priced.operations == other.weights.priced.operations
    assert one.weights.priced.rates == other.weights.priced.rates
    assert np.array_equal(one.weights.priced.per_km, other.weights.priced.per_km)
    assert np.array_equal(one.weights.priced.eca_per_km, other.weights.priced.eca_per_km)


def made_anew(question: Question) -> Question:
    groups: PricedGroups = replace(question.bundle.groups, kept={})
    return replace(question, weights=weigh(question.pricer, groups))


def test_one_parameter_moved_after_another_gives_the_bills_of_a_new_session(
    others: list[tuple[str, float]],
) -> None:
    for number in range(0, len(others), 2):
        moved = posed(*others[number : number + 2])
        equal(moved, made_anew(moved))


@pytest.mark.parametrize(
    "changes",
    [
        ("destination=Gdansk",),
        ("origin=Hamburg", "destination=Shanghai"),
        ("destination=Munich", "shipment.equipment=40RF"),
        ("destination=Gdansk", "departure=2022-08-20"),
        ("destination=Gdansk", "price_basis=market"),
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


def test_a_moved_time_makes_only_the_bills_again_that_read_it() -> None:
    before = posed(("gauge_change.hours", 30.0))
    after = posed(("gauge_change.hours", 31.0))
    made = [
        new
        for old, new in zip(
            before.weights.priced.operations, after.weights.priced.operations, strict=True
        )
        if old is not new
    ]
    assert made
    assert all("gauge_change" in operation.time_parts for operation in made)


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


def test_a_ledger_of_which_little_is_asked_for_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bills, "FEWEST_BILLS", 10)
    table = ReadTable.of(load_parameters())
    ledger: bills.Ledger[float] = bills.Ledger(lambda _: ())
    for number in range(100):
        row = ledger.row("one", table, lambda: number + table.value("gauge_change.hours"))  # noqa: B023
        assert ledger.rows[row].made == number + table.value("gauge_change.hours")
        assert ledger.row("one", table, lambda: -1.0) == row
        if number == 0:
            ledger.drop(frozenset({"port.thc"}))
            assert ledger.row("one", table, lambda: -1.0) == row
        ledger.drop(frozenset({"gauge_change.hours"}))
        assert len(ledger.rows) <= 11


def test_a_table_notes_what_is_read_and_what_only_prices() -> None:
    table = ReadTable.of(load_parameters())
    made, read = table.noted(
        lambda: (table.value("fuel.vlsfo_usd_per_t"), table.price("port.thc", "CN").unit)
    )
    assert made[0] > 0.0
    assert read == {"fuel.vlsfo_usd_per_t", f"{ROW}port.thc"}


def test_what_is_remembered_counts_as_read_by_whoever_asks() -> None:
    table = ReadTable.of(load_parameters())
    kept: Remembered[str, float] = Remembered(table)

    def ask() -> float:
        return kept.of("fuel", lambda: table.value("fuel.vlsfo_usd_per_t"))

    assert table.noted(ask) == table.noted(ask)
    assert table.noted(ask)[1] == {"fuel.vlsfo_usd_per_t"}


def test_a_row_that_was_added_changes_which_row_is_read() -> None:
    row = load_parameters().get("port.thc", "CN")
    dearer, added = replace(row, value=row.value + 1.0), replace(row, scope="ZZ")
    assert changed_names([(row, dearer)]) == {"port.thc"}
    assert changed_names([(added, added)]) == {"port.thc", f"{ROW}port.thc"}
