"""Hold the panel of `history` against what happened, theme by theme.

Scores are of direction and order, never of amounts: the sign of each change by more than a third,
the rank correlation of a price gap and a volume, and what was recommended that nobody used. Each
theme has a picture and tables in docs/findings/history.md, between marks of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise, permutations
from statistics import fmean
from typing import NamedTuple

import numpy as np

from corridors.domain.places import months_later
from corridors.output.display_names import corridor_titles
from validation.campaigns.history import (
    FACTS,
    FOUND,
    MONTHS,
    QUARTERS,
    ROOT,
    WEEKS,
    WEST,
    pairs,
    read,
)
from validation.campaigns.page_tables import write_figures

MOVED = 1 / 3
Row = Mapping[str, str]
EAST = {("Hamburg", "Shanghai"), ("Duisburg", "Chongqing"), ("Lodz", "Chengdu")}
EAST |= {("Hamburg", "Zhengzhou"), ("Duisburg", "Xi'an"), ("Warsaw", "Shanghai")}
SAID = date(2023, 12, 15)
"""The day on which Maersk paused in the Red Sea, the first of the large carriers."""
WITHIN_DAYS = 42
BACK_OVER_OUT = 0.77
"""Price of a train from Europe to China over one to Europe: the ERAI of July 2024, the one month
of which both were found."""
WESTBOUND = "boxes from China to the EU by rail"
EASTBOUND = "boxes from the EU to China by rail"


class Way(NamedTuple):
    """A group of ways as it is drawn: a letter, a colour and its name."""

    letter: str
    colour: str
    name: str

    @property
    def ink(self) -> str:
        """What its letter is drawn in: as light as the others' are dark on the darkest colour."""
        return "#ffffff" if self is SUEZ else INK


SUEZ, CAPE = Way("S", "#4a78a8", "Suez"), Way("C", "#a9c4d8", "Cape")
RAIL = Way("R", "#d98a5b", "train through Russia")
MIDDLE, KALININGRAD = Way("M", "#6fae7f", "Caspian"), Way("K", "#e6cd6b", "Kaliningrad")
ARCTIC, PANAMA = Way("A", "#a48bc4", "Arctic"), Way("P", "#d8839b", "Panama")
OTHER, NOTHING = Way("o", "#cccccc", "another way"), Way("", "#ffffff", "nothing")
WAYS = (SUEZ, CAPE, RAIL, MIDDLE, KALININGRAD, ARCTIC, PANAMA, OTHER)
OF_CORRIDOR = {
    **dict.fromkeys(("caspian", "caucasus-black-sea", "middle-corridor"), MIDDLE),
    **dict.fromkeys(("kaliningrad",), KALININGRAD),
    **dict.fromkeys(("northern-sea-route", "arctic", "lena", "yenisei", "other by arctic"), ARCTIC),
    **dict.fromkeys(("panama", "other by panama"), PANAMA),
    **dict.fromkeys(("suez", "other by suez", "piraeus"), SUEZ),
    **dict.fromkeys(("cape", "other by cape"), CAPE),
    **dict.fromkeys(("kazakhstan", "trans-", "russia", "brest"), RAIL),
}
"""Groups by the first letters of a corridor."""
THEMES: Mapping[str, tuple[str, frozenset[Way]]] = {
    "red-sea": ("Red Sea", frozenset({SUEZ})),
    "trains": ("Trains between China and the EU", frozenset({RAIL, KALININGRAD})),
    "arctic": ("Arctic", frozenset({ARCTIC})),
    "middle-corridor": ("Middle Corridor", frozenset({MIDDLE})),
    "kaliningrad": ("Kaliningrad", frozenset({KALININGRAD})),
    "baltic": ("Russian Baltic ports", frozenset({SUEZ, CAPE, ARCTIC})),
    "polish-border": ("Polish border", frozenset({RAIL})),
    "panama": ("Panama", frozenset({PANAMA})),
}
"""Title of each theme, and the ways which its boxes or ships took."""


def panel() -> Sequence[Row]:
    """Return what was answered."""
    return read(FOUND)


def facts(theme: str) -> Sequence[Row]:
    """Return what happened, of one theme."""
    return [row for row in read(FACTS) if row["theme"] == theme]


