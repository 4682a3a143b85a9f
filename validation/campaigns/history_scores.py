"""Hold the panel of `history` against what happened, theme by theme.

Scores are of direction and order, never of amounts: the sign of each change by more than a third,
the rank correlation of a price gap and a volume, and what was recommended that nobody used.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from corridors.output.display_names import corridor_titles
from validation.campaigns.history import FOUND, QUARTERS, ROOT, WEEKS, pairs
from validation.campaigns.page_tables import write_figures

FACTS = ROOT / "tests/cases/history_facts.csv"
MOVED = 1 / 3
Row = Mapping[str, str]
WEST = {("Shanghai", "Hamburg"), ("Chongqing", "Duisburg"), ("Xi'an", "Lodz")}
WEST |= {("Yiwu", "Madrid"), ("Zhengzhou", "Hamburg"), ("Chengdu", "Lodz"), ("Wuhan", "Duisburg")}
WEST |= {("Shenzhen", "Hamburg"), ("Shenyang", "Hamburg")}
EAST = {("Hamburg", "Shanghai"), ("Duisburg", "Chongqing"), ("Lodz", "Chengdu")}
EAST |= {("Hamburg", "Zhengzhou"), ("Duisburg", "Xi'an"), ("Warsaw", "Shanghai")}
SAID = date(2023, 12, 15)
"""The day on which Maersk paused in the Red Sea, the first of the large carriers."""
WITHIN_DAYS = 42


def rows(path: Path) -> list[Row]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def panel() -> list[Row]:
    """Return what was answered."""
    return rows(FOUND)


def facts(theme: str) -> list[Row]:
    """Return what happened, of one theme."""
    return [row for row in rows(FACTS) if row["theme"] == theme]


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


def gaps(found: Iterable[Row], ends: set[tuple[str, str]], span: tuple[str, str]) -> list[float]:
    """Return how much dearer trains are than ships, USD per TEU with days, in a span of quarters.

    One gap for each pair and quarter in which both are open.
    """
    quarters = {day.isoformat() for day in QUARTERS}
    least: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in found:
        key = (row["origin"], row["destination"], row["departure"])
        inside = span[0] <= row["departure"] <= span[1] and row["departure"] in quarters
        if key[:2] not in ends or not inside or row["family"] not in ("sea", "rail"):
            continue
        usd, family = float(row["generalised_usd_per_teu"]), row["family"]
        held = least.setdefault(key, {})
        held[family] = min(usd, held.get(family, usd))
    return [one["rail"] - one["sea"] for one in least.values() if len(one) == len(("sea", "rail"))]


def trains(found: Sequence[Row], series: str, ends: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the table of trains one way, and its scores."""
    yield f"**{series[:1].upper()}{series[1:]}**"
    yield ""
    yield "| from | to | TEU in half a year | trains dearer by, USD per TEU | pairs and quarters |"
    yield "|---|---|---|---|---|"
    told = []
    for row in (one for one in facts("trains") if one["series"] == series):
        here = gaps(found, ends, (row["first_day"], row["last_day"]))
        halves = 1 if row["first_day"][5:7] == "07" or row["last_day"][5:7] == "06" else 2
        teu = float(row["value"]) / halves
        if here:
            told.append((teu, fmean(here)))
            yield (
                f"| {row['first_day']} | {row['last_day']} | {teu:,.0f} | {fmean(here):,.0f} |"
                f" {len(here)} |"
            )
    if len(told) < len(("before", "after")):
        yield ""
        yield "Not scored: too few spans in which both trains and ships have a price."
        return
    moved = [
        (before, after) for before, after in pairwise(told) if abs(after[0] / before[0] - 1) > MOVED
    ]
    right = sum((b[0] < a[0]) == (b[1] > a[1]) for b, a in (pair[::-1] for pair in moved))
    yield ""
    yield (
        f"Rank correlation of gap and boxes {rank_correlation(*zip(*told, strict=True)):.2f}"
        f" over {len(told)} spans (below 0: fewer boxes where trains are dearer); right way in"
        f" {right} of {len(moved)} changes by more than a third."
    )


def named(corridor: str) -> str:
    """Return the title of a corridor, or in words that it is a way outside of them, or none."""
    if corridor.startswith("other"):
        return corridor.replace("other", "another way")
    return corridor_titles().get(corridor, corridor or "nothing")


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


def red_sea(found: Sequence[Row]) -> Iterator[str]:
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


def by_theme(found: Sequence[Row], ends: Sequence[tuple[str, str]]) -> Iterator[str]:
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


PAGE = "history"
BARS, LINES, INK, RULE = "#9db8c9", "#b4470e", "#22303a", "#cfd8dd"
WIDTH, HEIGHT, LEFT, TOP = 640, 260, 60, 40


