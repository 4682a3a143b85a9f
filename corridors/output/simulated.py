"""The result of a simulation, and its records for files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.domain.results import Decision
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.simulation import GroupEffect, OptionChances
from corridors.output.contract import FanRecord, FansRecord, Figure, ManifestRecord, record_of
from corridors.output.manifest import Manifest, scenario_record
from corridors.output.records import Record, significant
from corridors.output.tables import Beside, Table
from corridors.output.verdict import risk_text
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd

LEAST_SHOWN = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the candidates were learned: their number, and how many exact searches taught them.

    The misses are those of the last two batches of fresh draws, as shares of the best: their mean,
    and what 99 % of the searches keep below.
    """

    routes: int
    searches: int
    mean_miss: float
    worst_miss: float


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The options of a scenario over draws, in the order of its comparison.

    `effects` are those of groups of drivers on the two best options. `worth_of_all` is how much
    lower the mean objective is if all levels are known before booking. `drawn_rows` is how many
    rows of the tables are drawn.
    """

    scenario: Scenario
    options: tuple[OptionChances, ...]
    effects: tuple[GroupEffect, ...]
    decision: Decision
    draws: int
    seed: int
    by: date | None
    worth_of_all: float
    training: Training
    drawn_rows: int
    warnings: tuple[str, ...]
    manifest: Manifest

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
        f"Lowest in {what}: {', '.join(shown)} of {found.draws:,} draws."
        if shown
        else "No option meets the limits in any draw."
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
            f" {found.worth_of_all:,.0f} {aim.unit} on average."
        )
    if found.decision.risk is not None:
        titles = {option.corridor: option.title for option in found.options}
        chosen = titles.get(found.recommended or "", found.decision.advice)
        texts.append(f"Robust choice: {chosen}. {risk_text(found.decision, titles)}")
    texts.append(
        "The ranges are those of the route that the comparison chooses. Days are those of one"
        " shipment, with late ships and queues."
    )
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
