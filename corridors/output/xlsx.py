"""XLSX sheets, written row by row in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.output.csv import one_line

if TYPE_CHECKING:
    import xlsxwriter

MAX_ROWS = 1_048_575  # of a sheet, below its header
MAX_CHARACTERS = 32_000
CREATED = datetime(2026, 1, 1)  # any fixed day, for reproducible files
FORMATS = {"text": "@", "whole": "#,##0", "usd": "#,##0", "figure": "#,##0.0", "share": "0%"}


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


def write_workbook(path: Path, sheets: Iterable[Sheet], *, title: str) -> None:
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
    with _disk_faults(), xlsxwriter.Workbook(path, {**held, **inert}) as book:
        book.set_properties({"title": one_line(title)[:255], "created": CREATED})
        looks = {name: book.add_format({"num_format": shape}) for name, shape in FORMATS.items()}
        looks["header"] = book.add_format(
            {"bold": True, "bg_color": "#dfe7ee", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        for sheet in sheets:
            _write(book, sheet, looks)


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


def _write_cell(page: Any, at: tuple[int, int], value: object, look: Any) -> None:
    match value:
        case None | "":
            return
        case bool():
            page.write_string(*at, "yes" if value else "no", look)
        case int() | float():
            if isfinite(value):
                page.write_number(*at, value, look)
        case _:
            page.write_string(*at, one_line(str(value))[:MAX_CHARACTERS], look)
