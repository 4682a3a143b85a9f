"""The result of a simulation, and its records for files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from corridors.domain.results import Decision
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.simulation import GroupEffect, OptionChances
from corridors.output.contract import FanRecord, FansRecord, Figure, ManifestRecord, record_of
from corridors.output.manifest import Manifest, scenario_record
from corridors.output.records import Record, frame
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
        return frame(option_rows(self))


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
EffectRecord = record_of(GroupEffect, figure=Figure)
TrainingRecord = record_of(Training, figure=Figure)


def option_records(found: Simulation) -> list[Record]:
    """Return the options in plain values, nested."""
    return [OptionRecord.model_validate(option).plain() for option in found.options]


def option_rows(found: Simulation) -> list[Record]:
    """Return the options as flat rows: `booked_cost_p90`."""
    rows = []
    for record in option_records(found):
        row: Record = {}
        for key, value in record.items():
            if key == "arrival_days":
                continue
            if key not in ("booked", "chosen_again"):
                row[key] = value
                continue
            for figure in FansRecord.model_fields:
                for name in FanRecord.model_fields:
                    held = value[figure] if isinstance(value, dict) else None
                    row[f"{key}_{figure}_{name}"] = held and held[name]
        rows.append(row)
    return rows


def effect_rows(found: Simulation) -> list[Record]:
    """Return the groups of drivers as rows."""
    return [EffectRecord.model_validate(one).plain() for one in found.effects]


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
        "effects": effect_rows(found),
        "warnings": list(found.warnings),
    }
