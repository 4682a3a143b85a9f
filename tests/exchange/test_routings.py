"""Routes for other programs: valid by the published schemas, and the same figures as the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

import corridors
from corridors.data.geodata import load_facilities, load_terminals
from corridors.domain.places import TerminalKind
from corridors.exchange import routings

SCHEMAS = Path(__file__).parents[1] / "cases/schemas"
ASKED = ("shanghai-hamburg", "chongqing-duisburg", "tashkent-rotterdam", "mumbai-moscow")


@cache
def found(name: str) -> corridors.Comparison:
    return corridors.compare(name)


def dcsa_routes(comparison: corridors.Comparison) -> list[dict[str, Any]]:
    return routings.dcsa_routes(comparison)


def footprints(comparison: corridors.Comparison) -> list[dict[str, Any]]:
    return routings.footprints(comparison)


def schema(name: str) -> jsonschema.Draft7Validator:
    read = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(read)
    checker = jsonschema.FormatChecker()
    checker.checks("date-time", ValueError)(lambda text: datetime.fromisoformat(text) is not None)
    return jsonschema.Draft7Validator(read, format_checker=checker)


def faults(validator: jsonschema.Draft7Validator, given: Any) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in validator.iter_errors(given)]


@pytest.mark.parametrize("name", ASKED)
def test_routes_are_valid_by_the_schema_of_the_dcsa(name: str) -> None:
    routes = dcsa_routes(found(name))
    assert len(routes) == len(found(name).usable) > 0
    assert faults(schema("dcsa-point-to-point-1.0.3.json"), routes) == []


def test_a_terminal_with_a_code_of_the_smdg_has_it() -> None:
    asked = corridors.compare("shanghai-hamburg", origin="Shanghai", destination="Sines")
    (route, *_) = routes = dcsa_routes(asked)
    assert faults(schema("dcsa-point-to-point-1.0.3.json"), routes) == []
    ports = {
        call["location"]["UNLocationCode"]: call["location"].get("facility")
        for leg in route["legs"]
        if leg["transport"]["modeOfTransport"] == "VESSEL"
        for call in (leg["departure"], leg["arrival"])
    }
    # Shanghai is several terminals, of which the route names none.
    assert ports.pop("PTSIE") == {"facilityCode": "SCT", "facilityCodeListProvider": "SMDG"}
    assert set(ports.values()) == {None}


def test_codes_of_the_smdg_are_of_seaports_and_short_enough() -> None:
    assert {load_terminals()[place].kind for place in load_facilities()} == {TerminalKind.SEAPORT}
    assert all(0 < len(code) <= 6 for code in load_facilities().values())


@pytest.mark.parametrize("name", ASKED)
def test_footprints_are_valid_by_the_schema_of_ileap(name: str) -> None:
    validator = schema("ileap-shipment-footprint.json")
    for footprint in footprints(found(name)):
        assert footprint["tces"]
        assert faults(validator, footprint) == []
        assert [number for number in numbers(footprint) if not isinstance(number, str)] == []


def numbers(given: Any) -> Iterator[Any]:
    """Yield what iLEAP wants as decimals in text."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key in ("mass", "actual", "transportActivity", "co2eWTW", "co2eTTW", "lat", "lng"):
                yield value
            else:
                yield from numbers(value)
    elif isinstance(given, list):
        for value in given:
            yield from numbers(value)


def test_the_schemas_refuse_what_is_wrong() -> None:
    (route, *_), (footprint, *_) = dcsa_routes(found(ASKED[0])), footprints(found(ASKED[0]))
    dcsa, ileap = schema("dcsa-point-to-point-1.0.3.json"), schema("ileap-shipment-footprint.json")
    assert faults(dcsa, [{**route, "legs": []}])
    assert faults(dcsa, [{**route, "transitTime": 1.5}])
    wrong = {**route["legs"][0], "transport": {"modeOfTransport": "CART"}}
    assert faults(dcsa, [{**route, "legs": [wrong]}])
    later = {**route["placeOfReceipt"], "dateTime": "next week"}
    assert faults(dcsa, [{**route, "placeOfReceipt": later}])
    assert faults(ileap, {**footprint, "tces": [{**footprint["tces"][0], "mass": 12.5}]})


