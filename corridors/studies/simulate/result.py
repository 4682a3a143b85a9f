"""A simulation: which corridor is best where figures are not sure, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from corridors.domain.results import Decision
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.simulation import GroupEffect, OptionChances, Training
from corridors.domain.values import subject_of
from corridors.output.answer import risk_text
from corridors.output.contract import FanRecord, FansRecord, Figure, ManifestRecord, record_of
from corridors.output.display_names import capitalised, listed, scenario_title
from corridors.output.store import Manifest, Record, as_text, scenario_record, significant
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
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.html.report.batch_report import Section

LEAST_SHOWN = 0.01
LEFT_OUT = "contracts left out"
"""What a note is about that says why contracts are not drawn."""
SHOWN = "title best_share money_p10 money_p50 money_p90 days_p10 days_p50 days_p90"


FIRST = 2
"""Sentences of the answer that stand above the table."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Simulation(Written):
    """The corridors of a scenario over draws of prices, speeds, waits and events.

    `table` has a row per corridor with quantiles and chances, `effect_table` a row per group of
    figures with what it does to the two best.
    """

    _more = ".table and .effect_table are frames; .answer, .report(), .plot(), .save(folder)"

    scenario: Scenario
    """The scenario that was drawn."""
    options: tuple[OptionChances, ...]
    """The chances of each corridor, in the order of the comparison."""
    effects: tuple[GroupEffect, ...]
    """What each group of drivers does to the two best options, in USD per TEU and days."""
    decision: Decision
    """What is recommended: over the draws if `robust` asks for it, else by the comparison."""
    draws: int
    """How many draws there are."""
    seed: int
    """The seed of the draws: the same gives the same."""
    by: date | None
    """The day by which boxes must arrive, None if none was asked."""
    worth_of_all: float
    """How much lower the mean objective is if all levels are known before booking."""
    training: Training
    """How the routes were found that the draws choose from, and what they miss."""
    drawn_rows: int
    """How many rows of the tables are drawn."""
    warnings: tuple[str, ...]
    """What concerns the run, in sentences."""
    manifest: Manifest
    """Versions, and hashes of the data, that gave it."""

    @property
    def usable(self) -> tuple[OptionChances, ...]:
        """The options that are open in some draw."""
        return tuple(option for option in self.options if option.chosen_again is not None)

    @property
    def recommended(self) -> str | None:
        """The corridor recommended, by its figures or by its worst draws."""
        return self.decision.recommended

    @property
    def on_price(self) -> bool:
        """Whether what is quoted is compared, not the cost."""
        return self.scenario.price_basis is PriceBasis.PRICE

    @property
    def table(self) -> pd.DataFrame:
        """The options as a DataFrame, a row each."""
        return OPTIONS.frame(self)

    @property
    def effect_table(self) -> pd.DataFrame:
        """One row per group of figures: the shares of the variance that it makes, 0 to 1."""
        return EFFECTS.frame(self)

    @property
    def per_box(self) -> Simulation:
        """The same with regrets and worths, in the unit of the objective, as people read them."""
        factor = DisplayUnit.of_objective(self.scenario).factor

        def boxed(value: float | None) -> float | None:
            return None if value is None else factor * value

        options = (
            replace(
                one,
                expected_regret=boxed(one.expected_regret),
                greatest_regret=boxed(one.greatest_regret),
                mean_of_worst=boxed(one.mean_of_worst),
            )
            for one in self.options
        )
        effects = (replace(one, worth=factor * one.worth) for one in self.effects)
        return replace(self, options=tuple(options), effects=tuple(effects))

    @property
    def answer(self) -> tuple[str, ...]:
        """Who is best how often, and why, in sentences."""
        return answers(self)

    def report(self) -> Page:
        """Return the page of the simulation, with chances, quantiles and the day met."""
        return page_of(self._files(), "simulate.html", self._texts()[0], REPORT_HEIGHT)

    def plot(self, ax: Any = None) -> Any:
        """Draw the 10, 50 and 90 % quantiles of each corridor, and return matplotlib's axes."""
        axes, money = axes_of(ax), DisplayUnit.of_money(self.scenario)
        shown = sorted(self.usable, key=lambda option: -option.best)
        for line, option in enumerate(shown):
            fans = option.booked or option.chosen_again
            if fans is None:
                continue
            fan = fans.money(priced=self.on_price)
            p10, p50, p90 = (money.factor * usd for usd in (fan.p10, fan.p50, fan.p90))
            axes.plot([p10, p90], [line, line], color=option.colour or "#888888", lw=4)
            axes.plot([p50], [line], "o", color="black", ms=4)
        labels = [f"{option.title} (best in {in_percent(option.best)}%)" for option in shown]
        axes.set_yticks(range(len(shown)), labels, fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel(f"{money.unit}: 10, 50 and 90 % of draws")
        axes.set_title(scenario_title(self.scenario), fontsize=10)
        return axes

    def _texts(self) -> list[str]:
        heading = departing("Simulation of", self.scenario)
        return [f"{heading}: {self.draws:,} draws", *self.answer[:4]]

    def _shown(self) -> pd.DataFrame:
        return OPTIONS.reading(SHOWN).shown(self)

    def show(self, terminal: Terminal) -> None:
        """Print a row per corridor with its quantiles, then what they say."""
        asked = self.scenario
        for sentence in self.answer[:FIRST]:
            terminal.say(sentence)
        table, boxed = OPTIONS.boxed(asked.shipment.equipment), self.per_box
        terminal.table(
            table if self.by is not None else table.without("arrives_by"),
            replace(boxed, options=boxed.usable),
            title=f"{asked.name}, departing {asked.departure.isoformat()}, {self.draws:,} draws,"
            f" {DisplayUnit.of_money(asked).unit}",
        )
        for sentence in self.answer[FIRST:]:
            terminal.say(sentence)
        gone = [option.title for option in self.options if option.chosen_again is None]
        if gone:
            terminal.say(f"Closed in every draw, or without a price: {listed(gone, most=2)}.")

    @property
    def _is_usable(self) -> bool:
        return bool(self.usable)

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.simulate.page import render_simulation

        return {
            "simulation.json": lambda: as_text(simulation_record(self)),
            "simulation.csv": lambda: OPTIONS.csv(self),
            "simulate.html": lambda: render_simulation(self, command=command),
        }

    def _parts(self, words: Mapping[str, str]) -> tuple[Sequence[str], Sequence[Section]]:
        from corridors.studies.simulate.page import simulation_sections

        return [capitalised(text) for text in self.answer], simulation_sections(self)


def answers(found: Simulation) -> tuple[str, ...]:
    """Return the sentences that a simulation ends in: who is best how often, and why."""
    usable = sorted(found.usable, key=lambda option: -option.best)
    if not usable:
        return ("no corridor is usable on this date",)
    aim = found.scenario.objective.aim
    shown = [f"{one.title} in {in_percent(one.best)}%" for one in usable if one.best >= LEAST_SHOWN]
    basis, other = ("price", "cost") if found.on_price else ("cost", "price")
    what = {"cost": basis}.get(aim.lowest, aim.lowest)
    texts = [
        f"Lowest in {what}: {', '.join(shown)} of {found.draws:,} cases."
        if shown
        else "No option meets the limits in any case."
    ]
    on_other = sorted(found.usable, key=lambda option: -option.best_on_other_basis)
    shown = [
        f"{one.title} in {in_percent(one.best_on_other_basis)}%"
        for one in on_other
        if one.best_on_other_basis >= LEAST_SHOWN
    ]
    if shown and aim.usd:
        texts.append(f"By {other}: {', '.join(shown)}.")
    named: list[str] = []
    if found.effects:
        counts = [one for one in found.effects if one.difference >= LEAST_SHOWN]
        named = [f"{one.group} ({in_percent(one.difference)}%)" for one in counts[:3]]
    if named:
        texts.append(f"What decides between the best two: {', '.join(named)}.")
    if found.worth_of_all >= 1.0:
        texts.append(
            "Knowing all prices, speeds and waits before booking would be worth"
            f" {DisplayUnit.of_objective(found.scenario).text(found.worth_of_all)} on average."
        )
    if found.decision.risk is not None:
        titles = {option.corridor: option.title for option in found.options}
        box = found.scenario.shipment.equipment
        chosen = titles.get(found.recommended or "", found.decision.advice)
        texts.append(f"Robust choice: {chosen}. {risk_text(found.decision, titles, box)}")
    texts.append(
        "The ranges are those of the route that the comparison chooses. Days are those of one"
        " shipment, with late ships and queues."
    )
    texts += [f"{capitalised(text)}." for text in found.warnings if subject_of(text) == LEFT_OUT]
    return tuple(texts)


OptionRecord = record_of(OptionChances, without=("colour",), figure=Figure)
TrainingRecord = record_of(Training, figure=Figure)


def option_records(found: Simulation) -> list[Record]:
    """Return the options in plain values, nested."""
    return [OptionRecord.model_validate(option).plain() for option in found.options]


OPTIONS = Table(
    name="simulation",
    about="A corridor and what the draws say of it.",
    rows_of=lambda found: [_flat(found, option) for option in found.options],
    files="corridor title usd_per_teu days best best_share best_on_other_basis open arrives_by"
    " day_met_90 day_met_95 expected_regret greatest_regret mean_of_worst "
    + " ".join(
        f"{route}_{figure}_{name}"
        for route in ("booked", "chosen_again")
        for figure in FansRecord.model_fields
        for name in FanRecord.model_fields
    ),
    reads="title best_share best_on_other_basis money_p10 money_p50 money_p90 days_p10 days_p50"
    " days_p90 arrives_by day_met_90 expected_regret",
    spare="expected_regret best_on_other_basis days_p10 arrives_by day_met_90",
    of={"best_share": "best"},
    exact=significant,
)
EFFECTS = Table(
    name="effects",
    about="A group of figures and the shares of the variance that it makes of the best two.",
    rows_of=attrgetter("effects"),
    files="group money days difference worth",
    reads="group difference money days worth",
    exact=significant,
)
FRAMES = {
    "simulation.json": {
        "table": (OPTIONS, "simulation.csv"),
        "effect_table": (EFFECTS, "effects"),
    }
}


def _flat(found: Simulation, option: OptionChances) -> Beside:
    """Return an option with its quantiles beside it: `booked_cost_p90`, `money_p10`, `days_p10`."""
    flat: dict[str, object] = {}
    for route in ("booked", "chosen_again"):
        fans = getattr(option, route)
        for figure in FansRecord.model_fields:
            fan = fans and getattr(fans, figure)
            for name in FanRecord.model_fields:
                flat[f"{route}_{figure}_{name}"] = fan and getattr(fan, name)
    shown = option.booked or option.chosen_again
    for name in ("p10", "p50", "p90"):
        money = shown and shown.money(priced=found.on_price)
        flat[f"money_{name}"] = money and getattr(money, name)
        flat[f"days_{name}"] = shown and getattr(shown.days, name)
    return Beside(option, **flat)


def simulation_record(found: Simulation) -> Record:
    """Return the record of a simulation."""
    return {
        "manifest": ManifestRecord.of(found.manifest).plain(),
        "scenario": scenario_record(found.scenario),
        "draws": found.draws,
        "seed": found.seed,
        "by": None if found.by is None else found.by.isoformat(),
        "recommended": found.recommended,
        "drawn_rows": found.drawn_rows,
        "worth_of_all": round(found.worth_of_all, 2),
        "training": TrainingRecord.model_validate(found.training).plain(),
        "options": option_records(found),
        "effects": EFFECTS.records(found),
        "warnings": list(found.warnings),
    }
