"""The heading of a rate sheet: in which rows it stands, and what each column holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from corridors.data.spreadsheets import Cell, Sheet
from corridors.domain.contracts import BASE
from corridors.domain.scenario import Equipment
from corridors.exchange.rates.rate_cells import CURRENCY
from corridors.exchange.rates.rate_words import charge_code, heading_word, plain_word, words

MOST_ABOVE = 40
"""Rows in which a heading is looked for."""
ENDS = ("origin", "destination")
_CODE = re.compile(r"[A-Z]{2,5}")
_BRACKETS = re.compile(r"[(\[,]?\s*(?:in\s+)?([A-Z]{3})\s*[)\]]?$")
_SPOKEN = re.compile(r"all (?:rates|amounts|prices) (?:are )?in ([A-Z]{3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeColumn:
    """A column of amounts: of a charge, for a box or for all, in a currency if it says one."""

    code: str
    equipment: Equipment | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a sheet says above its rows.

    `fields` are columns by field, `charges` those of amounts; `given` is what stands above the
    heading, by field; `below` the number of the first row below it, from 0.
    """

    below: int
    fields: Mapping[str, int]
    charges: Mapping[int, ChargeColumn]
    given: Mapping[str, Cell] = field(default_factory=dict)


def heading_of(sheet: Sheet) -> Heading | None:
    """Return the heading of a sheet, None if no row of it names both ends."""
    for top in range(min(MOST_ABOVE, len(sheet.rows))):
        row = sheet.rows[top]
        named = {heading_word(cell) for cell in row if cell is not None}
        if not {*ENDS} <= named:
            continue
        under = sheet.rows[top + 1] if top + 1 < len(sheet.rows) else ()
        two = _is_heading(under, row)
        below = top + 2 if two else top + 1
        fields: dict[str, int] = {}
        charges: dict[int, ChargeColumn] = {}
        for number, cell in enumerate(row):
            lower = under[number] if two and number < len(under) else None
            _place(number, cell, lower, fields, charges, sheet.rows[below:])
        return Heading(
            below=below, fields=fields, charges=charges, given=dict(_above(sheet.rows[:top]))
        )
    return None


def _is_heading(row: Sequence[Cell], above: Sequence[Cell]) -> bool:
    """Return whether a row below a heading belongs to it: it names boxes, but no places."""
    under = [plain_word(cell) for cell in row if cell is not None]
    ends = [number for number, cell in enumerate(above) if heading_word(cell) in ENDS]
    own = [row[number] for number in ends if number < len(row) and row[number] is not None]
    of_above = all(heading_word(cell) in ENDS for cell in own)
    return of_above and any(word in words("box") for word in under)


def _place(
    number: int,
    cell: Cell,
    lower: Cell,
    fields: dict[str, int],
    charges: dict[int, ChargeColumn],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Add a column to the fields or the charges, by what stands above it in one row or two."""
    word, under = plain_word(cell or ""), plain_word("" if lower is None else lower)
    if under in words("box"):
        text, currency = _without_currency(str(cell or ""))
        is_own = word in words("box") or heading_word(word) or not word
        code = BASE if is_own else charge_code(text)
        charges[number] = ChargeColumn(
            code=code, equipment=Equipment(words("box")[under]), currency=currency
        )
        return
    if not word and not under:
        return
    text, currency = _without_currency(str(cell or lower))
    word = plain_word(text) or word
    if name := heading_word(cell) or heading_word(word):
        fields.setdefault(name, number)
    elif word in words("box"):
        charges[number] = ChargeColumn(
            code=BASE, equipment=Equipment(words("box")[word]), currency=currency
        )
    elif (split := _charge_and_box(text)) is not None:
        code, equipment = split
        charges[number] = ChargeColumn(code=code, equipment=equipment, currency=currency)
    elif _is_charge(text) or _has_figures(number, rows):
        charges[number] = ChargeColumn(code=charge_code(text), currency=currency)


def _is_charge(text: str) -> bool:
    return bool(_CODE.fullmatch(text.strip())) or charge_code(text) != text.strip().upper()


def _has_figures(number: int, rows: Sequence[Sequence[Cell]]) -> bool:
    cells = [row[number] for row in rows if number < len(row) and row[number] is not None]
    return any(isinstance(cell, int | float) or re.search(r"\d", str(cell)) for cell in cells)


def _without_currency(text: str) -> tuple[str, str]:
    """Return a heading without the currency at its end: `BAF (EUR)`, `40HC USD`."""
    found = _BRACKETS.search(text.strip())
    rest = text.strip()[: found.start()].strip(" ,-/(") if found else ""
    if found and rest and CURRENCY.fullmatch(found[1]) and found[1] not in _NO_CURRENCY:
        return rest, found[1]
    return text, ""


_NO_CURRENCY = frozenset(
    ("BAF", "THC", "ETS", "PSS", "GRI", "DOC", "CAF", "LSS", "WRS", "BAS", "FAK")
)


def _charge_and_box(text: str) -> tuple[str, Equipment] | None:
    """Return the charge and the box of a heading that has both: `THC origin 40HC`."""
    parts = text.split()
    for size in (1, 2, 3):
        last = plain_word(" ".join(parts[-size:]))
        if len(parts) > size and (box := words("box").get(last)):
            return charge_code(" ".join(parts[:-size])), Equipment(box)
    return None


def _above(rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[str, Cell]]:
    """Yield what stands above a heading, by field: `Carrier: MSC`, or a name and a cell beside."""
    for row in rows:
        cells = list(dict.fromkeys(cell for cell in row if cell is not None))
        for number, cell in enumerate(cells):
            if not isinstance(cell, str):
                continue
            if (spoken := _SPOKEN.search(cell)) is not None:
                yield "currency", spoken[1].upper()
            label, colon, value = cell.partition(":")
            name = heading_word(label)
            if name and colon and value.strip():
                yield name, value.strip()
            elif name and number + 1 < len(cells) and not value.strip():
                yield name, cells[number + 1]
