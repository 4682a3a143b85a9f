"""The parameters that a scenario's world and direction set."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.data.access import war_risk_is_dated
from corridors.data.parameters import ParameterTable
from corridors.domain.scenario import Override
from corridors.network.locate import Place


def settings_of(world: str, ends: Sequence[Place], table: ParameterTable) -> tuple[Override, ...]:
    """Return the parameters that a world and a direction set; a scenario's overrides win."""
    exports = [table.value("trade.exporter", *table.country_scopes(e.country)) > 0.0 for e in ends]
    settings = (
        ("war_risk.dated", war_risk_is_dated(world)),
        ("ship.backhaul", exports == [False, True]),
        ("rail.ends_in_russia", ends[-1].country == "RU"),
    )
    return tuple(
        Override(parameter=parameter, scope=None, value=1.0)
        for parameter, is_set in settings
        if is_set
    )
