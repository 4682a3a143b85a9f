"""Catchments: the corridors from one origin to many destinations, and how they are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.domain.results import WayShare
from corridors.domain.scenario import Choice, Scenario
from corridors.output.comparison import NO_FORECAST, SHARES
from corridors.output.display_names import end_title, fault_on_page, name_of_way
from corridors.output.store import Record, as_text, scenario_record, significant
from corridors.output.tables import Beside, Table
from corridors.studies.result_base import (
    MAP_HEIGHT,
    Files,
    Page,
    Terminal,
    Written,
    page_of,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.output.html.report.batch_report import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The best route of a corridor to a destination, by the objective of the scenario.

    `cost_usd_per_teu` sums the legs and operations, each to the cent; `days` are from gate-in to
    gate-out. Both are None if the corridor has no route. `way` is that of `Candidate`.
    """

    corridor: str
    title: str
    cost_usd_per_teu: float | None = None
    days: float | None = None
    way: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the route by its way, with the countries that need a word."""
        return name_of_way(self.title, self.way)

    @property
    def usable(self) -> bool:
        """Whether the corridor has a route."""
        return self.cost_usd_per_teu is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchment:
    """The corridors to one destination, in the order of the scenario.

    `asked` is the destination as given; `place`, `name` and `country` are those of what it means.
    `best` is the id of the corridor with the best route by the objective, empty if none is usable.
    `lon_lat` is where the destination lies, None if it is not known.
    `reason` says why the destination cannot be asked about; it has no corridors then. `shares` are
    those of boxes by way, where `choice: shares` is asked.
    """

    asked: str
    place: str
    name: str
    country: str
    reached: tuple[Reached, ...] = ()
    best: str = ""
    reason: str = ""
    lon_lat: tuple[float, float] | None = None
    shares: tuple[WayShare, ...] = ()

    @property
    def winner(self) -> Reached | None:
        """The best corridor; None if none is usable."""
        return next((one for one in self.reached if one.corridor == self.best), None)

    @property
    def runner_up(self) -> Reached | None:
        """The cheapest corridor but the best one; None if no other is usable."""
        costs = [
            (one.cost_usd_per_teu, number)
            for number, one in enumerate(self.reached)
            if one.cost_usd_per_teu is not None and one.corridor != self.best
        ]
        return self.reached[min(costs)[1]] if costs else None


@dataclass(frozen=True, kw_only=True, repr=False)
class Catchments(Written):
    """The corridors from one origin to many destinations; `table` has a row for each pair."""

    _more = ".best and .table are frames; .map(), .save(folder)"

    scenario: Scenario
    """The scenario with its origin; each destination takes the place of its own."""
    to: tuple[Catchment, ...]
    """The corridors to each destination, in the order asked."""
    note: str = ""
    """Why they are by cost where the scenario asked for prices; empty if they are not."""

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a DataFrame."""
        return REACHED.frame(self)

    @property
    def best(self) -> pd.DataFrame:
        """One row per destination: its best corridor, USD per TEU and days."""
        table = self.table
        return table[table["best"]].drop(columns=["best", "reason"]).reset_index(drop=True)

    @property
    def shares(self) -> pd.DataFrame:
        """One row per destination and way with its share of boxes, where `choice="shares"`."""
        return CATCHMENT_SHARES.frame(self)

    def map(self) -> DrawnMap:
        """Return the map of the destinations by their best corridor, a `folium.Map`."""
        from corridors.output.html.map.folium_page import DrawnMap
        from corridors.studies.catchments.page import catchment_map

        return DrawnMap(catchment_map(self))

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

    def _said(self) -> list[str]:
        reasons = [f"{one.asked}: {fault_on_page(one.reason)}" for one in self.to if one.reason]
        return [self._texts()[1], *reasons[:2]]

    def _shown(self) -> pd.DataFrame:
        return BEST.shown(self)

    def _map(self) -> Page:
        return page_of(self._files(), "catchments-map.html", self._texts()[0], MAP_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print a row per destination: its best corridor and the next cheapest."""
        box, heading = self.scenario.shipment.equipment, _heading(self.scenario)
        if self.scenario.choice is Choice.SHARES:
            terminal.table(CATCHMENT_SHARES.boxed(box), self, title=f"{heading}: shares of boxes")
            terminal.say(NO_FORECAST)
        else:
            terminal.say(self._texts()[1])
            terminal.table(BEST.boxed(box), self, title=heading)
        if self.note:
            terminal.echo(f"! {self.note}")
        for one in self.to:
            if one.reason:
                terminal.echo(f"! {one.asked}: {one.reason}")

    @property
    def _title(self) -> str:
        return f"Catchments from {end_title(self.scenario.origin)}"

    @property
    def _is_usable(self) -> bool:
        return any(one.best for one in self.to)

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.catchments.page import catchment_map, render_catchments

        return {
            "catchments.json": lambda: _json(self, REACHED),
            "catchments.csv": lambda: REACHED.csv(self),
            "catchments.html": lambda: render_catchments(self, command=command),
            "catchments-map.html": lambda: catchment_map(self, linked=True).html(),
        }

    def _parts(self, words: Mapping[str, str]) -> tuple[Sequence[str], Sequence[Section]]:
        from corridors.studies.catchments.page import catchment_answer, catchment_sections

        return catchment_answer(self), catchment_sections(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The value of a driver at which the best corridor to a destination changes, in titles."""

    destination: str
    name: str
    before: str
    after: str
    at: float


@dataclass(frozen=True, kw_only=True, repr=False)
class CatchmentsOver(Written):
    """Catchments at some values of a figure, and where the best corridor to each place changes.

    `table` has a row for each change.
    """

    _more = ".table is a frame, .at has the catchments by value; .save(folder)"

    scenario: Scenario
    """The scenario that is varied."""
    key: str
    """The figure that moves: a parameter, or `value_of_time`."""
    unit: str
    """The unit of its values."""
    value: float
    """Its value in the scenario."""
    values: tuple[float, ...]
    """The values asked for, rising."""
    at: tuple[Catchments, ...]
    """The catchments at each of the values."""
    turns: tuple[Turn, ...]
    """Where the best corridor to a destination changes, by destination."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per change: the destination, the best corridor before and after, the value."""
        return TURNS.frame(self)

    def show(self, terminal: Terminal) -> None:
        """Print the best corridor to each destination by value, and where it first changes."""
        rows: list[Record] = []
        turns = {turn.destination: turn for turn in reversed(self.turns)}
        labels = [label for label, _ in labelled(self.at[0].to)]
        for label, *columns in zip(labels, *(one.to for one in self.at), strict=True):
            row: Record = {"destination": label}
            for value, column in zip(self.values, columns, strict=True):
                row[f"at_{value:,.4g}"] = column.winner.name if column.winner else None
            turn = turns.get(columns[0].asked)
            row["first_change_at"] = turn and turn.at
            rows.append(row)
        terminal.say(self._texts()[1])
        title = f"{_heading(self.scenario)}: best corridor by {self.key} in {self.unit}"
        terminal.table(AT_VALUES.reading(" ".join(rows[0])), rows, title=title)

    @property
    def _title(self) -> str:
        return f"Catchments from {end_title(self.scenario.origin)} over {self.key}"

    def _texts(self) -> list[str]:
        changed = len({turn.destination for turn in self.turns})
        places = len(self.at[0].to)
        low, high = self.values[0], self.values[-1]
        return [
            self._title,
            f"From {low:,.4g} to {high:,.4g} {self.unit} the best corridor changes to {changed} of"
            f" {places} destinations.",
        ]

    def _shown(self) -> pd.DataFrame:
        return self.table.drop(columns="destination")

    def _files(self, *, command: str = "") -> Files:
        return {
            "catchments-over.json": lambda: _json(self, TURNS),
            "catchments-over.csv": lambda: TURNS.csv(self),
        }


REACHED = Table(
    name="catchments",
    about="A corridor to a destination, or why a destination cannot be asked about.",
    rows_of=lambda found: [row for one in found.to for row in _reached(one)],
    files="destination place name country corridor title best cost_usd_per_teu days reason",
    exact=significant,
)
BEST = Table(
    name="best",
    about="A destination with its best corridor and the next cheapest.",
    rows_of=lambda found: [
        Beside(one, label=label, extra=extra_of(one)) for label, one in labelled(found.to)
    ],
    reads="destination title cost_usd_per_teu days next_title extra_usd_per_teu extra_days",
    of={
        "destination": "label",
        "title": lambda row: row.winner and row.winner.name,
        "cost_usd_per_teu": lambda row: row.winner and row.winner.cost_usd_per_teu,
        "days": lambda row: row.winner and row.winner.days,
        "next_title": lambda row: row.runner_up and row.runner_up.name,
        "extra_usd_per_teu": lambda row: row.extra and row.extra[0],
        "extra_days": lambda row: row.extra and row.extra[1],
    },
)
CATCHMENT_SHARES = Table(
    name="way_shares",
    about="The share of a way in the boxes to a destination, with its range.",
    rows_of=lambda found: [
        Beside(share, destination=one.asked, name=one.name)
        for one in found.to
        for share in one.shares
    ],
    files=f"destination name {SHARES.files}",
    reads=f"name {SHARES.reads}",
    exact=significant,
)
AT_VALUES = Table(
    name="catchments_at",
    about="A destination with its best corridor by value of a figure, and where that changes.",
    files="destination first_change_at",
)
TURNS = Table(
    name="catchments-over",
    about="A value of a driver at which the best corridor to a destination changes.",
    rows_of=attrgetter("turns"),
    files="destination name before after at",
    exact=significant,
)


def _json(found: Catchments | CatchmentsOver, table: Table) -> str:
    """Return the rows of a table, and the scenario that they are about."""
    record = {"scenario": scenario_record(found.scenario), "rows": table.records(found)}
    if table is REACHED and found.scenario.choice is Choice.SHARES:
        record["shares"] = CATCHMENT_SHARES.records(found)
    return as_text(record)


FRAMES = {
    "catchments.json": {
        "table": (REACHED, "rows"),
        "shares": lambda held: CATCHMENT_SHARES.given.frame(held.get("shares", ())),
    },
    "catchments-over.json": {"table": (TURNS, "rows")},
}


def _reached(one: Catchment) -> Iterator[Beside]:
    """Yield a row by corridor, or one without if the destination cannot be asked about."""
    nothing = Reached(corridor="", title="")
    for reached in one.reached or (nothing,):
        known = reached is not nothing
        yield Beside(
            one,
            destination=one.asked,
            corridor=reached.corridor if known else None,
            title=reached.name if known else None,
            best=known and reached.corridor == one.best,
            cost_usd_per_teu=reached.cost_usd_per_teu,
            days=reached.days,
        )


def extra_of(one: Catchment) -> tuple[float, float] | None:
    """Return how much more the next cheapest corridor takes than the best, in USD and days."""
    best, other = one.winner, one.runner_up
    if best is None or other is None:
        return None
    usd = (other.cost_usd_per_teu or 0.0) - (best.cost_usd_per_teu or 0.0)
    return usd, (other.days or 0.0) - (best.days or 0.0)


def labelled(ones: Sequence[Catchment]) -> list[tuple[str, Catchment]]:
    """Return destinations with what a table calls them: their ids only where names are alike."""
    count = Counter(one.name for one in ones)
    return [(f"{o.name} ({o.place})" if count[o.name] > 1 else o.name, o) for o in ones]


def _heading(scenario: Scenario) -> str:
    return f"From {scenario.origin}, departing {scenario.departure.isoformat()}"
