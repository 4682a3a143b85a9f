"""Tables of a report with captions and scopes, and the one of the next sailings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from corridors.domain.contracts import Departure, ListedTrip, Sailings
from corridors.output.answer import money, rounded
from corridors.output.comparison import Comparison
from corridors.output.display_names import capitalised, name_by, on_page
from corridors.output.html.palette import NOTHING, day_text, element
from corridors.output.store import significant
from corridors.output.tables import Column as Declared
from corridors.output.tables import Table
from corridors.units import DAYS_PER_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column heading with a hint or for figures, which are aligned right."""

    title: str
    figure: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: plain text, with markup before and after it.

    Rows are sorted by `sort`, or by the text if it is None.
    """

    text: str
    sort: float | None = None
    before: str = ""
    after: str = ""


def numeric(*titles: str, hint: str = "") -> tuple[Column, ...]:
    """Return headings of figures with one hint."""
    return tuple(Column(title=title, figure=True, hint=hint) for title in titles)


def headings(*parts: str | Column | tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the headings of a table from left to right; a string heads a column of text."""
    return tuple(
        Column(title=column) if isinstance(column, str) else column
        for part in parts
        for column in (part if isinstance(part, tuple) else (part,))
    )


def table_html(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell | str]],
    *,
    sortable: bool = False,
    hidden_caption: bool = False,
    classes: str = "",
) -> str:
    """Return a table; the first cell of each row is its heading.

    Parameters
    ----------
    caption
        Plain text.
    columns
        Headings.
    rows
        One cell per column; a string is plain text.
    sortable
        Headings become buttons.
    hidden_caption
        Only a screen reader sees the caption.
    classes
        CSS classes of the table.
    """
    head = "".join(_heading(column, sortable=sortable) for column in columns)
    body = "".join(f"<tr>{_row(columns, row)}</tr>" for row in rows)
    kind = " ".join(part for part in ("sortable" if sortable else "", classes) if part)
    shown = ' class="hidden"' if hidden_caption else ""
    return (
        f'<div class="wide" role="group" aria-label="{escape(caption)}">'
        f'<table class="{kind}"><caption{shown}>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def rows_html(
    caption: str,
    rows: Iterable[Any],
    *columns: tuple[str | Column | tuple[Column, ...], Callable[[Any], Cell | str]],
    **more: Any,
) -> str:
    """Return a table of rows, nothing without any.

    Each column is its heading with what makes the cell of a row; `more` is as in `table_html`.
    """
    heads = headings(*(head for head, _ in columns))
    cells = [[cell(row) for _, cell in columns] for row in rows]
    return table_html(caption, heads, cells, **more) if cells else ""


def table_of(
    table: Table,
    result: object,
    caption: str,
    *,
    marked: Mapping[str, Callable[[Any], Cell | str]] | None = None,
    sortable: bool = False,
    hidden_caption: bool = False,
    classes: str = "",
) -> str:
    """Return a table of a result, whose headings say what they mean.

    Parameters
    ----------
    table, result
        The table, and what its rows are of.
    caption
        Plain text.
    marked
        By name of a column what makes the cell of a row, where it has markup or other words.
    sortable, hidden_caption, classes
        As in `table_html`.
    """
    read = table.read_columns(on_page=True)
    cells = {
        one.name: lambda row, one=one: declared_cell(one, table.value(row, one.name))
        for one in read
    } | dict(marked or {})
    return table_html(
        caption,
        [
            Column(title=capitalised(one.titled), figure=one.is_figure, hint=one.meaning)
            for one in read
        ],
        [[cells[one.name](row) for one in read] for row in table.rows_of(result)],
        sortable=sortable,
        hidden_caption=hidden_caption,
        classes=classes,
    )


def declared_cell(column: Declared, value: Any) -> Cell:
    """Return a value as a cell of a page."""
    match value:
        case None:
            return Cell(text=NOTHING)
        case bool():
            return Cell(text="yes" if value else "no")
        case date():
            return Cell(text=day_text(value))
        case list() | tuple():
            return Cell(text=", ".join(map(str, value)))
        case float() | int() if column.is_figure:
            read = column.read(value)
            shape = f".{column.digits or 0}f" if column.figures is None else ".10g"
            text = read if isinstance(read, str) else f"{read:,{shape}}"
            if column.name.endswith("change"):
                text = f"{read:+,{shape}}".replace("-", "\u2212")
            return Cell(text=text, sort=value)
    return Cell(text=str(value))


