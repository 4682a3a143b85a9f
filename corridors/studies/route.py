"""Find one route between two places, without a scenario file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypedDict, Unpack

from corridors.config import load_corridors, load_scenario
from corridors.config.names import Names
from corridors.config.own_data import overlay_for
from corridors.domain.results import Alternative, RouteOption
from corridors.routing.question import ANY_CORRIDOR, Question
from corridors.studies.alternatives import alternatives
from corridors.studies.option import option_of
from corridors.studies.session import Session

DEFAULT_SCENARIO = "shanghai-europe"


class Asked(TypedDict, total=False):
    """Options of a route, all optional.

    `corridor`: id of the corridor to stay in; None for any. `services`: the families or services to
    use. `departure`: by default that of the shipped scenario `shanghai-europe`, whose shipment is
    used too. `own_data`: folders and files of the user's terminals, legs and rates. `on_conflict`:
    `error`, or `last` to let later data win.
    """

    corridor: str | None
    services: tuple[str, ...]
    departure: date | None
    own_data: tuple[str, ...]
    on_conflict: str


def route_between(
    origin: str, destination: str, *, certify: bool = False, **asked: Unpack[Asked]
) -> tuple[RouteOption, date]:
    """Return the cheapest route between two places, with notes on own data, and its departure.

    Parameters
    ----------
    origin, destination
        As `locate` takes them.
    certify
        Also certify a route that depends on dates, on the time-expanded network.
    asked
        See `Asked`.

    Raises
    ------
    ConfigError
        A place, corridor or service is unknown.
    CertificateError
        OR-Tools and the label setting disagree.
    """
    question = _posed(origin, destination, asked)
    option = option_of(question, certify=certify, fast=False)
    warnings = (*question.overlay.notes, *option.warnings)
    return replace(option, warnings=warnings), question.scenario.departure


def alternatives_between(
    origin: str, destination: str, count: int, **asked: Unpack[Asked]
) -> tuple[tuple[Alternative, ...], date]:
    """Return up to `count` routes between two places that differ in what they pass, and the day.

    Parameters and errors are those of `route_between`.
    """
    question = _posed(origin, destination, asked)
    return alternatives(question, count), question.scenario.departure


def _posed(origin: str, destination: str, asked: Asked) -> Question:
    scenario = load_scenario(
        DEFAULT_SCENARIO,
        departure=asked.get("departure"),
        own_data=asked.get("own_data", ()),
        set_values=[f"on_conflict={asked.get('on_conflict', 'error')}"],
    )
    scenario = replace(
        scenario,
        origin=origin,
        destination=destination,
        services=asked.get("services", ()),
        source_path="",
        text={},
    )
    corridor = asked.get("corridor")
    names = Names(overlay_for(scenario))
    inside = ANY_CORRIDOR if corridor is None else load_corridors([corridor], names=names)[0]
    return Session().pose(scenario, (inside,))
