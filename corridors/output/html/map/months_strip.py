"""The strip under the map: who is recommended in each month, what is closed, the ice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from corridors.data.ice import AREA_NAMES, load_ice_table
from corridors.output.comparison import Comparison
from corridors.output.html.encode import NOTHING, counted, safe_colour
from corridors.output.html.map.ice import tenths_by_area
from corridors.output.html.map.panel import printed_figures


def strip_html(months: Sequence[Comparison]) -> str:
    """Return the strip as markup with escaped text; nothing without months."""
    if not months:
        return ""
    heads = "".join(
        f'<th scope="col"><button type="button" data-month="{number}" aria-pressed="false">'
        f"{one.scenario.departure:%b %Y}</button></th>"
        for number, one in enumerate(months)
    )
    rows = (
        _row("Recommended", months, _winner, "wins"),
        _row("USD/TEU", months, lambda one: _figure(one, 0)),
        _row("days", months, lambda one: _figure(one, 1)),
        _row("closed", months, _closed),
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


def _row(
    title: str,
    months: Sequence[Comparison],
    cell: Callable[[Comparison], str],
    kind: str = "",
) -> str:
    cells = []
    for number, one in enumerate(months):
        best = one.recommended
        style = f' style="border-color:{safe_colour(best.colour)}"' if kind and best else ""
        named = f' class="{kind}"' if kind else ""
        cells.append(f'<td data-cell="{number}"{named}{style}>{cell(one)}</td>')
    return f'<tr><th scope="row">{title}</th>{"".join(cells)}</tr>'


def _winner(one: Comparison) -> str:
    return escape(one.recommended.title) if one.recommended else NOTHING


def _figure(one: Comparison, at: int) -> str:
    return printed_figures(one.recommended)[at] if one.recommended else NOTHING


def _closed(one: Comparison) -> str:
    """Return how many corridors are closed; their names on hover and in the panel."""
    titles = [route.title for route in one.routes if not route.usable and route not in one.left_out]
    if not titles:
        return "0"
    text = escape(", ".join(titles))
    return f'<span title="{text}">{counted(len(titles), "corridor")}</span>'


def _ice_rows(months: Sequence[Comparison]) -> list[str]:
    """Return a row of each sea: ice in tenths, the darker the more."""
    tenths = tenths_by_area(load_ice_table(), months[0].scenario.ice_year)
    return [
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(
            _ice_cell(number, values[one.scenario.departure.month - 1])
            for number, one in enumerate(months)
        )
        + "</tr>"
        for name, values in zip(AREA_NAMES[1:], tenths, strict=True)
    ]


def _ice_cell(number: int, tenths: float) -> str:
    share = min(1.0, tenths / 10.0)
    return (
        f'<td data-cell="{number}" class="ice">'
        f'<span style="background:rgba(86,150,200,{share * 0.55:.2f})">{tenths:.1f}</span></td>'
    )
