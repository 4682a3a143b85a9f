"""Time and bill of passing a border, a canal or a strait, and the lines for risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from corridors.arrays import BoolArray, FloatArray
from corridors.costing.pricing import any_above, at_least, at_most, charge, in_words, operation_of
from corridors.costing.ships import Ship, in_year, ship_of, with_ship_surcharges
from corridors.data.parameters import ParameterTable
from corridors.data.sea_areas import AREA_NAMES, load_piracy_areas, shares_inside
from corridors.domain.places import Family, Gate, Service, Terminal
from corridors.domain.results import PiracyMet, RouteStep, StepKind
from corridors.domain.scenario import CUSTOMS_OF_TODAY, Customs, Shipment
from corridors.domain.values import BillLine, Operation, RunningRate
from corridors.units import HOURS_PER_DAY, nm_from_km

# Canal tolls of a ship: by brackets of net tonnage, by TEU or by GT.

_BRACKETS = "canal.sdr_per_scnt"
_RISE = "canal.toll_rise"
_NARROW = "canal.narrow_beam_m"


def table_sdr(scnt: float, gate: str, parameters: ParameterTable) -> float:
    """Return the dues of a laden ship by a canal's table in SDR; 0 if it has no table.

    Parameters
    ----------
    scnt
        Suez Canal net tonnage of the ship.
    gate
        The canal's id.
    parameters
        Rates by bracket; the scope of a row names where its bracket begins: `gate-suez@5000`.
    """
    rates = sorted(
        (float(row.scope.partition("@")[2]), row.value)
        for row in parameters.rows_of(_BRACKETS)
        if row.scope.startswith(f"{gate}@")
    )
    ends = [start for start, _ in rates[1:]] + [float("inf")]
    return sum(
        at_least(at_most(scnt, end) - start, 0.0) * rate
        for (start, rate), end in zip(rates, ends, strict=True)
    )


def toll_lines(gate: Gate, ship: Ship, parameters: ParameterTable, year: str) -> list[BillLine]:
    """Return the toll of a canal for a ship, per paying TEU.

    Parameters
    ----------
    gate
        The canal.
    ship
        The ship, whose tonnage, capacity, beam and load decide.
    parameters
        Rates, rebates and factors.
    year
        Calendar year of the departure; empty for the newest rates.

    Raises
    ------
    ParameterError
        A rate or a figure of the ship is missing.
    """
    slot = parameters.get("canal.slot_usd", gate.id)
    bought = [_line(ship, gate, "canal.slot", 1.0, "transit", slot.parameter, slot.scope)]
    lines = bought if any_above(slot.value) else []
    if parameters.find(_RISE, gate.id) is not None:
        return [_by_tonnage(gate, ship, parameters, year), *lines]
    capacity = parameters.find("canal.toll_usd_per_teu_capacity", gate.id)
    narrow = parameters.find(_NARROW, gate.id)
    beam = ship.service.beam_m
    fits = narrow is not None and beam is not None and beam <= in_words(narrow.value)
    scope = f"{gate.id}@narrow" if fits else gate.id
    fixed = parameters.get("canal.toll_usd", scope)
    lines.append(_line(ship, gate, "canal.toll", 1.0, "transit", fixed.parameter, fixed.scope))
    if capacity is not None:
        empty = ship.capacity_teu - ship.paying_teu
        for kind, teu in (
            ("capacity", ship.capacity_teu),
            ("laden", ship.paying_teu),
            ("empty", empty),
        ):
            price = f"canal.toll_usd_per_teu_{kind}"
            lines.append(
                _line(ship, gate, f"canal.toll_{kind}", teu, f"TEU {kind}", price, gate.id)
            )
    by_gt = parameters.find("canal.toll_usd_per_gt", gate.id)
    if by_gt is not None:
        gt = parameters.value("ship.gross_tonnage", ship.service.id)
        lines.append(_line(ship, gate, "canal.toll_gt", gt, "GT", by_gt.parameter, by_gt.scope))
    return lines


def _by_tonnage(gate: Gate, ship: Ship, parameters: ParameterTable, year: str) -> BillLine:
    scnt = parameters.value("ship.scnt", ship.service.id)
    tiers = parameters.get("canal.tier_share", gate.id)
    rebate = parameters.get("canal.rebate_share", f"{gate.id}@{year}", gate.id)
    # A ship's tonnage is known, whatever is drawn.
    large = in_words(scnt) >= in_words(parameters.value("canal.rebate_min_scnt", gate.id))
    paid = 1.0 - rebate.value if large else 1.0
    usd = table_sdr(scnt, gate.id, parameters) * parameters.value("currency.usd_per_sdr", year)
    rise = parameters.get(_RISE, f"{gate.id}@{year}", gate.id)
    most = 1.0 - rebate.low if large else 1.0
    least = 1.0 - rebate.high if large else 1.0
    return ship.line(
        "canal.toll",
        label=f"Toll of {gate.name}",
        amount=usd * (1.0 + tiers.value) * paid,
        unit="USD of the 2005 table",
        price=_RISE,
        scope=rise.scope,
        low_factor=(1.0 + tiers.low) / (1.0 + tiers.value) * least / paid,
        high_factor=(1.0 + tiers.high) / (1.0 + tiers.value) * most / paid,
    )


def _line(
    ship: Ship, gate: Gate, driver: str, amount: float, unit: str, price: str, scope: str
) -> BillLine:
    return ship.line(
        driver,
        label=f"Toll of {gate.name}",
        amount=amount,
        unit=unit,
        price=price,
        scope=scope,
    )


# The fee of an icebreaker escort, by gross tonnage, ice class and the zones escorted.


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


EAEU = "EAEU"
ENTRIES = (
    ("border.fee", "Border fees"),
    ("border.t1", "Transit declaration (T1)"),
    ("border.broker", "Customs broker at the border"),
)


def border(
    countries: Sequence[str],
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    customs: Customs = CUSTOMS_OF_TODAY,
    places: Sequence[str] = (),
    year: str = "",
) -> Operation:
    """Return the operation of crossing a border.

    Parameters
    ----------
    countries
        Countries of the leg, in either order. One country is no border.
    service
        The train or truck.
    parameters
        Dwell and fees by pair (`BY-PL`, codes in alphabetical order), else by customs territories
        (`EAEU-EU`), else the default, without a change of gauge. A dwell measured in a year applies
        only to that year: at a crossing (`CN-KZ@kz-dostyk@2021`), else at all of the pair. A train
        with a row of its own (`CN-KZ@rail/express-cn`) waits as that says, in every year, and so
        do trains that end in Central Asia (`rail.ends_in_central_asia`; `CN-KZ@CENTRAL-ASIA`, or
        `CN-KZ@CENTRAL-ASIA@2019` in that year). Trains from Russia to China
        (`rail.russia_to_china`) wait as the latest year known says (`CN-RU@FROM-RUSSIA@2023`).
    shipment
        Its boxes pay the fees.
    customs
        Without the EAEU, a border of two members costs what `EAEU-apart` says. A country that joins
        it loses fees, declarations and the customs part of the dwell at borders with members.
        Trains still wait there for wagons, crews and the other gauge.
    places
        Ids of the terminals on either side.
    year
        Year of the departure; empty for the dwell without a year.
    """
    codes = sorted(set(countries))
    if len(codes) < 2 or service.family not in (Family.RAIL, Family.ROAD):
        return Operation(key=f"border|{';'.join(countries)}|{service.id}", label="")
    pair = "-".join(codes)
    zones = sorted(parameters.customs.get(code, "") for code in codes)
    scopes = [pair, "-".join(zones)] if all(zones) else [pair]
    inner = all(parameters.customs.get(code) == EAEU or code in customs.extend_to for code in codes)
    joined = inner and any(code in customs.extend_to for code in codes)
    if zones == [EAEU, EAEU] and not customs.eaeu:
        scopes = ["EAEU-apart"]
    measured = [f"{pair}@{place}@{year}" for place in places] + [f"{pair}@{year}"]
    dated = measured if scopes[0] == pair else []
    own = [f"{pair}@{service.id}"]
    if service.family is Family.RAIL and parameters.value("rail.ends_in_central_asia") > 0.0:
        own += [f"{pair}@CENTRAL-ASIA@{year}", f"{pair}@CENTRAL-ASIA"]
    dwell = parameters.get("border.dwell_hours", *own, *dated, *scopes)
    if service.family is Family.RAIL and parameters.value("rail.russia_to_china") > 0.0 and year:
        prefix = f"{pair}@FROM-RUSSIA@"
        dwell = in_year(parameters, "border.dwell_hours", int(year), prefix=prefix) or dwell
    hours = dwell.value
    if joined:
        hours *= 1.0 - parameters.value("border.customs_share_of_dwell", pair)
        scopes = [f"{EAEU}-{EAEU}"]
    bill = []
    for driver, label in ENTRIES:
        price = parameters.find(driver, *scopes)
        if price is not None and any_above(price.value):
            bill.append(charge(driver, price, shipment, label=label))
    note = parameters.find("border.consignment_change", *scopes)
    changed = service.family is Family.RAIL and not customs.common_note
    if changed and note is not None and any_above(note.value):
        bill.append(
            charge("border.consignment", note, shipment, label="Change of consignment note")
        )
    return operation_of(
        f"border|{pair}|{service.id}|{customs}|{in_words(hours):g}",
        f"Border {pair}",
        {"border": hours},
        bill,
    )


def canal(
    gate: Gate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,  # noqa: ARG001 the same for every box today; reefer surcharges come later
    *,
    year: str = "",
) -> Operation:
    """Return the operation of a canal leg: toll, hours with the wait, ship and fuel.

    It replaces the cost per km. The hours include the wait for the convoy or the locks; fuel is the
    consumption in port. `year` is that of the departure, for tolls by year; empty for the newest.
    """
    ship = ship_of(service, parameters)
    hours = sum(
        parameters.value(name, f"{gate.id}@{service.id}", gate.id)
        for name in ("canal.transit_hours", "canal.queue_hours")
    )
    days = hours / HOURS_PER_DAY
    paid, burnt = ship.fuel(days * ship.port_t_per_day)
    lines = [*ship.days(days), paid, *toll_lines(gate, ship, parameters, year)]
    bill = [*with_ship_surcharges(tuple(lines)), burnt]
    return operation_of(f"canal|{gate.id}|{service.id}", gate.name, {"canal": hours}, bill)


def gate(
    gate: Gate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,  # noqa: ARG001 part of the common form of operations
    *,
    year: str = "",
) -> Operation:
    """Return the operation of passing a strait or cape: a war-risk premium on the hull, if due."""
    return war_risk(gate.id, gate.name, service, parameters, year=year)


def war_risk(
    place: str, name: str, service: Service, parameters: ParameterTable, *, year: str = ""
) -> Operation:
    """Return the war-risk premium on the hull for passing a gate or calling at a port, if due.

    With `war_risk.dated` at 1 the premium is that of the year of departure, if known. A quote
    covers seven days, so a place is paid once.
    """
    key = f"gate|{place}|{service.id}"
    if service.family is not Family.SEA:
        return Operation(key=key, label=name)
    share = parameters.find("war_risk.hull_share", place)
    of_year = parameters.find("war_risk.hull_share", f"{place}@{year}", place)
    # Few places have a row by year, and only they depend on what the world says.
    if of_year is not share and parameters.value("war_risk.dated") > 0.0:
        share = of_year
    if share is None or share.high <= 0.0:
        return Operation(key=key, label=name)
    ship = ship_of(service, parameters)
    hull_usd = parameters.value("ship.hull_value_musd", service.id) * 1e6
    line = ship.line(
        "war_risk",
        label="War-risk premium on the hull",
        amount=hull_usd,
        unit="USD of hull",
        price="war_risk.hull_share",
        scope=share.scope,
    )
    return operation_of(key, name, {}, [line])


def with_calls(
    made: Operation,
    port: Terminal,
    ships: Sequence[Service],
    parameters: ParameterTable,
    *,
    year: str,
) -> Operation:
    """Return an operation at a port with the war-risk premiums of the ships' calls, if due."""
    lines = [
        line
        for ship in ships
        if ship.family is Family.SEA
        for line in war_risk(port.id, port.name, ship, parameters, year=year).bill
    ]
    return replace(made, bill=(*made.bill, *lines)) if lines else made


