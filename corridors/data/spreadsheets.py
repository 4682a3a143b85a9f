"""Tables that a user keeps: the sheets of an Excel workbook or a CSV file, as rows of cells."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

from corridors.errors import ConfigError, needed
from corridors.files import read_whole, told_as

# Reading untrusted XML element by element: no document type, no entities, little nesting.

MAX_DEPTH = 12
MAX_TEXT_CHARACTERS = 5_000_000
Name = tuple[str | None, str]


class Elements(ContentHandler):
    """Gets the elements of a file one after the other; memory does not grow with the file.

    Parameters
    ----------
    shown
        Name of the file in faults.
    """

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.shown = shown
        self.above: list[Name] = []
        self._text: list[str] = []
        self._characters = 0

    def begin(self, name: Name, attributes: Mapping[str, str]) -> None:
        """Take the start of an element: its namespace and name, and attributes without one."""

    def end(self, name: Name, text: str) -> None:
        """Take the end of an element, with the text since the last start or end of one."""

    @property
    def line(self) -> int:
        """The line that is being read, from 1."""
        # Set by the parser before the first element.
        locator: Locator = self._locator  # type: ignore[attr-defined]
        return locator.getLineNumber() or 1

    def refuse(self, what: str, *, line: int | None = None) -> NoReturn:
        """Raise a ConfigError `file:line: what`."""
        msg = f"{self.shown}:{self.line if line is None else line}: {what}"
        raise ConfigError(msg)

    def startElementNS(  # noqa: N802 - a name of the interface
        self, name: Name, _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        """Take the start of an element from the parser."""
        if len(self.above) >= MAX_DEPTH:
            self.refuse(f"nested deeper than {MAX_DEPTH} levels")
        self._text, self._characters = [], 0
        plain = {local: value for (space, local), value in attrs.items() if not space}
        self.begin(name, plain)
        self.above.append(name)

    def endElementNS(self, name: Name, _qname: str | None) -> None:  # noqa: N802
        """Take the end of an element from the parser."""
        self.above.pop()
        self.end(name, "".join(self._text))
        self._text, self._characters = [], 0

    def characters(self, content: str) -> None:
        """Take a piece of text from the parser."""
        self._characters += len(content)
        if self._characters > MAX_TEXT_CHARACTERS:
            self.refuse(f"more than {MAX_TEXT_CHARACTERS:,} characters of text")
        self._text.append(content)


def read_elements(path: Path, elements: Elements) -> None:
    """Read an XML file from its start to its end.

    Raises
    ------
    ConfigError
        The file cannot be read, is not XML in an encoding that is known, declares a document type
        or entities in any encoding, or `elements` refuses what it holds.
    """
    import defusedxml.sax
    from defusedxml import DefusedXmlException

    shown = elements.shown
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(elements)
    with told_as(shown), path.open("rb") as stream:
        try:
            parser.parse(stream)
        except DefusedXmlException:
            elements.refuse("a document type or entities are not allowed")
        except SAXParseException as error:
            elements.refuse(f"not valid XML: {error.getMessage()}", line=error.getLineNumber() or 1)
        except (SAXException, LookupError, ValueError) as error:
            # Names of encodings that Python does not know, or knows as no encoding of text.
            elements.refuse(f"not valid XML: {' '.join(str(error).split()) or 'unknown'}")


MOST_BYTES = 20_000_000
"""Size of a file that is read."""
MOST_UNPACKED = 200_000_000
"""Bytes of a workbook unpacked: a small file may hold a huge one."""
MOST_CELLS = 2_000_000
"""Cells of a sheet, with those that are empty."""
EXCEL = frozenset({".xlsx", ".xlsm"})
_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = ",;\t"

Cell = str | float | bool | date | None
"""What a cell holds; a day has no time. None is an empty one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet, with the value of merged cells in each of them.

    Row `n` of the sheet, as Excel counts, is `rows[n - 1]`. `uncounted` are cells (row, column from
    1) with a formula whose value the file does not have.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    uncounted: frozenset[tuple[int, int]] = frozenset()


