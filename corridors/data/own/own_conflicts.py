"""Own rows about the same terminal, leg or rate: a conflict, or the last one prevails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corridors.data.own.own_tables import Placed
from corridors.domain.scenario import OnConflict

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