def ranks(values: Sequence[float]) -> list[float]:
    """Return ranks from 1, the mean of those that equal values share."""
    order = sorted(values)
    return [
        fmean([place for place, one in enumerate(order, 1) if one == value]) for value in values
    ]


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Spearman's rank correlation, 0 where one of the two does not move."""
    a, b = ranks(one), ranks(other)
    away = [(x - fmean(a), y - fmean(b)) for x, y in zip(a, b, strict=True)]
    spread = (sum(x * x for x, _ in away) * sum(y * y for _, y in away)) ** 0.5
    return sum(x * y for x, y in away) / spread if spread else 0.0


def by_chance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the part of all orders of one side whose rank correlation is as low or lower."""
    a, b = (np.array(ranks(side)) - fmean(ranks(side)) for side in (one, other))
    orders = np.array(list(permutations(b)))
    return float(np.mean(orders @ a <= a @ b + 1e-9))


def gaps(
    found: Iterable[Row],
    ends: Collection[tuple[str, str]],
    span: tuple[str, str],
    *,
    days: Collection[date] = QUARTERS,
    figure: str = "generalised_usd_per_teu",
) -> list[float]:
    """Return how much dearer trains are than ships in USD per TEU, in a span.

    One gap for each pair and departure of `days` in which both are open: the train least by
    `figure` less the ship least by it.
    """
    asked_on = {day.isoformat() for day in days}
    least: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in found:
        key = (row["origin"], row["destination"], row["departure"])
        inside = span[0] <= row["departure"] <= span[1] and row["departure"] in asked_on
        if key[:2] not in ends or not inside or row["family"] not in ("sea", "rail"):
            continue
        usd, family = float(row[figure]), row["family"]
        held = least.setdefault(key, {})
        held[family] = min(usd, held.get(family, usd))
    return [one["rail"] - one["sea"] for one in least.values() if len(one) == len(("sea", "rail"))]


def gaps_back(found: Sequence[Row], span: tuple[str, str]) -> list[float]:
    """Return gaps from Europe to China, where a train costs what `BACK_OVER_OUT` makes of it.

    Of pairs that were asked both ways: the ship by its price, the train by the price and the days
    of the way out, since no price of a train back is known.
    """
    back = {(row["origin"], row["destination"], row["departure"]) for row in found}
    made = []
    for (start, end), day in ((ends, day) for ends in WEST for day in QUARTERS):
        if not span[0] <= day.isoformat() <= span[1] or (end, start, day.isoformat()) not in back:
            continue
        here = [row for row in found if row["departure"] == day.isoformat()]
        trains = [
            BACK_OVER_OUT * float(row["usd_per_teu"])
            + float(row["generalised_usd_per_teu"])
            - float(row["usd_per_teu"])
            for row in here
            if (row["origin"], row["destination"], row["family"]) == (start, end, "rail")
            and row["basis"] == "price"
        ]
        ships = [
            float(row["generalised_usd_per_teu"])
            for row in here
            if (row["origin"], row["destination"], row["family"]) == (end, start, "sea")
        ]
        if trains and ships:
            made.append(min(trains) - min(ships))
    return made


def half_before(span: tuple[str, str]) -> tuple[str, str]:
    """Return a span half a year earlier, its last day in the month six before."""
    first, last = (date.fromisoformat(day) for day in span)
    after = last + timedelta(days=1)
    return (
        months_later(first, -6).isoformat(),
        (months_later(after, -6) - timedelta(days=1)).isoformat(),
    )


def half_years(row: Row) -> int:
    """Return how many half years a span of boxes has."""
    return 1 if row["first_day"][5:7] == "07" or row["last_day"][5:7] == "06" else 2


def trains(found: Sequence[Row]) -> Iterator[str]:
    """Yield boxes from China to the EU beside the gap in four measures, and its scores."""
    spans = [row for row in facts("trains") if row["series"] == WESTBOUND]
    by_measure: dict[str, list[list[float]]] = {}
    for row in spans:
        span = (row["first_day"], row["last_day"])
        for name, made in (
            ("two days a half year, days included", gaps(found, WEST, span)),
            ("each month, days included", gaps(found, WEST, span, days=MONTHS)),
            ("each month, price alone", gaps(found, WEST, span, days=MONTHS, figure="usd_per_teu")),
            ("each month, half a year before", gaps(found, WEST, half_before(span), days=MONTHS)),
        ):
            by_measure.setdefault(name, []).append(made)
    yield "| from | to | TEU in half a year | " + " | ".join(by_measure) + " |"
    yield "|---|---|---|" + "---|" * len(by_measure)
    boxes = [float(row["value"]) / half_years(row) for row in spans]
    for number, row in enumerate(spans):
        told = (one[number] for one in by_measure.values())
        cells = " | ".join(f"{fmean(made):,.0f}" if made else "-" for made in told)
        yield f"| {row['first_day']} | {row['last_day']} | {boxes[number]:,.0f} | {cells} |"
    yield ""
    yield "How much dearer trains are than ships in USD per TEU, mean of the pairs and days asked."
    yield ""
    yield "| measure | spans | rank correlation | as low by chance | right way |"
    yield "|---|---|---|---|---|"
    for name, by_span in by_measure.items():
        points = [(teu, fmean(one)) for teu, one in zip(boxes, by_span, strict=True) if one]
        teu, ours = zip(*points, strict=True)
        moved = [(a, b) for a, b in pairwise(points) if abs(b[0] / a[0] - 1) > MOVED]
        right = sum((b[0] > a[0]) == (b[1] < a[1]) for a, b in moved)
        yield (
            f"| {name} | {len(points)} | {rank_correlation(teu, ours):.2f} |"
            f" {100 * by_chance(teu, ours):.1f} % | {right} of {len(moved)} |"
        )


def trains_back(found: Sequence[Row]) -> Iterator[str]:
    """Yield boxes from the EU to China, of which no price of a train is known."""
    yield "| from | to | TEU | trains dearer by, USD per TEU, estimated | pairs and quarters |"
    yield "|---|---|---|---|---|"
    points = []
    for row in (one for one in facts("trains") if one["series"] == EASTBOUND):
        made = gaps_back(found, (row["first_day"], row["last_day"]))
        points.append((float(row["value"]), fmean(made)))
        yield (
            f"| {row['first_day']} | {row['last_day']} | {float(row['value']):,.0f} |"
            f" {points[-1][1]:,.0f} | {len(made)} |"
        )
    teu, ours = zip(*points, strict=True)
    yield ""
    yield (
        f"Rank correlation {rank_correlation(teu, ours):.2f} over {len(points)} years"
        f" (as low by chance: {100 * by_chance(teu, ours):.1f} %)."
    )


def named(corridor: str) -> str:
    """Return the title of a corridor, or in words that it is a way outside of them, or none."""
    if corridor.startswith("other"):
        return corridor.replace("other", "another way")
    return corridor_titles().get(corridor, corridor or "nothing")


def way_of(corridor: str) -> Way:
    """Return the group of ways of an answer."""
    if not corridor:
        return NOTHING
    found = (way for start, way in OF_CORRIDOR.items() if corridor.startswith(start))
    return next(found, OTHER)


def chosen(found: Iterable[Row]) -> dict[tuple[str, str, str], str]:
    """Return the recommended corridor by pair and departure, empty for none."""
    answers: dict[tuple[str, str, str], str] = {}
    for row in found:
        key = (row["origin"], row["destination"], row["departure"])
        answers.setdefault(key, "")
        if row["recommended"] == "1":
            # A way outside the corridors by its passage between oceans.
            other = f"other by {row['passes']}" if row["passes"] else "other"
            answers[key] = row["corridor"].replace("other", other)
    return answers


def left_suez(found: Sequence[Row]) -> Iterator[str]:
    """Yield the weeks around the Red Sea: when the answer left Suez."""
    answers = chosen(found)
    yield "| pair | last week by Suez | first week by another way | after carriers said so |"
    yield "|---|---|---|---|"
    for ends in dict.fromkeys(ends for ends, day in WEEKS if day.year < date(2025, 1, 1).year):
        weeks = {
            day: answers[*ends, day.isoformat()]
            for of, day in WEEKS
            if of == ends and (*ends, day.isoformat()) in answers
        }
        suez = [day for day, corridor in weeks.items() if "suez" in corridor]
        left = [day for day, corridor in weeks.items() if "suez" not in corridor and day > SAID]
        early = [day for day, corridor in weeks.items() if "suez" not in corridor and day <= SAID]
        after = (left[0] - SAID).days if left else None
        right = after is not None and after <= WITHIN_DAYS and not early
        yield (
            f"| {ends[0]} - {ends[1]} | {max(suez) if suez else 'none'} |"
            f" {f'{left[0]}, {named(weeks[left[0]])}' if left else 'none'} |"
            f" {'' if after is None else f'{after} days'}{', right' if right else ', wrong'} |"
        )


def by_quarter(found: Sequence[Row], ends: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield what was recommended for some pairs, quarter by quarter, spans of one answer joined."""
    answers = chosen(found)
    yield "| pair | recommended, from the quarter on |"
    yield "|---|---|"
    for pair in ends:
        spans: list[str] = []
        last = None
        for day in QUARTERS:
            corridor = answers.get((*pair, day.isoformat()))
            if corridor is not None and corridor != last:
                quarter = f"{day.year} Q{(day.month + 2) // 3}"
                spans.append(f"{quarter} {named(corridor)}")
                last = corridor
        if spans:
            yield f"| {pair[0]} - {pair[1]} | {'; '.join(spans)} |"


