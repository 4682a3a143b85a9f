"""Routes of a comparison for other programs: routings of the DCSA, shipment footprints of iLEAP.

Both say what one box travels, a vehicle at a time: legs of one vehicle are one, whatever gates,
ports and borders it passes, and what is done at a terminal stands between them. Times are in UTC.

References
----------
DCSA, Commercial Schedules 1.0.3 (2025), point-to-point routes. SINE Foundation and Smart Freight
Centre, iLEAP Technical Specifications 1.0.0 (2025), data type ShipmentFootprint, for emissions by
ISO 14083 and the GLEC Framework.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from corridors.data.geodata import load_facilities, load_terminals
from corridors.domain.places import Family, Terminal, TerminalKind, family_of
from corridors.domain.results import RouteOption, RouteStep, StepKind
from corridors.domain.scenario import Scenario
from corridors.output.comparison import Comparison
from corridors.output.store import Record, as_text
from corridors.units import KG_PER_TONNE

_AT_TERMINAL = frozenset((StepKind.LOAD, StepKind.TRANSFER, StepKind.UNLOAD, StepKind.WAIT))
_CODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_MODES = {Family.SEA: "VESSEL", Family.FERRY: "VESSEL", Family.RIVER: "BARGE", Family.RAIL: "RAIL"}
_FACILITIES = {
    TerminalKind.SEAPORT: "POTE", TerminalKind.PORT: "POTE", TerminalKind.FERRY_PORT: "POTE",
    TerminalKind.RIVER_PORT: "POTE", TerminalKind.RAIL_TERMINAL: "RAMP",
    TerminalKind.DRY_PORT: "INTE", TerminalKind.BORDER_STATION: "BORD",
    TerminalKind.GAUGE_YARD: "RAMP", TerminalKind.JUNCTION: "RAMP",
}  # fmt: skip
_MOST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    """What one vehicle or one terminal does with a box: steps in a row.

    `moves` says whether a vehicle moves. Emissions are in kg CO2e per TEU.
    """

    moves: bool
    steps: tuple[RouteStep, ...]

    @property
    def first(self) -> RouteStep:
        return self.steps[0]

    @property
    def last(self) -> RouteStep:
        return self.steps[-1]

    @property
    def km(self) -> float:
        return sum(step.km for step in self.steps if step.kind is StepKind.LEG)

    @property
    def wtw_kg(self) -> float:
        return sum(line.co2e_wtw_kg for step in self.steps for line in step.energy)

    @property
    def ttw_kg(self) -> float:
        return sum(line.co2e_ttw_kg for step in self.steps for line in step.energy)


def _elements(option: RouteOption) -> Iterator[_Element]:
    """Yield what vehicles and terminals do in turn; calls of a ship belong to its voyage."""

    def same(step: RouteStep) -> tuple[bool, str]:
        moves = step.kind not in _AT_TERMINAL
        return moves, step.service if moves else step.from_id

    for (moves, _), steps in groupby(option.steps, key=same):
        element = _Element(moves=moves, steps=tuple(steps))
        # Waiting that burns nothing is no element of a chain.
        if element.km or element.wtw_kg or element.ttw_kg:
            yield element


def dcsa_routes(comparison: Comparison) -> list[Record]:
    """Return the routes of usable corridors as point-to-point routes, best first.

    Emissions are well-to-wake, of one box, in t. What no schedule is known of is left out:
    voyages, cut-offs, codes of carriers.
    """
    scenario = comparison.scenario
    return [
        _dcsa_route(option, number, scenario)
        for number, option in enumerate(comparison.usable, start=1)
    ]


def _dcsa_route(option: RouteOption, number: int, scenario: Scenario) -> Record:
    teu = scenario.shipment.equipment.teu_per_box
    moves = [element for element in _elements(option) if element.moves]
    legs = [
        {
            "sequenceNumber": sequence,
            "transport": {"modeOfTransport": _mode(move.first)},
            "departure": _at(move.first, move.first.departs, leaves=True),
            "arrival": _at(move.last, move.last.arrives, leaves=False),
            "footprint": {"co2e": _tonnes(move.wtw_kg * teu)},
        }
        for sequence, move in enumerate(moves, start=1)
    ]
    first, last = option.steps[0], option.steps[-1]
    every = sum(element.wtw_kg for element in _elements(option))
    return {
        "placeOfReceipt": _at(first, first.departs, leaves=True),
        "placeOfDelivery": _at(last, last.arrives, leaves=False),
        "receiptTypeAtOrigin": _received(moves[0]),
        "deliveryTypeAtDestination": _received(moves[-1]),
        "solutionNumber": number,
        "routingReference": option.title,
        "transitTime": round((last.arrives - first.departs) / timedelta(days=1)),
        "solutionFootprint": {"co2e": _tonnes(every * teu)},
        "legs": legs,
    }


def _received(move: _Element) -> str:
    """Return whether a box is fetched from a door or brought to a yard by whoever ships it."""
    return "SD" if _mode(move.first) == "TRUCK" else "CY"


def _mode(step: RouteStep) -> str:
    return _MODES.get(family_of(step.service), "TRUCK")


def _at(step: RouteStep, when: datetime, *, leaves: bool) -> Record:
    place, name = (step.from_id, step.from_name) if leaves else (step.to_id, step.to_name)
    terminal = load_terminals().get(place)
    location: Record = {"locationName": name[:_MOST_NAME]}
    if terminal is not None and _CODE.fullmatch(terminal.unlocode):
        location["UNLocationCode"] = terminal.unlocode
    else:
        # A name alone does not say where it is; a line of an address may.
        country = _country(step, terminal, leaves=leaves)
        location["addressLines"] = [", ".join(filter(None, (name, country)))]
    if place in load_facilities():
        location["facility"] = {
            "facilityCode": load_facilities()[place],
            "facilityCodeListProvider": "SMDG",
        }
    facility = "CLOC" if terminal is None else _FACILITIES.get(terminal.kind, "INTE")
    return {"facilityTypeCode": facility, "location": location, "dateTime": _time(when)}


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}Z"


def _tonnes(kg: float) -> float:
    return round(kg / KG_PER_TONNE, 6)


def footprints(comparison: Comparison) -> list[Record]:
    """Return the emissions of one box by each usable corridor as shipment footprints, best first.

    Mass is that of the goods in kg, distances are in km, activity is in t-km, emissions are in
    kg CO2e of the box, and all numbers are decimals in text. A terminal is an element without
    distance.
    """
    return [_footprint(option, comparison.scenario) for option in comparison.usable]


def _footprint(option: RouteOption, scenario: Scenario) -> Record:
    shipment, departure = scenario.shipment, scenario.departure
    teu = shipment.equipment.teu_per_box
    mass_t = shipment.cargo_t_per_teu * teu
    name = f"{scenario.name}, {departure.isoformat()}, {option.corridor}"
    chain: list[Record] = []
    for number, element in enumerate(_elements(option), start=1):
        km = element.km
        category = element.first.service
        where = element.first.from_id
        chain.append(
            {
                "tceId": f"{option.corridor}-{number}",
                "prevTceIds": [f"{option.corridor}-{number - 1}"] if number > 1 else [],
                **({"tocId": category} if element.moves else {"hocId": where}),
                "shipmentId": name,
                "mass": _decimal(mass_t * KG_PER_TONNE),
                "packagingOrTrEqType": "Container-TEU" if teu == 1.0 else "Container-FEU",
                "distance": {"actual": _decimal(km)},
                **_place("origin", element.first, leaves=True),
                **_place("destination", element.last, leaves=False),
                "transportActivity": _decimal(mass_t * km),
                "departureAt": _time(element.first.departs),
                "arrivalAt": _time(element.last.arrives),
                "co2eWTW": _decimal(element.wtw_kg * teu),
                "co2eTTW": _decimal(element.ttw_kg * teu),
            }
        )
    return {"mass": _decimal(mass_t * KG_PER_TONNE), "shipmentId": name, "tces": chain}


def _place(key: str, step: RouteStep, *, leaves: bool) -> Mapping[str, Any]:
    """Return a place under a key, nothing if its country is not known."""
    place, name = (step.from_id, step.from_name) if leaves else (step.to_id, step.to_name)
    terminal = load_terminals().get(place)
    if terminal is None:
        country = _country(step, terminal, leaves=leaves)
        return {key: {"city": name, "country": country}} if country else {}
    location = {"city": terminal.city or terminal.name, "country": terminal.country}
    if _CODE.fullmatch(terminal.unlocode):
        location["locode"] = terminal.unlocode
    location |= {"lat": _decimal(terminal.lat), "lng": _decimal(terminal.lon)}
    return {key: location}


def _country(step: RouteStep, terminal: Terminal | None, *, leaves: bool) -> str:
    """Return the country where a step begins or ends, empty if it is not known."""
    if terminal is not None:
        return terminal.country
    return step.countries[0 if leaves else -1] if step.countries else ""


def _decimal(number: float) -> str:
    """Return a number as a decimal in text, to the sixth digit behind the point."""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def exported(comparison: Comparison) -> dict[str, Callable[[], str]]:
    """Return the files of a comparison for other programs, by name, each made when asked for."""
    return {
        "dcsa.json": lambda: as_text(dcsa_routes(comparison)),
        "ileap.json": lambda: as_text(footprints(comparison)),
    }
