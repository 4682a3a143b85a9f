"""The results of `season`, `diff`, `stress` and `catchments`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from corridors.api.page import REPORT_HEIGHT, Page
from corridors.api.result import Written, axes_of, page_of
from corridors.output import catchment_records
from corridors.output.display_names import corridor_titles, end_title, scenario_title
from corridors.output.records import frame
from corridors.studies import season as seasons
from corridors.studies.closures import stress_records
from corridors.studies.differences import difference_parts
from corridors.studies.result_files import (
    catchment_files,
    difference_files,
    season_columns,
    season_files,
    stress_files,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.scenario import Scenario
    from corridors.studies.result_files import Files, Line

STATES = {"open": "#4c9f70", "escorted": "#f0b429", "closed": "#c94f4f"}


@dataclass(frozen=True, kw_only=True, repr=False)
class Season(Written, seasons.Season):
    """When a corridor through ice is open, escorted or closed, by half month.

    `table` has the half months, `window_table` the first and last day by ice class.
    """

    _more = ".table and .window_table are frames; .notes, .report(), .plot(), .save(folder)"

    asked: Mapping[str, Any]
    year: str

    @cached_property
    def calendar(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The state of a crossing on each half month, by ice class and year: takes seconds."""
        return seasons.season_calendar(**self.asked)

    @property
    def table(self) -> pd.DataFrame:
        """One row per half month: state of each area and of the crossing, days to cross."""
        return frame(self.rows, columns=[*season_columns(self), "reason"])

    @property
    def window_table(self) -> pd.DataFrame:
        """One row per ice class: first and last day a crossing can begin, with and without help."""
        return frame(self.windows)

    def report(self) -> Page:
        """Return the page of the season, with a calendar by ice class and year."""
        return page_of(self._files(), "season.html", f"Season: {self.title}", REPORT_HEIGHT)

    def plot(self, ax: Any = None) -> Any:
        """Draw the state of each area by half month, and return the axes of matplotlib."""
        axes = axes_of(ax, size=(8.0, 3.0))
        columns = [key for key in season_columns(self) if _is_state(self.rows, key)]
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

    def _files(self) -> Files:
        return season_files(self, lambda: self.calendar, asked=(self.ice_class, self.year))


def _is_state(rows: tuple[seasons.Row, ...], key: str) -> bool:
    return bool(rows) and all(str(row[key]) in STATES for row in rows)


@dataclass(frozen=True, kw_only=True, repr=False)
class Difference(Written, difference_parts.Difference):
    """What differs between two scenarios or results, and what each input accounts for."""

    _more = ".input_table .table .effects are frames; .report(), .save(folder)"

    scenarios: tuple[Scenario, Scenario]
    drawn: tuple[Line, Line]

    @property
    def input_table(self) -> pd.DataFrame:
        """One row per input that differs, with both values."""
        from corridors.studies.differences.difference_rows import difference_record

        rows: Any = difference_record(self)["inputs"]
        return frame(rows, columns=["key", "kind", "old", "new"])

    @property
    def table(self) -> pd.DataFrame:
        """One row per corridor whose answer differs: status, rank, USD per TEU, days, t CO2e."""
        from corridors.studies.differences.difference_rows import output_rows

        rows = [
            {key: value for key, value in row.items() if not isinstance(value, list)}
            for row in output_rows(self)
        ]
        return frame(rows)

    @property
    def effects(self) -> pd.DataFrame:
        """One row per input and corridor; the changes of a corridor sum to those of `table`."""
        from corridors.studies.differences.difference_rows import effect_rows

        return frame(effect_rows(self, self.accounted))

    def report(self) -> Page:
        """Return the page that sets both answers side by side."""
        return page_of(self._files(), "diff.html", self._texts()[0], REPORT_HEIGHT)

    def _texts(self) -> list[str]:
        names = " and ".join(map(scenario_title, self.scenarios))
        heading = f"Difference of {names}"
        if self.empty:
            return [heading, "No differences."]
        old, new = self.old, self.new
        inputs = ", ".join(change.key for change in self.inputs[:5])
        more = f" and {len(self.inputs) - 5} more" if len(self.inputs) > 5 else ""
        changed = len([c for c in self.corridors if old.of(c) != new.of(c)])
        same = old.recommended == new.recommended
        recommended = _called(old) if same else f"{_called(old)} -> {_called(new)}"
        return [
            heading,
            f"Inputs that differ: {inputs}{more}." if inputs else "The same inputs.",
            f"{changed} of {len(self.corridors)} corridors changed.",
            f"Recommended: {recommended}{', unchanged' if same else ''}.",
        ]

    def _shown(self) -> pd.DataFrame:
        table = self.table
        if not len(table):
            return table
        table = table.assign(corridor=[_title(name) for name in table["corridor"]])
        columns = {
            "corridor": "corridor",
            "status_old": "status before",
            "status_new": "after",
            "cost_usd_per_teu_old": "USD per TEU before",
            "cost_usd_per_teu_new": "after ",
            "days_old": "days before",
            "days_new": "after  ",
        }
        return table[list(columns)].rename(columns=columns)

    def _files(self) -> Files:
        return difference_files(self, self.scenarios, lambda: self.drawn)


