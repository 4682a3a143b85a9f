# ruff: noqa: RUF001
"""Rate sheets drawn by a seed, in layouts as carriers and forwarders send them, all made up.

A sheet knows what it charges before it is written, so that the reader is held to what was meant,
not to a second reader. Prices, carriers and contracts are nobody's.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

EN, RU, ZH = "en", "ru", "zh"
PLACES = {
    EN: (["Shanghai", "Ningbo", "CNYTN", "Qingdao", "Xiamen"],
         ["Hamburg", "Rotterdam", "DEBRV", "Felixstowe", "Gdansk", "Antwerp"]),
    RU: (["Шанхай", "Нинбо", "Циндао"], ["Гамбург", "Роттердам", "Гданьск"]),
    ZH: (["上海", "宁波", "青岛"], ["汉堡", "鹿特丹", "安特卫普"]),
}  # fmt: skip
WORDS = {
    "origin": {EN: ["POL", "Port of Loading", "From"], RU: ["Порт погрузки"], ZH: ["起运港"]},
    "destination": {EN: ["POD", "Port of Discharge", "To"], RU: ["Порт выгрузки"], ZH: ["目的港"]},
    "carrier": {EN: ["Carrier", "SCAC"], RU: ["Перевозчик"], ZH: ["船公司"]},
    "way": {EN: ["Via", "Routing"], RU: ["Через"], ZH: ["经由"]},
    "first": {EN: ["Valid from", "Effective Date"], RU: ["Действует с"], ZH: ["生效日期"]},
    "last": {EN: ["Valid to", "Expiry Date"], RU: ["Действует до"], ZH: ["失效日期"]},
    "charge": {EN: ["Charge", "Charge Code"], RU: ["Сбор"], ZH: ["费用"]},
    "amount": {EN: ["Amount", "Rate"], RU: ["Ставка"], ZH: ["金额"]},
    "currency": {EN: ["Currency", "Cur"], RU: ["Валюта"], ZH: ["币种"]},
    "equipment": {EN: ["Container type", "Equipment"], RU: ["Контейнер"], ZH: ["箱型"]},
    "included": {EN: ["Included"], RU: ["Включено"], ZH: ["包含"]},
}
CODES = {
    "BASE": {EN: ["Ocean Freight", "BAS", "Base rate"], RU: ["Морской фрахт"], ZH: ["海运费"]},
    "BAF": {EN: ["BAF", "Bunker"], RU: ["Бункерная надбавка"], ZH: ["燃油附加费"]},
    "DTHC": {EN: ["THC destination", "DTHC"], RU: ["DTHC"], ZH: ["目的港操作费"]},
    "ETS": {EN: ["ETS"], RU: ["ETS"], ZH: ["ETS"]},
}
BOXES = {
    "20DV": ["20GP", "20'DC", "20DV"],
    "40DV": ["40GP", "40'DC", "40DV"],
    "40HC": ["40HC", "40HQ", "40'HC"],
}
CARRIERS = ["Blue Whale Line", "NORTHSTAR", "Orient Box", "Полярная линия", "东海航运"]
INCLUDED = {EN: ["incl", "included", "yes"], RU: ["вкл", "включено", "да"], ZH: ["包含", "含"]}
CURRENCIES = ["USD", "EUR", "CNY"]
Key = tuple[str, str, str, str, date, date]
"""Origin, destination, box, way, first and last day."""
Figures = dict[str, tuple[float, str, bool]]
"""By code the amount, the currency, and whether it is included."""


TERMS = ("Index", "Index share", "Floor", "Ceiling", "Free days", "Tiers")
"""Headings of what a rate follows, and of stays."""


@dataclass(slots=True, kw_only=True)
class Terms:
    """What a rate follows, and what stays cost: days from which a tier holds, with its amount."""

    index: str = ""
    share: float = 1.0
    floor: float | None = None
    ceiling: float | None = None
    free_days: int | None = None
    tiers: tuple[tuple[int, float], ...] = ()

    def cells(self, random_: random.Random) -> list[Any]:
        """Return its cells, under `TERMS`."""
        shares = [f"{self.share * 100:g}%", self.share, f"{self.share:g}"]
        tiers = random_.choice(["; ", "\n"]).join(
            f"{day}{random_.choice(['+', f'-{day + 3}'])}: {a_day:g}" for day, a_day in self.tiers
        )
        return [
            self.index or None,
            random_.choice(shares) if self.index else None,
            self.floor,
            self.ceiling,
            self.free_days,
            tiers or None,
        ]


def _terms(random_: random.Random) -> Terms:
    if random_.random() < 0.5:
        return Terms()
    days = sorted(random_.sample(range(1, 40), random_.randint(0, 3)))
    terms = Terms(
        free_days=random_.randint(0, 20),
        tiers=tuple((day, float(random_.randint(0, 200))) for day in days),
    )
    if random_.random() < 0.6:
        terms.index = random_.choice(["asia-neurope", "Far East to the Mediterranean"])
        terms.share = random_.randint(50, 130) / 100
        if random_.random() < 0.5:
            terms.floor, terms.ceiling = random_.randint(500, 3000), random_.randint(3000, 9000)
    return terms


class Layout(StrEnum):
    """How a sheet is laid out."""

    MATRIX = "boxes in columns"
    TWO_ROWS = "two rows of headings"
    LIST = "a row a charge"


@dataclass(slots=True, kw_only=True)
class Rate:
    """What a sheet charges from some places to others; `charges` by box and code."""

    origins: list[str]
    destinations: list[str]
    carrier: str
    way: str
    first: date
    last: date
    charges: dict[str, Figures]
    terms: Terms = field(default_factory=Terms)

    def contracts(self) -> list[Key]:
        """Return the keys of its contracts."""
        return [
            (origin, destination, box, self.way, self.first, self.last)
            for box in self.charges
            for origin in self.origins
            for destination in self.destinations
        ]


@dataclass(slots=True, kw_only=True)
class DrawnSheet:
    """A drawn sheet as rows of cells, with what it means; rows count from 1, as in Excel.

    `rows_of` are the rows of each rate, `merged` areas as Excel names them, `fields` the columns.
    """

    name: str
    layout: Layout
    excel: bool
    language: str
    rates: list[Rate]
    cells: list[list[Any]] = field(default_factory=list)
    rows_of: list[list[int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    amounts: list[tuple[int, int]] = field(default_factory=list)

    def truth(self, *, without: int | None = None) -> dict[Key, Figures]:
        """Return what it charges, but for one of its rates."""
        return {
            key: rate.charges[key[2]]
            for number, rate in enumerate(self.rates)
            if number != without
            for key in rate.contracts()
        }

    def terms(self) -> dict[Key, Terms]:
        """Return what its rates follow and what stays cost."""
        return {key: rate.terms for rate in self.rates for key in rate.contracts()}

    def content(self) -> bytes:
        """Return the file, of Excel or CSV."""
        if not self.excel:
            out = io.StringIO()
            csv.writer(out, delimiter=";").writerows(
                [cell.isoformat() if isinstance(cell, date) else cell for cell in row]
                for row in self.cells
            )
            return out.getvalue().encode("utf-8-sig")
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "Rates"
        for row in self.cells:
            sheet.append(row)
        for area in self.merged:
            sheet.merge_cells(area)
        saved = io.BytesIO()
        book.save(saved)
        return saved.getvalue()

    @property
    def sheet(self) -> str:
        """The name of its sheet as rows are named by."""
        return "Rates" if self.excel else self.name


class _Writer:
    """Writes the rates of a sheet as its layout and its hand have it."""

    def __init__(self, random_: random.Random, sheet: DrawnSheet) -> None:
        self.random, self.sheet = random_, sheet
        # Of their own, so that what else a seed draws stays.
        self.of_terms = random.Random(random_.randint(0, 10**9))
        self.has_terms = self.of_terms.random() < 0.5
        if self.has_terms:
            for rate in sheet.rates:
                rate.terms = _terms(self.of_terms)
        self.dates = random_.choice(["cell", "iso", "points", "named", "slashes"])
        days = [day.day for rate in sheet.rates for day in (rate.first, rate.last)]
        if self.dates == "slashes" and max(days) <= 12:
            self.dates = "iso"  # nothing would say which number is the month
        self.numbers = random_.choice(["cell", "plain", "german", "english", "spaced", "named"])
        self.one_currency = random_.random() < 0.5
        self.is_merged = sheet.excel and random_.random() < 0.6

    def word(self, name: str, table: dict[str, dict[str, list[str]]] = WORDS) -> str:
        return self.random.choice(table[name][self.sheet.language])

    def day(self, day: date) -> Any:
        months = [
            "Jan",
            "Feb",
            "Mar",
            "Apr",
            "May",
            "Jun",
            "Jul",
            "Aug",
            "Sep",
            "Oct",
            "Nov",
            "Dec",
        ]
        match self.dates:
            case "cell":
                return day
            case "points":
                return f"{day:%d.%m.%Y}"
            case "slashes":
                return f"{day:%d/%m/%Y}"
            case "named":
                return f"{day.day} {months[day.month - 1]} {day.year}"
        return day.isoformat()

    def amount(self, amount: float, currency: str, *, named: bool) -> Any:
        english = f"{amount:,.2f}"
        text: Any
        match self.numbers:
            case "cell":
                text = amount
            case "german":
                text = english.replace(",", " ").replace(".", ",").replace(" ", ".")
            case "english":
                text = english
            case "spaced":
                text = english.replace(",", "\u00a0").replace(".", ",")
            case _:
                text = f"{amount:.2f}"
        if named:
            text = f"{currency} {text}" if self.random.random() < 0.7 else f"{text} {currency}"
        return text

    def places(self, names: list[str]) -> str:
        return self.random.choice([" / ", "; ", "\n" if self.sheet.excel else "/"]).join(names)

    def write(self) -> None:
        sheet = self.sheet
        if self.random.random() < 0.6:
            sheet.cells.append(["Rate sheet made up for a test", None, None])
            if sheet.excel:
                sheet.merged.append("A1:C1")
            sheet.cells.append([])
        if sheet.layout is Layout.LIST:
            self._list()
        else:
            self._matrix()
        if self.random.random() < 0.4:
            sheet.cells.append(["Subject to the carrier's terms, which are made up too"])

    def _matrix(self) -> None:
        """Write boxes in columns; with two rows of headings also surcharges by box."""
        sheet, two = self.sheet, self.sheet.layout is Layout.TWO_ROWS
        boxes = list(sheet.rates[0].charges)
        codes = list(dict.fromkeys(code for one in sheet.rates[0].charges.values() for code in one))
        keys = ["origin", "destination", "carrier", "way", "first", "last"]
        currency = sheet.rates[0].charges[boxes[0]]["BASE"][1]
        above = not two and self.one_currency
        if above:
            sheet.cells.append([self.word("currency"), currency])
        top: list[Any] = [self.word(key) for key in keys]
        under: list[Any] = [None] * len(keys)
        columns: list[tuple[str, str]] = []
        for code in codes:
            name = self.word(code, CODES)
            for box in boxes:
                spelt = self.random.choice(BOXES[box])
                columns.append((code, box))
                if two:
                    top.append(name)
                    under.append(spelt)
                else:
                    top.append(spelt if code == "BASE" else f"{name} {spelt}")
        if self.has_terms:
            top += TERMS
            under += [None] * len(TERMS)
        head = len(sheet.cells) + 1
        sheet.cells.append(top)
        if two:
            sheet.cells.append(under)
            if sheet.excel:
                for number in range(1, len(keys) + 1):
                    letter = get_column_letter(number)
                    sheet.merged.append(f"{letter}{head}:{letter}{head + 1}")
                for group in range(len(codes)):
                    one = len(keys) + 1 + group * len(boxes)
                    last = get_column_letter(one + len(boxes) - 1)
                    sheet.merged.append(f"{get_column_letter(one)}{head}:{last}{head}")
        sheet.columns = {key: number for number, key in enumerate(keys)}
        for rate in sheet.rates:
            row: list[Any] = [self.places(rate.origins), self.places(rate.destinations)]
            row += [rate.carrier, rate.way or None, self.day(rate.first), self.day(rate.last)]
            number = len(sheet.cells) + 1
            for code, box in columns:
                amount, of, included = rate.charges[box][code]
                sheet.amounts.append((number, len(row)))
                row.append(
                    self.random.choice(INCLUDED[sheet.language][:2])
                    if included
                    else self.amount(amount, of, named=not above)
                )
            if self.has_terms:
                row += rate.terms.cells(self.of_terms)
            sheet.cells.append(row)
            sheet.rows_of.append([number])

    def _list(self) -> None:
        """Write a row a charge."""
        sheet = self.sheet
        keys = ["origin", "destination", "carrier", "way", "first", "last", "equipment"]
        keys += ["charge", "amount", "currency", "included"]
        more = TERMS if self.has_terms else ()
        sheet.cells.append([*(self.word(key) for key in keys), *more])
        sheet.columns = {key: number for number, key in enumerate(keys)}
        for rate in sheet.rates:
            begins = len(sheet.cells) + 1
            places = self.places(rate.origins), self.places(rate.destinations)
            terms = rate.terms.cells(self.of_terms) if self.has_terms else []
            rows = []
            for box, figures in rate.charges.items():
                for code, (amount, currency, included) in figures.items():
                    rows.append(len(sheet.cells) + 1)
                    sheet.amounts.append((rows[-1], keys.index("amount")))
                    own: list[Any] = [*places, rate.carrier, rate.way or None]
                    own += [self.day(rate.first), self.day(rate.last)]
                    own += [self.random.choice(BOXES[box]), self.word(code, CODES)]
                    if included:
                        own += [None, currency, self.random.choice(INCLUDED[sheet.language])]
                    else:
                        named = self.numbers == "named"
                        own.append(self.amount(amount, currency, named=named))
                        own += [None if named else currency, None]
                    sheet.cells.append([*own, *terms])
            sheet.rows_of.append(rows)
            if self.is_merged and len(rows) > 1:
                for column in range(6):
                    letter = get_column_letter(column + 1)
                    sheet.merged.append(f"{letter}{begins}:{letter}{rows[-1]}")


def drawn_sheet(seed: int) -> DrawnSheet:
    """Return the sheet of a seed."""
    random_ = random.Random(seed)
    language = random_.choice([EN, EN, RU, ZH])
    layout = list(Layout)[seed % 3]
    excel = random_.random() < 0.7
    origins, destinations = PLACES[language]
    boxes = random_.sample(list(BOXES), random_.randint(1, 3))
    codes = ["BASE", *random_.sample(["BAF", "DTHC", "ETS"], random_.randint(0, 3))]
    rates: list[Rate] = []
    currency = random_.choice(CURRENCIES)
    pairs = [(one, two) for one in origins for two in destinations]
    for one, two in random_.sample(pairs, min(len(pairs), random_.randint(2, 6))):
        starts = [one]
        first = date(2026, random_.randint(1, 9), random_.choice([1, 13, 15, 28]))
        # A second port, unless another rate has it.
        more = [name for name in origins if name != one]
        if random_.random() < 0.3:
            starts.append(random_.choice(more))
        rates.append(
            Rate(
                origins=starts,
                destinations=[two],
                carrier=f"{random_.choice(CARRIERS)} {len(rates) + 1}",
                way=random_.choice(["", "Suez", "Cape of Good Hope"]),
                first=first,
                last=first + timedelta(days=random_.randint(14, 120)),
                charges={
                    box: {code: _figure(random_, code, currency) for code in codes} for box in boxes
                },
            )
        )
    name = f"sheet-{seed}.{'xlsx' if excel else 'csv'}"
    sheet = DrawnSheet(name=name, layout=layout, excel=excel, language=language, rates=rates)
    _Writer(random_, sheet).write()
    return sheet


def _figure(random_: random.Random, code: str, currency: str) -> tuple[float, str, bool]:
    if code != "BASE" and random_.random() < 0.3:
        return 0.0, currency, True
    most = 9_000 if code == "BASE" else 600
    return (
        round(random_.randint(10_000 if code == "BASE" else 100, most * 100) / 100, 2),
        currency,
        False,
    )


DAMAGES = (
    *("unknown place", "no place", "no day", "text for a day", "days the wrong way round"),
    *("text for an amount", "amount below 0", "error for an amount", "strange currency"),
    *("three decimals", "unknown box", "a day of two meanings", "formula"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What was done to a sheet: to which rate, in which row."""

    kind: str
    rate: int
    row: int


