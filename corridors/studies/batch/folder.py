"""The folder of a batch: begun, filled part by part, and read back."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corridors.data.parameters import load_sources
from corridors.domain.scenario import PriceBasis
from corridors.domain.values import Status
from corridors.errors import ConfigError, OptionError
from corridors.files import told_as
from corridors.output.display_names import name_of_way, name_of_ways
from corridors.output.monthly import Parts, Sweep, SweptCorridor, SweptKey, WeakLine
from corridors.output.store import CANNOT, SCRATCH, check_folder
from corridors.scratch import UNLOCKED
from corridors.studies.batch.scenarios import (
    JOURNAL,
    Entry,
    Header,
    add_entry,
    begin_journal,
    read_journal,
    write_whole,
)
from corridors.studies.batch.sheets import (
    COST_LINES,
    FAILED,
    OPTIONS,
    SCENARIOS,
    TABLES,
    TIME_PARTS,
)
from corridors.studies.batch.workers import Part

if TYPE_CHECKING:
    import pyarrow as pa


DATA = "data"
SUMMARIES = ("summary.csv", "summary.xlsx", "report.html", "index.html")
_TABLE = rf"{DATA}/table=(?:{'|'.join(TABLES)})"
_NAMES = "|".join(re.escape(name) for name in SUMMARIES)
_SCRATCH = rf"(?:{re.escape(UNLOCKED)})?{re.escape(SCRATCH)}\w+"
_OURS = re.compile(
    rf"{re.escape(JOURNAL)}|\.{re.escape(JOURNAL)}\.writing|{_NAMES}|{DATA}|{_TABLE}"
    rf"|{_TABLE}/(?:part-\d{{5}}\.parquet|\.part-\d{{5}}\.parquet\.writing)"
    rf"|{_SCRATCH}(?:/.*)?"
)


def part_path(folder: Path, table: str, chunk: int) -> Path:
    """Return the path of a chunk's file of a table."""
    return folder / DATA / f"table={table}" / f"part-{chunk:05d}.parquet"


def check_out(folder: Path, *, resume: bool, force: bool) -> None:
    """Refuse a folder that must not be written to, before any scenario runs.

    Raises
    ------
    ConfigError
        The folder is not empty and neither `resume` nor `force` is given, or it holds other files,
        or both options are given.
    """
    if resume and force:
        msg = "`resume` keeps the results, `force` removes them: give one of the two"
        raise OptionError(msg)
    check_folder(folder, SUMMARIES)
    with told_as(str(folder), CANNOT):
        if not folder.is_dir() or not any(folder.iterdir()):
            return
    if not resume and not force:
        msg = f"{folder}: is not empty; `resume` continues its batch, `force` starts again"
        raise OptionError(msg)
    foreign = [name for name, _ in inside(folder) if not _OURS.fullmatch(name)]
    if foreign:
        more = f" and {len(foreign) - 3:,} more" if len(foreign) > 3 else ""
        msg = (
            f"{folder}: holds {', '.join(foreign[:3])}{more}, not written by a batch; "
            "give another folder"
        )
        raise ConfigError(msg)
    names = {name for name, _ in inside(folder)}
    if names - {f".{JOURNAL}.writing"} and JOURNAL not in names:
        msg = f"{folder}: holds files but no {JOURNAL} of a batch; give another folder"
        raise ConfigError(msg)


