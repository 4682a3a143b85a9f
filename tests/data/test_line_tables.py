"""Tables of lines, their dated voyages and what they cover: no row contradicts itself."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import groupby, pairwise

import pytest

from corridors.data.access import load_regions
from corridors.data.cities import country_names
from corridors.data.columns import read_rows
from corridors.data.geodata import load_gates, load_terminals
from corridors.data.lines import LineKind, load_lines, load_positions
from corridors.data.lines import load_regions as regions_of_lines
from corridors.data.parameters import load_sources
from corridors.data.paths import listed, parameters_dir
from corridors.domain.places import Family
from corridors.domain.values import Status
from corridors.network.sea.sea_distances import distances

Row = dict[str, str]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A voyage waits for ice and berths, and the day of a date may be that of the report.
SLOWEST_KN, FASTEST_KN = 6.0, 22.0


@cache
def lines() -> tuple[Row, ...]:
    return tuple(read_rows(parameters_dir() / "lines.csv"))


@cache
def voyages() -> tuple[Row, ...]:
    return tuple(read_rows(parameters_dir() / "voyages.csv"))


def ports(row: Row) -> list[str]:
    ends = listed(row["from"]) + listed(row["to"]) + listed(row["rotation"])
    return [end for end in ends if len(end) == 5 and end not in regions_of_lines()]


def passed(row: Row) -> set[str]:
    """Return the places of a row and their countries: ends, and ways without an alternative."""
    terminals, gates = load_terminals(), {gate.id for gate in load_gates()}
    ends = listed(row["from"]) + listed(row["to"])
    found = {*ports(row), *(code[:2] for code in ports(row))}
    found |= {end for end in ends if len(end) == 2}
    for way in listed(row["ways"]):
        found |= set(way.split("|"))
        for name in way.split("|"):
            if name in terminals:
                found.add(terminals[name].country)
            elif name not in gates:
                found |= set(name.split("-"))
    return found


def ports_without_a_position(row: Row) -> Iterator[str]:
    # Trains may end in cities that have no terminal, and what never ran in any port.
    if "rail" not in row["mode"] and row["frequency"] != "0":
        yield from (port for port in ports(row) if port not in load_positions())


def bars_among_its_places(row: Row) -> Iterator[str]:
    yield from (bar for bar in listed(row["bars"]) if bar in passed(row))


def bars_that_are_no_place(row: Row) -> Iterator[str]:
    countries = {terminal.country for terminal in load_terminals().values()} | {"AF"}
    places = {*load_terminals(), *(gate.id for gate in load_gates()), *countries}
    for bar in listed(row["bars"]):
        if bar not in places and not set(bar.split("-")) <= countries:
            yield bar


def faults_of_its_rotation(row: Row) -> Iterator[str]:
    stops = listed(row["rotation"])
    if not stops:
        return
    if stops[0] != stops[-1] or any(one == other for one, other in pairwise(stops)):
        yield "ends where it begins, no port twice in a row"
    yield from (port for port in ports({**row, "rotation": ""}) if port not in stops)


def faults_of_its_weekdays(row: Row) -> Iterator[str]:
    days = listed(row["weekdays"])
    yield from (day for day in days if day not in WEEKDAYS)
    if days and (row["per"] != "week" or float(row["frequency"]) != len(days)):
        yield f"{len(days)} days, frequency {row['frequency']}"


def faults_of_known_from(row: Row) -> Iterator[str]:
    if not row["known_from"]:
        return
    day = date.fromisoformat(row["known_from"])
    if day > date.fromisoformat(row["searched"]):
        yield "after it was searched"
    if row["last_seen"]:
        year, month = int(row["last_seen"][:4]), int(row["last_seen"][5:] or 12)
        if day > date(year, month, calendar.monthrange(year, month)[1]):
            yield "after it was last seen"


def totals_counted_at_one_border(row: Row) -> Iterator[str]:
    """A count of trains to Europe by one border says nothing of a way through Iran."""
    to_europe = row["sum"] == "1" and row["mode"] == "rail" and "EUROPE" in listed(row["to"])
    if to_europe and not (
        "BY-PL" in listed(row["ways"]) and {"IR", "AZ"} <= {*listed(row["bars"])}
    ):
        yield row["ways"]


@pytest.mark.parametrize(
    "faults",
    [
        ports_without_a_position,
        bars_among_its_places,
        bars_that_are_no_place,
        faults_of_its_rotation,
        faults_of_its_weekdays,
        faults_of_known_from,
        totals_counted_at_one_border,
    ],
)
def test_no_line_contradicts_itself(faults: Callable[[Row], Iterator[str]]) -> None:
    assert {row["loop"]: told for row in lines() if (told := list(faults(row)))} == {}


@pytest.mark.parametrize(
    ("faults", "cells"),
    [
        (ports_without_a_position, {"mode": "sea", "from": "CNSHA;XXXXX"}),
        (bars_among_its_places, {"bars": "KZ", "ways": "kz-dostyk|kz-altynkol"}),
        (bars_among_its_places, {"bars": "PL", "ways": "BY-PL"}),
        (bars_among_its_places, {"bars": "gate-suez", "ways": "gate-suez"}),
        (bars_that_are_no_place, {"bars": "ATLANTIS"}),
        (faults_of_its_rotation, {"from": "CNSHA", "rotation": "CNSHA;NLRTM"}),
        (faults_of_its_rotation, {"from": "CNNGB", "rotation": "CNSHA;NLRTM;CNSHA"}),
        (faults_of_its_weekdays, {"weekdays": "monday", "per": "week", "frequency": "1"}),
        (faults_of_its_weekdays, {"weekdays": "mon;thu", "per": "week", "frequency": "1"}),
        (faults_of_known_from, {"known_from": "2025-03-01", "last_seen": "2025-02"}),
        (totals_counted_at_one_border, {"sum": "1", "ways": "kz-altynkol", "to": "EUROPE"}),
    ],
)
def test_a_row_that_contradicts_itself_is_found(
    faults: Callable[[Row], Iterator[str]], cells: Row
) -> None:
    row = {**dict.fromkeys(lines()[0], ""), "mode": "rail", "searched": "2026-12-01", **cells}
    assert list(faults(row))


def test_voyages_are_of_lines_that_call_there_then() -> None:
    rows = {row["loop"]: row for row in lines()}
    for (loop, voyage), calls in groupby(voyages(), key=lambda row: (row["loop"], row["voyage"])):
        line, stops = rows[loop], list(calls)
        assert {call["unlocode"] for call in stops} <= set(ports(line)), (loop, voyage)
        assert [stops[0]["kind"], stops[-1]["kind"]] == ["departs", "arrives"], (loop, voyage)
        assert line["first_day"] <= stops[0]["day"] <= stops[-1]["day"] <= line["last_day"], loop
        assert line["sum"] != "1", loop
        for call in stops:
            assert call["kind"] in ("arrives", "departs")
            assert call["source_id"] in load_sources()
            assert Status(call["status"])


def test_ships_of_voyages_keep_a_possible_speed() -> None:
    by_sea = {row["loop"] for row in lines() if row["mode"] == "sea"}
    rows = [row for row in voyages() if row["loop"] in by_sea]
    assert len(rows) > 45
    at = {port: index for index, port in enumerate(sorted({row["unlocode"] for row in rows}))}
    nm = distances(at, arctic=True).nm
    for (loop, _), calls in groupby(rows, key=lambda row: (row["loop"], row["voyage"])):
        for one, other in pairwise(calls):
            days = (date.fromisoformat(other["day"]) - date.fromisoformat(one["day"])).days
            far = nm[at[one["unlocode"]], at[other["unlocode"]]]
            if far == 0.0:
                assert days >= 0, loop
                continue
            # Days are whole: a ship leaves late on one and arrives early on the other, or not.
            assert far / 24.0 / max(days - 1, 0.5) >= SLOWEST_KN, (loop, other)
            assert far / 24.0 / (days + 1) <= FASTEST_KN, (loop, other)


def test_coverage_is_of_trades_and_says_since_when() -> None:
    rows = read_rows(parameters_dir() / "coverage.csv")
    trades = [(frozenset((row["one"], row["other"])), row["mode"]) for row in rows]
    assert len(set(trades)) == len(trades)
    for row in rows:
        # A country alone is covered where its region is not.
        assert {row["one"], row["other"]} <= {*load_regions(), *country_names()}
        assert Family(row["mode"])
        assert row["source_id"] in load_sources()
        assert Status(row["status"])
        # An empty cell of a trade that is not covered means nothing: the note says why.
        assert row["note"].startswith("not covered") == (not row["from_month"]), row
        if row["from_month"]:
            assert date.fromisoformat(f"{row['from_month']}-01")


def test_absence_holds_for_ports_of_any_size() -> None:
    by_kind: dict[bool, set[bool]] = {}
    for line in load_lines().lines:
        is_absence = line.kind in (LineKind.NONE, LineKind.WHOLE)
        by_kind.setdefault(is_absence, set()).add(line.one.teu > 0.0)
    # A loop between oceans is sailed by large ships, a feeder by any.
    assert by_kind == {True: {False}, False: {False, True}}
