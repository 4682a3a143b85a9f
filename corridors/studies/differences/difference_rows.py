"""The rows of `diff.json` and `diff.csv`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from corridors.output.html.pages.difference_tables import EFFECTS
from corridors.output.records import as_text, frame
from corridors.studies.differences.difference_parts import Change, Difference, Effect, Outcome
from corridors.studies.differences.dotted_keys import CLOSURE, PROJECT

Row = dict[str, object]
Key = TypeVar("Key", bound=Hashable)

FIGURES = ("cost_usd_per_teu", "transit_days", "days", "co2e_wtw_t_per_teu")
EFFECT_FIGURES = ("cost_usd_per_teu", "days")


def difference_record(difference: Difference) -> Row:
    """Return the difference under the keys of `diff.json`.

    Returns
    -------
    record
        `inputs`: a row per input that differs. `outputs`: a row per corridor whose answer differs,
        with the changed cost lines and time parts, largest first, if it is usable in both.
        `accounted`: a row per step and corridor; the changes of a corridor sum to that of
        `outputs`. `alone`: the same for each input changed alone in A, with `why_not` if it cannot
        be.
    """
    return {
        "inputs": [
            {"kind": change.kind, "key": change.key, **values_of(change)}
            for change in difference.inputs
        ],
        "outputs": output_rows(difference),
        "accounted": effect_rows(difference, difference.accounted),
        "alone": effect_rows(difference, difference.alone, alone=True),
    }


def difference_json(difference: Difference) -> str:
    """Return the text of `diff.json`."""
    return as_text(difference_record(difference))


def difference_csv(difference: Difference) -> str:
    """Return the text of `diff.csv`: the rows of `accounted`."""
    return EFFECTS.csv(effect_rows(difference, difference.accounted))


def output_rows(difference: Difference) -> list[Row]:
    """Return a row for each corridor whose answer differs."""
    rows = []
    for corridor in difference.corridors:
        old, new = difference.old.of(corridor), difference.new.of(corridor)
        if old == new:
            continue
        row: Row = {"corridor": corridor, "name": difference.name(corridor)}
        for name in ("status", "reason", "rank"):
            row[f"{name}_old"], row[f"{name}_new"] = getattr(old, name), getattr(new, name)
        for name in FIGURES:
            row |= _change(name, getattr(old, name), getattr(new, name), sides=("old", "new"))
        row |= {"share_old": float(old.share), "share_new": float(new.share)}
        # The lines of a corridor that cannot be used are unknown, not 0.
        both = old.rank is not None and new.rank is not None
        row["cost_lines"] = [
            {"driver": key[0], "scope": key[1], "label": key[2], **change}
            for key, change in (_parts(old.cost_lines, new.cost_lines) if both else [])
        ]
        row["time_parts"] = [
            {"part": key, **change}
            for key, change in (_parts(old.time_parts, new.time_parts) if both else [])
        ]
        rows.append(row)
    return rows


def effect_rows(
    difference: Difference, effects: Iterable[Effect], *, alone: bool = False
) -> list[Row]:
    """Return a row per effect and corridor; one without a corridor if there is no effect."""
    rows: list[Row] = []
    for number, effect in enumerate(effects, start=1):
        head = {"step": number, **_input(effect.changes)}
        if effect.after is None:
            rows.append({**head, "corridor": None, "why_not": effect.why_not})
            continue
        for corridor in difference.corridors:
            row = {**head, "corridor": corridor, "name": difference.name(corridor)}
            row |= _effect(effect.before, effect.after, corridor)
            rows.append({**row, "why_not": ""} if alone else row)
    return rows


def values_of(change: Change) -> Row:
    """Return the two values of an input in plain form; closures become sentences."""
    return {"old": _shown(change.key, change.old), "new": _shown(change.key, change.new)}


def _shown(key: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    if key.startswith(PROJECT):
        return value[0]["opens"]
    return [_closed(**closure) for closure in value] if key.startswith(CLOSURE) else value


def _closed(*, reason: str, first_day: str | None = None, last_day: str | None = None) -> str:
    days = f"{first_day or 'any day before'} to {last_day or 'any day after'}"
    return f"{days if first_day or last_day else 'on every day'}: {reason}"


def value_text(value: object) -> str:
    """Return the text of an input's value."""
    match value:
        case None:
            return "not given"
        case list():
            return "; ".join(str(item) for item in value)
        case float():
            return f"{value:,.10g}"
        case _:
            return str(value)


def _input(changes: tuple[Change, ...]) -> Row:
    if len(changes) == 1:
        return {"input": changes[0].key, **values_of(changes[0])}
    values = [values_of(change) for change in changes]
    return {
        "input": " + ".join(change.key for change in changes),
        "old": " + ".join(value_text(of_change["old"]) for of_change in values),
        "new": " + ".join(value_text(of_change["new"]) for of_change in values),
    }


def _effect(before: Outcome, after: Outcome, corridor: str) -> Row:
    was, now = before.of(corridor), after.of(corridor)
    row: Row = {"status_before": was.status, "status_after": now.status}
    for name in EFFECT_FIGURES:
        row |= _change(name, getattr(was, name), getattr(now, name), sides=("before", "after"))
    return row | {
        "recommended_before": before.recommended,
        "recommended_after": after.recommended,
        "tied_before": "; ".join(before.tied),
        "tied_after": "; ".join(after.tied),
        "called_before": before.called,
        "called_after": after.called,
        "objective_value_before": _plain(before.objective_value),
        "objective_value_after": _plain(after.objective_value),
    }


def _change(name: str, old: Decimal | None, new: Decimal | None, *, sides: tuple[str, str]) -> Row:
    return {
        f"{name}_{sides[0]}": _plain(old),
        f"{name}_{sides[1]}": _plain(new),
        f"{name}_change": None if old is None or new is None else float(new - old),
    }


def _parts(old: Mapping[Key, Decimal], new: Mapping[Key, Decimal]) -> list[tuple[Key, Row]]:
    """Return the parts that differ, largest change first; a missing part is 0."""
    changed = []
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key, Decimal(0)), new.get(key, Decimal(0))
        if was != now:
            row: Row = {"old": float(was), "new": float(now), "change": float(now - was)}
            changed.append((abs(now - was), key, row))
    changed.sort(key=lambda part: (-part[0], str(part[1])))
    return [(key, row) for _, key, row in changed]


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


INPUT_COLUMNS = ("key", "kind", "old", "new")
FRAMES: Mapping[str, Mapping[str, Any]] = {
    "diff.json": {
        "input_table": lambda record: frame(record["inputs"], columns=INPUT_COLUMNS),
        "table": (None, "outputs"),
        "effects": (None, "accounted"),
    }
}
