"""The ends of a difference: a scenario to answer or a recorded result, keys and figures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from corridors.config import load_scenario
from corridors.config.allowed_names import Names
from corridors.config.faults import SENTENCES, as_written
from corridors.config.nodes import Node
from corridors.config.scenario import override_name, to_scenario, validated, written
from corridors.domain.results import OptionStatus
from corridors.domain.scenario import Scenario
from corridors.errors import UNPRINTABLE, ConfigError
from corridors.files import each_key_once, is_folder, read_whole, told_as
from corridors.output.contract import (
    DAYS_DECIMALS,
    HOURS_DECIMALS,
    KG_DECIMALS,
    USD_DECIMALS,
    ComparisonRecord,
    OptionRecord,
)
from corridors.output.display_names import name_of_way
from corridors.studies.diff.parts import Change, Figures, Outcome
from corridors.units import in_percent

Keys = dict[str, object]
Read = TypeVar("Read")

OVERRIDE = "overrides."
PROJECT = "projects."
CLOSURE = "closures."
ORDER = "overrides (order)"
# What tells the entries of a list apart.
LISTED = {"closures": "place", "projects": "id"}


def keys_of(scenario: Scenario) -> Keys:
    """Return a scenario as plain values by dotted key, as a file would give them.

    A closed place is one key with a list of closures, and so is a project with its opening day.
    """
    return dict(_dotted(written(scenario), ""))


def _dotted(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if name in LISTED:
            entries: dict[str, list[object]] = {}
            for entry in value:
                head = f"{name}.{entry[LISTED[name]]}"
                entries.setdefault(head, []).append(
                    {key: of for key, of in entry.items() if key != LISTED[name]}
                )
            yield from entries.items()
        elif isinstance(value, Mapping):
            yield from _dotted(value, f"{before}{name}.")
        else:
            yield before + name, value


def order_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the dotted keys in the order of a scenario's file."""
    found: list[str] = []

    def visit(value: object, key: str) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                visit(inner, f"{key}.{name}" if key else str(name))
        elif key in LISTED and isinstance(value, list):
            names = (e[LISTED[key]] if isinstance(e, Mapping) else e for e in value)
            found.extend(f"{key}.{name}" for name in names)
        else:
            found.append(key)

    visit(scenario.text.get("values", {}), "")
    return tuple(dict.fromkeys(found))


def changes(old: Keys, new: Keys, *, order: Sequence[str] = ()) -> tuple[Change, ...]:
    """Return the keys that differ: first those of `order`, then the others.

    A different order of overrides counts, because the last one that touches a row wins.
    """
    place = {key: number for number, key in enumerate(order)}
    every = dict.fromkeys((*new, *old))
    differ = [key for key in every if old.get(key) != new.get(key)]
    differ.sort(key=lambda key: place.get(key, len(place)))
    found = [Change(key=key, old=old.get(key), new=new.get(key)) for key in differ]
    were, are = _common_overrides(old, new), _common_overrides(new, old)
    if were != are:
        found.append(Change(key=ORDER, old=were, new=are))
    return tuple(found)


def applied(keys: Keys, change: Change, *, towards: Keys) -> Keys:
    """Return the keys after one change; a new override gets its position in `towards`."""
    if change.key == ORDER:
        first = {key: keys[key] for key in towards if key in keys}
        return {**first, **{key: value for key, value in keys.items() if key not in first}}
    if change.new is None:
        return {key: value for key, value in keys.items() if key != change.key}
    if change.key in keys:
        return {**keys, change.key: change.new}
    before = list(towards)[: list(towards).index(change.key)]
    after = next((key for key in reversed(before) if key in keys), None)
    made: Keys = {} if after is not None else {change.key: change.new}
    for key, value in keys.items():
        made[key] = value
        if key == after:
            made[change.key] = change.new
    return made


def scenario_of(keys: Keys, names: Names) -> Scenario:
    """Return the scenario of dotted keys.

    Raises
    ------
    ConfigError
        A value or a combination is not valid in a scenario file.
    """
    plain: dict[str, Any] = {}
    for key, value in keys.items():
        head, _, name = key.partition(".")
        if head in LISTED:
            entries = [{LISTED[head]: name, **entry} for entry in as_list(value)]
            plain.setdefault(head, []).extend(entries)
            continue
        # A name may have dots, and stands last: of a parameter, or of what a share is of.
        *path, last = key.split(".", 1 if head == "overrides" else 2)
        inner = plain
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return scenario_from(plain, shown="scenario", names=names)


