"""Canal tolls of a ship: by brackets of net tonnage, by TEU or by GT.

Suez: the brackets of 2005 in SDR per SCNT, the tiers on deck, the rebate for large ships, and a
factor by year that scales the table to later tolls. Panama: a fixed part by locks plus an amount
per TEU of capacity, laden and empty. Kiel: an amount by GT.
"""

from __future__ import annotations

from corridors.costing.amounts import any_above, at_least, at_most, in_words
from corridors.costing.ships import Ship
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Gate
from corridors.domain.values import BillLine

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
