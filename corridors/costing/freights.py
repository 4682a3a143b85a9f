"""What a lane is quoted at in a month: its own quote, or what lies between quotes.

Few months of a train have a quote, and most of a ship. Lanes that `follow` one another have one
level, each at its ratio to the first of them (`market.over_lane_factor`): a quote from
Shenzhen is 1.175 times one from Chengdu. The first may move with the index of another lane, at an
elasticity `e` (`market.freight_elasticity`):

    price of month = ratio * level * index of month ^ e

So the level is what is left of a quote without ratio and index. In a month without a quote it lies
on a straight line in logarithms between the quotes before and after, and before the first and after
the last it is that of the nearest. How far that goes from quotes that are left out in turn is the
range of `market.between_quotes_factor`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np

from corridors.arrays import FloatArray
from corridors.data.columns import read_rows
from corridors.data.freight_weeks import SEA_FREIGHT, week_of
from corridors.data.lines import LineEnds, Stop, ends_of
from corridors.data.parameters import ParameterTable, RowsByScope
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.data.rows import value_of
from corridors.data.series import month_of
from corridors.domain.places import Family
from corridors.domain.values import SourcedValue, Status, weakest
from corridors.units import MONTHS_PER_YEAR

RAIL_FREIGHT = "market.rail_freight_usd_per_feu"
OVER_LANE = "market.over_lane_factor"
ELASTICITY = "market.freight_elasticity"
BETWEEN = "market.between_quotes_factor"
_MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with one index by sea, or with quotes by rail, by the places of its ends.

    `near_origins` and `near_destinations` are the countries for which it may stand in. `follows`
    is the lane at a ratio to which it is, `moves_with` the one whose index moves it between quotes;
    empty for none.
    """

    id: str
    family: Family
    title: str
    index: str
    origins: LineEnds
    destinations: LineEnds
    near_origins: frozenset[str]
    near_destinations: frozenset[str]
    follows: str
    moves_with: str

    @property
    def sides(self) -> tuple[tuple[LineEnds, frozenset[str]], ...]:
        """Its origins and destinations, each with the countries for which it may stand in."""
        return (self.origins, self.near_origins), (self.destinations, self.near_destinations)

    def joins(self, origins: frozenset[str], destinations: frozenset[str]) -> bool:
        """Return whether it is quoted, or may stand in, between some countries and others."""
        ends = zip((origins, destinations), self.sides, strict=True)
        return all(bool(of & (side.served | near)) for of, (side, near) in ends)

    def serves(self, stop: Stop, near_km: float, *, at_origin: bool) -> bool:
        """Return whether boxes are taken to its ships, or away, at a port, also as a stand-in."""
        side, near = self.sides[0 if at_origin else 1]
        return stop.country in near or side.serve(stop, near_km)

    def stands_in(self, ends: tuple[Stop, Stop], near_km: float) -> bool:
        """Return whether an end is of a country for which it stands in, without a quote there.

        An end in neither is hauled to or from its ports, as Hamburg by Genoa.
        """
        return any(
            stop.country in near and not side.serve(stop, near_km)
            for stop, (side, near) in zip(ends, self.sides, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """The freight per FEU of a lane, of what it is in words, and whether it is of that time."""

    row: SourcedValue
    of: str
    fresh: bool


@shipped(parameters_dir)
def load_lanes(folder: Path) -> tuple[Lane, ...]:
    """Return the lanes of `lanes.csv`, the more special ones first."""
    return tuple(
        value_of(
            Lane,
            row,
            id=row["lane"],
            family=Family(row["mode"]),
            origins=ends_of(listed(row["from"])),
            destinations=ends_of(listed(row["to"])),
            near_origins=frozenset(listed(row["near_from"])),
            near_destinations=frozenset(listed(row["near_to"])),
        )
        for row in read_rows(folder / "lanes.csv")
    )


def freight_of(lane: Lane, day: date, parameters: ParameterTable) -> Freight | None:
    """Return the freight of a lane on a day; None where the lane has no quote at all.

    The user's own rate counts, else the week of the day if the table has it (see
    `with_freights_of_week`), else the month, else what lies between quotes.
    """
    quotes = _lane_quotes(lane, parameters)
    if (own := quotes.get(lane.id)) is not None and own.status is Status.SCENARIO:
        return Freight(row=own, of="your rate", fresh=True)
    week, month = week_of(day), f"{day:%Y-%m}"
    for dated, words in ((week, f"week {week[-2:]} of {day:%G}"), (month, month)):
        if (row := quotes.get(f"{lane.id}@{dated}")) is not None:
            return Freight(row=row, of=words, fresh=True)
    return _between_quotes(lane, month_of(day), parameters)


def _named(lane: str) -> Lane:
    return next(one for one in load_lanes() if one.id == lane)


def _first(lane: Lane) -> Lane:
    """Return the lane that those which a lane follows begin with, itself if it follows none."""
    return _first(_named(lane.follows)) if lane.follows else lane


def _ratio(lane: Lane, parameters: ParameterTable) -> float:
    """Return how many times as dear a lane is as the first of those that it follows."""
    if not lane.follows:
        return 1.0
    return parameters.value(OVER_LANE, lane.id) * _ratio(_named(lane.follows), parameters)


def _lane_quotes(lane: Lane, parameters: ParameterTable) -> Mapping[str, SourcedValue]:
    """Return the freights of a lane by scope, general and dated."""
    every = parameters.by_scope(SEA_FREIGHT if lane.family is Family.SEA else RAIL_FREIGHT).row_of
    return RowsByScope({s: row_of for s, row_of in every.items() if s.partition("@")[0] == lane.id})


def _by_month(lane: Lane, parameters: ParameterTable) -> dict[int, SourcedValue]:
    """Return the quotes of a lane's months, counted from the year 0."""
    quotes = _lane_quotes(lane, parameters)
    dated = {scope.partition("@")[2]: scope for scope in quotes}
    return {
        month_of(date.fromisoformat(f"{month}-01")): quotes[scope]
        for month, scope in dated.items()
        if _MONTH.fullmatch(month)
    }


def _between_quotes(lane: Lane, month: int, parameters: ParameterTable) -> Freight | None:
    """Return the freight of a lane in a month without a quote of its own."""
    first = _first(lane)
    quoted: dict[int, list[tuple[float, SourcedValue]]] = {}
    for one in load_lanes():
        if _first(one) == first:
            for known, row in _by_month(one, parameters).items():
                quoted.setdefault(known, []).append((_ratio(one, parameters), row))
    if not quoted:
        return None
    moving = _named(first.moves_with) if first.moves_with else None
    exponent = parameters.value(ELASTICITY, first.id)

    def log_index(at: int) -> FloatArray:
        if moving is None:
            return np.zeros(())
        day = date(at // MONTHS_PER_YEAR, at % MONTHS_PER_YEAR + 1, 1)
        found = freight_of(moving, day, parameters)
        return np.zeros(()) if found is None else exponent * _log(found.row.value)

    def log_level(at: int) -> FloatArray:
        logs = [_log(row.value / ratio) for ratio, row in quoted[at]]
        return np.asarray(sum(logs) / len(logs) - log_index(at))

    before = max((at for at in quoted if at <= month), default=min(quoted))
    after = min((at for at in quoted if at >= month), default=before)
    part = (month - before) / (after - before) if after > before else 0.0
    level = (1.0 - part) * log_level(before) + part * log_level(after)
    middle = np.exp(level + log_index(month)) * _ratio(lane, parameters)
    width = parameters.get(BETWEEN, first.id)
    nearest = quoted[before if part <= 1 / 2 else after][0][1]
    row = replace(
        nearest,
        scope=lane.id,
        value=_amount(middle * width.value),
        low=_amount(middle * width.low),
        high=_amount(middle * width.high),
        status=weakest(nearest.status, width.status, Status.COMPUTED),
    )
    months = " and ".join(dict.fromkeys(map(_in_words, (before, after))))
    moved = f", moved by {moving.index}" if moving else ""
    return Freight(row=row, of=f"no quote of the month: from {months}{moved}", fresh=False)


def _log(usd: float) -> FloatArray:
    """Return the logarithm of a freight; one of nothing counts as a dollar."""
    found: FloatArray = np.log(np.maximum(usd, 1.0))
    return found


def _in_words(month: int) -> str:
    return f"{month // MONTHS_PER_YEAR}-{month % MONTHS_PER_YEAR + 1:02d}"


def _amount(found: FloatArray) -> float:
    """Return one number, or the array of those by draw (see `amounts`)."""
    return float(found) if np.ndim(found) == 0 else cast("float", found)