def damaged(seed: int) -> tuple[DrawnSheet, Damage]:
    """Return the sheet of a seed with one cell damaged."""
    random_ = random.Random(seed * 7919 + 1)
    while True:
        sheet = drawn_sheet(random_.randint(0, 10_000))
        kind = DAMAGES[seed % len(DAMAGES)]
        rate = random_.randrange(len(sheet.rates))
        row = random_.choice(sheet.rows_of[rate])
        if _damage(random_, sheet, kind, rate, row):
            return sheet, Damage(kind=kind, rate=rate, row=row)


def _damage(  # noqa: PLR0912 - a branch a kind
    random_: random.Random, sheet: DrawnSheet, kind: str, rate: int, row: int
) -> bool:
    """Damage a cell; return whether the sheet has one of that kind there."""
    if kind == "amount below 0" and sheet.rates[rate].terms.index:
        return False  # a discount on an index
    cells, at = sheet.cells[row - 1], sheet.columns
    is_list = sheet.layout is Layout.LIST
    # A merged cell stands for all rows of its rate: what is below its first row is not read.
    if sheet.merged and is_list and kind in (*DAMAGES[:5], "a day of two meanings"):
        row_first = sheet.rows_of[rate][0]
        cells = sheet.cells[row_first - 1]
    amounts = [column for number, column in sheet.amounts if number == row]
    written = [column for column in amounts if _is_written(cells[column])]
    wide = random_.choice(written) if written else None
    match kind:
        case "unknown place":
            cells[at[random_.choice(["origin", "destination"])]] = "Nowhereville"
        case "no place":
            cells[at[random_.choice(["origin", "destination"])]] = None
        case "no day":
            cells[at[random_.choice(["first", "last"])]] = None
        case "text for a day":
            cells[at[random_.choice(["first", "last"])]] = random_.choice(["TBA", "32.13.2026"])
        case "days the wrong way round":
            cells[at["first"]] = "2026-12-31"
            cells[at["last"]] = "2026-01-01"
        case "a day of two meanings":
            slashes = {_is_slashed(cell[column]) for cell in sheet.cells for column in
                       (at["first"], at["last"]) if len(cell) > column}  # fmt: skip
            if True in slashes:
                return False
            cells[at["first"]] = "03/04/2026"
        case "unknown box":
            if not is_list:
                return False
            cells[at["equipment"]] = "45 bulk"
        case _ if wide is None:
            return False
        case "text for an amount":
            cells[wide] = random_.choice(["on request", "USD", "12 or 15", "1.2.3,4"])
        case "amount below 0":
            cells[wide] = random_.choice([-1, "-200.00"])
        case "error for an amount":
            cells[wide] = random_.choice(["#REF!", "#N/A", "1,234.5.6"])
        case "strange currency":
            cells[wide] = "XQZ 1200.00"
        case "three decimals":
            cells[wide] = random_.choice(["0.125", "12.3456", "1,23,45"])
        case "formula":
            if not sheet.excel:
                return False
            cells[wide] = "=A1*2"
    return True


def _is_written(cell: object) -> bool:
    return isinstance(cell, float) or any(sign.isdigit() for sign in str(cell or ""))


def _is_slashed(cell: object) -> bool:
    return isinstance(cell, str) and cell.count("/") == 2 and cell.replace("/", "").isdigit()
