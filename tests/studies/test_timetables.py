"""Sailings of a timetable on the network, against a count of departures. The trips are made up."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import corridors
from corridors.config import load_scenario
from corridors.data.uncertainty import events_known
from corridors.domain.results import RouteOption, StepKind
from corridors.errors import ConfigError
from corridors.exchange.schedules import read_schedule
from corridors.routing.ladder import search
from corridors.routing.report import report
from corridors.studies.decided import decided
from corridors.studies.session import Session
from corridors.studies.simulate.run import sample_booked

HEAD = "service;operator;mode;from;to;departs;arrives;cut-off;way;status"
DAY = date(2026, 8, 20)


def file_of(folder: Path, *rows: str) -> Path:
    path = folder / "trips.csv"
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return path


def asked(path: Path | None, corridor: str = "cape", **keys: Any) -> RouteOption:
    more: Any = {} if path is None else {"schedules": [str(path)]}
    found = corridors.compare(
        "shanghai-hamburg", corridors=[corridor], draws={"count": 0}, **more, **keys
    )
    return next(option for option in found.routes if option.corridor == corridor)


def row(leaves: date, days: int, *, cut_off: int = 1, status: str = "") -> str:
    comes, closes = leaves + timedelta(days=days), leaves - timedelta(days=cut_off)
    return f"Loop M;Made-up Line;sea;CNSHA;DEHAM;{leaves};{comes};{closes};Cape;{status}"


@pytest.mark.parametrize("seed", range(3))
def test_the_ship_that_comes_first_is_taken(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    trips = [
        (DAY + timedelta(days=draw.randint(-4, 20)), draw.randint(34, 48), draw.randint(0, 5))
        for _ in range(8)
    ]
    path = file_of(tmp_path, *(row(day, days, cut_off=cut) for day, days, cut in trips))
    caught = [(day, days) for day, days, cut in trips if day - timedelta(days=cut) >= DAY]
    option = asked(path, objective="days")
    came = option.arrival
    assert came is not None
    first = min(day + timedelta(days=days) for day, days in caught)
    assert abs(came.date() - first) <= timedelta(days=1)
    left = option.departure
    assert left is not None
    assert any(abs(left.date() - day) <= timedelta(days=1) for day, _ in caught)


def test_a_blanked_sailing_is_not_taken(tmp_path: Path) -> None:
    early, late = DAY + timedelta(days=5), DAY + timedelta(days=12)
    both = asked(file_of(tmp_path, row(early, 40), row(late, 40)))
    one = asked(file_of(tmp_path, row(early, 40, status="blanked"), row(late, 40)))
    assert both.departure is not None
    assert one.departure is not None
    assert (both.departure.date(), one.departure.date()) == (early, late)


def test_a_missed_cut_off_waits_for_the_next_ship(tmp_path: Path) -> None:
    soon, later = DAY + timedelta(days=2), DAY + timedelta(days=9)
    caught = asked(file_of(tmp_path, row(soon, 40, cut_off=2), row(later, 40)))
    missed = asked(file_of(tmp_path, row(soon, 40, cut_off=3), row(later, 40)))
    assert caught.departure is not None
    assert missed.departure is not None
    assert (missed.departure - caught.departure) == timedelta(days=7)
    assert (missed.days or 0.0) - (caught.days or 0.0) == pytest.approx(7.0, abs=0.01)


def test_days_count_from_the_day_on_which_boxes_are_ready(tmp_path: Path) -> None:
    # Of 40 days on board, whatever they stay before: the cut-off says until when.
    for waits in (0, 2, 9):
        option = asked(file_of(tmp_path, row(DAY + timedelta(days=waits), 40, cut_off=0)))
        parts = option.time_parts
        assert "export_dwell" not in parts
        at_the_end = parts["import_dwell"] + parts["door"] + parts["road"]
        on_board = parts["sea"] / 24.0
        assert on_board == pytest.approx(40.0, abs=0.3)
        assert option.days == pytest.approx(waits + on_board + at_the_end / 24.0, abs=0.01)


@pytest.mark.parametrize("equipment", ["40HC", "40RF"])
def test_the_bill_of_a_way_by_sailings_is_what_is_compared(equipment: str, tmp_path: Path) -> None:
    for origin, destination in (("CNSHA", "DEHAM"), ("DEHAM", "CNSHA")):
        path = file_of(
            tmp_path,
            row(DAY + timedelta(days=9), 40).replace("CNSHA;DEHAM", f"{origin};{destination}"),
        )
        scenario = load_scenario(
            "shanghai-hamburg", schedules=[str(path)], set_values=[
                f"origin={origin}", f"destination={destination}", "corridors=[cape]",
                "price_basis=cost", f"shipment.equipment={equipment}",
            ],
        )  # fmt: skip
        session = Session()
        found = search(session.pose(scenario, session.corridors_of(scenario)), 0, fronts=False)
        option = report(found)
        assert found.best is not None
        assert option.departure is not None
        assert option.departure.date() == DAY + timedelta(days=9)
        assert option.usd_per_teu == pytest.approx(found.best.cents / 100.0, abs=0.1)
        assert option.days == pytest.approx(found.best.minutes / 1440.0, abs=0.01)
        kg = sum(step.co2e_wtw_kg for step in option.steps)
        assert kg == pytest.approx(found.best.grams / 1000.0, abs=0.1)


def test_rows_are_refused_by_their_number_and_the_rest_is_used(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        row(DAY, 40),
        row(DAY, 40).replace("CNSHA", "Nowhere at all"),
        row(DAY, -3),
        row(DAY, 40).replace("2026-08-20", "soon", 1),
    )
    schedule = read_schedule(path, shown="trips.csv")
    assert len(schedule.trips) == 1
    assert [one.row for one in schedule.refused] == ["3", "4", "5"]
    assert "Nowhere" in schedule.refused[0].reason


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    path.write_text("service;from\nLoop;CNSHA\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no heading with from, to, departs, arrives"):
        asked(path)


def test_point_to_point_routes_of_the_dcsa_are_read(tmp_path: Path) -> None:
    def place(code: str, time: str) -> dict[str, Any]:
        location = {"locationType": "UNLO", "UNLocationCode": code}
        return {"location": location, "dateTime": time}

    leg = {
        "sequenceNumber": 1,
        "transport": {
            "modeOfTransport": "VESSEL",
            "servicePartners": [{"carrierCode": "MADE", "carrierServiceName": "Loop M"}],
            "vessel": {"name": "Made Up"},
        },
        "departure": place("CNSHA", "2026-08-27T20:00:00+08:00"),
        "arrival": place("DEHAM", "2026-10-09T06:00:00+02:00"),
    }
    route = {
        "placeOfReceipt": place("CNSHA", "2026-08-25T18:00:00+08:00"),
        "placeOfDelivery": place("DEHAM", "2026-10-09T06:00:00+02:00"),
        "cutOffTimes": [
            {"cutOffDateTimeCode": "FCO", "cutOffDateTime": "2026-08-25T18:00:00+08:00"}
        ],
        "legs": [leg],
    }
    path = tmp_path / "dcsa.json"
    path.write_text(json.dumps([route]), encoding="utf-8")
    (trip,) = read_schedule(path, shown="dcsa.json").trips
    assert (trip.origin, trip.destination) == ("CNSHA", "DEHAM")
    assert trip.minutes == (datetime(2026, 10, 9, 4) - datetime(2026, 8, 27, 12)).days * 1440 + 960
    # A trip that names no way takes the shortest one.
    left = asked(path, "suez", world="reference-open").departure
    assert left is not None
    assert left.date() == date(2026, 8, 27)


def test_trips_of_another_season_leave_the_answer_as_it_is(tmp_path: Path) -> None:
    past = asked(file_of(tmp_path, row(DAY - timedelta(days=200), 40)))
    plain = asked(None)
    assert past.days == pytest.approx(plain.days)
    assert past.printed_usd_per_teu == pytest.approx(plain.printed_usd_per_teu)


def test_catchments_and_route_go_by_the_sailings_of_compare(tmp_path: Path) -> None:
    path = file_of(tmp_path, row(DAY + timedelta(days=6), 41), row(DAY + timedelta(days=13), 36))
    option = asked(path)
    many = corridors.catchments(
        "shanghai-hamburg", ["Hamburg"], corridors=["cape"], schedules=[str(path)]
    ).table
    (cape,) = many[many["corridor"] == "cape"].itertuples()
    assert cape.days == pytest.approx(option.days, abs=0.01)
    one = corridors.route(
        "Shanghai", "Hamburg", corridor="cape", departure=DAY, schedules=str(path)
    )
    assert one.days == pytest.approx(option.days, abs=0.01)
    assert option.departure is not None
    assert one.option.departure == option.departure
    plain = corridors.route("Shanghai", "Hamburg", corridor="cape", departure=DAY)
    assert plain.days != pytest.approx(one.days, abs=0.01)


def trips_of_both(draw: random.Random) -> list[tuple[str, date, int, int, str]]:
    """Return drawn trips: mode, day of departure, days, days of cut-off before it, status."""
    return [
        (
            mode,
            DAY + timedelta(days=draw.randint(-3, 25)),
            draw.randint(*days),
            draw.randint(0, 4),
            draw.choice(["", "", "", "blanked"]),
        )
        for mode, days in (("rail", (15, 30)), ("sea", (20, 45)))
        for _ in range(6)
    ]


@pytest.mark.first_case
@pytest.mark.parametrize("seed", range(20))
def test_trains_and_ships_together_against_every_departure(seed: int, tmp_path: Path) -> None:
    trips = trips_of_both(random.Random(seed))
    rows = [
        f"{mode};Made-up;{mode};Shanghai;Hamburg;{day};{day + timedelta(days=days)};"
        f"{day - timedelta(days=cut)};;{status}"
        for mode, day, days, cut, status in trips
    ]
    option = corridors.route(
        "Shanghai",
        "Hamburg",
        departure=DAY,
        objective="days",
        max_wait_days=30,
        schedules=[str(file_of(tmp_path, *rows))],
    ).option
    caught = [
        (mode, day, day + timedelta(days=days))
        for mode, day, days, cut, status in trips
        if not status and day - timedelta(days=cut) >= DAY
    ]
    # Both stay at the destination, a train 1.5 days and a ship 5.1.
    stays = {"rail": 1.5, "sea": 5.1}
    first = min((comes - DAY).days + stays[mode] for mode, _, comes in caught)
    assert option.days == pytest.approx(first, abs=0.8)
    assert option.departure is not None
    mode = "sea" if option.time_parts.get("sea") else "rail"
    assert (mode, option.departure.date()) in {(mode, day) for mode, day, _ in caught}


@pytest.mark.first_case
@pytest.mark.parametrize("seed", range(20))
def test_who_changes_to_a_ship_comes_by_its_cut_off(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    trips = [
        (DAY + timedelta(days=draw.randint(0, 25)), draw.randint(34, 48), draw.randint(0, 6))
        for _ in range(8)
    ]
    option = corridors.route(
        "Chongqing",
        "Hamburg",
        corridor="cape",
        departure=DAY,
        objective="days",
        schedules=[
            str(file_of(tmp_path, *(row(day, days, cut_off=cut) for day, days, cut in trips)))
        ],
    ).option
    *_, change = (step for step in option.steps if step.kind is StepKind.TRANSFER)
    caught = {
        day: day + timedelta(days=days)
        for day, days, cut in sorted(trips, key=lambda one: (one[0], -one[1]))
        if day - timedelta(days=cut) >= change.departs.date()
    }
    # It leaves on the day of its ship, which is the one that arrives first of those it may catch.
    assert change.arrives.date() in caught
    comes = caught[change.arrives.date()]
    assert comes - min(caught.values()) <= timedelta(days=1)
    unloads = next(step for step in option.steps if step.kind is StepKind.UNLOAD)
    assert abs(unloads.departs.date() - comes) <= timedelta(days=1)


def test_a_simulation_waits_for_the_next_ship_where_one_is_missed(tmp_path: Path) -> None:
    event = next(one for one in events_known(None) if one.id == "missed-ship")
    session, late = Session(), []
    for number, gap in enumerate((7, 28)):
        soon = DAY + timedelta(days=4)
        folder = tmp_path / str(number)
        folder.mkdir()
        path = file_of(folder, row(soon, 40), row(soon + timedelta(days=gap), 40))
        scenario = load_scenario(
            "shanghai-hamburg",
            schedules=[str(path)],
            set_values=["corridors=[cape]", "price_basis=cost", "draws={width: 0, ice: false}"],
        )
        made = decided(scenario, session=session)
        drawn = sample_booked(made, draws=4_000, seed=1, session=session)
        (taken, *_) = drawn.takens.values()
        late.append(float(taken.late.mean()))
    # One box in twenty waits for the next: three weeks more cost so many days in the mean.
    assert late[1] - late[0] == pytest.approx(event.probability * (28 - 7), abs=0.05)
