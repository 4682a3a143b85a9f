"""Cells of rate sheets: amounts and days as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from corridors.data.spreadsheets import Cell
from corridors.exchange.rates.rate_words import words

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


def amount_of(cell: Cell) -> Money:
    """Return the amount of a cell: `4280`, `4.280,00`, `4,280.00`, `USD 4 280`.

    A single sign before three digits parts thousands, since rates have two decimals at the most.

    Raises
    ------
    ValueError
        It is none, below 0, or has more than two decimals in the text.
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, date):
        msg = f"{cell!r:.60} is no amount"
        raise ValueError(msg)
    if isinstance(cell, int | float):
        return Money(_bounded(float(cell), str(cell)), "")
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
    return Money(_bounded(_number(found[0], text), text), currency)


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


def _bounded(value: float, text: str) -> float:
    if not 0 <= value <= 1_000_000:
        msg = f"'{text[:60]}' is no amount of a rate: give 0 to 1,000,000"
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
