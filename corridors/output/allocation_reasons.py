"""What the limits of an allocation are worth, and what they held off."""

from __future__ import annotations

import numpy as np

from corridors.domain.allocation import Marginal, Spill
from corridors.optimise.allocation.program import Flow
from corridors.output.planned import Planned
from corridors.output.signature import names_along, signature
from corridors.units import CENTS_PER_USD

GRAMS_PER_KG = 1000.0
LEAST_EXTRA_USD = 0.01
LEAST_PRICE_USD = 0.005


def marginals_of(planned: Planned) -> tuple[Marginal, ...]:
    """Return what one more unit of each limit that binds is worth."""
    program, prices, plan = planned.program, planned.solved.prices, planned.plan
    used = _used(planned)
    found = []
    for r, m in np.argwhere(prices.by_month > LEAST_PRICE_USD).tolist():
        found.append(
            Marginal(
                kind="capacity",
                name=planned.resources[r],
                month=planned.months[m],
                used=used.get((r, m), 0.0),
                limit=float(program.capacity[r, m]),
                unit="TEU",
                usd_per_unit=float(prices.by_month[r, m]),
            )
        )
    flows = planned.solved.flows
    for kind, limits, values in (
        ("share", program.ceilings, prices.ceiling),
        ("minimum", program.floors, prices.floor),
    ):
        for limit, value in zip(limits, values, strict=True):
            if value > LEAST_PRICE_USD:
                through = sum(
                    flow.teu
                    for flow in flows
                    if flow.offer.route.sets >> limit.member & 1
                    and limit.month in (None, program.lots[flow.offer.lot].month)
                )
                month = None if limit.month is None else plan.months[limit.month]
                found.append(
                    Marginal(
                        kind=kind,
                        name=limit.name,
                        month=month,
                        used=through,
                        limit=limit.teu,
                        unit="TEU",
                        usd_per_unit=float(value),
                    )
                )
    whole = (
        ("budget", "max_usd", program.most_usd, prices.usd, "USD", CENTS_PER_USD, "cents"),
        ("co2e", "cap on CO2e", program.most_kg, prices.kg, "kg", GRAMS_PER_KG, "grams"),
    )
    for kind, name, most, value, unit, scale, figure in whole:
        if most is not None and value > 0.0:
            taken = sum(f.teu * getattr(f.offer.route, figure) for f in flows) / scale
            found.append(
                Marginal(
                    kind=kind,
                    name=name,
                    month=None,
                    used=taken,
                    limit=most,
                    unit=unit,
                    usd_per_unit=value,
                )
            )
    return tuple(found)


def _used(planned: Planned) -> dict[tuple[int, int], float]:
    used: dict[tuple[int, int], float] = {}
    for flow in planned.solved.flows:
        for resource, month, amount in flow.offer.route.uses:
            used[resource, month] = used.get((resource, month), 0.0) + flow.teu * amount
    return used


def spills_of(planned: Planned) -> tuple[Spill, ...]:
    """Return by lot the TEU that leave the way they would take were nothing scarce, and why."""
    program, prices = planned.program, planned.solved.prices
    by_lot: dict[int, list[Flow]] = {}
    for flow in planned.solved.flows:
        by_lot.setdefault(flow.offer.lot, []).append(flow)
    found = []
    for number, lot in enumerate(program.lots):
        offer, worth = planned.free[number], program.worths[lot.pair]
        if offer is None:
            continue
        free = offer.route
        least = free.worth_usd(worth)
        extra = [
            (flow.teu, flow.offer.route.worth_usd(worth) - least) for flow in by_lot.get(number, ())
        ]
        dearer = [(teu, usd) for teu, usd in extra if usd > LEAST_EXTRA_USD]
        if not dearer:
            continue
        moved = sum(teu for teu, _ in dearer)
        question, network = planned.lane(offer)
        because = [
            planned.resources[r] for r, m, _ in free.uses if prices.by_month[r, m] > LEAST_PRICE_USD
        ]
        because += [
            limit.name
            for limit, price in zip(program.ceilings, prices.ceiling, strict=True)
            if price > LEAST_PRICE_USD and free.sets >> limit.member & 1
        ]
        because += [
            limit.name
            for limit, price in zip(program.floors, prices.floor, strict=True)
            if price > LEAST_PRICE_USD and limit.month == lot.month
        ]
        because += ["cap on CO2e"] * (prices.kg > 0.0) + ["max_usd"] * (prices.usd > 0.0)
        named = names_along(
            question.bundle.topology, network.problem.base[list(free.arcs)].tolist()
        )
        found.append(
            Spill(
                pair=planned.plan.pairs[lot.pair].name,
                month=planned.plan.months[lot.month],
                teu=moved,
                from_route=signature(named),
                extra_usd_per_teu=sum(teu * usd for teu, usd in dearer) / moved,
                because=tuple(dict.fromkeys(because)),
            )
        )
    return tuple(found)
