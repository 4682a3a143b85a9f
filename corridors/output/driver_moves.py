"""Results of moving one driver or two, and their records for files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from corridors.domain.scenario import Scenario
from corridors.output.display_names import capitalised, driver_title, in_sentence, listed
from corridors.output.manifest import scenario_record
from corridors.output.records import Record, significant
from corridors.output.tables import Beside, Table

NONE_MEETS = "none meets the limits"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Which option is best over a range of a driver, from its first value on.

    `value` is that of the scenario.
    """

    scenario: Scenario
    key: str
    unit: str
    value: float
    steps: tuple[Step, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader wants to know: where the best option changes."""
        return self.sentences_of(f"{driver_title(self.key)}:")

    def sentences_of(self, driver: str) -> tuple[str, ...]:
        """Return the same with the driver in these words: `EU emission allowances:`."""
        if not any(step.corridor for step in self.steps):
            return ("No option meets the limits at any of these values.",)
        here = next((s for s in self.steps if s.first <= self.value <= s.last), None)
        now = f"{driver} {self.value:,.4g} {self.unit} now"
        inside = f"{now}, and {_best(here)}." if here else f"{now}, out of this range."
        first, *others = self.steps
        if not others:
            return (f"{capitalised(_best(first))} over the whole range.", inside)
        *middle, last = others
        parts = [f"{_best(first)} up to {first.last:,.4g} {self.unit}"]
        parts += [
            f"{in_sentence(step.title)} from {step.first:,.4g} to {step.last:,.4g}"
            for step in middle
        ]
        parts.append(f"{in_sentence(last.title)} above that")
        return (f"{capitalised(listed(parts))}.", inside)


def _best(step: Step) -> str:
    """Return what a step is about: `the Suez Canal is best`, `none meets the limits`."""
    return f"{in_sentence(step.title)} is best" if step.corridor else step.title


STEPS = Table(
    name="breakeven",
    about="The corridor that is best from one value of a driver to another.",
    rows_of=attrgetter("steps"),
    files="corridor title first last at_first at_last",
    reads="title first last at_first at_last",
    exact=significant,
)


def break_even_record(found: BreakEven) -> Record:
    """Return the record of a break-even."""
    return {
        "scenario": scenario_record(found.scenario),
        "over": found.key,
        "unit": found.unit,
        "value": significant(found.value),
        "rows": STEPS.records(found),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A driver of a phase diagram: its values in the middle of the cells, in order."""

    key: str
    unit: str
    value: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A value of a driver from which on another option is best: its number, -1 for none."""

    value: float
    best: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Which option is best over two drivers.

    `best` are rows of cells, the least value of `y` first: in each the number of its corridor in
    `corridors`, -1 if none meets the limits. `titles` and `colours` are by corridor. `own` is the
    number of the best at the values of the scenario. `turns` are by `x` and `y` the values nearest
    to these, below and above, from which on another is best while the other driver stays.
    """

    scenario: Scenario
    x: Axis
    y: Axis
    corridors: tuple[str, ...]
    titles: tuple[str, ...]
    colours: tuple[str, ...]
    best: tuple[tuple[int, ...], ...]
    own: int
    turns: tuple[tuple[Turn, ...], tuple[Turn, ...]]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader wants to know: what is best now, and how far a driver must move."""
        values = listed(
            f"{driver_title(axis.key)} at {axis.value:,.4g} {axis.unit}"
            for axis in (self.x, self.y)
        )
        return (
            f"With {values}, as in the scenario, {self._best(self.own)}.",
            *(self._turning(*each) for each in zip((self.x, self.y), self.turns, strict=True)),
        )

    def _turning(self, axis: Axis, turns: Sequence[Turn]) -> str:
        """Return how far a driver alone must move until another option is best."""
        title = driver_title(axis.key)
        if not turns:
            width = axis.values[1] - axis.values[0]
            ends = axis.values[0] - width / 2.0, axis.values[-1] + width / 2.0
            low, high = min(*ends, axis.value), max(*ends, axis.value)
            return f"{title} alone changes nothing from {low:,.4g} to {high:,.4g} {axis.unit}."
        parts = (
            f"{'below' if turn.value <= axis.value else 'above'} {turn.value:,.4g}"
            f" {axis.unit} {self._best(turn.best)}"
            for turn in turns
        )
        return f"{title} alone: {listed(parts)}."

    def _best(self, number: int) -> str:
        return f"{in_sentence(self.titles[number])} is best" if number >= 0 else NONE_MEETS

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """The titles of the corridors that are best somewhere, with their share of the cells."""
        cells = [number for row in self.best for number in row]
        found = {number: cells.count(number) / len(cells) for number in dict.fromkeys(cells)}
        return tuple(
            (self.titles[number] if number >= 0 else NONE_MEETS, share)
            for number, share in sorted(found.items(), key=lambda item: -item[1])
        )


CELLS = Table(
    name="phase",
    about="A cell of the diagram: the values of both drivers, and the corridor that is best.",
    rows_of=lambda found: [
        Beside(None, x=x, y=y, corridor=_corridor(found, number))
        for y, row in zip(found.y.values, found.best, strict=True)
        for x, number in zip(found.x.values, row, strict=True)
    ],
    files="x y corridor",
    exact=significant,
)
SHARES = Table(
    name="shares",
    about="A corridor that is best somewhere, and in which share of the cells.",
    rows_of=lambda found: [Beside(None, title=title, share=share) for title, share in found.shares],
    reads="title share",
)


def _corridor(found: Phase, number: int) -> str | None:
    return found.corridors[number] if number >= 0 else None


def phase_record(found: Phase) -> Record:
    """Return the record of a phase diagram."""
    return {
        "scenario": scenario_record(found.scenario),
        **{
            name: {
                "key": axis.key,
                "unit": axis.unit,
                "value": significant(axis.value),
                "values": [significant(value) for value in axis.values],
            }
            for name, axis in (("x", found.x), ("y", found.y))
        },
        "own": {
            "corridor": _corridor(found, found.own),
            "turns": {
                name: [
                    {"value": significant(turn.value), "corridor": _corridor(found, turn.best)}
                    for turn in turns
                ]
                for name, turns in zip("xy", found.turns, strict=True)
            },
        },
        "corridors": list(found.corridors),
        "best": [list(row) for row in found.best],
    }