def merged(made: Sequence[Operation]) -> Operation | None:
    """Return the sum of the passages of one arc, None if there are none."""
    if not made:
        return None
    if len(made) == 1:
        return made[0]
    hours: dict[str, float] = {}
    for operation in made:
        for part, value in operation.time_parts.items():
            hours[part] = hours.get(part, 0.0) + value
    return Operation(
        key="+".join(operation.key for operation in made),
        label="; ".join(operation.label for operation in made),
        time_parts=hours,
        bill=tuple(line for operation in made for line in operation.bill),
    )


# Lines for risk: cargo insurance, security charges, expected delays, and demurrage.

# Find the piracy areas that an option sails through, and the incidents reported there.

PIRACY_TITLE = "Piracy and robbery on the way: all incidents reported, attacks of war left out"


# Routes of one trade sail the same legs.
_shares_inside = lru_cache(maxsize=1_000)(shares_inside)


def piracy_met(steps: Sequence[RouteStep], *, year: int) -> tuple[PiracyMet, ...]:
    """Return the areas that drawn steps sail through, in file order.

    Parameters
    ----------
    steps
        All steps of a route; those without a line are ignored.
    year
        Calendar year of the departure.
    """
    areas = load_piracy_areas()
    inside = [0.0] * len(areas)
    for step in steps:
        if step.kind is StepKind.LEG and step.service.startswith("sea/") and step.lon_lat:
            for number, share in enumerate(_shares_inside(step.lon_lat, areas)):
                inside[number] += share * step.km
    met = []
    for area, km in zip(areas, inside, strict=True):
        if km <= 0.0:
            continue
        found = area.latest(year)
        met.append(
            PiracyMet(
                area=area.id,
                title=area.title,
                sea_nm=nm_from_km(km),
                incidents=found.incidents if found else None,
                year=found.year if found else None,
                source_id=found.source_id if found else "",
                status=found.status if found else "",
            )
        )
    return tuple(met)


