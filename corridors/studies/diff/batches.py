"""Two batches compared: in which scenarios the recommendation, the cost and the days changed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from corridors.data.paths import number_or_none
from corridors.errors import ConfigError
from corridors.files import read_whole
from corridors.output.display_names import corridor_titles, listed
from corridors.output.monthly import box_of
from corridors.output.store import listing_json
from corridors.output.tables import Table
from corridors.studies.batch.scenarios import JOURNAL, read_journal
from corridors.studies.batch.sheets import COLUMNS_AFTER, COLUMNS_BEFORE
from corridors.studies.diff.result import MOST_ROWS, first_rows
from corridors.studies.result_base import Files, Terminal, Written

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "summary.csv"
NUMBERS = ("cost_usd_per_teu", "days")
NEEDED = ("name", "recommended", *NUMBERS)
# A row has some 500 bytes, and the largest batches 100,000 scenarios.
MAX_BYTES = 200_000_000
CHANGES = Table(
    name="batch_changes",
    about="A scenario of two batches.",
    files="scenario recommended_A recommended_B name_A name_B USD_per_TEU_A USD_per_TEU_B"
    " USD_change days_A days_B days_change",
    spare="days_A+days_B USD_per_TEU_A+USD_per_TEU_B",
)
MOST_MOVES = 4
SMALLEST = {"USD": 0.5, "days": 0.05}
PER_TEU = (1.0, "TEU")

Row = dict[str, object]


@dataclass(frozen=True, kw_only=True, repr=False)
class BatchDifference(Written):
    """What differs between two batches, scenario by scenario.

    `rows` are of the scenarios that both have, `changed` those of them in which the recommendation,
    its cost or its days changed; `only_a` and `only_b` count the others. `keys` are the inputs that
    both vary.
    """

    _more = ".table is a frame; .save(folder)"

    rows: tuple[Row, ...]
    """The scenarios that both batches have."""
    keys: tuple[str, ...]
    """The dotted keys of the inputs that both vary."""
    only_a: int
    """How many scenarios only A has."""
    only_b: int
    """How many scenarios only B has."""
    every: bool = False
    """Whether all rows are printed, not the first of them."""
    box: tuple[float, str] = PER_TEU
    """TEU of a box and its name, as money is said: of the equipment that both ask for."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per scenario of both: what is recommended, USD per TEU and days, A and B."""
        return CHANGES.frame(self.rows)

    def show(self, terminal: Terminal) -> None:
        """Print the answer, then the scenarios that changed."""
        for text in sentences(self):
            terminal.say(text)
        most = None if self.every else MOST_ROWS
        title = "\nScenarios that changed"
        first_rows(terminal, CHANGES.counted_in(self.box), self.changed, title=title, most=most)

    def _texts(self) -> list[str]:
        return ["Difference of two batches", *sentences(self)]

    def _shown(self) -> pd.DataFrame:
        return CHANGES.counted_in(self.box).shown(self.changed)

    def _files(self, *, command: str = "") -> Files:
        del command
        return {
            "diff.json": lambda: listing_json(CHANGES.records(self.rows)),
            "diff.csv": lambda: CHANGES.csv(self.rows),
        }

    @property
    def changed(self) -> tuple[Row, ...]:
        """The rows in which the recommendation changed, or its cost or days."""
        return tuple(
            row
            for row in self.rows
            if row["recommended_A"] != row["recommended_B"]
            or _large(row, "USD")
            or _large(row, "days")
        )


def are_batches(a: str, b: str) -> bool:
    """Return whether both ends are folders of batches.

    Raises
    ------
    ConfigError
        One of the two is a batch and the other is not.
    """
    found = [(Path(end) / JOURNAL).is_file() and (Path(end) / SUMMARY).is_file() for end in (a, b)]
    if any(found) and not all(found):
        one, other = (a, b) if found[0] else (b, a)
        msg = f"{one} is a batch, {other} is none: give two folders of `corridors batch`"
        raise ConfigError(msg)
    return all(found)


def compare_batches(a: Path, b: Path) -> BatchDifference:
    """Return what changed from one batch to another, scenario by scenario.

    Scenarios are the same where all inputs that both batches vary have the same value.

    Raises
    ------
    ConfigError
        A summary cannot be read, or no scenario is in both.
    """
    one, other = _read(a), _read(b)
    figures = {*COLUMNS_BEFORE, *COLUMNS_AFTER}
    keys = tuple(name for name in one[0] if name in other[0] and name not in figures)
    # Batches of variants only are told apart by name.
    told_by = keys or ("name",)
    by_a, by_b = (
        {tuple(row[key] for key in told_by): row for row in rows} for rows in (one, other)
    )
    shared = [name for name in by_a if name in by_b]
    if not shared:
        varied = listed(keys) or "nothing"
        msg = f"{a} and {b} share no scenario: both vary {varied}, but with other values"
        raise ConfigError(msg)
    rows = tuple(_row(name, by_a[name], by_b[name]) for name in shared)
    boxes = {_box(folder) for folder in (a, b)}
    return BatchDifference(
        rows=rows,
        keys=keys,
        only_a=len(by_a) - len(shared),
        only_b=len(by_b) - len(shared),
        box=boxes.pop() if len(boxes) == 1 else PER_TEU,
    )


