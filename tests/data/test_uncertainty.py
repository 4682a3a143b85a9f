"""Every row is drawn, a setting or tied; events and volatilities are what their sources say."""

from __future__ import annotations

import csv
import math
import runpy
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import NormalDist, fmean
from typing import Any

import pytest
from scipy.special import gammaincc, gammaincinv

from corridors.data.geodata import load_gates, load_services, load_terminals
from corridors.data.lines import load_lines
from corridors.data.parameters import CAPACITIES, load_parameters
from corridors.data.paths import data_root, parameters_dir
from corridors.data.sea_areas import AREA_NAMES, load_ice_table
from corridors.data.uncertainty import (
    EventKind,
    Horizon,
    Role,
    event_of,
    fits,
    load_events,
    load_uncertainty,
    load_volatility,
    volatility_of,
)
from corridors.errors import GeodataError

TABLE = load_parameters()
RULES = load_uncertainty()
EVENTS = {event.id: event for event in load_events()}
BUILD = data_root() / "build"


def role(parameter: str, scope: str = "") -> Role:
    return RULES.rules_of(parameter, scope)[0].role


def test_every_row_has_one_rule_and_every_series_its_history() -> None:
    series = load_volatility()
    used = set()
    for row in TABLE.rows:
        (rule,) = RULES.rules_of(row.parameter, row.scope)
        if rule.horizon is Horizon.SERIES:
            history = volatility_of(series, row.parameter, row.scope)
            assert history is not None, row
            used.add(history)
    assert used == set(series)


def test_rows_said_to_be_equal_take_one_draw() -> None:
    for row in TABLE.rows:
        rule = RULES.rule(row)
        if not row.note.startswith("equal to"):
            continue
        assert rule.role is Role.TIED, row
        other = TABLE.find(*rule.tie(row.parameter, row.scope))
        assert other is not None, row
        assert (row.low, row.value, row.high) == (other.low, other.value, other.high), row


def test_switches_limits_and_law_are_no_chance() -> None:
    for row in TABLE.rows:
        if row.unit == "0 or 1":
            assert RULES.rule(row).role is Role.SETTING, row
    for name in ("road.access_radius_km", "carriage.max_km", "canal.drought_draft_m", "ets.area"):
        assert role(name) is Role.SETTING, name


@pytest.mark.parametrize(
    ("parameter", "scope", "group"),
    [
        # A literal scope before a pattern, a longer pattern before a shorter one.
        (
            "rail.speed_km_per_day",
            "rail/1520@AZ",
            "Speed of trains on the Middle Corridor and in Iran",
        ),
        (
            "rail.speed_km_per_day",
            "rail/1520@2031",
            "Speed of trains in Kazakhstan, Russia and Belarus",
        ),
        ("canal.toll_usd", "gate-kiel", "Canal tolls"),
        ("border.dwell_hours", "CN-KZ@kz-dostyk@2021", "Hours at the borders of China"),
        ("border.dwell_hours", "AZ-GE", "Hours at other borders"),
        ("ship.day_usd", "sea/30k", "Charter price and value of ships"),
    ],
)
def test_the_most_specific_rule_wins(parameter: str, scope: str, group: str) -> None:
    (rule,) = RULES.rules_of(parameter, scope)
    assert rule.group == group


def test_a_tie_names_the_row_of_the_same_scope_year_or_fuel() -> None:
    def tied(parameter: str, scope: str = "") -> tuple[str, str]:
        return RULES.rules_of(parameter, scope)[0].tie(parameter, scope)

    speed, box = "rail.speed_km_per_day", "repositioning_usd_per_teu"
    assert tied(speed, "rail/tsr-1520@2019") == (speed, "rail/1520@2019")
    assert tied(f"road.{box}", "2024-06") == (f"rail.{box}", "2024-06")
    assert tied(f"road.{box}") == (f"rail.{box}", "")
    assert tied("emission.mgo_ttw_kg_per_t") == ("emission.mgo_wtw_kg_per_t", "")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "parameters"
    shutil.copytree(parameters_dir(), folder)
    return folder


