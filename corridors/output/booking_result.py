"""The result of a booking plan: what to book, what each scenario takes, what planning is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from corridors.domain.booking import BookedContract, ScenarioOutcome
from corridors.domain.plan import Plan
from corridors.output.allocation_result import Bounded
from corridors.output.csv import csv_text
from corridors.output.display_names import capitalised
from corridors.output.records import as_text, filled, frame
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking(Bounded):
    """The bookings of least risk measure; USD are of all months of the plan.

    `value_usd` is the measure, `bound_usd` what no booking undercuts. `spot_only_usd` is the
    measure if nothing is booked, `likeliest_usd` that of the bookings made as if the likeliest
    scenario were certain, `known_usd` that if each scenario were known before booking (None if not
    asked). `built` says what is built beside, `basis_note` why a plan by price is answered by cost.
    """

    plan: Plan
    contracts: tuple[BookedContract, ...]
    outcomes: tuple[ScenarioOutcome, ...]
    value_usd: float
    bound_usd: float
    expected_usd: float
    cvar_usd: float
    spot_only_usd: float
    likeliest_usd: float
    known_usd: float | None
    stopped: bool
    rounds: int
    valued: int
    built: str = ""
    basis_note: str = ""

    @property
    def stochastic_usd(self) -> float:
        """The value of the stochastic solution: what counting every scenario saves."""
        return self.likeliest_usd - self.value_usd

    @property
    def information_usd(self) -> float | None:
        """The value of perfect information: what knowing the scenario would save."""
        return None if self.known_usd is None else self.value_usd - self.known_usd

    @property
    def table(self) -> pd.DataFrame:
        """One row per contract, columns as in `book.csv`."""
        return frame(contract_rows(self))

    @property
    def scenario_table(self) -> pd.DataFrame:
        """One row per scenario: USD, TEU, TEU by contract, unused bookings, TEU left behind."""
        return frame(scenario_rows(self))


# Less than this is rounding, in TEU.
LEAST_TEU = 1e-3


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ContractRecord(_Row):
    """A contract and what is booked of it."""

    contract: str
    through: str
    booked_teu_per_month: float
    share_of_volume: float
    if_likeliest_were_certain: float
    expected_through_teu: float
    expected_carried_teu: float
    expected_unused_teu: float


class ScenarioRecord(_Row):
    """A scenario with the bookings; lists are by contract.

    `through_teu` go its way, booked or spot; `carried_teu` travel on it.
    """

    scenario: str
    probability: float
    usd: float
    teu: float
    through_teu: list[float]
    carried_teu: list[float]
    unused_teu: list[float]
    unmet_teu: float


class BookingRecord(BaseModel):
    """`book.json`: the result of `corridors book`."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Result of corridors book")

    plan: str
    cvar_level: float
    cvar_weight: float
    value_usd: float
    bound_usd: float
    gap_usd: float
    proved: bool
    expected_usd: float
    cvar_usd: float
    spot_only_usd: float
    value_of_stochastic_solution_usd: float
    value_of_perfect_information_usd: float | None
    stopped: bool
    rounds: int
    allocations: int
    contracts: list[ContractRecord]
    scenarios: list[ScenarioRecord]


def _contract(booking: Booking, number: int) -> ContractRecord:
    found = booking.contracts[number]
    chances = booking.outcomes
    return ContractRecord(
        contract=found.contract.name,
        through=f"{found.contract.kind.value} {found.contract.key}",
        booked_teu_per_month=found.teu,
        share_of_volume=found.share,
        if_likeliest_were_certain=found.likeliest_teu,
        expected_through_teu=sum(each.probability * each.through[number] for each in chances),
        expected_carried_teu=sum(each.probability * each.carried[number] for each in chances),
        expected_unused_teu=sum(each.probability * each.unused[number] for each in chances),
    )


def contract_records(booking: Booking) -> list[ContractRecord]:
    """Return the contracts with what is booked of them; TEU carried and unused of all months.

    `through` are booked and spot boxes, `carried` those that travel on the contract.
    """
    return [_contract(booking, n) for n in range(len(booking.contracts))]


def contract_rows(booking: Booking) -> list[dict[str, object]]:
    """Return the contracts as plain rows."""
    return [record.model_dump() for record in contract_records(booking)]


def _scenario(outcome: ScenarioOutcome) -> ScenarioRecord:
    return filled(
        ScenarioRecord,
        outcome,
        scenario=outcome.name,
        through_teu=list(outcome.through),
        carried_teu=list(outcome.carried),
        unused_teu=list(outcome.unused),
        unmet_teu=outcome.unmet,
    )


