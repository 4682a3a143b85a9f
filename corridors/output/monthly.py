"""A comparison for departures in successive months, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.paths import number_or_none
from corridors.domain.answer import BOXES
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Equipment
from corridors.output.answer import booked_by, money
from corridors.output.comparison import Comparison
from corridors.output.display_names import capitalised, name_by, sailings_text, sails_text
from corridors.output.tables import Table

Row = dict[str, object]
MOST_NAMED = 6
"""Months that a sentence names one by one."""

MONTHS = Table(
    name="months",
    about="An option of a departure in a month.",
    files="month departure corridor status recommended USD_per_TEU transit_days days"
    " t_CO2e_per_TEU sails reason",
)
BEST = Table(
    name="best_by_month",
    about="A month: what is recommended then, what is quickest, and what is closed.",
    files="month recommended USD_per_TEU days sails quickest its_days closed",
    reads="month way USD_per_TEU days sails quickest_way its_days",
    spare="its_days quickest_way",
)


def quickest(comparison: Comparison) -> RouteOption | None:
    """Return the usable option with the fewest days, the better ranked of two; None without."""
    return min(comparison.usable, key=lambda route: round(route.days or 0.0, 1), default=None)


def closed_in(comparison: Comparison) -> list[RouteOption]:
    """Return the options that are not usable on the day of departure, but may be on another."""
    left_out = comparison.left_out
    return [route for route in comparison.routes if not route.usable and route not in left_out]


def month_rows(months: Sequence[Comparison]) -> list[Row]:
    """Return a row of each option in each month, as `MONTHS` has it; None of a closed one."""
    return [_row(one, route) for one in months for route in one.routes]


def best_rows(months: Sequence[Comparison]) -> list[Row]:
    """Return a row of each month, as `BEST` has it: who is recommended, and what is closed."""
    rows: list[Row] = []
    for one in months:
        best, quick = one.recommended, quickest(one)
        rows.append(
            {
                "month": f"{one.scenario.departure:%Y-%m}",
                "recommended": best.corridor if best else None,
                "USD_per_TEU": _rounded(best.printed_usd_per_teu if best else None, 0),
                "days": _rounded(best.days if best else None, 1),
                "sails": sailings_text(best) if best else None,
                "quickest": quick.corridor if quick else None,
                "its_days": _rounded(quick.days if quick else None, 1),
                "closed": ", ".join(route.corridor for route in closed_in(one)),
                "way": name_by(best) if best else "",
                "quickest_way": name_by(quick) if quick else "",
            }
        )
    return rows


def months_finding(months: Sequence[Comparison]) -> str:
    """Return what to book in which months, the way of most months first.

    Such as `Book by the Cape of Good Hope in 10 of 12 months, USD 5,780 to 6,620 per 40'; ask for
    carriage by the Suez Canal in 2 (2026-09, 2026-10), USD 3,800 per 40'.`
    """
    by: dict[str, list[Comparison]] = {}
    for one in months:
        best = one.recommended
        words = booked_by(one, best) if best else "Book nothing"
        by.setdefault(f"{words[:1].lower()}{words[1:]}", []).append(one)
    parts: list[str] = []
    for words, held in sorted(by.items(), key=lambda item: -len(item[1])):
        few = f" ({', '.join(f'{one.scenario.departure:%Y-%m}' for one in held)})"
        when = f"in {len(held)}{few * (len(by) > 1 and len(held) <= MOST_NAMED)}"
        if not parts:
            when = f"in {len(held)} of {len(months)} months" if len(by) > 1 else "in every month"
        parts.append(f"{words} {when}{_money_of(held)}")
    return f"{capitalised('; '.join(parts))}."


def _money_of(months: Sequence[Comparison]) -> str:
    """Return from what to what a box costs in months: `, USD 5,780 to 6,620 per 40'`."""
    equipment = months[0].scenario.shipment.equipment
    usd = [one.recommended.printed_usd_per_teu or 0.0 for one in months if one.recommended]
    if not usd:
        return ""
    ends = dict.fromkeys(money(equipment.teu_per_box * one) for one in (min(usd), max(usd)))
    return f", USD {' to '.join(ends)} per {BOXES[equipment]}"


def months_csv(months: Sequence[Comparison]) -> str:
    """Return `months.csv`."""
    return MONTHS.csv(month_rows(months))


def _row(one: Comparison, route: RouteOption) -> Row:
    co2e = route.co2e_wtw_kg_per_teu
    return {
        "month": f"{one.scenario.departure:%Y-%m}",
        "departure": one.scenario.departure.isoformat(),
        "corridor": route.corridor,
        "status": route.status.value,
        "recommended": route is one.recommended,
        "USD_per_TEU": _rounded(route.printed_usd_per_teu, 2),
        "transit_days": _rounded(route.transit_days, 3),
        "days": _rounded(route.days, 3),
        "t_CO2e_per_TEU": _rounded(None if co2e is None else co2e / 1000.0, 4),
        "sails": sails_text(route),
        "reason": route.reason,
    }


def _rounded(value: float | None, digits: int) -> float | int | None:
    if value is None:
        return None
    return round(value) if digits == 0 else round(value, digits)


# The results of a batch in arrays, for its summary and report.

_EQUIPMENT = "shipment.equipment"


def is_per_teu(key: str) -> bool:
    """Return whether a key of a scenario is stated per TEU; parameters have units of their own."""
    return "_per_teu" in key and not key.startswith("overrides.")


def _times(value: str, factor: float) -> str:
    """Return a figure times a factor; a value that is none as it is."""
    figure = number_or_none(value)
    return value if figure is None else f"{factor * figure:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptKey:
    """An input that differs between scenarios.

    `key` is a dotted key of a scenario (`departure`, `shipment.cargo`,
    `overrides.fuel.vlsfo_usd_per_t`), `variant` (a named set of changes) or `pair` (origin and
    destination). `values` are texts in the order of the batch file.
    """

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptCorridor:
    """A corridor of a batch."""

    id: str
    title: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakLine:
    """A cost line based on an assumption or a recalled figure.

    `mean_usd_per_teu` is the mean over the `options` with it, `spread_usd_per_teu` the mean of
    high minus low.
    """

    driver: str
    scope: str
    label: str
    status: str
    source_id: str
    options: int
    mean_usd_per_teu: float
    spread_usd_per_teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Means over the usable options: rows are corridors, columns are `names`."""

    names: tuple[str, ...]
    mean: FloatArray


