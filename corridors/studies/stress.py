"""Stress a scenario: close places one by one and in pairs, and rank the extra cost."""

from __future__ import annotations

from collections.abc import Collection

from corridors.domain.results import Candidate
from corridors.domain.scenario import OTHER, Scenario
from corridors.routing.question import Question
from corridors.studies.closures.closable_places import KINDS, Passed, passed
from corridors.studies.closures.closing import Rerouter
from corridors.studies.closures.severed import severed
from corridors.studies.closures.stress_records import Stress, StressRow
from corridors.studies.session import Session


def stress(
    scenario: Scenario,
    *,
    kinds: Collection[str] = KINDS,
    pairs: bool = True,
    session: Session | None = None,
) -> Stress | None:
    """Return what the closure of places of the best route costs; None if nothing is usable.

    Places off the best route are left out, because closing them changes nothing.

    Parameters
    ----------
    scenario
        Routes may use any of its corridors.
    kinds
        Any of `gates`, `borders` and `terminals`.
    pairs
        Also close pairs: a place of the best route and one of the best detour around it.
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter of the scenario is unknown.
    """
    session = session or Session()
    corridors = session.corridors_of(scenario)
    question = session.pose(scenario, [c for c in corridors if c.id != OTHER])
    rerouter = Rerouter(question)
    usual = rerouter.best()
    if usual is None:
        return None
    topology = question.bundle.topology
    rows: dict[frozenset[str], StressRow] = {}
    for first in passed(topology, usual.arcs, kinds):
        detour = rerouter.best((first.key,))
        rows[frozenset((first.key,))] = _row((first,), detour, usual)
        if detour is None or not pairs:
            continue
        for second in passed(topology, detour.arcs, kinds):
            both = frozenset((first.key, second.key))
            if both not in rows:
                rows[both] = _row((first, second), rerouter.best(both), usual)
    return Stress(
        scenario=scenario,
        corridor=usual.corridor,
        usd_per_teu=usual.cost_usd_per_teu,
        days=usual.days,
        rows=tuple(sorted(rows.values(), key=_worst_first)),
        severed=severed(question),
        spots=_spots(question, rows.values()),
    )


def _row(closed: tuple[Passed, ...], detour: Candidate | None, usual: Candidate) -> StressRow:
    if detour is None:
        return StressRow(closed=closed)
    return StressRow(
        closed=closed,
        corridor=detour.corridor,
        usd_per_teu=detour.cost_usd_per_teu,
        days=detour.days,
        extra_usd_per_teu=detour.cost_usd_per_teu - usual.cost_usd_per_teu,
        extra_days=detour.days - usual.days,
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
    for place in question.bundle.topology.places:
        key = place.id.split("#")[0]
        if key in wanted:
            spots.setdefault(key, (place.lon, place.lat))
    return spots
