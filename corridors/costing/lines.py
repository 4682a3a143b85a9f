"""Lines of a bill, and the ships' numbers that several of them share.

A unit price row says what it is charged on: `USD/box` is spread over the TEU of a box, `USD/FEU`
is halved, `USD/TEU` is taken as it is. Prices in EUR become USD in `pricing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridors.catalogue.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import Operation
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, SourcedValue
from corridors.errors import ParameterError
from corridors.units import TEU_PER_FEU

SHIP_LINES_UNIT = "USD of ship lines"


def teu_share(price: SourcedValue, shipment: Shipment) -> float:
    """Return how many of the price's units one TEU takes.

    Parameters
    ----------
    price
        A row whose unit is an amount per `TEU`, `FEU` or `box`, and maybe per something else.
    shipment
        Its equipment says how many TEU a box is.

    Raises
    ------
    ParameterError
        The unit is charged on none of the three.
    """
    per = price.unit.split("/")[1:]
    if "TEU" in per:
        return 1.0
    if "box" in per:
        return 1.0 / shipment.equipment.teu_per_box
    if any(part.split("-")[0] == "FEU" for part in per):
        return 1.0 / TEU_PER_FEU
    msg = f"{price.parameter}@{price.scope}: unit '{price.unit}' is not per TEU, FEU or box"
    raise ParameterError(msg)


def charge(
    driver: str,
    price: SourcedValue,
    shipment: Shipment,
    *,
    label: str,
    units: float = 1.0,
    low_factor: float = 1.0,
    high_factor: float = 1.0,
) -> BillLine:
    """Return a line for a price charged on a box, a FEU or a TEU.

    Parameters
    ----------
    driver
        Driver of the line.
    price
        The row that prices it; its scope becomes the line's, so that pricing finds it again.
    shipment
        The box.
    label
        Words for the report.
    units
        How often the price is due: lifts, or km.
    low_factor, high_factor
        Range of the quantity, as factors.
    """
    return BillLine(
        driver=driver,
        scope=price.scope,
        label=label,
        quantity=units * teu_share(price, shipment),
        unit=price.unit.split("/", 1)[1].replace("/", "-"),
        price_parameter=price.parameter,
        low_factor=low_factor,
        high_factor=high_factor,
    )


def hub_energy(kind: str, shipment: Shipment, *, moves: float = 1.0) -> BillLine:
    """Return the energy of handling a box at a terminal.

    Parameters
    ----------
    kind
        `sea` or `rail`.
    shipment
        The box.
    moves
        Moves of one box.
    """
    return BillLine(
        driver="energy.hub",
        scope=kind,
        label="Handling at terminals",
        quantity=moves / shipment.equipment.teu_per_box,
        unit="move",
        price_parameter=None,
    )


def operation_of(
    key: str, label: str, times: Mapping[str, float], bill: Sequence[BillLine]
) -> Operation:
    """Return an operation without the parts that take no time."""
    kept = {part: hours for part, hours in times.items() if hours > 0.0}
    return Operation(key=key, label=label, time_parts=kept, bill=tuple(bill))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """One ship class as its bills need it.

    `paying_teu` are the TEU that share its costs on the headhaul, `emission_teu` those that
    share its emissions over the round trip (ISO 14083): a full ship out and a half-empty one
    back emit for both, and the headhaul load alone would understate them.
    """

    service: Service
    capacity_teu: float
    paying_teu: float
    emission_teu: float
    load_low_factor: float
    load_high_factor: float
    speed_kn: float
    sea_t_per_day: float
    burn_low_factor: float
    burn_high_factor: float
    port_t_per_day: float
    lng_t_per_t: float = 0.0

    def line(
        self,
        driver: str,
        *,
        label: str,
        amount: float,
        unit: str,
        price: str,
        scope: str = "",
        low_factor: float = 1.0,
        high_factor: float = 1.0,
    ) -> BillLine:
        """Return a line for an amount of the whole ship, shared by its paying TEU."""
        return BillLine(
            driver=driver,
            scope=scope or self.service.id,
            label=label,
            quantity=amount / self.paying_teu,
            unit=unit,
            price_parameter=price,
            low_factor=low_factor * self.load_low_factor,
            high_factor=high_factor * self.load_high_factor,
        )

    def days(self, days: float, *, low_factor: float = 1.0, high_factor: float = 1.0) -> BillLine:
        """Return the line of so many days of the ship."""
        return self.line(
            "ship_days",
            label="Ship time",
            amount=days,
            unit="ship-day",
            price="ship.day_usd",
            low_factor=low_factor,
            high_factor=high_factor,
        )

    def fuel(
        self,
        tonnes: float,
        *,
        carrier: str = "vlsfo",
        low_factor: float = 1.0,
        high_factor: float = 1.0,
    ) -> tuple[BillLine, BillLine]:
        """Return the paid fuel and the burnt fuel: they are shared by different TEU.

        `tonnes` of VLSFO or gas oil; a ship that runs on LNG burns `lng_t_per_t` for each of VLSFO.
        """
        if self.lng_t_per_t > 0.0:
            carrier, tonnes = "lng", tonnes * self.lng_t_per_t
        words = {"mgo": "Marine gas oil", "lng": "LNG"}.get(carrier, "")
        paid = self.line(
            f"fuel.{carrier}",
            label=words or "Bunker fuel",
            amount=tonnes,
            unit="t",
            price=f"fuel.{carrier}_usd_per_t",
            low_factor=low_factor,
            high_factor=high_factor,
        )
        burnt = BillLine(
            driver=f"energy.{carrier}",
            scope=self.service.id,
            label=f"{words or 'Marine fuel'} burnt",
            quantity=tonnes / self.emission_teu,
            unit="t",
            price_parameter=None,
            low_factor=low_factor,
            high_factor=high_factor,
        )
        return paid, burnt


def ship_of(service: Service, parameters: ParameterTable, *, speed_kn: float | None = None) -> Ship:
    """Return the numbers of a ship class at a speed, at its reference where None.

    Daily burn is `aux + b v^n`, fitted on yearly means of the EU MRV.

    Raises
    ------
    ParameterError
        A number of the class is missing, or a load factor is not in 0 to 1.
    """
    scope = service.id
    capacity = parameters.value("ship.capacity_teu", scope)
    load = parameters.get("ship.load_factor_headhaul", scope)
    emission_load = parameters.value("ship.load_factor_emissions", scope)
    for share in (load.value, emission_load):
        if not 0.0 < share <= 1.0:
            msg = f"ship.load_factor@{scope} must be in 0 to 1, got {share:g}"
            raise ParameterError(msg)
    speed = parameters.value("ship.reference_speed_kn", scope) if speed_kn is None else speed_kn
    if speed <= 0.0:
        msg = f"ship.reference_speed_kn@{scope} must be above 0, got {speed:g}"
        raise ParameterError(msg)
    aux = parameters.value("ship.aux_t_per_day", scope)
    burn = parameters.get("ship.burn_b", scope)
    power = speed ** parameters.value("ship.burn_exponent", scope)
    at_sea = aux + burn.value * power
    return Ship(
        service=service,
        capacity_teu=capacity,
        paying_teu=capacity * load.value,
        emission_teu=capacity * emission_load,
        load_low_factor=load.value / load.high,
        load_high_factor=load.value / load.low if load.low > 0.0 else 1.0,
        speed_kn=speed,
        sea_t_per_day=at_sea,
        burn_low_factor=(aux + burn.low * power) / at_sea,
        burn_high_factor=(aux + burn.high * power) / at_sea,
        port_t_per_day=parameters.value("ship.port_t_per_day", scope),
        lng_t_per_t=parameters.value("fuel.lng_t_per_t_vlsfo")
        if parameters.value("ship.runs_on_lng", scope) > 0.0
        else 0.0,
    )


def with_ship_surcharges(
    lines: tuple[BillLine, ...], parameters: ParameterTable
) -> tuple[BillLine, ...]:
    """Return ship lines with overhead and margin, which are shares of what they cost.

    The quantity is what the ship lines cost in USD per TEU at central prices, so a change of the
    fuel price reaches it only when the bill is made again.

    Parameters
    ----------
    lines
        Lines of one ship; those without a price count nothing.
    parameters
        Prices and shares.
    """
    amount = low = high = 0.0
    scope = ""
    for line in lines:
        if line.price_parameter is None:
            continue
        price = parameters.get(line.price_parameter, line.scope)
        amount += line.quantity * price.value
        low += line.quantity * line.low_factor * price.low
        high += line.quantity * line.high_factor * price.high
        scope = scope or line.scope
    if amount <= 0.0:
        return lines
    shares = (
        ("sea.overhead", "Overhead of the ship lines", "sea.overhead_share"),
        ("sea.margin", "Margin of the ship lines", "sea.margin_share"),
    )
    return lines + tuple(
        BillLine(
            driver=driver,
            scope=scope,
            label=label,
            quantity=amount,
            unit=SHIP_LINES_UNIT,
            price_parameter=parameter,
            low_factor=low / amount,
            high_factor=high / amount,
        )
        for driver, label, parameter in shares
    )
