"""Loading scenario files, with values from the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import islice
from math import isnan
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel

from corridors.config.checks import Names, advice, point_text
from corridors.config.config_files import (
    CONTRACTS,
    SCHEDULES,
    door_extracts,
    find_file,
    listed_sources,
    names_for,
    overlay_for,
    own_sources,
    with_own_data,
)
from corridors.config.corridors import load_corridors
from corridors.config.faults import (
    MAX_NODES,
    Key,
    Node,
    dotted,
    parse_yaml,
    place_of,
    read_yaml,
    validate,
)
from corridors.config.models import ProjectChoiceModel, ScenarioModel, frozen
from corridors.config.projects import load_projects
from corridors.data.access import basis_in
from corridors.data.cargo import Cargo, load_cargo
from corridors.data.parameters import CAPACITIES, ParameterTable, load_parameters
from corridors.domain.scenario import (
    Equipment,
    Override,
    OwnSource,
    ProjectChoice,
    Scenario,
    Shipment,
)
from corridors.errors import MOST_SHOWN, ConfigError, ParameterError

DEFAULT_SHIPMENT = "shanghai-europe"
"""The scenario whose shipment a program's question has, key by key, where it gives none."""
# An entry of a list, as faults name it: pairs[0].
ENTRY = re.compile(r"(\w+)\[(\d{1,4})\]")
FROM_PRESET = ("cargo_classes", "cargo_t_per_teu", "value_usd_per_teu")
VALUE_OF_TIME, CAPITAL_RATE = "value_of_time_usd_per_teu_day", "goods.capital_rate"


def load_scenario(
    path: Path | str,
    *,
    set_values: Sequence[str] = (),
    departure: date | None = None,
    own_data: Sequence[str] = (),
    contracts: Sequence[str] = (),
    schedules: Sequence[str] = (),
) -> Scenario:
    """Return the scenario of a file.

    Parameters
    ----------
    path
        A scenario file, or the name of a shipped one (`shanghai-europe`).
    set_values
        Values that replace those of the file, such as `limits.max_days=40`.
    departure
        A day that replaces the one in the file.
    own_data
        Own data that replace those of the file, relative to the working folder.
    contracts
        Rate sheets that replace those of the file, likewise.
    schedules
        Files of sailings that replace those of the file, likewise.

    Returns
    -------
    scenario
        With all defaults filled in. `text` holds `values`, the keys as given, and `lines`, the
        prefix of faults by key (see `where` and `fault`).

    Raises
    ------
    ConfigError
        With every fault of the file and of the replaced values.
    """
    file, shown = find_file(path, "scenario")
    node = before = read_yaml(file, shown=shown)
    faults: list[str] = []
    for assignment in set_values:
        try:
            node = with_value(node, assignment)
        except ConfigError as error:
            faults.extend(error.faults)
    node = titled(node, before)
    if departure is not None:
        given = Node(0, value=departure.isoformat(), origin="--departure")
        node = replace(node, items={**(node.items or {}), "departure": given})
    try:
        if own_data:
            node = with_own_data(node, own_data)
        if contracts:
            node = with_own_data(node, contracts, key=CONTRACTS)
        if schedules:
            node = with_own_data(node, schedules, key=SCHEDULES)
        model = validated(node, shown=shown, names=Names())
    except ConfigError as error:
        raise ConfigError([*faults, *error.faults]) from None
    if faults:
        raise ConfigError(faults)
    return to_scenario(model, node=node, shown=shown)


