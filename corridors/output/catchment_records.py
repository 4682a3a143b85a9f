"""The corridors from one origin to many destinations, and their records for files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.domain.scenario import Scenario
from corridors.output.contract import Figure, Part, record_of
from corridors.output.display_names import name_of_way
from corridors.output.records import Record, frame

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


class CatchmentRecord(Part):
    """A corridor to a destination under the keys of `catchments`; figures are None without route.

    A destination that cannot be asked about has one row, with the reason.
    """

    destination: str
    place: str
    name: str
    country: str
    corridor: str | None = None
    title: str | None = None
    best: bool = False
    cost_usd_per_teu: Figure | None = None
    days: Figure | None = None
    reason: str = ""


COLUMNS = tuple(CatchmentRecord.model_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchments:
    """The corridors from the origin of a scenario to many destinations, in the order given.

    `note` says why they are by cost where the scenario asked for prices; empty if they are not.
    """

    scenario: Scenario
    to: tuple[Catchment, ...]
    note: str = ""

    @property
    def records(self) -> list[Record]:
        """A row by destination and corridor."""
        return [dict(row) for one in self.to for row in _rows(one)]

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a DataFrame."""
        return frame(self.records, columns=COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The value of a driver at which the best corridor to a destination changes, in titles."""

    destination: str
    name: str
    before: str
    after: str
    at: float


TurnRecord = record_of(Turn, figure=Figure)
TURN_COLUMNS = tuple(TurnRecord.model_fields)


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

    @property
    def records(self) -> list[Record]:
        """A row by turn."""
        return [TurnRecord.model_validate(turn).plain() for turn in self.turns]


def _rows(one: Catchment) -> list[CatchmentRecord]:
    alone = CatchmentRecord(
        destination=one.asked,
        place=one.place,
        name=one.name,
        country=one.country,
        reason=one.reason,
    )
    made = [
        {
            "corridor": reached.corridor,
            "title": reached.name,
            "best": reached.corridor == one.best,
            "cost_usd_per_teu": reached.cost_usd_per_teu,
            "days": reached.days,
        }
        for reached in one.reached
    ]
    return [CatchmentRecord(**{**dict(alone), **row}) for row in made] or [alone]