def part_by(
    found: Sequence[Row], theme: str, ends: Collection[tuple[str, str]], span: tuple[str, str]
) -> float | None:
    """Return the part of the answers of some pairs in a span by the ways of a theme.

    Of the quarters (of the Polish border, weeks) whose days lie in the span, or of the one nearest
    to a shorter span; None where the panel has none.
    """
    ways = THEMES[theme][1]
    first, last = (date.fromisoformat(day) for day in span)
    asked = [day for pair, day in WEEKS if pair in ends] if theme == "polish-border" else QUARTERS
    days = {day.isoformat() for day in asked if first <= day <= last}
    if not days and asked[0] <= last:
        nearest = min(asked, key=lambda day: abs((day - first).days))
        days = {nearest.isoformat()} if abs((nearest - first).days) <= 46 else set()
    answers = [
        way_of(corridor) in ways
        for (start, end, day), corridor in chosen(found).items()
        if (start, end) in ends and day in days
    ]
    return fmean(answers) if answers else None


def happened(found: Sequence[Row], theme: str) -> Iterator[str]:
    """Yield what was counted of a theme, beside the part of its answers by these ways."""
    ends = of_theme(theme)
    rows = facts(theme)
    yield "| counted | from | to | figure | our answers by these ways |"
    yield "|---|---|---|---|---|"
    for row in rows:
        part = part_by(found, theme, ends, (row["first_day"], row["last_day"]))
        value = float(row["value"])
        yield (
            f"| [{row['series']}]({row['url']}) | {row['first_day']} | {row['last_day']} |"
            f" {value:,.10g} {row['unit']} |"
            f" {'-' if part is None else f'{100 * part:.0f} %'} |"
        )
    if changes := _right(found, theme):
        yield ""
        yield f"Right way in {changes} by more than a third."