def given_scenario(
    base: Path | str | Mapping[str, object] | Scenario | None,
    values: Mapping[str, object],
    *,
    shown: str,
) -> Scenario:
    """Return the scenario of values that a program gives, alone or in place of those of another.

    Parameters
    ----------
    base
        A scenario file, the name of a shipped one, the keys of one as a mapping, a scenario, or
        None for `values` alone. The keys of the shipment that no scenario gives are those of
        `DEFAULT_SHIPMENT`.
    values
        Values by key, as `plain_value` takes them. A mapping replaces the keys that it names.
    shown
        What faults of these values begin with, such as `compare()`.

    Returns
    -------
    scenario
        As `load_scenario` returns it. Files are relative to the folder of the base, else to the
        working folder.

    Raises
    ------
    ConfigError
        With every fault.
    """
    if isinstance(base, Scenario) and not values:
        return base
    told = shown
    if isinstance(base, Path | str):
        file, told = find_file(base, "scenario")
        node = before = read_yaml(file, shown=told)
    elif isinstance(base, Scenario):
        node = before = node_of(written(base), shown=shown)
        told = base.source_path or shown
    else:
        usual = replace(_default_shipment(), origin=shown)
        node = before = merged(usual, node_of(base or {}, shown=shown))
    node = titled(merged(node, node_of(values, shown=shown)), before)
    return to_scenario(validated(node, shown=told, names=Names()), node=node, shown=told)


def _default_shipment() -> Node:
    """Return the shipment of a question without one; each key stands where that is not given."""
    file, shown = find_file(DEFAULT_SHIPMENT, "scenario")
    shipment = (read_yaml(file, shown=shown).items or {})["shipment"]
    # The container follows from the cargo, which may be another.
    kept = {key: node for key, node in (shipment.items or {}).items() if key != "equipment"}
    return Node(0, items={"shipment": marked(Node(0, items=kept), DEFAULT_SHIPMENT)})


def node_of(values: Mapping[str, object], *, shown: str) -> Node:
    """Return the tree of values that a program gives, under the same limits as that of a file.

    Raises
    ------
    ConfigError
        A value has no form in a file, or exceeds a limit.
    """
    plain = plain_value(values)

    def refuse(value: object) -> NoReturn:
        start = ": ".join(filter(None, (shown, dotted(_key_of(plain, value)))))
        msg = f"{start}: a {type(value).__name__} cannot be a value of a scenario"
        raise ConfigError(msg)

    try:
        # JSON is YAML: texts are quoted there, so none becomes a number or a date.
        text = json.dumps(plain, default=refuse)
    except (TypeError, ValueError, RecursionError) as error:
        msg = f"{shown}: cannot be the keys of a scenario: {str(error)[:200]}"
        raise ConfigError(msg) from None
    return marked(parse_yaml(text, shown=shown) or Node(0, items={}), shown)


def _key_of(values: object, wanted: object) -> Key:
    """Return the key of a value in a tree, empty if it is not there."""
    pairs = values.items() if isinstance(values, dict) else ()
    for key, value in enumerate(values) if isinstance(values, list) else pairs:
        inner = () if value is wanted else _key_of(value, wanted)
        if value is wanted or inner:
            return (key, *inner)
    return ()


def plain_value(value: Any) -> Any:
    """Return the plain form of a value: texts, numbers, lists and mappings.

    Days may be dates, times of a day or numpy's; numbers may be numpy's; paths and the frozen
    values of a scenario are taken too. Arrays, series, ranges of days or numbers and generators
    become lists, and a data frame its rows. Others stay as they are.
    """
    if isinstance(value, datetime):
        # The missing day of pandas is one too.
        value = value.date() if value == value else None  # noqa: PLR0124
    # Arrays and frames are known by what they have, so that neither library is imported for this.
    if hasattr(value, "item") and hasattr(value, "dtype") and not getattr(value, "ndim", 0):
        # A time of numpy in nanoseconds, as pandas has them, would become a number.
        is_time = value.dtype.kind == "M"
        return plain_value((value.astype("datetime64[D]") if is_time else value).item())
    match value:
        case str() | bytes():
            return plain_of(value) if isinstance(value, StrEnum) else value
        case Mapping():
            return {key: plain_value(item) for key, item in value.items()}
        case Path():
            return str(value)
    if is_dataclass(value) or isinstance(value, date):
        return plain_of(value)
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        # A cell without a value is a key that is not given.
        rows: list[dict[str, object]] = plain_value(value.to_dict("records"))
        return [{key: cell for key, cell in row.items() if is_given(cell)} for row in rows]
    if isinstance(value, Iterable):
        # One more than a file may hold is refused as it is there: a generator may have no end.
        return [plain_value(item) for item in islice(value, MAX_NODES + 1)]
    return value


