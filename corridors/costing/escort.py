"""What an icebreaker's escort costs: by gross tonnage, ice class and the zones escorted.

The published ladder is not linear: one zone costs half of what seven do, each further one a tenth
more, the seventh nothing. An area alone cannot know how many zones a ship is escorted through, so
the first step is charged in the easternmost of the escorted areas, as they stand on the day, and a
tenth in each of the others. Open water between two of them begins no second ladder: the
order counts zones, whatever lies between. A ship that ends inside the route is charged as one that
passes all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from corridors.costing.lines import operation_of
from corridors.costing.ships import ship_of, with_ship_surcharges
from corridors.data.ice import AREA_NAMES
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import Operation

FloatArray = npt.NDArray[np.float64]


def zone_shares(
    area: int, escorted: Mapping[int, npt.NDArray[np.bool_]], parameters: ParameterTable
) -> FloatArray:
    """Return the share of the fee for seven zones that an escorted area adds, by day.

    Parameters
    ----------
    area
        1 in the west to 7 in the east.
    escorted
        By area, whether a day needs an icebreaker there.
    parameters
        Steps of the ladder.
    """
    first = parameters.value("nsr.escort_first_zone")
    further = parameters.value("nsr.escort_next_zone")
    east = [days for other, days in escorted.items() if other > area]
    begins = ~np.any(east, axis=0) if east else np.ones_like(escorted[area])
    shares = np.where(begins, first, further)
    others = [days for other, days in escorted.items() if other != area]
    if area == min(escorted) and others:
        # All the others escorted make the whole fee already.
        paid = first + further * (len(others) - 1)
        most = max(0.0, 1.0 - paid)
        shares = np.where(np.all(others, axis=0), np.minimum(shares, most), shares)
    return shares


def escort(area: int, service: Service, parameters: ParameterTable, *, share: float) -> Operation:
    """Return a share of the fee for an escort through seven zones, for one TEU.

    Parameters
    ----------
    area
        Where it is charged.
    service
        The ship; its GT and ice class decide.
    parameters
        Fee per GT and factor by class.
    share
        Of the fee for seven zones; see `zone_shares`.
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
        with_ship_surcharges((line,), parameters),
    )