def _right(found: Sequence[Row], theme: str) -> str:
    """Return in how many changes of what was counted ours went the right way; empty for none."""
    moved = list(moves(found, theme))
    return f"{sum(one for *_, one in moved)} of {len(moved)} changes" if moved else ""


def moves(found: Sequence[Row], theme: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the changes of a count by more than a third: series, last day, and whether ours went.

    Counts of a series are compared per month where they are of a span. Ours is right where the part
    of the answers by these ways moved the same way.
    """
    ends = of_theme(theme)
    rows = facts(theme)
    for series in dict.fromkeys(row["series"] for row in rows):
        spans = [row for row in rows if row["series"] == series]
        for before, after in pairwise(spans):
            then, now = per_month(before), per_month(after)
            ours = [
                part_by(found, theme, ends, (row["first_day"], row["last_day"]))
                for row in (before, after)
            ]
            if then and abs(now / then - 1) > MOVED and None not in ours:
                change = (ours[1] or 0.0) - (ours[0] or 0.0)
                yield series, after["last_day"], change * (now - then) > 0


def per_month(row: Row) -> float:
    """Return a count by month of its span, as it is where it is a rate or a share."""
    value = float(row["value"])
    if row["unit"] == "%" or " a " in row["unit"]:
        return value
    first, last = (date.fromisoformat(row[day]) for day in ("first_day", "last_day"))
    return value / ((last - first).days + 1) * 365.25 / 12


def of_theme(theme: str) -> list[tuple[str, str]]:
    """Return the pairs of a theme; those of trains to the EU, and one for the Polish border."""
    if theme == "trains":
        return [ends for ends in pairs() if ends in WEST]
    if theme == "polish-border":
        return [("Xi'an", "Lodz")]
    return pairs(theme)


CELL, ROW, LEFT, TOP, BAND = 19.0, 16.0, 150.0, 36.0, 62.0
INK, RULE, BARS = "#22303a", "#cfd8dd", "#8fa3ae"
DARK = (
    "<style>@media (prefers-color-scheme: dark) {"
    " .page { fill: #14181d; } .said { fill: #dfe6ea; } .rule { stroke: #4a565f; } }</style>"
)
"""Pictures follow the reader's system, as pages do: what lies on the page, not in a cell."""


def picture(
    title: str,
    days: Sequence[date],
    rows: Mapping[str, Mapping[date, str]],
    bands: Mapping[str, Sequence[tuple[str, str, str, float]]],
) -> str:
    """Return an SVG: which way was recommended by pair and day, and below what was counted.

    Parameters
    ----------
    title
        What the picture shows.
    days
        Days of the columns, a week or a quarter apart; the latter stand for their quarter.
    rows
        By name of a pair the recommended corridor by day.
    bands
        By name of a count its spans: first and last day ISO, the figure told and the height.
    """
    weekly = (days[1] - days[0]) == timedelta(weeks=1)
    starts = [day if weekly else months_later(day.replace(day=1), -1) for day in days]
    ends = [*starts[1:], starts[-1] + (starts[1] - starts[0])]
    edges = [day.toordinal() for day in (starts[0], *ends)]
    right = LEFT + CELL * len(days)

    def across(day: date) -> float:
        return float(np.interp(day.toordinal(), edges, LEFT + CELL * np.arange(len(edges))))

    drawn, y = [], TOP
    for number, day in enumerate(starts):
        x = LEFT + CELL * number
        if weekly or day.month == 1:
            name = f"{day.day}.{day.month}." if weekly else str(day.year)
            if not weekly or number % 2 == 0:
                drawn.append(f'<text class="said" x="{x:.0f}" y="{TOP - 4:.0f}">{name}</text>')
    used: dict[Way, None] = {}
    for name, answers in rows.items():
        drawn.append(
            f'<text class="said" x="{LEFT - 6:.0f}" y="{y + 12:.0f}"'
            f' text-anchor="end">{escape(name)}</text>'
        )
        for number, day in enumerate(days):
            way = way_of(answers.get(day, ""))
            if way is NOTHING:
                continue
            used[way] = None
            x = LEFT + CELL * number
            drawn.append(
                f'<rect x="{x:.0f}" y="{y:.0f}" width="{CELL - 1:.0f}" height="{ROW - 1:.0f}"'
                f' fill="{way.colour}"/><text x="{x + CELL / 2:.0f}" y="{y + 11.5:.1f}"'
                f' text-anchor="middle" fill="{way.ink}">{way.letter}</text>'
            )
        y += ROW
    for name, spans in bands.items():
        y += BAND
        heights = [height for *_, height in spans]
        most = max(*heights, 0.0) - min(*heights, 0.0) or 1.0
        tall = BAND - 30.0
        zero = y + tall * min(*heights, 0.0) / most
        drawn.append(
            f'<line x1="{LEFT:.0f}" x2="{right:.0f}" y1="{zero:.1f}" y2="{zero:.1f}"'
            f' class="rule" stroke="{RULE}"/><text class="said" x="{LEFT:.0f}"'
            f' y="{y - tall - 15:.0f}">{escape(name)}</text>'
        )
        for first, last, told, height in spans:
            begins, ended = date.fromisoformat(first), date.fromisoformat(last)
            if ended < starts[0] or begins.toordinal() > edges[-1]:
                continue
            a, b = across(begins), across(ended + timedelta(days=1))
            size = tall * height / most
            drawn.append(
                f'<rect x="{a:.1f}" y="{zero - max(size, 0.0):.1f}" width="{max(b - a - 1, 3):.1f}"'
                f' height="{max(abs(size), 1.5):.1f}" fill="{BARS}"/>'
                f'<text class="said" x="{(a + b) / 2:.0f}"'
                f' y="{zero - max(size, 0.0) - 2:.0f}" text-anchor="middle">{told}</text>'
            )
    y += 14.0
    x = LEFT
    for way in (one for one in WAYS if one in used):
        drawn.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="13" height="13" fill="{way.colour}"/>'
            f'<text x="{x + 6.5:.1f}" y="{y + 10.5:.1f}" text-anchor="middle"'
            f' fill="{way.ink}">{way.letter}</text>'
            f'<text class="said" x="{x + 17:.0f}" y="{y + 10.5:.1f}">{way.name}</text>'
        )
        x += 30.0 + 6.0 * len(way.name)
    # One scale for all pictures: as wide as the 22 quarters.
    height, width = y + 22.0, max(right, x, LEFT + CELL * len(QUARTERS)) + 12.0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img"'
        f' font-family="sans-serif" font-size="10" fill="{INK}">{DARK}'
        f"<title>{escape(title)}</title>"
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
        f'<text class="said" x="6" y="14" font-size="12">{escape(title)}</text>'
        f"{''.join(drawn)}</svg>\n"
    )