def scenario_from(plain: Mapping[str, object], *, shown: str, names: Names) -> Scenario:
    """Return the scenario of plain values under the keys of a scenario file.

    Raises
    ------
    ConfigError
        With every error; each starts with `shown` and the key, without a line.
    """
    node = node_of(plain, origin=shown)
    model = validated(node, shown=shown, names=names)
    return replace(to_scenario(model, node=node, shown=""), source_path="", text={})


def node_of(value: object, *, origin: str = "") -> Node:
    """Return plain values as the tree that validation reads."""
    if isinstance(value, Mapping):
        return Node(
            0, items={str(key): node_of(item) for key, item in value.items()}, origin=origin
        )
    if isinstance(value, (list, tuple)):
        return Node(0, entries=tuple(node_of(item) for item in value), origin=origin)
    return Node(0, value=value, origin=origin)


def as_list(value: object) -> list[Any]:
    """Return a value that is a list by construction."""
    if not isinstance(value, list):
        msg = f"expected a list, got {value!r}"
        raise TypeError(msg)
    return value


def _common_overrides(of: Keys, other: Keys) -> list[str]:
    names = [key for key in of if key.startswith(OVERRIDE) and key in other]
    return [key.removeprefix(OVERRIDE) for key in names]


MAX_BYTES = 20_000_000
# Control characters move a terminal's cursor; half a surrogate pair cannot be printed at all.
SHORT_CHARACTERS = 40
_WORDS = {
    **SENTENCES,
    "missing": "no key '{key}': not a complete comparison.json of this version",
    "extra_forbidden": "unknown key '{key}'; the result is from another version",
    "enum": "'{given}' is not one of {expected}",
    "literal_error": "a result in another format; this program reads format {expected}",
    "date_type": "must be a day such as 2026-08-20, got {given}",
}


def read_record(path: Path, *, shown: str) -> ComparisonRecord:
    """Return the content of a `comparison.json`.

    Parameters
    ----------
    path
        A regular file of at most 20 MB.
    shown
        Its name in error messages.

    Raises
    ------
    ConfigError
        In one line: it cannot be read, is not a JSON object, contains text that cannot be printed,
        or has an invalid key or value.
    """
    return checked(ComparisonRecord.model_validate_json, read_json(path, shown=shown), shown=shown)


def read_json(path: Path, *, shown: str, name: str = "comparison.json") -> Any:
    """Return the content of a JSON file: each key once, finite numbers, printable texts.

    Raises
    ------
    ConfigError
        In one line: it cannot be read or is not such a file, `name`.
    """
    content = read_whole(path, shown=shown, most=MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=each_key_once)
        _check_printable(value, shown)
    except UnicodeDecodeError:
        refuse(shown, f"not UTF-8 text, so not a {name}")
    except json.JSONDecodeError as error:
        refuse(f"{shown}:{error.lineno}", f"not JSON: {error.msg}; write it again")
    except RecursionError:
        refuse(shown, f"not a {name}: nested too deep")
    except ValueError as error:
        refuse(shown, f"not a {name}: {error}")
    return value


def checked(validate: Callable[[str], Read], value: Any, *, shown: str) -> Read:
    """Return what a model makes of a value of JSON.

    Raises
    ------
    ConfigError
        In one line: it has an invalid key or value.
    """
    try:
        # As text, since a model reads days and shares from JSON that it refuses in Python.
        return validate(json.dumps(value))
    except RecursionError:
        refuse(shown, "nested too deep")
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        more = f" (and {len(others)} more)" if others else ""
        refuse(shown, f"{_sentence(first, value)}{more}")


def refuse(where: str, what: str) -> NoReturn:
    """Raise a ConfigError `where: what` in one line."""
    msg = f"{where}: {what}"
    raise ConfigError(" ".join(msg.split()))


