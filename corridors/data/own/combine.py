"""Combine own terminals, legs and rates with the shipped ones.

Only who has own data imports this; it loads what reads their files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from types import MappingProxyType

from corridors.bounded_cache import BoundedCache
from corridors.data.geodata import LandLeg
from corridors.data.own.own_rows import MAX_ROWS, Overlay, read_rows_of, shipped_overlay
from corridors.data.own.own_tables import (
    Faults,
    Few,
    Placed,
    fitted_legs,
    legs_of,
    rate_faults,
    rates_of,
    terminal_faults,
    terminals_of,
)
from corridors.data.parameters import load_parameters
from corridors.data.paths import cached_while_unchanged, network_dir, parameters_dir
from corridors.domain.places import Terminal
from corridors.domain.scenario import OnConflict, OwnSource
from corridors.errors import ConfigError

# Own rows about the same terminal, leg or rate: a conflict, or the last one prevails.

Key = tuple[str, ...]
RATE_FACTS = ("value", "low", "high", "unit", "currency_year")
# Listed in this order; `position` is (lon, lat).
TERMINAL_FACTS = (
    *("name", "city", "country", "position", "kind", "unlocode", "services", "aliases"),
)


def settle(
    found: dict[Key, Placed],
    rows: Iterable[Placed],
    on_conflict: OnConflict,
    *,
    faults: list[str],
    notes: list[str],
) -> None:
    """Add the rows of a source to those found by subject; add to faults and notes.

    A source must not have two rows on one subject. If rows of two sources differ, the last one
    prevails with `on_conflict: last`; otherwise it is a fault that names both.
    """
    here: dict[Key, Placed] = {}
    for row in rows:
        key = key_of(row)
        if key in here:
            faults.append(f"{row.where}: {named(row)} is also at {here[key].where}; keep one")
        here[key] = row
    for key, row in here.items():
        before = found.get(key)
        if before is not None and same(before, row):
            continue
        if before is not None:
            if on_conflict is OnConflict.LAST:
                notes.append(
                    f"{named(row)}: {row.brief} replaces {before.brief} (on_conflict: last)"
                )
            else:
                faults.append(_conflict(before, row))
        found[key] = row


def one_code_each(
    rows: dict[Key, Placed], on_conflict: OnConflict, *, faults: list[str], notes: list[str]
) -> dict[Key, Placed]:
    """Return the rows with each UN/LOCODE at one terminal only."""
    holder: dict[str, Key] = {}
    for key, row in list(rows.items()):
        code = row.terminal.unlocode if row.terminal else ""
        if not code:
            continue
        if code in holder:
            before = rows[holder[code]]
            if on_conflict is OnConflict.LAST and before.terminal is not None:
                rows[holder[code]] = replace(before, terminal=replace(before.terminal, unlocode=""))
                notes.append(f"{code}: {row.brief} replaces {before.brief} (on_conflict: last)")
            else:
                faults.append(
                    f"{row.where}: unlocode {code} is also used by {named(before)} at"
                    f" {before.where}. Keep one, or set on_conflict: last"
                )
        holder[code] = key
    return rows


def _conflict(before: Placed, row: Placed) -> str:
    return (
        f"{row.where}: {named(row)} contradicts {before.where}: {differs(before, row)}."
        " Keep one, or set on_conflict: last to use the later entry of own_data"
    )


def key_of(row: Placed) -> Key:
    """Return the subject of a row; that of a leg does not depend on its direction."""
    if row.terminal is not None:
        return ("terminal", row.terminal.id)
    if row.leg is not None:
        return ("leg", *sorted((row.leg.from_id, row.leg.to_id)), row.leg.system)
    return ("rate", row.rate.parameter, row.rate.scope) if row.rate is not None else ()


def named(row: Placed) -> str:
    """Return the subject of a row in words."""
    if row.terminal is not None:
        return f"terminal {row.terminal.id}"
    if row.leg is not None:
        return f"leg {row.leg.from_id} to {row.leg.to_id} ({row.leg.system})"
    return f"rate {row.rate.parameter}@{row.rate.scope}" if row.rate is not None else ""


def facts(row: Placed) -> dict[str, object]:
    """Return the contents of a row, without its position."""
    if row.terminal is not None:
        here = row.terminal
        return {
            name: (here.lon, here.lat) if name == "position" else getattr(here, name)
            for name in TERMINAL_FACTS
        }
    if row.leg is not None:
        # Direction and drawn line do not matter.
        return {
            "km": row.leg.length_km,
            "hours": row.leg.hours,
            "countries": tuple(sorted(row.leg.countries)),
        }
    if row.rate is None:
        return {}
    return {name: getattr(row.rate, name) for name in RATE_FACTS}


def same(one: Placed, other: Placed) -> bool:
    """Return whether two rows have the same contents."""
    return facts(one) == facts(other)


def differs(before: Placed, row: Placed) -> str:
    """Return the differences between two rows, with both values."""
    were, are = facts(before), facts(row)
    return ", ".join(
        f"{name} {_short(were[name])} there, {_short(are[name])} here"
        for name in are
        if were[name] != are[name]
    )


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_short(item) for item in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)[:60] or "none"


def overlay_of(
    sources: Sequence[OwnSource], *, on_conflict: OnConflict = OnConflict.ERROR
) -> Overlay:
    """Return the shipped network with own data.

    Own data replace the shipped terminal with the same id, the leg between the same places on the
    same system, and the rate of the same parameter and scope. All other rows are added. If sources
    disagree, it is a fault, unless `on_conflict` lets the later one prevail.

    Raises
    ------
    ConfigError
        Rows have faults or contradict each other. All faults are listed with file and line.
    """
    if not sources:
        return shipped_overlay()
    files = tuple((source.path, source.sha256) for source in sources)
    with _ONE_AT_A_TIME:
        return _OVERLAYS.of(
            (files, on_conflict, network_dir(), parameters_dir()),
            lambda: _overlay(sources, on_conflict),
        )


# By the user's files with their hashes, the rule for conflicts and the folders of shipped data.
_OVERLAYS: BoundedCache[Overlay] = BoundedCache(4)
# The sessions of all threads read the user's files here.
_ONE_AT_A_TIME = RLock()


def _overlay(sources: Sequence[OwnSource], on_conflict: OnConflict) -> Overlay:
    faults: list[str] = Few()
    placed: dict[str, dict[Key, Placed]] = {"terminals": {}, "legs": {}, "rates": {}}
    noted: dict[str, list[str]] = {table: [] for table in placed}
    # Source by source, so that no more is read once there are too many faults, or rows.
    for source in sources:
        read = _read(Path(source.path))
        for table, rows in placed.items():
            given = getattr(read, table)
            settle(rows, given, on_conflict, faults=faults, notes=noted[table])
            if len(rows) > MAX_ROWS:
                text = f"more than {MAX_ROWS:,} {table} with those before; leave some out"
                raise ConfigError([*faults, f"{source.path}: {text}"])
    for table, rows in placed.items():
        one_code_each(rows, on_conflict, faults=faults, notes=noted[table])
    terminals, legs, rates = placed.values()
    notes = [note for table in noted.values() for note in table]
    shipped = shipped_overlay()
    places = _placed_over(shipped.terminals, terminals, faults=faults, notes=notes)
    faults.extend(rate_faults(rates.values(), places))
    notes.extend(_rate_notes(rates.values()))
    fitted = fitted_legs(legs.values(), places, faults=faults)
    if faults:
        raise ConfigError(faults)
    return Overlay(
        digest="|".join([*(source.sha256 for source in sources), on_conflict]),
        terminals=MappingProxyType(places),
        legs=_legs_over(shipped.legs, fitted, notes=notes),
        rates=tuple(row.rate for row in rates.values() if row.rate),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTables:
    """The rows of one source, each valid by itself."""

    terminals: tuple[Placed, ...]
    legs: tuple[Placed, ...]
    rates: tuple[Placed, ...]


@cached_while_unchanged
def _read(path: Path) -> OwnTables:
    rows = read_rows_of(path, shown=str(path))
    faults = Faults()
    tables = OwnTables(
        terminals=tuple(terminals_of(rows["terminals"], faults)),
        legs=tuple(legs_of(rows["legs"], faults)),
        rates=tuple(rates_of(rows["rates"], faults)),
    )
    if faults.found:
        raise ConfigError(faults.found)
    return tables


def _placed_over(
    shipped: Mapping[str, Terminal],
    own: Mapping[Key, Placed],
    *,
    faults: list[str],
    notes: list[str],
) -> dict[str, Terminal]:
    places = dict(shipped)
    codes = {t.unlocode: t.id for t in shipped.values() if t.unlocode}
    for row in own.values():
        terminal = row.terminal
        if terminal is None:
            continue
        faults.extend(terminal_faults(row, shipped.get(terminal.id), codes))
        if terminal.id in shipped:
            notes.append(f"{terminal.id}: your terminal ({row.brief}) replaces the shipped one")
        places[terminal.id] = terminal
    return places


def _legs_over(
    shipped: Sequence[LandLeg], own: Sequence[Placed], *, notes: list[str]
) -> tuple[LandLeg, ...]:
    waiting = {leg_key(row.leg): row for row in own if row.leg is not None}
    legs: list[LandLeg] = []
    for leg in shipped:
        row = waiting.pop(leg_key(leg), None)
        if row is None or row.leg is None:
            legs.append(leg)
            continue
        # The id stays, so that access rules and closures still apply.
        legs.append(replace(row.leg, id=leg.id))
        change = f"{leg.length_km:g} -> {row.leg.length_km:g} km"
        notes.append(f"{leg.id}: your leg ({row.brief}) replaces the shipped one, {change}")
    taken = {leg.id for leg in legs}
    for row in waiting.values():
        if row.leg is not None:
            name = row.leg.id if row.leg.id not in taken else f"{row.leg.id}#{row.leg.system}"
            taken.add(name)
            legs.append(replace(row.leg, id=name))
    return tuple(legs)


def _rate_notes(rows: Iterable[Placed]) -> Iterator[str]:
    table = load_parameters()
    held = {(row.parameter, row.scope): row for row in table.rows}
    for row in rows:
        rate = row.rate
        if rate is None:
            continue
        old = held.get((rate.parameter, rate.scope))
        name = f"{rate.parameter}{'@' + rate.scope if rate.scope else ''}"
        change = f"{old.value:g} -> {rate.value:g}" if old else f"{rate.value:g}"
        yield f"{name}: {change} {rate.unit} (your rate, {row.brief})"


def leg_key(leg: LandLeg) -> tuple[str, str, str]:
    """Return the identity of a leg: its places, in either direction, and its system."""
    first, last = sorted((leg.from_id, leg.to_id))
    return first, last, leg.system