def inside(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the contents of a folder, parents first; links are not followed and end with `@`."""
    for top, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(top) / name
            shown = path.relative_to(folder).as_posix()
            yield f"{shown}@" if path.is_symlink() else shown, path


def begin(folder: Path, header: Header, *, resume: bool) -> dict[int, Entry]:
    """Prepare a folder, and return the intact chunks of an earlier run.

    Remains of a killed run are removed; without `resume`, all files of a batch are.

    Raises
    ------
    ConfigError
        The folder belongs to another batch, or it cannot be written.
    """
    kept: dict[int, Entry] = {}
    with told_as(str(folder), CANNOT):
        if resume and (folder / JOURNAL).exists():
            there, entries = read_journal(folder)
            refuse_other(folder, there, header)
            kept = {n: entry for n, entry in entries.items() if _whole(folder, entry, header)}
        clear(folder, kept=kept)
        for table in TABLES:
            (folder / DATA / f"table={table}").mkdir(parents=True, exist_ok=True)
        begin_journal(folder, header, kept)
    return kept


def refuse_other(folder: Path, there: Header, header: Header) -> None:
    """Refuse to resume a batch that was started with different inputs."""
    old, new = there.get("inputs"), header.get("inputs")
    if there == header:
        return
    names = []
    if isinstance(old, dict) and isinstance(new, dict):
        names = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    what = ", ".join(names) or "inputs"
    msg = (
        f"{folder}: was started with different {what}; restore them, or start again with"
        f" `force` or in another folder"
    )
    raise OptionError(msg)


def _whole(folder: Path, entry: Entry, header: Header) -> bool:
    """Return whether an entry is one of this batch's chunks, with all of its files intact."""
    count, size = int(header["count"]), int(header["chunk_size"])
    members = min(size, count - entry.chunk * size)
    fits = entry.chunk >= 0 and members > 0 and min(entry.ran, entry.failed) >= 0
    return fits and entry.ran + entry.failed == members and intact(folder, entry)


def intact(folder: Path, entry: Entry) -> bool:
    """Return whether all files of a chunk exist with the recorded hashes."""
    for table in TABLES:
        path = part_path(folder, table, entry.chunk)
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return False
        if digest != entry.sha256.get(table):
            return False
    return True


def clear(folder: Path, *, kept: dict[int, Entry]) -> None:
    """Remove the files of an earlier run, except those of kept chunks."""
    if not folder.is_dir():
        return
    keep = {part_path(folder, table, chunk) for table in TABLES for chunk in kept}
    for name, path in list(inside(folder)):
        if not _OURS.fullmatch(name) or path in keep or (kept and name == JOURNAL):
            continue
        if re.fullmatch(_SCRATCH, name):
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file():
            path.unlink()


def store(folder: Path, part: Part) -> Entry:
    """Write the files of a chunk, then its entry in the journal.

    Raises
    ------
    ConfigError
        The files cannot be written.
    """
    entry = Entry(
        chunk=part.chunk,
        ran=part.ran,
        failed=part.failed,
        sha256={name: hashlib.sha256(data).hexdigest() for name, data in part.files.items()},
    )
    try:
        for table, content in part.files.items():
            write_whole(part_path(folder, table, part.chunk), content)
        add_entry(folder, entry)
    except OSError as error:
        msg = f"{folder}: cannot write the results: {error.strerror or error}; see `resume`"
        raise OptionError(msg) from error
    return entry


WEAK = (Status.ASSUMPTION.value, Status.RECALLED.value)
WEAKEST_LINES = 40
_FIGURES = {
    "cost": "cost_usd_per_teu",
    "low": "low",
    "high": "high",
    "transit_days": "transit_days",
    "days": "days",
    "co2e_kg": "co2e_wtw_kg_per_teu",
}
_LINE_KEY = ("driver", "scope", "label", "line_status", "source_id")


def _parts_of(cell: str | None) -> tuple[str, ...]:
    """Return the names in a cell of a table."""
    return tuple(cell.split("; ")) if cell else ()


@dataclass(slots=True)
class _Means:
    """Sums by corridor and name, for means over the usable options."""

    sums: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, table: pa.Table, name: str, value: str) -> None:
        grouped = table.group_by(["corridor", name], use_threads=False).aggregate([(value, "sum")])
        for row in grouped.to_pylist():
            key = (row["corridor"], row[name])
            self.sums[key] = self.sums.get(key, 0.0) + row[f"{value}_sum"]

    def parts(self, corridors: list[str], usable: np.ndarray) -> Parts:
        names = sorted({name for _, name in self.sums})
        mean = np.zeros((len(corridors), len(names)))
        for i, corridor in enumerate(corridors):
            for j, name in enumerate(names):
                mean[i, j] = self.sums.get((corridor, name), 0.0) / max(1, usable[i])
        return Parts(names=tuple(names), mean=mean)


