"""A scenario under stress: closures one by one and in pairs, ranked by what they cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.config import load_corridors
from corridors.domain.scenario import Scenario
from corridors.pipeline import Desk
from corridors.pipeline.question import Question
from corridors.resilience.closing import Rerouter, Way
from corridors.resilience.places import KINDS, Passed, passed
from corridors.resilience.severed import Severed, severed

if TYPE_CHECKING:
    import geopandas
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class StressRow:
    """What a closure costs: one place, or two of which the second lies on the way round the first.

    `corridor` is the one that is best then, None where nothing is left. Extras are against the
    best way with everything open, in USD per TEU and in days from gate-in to gate-out; None where
    nothing is left.
    """

    closed: tuple[Passed, ...]
    corridor: str | None
    usd_per_teu: float | None
    days: float | None
    extra_usd_per_teu: float | None
    extra_days: float | None

    @property
    def place(self) -> str:
        """The closed places by their ids: `gate-suez`, or `gate-suez + gate-good-hope`."""
        return " + ".join(place.key for place in self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """A scenario's best way, what it costs to lose each place, and what severs its ends by land.

    `rows` begin with what cuts the ends off, then the dearest. `spots` holds (lon, lat) of the
    places in them.
    """

    scenario: Scenario
    corridor: str
    usd_per_teu: float
    days: float
    rows: tuple[StressRow, ...]
    severed: Severed
    spots: dict[str, tuple[float, float]]

    @property
    def table(self) -> pd.DataFrame:
        """The closures as a DataFrame, a row one or two places, worst first."""
        import pandas as pd

        from corridors.resilience.records import row_record

        return pd.DataFrame([row_record(row) for row in self.rows])

    @property
    def places(self) -> geopandas.GeoDataFrame:
        """A GeoDataFrame, one row a closure of one terminal or gate, at its place (EPSG:4326)."""
        import geopandas
        import shapely

        from corridors.resilience.records import row_record

        single = [r for r in self.rows if len(r.closed) == 1 and r.closed[0].key in self.spots]
        return geopandas.GeoDataFrame(
            [row_record(row) for row in single],
            geometry=[shapely.Point(self.spots[row.closed[0].key]) for row in single],
            crs="EPSG:4326",
        )


def stress(
    scenario: Scenario, *, kinds: Collection[str] = KINDS, pairs: bool = True
) -> Stress | None:
    """Return what breaks when places of a scenario's best way close; None if nothing is usable.

    Places that the best way does not pass are left out: closing them changes nothing.

    Parameters
    ----------
    scenario
        Its corridors are those there are to choose from.
    kinds
        Any of `gates`, `borders` and `terminals`.
    pairs
        Close pairs too: a place of the best way, and one of the best way round that.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter of the scenario is unknown.
    """
    question = Desk().pose(scenario, load_corridors(scenario.corridors or "all"))
    ways = Rerouter(question)
    usual = ways.best()
    if usual is None:
        return None
    topology = question.ground.topology
    rows: dict[frozenset[str], StressRow] = {}
    for first in passed(topology, usual.arcs, kinds):
        way = ways.best((first.key,))
        rows[frozenset((first.key,))] = _row((first,), way, usual)
        if way is None or not pairs:
            continue
        for second in passed(topology, way.arcs, kinds):
            both = frozenset((first.key, second.key))
            if both not in rows:
                rows[both] = _row((first, second), ways.best(both), usual)
    return Stress(
        scenario=scenario,
        corridor=usual.candidate.corridor,
        usd_per_teu=usual.candidate.cost_usd_per_teu,
        days=usual.candidate.days,
        rows=tuple(sorted(rows.values(), key=_worst_first)),
        severed=severed(question),
        spots=_spots(question, rows.values()),
    )


def _row(closed: tuple[Passed, ...], way: Way | None, usual: Way) -> StressRow:
    if way is None:
        return StressRow(
            closed=closed,
            corridor=None,
            usd_per_teu=None,
            days=None,
            extra_usd_per_teu=None,
            extra_days=None,
        )
    now, before = way.candidate, usual.candidate
    return StressRow(
        closed=closed,
        corridor=now.corridor,
        usd_per_teu=now.cost_usd_per_teu,
        days=now.days,
        extra_usd_per_teu=now.cost_usd_per_teu - before.cost_usd_per_teu,
        extra_days=now.days - before.days,
    )


def _worst_first(row: StressRow) -> tuple[bool, float, float, int, str]:
    return (
        row.extra_usd_per_teu is not None,
        -(row.extra_usd_per_teu or 0.0),
        -(row.extra_days or 0.0),
        len(row.closed),
        row.place,
    )


def _spots(question: Question, rows: Collection[StressRow]) -> dict[str, tuple[float, float]]:
    wanted = {place.key for row in rows for place in row.closed}
    spots: dict[str, tuple[float, float]] = {}
    for place in question.ground.topology.places:
        key = place.id.split("#")[0]
        if key in wanted:
            spots.setdefault(key, (place.lon, place.lat))
    return spots


__all__: Sequence[str] = ("Stress", "StressRow", "stress")
