"""The fee of an icebreaker escort, by gross tonnage, ice class and the zones escorted.

The published fee is not linear: one zone costs half of the fee for seven, each further zone a tenth
more, the seventh nothing. A single area does not know the other zones of an escort, so the first
step is due in the easternmost area escorted on the day, and a tenth in each of the others. Open
water between two of them does not start a second escort: the order counts zones, whatever lies
between. A ship that ends inside the route pays as if it passed all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from corridors.arrays import BoolArray, FloatArray
from corridors.costing.bill_lines import operation_of
from corridors.costing.ships import ship_of, with_ship_surcharges
from corridors.data.ice import AREA_NAMES
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import Operation


def zone_shares(
    area: int, escorted: Mapping[int, BoolArray], parameters: ParameterTable
) -> FloatArray:
    """Return by day the share of the fee for seven zones that an escorted area adds.

    Parameters
    ----------
    area
        1 in the west to 7 in the east.
    escorted
        By area and day, whether an icebreaker is needed.
    parameters
        Steps of the fee.
    """
    first = parameters.value("nsr.escort_first_zone")
    further = parameters.value("nsr.escort_next_zone")
    east = [days for other, days in escorted.items() if other > area]
    begins = ~np.any(east, axis=0) if east else np.ones_like(escorted[area])
    shares = np.where(begins, first, further)
    others = [days for other, days in escorted.items() if other != area]
    if area == min(escorted) and others:
        # If all the others are escorted, they make up the full fee.
        paid = first + further * (len(others) - 1)
        most = max(0.0, 1.0 - paid)
        shares = np.where(np.all(others, axis=0), np.minimum(shares, most), shares)
    return shares


def escort(area: int, service: Service, parameters: ParameterTable, *, share: float) -> Operation:
    """Return a share of the fee for an escort through seven zones, for one TEU.

    Parameters
    ----------
    area
        The area in which the fee is due.
    service
        The ship, whose GT and ice class decide.
    parameters
        Fee per GT and factor by class.
    share
        Share of the fee for seven zones; see `zone_shares`.
    """
    ship = ship_of(service, parameters)
    factor = parameters.value("nsr.escort_class_factor", service.ice_class)
    line = ship.line(
        "nsr.escort",
        label="Icebreaker escort",
        amount=parameters.value("ship.gross_tonnage", service.id) * factor * share,
        unit="GT",
        price="nsr.escort_usd_per_gt",
    )
    return operation_of(
        f"escort|{service.id}|{area}",
        f"Icebreaker escort in the {AREA_NAMES[area]}",
        {},
        with_ship_surcharges((line,)),
    )
