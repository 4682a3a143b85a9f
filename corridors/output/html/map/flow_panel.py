"""The panel of a flow map: volumes, what more room would save, what is left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corridors.domain.allocation import Marginal, Spill
from corridors.domain.objective import Objective
from corridors.output.allocation_result import Allocation
from corridors.output.display_names import SHADOW_PRICE_NOTE, capitalised, limit_title, listed
from corridors.output.html.encode import counted
from corridors.output.html.map.flow_content import month_text, totals_by_mode
from corridors.output.html.map.panel import GRIP
from corridors.units import in_percent

Record = dict[str, object]
MODE_NAMES: Mapping[str, str] = {
    "sea": "Sea",
    "rail": "Rail",
    "ferry": "Ferries",
    "river": "Rivers",
    "road": "Road",
}
# From these shares of what the plan may use, a place counts as full or filling.
FULL, FILLING = 0.995, 0.7
_MOST_LISTED = 12
_MOST_SPILLS = 6


def flow_panel_html(allocation: Allocation) -> str:
    """Return the panel, which the script fills, with the months to choose from."""
    months = allocation.plan.months
    choices = "".join(
        f'<option value="{i}">{month_text(month)}</option>' for i, month in enumerate(months)
    )
    every = f"all {len(months)} months" if len(months) > 1 else "the full plan"
    return (
        f'<aside id="panel" aria-label="Flows of the plan">{GRIP}'
        '<p class="months"><label for="month">Departures of </label>'
        f'<select id="month"><option value="-1">{every}</option>{choices}</select></p>'
        '<div id="widths" aria-label="Widths of lines"></div></aside>'
    )


def flow_panel(allocation: Allocation, titles: Mapping[str, str]) -> Record:
    """Return what the panel says of a plan as a whole, with the keys of `panel_record`."""
    plan, teu = allocation.plan, allocation.teu
    first, last = month_text(plan.months[0]), month_text(plan.months[-1])
    span = first if first == last else f"{first} to {last}"
    lowest = Objective(plan.objective).aim.lowest
    figures = [("TEU", teu), ("USD, million", allocation.cost_usd / 1e6)]
    texts = [(label, f"{value:,.{0 if value >= 100 else 1}f}") for label, value in figures]
    keys = [(total.key, MODE_NAMES[total.key]) for total in totals_by_mode(allocation)]
    shown = [("full", "Full"), ("filling", f"{in_percent(FILLING)} % or more"), ("free", "Less")]
    return {
        "asked": f"{plan.name}: {counted(len(plan.pairs), 'pair')}, {span}",
        "finding": f"Ship {teu:,.0f} TEU for USD {allocation.cost_usd / 1e6:,.1f} million",
        "lead": _left_behind(allocation) or f"All of it, at the lowest {lowest} within capacities.",
        "figures": [
            *({"label": label, "value": text, "unit": "", "low": ""} for label, text in texts),
            {"label": "t CO₂e", "value": f"{allocation.co2e_t:,.0f}", "unit": "", "low": ""},
        ],
        "changes": list(_full(allocation.marginals, titles)),
        "keys": [*keys, *shown],
        "closed": [],
        "notes": [
            *(["", text] for text in allocation.cautions),
            *(["Diverted", text] for text in _spilled(allocation.spills, titles)),
            *([["", SHADOW_PRICE_NOTE]] if allocation.marginals else []),
        ],
        "rests": f"{allocation.proof} Widths follow the square root of TEU.",
    }


def _left_behind(allocation: Allocation) -> str:
    by_pair: dict[str, float] = {}
    for pair, _, teu in allocation.unmet:
        by_pair[pair] = by_pair.get(pair, 0.0) + teu
    text = "; ".join(f"{teu:,.0f} TEU {pair}" for pair, teu in by_pair.items())
    return f"Left behind: {text}." if text else ""


def _full(marginals: tuple[Marginal, ...], titles: Mapping[str, str]) -> Iterator[Record]:
    """Yield what more room would save: a row per limit, for its most expensive month."""
    by_name: dict[str, list[Marginal]] = {}
    for marginal in marginals:
        by_name.setdefault(marginal.name, []).append(marginal)
    highest = sorted(
        (max(found, key=lambda one: one.usd_per_unit) for found in by_name.values()),
        key=lambda one: (-one.usd_per_unit, one.name),
    )
    for one in highest[:_MOST_LISTED]:
        yield {
            "when": capitalised(limit_title(one.name, titles)),
            "option": f"Saves USD {one.usd_per_unit:,.2f} a {one.unit}",
            "text": f"with more room; full in {_when(one, by_name[one.name])}",
            "route": -1,
        }


def _when(one: Marginal, found: list[Marginal]) -> str:
    if one.month is None:
        return "the full plan"
    return f"{len(found)} months" if len(found) > 1 else month_text(one.month)


def _spilled(spills: tuple[Spill, ...], titles: Mapping[str, str]) -> Iterator[str]:
    by_pair: dict[tuple[str, tuple[str, ...]], list[float]] = {}
    for spill in spills:
        into = by_pair.setdefault((spill.pair, spill.because), [0.0, 0.0])
        into[0] += spill.teu
        into[1] += spill.teu * spill.extra_usd_per_teu
    most = sorted(by_pair.items(), key=lambda item: (-item[1][0], item[0]))[:_MOST_SPILLS]
    for (pair, because), (teu, usd) in most:
        limits = listed(limit_title(name, titles) for name in because) or "its limits"
        yield f"{teu:,.0f} TEU {pair}: USD {usd / teu:,.0f} per TEU more, because of {limits}"
