"""What catchments are asked with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from corridors.errors import OptionError
from corridors.studies.scenario_keys import (
    Names,
    Places,
    ScenarioKeys,
    ScenarioLike,
    names_of,
    place_text,
    scenario_of,
)
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario
    from corridors.studies.catchments.result import Catchments, CatchmentsOver
    from corridors.studies.session import Session


def catchments(
    session: Session,
    scenario: ScenarioLike | None = None,
    destinations: Places = (),
    *,
    countries: Names = (),
    **keys: Unpack[ScenarioKeys],
) -> Catchments:
    """Compare the corridors from one origin to many destinations.

    Parameters
    ----------
    scenario
        As in `compare`; its own destination does not count.
    destinations
        A destination: a city, code, terminal or `lon,lat`.
    countries
        All terminals in a country, e.g. `DE`.
    keys
        Keys of a scenario, as in `compare`.

    Raises
    ------
    CorridorsError
        A destination, a keyword or another key is unknown or out of range.

    Examples
    --------
    >>> found = corridors.catchments("shanghai-europe", ["Hamburg", "Warsaw"])
    >>> list(found.best["name"])
    ['Hamburg', 'Warsaw']
    """
    from corridors.studies.catchments import run

    asked, names = _asked(session, scenario, destinations, countries, keys, "catchments()")
    return run.catchments(asked, names, session=session, progress=session.progress)


def catchments_over(
    session: Session,
    scenario: ScenarioLike | None = None,
    over: str = "value_of_time",
    destinations: Places = (),
    *,
    countries: Names = (),
    first: float | None = None,
    last: float | None = None,
    values: int = 5,
    **keys: Unpack[ScenarioKeys],
) -> CatchmentsOver:
    """Find where the best corridor to each of many destinations changes while a figure moves.

    Parameters
    ----------
    scenario
        As in `compare`; its own destination does not count.
    over
        Move a parameter, or `value_of_time`, and print where the best corridor changes.
    destinations
        As in `catchments`.
    countries
        As in `catchments`.
    first
        Least value.
    last
        Greatest value.
    values
        At how many values to compare, 2 to 50; else 5.
    keys
        Keys of a scenario, as in `compare`.

    Raises
    ------
    CorridorsError
        The parameter, its range, a destination or a key is unknown or out of range.

    Examples
    --------
    >>> moved = corridors.catchments_over("shanghai-europe", "value_of_time", ["Hamburg", "Koper"],
    ...                                   values=2, corridors=["suez", "kazakhstan-dostyk"])
    >>> list(moved.table["destination"])
    ['Hamburg', 'Koper']
    """
    from corridors.studies.catchments import run as moving

    asked, names = _asked(session, scenario, destinations, countries, keys, "catchments_over()")
    return moving.catchments_over(
        asked,
        names,
        over,
        first=first,
        last=last,
        count=values,
        session=session,
        progress=session.progress,
    )


def _asked(
    session: Session,
    scenario: ScenarioLike | None,
    destinations: Places,
    countries: Names,
    keys: Mapping[str, object],
    call: str,
) -> tuple[Scenario, list[str]]:
    """Return the scenario and the destinations, those in countries too."""
    from corridors.studies.catchments.run import terminals_in

    listed = [destinations] if isinstance(destinations, str) else list(destinations)
    named = [place_text(place) for place in listed]
    inside = names_of(countries, keyword="countries")
    if scenario is None and "destination" not in keys and (named or inside):
        # A scenario has one; each of these takes its place.
        keys = {**keys, "destination": named[0] if named else keys.get("origin", "")}
    asked = scenario_of(scenario, keys, call=call)
    names = [*named, *terminals_in(asked, inside)]
    most = session.limits.get("destinations", len(names))
    if len(names) > most:
        msg = f"`destinations`: at most {most} destinations here, got {len(names)}; use the command"
        raise OptionError(msg)
    return asked, names


STUDY = Study(
    ask=catchments,
    example="corridors catchments shanghai-europe --in PL --in CZ",
    rank=20,
    outputs=("catchments.json", "catchments.csv", "catchments.html", "catchments-map.html"),
    more_help="With --out it also writes a map of their regions.",
    over=catchments_over,
    keys=("choice", "schedules"),
    outputs_over=("catchments-over.json", "catchments-over.csv"),
    options={
        # A server shares its time.
        "destinations": Option(flag="to", member="to", completes="places", most_served=100),
        "countries": Option(flag="in", shown="COUNTRY", completes="countries", most_served=10),
        "over": Option(shown="PARAMETER", completes="parameters"),
        "first": Option(flag="from"),
        "last": Option(flag="to-value"),
        "values": Option(least=2, most=50),
    },
)
