"""The result of `batch`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.errors import needed
from corridors.output.records import frame
from corridors.studies.batch.folder import DATA, read_sweep
from corridors.studies.batch.journal import JOURNAL, read_journal
from corridors.studies.batch.tables import (
    COST_LINES,
    LINES_ONLY,
    OPTIONS,
    OPTIONS_ONLY,
    sentences,
    summary_columns,
    summary_rows,
)
from corridors.studies.option_tables import OUTER_BOUNDS
from corridors.studies.result_base import REPORT_HEIGHT, Page, Result, axes_of
from corridors.studies.saved import Saved, copied, saved_result

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.sweep import Sweep

QUANTILES = {"low": "low_usd_per_teu", "high": "high_usd_per_teu"}
TIMES = ("departs", "arrives")
DAYS = ("departure", "next_usable_date")
# What a cost line has of its option.
OF_LINES = ("corridor", "title", "low", "high")


def load(folder: Path | str) -> Saved | Batch:
    """Return a result that was saved, from the files of its folder; nothing is calculated.

    Parameters
    ----------
    folder
        What `save`, or a command with `--out`, has written.

    Returns
    -------
    result
        A `Batch`, or a `Saved` with the frames and pages of any other result under the same names.
        Functions that take a scenario or a result take both it and the path of its folder.

    Raises
    ------
    CorridorsError
        The folder holds no result, or a file of it is not whole.
    """
    into = Path(folder)
    if not (into / JOURNAL).is_file():
        return saved_result(into)
    _, entries = read_journal(into)
    sweep = read_sweep(into)
    return Batch(
        sweep=sweep,
        answer=sentences(sweep),
        ran=sum(entry.ran for entry in entries.values()),
        failed=sum(entry.failed for entry in entries.values()),
        folder=into,
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Batch(Result):
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

        frame = self._data(OPTIONS, without=LINES_ONLY)
        for column in TIMES:
            frame[column] = pd.to_datetime(frame[column], utc=True)
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
