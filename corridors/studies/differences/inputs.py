"""Turn a scenario into dotted keys and back, and find the keys that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from corridors.config.faults import validate
from corridors.config.models import ScenarioModel
from corridors.config.names import Names
from corridors.config.nodes import Node
from corridors.config.own_data import names_for
from corridors.config.scenario import to_scenario
from corridors.data.cargo import load_cargo
from corridors.domain.scenario import Scenario
from corridors.studies.differences.values import Change

Keys = dict[str, object]

SHARES = ("max_share_country", "max_share_gate", "max_share_corridor")
BOUNDS = (
    *("max_transit_days", "max_days", "max_usd_per_teu", "max_co2e_kg_per_teu", "capacity_share"),
)
AVOIDED = ("countries", "gates", "terminals")
DOOR = ("origin", "destination", "origin_km", "destination_km")
OVERRIDE = "overrides."
PROJECT = "projects."
CLOSURE = "closures."
ORDER = "overrides (order)"


def keys_of(scenario: Scenario) -> Keys:
    """Return a scenario as plain values by dotted key.

    Values that follow from others are left out: a name made of the two places, or a weight or value
    from the cargo's preset. So are limits and services that are not given. A closed place is one
    key with a list of closures.
    """
    shipment = scenario.shipment
    preset = load_cargo()[shipment.cargo]
    keys: Keys = {
        "name": None if scenario.name == _default_name(scenario) else scenario.name,
        "origin": scenario.origin,
        "destination": scenario.destination,
        "departure": scenario.departure.isoformat(),
        "shipment.teu_per_month": shipment.teu_per_month,
        "shipment.equipment": shipment.equipment.value,
        "shipment.cargo": shipment.cargo,
    }
    for name in ("cargo_t_per_teu", "value_usd_per_teu"):
        given = getattr(shipment, name)
        keys[f"shipment.{name}"] = None if given == getattr(preset, name) else given
    shelf = scenario.limits.shelf_life_days
    keys["shipment.shelf_life_days"] = None if shelf == preset.shelf_life_days else shelf
    keys |= {
        "shipment.value_of_time_usd_per_teu_day": shipment.value_of_time_usd_per_teu_day,
        "corridors": list(scenario.corridors),
        "services": list(scenario.services) or None,
        "world": scenario.world,
        "price_basis": scenario.price_basis,
        "prices": scenario.prices,
        "scope": scenario.scope,
        "objective": scenario.objective.value,
    }
    keys |= {f"limits.{name}": getattr(scenario.limits, name) for name in BOUNDS}
    deadline, avoid = scenario.limits.deadline, scenario.limits.avoid
    keys["limits.deadline"] = None if deadline is None else deadline.isoformat()
    for name in AVOIDED:
        keys[f"limits.avoid.{name}"] = list(getattr(avoid, name)) or None
    for name in SHARES:
        keys |= {f"limits.{name}.{key}": at for key, at in getattr(scenario.limits, name)}
    keys |= {
        "own_data": [source.path for source in scenario.own_data] or None,
        "on_conflict": scenario.on_conflict,
    }
    keys |= {"max_wait_days": scenario.max_wait_days, "ice_year": scenario.ice_year}
    keys |= {"speed": scenario.speed, "hulls_in_ice": scenario.hulls_in_ice.value}
    keys |= {
        "customs.eaeu": scenario.customs.eaeu,
        "customs.extend_to": list(scenario.customs.extend_to) or None,
        "customs.common_note": scenario.customs.common_note,
    }
    keys |= {PROJECT + choice.id: choice.opens.isoformat() for choice in scenario.projects}
    keys |= {f"door.{name}": getattr(scenario.door, name) for name in DOOR}
    keys["door.osm"] = [source.path for source in scenario.door.osm] or None
    for closure in scenario.closures:
        entry = [_day(closure.first_day), _day(closure.last_day), closure.reason]
        assert_list(keys.setdefault(CLOSURE + closure.place, [])).append(entry)
    for override in scenario.overrides:
        scope = "" if override.scope is None else f"@{override.scope}"
        keys[f"{OVERRIDE}{override.parameter}{scope}"] = override.value
    return {key: value for key, value in keys.items() if value is not None}


def order_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the dotted keys in the order of a scenario's file."""
    found: list[str] = []

    def visit(value: object, key: str) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                visit(inner, f"{key}.{name}" if key else str(name))
        elif key == "closures" and isinstance(value, list):
            found.extend(CLOSURE + str(entry["place"]) for entry in value)
        elif key == "projects" and isinstance(value, list):
            entries = (entry["id"] if isinstance(entry, Mapping) else entry for entry in value)
            found.extend(f"{PROJECT}{entry}" for entry in entries)
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
    plain: Keys = {}
    for key, value in keys.items():
        head, _, rest = key.partition(".")
        if head == "closures":
            listed = assert_list(plain.setdefault("closures", []))
            listed.extend(_closure(rest, entry) for entry in assert_list(value))
        elif head == "projects":
            assert_list(plain.setdefault(head, [])).append({"id": rest, "opens": value})
        elif head == "overrides":
            _inside(plain, head)[rest] = value
        elif head == "limits" and "." in rest:
            name, _, at = rest.partition(".")
            _inside(_inside(plain, head), name)[at] = value
        elif rest:
            _inside(plain, head)[rest] = value
        else:
            plain[head] = value
    return scenario_from(plain, shown="scenario", names=names)


def scenario_from(plain: Mapping[str, object], *, shown: str, names: Names) -> Scenario:
    """Return the scenario of plain values under the keys of a scenario file.

    Raises
    ------
    ConfigError
        With every error; each starts with `shown` and the key, without a line.
    """
    node = node_of(plain, origin=shown)
    names = names_for(node, names, shown="")
    model = validate(ScenarioModel, node, shown=shown, names=names)
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


def assert_list(value: object) -> list[object]:
    """Return a value that is a list by construction."""
    if not isinstance(value, list):
        msg = f"expected a list, got {value!r}"
        raise TypeError(msg)
    return value


def _inside(plain: Keys, key: str) -> Keys:
    inner = plain.setdefault(key, {})
    if not isinstance(inner, dict):
        msg = f"expected a mapping at {key}, got {inner!r}"
        raise TypeError(msg)
    return inner


def _closure(place: str, entry: object) -> Keys:
    first, last, reason = assert_list(entry)
    days = {"first_day": first or None, "last_day": last or None}
    return {"place": place, **days, "reason": reason}


def _common_overrides(of: Keys, other: Keys) -> list[str]:
    names = [key for key in of if key.startswith(OVERRIDE) and key in other]
    return [key.removeprefix(OVERRIDE) for key in names]


def _default_name(scenario: Scenario) -> str:
    return f"{scenario.origin} to {scenario.destination}"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