def is_given(cell: object) -> bool:
    """Return whether a cell of a frame has a value: None and not-a-number stand for none."""
    return cell is not None and not (isinstance(cell, float) and isnan(cell))


def merged(node: Node, over: Node) -> Node:
    """Return the tree with the values of another in place of its own, key by key."""
    if node.items is None or over.items is None:
        return over
    items = dict(node.items)
    for key, inner in over.items.items():
        items[key] = merged(items[key], inner) if key in items else inner
    return replace(node, items=items)


def validated(node: Node, *, shown: str, names: Names) -> Any:
    """Return the validated model of a scenario's tree, which may use the names of its own data."""
    own = names_for(node, names, shown=shown)
    return validate(ScenarioModel, node, shown=shown, names=own)


def with_value(node: Node, assignment: str) -> Node:
    """Return the tree with one value replaced, such as `limits.max_days=40`.

    Keys of overrides contain dots: everything after `overrides.` is one key.
    """
    key, sign, text = assignment.partition("=")
    key = key.strip()
    if not sign or not key:
        msg = f"--set {assignment[:80]}: give key=value, such as limits.max_days=40"
        raise ConfigError(msg)
    path = key_path(key)
    if len(path) > 8 or not all(path):
        msg = f"--set {key[:80]}: not a key of a scenario"
        raise ConfigError(msg)
    try:
        given = parse_yaml(text, shown=f"--set {key[:80]}")
    except ConfigError as error:
        first = error.faults[0].partition(": ")[2]
        msg = f"--set {key[:80]}: {first}"
        raise ConfigError(msg) from None
    return placed(node, path, marked(given or Node(0), f"--set {key}"))


def titled(node: Node, before: Node) -> Node:
    """Return the tree with a name that follows its ends and its cargo, where these were replaced.

    A name that mentions an end of the file gets the new one in its place: `Shanghai to Hamburg,
    electronics` becomes `Shanghai to London, electronics`. If it mentions one end, but not another
    that was replaced, it is made of the two ends. A cargo preset that it mentions is replaced by
    the title of the new one. Other names stay, and so does a replaced one.
    """
    items, old = node.items or {}, before.items or {}
    name = items.get("name")
    if name is None or name is not old.get("name"):
        return node
    ends = [
        (str(point_text(old[key].plain)), str(point_text(items[key].plain)))
        for key in ("origin", "destination")
        if key in old and key in items
    ]
    changed = [(then, now) for then, now in ends if then != now]
    text = str(name.value)
    mentioned = {then for then, _ in ends if _mention(then).search(text)}
    by_name = dict(changed) | _cargo_renamed(old, items)
    if mentioned and not all(then in mentioned for then, _ in changed):
        text = " to ".join(now for _, now in ends)
    elif by_name and (mentioned or not changed):
        pattern = re.compile("|".join(_mention(then).pattern for then in by_name))
        text = pattern.sub(lambda found: by_name[found[0]], text)
    if text == str(name.value):
        return node
    return placed(node, ("name",), Node(name.line, value=text))


def _cargo_renamed(old: Mapping[str, Node], new: Mapping[str, Node]) -> dict[str, str]:
    """Return how the name of a replaced cargo preset is written now, by how it may have been."""
    presets, keys = load_cargo(), [(part.get("shipment") or Node(0)).items for part in (old, new)]
    then, now = (presets.get(str((of or {}).get("cargo", Node(0)).value)) for of in keys)
    if then is None or now is None or then is now:
        return {}
    low = now.title[0].lower() + now.title[1:]
    ids = {then.id: low, then.id.replace("-", " "): low, then.title.lower(): low}
    return {**ids, **{text.capitalize(): now.title for text in ids}}


def _mention(place: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(place)}(?!\w)")


def key_path(key: str) -> tuple[str, ...]:
    """Return the parts of a dotted key. The name of an override is one part."""
    before, overrides, rest = key.partition("overrides.")
    if overrides and rest and (not before or before.endswith(".")):
        return (*before.split(".")[:-1], "overrides", rest)
    return tuple(key.split("."))


