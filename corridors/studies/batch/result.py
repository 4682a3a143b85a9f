"""The result of a batch, and what one would calculate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from corridors.errors import needed
from corridors.output.store import Record, csv_text, frame, listing_json
from corridors.output.tables import Kind, Table
from corridors.studies.batch.folder import DATA, SUMMARIES
from corridors.studies.batch.scenarios import JOURNAL, STRUCTURAL, Plan
from corridors.studies.batch.sheets import (
    COST_LINES,
    LINES_ONLY,
    OPTIONS,
    OPTIONS_ONLY,
    SCENARIOS_ONLY,
    TABLES,
    summary_columns,
    summary_rows,
)
from corridors.studies.option_tables import OUTER_BOUNDS, option_columns
from corridors.studies.result_base import REPORT_HEIGHT, Page, Written, axes_of
from corridors.studies.saved import copied

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.monthly import Sweep
    from corridors.studies.result_base import Files, Terminal

QUANTILES = {"low": "low_usd_per_teu", "high": "high_usd_per_teu"}
DAYS = ("departure", "next_usable_date")
# What a cost line has of its option.
OF_LINES = ("corridor", "title", "low", "high")
MOST_FAILED = 10
# Measured on two cores, see docs/explanation/speed.md: seconds for the networks of a pair of ends
# in a world, and for a scenario on them; MB of a report without scenarios, and of the tables of a
# scenario.
NETWORK_S, SCENARIO_S = 3.0, 0.11
FILES_MB, SCENARIO_MB = 0.2, 0.05


@dataclass(frozen=True, kw_only=True, repr=False)
class Batch(Written):
    """The scenarios of a batch and their answers.

    `scenarios` has a row per scenario, `options` one per scenario and corridor, `cost_lines` one
    per cost line.
    """

    _more = ".scenarios .options .cost_lines are frames; .answer, .report(), .plot(), .save(folder)"

    sweep: Sweep
    """The figures as arrays by scenario and corridor, in USD per TEU, days and kg CO2e per TEU."""
    answer: tuple[str, ...]
    """Which corridor is recommended how often, what decides and when, in sentences."""
    ran: int
    """How many scenarios were answered."""
    failed: int
    """How many scenarios have no answer; `scenarios` says why."""
    folder: Path
    """All files; it goes with this object if the batch was not given one."""

    @property
    def scenarios(self) -> pd.DataFrame:
        """One row per scenario: its keys, what is recommended, USD per TEU, days, second best."""
        table = frame(summary_rows(self.sweep), columns=summary_columns(self.sweep))
        options = self._data(OPTIONS, without=LINES_ONLY)
        drawn = set(options.loc[options["best_in"].notna(), "scenario"])
        return _with_days(_with_two_ranges(table.set_index("scenario"), drawn))

    @property
    def options(self) -> pd.DataFrame:
        """One row per scenario and corridor; days have no time, times are in UTC."""
        import pandas as pd

        frame = self._data(OPTIONS, without=[*LINES_ONLY, *SCENARIOS_ONLY])
        # As in the frame of one comparison: what files hold as text are lists there, and times.
        for one in option_columns():
            if one.name not in frame:
                continue
            cells, kind = frame[one.name], cast(Any, one.dtype)
            if one.kind is Kind.TEXTS:
                between = "\n" if one.name == "warnings" else "; "
                frame[one.name] = [text.split(between) if text else [] for text in cells]
            elif one.kind is Kind.TIME:
                frame[one.name] = pd.to_datetime(cells, utc=True).astype(kind)
            elif one.kind is Kind.WHOLE:
                frame[one.name] = cells.astype(kind)
        drawn = set(frame.loc[frame["best_in"].notna(), "scenario"])
        return _with_days(_with_two_ranges(frame.set_index("scenario"), drawn).reset_index())

    @property
    def cost_lines(self) -> pd.DataFrame:
        """One row per scenario, corridor and cost line."""
        frame = self._data(COST_LINES, without=[c for c in OPTIONS_ONLY if c not in OF_LINES])
        return _with_days(frame.rename(columns=OUTER_BOUNDS))

    def _data(self, table: str, *, without: Sequence[str]) -> pd.DataFrame:
        needed("pyarrow", by="a batch", extra="batch")
        import pyarrow.parquet as pq

        read = pq.read_table(self.folder / DATA / f"table={table}", partitioning=None)
        frame: pd.DataFrame = read.drop_columns(list(without)).to_pandas()
        return frame

    def report(self) -> Page:
        """Return the report of the batch, with its charts."""
        html = (self.folder / "report.html").read_text(encoding="utf-8")
        return Page(f"Report on {self.sweep.title}", html, REPORT_HEIGHT)

    def plot(self, ax: Any = None) -> Any:
        """Draw in how many scenarios each corridor is recommended; return matplotlib's axes."""
        axes = axes_of(ax, size=(8.0, 3.5))
        counts = self.scenarios["recommended"].value_counts()
        titles = {corridor.id: corridor for corridor in self.sweep.corridors}
        names = [titles[name].title for name in counts.index]
        axes.barh(names, counts, color=[titles[name].colour for name in counts.index])
        axes.invert_yaxis()
        axes.set_xlabel("scenarios in which it is recommended")
        axes.set_title(self.sweep.title, fontsize=10)
        return axes

    def save(self, folder: Path | str) -> tuple[Path, ...]:
        """Copy the files of the batch into a new folder, and return their paths.

        Raises
        ------
        ConfigError
            The folder exists, or cannot be written to.
        """
        return copied(self.folder, Path(folder))

    def _files(self, *, command: str = "") -> Files:
        """Return its summary as rows; its own files were written while it ran."""
        del command
        columns = summary_columns(self.sweep)
        rows = list(summary_rows(self.sweep))
        return {
            "summary.json": lambda: listing_json(rows),
            "summary.csv": lambda: csv_text(rows, columns),
        }

    @property
    def _is_usable(self) -> bool:
        return not self.failed

    @property
    def _count(self) -> str:
        return f"{self.ran:,} scenarios ran, {self.failed:,} failed"

    def show(self, terminal: Terminal) -> None:
        """Print the answer, the first failures, what was asked and what was written."""
        sweep = self.sweep
        for text in self.answer:
            terminal.say(one_line_of(text))
        for number, reason in list(sweep.failed.items())[:MOST_FAILED]:
            terminal.say(f"! {number} ({one_line_of(sweep.scenarios[number])}): {reason}")
        terminal.say(f"Batch: {one_line_of(sweep.title)}")
        terminal.say(f"Wrote {', '.join(SUMMARIES)} and {DATA}/ to {self.folder}")
        terminal.say(self._count)

    def _texts(self) -> list[str]:
        failed = f", {self.failed:,} failed" if self.failed else ""
        heading = f"{self.sweep.title}: batch of {self.ran + self.failed:,} scenarios{failed}"
        return [heading, *self.answer[:4]]

    def _shown(self) -> pd.DataFrame:
        titles = {corridor.id: corridor.title for corridor in self.sweep.corridors}
        table = self.scenarios
        table["recommended"] = [titles.get(name, "none") for name in table["recommended"]]
        columns = {
            "name": "scenario",
            "recommended": "recommended",
            "cost_usd_per_teu": "USD per TEU",
            "days": "days",
        }
        frame: pd.DataFrame = table[list(columns)].rename(columns=columns)
        return frame