def _box(folder: Path) -> tuple[float, str]:
    """Return the box that a batch asks for, as its page has it; a TEU where it asks for several.

    A batch of another version has a journal that is not read, and is counted per TEU too.
    """
    try:
        header = read_journal(folder)[0]
    except ConfigError:
        return PER_TEU
    swept = {key["key"]: key["values"] for key in header["keys"]}
    return box_of(header["base"], header["variants"], swept) or PER_TEU


def sentences(found: BatchDifference) -> list[str]:
    """Return the answer in sentences, the most important first."""
    moved = [row for row in found.rows if row["recommended_A"] != row["recommended_B"]]
    total = len(found.rows)
    if not found.changed:
        texts = [f"Nothing changed in {_scenarios(total)}."]
    elif not moved:
        texts = [f"The recommendation is the same in all of {_scenarios(total)}."]
    else:
        counts = Counter((str(row["name_A"]), str(row["name_B"])) for row in moved)
        named = [
            f"from {old} to {new} in {count:,}"
            for (old, new), count in counts.most_common(MOST_MOVES)
        ]
        rest = sum(counts.values()) - sum(count for _, count in counts.most_common(MOST_MOVES))
        named += [f"otherwise in {rest:,}"] if rest else []
        texts = [
            f"The recommendation changed in {len(moved):,} of {_scenarios(total)}:"
            f" {'; '.join(named)}."
        ]
    texts += _middle(
        found.rows,
        "USD_change",
        "The recommended corridor costs USD",
        f"per {found.box[1]}",
        "as much",
        factor=found.box[0],
    )
    texts += _middle(found.rows, "days_change", "It takes", "days", "as long")
    for name, count in (("A", found.only_a), ("B", found.only_b)):
        if count:
            texts.append(f"{_scenarios(count)} {'is' if count == 1 else 'are'} in {name} only.")
    return texts


def _scenarios(count: int) -> str:
    return "1 scenario" if count == 1 else f"{count:,} scenarios"


def _middle(
    rows: Sequence[Row], column: str, start: str, unit: str, same: str, *, factor: float = 1.0
) -> list[str]:
    """Return the median of a change and its ends, if anything changed."""
    values = [factor * float(str(row[column])) for row in rows if row[column] is not None]
    least = SMALLEST["USD" if column.startswith("USD") else "days"]
    if not values or max(map(abs, values)) < least:
        return []
    digits = 0 if column.startswith("USD") else 1
    middle, low, high = median(values), min(values), max(values)
    word = "more" if middle >= 0 else "less"
    many = f"{start} {abs(middle):,.{digits}f} {unit} {word} in the median of scenarios"
    if abs(middle) < least:
        many = f"{start.removesuffix(' USD')} {same} in the median of scenarios"
    return [f"{many} (from {low:+,.{digits}f} to {high:+,.{digits}f})."]


def _large(row: Row, unit: str) -> bool:
    value = row[f"{unit}_change"]
    return value is not None and abs(float(str(value))) >= SMALLEST[unit]


def _row(values: tuple[str, ...], a: Mapping[str, str], b: Mapping[str, str]) -> Row:
    usd = [number_or_none(row["cost_usd_per_teu"]) for row in (a, b)]
    days = [number_or_none(row["days"]) for row in (a, b)]
    return {
        "scenario": ", ".join(values),
        "recommended_A": a["recommended"] or "none",
        "recommended_B": b["recommended"] or "none",
        "name_A": _name(a),
        "name_B": _name(b),
        "USD_per_TEU_A": usd[0],
        "USD_per_TEU_B": usd[1],
        "USD_change": _change(*usd, digits=2),
        "days_A": days[0],
        "days_B": days[1],
        "days_change": _change(*days, digits=3),
    }


def _name(row: Mapping[str, str]) -> str:
    """Return the name of the recommended way; older summaries have the id of its corridor alone."""
    chosen = row["recommended"]
    return row.get("recommended_name") or corridor_titles().get(chosen, chosen) or "none"


def _change(old: float | None, new: float | None, *, digits: int) -> float | None:
    return None if old is None or new is None else round(new - old, digits)


def _read(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the summary of a batch, which a spreadsheet may have saved again."""
    path = folder / SUMMARY
    content = read_whole(path, shown=str(path), most=MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")
        header, *table = csv.reader(io.StringIO(text, newline=""), strict=True)
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8 text at byte {error.start}; save it as CSV UTF-8"
        raise ConfigError(msg) from error
    except (csv.Error, ValueError) as error:
        msg = f"{path}: not CSV: {error if isinstance(error, csv.Error) else 'it is empty'}"
        raise ConfigError(msg) from error
    lacking = [name for name in NEEDED if not table or name not in header]
    if lacking:
        msg = f"{path}: no column {', '.join(lacking)}; is it the summary of a batch?"
        raise ConfigError(msg)
    rows, faults = [], []
    for number, cells in enumerate(table, start=1):
        row = dict(zip(header, cells, strict=False))
        if len(cells) != len(header):
            faults.append(f"{path}: row {number}: {len(cells)} cells, the header has {len(header)}")
        faults += [
            f"{path}: row {number}: {name}: not a number: '{row[name][:40]}'"
            for name in NUMBERS
            if not _isnumber_or_none(row.get(name, ""))
        ]
        rows.append(row)
    if faults:
        raise ConfigError(faults)
    return rows


def _isnumber_or_none(text: str) -> bool:
    """Return whether a cell is empty or holds a figure."""
    try:
        return not text or isfinite(float(text))
    except ValueError:
        return False
