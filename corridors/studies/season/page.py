"""`season.html`: the half months in which a corridor through ice is open, by class and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.report_tables import headings, numeric, table_html
from corridors.output.html.start_page import study_page
from corridors.output.store import Record

OPEN, ESCORTED, CLOSED = "open", "escorted", "closed"
_SHORT = {OPEN: "open", ESCORTED: "with an icebreaker", CLOSED: "closed"}
_MARKS = {OPEN: "●", ESCORTED: "◐", CLOSED: "·"}
_WINDOW_COLUMNS = headings(
    "Ice class",
    "First day, with an icebreaker where needed",
    "Last day",
    numeric("Usable days"),
    "First day without",
    "Last day without",
    numeric("Usable days without", hint="Without an icebreaker"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# By class and year the status of a crossing that begins on each first day of a half month.
Calendar = Mapping[tuple[str, str], Sequence[str]]


def render_season(
    title: str,
    *,
    heading: str,
    calendar: Calendar,
    asked: tuple[str, str],
    rows: Sequence[Record],
    windows: Sequence[Record],
    notes: Sequence[str],
    command: str = "",
) -> str:
    """Return the page of a season as HTML text.

    Parameters
    ----------
    title
        Title of the corridor.
    heading
        What was asked: class, year, ship.
    calendar
        The status by ice class and year of each half month: `open`, `escorted`, `closed`.
    asked
        Ice class and year that the page opens with.
    rows
        Half months under the keys of `season.csv`, with each area.
    windows
        First and last days by ice class.
    notes
        What to know of the rules and the ice.
    command
        The command line.
    """
    if not rows:
        return study_page(f"Season: {title}", "", [heading], (), command=command)
    classes = tuple(dict.fromkeys(name for name, _ in calendar))
    known = dict.fromkeys(year for _, year in calendar)
    # Means and extremes first, then years.
    years = tuple(sorted(known, key=lambda year: (year.isdigit(), year)))
    by_class = "".join(
        _grid(
            [(_class_text(name), calendar[name, year]) for name in classes],
            corner="Ice class",
            shows=f"by ice class, ice of {_year_text(year)}",
            key=year,
            hidden=year != asked[1],
        )
        for year in years
    )
    by_year = "".join(
        _grid(
            [(_year_text(year), calendar[name, year]) for year in years],
            corner="Ice of",
            shows=f"by year, {_of_class(name)}",
            key=name,
            hidden=name != asked[0],
        )
        for name in classes
    )
    return study_page(
        f"Season: {title}",
        heading,
        _answer(asked, calendar[asked], windows),
        (
            Section(
                "classes",
                "By ice class",
                _choice("Ice of", "classes", [(y, _year_text(y)) for y in years], asked[1])
                + f"{_legend()}{by_class}",
            ),
            Section(
                "years",
                "By year",
                _choice("Ice class", "years", [(c, _class_text(c)) for c in classes], asked[0])
                + f"{_legend()}{by_year}",
            ),
            Section("windows", "First and last days", _windows(windows)),
            Section("areas", "By area of the route", _areas(rows)),
            Section(
                "notes",
                "Rules and limits",
                f"<ul>{''.join(f'<li>{escape(note)}</li>' for note in notes)}</ul>",
            ),
        ),
        command=command,
        scripts=("choices.js",),
    )


def _answer(asked: tuple[str, str], days: Sequence[str], windows: Sequence[Record]) -> list[str]:
    name, year = asked
    mine = next((row for row in windows if row["ice_class"] == name), None)
    open_count, helped = days.count(OPEN), days.count(ESCORTED)
    when = f"a ship of {_of_class(name)} in {_ice_of(year)}"
    if not open_count and not helped:
        return [f"No half-month is open for {when}."]
    first = (
        f"{open_count} of {len(days)} half-months are open for {when}"
        f"{f', and {helped} more with an icebreaker' if helped else ''}."
    )
    if mine is None or mine["earliest"] is None:
        return [first]
    return [
        first,
        f"A crossing can begin on {mine['usable_days']} days from {_day(mine['earliest'])} to"
        f" {_day(mine['latest'])}, on {mine['alone_usable_days']} of them without an icebreaker.",
    ]


def _day(month_day: object) -> str:
    if month_day is None:
        return "—"
    month, day = (int(part) for part in str(month_day).split("-"))
    return f"{day} {_MONTHS[month - 1]}"


def _class_text(name: str) -> str:
    """Return an ice class as a table shows it: `none` is no class, like a ship for open water."""
    return "no class" if name == "none" else name


def _of_class(name: str) -> str:
    """Return an ice class as a sentence says it."""
    return "no ice class" if name == "none" else f"ice class {name}"


def _ice_of(year: str) -> str:
    """Return an ice year as a sentence says it: `an average ice year`, `the ice of 2013`."""
    named = {
        "mean": "an average ice year",
        "best": "the best ice year",
        "worst": "the worst ice year",
    }
    return named.get(year, f"the ice of {year}")


def _year_text(year: str) -> str:
    return {"mean": "an average year", "best": "the best year", "worst": "the worst year"}.get(
        year, year
    )


def _choice(label: str, group: str, values: Sequence[tuple[str, str]], now: str) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == now else ""}>'
        f"{escape(text)}</option>"
        for value, text in values
    )
    return (
        f'<div class="filters"><label>{label}<select data-shows="{group}">{options}</select>'
        "</label></div>"
    )


def _legend() -> str:
    items = "".join(
        f'<li><span class="{kind}">{_MARKS[kind]}</span> {text}</li>'
        for kind, text in _SHORT.items()
    )
    return f'<ul class="legend season">{items}</ul>'


def _grid(
    rows: Sequence[tuple[str, Sequence[str]]], *, corner: str, shows: str, key: str, hidden: bool
) -> str:
    caption = f"State of a crossing that begins on the 1st or the 16th, {shows}"
    months = "".join(f'<th scope="colgroup" colspan="2">{month}</th>' for month in _MONTHS)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f'<td class="{kind}" aria-label="{kind}">{_MARKS[kind]}</td>' for kind in days)
        + "</tr>"
        for name, days in rows
    )
    return (
        f'<div class="wide" role="group" aria-label="{escape(caption)}" data-key="{escape(key)}"'
        f'{" hidden" if hidden else ""}><table class="season"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{corner}</th>{months}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _windows(windows: Sequence[Record]) -> str:
    rows = []
    for row in windows:
        cells = [_class_text(str(row["ice_class"]))]
        for before in ("", "alone_"):
            days = row[f"{before}usable_days"]
            if row[f"{before}earliest"] is None:
                cells += [("any day" if days else "no day"), "", f"{days}"]
            else:
                first, last = row[f"{before}earliest"], row[f"{before}latest"]
                cells += [_day(first), _day(last), f"{days}"]
        rows.append(cells)
    return table_html("First and last day on which a crossing can begin", _WINDOW_COLUMNS, rows)


def _areas(rows: Sequence[Record]) -> str:
    shown = [key for key in rows[0] if key != "reason"]
    columns = headings(*(key.replace("_", " ").replace("E Sib", "East Siberian") for key in shown))
    body = []
    for row in rows:
        cells = [_day(row["from_day"])]
        for key in shown[1:]:
            value = row[key]
            cells.append("" if value is None else str(value))
        body.append(cells)
    return table_html("Areas on the day, and a crossing that begins on it", columns, body)
