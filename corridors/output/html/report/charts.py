"""Charts of pages as markup: stacked bars, ranges, curves, cells, and scatters with a front.

Each has a finding for its title, what it shows below, its source and its figures to download. A
page has half a dozen charts of bars, dots and lines, which need no library: bars are boxes with
a width in percent, all else is SVG with positions in percent. So a chart fits any width, prints,
and is there without a script; what a pointer or a finger is on is named by `report.js`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from corridors.domain.objective import unbeaten
from corridors.output.html.palette import inked, painted, swatch
from corridors.output.html.report.report_tables import (
    Cell,
    Column,
    headings,
    numeric,
    table_html,
)

SCATTER_HEIGHT_PX = 400
# The narrowest drawing area, on a phone: marks that do not overlap there do so nowhere.
NARROWEST_PX = 260
MARK_PX = 19
TICKS = 5
# More points would make a page heavy, and no table of them is read.
MOST_TABLED = 60
NAME_LETTERS, LINE_PX = 26, 14
# Nearer to an edge than this share of the width a name ends or begins at its point.
NEAR_EDGE = 0.3
SOURCE = "<!-- source -->"
"""Where a page says once what its charts rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An entry of a chart's legend."""

    label: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of stacked bars: its name, the size of each part, and the range of the sum if known."""

    name: str
    parts: Mapping[str, float]
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A row of ranges: the figures at 5, 10, 50, 90 and 95 %."""

    name: str
    colour: str
    quantiles: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point of a scatter; `mark` is written inside it, `note` beside its figures."""

    name: str
    colour: str
    days: float
    usd: float
    mark: str = ""
    note: str = ""


def chart_html(
    name: str,
    drawn: str,
    *,
    finding: str = "",
    caption: str,
    keys: Sequence[Key] = (),
    says: str = "",
    table: str = "",
) -> str:
    """Return a chart with its finding, caption, legend, source and figures.

    Parameters
    ----------
    name
        Element id: letters and dashes.
    drawn
        Markup.
    finding
        What the chart shows to be so, whatever its axes: its title.
    caption
        What is drawn, plain text.
    keys
        Legend entries, shown beside the chart so that they cover no data.
    says
        Text for screen readers; the caption by default.
    table
        Markup of its figures, shown and downloaded on request.
    """
    legend = "".join(f"<li>{swatch(key.colour)}{escape(key.label)}</li>" for key in keys)
    legend = f'<ul class="legend">{legend}</ul>' if keys else ""
    figures = f"<details><summary>Figures of this chart</summary>{table}</details>" if table else ""
    title = f"<b>{escape(finding)}</b> " if finding else ""
    return (
        f"<figure><figcaption>{title}{escape(caption)}</figcaption>{legend}"
        f'<div class="chart" id="{name}" role="img" aria-label="{escape(says or caption)}">'
        f"{drawn}</div>{figures}{SOURCE}</figure>"
    )


def stacked_bars(
    name: str,
    bars: Sequence[Bar],
    colours: Mapping[str, str],
    *,
    caption: str,
    unit: str,
    finding: str = "",
    digits: int = 0,
    of: str = "Corridor",
) -> str:
    """Return horizontal stacked bars, first on top, with the sum at the end of each.

    Parameters
    ----------
    name
        Element id.
    bars
        The rows; a missing part counts as zero. Of a part below zero, such as a subsidy, the bar
        shows nothing, but its sum and the table do.
    colours
        Colours of the parts, in stacking order.
    caption
        Plain text.
    unit
        Unit of the figures.
    finding
        As in `chart_html`.
    digits
        Decimals of the figures.
    of
        What a row is, as the heading of the table.
    """
    if not bars:
        return ""
    ends = [sum(bar.parts.values()) for bar in bars]
    longest = max(max(_drawn(bar), *(bar.span or (0.0, 0.0))) for bar in bars) or 1.0
    used = [part for part in colours if any(bar.parts.get(part) for bar in bars)]
    spans = any(bar.span for bar in bars)
    says = "; ".join(f"{bar.name} {end:,.1f}" for bar, end in zip(bars, ends, strict=True))
    columns = headings(
        of, numeric(*used), numeric(f"Sum, {unit}"), numeric("low to high") if spans else ()
    )
    table = [
        [
            *(f"{bar.parts.get(part, 0.0):,.{digits}f}" for part in used),
            f"{end:,.{digits}f}",
            *([_span_text(bar, digits)] if spans else []),
        ]
        for bar, end in zip(bars, ends, strict=True)
    ]
    return _bars(
        name,
        [(bar.name, _stack(bar, colours, longest, unit, digits)) for bar in bars],
        [f"{end:,.{digits}f}" for end in ends],
        (longest, unit),
        table,
        columns=columns,
        finding=finding,
        caption=caption,
        # One part needs no key: the caption names it.
        keys=[Key(label=part, colour=colours[part]) for part in used] if len(used) > 1 else (),
        says=f"Stacked bars, {unit}: {says}",
    )


def ranges(
    name: str,
    spans: Sequence[Span],
    *,
    caption: str,
    unit: str,
    finding: str = "",
    digits: int = 0,
) -> str:
    """Return a row of quantiles for each name, first on top, with the median at its end.

    `spans` are the rows, the others as in `stacked_bars`.
    """
    if not spans:
        return ""
    longest = max(span.quantiles[-1] for span in spans) or 1.0
    table = [[f"{figure:,.{digits}f}" for figure in one.quantiles] for one in spans]
    return _bars(
        name,
        [(one.name, _range(one, longest, unit, digits)) for one in spans],
        [row[2] for row in table],
        (longest, unit),
        table,
        columns=headings("Corridor", numeric("P5", "P10", "P50", "P90", "P95")),
        finding=finding,
        caption=caption,
        says=f"{caption}: " + "; ".join(_range_text(one, unit, digits) for one in spans),
    )


def _bars(
    name: str,
    tracks: Sequence[tuple[str, str]],
    ends: Sequence[str],
    axis: tuple[float, str],
    table: Sequence[Sequence[str]],
    *,
    columns: Sequence[Column],
    caption: str,
    **more: Any,
) -> str:
    """Return rows of a name, a track as markup and its figure, above an axis, and their table."""
    rows = "".join(
        f'<div class="bar"><span class="name">{escape(title)}</span>{track}'
        f'<span class="sum">{end}</span></div>'
        for (title, track), end in zip(tracks, ends, strict=True)
    )
    figures = [[title, *row] for (title, _), row in zip(tracks, table, strict=True)]
    held = table_html(caption, columns, figures, hidden_caption=True)
    return chart_html(name, _on_axis(rows, *axis), caption=caption, table=held, **more)


def _range(span: Span, longest: float, unit: str, digits: int) -> str:
    p5, p10, p50, p90, p95 = span.quantiles
    boxes = (("thin", p5, p95), ("most", p10, p90), ("middle", p50, p50))
    pieces = "".join(
        f'<i class="{kind}" style="left:{_percent(low, longest)};'
        f'width:{_percent(high - low, longest)};background-color:{painted(span.colour)}"></i>'
        for kind, low, high in boxes
    )
    tip = escape(_range_text(span, unit, digits))
    return f'<span class="track range" data-tip="{tip}">{pieces}</span>'


def _range_text(span: Span, unit: str, digits: int) -> str:
    _, p10, p50, p90, _ = (f"{figure:,.{digits}f}" for figure in span.quantiles)
    return f"{span.name}: {p50} {unit}, from {p10} (P10) to {p90} (P90)"


def _on_axis(rows: str, longest: float, unit: str) -> str:
    """Return rows of bars above an axis from zero, with its grid behind them."""
    ticks = nice_ticks(0.0, longest)
    labels = "".join(
        f'<span style="left:{_percent(tick, longest)}">{tick:,.{_decimals(ticks)}f}</span>'
        for tick in ticks
        if tick <= longest
    )
    step = ticks[1] - ticks[0] if len(ticks) > 1 else longest
    return (
        f'<div class="bars" style="--step:{_percent(step, longest)}">{rows}'
        f'<div class="axis"><span class="scale">{labels}</span></div>'
        f'<div class="unit">{escape(unit)}</div></div>'
    )


def _drawn(bar: Bar) -> float:
    return sum(max(size, 0.0) for size in bar.parts.values())


def _span_text(bar: Bar, digits: int) -> str:
    if bar.span is None:
        return ""
    return " to ".join(f"{value:,.{digits}f}" for value in bar.span)


def _stack(bar: Bar, colours: Mapping[str, str], longest: float, unit: str, digits: int) -> str:
    pieces = [
        f'<i style="width:{_percent(max(size, 0.0), longest)};background:{painted(colour)}"'
        f' data-tip="{escape(f"{bar.name}: {part} {size:,.{digits}f} {unit}")}"></i>'
        for part, colour in colours.items()
        if (size := bar.parts.get(part, 0.0))
    ]
    if bar.span is not None:
        low, high = bar.span
        text = f"{bar.name}: low {low:,.{digits}f}, high {high:,.{digits}f} {unit}"
        pieces.append(
            f'<b class="span" style="left:{_percent(low, longest)};'
            f'width:{_percent(high - low, longest)}" data-tip="{escape(text)}"></b>'
        )
    return f'<span class="track">{"".join(pieces)}</span>'


def scatter(
    name: str,
    dots: Sequence[Dot],
    *,
    caption: str,
    keys: Sequence[Key],
    finding: str = "",
    small: Sequence[Dot] = (),
    front: bool = False,
    money: str = "USD per TEU",
) -> str:
    """Return cost against days.

    Parameters
    ----------
    name
        Element id.
    dots
        Large points, drawn over the small ones, the first on top. Where marks would overlap, they
        are moved up or down, with a line to their point.
    caption
        Plain text.
    keys
        Legend entries.
    finding
        As in `chart_html`.
    small
        Small points: other routes of a corridor, or scenarios.
    front
        Draw the front of days and cost.
    money
        What the money of the points is.
    """
    every = (*dots, *small)
    if not every:
        return ""
    area = Area.around((dot.days, dot.usd) for dot in every)
    line = ""
    if front:
        line = area.steps(unbeaten((dot.days, dot.usd) for dot in every))
    points = "".join(area.dot(dot.days, dot.usd, colour=dot.colour, tip=_tip(dot)) for dot in small)
    shifts = declutter([area.place(dot.days, dot.usd) for dot in dots])
    marks = "".join(
        _mark(area, dot, shift) for dot, shift in reversed(list(zip(dots, shifts, strict=True)))
    )
    table = ""
    if len(every) <= MOST_TABLED:
        columns = headings("Point", numeric("Days", money), "Note")
        rows: list[list[Cell | str]] = [
            [
                f"{dot.mark} {dot.name}".strip(),
                f"{dot.days:,.1f}",
                f"{dot.usd:,.0f}",
                dot.note,
            ]
            for dot in every
        ]
        table = table_html(caption, columns, rows, hidden_caption=True, classes="narrow")
    drawn = area.html(f"{line}{points}{marks}", x_label="Days, gate-in to gate-out", y_label=money)
    says = "; ".join(f"{dot.name} {dot.days:,.1f} days, {dot.usd:,.0f} USD" for dot in dots)
    return chart_html(
        name,
        drawn,
        finding=finding,
        caption=caption,
        keys=keys,
        says=f"{caption} {says}".strip(),
        table=table,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A drawing area with two numeric axes: what it spans, and the ticks of each."""

    x_span: tuple[float, float]
    y_span: tuple[float, float]
    x_ticks: Sequence[float]
    y_ticks: Sequence[float]

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]], *, from_zero: bool = False) -> Area:
        """Return the area around points, with room for their marks."""
        spans = []
        for values in zip(*points, strict=True):
            low, high = (0.0 if from_zero else min(values)), max(values)
            room = 0.08 * ((high - low) or abs(high) or 1.0)
            spans.append((0.0 if from_zero else low - room, high + room))
        return cls.over(*spans)

    @classmethod
    def over(cls, x_span: tuple[float, float], y_span: tuple[float, float]) -> Area:
        """Return the area of two spans, with round numbers as ticks."""
        across, up = (
            [tick for tick in nice_ticks(*span) if span[0] <= tick <= span[1]]
            for span in (x_span, y_span)
        )
        return cls(x_span=x_span, y_span=y_span, x_ticks=across, y_ticks=up)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return a point as shares of the width from the left and of the height from the top."""
        return self._right(x), self._down(y)

    def _right(self, x: float) -> float:
        west, east = self.x_span
        return (x - west) / (east - west)

    def _down(self, y: float) -> float:
        low, high = self.y_span
        return (high - y) / (high - low)

    def steps(self, points: Sequence[tuple[float, float]], *, kind: str = "front") -> str:
        """Return a line of steps through points: to the right, then up or down."""
        return "".join(
            self._line(one, (other[0], one[1]), kind) + self._line((other[0], one[1]), other, kind)
            for one, other in pairwise(points)
        )

    def dot(self, x: float, y: float, *, colour: str, tip: str, radius_px: float = 3.5) -> str:
        """Return a point, by default a small one."""
        right, down = self.place(x, y)
        return (
            f'<circle class="small" cx="{_share(right)}" cy="{_share(down)}" r="{radius_px:g}"'
            f' style="fill:{painted(colour)}" data-tip="{escape(tip)}"/>'
        )

    def curve(
        self, points: Sequence[tuple[float, float]], *, colour: str, name: str = "", at: float = 0.5
    ) -> str:
        """Return a line through points, with its name beside it at a share of its length."""
        drawn = "".join(self._line(one, other, "line", colour) for one, other in pairwise(points))
        if not name:
            return drawn
        number = min(int(at * (len(points) - 1)), len(points) - 2)
        (x1, y1), (x2, y2) = points[number : number + 2]
        share = at * (len(points) - 1) - number
        x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        # A line that rises leaves room above it to the left and below it to the right; one that
        # falls the other way round.
        rises, right = (y2 - y1) * (x2 - x1) > 0.0, self.place(x, y)[0]
        above = right >= NEAR_EDGE if rises else right <= 1.0 - NEAR_EDGE
        anchor = "end" if above == rises else "start"
        return drawn + self.name(x, y, name, dy=-8 if above else 18, anchor=anchor)

    def name(self, x: float, y: float, text: str, *, dy: int = -7, anchor: str = "") -> str:
        """Return a name beside a point, which keeps within the area."""
        right, down = self.place(x, y)
        near = "start" if right < NEAR_EDGE else "end" if right > 1.0 - NEAR_EDGE else "middle"
        anchor = anchor or near
        # A phone has room for a few words on a line.
        first, *others = textwrap.wrap(text, NAME_LETTERS) or [""]
        # What stands above its point ends there.
        dy -= LINE_PX * len(others) * (dy < 0)
        lines = escape(first) + "".join(
            f'<tspan x="{_share(right)}" dy="1.15em">{escape(line)}</tspan>' for line in others
        )
        return (
            f'<text class="named" x="{_share(right)}" y="{_share(down)}" dy="{dy}"'
            f' text-anchor="{anchor}">{lines}</text>'
        )

    def rule(self, x: float, name: str = "") -> str:
        """Return a dashed line across the area at a value of x, with its name at the top."""
        line = self._line((x, self.y_span[0]), (x, self.y_span[1]), "front")
        return line + (self.name(x, self.y_span[1], name, dy=14) if name else "")

    def box(self, x: tuple[float, float], y: tuple[float, float], *, colour: str, tip: str) -> str:
        """Return a box between two values of x and two of y, a hair larger to hide its seams."""
        (left, below), (right, above) = self.place(x[0], y[0]), self.place(x[1], y[1])
        return (
            f'<rect x="{_share(left)}" y="{_share(above)}" width="{_share(right - left + 0.0005)}"'
            f' height="{_share(below - above + 0.0005)}" style="fill:{painted(colour)}"'
            f' data-tip="{escape(tip)}"/>'
        )

    def _line(
        self, one: tuple[float, float], other: tuple[float, float], kind: str, colour: str = ""
    ) -> str:
        (x1, y1), (x2, y2) = self.place(*one), self.place(*other)
        stroke = f' style="stroke:{painted(colour)}"' if colour else ""
        return (
            f'<line class="{kind}" x1="{_share(x1)}" y1="{_share(y1)}"'
            f' x2="{_share(x2)}" y2="{_share(y2)}"{stroke}/>'
        )

    def html(
        self,
        drawn: str,
        *,
        x_label: str,
        y_label: str,
        x_text: Callable[[float], str] | None = None,
        y_text: Callable[[float], str] | None = None,
    ) -> str:
        """Return the area with its grid, its labels and what is drawn in it.

        `x_text` and `y_text` return the label of a tick, by default its figure.
        """
        across, up = x_text or _figures(self.x_ticks), y_text or _figures(self.y_ticks)
        grid = []
        for tick in self.x_ticks:
            at = _share(self._right(tick))
            grid.append(f'<line class="grid" x1="{at}" x2="{at}" y1="0%" y2="100%"/>')
            text = escape(across(tick))
            grid.append(f'<text x="{at}" y="100%" dy="18" text-anchor="middle">{text}</text>')
        for tick in self.y_ticks:
            at = _share(self._down(tick))
            grid.append(f'<line class="grid" x1="0%" x2="100%" y1="{at}" y2="{at}"/>')
            text = escape(up(tick))
            grid.append(f'<text x="0%" y="{at}" dx="-8" dy="4" text-anchor="end">{text}</text>')
        return (
            f'<div class="unit">{escape(y_label)}</div>'
            f'<div class="plot"><svg width="100%" height="{SCATTER_HEIGHT_PX}"'
            f' aria-hidden="true">{"".join(grid)}{drawn}</svg></div>'
            f'<div class="unit under">{escape(x_label)}</div>'
        )


def _mark(area: Area, dot: Dot, shift_px: float) -> str:
    """Return a large point; one whose mark is moved is a small point with a line to its mark."""
    x, y = area.place(dot.days, dot.usd)
    colour = painted(dot.colour)
    text = ""
    if dot.mark:
        text = (
            f'<text y="{shift_px:g}" dy="4" text-anchor="middle" style="fill:{inked(dot.colour)}"'
            f' class="mark">{escape(dot.mark)}</text>'
        )
    tie = ""
    if shift_px:
        tie = (
            f'<line y2="{shift_px:g}" style="stroke:{colour}" stroke-width="1.5"/>'
            f'<circle r="3.5" style="fill:{colour}"/>'
        )
    return (
        f'<svg class="dot" x="{_share(x)}" y="{_share(y)}" overflow="visible"'
        f' data-tip="{escape(_tip(dot))}">{tie}'
        f'<circle class="large" cy="{shift_px:g}" r="9.5" style="fill:{colour}"/>{text}</svg>'
    )


def _tip(dot: Dot) -> str:
    note = f", {dot.note}" if dot.note else ""
    return f"{dot.name}: {dot.days:,.1f} days, USD {dot.usd:,.0f}{note}"


def declutter(places: Sequence[tuple[float, float]]) -> list[float]:
    """Return by mark how far to move it down in pixels so that no two marks overlap.

    Earlier marks stay nearer to their points. Marks only move up or down, and what is apart on the
    narrowest page is so on a wider one.

    Parameters
    ----------
    places
        Shares of the width from the left and of the height from the top.
    """
    taken: list[tuple[float, float]] = []
    shifts = []
    for x, y in ((x * NARROWEST_PX, y * SCATTER_HEIGHT_PX) for x, y in places):
        tries = (0, *(sign * step * MARK_PX for step in range(1, 40) for sign in (-1, 1)))
        shift = next(
            (
                float(by)
                for by in tries
                if 0 <= y + by <= SCATTER_HEIGHT_PX
                and all(
                    abs(x - other_x) >= MARK_PX or abs(y + by - other_y) >= MARK_PX
                    for other_x, other_y in taken
                )
            ),
            0.0,
        )
        taken.append((x, y + shift))
        shifts.append(shift)
    return shifts


def nice_ticks(low: float, high: float) -> list[float]:
    """Return some five round numbers from at most `low` to at least `high`."""
    raw = (high - low) / TICKS or 1.0
    power = 10.0 ** floor(log10(raw))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _figures(ticks: Sequence[float]) -> Callable[[float], str]:
    decimals = _decimals(ticks)
    return lambda tick: f"{tick:,.{decimals}f}"


def _decimals(ticks: Sequence[float]) -> int:
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    return max(0, -floor(log10(step) + 1e-9))


def _percent(size: float, whole: float) -> str:
    return f"{100.0 * size / whole:.2f}%"


def _share(share: float) -> str:
    return _percent(share, 1.0)