def placed(node: Node, path: Sequence[str], given: Node) -> Node:
    """Return the tree with the value at a path replaced; `pairs[0]` is an entry of a list.

    Raises
    ------
    ConfigError
        A list has no such entry.
    """
    if not path:
        return given
    items = dict(node.items or {})
    if entry := ENTRY.fullmatch(path[0]):
        name, number = entry[1], int(entry[2])
        listed = items.get(name, node)
        entries = list(items[name].entries or ()) if name in items else []
        if number >= len(entries):
            msg = f"{given.origin}: {name} has {len(entries)} entries, counted from 0"
            raise ConfigError(msg)
        entries[number] = placed(entries[number], path[1:], given)
        items[name] = replace(listed, entries=tuple(entries))
        return replace(node, items=items)
    inner = items.get(path[0], Node(node.line, items={}, origin=given.origin))
    items[path[0]] = placed(inner, path[1:], given)
    return replace(node, items=items, value=None, entries=None)


def marked(node: Node, origin: str) -> Node:
    """Return the tree with faults that begin with `origin` instead of the file."""
    items = node.items and {key: marked(inner, origin) for key, inner in node.items.items()}
    entries = node.entries and tuple(marked(inner, origin) for inner in node.entries)
    return replace(node, origin=origin, items=items, entries=entries)


def to_scenario(model: Any, *, node: Node, shown: str) -> Scenario:
    """Return the scenario of a validated file."""
    preset = load_cargo()[model.shipment.cargo]
    equipment = model.shipment.equipment
    if preset.equipment and equipment not in (None, preset.equipment):
        start = place_of(node, ("shipment", "equipment"), shown=shown)[1]
        msg = f"{start}{preset.id} travels in {preset.equipment}; give that or leave it out"
        raise ConfigError(msg)
    shelf = model.shipment.shelf_life_days
    # The other keys mean the same in the file and in the program.
    scenario: Scenario = model.value(
        name=model.name or default_name(model),
        shipment=to_shipment(model.shipment, preset, capital_rate_of(model.overrides)),
        corridors=corridor_ids(model.corridors, shown=shown),
        services=tuple(dict.fromkeys(frozen(model.services or ()))),
        price_basis=model.price_basis or basis_in(model.world),
        limits=model.limits.value(
            shelf_life_days=preset.shelf_life_days if shelf is None else shelf
        ),
        projects=project_choices(model.projects, node=node, shown=shown),
        door=model.door.value(osm=door_extracts(node, shown=shown)),
        overrides=to_overrides(model.overrides, node=node, shown=shown),
        own_data=own_sources(node, shown=shown),
        contracts=listed_sources(node, CONTRACTS, shown=shown),
        schedules=listed_sources(node, SCHEDULES, shown=shown),
        source_path=shown,
        text={"values": node.plain, "lines": lines_of(node, shown=shown)},
    )
    return scenario


def written(scenario: Any) -> dict[str, Any]:
    """Return a scenario as the plain values of a file, the inverse of `to_scenario`.

    What is not given in a file is left out: what is empty, and what follows from other keys, such
    as a name made of the two places or a weight of the cargo's preset.

    Parameters
    ----------
    scenario
        A scenario, or its record in a result.
    """
    values: dict[str, Any] = plain_of(scenario)
    shipment, shelf = values["shipment"], values.get("limits", {}).pop("shelf_life_days", None)
    preset = load_cargo().get(shipment["cargo"])
    shipment.setdefault("cargo_classes", [])
    for key in FROM_PRESET:
        if preset is not None and getattr(scenario.shipment, key) == getattr(preset, key):
            del shipment[key]
    rate = capital_rate_of({override_name(one): one.value for one in scenario.overrides})
    worth = scenario.shipment.value_usd_per_teu
    if preset is not None and shipment[VALUE_OF_TIME] == preset.value_of_a_day(worth, rate):
        del shipment[VALUE_OF_TIME]
    if shelf != getattr(preset, "shelf_life_days", None):
        shipment["shelf_life_days"] = shelf
    if values["name"] == default_name(scenario):
        del values["name"]
    if values["price_basis"] == basis_in(scenario.world) and not _is_given(scenario, "price_basis"):
        del values["price_basis"]
    for key in ("source_path", "text"):
        values.pop(key, None)
    if scenario.overrides:
        values["overrides"] = {override_name(one): one.value for one in scenario.overrides}
    return values


