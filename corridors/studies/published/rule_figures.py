"""Measure published figures of single rules, tolls, engines or borders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corridors.config import load_scenario
from corridors.costing.operations import border, canal
from corridors.costing.pricing import usd
from corridors.costing.ship_in_ice import polaris_rio
from corridors.costing.ships import ship_of
from corridors.data.geodata import load_gates
from corridors.data.ice import load_ice_table
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.services import load_services
from corridors.domain.places import Gate, Service
from corridors.domain.scenario import Shipment
from corridors.errors import GeodataError
from corridors.studies.published.cases import Case, Ours, override

# The source of the shipment, as in `corridors route`.
SCENARIO = "shanghai-europe"


def measured_tables(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our figures by case id.

    Raises
    ------
    GeodataError
        A case names an unknown quantity, service or gate.
    """
    shipped = load_parameters()
    found: dict[str, Ours] = {}
    for case in cases:
        if case.quantity not in _MEASURES:
            msg = f"published cases: {case.id}: unknown quantity '{case.quantity}'"
            raise GeodataError(msg)
        parameters = shipped.with_overrides([override(key, value) for key, value in case.overrides])
        found[case.id] = Ours(_MEASURES[case.quantity](case, parameters))
    return found


def _service(case: Case) -> Service:
    wanted = case.given["service"]
    for service in load_services():
        if service.id == wanted:
            return service
    msg = f"published cases: {case.id}: unknown service '{wanted}'"
    raise GeodataError(msg)


def _gate(case: Case) -> Gate:
    for gate in load_gates():
        if gate.id == case.given["gate"]:
            return gate
    msg = f"published cases: {case.id}: unknown gate '{case.given['gate']}'"
    raise GeodataError(msg)


def _shipment() -> Shipment:
    return load_scenario(SCENARIO).shipment


def _toll(case: Case, parameters: ParameterTable) -> float:
    """Return the toll of one transit of the ship in USD."""
    service = _service(case)
    year = str(case.given.get("year", ""))
    passed = canal(_gate(case), service, parameters, _shipment(), year=year)
    lines = [line for line in passed.bill if line.driver.startswith("canal.toll")]
    return usd(lines, parameters) * ship_of(service, parameters).paying_teu


def _burn_at(case: Case, parameters: ParameterTable, kn: float) -> float:
    return ship_of(_service(case), parameters, speed_kn=kn).sea_t_per_day


def _burn(case: Case, parameters: ParameterTable) -> float:
    """Return the fuel of the ship at a speed in tonnes per day, auxiliaries included."""
    return _burn_at(case, parameters, float(case.given["kn"]))


def _burn_ratio(case: Case, parameters: ParameterTable) -> float:
    """Return the burn at the second speed divided by that at the first."""
    one, two = (_burn_at(case, parameters, float(kn)) for kn in case.given["kn"])
    return two / one


def _rio(case: Case, parameters: ParameterTable) -> float:  # noqa: ARG001 common form of measures
    return polaris_rio(
        case.given["polaris_class"], case.given["tenths"], load_ice_table().risk_values
    )


def _border_hours(case: Case, parameters: ParameterTable) -> float:
    """Return the hours of a train at a border, with the change of gauge if one is named."""
    passed = border(tuple(case.given["countries"]), _service(case), parameters, _shipment())
    place = case.given.get("gauge_change")
    change = parameters.value("gauge_change.hours", place) if place else 0.0
    return passed.hours + change


def _parameter(case: Case, parameters: ParameterTable) -> float:
    return parameters.value(case.given["parameter"], case.given.get("scope", ""))


_MEASURES: dict[str, Callable[[Case, ParameterTable], float]] = {
    "toll": _toll,
    "burn": _burn,
    "burn_ratio": _burn_ratio,
    "risk_index": _rio,
    "border_hours": _border_hours,
    "parameter": _parameter,
}
