"""A phase diagram: which corridor is best over two figures, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridors.domain.scenario import Scenario
from corridors.output.display_names import driver_title, in_sentence, listed, scenario_title
from corridors.output.store import Record, as_text, scenario_record, significant
from corridors.output.tables import Beside, Table
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

    from corridors.studies.moving import Standing

NONE_MEETS = "none meets the limits"
NONE_COLOUR = "#dddddd"
# Characters of a terminal are twice as high as wide.
WIDE, HIGH = 60, 20
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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


@dataclass(frozen=True, kw_only=True, repr=False)
class Phase(Written):
    """Which corridor is best over the ranges of two figures; `table` is a grid of their ids."""

    _more = ".table is a frame; .shares, .report(), .plot(), .save(folder)"

    scenario: Scenario
    """The scenario whose figures are moved."""
    x: Axis
    """The figure along a row: its key, unit, value in the scenario and values asked."""
    y: Axis
    """The figure down the rows."""
    corridors: tuple[str, ...]
    """The ids of the corridors that are best somewhere."""
    titles: tuple[str, ...]
    """Their titles, in that order."""
    colours: tuple[str, ...]
    """Their colours, in that order."""
    best: tuple[tuple[int, ...], ...]
    """By `y`, then `x`, the least first: the number of a corridor in `corridors`, -1 for none."""
    own: int
    """The number of the best corridor at the values of the scenario, -1 for none."""
    turns: tuple[tuple[Turn, ...], tuple[Turn, ...]]
    """By `x` and `y` the nearest values, below and above, from which another is best."""
    standing: Standing | None = None
    """Where the question stands, and what the comparison recommends there."""

    @property
    def table(self) -> pd.DataFrame:
        """The id of the best corridor by value: rows are values of `y`, columns those of `x`."""
        return _grid(self.record)

    @property
    def record(self) -> Record:
        """What `phase.json` holds."""
        return {
            "scenario": scenario_record(self.scenario),
            **{
                name: {
                    "key": axis.key,
                    "unit": axis.unit,
                    "value": significant(axis.value),
                    "values": [significant(value) for value in axis.values],
                }
                for name, axis in (("x", self.x), ("y", self.y))
            },
            "own": {
                "corridor": self._corridor(self.own),
                "turns": {
                    name: [
                        {"value": significant(turn.value), "corridor": self._corridor(turn.best)}
                        for turn in turns
                    ]
                    for name, turns in zip("xy", self.turns, strict=True)
                },
            },
            "corridors": list(self.corridors),
            "best": [list(row) for row in self.best],
        }

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader wants to know: what is best now, and how far a driver must move."""
        values = listed(
            f"{driver_title(axis.key)} at {self.shown(axis).text(axis.value)}"
            for axis in (self.x, self.y)
        )
        return (
            f"As asked, {self._best(self.own)} ({values}).",
            *(self._turning(*each) for each in zip((self.x, self.y), self.turns, strict=True)),
            *self._against(),
        )

    def _against(self) -> tuple[str, ...]:
        """Return what the comparison recommends, if the diagram names another."""
        named = self._corridor(self.own) or ""
        text = self.standing.against(named) if self.standing is not None else ""
        return (text,) if text else ()

    def shown(self, axis: Axis) -> DisplayUnit:
        """Return how values of an axis are shown."""
        return DisplayUnit.of_driver(self.scenario, axis.key, axis.unit)

    def _turning(self, axis: Axis, turns: Sequence[Turn]) -> str:
        """Return how far a driver alone must move until another option is best."""
        title, said = driver_title(axis.key), self.shown(axis).text
        if not turns:
            width = axis.values[1] - axis.values[0]
            ends = axis.values[0] - width / 2.0, axis.values[-1] + width / 2.0
            low, high = min(*ends, axis.value), max(*ends, axis.value)
            return f"{title} alone changes nothing from {said(low, unit=False)} to {said(high)}."
        parts = (
            f"{'below' if turn.value <= axis.value else 'above'} {said(turn.value)}"
            f" {self._best(turn.best)}"
            for turn in turns
        )
        return f"{title} alone: {listed(parts)}."

    def _best(self, number: int) -> str:
        return f"{in_sentence(self.titles[number])} is best" if number >= 0 else NONE_MEETS

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """The titles of the corridors that are best somewhere, with their share of the cells."""
        return tuple((self._named(number), share) for number, share in self._shares)

    def report(self) -> Page:
        """Return the page with the diagram."""
        return page_of(self._files(), "phase.html", self._texts()[0], REPORT_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print the diagram in letters, the share of each corridor, and how far a figure moves."""
        asked = self.scenario
        for sentence in self.sentences:
            terminal.say(sentence)
        terminal.echo(f"{asked.name}, departing {asked.departure.isoformat()}")
        numbers = list(dict.fromkeys(number for row in self.best for number in row))
        letter = {n: LETTERS[i % len(LETTERS)] if n >= 0 else "." for i, n in enumerate(numbers)}
        rows, columns = len(self.best), len(self.best[0])
        high, wide = min(rows, HIGH), min(columns, WIDE)
        up, across = self.y, self.x
        top, bottom = (self.shown(up).text(up.values[at]) for at in (-1, 0))
        terminal.echo(f"{driver_title(up.key)}: {top} at the top")
        for line in reversed(range(high)):
            row = self.best[line * rows // high]
            cells = (letter[row[number * columns // wide]] for number in range(wide))
            terminal.echo(f" |{''.join(cells)}")
        terminal.echo(f"{bottom} at the bottom")
        left, right = (self.shown(across).text(across.values[at]) for at in (0, -1))
        terminal.echo(f"{driver_title(across.key)}: {left} to {right}")
        for number, _ in self._shares:
            terminal.echo(f"{letter[number]} {self._named(number)}")

    def plot(self, ax: Any = None) -> Any:
        """Draw the diagram, and return the axes of matplotlib."""
        axes = axes_of(ax)
        from matplotlib.colors import ListedColormap
        from matplotlib.patches import Patch

        numbers = sorted({number for row in self.best for number in row})
        colours = [self.colours[n] if n >= 0 else NONE_COLOUR for n in numbers]
        place = {number: order for order, number in enumerate(numbers)}
        axes.imshow(
            [[place[number] for number in row] for row in self.best],
            cmap=ListedColormap(colours),
            vmin=-0.5,
            vmax=len(numbers) - 0.5,
            origin="lower",
            aspect="auto",
            extent=(self.x.values[0], self.x.values[-1], self.y.values[0], self.y.values[-1]),
        )
        names = [self._named(number) for number in numbers]
        axes.legend(
            handles=[Patch(color=c, label=n) for c, n in zip(colours, names, strict=True)],
            fontsize=8,
        )
        axes.set_xlabel(f"{driver_title(self.x.key)}, {self.x.unit}")
        axes.set_ylabel(f"{driver_title(self.y.key)}, {self.y.unit}")
        axes.set_title(scenario_title(self.scenario), fontsize=10)
        return axes

    def _texts(self) -> list[str]:
        heading = departing("Phase diagram of", self.scenario)
        heading += f": {driver_title(self.y.key)} over {driver_title(self.x.key)}"
        return [heading, *self.sentences]

    def _shown(self) -> pd.DataFrame:
        return SHARES.shown(self)

    @property
    def _shares(self) -> list[tuple[int, float]]:
        """The numbers of the corridors that are best somewhere, the largest share first."""
        cells = [number for row in self.best for number in row]
        shares = {number: cells.count(number) / len(cells) for number in dict.fromkeys(cells)}
        return sorted(shares.items(), key=lambda item: -item[1])

    def _named(self, number: int) -> str:
        return self.titles[number] if number >= 0 else NONE_MEETS

    def _corridor(self, number: int) -> str | None:
        return self.corridors[number] if number >= 0 else None

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.phase.page import render_phase

        return {
            "phase.json": lambda: as_text(self.record),
            "phase.csv": lambda: CELLS.csv(self),
            "phase.html": lambda: render_phase(self, command=command),
        }


CELLS = Table(
    name="phase",
    about="A cell of the diagram: the values of both drivers, and the corridor that is best.",
    rows_of=lambda found: [
        Beside(None, x=x, y=y, corridor=found._corridor(number))
        for y, row in zip(found.y.values, found.best, strict=True)
        for x, number in zip(found.x.values, row, strict=True)
    ],
    files="x y corridor",
    exact=significant,
)


def _grid(record: Mapping[str, Any]) -> pd.DataFrame:
    """Return the best corridors of `phase.json`, a row for each value of `y`."""
    import pandas as pd

    # None stands for the number -1: no corridor meets the limits there.
    ids = [*record["corridors"], None]
    axes = [
        pd.Index(axis["values"], name=f"{axis['key']} in {axis['unit']}")
        for axis in (record["y"], record["x"])
    ]
    return pd.DataFrame([[ids[n] for n in row] for row in record["best"]], *axes)


FRAMES = {"phase.json": {"table": _grid}}
SHARES = Table(
    name="shares",
    about="A corridor that is best somewhere, and in which share of the cells.",
    rows_of=lambda found: [Beside(None, title=title, share=share) for title, share in found.shares],
    reads="title share",
)
