"""How fast ships sail in open water: at the reference of their class, at so many knots, or best.

The burn of a day is `aux + b v^n`, the cube law with the exponent in the parameters, which holds
from the least to the greatest speed of a class. The ladder is whole steps between the two.
"""

from __future__ import annotations

from corridors.costing import pricing
from corridors.costing.running import running_rate
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Shipment
from corridors.units import HOURS_PER_DAY

REFERENCE, BEST = "reference", "best"


def ladder(service: Service, parameters: ParameterTable) -> tuple[float, ...]:
    """Return the speeds a ship class may take in knots, the least first, its reference among them.

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
    """Return the least and the greatest speed in knots for which a class's burn curve holds."""
    least = parameters.value("ship.speed_min_kn", service.id)
    return least, max(least, parameters.value("ship.speed_max_kn", service.id))


def sailing_speed(
    service: Service, parameters: ParameterTable, shipment: Shipment, speed: str | float
) -> float | None:
    """Return the speed of a ship in open water in knots, None for its reference or for no ship.

    Parameters
    ----------
    service
        Any service; only ships sail.
    parameters
        Bounds, step, burn and prices.
    shipment
        Its value of time weighs the hours.
    speed
        `reference`; knots, held to the range of the class; or `best`, the rung of least cost and
        value of time. Both are so much a km, so the best rung of a km is that of the voyage; it is
        chosen outside emission control areas. Of two equal rungs the slower is taken.

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