def insured(
    loading: Operation,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    before: Service | None = None,
) -> Operation:
    """Return a loading, or a change of mode, with its cargo insurance.

    Insurance is a share of the insured value, by cargo where the cargo has a row, else by mode. One
    policy covers a route at the share of its dearest mode: loading adds the share of the first
    mode, a change from `before` the difference to a dearer one. A route that changes from ship to
    train twice pays that difference twice.
    """
    families = service.family, None if before is None else before.family
    lines = _insurance(*families, parameters, shipment)
    return replace(loading, bill=(*loading.bill, *lines)) if lines else loading


def _insurance(
    mode: Family, before: Family | None, parameters: ParameterTable, shipment: Shipment
) -> tuple[BillLine, ...]:
    value = shipment.value_usd_per_teu * parameters.value("insurance.value_factor")
    if not any_above(value):
        return ()
    share = parameters.get("insurance.cargo_share", shipment.cargo, mode.value)
    if before is not None:
        covered = parameters.value("insurance.cargo_share", shipment.cargo, before.value)
        if before is mode or not any_above(share.value, covered):
            return ()
        value *= at_least(1.0 - covered / share.value, 0.0)
    line = BillLine(
        driver="insurance.cargo",
        scope=share.scope,
        label="Cargo insurance",
        quantity=value,
        unit="USD insured",
        price_parameter="insurance.cargo_share",
    )
    return (line,)