def changed(path: Path, line: int | None, text: str) -> None:
    """Replace a line of a file, counted from 1, or add one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if line is None:
        lines.append(text)
    else:
        lines[line - 1 : line] = [text] if text else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


DRAWN = "drawn,,,0,sea cost,Port dues and calls,level,assumption,assumption,"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no.such_thing,,setting,,,,,,,assumption,assumption,", "is the rule of no row"),
        (
            "port.*,CN," + DRAWN.replace("drawn", "drown"),
            "role: must be one of drawn, setting, tied, got 'drown'",
        ),
        (
            "port.*,CN," + DRAWN.replace(",0,", ",1.5,"),
            "loading: must be a number from 0 to 1, got '1.5'",
        ),
        ("port.*,CN," + DRAWN.replace("sea cost", ""), "needs a group, and a family of"),
        ("port.thc,," + DRAWN, "parameter, scope: appears twice"),
        ("port.th*,," + DRAWN, "is the rule of no row"),
        (
            "port.thc,CN,tied,port.thc@XX,,,sea cost,Ports,level,assumption,assumption,",
            "port.thc@CN is tied to port.thc@XX, no drawn row",
        ),
        (
            "port.thc,CN,tied,,,,sea cost,Port dues and calls,level,assumption,assumption,",
            "tied_to",
        ),
        ("port.thc,CN,setting,,bunker,0.5,,,,assumption,assumption,", "are for drawn rows"),
    ],
)
def test_a_faulty_rule_is_refused_with_its_place(copy: Path, text: str, fault: str) -> None:
    changed(copy / "uncertainty.csv", None, text)
    with pytest.raises(GeodataError, match=rf"uncertainty\.csv.*{fault}"):
        load_uncertainty(copy)


def test_a_row_without_a_rule_is_named(copy: Path) -> None:
    (rule,) = RULES.rules_of("port.transhipment", "")
    changed(copy / "uncertainty.csv", rule.line, "")
    with pytest.raises(GeodataError, match=r"port\.transhipment@ needs one rule, has lines none"):
        load_uncertainty(copy)


def test_late_ships_are_as_the_months_counted() -> None:
    on_time: dict[tuple[str, str], list[float]] = defaultdict(list)
    days: dict[tuple[str, str], list[float]] = defaultdict(list)
    with (BUILD / "reliability_months.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            key = row["who"], row["month"]
            year = row["who"], row["month"][:4]
            # A figure of the whole year stands before the months.
            for name, found in (("on_time", on_time), ("late_days", days)):
                if row[name] and key == year:
                    found[year] = [float(row[name])]
                elif row[name] and (year[0], year[1]) not in {("*", "2020"), ("*", "2021")}:
                    found[year].append(float(row[name]))
    late = [event for event in EVENTS.values() if event.what is EventKind.LATE_ARRIVAL]
    for event in late:
        of = event.first_day[:4]
        assert event.probability == pytest.approx(1.0 - fmean(on_time[event.key, of]), abs=6e-4)
        if event.status != "assumption":
            assert event.mean == pytest.approx(fmean(days["*", of]), abs=6e-3), event.id
    assert {event.first_day[:4] for event in late} == {str(year) for year in range(2019, 2026)}


def test_the_shape_of_late_arrivals_is_that_of_asia_to_north_europe() -> None:
    # Sea-Intelligence, January to May 2021: 461 ships over 7 d late, 134 over 14, 30 over 21.
    def beyond(days: float) -> float:
        late = EVENTS["late-2021"]
        of = (late.mean - late.least) / late.stages
        return float(gammaincc(late.stages, (days - late.least) / of))

    assert 461 * beyond(14) / beyond(7) == pytest.approx(134, rel=0.06)
    assert 461 * beyond(21) / beyond(7) == pytest.approx(30, rel=0.45)


def test_quantiles_are_those_of_the_shape() -> None:
    for event in EVENTS.values():
        given = {0.1: event.p10, 0.5: event.p50, 0.9: event.p90}
        for share, value in given.items():
            if event.shape == "erlang":
                of = (event.mean - event.least) / event.stages
                expected = event.least + of * float(gammaincinv(event.stages, share))
            else:
                z = NormalDist().inv_cdf(share)
                median = math.log(event.mean) - event.sigma**2 / 2.0
                expected = math.exp(median + event.sigma * z)
            assert value == pytest.approx(expected, rel=0.01, abs=0.006), (event.id, share)


def test_events_are_about_places_services_and_operators_that_exist() -> None:
    pairs = {row.scope for row in TABLE.rows_of("border.dwell_hours")}
    places = set(load_terminals())
    gates = {gate.id for gate in load_gates()}
    services = {service.id for service in load_services()}
    known: Mapping[EventKind, set[str]] = {
        EventKind.LATE_ARRIVAL: {line.operator for line in load_lines().lines},
        EventKind.MISSED_DEPARTURE: services,
        EventKind.BORDER_DWELL: pairs,
        EventKind.GAUGE_DWELL: places,
        EventKind.FERRY_WAIT: services | places,
        EventKind.CANAL_QUEUE: gates,
        EventKind.PORT_CONGESTION: places,
        EventKind.CLOSURE: gates | pairs | places,
    }
    names = {row.parameter for row in TABLE.rows}
    for event in EVENTS.values():
        assert any(fits(event.key, name) for name in known[event.what]), event.id
        assert not event.quantity or event.quantity in names, event.id


def test_the_event_of_a_day_is_the_most_specific() -> None:
    def found(what: EventKind, day: str, *keys: str) -> str | None:
        event = event_of(EVENTS.values(), what, date.fromisoformat(day), *keys)
        return None if event is None else event.id

    late = EventKind.LATE_ARRIVAL
    assert found(late, "2025-08-20", "Gemini (Maersk)") == "late-gemini"
    assert found(late, "2025-08-20", "Evergreen") == "late-2025"
    assert found(late, "2024-08-20", "Gemini (Maersk)") == "late-2024"
    assert found(late, "2026-08-20", "MSC") == "late-msc"
    assert found(late, "2018-08-20", "MSC") is None
    assert found(EventKind.CLOSURE, "2026-12-31", "kz-kuryk") == "storms-kuryk"
    assert found(EventKind.CLOSURE, "2026-06-30", "kz-kuryk") is None
    assert found(EventKind.PORT_CONGESTION, "2025-06-30", "de-hamburg") == "berth-hamburg-2025"
    assert found(EventKind.PORT_CONGESTION, "2025-03-31", "de-hamburg") == "berth-hamburg"
    # Until a source tells of its end.
    assert found(EventKind.PORT_CONGESTION, "2026-09-30", "de-hamburg") == "berth-hamburg-2025"
    dwell = EventKind.BORDER_DWELL
    assert found(dwell, "2025-01-01", "CN-KZ@kz-altynkol@2021", "CN-KZ") == "border-khorgos"
    assert found(dwell, "2025-01-01", "RS-HU") == "border-other"


COLUMNS = (
    *("id", "what", "key", "first_day", "last_day", "end_source_id"),
    *("known_from", "known_by", "end_known_from", "end_known_by"),
    *("quantity", "shape", "probability", "least"),
    *("mean", "p10", "p50", "p90", "unit", "shared_by", "source_id", "status", "note"),
)
CELLS = "new,closure,gate-suez,,,,,,,,,lognormal,0.5,0,2,1,2,3,d,shipment,assumption,assumption,"
GOOD = dict(zip(COLUMNS, CELLS.split(","), strict=True))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"probability": "1.2"}, "probability: must be a number from 0 to 1, got '1.2'"),
        ({"shape": "weibull"}, "shape: must be one of none, lognormal, .*, got 'weibull'"),
        ({"shape": "erlang-0"}, "got 'erlang-0'"),
        ({"p10": "2.5"}, "are out of order"),
        ({"least": "1", "mean": "0.5", "p10": "1"}, "least, mean: are out of order"),
        ({"p90": ""}, "belong together: give all or none"),
        ({"least": "1"}, "a log-normal needs p10 and p90 above the least"),
        ({"mean": "3"}, "mean, p10, p50 and p90 do not fit the shape"),
        ({"unit": "x"}, "unit must be x with a quantity, else d or h"),
        ({"unit": "x", "quantity": "border.dwell_hours"}, "must be 1"),
        ({"key": ""}, "key: must not be empty"),
        ({"first_day": "2025-02-30"}, "first_day: must be a day"),
        (
            {"first_day": "11-01", "last_day": "2025-12-31", "end_source_id": "assumption"},
            "must both be dates",
        ),
        ({"what": "earthquake"}, "what: must be one of .*, got 'earthquake'"),
        ({"id": "late-2019"}, "appears twice"),
    ],
)
def test_a_faulty_event_is_refused_with_its_line(
    copy: Path, changes: Mapping[str, str], fault: str
) -> None:
    path = copy / "events.csv"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    changed(path, None, ",".join(({**GOOD, **changes}).values()))
    with pytest.raises(GeodataError, match=rf"events\.csv:{lines + 1}: .*{fault}"):
        load_events(copy)


def test_a_good_event_is_taken_and_a_season_may_pass_the_new_year(copy: Path) -> None:
    winter = GOOD | {"first_day": "11-15", "last_day": "02-10", "end_source_id": "assumption"}
    changed(copy / "events.csv", None, ",".join(winter.values()))
    (event,) = (one for one in load_events(copy) if one.id == "new")
    held = [month for month in range(1, 13) if event.holds(date(2026, month, 1))]
    assert held == [1, 2, 12]


def test_the_spread_of_a_price_grows_to_its_limit() -> None:
    series = load_volatility()
    freight = volatility_of(series, "market.sea_freight_usd_per_feu", "asia-neurope@2025")
    rate = volatility_of(series, "rail.rate_usd_per_feu_km", "rail/1520")
    assert freight is not None
    assert rate is not None
    assert freight.half_life_weeks is not None
    # In a known week houses differ; what comes after adds to it.
    assert freight.spread(0) == freight.quote_sd
    moves = replace(freight, quote_sd=0.0)
    assert moves.spread(0) == 0.0
    assert freight.spread(9) == pytest.approx(math.hypot(freight.quote_sd, moves.spread(9)))
    assert moves.spread(1) == pytest.approx(moves.weekly_sd)
    assert moves.spread(2000) == pytest.approx(moves.long_sd, rel=2e-3)
    # Half of the variance of the limit is reached in half a half-life.
    half = freight.half_life_weeks / 2
    assert moves.spread(half) == pytest.approx(moves.spread(2000) / math.sqrt(2.0))
    assert rate.half_life_weeks is None
    assert rate.spread(52) == pytest.approx(rate.weekly_sd * math.sqrt(52))
    # A quarter ahead trains are known better than ships, as forwarders say.
    assert rate.spread(13) < freight.spread(13) / 3


def test_volatilities_are_what_the_script_makes_of_the_prices() -> None:
    made: list[dict[str, Any]] = runpy.run_path(str(BUILD / "volatility.py"))["table"]()
    with (parameters_dir() / "volatility.csv").open(encoding="utf-8", newline="") as handle:
        shipped = list(csv.DictReader(handle))
    assert [(row["parameter"], row["scope"]) for row in made] == [
        (row["parameter"], row["scope"]) for row in shipped
    ]
    for ours, theirs in zip(made, shipped, strict=True):
        assert str(ours["points"]) == theirs["points"]
        for name, close in (
            ("weekly_sd", 0.02),
            ("half_life_weeks", 0.05),
            ("long_sd", 0.05),
            ("quote_sd", 0.01),
        ):
            if ours[name] == "" or theirs[name] == "":
                assert ours[name] == theirs[name], name
            else:
                assert float(ours[name]) == pytest.approx(float(theirs[name]), rel=close), name


def test_ice_has_years_to_draw() -> None:
    ice = load_ice_table()
    assert ice.years == tuple(str(year) for year in range(2010, 2025))
    areas = range(1, len(AREA_NAMES))
    mean = [ice.monthly_tenths(area)[8] for area in areas]
    drawn = [[ice.monthly_tenths(area, year)[8] for area in areas] for year in ice.years]
    # The mean year is that of the years drawn; seas of one year are drawn together.
    assert [fmean(year[i] for year in drawn) for i in range(len(mean))] == pytest.approx(
        mean, abs=0.35
    )


def test_a_capacity_that_a_scenario_adds_has_a_rule() -> None:
    for name in CAPACITIES:
        assert role(name, "any-place") is Role.SETTING


def test_groups_are_some_forty_seven_and_factors_join_rows() -> None:
    drawn = [(RULES.rule(row), row) for row in TABLE.rows]
    groups = {rule.group for rule, _ in drawn if rule.group}
    assert 40 <= len(groups) <= 52
    joined = Counter(rule.factor for rule, _ in drawn if rule.factor)
    assert all(count > 1 for count in joined.values()), joined
