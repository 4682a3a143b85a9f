"""The side panel of a flow map: volumes, layers, legend, shadow prices."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from corridors.domain.allocation import Marginal, Spill
from corridors.domain.objective import Objective
from corridors.domain.places import Family
from corridors.output.allocation_result import Allocation
from corridors.output.display_names import SHADOW_PRICE_NOTE, capitalised, limit_title, listed
from corridors.output.html.encode import counted
from corridors.output.html.map.flow_content import MODES, FlowTotal, month_text, totals_by_mode
from corridors.units import in_percent

MODE_COLOURS: Mapping[str, str] = {
    "sea": "#1d6fa5",
    "rail": "#b4512d",
    "ferry": "#1b8f7a",
    "river": "#48a5c9",
    "road": "#3b3340",
}
MODE_NAMES: Mapping[str, str] = {
    "sea": "Sea",
    "rail": "Rail",
    "ferry": "Ferries",
    "river": "Rivers",
    "road": "Road",
}
# From these shares of what the plan may use, a place counts as full or filling.
FULL, FILLING = 0.995, 0.7
CAPACITY_COLOURS = {"full": "#b3202a", "filling": "#e0a72e", "free": "#5f8f4e"}
CAPACITIES_LABEL = "Listed capacities"
_LIMITS = "Full capacities and limits"
ENDS_LABEL = "Origins and destinations"
_MOST_LISTED = 12
_MOST_SPILLS = 6


def flow_panel_html(allocation: Allocation, titles: Mapping[str, str]) -> str:
    """Return the panel; the script moves the layer control into `#layers`."""
    plan = allocation.plan
    first, last = month_text(plan.months[0]), month_text(plan.months[-1])
    span = first if first == last else f"{first} to {last}"
    lowest = Objective(plan.objective).aim.lowest
    asked = (
        f"{counted(len(plan.pairs), 'pair')}, {span}; lowest {lowest} within the listed capacities."
    )
    return "".join(
        (
            '<aside id="panel" aria-label="Flows of the plan">',
            f"<h1>{escape(plan.name)}</h1>",
            '<button id="fold" type="button" aria-expanded="true" aria-label="Fold the panel">',
            "&minus;</button>",
            f'<p class="muted">{escape(asked)}</p>',
            f'<p class="muted">{escape(allocation.proof)}</p>',
            *(f'<p class="warning">{escape(text)}</p>' for text in allocation.cautions),
            _sums(allocation),
            _left_behind(allocation),
            _months(allocation),
            '<h2>Layers, with figures of the <span id="period">full plan</span></h2>',
            '<div class="row flow head"><span></span><span></span>',
            '<span class="fig">TEU</span><span class="fig">USD/TEU</span>',
            '<span class="fig">days</span></div>',
            '<div id="layers"></div>',
            f'<p class="muted" id="sum">In all {allocation.teu:,.0f} TEU.</p>',
            '<p class="picks"><button type="button" data-pick="all">all</button>',
            '<button type="button" data-pick="none">none</button></p>',
            _keys(allocation),
            _shadow_prices(allocation.marginals, titles),
            _spilled(allocation.spills, titles),
            "</aside>",
        )
    )


def mode_label(total: FlowTotal, *, first: bool) -> str:
    """Return the layer control row of a mode."""
    mark = (
        f'<svg width="12" height="12"><line x1="0" y1="6" x2="12" y2="6" stroke-width="4" '
        f'stroke="{MODE_COLOURS[total.key]}"/></svg>'
    )
    key = ("mode", MODES.index(Family(total.key)))
    return _label(mark, MODE_NAMES[total.key], total, key, heading="By mode" if first else "")


def corridor_label(title: str, total: FlowTotal, number: int) -> str:
    """Return the layer control row of a corridor by its number; `title` is plain text."""
    key = ("corridor", number)
    return _label("<span></span>", title, total, key, heading="" if number else "By corridor")


def plain_label(name: str, *, heading: str = "") -> str:
    """Return the layer control row of a layer without figures."""
    return f'{_heading(heading)}<span class="row flow"><span></span>{escape(name)}</span>'


def _label(mark: str, name: str, total: FlowTotal, key: tuple[str, int], *, heading: str) -> str:
    """Return a row whose figures the script renews for a month, by its kind and number."""
    kind, number = key
    return (
        f'{_heading(heading)}<span class="row flow" data-kind="{kind}" data-key="{number}">{mark}'
        f'<span class="name">{escape(name)}</span>'
        f'<span class="fig">{total.teu:,.0f}</span>'
        f'<span class="fig">{total.usd_per_teu:,.0f}</span>'
        f'<span class="fig">{total.days:.1f}</span></span>'
    )


def _heading(text: str) -> str:
    return f'<span class="group">{escape(text)}</span>' if text else ""


def _sums(allocation: Allocation) -> str:
    teu = allocation.teu
    mean = f", {allocation.cost_usd / teu:,.0f} per TEU" if teu else ""
    return (
        f'<p class="best">Full plan: <b>{teu:,.0f} TEU</b> for USD {allocation.cost_usd:,.0f}'
        f"{mean}; {allocation.co2e_t:,.0f} t CO₂e.</p>"
    )


def _left_behind(allocation: Allocation) -> str:
    by_pair: dict[str, float] = {}
    for pair, _, teu in allocation.unmet:
        by_pair[pair] = by_pair.get(pair, 0.0) + teu
    if not by_pair:
        return ""
    text = "; ".join(f"{teu:,.0f} TEU {pair}" for pair, teu in by_pair.items())
    return f'<p class="warn"><b>Left behind:</b> {escape(text)}.</p>'


def _months(allocation: Allocation) -> str:
    months = allocation.plan.months
    choices = "".join(
        f'<option value="{i}">{month_text(month)}</option>' for i, month in enumerate(months)
    )
    every = f"all {len(months)} months" if len(months) > 1 else "the full plan"
    return (
        '<p class="months"><label for="month">Departures of </label>'
        f'<select id="month"><option value="-1">{every}</option>{choices}</select></p>'
    )


def _keys(allocation: Allocation) -> str:
    lines = "".join(
        f'<div><svg width="36" height="8"><line x1="0" y1="4" x2="36" y2="4" stroke-width="4" '
        f'stroke="{MODE_COLOURS[total.key]}"/></svg>{MODE_NAMES[total.key]}</div>'
        for total in totals_by_mode(allocation)
    )
    dots = "".join(
        f'<div><svg width="36" height="16"><circle cx="18" cy="8" r="6" stroke="#22303a" '
        f'stroke-width="1.5" fill="{CAPACITY_COLOURS[key]}"/></svg>{text}</div>'
        for key, text in (
            ("full", "Capacity: full"),
            ("filling", f"Capacity: {in_percent(FILLING)}% or more used"),
            ("free", "Capacity: less than that"),
        )
    )
    return (
        f'<h2>Legend</h2><div id="widths"></div><div class="keys">{lines}{dots}</div>'
        '<p class="muted">Line widths follow the square root of TEU. Point at or click a line '
        "or a circle for its figures.</p>"
    )


def _shadow_prices(marginals: tuple[Marginal, ...], titles: Mapping[str, str]) -> str:
    """Return the shadow prices of limits: a row per limit, for its most expensive month."""
    by_name: dict[str, list[Marginal]] = {}
    for marginal in marginals:
        by_name.setdefault(marginal.name, []).append(marginal)
    if not by_name:
        return f"<h2>{_LIMITS}</h2><p>No capacity is full, and no limit changes the plan.</p>"
    highest = sorted(
        (max(found, key=lambda one: one.usd_per_unit) for found in by_name.values()),
        key=lambda one: (-one.usd_per_unit, one.name),
    )
    rows = "".join(
        f"<tr><td>{escape(capitalised(limit_title(one.name, titles)))}</td>"
        f'<td class="fig">{_when(one, by_name[one.name])}</td>'
        f'<td class="fig">{one.usd_per_unit:,.2f}/{escape(one.unit)}</td></tr>'
        for one in highest[:_MOST_LISTED]
    )
    return (
        f"<h2>{_LIMITS}</h2>"
        '<table class="prices"><thead><tr><th>Limit</th><th class="fig">Months</th>'
        '<th class="fig">Shadow price, USD</th></tr></thead>'
        f'<tbody>{rows}</tbody></table><p class="muted">{SHADOW_PRICE_NOTE}</p>'
    )


def _when(one: Marginal, found: list[Marginal]) -> str:
    if one.month is None:
        return "full plan"
    return f"{len(found)} months" if len(found) > 1 else month_text(one.month)


def _spilled(spills: tuple[Spill, ...], titles: Mapping[str, str]) -> str:
    by_pair: dict[tuple[str, tuple[str, ...]], list[float]] = {}
    for spill in spills:
        into = by_pair.setdefault((spill.pair, spill.because), [0.0, 0.0])
        into[0] += spill.teu
        into[1] += spill.teu * spill.extra_usd_per_teu
    most = sorted(by_pair.items(), key=lambda item: (-item[1][0], item[0]))[:_MOST_SPILLS]
    if not most:
        return ""
    items = "".join(
        f"<li>{teu:,.0f} TEU {escape(pair)}: USD {usd / teu:,.0f} per TEU more, because of "
        f"{escape(listed(limit_title(name, titles) for name in because) or 'its limits')}</li>"
        for (pair, because), (teu, usd) in most
    )
    return f'<h2>Diverted from the cheapest route</h2><ul class="spilled">{items}</ul>'
