"""Effect of one swept key with all others equal: recommendations, costs, ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.data.cities import name_of
from corridors.domain.allocation import Floor, PricedRoute, PriceRow, Quoted, Slider, Term, WhatIf
from corridors.domain.objective import Objective
from corridors.domain.results import RouteOption
from corridors.domain.scenario import PriceBasis
from corridors.output.comparison import Comparison
from corridors.output.display_names import on_page
from corridors.output.html.palette import MIST, WINE, painted, role_colour, rounded, script_json
from corridors.output.html.report.parts import PerBox, group_of, part_colours
from corridors.output.monthly import Sweep

Mask = BoolArray
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Number of pairs in which the recommendation changed between two corridors; -1 is none."""

    before: int
    after: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankShift:
    """Mean rank by cost before and after, over the pairs in which a corridor is usable in both."""

    corridor: int
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Effect of changing a key from its first value to another.

    `pairs` counts the pairs of answered scenarios that differ in nothing else. `usd` and `days`
    are the median changes of the recommended corridor's cost and days over the `both` pairs with
    a recommendation before and after, `changed_usd` and `changed_days` over those in which it
    changed; None without such a pair. `lost` and `gained` are (corridor, pairs) in which the
    corridor became unusable or usable.
    """

    key: int
    value: int
    pairs: int
    changed: int
    moves: tuple[Move, ...]
    both: int
    usd: float | None
    days: float | None
    changed_usd: float | None
    changed_days: float | None
    lost: tuple[tuple[int, int], ...]
    gained: tuple[tuple[int, int], ...]
    shifts: tuple[RankShift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    """Ranks by corridor, and cost and days of the recommended corridor."""

    rank: IntArray
    usd: FloatArray
    days: FloatArray


def answered(sweep: Sweep) -> Mask:
    """Return which scenarios did not fail."""
    mask = np.ones(len(sweep.scenarios), np.bool_)
    mask[[i for i in sweep.failed if 0 <= i < len(mask)]] = False
    return mask


def key_effects(sweep: Sweep, key: int) -> list[Effect]:
    """Return the effect of each value of a key after its first, in order."""
    partner, mask = _partners(sweep, key), answered(sweep)
    figures = _Figures(
        rank=sweep.rank,
        usd=winner_figure(sweep, sweep.cost),
        days=winner_figure(sweep, sweep.days),
    )
    effects = []
    for value in range(1, len(sweep.keys[key].values)):
        after = np.flatnonzero((sweep.choice[:, key] == value) & (partner >= 0) & mask)
        after = after[mask[partner[after]]]
        effects.append(_effect(sweep, figures, key, value, partner[after], after))
    return effects


def winner_figure(sweep: Sweep, array: FloatArray) -> FloatArray:
    """Return a figure of the recommended corridor by scenario; NaN without one."""
    has = sweep.recommended >= 0
    column = np.where(has, sweep.recommended, 0)
    if not array.shape[1]:
        return np.full(len(array), np.nan)
    taken = array[np.arange(len(array)), column]
    return np.where(has, taken, np.nan)


def _partners(sweep: Sweep, key: int) -> IntArray:
    """Return for each scenario the equal one with the key's first value, or -1."""
    first: dict[tuple[int, ...], int] = {}
    rows = [tuple(row) for row in sweep.choice.tolist()]
    for i, row in enumerate(rows):
        if row[key] == 0:
            first.setdefault(row, i)
    return np.array([first.get((*row[:key], 0, *row[key + 1 :]), NOBODY) for row in rows], np.int64)


