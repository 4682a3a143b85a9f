"""Limits of a scenario in words: `at most 45 days`, `at most 60 % via Suez Canal`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corridors.data.names import capacity_title, name_of
from corridors.domain.scenario import Limits
from corridors.output.display_names import listed

_BOUNDS = {
    "max_transit_days": "at most {:g} days in transit",
    "max_days": "at most {:g} days",
    "shelf_life_days": "a shelf life of {:g} days",
    "max_usd_per_teu": "at most {:,g} USD per TEU",
    "max_co2e_kg_per_teu": "at most {:,g} kg CO2e per TEU",
}
_CALLED = {
    "deadline": "the deadline",
    "max_transit_days": "the limit on days in transit",
    "max_days": "the limit on days",
    "shelf_life_days": "the shelf life",
    "max_usd_per_teu": "the limit on cost",
    "max_co2e_kg_per_teu": "the limit on CO2e",
}
# In advice a limit stands before the change that it needs, the corridors in brackets behind.
_LIMIT = re.compile(
    rf"\b(?:{'|'.join(_CALLED)}|max_share_\w+\..+?)(?= would have to rise | from [\d.])"
)
_CORRIDORS = re.compile(r"\(([^()]+)\)")


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


def advice_text(advice: str, titles: Mapping[str, str]) -> str:
    """Return the advice of a decision with names in place of keys and ids.

    `max_days would have to rise from 5 to 23.1 days (suez)` is `the limit on days would have to
    rise from 5 to 23.1 days (Suez Canal)`. `titles` are those of corridors by id.
    """

    def limit(match: re.Match[str]) -> str:
        kind, _, key = match[0].partition(".")
        if key and kind == "max_share_capacity":
            return f"the share of the capacity of {capacity_title(key)}"
        return f"the share via {titles.get(key) or name_of(key)}" if key else _CALLED[kind]

    def corridors(match: re.Match[str]) -> str:
        return f"({', '.join(titles.get(name, name) for name in match[1].split(', '))})"

    return _CORRIDORS.sub(corridors, _LIMIT.sub(limit, advice))
