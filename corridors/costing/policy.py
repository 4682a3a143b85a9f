"""EU climate rules for ships by year: emission allowances (ETS) and the fuel standard (FuelEU).

Both count a voyage between two ports of the EU or EEA in full, and one between such a port and
another by half. An arc does not know its voyage, so the rule uses the ends of the question:

- A leg between two EU ports counts in full.
- A leg between gates counts by half if one end lies in the EU or EEA, in full if both do.
- A leg from a port outside counts like the ends, but at most by half; a leg to an EU port counts at
  least by half.

A question without an end in the EU therefore pays only for legs to EU ports. One with an end there
pays a little too much (about USD 7 a TEU) if it sails only from Shanghai to Vostochny, which is no
voyage to the EU. If that were free, ships would seem to save by calling at every port of Asia.
A voyage to the EU begins at the last port of call outside. Which one that is depends on the loop:
of a way that counts by half, `ets.voyage_share` counts, by trade lane the mean of the loops known,
and by ship. Fuel at the berths of a rotation counts like its voyage: about half of the calls are in
the EU, where they count in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from corridors.arrays import IntArray
from corridors.costing.pricing import any_above, at_least, ratio
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family
from corridors.domain.values import BillLine, SourcedValue
from corridors.network.rules.calendar import end_countries
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import KG_PER_TONNE

FUEL = "fuel."
FIRST_YEAR = 2019
HALF = 0.5


def in_emission_area(parameters: ParameterTable) -> Callable[[str], bool]:
    """Return a test whether the rules apply in a country: the EU and what `ets.area` adds."""

    def inside(country: str) -> bool:
        return parameters.customs.get(country) == "EU" or (
            parameters.value("ets.area", country) > 0.0
        )

    return inside


def ends_halves(topology: Topology, parameters: ParameterTable) -> int:
    """Return the number of ends of the question in the EU or EEA: 0, 1 or 2."""
    inside = in_emission_area(parameters)
    return sum(inside(country) for country in end_countries(topology))


def leg_halves(topology: Topology, parameters: ParameterTable) -> IntArray:
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
    bill: Sequence[BillLine],
    parameters: ParameterTable,
    *,
    year: int,
    halves: int,
    price_year: int = 0,
) -> tuple[BillLine, ...]:
    """Return a ship's bill with the lines `ets` and `fueleu`.

    Allowances: t CO2e of the fuel, x halves / 2 (of a half, the share of the voyage after the last
    port of call outside), x the share to surrender for emissions of the year, at the price of an
    allowance. The factor includes CH4 and N2O from 2026. FuelEU: the
    tonnes by which the fuel misses the year's limit, at the penalty, without pooling or banking.

    Parameters
    ----------
    bill
        Any bill; only lines with a driver `fuel.*` count.
    parameters
        Shares, factors, limits and prices.
    year
        Calendar year of the departure, also for emissions after New Year's Eve.
    price_year
        Calendar year whose price of an allowance holds; by default `year`.
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
    if halves == 1:
        fuels = [_after_last_call(line, parameters) for line in fuels]
    surrendered = in_year(parameters, "ets.surrendered_share", year)
    limit = in_year(parameters, "fueleu.limit_g_per_mj", year)
    added = []
    for line in fuels:
        fuel = line.driver.removeprefix(FUEL)
        if surrendered is not None and any_above(surrendered.value):
            factor = in_year(parameters, "ets.kg_co2e_per_t", year, prefix=f"{fuel}@")
            row = factor or parameters.get("ets.kg_co2e_per_t", fuel)
            added.append(
                replace(
                    line,
                    driver="ets",
                    scope=str(price_year or year),
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
            missed = at_least(1.0 - limit.value / intensity, 0.0)
            energy = parameters.value("fueleu.vlsfo_equivalent", fuel)
            if any_above(missed):
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


def _after_last_call(line: BillLine, parameters: ParameterTable) -> BillLine:
    """Return the fuel of a ship from the last port of call outside the EU on, by its class."""
    share = parameters.get("ets.voyage_share", line.scope)
    return replace(
        line,
        quantity=line.quantity * share.value,
        low_factor=line.low_factor * ratio(share.low, share.value),
        high_factor=line.high_factor * ratio(share.high, share.value),
    )


def in_year(
    parameters: ParameterTable, parameter: str, year: int, *, prefix: str = ""
) -> SourcedValue | None:
    """Return the row of the latest year up to this one, None if the rule starts later."""
    for earlier in range(year, FIRST_YEAR - 1, -1):
        found = parameters.find(parameter, f"{prefix}{earlier}")
        if found is not None and found.scope:
            return found
    return None
