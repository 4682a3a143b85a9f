"""Charts of reports: stacked bars, and scatters with a front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridors.optimise.fronts import unbeaten
from corridors.output.html.encode import safe_colour
from corridors.output.html.report.plot import FONT, INK, Plot
from corridors.output.html.report.report_page import Key, chart_html

ROW_HEIGHT = 34
FRAME_HEIGHT = 70
SCATTER_HEIGHT = 430
# Length of the axis relative to the longest bar: leaves room for the sum on a narrow page.
ROOM_FOR_SUM = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of stacked bars: its name and the size of each part."""

    name: str
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point of a scatter; `mark` is written inside it."""

    name: str
    colour: str
    days: float
    usd: float
    mark: str = ""
    note: str = ""


def stacked_bars(
    name: str,
    bars: Sequence[Bar],
    colours: Mapping[str, str],
    *,
    caption: str,
    unit: str,
    digits: str = "0,0",
) -> str:
    """Return horizontal stacked bars, first on top, with the sum at the end of each.

    Parameters
    ----------
    name
        Element id.
    bars
        The rows; a missing part counts as zero.
    colours
        Colours of the parts, in stacking order.
    caption
        Plain text.
    unit
        Unit of the axis.
    digits
        Bokeh number format: `0,0.0`.
    """
    if not bars:
        return ""
    plot = Plot(
        x_label=unit,
        height=FRAME_HEIGHT + ROW_HEIGHT * len(bars),
        rows=[bar.name for bar in bars],
        x_span=(0.0, ROOM_FOR_SUM * max(sum(bar.parts.values()) for bar in bars) or 1.0),
    )
    ends = [0.0] * len(bars)
    shown = []
    for part, colour in colours.items():
        starts = list(ends)
        ends = [end + bar.parts.get(part, 0.0) for end, bar in zip(ends, bars, strict=True)]
        rows = [i for i, bar in enumerate(bars) if bar.parts.get(part)]
        if not rows:
            continue
        shown.append(Key(label=part, colour=colour))
        plot.glyph(
            "HBar",
            {
                "y": rows,
                "left": [round(starts[i], 3) for i in rows],
                "right": [round(ends[i], 3) for i in rows],
                "part": [part] * len(rows),
                "name": [bars[i].name for i in rows],
                "size": [round(bars[i].parts[part], 3) for i in rows],
                "sum": [round(sum(bars[i].parts.values()), 3) for i in rows],
            },
            (
                ("Corridor", "@name"),
                ("Part", "@part"),
                (unit, f"@size{{{digits}}}"),
                ("Sum", f"@sum{{{digits}}}"),
            ),
            y="@y",
            left="@left",
            right="@right",
            height=0.68,
            fill_color=colour,
            line_color="#ffffff",
            line_width=0.6,
        )
    _sums(plot, ends, places=len(digits.partition(".")[2]))
    return chart_html(plot, name, caption=caption, keys=shown, says=_spoken(bars, ends, unit))


def _sums(plot: Plot, ends: Sequence[float], *, places: int) -> None:
    """Write the sum of each bar at its end."""
    plot.glyph(
        "Text",
        {
            "x": [round(end, 3) for end in ends],
            "y": list(range(len(ends))),
            "text": [f"{end:,.{places}f}" for end in ends],
        },
        x="@x",
        y="@y",
        text="@text",
        x_offset=5,
        text_baseline="middle",
        text_color=INK,
        text_font=FONT,
        text_font_size="11.5px",
    )


def scatter(
    name: str,
    dots: Sequence[Dot],
    *,
    caption: str,
    keys: Sequence[Key],
    small: Sequence[Dot] = (),
    front: bool = False,
) -> str:
    """Return cost against days.

    Parameters
    ----------
    name
        Element id.
    dots
        Large points, drawn over the small ones.
    caption
        Plain text.
    keys
        Legend entries.
    small
        Small points: other routes of a corridor, or scenarios.
    front
        Draw the front of days and cost.
    """
    if not (dots or small):
        return ""
    plot = Plot(x_label="Days, gate-in to gate-out", y_label="USD/TEU", height=SCATTER_HEIGHT)
    if front:
        steps = unbeaten((dot.days, dot.usd) for dot in (*small, *dots))
        plot.glyph(
            "Step",
            {"x": [days for days, _ in steps], "y": [usd for _, usd in steps]},
            x="@x",
            y="@y",
            mode="after",
            line_color="#8a979f",
            line_width=1.5,
            line_dash=[5, 3],
        )
    _points(plot, small, size=7, alpha=0.5)
    _points(plot, dots, size=20, alpha=0.92)
    marked = [dot for dot in dots if dot.mark]
    if marked:
        plot.glyph(
            "Text",
            {
                "x": [dot.days for dot in marked],
                "y": [dot.usd for dot in marked],
                "text": [dot.mark for dot in marked],
                "ink": [ink_on(dot.colour) for dot in marked],
            },
            x="@x",
            y="@y",
            text="@text",
            text_align="center",
            text_baseline="middle",
            text_color="@ink",
            text_font=FONT,
            text_font_size="11px",
            text_font_style="bold",
        )
    return chart_html(plot, name, caption=caption, keys=keys)


def _points(plot: Plot, dots: Sequence[Dot], *, size: int, alpha: float) -> None:
    if not dots:
        return
    tooltips = [("Corridor", "@name"), ("USD/TEU", "@y{0,0}"), ("Days", "@x{0,0.0}")]
    columns: dict[str, list[object]] = {
        "x": [round(dot.days, 2) for dot in dots],
        "y": [round(dot.usd, 1) for dot in dots],
        "name": [dot.name for dot in dots],
        "colour": [safe_colour(dot.colour) for dot in dots],
    }
    if any(dot.note for dot in dots):
        columns["note"] = [dot.note for dot in dots]
        tooltips.append(("", "@note"))
    plot.glyph(
        "Scatter",
        columns,
        tooltips,
        x="@x",
        y="@y",
        size=size,
        fill_color="@colour",
        fill_alpha=alpha,
        line_color="#ffffff",
        line_width=0.8,
    )


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    digits = safe_colour(colour)[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def _spoken(bars: Sequence[Bar], ends: Sequence[float], unit: str) -> str:
    sums = "; ".join(f"{bar.name} {end:,.1f}" for bar, end in zip(bars, ends, strict=True))
    return f"Stacked bars, {unit}: {sums}"
