"""Forty named journeys: the way expected, written down before the first run, and the way found.

A few run with the unit tests; `make check-journeys` runs all and prints the table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from corridors.config import load_corridors, load_scenario
from corridors.data.geodata import load_terminals
from corridors.domain.places import Terminal, family_of
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scenario
from corridors.errors import CorridorsError
from corridors.network.locate import plain, world_ports
from corridors.studies.compare import compare
from corridors.studies.session import Session

FILE = Path(__file__).with_name("journeys.yaml")
AS_EXPECTED_AT_LEAST = 36
FEW = ("shanghai-rotterdam-2024", "xian-warsaw-by-rail", "shanghai-almaty", "busan-gdansk")
"""Those that run with the unit tests."""
RAIL = (
    *("kazakhstan-dostyk", "kazakhstan-khorgos", "kazakhstan-moscow-kazan"),
    *("trans-siberian", "trans-mongolian"),
)
KEYS = {"id", "origin", "destination", "departure", "world", "ask", "max_transit_days"}
KEYS |= {"expected", "accepted", "why", "source", "status"}
WAY_KEYS = {"through", "avoids", "first_port", "last_port", "change_at", "direct"}
WAY_KEYS |= {"before", "after", "by", "why"}


@cache
def content() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


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

    def __str__(self) -> str:
        names = [name_of(port) for port in self.ports]
        gates = sorted(g.removeprefix("gate-") for g in self.touched if g in SHOWN)
        parts = (*self.before, *([" / ".join(names)] if names else ()), *self.between, *self.after)
        return f"{' - '.join(parts)} ({', '.join(gates)})"


SHOWN = {
    *("gate-suez", "gate-good-hope", "gate-panama", "gate-bering", "gate-bosporus"),
    *("kz-dostyk", "kz-altynkol", "by-brest", "mn-zamyn-uud", "ru-zabaikalsk", "ru-naushki"),
}
"""Ids that the table names where a route touches them."""


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


def scenario_of(row: Mapping[str, Any]) -> Scenario:
    world = f"world={row.get('world', 'reference-open')}"
    scenario = load_scenario("shanghai-europe", departure=row["departure"], set_values=[world])
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


def answer(row: Mapping[str, Any], session: Session) -> RouteOption | None:
    """Return the option that the program gives to a journey's question, None if it has none."""
    compared = compare(scenario_of(row), session=session, figures_only=True)
    usable = [option for option in compared.routes if option.usable]
    if row.get("max_transit_days"):
        chosen = compared.decision.recommended
        usable = [option for option in usable if option.corridor == chosen]
    return min(usable, key=lambda option: option.cost_usd_per_teu or 0.0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found for a journey. `verdict`: expected, accepted, otherwise, or no answer."""

    id: str
    verdict: str
    found: str
    faults: tuple[str, ...]


def outcome(row: Mapping[str, Any], session: Session) -> Outcome:
    try:
        option = answer(row, session)
    except CorridorsError as error:
        return Outcome(id=row["id"], verdict="no answer", found=str(error), faults=())
    if option is None:
        return Outcome(id=row["id"], verdict="no answer", found="no usable option", faults=())
    way = way_of(option)
    faults = misses(way, row["expected"])
    verdict = "expected"
    if faults:
        accepted = any(not misses(way, other) for other in row.get("accepted", ()))
        verdict = "accepted" if accepted else "otherwise"
    cost = f"{option.cost_usd_per_teu:,.0f} USD, {option.transit_days:.1f} days"
    found = f"{option.corridor}: {way}, {cost}"
    return Outcome(id=row["id"], verdict=verdict, found=found, faults=tuple(faults))


def as_words(expected: Mapping[str, Any]) -> str:
    """Return an expected way in one line."""
    parts = [" or ".join(group) for group in expected.get("through", ())]
    ports = [key for key in ("first_port", "change_at", "last_port") if key in expected]
    parts += [f"{key.replace('_', ' ')} {', '.join(expected[key][:4])}" for key in ports]
    return "; ".join(parts)


def test_forty_journeys_are_written_down_with_their_sources() -> None:
    rows, sources = journeys(), content()["sources"]
    assert len(rows) == len(content()["journeys"]) == 40
    known = set(terminals())
    for row in rows.values():
        assert set(row) <= KEYS, row["id"]
        assert row["why"]
        assert row["status"] in ("found", "recalled")
        assert row["source"]
        assert set(row["source"]) <= set(sources), row["id"]
        for way in (row["expected"], *row.get("accepted", ())):
            assert set(way) <= WAY_KEYS, row["id"]
            named = {place for group in way.get("through", ()) for place in group}
            assert {place for place in named if not place.startswith("gate-")} <= known, row["id"]
        assert all(way["why"] for way in row.get("accepted", ()))
    assert {source for row in rows.values() for source in row["source"]} == set(sources)
    assert set(FEW) <= set(rows)
    assert set(RAIL) <= {corridor.id for corridor in load_corridors("shipped")}


@pytest.mark.parametrize("name", FEW)
def test_a_few_journeys_go_the_way_a_forwarder_would_quote(name: str) -> None:
    found = outcome(journeys()[name], Session())
    assert found.verdict in ("expected", "accepted"), found


def as_lines(row: Mapping[str, Any], found: Outcome) -> str:
    lines = [f"{found.verdict.upper():10} {found.id}", f"  expected  {as_words(row['expected'])}"]
    lines.append(f"  found     {found.found}")
    if found.faults:
        lines.append(f"  differs   {'; '.join(found.faults)}")
    return "\n".join(lines)


@pytest.mark.journeys
def test_at_least_36_of_40_journeys_go_the_way_a_forwarder_would_quote() -> None:
    session, good = Session(), 0
    for row in journeys().values():
        found = outcome(row, session)
        good += found.verdict in ("expected", "accepted")
        sys.stdout.write(f"\n{as_lines(row, found)}\n")
    sys.stdout.write(f"\n{good} of {len(journeys())} as expected or accepted\n")
    assert good >= AS_EXPECTED_AT_LEAST
