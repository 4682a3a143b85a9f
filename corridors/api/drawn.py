"""The result of `simulate`: what is best where figures are not sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridors.output import simulated
from corridors.output.display_names import scenario_title
from corridors.output.records import frame
from corridors.studies.html_page import REPORT_HEIGHT, Page
from corridors.studies.result_base import Written, axes_of, departing, page_of
from corridors.studies.result_files import simulation_files
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd


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
        return frame(simulated.effect_rows(self))

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
        rows = []
        for option in sorted(self.usable, key=lambda one: -one.best):
            fans = option.booked or option.chosen_again
            if fans is None:
                continue
            money = fans.money(priced=self.on_price)
            rows.append(
                {
                    "corridor": option.title,
                    "best in": f"{in_percent(option.best)}%",
                    "USD per TEU, 10 %": money.p10,
                    "50 %": money.p50,
                    "90 %": money.p90,
                    "days, 10 %": fans.days.p10,
                    "50 % ": fans.days.p50,
                    "90 % ": fans.days.p90,
                }
            )
        return frame(rows)
