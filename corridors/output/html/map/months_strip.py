"""The strip under the map: who is recommended in each month, what is closed, the ice."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from corridors.domain.results import RouteOption
from corridors.output.comparison import Comparison
from corridors.output.html.encode import NOTHING, counted, safe_colour
from corridors.output.html.map.panel import printed_figures
from corridors.output.html.map.sea_ice import sea_ice
from corridors.output.monthly import closed_in, quickest


def strip_html(months: Sequence[Comparison]) -> str:
    """Return the strip as markup with escaped text; nothing without months."""
    if not months:
        return ""
    heads = "".join(
        f'<th scope="col"><button type="button" data-month="{number}" aria-pressed="false">'
        f"{one.scenario.departure:%b %Y}</button></th>"
        for number, one in enumerate(months)
    )
    best = [one.recommended for one in months]
    quick = [quickest(one) for one in months]
    rows = (
        _runs("Recommended", [_named(route) for route in best], best),
        _figures("USD/TEU", best, 0),
        _figures("days", best, 1),
        _runs("Quickest", [_named(route) for route in quick], quick),
        _figures("its days", quick, 1),
        _runs("Closed", [_closed(one) for one in months]),
        *_ice_rows(months),
    )
    return (
        '<section id="months" aria-label="The year by month"><div class="turn">'
        '<button type="button" data-step="-1" aria-label="One month back">◂</button>'
        '<button type="button" data-play aria-label="Play the months">▶</button>'
        '<button type="button" data-step="1" aria-label="One month on">▸</button>'
        '<p data-said aria-live="polite"></p></div>'
        '<div class="scrolls" tabindex="0" role="group" aria-label="Months: arrow keys step">'
        '<table><thead><tr><th scope="col">Departure</th>'
        f"{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _runs(
    title: str, cells: Sequence[str], routes: Sequence[RouteOption | None] | None = None
) -> str:
    """Return a row in which equal cells in succession are one, in the colour of its corridor."""
    made, at = [], 0
    for text, run in groupby(cells):
        months = len(list(run))
        route = routes[at] if routes else None
        style = f' style="border-top-color:{safe_colour(route.colour)}"' if route else ""
        made.append(f'<td class="run" colspan="{months}"{style}><span>{text}</span></td>')
        at += months
    return _row(title, made)


def _figures(title: str, routes: Sequence[RouteOption | None], at: int) -> str:
    return _row(
        title,
        [
            f'<td data-cell="{number}">{printed_figures(route)[at] if route else NOTHING}</td>'
            for number, route in enumerate(routes)
        ],
    )


def _row(title: str, cells: Sequence[str]) -> str:
    return f'<tr><th scope="row">{title}</th>{"".join(cells)}</tr>'


def _named(route: RouteOption | None) -> str:
    return escape(route.title) if route else NOTHING


def _closed(one: Comparison) -> str:
    """Return the closed corridor, or how many are: the panel names them."""
    titles = [escape(route.title) for route in closed_in(one)]
    if len(titles) < 2:
        return titles[0] if titles else NOTHING
    return f'<span title="{", ".join(titles)}">{counted(len(titles), "corridor")}</span>'


def _ice_rows(months: Sequence[Comparison]) -> list[str]:
    """Return a row of each sea: ice in tenths, the darker the more."""
    return [
        _row(
            f"{escape(sea.name)} ice, /10",
            [
                _ice_cell(number, sea.tenths[one.scenario.departure.month - 1])
                for number, one in enumerate(months)
            ],
        )
        for sea in sea_ice(months[0].scenario.ice_year)
    ]


def _ice_cell(number: int, tenths: float) -> str:
    share = min(1.0, tenths / 10.0)
    return (
        f'<td data-cell="{number}" class="ice">'
        f'<span style="background:rgba(86,150,200,{share * 0.55:.2f})">{tenths:.1f}</span></td>'
    )
