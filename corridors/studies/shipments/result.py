"""What a table of shipments asks, each question once, and the answers on its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from corridors.config.faults import INTEGER, NUMBER, keys_at
from corridors.config.models import ScenarioModel
from corridors.config.scenario import (
    given_scenario,
    is_given,
    key_path,
    override_faults,
    plain_value,
)
from corridors.data.spreadsheets import Sheet, is_blank, read_sheets
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError, faults_of
from corridors.output.store import Record, as_text, csv_text, scenario_sha256
from corridors.output.tables import Table
from corridors.studies.batch.scenarios import place_faults
from corridors.studies.batch.sheets import FAILED, RAN
from corridors.studies.result_base import Files, Terminal, Written
from corridors.units import KG_PER_TONNE

if TYPE_CHECKING:
    import pandas as pd


# What a table of shipments asks: each distinct question once, and which rows cannot be asked.

ENDS = ("origin", "destination")
BOXES, PAID = "boxes", "paid_usd"
OWN = (*ENDS, "departure", BOXES, PAID)
"""Columns that every table may have, in any case and with spaces for `_`."""
MOST_ROWS = 20_000
TABLE_CALL = "compare_many()"
_LIST = re.compile(r"\[.*\]", re.DOTALL)
_TRUTHS = {"true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A row of the table: the values that it gives by key of a scenario, and what is beside them.

    `boxes` is how many boxes it is of, `paid_usd` what was paid for all of them. `question` is the
    number of its question, None where it cannot be asked, for the `reason`.
    """

    values: Mapping[str, object]
    boxes: float
    paid_usd: float | None
    question: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestions:
    """The rows of a table in their order, and the distinct scenarios that they ask."""

    rows: tuple[Shipment, ...]
    scenarios: tuple[Scenario, ...]


def table_of(path: Path | str) -> pd.DataFrame:
    """Return the first sheet of a CSV or Excel file as a frame, by the row of the file.

    Numbers and truths of a CSV file are read as such where they stand below a key of a scenario.

    Raises
    ------
    ConfigError
        The file cannot be read, or has no rows below a heading.
    """
    import pandas as pd

    file = Path(path)
    sheets = read_sheets(file, shown=str(path))
    sheet = next((one for one in sheets if not all(map(is_blank, one.rows))), None)
    if sheet is None:
        msg = f"{path}: has no rows"
        raise ConfigError(msg)
    heading = next(number for number, row in enumerate(sheet.rows) if not is_blank(row))
    names = [str(cell or "") for cell in sheet.rows[heading]]
    while names and not names[-1]:
        names.pop()
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated or "" in names:
        what = f"'{repeated[0][:80]}' is twice in" if repeated else "a column has no name in"
        msg = f"{path}: {what} the heading, row {heading + 1}"
        raise ConfigError(msg)
    rows = list(_rows_below(sheet, heading, len(names)))
    index = pd.Index([number for number, _ in rows], name="row")
    return pd.DataFrame([row for _, row in rows], columns=names, index=index, dtype="object")


def _rows_below(sheet: Sheet, heading: int, width: int) -> Iterator[tuple[int, list[object]]]:
    for number, row in enumerate(sheet.rows[heading + 1 :], heading + 2):
        if not is_blank(row):
            cells = [*row, *[None] * width][:width]
            yield number, [_value(cell) for cell in cells]


def _value(cell: object) -> object:
    """Return a cell of a file as the value that it means; what is quoted or a name stays text."""
    if not isinstance(cell, str):
        return cell
    if INTEGER.fullmatch(cell):
        return int(cell)
    if NUMBER.fullmatch(cell):
        return float(cell)
    if _LIST.fullmatch(cell):
        try:
            return yaml.safe_load(cell)
        except yaml.YAMLError:
            return cell
    return _TRUTHS.get(cell.lower(), cell)


