"""The corridors from one origin to many destinations, and their records for files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.domain.scenario import Scenario
from corridors.output.display_names import name_of_way
from corridors.output.records import significant
from corridors.output.tables import Beside, Table

if TYPE_CHECKING:
    import pandas as pd


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
    `reason` says why the destination cannot be asked about; it has no corridors then.
    """

    asked: str
    place: str
    name: str
    country: str
    reached: tuple[Reached, ...] = ()
    best: str = ""
    reason: str = ""
    lon_lat: tuple[float, float] | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchments:
    """The corridors from the origin of a scenario to many destinations, in the order given.

    `note` says why they are by cost where the scenario asked for prices; empty if they are not.
    """

    scenario: Scenario
    to: tuple[Catchment, ...]
    note: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a DataFrame."""
        return REACHED.frame(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The value of a driver at which the best corridor to a destination changes, in titles."""

    destination: str
    name: str
    before: str
    after: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchmentsOver:
    """Catchments at some values of a driver, and where each destination changes hands.

    `at` are by value; `value` is that of the scenario.
    """

    scenario: Scenario
    key: str
    unit: str
    value: float
    values: tuple[float, ...]
    at: tuple[Catchments, ...]
    turns: tuple[Turn, ...]


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
TURNS = Table(
    name="catchments-over",
    about="A value of a driver at which the best corridor to a destination changes.",
    rows_of=attrgetter("turns"),
    files="destination name before after at",
    exact=significant,
)


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
