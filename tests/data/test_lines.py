"""Lines known to run: the shipped table, and rows that cannot be read."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from corridors.data.access import load_access
from corridors.data.geodata import load_terminals
from corridors.data.lines import Line, LineKind, Stop, load_lines
from corridors.data.parameters import load_parameters
from corridors.data.paths import parameters_dir
from corridors.domain.places import Family
from corridors.errors import GeodataError

LINES = {line.loop: line for line in load_lines().lines}
SEA = frozenset({Family.SEA})
NEAR_KM = load_parameters().value("lines.near_km")
KHOR_FAKKAN = Stop("AEKLF", "AEKLF", "AE", 56.3474, 25.3617)


def stop(terminal: str) -> Stop:
    if terminal == KHOR_FAKKAN.id:
        return KHOR_FAKKAN
    found = load_terminals()[terminal]
    return Stop(found.id, found.unlocode, found.country, found.lon, found.lat)


def joins(line: Line, start: str, end: str) -> bool:
    return line.joins(stop(start), stop(end), 300.0)


def test_every_loop_has_one_row() -> None:
    assert len(LINES) == len(load_lines().lines) > 280
    assert load_lines().searched == date(2026, 12, 1)


def test_a_line_serves_its_calls_and_terminals_near_them_in_the_same_country() -> None:
    lodz = LINES["Chengdu-Lodz by full timetable"]
    assert joins(lodz, "cn-chengdu", "pl-lodz")
    assert joins(lodz, "cn-chongqing", "pl-warsaw")
    assert not joins(lodz, "pl-lodz", "cn-chengdu")
    assert joins(LINES["Lodz-Chengdu by full timetable"], "pl-lodz", "cn-chengdu")
    assert not joins(lodz, "cn-shanghai", "pl-lodz")
    # Leipzig is as near to Lodz as Gdansk, but lies in Germany.
    assert not joins(lodz, "cn-chengdu", "de-hamburg")


def test_a_voyage_one_way_says_nothing_of_the_way_back() -> None:
    voyage = LINES["China-Europe Arctic Express (Istanbul Bridge)"]
    assert joins(voyage, "cn-ningbo", "gb-felixstowe")
    assert not joins(voyage, "gb-felixstowe", "cn-ningbo")


def test_a_region_has_the_ports_of_its_sea_alone() -> None:
    north = LINES["Ocean Alliance Day 10, Asia-North Europe (7 loops)"]
    assert joins(north, "jp-yokohama", "pl-gdansk")
    assert joins(north, "cn-shanghai", "fr-le-havre")
    assert not joins(north, "cn-shanghai", "it-genoa")
    # Fos lies in France too, on the other sea.
    assert not joins(north, "cn-shanghai", "fr-marseille")
    med = LINES["Ocean Alliance Day 10, Asia-Mediterranean (4 loops)"]
    assert joins(med, "cn-shanghai", "fr-marseille")
    # Sines lies on the Atlantic.
    assert joins(north, "cn-shanghai", "pt-sines")
    assert not joins(med, "cn-shanghai", "pt-sines")


@pytest.mark.parametrize(
    ("loop", "end", "joined"),
    [
        ("All trains through Khorgos 2025", "de-duisburg", True),
        ("All trains through Khorgos 2025", "by-minsk", False),
        ("All trains through Khorgos 2025, to Belarus", "by-minsk", True),
        ("All trains through Khorgos 2025, to Belarus", "de-duisburg", False),
        ("All trains through Khorgos 2025, to Central Asia", "uz-tashkent", True),
        ("All trains through Khorgos 2025, to Central Asia", "tm-ashgabat", True),
        ("All trains through Khorgos 2025, to Central Asia", "de-duisburg", False),
        ("All trains through Khorgos 2025", "uz-tashkent", False),
    ],
)
def test_a_count_at_a_border_is_a_row_a_region(loop: str, end: str, *, joined: bool) -> None:
    assert joins(LINES[loop], "cn-xian", end) == joined


def test_a_region_has_only_ports_where_ships_of_the_loop_call() -> None:
    for loop in ("Ocean Alliance Day 10, Asia-North Europe (7 loops)", "AEU3"):
        for port, served in (("pl-gdansk", True), ("lt-klaipeda", False), ("no-oslo", False)):
            assert joins(LINES[loop], "cn-shanghai", port) == served, (loop, port)
    # Where the port is named, it does not matter; small ships call at any port.
    assert joins(LINES["Swan 2023"], "cn-shanghai", "lt-klaipeda")
    assert joins(LINES["MCREX and MIREX (calls at Kaliningrad)"], "in-mundra", "ru-st-petersburg")


@pytest.mark.parametrize(
    ("loop", "day", "runs"),
    [
        ("BEX2 (Phoenician Express)", "2026-02-28", True),
        ("BEX2 (Phoenician Express)", "2026-03-01", False),
        ("FESCO Arctic Line", "2025-08-01", True),
        ("FESCO Arctic Line", "2025-12-01", False),
        # Announced, and never sailed.
        ("Phoenix 2025 (never sailed)", "2025-04-01", False),
        # Its way home by Panama is only inferred.
        ("Dragon 2026 (Asia-Med-US East Coast, round the world), home", "2026-06-01", False),
    ],
)
def test_a_line_runs_on_its_days_and_in_its_season(loop: str, day: str, *, runs: bool) -> None:
    assert LINES[loop].runs_on(date.fromisoformat(day)) == runs


@pytest.mark.parametrize(
    ("start", "end", "day", "sailed"),
    [
        ("ae-jebel-ali", "be-antwerp", "2024-01-02", True),
        ("gr-piraeus", "ae-jebel-ali", "2024-07-13", True),
        ("in-nhava-sheva", "se-gothenburg", "2024-09-03", True),
        # By Suez from June 2025, and by nothing in the first days of the war in the Gulf.
        ("gr-piraeus", "ae-jebel-ali", "2026-02-24", False),
        ("gr-piraeus", "ae-jebel-ali", "2026-03-04", False),
        # Then by Khor Fakkan, which is no Jebel Ali: the strait between them is shut.
        ("gr-piraeus", "ae-jebel-ali", "2026-03-11", False),
        ("gr-piraeus", "AEKLF", "2026-03-11", True),
    ],
)
def test_the_gulf_and_india_are_sailed_by_the_cape_on_the_days_found(
    start: str, end: str, day: str, *, sailed: bool
) -> None:
    cape = [
        line
        for line in LINES.values()
        if line.joins(stop(start), stop(end), NEAR_KM)
        and line.modes >= SEA
        and frozenset({"gate-good-hope"}) in line.ways
        and line.runs_on(date.fromisoformat(day))
    ]
    assert bool(cape) == sailed


def test_a_line_is_stale_once_its_newest_source_is() -> None:
    line = LINES["FAL1 2023 (with Gdansk, by Suez)"]
    assert line.last_seen == "2023-08"
    assert not line.stale_on(date(2025, 2, 28), 18.0)
    assert line.stale_on(date(2025, 3, 1), 18.0)


def test_no_line_by_panama_joins_asia_and_northern_europe() -> None:
    ends = stop("cn-shanghai"), stop("nl-rotterdam")
    found = [line for line in LINES.values() if line.joins(*ends, NEAR_KM) and line.modes >= SEA]
    by_panama = [line for line in found if any("gate-panama" in way for way in line.ways)]
    assert not [line for line in by_panama if line.runs_on(date(2026, 6, 1))]


def test_that_no_line_sails_is_a_row_too() -> None:
    barred = [line for line in LINES.values() if line.kind is LineKind.NONE]
    assert any(joins(line, "ru-kaliningrad", "pl-gdansk") for line in barred)
    assert not any(joins(line, "ru-st-petersburg", "nl-rotterdam") for line in barred)


def test_worlds_of_lines_close_the_sea_legs_that_no_line_sails_and_no_railway() -> None:
    now, then = (
        {key for rule in load_access(world) for key in rule.keys}
        for world in ("current", "reference-open")
    )
    closed = now - then
    assert "ru-kaliningrad--pl-gdansk" in closed
    assert "ru-st-petersburg--pl-gdansk" in closed
    # A railway joins the two as well, and a rule on a leg holds for every mode.
    assert "ru-st-petersburg--ee-tallinn" not in closed


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (",1,week,", ",1,fortnight,", "per: must be one of week, month, year, season, got 'fort"),
        (
            "CNTXG;CNNGB",
            "CNTXG;ATLANTIS",
            r"CES \(NEU7\): 'ATLANTIS' is no UN/LOCODE, country or region of",
        ),
        (
            "scheduled,sea",
            "daily,sea",
            "kind: must be one of scheduled, chartered, none, whole, got 'daily'",
        ),
        (
            "2024-01-01,,,,,2024,",
            "2024-01-01,,06-01,,,2024,",
            "season_from, season_to: belong together: give all or none, got '06-01', ''",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    for name in ("lines.csv", "line_regions.csv"):
        shutil.copy(parameters_dir() / name, tmp_path / name)
    path = tmp_path / "lines.csv"
    head, first, second, *rest = path.read_text(encoding="utf-8").splitlines()
    assert old in second
    rows = [head, first, second.replace(old, new), *rest]
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    with pytest.raises(GeodataError, match=rf"lines.csv:3: {fault}"):
        load_lines(tmp_path)