def asked_in(
    frame: pd.DataFrame, base: Scenario | None, keys: Mapping[str, object]
) -> TableQuestions:
    """Return what a frame asks.

    Parameters
    ----------
    frame
        A row a shipment. A column is a key of a scenario (`origin`, `shipment.cargo`), `boxes`,
        `paid_usd`, or of the user alone.
    base
        The scenario whose keys hold where a row has none; None for those of `keys` alone.
    keys
        Keys of a scenario that hold in every row without one of its own.

    Raises
    ------
    ConfigError
        A column is named like a key of a part of a scenario that there is not, or a column is
        missing, or there are too many rows.
    """
    if len(frame) > MOST_ROWS:
        msg = f"{TABLE_CALL}: {len(frame):,} rows; the limit is {MOST_ROWS:,}"
        raise ConfigError(msg)
    columns = columns_in(list(frame.columns))
    given = {*columns.values(), *keys, *(ENDS if base is not None else ())}
    if missing := [end for end in ENDS if end not in given]:
        msg = f"{TABLE_CALL}: no column {' and '.join(missing)}; columns: {_some(frame.columns)}"
        raise ConfigError(msg)
    rows: list[Shipment] = []
    found: dict[str, int | str] = {}
    scenarios: list[Scenario] = []
    for record in frame.to_dict("records"):
        row = _shipment(record, columns)
        if not row.reason:
            row = _numbered(row, base, keys, found, scenarios)
        rows.append(row)
    return TableQuestions(rows=tuple(rows), scenarios=tuple(scenarios))


def _numbered(
    row: Shipment,
    base: Scenario | None,
    keys: Mapping[str, object],
    found: dict[str, int | str],
    scenarios: list[Scenario],
) -> Shipment:
    """Return a row with its question, which is a new one unless another row asked it."""
    name = repr(sorted(row.values.items()))
    if name not in found:
        try:
            scenario = _scenario(row.values, base, keys)
            # An empty cell and the value that holds then ask the same.
            made = scenario_sha256(scenario)
            if made not in found:
                scenarios.append(scenario)
                found[made] = len(scenarios) - 1
            found[name] = found[made]
        except ConfigError as error:
            found[name] = "; ".join(_plain_fault(fault) for fault in faults_of(error))
    which = found[name]
    return replace(row, reason=which) if isinstance(which, str) else replace(row, question=which)


def columns_in(names: Sequence[object]) -> dict[object, str]:
    """Return the columns that ask something, by their key."""
    found: dict[object, str] = {}
    top = keys_at(ScenarioModel, ())
    for name in names:
        key = str(name).strip()
        plain = re.sub(r"[\s_]+", "_", key.lower())
        if plain in OWN:
            found[name] = plain
        elif key in top:
            found[name] = key
        elif (path := key_path(key))[0] in top and len(path) > 1:
            _check_key(path)
            found[name] = key
    twice = [key for key in found.values() if list(found.values()).count(key) > 1]
    if twice:
        msg = f"{TABLE_CALL}: two columns are the {twice[0]}; keep one"
        raise ConfigError(msg)
    return found


def _check_key(path: Sequence[str]) -> None:
    """Refuse a column that names a key which its part of a scenario does not have."""
    known = keys_at(ScenarioModel, tuple(path[:-1]))
    if not known or path[-1] in known:
        return
    near = get_close_matches(path[-1], known, n=1)
    name = ".".join(path)
    also = (
        f"did you mean '{'.'.join((*path[:-1], near[0]))}'?" if near else f"known: {_some(known)}"
    )
    msg = f"{TABLE_CALL}: no key '{name[:80]}' in a scenario, {also}"
    raise ConfigError(msg)


def _some(names: Any) -> str:
    return ", ".join(str(name)[:40] for name in list(names)[:20])


def _shipment(record: Mapping[Any, object], columns: Mapping[object, str]) -> Shipment:
    """Return a row of a frame, with the reason where it has no end or a figure is none."""
    cells = {key: plain_value(record[name]) for name, key in columns.items()}
    empty = [key for key in ENDS if key in cells and not _has(cells[key])]
    values = {key: cell for key, cell in cells.items() if _has(cell)}
    boxes, paid = values.pop(BOXES, 1), values.pop(PAID, None)
    faults = [f"{key}: is empty" for key in empty]
    for key, figure in ((BOXES, boxes), (PAID, paid)):
        if figure is not None and not (_is_number(figure) and float(figure) >= 0):
            faults.append(f"{key}: must be a number of 0 or more, got {figure!r:.80}")
    reason = "; ".join(faults)
    return Shipment(
        values={
            key: str(value) if key in ENDS and _is_number(value) else value
            for key, value in values.items()
        },
        boxes=float(boxes) if _is_number(boxes) else 0.0,
        paid_usd=float(paid) if _is_number(paid) else None,
        reason=reason,
    )