def scenario_rows(booking: Booking) -> list[dict[str, object]]:
    """Return the scenarios as plain rows."""
    return [_scenario(outcome).model_dump() for outcome in booking.outcomes]


def booking_csv(booking: Booking) -> str:
    """Return the text of `book.csv`: one row per contract."""
    return csv_text(contract_rows(booking), tuple(ContractRecord.model_fields))


def scenarios_csv(booking: Booking) -> str:
    """Return the text of `scenarios.csv`: one row per scenario and contract."""
    rows = [
        {
            "scenario": outcome.name,
            "probability": outcome.probability,
            "usd": outcome.usd,
            "teu": outcome.teu,
            "unmet_teu": outcome.unmet,
            "contract": each.contract.name,
            "through_teu": outcome.through[k],
            "carried_teu": outcome.carried[k],
            "unused_teu": outcome.unused[k],
        }
        for outcome in booking.outcomes
        for k, each in enumerate(booking.contracts)
    ]
    return csv_text(rows, tuple(rows[0]))


def booking_json(booking: Booking) -> str:
    """Return the text of `book.json`."""
    plan = booking.plan
    record = filled(
        BookingRecord,
        booking,
        plan=plan.name,
        cvar_level=plan.level,
        cvar_weight=plan.weight,
        value_of_stochastic_solution_usd=booking.stochastic_usd,
        value_of_perfect_information_usd=booking.information_usd,
        allocations=booking.valued,
        contracts=contract_records(booking),
        scenarios=[_scenario(outcome) for outcome in booking.outcomes],
    )
    return as_text(record.model_dump())


def booking_texts(booking: Booking) -> list[str]:
    """Return what a booking says in sentences, the most important first."""
    return [*_texts(booking)]


def _texts(booking: Booking) -> Iterator[str]:
    booked = [each for each in booking.contracts if each.teu > 0.0]
    if booked:
        names = "; ".join(
            f"{each.teu:,.0f} TEU a month of “{each.contract.name}” ({in_percent(each.share)}%"
            " of the volume)"
            for each in booked
        )
        yield f"Book {names}."
    elif all(each.unmet >= each.teu - LEAST_TEU for each in booking.outcomes):
        yield "Book nothing: every box stays behind in all of these scenarios."
    else:
        yield "Book nothing: buying spot space is better in these scenarios."
    if booking.built:
        yield booking.built
    yield _cost_text(booking)
    if booked:
        saved = f"{booking.spot_only_usd - booking.value_usd:,.0f}"
        yield f"Booking saves USD {saved} compared with buying spot space only."
    if len(booking.outcomes) > 1 and booking.proved:
        yield (
            "Planning for every scenario rather than the likeliest one saves USD"
            f" {booking.stochastic_usd:,.0f} (value of the stochastic solution)."
        )
        if booking.information_usd is not None:
            yield (
                "Knowing the scenario before booking would save a further USD"
                f" {booking.information_usd:,.0f} (value of perfect information)."
            )
    if booking.proved:
        yield (
            f"No other booking is better (lower bound USD {booking.bound_usd:,.0f};"
            f" allocations solved: {booking.valued})."
        )
    else:
        yield (
            f"The search stopped early: another booking may be better by up to USD"
            f" {booking.gap_usd:,.0f} (lower bound USD {booking.bound_usd:,.0f})."
        )
    if booking.basis_note:
        yield f"{capitalised(booking.basis_note)}."
    if booking.plan.undated:
        yield booking.plan.undated


def _cost_text(booking: Booking) -> str:
    """Return what is made as low as possible, in USD."""
    plan = booking.plan
    months = len(plan.scenarios[0].plan.months)
    over = "in the month" if months == 1 else f"over {months} months"
    if len(booking.outcomes) == 1:
        return f"The cost is USD {booking.expected_usd:,.0f} {over}."
    alone = ", which counts alone, is" if plan.weight in (0.0, 1.0) else " is"
    of_expected, of_tail = (alone, " is") if plan.weight == 0.0 else (" is", alone)
    tail = "In the most expensive scenario the cost"
    if plan.level < 1.0:
        tail = f"In the most expensive {100.0 * (1.0 - plan.level):.3g}% of cases the mean"
    text = (
        f"The expected cost{of_expected} USD {booking.expected_usd:,.0f} {over}."
        f" {tail}{of_tail} USD {booking.cvar_usd:,.0f}."
    )
    if alone == " is":
        weights = f"{1.0 - plan.weight:.3g} and {plan.weight:.3g}"
        text += f" With weights of {weights} these are USD {booking.value_usd:,.0f}, which counts."
    return text
