"""Files of sailings: rows read with their times and places, refused by row; routes go by them."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

import corridors
from corridors.checks import check_files
from corridors.config import load_scenario
from corridors.domain.contracts import Delays, delays
from corridors.domain.places import Family
from corridors.errors import ConfigError
from corridors.exchange.schedules import COLUMNS, form_of_schedules, read_schedule
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare

HEADS = [head for head, _, _ in COLUMNS]
SAILED = {
    "service": "Loop M", "operator": "Made-up Line", "from": "CNSHA", "to": "DEHAM",
    "way": "Cape of Good Hope",
}  # fmt: skip
DEPARTURE = date(2026, 8, 20)


def written(folder: Path, *rows: dict[str, str], name: str = "trips.csv") -> Path:
    out = io.StringIO()
    table = csv.DictWriter(out, HEADS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    file = folder / name
    file.write_text(out.getvalue(), encoding="utf-8")
    return file


def sailing(departs: date, days: int = 43, **more: str) -> dict[str, str]:
    arrives = departs + timedelta(days=days)
    times = {"departs": departs.isoformat(), "arrives": arrives.isoformat()}
    return {**SAILED, **times, **more}


def compared(*files: Path, departure: date = DEPARTURE) -> Comparison:
    scenario = load_scenario(
        "shanghai-hamburg", departure=departure, schedules=[str(file) for file in files]
    )
    return compare(replace(scenario, corridors=("cape", "suez")), fronts=False)


def departs(found: Comparison, corridor: str = "cape") -> date:
    (option,) = (route for route in found.routes if route.corridor == corridor)
    assert option.departure is not None
    return option.departure.date()


def test_times_with_an_offset_give_the_minutes_between_them(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        sailing(DEPARTURE)
        | {
            "departs": "2026-08-20 18:00+08:00",
            "arrives": "2026-08-21T12:00+02:00",
            "mode": "rail",
        },
    )
    (trip,) = read_schedule(file, shown="trips.csv").trips
    # 18:00 in Shanghai is 12:00 in Hamburg.
    assert (trip.minutes, trip.mode, trip.row) == (24 * 60, Family.RAIL, "2")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"arrives": "2026-08-19"}, "not after it departs"),
        ({"arrives": ""}, "no arrives"),
        ({"departs": "soon"}, "is no day"),
        ({"departs": "2026-08-20 25:00"}, "is no time"),
        ({"cut-off": "2026-08-21"}, "is after it departs"),
        ({"from": "Nowhere at all"}, "from:"),
        ({"to": "CNSHA"}, "departs and arrives at CNSHA"),
        ({"mode": "balloon"}, "mode 'balloon'"),
        ({"status": "perhaps"}, "status 'perhaps'"),
        ({"way": "Nowhere at all"}, "way:"),
        ({"arrives": "2027-08-20"}, "200 at most"),
    ],
)
def test_a_bad_row_is_refused_by_its_row_and_the_rest_read(
    tmp_path: Path, bad: dict[str, str], why: str
) -> None:
    file = written(tmp_path, sailing(DEPARTURE), sailing(DEPARTURE) | bad)
    found = read_schedule(file, shown="trips.csv")
    assert len(found.trips) == 1
    (refused,) = found.refused
    assert refused.row == "3"
    assert why in refused.reason
    _, faults = check_files([file])
    assert len(faults) == 1
    assert "trips.csv:3:" in faults[0]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text('[{"a": 1}]', encoding="utf-8")
    with pytest.raises(ConfigError, match="no schedule of DCSA"):
        read_schedule(file, shown="other.json")


def test_the_form_is_read(tmp_path: Path) -> None:
    file = tmp_path / "form.csv"
    file.write_bytes(form_of_schedules("form.csv"))
    found = read_schedule(file, shown="form.csv")
    assert not found.refused
    assert [trip.blanked for trip in found.trips].count(True) == 1


def point_to_point() -> list[dict[str, object]]:
    """Return a routing with the field names and values of the examples of the specification."""

    def place(code: str, when: str) -> dict[str, object]:
        return {
            "facilityTypeCode": "POTE",
            "location": {"UNLocationCode": code},
            "dateTime": when,
        }

    ship = {"vesselIMONumber": "9321483", "name": "King of the Seas", "operatorCarrierCode": "MAEU"}
    partner = {
        "carrierCode": "MAEU",
        "carrierServiceName": "Great Lion Service",
        "carrierServiceCode": "FE1",
        "carrierExportVoyageNumber": "2103N",
    }
    leg = {
        "transport": {"modeOfTransport": "VESSEL", "vessel": ship, "servicePartners": [partner]},
        "departure": place("CNSHA", "2026-08-23T09:21:00+08:00"),
        "arrival": place("DEHAM", "2026-10-05T09:21:00+02:00"),
        "cutOffTimes": [
            {"cutOffDateTimeCode": "DCO", "cutOffDateTime": "2026-08-19T07:41:00+08:00"},
            {"cutOffDateTimeCode": "FCO", "cutOffDateTime": "2026-08-21T07:41:00+08:00"},
        ],
    }
    truck = {
        "transport": {"modeOfTransport": "TRUCK"},
        "departure": place("DEHAM", "2026-10-06T09:21:00+02:00"),
        "arrival": place("DEBRE", "2026-10-06T19:21:00+02:00"),
    }
    return [
        {
            "placeOfReceipt": place("CNSHA", "2026-08-21T09:21:00+08:00"),
            "placeOfDelivery": place("DEBRE", "2026-10-06T19:21:00+02:00"),
            "legs": [leg, truck],
        }
    ]


def test_a_route_of_the_dcsa_gives_a_trip_a_leg_but_no_truck(tmp_path: Path) -> None:
    file = in_file(tmp_path, point_to_point())
    (trip,) = read_schedule(file, shown="routes.json").trips
    # 43 days, and six hours by which the sun is later in Hamburg.
    assert trip.minutes == 43 * 24 * 60 + 6 * 60
    assert trip.cut_off is not None
    assert trip.cut_off.isoformat() == "2026-08-21T07:41:00"
    assert (trip.operator, trip.service) == ("MAEU", "Great Lion Service")
    assert trip.vehicle == "King of the Seas 2103N"


def test_a_vessel_schedule_gives_trips_to_every_later_call(tmp_path: Path) -> None:
    def call(code: str, arrives: str, departs: str, actual: str = "") -> dict[str, object]:
        stamps = [("ARRI", "PLN", arrives), ("DEPA", "PLN", departs)]
        stamps += [("ARRI", "ACT", actual)] if actual else []
        return {
            "transportCallReference": f"SR11111X-9321483-2107W-{code}",
            "carrierImportVoyageNumber": "2103N",
            "carrierExportVoyageNumber": "2103N",
            "location": {"UNLocationCode": code},
            "timestamps": [
                {"eventTypeCode": what, "eventClassifierCode": by, "eventDateTime": when}
                for what, by, when in stamps
            ],
        }

    calls = [
        call("CNSHA", "2026-08-19T08:00:00+08:00", "2026-08-20T08:00:00+08:00"),
        call("SGSIN", "2026-08-27T08:00:00+08:00", "2026-08-28T08:00:00+08:00"),
        call(
            "DEHAM",
            "2026-10-02T08:00:00+02:00",
            "2026-10-04T08:00:00+02:00",
            actual="2026-10-04T20:00:00+02:00",
        ),
        call("CNSHA", "2026-11-20T08:00:00+08:00", "2026-11-21T08:00:00+08:00"),
    ]
    service = {
        "carrierServiceName": "Great Lion Service",
        "carrierServiceCode": "FE1",
        "vesselSchedules": [
            {
                "vessel": {"name": "King of the Seas", "operatorCarrierCode": "MAEU"},
                "isDummyVessel": False,
                "transportCalls": calls,
            }
        ],
    }
    found = read_schedule(in_file(tmp_path, [service]), shown="ships.json")
    pairs = {(trip.origin, trip.destination) for trip in found.trips}
    # Back at its first port a round is over.
    assert pairs == {
        ("CNSHA", "SGSIN"), ("CNSHA", "DEHAM"), ("SGSIN", "DEHAM"), ("SGSIN", "CNSHA"),
        ("DEHAM", "CNSHA"),
    }  # fmt: skip
    # Two trips came 60 hours late.
    assert delays(found.trips) == (Delays(operator="MAEU", trips=2, p50_days=2.5, p90_days=2.5),)


SCHEMAS = Path(__file__).parents[1] / "cases/schemas"
PUBLISHED = json.loads((SCHEMAS / "dcsa-messages-1.0.json").read_text(encoding="utf-8"))


def valid(content: Any) -> Any:
    """Return schedules once they are found valid by the published schema."""
    kind = "point-to-point" if "legs" in content[0] else "vessel-and-port"
    schema = json.loads((SCHEMAS / f"dcsa-{kind}-1.0.3.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(content)
    return content


def in_file(folder: Path, content: Any) -> Path:
    file = folder / "schedules.json"
    file.write_text(json.dumps(valid(content)), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("vessel", "fewer than two calls"),
        ("port", "a ship that calls at one port of the file"),
    ],
)
def test_published_messages_say_what_they_lack(tmp_path: Path, kind: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_schedule(in_file(tmp_path, PUBLISHED[kind]), shown="a.json")


def test_the_published_route_is_refused_by_its_leg(tmp_path: Path) -> None:
    found = read_schedule(in_file(tmp_path, PUBLISHED["point-to-point"]), shown="a.json")
    (refused,) = found.refused
    # Its ports are the same, and its days words to be replaced.
    assert (refused.row, refused.reason) == ("[0].legs[0]", "it departs and arrives at NLAMS")


def at_rotterdam(message: dict[str, Any]) -> None:
    """Let a published call be at Rotterdam, ten days later."""
    message["location"]["UNLocationCode"] = "NLRTM"


def test_a_published_route_with_its_days_and_ends_is_read(tmp_path: Path) -> None:
    content = copy.deepcopy(PUBLISHED["point-to-point"])
    (leg,) = content[0]["legs"]
    leg["departure"]["dateTime"] = "2025-01-04T09:21:00+01:00"
    leg["arrival"]["dateTime"] = "2025-01-14T09:21:00+01:00"
    at_rotterdam(leg["departure"])
    found = read_schedule(in_file(tmp_path, content), shown="a.json")
    assert found.refused == ()
    (trip,) = found.trips
    assert (trip.origin, trip.destination, trip.minutes) == ("NLRTM", "NLAMS", 10 * 24 * 60)
    assert (trip.operator, trip.service, trip.vehicle) == (
        "MAEU", "Great Lion Service", "King of the Seas 2103N",
    )  # fmt: skip
    # Papers may be handed in late: theirs is no cut-off of boxes.
    assert trip.cut_off is None


def with_departure(call: dict[str, Any]) -> None:
    arrival = copy.deepcopy(call["timestamps"][0])
    call["timestamps"].append(
        arrival | {"eventTypeCode": "DEPA", "eventDateTime": "2025-01-15T09:21:00+01:00"}
    )


def test_published_calls_at_two_ports_are_a_trip(tmp_path: Path) -> None:
    vessel, port = copy.deepcopy(PUBLISHED["vessel"]), copy.deepcopy(PUBLISHED["port"])
    calls = vessel[0]["vesselSchedules"][0]["transportCalls"]
    calls.insert(0, copy.deepcopy(calls[0]))
    at_rotterdam(calls[0])
    port.append(copy.deepcopy(port[0]))
    at_rotterdam(port[1])
    calls[0]["timestamps"][0]["eventDateTime"] = "2025-01-14T01:00:00+01:00"
    early = port[1]["vesselSchedules"][0]
    early["timestamps"][0]["eventDateTime"] = "2025-01-14T01:00:00+01:00"
    for call in (calls[0], early):
        with_departure(call)
        call["timestamps"][1]["eventDateTime"] = "2025-01-14T04:21:00+01:00"
    (by_ship,) = read_schedule(in_file(tmp_path, vessel), shown="a.json").trips
    (by_port,) = read_schedule(in_file(tmp_path, port), shown="a.json").trips
    assert (by_ship.origin, by_ship.destination, by_ship.minutes) == ("NLRTM", "NLAMS", 300)
    assert (by_port.origin, by_port.destination, by_port.minutes) == ("NLRTM", "NLAMS", 300)


@pytest.mark.parametrize("mode", ["RAIL_TRUCK", "BARGE_TRUCK", "BARGE_RAIL", "MULTIMODAL"])
def test_a_leg_of_no_one_mode_is_refused_by_its_place(tmp_path: Path, mode: str) -> None:
    content: Any = point_to_point()
    content[0]["legs"][1]["transport"] = {"modeOfTransport": mode}
    found = read_schedule(in_file(tmp_path, content), shown="a.json")
    assert len(found.trips) == 1
    (refused,) = found.refused
    assert refused.row == "[0].legs[1]"
    assert mode in refused.reason


def drawn_rounds(draw: random.Random) -> dict[str, list[tuple[str, date, date]]]:
    """Return by ship its calls: port, arrival, departure."""
    ports = draw.sample(
        ["CNSHA", "CNNGB", "SGSIN", "NLRTM", "DEHAM", "GBFXT"], k=draw.randint(2, 6)
    )
    ships = {}
    for ship in range(draw.randint(1, 4)):
        day, calls = date(2026, 8, 1) + timedelta(days=draw.randint(0, 20)), []
        for _ in range(draw.randint(1, 2)):
            for port in ports:
                leaves = day + timedelta(days=draw.randint(1, 3))
                calls.append((port, day, leaves))
                day = leaves + timedelta(days=draw.randint(1, 12))
        ships[f"93214{ship:02d}"] = calls
    return ships


def stamps(arrives: date, leaves: date) -> list[dict[str, str]]:
    return [
        {"eventTypeCode": what, "eventClassifierCode": "PLN", "eventDateTime": f"{day}T08:00:00Z"}
        for what, day in (("ARRI", arrives), ("DEPA", leaves))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_vessel_and_port_schedules_of_the_same_ships_give_the_same_trips(
    tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    ships = drawn_rounds(draw)
    named = {"carrierServiceName": "Loop M", "carrierServiceCode": "M"}
    expected = set()
    for calls in ships.values():
        for number, (port, _, leaves) in enumerate(calls):
            for other, arrives, _ in calls[number + 1 :]:
                if other == port:
                    break
                expected.add((port, other, leaves, arrives))
    vessel = [
        named
        | {
            "vesselSchedules": [
                {
                    "vessel": {"vesselIMONumber": ship},
                    "isDummyVessel": False,
                    "transportCalls": [
                        {
                            "transportCallReference": f"{ship}-{number}",
                            "carrierImportVoyageNumber": "1",
                            "location": {"UNLocationCode": port},
                            "timestamps": stamps(arrives, leaves),
                        }
                        for number, (port, arrives, leaves) in enumerate(calls)
                    ],
                }
                for ship, calls in ships.items()
            ]
        }
    ]
    partner = named | {"carrierImportVoyageNumber": "1", "carrierExportVoyageNumber": "2"}
    at_ports: dict[str, list[dict[str, Any]]] = {}
    for ship, calls in ships.items():
        for port, arrives, leaves in calls:
            at_ports.setdefault(port, []).append(
                {
                    "servicePartners": [partner],
                    "vessel": {"vesselIMONumber": ship},
                    "isDummyVessel": False,
                    "timestamps": stamps(arrives, leaves),
                }
            )
    port_schedules = [
        {"location": {"UNLocationCode": port}, "vesselSchedules": listed}
        for port, listed in draw.sample(sorted(at_ports.items()), k=len(at_ports))
    ]
    for content in (vessel, port_schedules):
        found = read_schedule(in_file(tmp_path, content), shown="a.json")
        assert found.refused == ()
        assert expected == {
            (trip.origin, trip.destination, trip.departs.date(), trip.arrives.date())
            for trip in found.trips
        }


def test_delays_are_quantiles_by_operator(tmp_path: Path) -> None:
    rows = []
    for late in range(11):
        planned = sailing(DEPARTURE + timedelta(days=late))
        came = date.fromisoformat(planned["arrives"]) + timedelta(days=late)
        rows.append({**planned, "actual arrives": came.isoformat()})
    trips = read_schedule(written(tmp_path, *rows), shown="trips.csv").trips
    # Of 0 to 10 days late one half came within 5, nine tenths within 9.
    assert delays(trips) == (Delays(operator="Made-up Line", trips=11, p50_days=5.0, p90_days=9.0),)


def test_a_thousand_trips_are_read_in_a_second(tmp_path: Path) -> None:
    rows = [
        sailing(DEPARTURE + timedelta(days=n % 365), vessel=f"Made Up {n}") for n in range(1000)
    ]
    file = written(tmp_path, *rows)
    read_schedule(file, shown="trips.csv")
    begun = time.process_time()
    assert len(read_schedule(file, shown="trips.csv").trips) == 1000
    assert time.process_time() - begun < 1.0


def test_a_route_leaves_and_arrives_by_the_timetable(tmp_path: Path) -> None:
    file = written(tmp_path, sailing(date(2026, 8, 23)), sailing(date(2026, 9, 6)))
    found = compared(file)
    (option,) = (route for route in found.routes if route.corridor == "cape")
    assert option.departure is not None
    assert option.departure.date() == date(2026, 8, 23)
    assert option.main_transit_days == pytest.approx(43.0, abs=0.3)
    assert "schedule_wait" not in option.time_parts
    assert option.time_parts["season_wait"] == 72.0
    assert [line.loop for line in option.offer.lines] == ["Loop M"] if option.offer else False
    # Nobody sails by Suez in this world, whatever the file says of the Cape.
    assert next(route for route in found.routes if route.corridor == "suez").departure is None


def test_who_misses_the_cut_off_takes_the_next(tmp_path: Path) -> None:
    early = {"cut-off": "2026-08-19"}
    file = written(tmp_path, sailing(date(2026, 8, 23)) | early, sailing(date(2026, 8, 30)))
    assert departs(compared(file)) == date(2026, 8, 30)
    assert departs(compared(file, departure=date(2026, 8, 19))) == date(2026, 8, 23)


def test_a_blanked_sailing_is_never_taken(tmp_path: Path) -> None:
    blanked = {"status": "blanked"}
    file = written(tmp_path, sailing(date(2026, 8, 23)) | blanked, sailing(date(2026, 8, 30)))
    assert departs(compared(file)) == date(2026, 8, 30)


def test_outside_the_days_of_a_file_the_interval_counts(tmp_path: Path) -> None:
    file = written(tmp_path, sailing(date(2026, 3, 1)))
    found, without = compared(file), compared()
    (option,) = (route for route in found.routes if route.corridor == "cape")
    (usual,) = (route for route in without.routes if route.corridor == "cape")
    assert option.time_parts == usual.time_parts
    assert option.usd_per_teu == usual.usd_per_teu


@pytest.mark.first_case
@pytest.mark.parametrize("destination", ["Bremen", "Hamburg", "Prague"])
def test_routes_and_catchments_go_by_sailings_as_a_comparison(
    tmp_path: Path, destination: str
) -> None:
    file = written(tmp_path, sailing(date(2026, 8, 23)), sailing(date(2026, 9, 6)))
    keys: dict[str, Any] = {"departure": DEPARTURE, "schedules": str(file)}
    few: dict[str, Any] = {**keys, "corridors": ["cape", "trans-siberian"]}
    found = corridors.compare("shanghai-hamburg", destination=destination, **few)
    there = corridors.catchments("shanghai-hamburg", [destination], **few)
    days = there.table.set_index("corridor").days
    (by_sea,) = (one for one in found.routes if one.corridor == "cape")
    assert by_sea.offer is not None
    assert [line.loop for line in by_sea.offer.lines] == ["Loop M"]
    assert days["cape"] == pytest.approx(by_sea.days, abs=1e-3)
    inside = corridors.route("Shanghai", destination, corridor="cape", **keys)
    assert inside.option.days == by_sea.days


def test_plans_say_why_they_refuse_sailings(tmp_path: Path) -> None:
    file = written(tmp_path, sailing(date(2026, 8, 23)))
    with pytest.raises(ConfigError, match="knows some weeks"):
        corridors.allocate("allocate-moscow-kazan", scenario={"schedules": [str(file)]})


def test_a_trip_that_stands_twice_does_not_leave_where_one_row_says_so(tmp_path: Path) -> None:
    day = date(2026, 8, 23)
    rows = sailing(day), sailing(day, status="blanked"), sailing(day)
    (trip,) = read_schedule(written(tmp_path, *rows), shown="trips.csv").trips
    assert trip.blanked
