"""Climate rules of the EU on ships: emission allowances (ETS) and the fuel standard, by year.

Both count all of a voyage between two ports of the EU or EEA and half of one between such a port
and another. An arc does not know its voyage, so this is told from what the question knows. Between
two ports of the EU a leg counts whole. A leg between passages belongs to a voyage of the question's
ends: half where one of them lies in the EU or EEA, all where both do, nothing where none does. A
leg from a port outside counts as the ends do, a half at most; one to a port of the EU, a half at
least. So a question without an end in the EU pays for its legs to ports there and no more; one with
an end there pays a little too much where it goes by sea from Shanghai to Vostochny only, which is
no voyage to the EU (about USD 7 a TEU): were it free, a ship would seem to save by touching at
every port of Asia. Calls on the way, which cut a voyage, are not seen. Fuel at the berths of a
rotation counts as its voyage: about half of the calls are in the EU, where they count whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family
from corridors.domain.values import BillLine, SourcedValue
from corridors.network.calendar import end_countries
from corridors.network.topology import ArcKind, Topology
from corridors.units import KG_PER_TONNE

FUEL = "fuel."
FIRST_YEAR = 2019
HALF = 0.5


def in_emission_area(parameters: ParameterTable) -> Callable[[str], bool]:
    """Return whether the rules hold in the ports of a country: EU, and what `ets.area` adds."""

    def inside(country: str) -> bool:
        return parameters.customs.get(country) == "EU" or (
            parameters.value("ets.area", country) > 0.0
        )

    return inside


def ends_halves(topology: Topology, parameters: ParameterTable) -> int:
    """Return how many of the question's two ends lie in the EU or EEA: 0, 1 or 2."""
    inside = in_emission_area(parameters)
    return sum(inside(country) for country in end_countries(topology))


def leg_halves(topology: Topology, parameters: ParameterTable) -> npt.NDArray[np.int64]:
    """Return by arc the halves of its fuel that the rules count: 0, 1 or 2; 0 for no ship."""
    inside = in_emission_area(parameters)
    ends = ends_halves(topology, parameters)
    is_port = np.array([not place.gate for place in topology.places])
    is_inside = is_port & np.array([inside(place.country) for place in topology.places])
    tail, head = (np.maximum(topology.state_place[s], 0) for s in (topology.tail, topology.head))
    ports = is_port[tail].astype(np.int64) + is_port[head]
    eu_ports = is_inside[tail].astype(np.int64) + is_inside[head]
    outside = np.where(ports > 0, min(ends, 1), ends)
    one = np.where(ports == 2, 1, max(ends, 1))
    counted = np.select([eu_ports == 2, eu_ports == 1], [2, one], outside)
    at_sea = np.array([service.family is Family.SEA for service in topology.services])
    sails = (topology.kind == ArcKind.LEG) & at_sea[topology.service]
    return np.where(sails, counted, 0)


def with_policy(
    bill: Sequence[BillLine], parameters: ParameterTable, *, year: int, halves: int
) -> tuple[BillLine, ...]:
    """Return a ship's bill with the lines `ets` and `fueleu`.

    Allowances: t CO2e of the fuel the shipper pays for, x halves / 2, x the share to surrender for
    that year's emissions, at that year's price of an allowance. CH4 and N2O are in the factor from
    2026. FuelEU: the tonnes by which the
    fuel misses the year's limit, at the penalty; pooling and banking are left out.

    Parameters
    ----------
    bill
        Any bill; lines whose driver starts with `fuel.` count.
    parameters
        Shares, factors, limits and prices.
    year
        Calendar year of the departure: emissions after New Year's Eve count in it too.
    halves
        Halves of the fuel that the rules count: 0, 1 or 2.

    Raises
    ------
    ParameterError
        A fuel has no factor.
    """
    fuels = [line for line in bill if line.driver.startswith(FUEL)]
    if halves <= 0 or not fuels:
        return tuple(bill)
    surrendered = in_year(parameters, "ets.surrendered_share", year)
    limit = in_year(parameters, "fueleu.limit_g_per_mj", year)
    added = []
    for line in fuels:
        fuel = line.driver.removeprefix(FUEL)
        if surrendered is not None and surrendered.value > 0.0:
            factor = in_year(parameters, "ets.kg_co2e_per_t", year, prefix=f"{fuel}@")
            row = factor or parameters.get("ets.kg_co2e_per_t", fuel)
            added.append(
                replace(
                    line,
                    driver="ets",
                    scope=str(year),
                    label="EU emission allowances (ETS)",
                    quantity=line.quantity
                    * halves
                    * HALF
                    * surrendered.value
                    * row.value
                    / KG_PER_TONNE,
                    unit="t CO2e",
                    price_parameter="ets.price_eur_per_t",
                )
            )
        if limit is not None:
            intensity = parameters.value("fueleu.g_per_mj", fuel)
            missed = max(0.0, 1.0 - limit.value / intensity)
            energy = parameters.value("fueleu.vlsfo_equivalent", fuel)
            if missed > 0.0:
                added.append(
                    replace(
                        line,
                        driver="fueleu",
                        scope="",
                        label="FuelEU Maritime penalty",
                        quantity=line.quantity * halves * HALF * energy * missed,
                        unit="t VLSFO-eq missing",
                        price_parameter="fueleu.penalty_eur_per_t",
                    )
                )
    return (*bill, *added)


def in_year(
    parameters: ParameterTable, parameter: str, year: int, *, prefix: str = ""
) -> SourcedValue | None:
    """Return the row of the latest year up to this one, None where the rule begins later."""
    for earlier in range(year, FIRST_YEAR - 1, -1):
        found = parameters.find(parameter, f"{prefix}{earlier}")
        if found is not None and found.scope:
            return found
    return None
