"""The parameters that a scenario's world and direction set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from corridors.data.access import (
    Direction,
    direction_of,
    load_regions,
    trade_of,
    war_risk_is_dated,
    within_a_region,
)
from corridors.data.parameters import ParameterTable, load_country_groups
from corridors.domain.scenario import Override, Subsidies
from corridors.domain.values import Status
from corridors.network.locate import Place
from corridors.units import in_percent

IN_WORDS = MappingProxyType(
    {
        "war_risk.dated": "war-risk premiums are those of the year of departure (set by the world)",
        "rail.subsidies_paid": "China's subsidies on trains are paid (set by `subsidies`)",
        "ship.backhaul": "boxes travel against the main flow of the trade (set by the trade lane)",
        "rail.ends_in_russia": (
            "trains that end in Russia are slower than transit trains (set by the destination)"
        ),
        "rail.ends_in_central_asia": (
            "trains that end in Central Asia wait longer at China's border than transit trains"
            " (set by the destination)"
        ),
        "rail.central_asia_europe": (
            "boxes between Europe and Central Asia ride in scheduled trains, which are slower than"
            " transit trains (set by the ends)"
        ),
        "rail.russia_to_china": (
            "trains from Russia to China wait longer at the border of China than transit trains"
            " (set by the ends)"
        ),
    }
)
"""The switches that `settings_of` sets, in words."""

OF_A_TRADE = ("ets.voyage_share", "ship.backhaul_cost_share", "repositioning.headhaul_share")
"""Parameters with a row by trade lane or within a region, which replaces the general one."""


def settings_of(
    world: str, ends: Sequence[Place], *, subsidies: Subsidies = Subsidies.NONE
) -> tuple[Override, ...]:
    """Return the switches that a scenario's world, direction and subsidies set.

    Its overrides win.
    """
    direction = direction_between(ends)
    in_central_asia = [end.country in load_country_groups()["CENTRAL-ASIA"] for end in ends]
    in_europe = [end.country in load_regions()["europe"].countries for end in ends]
    scheduled = any(in_central_asia) and any(in_europe)
    settings = (
        ("war_risk.dated", war_risk_is_dated(world)),
        ("ship.backhaul", direction is not None and direction.is_back),
        ("rail.ends_in_russia", ends[-1].country == "RU"),
        ("rail.ends_in_central_asia", in_central_asia[-1]),
        ("rail.central_asia_europe", scheduled),
        ("rail.subsidies_paid", subsidies is Subsidies.FOUND),
        ("rail.russia_to_china", (ends[0].country, ends[-1].country) == ("RU", "CN")),
    )
    return tuple(
        Override(parameter=parameter, scope=None, value=1.0)
        for parameter, is_set in settings
        if is_set
    )


def direction_between(ends: Sequence[Place]) -> Direction | None:
    """Return the trade lane of two ends and its direction; None if none is listed."""
    return direction_of(ends[0].country, ends[-1].country)


def trade_between(ends: Sequence[Place]) -> str:
    """Return the scope of the trade between two ends; see `trade_of`."""
    return trade_of(ends[0].country, ends[-1].country)


def with_trade(table: ParameterTable, trade: str) -> ParameterTable:
    """Return a table in which the rows of a trade, by its scope, stand for the general ones.

    Rows of a service stay, as do general ones that the scenario replaced.
    """
    if not trade:
        return table
    made = []
    for parameter in OF_A_TRADE:
        row, general = table.get(parameter, trade), table.get(parameter)
        if row.scope and general.status is not Status.SCENARIO:
            made.append(replace(row, scope=""))
    return table.with_rows(made) if made else table


def lane_note(
    ends: Sequence[Place], table: ParameterTable, direction: Direction | None
) -> str | None:
    """Return what the direction of a question does to its prices; None on a headhaul."""
    first, last = ends[0], ends[-1]
    if direction is None:
        if not first.country or not last.country or within_a_region(first.country, last.country):
            return None
        return (
            f"no trade lane is listed between {first.name} and {last.name}: ships are assumed to be"
            " equally full both ways"
        )
    if table.value("ship.backhaul") <= 0.0:
        return None
    by_sea = table.value("ship.backhaul_cost_share")
    by_rail = table.value("rail.backhaul_rate_share", "rail/1520")
    return (
        f"this is the return direction of the trade {direction.title}: a box pays"
        f" {in_percent(by_sea)}% of an outbound box's share of the ship, and {in_percent(by_rail)}%"
        " of the outbound train rate between Asia and Europe; handling is paid in full"
    )
