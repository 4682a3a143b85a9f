"""One route between two places, without a scenario file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corridors.config import load_corridors, load_scenario
from corridors.config.names import Names
from corridors.config.own_data import overlay_for
from corridors.domain.results import Alternative, RouteOption
from corridors.routing.question import ANY_CORRIDOR, Question
from corridors.studies.alternatives import alternatives
from corridors.studies.option import option_of
from corridors.studies.session import Session

DEFAULT_SCENARIO = "shanghai-europe"


def route_between(
    origin: str,
    destination: str,
    *,
    corridor: str | None = None,
    services: tuple[str, ...] = (),
    departure: date | None = None,
    own_data: tuple[str, ...] = (),
    on_conflict: str = "error",
) -> tuple[RouteOption, date]:
    """Return the cheapest route between two places, warned of own data, and the day it departs.

    Parameters
    ----------
    origin, destination
        As `locate` takes them.
    corridor
        Id of the corridor to stay in; None for any.
    services
        Families or services to which the route is held; empty for the default ones.
    departure
        None for that of the shipped scenario `shanghai-europe`, whose shipment is taken too.
    own_data
        Folders and files of own terminals, legs and rates.
    on_conflict
        `error`, or `last` where the later of two that disagree holds.

    Raises
    ------
    ConfigError
        A place, corridor or service is unknown.
    """
    question = _posed(
        origin,
        destination,
        corridor=corridor,
        services=services,
        departure=departure,
        own_data=own_data,
        on_conflict=on_conflict,
    )
    option = option_of(question, fast=False)
    warnings = (*question.land.notes, *option.warnings)
    return replace(option, warnings=warnings), question.scenario.departure


def alternatives_between(
    origin: str,
    destination: str,
    count: int,
    *,
    corridor: str | None = None,
    services: tuple[str, ...] = (),
    departure: date | None = None,
    own_data: tuple[str, ...] = (),
    on_conflict: str = "error",
) -> tuple[tuple[Alternative, ...], date]:
    """Return so many routes between two places that differ in what they pass, and the day.

    Parameters and errors are those of `route_between`.
    """
    question = _posed(
        origin,
        destination,
        corridor=corridor,
        services=services,
        departure=departure,
        own_data=own_data,
        on_conflict=on_conflict,
    )
    return alternatives(question, count), question.scenario.departure


def _posed(
    origin: str,
    destination: str,
    *,
    corridor: str | None,
    services: tuple[str, ...],
    departure: date | None,
    own_data: tuple[str, ...],
    on_conflict: str,
) -> Question:
    scenario = load_scenario(
        DEFAULT_SCENARIO,
        departure=departure,
        own_data=own_data,
        set_values=[f"on_conflict={on_conflict}"],
    )
    scenario = replace(
        scenario, origin=origin, destination=destination, services=services, source_path="", text={}
    )
    names = Names(overlay_for(scenario))
    inside = ANY_CORRIDOR if corridor is None else load_corridors([corridor], names=names)[0]
    return Session().pose(scenario, (inside,))
