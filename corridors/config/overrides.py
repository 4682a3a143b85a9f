"""What is wrong in the overrides of a scenario, with the line each stands on."""

from __future__ import annotations

from collections.abc import Iterator

from corridors.config.names import Names, advice
from corridors.config.own_data import overlay_for
from corridors.config.scenario import fault
from corridors.data.parameters import CAPACITIES, ParameterTable
from corridors.domain.scenario import Override, Scenario
from corridors.errors import ParameterError


def override_faults(scenario: Scenario) -> list[str]:
    """Return what is wrong in a scenario's overrides: a scope no row has, or nothing is called."""
    if not scenario.overrides:
        return []
    own = overlay_for(scenario)
    parameters = own.parameters()
    names = Names(own) if scenario.own_data else Names()
    faults = []
    for override in scenario.overrides:
        scope = "" if override.scope is None else f"@{override.scope}"
        key = f"overrides.{override.parameter}{scope}"
        try:
            parameters.with_overrides([override])
        except ParameterError as error:
            faults.append(fault(scenario, key, str(error)))
            continue
        if override.parameter in CAPACITIES and scope and scope[1:] not in _scopes(parameters):
            faults += [fault(scenario, key, text) for text in _unknown_scope(override, names)]
    return faults


def _scopes(parameters: ParameterTable) -> set[str]:
    return {row.scope for row in parameters.rows if row.parameter in CAPACITIES}


def _unknown_scope(override: Override, names: Names) -> Iterator[str]:
    """Yield what is wrong with the place, leg or ship class that a capacity is given for."""
    kind, scope = override.parameter.partition(".")[0], override.scope or ""
    if kind == "border":
        pair, at, station = scope.partition("@")
        asked = [("country", code) for code in pair.split("-")]
        asked += [("terminal", station)] if at else []
        if pair.count("-") != 1:
            yield f"'{pair}' is not a border; write it like CN-KZ"
            return
    else:
        asked = [({"rail": "leg", "sea": "service"}.get(kind, "terminal"), scope)]
    for what, name in asked:
        known = names.legs if what == "leg" else names.of(what)
        if name not in known:
            yield f"unknown {what} '{name}', {advice(name, known)}"