def _called(outcome: difference_parts.Outcome) -> str:
    """Return what is recommended and what is tied with it, by titles."""
    titles = corridor_titles()
    named = titles.get(outcome.recommended, outcome.recommended)
    others = [titles.get(name, name) for name in outcome.tied if name != outcome.recommended]
    return f"{named} (tied with {', '.join(others)})" if others else named


@dataclass(frozen=True, kw_only=True, repr=False)
class Stress(Written, stress_records.Stress):
    """The best route of a scenario, and what it costs to lose each place on it.

    `table` lists the closures, worst first; `places` is a GeoDataFrame of those of single places.
    """

    _more = ".table is a frame, .places one with points; .report(), .plot(), .save(folder)"
    _files = stress_files

    def report(self) -> Page:
        """Return the page of the stress test, with a map of its places."""
        return page_of(self._files(), "stress.html", self._texts()[0], REPORT_HEIGHT)

    def plot(self, ax: Any = None, *, most: int = 15) -> Any:
        """Draw the extra cost of closing the dearest single places; return matplotlib's axes."""
        axes = axes_of(ax)
        alone = [row for row in self.rows if len(row.closed) == 1]
        rows = [row for row in alone if row.extra_usd_per_teu is not None][:most]
        axes.barh([row.name for row in rows], [row.extra_usd_per_teu for row in rows])
        axes.invert_yaxis()
        axes.set_xlabel("extra USD per TEU while closed")
        name = f"Closures on {_title(self.corridor)}, {scenario_title(self.scenario)}"
        axes.set_title(name, fontsize=10)
        return axes

    def _texts(self) -> list[str]:
        heading = f"Stress test of {scenario_title(self.scenario)}"
        usual = (
            f"Best route: {_title(self.corridor)}, USD {self.usd_per_teu:,.0f} per TEU,"
            f" {self.days:.1f} days; {len(self.rows)} closures tried."
        )
        lost = [row.name for row in self.rows if row.corridor is None and len(row.closed) == 1]
        cut = (f"No route is left without {' or '.join(lost[:3])}.",) if lost else ()
        alone = [row for row in self.rows if len(row.closed) == 1]
        worst = next((row for row in alone if row.extra_usd_per_teu is not None), None)
        dear = () if worst is None else (_closure_text(worst),)
        return [heading, usual, *cut, *dear, f"By land: {self.severed.text}."]

    def _shown(self) -> pd.DataFrame:
        rows = stress_records.folded(stress_records.CLOSURES.records(self))
        return stress_records.CLOSURES.given.shown(rows)


def _title(corridor: object) -> str:
    name = corridor if isinstance(corridor, str) else ""
    return corridor_titles().get(name, name)


def _closure_text(row: stress_records.StressRow) -> str:
    days = row.extra_days or 0.0
    return (
        f"Dearest to lose: {row.name}, USD {row.extra_usd_per_teu or 0.0:,.0f} more per TEU and"
        f" {abs(days):.1f} days {'less' if days < 0 else 'more'}, by {_title(row.corridor)}."
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Catchments(Written, catchment_records.Catchments):
    """The corridors from one origin to many destinations; `table` has a row for each pair."""

    _more = ".best and .table are frames; .map(), .save(folder)"
    _files = catchment_files

    @property
    def best(self) -> pd.DataFrame:
        """One row per destination: its best corridor, USD per TEU and days."""
        table = self.table
        return table[table["best"]].drop(columns=["best", "reason"]).reset_index(drop=True)

    def map(self) -> Page:
        """Return the map of the destinations by their best corridor."""
        return page_of(self._files(), "catchments.html", self._texts()[0], REPORT_HEIGHT)

    def _texts(self) -> list[str]:
        heading = (
            f"Catchments from {end_title(self.scenario.origin)}, departing"
            f" {self.scenario.departure.isoformat()}"
        )
        titles = [one.winner.title for one in self.to if one.winner]
        counts = sorted(((titles.count(t), t) for t in set(titles)), reverse=True)
        best = ", ".join(f"{title} to {count}" for count, title in counts[:4])
        reasons = [f"{one.asked}: {one.reason}" for one in self.to if one.reason]
        places = "1 destination" if len(self.to) == 1 else f"{len(self.to)} destinations"
        return [heading, f"{places}; best: {best or 'none usable'}.", *reasons[:2]]

    def _shown(self) -> pd.DataFrame:
        return catchment_records.BEST.shown(self)

    def _map(self) -> Page:
        return self.map()
