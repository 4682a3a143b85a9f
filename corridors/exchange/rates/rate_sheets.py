"""Rate sheets read as contracts: the layouts of carriers and forwarders to one form.

Equipment stands in columns or a row has a charge; a heading has one row or two; titles and what
holds for all rows may stand above it; a cell may list ports. What cannot be read is refused with
sheet and row, and so is every charge that belongs to the same rate: nothing is half used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from corridors.data.spreadsheets import Cell, Sheet, column_name, is_blank, read_sheets, sheets_of
from corridors.domain.contracts import (
    BASE,
    Charge,
    ChargeBasis,
    Contract,
    DateCounts,
    RateScope,
    RateSheet,
    RefusedRow,
    Tier,
)
from corridors.domain.places import Family
from corridors.domain.scenario import Equipment
from corridors.errors import ConfigError, printable
from corridors.exchange.rates.rate_cells import (
    CURRENCY,
    ENDS,
    MOST,
    Heading,
    Money,
    amount_of,
    answer_word,
    charge_code,
    day_of_cell,
    heading_of,
    heading_word,
    order_of,
    plain_word,
    words,
)

Known = Callable[[str], str]
"""Returns why a name is unknown, an empty text if it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What a sheet may name: places, indices, and currencies with a rate of exchange."""

    place: Known
    index: Known
    currencies: frozenset[str]


MOST_SHARE = 3.0
"""The greatest share of an index that a rate may follow; a number above it is in percent."""
_TIER = re.compile(r"(?:day )?(\d{1,3})(?:\s*-\s*\d{1,3}|\+)?\s*[:=]\s*(.+)")
_USUAL: Mapping[str, StrEnum] = {
    "mode": Family.SEA,
    "scope": RateScope.PORT,
    "counts": DateCounts.LOADING,
}
"""What holds where a sheet does not say."""
_KEYS = (
    *("origin", "destination", "mode", "carrier", "service", "way", "first", "last", "validity"),
    *("counts", "scope", "free_days", "tiers", "excludes", "least_boxes", "most_boxes", "name"),
    *("index", "index_share", "floor", "ceiling"),
)


def read_rates(path: Path, *, shown: str, known: KnownNames) -> RateSheet:
    """Return the contracts of a rate sheet, and the rows that are not used.

    Parameters
    ----------
    path
        A file `.xlsx` or `.csv`.
    shown
        Its name in faults.
    known
        What it may name.

    Raises
    ------
    ConfigError
        The file cannot be read, or no sheet of it has a heading with both ends.
    """
    return _read(read_sheets(path, shown=shown), path.name, shown, known)


def rates_in(content: bytes, *, name: str, known: KnownNames) -> RateSheet:
    """Return the same of a file's content, as a page sends it; `name` says what it is."""
    return _read(sheets_of(content, name=name, shown=name), name, name, known)


def _read(sheets: Sequence[Sheet], file: str, shown: str, known: KnownNames) -> RateSheet:
    contracts: list[Contract] = []
    refused: list[RefusedRow] = []
    headed = 0
    for sheet in sheets:
        heading = heading_of(sheet)
        if heading is None:
            continue
        headed += 1
        made = _SheetReader(sheet, heading, file, known)
        contracts += made.contracts()
        refused += made.refused
    if not headed:
        msg = (
            f"{shown}: no sheet has a heading with both ends, such as POL and POD;"
            " `corridors new contracts` writes a form to fill in"
        )
        raise ConfigError(msg)
    return RateSheet(file=file, contracts=tuple(contracts), refused=tuple(refused))


@dataclass(slots=True, kw_only=True)
class _Line:
    """A row of a sheet: its keys as they stand there, its values, its charges by box."""

    number: int
    keys: dict[str, object]
    values: dict[str, Any]
    charges: list[tuple[Equipment | None, Charge]]
    faults: dict[str, str]
    """What is wrong, by field."""


