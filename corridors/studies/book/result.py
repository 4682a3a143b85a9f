"""The result of a booking plan: what to book, what each scenario takes, what planning is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.domain.plan import BookedContract, Contract, Plan, ScenarioOutcome
from corridors.errors import CorridorsError
from corridors.output.allocation_result import Allocation, Bounded
from corridors.output.display_names import capitalised, listed
from corridors.output.store import as_text
from corridors.output.tables import Beside, Table
from corridors.studies.allocate.result import flows_of
from corridors.studies.result_base import REPORT_HEIGHT, Files, Page, Terminal, Written, page_of
from corridors.units import USD_PER_USD_M, in_percent

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.output.html.map.map_frame import MapPage


@dataclass(frozen=True, kw_only=True, repr=False)
class Booking(Written, Bounded):
    """The bookings of least risk measure; USD are of all months of the plan."""

    plan: Plan
    """The plan that was solved."""
    contracts: tuple[BookedContract, ...]
    """What each contract books: TEU a month, and its share of what is offered."""
    outcomes: tuple[ScenarioOutcome, ...]
    """What happens in each scenario, with its probability from 0 to 1."""
    value_usd: float
    """The risk measure of these bookings, in USD: what is made least."""
    bound_usd: float
    """What no booking undercuts, in USD."""
    expected_usd: float
    """Mean cost over the scenarios, in USD."""
    cvar_usd: float
    """Mean cost of the worst scenarios, in USD: of the share 1 - `risk.level`."""
    spot_only_usd: float
    """The measure if nothing is booked, in USD."""
    likeliest_usd: float
    """The measure of what is booked if only the likeliest scenario is believed, in USD."""
    known_usd: float | None
    """The measure if each scenario were known before booking, in USD; None if not asked."""
    stopped: bool
    """Whether time ran out, or Ctrl-C came, before measure and bound met."""
    rounds: int
    """How often scenarios were priced again until no cut helped."""
    valued: int
    """How many sets of projects were solved beside."""
    built: str = ""
    """Which projects are built beside, in a sentence; empty without projects."""
    basis_note: str = ""
    """Why a plan by price is answered by cost; empty if it is not."""

    _flows: Callable[[], Allocation] | None = field(default=None, compare=False)

    _more = (
        ".table .scenario_table are frames; .contracts, .outcomes, .map(), .report(), .save(folder)"
    )

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months that are planned."""
        return self.plan.scenarios[0].plan.months

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
        return CONTRACTS.frame(self)

    @property
    def scenario_table(self) -> pd.DataFrame:
        """One row per scenario: USD, TEU, TEU by contract, unused bookings, TEU left behind."""
        return SCENARIOS.frame(self)

    @cached_property
    def flows(self) -> Allocation | None:
        """The boxes of the likeliest scenario with what is booked; None of a saved result."""
        return None if self._flows is None else self._flows()

    def map(self) -> DrawnMap:
        """Return the map of the boxes of the likeliest scenario, a `folium.Map`."""
        from corridors.output.html.map.folium_page import DrawnMap

        return DrawnMap(self._drawn())

    def _drawn(self, report: str = "") -> MapPage:
        from corridors.studies.book.page import said_of

        if self.flows is None:
            msg = "a saved booking has no flows to draw: ask again"
            raise CorridorsError(msg)
        return flows_of(self.flows, said=said_of(self), report=report)

    def report(self) -> Page:
        """Return the page of the bookings."""
        return page_of(self._files(), "book.html", self._texts()[0], REPORT_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print what to book, what each scenario then costs, and what is to be known about it."""
        title = (
            f"{self.plan.name}, TEU a month: to book, to book if the likeliest scenario were"
            " certain, and on average carried on it and booked but unused"
        )
        terminal.table(CONTRACTS, self, title=title)
        over = "in the month" if len(self.months) == 1 else f"over {len(self.months)} months"
        title = f"Cost and TEU {over} in each scenario with these bookings"
        terminal.table(SCENARIOS, self, title=title)
        for text in booking_texts(self):
            terminal.say(text)

    def _texts(self) -> list[str]:
        return [f"Bookings of {self.plan.name}", *booking_texts(self)]

    def _shown(self) -> pd.DataFrame:
        return CONTRACTS.shown(self)

    def _files(self, *, command: str = "") -> Files:
        from corridors.output.html.map.map_frame import filled, shipped_frame
        from corridors.studies.book.page import render_booking

        drawn: Files = {}
        if self._flows is not None:
            drawn["book-map.html"] = lambda: filled(shipped_frame(), self._drawn("book.html"))
        return {
            "book.json": lambda: booking_json(self),
            "book.csv": lambda: CONTRACTS.csv(self),
            "scenarios.csv": lambda: SPACES.csv(self),
            "book.html": lambda: render_booking(self, command=command),
            **drawn,
        }


# Less than this is rounding, in TEU.
LEAST_TEU = 1e-3


@dataclass(frozen=True, slots=True)
class _Booked:
    """A contract of a booking, by its number."""

    booking: Booking
    number: int

    @property
    def each(self) -> BookedContract:
        return self.booking.contracts[self.number]

    def expected(self, what: str) -> float:
        """Return the mean of its boxes over the scenarios, of all months."""
        chances = self.booking.outcomes
        return sum(one.probability * float(getattr(one, what)[self.number]) for one in chances)

    def a_month(self, what: str) -> float:
        """Return the same of one month."""
        return self.expected(what) / len(self.booking.months)


CONTRACTS = Table(
    name="book",
    about="A contract and what is booked of it.",
    rows_of=lambda booking: [_Booked(booking, n) for n in range(len(booking.contracts))],
    files="contract through booked_teu_per_month share_of_volume if_likeliest_were_certain"
    " expected_through_teu expected_carried_teu expected_unused_teu",
    reads="contract booked_teu_per_month share_of_volume if_likeliest_were_certain"
    " carried_teu_per_month unused_teu_per_month",
    pages="saving_or_rate charge_if_unused",
    of={
        "contract": "each.contract.name",
        "through": lambda row: f"{row.each.contract.kind.value} {row.each.contract.key}",
        "booked_teu_per_month": "each.teu",
        "share_of_volume": "each.share",
        "if_likeliest_were_certain": "each.likeliest_teu",
        "expected_through_teu": lambda row: row.expected("through"),
        "expected_carried_teu": lambda row: row.expected("carried"),
        "expected_unused_teu": lambda row: row.expected("unused"),
        "carried_teu_per_month": lambda row: row.a_month("carried"),
        "unused_teu_per_month": lambda row: row.a_month("unused"),
        "saving_or_rate": lambda row: _saving(row.each.contract),
        "charge_if_unused": "each.contract.unused_usd",
    },
)
SCENARIOS = Table(
    name="scenarios",
    about="A scenario with the bookings; lists are by contract.",
    rows_of=attrgetter("outcomes"),
    lists="through_teu carried_teu unused_teu",
    files="scenario probability usd teu through_teu carried_teu unused_teu unmet_teu",
    reads="scenario probability million_usd teu all_unused_teu unmet_teu",
    of={
        "scenario": "name",
        "million_usd": lambda row: row.usd / USD_PER_USD_M,
        "through_teu": "through",
        "carried_teu": "carried",
        "unused_teu": "unused",
        "all_unused_teu": lambda row: sum(row.unused),
        "unmet_teu": "unmet",
    },
)
SPACES = Table(
    name="scenarios",
    about="The boxes of a scenario on one contract, as `scenarios.csv` has them.",
    rows_of=lambda booking: [
        Beside(
            outcome,
            contract=each.contract.name,
            **{
                f"{what}_teu": getattr(outcome, what)[n]
                for what in ("through", "carried", "unused")
            },
        )
        for outcome in booking.outcomes
        for n, each in enumerate(booking.contracts)
    ],
    files="scenario probability usd teu unmet_teu contract through_teu carried_teu unused_teu",
    of={"scenario": "name", "unmet_teu": "unmet"},
)
FRAMES = {
    "book.json": {"table": (CONTRACTS, "contracts"), "scenario_table": (SCENARIOS, "scenarios")}
}
RECORD = Table(
    name="booking",
    about="`book.json`: the result of `corridors book`.",
    rows_of=lambda booking: [booking],
    files="plan cvar_level cvar_weight value_usd bound_usd gap_usd proved expected_usd cvar_usd"
    " spot_only_usd value_of_stochastic_solution_usd value_of_perfect_information_usd stopped"
    " rounds allocations",
    of={
        "plan": "plan.name",
        "cvar_level": "plan.level",
        "cvar_weight": "plan.weight",
        "value_of_stochastic_solution_usd": "stochastic_usd",
        "value_of_perfect_information_usd": "information_usd",
        "allocations": "valued",
    },
)


def _saving(contract: Contract) -> str:
    """Return what a booked TEU that travels saves, or its rate."""
    if contract.rate_usd is None:
        return f"{contract.saves_usd or 0.0:,.0f}"
    return f"rate {contract.rate_usd:,.0f}"


def booking_model() -> type[BaseModel]:
    """Return `book.json` as a model, for its schema and to read it back."""
    return RECORD.model("Result of corridors book", contracts=CONTRACTS, scenarios=SCENARIOS)


def booking_json(booking: Booking) -> str:
    """Return the text of `book.json`."""
    lists = {"contracts": CONTRACTS.records(booking), "scenarios": SCENARIOS.records(booking)}
    return as_text({**RECORD.records(booking)[0], **lists})


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
    for each in booking.contracts:
        others = [f"{teu:,.0f} TEU USD {usd:,.0f} more" for teu, usd in each.beside]
        if others:
            name, teu = each.contract.name, each.teu
            yield f"Instead of {teu:,.0f} TEU a month of “{name}”, {listed(others)}."
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
    months = len(booking.months)
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
