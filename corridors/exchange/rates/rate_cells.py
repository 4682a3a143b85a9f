"""Cells of rate sheets: amounts and days as people write them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from corridors.data.spreadsheets import Cell, Sheet
from corridors.domain.contracts import BASE
from corridors.domain.scenario import Equipment

# The words of rate sheets in several languages, from `rate_words.csv`.

FILE = Path(__file__).with_name("rate_words.csv")


def plain_word(text: object) -> str:
    """Return a text as words are compared: small letters, one space, no marks at its ends."""
    folded = unicodedata.normalize("NFKC", "" if text is None else str(text)).casefold()
    return re.sub(r"[\s_]+", " ", folded.replace("\u2019", "'")).strip(" .:*()-")


@cache
def words(kind: str) -> Mapping[str, str]:
    """Return the words of a kind, each with what it means; the longer ones first.

    Kinds are `heading`, `box`, `charge`, `basis`, `scope`, `mode`, `counts` (which day does),
    `answer` (`included`, `apart`, `nothing`, `all boxes`), `currency`, `month` and `between` (signs
    that part two days, or places).
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    found = {word: row["means"] for row in rows for word in row["words"].split("|")}
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: -len(one[0]))))


def heading_word(cell: object) -> str:
    """Return the field that a heading names, empty for none."""
    return words("heading").get(plain_word(cell), "")


def answer_word(cell: object) -> str:
    """Return what a cell answers: `included`, `apart`, `nothing`, `all boxes`; empty for none."""
    word = plain_word(cell)
    return words("answer").get(word, "") if word else "nothing"


def charge_code(text: object) -> str:
    """Return the code of a charge: that of a word, `BASE` for the base rate, else its own."""
    known = words("charge").get(plain_word(text))
    return known or re.sub(r"\s+", " ", str(text)).strip().upper()


CURRENCY = re.compile(r"(?<![A-Z])([A-Z]{3})(?![A-Z])")
_AMOUNT = re.compile(r"-?\d[\d.,' \u00a0\u202f]*")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})[\s-]*([^\W\d_]{3,})[.\s,-]*(\d{4}|\d{2})")
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})")


class Money(NamedTuple):
    """An amount, and its currency where the cell names one."""

    amount: float
    currency: str


MOST = 1_000_000.0
"""The greatest amount of a rate."""


def amount_of(cell: Cell, *, least: float = 0.0) -> Money:
    """Return the amount of a cell: `4280`, `4.280,00`, `4,280.00`, `USD 4 280`.

    A single sign before three digits parts thousands, since rates have two decimals at the most.
    What is added to an index may be below 0, so that its `least` is another.

    Raises
    ------
    ValueError
        It is none, below the least, or has more than two decimals in the text.
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, date):
        msg = f"{cell!r:.60} is no amount"
        raise ValueError(msg)
    if isinstance(cell, int | float):
        return Money(_bounded(float(cell), str(cell), least), "")
    text = cell.strip()
    found = _AMOUNT.findall(text.replace("\u2212", "-"))
    rest = _AMOUNT.sub("", text).strip(" /.-")
    currency = _currency_in(rest)
    word = rest.upper()
    for known in (currency, *words("currency")):
        word = word.replace(known.upper(), "")
    if len(found) != 1 or word.strip(" .,/-"):
        msg = f"'{text[:60]}' is no amount"
        raise ValueError(msg)
    return Money(_bounded(_number(found[0], text), text, least), currency)


def _currency_in(text: str) -> str:
    named = CURRENCY.search(text.upper())
    signs = words("currency").items()
    sign = next((code for sign, code in signs if sign in text.lower()), "")
    return named[1] if named else sign


def _number(digits: str, text: str) -> float:
    plain = re.sub(r"[' \u00a0\u202f]", "", digits).rstrip(".,")
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        decimal = max(".,", key=plain.rfind)
        if plain.count(decimal) > 1:
            msg = f"'{text[:60]}' is no amount"
            raise ValueError(msg)
    elif points + commas == 1:
        sign = "." if points else ","
        whole, after = plain.split(sign)
        decimal = "" if len(after) == 3 and whole.lstrip("-") not in ("", "0") else sign
    else:
        decimal = ""
    whole, _, after = plain.rpartition(decimal) if decimal else (plain, "", "")
    groups = re.split(r"[.,]", whole)
    if any(len(group) != 3 for group in groups[1:]) or len(after) > 2:
        msg = f"'{text[:60]}' is no amount: write it like 4280.50"
        raise ValueError(msg)
    return float("".join(groups) + (f".{after}" if after else ""))


def _bounded(value: float, text: str, least: float) -> float:
    if not least <= value <= MOST:
        msg = f"'{text[:60]}' is no amount of a rate: give {least:,.0f} to {MOST:,.0f}"
        raise ValueError(msg)
    return round(value, 4)


def day_of_cell(cell: Cell, *, month_first: bool | None = None) -> date:
    """Return the day of a cell: a date, `2026-08-31`, `31.08.2026`, `31 Aug 2026`, `2026年8月31日`.

    Parameters
    ----------
    cell
        The cell.
    month_first
        Whether days such as 07/01/2026 begin with the month; None if nothing in their column says.

    Raises
    ------
    ValueError
        It is no day, or may be two.
    """
    if isinstance(cell, date):
        return cell
    text = str(cell or "").strip()
    if found := _ISO.fullmatch(text) or _CHINESE.fullmatch(text):
        return _day(text, *map(int, found.groups()[:3]))
    if found := _POINTS.fullmatch(text):
        day, month, year = map(int, found.groups())
        return _day(text, _year(year), month, day)
    if found := _SLASHES.fullmatch(text):
        one, two, year = map(int, found.groups())
        first = one <= 12 < two or (month_first is True and one <= 12)
        if one <= 12 and two <= 12 and one != two and month_first is None:
            msg = f"'{text}' may be two days; write it like 2026-08-31"
            raise ValueError(msg)
        month, day = (one, two) if first else (two, one)
        return _day(text, _year(year), month, day)
    if found := _NAMED.fullmatch(text.lower()):
        return _day(text, _year(int(found[3])), _month(text, found[2]), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(text):
        return _day(text, int(found[3]), _month(text, found[1].lower()), int(found[2]))
    msg = f"'{text[:60]}' is no day; write it like 2026-08-31"
    raise ValueError(msg)


def order_of(cells: Iterable[Cell]) -> bool | None:
    """Return whether the days with slashes of a column begin with the month; None if none says."""
    said = set()
    for cell in cells:
        found = _SLASHES.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and (int(found[1]) > 12) != (int(found[2]) > 12):
            said.add(int(found[2]) > 12)
    return said.pop() if len(said) == 1 else None


def _month(text: str, name: str) -> int:
    number = words("month").get(name[:3])
    if number is None:
        msg = f"'{text[:60]}' is no day; write it like 2026-08-31"
        raise ValueError(msg)
    return int(number)


def _year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        msg = f"'{text[:60]}' is no day; write it like 2026-08-31"
        raise ValueError(msg) from None
    if not 2000 <= year <= 2100:
        msg = f"'{text[:60]}' is no day of a contract: give a year from 2000 to 2100"
        raise ValueError(msg)
    return found


# The heading of a rate sheet: in which rows it stands, and what each column holds.

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
