"""Names in place of the ids that inputs of a batch have as values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from corridors.data.access import load_worlds, title_over
from corridors.data.names import name_of
from corridors.output.display_names import capitalised, corridor_titles, end_title
from corridors.output.sweep import Sweep, SweptKey

WHAT_IF = "What if "
_WORLD, _DEPARTURE = "world", "departure"
_ENDS = ("origin", "destination")
# Values that are words or names as they are.
_PLAIN = ("variant", "departure", "shipment.cargo", "ice_year", "objective", "scope", "speed")


def with_names(sweep: Sweep) -> Sweep:
    """Return a sweep in which worlds, corridors, places and services have names, not ids.

    The scenarios that are named after their values have the names too.
    """
    days = _departures(sweep)

    def named(key: SweptKey) -> SweptKey:
        values = tuple(value_name(key.key, value, days) for value in key.values)
        return replace(key, values=_distinct(values, key.values))

    keys = tuple(map(named, sweep.keys))
    names = []
    for number, name in enumerate(sweep.scenarios):
        chosen = sweep.choice[number].tolist()
        old, new = (
            ", ".join(of[i].values[chosen[i]] for i in sweep.varied) for of in (sweep.keys, keys)
        )
        names.append(new if name == old else name)
    variants = {
        variant: {key: value_name(key, value, days) for key, value in changes.items()}
        for variant, changes in sweep.variants.items()
    }
    return replace(
        sweep,
        keys=keys,
        scenarios=tuple(names),
        variants=variants,
        base={key: value_name(key, value, days) for key, value in sweep.base.items()},
    )


def _departures(sweep: Sweep) -> tuple[date, ...]:
    """Return the days on which the scenarios of a batch leave, each once."""
    swept = [value for key in sweep.keys if key.key == _DEPARTURE for value in key.values]
    of_base = [values[_DEPARTURE] for values in (sweep.base,) if _DEPARTURE in values]
    changed = [changes[_DEPARTURE] for changes in sweep.variants.values() if _DEPARTURE in changes]
    return tuple(dict.fromkeys(map(date.fromisoformat, (*(swept or of_base), *changed))))


def value_name(key: str, value: str, days: Collection[date] = ()) -> str:
    """Return what a value of an input is called; the value itself if it is no id.

    The world `red-sea-closed` is `The Red Sea is closed to container ships`; its title is that on
    the days of departure, by default that of the latest day known.
    """
    if key == _WORLD:
        title = title_over(value, days) if value in load_worlds() else ""
        return capitalised(title.removeprefix(WHAT_IF)) if title else value
    if key in _ENDS:
        return end_title(value)
    if key in _PLAIN:
        return value
    titles = corridor_titles()
    return ", ".join(_named(part, titles) for part in value.split(", "))


def _named(value: str, titles: Mapping[str, str]) -> str:
    return titles.get(value) or name_of(value)


def _distinct(names: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names, or the ids if two of them have one name."""
    return names if len(set(names)) == len(names) else ids
