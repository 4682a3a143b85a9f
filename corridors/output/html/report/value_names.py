"""Names in place of the ids that inputs of a batch have as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corridors.data.access import load_world_titles
from corridors.data.names import name_of
from corridors.output.display_names import capitalised, corridor_titles, end_title
from corridors.output.sweep import Sweep

WHAT_IF = "What if "
_WORLD = "world"
_ENDS = ("origin", "destination")
# Values that are words or names as they are.
_PLAIN = ("variant", "departure", "shipment.cargo", "ice_year", "objective", "scope", "speed")


def with_names(sweep: Sweep) -> Sweep:
    """Return a sweep in which worlds, corridors, places and services have names, not ids.

    The scenarios that are named after their values have the names too.
    """
    keys = tuple(
        replace(key, values=_distinct(tuple(value_name(key.key, value) for value in key.values),
                                      key.values))
        for key in sweep.keys
    )  # fmt: skip
    names = []
    for number, name in enumerate(sweep.scenarios):
        chosen = sweep.choice[number].tolist()
        old, new = (
            ", ".join(of[i].values[chosen[i]] for i in sweep.varied) for of in (sweep.keys, keys)
        )
        names.append(new if name == old else name)
    variants = {
        variant: {key: value_name(key, value) for key, value in changes.items()}
        for variant, changes in sweep.variants.items()
    }
    return replace(
        sweep,
        keys=keys,
        scenarios=tuple(names),
        variants=variants,
        base={key: value_name(key, value) for key, value in sweep.base.items()},
    )


def value_name(key: str, value: str) -> str:
    """Return what a value of an input is called; the value itself if it is no id.

    The world `red-sea-closed` is `The Red Sea is closed to container ships`.
    """
    if key == _WORLD:
        title, _ = load_world_titles().get(value, ("", ""))
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