def _effect(
    sweep: Sweep, figures: _Figures, key: int, value: int, before: IntArray, after: IntArray
) -> Effect:
    old, new = sweep.recommended[before], sweep.recommended[after]
    counts = Counter(
        pair for pair in zip(old.tolist(), new.tolist(), strict=True) if pair[0] != pair[1]
    )
    moves = tuple(
        Move(before=was, after=now, pairs=count)
        for (was, now), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    usd = figures.usd[after] - figures.usd[before]
    days = figures.days[after] - figures.days[before]
    usable_before, usable_after = figures.rank[before] > 0, figures.rank[after] > 0
    return Effect(
        key=key,
        value=value,
        pairs=len(after),
        changed=sum(move.pairs for move in moves),
        moves=moves,
        both=int(np.isfinite(usd).sum()),
        usd=_median(usd),
        days=_median(days),
        changed_usd=_median(usd[old != new]),
        changed_days=_median(days[old != new]),
        lost=_counts(usable_before & ~usable_after),
        gained=_counts(~usable_before & usable_after),
        shifts=_shifts(figures.rank[before], figures.rank[after]),
    )


def _median(values: FloatArray) -> float | None:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else None


def _counts(hit: Mask) -> tuple[tuple[int, int], ...]:
    """Return (corridor, pairs) of the corridors that occur, most frequent first."""
    totals = [(i, int(count)) for i, count in enumerate(hit.sum(axis=0)) if count]
    return tuple(sorted(totals, key=lambda item: (-item[1], item[0])))


def _shifts(before: IntArray, after: IntArray) -> tuple[RankShift, ...]:
    both = (before > 0) & (after > 0)
    shifts = []
    for i in range(before.shape[1]):
        rows = both[:, i]
        if not rows.any():
            continue
        old, new = float(before[rows, i].mean()), float(after[rows, i].mean())
        if abs(new - old) >= 0.05:
            shifts.append(RankShift(corridor=i, before=old, after=new))
    return tuple(
        sorted(shifts, key=lambda shift: (-abs(shift.after - shift.before), shift.corridor))
    )


# Sliders that price the stored routes again, with no network: a part of report and map.

ABOVE = "Freight beyond cost, as quoted"
OF_DAYS = "Value of days"
_MORE_COLOURS = {ABOVE: WINE, OF_DAYS: MIST}
# What the first price of a slider is, where its scope does not say so.
_FIRST = {
    "fuel.vlsfo_usd_per_t": "VLSFO",
    "fuel.mgo_usd_per_t": "gas oil",
    "fuel.lng_usd_per_t": "LNG",
    "ets.price_eur_per_t": "an allowance",
}
_SHARES = "USD/USD"
MOST_USD_PER_DAY = 300
# The limit that the script applies itself, as prices move what it bounds.
COST_LIMIT = "max_usd_per_teu"
_Made = Callable[[Sequence[Term]], list[object]]


def what_if_section(comparison: Comparison, note_of: Callable[[str], str], *, command: str) -> str:
    """Return the sliders, what the script fills, and its data; empty without stored bills.

    Parameters
    ----------
    comparison
        The comparison.
    note_of
        Returns how a page cites a source id, as markup; nothing for what is no source.
    command
        The command line that gave it, which the settings are added to.
    """
    found = comparison.what_if
    if found is None or not found.routes:
        return ""
    generalised = comparison.scenario.objective is Objective.GENERALISED
    usual_day = comparison.scenario.shipment.value_of_time_usd_per_teu_day if generalised else 0.0
    rows = "".join(_slider(slider, note_of) for slider in found.sliders)
    return (
        '<div class="whatif"><p>Move a price: the stored routes are priced again, exactly, from'
        " their bills. Dates, ice, closures, cargo and other inputs change the routes themselves"
        " and need a new run. Ties are not shown here.</p>"
        '<div class="now" aria-live="polite"><p id="whatif-answer"></p>'
        '<p id="whatif-ladder"></p><p id="whatif-floor"></p></div>'
        '<div class="panel"><form id="whatif-form">'
        f"{rows}{_day_slider(usual_day)}{_basis(comparison, found)}"
        '<p><button type="reset" class="plain">Reset</button></p></form>'
        "<div>"
        '<ul class="legend" id="whatif-legend"></ul>'
        '<div class="chart" id="chart-whatif" role="img" aria-label="Cost by part at the prices'
        ' set"><div class="bars"></div></div></div></div>'
        "<h3>The command that gives the same</h3>"
        '<pre id="whatif-command"></pre>'
        f'<script type="application/json" id="whatif-data">'
        f"{_data(comparison, found, usual_day=usual_day, command=command)}</script>"
        "<noscript><p>This part needs JavaScript.</p></noscript></div>"
    )


def _slider(slider: Slider, note_of: Callable[[str], str]) -> str:
    link = note_of(slider.rows[0].source_id)
    return (
        f'<div class="slider"><label for="whatif-{slider.id}">{escape(slider.title)}</label>'
        f'<output for="whatif-{slider.id}"></output>'
        f'<input type="range" id="whatif-{slider.id}" data-slider="{slider.id}"'
        f' min="{slider.low:g}" max="{slider.high:g}" step="0.01" value="{slider.usual:g}">'
        f'<span class="note">{link or "&nbsp;"}</span></div>'
    )


def _day_slider(usual: float) -> str:
    most = max(MOST_USD_PER_DAY, round(2 * usual))
    return (
        '<div class="slider"><label for="whatif-day">Value of a day</label>'
        '<output for="whatif-day"></output>'
        f'<input type="range" id="whatif-day" min="0" max="{most}" step="1" value="{usual:g}">'
        '<span class="note">Above 0, routes rank by cost plus days times it.</span></div>'
    )


def _basis(comparison: Comparison, found: WhatIf) -> str:
    if not found.quoted:
        return ""
    now = comparison.scenario.price_basis
    radios = "".join(
        f'<label><input type="radio" name="basis" value="{basis.value}"'
        f"{' checked' if basis is now else ''}> {text}</label> "
        for basis, text in (
            (PriceBasis.COST, "what carriage costs"),
            (PriceBasis.PRICE, "what shippers are quoted"),
        )
    )
    return f'<fieldset class="basis"><legend>Price basis</legend>{radios}</fieldset>'


def _data(comparison: Comparison, found: WhatIf, *, usual_day: float, command: str) -> str:
    """Return the data of the script; terms are [part, USD per TEU, numbers of sliders]."""
    options = {option.corridor: option for option in comparison.usable}
    routes = [route for route in found.routes if not options[route.corridor].equals]
    objective = comparison.scenario.objective
    parts = {**part_colours(), **_MORE_COLOURS}
    number = {slider.id: i for i, slider in enumerate(found.sliders)}
    box = PerBox.of(comparison.scenario)
    place = {title: i for i, title in enumerate(parts)}

    def terms(of: Sequence[Term]) -> list[object]:
        return [
            [place[group_of(one.part)], one.usd, [number[name] for name in one.sliders]]
            for one in of
        ]

    return script_json(
        rounded(
            {
                "sliders": [_slider_data(slider) for slider in found.sliders],
                "parts": [
                    {"title": title, "colour": painted(colour)} for title, colour in parts.items()
                ],
                "routes": [_route_data(comparison, r, terms) for r in routes],
                "same": {one.corridor: one.equals for one in options.values() if one.equals},
                "ranks": objective in (Objective.COST, Objective.GENERALISED),
                "most": comparison.scenario.limits.max_usd_per_teu,
                "quoted": {mode: _quoted_data(q, terms) for mode, q in found.quoted.items()},
                "floor": None if found.floor is None else _floor_data(found.floor, number),
                "basis": comparison.scenario.price_basis.value,
                "day": usual_day,
                "teu": box.teu,
                "box": box.unit,
                "command": command,
            }
        )
    )


def _slider_data(slider: Slider) -> dict[str, object]:
    first = slider.rows[0]
    return {
        "id": slider.id,
        "usual": slider.usual,
        "rows": [[row.key, row.value] for row in slider.rows],
        "first": _first_text(first),
        "unit": on_page(first.unit),
    }


def _first_text(row: PriceRow) -> str:
    """Return what the first price of a slider is; empty if it is no price by itself."""
    if row.unit.startswith(_SHARES):
        return ""
    return _FIRST.get(row.parameter) or name_of(row.scope or "")


def _route_data(comparison: Comparison, route: PricedRoute, terms: _Made) -> dict[str, object]:
    option = next(one for one in comparison.usable if one.corridor == route.corridor)
    out = _left_out(comparison, option)
    return {
        **({"out": out} if out else {}),
        "id": route.corridor,
        "title": option.title,
        "colour": role_colour(option),
        "days": route.days,
        "terms": terms(route.terms),
        "lane": route.lane,
    }


def _left_out(comparison: Comparison, option: RouteOption) -> str:
    """Return why no price makes an option the recommended one; empty if one may."""
    if option.corridor in comparison.decision.without_line:
        return "no line found"
    return "over a limit" if any(one.limit != COST_LIMIT for one in option.exceeds) else ""


def _quoted_data(quoted: Quoted, terms: _Made) -> dict[str, object]:
    return {
        "freight": quoted.freight_usd_per_teu,
        "cost": terms(quoted.cost),
    }


def _floor_data(floor: Floor, number: dict[str, int]) -> dict[str, object]:
    return {
        "sliders": [number[name] for name in floor.sliders],
        "points": floor.points,
        "usd": floor.usd_per_teu,
    }
