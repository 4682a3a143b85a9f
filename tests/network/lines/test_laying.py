"""Lines as they are laid on the shipped network."""

from __future__ import annotations

from datetime import date

import pytest

from corridors.data.geodata import load_sea_legs, load_services, load_terminals, load_trunk_kinds
from corridors.data.lines import LineKind, load_lines, load_positions, stop_of
from corridors.data.own import shipped_overlay
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import great_circle_km
from corridors.network.lines.laying import (
    ARCTIC,
    Laid,
    LineGraph,
    lay,
    load_laid,
    place_named,
    too_narrow,
)
from corridors.network.states.base import BaseKey, build_base


def ends_of(leg: str) -> tuple[str, str]:
    one, other = leg.removeprefix("-").split("--")[:2]
    return (other, one) if leg.startswith("-") else (one, other)


def places_of(laid: Laid) -> set[str]:
    return {place_named(end) for leg in laid.legs for end in ends_of(leg)}


@pytest.fixture(scope="module")
def borders() -> dict[str, str]:
    """Return the border that each leg by land crosses, as `BY-PL`."""
    legs = shipped_overlay().legs
    return {leg.id: "-".join(sorted(leg.countries)) for leg in legs if len(set(leg.countries)) == 2}


def test_each_line_passes_all_that_its_row_names(borders: dict[str, str]) -> None:
    for laid in load_laid():
        passed = places_of(laid) | {borders.get(leg.removeprefix("-"), "") for leg in laid.legs}
        for way in laid.line.ways:
            assert way & passed, f"{laid.line.loop} does not pass {'|'.join(way)}"


def test_no_line_passes_a_trunk_place_that_it_does_not_name() -> None:
    kinds = load_trunk_kinds()
    for laid in load_laid():
        named = frozenset[str]().union(*laid.line.ways) | laid.loads | laid.unloads
        arctic = any(kinds.get(name) == ARCTIC for name in named)
        wrong = {
            place
            for place in places_of(laid) & kinds.keys() - named
            if not (arctic and kinds[place] == ARCTIC)
        }
        assert not wrong, f"{laid.line.loop} passes {wrong}"


def test_no_line_passes_a_gate_that_its_ships_do_not_fit() -> None:
    for laid in load_laid():
        narrow = too_narrow(laid.line.one.teu).difference(*laid.line.ways)
        assert not places_of(laid) & narrow, laid.line.loop
    assert "gate-kiel" in too_narrow(13_000) - too_narrow(0)
    assert "gate-oresund" in too_narrow(0)


def test_a_stop_is_within_the_distance_of_a_call() -> None:
    near_km, positions = load_parameters().value("lines.near_km"), load_positions()
    terminals = load_terminals()
    for laid in load_laid():
        for name in laid.loads | laid.unloads:
            stop = stop_of(terminals[name]) if name in terminals else None
            for side in (laid.line.one, laid.line.other):
                codes = side.calls.codes | side.some.codes
                if stop is None or stop.country in side.whole or stop.unlocode in codes:
                    break
                near = [positions[code] for code in codes if code[:2] == stop.country]
                if any(great_circle_km(stop.lon, stop.lat, *at) <= near_km for at in near):
                    break
            else:
                pytest.fail(f"{laid.line.loop} calls at {name}")


def test_a_line_of_one_way_is_laid_once_and_any_other_out_and_home() -> None:
    directions: dict[str, int] = {}
    for laid in load_laid():
        directions[laid.line.loop] = directions.get(laid.line.loop, 0) + 1
    by_loop = {line.loop: line for line in load_lines().lines}
    assert all(count == 1 for loop, count in directions.items() if by_loop[loop].one_way)
    assert max(directions.values()) == 2


def test_rows_of_absence_are_laid_nowhere() -> None:
    assert not {laid.line.kind for laid in load_laid()} & {LineKind.NONE, LineKind.WHOLE}


def test_the_shipped_file_is_what_the_table_gives() -> None:
    """`geodata/build/line_ways.py --check` looks at all lines; here one in twenty."""
    base = build_base(
        BaseKey(
            services=tuple(service for service in load_services() if service.default),
            overlay=shipped_overlay(),
            shortest_train_km=load_parameters().value("rail.shortest_train_km"),
        )
    )
    graph, near_km = LineGraph(base.topology), load_parameters().value("lines.near_km")
    kept: dict[str, list[Laid]] = {}
    for laid in load_laid():
        kept.setdefault(laid.line.loop, []).append(laid)
    alone = [line for line in load_lines().lines if not line.is_sum]
    for line in alone[::20]:
        again = lay(line, graph, near_km)
        assert [(one.loads, one.unloads, one.legs) for one in again] == [
            (one.loads, one.unloads, one.legs) for one in kept.get(line.loop, [])
        ], f"{line.loop}: run geodata/build/line_ways.py"


def test_ships_touch_no_port_between() -> None:
    ports = {point for point in load_sea_legs().point_ids if not point.startswith("gate-")}
    laid = next(one for one in load_laid() if one.line.loop.startswith("CES (NEU7)"))
    assert laid.line.runs_on(date(2024, 6, 1))
    inner = {place for leg in laid.legs for place in ends_of(leg)} & ports
    assert inner <= laid.loads | laid.unloads
