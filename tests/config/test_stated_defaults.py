"""Stating the default of a key changes nothing: there is one, and it stands key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import corridors
from corridors.config import load_scenario
from corridors.config.models import FORMS, NO_KEY
from corridors.config.scenario import plain_of
from corridors.config.schema import schema_of
from corridors.domain.scenario import OnTime, Robust, Scenario, Shipment
from corridors.studies.scenario_keys import scenario_of
from tests.config.json_schema import keys_below

ENDS = {"origin": "Shanghai", "destination": "Hamburg", "departure": "2026-08-20"}
Tree = dict[str, Any]


def asked(**keys: object) -> Scenario:
    return scenario_of(None, {**ENDS, **keys}, call="compare()")


def declared(kind: Any) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield every key that has a default, with it; a part of a file also as a whole."""
    hints = get_type_hints(kind)
    for key in fields(kind):
        if FORMS.get(kind, {}).get(key.name) is NO_KEY or key.default is MISSING:
            continue
        if key.default is not None:
            yield (key.name,), plain_of(key.default)
        inner = [
            hint for hint in (hints[key.name], *get_args(hints[key.name])) if is_dataclass(hint)
        ]
        if inner and get_origin(hints[key.name]) is not tuple and is_dataclass(key.default):
            yield from (((key.name, *path), value) for path, value in declared(inner[0]))


def stated(path: tuple[str, ...], value: object) -> Tree:
    return {path[0]: stated(path[1:], value) if path[1:] else value}


SCHEMA = schema_of("scenario")
MAPPINGS = {key for key, shape in keys_below(SCHEMA, SCHEMA) if shape.get("type") == "object"}
DEFAULTS = {
    name: stated(path, {} if name in MAPPINGS else value)
    for path, value in declared(Scenario)
    if (name := ".".join(path))
}


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Tree:
    both = {**one, **other}
    for key in one.keys() & other.keys():
        if isinstance(one[key], Mapping):
            both[key] = merged(one[key], other[key])
    return both


@pytest.mark.parametrize("key", DEFAULTS)
@pytest.mark.parametrize(
    "beside",
    [
        {},
        {
            "shipment": {"cargo": "machinery"},
            "limits": {"max_days": 60, "avoid": {"countries": ["IR"]}},
            "draws": {"count": 16},
            "customs": {"common_note": True},
        },
    ],
    ids=["alone", "beside others"],
)
def test_stating_the_default_of_a_key_changes_nothing(key: str, beside: Tree) -> None:
    usual = asked(**beside)
    assert asked(**merged(DEFAULTS[key], beside)) == usual


def test_stating_a_default_of_an_entry_changes_nothing() -> None:
    closed = {"place": "gate-suez"}
    for key, entry, default in (
        ("closures", [closed], [{**closed, "reason": "closed by the scenario"}]),
        (
            "chances",
            [{**closed, "probability": 0.2}],
            [{**closed, "probability": 0.2, "reason": "closed with a chance"}],
        ),
        ("robust", {}, plain_of(Robust())),
        (
            "limits",
            {"on_time": {"by": "2026-11-01"}},
            {"on_time": {"by": "2026-11-01", "probability": 0.9}},
        ),
    ):
        assert asked(**{key: entry}) == asked(**{key: default}), key
    assert OnTime.__dataclass_fields__["probability"].default == 0.9


@pytest.mark.parametrize("key", [key.name for key in fields(Shipment)])
def test_stating_a_key_of_the_usual_shipment_changes_nothing(key: str) -> None:
    usual = asked()
    for given in (
        asked(shipment={key: plain_of(usual.shipment).get(key)}),
        scenario_of(
            {**ENDS, "shipment": {key: plain_of(usual.shipment).get(key)}}, {}, call="compare()"
        ),
    ):
        assert given == usual


def test_the_usual_shipment_is_that_of_the_shipped_scenario_and_is_named_in_the_answer() -> None:
    assert asked().shipment == load_scenario("shanghai-europe").shipment
    answer = corridors.compare(**ENDS, corridors="suez", shipment={"teu_per_month": 200})  # type: ignore[arg-type]
    assert "200 TEU a month, electronics in 40HC" in str(answer)


def test_another_cargo_travels_in_its_own_container() -> None:
    food = asked(shipment={"cargo": "reefer-food"}).shipment
    assert (food.teu_per_month, food.equipment.value) == (200, "40RF")
