"""The fixed price of a road haul, whether to a door or between terminals."""

from __future__ import annotations

from corridors.costing.bill_lines import charge
from corridors.data.parameters import ParameterTable
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine


def pick_up(country: str, parameters: ParameterTable, shipment: Shipment) -> BillLine:
    """Return the fixed price of a road haul per box: chassis, gates, waiting."""
    price = parameters.price("road.fixed_usd_per_box", *parameters.country_scopes(country))
    return charge("road.fixed", price, shipment, label="Pick-up and delivery by road")
