"""Days under way, as the pipeline finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corridors.config import load_corridors, load_scenario
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Override
from corridors.errors import GeodataError
from corridors.studies.option import option_of
from corridors.studies.published.cases import Case
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY

# Its shipment and its day of departure are those of `corridors route`.
SCENARIO = "shanghai-europe"
SHIP_PARTS = ("sea", "ice")


def measured_days(cases: Sequence[Case]) -> dict[str, float]:
    """Return our days by case id; cases of the same ends, day and conditions share a network."""
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in cases:
        key = (case.origin, case.destination, case.departure, case.overrides)
        groups.setdefault(key, []).append(case)
    found: dict[str, float] = {}
    session = Session()
    for group in groups.values():
        options = _options(group, session)
        for case in group:
            found[case.id] = _days(case, options)
    return found


def _options(group: Sequence[Case], session: Session) -> dict[str, RouteOption]:
    """Return the cheapest route of every corridor that the cases of one question name."""
    first = group[0]
    names = list(dict.fromkeys(name for c in group for name in (c.route, c.less) if name))
    corridors = load_corridors(names)
    shipped = load_scenario(SCENARIO)
    scenario = replace(
        shipped,
        origin=first.origin,
        destination=first.destination,
        departure=first.departure or shipped.departure,
        services=tuple(sorted({service for c in corridors for service in c.services})),
        overrides=tuple(_override(key, value) for key, value in first.overrides),
        source_path="",
        text={},
    )
    question = session.pose(scenario, corridors)
    return {corridor.id: option_of(question, number) for number, corridor in enumerate(corridors)}


def _override(key: str, value: float) -> Override:
    parameter, at, scope = key.partition("@")
    return Override(parameter=parameter, scope=scope if at else None, value=value)


def _days(case: Case, options: dict[str, RouteOption]) -> float:
    option = options[case.route]
    match case.quantity:
        case "sea_time":
            return sum(option.time_parts.get(part, 0.0) for part in SHIP_PARTS) / HOURS_PER_DAY
        case "extra_days":
            return _transit(option) - _transit(options[case.less])
        case _:
            return _transit(option)


def _transit(option: RouteOption) -> float:
    if option.transit_days is None:
        msg = f"published cases: corridor {option.corridor} has no route: {option.reason}"
        raise GeodataError(msg)
    return option.transit_days
