"""Limits of a scenario in words: `at most 45 days`, `at most 60 % via Suez Canal`."""

from __future__ import annotations

from collections.abc import Mapping

from corridors.data.names import name_of
from corridors.domain.scenario import Limits
from corridors.output.display_names import listed

_BOUNDS = {
    "max_transit_days": "at most {:g} days in transit",
    "max_days": "at most {:g} days",
    "shelf_life_days": "a shelf life of {:g} days",
    "max_usd_per_teu": "at most {:,g} USD per TEU",
    "max_co2e_kg_per_teu": "at most {:,g} kg CO2e per TEU",
}


def limit_text(limits: Limits, name: str, titles: Mapping[str, str]) -> str:
    """Return a limit in words, by its key in `Decision.binding` or `Exceeded.limit`.

    Parameters
    ----------
    limits
        The limits of the scenario.
    name
        Such as `max_days`, or `max_share_gate.gate-suez`.
    titles
        Titles of corridors by id.
    """
    if name == "deadline":
        return f"arrival by {limits.deadline}"
    if name == "avoid":
        places = (*limits.avoid.countries, *limits.avoid.gates, *limits.avoid.terminals)
        return f"avoiding {listed(map(name_of, places))}"
    bound = getattr(limits, name, None)
    if name in _BOUNDS and bound is not None:
        return _BOUNDS[name].format(bound)
    kind, _, key = name.partition(".")
    if kind == "max_share_capacity":
        share = limits.capacity_share or 1.0
        return f"at most {100 * share:g} % of the capacity of {name_of(key)}"
    cap = dict(getattr(limits, kind, None) or ()).get(key)
    title = titles.get(key) or name_of(key)
    return name if cap is None else f"at most {100 * cap:g} % via {title}"
