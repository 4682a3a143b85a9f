"""A break-even: which corridor is best from which value of a figure on, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from corridors.domain.scenario import Scenario
from corridors.output.display_names import (
    capitalised,
    driver_title,
    in_sentence,
    listed,
    scenario_title,
)
from corridors.output.store import Record, as_text, scenario_record, significant
from corridors.output.tables import Table
from corridors.studies.result_base import (
    REPORT_HEIGHT,
    DisplayUnit,
    Files,
    Page,
    Terminal,
    Written,
    axes_of,
    departing,
    page_of,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.html.report.batch_report import Section
    from corridors.studies.moving import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The option that is best from one value of a driver to another; empty if none is.

    `at_first` and `at_last` are its objective there, None where it is closed.
    """

    corridor: str
    title: str
    first: float
    last: float
    at_first: float | None
    at_last: float | None


@dataclass(frozen=True, kw_only=True, repr=False)
class BreakEven(Written):
    """Which corridor is best over the range of one figure, from its first value on.

    `table` has a row per range.
    """

    _more = ".table is a frame; .sentences, .report(), .plot(), .save(folder)"

    scenario: Scenario
    """The scenario whose figure is moved."""
    key: str
    """The figure: a parameter, or `value_of_time`."""
    unit: str
    """The unit of its values."""
    value: float
    """Its value in the scenario."""
    steps: tuple[Step, ...]
    """The corridor that is best from one value to the next, rising."""
    standing: Standing | None = None
    """Where the question stands, and what the comparison recommends there."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per corridor that is best in turn: from which value to which.

        `first` and `last` are in `unit`; `at_first` and `at_last` are the corridor's objective
        there.
        """
        return STEPS.frame(self)

    @property
    def moved(self) -> DisplayUnit:
        """How values of what is moved are shown."""
        return DisplayUnit.of_driver(self.scenario, self.key, self.unit)

    @property
    def compared(self) -> DisplayUnit:
        """How what is compared is shown."""
        return DisplayUnit.of_objective(self.scenario)

    @property
    def per_box(self) -> tuple[Step, ...]:
        """The steps as terminal and page show them: money per box of the equipment asked for."""
        x, y = self.moved.factor, self.compared.factor
        return tuple(
            replace(
                step,
                first=x * step.first,
                last=x * step.last,
                at_first=None if step.at_first is None else y * step.at_first,
                at_last=None if step.at_last is None else y * step.at_last,
            )
            for step in self.steps
        )

    @property
    def record(self) -> Record:
        """What `breakeven.json` holds."""
        return {
            "scenario": scenario_record(self.scenario),
            "over": self.key,
            "unit": self.unit,
            "value": significant(self.value),
            "rows": STEPS.records(self),
        }

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader wants to know: where the best option changes."""
        return self.sentences_of(f"{driver_title(self.key)}:")

    def sentences_of(self, driver: str) -> tuple[str, ...]:
        """Return the same with the driver in these words: `EU emission allowances:`."""
        if not any(step.corridor for step in self.steps):
            return ("No option meets the limits at any of these values.",)
        here = next((s for s in self.steps if s.first <= self.value <= s.last), None)
        said = self.moved.text
        now = f"{driver} {said(self.value)} now"
        inside = f"{now}, and {_best(here)}." if here else f"{now}, out of this range."
        beside = self.standing.against(here.corridor) if self.standing and here else ""

        def between(step: Step) -> str:
            return f"from {self.moved.text(step.first, unit=False)} to {said(step.last)}"

        first, *others = self.steps
        if not others:
            over = f"{capitalised(_best(first))} {between(first)}."
            return tuple(filter(None, (over, inside, beside)))
        *middle, last = others
        parts = [f"{_best(first)} up to {said(first.last)}"]
        parts += [f"{in_sentence(step.title)} {between(step)}" for step in middle]
        parts.append(f"{in_sentence(last.title)} above that")
        return tuple(filter(None, (f"{capitalised(listed(parts))}.", inside, beside)))

    def show(self, terminal: Terminal) -> None:
        """Print a row per range, then where the best changes."""
        asked = self.scenario
        for sentence in self.sentences:
            terminal.say(sentence)
        terminal.table(
            STEPS.given,
            self.per_box,
            title=f"{asked.name}, departing {asked.departure.isoformat()}:"
            f" {driver_title(self.key)} in {self.moved.unit}; figures in {self.compared.unit}",
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the best corridor's objective over the range, and return matplotlib's axes."""
        axes = axes_of(ax)
        for step in self.steps:
            if step.at_first is not None and step.at_last is not None:
                axes.plot([step.first, step.last], [step.at_first, step.at_last], label=step.title)
        axes.axvline(self.value, color="#888888", ls=":", lw=1, label="now")
        axes.set_xlabel(f"{driver_title(self.key)}, {self.unit}")
        axes.set_ylabel(self.scenario.objective.aim.unit)
        axes.set_title(scenario_title(self.scenario), fontsize=10)
        axes.legend(fontsize=8)
        return axes

    def _texts(self) -> list[str]:
        heading = departing("Break-even of", self.scenario)
        return [f"{heading}, over {driver_title(self.key)}", *self.sentences]

    def _shown(self) -> pd.DataFrame:
        return STEPS.shown(self)

    def report(self) -> Page:
        """Return the page with the chart and the table."""
        return page_of(self._files(), "breakeven.html", self._texts()[0], REPORT_HEIGHT)

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.breakeven.page import render_break_even

        return {
            "breakeven.json": lambda: as_text(self.record),
            "breakeven.csv": lambda: STEPS.csv(self),
            "breakeven.html": lambda: render_break_even(self, command=command),
        }

    def _parts(self, words: Mapping[str, str]) -> tuple[Sequence[str], Sequence[Section]]:
        from corridors.studies.breakeven.page import break_even_sections

        driver = words.get(self.key) or driver_title(self.key)
        return self.sentences_of(f"{driver}:"), break_even_sections(self, driver=driver)


STEPS = Table(
    name="breakeven",
    about="The corridor that is best from one value of a driver to another.",
    rows_of=attrgetter("steps"),
    files="corridor title first last at_first at_last",
    reads="title first last at_first at_last",
    exact=significant,
)
FRAMES = {"breakeven.json": {"table": (STEPS, "rows")}}


def _best(step: Step) -> str:
    """Return what a step is about: `the Suez Canal is best`, `none meets the limits`."""
    return f"{in_sentence(step.title)} is best" if step.corridor else step.title
