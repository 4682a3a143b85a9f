"""XLSX sheets, written row by row in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.output.store import one_line

if TYPE_CHECKING:
    import xlsxwriter

MAX_ROWS = 1_048_575  # of a sheet, below its header
MAX_CHARACTERS = 32_000
# Of a page: its width in characters without a table, points of a line, charts, paper.
PAGE_WIDTH, LINE_POINTS = 110, 15
CHART_PIXELS, CHART_ROWS = (460, 260), 14
A4 = 9
CREATED = datetime(2026, 1, 1)  # any fixed day, for reproducible files
FORMATS = {
    "text": "@",
    "whole": "#,##0",
    "usd": "#,##0",
    "figure": "#,##0.0",
    "share": "0%",
    "date": "d mmm yyyy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: title, width in characters, and number format (see `FORMATS`)."""

    title: str
    width: int = 14
    look: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet; the title has at most 31 characters."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of columns or a line: the figures of a column of a table, by those of its first.

    `column` counts from 0.
    """

    title: str
    column: int
    line: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table on a page, with the charts of it that stand below."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    charts: Sequence[Chart] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A sheet to read and print: a heading, sentences, tables with charts; on one sheet of paper.

    `title` has at most 31 characters.
    """

    title: str
    heading: str
    sentences: Sequence[str]
    tables: Sequence[Table]


def write_workbook(path: Path, sheets: Iterable[Page | Sheet], *, title: str) -> None:
    """Write sheets to a file, with frozen and filtered headers.

    Text never becomes a formula or a link. A sheet beyond the limit of the format ends with a row
    that says so.

    Parameters
    ----------
    path
        The file.
    sheets
        Sheets in order.
    title
        Title in the file properties.
    """
    import xlsxwriter

    inert = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    # In the folder of the workbook, which is removed with it, and not in that of the system.
    held = {"constant_memory": True, "tmpdir": str(path.parent)}
    # Written at once: a zip file that cannot be closed complains when it is forgotten.
    content = _Kept()
    with _disk_faults(), xlsxwriter.Workbook(content, {**held, **inert}) as book:
        book.set_properties({"title": one_line(title)[:255], "created": CREATED})
        looks = {name: book.add_format({"num_format": shape}) for name, shape in FORMATS.items()}
        looks["header"] = book.add_format(
            {"bold": True, "bg_color": "#dfe7ee", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        looks["heading"] = book.add_format({"bold": True, "font_size": 14, "text_wrap": True})
        looks["sentence"] = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            if isinstance(sheet, Page):
                _write_page(book, sheet, looks)
            else:
                _write(book, sheet, looks)
    path.write_bytes(content.getbuffer())


class _Kept(BytesIO):
    """Bytes that stay open: a zip file that a full disk left open closes itself after them."""

    def close(self) -> None:
        """Leave the bytes to be forgotten with the workbook."""


@contextmanager
def _disk_faults() -> Iterator[None]:
    """Raise the OSError behind a fault of xlsxwriter."""
    import xlsxwriter.exceptions

    try:
        yield
    except xlsxwriter.exceptions.FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from error


def _write(book: xlsxwriter.Workbook, sheet: Sheet, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.title)
    page.freeze_panes(1, 0)
    for i, column in enumerate(sheet.columns):
        page.set_column(i, i, column.width, looks[column.look])
        page.write_string(0, i, one_line(column.title), looks["header"])
    last = 0
    for last, cells in enumerate(sheet.rows, start=1):
        if last >= MAX_ROWS:
            page.write_string(last, 0, "more rows than a sheet can hold: see the Parquet files")
            break
        for i, (column, value) in enumerate(zip(sheet.columns, cells, strict=True)):
            _write_cell(page, (last, i), value, looks[column.look])
    page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write_page(book: xlsxwriter.Workbook, page: Page, looks: dict[str, Any]) -> None:
    """Write a page row by row: what stands above is written first, the charts float over rows."""
    made = book.add_worksheet(page.title)
    wide = max([1, *(len(table.columns) for table in page.tables)])
    for at in range(wide):
        widths = [t.columns[at].width for t in page.tables if at < len(t.columns)]
        made.set_column(at, at, max(widths, default=PAGE_WIDTH))
    across = sum(
        max((t.columns[at].width for t in page.tables if at < len(t.columns)), default=PAGE_WIDTH)
        for at in range(wide)
    )
    row = 0
    for text, look in ((page.heading, "heading"), *((one, "sentence") for one in page.sentences)):
        shown = one_line(text)[:MAX_CHARACTERS]
        # A merged cell does not grow with its text.
        made.set_row(row, LINE_POINTS * (1 + len(shown) // across) * (1 + (look == "heading") / 3))
        if wide > 1:
            made.merge_range(row, 0, row, wide - 1, "", looks[look])
        made.write_string(row, 0, shown, looks[look])
        row += 1
    for table in page.tables:
        row = _write_table(book, made, page.title, table, row + 1, looks)
    made.set_landscape()
    made.set_paper(A4)
    made.fit_to_pages(1, 1)
    made.hide_gridlines(2)


def _write_table(
    book: xlsxwriter.Workbook, made: Any, sheet: str, table: Table, row: int, looks: dict[str, Any]
) -> int:
    """Write a table and its charts from a row on; return the first row below them."""
    for i, column in enumerate(table.columns):
        made.write_string(row, i, one_line(column.title), looks["header"])
    first = row + 1
    for cells in table.rows:
        row += 1
        for i, (column, value) in enumerate(zip(table.columns, cells, strict=True)):
            _write_cell(made, (row, i), value, looks[column.look])
    if not table.rows:
        return row + 1
    left = 0
    for chart in table.charts:
        drawn = book.add_chart({"type": "line" if chart.line else "column"})
        drawn.add_series(
            {
                "name": chart.title,
                "categories": [sheet, first, 0, row, 0],
                "values": [sheet, first, chart.column, row, chart.column],
                "fill": {"color": "#1f6fb4"},
                "line": {"color": "#1f6fb4"},
            }
        )
        drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
        drawn.set_legend({"none": True})
        drawn.set_size({"width": CHART_PIXELS[0], "height": CHART_PIXELS[1]})
        made.insert_chart(row + 2, 0, drawn, {"x_offset": left})
        left += CHART_PIXELS[0] + 20
    return row + 2 + (CHART_ROWS if table.charts else 0)


def _write_cell(page: Any, at: tuple[int, int], value: object, look: Any) -> None:
    match value:
        case None | "":
            return
        case bool():
            page.write_string(*at, "yes" if value else "no", look)
        case date():
            page.write_datetime(*at, datetime(value.year, value.month, value.day), look)
        case int() | float():
            if isfinite(value):
                page.write_number(*at, value, look)
        case _:
            page.write_string(*at, one_line(str(value))[:MAX_CHARACTERS], look)