class _SheetReader:
    """Reads the rows of one sheet."""

    def __init__(self, sheet: Sheet, heading: Heading, file: str, known: KnownNames) -> None:
        self.sheet, self.heading, self.file = sheet, heading, file
        self.known = known
        self.refused: list[RefusedRow] = []
        below = sheet.rows[heading.below :]
        self.month_first = {
            name: order_of(row[at] for row in below if at < len(row))
            for name, at in heading.fields.items()
            if name in ("first", "last")
        }
        # A column of first days says how the last ones are written, and the other way round.
        said = {order for order in self.month_first.values() if order is not None}
        if len(said) == 1:
            self.month_first = dict.fromkeys(self.month_first, next(iter(said)))
        self.by_row = "charge" in heading.fields

    def contracts(self) -> list[Contract]:
        """Return the contracts of the sheet; rows that are not used go to `refused`."""
        lines = [self._line(number, row) for number, row in self._rows()]
        groups = self._groups(lines)
        made: list[Contract] = []
        taken: dict[object, str] = {}
        for group in groups:
            try:
                found = list(self._contracts_of(group))
            except ValueError as error:
                self._refuse(group, str(error))
                continue
            twice = [taken[key] for one in found if (key := _identity(one)) in taken]
            if twice:
                self._refuse(group, f"the same places, box and days as {twice[0]}")
                continue
            taken.update({_identity(one): one.row for one in found})
            made += found
        self.refused.sort(key=lambda one: int(one.row.rpartition("!")[2]))
        return made

    def _rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Yield the rows of the sheet below its heading, without blank ones and lines of text."""
        ends = [self.heading.fields[end] for end in ENDS]
        for number, row in enumerate(self.sheet.rows[self.heading.below :], self.heading.below + 1):
            cells = {cell for cell in row if cell is not None}
            is_text = len(cells) == 1 and all(isinstance(cell, str) for cell in cells)
            repeats = all(at < len(row) and heading_word(row[at]) in ENDS for at in ends)
            if not is_blank(row) and not is_text and not repeats:
                yield number, row

    def _cell(self, row: Sequence[Cell], name: str) -> Cell:
        """Return a field of a row; what the sheet has no column for is what stands above it."""
        at = self.heading.fields.get(name)
        if at is None:
            return self.heading.given.get(name)
        return row[at] if at < len(row) else None

    def _at(self, number: int, column: int) -> str:
        return f"{self.sheet.name}!{column_name(column + 1)}{number}"

    def _line(self, number: int, row: Sequence[Cell]) -> _Line:
        keys: dict[str, object] = {name: self._cell(row, name) for name in _KEYS}
        line = _Line(number=number, keys=keys, values={}, charges=[], faults={})
        self._refuse_uncounted(line)
        for end in ENDS:
            self._read(line, end, self._places)
        self._days(line)
        for name, usual in _USUAL.items():
            self._read(line, name, partial(_one_of, kind=name, usual=usual))
        for name in ("carrier", "service", "way", "name", "index"):
            line.values[name] = "" if keys[name] is None else printable(str(keys[name]))[:80]
        self._read(line, "free_days", _whole)
        self._read(line, "least_boxes", lambda cell: _whole(cell) or 0)
        self._read(line, "most_boxes", _whole)
        self._read(line, "tiers", _tiers)
        self._read(line, "index_share", _share)
        for name in ("floor", "ceiling"):
            self._read(line, name, lambda cell: None if cell is None else amount_of(cell).amount)
        least, most = (line.values.get(name) for name in ("floor", "ceiling"))
        if least is not None and most is not None and least > most:
            line.faults["floor"] = f"its floor, {least:g}, is above its ceiling, {most:g}"
        if why := self.known.index(line.values["index"]) if line.values["index"] else "":
            line.faults["index"] = why
        own = (keys["index_share"], least, most)
        if not line.values["index"] and any(value is not None for value in own):
            line.faults["index"] = "a share, floor or ceiling, but no index is named"
        listed = re.split(r"[;,/]", str(keys["excludes"] or ""))
        line.values["excludes"] = tuple(filter(None, map(str.strip, listed)))
        if self.by_row:
            self._charge_of_row(line, row)
        else:
            self._charges_in_columns(line, row)
        return line

    def _refuse_uncounted(self, line: _Line) -> None:
        used = {*self.heading.fields.values(), *self.heading.charges}
        for number, column in self.sheet.uncounted:
            if number == line.number and column - 1 in used:
                at = self._at(number, column - 1)
                line.faults["formula"] = f"{at}: a formula without its value; save it in Excel"

    def _read(self, line: _Line, name: str, read: Callable[[Any], Any]) -> None:
        try:
            line.values[name] = read(line.keys[name])
        except ValueError as error:
            line.faults[name] = f"{name.replace('_', ' ')}: {error}"

    def _places(self, cell: Cell) -> tuple[str, ...]:
        """Return the places of a cell, which may list several."""
        if not isinstance(cell, str):
            what = "is empty; fill each row, or merge the cells" if cell is None else "is no place"
            raise ValueError(what)
        found: list[str] = []
        for piece in _parted(cell, "and"):
            why = self.known.place(piece)
            if not why:
                found.append(piece)
                continue
            # A comma parts places, or a place from its country.
            parts = [part.strip() for part in re.split(r"[,]", piece) if part.strip()]
            wrong = next((reason for part in parts if (reason := self.known.place(part))), "")
            if len(parts) < 2 or wrong:
                raise ValueError(wrong if len(parts) > 1 else why)
            found += parts
        if not found:
            msg = "is empty; fill each row, or merge the cells"
            raise ValueError(msg)
        return tuple(dict.fromkeys(found))

    def _days(self, line: _Line) -> None:
        keys = line.keys
        if keys["first"] is None and keys["last"] is None and isinstance(keys["validity"], str):
            parts = _parted(keys["validity"], "to")
            if len(parts) != 2:
                line.faults["validity"] = f"'{keys['validity'][:60]}' is no span of days"
                return
            keys["first"], keys["last"] = parts
        for name in ("first", "last"):
            order = self.month_first.get(name)
            self._read(line, name, partial(day_of_cell, month_first=order))
            if keys[name] is None:
                line.faults[name] = f"no {name} day"
        first, last = line.values.get("first"), line.values.get("last")
        if isinstance(first, date) and isinstance(last, date) and first > last:
            line.faults["validity"] = f"its last day, {last}, is before its first, {first}"

    def _charge_of_row(self, line: _Line, row: Sequence[Cell]) -> None:
        """Read the charge of a row that has one."""
        try:
            equipment = _box(self._cell(row, "equipment"))
            named = self._cell(row, "charge")
            if not isinstance(named, str):
                msg = "no charge is named"
                raise ValueError(msg)
            code = charge_code(named)
            basis = _one_of(self._cell(row, "basis"), kind="basis", usual=ChargeBasis.BOX)
            at = self.heading.fields.get("amount", 0)
            charge = self._charge(
                self._cell(row, "amount"),
                code,
                basis,
                self._currency(row, ""),
                cell=self._at(line.number, at),
                included=self._cell(row, "included"),
                added=bool(line.values["index"]),
            )
            if charge is None:
                msg = f"{code}: no amount"
                raise ValueError(msg)
            if code == BASE and (charge.included or basis is not ChargeBasis.BOX):
                msg = "the base rate must be an amount for a box"
                raise ValueError(msg)
            line.charges.append((equipment, charge))
        except ValueError as error:
            line.faults["charge"] = str(error)

    def _charges_in_columns(self, line: _Line, row: Sequence[Cell]) -> None:
        """Read the charges of a row that has each in a column."""
        basis_of: dict[str, ChargeBasis] = {"DOC": ChargeBasis.SHIPMENT}
        for column, one in self.heading.charges.items():
            cell = row[column] if column < len(row) else None
            try:
                charge = self._charge(
                    cell,
                    one.code,
                    basis_of.get(one.code, ChargeBasis.BOX),
                    self._currency(row, one.currency),
                    cell=self._at(line.number, column),
                    added=bool(line.values["index"]),
                )
            except ValueError as error:
                line.faults[one.code] = f"{self._at(line.number, column)}: {error}"
                continue
            if charge is not None:
                line.charges.append((one.equipment, charge))

    def _currency(self, row: Sequence[Cell], of_column: str) -> str:
        given = of_column or self._cell(row, "currency")
        return "" if given is None else str(given).strip().upper()

    def _charge(
        self,
        value: Cell,
        code: str,
        basis: ChargeBasis,
        currency: str,
        *,
        cell: str,
        included: Cell = None,
        added: bool = False,
    ) -> Charge | None:
        """Return a charge, None where the cell says that there is none.

        A base rate that is `added` to an index may be below 0.

        Raises
        ------
        ValueError
            The amount is none, or its currency is not known.
        """
        word, said = answer_word(value), answer_word(included)
        if said not in ("included", "apart", "nothing"):
            msg = f"'{str(included)[:40]}' does not say whether {code} is included: yes or no"
            raise ValueError(msg)
        if word == "included" or (said == "included" and code != BASE):
            return Charge(code=code, amount=0.0, currency=currency, included=True, cell=cell)
        if word == "nothing":
            return None
        if basis is ChargeBasis.PERCENT and isinstance(value, str):
            value = value.replace("%", "")
        money: Money = amount_of(value, least=-MOST if added and code == BASE else 0.0)
        currency = money.currency or currency
        if basis is ChargeBasis.PERCENT:
            return Charge(code=code, amount=money.amount, currency="", basis=basis, cell=cell)
        if not currency:
            msg = f"{code}: no currency"
            raise ValueError(msg)
        if not CURRENCY.fullmatch(currency) or currency not in self.known.currencies:
            msg = (
                f"{code}: no rate of exchange is known for '{currency[:10]}'; give the amount in"
                " USD or EUR"
            )
            raise ValueError(msg)
        return Charge(code=code, amount=money.amount, currency=currency, basis=basis, cell=cell)

    def _groups(self, lines: Sequence[_Line]) -> list[list[_Line]]:
        """Return the rows of each rate together; one with a fault is refused with its rate."""
        if not self.by_row:
            for line in lines:
                if line.faults:
                    self._refuse([line], "; ".join(line.faults.values()))
            return [[line] for line in lines if not line.faults]
        groups: dict[object, list[_Line]] = {}
        for line in lines:
            if not line.faults:
                key = tuple(_meant(line, name) for name in _KEYS)
                groups.setdefault(key, []).append(line)
        wrong = [line for line in lines if line.faults]
        kept: list[list[_Line]] = []
        for group in groups.values():
            of_it = next((one for one in wrong if _may_belong(one, group[0])), None)
            if of_it is None:
                kept.append(group)
            else:
                row = f"{self.sheet.name}!{of_it.number}"
                self._refuse(group, f"belongs to the rate of {row}, which cannot be read")
        for line in wrong:
            self._refuse([line], "; ".join(line.faults.values()))
        return self._without_orphans(kept)

    def _without_orphans(self, groups: list[list[_Line]]) -> list[list[_Line]]:
        """Return the rates but those of which a charge seems to stand alone, by another day."""
        orphans = [one for one in groups if not any(_has_base(line) for line in one)]
        kept = []
        for group in groups:
            of_it = next((one for one in orphans if _are_close(one[0], group[0])), None)
            if group in orphans or of_it is None:
                kept.append(group)
                continue
            row = f"{self.sheet.name}!{of_it[0].number}"
            self._refuse(group, f"the charge of {row} seems to belong to it, but differs elsewhere")
        return kept

    def _refuse(self, lines: Sequence[_Line], reason: str) -> None:
        self.refused += [
            RefusedRow(row=f"{self.sheet.name}!{line.number}", reason=reason) for line in lines
        ]

    def _contracts_of(self, lines: Sequence[_Line]) -> Iterator[Contract]:
        """Yield the contracts of a rate: by box, origin and destination.

        Raises
        ------
        ValueError
            It has no base rate, or two charges of one code for a box.
        """
        charges = [one for line in lines for one in line.charges]
        boxes = dict.fromkeys(box for box, charge in charges if charge.code == BASE)
        if not boxes:
            msg = "no base rate"
            raise ValueError(msg)
        if None in boxes:
            msg = "the base rate names no box"
            raise ValueError(msg)
        values = dict(lines[0].values)
        origins, destinations = values.pop("origin"), values.pop("destination")
        row = f"{self.sheet.name}!{lines[0].number}"
        values["name"] = values["name"] or " ".join(
            filter(None, (values["carrier"], Path(self.file).stem))
        )
        for box in filter(None, boxes):
            own = tuple(charge for of, charge in charges if of in (None, box))
            codes = [charge.code for charge in own]
            twice = next((code for code in codes if codes.count(code) > 1), None)
            if twice is not None:
                msg = f"{twice} stands twice for a {box.value}"
                raise ValueError(msg)
            for origin in origins:
                for destination in destinations:
                    yield Contract(
                        **values,
                        origin=origin,
                        destination=destination,
                        equipment=box,
                        charges=own,
                        file=self.file,
                        row=row,
                    )


def _may_belong(line: _Line, of: _Line) -> bool:
    """Return whether a row that cannot be read may be a charge of a rate.

    All of its keys that can be read are those of the rate.
    """
    unread = {*line.faults, *(("first", "last") if "validity" in line.faults else ())}
    return all(name in unread or _meant(line, name) == _meant(of, name) for name in _KEYS)


def _meant(line: _Line, name: str) -> object:
    """Return what a field of a row means, as it stands there where it cannot be read."""
    value = line.values.get(name, line.keys[name])
    return plain_word(value) if isinstance(value, str) else value


def _has_base(line: _Line) -> bool:
    return any(charge.code == BASE for _, charge in line.charges)


def _are_close(one: _Line, other: _Line) -> bool:
    names = ("origin", "destination", "carrier", "way", "name")
    return all(_meant(one, name) == _meant(other, name) for name in names)


def _identity(one: Contract) -> tuple[object, ...]:
    return (
        *(one.name, one.origin, one.destination, one.equipment, one.mode, one.carrier, one.service),
        *(one.way, one.first, one.last, one.scope, one.counts, one.excludes),
    )


def _one_of(cell: Cell, *, kind: str, usual: Any) -> Any:
    """Return the member of a closed set that a cell names, the usual one where it is empty."""
    word = plain_word(cell) or str(cell or "").strip()
    if not word:
        return usual
    found = words(kind).get(word)
    if found is None:
        known = ", ".join(sorted(set(words(kind).values())))
        msg = f"'{word[:40]}' is none of {known}"
        raise ValueError(msg)
    return type(usual)(found)


def _box(cell: Cell) -> Equipment | None:
    """Return the box that a cell names, None for all boxes."""
    word = plain_word(cell)
    if answer_word(cell) in ("nothing", "all boxes"):
        return None
    if word not in words("box"):
        msg = f"unknown box '{word[:40]}'"
        raise ValueError(msg)
    return Equipment(words("box")[word])


def _parted(text: str, meaning: str) -> list[str]:
    """Return the parts of a text between the words and signs that part days, or places."""
    marks = [mark for mark, means in words("between").items() if means == meaning]
    # Words of letters that have capitals stand alone; others are signs, also between figures.
    alone = [mark if mark.lower() == mark.upper() else rf"\b{mark}\b" for mark in marks]
    escaped = [mark if mark.startswith("\\") else re.escape(mark) for mark in alone]
    more = r"\s+-\s+" if meaning == "to" else r"\n"
    parts = re.split(rf"\s*(?:{'|'.join(escaped)})\s*|{more}", text)
    return [part.strip() for part in parts if part.strip()]


def _whole(cell: Cell) -> int | None:
    if cell is None or answer_word(cell) == "nothing":
        return None
    found = re.fullmatch(r"(\d{1,6})(?:\.0)?(?:\s*(?:days?|boxes|дней|天))?", str(cell).strip())
    if found is None or isinstance(cell, bool):
        msg = f"'{str(cell)[:40]}' is no whole number"
        raise ValueError(msg)
    return int(found[1])


def _share(cell: Cell) -> float:
    """Return a share of an index: `0.9`, `90%` or 90 in percent of it, 1 where it is empty."""
    if cell is None:
        return 1.0
    text = str(cell).strip()
    share = amount_of(text.replace("%", "")).amount
    share /= 100.0 if "%" in text or share > MOST_SHARE else 1.0
    if not 0.0 < share <= MOST_SHARE:
        msg = f"'{text[:40]}' is no share of an index; write 0.9 or 90%"
        raise ValueError(msg)
    return share


def _tiers(cell: Cell) -> tuple[Tier, ...]:
    """Return what days of a stay cost: `1-7: 0; 8-14: 60; 15+: 120`."""
    if cell is None or answer_word(cell) == "nothing":
        return ()
    found: list[Tier] = []
    for part in filter(None, map(str.strip, re.split(r"[;\n]", str(cell)))):
        match = _TIER.fullmatch(part)
        if match is None:
            msg = f"'{part[:40]}' is no tier; write 1-7: 0; 8-14: 60; 15+: 120"
            raise ValueError(msg)
        found.append(Tier(from_day=int(match[1]), a_day=amount_of(match[2]).amount))
    days = [tier.from_day for tier in found]
    if days != sorted(set(days)) or days[0] < 1:
        msg = f"'{str(cell)[:40]}': days must rise"
        raise ValueError(msg)
    return tuple(found)
