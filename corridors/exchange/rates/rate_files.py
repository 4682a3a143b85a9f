"""Files of contracts: which are rate sheets, read with known places, and a form to fill in."""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from pathlib import Path

from corridors.costing.contract_charges import lane_of_index
from corridors.data.series import known_currencies
from corridors.data.spreadsheets import EXCEL, read_sheets
from corridors.domain.contracts import RateSheet
from corridors.errors import ConfigError, CorridorsError, needed
from corridors.exchange.rates.rate_cells import heading_of
from corridors.exchange.rates.rate_sheets import KnownNames, rates_in, read_rates
from corridors.network.locate import locate

OWN_DATA = frozenset(("system", "parameter", "lon"))
"""Columns of own data, of which legs have ends too."""
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("From", "required", "Port, terminal or city where the rate begins: a name in any script, a"
     " UN/LOCODE or an id. Several with / between them have the same rate."),
    ("To", "required", "Where it ends, written likewise."),
    ("Mode", "sea", "sea or rail."),
    ("Carrier", "", "Who carries."),
    ("Service", "", "Loop or train, if the rate is for one."),
    ("Way", "any", "The gate or crossing for which it holds, such as Suez or Cape of Good Hope. A"
     " twin rate has a row for each."),
    ("Equipment", "required", "20DV, 40DV, 40HC or 40RF. Empty for a charge of every box."),
    ("Valid from", "required", "First day."),
    ("Valid to", "required", "Last day."),
    ("Date counts", "loading", "Which day must lie between them: gate-in, loading or bill of"
     " lading."),
    ("Charge", "required", "BASE for the base rate; else a code such as BAF, ETS, OTHC or DTHC"
     " (handling at origin or destination), PRE or ONC (hauls)."),
    ("Basis", "box", "box, teu, shipment, or percent of the base rate."),
    ("Amount", "required", "A number."),
    ("Currency", "required", "USD, EUR or another with a reference rate of the European"
     " Central Bank."),
    ("Included", "no", "yes if the base rate includes the charge."),
    ("Scope", "port", "port, yard (with handling at both terminals) or door (with the hauls)."),
    ("Free days", "", "Days that boxes may stand without a charge."),
    ("Tiers", "", "What the days after cost: 8-14: 60; 15+: 120, in the currency of the base"
     " rate."),
    ("Cargo excluded", "", "Classes of cargo for which it does not hold, such as dangerous."),
    ("Min boxes", "", "Boxes a month at least."),
    ("Max boxes", "", "Boxes a month at most."),
    ("Contract", "", "Its name, by which answers call it."),
    ("Index", "", "The trade lane whose quote of the month the base rate follows: its id or title,"
     " or the name of its index, as in lanes.csv. The amount of BASE is added to it; 0 for none."),
    ("Index share", "1", "Which share of the quote counts: 0.9 or 90%."),
    ("Floor", "", "The least base rate for a box, in the currency of BASE."),
    ("Ceiling", "", "The greatest one."),
)  # fmt: skip
"""The columns of the form: heading, what holds where it is empty, meaning."""
_MADE_UP = {
    "From": "Shanghai / Ningbo", "To": "Hamburg", "Carrier": "Example Line", "Equipment": "40HC",
    "Valid from": date(2026, 7, 1), "Valid to": date(2026, 9, 30), "Currency": "USD",
    "Free days": 14, "Contract": "Made-up Q3",
}  # fmt: skip
_EXAMPLES = (
    {"Way": "Cape of Good Hope", "Charge": "BASE", "Amount": 4000},
    {"Way": "Cape of Good Hope", "Charge": "BAF", "Amount": 300, "Equipment": None},
    {"Way": "Suez", "Charge": "BASE", "Amount": 4600},
    {"Way": "Suez", "Charge": "BAF", "Included": "yes", "Equipment": None},
)


@cache
def why_unknown(place: str) -> str:
    """Return why a place is unknown, an empty text if it is known."""
    try:
        locate(place[:80])
    except CorridorsError as error:
        return str(error)
    return ""


def _known() -> KnownNames:
    return KnownNames(place=why_unknown, index=_why_no_index, currencies=known_currencies())


def _why_no_index(name: str) -> str:
    try:
        lane_of_index(name)
    except ConfigError as error:
        return str(error)
    return ""


def is_rate_sheet(path: Path) -> bool:
    """Return whether a file is a rate sheet: Excel, or a CSV file whose heading has both ends."""
    if path.suffix.lower() in EXCEL:
        return True
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    try:
        (sheet,) = read_sheets(path, shown=path.name)
    except ConfigError:
        return False
    first = {str(cell).lower() for row in sheet.rows[:1] for cell in row if cell}
    return not OWN_DATA & first and heading_of(sheet) is not None


def rate_sheet(path: Path, *, shown: str) -> RateSheet:
    """Return the contracts of a file, and its rows that are not used.

    Raises
    ------
    CorridorsError
        The file cannot be read, or has no heading with both ends.
    """
    return read_rates(path, shown=shown, known=_known())


def rate_sheet_in(content: bytes, *, name: str) -> RateSheet:
    """Return the same of the content of a file, which is nowhere written."""
    return rates_in(content, name=name, known=_known())


def form_of_contracts(name: str) -> bytes:
    """Return a form to fill in, of Excel or CSV by its name, with made-up rows.

    In Excel a second sheet says what the columns mean.

    Raises
    ------
    MissingPackageError
        What writes Excel is not installed.
    """
    heads = [head for head, _, _ in COLUMNS]
    rows = [[{**_MADE_UP, **one}.get(head) for head in heads] for one in _EXAMPLES]
    if Path(name).suffix.lower() == ".csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([heads, *rows])
        return out.getvalue().encode()
    openpyxl = needed("openpyxl", by=f"writing {name}", extra="excel")
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    form, meanings = book.active, book.create_sheet("Columns")
    form.title = "Rates"
    for row in (heads, *rows):
        form.append(row)
    form.freeze_panes = "C2"
    for row in (("Column", "If empty", "Meaning"), *COLUMNS):
        meanings.append(row)
    meanings.append(())
    meanings.append(("The rows of the first sheet are made up: replace them with yours.",))
    for sheet, widths in ((form, [18] * len(heads)), (meanings, [16, 12, 100])):
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
