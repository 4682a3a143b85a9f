"""The results of `simulate`, `breakeven` and `phase`: what is best where figures are not sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridors.api.page import REPORT_HEIGHT, Page
from corridors.api.result import Written, axes_of, departing, page_of
from corridors.output import driver_moves, simulated
from corridors.output.display_names import driver_title, scenario_title
from corridors.studies.result_files import break_even_files, phase_files, simulation_files
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd

SHOWN = "title best_share money_p10 money_p50 money_p90 days_p10 days_p50 days_p90"
NONE_COLOUR = "#dddddd"


@dataclass(frozen=True, kw_only=True, repr=False)
class Simulation(Written, simulated.Simulation):
    """The corridors of a scenario over draws of prices, speeds, waits and events.

    `table` has a row per corridor with quantiles and chances, `effect_table` a row per group of
    figures with what it does to the two best.
    """

    _more = ".table and .effect_table are frames; .answer, .report(), .plot(), .save(folder)"
    _files = simulation_files

    @property
    def effect_table(self) -> pd.DataFrame:
        """One row per group of figures: the shares of the variance that it makes, 0 to 1."""
        return simulated.EFFECTS.frame(self)

    @property
    def answer(self) -> tuple[str, ...]:
        """Who is best how often, and why, in sentences."""
        return simulated.answers(self)

    def report(self) -> Page:
        """Return the page of the simulation, with chances, quantiles and the day met."""
        return page_of(self._files(), "simulate.html", self._texts()[0], REPORT_HEIGHT)

    def plot(self, ax: Any = None) -> Any:
        """Draw the 10, 50 and 90 % quantiles of each corridor, and return matplotlib's axes."""
        axes = axes_of(ax)
        shown = sorted(self.usable, key=lambda option: -option.best)
        for line, option in enumerate(shown):
            fans = option.booked or option.chosen_again
            if fans is None:
                continue
            fan = fans.money(priced=self.on_price)
            axes.plot([fan.p10, fan.p90], [line, line], color=option.colour or "#888888", lw=4)
            axes.plot([fan.p50], [line], "o", color="black", ms=4)
        labels = [f"{option.title} (best in {in_percent(option.best)}%)" for option in shown]
        axes.set_yticks(range(len(shown)), labels, fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel("USD per TEU: 10, 50 and 90 % of draws")
        axes.set_title(scenario_title(self.scenario), fontsize=10)
        return axes

    def _texts(self) -> list[str]:
        heading = departing("Simulation of", self.scenario)
        return [f"{heading}: {self.draws:,} draws", *self.answer[:4]]

    def _shown(self) -> pd.DataFrame:
        return simulated.OPTIONS.reading(SHOWN).shown(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class BreakEven(Written, driver_moves.BreakEven):
    """Which corridor is best over the range of one figure; `table` has a row per range."""

    _more = ".table is a frame; .sentences, .plot(), .save(folder)"
    _files = break_even_files

    @property
    def table(self) -> pd.DataFrame:
        """One row per corridor that is best in turn: from which value to which.

        `first` and `last` are in `unit`; `at_first` and `at_last` are the corridor's objective
        there.
        """
        return driver_moves.STEPS.frame(self)

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
        return driver_moves.STEPS.shown(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class Phase(Written, driver_moves.Phase):
    """Which corridor is best over the ranges of two figures; `table` is a grid of their ids."""

    _more = ".table is a frame; .shares, .report(), .plot(), .save(folder)"
    _files = phase_files

    @property
    def table(self) -> pd.DataFrame:
        """The id of the best corridor by value: rows are values of `y`, columns those of `x`."""
        import pandas as pd

        names = [
            [self.corridors[number] if number >= 0 else None for number in row] for row in self.best
        ]
        return pd.DataFrame(
            names,
            index=pd.Index(self.y.values, name=f"{self.y.key} in {self.y.unit}"),
            columns=pd.Index(self.x.values, name=f"{self.x.key} in {self.x.unit}"),
        )

    def report(self) -> Page:
        """Return the page with the diagram."""
        return page_of(self._files(), "phase.html", self._texts()[0], REPORT_HEIGHT)

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
        names = [self.titles[n] if n >= 0 else "none meets the limits" for n in numbers]
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
        return driver_moves.SHARES.shown(self)
