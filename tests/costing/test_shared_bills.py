"""A bill serves each question that has the same figures of what was looked up for it."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from corridors.config import load_scenario
from corridors.costing.groups import BillBook, Billed
from corridors.costing.pricer import Pricer
from corridors.data.parameters import NotingTable, ParameterTable, for_bills, load_parameters
from corridors.domain.values import RunningRate
from corridors.routing.question import Question
from corridors.studies.session import Session

SESSION = Session()
# A box that needs a plug, by land, ferry and sea, past canals, borders and changes of gauge.
SCENARIO = load_scenario(
    "shanghai-europe",
    set_values=[
        "corridors=[suez, middle-corridor-sea, lena]",
        "shipment.equipment=40RF",
        "shipment.cargo=fresh-fruit",
        "shipment.value_of_time_usd_per_teu_day=30",
    ],
)
# A place, a country, a ship and a train for which a row of their own may be added.
SCOPES = ("cn-shanghai", "CN", "sea/14k", "rail/1520")
TABLE = load_parameters()


def posed(speed: str = "reference", world: str = "current") -> Question:
    asked = replace(SCENARIO, speed=speed, world=world)
    return SESSION.pose(asked, SESSION.corridors_of(SCENARIO))


class Made:
    """Makes bills of a question's groups: one operation of each kind, by default."""

    def __init__(self, asked: Question, *, every: bool = False) -> None:
        groups = asked.bundle.groups
        self.rates = groups.rate_of
        kinds = {}
        for arc in groups.operation_of:
            found = asked.pricer.operation(arc)
            kinds[arc if every or found is None else found.key] = arc
        self.operations = tuple(kinds.values())

    def by(
        self, pricer: Pricer, book: BillBook | None = None
    ) -> tuple[list[RunningRate], list[Billed]]:
        """Return rates and operations, of a new book by default."""
        book = book or BillBook()
        found = book.bills(pricer, rates=self.rates, operations=self.operations)
        return (
            [book.rates.made[row] for row in found.rates.tolist()],
            [book.operations.made[row] for row in found.operations.tolist()],
        )


def names_of(table: ParameterTable) -> list[str]:
    return sorted({row.parameter for row in table.rows})


def moved(table: ParameterTable, name: str) -> ParameterTable:
    """Return a table in which each row of a parameter has another number."""
    rows = [
        replace(row, value=value, low=value, high=value)
        for row in table.rows_of(name)
        for value in [row.value * 1.07 + 0.01]
    ]
    return table.with_rows(rows)


def added(table: ParameterTable, name: str) -> Iterator[ParameterTable]:
    """Yield tables that have another number of a parameter for a place, country or service."""
    first = moved(table, name).rows_of(name)[0]
    held = {row.scope for row in table.rows_of(name)}
    for scope in SCOPES:
        if scope not in held:
            yield table.with_rows([replace(first, scope=scope)])


def check_all(speed: str, names: Iterable[str], *, adding: bool) -> set[str]:
    """Check a shared book against new ones; return the parameters that change some bill."""
    asked = posed(speed)
    table, made, book = asked.parameters, Made(asked), BillBook()
    usual = made.by(asked.pricer, book)
    changing = set()
    for name in names:
        for other in added(table, name) if adding else [moved(table, name)]:
            pricer = pricer_at(asked, other)
            new = made.by(pricer)
            assert made.by(pricer, book) == new, name
            if new != usual:
                changing.add(name)
    return changing


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("adding", "names"),
    [
        (False, {"dwell.export_hours", "rail.diesel_share", "border.dwell_hours"}),
        # The lines of a price name the scope of its row.
        (True, {"dwell.export_hours", "rail.diesel_share", "port.thc"}),
    ],
)
def test_a_shared_book_has_the_bills_of_a_new_one(names: set[str], *, adding: bool) -> None:
    drawn = random.Random(10).sample(names_of(TABLE), 2)
    assert check_all("reference", {*names, *drawn}, adding=adding) >= names


def test_dearer_fuel_makes_other_bills_of_ships_at_their_best_speed() -> None:
    assert check_all("best", ["fuel.vlsfo_usd_per_t"], adding=False)
    assert not check_all("reference", ["fuel.vlsfo_usd_per_t"], adding=False)


@pytest.mark.long
@pytest.mark.parametrize("speed", ["reference", "best"])
def test_whatever_is_moved_a_shared_book_has_the_bills_of_a_new_one(speed: str) -> None:
    changing = check_all(speed, names_of(TABLE), adding=False)
    assert len(changing) > 80
    # A price changes a bill only where it sets the speed of ships.
    prices = {name for name in changing if for_bills(row := TABLE.rows_of(name)[0]) != row}
    assert ("fuel.vlsfo_usd_per_t" in prices) is (speed == "best")
    assert prices == set() or speed == "best"


@pytest.mark.long
def test_whatever_row_is_added_a_shared_book_has_the_bills_of_a_new_one() -> None:
    assert len(check_all("reference", names_of(TABLE), adding=True)) > 25


def pricer_at(asked: Question, table: ParameterTable) -> Pricer:
    """Return the pricer of a question at other figures; ships choose their speeds again."""
    pricer = asked.pricer.at(table)
    pricer._knots = {}
    return pricer


def test_another_world_makes_the_bills_again_that_look_up_what_it_changes() -> None:
    asked, open_to_all = posed(), posed(world="reference-open")
    made, book = Made(asked, every=True), BillBook()
    made.by(asked.pricer, book)
    before = len(book.operations.made)
    pricer = pricer_at(asked, open_to_all.parameters)
    assert made.by(pricer, book) == made.by(pricer)
    # Of over a thousand operations those at gates where premiums of war are those of the year.
    again = book.operations.made[before:]
    assert 0 < len(again) < 0.02 * before


def test_bills_are_those_of_one_teu_whatever_a_day_is_worth() -> None:
    asked = posed()
    made, other = Made(asked), copy.copy(asked.pricer)
    other.shipment = replace(
        other.shipment,
        teu_per_month=7.0,
        cargo_classes=("luxury",),
        value_of_time_usd_per_teu_day=300.0,
    )
    assert made.by(other) == made.by(asked.pricer)


def test_a_bill_that_is_shared_is_one_object() -> None:
    asked = posed()
    made, book = Made(asked), BillBook()
    first = made.by(asked.pricer, book)
    second = made.by(asked.pricer.at(moved(asked.parameters, "border.dwell_hours")), book)
    alike = [one is other for one, other in zip(first[1], second[1], strict=True)]
    assert all(one is other for one, other in zip(first[0], second[0], strict=True))
    assert 0.5 < sum(alike) / len(alike) < 1.0


def test_a_table_notes_what_is_looked_up() -> None:
    parameters = SESSION.pose(SCENARIO, SESSION.corridors_of(SCENARIO)).parameters
    table = NotingTable.of(parameters, looked_in=parameters)
    table.find("no.such_parameter")
    table.rows_of("canal.drought_draft_m")
    table.value("lines.near_km")
    table.price("terminal.lift")
    assert table.noted == {
        *("no.such_parameter", "canal.drought_draft_m", "lines.near_km", "terminal.lift")
    }
