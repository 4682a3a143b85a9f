"""Edit one field of a shipped table or of a published case, and look at whether a check sees it.

    python -m validation.campaigns.table_edits --count 150 --seed 1

An edit is one that a person makes: a digit dropped, a sign, a comma for a point, `nan` or `inf`, a
cell emptied, a figure 1,000 times too large or small, a wrong key, a wrong word, a day that does
not exist, low and high changed for each other, a row given twice. Half of the wrong keys and words
are mistyped, half are another one of the column. What may be edited is told from the look of the
cells, not from the contract. The hashes of `geodata/README.md` are left out, so that nothing but
`make check-data` can see an edit. Each silent one is printed.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corridors.data.paths import configs_dir, data_root
from corridors.studies.validate.cases import KINDS, cases_dir
from validation.shipped_data import case_faults, check_shipped, table_faults

NUMBER = re.compile(r"-?\d+(\.\d+)?")
DAY = re.compile(r"(\d{4}-|--)?(\d\d)-(\d\d)")
RANGE = re.compile(r"\[(\S+), (\S+)\]")
KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*([-/_.>@][A-Za-z0-9]+)*")
# Columns of sentences and names, which no answer is computed from.
PROSE = {"note", "why", "text", "title", "title_else", "name", "law", "source", "index", "author"}
PROSE |= {"subject", "words", "operator", "apart", "via", "aliases", "city", "of", "lines", "loop"}
FEW = 15
"""A column of fewer different texts holds words, one of more holds keys."""
THOUSAND = 1000.0
PAIRS = (("low", "high"), ("first_day", "last_day"), ("p10", "p90"), ("least", "most"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of a field: what kind of slip, where, and both texts of the file."""

    kind: str
    path: str
    line: int
    column: str
    before: str
    after: str
    text: str

    @property
    def words(self) -> str:
        """The edit in words: `ice.csv:14 share_covered: '0.968' became 'nan'`."""
        return f"{self.path}:{self.line} {self.column}: '{self.before}' became '{self.after}'"


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of a file, and how a file with another cell in its place reads."""

    row: int
    line: int
    column: str
    cell: str


class Table:
    """A file of rows: a table in CSV, or published cases in YAML."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.rows = tuple(self._rows())

    def _rows(self) -> Iterator[Mapping[str, Field]]:
        reader = csv.reader(io.StringIO(self.text, newline=""))
        header = next(reader)
        for number, cells in enumerate(reader):
            yield {
                name: Field(number, reader.line_num, name, cell)
                for name, cell in zip(header, cells, strict=True)
            }

    def written(self, changes: Mapping[str, str], row: int, *, twice: bool = False) -> str:
        """Return the text of the file with cells of a row changed, or with the row twice."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.rows[0])
        for number, fields in enumerate(self.rows):
            cells = {name: field.cell for name, field in fields.items()}
            writer.writerow((cells | (dict(changes) if number == row else {})).values())
            if twice and number == row:
                writer.writerow(cells.values())
        return stream.getvalue()


class Cases(Table):
    """Published cases: the scalars and pairs of each entry, one a line."""

    def _rows(self) -> Iterator[Mapping[str, Field]]:
        lines = self.text.splitlines()
        fields: dict[str, Field] = {}
        number = -1
        for line, text in enumerate(lines[lines.index("cases:") + 1 :], lines.index("cases:") + 2):
            match = re.fullmatch(r"  ([- ]) (\w+): (.*)", text)
            if match is None:
                continue
            if match[1] == "-":
                if fields:
                    yield fields
                fields, number = {}, number + 1
            fields[match[2]] = Field(number, line, match[2], match[3].strip('"'))
        yield fields

    def written(self, changes: Mapping[str, str], row: int, *, twice: bool = False) -> str:
        """Return the text of the file with fields of an entry changed, or with the entry twice."""
        lines = self.text.splitlines()
        for name, value in changes.items():
            field = self.rows[row][name]
            lines[field.line - 1] = lines[field.line - 1].partition(": ")[0] + f": {value}"
        if twice:
            ends = [min(field.line for field in fields.values()) for fields in self.rows]
            first, last = ends[row] - 1, (*ends, len(lines) + 1)[row + 1] - 1
            lines[last:last] = lines[first:last]
        return "\n".join(lines) + "\n"


Changed = Callable[[str, Sequence[str], random.Random], str | None]


def without_a_digit(cell: str, _: Sequence[str], draw: random.Random) -> str | None:
    """Return a number of several digits without one of them."""
    places = [at for at, letter in enumerate(cell) if letter.isdigit()]
    if not NUMBER.fullmatch(cell) or len(places) < 2:
        return None
    at = draw.choice(places)
    return cell[:at] + cell[at + 1 :]


def with_other_sign(cell: str, *_: object) -> str | None:
    """Return a number above or below 0 with the other sign."""
    if not NUMBER.fullmatch(cell) or not float(cell):
        return None
    return cell[1:] if cell.startswith("-") else f"-{cell}"


def with_a_comma(cell: str, *_: object) -> str | None:
    """Return a number with a comma for its point, or for thousands."""
    if not NUMBER.fullmatch(cell) or ("." not in cell and len(cell) < len("1000")):
        return None
    return cell.replace(".", ",") if "." in cell else f"{cell[:-3]},{cell[-3:]}"


def not_finite(cell: str, _: Sequence[str], draw: random.Random) -> str | None:
    """Return what is no finite number for a number."""
    return draw.choice(("nan", "inf", "NaN", "-inf")) if NUMBER.fullmatch(cell) else None


def emptied(cell: str, *_: object) -> str | None:
    """Return no text for any."""
    return "" if cell else None


def of_another_thousand(cell: str, _: Sequence[str], draw: random.Random) -> str | None:
    """Return a number in a unit that is 1,000 times larger or smaller."""
    if not NUMBER.fullmatch(cell) or not float(cell):
        return None
    value = float(cell) * draw.choice((THOUSAND, 1.0 / THOUSAND))
    return f"{value:.10f}".rstrip("0").rstrip(".")


def another_key(cell: str, cells: Sequence[str], draw: random.Random) -> str | None:
    """Return another key of a column of many, or a mistyped one."""
    return _another(cell, cells, draw) if len(set(cells)) > FEW else None


def another_word(cell: str, cells: Sequence[str], draw: random.Random) -> str | None:
    """Return another word of a column of few, or a mistyped one."""
    return _another(cell, cells, draw) if len(set(cells)) <= FEW else None


def _another(cell: str, cells: Sequence[str], draw: random.Random) -> str | None:
    if not KEY.fullmatch(cell):
        return None
    others = sorted({other for other in cells if other and other != cell})
    if others and draw.random() < 0.5:
        return draw.choice(others)
    at = draw.randrange(len(cell))
    letter = draw.choice("abcdefghijklmnopqrstuvwxyz")
    return draw.choice((cell[:at] + cell[at + 1 :], cell[:at] + letter + cell[at + 1 :])) or None


def no_day(cell: str, _: Sequence[str], draw: random.Random) -> str | None:
    """Return a day that is in no calendar."""
    match = DAY.fullmatch(cell)
    if match is None:
        return None
    month, day = draw.choice((("02", "30"), ("04", "31"), ("13", match[3]), (match[2], "32")))
    return f"{match[1] or ''}{month}-{day}"


CELLS: Mapping[str, Changed] = {
    "a digit dropped": without_a_digit,
    "a sign": with_other_sign,
    "a comma for a point": with_a_comma,
    "nan or inf": not_finite,
    "an empty cell": emptied,
    "a unit of 1,000": of_another_thousand,
    "a wrong key": another_key,
    "a wrong word": another_word,
    "no such day": no_day,
}
SLIPS = (*CELLS, "low and high swapped", "a row twice")


def drawn_edit(tables: Sequence[Table], draw: random.Random) -> Edit:
    """Return an edit: a slip, then a table, a column and a row in which it is possible."""
    slip = draw.choice(SLIPS)
    while True:
        table = draw.choice(tables)
        row = draw.randrange(len(table.rows))
        fields = table.rows[row]
        if slip == "a row twice":
            field = next(iter(fields.values()))
            return _edit(slip, table, field, field.cell, table.written({}, row, twice=True))
        if slip == "low and high swapped":
            pairs = [
                (fields[one], fields[other])
                for one, other in PAIRS
                if one in fields and other in fields and fields[one].cell != fields[other].cell
            ]
            if pairs:
                one, other = draw.choice(pairs)
                text = table.written({one.column: other.cell, other.column: one.cell}, row)
                return _edit(slip, table, one, other.cell, text)
            span = RANGE.fullmatch(fields["range"].cell) if "range" in fields else None
            if span:
                swapped = f"[{span[2]}, {span[1]}]"
                text = table.written({"range": swapped}, row)
                return _edit(slip, table, fields["range"], swapped, text)
            continue
        column = draw.choice(list(fields))
        field = fields[column]
        cells = [other[column].cell for other in table.rows if column in other]
        after = None if column in PROSE else CELLS[slip](field.cell, cells, draw)
        if after is not None and after != field.cell:
            return _edit(slip, table, field, after, table.written({column: after}, row))


def _edit(slip: str, table: Table, field: Field, after: str, text: str) -> Edit:
    return Edit(
        kind=slip,
        path=f"{table.path.parent.name}/{table.path.name}",
        line=field.line,
        column=field.column,
        before=field.cell,
        after=after,
        text=text,
    )


@contextmanager
def copied_data() -> Iterator[Path]:
    """Copy the shipped data, cases and configurations, without hashes, and read the copy."""
    with tempfile.TemporaryDirectory() as folder:
        root, before = Path(folder), os.environ.get("CORRIDORS_DATA")
        for name in ("network", "parameters"):
            shutil.copytree(data_root() / name, root / name)
        shutil.copytree(cases_dir(), root / "cases")
        shutil.copytree(configs_dir(), root / "configs")
        os.environ["CORRIDORS_DATA"] = folder
        try:
            yield root
        finally:
            os.environ.pop("CORRIDORS_DATA")
            if before is not None:
                os.environ["CORRIDORS_DATA"] = before


def tables_of(root: Path, *, most_bytes: float = math.inf) -> list[Table]:
    """Return the tables and cases of a copy that may be edited, of at most some size."""
    paths = [path for name in ("network", "parameters") for path in (root / name).glob("*.csv")]
    cases = [root / "cases" / f"{kind}.yaml" for kind in KINDS]
    return [
        Cases(path) if path in cases else Table(path)
        for path in (*sorted(paths), *cases)
        if path.stat().st_size <= most_bytes
    ]


def seen_by(edit: Edit, root: Path, *, shallow: bool = False) -> str:
    """Return the first fault that a check finds of an edit, empty if it finds none.

    Parameters
    ----------
    shallow
        Whether only the edited table is checked, not what is built of it.
    """
    path = root / edit.path
    whole = path.read_text(encoding="utf-8")
    path.write_text(edit.text, encoding="utf-8")
    try:
        own: Iterable[str] = case_faults() if path.suffix == ".yaml" else table_faults([path])
        return next(iter(own), "") or ("" if shallow else next(iter(check_shipped()[1]), ""))
    finally:
        path.write_text(whole, encoding="utf-8")


def say(text: str) -> None:
    """Print a line now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Draw edits and print which are seen; return 1 if a fifth or more are not."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    drawn: Counter[str] = Counter()
    silent: list[Edit] = []
    with copied_data() as root:
        tables = tables_of(root)
        if faults := check_shipped()[1]:
            sys.exit("\n".join(faults))
        draw = random.Random(given.seed)
        for number in range(1, given.count + 1):
            edit = drawn_edit(tables, draw)
            fault = seen_by(edit, root)
            drawn[edit.kind] += 1
            say(f"{number} {edit.kind}: {edit.words}: {fault or 'SILENT'}")
            if not fault:
                silent.append(edit)
    missed = Counter(edit.kind for edit in silent)
    say("\n| slip | drawn | silent |\n|---|---|---|")
    for slip in SLIPS:
        say(f"| {slip} | {drawn[slip]} | {missed[slip]} |")
    say(f"| together | {given.count} | {len(silent)} |\n")
    for edit in silent:
        say(f"| {edit.kind} | {edit.words} |")
    return int(5 * len(silent) >= given.count)


if __name__ == "__main__":
    sys.exit(main())