def _sentence(fault: Mapping[str, Any], record: object) -> str:
    """Return an error with its place: `options[0]: days: must be a number, got true`."""
    kind, location = fault["type"], list(fault["loc"])
    key = location.pop() if kind in {"missing", "extra_forbidden"} else ""
    given = as_written(fault["input"])
    given = given if len(given) <= SHORT_CHARACTERS else f"{given[:SHORT_CHARACTERS]}..."
    if isinstance(key, int):
        sentence = f"has too {'few' if kind == 'missing' else 'many'} entries"
    elif kind in _WORDS:
        context = {name: as_written(what) for name, what in fault.get("ctx", {}).items()}
        expected = context.pop("expected", "").replace(" or ", ", ").replace("'", "")
        sentence = _WORDS[kind].format(**context, expected=expected, given=given, key=key[:80])
    else:
        sentence = str(fault["msg"])
    return f"{_place(location, record)}{sentence}"


def _place(location: Sequence[str | int], record: object) -> str:
    """Return a location such as `options[0]: cost_lines[2]: `, without the branches of unions."""
    place = ""
    for part in location:
        if isinstance(record, dict) and part in record:
            record = record[part]
            place += f": {str(part)[:80]}"
        elif isinstance(record, list) and isinstance(part, int):
            record = record[part]
            place += f"[{part}]"
    return f"{place}: ".removeprefix(": ")


def _no_number(name: str) -> NoReturn:
    msg = f"{name} is not a number"
    raise ValueError(msg)


def _check_printable(value: object, shown: str) -> None:
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            refuse(shown, f"contains text that cannot be printed: {value[:SHORT_CHARACTERS]!a}")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_printable(key, shown)
            _check_printable(item, shown)
    elif isinstance(value, list):
        for item in value:
            _check_printable(item, shown)


SHARE_DECIMALS = 7
OBJECTIVE_DECIMALS = 4
TONNES_PER_KG = Decimal("0.001")
_DIRECTION = re.compile(r" \((?:headhaul|backhaul)[^)]*\)")


def outcome_of(record: ComparisonRecord, where: str = "comparison") -> Outcome:
    """Return the answers of a comparison in decimals.

    Raises
    ------
    ConfigError
        A corridor occurs twice; `where` names the file.
    """
    shares = {
        corridor: _decimal(share, SHARE_DECIMALS)
        for corridor, share in record.decision.shares.items()
    }
    found: dict[str, Figures] = {}
    rank = 0
    for number, option in enumerate(record.options):
        if option.corridor in found:
            refuse(
                f"{where}: options[{number}]", f"corridor '{option.corridor[:80]}' appears twice"
            )
        if option.status is OptionStatus.USABLE:
            rank += 1
            share = shares.get(option.corridor, Decimal(0))
            found[option.corridor] = _figures(option, rank=rank, share=share)
        else:
            found[option.corridor] = Figures(
                status=option.status.value, name=option.title, reason=option.reason
            )
    value = record.decision.value
    tied = tuple(one.corridor for one in record.decision.tied)
    return Outcome(
        corridors=found,
        recommended=_recommended(shares),
        tied=tied if len(tied) > 1 else (),
        objective_value=None if value is None else _decimal(value, OBJECTIVE_DECIMALS),
    )


def scenario_of_record(scenario: Scenario, where: str, names: Names) -> Scenario:
    """Return the scenario that a result records.

    Raises
    ------
    ConfigError
        A value is not valid in a scenario file, or own data are known only by their hash.
    """
    here = f"{where}: scenario"
    for key, given, what in (
        ("own_data", scenario.own_data, "own data are"),
        ("door.osm", scenario.door.osm, "extracts are"),
    ):
        if given:
            text = f"{what} known here by their hash only; give the scenario file instead"
            refuse(f"{here}: {key}", text)
    for name, shares in vars(scenario.limits).items():
        if isinstance(shares, tuple):
            _each_once([place for place, _ in shares], f"{here}: limits.{name}")
    _each_once([override_name(entry) for entry in scenario.overrides], f"{here}: overrides")
    try:
        return scenario_from(written(scenario), shown=here, names=names)
    except ConfigError as error:
        more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
        msg = f"{error.faults[0]}{more}"
        raise ConfigError(msg) from None


