"""Every key of a scenario file, changed alone, shows in `diff`.

Keys are those of the JSON Schema, and so is the drawn value: a new key is tested without a line
here, unless its value is a file or a word of a form that only the program knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corridors.config import load_scenario
from corridors.config.checks import Names
from corridors.config.schema import schema_of
from corridors.domain.scenario import Scenario
from corridors.studies.diff.ends import changes, keys_of, scenario_of
from tests.config.json_schema import keys_below

SCHEMA = schema_of("scenario")
# A door counts under this scope alone, and lists need an entry whose keys can be changed.
BASE = {
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "shipment": {"teu_per_month": 100, "cargo": "general"},
    "corridors": ["suez", "cape"],
    "scope": "door",
    "closures": [{"place": "gate-panama"}],
    "projects": [{"id": "belkomur"}],
    "chances": [{"place": "gate-suez", "probability": 0.2}],
    "limits": {"on_time": {"by": "2026-12-01"}},
    "robust": {"measure": "cvar"},
    "services": [{"name": "A train", "stops": ["Shanghai", "Hamburg"], "frequency": 1.0}],
}
SPECIAL = {
    "prices": "2025-12",
    "overrides": {"fuel.vlsfo_usd_per_t": 600},
    "own_data": "legs.csv",
    "contracts": "legs.csv",
    "schedules": "legs.csv",
    "door.osm": "extract.osm.pbf",
    "draws.widths": {"rail days": 1.5},
    "services.stops": ["Chongqing", "Duisburg"],
    "services.way": ["CN-KZ"],
    "services.bars": ["BY-PL"],
    "services.ship": "sea/14k",
    "draws.correlations": {"bunker and charter": 0.4},
}
NUMBERS = (7.25, 0.25)


def another(shape: Mapping[str, Any], now: object) -> Any:
    """Return a value of a shape that is not the present one."""
    for branch in shape.get("anyOf", ()):
        if branch.get("type") != "null" and "const" not in branch:
            return another(branch, now)
    if "enum" in shape:
        held = now if isinstance(now, list) else [now]
        return next(word for word in shape["enum"] if word not in held)
    match shape["type"]:
        case "boolean":
            return not now
        case "integer":
            return shape.get("minimum", 1) + (now == shape.get("minimum", 1))
        case "number":
            low = max(shape.get("minimum", 0), shape.get("exclusiveMinimum", 0))
            return next(n for n in NUMBERS if low <= n <= shape.get("maximum", n) and n != now)
        case "array":
            return [another(shape["items"], now)]
        case "object":
            return {another(shape["propertyNames"], now): another(shape["additionalProperties"], 0)}
    assert "pattern" not in shape, "give a value of that form in SPECIAL"
    return "2027-03-04" if shape.get("format") == "date" else "Tokyo"


def changed(key: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with another value under a dotted key."""
    made: dict[str, Any] = json.loads(json.dumps(BASE))
    *path, last = key.split(".")
    inner: Any = made
    for part in path:
        inner = inner.setdefault(part, {})
        inner = inner[0] if isinstance(inner, list) else inner
    inner[last] = SPECIAL.get(key) or another(shape, inner.get(last, shape.get("default")))
    return made


def loaded(folder: Path, plain: Mapping[str, Any]) -> Scenario:
    (folder / "extract.osm.pbf").write_bytes(b"")
    (folder / "legs.csv").write_text("from,to,system,km\nkz-dostyk,kz-almaty,1520,900\n")
    (folder / "s.yaml").write_text(json.dumps(plain), encoding="utf-8")
    return load_scenario(folder / "s.yaml")


KEYS = dict(keys_below(SCHEMA, SCHEMA))


@pytest.mark.parametrize("key", KEYS)
def test_every_key_changed_alone_shows_in_diff(key: str, tmp_path: Path) -> None:
    old, new = keys_of(loaded(tmp_path, BASE)), loaded(tmp_path, changed(key, KEYS[key]))
    found = {change.key for change in changes(old, keys_of(new))}
    listed = key.startswith(("closures", "projects", "chances", "services"))
    head = key.split(".", maxsplit=1)[0] if listed else key
    assert found
    assert all(one == head or one.startswith(f"{head}.") for one in found)
    again = scenario_of(keys_of(new), Names())
    assert again == replace(new, source_path="", text={})


def test_the_keys_are_those_of_the_page() -> None:
    assert len(KEYS) > 40
    assert {"world", "shipment.shelf_life_days", "limits.avoid.gates", "projects.opens"} < set(KEYS)