def read_sheets(path: Path, *, shown: str) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook, or the one of a CSV file, which has the name of the file.

    Parameters
    ----------
    path
        A file `.xlsx` or `.csv`; of CSV the separator may be a comma, a semicolon or a tab.
    shown
        Its name in faults.

    Raises
    ------
    ConfigError
        The file cannot be read, is too large, or is neither.
    MissingPackageError
        What reads Excel is not installed.
    """
    kind = path.suffix.lower()
    if kind not in {*EXCEL, ".csv"}:
        msg = f"{shown}: give a table as .xlsx or .csv; save older .xls files as .xlsx"
        raise ConfigError(msg)
    content = read_whole(path, shown=shown, most=MOST_BYTES)
    return sheets_of(content, name=path.name, shown=shown)


def sheets_of(content: bytes, *, name: str, shown: str) -> tuple[Sheet, ...]:
    """Return the sheets of a file's content; `name` says by its ending what it is.

    The errors are those of `read_sheets`.
    """
    if Path(name).suffix.lower() in EXCEL:
        return tuple(_of_excel(content, shown))
    return (Sheet(name=name, rows=_of_csv(content, shown)),)


def _of_csv(content: bytes, shown: str) -> tuple[tuple[Cell, ...], ...]:
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        msg = f"{shown}: is not in UTF-8; save it as CSV UTF-8"
        raise ConfigError(msg) from None
    # The separator is the one that the fullest of the first lines has most of.
    first = text.splitlines()[:20]
    mark = max(_SEPARATORS, key=lambda sign: max((line.count(sign) for line in first), default=0))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        msg = f"{shown}: is not a CSV file: {error}"
        raise ConfigError(msg) from None
    _refuse_many(sum(map(len, rows)), shown)
    return tuple(tuple(cell.strip() or None for cell in row) for row in rows)


def _of_excel(content: bytes, shown: str) -> Iterator[Sheet]:
    openpyxl = needed("openpyxl", by=f"reading {shown}", extra="excel")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
            parts = [one.filename for one in packed.infolist() if "worksheets/" in one.filename]
            if size > MOST_UNPACKED:
                msg = f"{shown}: {size:,} bytes unpacked; the limit is {MOST_UNPACKED:,}"
                raise ConfigError(msg)
            has_formulas = any(b"<f" in packed.read(one) for one in parts)
        books = [
            openpyxl.load_workbook(io.BytesIO(content), data_only=values)
            for values in ((True, False) if has_formulas else (True,))
        ]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError, OSError) as error:
        what = " ".join(str(error).split())[:200] or type(error).__name__
        msg = f"{shown}: is not a workbook that can be read: {what}"
        raise ConfigError(msg) from None
    values, *formulas = books
    for sheet in values.worksheets:
        _refuse_many(sheet.max_row * sheet.max_column, f"{shown}: {sheet.title}")
        rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        for area in sheet.merged_cells.ranges:
            _fill(rows, area.bounds)
        uncounted = {
            (number, column)
            for book in formulas
            for number, row in enumerate(book[sheet.title].iter_rows(values_only=True), 1)
            for column, cell in enumerate(row, 1)
            if isinstance(cell, str)
            and cell.startswith("=")
            and rows[number - 1][column - 1] is None
        }
        yield Sheet(
            name=sheet.title,
            rows=tuple(map(tuple, rows)),
            uncounted=frozenset(uncounted),
        )


def _fill(rows: list[list[Cell]], bounds: tuple[int, int, int, int]) -> None:
    """Give every cell of a merged area the value of its first one."""
    left, top, right, bottom = bounds
    if top > len(rows) or left > len(rows[top - 1]):
        return
    value = rows[top - 1][left - 1]
    for row in rows[top - 1 : bottom]:
        row[left - 1 : right] = [value] * (min(right, len(row)) - left + 1)


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return value.strip() or None
    return value if isinstance(value, int | float | date) or value is None else str(value)


def _refuse_many(cells: int, shown: str) -> None:
    if cells > MOST_CELLS:
        msg = f"{shown}: {cells:,} cells; the limit is {MOST_CELLS:,}"
        raise ConfigError(msg)


def column_name(number: int) -> str:
    """Return a column's name in Excel by its number from 1: `AB` for 28."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def is_blank(row: Iterable[Cell]) -> bool:
    """Return whether all cells of a row are empty."""
    return all(cell is None for cell in row)
