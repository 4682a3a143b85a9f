"""The season of a corridor: its half months, windows and calendar, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from corridors.output.store import Record, as_text, picked
from corridors.output.tables import Table
from corridors.studies.result_base import (
    REPORT_HEIGHT,
    Files,
    Page,
    Terminal,
    Written,
    axes_of,
    page_of,
)

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, object]
Calendar = Mapping[tuple[str, str], tuple[str, ...]]

STATES = {"open": "#acdbff", "escorted": "#f6c453", "closed": "#4b5b62"}
HALF_MONTHS = Table(
    name="season",
    about="A half month: the state of each sea on the way, and of a crossing that begins then.",
    files="from_day Kara_SW Kara_NE Laptev_W Laptev_E E_Sib_SW E_Sib_NE Chukchi route"
    " days_to_cross lowest_RIO reason",
)
WINDOWS = Table(
    name="windows",
    about="When a ship of an ice class can begin a crossing.",
    files="ice_class earliest latest usable_days alone_earliest alone_latest alone_usable_days",
)
WINDOWS_TITLE = (
    "First and last day on which a crossing can begin: with an icebreaker where needed, and alone"
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Season(Written):
    """When a corridor through ice is open, escorted or closed, by half month.

    `table` has the half months, `window_table` the first and last day by ice class. Both are empty
    without ice.
    """

    _more = ".table and .window_table are frames; .notes, .report(), .plot(), .save(folder)"

    corridor: str
    """The id of the corridor."""
    title: str
    """Its title."""
    heading: str
    """Which ship, which ice and which part of the way the rows are about."""
    ice_class: str = ""
    """The ice class of the ship, such as `Arc4`."""
    year: str = ""
    """The year of the ice: `mean`, `best`, `worst`, or one of the ice table."""
    rows: tuple[Row, ...] = ()
    """By half month: a state per area, `route`, `days_to_cross`, `lowest_RIO`, `reason`."""
    windows: tuple[Row, ...] = ()
    """By ice class: first and last usable day, and how many, with and without an escort."""
    notes: tuple[str, ...] = ()
    """What the figures leave out, in sentences."""
    _calendar_of: Callable[[], Calendar] = field(default=dict, compare=False)

    @cached_property
    def calendar(self) -> Calendar:
        """The state of a crossing on each half month, by ice class and year: takes seconds."""
        return self._calendar_of()

    @property
    def table(self) -> pd.DataFrame:
        """One row per half month: state of each area and of the crossing, days to cross."""
        return self._half_months.frame(self.rows)

    @property
    def window_table(self) -> pd.DataFrame:
        """One row per ice class: first and last day a crossing can begin, with and without help."""
        return WINDOWS.frame(self.windows)

    @property
    def record(self) -> Record:
        """What `season.json` holds."""
        return picked(self, "corridor", "heading", "rows", "windows", "notes")

    def report(self) -> Page:
        """Return the page of the season, with a calendar by ice class and year."""
        return page_of(self._files(), "season.html", self._title, REPORT_HEIGHT)

    def plot(self, ax: Any = None) -> Any:
        """Draw the state of each area by half month, and return the axes of matplotlib."""
        axes = axes_of(ax, size=(8.0, 3.0))
        columns = [key for key in self._columns if self.rows and self._is_state(key)]
        for line, column in enumerate(reversed(columns)):
            for place, row in enumerate(self.rows):
                axes.barh(line, 1, left=place, color=STATES[str(row[column])], edgecolor="white")
        axes.set_yticks(range(len(columns)), [key.replace("_", " ") for key in reversed(columns)])
        days = [str(row["from_day"]) for row in self.rows]
        axes.set_xticks(range(0, len(days), 2), days[::2], rotation=90, fontsize=8)
        axes.set_title(self.heading.partition(". ")[0], fontsize=10)
        axes.legend(
            handles=[axes.barh(0, 0, color=colour, label=name) for name, colour in STATES.items()],
            fontsize=8,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
        )
        return axes

    def show(self, terminal: Terminal) -> None:
        """Print the half months, the windows by ice class, and what to know of them."""
        if not self.rows:
            terminal.echo(self.heading)
            return
        for text in self._texts()[1:]:
            terminal.say(text)
        terminal.say(self.heading)
        terminal.table(self._half_months.reading(" ".join(self._columns)), self.rows)
        windows = [window_row(row) for row in self.windows]
        terminal.table(WINDOWS, windows, title=WINDOWS_TITLE)
        for note in self.notes:
            terminal.say(note)

    @property
    def _title(self) -> str:
        return f"Season: {self.title}"

    @property
    def _half_months(self) -> Table:
        """The table with the areas that the corridor passes."""
        passed = self.rows[0] if self.rows else ("from_day", "route", "days_to_cross", "lowest_RIO")
        kept = [name for name in HALF_MONTHS.names if name in passed or name == "reason"]
        return replace(HALF_MONTHS, files=" ".join(kept))

    @property
    def _columns(self) -> list[str]:
        """The day, the areas of the corridor, the crossing."""
        return [name for name in self._half_months.names if name != "reason"]

    def _is_state(self, key: str) -> bool:
        return all(str(row[key]) in STATES for row in self.rows)

    def _texts(self) -> list[str]:
        heading = self.heading.partition(". ")[0]
        if not self.rows:
            return [heading]
        usable = [row for row in self.rows if row["route"] != "closed"]
        if not usable:
            return [heading, "Closed all year."]
        escorted = sum(row["route"] == "escorted" for row in usable)
        own = next((row for row in self.windows if row["ice_class"] == self.ice_class), None)
        texts = [
            heading,
            f"{len(usable)} of {len(self.rows)} half-months are open, {escorted} of them with an"
            " icebreaker.",
        ]
        if own is not None and own["earliest"] is not None:
            texts.append(
                f"Class {own['ice_class']}: a crossing can begin from {own['earliest']} to"
                f" {own['latest']} (month-day), {own['usable_days']} days."
            )
        return texts

    def _shown(self) -> pd.DataFrame | None:
        return self.window_table if self.windows else None

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.season.page import render_season

        return {
            "season.json": lambda: as_text(self.record),
            "season.csv": lambda: self._half_months.csv(self.rows),
            "season.html": lambda: render_season(
                self.title,
                heading=self.heading,
                calendar=self.calendar,
                asked=(self.ice_class, self.year),
                rows=self.rows,
                windows=self.windows,
                notes=self.notes,
                command=command,
            ),
        }


def window_row(row: Row) -> Row:
    """Return the windows of a class as the table shows them, `any day` or `no day` included."""
    shown = dict(row)
    for before in ("", "alone_"):
        if shown[f"{before}earliest"] is None:
            shown[f"{before}earliest"] = "any day" if shown[f"{before}usable_days"] else "no day"
    return shown


FRAMES = {"season.json": {"table": (None, "rows"), "window_table": (None, "windows")}}
