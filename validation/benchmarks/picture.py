"""Draw how cost grows, from the table of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

from validation.benchmarks.measuring import ROOT

PICTURE = ROOT / "docs/pictures/growth.svg"
LINE = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<size>[\d,]+) \| (?P<seconds>[\d.,]+)"
    r" \| [^|]+ \| (?P<mib>[\d,]+) \|$",
    re.MULTILINE,
)
# Told apart by anyone: colour, dashes and markers differ.
LOOKS = (("#0b5d8f", "", "circle"), ("#b4470e", "7 4", "square"), ("#3f7d20", "2 3", "diamond"))
INK, RULE = "#22303a", "#cfd8dd"
MOST = 10.0
WIDTH, HEIGHT = 340.0, 220.0
LEFT, TOP, BETWEEN = 56.0, 40.0, 96.0
TICKS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """Sizes, seconds and peak memory of one thing, as multiples of the first of each."""

    what: str
    sizes: tuple[float, ...]
    seconds: tuple[float, ...]
    memory: tuple[float, ...]


def grown(table: str) -> list[Grown]:
    """Return what a table of growth tells, in its order."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for match in LINE.finditer(table):
        figures = (float(match[name].replace(",", "")) for name in ("size", "seconds", "mib"))
        size, seconds, mib = figures
        rows.setdefault(match["what"], []).append((size, seconds, mib))
    return [
        Grown(
            what=what,
            sizes=tuple(row[0] / found[0][0] for row in found),
            seconds=tuple(row[1] / found[0][1] for row in found),
            memory=tuple(row[2] / found[0][2] for row in found),
        )
        for what, found in rows.items()
    ]


def picture(table: str) -> str:
    """Return the picture as SVG: time and memory by size, both scales logarithmic."""
    drawn = grown(table)
    width = LEFT + 2 * WIDTH + BETWEEN + 24
    height = TOP + HEIGHT + 58 + 20 * len(drawn)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' role="img" font-family="sans-serif" font-size="13" fill="{INK}">',
        "<title>How time and memory grow with the size of a question</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
        *_panel("Time, times the first", LEFT, [(one.sizes, one.seconds) for one in drawn]),
        *_panel(
            "Peak memory, times the first",
            LEFT + WIDTH + BETWEEN,
            [(one.sizes, one.memory) for one in drawn],
        ),
    ]
    for number, one in enumerate(drawn):
        y = TOP + HEIGHT + 64 + 20 * number
        parts += _line([(LEFT, y - 4), (LEFT + 44, y - 4)], number)
        parts.append(f'<text x="{LEFT + 56:g}" y="{y:g}">{one.what}</text>')
    return "\n".join((*parts, "</svg>", ""))


def _panel(
    title: str, left: float, lines: Sequence[tuple[Sequence[float], Sequence[float]]]
) -> list[str]:
    def at(size: float, times: float) -> tuple[float, float]:
        # What shrinks is drawn on the axis.
        return (
            left + WIDTH * log10(min(size, MOST)) / log10(MOST),
            TOP + HEIGHT * (1.0 - log10(min(max(times, 1.0), MOST)) / log10(MOST)),
        )

    parts = [f'<text x="{left:g}" y="{TOP - 16:g}" font-weight="bold">{title}</text>']
    for tick in TICKS:
        (x, bottom), (_, y) = at(tick, 1.0), at(1.0, tick)
        parts += [
            f'<path d="M{x:.1f} {TOP:g}V{bottom:g}M{left:g} {y:.1f}H{left + WIDTH:g}"'
            f' stroke="{RULE}" fill="none"/>',
            f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{tick}</text>',
            f'<text x="{left - 10:g}" y="{y + 4:.1f}" text-anchor="end">{tick}</text>',
        ]
    parts.append(
        f'<text x="{left + WIDTH / 2:g}" y="{TOP + HEIGHT + 38:g}" text-anchor="middle">'
        "size, times the first</text>"
    )
    (x0, y0), (x1, y1) = at(1.0, 1.0), at(MOST, MOST)
    parts.append(f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}" stroke="{RULE}" stroke-width="3"/>')
    for number, (sizes, figures) in enumerate(lines):
        points = [at(size, times) for size, times in zip(sizes, figures, strict=True)]
        parts += _line(points, number)
    return parts


def _line(points: Sequence[tuple[float, float]], number: int) -> list[str]:
    colour, dashes, marker = LOOKS[number % len(LOOKS)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    marks = {
        "circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
        "square": "m-4 -4h8v8h-8z",
        "diamond": "m0 -5l5 5l-5 5l-5 -5z",
    }
    dots = "".join(f"M{x:.1f} {y:.1f}{marks[marker]}" for x, y in points)
    return [
        f'<path d="M{path}" stroke="{colour}" stroke-width="2" fill="none"'
        f' stroke-dasharray="{dashes}"/>',
        f'<path d="{dots}" fill="{colour}"/>',
    ]


def write_picture(table: str, file: Path = PICTURE) -> None:
    """Write the picture of a table."""
    file.write_text(picture(table), encoding="utf-8")
