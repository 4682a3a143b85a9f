"""What a table of shipments asks: each distinct question once, and which rows cannot be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
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
from corridors.errors import ConfigError, faults_of
from corridors.output.store import scenario_sha256
from corridors.studies.batch.scenarios import place_faults

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.scenario import Scenario

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
class Asked:
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


def asked_in(frame: pd.DataFrame, base: Scenario | None, keys: Mapping[str, object]) -> Asked:
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
    return Asked(rows=tuple(rows), scenarios=tuple(scenarios))


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
