"""Forty named journeys: the way expected, written down before the first run, and the way found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corridors.config import load_scenario
from corridors.data.cities import plain
from corridors.data.geodata import load_terminals
from corridors.domain.places import Terminal, family_of
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scenario
from corridors.errors import CorridorsError
from corridors.network.locate import world_ports
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

FOLDER = Path(__file__).parent
OPEN, CURRENT = "reference-open", "current"
WORLDS = (OPEN, CURRENT)
AS_EXPECTED_AT_LEAST = 36
FEW = ("shanghai-rotterdam-2024", "xian-warsaw-by-rail", "shanghai-almaty", "busan-gdansk")
"""Those that run with the unit tests."""
RAIL = (
    *("kazakhstan-dostyk", "kazakhstan-khorgos", "kazakhstan-moscow-kazan"),
    *("trans-siberian", "trans-mongolian"),
)


@cache
def content() -> Any:
    return yaml.load(
        (FOLDER / "journeys.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )


@cache
def days_content() -> Any:
    return yaml.load(
        (FOLDER / "journey_days.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )


@cache
def journeys() -> Mapping[str, Any]:
    return {row["id"]: row for row in content()["journeys"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a route shows: every id it touches, its ports, and the means of transport in order.

    `ports` are the ends of its part by sea and the places between where the box changes ships,
    empty if it has no such part. `between` are means of transport other than ships between two
    parts by sea.
    """

    touched: frozenset[str]
    ports: tuple[str, ...]
    before: tuple[str, ...]
    between: tuple[str, ...]
    after: tuple[str, ...]


def means(service: str) -> str:
    """Return the means of transport of a service: rail, road, barge, ferry or sea."""
    family = family_of(service)
    return "barge" if family in ("river", "barge") else family


def way_of(option: RouteOption) -> Way:
    legs = option.legs
    touched = {end.split("#")[0] for leg in legs for end in (leg.from_id, leg.to_id)}
    touched |= {gate.split("#")[0] for gate in option.passages}
    by = [means(leg.service) for leg in legs]
    at_sea = [i for i, way in enumerate(by) if way == "sea"]
    if not at_sea:
        return Way(touched=frozenset(touched), ports=(), before=in_turn(by), between=(), after=())
    first, last = at_sea[0], at_sea[-1]
    changes = [
        legs[i].from_id
        for i in range(first + 1, last + 1)
        if by[i] == by[i - 1] == "sea" and legs[i].service != legs[i - 1].service
    ]
    return Way(
        touched=frozenset(touched),
        ports=(legs[first].from_id, *changes, legs[last].to_id),
        before=in_turn(by[:first]),
        between=in_turn(way for way in by[first:last] if way != "sea"),
        after=in_turn(by[last + 1 :]),
    )


def in_turn(ways: Iterable[str]) -> tuple[str, ...]:
    """Return the means of transport in order, each once in a row."""
    turns: list[str] = []
    for way in ways:
        if turns[-1:] != [way]:
            turns.append(way)
    return tuple(turns)


@cache
def terminals() -> Mapping[str, Terminal]:
    return load_terminals()


def name_of(place: str) -> str:
    found = terminals().get(place)
    return str(found.city or found.name) if found else port_name(place)


@cache
def port_name(code: str) -> str:
    return next((port.name for port in world_ports() if port.id == code), code)


def is_one_of(place: str, names: Iterable[str]) -> bool:
    """Return whether a port is one of the cities, names or ids given."""
    known = {plain(place), plain(name_of(place))}
    if place in terminals():
        known |= {plain(alias) for alias in (terminals()[place].name, *terminals()[place].aliases)}
    return any(plain(name) in known for name in names)


