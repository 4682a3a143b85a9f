"""The page of a phase diagram: a picture of cells, and a table."""

from __future__ import annotations

from html import escape
from itertools import groupby

from corridors.output.driver_moves import Axis, Phase
from corridors.output.html.encode import element, safe_colour
from corridors.output.html.page_shell import asset, page_html, policy_of_style
from corridors.output.html.report.common import answer_box, licence
from corridors.output.html.report.report_tables import Column
from corridors.output.html.report.uncertainty_page import plain_table

SIDE = 500.0
LEFT, BELOW = 64.0, 44.0
NONE = "#ffffff"
STYLE = """
svg.phase { width: 100%; max-width: 760px; height: auto; font: 13px sans-serif; display: block; }
"""


def render_phase(found: Phase) -> str:
    """Return the page as HTML text."""
    asked = found.scenario
    style = asset("report", "report.css") + STYLE
    day = asked.departure
    texts = [f"{title} is best in {share:.0%} of the picture." for title, share in found.shares]
    rows = [(title, f"{share:.1%}") for title, share in found.shares]
    columns = (Column(title="Corridor"), Column(title="Share of the picture", figure=True))
    return page_html(
        f"{asked.name}: phases",
        "<header>"
        + element("h1", f"{asked.name}: which is best where")
        + element(
            "p",
            f"{asked.origin} to {asked.destination}, departing {day.day} {day:%B %Y}",
            class_="asked",
        )
        + answer_box(texts)
        + f"</header>\n<main>{_figure(found)}"
        + plain_table("Shares", columns, rows)
        + f"</main>\n<footer>{licence()}</footer>\n",
        style=style,
        policy=policy_of_style(style),
    )


def _figure(found: Phase) -> str:
    shown = dict.fromkeys(number for row in found.best for number in row)
    keys = "".join(
        f'<li><svg width="11" height="11" aria-hidden="true"><rect width="11" height="11"'
        f' fill="{_colour(found, number)}"/></svg> {escape(_title(found, number))}</li>'
        for number in shown
    )
    caption = f"Best option by {found.x.key} ({found.x.unit}) and {found.y.key} ({found.y.unit})"
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<ul class="keys">{keys}</ul>{_picture(found, caption)}</figure>'
    )


def _picture(found: Phase, says: str) -> str:
    """Return the cells, those alike in a row as one rectangle, with the ends of both axes."""
    rows, columns = len(found.best), len(found.best[0])
    wide, high = SIDE / columns, SIDE / rows
    parts = []
    for line, row in enumerate(found.best):
        start = 0
        for number, cells in groupby(row):
            count = len(list(cells))
            parts.append(
                f'<rect x="{LEFT + start * wide:.2f}" y="{SIDE - (line + 1) * high:.2f}"'
                f' width="{count * wide + 0.05:.2f}" height="{high + 0.05:.2f}"'
                f' fill="{_colour(found, number)}"/>'
            )
            start += count
    x, y = (_place(axis) for axis in (found.x, found.y))
    if x is not None and y is not None:
        parts.append(
            f'<circle cx="{LEFT + SIDE * x:.1f}" cy="{SIDE * (1.0 - y):.1f}" r="5" fill="#ffffff"'
            ' stroke="#22303a" stroke-width="2"/>'
        )
    texts = (
        (LEFT, SIDE + 18.0, "start", f"{found.x.values[0]:,.4g}"),
        (LEFT + SIDE, SIDE + 18.0, "end", f"{found.x.values[-1]:,.4g}"),
        (LEFT + SIDE / 2.0, SIDE + 36.0, "middle", found.x.key),
        (LEFT - 6.0, SIDE, "end", f"{found.y.values[0]:,.4g}"),
        (LEFT - 6.0, 12.0, "end", f"{found.y.values[-1]:,.4g}"),
    )
    labels = "".join(
        f'<text x="{at:.1f}" y="{down:.1f}" text-anchor="{anchor}" fill="#5b6b76">'
        f"{escape(text)}</text>"
        for at, down, anchor, text in texts
    )
    return (
        f'<svg class="phase" viewBox="0 0 {LEFT + SIDE + 4.0:.0f} {SIDE + BELOW:.0f}" role="img"'
        f' aria-label="{escape(says)}">{"".join(parts)}{labels}</svg>'
    )


def _place(axis: Axis) -> float | None:
    """Return where the value of the scenario lies along an axis, None outside it."""
    low, high = axis.values[0], axis.values[-1]
    at = (axis.value - low) / (high - low)
    return at if 0.0 <= at <= 1.0 else None


def _colour(found: Phase, number: int) -> str:
    return safe_colour(found.colours[number]) if number >= 0 else NONE


def _title(found: Phase, number: int) -> str:
    return found.titles[number] if number >= 0 else "none meets the limits"