def manifest_of_record(record: ComparisonRecord) -> dict[str, str]:
    """Return the versions and data hashes of a result by dotted key."""
    manifest = record.manifest
    return {
        "sha256.geodata": manifest.sha256.geodata,
        "sha256.parameters": manifest.sha256.parameters,
        **{f"versions.{name}": version for name, version in manifest.versions.items()},
    }


def _figures(option: OptionRecord, *, rank: int, share: Decimal) -> Figures:
    lines: dict[tuple[str, str, str], Decimal] = {}
    for line in option.cost_lines:
        key = (line.driver, line.scope, _unmarked(line.label))
        lines[key] = lines.get(key, Decimal(0)) + _decimal(line.usd_per_teu, USD_DECIMALS)
    return Figures(
        status=option.status.value,
        name=name_of_way(option.title, option.way),
        reason=option.reason,
        rank=rank,
        # On the basis that is compared, as its lines are.
        cost_usd_per_teu=sum(lines.values(), Decimal(0)) if lines else None,
        transit_days=_decimal(option.transit_days, DAYS_DECIMALS),
        days=_decimal(option.days, DAYS_DECIMALS),
        co2e_wtw_t_per_teu=_decimal(option.co2e_wtw_kg_per_teu, KG_DECIMALS) * TONNES_PER_KG,
        share=share,
        cost_lines=lines,
        time_parts={
            name: _decimal(hours, HOURS_DECIMALS) for name, hours in option.time_parts.items()
        },
    )


def _decimal(value: float | None, decimals: int) -> Decimal:
    """Return a figure with a number of decimals; a usable option has every figure."""
    return Decimal(f"{value or 0.0:.{decimals}f}") + 0  # + 0 turns -0 into 0


def _recommended(shares: Mapping[str, Decimal]) -> str:
    taken = {name: share for name, share in shares.items() if share > 0}
    if len(taken) == 1:
        return next(iter(taken))
    return (
        ", ".join(f"{name} {in_percent(float(share))}%" for name, share in taken.items()) or "none"
    )


def _each_once(names: Sequence[str], where: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            refuse(where, f"'{name[:80]}' appears twice")


def _unmarked(label: str) -> str:
    """Return a label without its direction, so that both directions are the same line."""
    return _DIRECTION.sub("", label)


RESULT = "comparison.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end: a scenario, and for a result its recorded answers.

    `order` has the keys in the order of the scenario's file. `manifest` has versions and hashes by
    dotted key; it and `recorded` are None for a scenario, which is answered now.
    """

    scenario: Scenario
    order: tuple[str, ...] = ()
    recorded: Outcome | None = None
    manifest: Mapping[str, str] | None = None


def read_end(given: str) -> End:
    """Return the end that an argument names.

    Parameters
    ----------
    given
        A scenario file, the name of a shipped scenario, a `comparison.json` (any `.json` file), or
        a folder that contains one.

    Raises
    ------
    ConfigError
        It cannot be read or is not valid.
    """
    path = Path(given)
    folder = is_folder(path, shown=str(path)[:200])
    with told_as(str(path)[:200]):
        missing = folder and not (path / RESULT).exists()
    if missing:
        msg = f"{path}: a folder without {RESULT}; give a scenario or a folder of `compare`"
        raise ConfigError(msg)
    if folder or path.suffix == ".json":
        return read_result(path / RESULT if folder else path)
    scenario = load_scenario(given)
    return End(scenario=scenario, order=order_of(scenario))


def read_result(path: Path) -> End:
    """Return the end that a `comparison.json` records.

    Raises
    ------
    ConfigError
        In one line: the file cannot be read, is cut off, or has an invalid value.
    """
    shown = str(path)
    return end_of_record(read_record(path, shown=shown), shown=shown)


def end_of_record(record: ComparisonRecord, *, shown: str = RESULT) -> End:
    """Return the end that a comparison's record is; `shown` is its name in faults.

    Raises
    ------
    ConfigError
        Its scenario is not valid here: it names a place or a corridor that is not known.
    """
    return End(
        scenario=scenario_of_record(record.scenario, shown, Names()),
        recorded=outcome_of(record, shown),
        manifest=manifest_of_record(record),
    )