def _with_two_ranges(table: pd.DataFrame, drawn: Collection[int]) -> pd.DataFrame:
    """Return a table by scenario with quantiles where it was drawn, else with outer bounds."""
    is_drawn = table.index.isin(list(drawn))
    for name, quantile in QUANTILES.items():
        at, values = list(table).index(name), table.pop(name).astype(float)
        table.insert(at, OUTER_BOUNDS[name], values.where(~is_drawn))
        table.insert(at, quantile, values.where(is_drawn))
    return table


def _with_days(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose days are of the one type that frames have for them."""
    import pandas as pd

    for name in DAYS:
        if name in table:
            table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
    return table


@dataclass(frozen=True, kw_only=True, repr=False)
class PlannedBatch(Written):
    """What a batch would calculate and write, before it does."""

    _more = ".save(folder) writes its rows"

    batch: Plan
    """Its scenarios, by number."""
    folder: Path
    """Where it would write."""
    workers: int
    """Number of processes."""

    def show(self, terminal: Terminal) -> None:
        """Print what varies, what would be written, and how long it takes."""
        batch = self.batch.batch
        shown = [{**row, "values": _some(row["values"])} for row in self._rows]
        terminal.table(VARIED, shown, title=batch.title)
        for text in self._texts():
            terminal.say(text)

    def _texts(self) -> list[str]:
        plan = self.batch
        sizes = " x ".join(str(size) for size in plan.sizes) or "1"
        return [
            f"Base scenario: {plan.batch.base_shown}",
            f"Would write to {self.folder}: {', '.join(SUMMARIES)} and {JOURNAL}; in {DATA}/:",
            f"  {', '.join(TABLES)}: {plan.chunks:,} Parquet files each",
            f"{sizes} = {plan.count:,} scenarios, none calculated.",
            expected_text(plan, self.workers),
        ]

    @property
    def _rows(self) -> list[Record]:
        return [
            {"key": key.key, "count": len(key.choices), "values": [c.shown for c in key.choices]}
            for key in self.batch.batch.keys
        ]

    def _files(self, *, command: str = "") -> Files:
        del command
        return {
            "keys.json": lambda: listing_json(VARIED.records(self._rows)),
            "keys.csv": lambda: VARIED.csv(self._rows),
        }


VARIED = Table(
    name="batch_keys",
    about="A key that a batch varies, with its values.",
    files="key count values",
)


def expected_text(plan: Plan, workers: int) -> str:
    """Return how long a batch takes and how large its files get, to a factor of about two."""
    networks = prod(
        len(key.choices) for key in plan.batch.keys if key.key in (*STRUCTURAL, "world")
    )
    seconds = networks * NETWORK_S / min(workers, networks) + plan.count * SCENARIO_S / workers
    minutes = f"{seconds:,.0f} seconds" if seconds < 100 else f"{seconds / 60:,.0f} minutes"
    size = FILES_MB + plan.count * SCENARIO_MB
    files = "less than 1 MB" if size < 1.0 else f"{size:,.0f} MB"
    mine = "1 worker" if workers == 1 else f"{workers} workers"
    return (
        f"Expect roughly {minutes} with {mine}, and {files} of files: half as much or twice"
        " as much, depending on the corridors and the machine."
    )


def _some(values: object, most: int = 8) -> str:
    listed = values if isinstance(values, list) else []
    if len(listed) <= most:
        return "; ".join(listed)
    return "; ".join([*listed[: most - 2], "...", listed[-1]])


def one_line_of(text: str) -> str:
    """Return a text on one line, without characters that would move a terminal's cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