@pytest.mark.parametrize("name", ASKED)
def test_emissions_and_activity_of_a_box_sum_to_those_of_the_answer(name: str) -> None:
    comparison = found(name)
    shipment = comparison.scenario.shipment
    teu = shipment.equipment.teu_per_box
    for option, footprint, route in zip(
        comparison.usable, footprints(comparison), dcsa_routes(comparison), strict=True
    ):
        elements = footprint["tces"]
        assert option.co2e_wtw_kg_per_teu is not None
        assert float(sum(Decimal(one["co2eWTW"]) for one in elements)) == pytest.approx(
            option.co2e_wtw_kg_per_teu * teu, abs=1e-4
        )
        assert float(sum(Decimal(one["co2eTTW"]) for one in elements)) == pytest.approx(
            (option.co2e_ttw_kg_per_teu or 0.0) * teu, abs=1e-4
        )
        assert float(footprint["mass"]) == pytest.approx(shipment.cargo_t_per_teu * teu * 1000.0)
        km = sum(float(one["distance"]["actual"]) for one in elements)
        assert km == pytest.approx(sum(step.km for step in option.steps), abs=1e-3)
        activity = sum(float(one["transportActivity"]) for one in elements)
        assert activity == pytest.approx(km * float(footprint["mass"]) / 1000.0, rel=1e-6)
        # Terminals have no distance, vehicles no terminal.
        assert all((one["distance"]["actual"] == "0") == ("hocId" in one) for one in elements)
        of_route = route["solutionFootprint"]["co2e"]
        assert of_route == pytest.approx(option.co2e_wtw_kg_per_teu * teu / 1000.0, abs=1e-5)


def test_elements_follow_one_another_in_time_and_by_their_names() -> None:
    for name in ASKED:
        for footprint in footprints(found(name)):
            before = ""
            for one in footprint["tces"]:
                assert one["prevTceIds"] == ([before] if before else [])
                assert one["departureAt"] <= one["arrivalAt"]
                before = one["tceId"]
        for route in dcsa_routes(found(name)):
            times = [
                leg[end]["dateTime"] for leg in route["legs"] for end in ("departure", "arrival")
            ]
            assert times == sorted(times)
            assert route["placeOfReceipt"]["dateTime"] <= times[0]
            assert times[-1] <= route["placeOfDelivery"]["dateTime"]


def test_a_ship_is_one_leg_whatever_it_passes() -> None:
    (route,) = (
        one for one in dcsa_routes(found("shanghai-hamburg")) if "Cape" in one["routingReference"]
    )
    modes = [leg["transport"]["modeOfTransport"] for leg in route["legs"]]
    assert modes == ["TRUCK", "VESSEL", "TRUCK"]
    door = route["placeOfReceipt"]["location"]
    assert door == {"locationName": "Shanghai", "addressLines": ["Shanghai, CN"]}
    ship = route["legs"][1]
    assert ship["departure"]["location"]["UNLocationCode"] == "CNSHA"
    assert ship["arrival"]["location"]["UNLocationCode"] == "DEHAM"
    assert route["receiptTypeAtOrigin"] == route["deliveryTypeAtDestination"] == "SD"


def test_a_change_of_gauge_parts_two_trains() -> None:
    (route,) = (
        one
        for one in dcsa_routes(found("chongqing-duisburg"))
        if one["routingReference"].startswith("Trans-Siberian")
    )
    rail = [leg for leg in route["legs"] if leg["transport"]["modeOfTransport"] == "RAIL"]
    assert len(rail) >= 3


def test_files_are_saved_where_they_are_asked_for(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"origin": "Shanghai", "destination": "Hamburg", "corridors": "cape"}
    corridors.compare(**asked, departure="2026-08-20", exports=True).save(tmp_path / "with")
    corridors.compare(**asked, departure="2026-08-20").save(tmp_path / "without")
    names = {path.name for path in (tmp_path / "with").iterdir()}
    assert names - {path.name for path in (tmp_path / "without").iterdir()} == {
        "dcsa.json",
        "ileap.json",
    }
    read = json.loads((tmp_path / "with" / "ileap.json").read_text(encoding="utf-8"))
    assert faults(schema("ileap-shipment-footprint.json"), read[0]) == []