def _has(cell: object) -> bool:
    return is_given(cell) and str(cell).strip() not in {"", "NaT", "<NA>"}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scenario(
    values: Mapping[str, object], base: Scenario | None, keys: Mapping[str, object]
) -> Scenario:
    """Return the scenario of a row; its places and overrides are known.

    Raises
    ------
    ConfigError
        With every fault.
    """
    nested: dict[str, Any] = {}
    for name, value in (*keys.items(), *values.items()):
        *parts, last = key_path(name)
        inner = nested
        for part in parts:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                msg = f"{name}: the table also has a column '{part}'; keep one"
                raise ConfigError(msg)
        # Keys of all rows come first, so that a part of a row goes into their mapping.
        inner[last] = dict(value) if isinstance(value, Mapping) else value
    scenario = given_scenario(base, nested, shown=TABLE_CALL)
    faults = [fault for key in ENDS for fault in place_faults(scenario, key)]
    faults += override_faults(scenario)
    if faults:
        raise ConfigError(faults)
    return scenario


def _plain_fault(fault: str) -> str:
    """Return a fault without what it begins with in every row."""
    return fault.removeprefix(f"{TABLE_CALL}: ")


ANSWERED, NO_OPTION, NOT_ASKED = "answered", "no option", "not asked"
_FIGURES = (
    *("cost_usd_per_teu", "price_usd_per_teu", "low", "high", "transit_days", "days"),
    *("co2e_wtw_kg_per_teu", "compared_by", "price_status"),
)
SHIPMENTS = Table(
    name="shipments",
    about="The answer to a shipment, on the row that asked it.",
    rows_of=attrgetter("rows"),
    files="status reason recommended recommended_name compared_by usd_per_box cost_usd_per_teu"
    " price_usd_per_teu price_status low high transit_days days co2e_wtw_kg_per_teu boxes usd"
    " box_days co2e_t paid_usd paid_more_usd",
    reads="status recommended_name usd_per_box days boxes usd",
    of={name: methodcaller("figure", name) for name in _FIGURES},
    exact=partial(round, ndigits=3),
)
PRINTED = Table(
    name=SHIPMENTS.name,
    about="A shipment that is answered, as a terminal shows it.",
    files="row origin destination departs_on recommended_name usd_per_box days boxes usd paid_usd"
    " paid_more_usd",
    spare="paid_usd boxes departs_on",
)
TOTALS = Table(
    name="totals",
    about="The sum over shipments: all that are answered, and those with what was paid.",
    rows_of=attrgetter("sums"),
    files="shipments counted boxes usd mean_days co2e_t paid_usd paid_more_usd",
    exact=partial(round, ndigits=3),
)
MOST_NAMED = 5
"""Shipments without an answer that a terminal names; the table has the reason of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A shipment and its answer: the row of its question in the batch, None if it was not asked.

    Money is in USD: `usd_per_box` for one box of the equipment asked, on the basis that its
    question was compared by, `usd` for all boxes, as are `box_days` and `co2e_t`. Figures are None
    without an answer.
    """

    shipment: Shipment
    found: Mapping[str, Any] | None
    scenario: Scenario | None

    def figure(self, name: str) -> Any:
        """Return a figure of the recommended option, by its column in a batch; None without one."""
        return self.found.get(name) if self.found is not None and self.is_answered else None

    @property
    def is_answered(self) -> bool:
        """Whether a way is recommended."""
        found = self.found or {}
        return found.get("status") == RAN and bool(found.get("recommended"))

    @property
    def status(self) -> str:
        """Whether it is answered, has no option, failed, or was not asked."""
        if self.found is None:
            return NOT_ASKED
        if self.found["status"] == FAILED:
            return FAILED
        return ANSWERED if self.is_answered else NO_OPTION

    @property
    def reason(self) -> str:
        """Why there is no answer."""
        text = self.shipment.reason if self.found is None else self.found["reason"]
        return " ".join(str(text or "").split())

    @property
    def recommended(self) -> str | None:
        """The id of the corridor that is recommended."""
        name: str | None = self.figure("corridor")
        return name

    @property
    def recommended_name(self) -> str | None:
        """What its way is called."""
        name: str | None = self.figure("title")
        return name

    @property
    def usd_per_box(self) -> float | None:
        """What one box takes, in USD."""
        figure = self.figure(f"{self.figure('compared_by')}_usd_per_teu")
        return None if figure is None else float(figure) * self._teu

    @property
    def boxes(self) -> float | None:
        """How many boxes it is of, None where it cannot be asked."""
        return None if self.found is None else self.shipment.boxes

    @property
    def usd(self) -> float | None:
        """What all its boxes take, in USD."""
        return self._of_all(self.usd_per_box)

    @property
    def days(self) -> float | None:
        """Days from gate-in to gate-out."""
        days: float | None = self.figure("days")
        return days

    @property
    def box_days(self) -> float | None:
        """The days of all its boxes."""
        return self._of_all(self.days)

    @property
    def co2e_t(self) -> float | None:
        """The CO2e of all its boxes, well-to-wake, in tonnes."""
        kg = self.figure("co2e_wtw_kg_per_teu")
        return None if kg is None else self._of_all(kg * self._teu / KG_PER_TONNE)

    @property
    def paid_usd(self) -> float | None:
        """What was paid for all its boxes, in USD."""
        return self.shipment.paid_usd

    @property
    def paid_more_usd(self) -> float | None:
        """What was paid beyond the answer, in USD; below 0 where less was."""
        if self.usd is None or self.paid_usd is None:
            return None
        return self.paid_usd - self.usd

    @property
    def _teu(self) -> float:
        """TEU of one of its boxes."""
        return 0.0 if self.scenario is None else self.scenario.shipment.equipment.teu_per_box

    def _of_all(self, of_one: float | None) -> float | None:
        return None if of_one is None else of_one * self.shipment.boxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum over some of the answered shipments.

    Figures are in USD, tonnes, and days a box; None where there is nothing to add up.
    """

    shipments: str
    rows: Sequence[Answered]

    @property
    def counted(self) -> int:
        """How many shipments it is of."""
        return len(self.rows)

    @property
    def mean_days(self) -> float | None:
        """The mean days of a box."""
        boxes, days = self.boxes, self._sum("box_days")
        return None if not boxes or days is None else days / boxes

    @property
    def boxes(self) -> float | None:
        """How many boxes."""
        return self._sum("boxes")

    @property
    def usd(self) -> float | None:
        """What the answers come to, in USD."""
        return self._sum("usd")

    @property
    def co2e_t(self) -> float | None:
        """Their CO2e in tonnes."""
        return self._sum("co2e_t")

    @property
    def paid_usd(self) -> float | None:
        """What was paid, in USD."""
        return self._sum("paid_usd")

    @property
    def paid_more_usd(self) -> float | None:
        """What was paid beyond the answers, in USD."""
        return self._sum("paid_more_usd")

    def _sum(self, name: str) -> float | None:
        figures = [figure for row in self.rows if (figure := getattr(row, name)) is not None]
        return sum(figures) if figures else None


@dataclass(frozen=True, kw_only=True, repr=False)
class Shipments(Written):
    """A table of shipments with the answer to each on its row.

    `answers` has the index of the table that was given; `table` has its columns too.
    """

    _more = ".answers .table .totals are frames; .save(folder)"

    given: pd.DataFrame
    """The table that was given."""
    rows: tuple[Answered, ...]
    """Its shipments with their answers, in its order."""
    questions: int
    """How many distinct questions they ask."""

    @property
    def answers(self) -> pd.DataFrame:
        """The answers on the index of the table that was given."""
        return SHIPMENTS.frame(self).set_index(self.given.index)

    @property
    def table(self) -> pd.DataFrame:
        """The table that was given with the answers behind it.

        A column of its own with the name of one of theirs is called `given_` and its name; what
        both have alike, `boxes` and `paid_usd`, stands once.
        """
        answers = self.answers
        keys = columns_in(list(self.given.columns))
        given = self.given.drop(columns=[n for n, key in keys.items() if key in (BOXES, PAID)])
        names = {name: f"given_{name}" for name in given if name in answers}
        return given.rename(columns=names).join(answers)

    @property
    def totals(self) -> pd.DataFrame:
        """The sums: of all shipments that are answered, and of those with what was paid."""
        return TOTALS.frame(self).set_index("shipments")

    @property
    def sums(self) -> tuple[Total, ...]:
        """The same as values; the second only if there is a shipment with what was paid."""
        answered = [row for row in self.rows if row.is_answered]
        paid = [row for row in answered if row.paid_usd is not None]
        totals = (Total(shipments="all answered", rows=answered),)
        return (*totals, Total(shipments="with what was paid", rows=paid)) if paid else totals

    @property
    def unanswered(self) -> tuple[tuple[object, Answered], ...]:
        """The shipments without an answer, by their name in the index."""
        rows = zip(self.given.index, self.rows, strict=True)
        return tuple((name, row) for name, row in rows if not row.is_answered)

    @property
    def _is_usable(self) -> bool:
        return any(row.is_answered for row in self.rows)

    def _texts(self) -> list[str]:
        answered = len(self.rows) - len(self.unanswered)
        texts = [
            f"{answered:,} of {_counted(len(self.rows), 'shipment')} answered from"
            f" {_counted(self.questions, 'distinct question')}"
        ]
        texts += [_sum_text(total) for total in self.sums if total.counted]
        for name, row in self.unanswered[:MOST_NAMED]:
            texts.append(f"Row {name}: {row.status}: {row.reason}")
        if (more := len(self.unanswered) - MOST_NAMED) > 0:
            texts.append(f"{more:,} more rows have no answer; the table has the reason of each")
        return texts

    def _shown(self) -> pd.DataFrame:
        return SHIPMENTS.shown(self)

    def show(self, terminal: Terminal) -> None:
        """Print the shipments, their sums, and which have no answer."""
        heading, *texts = self._texts()
        rows = zip(self.given.index, self.rows, strict=True)
        shown = [_read(name, row) for name, row in rows if row.is_answered]
        table = PRINTED.reading(PRINTED.files)
        for column in (PAID, "paid_more_usd"):
            if all(row[column] is None for row in shown):
                table = table.without(column)
        if shown:
            terminal.table(table, shown, title=heading)
        else:
            terminal.say(heading)
        for text in texts:
            terminal.say(text)

    def _files(self, *, command: str = "") -> Files:
        del command
        return {
            "shipments.json": lambda: as_text(self._record()),
            "shipments.csv": self._csv,
            "totals.csv": lambda: TOTALS.csv(self),
        }

    def _record(self) -> Record:
        rows = [
            {"row": str(name), **record}
            for name, record in zip(self.given.index, SHIPMENTS.records(self), strict=True)
        ]
        return {"rows": rows, "totals": TOTALS.records(self)}

    def _csv(self) -> str:
        """Return the table with the answers; its index comes first."""
        table = self.table
        index = str(table.index.name or "row")
        rows: list[Record] = [
            {index: name, **{str(column): _cell(cell) for column, cell in row.items()}}
            for name, row in zip(table.index, table.to_dict("records"), strict=True)
        ]
        return csv_text(rows, [index, *map(str, table.columns)])


def _read(name: object, row: Answered) -> Record:
    """Return what a terminal shows of a shipment."""
    asked = row.scenario
    own: Record = {"row": str(name)}
    if asked is not None:
        own |= {"origin": asked.origin, "destination": asked.destination}
        own["departs_on"] = asked.departure.isoformat()
    names = ("recommended_name", "usd_per_box", "days", BOXES, "usd", PAID, "paid_more_usd")
    return own | {name: getattr(row, name) for name in names}


def _sum_text(total: Total) -> str:
    """Return a sum in a sentence."""
    from corridors.output.answer import money

    usd, days, tonnes = total.usd or 0.0, total.mean_days or 0.0, total.co2e_t or 0.0
    text = (
        f"{total.shipments.capitalize()}: {_counted(total.boxes or 0, 'box', 'boxes')}, USD"
        f" {money(usd)}, {days:.1f} days a box, {tonnes:,.1f} t CO2e"
    )
    if total.paid_usd is None or total.paid_more_usd is None or total.shipments == "all answered":
        return text
    more = total.paid_more_usd
    side = "more" if more >= 0 else "less"
    return f"{text}; paid USD {money(total.paid_usd)}, {money(abs(more))} {side}"


def _counted(count: float, one: str, many: str = "") -> str:
    return f"{count:,.10g} {one if count == 1 else many or f'{one}s'}"


def _cell(value: Any) -> object:
    """Return a cell of a frame as CSV holds it: nothing for what is missing."""
    import pandas as pd

    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
