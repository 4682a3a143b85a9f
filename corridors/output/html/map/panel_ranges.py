"""How sure cost and days are, as bars in the panel of the map."""

from __future__ import annotations

from html import escape

from corridors.domain.results import RouteOption
from corridors.domain.scenario import PriceBasis
from corridors.domain.simulation import RouteFans
from corridors.output.comparison import Comparison
from corridors.output.html.encode import safe_colour, swatch

Span = tuple[float, float]


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
