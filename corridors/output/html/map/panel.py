"""The side panel of the map: title, recommendation, ranked layers, ranges, legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from corridors.domain.places import family_of
from corridors.domain.results import RouteOption, Sails
from corridors.domain.scenario import PriceBasis
from corridors.domain.simulation import RouteFans
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import (
    next_usable,
    on_page,
    rows_text,
    title_by,
)
from corridors.output.html.encode import day_text, safe_colour
from corridors.output.html.palette import swatch
from corridors.output.html.question_sentence import question
from corridors.output.line_notes import sails_text
from corridors.output.verdict import (
    hopeless_text,
    never_text,
    titles_of,
)

DETOURS_NOTE = "Unticked routes go over half as far again as a better one."
PLACES_LABEL = "Terminals, borders, canals and straits"
Span = tuple[float, float]

_MOVED = (
    '<p id="whatif-moved" class="warn" hidden>Prices are moved: figures, order, ★ and cards are at'
    " the prices set below, the answer above at those asked for."
    ' <button type="button" class="link">Reset</button></p>'
)

_NOTES = (
    '<p class="muted">Lines have fewer bends than tracks, roads and fairways: each card says by how'
    " many km.</p>"
    '<p class="muted">Ice is the mean of each sea: share covered x mean concentration (NSIDC).'
    " Where in the sea it lies is not shown. Outlines: NSIDC's regions, the Kara Sea by IHO.</p>"
)

_SERVICE_KEYS = (
    ("sea", "Sea", 'stroke-dasharray="7 5" stroke-width="2.6"'),
    ("rail", "Rail", 'stroke-width="2.8"'),
    ("ferry", "Ferry", 'stroke-dasharray="1 6" stroke-width="3.2" stroke-linecap="round"'),
    ("river", "River", 'stroke-dasharray="9 3 2 3" stroke-width="2.6"'),
    ("road", "Road", 'stroke-dasharray="3 3" stroke-width="1.8"'),
)
_OWN_KEY = ("Your own data", 'stroke-dasharray="14 3 2 3" stroke-width="2.8"')
_PLACE_KEYS = (
    ("end", "Origin, destination", 6.0),
    ("change", "Loading, unloading, transfer", 4.0),
    ("border", "Border station", 4.0),
    ("passage", "Canal, strait or cape", 4.0),
)


def panel_html(comparison: Comparison, months: Sequence[Comparison] = (), sliders: str = "") -> str:
    """Return the panel; the script moves the layer control into `#layers`.

    With `months` it holds the recommendation and the closed corridors of each, of which the script
    shows those of one. `sliders` are those of `what_if_section`.
    """
    scenario = comparison.scenario
    shown = rows_text(scenario.objective)
    return "".join(
        (
            '<aside id="panel" aria-label="Corridors compared">',
            f"<h1>{_by_month(_finding, comparison, months, tag='span')}</h1>",
            '<button id="fold" type="button" aria-expanded="true" aria-label="Fold the panel">',
            "&minus;</button>",
            _by_month(_answer, comparison, months),
            "<h2>Corridors, best first</h2>",
            f'<p class="muted">{escape(shown)}</p>' if shown else "",
            _MOVED if sliders else "",
            '<div class="row head"><span></span><span>Corridor</span>',
            '<span class="fig">USD/TEU</span>',
            '<span class="fig">days <small>(transit)</small></span>',
            '<span class="fig" title="t CO₂e per TEU, well-to-wake">t CO₂e</span>',
            "<span></span></div>",
            '<div id="layers"></div>',
            f'<p class="muted">{DETOURS_NOTE}</p>' if comparison.detours else "",
            '<p class="picks"><button type="button" data-pick="all">all</button>',
            '<button type="button" data-pick="best">recommended only</button>',
            '<button type="button" data-pick="none">none</button></p>',
            _by_month(ranges_html, comparison, months),
            _what_if(comparison, sliders),
            _by_month(_closed, comparison, months),
            _keys(comparison),
            _warnings(comparison),
            "</aside>",
        )
    )


def _what_if(comparison: Comparison, sliders: str) -> str:
    if not sliders:
        return ""
    first = f"{comparison.scenario.departure:%b %Y}"
    return (
        '<details id="what-if"><summary>What if prices change</summary>'
        f'<p class="warn" id="whatif-month" hidden>The sliders price the departure of {first}. '
        f'<button type="button" class="link">Show {first}</button></p>{sliders}</details>'
    )


def layer_label(comparison: Comparison, index: int, route: RouteOption | None = None) -> str:
    """Return the layer control row of a usable route, or of `route`, usable in another month."""
    route = route or comparison.usable[index]
    hidden = "" if route is comparison.recommended else " hidden"
    star = f' <span class="star" title="recommended"{hidden}>★</span>'
    notes = "".join(f" <small>{note}</small>" for note in notes_of(comparison, route))
    usd, days, transit, tonnes = printed_figures(route)
    rank = comparison.ranks.get(route.corridor)
    number = "" if rank is None else f"{rank}. "
    title = escape(title_by(route))
    return (
        f'<span class="row" data-index="{index}">{swatch(route.colour)}'
        f'<span class="name">{number}{title}{star}<span class="notes">{notes}</span></span>'
        f'<span class="fig">{usd}</span>'
        f'<span class="fig">{days} <small>({transit})</small></span>'
        f'<span class="fig">{tonnes}</span>'
        f'<button type="button" data-route="{index}" aria-label="Details of {title}"'
        ' title="Costs, hours and sources">i</button>'
        "</span>"
    )


def notes_of(comparison: Comparison, route: RouteOption) -> list[str]:
    """Return what stands beside the name of an option: tied, and who sails if not by schedule.

    Nothing of an option that is not usable in the month of the comparison.
    """
    if route not in comparison.usable:
        return []
    notes = ["tied"] if comparison.is_tied(route) else []
    return notes if route.sails in (None, Sails.SCHEDULED) else [*notes, sails_text(route)]


def _by_month(
    part: Callable[[Comparison], str],
    comparison: Comparison,
    months: Sequence[Comparison],
    tag: str = "div",
) -> str:
    """Return a part of the panel, or that of each month, of which the first is shown."""
    if not months:
        return part(comparison)
    return "".join(
        f'<{tag} data-of-month="{number}"{" hidden" if number else ""}>{part(one)}</{tag}>'
        for number, one in enumerate(months)
    )


def _finding(comparison: Comparison) -> str:
    """Return what to book, the title of the panel."""
    finding = escape(on_page(answer_of(comparison).finding))
    star = "" if comparison.recommended is None else ' <span class="star">★</span>'
    return f'<span class="best">{finding}</span>{star}'


def _answer(comparison: Comparison) -> str:
    """Return what the finding answers, and the sentences that follow it."""
    scenario = comparison.scenario
    asked = escape(question(scenario))
    if not scenario.name.startswith(f"{scenario.origin} to {scenario.destination}"):
        asked = f"{escape(scenario.name)}. {asked}"
    others = answer_of(comparison).sentences[1:]
    said = "".join(f"<p>{escape(on_page(text))}</p>" for text in others)
    return f'{said}<p class="muted">{asked}</p>'


def _closed(comparison: Comparison) -> str:
    left_out = comparison.left_out
    closed = [r for r in comparison.routes if not r.usable and r not in left_out]
    titles = titles_of(comparison)
    texts = (hopeless_text(comparison, titles), never_text(comparison, titles))
    items = [
        *map(_closed_item, closed),
        *(f'<li class="muted">{escape(text)}.</li>' for text in texts if text),
    ]
    if not items:
        return ""
    return f'<h2>Not usable for this departure</h2><ul class="closed">{"".join(items)}</ul>'


def _closed_item(route: RouteOption) -> str:
    again = next_usable(route, day_text)
    after = f" {again[0].upper()}{again[1:]}." if again else ""
    reason = f" {route.reason.rstrip('.')}." if route.reason else ""
    return (
        f"<li>{swatch(route.colour)}<b>{escape(route.title)}</b>: {route.status.value}."
        f'<span class="muted">{escape(reason + after)}</span></li>'
    )


def _keys(comparison: Comparison) -> str:
    legs = [step for route in comparison.usable for step in route.legs]
    used = {family_of(step.service) for step in legs}
    keys = [(name, style) for family, name, style in _SERVICE_KEYS if family in used]
    if any(step.own for step in legs):
        keys.append(_OWN_KEY)
    lines = [
        f'<div><svg width="36" height="8"><line x1="0" y1="4" x2="36" y2="4" stroke="#22303a" '
        f"{style}/></svg>{name}</div>"
        for name, style in keys
    ]
    dots = [
        f'<div><svg width="36" height="14"><circle cx="18" cy="7" r="{radius:g}" '
        f'stroke-width="1.8" class="place {kind}"/></svg>{name}</div>'
        for kind, name, radius in _PLACE_KEYS
    ]
    ice = (
        '<div class="ice-scale"><svg width="72" height="14">'
        + "".join(
            f'<rect x="{24 * n + 1}" y="1" width="24" height="12" class="ice-key"'
            f' fill-opacity="{share}"/>'
            for n, share in enumerate((0, 0.5, 1))
        )
        + "</svg>Sea ice of the month: none, 5/10, 10/10 of the sea"
        f" ({_ice_year(comparison.scenario.ice_year)})</div>"
    )
    return f'<h2>Legend</h2><div class="keys">{"".join(lines + dots)}{ice}</div>{_NOTES}'


def _ice_year(year: str) -> str:
    """Return `mean year` or `year 2012`."""
    return f"year {year}" if year.isdigit() else f"{year} year"


def _warnings(comparison: Comparison) -> str:
    best = comparison.recommended
    texts = (*(best.warnings if best else ()), *comparison.warnings)
    items = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return f"<h2>Warnings</h2>{items}" if items else ""


def printed_figures(route: RouteOption) -> tuple[str, str, str, str]:
    """Return USD, days, transit days and t CO2e per TEU as printed."""
    return (
        f"{route.printed_usd_per_teu or 0.0:,.0f}",
        f"{route.days or 0.0:.1f}",
        f"{route.transit_days or 0.0:.1f}",
        f"{(route.co2e_wtw_kg_per_teu or 0.0) / 1000:.2f}",
    )


def bases_text(route: RouteOption) -> str:
    """Return cost and price per TEU in words, and how the price is known."""
    cost, price = route.cost_usd_per_teu or 0.0, route.price_usd_per_teu
    if route.price_basis is PriceBasis.COST:
        cost = route.printed_usd_per_teu or 0.0
    text = f"Cost USD {cost:,.0f}"
    if price is not None:
        text += f", price USD {price:,.0f} ({route.price_status})"
    return f"{text} per TEU"


def ranges_html(comparison: Comparison) -> str:
    """Return a bar of cost or price and one of days for each usable option, each kind on one scale.

    From 10 to 90 % of draws where the comparison holds them; else of money alone, from the sum of
    all lows to that of all highs.
    """
    usable = comparison.usable
    if not usable:
        return ""
    days = {route.corridor: _days(route) for route in usable}
    most_usd = max(route.low_and_high[1] for route in usable) or 1.0
    most_days = max((span[1] for span in days.values() if span), default=1.0)
    rows = []
    for route in usable:
        bars = _bar(route, route.low_and_high, most_usd, "USD per TEU", "{:,.0f}")
        of_days = days[route.corridor]
        if of_days is not None:
            bars += _bar(route, of_days, most_days, "days", "{:,.0f}")
        name = f'<span class="name">{swatch(route.colour)}{escape(route.title)}</span>'
        rows.append(f'<div class="spread">{name}{bars}</div>')
    what = "Price" if comparison.scenario.price_basis is PriceBasis.PRICE else "Cost"
    if any(route.fans is not None for route in usable):
        text = f"{what} per TEU, then days of one shipment, from 10 to 90 % of draws (P10 to P90)."
    else:
        text = f"{what} per TEU, from all cost lines at their low to all at their high."
    return (
        "<details><summary>How sure cost and days are</summary>"
        f'<p class="muted">{text} At the prices asked for.</p>{"".join(rows)}</details>'
    )


def _days(route: RouteOption) -> Span | None:
    fans = route.fans
    return (fans.days.p10, fans.days.p90) if isinstance(fans, RouteFans) else None


def _bar(route: RouteOption, span: Span, most: float, unit: str, form: str) -> str:
    """Return a bar from low to high on a track from 0 to the most of all, with both figures."""
    low, high = span
    left, width = 100.0 * low / most, max(100.0 * (high - low) / most, 0.5)
    text = f"{form.format(low)} to {form.format(high)}"
    return (
        f'<span class="lane"><i style="left:{left:.1f}%;width:{width:.1f}%;'
        f'background:{safe_colour(route.colour)}"></i></span>'
        f'<span class="fig">{text} <small>{unit}</small></span>'
    )