def draw(found: Sequence[Row], theme: str) -> str:
    """Write the picture of a theme; return the line of the page that shows it."""
    answers = chosen(found)
    title, ways = THEMES[theme]
    weekly = [(ends, day) for ends, day in WEEKS if ends in of_theme(theme)]
    days = [day for _, day in weekly] if theme == "polish-border" else list(QUARTERS)
    rows = {
        f"{start} - {end}": {day: answers.get((start, end, day.isoformat()), "") for day in days}
        for start, end in of_theme(theme)
    }
    counts = [row for row in facts(theme) if row["series"] != EASTBOUND]
    bands = {
        f"Counted: {series}, {unit}": [
            (row["first_day"], row["last_day"], _told(float(row["value"])), per_month(row))
            for row in counts
            if row["series"] == series
        ]
        for series, unit in dict.fromkeys((row["series"], row["unit"]) for row in counts)
    }
    if theme == "trains":
        bands["Ours: how much dearer trains are, USD per TEU"] = [
            (row["first_day"], row["last_day"], f"{ours:,.0f}", ours)
            for row in facts("trains")
            if row["series"] == WESTBOUND
            for ours in [fmean(gaps(found, WEST, (row["first_day"], row["last_day"]), days=MONTHS))]
        ]
    name = f"history-{theme}.svg"
    changes = "" if theme == "trains" else _right(found, theme)
    said = (
        f"the right way in {changes} of what was counted"
        if changes
        else "recommended ways and what was counted"
    )
    drawn = picture(f"{title}: {said}", days, rows, bands)
    (ROOT / f"docs/pictures/{name}").write_text(drawn, encoding="utf-8")
    by = ", ".join(sorted(way.name for way in ways))
    return f"![{title}: recommended ways and counted traffic by {by}](../pictures/{name})"