def read_sweep(folder: Path) -> Sweep:
    """Return the results of a batch from its folder.

    Memory holds one part of each table at a time, and a few numbers per scenario and corridor.

    Raises
    ------
    ConfigError
        The folder holds no complete batch.
    """
    header, entries = read_journal(folder)
    chunks = -(-header["count"] // header["chunk_size"])
    missing = chunks - len(entries)
    if missing:
        msg = f"{folder}: {missing:,} of {chunks:,} chunks are missing, finish it with `resume`"
        raise OptionError(msg)
    reading = _Reading(header)
    for chunk in range(chunks):
        reading.scenarios(_read(folder, SCENARIOS, chunk))
        reading.options(_read(folder, OPTIONS, chunk))
        reading.cost_lines(_read(folder, COST_LINES, chunk))
        reading.time_parts.add(_read(folder, TIME_PARTS, chunk), "part", "hours")
    return reading.sweep()


def read_options(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of the table of options, in the order in which they ran."""
    _, entries = read_journal(folder)
    for chunk in sorted(entries):
        yield from _read(folder, OPTIONS, chunk).to_pylist()


def _read(folder: Path, table: str, chunk: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = part_path(folder, table, chunk)
    try:
        # Open the file: from a path, pyarrow would add the column of the partition.
        with path.open("rb") as stream:
            return pq.read_table(stream, use_threads=False)
    except (OSError, pa.ArrowInvalid) as error:
        what = " ".join(str(error).split())
        msg = f"{path}: cannot be read ({what[:200]}); `resume` runs it again"
        raise OptionError(msg) from error


class _Reading:
    """Arrays and sums of a batch while its parts are read."""

    def __init__(self, header: Header) -> None:
        self.header = header
        count = self.header["count"]
        self.corridors = [found["id"] for found in self.header["corridors"]]
        self.column = {name: i for i, name in enumerate(self.corridors)}
        shape = (count, len(self.corridors))
        self.figures = {name: np.full(shape, np.nan) for name in _FIGURES}
        self.recommended = np.full(count, -1, np.int64)
        self.tied = np.zeros(shape, np.bool_)
        self.ladders = [""] * count
        self.called = [""] * count
        self.ways: dict[str, dict[str, tuple[str, ...]]] = {}
        self.names = [""] * count
        self.failed: dict[int, str] = {}
        self.taken: dict[int, dict[str, float | None]] = {}
        self.warnings: dict[str, int] = {}
        self.cost_parts, self.time_parts = _Means(), _Means()
        self.weak: dict[tuple[str, ...], list[float]] = {}
        self.cited: set[str] = set()

    def scenarios(self, table: pa.Table) -> None:
        columns = ["scenario", "name", "status", "reason", "corridor", "warnings", "value_ladder"]
        columns += ["title", "way", "compared_by", "price_usd_per_teu", *_FIGURES.values()]
        for row in table.select(columns).to_pylist():
            number = row["scenario"]
            self.names[number] = row["name"]
            self.ladders[number] = row["value_ladder"] or ""
            if row["status"] == FAILED:
                self.failed[number] = row["reason"]
            elif row["corridor"]:
                self.recommended[number] = self.column[row["corridor"]]
                self.called[number] = name_of_way(row["title"], _parts_of(row["way"]))
                # Of the route that the decision takes, which within limits is not that of the row.
                usd = row[f"{row['compared_by']}_usd_per_teu"]
                self.taken[number] = {n: row[c] for n, c in _FIGURES.items()} | {"cost": usd}
            self._warn(row["warnings"])

    def options(self, table: pa.Table) -> None:
        import pyarrow.compute as pc

        rows = table["scenario"].to_numpy()
        columns = np.array([self.column[name] for name in table["corridor"].to_pylist()], np.int64)
        for name, column in _FIGURES.items():
            self.figures[name][rows, columns] = table[column].to_numpy()
        # The figure that is compared, which is not on the same basis in every scenario.
        at_price = np.array(table["compared_by"].to_pylist()) == PriceBasis.PRICE
        prices = table["price_usd_per_teu"].to_numpy()[at_price]
        self.figures["cost"][rows[at_price], columns[at_price]] = prices
        for number, figures in self.taken.items():
            for name, figure in figures.items():
                self.figures[name][number, self.recommended[number]] = figure
        self.taken.clear()
        self.tied[rows, columns] = table["tied"].to_numpy(zero_copy_only=False)
        alike = table.filter(pc.is_valid(table["rank"])).group_by(["corridor", "title", "way"])
        for row in alike.aggregate([]).to_pylist():
            way = _parts_of(row["way"])
            self.ways.setdefault(row["corridor"], {})[name_of_way(row["title"], way)] = way
        for text in table["warnings"].to_pylist():
            self._warn(text)

    def cost_lines(self, table: pa.Table) -> None:
        self.cost_parts.add(table, "driver", "usd_per_teu")
        keys = ["scenario", "corridor", *_LINE_KEY]
        wanted = [("usd_per_teu", "sum"), ("low", "sum"), ("high", "sum")]
        lines = table.group_by(keys, use_threads=False).aggregate(wanted)
        over = [("usd_per_teu_sum", "sum"), ("low_sum", "sum"), ("high_sum", "sum")]
        grouped = lines.group_by(list(_LINE_KEY), use_threads=False)
        for row in grouped.aggregate([*over, ("scenario", "count")]).to_pylist():
            self.cited.add(row["source_id"])
            if row["line_status"] not in WEAK:
                continue
            sums = self.weak.setdefault(tuple(row[key] for key in _LINE_KEY), [0.0, 0.0, 0.0])
            sums[0] += row["scenario_count"]
            sums[1] += row["usd_per_teu_sum_sum"]
            sums[2] += row["high_sum_sum"] - row["low_sum_sum"]

    def _warn(self, text: str | None) -> None:
        for warning in (text or "").split("\n"):
            if warning:
                self.warnings[warning] = self.warnings.get(warning, 0) + 1

    def corridor(self, found: Mapping[str, str]) -> SweptCorridor:
        """Return a corridor with the name of the ways of its options."""
        ways = self.ways.get(found["id"], {})
        title = next(iter(ways)) if len(ways) == 1 else name_of_ways(found["title"], ways.values())
        return SweptCorridor(**{**found, "title": title})

    def weakest(self) -> tuple[WeakLine, ...]:
        lines = [
            WeakLine(
                driver=driver,
                scope=scope,
                label=label,
                status=status,
                source_id=source_id,
                options=int(options),
                mean_usd_per_teu=round(total / options, 2),
                spread_usd_per_teu=round(spread / options, 2),
            )
            for (driver, scope, label, status, source_id), (options, total, spread) in (
                self.weak.items()
            )
        ]
        lines.sort(key=lambda line: (-line.spread_usd_per_teu, line.driver, line.scope))
        return tuple(lines[:WEAKEST_LINES])

    def sweep(self) -> Sweep:
        header = self.header
        keys = tuple(
            SweptKey(key=found["key"], values=tuple(found["values"])) for found in header["keys"]
        )
        sizes = [len(key.values) for key in keys]
        grid = np.indices(sizes).reshape(len(sizes), -1).T if sizes else np.zeros((1, 0))
        usable = (~np.isnan(self.figures["cost"])).sum(axis=0)
        titles = {key: source.title for key, source in load_sources().items()}
        return Sweep(
            name=header["name"],
            title=header["title"],
            objective=header["objective"],
            keys=keys,
            corridors=tuple(map(self.corridor, header["corridors"])),
            scenarios=tuple(self.names),
            choice=grid.astype(np.int64),
            recommended=self.recommended,
            tied=self.tied,
            ladders=tuple(self.ladders),
            names=tuple(self.called),
            failed=dict(sorted(self.failed.items())),
            cost_parts=self.cost_parts.parts(self.corridors, usable),
            time_parts=self.time_parts.parts(self.corridors, usable),
            weakest=self.weakest(),
            warnings=dict(sorted(self.warnings.items(), key=lambda pair: (-pair[1], pair[0]))),
            sources={key: titles.get(key, key) for key in sorted(self.cited)},
            base=header["base"],
            variants=header["variants"],
            batch_text=header["text"],
            command=header["command"],
            manifest=header["inputs"],
            unit="TEU",
            teu=1.0,
            **self.figures,
        )