def in_world(scenario: Scenario, world: str) -> Scenario:
    """Return a scenario in a world, by price or cost as that does if its file does not say."""
    given = world == scenario.world or _is_given(scenario, "price_basis")
    basis = scenario.price_basis if given else basis_in(world)
    return replace(scenario, world=world, price_basis=basis)


def _is_given(scenario: Any, key: str) -> bool:
    """Return whether the file of a scenario has a key; the record of one in a result has none."""
    return key in (getattr(scenario, "text", None) or {}).get("values", {})


def plain_of(value: Any) -> Any:
    """Return the plain form of a frozen value, without what is empty: a mapping for pairs."""
    match value:
        case OwnSource():
            return value.path
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple() if value and isinstance(value[0], tuple):
            return dict(value)
        case tuple():
            return [plain_of(item) for item in value]
    if not is_dataclass(value) and not isinstance(value, BaseModel):
        return value
    names = [key.name for key in fields(value)] if is_dataclass(value) else type(value).model_fields
    plain = {name: plain_of(getattr(value, name)) for name in names}
    return {name: item for name, item in plain.items() if item not in (None, [], {})}


def override_name(override: Override) -> str:
    """Return what an override replaces: `parameter` or `parameter@scope`."""
    return override.parameter + ("" if override.scope is None else f"@{override.scope}")


def default_name(scenario: Any) -> str:
    """Return the name of a scenario that has none."""
    return f"{scenario.origin} to {scenario.destination}"


def to_overrides(values: Mapping[str, float], *, node: Node, shown: str) -> tuple[Override, ...]:
    """Return the overrides, each within the bounds of its parameter."""
    if not values:
        return ()
    table = load_parameters()
    faults: list[str] = []
    overrides: list[Override] = []
    for key, value in values.items():
        parameter, at, scope = key.partition("@")
        if outside := table.out_of_bounds(parameter, value):
            faults.append(place_of(node, ("overrides", key), shown=shown)[1] + outside)
        overrides.append(Override(parameter=parameter, scope=scope if at else None, value=value))
    if faults:
        raise ConfigError(faults)
    return tuple(overrides)


def to_shipment(model: Any, preset: Cargo, capital_rate: float) -> Shipment:
    """Return the shipment. The preset supplies container, weight and value if not given.

    Without a value of time, a day costs what the goods lose in it at a yearly rate of capital.
    """
    given = {key: getattr(model, key) for key in FROM_PRESET}
    follows = {key: getattr(preset, key) for key, value in given.items() if value is None}
    if getattr(model, VALUE_OF_TIME) is None:
        worth = follows.get("value_usd_per_teu", model.value_usd_per_teu)
        follows[VALUE_OF_TIME] = preset.value_of_a_day(worth, capital_rate)
    shipment: Shipment = model.value(
        equipment=Equipment(model.equipment or preset.equipment or Equipment.HC40), **follows
    )
    return shipment


def capital_rate_of(overrides: Mapping[str, float]) -> float:
    """Return the cost of capital in goods under these overrides, a share a year."""
    return overrides.get(CAPITAL_RATE, load_parameters().value(CAPITAL_RATE))


def corridor_ids(corridors: Sequence[str], *, shown: str) -> tuple[str, ...]:
    """Return the corridors to compare; files are relative to the scenario's folder."""
    if not corridors:
        return tuple(corridor.id for corridor in load_corridors("all"))
    return tuple(beside(shown, name) for name in dict.fromkeys(corridors))


def beside(shown: str, name: str) -> str:
    """Return an id as it is, and a path relative to the folder of the file that names it."""
    return str(Path(shown).parent / name) if name.endswith(".yaml") else name


