"""Routes, distances, seasons and studies: what the commands of these names print as JSON.

For the page some are an answer in sentences and the sections of their own pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from corridors.config.config_files import find_file
from corridors.config.nodes import read_yaml
from corridors.errors import ConfigError
from corridors.output.records import as_text, listing_json
from corridors.progress import Progress
from corridors.server.answering import Answers, Given
from corridors.server.asked import MOST_DESTINATIONS
from corridors.server.questions import is_file, scenario_of, values_of, yaml_of
from corridors.server.replies import Reply, compact

if TYPE_CHECKING:
    from corridors.output.catchment_records import Catchments
    from corridors.output.driver_moves import BreakEven
    from corridors.output.html.report.report_page import Section
    from corridors.output.simulated import Simulation

USUAL_SCENARIO = "shanghai-europe"
COMMAND = "corridors compare scenario.yaml --out result"


def route(answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with the cheapest route; what its scenario leaves out is that of the command."""
    from corridors.studies.route import (
        Asked,
        off_lanes,
        route_in_other_world,
        route_record,
        routes_between,
    )

    values = {**_usual_of_routes(), **given["scenario"]}
    scenario = scenario_of(values, own=answers.own, names=answers.names)
    corridor = _shipped(given.get("corridor"), "corridor")
    asked = Asked(base=scenario, corridor=corridor, via=tuple(given.get("via", ())))
    ends, session = (scenario.origin, scenario.destination), answers.session
    option, quickest, day = routes_between(*ends, session=session, **asked)
    other = route_in_other_world(*ends, option, day, session=session, **asked)
    record = route_record(option, off_lanes(option), scenario.world, quickest, other)
    return _text(as_text(record))


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
    return _text(listing_json(rows))


def season(_answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with when a corridor through ice is open."""
    from corridors.studies.result_files import season_record
    from corridors.studies.season import season as find

    asked = {**given, "corridor": _shipped(given["corridor"], "corridor") or ""}
    return _text(as_text(season_record(find(**asked))))


def explain(answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with every leg, cost line and source of one corridor."""
    from corridors.studies.explain import explain_option, explained_record

    corridor = _shipped(given["corridor"], "corridor") or ""
    found = explain_option(answers.scenario(given), corridor, session=answers.session)
    return _text(as_text(explained_record(found)))


def simulate(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with what draws say of the options."""
    from corridors.output.simulated import simulation_record
    from corridors.studies.simulate import simulate as run

    found = run(
        answers.scenario(given),
        draws=given["count"],
        seed=given["seed"],
        by=_day(given["by"]),
        session=answers.session,
        progress=progress,
    )
    if given["page"]:
        return simulation_parts(found)
    return _text(as_text(simulation_record(found)))


def breakeven(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the values of a driver at which another option becomes the best."""
    from corridors.output.driver_moves import break_even_record
    from corridors.studies.breakeven import break_even

    found = break_even(
        answers.scenario(given),
        given["over"],
        first=given["first"],
        last=given["last"],
        session=answers.session,
        progress=progress,
    )
    if given["page"]:
        return break_even_parts(found, given["over"])
    return _text(as_text(break_even_record(found)))


def phase(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the best option over the ranges of two drivers."""
    from corridors.output.driver_moves import phase_record
    from corridors.studies.phase import phase as run

    found = run(
        answers.scenario(given),
        given["x"],
        given["y"],
        cells=given["cells"],
        session=answers.session,
        progress=progress,
    )
    return _text(as_text(phase_record(found)))


def catchments(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the best corridor to each of many destinations."""
    from corridors.output.catchment_records import REACHED
    from corridors.studies.catchments import catchments as run
    from corridors.studies.catchments import terminals_in

    asked = answers.scenario(given)
    names = [*given["to"], *terminals_in(asked, given["countries"])]
    if len(names) > MOST_DESTINATIONS:
        msg = (
            f"to: at most {MOST_DESTINATIONS} destinations here, got {len(names)}; use the command"
        )
        raise ConfigError(msg)
    found = run(asked, names, session=answers.session, progress=progress)
    if given["page"]:
        return catchment_parts(found)
    return _text(listing_json(REACHED.records(found)))


def month(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the best option and all options of one departure of `compare --months`."""
    from corridors.domain.windows import months_later
    from corridors.output.html.map.months_strip import month_record
    from corridors.output.monthly import best_rows, month_rows
    from corridors.studies.months import by_month

    asked = answers.scenario(given)
    day = months_later(asked.departure, given["number"])
    found = by_month(
        replace(asked, departure=day), session=answers.session, count=1, progress=progress
    )
    (best,) = best_rows(found)
    record = {
        "number": given["number"],
        "month": best["month"],
        "departure": day.isoformat(),
        "best": best,
        "options": month_rows(found),
        "strip": month_record(found[0]),
    }
    return Reply(body=compact(record))


def scenario(answers: Answers, given: Given, _progress: Progress) -> Reply:
    """Answer with the YAML of a question and the command that gives the same, or the reverse."""
    values = given.get("scenario")
    if values is None:
        values = values_of(given["yaml"])
    scenario_of(values, own=answers.own, names=answers.names)
    return Reply(body=compact({"yaml": yaml_of(values), "scenario": values, "command": COMMAND}))


def _text(text: str) -> Reply:
    return Reply(body=text.encode())


def _shipped(name: str | None, key: str) -> str | None:
    """Return the name of a corridor, None for none; the path of a file is refused."""
    if name is not None and is_file(name):
        msg = f"{key}: names a file; give the id of a shipped corridor"
        raise ConfigError(msg)
    return name


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = "by: must be a date such as 2026-10-15"
        raise ConfigError(msg) from None


def simulation_parts(found: Simulation) -> Reply:
    """Return what draws say of the options."""
    from corridors.output.display_names import capitalised
    from corridors.output.html.pages.simulate_page import simulation_sections
    from corridors.output.simulated import answers

    return _parts(map(capitalised, answers(found)), simulation_sections(found))


def break_even_parts(found: BreakEven, asked: str) -> Reply:
    """Return where another option becomes the best; `asked` is the key of what moves."""
    from corridors.output.html.pages.breakeven_parts import break_even_sections
    from corridors.server.start import SLIDERS, VALUE_OF_A_DAY

    driver = dict(SLIDERS).get(asked)
    says = found.sentences_of(f"{driver}:") if driver else found.sentences
    sections = break_even_sections(found, driver=driver or VALUE_OF_A_DAY, colours=_colours())
    return _parts(says, sections)


def catchment_parts(found: Catchments) -> Reply:
    """Return the best corridor to each destination."""
    from corridors.output.html.pages.catchments_page import catchment_answer, catchment_sections

    return _parts(catchment_answer(found), catchment_sections(found, colours=_colours()))


@lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    from corridors.config import load_corridors

    return {corridor.id: corridor.colour for corridor in load_corridors("shipped")}


def _parts(answer: Iterable[str], sections: Sequence[Section]) -> Reply:
    kept = [
        {"id": one.id, "heading": one.heading, "html": one.body} for one in sections if one.body
    ]
    return Reply(body=compact({"answer": list(answer), "sections": kept}))
