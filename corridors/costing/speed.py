"""Choose the speed of ships in open water: the reference of their class, given knots, or the best.

The burn of a day is `aux + b v^n`, a cube law with its exponent in the parameters, valid from the
least to the greatest speed of a class. The ladder is the steps between the two.
"""

from __future__ import annotations

from corridors.costing import pricing
from corridors.costing.running import running_rate
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.scenario import BEST_SPEED, Shipment
from corridors.units import HOURS_PER_DAY

REFERENCE, BEST = "reference", BEST_SPEED


def ladder(service: Service, parameters: ParameterTable) -> tuple[float, ...]:
    """Return the possible speeds of a ship class in knots, ascending, with its reference.

    Raises
    ------
    ParameterError
        A bound, the step or the reference speed is missing.
    """
    least, most = speed_range(service, parameters)
    step = parameters.value("ship.speed_step_kn", service.id)
    count = int((most - least) / step + 1e-9) + 1 if step > 0.0 else 1
    rungs = {least + step * number for number in range(count)}
    return tuple(sorted({*rungs, parameters.value("ship.reference_speed_kn", service.id)}))


def speed_range(service: Service, parameters: ParameterTable) -> tuple[float, float]:
    """Return the least and greatest speed in knots for which a class's burn curve is valid."""
    least = parameters.value("ship.speed_min_kn", service.id)
    return least, max(least, parameters.value("ship.speed_max_kn", service.id))


def sailing_speed(
    service: Service, parameters: ParameterTable, shipment: Shipment, speed: str | float
) -> float | None:
    """Return the speed of a ship in open water in knots; None for its reference, or no ship.

    Parameters
    ----------
    service
        Any service; only ships sail.
    parameters
        Bounds, step, burn and prices.
    shipment
        Its value of time weighs the hours.
    speed
        `reference`; knots, limited to the range of the class; or `best`, the speed with the least
        cost and value of time. Both are per km, so the best speed for a km is best for the voyage.
        It is chosen outside emission control areas. Of two equal speeds the slower one is used.

    Raises
    ------
    ParameterError
        A figure of the class is missing.
    """
    if service.family is not Family.SEA or speed == REFERENCE:
        return None
    if speed == BEST:
        return min(
            ladder(service, parameters),
            key=lambda knots: generalised_usd_per_km(service, parameters, shipment, knots),
        )
    least, most = speed_range(service, parameters)
    return min(max(float(speed), least), most)


def generalised_usd_per_km(
    service: Service, parameters: ParameterTable, shipment: Shipment, knots: float
) -> float:
    """Return cost and value of time of one km in open water at a speed, in USD per TEU."""
    rate = running_rate(service, parameters, shipment, speed_kn=knots)
    days = rate.hours_per_km / HOURS_PER_DAY
    cost = pricing.usd(rate.bill_per_km, parameters)
    return cost + days * shipment.value_of_time_usd_per_teu_day