def box_of(
    base: Mapping[str, Any], variants: Mapping[str, Mapping[str, Any]], swept: Mapping[str, Any]
) -> tuple[float, str] | None:
    """Return TEU and name of the box that all scenarios of a batch ask for; None for several.

    Parameters
    ----------
    base
        Values of the scenario that is varied, by dotted key.
    variants
        What each variant changes, by name.
    swept
        The values of each key that varies.
    """
    of_variants = [changes.get(_EQUIPMENT) for changes in variants.values()]
    stated = {base.get(_EQUIPMENT), *of_variants, *swept.get(_EQUIPMENT, ())}
    asked = [one for one in Equipment if one.value in stated]
    names = {BOXES[one] for one in asked}
    return (asked[0].teu_per_box, names.pop()) if len(names) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The results of a batch. Scenario 0 is the baseline: the first value of every key.

    Arrays are (scenario, corridor), NaN where the corridor cannot be used or the scenario failed:
    `cost`, `low`, `high` in USD per TEU, `transit_days`, `days`, `co2e_kg` in kg per TEU
    well-to-wake. `choice` is (scenario, key): the index of the key's value. `recommended` is the
    corridor's index by scenario, -1 for none; `tied` is (scenario, corridor), true for the options
    of a close call, the recommended one included. `ladders` are the value ladders by scenario, such
    as `suez < 37.58 < northern-sea-route` in USD per TEU and day. `names` are those of the
    recommended ways; titles of corridors name all their ways. `failed` holds a reason by scenario.
    `base` is the base scenario by dotted key. `manifest` contains versions and hashes. `unit` is
    what money and CO2e are counted per, of `teu` TEU: files have TEU, `per_box` a box.
    """

    name: str
    title: str
    objective: str
    keys: tuple[SweptKey, ...]
    corridors: tuple[SweptCorridor, ...]
    scenarios: tuple[str, ...]
    choice: IntArray
    cost: FloatArray
    low: FloatArray
    high: FloatArray
    transit_days: FloatArray
    days: FloatArray
    co2e_kg: FloatArray
    recommended: IntArray
    tied: BoolArray
    failed: Mapping[int, str]
    cost_parts: Parts
    time_parts: Parts
    weakest: tuple[WeakLine, ...]
    warnings: Mapping[str, int]
    sources: Mapping[str, str]
    base: Mapping[str, str]
    variants: Mapping[str, Mapping[str, str]]
    batch_text: str
    command: str
    manifest: Mapping[str, str] = field(default_factory=dict)
    ladders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    unit: str = "TEU"
    teu: float = 1.0

    @property
    def per_box(self) -> Sweep:
        """The same per box of the equipment asked for; as it is where scenarios ask for several.

        So are the values of keys that are stated per TEU, such as that of a day, and the names of
        scenarios that are called after them.
        """
        box = box_of(self.base, self.variants, {key.key: key.values for key in self.keys})
        if box is None:
            return self
        teu, name = box
        keys = tuple(
            replace(key, values=tuple(_times(value, teu) for value in key.values))
            if is_per_teu(key.key)
            else key
            for key in self.keys
        )
        parts = replace(self.cost_parts, mean=teu * self.cost_parts.mean)
        figures = {name: teu * getattr(self, name) for name in ("cost", "low", "high", "co2e_kg")}
        made = replace(self, keys=keys, cost_parts=parts, unit=name, teu=teu, **figures)
        return replace(made, scenarios=self.renamed(keys))

    def renamed(self, keys: Sequence[SweptKey]) -> tuple[str, ...]:
        """Return the names of scenarios, where called after their values by those of `keys`."""
        names = []
        for place, name in enumerate(self.scenarios):
            chosen = self.choice[place].tolist()
            old, new = (
                ", ".join(of[i].values[chosen[i]] for i in self.varied) for of in (self.keys, keys)
            )
            names.append(new if name == old else name)
        return tuple(names)

    @property
    def is_close(self) -> BoolArray:
        """Whether other options are tied with the recommended one, by scenario."""
        return np.asarray(self.tied.any(axis=1), np.bool_)

    @property
    def rank(self) -> IntArray:
        """Rank by cost from 1; 0 if the corridor is not usable."""
        order = np.argsort(np.where(np.isnan(self.cost), np.inf, self.cost), axis=1, kind="stable")
        ranks = np.zeros(self.cost.shape, np.int64)
        np.put_along_axis(
            ranks, order, np.arange(1, self.cost.shape[1] + 1)[None, :].repeat(len(order), 0), 1
        )
        return np.where(np.isnan(self.cost), 0, ranks)

    @property
    def varied(self) -> tuple[int, ...]:
        """Indices of the keys with more than one value."""
        return tuple(i for i, key in enumerate(self.keys) if len(key.values) > 1)