def picture(title: str, points: Sequence[tuple[str, float, float]], *, bars: str, line: str) -> str:
    """Return an SVG of volumes as bars and of a figure of ours as a line, by span.

    Parameters
    ----------
    title
        What the picture shows.
    points
        By span its name, the volume and our figure.
    bars, line
        What the two are called, with their units.
    """
    across, down = WIDTH - 2 * LEFT, HEIGHT - 2 * TOP
    most = max(volume for _, volume, _ in points)
    ours = [one for *_, one in points]
    low, high = min(ours), max(ours)
    step = across / len(points)
    drawn, way = [], []
    for number, (name, volume, one) in enumerate(points):
        left, tall = LEFT + number * step, down * volume / most
        middle = left + step / 2
        level = TOP + down * (1 - (one - low) / ((high - low) or 1.0))
        way.append(f"{middle:.0f},{level:.0f}")
        drawn.append(
            f'<rect x="{left + step * 0.15:.0f}" y="{TOP + down - tall:.0f}"'
            f' width="{step * 0.7:.0f}" height="{tall:.0f}" fill="{BARS}"/>'
            f'<text x="{middle:.0f}" y="{HEIGHT - TOP + 16}" text-anchor="middle">{name}</text>'
            f'<circle cx="{middle:.0f}" cy="{level:.0f}" r="3.5" fill="{LINES}"/>'
            f'<text x="{middle:.0f}" y="{level - 8:.0f}" text-anchor="middle" font-weight="bold">'
            f"{one:,.0f}</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="11" fill="{INK}"><title>{title}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="18" font-size="13">{title}</text>'
        f'<line x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{TOP + down}" y2="{TOP + down}"'
        f' stroke="{RULE}"/>{"".join(drawn)}'
        f'<polyline points="{" ".join(way)}" fill="none" stroke="{LINES}" stroke-width="1.5"/>'
        f'<text x="{LEFT}" y="{HEIGHT - 6}">Bars: {bars} (most {most:,.0f}). Line: {line}.</text>'
        "</svg>\n"
    )


def border(found: Sequence[Row]) -> Iterator[str]:
    """Yield the weeks around the closing of the border of Poland with Belarus."""
    answers = chosen(found)
    yield "| departure | recommended |"
    yield "|---|---|"
    for ends, day in WEEKS:
        if ends == ("Xi'an", "Lodz"):
            yield f"| {day} | {named(answers.get((*ends, day.isoformat()), ''))} |"


def unused(found: Sequence[Row]) -> Iterator[str]:
    """Yield what was recommended by the Arctic or by Panama, though nobody is known to run it."""
    told = [
        f"{row['origin']} - {row['destination']}, {row['departure']} ({named(row['corridor'])})"
        for row in found
        if row["recommended"] == "1" and row["passes"] in ("arctic", "panama")
    ]
    seen = len(chosen(found))
    yield (
        f"Recommended by the Arctic or Panama in {len(told)} of {seen} answers: "
        + ("; ".join(told) or "none")
        + "."
    )


def report() -> str:
    """Return the tables and scores of the page, and write its pictures."""
    found = panel()
    asked = {(row["origin"], row["destination"]) for row in found}
    west = "boxes from China to the EU by rail"
    east = "boxes from the EU to China by rail"
    points = []
    for row in (one for one in facts("trains") if one["series"] == west):
        here = gaps(found, WEST, (row["first_day"], row["last_day"]))
        half = row["first_day"][5:7] == "07" or row["last_day"][5:7] == "06"
        name = row["first_day"][:4]
        if half:
            name += " H2" if row["first_day"][5:7] == "07" else " H1"
        if here:
            points.append((name, float(row["value"]) / (1 if half else 2), fmean(here)))
    drawn = picture(
        "Boxes on trains from China to the EU, and how much dearer trains are than ships",
        points,
        bars="TEU in half a year",
        line="our gap in USD per TEU, days included",
    )
    (ROOT / "docs/pictures/history-trains.svg").write_text(drawn, encoding="utf-8")
    parts = [
        f"{len(asked)} of {len(pairs())} pairs were asked, {len(chosen(found))} questions.",
        "## Trains",
        "![Boxes on trains and the gap of prices](../pictures/history-trains.svg)",
        "\n".join(trains(found, west, WEST)),
        "\n".join(trains(found, east, EAST)),
        "## Red Sea",
        "\n".join(red_sea(found)),
        "## Polish border",
        "\n".join(border(found)),
        "## Arctic and Panama",
        "\n".join(unused(found)),
        "## Each pair, quarter by quarter",
        "\n".join(by_theme(found, pairs())),
        "[All answers](tables/history.csv)",
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    write_figures(PAGE, report())