def _told(value: float) -> str:
    return f"{value / 1000:,.0f}k" if value >= 10_000 else f"{value:,.10g}"


def unused(found: Sequence[Row]) -> str:
    """Return what was recommended by the Arctic or by Panama, though nobody is known to run it."""
    told = [
        f"{row['origin']} - {row['destination']}, {row['departure']} ({named(row['corridor'])})"
        for row in found
        if row["recommended"] == "1" and row["passes"] in ("arctic", "panama")
    ]
    return (
        f"Recommended by the Arctic or Panama in {len(told)} of {len(chosen(found))} answers: "
        + ("; ".join(told) or "none")
        + "."
    )


def border(found: Sequence[Row]) -> Iterator[str]:
    """Yield the weeks around the closing of the border of Poland with Belarus."""
    answers = chosen(found)
    yield "| departure | recommended |"
    yield "|---|---|"
    for ends, day in WEEKS:
        if ends == ("Xi'an", "Lodz"):
            yield f"| {day} | {named(answers.get((*ends, day.isoformat()), ''))} |"


def report() -> list[str]:
    """Return what stands between the marks of the page in order, and write its pictures."""
    found = panel()
    asked = {(row["origin"], row["destination"]) for row in found}
    more = {
        "red-sea": left_suez(found),
        "trains": trains(found),
        "polish-border": border(found),
    }
    blocks = [
        f"{len(asked)} of {len(pairs())} pairs were asked, {len(chosen(found))} questions. "
        + unused(found)
    ]
    for theme in THEMES:
        parts = [draw(found, theme)]
        if theme in more:
            parts.append("\n".join(more[theme]))
        if theme == "trains":
            parts += [f"**{EASTBOUND[:1].upper()}{EASTBOUND[1:]}**", "\n".join(trains_back(found))]
        else:
            parts.append("\n".join(happened(found, theme)))
        blocks.append("\n\n".join(parts))
    blocks.append(
        "\n".join(by_quarter(found, pairs())) + "\n\n[All answers](tables/history.csv)",
    )
    return blocks


if __name__ == "__main__":
    write_figures("history", *report())
