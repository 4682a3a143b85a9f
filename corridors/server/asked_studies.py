"""Routes, distances, seasons and studies: what the commands of these names print as JSON.

For the page some are an answer in sentences and the sections of their own pages.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from corridors.config.config_files import find_file
from corridors.config.faults import read_yaml
from corridors.errors import ConfigError
from corridors.output.listings import places_like, places_near
from corridors.output.store import as_text, listing_json
from corridors.progress import Progress
from corridors.server.answering import Answers, Given
from corridors.server.described import PlacesAsked
from corridors.server.guard import BAD_INPUT, Reply, compact, problem
from corridors.server.questions import is_file, scenario_of, values_of, without_sheets, yaml_of

USUAL_SCENARIO = "shanghai-europe"
_WITH_FILES = "corridors compare scenario.yaml --out result"


def route(answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with the cheapest route; what its scenario leaves out is that of the command."""
    from corridors.studies.route.run import RouteKeys
    from corridors.studies.route.run import route as find

    values = {**_usual_of_routes(), **given["scenario"]}
    scenario = scenario_of(values, own=answers.own, names=answers.names)
    corridor = _shipped(given.get("corridor"), "corridor")
    asked = RouteKeys(base=scenario, corridor=corridor, via=tuple(given.get("via", ())))
    found = find(scenario.origin, scenario.destination, session=answers.session, **asked)
    return _in_words(as_text(found.record))


@lru_cache(maxsize=1)
def _usual_of_routes() -> dict[str, object]:
    """Return the day and the shipment of a route that is asked for without them."""
    file, _ = find_file(USUAL_SCENARIO, "scenario")
    values: Any = read_yaml(file).plain
    return {key: values[key] for key in ("departure", "shipment")}


def distances(_answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with a row for each pair of places."""
    from corridors.network.sea.sea_distances import GatesAsked, distance_rows
    from corridors.network.sea.sea_distances import distances as find
    from corridors.network.sea.sea_ways import sea_ways

    places = list(dict.fromkeys(given["places"]))
    if len(places) < 2:
        msg = "places: distances need at least two different places: name one more"
        raise ConfigError(msg)
    more: dict[str, Any] = {key: given[key] for key in GatesAsked.__annotations__}
    found = find(places, **more)
    rows = distance_rows(found)
    if given["gates"]:
        for row, way in zip(rows, sea_ways(found.places, **more), strict=True):
            row["gates"] = list(way.gates)
    return _in_words(listing_json(rows))


def month(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the best option and all options of one departure of `compare --months`."""
    from corridors.domain.places import months_later
    from corridors.output.html.map.content import month_record
    from corridors.output.monthly import BEST, best_rows, month_rows
    from corridors.studies.compare.run import by_month

    asked = answers.scenario(given)
    day = months_later(asked.departure, given["number"])
    found = by_month(
        replace(asked, departure=day), session=answers.session, count=1, progress=progress
    )
    (best,) = BEST.given.records(best_rows(found))
    record = {
        "number": given["number"],
        "month": best["month"],
        "departure": day.isoformat(),
        "best": best,
        "options": month_rows(found),
        "strip": month_record(found[0]),
    }
    return Reply(body=compact(record))


def places_reply(asked: PlacesAsked) -> Reply:
    """Return the places of a name or near a point; no worker is needed for them."""
    if not asked.near:
        return Reply(body=compact(places_like(asked.q, limit=asked.limit)))
    point = _point(asked.near)
    if point is None:
        return problem(BAD_INPUT, "near: give lat,lon in degrees", field="near")
    lat, lon = point
    return Reply(body=compact(places_near(lon, lat, limit=asked.limit)))


def _point(text: str) -> tuple[float, float] | None:
    try:
        lat, lon = map(float, text.split(","))
    except ValueError:
        return None
    return (lat, lon) if -90.0 <= lat <= 90.0 and -180.0 <= lon <= 360.0 else None


def scenario(answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with the YAML of a question and the command that gives the same, or the reverse."""
    values = given.get("scenario")
    if values is None:
        values = values_of(given["yaml"])
    scenario_of(values, own=answers.own, names=answers.names)
    values = without_sheets(values, named=True)
    parts = {"yaml": yaml_of(values), "scenario": values, "command": _WITH_FILES}
    return Reply(body=compact(parts))


def _in_words(text: str) -> Reply:
    return Reply(body=text.encode())


def _shipped(name: str | None, key: str) -> str | None:
    """Return the name of a corridor, None for none; the path of a file is refused."""
    if name is not None and is_file(name):
        msg = f"{key}: names a file; give the id of a shipped corridor"
        raise ConfigError(msg)
    return name