def project_choices(
    chosen: Sequence[ProjectChoiceModel], *, node: Node, shown: str
) -> tuple[ProjectChoice, ...]:
    """Return the projects taken as built, sorted by id; files are relative to the scenario."""
    faults: list[str] = []
    choices: dict[str, ProjectChoice] = {}
    for number, choice in enumerate(chosen):
        name = beside(shown, choice.id)
        if name in choices:
            start = place_of(node, ("projects", number), shown=shown)[1]
            faults.append(f"{start}'{name[:80]}' is named twice; keep one")
            continue
        (project,) = load_projects([name])
        choices[name] = ProjectChoice(id=name, opens=choice.opens or project.opens)
    if faults:
        raise ConfigError(faults)
    return tuple(choices[name] for name in sorted(choices))


def lines_of(node: Node, *, shown: str) -> dict[str, str]:
    """Return the prefix of faults for every dotted key of a tree."""
    starts: dict[str, str] = {}

    def visit(inner: Node, key: Key) -> None:
        starts[dotted(key)] = place_of(node, key, shown=shown)[1]
        for name, item in (inner.items or {}).items():
            visit(item, (*key, name))
        for index, entry in enumerate(inner.entries or ()):
            visit(entry, (*key, index))

    visit(node, ())
    return starts


def fault(scenario: Scenario, key: str, message: str) -> str:
    """Return a fault at a key of a scenario: `file:line: key: message`.

    Parameters
    ----------
    scenario
        A scenario. If it was made in Python, the message names only the key.
    key
        A dotted key, such as `origin` or `corridors[2]`.
    message
        What is wrong and how to correct it.
    """
    lines = scenario.text.get("lines")
    start = lines.get(key) if isinstance(lines, dict) else None
    if start is None:
        start = f"{scenario.source_path}: {key}: " if scenario.source_path else f"{key}: "
    return f"{start}{message}"


def where(scenario: Scenario, key: str) -> str:
    """Return the position of a key of a scenario: `file:line`, or `--set` and `--departure`."""
    return fault(scenario, key, "").split(": ", 1)[0]


def override_faults(scenario: Scenario) -> list[str]:
    """Return the faults of a scenario's overrides, such as an unknown scope."""
    if not scenario.overrides:
        return []
    own = overlay_for(scenario)
    parameters = own.parameters()
    try:
        parameters.with_overrides(scenario.overrides)
    except ParameterError:
        pass  # each is tried alone below, for its line
    else:
        if not any(override.parameter in CAPACITIES for override in scenario.overrides):
            return []
    names = Names(own) if scenario.own_data else Names()
    scopes = _scopes(parameters)

    @cache
    def rows_for(parameter: str, *, scoped: bool) -> ParameterTable:
        rows = parameters.rows_of(parameter)
        enough = rows or (scoped and parameter in CAPACITIES)
        return replace(parameters, rows=rows) if enough else parameters

    faults: list[str] = []
    for override in scenario.overrides:
        # A table of its own rows takes an override in a tenth of the time.
        table = rows_for(override.parameter, scoped=override.scope is not None)
        try:
            table.with_overrides([override])
        except ParameterError as error:
            text = str(error).removeprefix(f"{override.key}: ")
            faults.append(fault(scenario, override.key, text))
            continue
        if override.parameter in CAPACITIES and override.scope and override.scope not in scopes:
            unknown = _unknown_scope(override, names, advised=len(faults) < MOST_SHOWN)
            faults += [fault(scenario, override.key, text) for text in unknown]
    return faults


def _scopes(parameters: ParameterTable) -> set[str]:
    return {row.scope for row in parameters.rows if row.parameter in CAPACITIES}


def _unknown_scope(override: Override, names: Names, *, advised: bool) -> Iterator[str]:
    """Yield the faults of the place, leg or ship class of a capacity."""
    kind, scope = override.parameter.partition(".")[0], override.scope or ""
    if kind == "border":
        pair, at, station = scope.partition("@")
        asked = [("country", code) for code in pair.split("-")]
        asked += [("terminal", station)] if at else []
        if pair.count("-") != 1:
            yield f"'{pair}' is not a border; write it like CN-KZ"
            return
    else:
        asked = [({"rail": "leg", "sea": "service"}.get(kind, "terminal"), scope)]
    for what, name in asked:
        known = names.legs if what == "leg" else names.of(what)
        if name not in known:
            yield f"unknown {what} '{name}'" + (f", {advice(name, known)}" if advised else "")
