"""What a route is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from corridors.studies.scenario_keys import (
    Day,
    KeysOfRoutes,
    Names,
    Place,
    day_of,
    names_of,
    place_text,
    scenario_of,
)
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.route.result import Route
    from corridors.studies.session import Session


def route(
    session: Session,
    origin: Place,
    destination: Place,
    *,
    corridor: str | None = None,
    via: Names = (),
    services: Names = (),
    departure: Day | None = None,
    world: str = "current",
    own_data: Names = (),
    schedules: Names = (),
    on_conflict: str = "error",
    alternatives: int = 0,
    certify: bool = False,
    **keys: Unpack[KeysOfRoutes],
) -> Route:
    """Find the cheapest route between two places.

    Parameters
    ----------
    origin
        A name, UN/LOCODE, terminal id or lon,lat.
    destination
        A place, in the same form.
    corridor
        Keep the route inside this corridor.
    via
        Pass this gate, border (BY-PL), terminal or city, in order.
    services
        Allow only this service, or rail, sea, road.
    departure
        Departure date; default: as shanghai-europe.
    world
        What is taken as open; see `corridors list worlds`.
    own_data
        Add your own terminals, legs and rates.
    schedules
        Go by the sailings of your files where they serve.
    on_conflict
        If own data disagree: error or last.
    alternatives
        Add this many routes that differ in gates, borders or modes, up to 20.
    certify
        Also certify a route that depends on dates (slower).
    keys
        Other keys of a scenario, such as `shipment` or `limits`.

    Returns
    -------
    route
        The route, the quickest one beside it, and the one in the other world if that differs.

    Raises
    ------
    CorridorsError
        A keyword, place, corridor or service is unknown, or both `corridor` and `via` are
        given.

    Examples
    --------
    >>> found = corridors.route("Chongqing", "Duisburg", services="rail")
    >>> found.borders
    ('CN-KZ', 'KZ-RU', 'RU-BY', 'BY-PL', 'PL-DE')
    """
    from corridors.studies.route import run

    ends = place_text(origin), place_text(destination)
    asked = run.RouteKeys(
        corridor=corridor,
        via=names_of(via, keyword="via"),
        services=names_of(services, keyword="services"),
        departure=day_of(departure, keyword="departure"),
        world=world,
        own_data=names_of(own_data, keyword="own_data"),
        schedules=names_of(schedules, keyword="schedules"),
        on_conflict=on_conflict,
    )
    if keys:
        asked["base"] = scenario_of(run.scenario_between(*ends, asked), keys, call="route()")
    return run.route(*ends, certify=certify, alternatives=alternatives, session=session, **asked)


STUDY = Study(
    ask=route,
    example="corridors route Chongqing Duisburg --corridor kazakhstan-dostyk",
    rank=1,
    options={
        "origin": Option(argument=True, completes="places"),
        "destination": Option(argument=True, completes="places"),
        "corridor": Option(completes="corridors", is_corridor=True),
        "via": Option(completes="via"),
        "services": Option(flag="service", completes="services"),
        "world": Option(completes="worlds"),
        "alternatives": Option(least=0, most=20),
    },
    shows={
        "legs": "Show every leg and every sentence.",
        "notes": "Print what each note says, with date and source.",
    },
    is_served=False,
)