def insured_in_ice(
    rate: RunningRate, parameters: ParameterTable, shipment: Shipment
) -> RunningRate:
    """Return a rate on the Northern Sea Route with the insurance of the crossing, per km."""
    value = shipment.value_usd_per_teu * parameters.value("insurance.value_factor")
    if not any_above(value):
        return rate
    line = BillLine(
        driver="insurance.arctic",
        scope=parameters.get("insurance.arctic_share", shipment.cargo).scope,
        label="Cargo insurance, Arctic part",
        quantity=value / parameters.value("nsr.crossing_km"),
        unit="USD insured",
        price_parameter="insurance.arctic_share",
    )
    return replace(rate, bill_per_km=(*rate.bill_per_km, line))


def with_demurrage(
    unloading: Operation, parameters: ParameterTable, shipment: Shipment
) -> Operation:
    """Return an unloading with demurrage for the days beyond the free ones."""
    days = unloading.time_parts.get("import_dwell", 0.0) / HOURS_PER_DAY
    beyond = at_least(days - parameters.value("demurrage.free_days"), 0.0)
    if not any_above(beyond):
        return unloading
    price = parameters.price("demurrage.usd_per_teu_day")
    line = charge("storage.demurrage", price, shipment, label="Demurrage", units=beyond)
    return replace(unloading, bill=(*unloading.bill, line))


def exposure(
    place: str, parameters: ParameterTable, shipment: Shipment, *, year: int
) -> Operation | None:
    """Return the expected delay and security charge of passing a place; None if both are 0.

    Parameters
    ----------
    place
        A border pair (`BY-PL`) or the id of a gate.
    parameters
        `risk.delay_probability` by place and year (`BY-PL@2026`, valid until a later row) times
        `risk.delay_hours` by place; `risk.security` by place.
    shipment
        The box; the charge is per box or TEU.
    year
        Calendar year of the departure.
    """
    probability = in_year(parameters, "risk.delay_probability", year, prefix=f"{place}@")
    hours = 0.0
    if probability is not None:
        hours = probability.value * parameters.value("risk.delay_hours", place)
    price = parameters.get("risk.security", place)
    if not any_above(hours) and not any_above(price.value):
        return None
    bill: tuple[BillLine, ...] = ()
    if any_above(price.value):
        bill = (charge("risk.security", price, shipment, label="Security charge"),)
    times = {"risk_delay": hours} if any_above(hours) else {}
    return Operation(key=f"risk|{place}|{year}", label="", time_parts=times, bill=bill)