def _heading(column: Column, *, sortable: bool) -> str:
    kind = ' class="fig"' if column.figure else ""
    hint = f' title="{escape(column.hint)}"' if column.hint else ""
    text = escape(column.title)
    if sortable:
        text = f'<button type="button">{text}</button>'
    return f'<th scope="col"{kind}{hint}>{text}</th>'


def _row(columns: Sequence[Column], row: Sequence[Cell | str]) -> str:
    cells = [Cell(text=item) if isinstance(item, str) else item for item in row]
    return "".join(
        _cell(column, cell, first=i == 0)
        for i, (column, cell) in enumerate(zip(columns, cells, strict=True))
    )


def _cell(column: Column, cell: Cell, *, first: bool) -> str:
    kind = ' class="fig"' if column.figure else ""
    order = f' data-sort="{significant(float(cell.sort))!r}"' if cell.sort is not None else ""
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    return f"<{tag}{scope}{kind}{order}>{cell.before}{escape(cell.text)}{cell.after}</{tag}>"


# The sailings of a report: the next departures, the month as a calendar, how late they came.

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def sailings_section(comparison: Comparison) -> str:
    """Return the departures, the calendar and the delays; nothing without files of sailings."""
    found = comparison.sailings
    if found is None:
        return ""
    box = comparison.scenario.shipment.equipment
    by = next((name_by(one) for one in comparison.usable if one.corridor == found.corridor), "")
    parts = []
    if found.departures:
        parts.append(
            table_html(
                on_page(f"Next departures by {by}"),
                headings("Departs", "Cut-off", "Arrives", "By", numeric("days", "USD"), "Row"),
                [_departure(one, box.teu_per_box) for one in found.departures],
                classes="narrow",
            )
        )
    if found.month:
        first = comparison.scenario.departure
        parts.append(
            table_html(
                "Sailings by day: those of the departures above by their number,"
                " blanked ones struck out",
                headings(*_WEEKDAYS),
                list(_weeks(found, first)),
            )
        )
    if found.late:
        parts.append(
            table_html(
                "Days late by operator, of the trips whose arrival is in your files",
                headings("Operator", numeric("trips", "half up to", "nine of ten up to")),
                [
                    [one.operator, str(one.trips), *_days(one.p50_days, one.p90_days)]
                    for one in found.late
                ],
                classes="narrow",
            )
        )
    said = "Cut-offs and times are those of the place, days gate to gate from the day asked for."
    return "".join(parts) + element("p", said, class_="note")


def _days(*days: float) -> list[str]:
    return [rounded(one, 1) for one in days]


def _departure(one: Departure, teu: float) -> list[Cell | str]:
    return [
        _moment(one.departs),
        _moment(one.cut_off),
        _moment(one.arrives),
        one.vehicle or one.service or one.operator,
        rounded(one.days),
        money(teu * one.usd_per_teu) + " (expired)" * one.expired,
        one.place,
    ]


def _moment(moment: datetime) -> str:
    text = moment.isoformat(sep=" ", timespec="minutes")
    return text.removesuffix(" 00:00")


def _weeks(found: Sailings, first: date) -> Iterator[list[Cell | str]]:
    """Yield the weeks of the month from a day on, a cell a day with its sailings."""
    by_day: dict[date, list[ListedTrip]] = {}
    for trip in found.month:
        by_day.setdefault(trip.departs.date(), []).append(trip)
    several = len({(trip.origin, trip.destination) for trip in found.month}) > 1
    day = first - timedelta(days=first.weekday())
    while day < found.until:
        week: list[Cell | str] = []
        for number in range(DAYS_PER_WEEK):
            here = day + timedelta(days=number)
            inside = first <= here < found.until
            shown = f"{here.day} {here:%b}" if here == first or here.day == 1 else f"{here.day}"
            each = (_trip(trip, of_several=several) for trip in by_day.get(here, ()))
            marks = "".join(f"<div>{text}</div>" for text in each)
            week.append(Cell(text=shown if inside else "", after=marks))
        yield week
        day += timedelta(days=DAYS_PER_WEEK)


def _trip(trip: ListedTrip, *, of_several: bool) -> str:
    """Return a trip in its day: its number, its ship or train, its ends where these differ."""
    by = trip.vehicle or trip.service or trip.operator
    text = escape(f"{by} {trip.origin} to {trip.destination}" if of_several else by)
    if trip.blanked:
        return f"<s>{text}</s> blanked"
    closes = f"cut-off {trip.cut_off.day} {trip.cut_off:%b}"
    return f"{f'<b>{trip.number}.</b> ' * bool(trip.number)}{text}, {closes}"