def misses(way: Way, expected: Mapping[str, Any]) -> list[str]:
    """Return in what a way differs from one written down, empty if it is that way."""
    through = expected.get("through", ())
    faults = [f"not by {' or '.join(group)}" for group in through if not way.touched & set(group)]
    faults += [f"by {place}" for place in expected.get("avoids", ()) if place in way.touched]
    if "by" in expected:
        used = {*way.before, *way.between, *way.after, *(["sea"] if way.ports else [])}
        faults += [f"by {means}" for means in sorted(used - set(expected["by"]))]
    if not way.ports:
        at_sea = {"first_port", "last_port", "change_at", "direct"} & set(expected)
        return faults + (["no ship"] if at_sea else [])
    first, *changes, last = way.ports
    if "first_port" in expected and not is_one_of(first, expected["first_port"]):
        faults.append(f"from {name_of(first)}")
    if "last_port" in expected and not is_one_of(last, expected["last_port"]):
        faults.append(f"to {name_of(last)}")
    if expected.get("direct") and changes:
        faults.append(f"changes at {name_of(changes[0])}")
    if "change_at" in expected:
        if not changes:
            faults.append("changes no ship")
        faults += [
            f"changes at {name_of(port)}"
            for port in changes
            if not is_one_of(port, expected["change_at"])
        ]
    if "first_port" in expected and way.between:
        faults.append(f"{way.between[0]} between two ships")
    for part, ways in (("before", way.before), ("after", way.after)):
        if part in expected:
            faults += [f"{name} {part}" for name in ways if name not in expected[part]]
    return faults


def scenario_of(row: Mapping[str, Any], world: str) -> Scenario:
    """Return the question of a journey; one that names its world keeps it while all is open."""
    asked = row.get("world", world) if world == OPEN else world
    scenario = load_scenario(
        "shanghai-europe",
        departure=row["departure"],
        set_values=[f"world={asked}", "price_basis=cost"],
    )
    return replace(
        scenario,
        name=row["id"],
        origin=row["origin"],
        destination=row["destination"],
        corridors=RAIL if row.get("ask") == "cheapest-rail" else scenario.corridors,
        limits=replace(scenario.limits, max_transit_days=row.get("max_transit_days")),
        source_path="",
        text={},
    )


def answer(row: Mapping[str, Any], session: Session, world: str = OPEN) -> RouteOption | None:
    """Return the option that the program recommends to a journey's question, None if none."""
    compared = compare(scenario_of(row, world), session=session, figures_only=True)
    return compared.recommended


def held_in(expected: Mapping[str, Any], world: str) -> Mapping[str, Any]:
    """Return an expected way as it holds in a world: `current` may pass the Cape for Suez."""
    if world != CURRENT or "through" not in expected:
        return expected
    through = [
        [*group, "gate-good-hope"] if "gate-suez" in group else group
        for group in expected["through"]
    ]
    return {**expected, "through": through}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found for a journey in a world.

    `verdict` is expected, accepted, otherwise or no answer; `reason` why there is no answer.
    """

    id: str
    world: str
    verdict: str
    option: RouteOption | None = None
    way: Way | None = None
    faults: tuple[str, ...] = ()
    reason: str = ""

    @property
    def good(self) -> bool:
        """Whether the way found is expected or accepted."""
        return self.verdict in ("expected", "accepted")


def outcome(row: Mapping[str, Any], session: Session, world: str = OPEN) -> Outcome:
    try:
        option, reason = answer(row, session, world), "no usable option"
    except CorridorsError as error:
        option, reason = None, str(error)
    if option is None:
        return Outcome(id=row["id"], world=world, verdict="no answer", reason=reason)
    way = way_of(option)
    faults = misses(way, held_in(row["expected"], world))
    verdict = "expected"
    if faults:
        others = (held_in(other, world) for other in row.get("accepted", ()))
        verdict = "accepted" if any(not misses(way, other) for other in others) else "otherwise"
    return Outcome(
        id=row["id"],
        world=world,
        verdict=verdict,
        option=option,
        way=way,
        faults=() if verdict == "accepted" else tuple(faults),
    )
