"""Describe a set of scenarios by the values of their swept keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from corridors.domain.results import LIMITS_PER_BOX
from corridors.output.display_names import listed
from corridors.output.html.palette import day_text, quoted
from corridors.output.html.report.effects import Mask
from corridors.output.monthly import Sweep

RUN = 3
VALUE_OF_A_DAY = "value_of_time_usd_per_teu_day"
MOST_NAMED = 6
ANY_VALUES = "any values"
MAX_REGIONS = 4
MOST_SPLIT_VALUES = 60
LABELS = {
    "departure": "departure date",
    "pair": "origin and destination",
    "teu_per_month": "TEU a month",
    "cargo_t_per_teu": "cargo weight",
    "value_usd_per_teu": "cargo value",
    VALUE_OF_A_DAY: "value of a day",
    **{name: limit.called.removeprefix("the ") for name, limit in LIMITS_PER_BOX.items()},
}
# Places of keys in a sentence: ends, then 2 for departures, 3 for worlds.
PLAIN = 4
ENDS = {"origin": 0, "destination": 1}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = {"usd": "USD", "teu": "TEU", "co2e": "CO₂e", "vlsfo": "VLSFO", "mgo": "MGO", "lng": "LNG"}
_ORDERED = re.compile(r"\d{4}-\d{2}-\d{2}|[-+]?\d[\d.,_]*(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """All scenarios whose keys have one of these values.

    `values` are value indices by key, for keys with more than one value. `size` counts the
    scenarios of the region, `hits` those in which the condition holds.
    """

    values: tuple[tuple[int, tuple[int, ...]], ...]
    size: int
    hits: int


def regions_of(sweep: Sweep, holds: Mask, among: Mask) -> list[Region]:
    """Return regions that cover every scenario in which a condition holds.

    One region if it is exact or if splitting it by a key makes nothing smaller; else up to four,
    each with some values of one key.

    Parameters
    ----------
    sweep
        The scenarios.
    holds
        Scenarios in which the condition holds.
    among
        Scenarios to count.
    """
    if not holds.any():
        return []
    best = [_region(sweep, holds, among)]
    for key in sweep.varied:
        if _size(best) == holds.sum():
            break
        if len(sweep.keys[key].values) > MOST_SPLIT_VALUES:
            continue
        parts = _split(sweep, holds, among, key)
        if len(parts) <= MAX_REGIONS and _size(parts) < _size(best):
            best = parts
    return best


def region_text(sweep: Sweep, region: Region) -> str:
    """Return a region in words: `departure date 2026-07-15 to 2026-10-15 and world open`.

    Keys that may have any value are left out; `any values` if all may.
    """
    parts = [
        f"{key_label(sweep, key)} {values_text(sweep.keys[key].values, values)}"
        for key, values in region.values
        if len(values) < len(sweep.keys[key].values)
    ]
    return listed(parts) or ANY_VALUES


def case_text(sweep: Sweep, region: Region) -> str:
    """Return a region as a person says it: `to Hamburg departing 15 July to 15 September`.

    Ends first, then departures, worlds and the other keys; keys that may have any value are left
    out, and all of them if all may.
    """
    told = sorted(
        _case(sweep, key, values)
        for key, values in region.values
        if len(values) < len(sweep.keys[key].values)
    )
    said = [text for place, text in told if place < PLAIN]
    plain = [text for place, text in told if place == PLAIN]
    return " ".join([*said, f"with {listed(plain)}"] if plain else said)


def _case(sweep: Sweep, key: int, chosen: Sequence[int]) -> tuple[int, str]:
    """Return the place of a key in a sentence, and its chosen values as part of it."""
    values, name = sweep.keys[key].values, key_name(sweep, key)
    named = values_text(values, chosen)
    if name in ENDS:
        return ENDS[name], f"{'from' if name == 'origin' else 'to'} {named}"
    if name == "departure":
        one_year = len({value[:4] for value in values}) == 1
        return 2, f"departing {_DAY.sub(lambda day: _day_of(day[0], year=not one_year), named)}"
    if name == VALUE_OF_A_DAY:
        amount = "nothing" if named == "0" else f"USD {named} per {sweep.unit}"
        return 3, f"where a day is worth {amount}"
    if name == "world" and len(chosen) == 1 and " " in values[chosen[0]]:
        title = values[chosen[0]]
        said = f"{title[0].lower()}{title[1:]}"
        return 3, said if said.startswith("as ") else f"where {said}"
    return PLAIN, f"{key_label(sweep, key)} {named}"


def _day_of(text: str, *, year: bool) -> str:
    said = day_text(date.fromisoformat(text))
    return said if year else said.rpartition(" ")[0]


def key_name(sweep: Sweep, key: int) -> str:
    """Return the last part of a dotted key, or the full key if that is ambiguous."""
    names = [item.key.rpartition(".")[2] for item in sweep.keys]
    name = names[key]
    return name if name and names.count(name) == 1 else sweep.keys[key].key


def key_label(sweep: Sweep, key: int) -> str:
    """Return a key in words: `departure date`, `value of time`."""
    name = key_name(sweep, key)
    return LABELS.get(name) or " ".join(_WORDS.get(word, word) for word in name.split("_"))


def values_text(values: Sequence[str], chosen: Sequence[int]) -> str:
    """Return the chosen values; runs of dates or numbers as `first to last`."""
    missing = [value for i, value in enumerate(values) if i not in set(chosen)]
    ordered = all(_ORDERED.fullmatch(value) for value in values)
    named = _runs(values, chosen) if ordered else [quoted(values[i]) for i in chosen]
    if not ordered and len(missing) <= 2 < len(chosen) - len(missing):
        return f"any except {listed(map(quoted, missing))}"
    if len(named) > MOST_NAMED:
        return f"{', '.join(named[:MOST_NAMED])} or another of {len(chosen)} values"
    return listed(named, "or")


def _runs(values: Sequence[str], chosen: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for i in sorted(chosen):
        if runs and i == runs[-1][-1] + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    texts = []
    for run in runs:
        if len(run) >= RUN:
            texts.append(f"{values[run[0]]} to {values[run[-1]]}")
        else:
            texts += [values[i] for i in run]
    return texts


def _size(regions: Sequence[Region]) -> int:
    return sum(region.size for region in regions)


def _region(sweep: Sweep, holds: Mask, among: Mask) -> Region:
    inside = among.copy()
    values = []
    for key in sweep.varied:
        column = sweep.choice[:, key]
        present = np.unique(column[holds])
        inside &= np.isin(column, present)
        values.append((key, tuple(present.tolist())))
    return Region(values=tuple(values), size=int(inside.sum()), hits=int((holds & inside).sum()))


def _split(sweep: Sweep, holds: Mask, among: Mask, key: int) -> list[Region]:
    """Return one region per set of other values, with the values of the key that share it."""
    merged: dict[tuple[tuple[int, tuple[int, ...]], ...], list[Region]] = {}
    column = sweep.choice[:, key]
    for value in np.unique(column[holds]).tolist():
        mine = column == value
        region = _region(sweep, holds & mine, among & mine)
        others = tuple(pair for pair in region.values if pair[0] != key)
        merged.setdefault(others, []).append(region)
    return [
        Region(
            values=tuple(
                (
                    other,
                    tuple(
                        sorted(
                            {v for part in parts for k, vs in part.values if k == other for v in vs}
                        )
                    ),
                )
                for other in sweep.varied
            ),
            size=_size(parts),
            hits=sum(part.hits for part in parts),
        )
        for parts in merged.values()
    ]
