"""A `comparison.json` of a stranger is read strictly, or refused in one line."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import corridors
from corridors.config import load_scenario
from corridors.domain.scenario import PriceBasis
from corridors.errors import ConfigError
from corridors.studies import saved as reading
from corridors.studies.diff.ends import read_end
from tests.studies.diff.files import result_file, result_record, scenario_file

MORE = """\
objective: cost
limits: {max_days: 60, max_share_gate: {gate-suez: 0.5}}
closures: [{place: gate-panama, first_day: 2026-09-01, reason: drought}]
overrides: {fuel.vlsfo_usd_per_t: 600, port.thc@CN: 130}
"""


@pytest.fixture(scope="module")
def scenario_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return scenario_file(tmp_path_factory.mktemp("asked"), "s.yaml", MORE)


@pytest.fixture(scope="module")
def whole(scenario_path: str) -> dict[str, Any]:
    return json.loads(json.dumps(result_record(scenario_path)))  # type: ignore[no-any-return]


def test_the_scenario_of_a_result_is_the_one_asked(
    whole: dict[str, Any], scenario_path: str, tmp_path: Path
) -> None:
    asked = load_scenario(scenario_path)
    read = read_end(result_file(tmp_path, whole))
    for name in ("limits", "closures", "overrides", "shipment", "corridors", "departure", "name"):
        assert getattr(read.scenario, name) == getattr(asked, name)
    assert read.recorded is not None
    first = read.recorded.of(whole["options"][0]["corridor"])
    assert float(first.cost_usd_per_teu or 0) == whole["options"][0]["cost_usd_per_teu"]
    assert sum(first.cost_lines.values()) == first.cost_usd_per_teu
    tonnes = whole["options"][0]["co2e_wtw_kg_per_teu"] / 1000.0
    assert float(first.co2e_wtw_t_per_teu or 0) == pytest.approx(tonnes, abs=1e-9)


def test_a_corridor_that_cannot_be_used_takes_no_rank(
    whole: dict[str, Any], tmp_path: Path
) -> None:
    first, second = whole["options"]
    closed = {**first, "status": "closed", "reason": "a strike", "cost_usd_per_teu": None}
    read = read_end(result_file(tmp_path, {**whole, "options": [closed, second]}))
    assert read.recorded is not None
    assert read.recorded.of(first["corridor"]).rank is None
    assert read.recorded.of(first["corridor"]).cost_usd_per_teu is None
    assert read.recorded.of(second["corridor"]).rank == 1


def test_a_result_that_fell_back_to_cost_differs_in_no_input_from_its_question(
    tmp_path: Path,
) -> None:
    # No lane between Ankara and Bishkek is quoted.
    keys = "scope: cy-cy\ndeparture: 2026-07-15\n"
    path = tmp_path / "q.yaml"
    shipment = "shipment: {teu_per_month: 10}\n"
    path.write_text(f"origin: Ankara\ndestination: Bishkek\n{keys}{shipment}", encoding="utf-8")
    found = corridors.compare(path)
    assert found.scenario.price_basis is PriceBasis.COST
    found.save(tmp_path / "out")
    same: Any = corridors.diff(tmp_path / "out", path)
    assert (same.inputs, same.old == same.new) == ((), True)
    back: Any = corridors.diff(path, tmp_path / "out")
    assert back.inputs == ()
    given: Any = corridors.diff(tmp_path / "out", path, departure="2026-08-15")
    assert [change.key for change in given.inputs] == ["departure"]


def put(record: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy in which the value at a path such as `options.0.status` is replaced."""
    made = copy.deepcopy(record)
    inner: Any = made
    *way, last = path.split(".")
    for key in way:
        inner = inner[int(key) if isinstance(inner, list) else key]
    inner[int(last) if isinstance(inner, list) else last] = value
    return made


WRONG = [
    ("scenario.origin", 3, "scenario: origin: must be text, got 3"),
    ("scenario.departure", "2026-02-30", "scenario: departure: "),
    ("scenario.departure", 20260820, "scenario: departure: must be a day such as 2026-08-20"),
    ("scenario.world", "mars", "scenario: world: unknown world 'mars', "),
    ("scenario.shipment.teu_per_month", "200", "scenario: shipment: teu_per_month: must be a num"),
    (
        "scenario.shipment.teu_per_month",
        10**400,
        "scenario: shipment: teu_per_month: must be a ",
    ),
    ("scenario.shipment.boxes", 3, "scenario: shipment: unknown key 'boxes'; the result is from "),
    ("scenario.limits.max_days", True, "scenario: limits: max_days: must be a number, got true"),
    (
        "scenario.limits.max_share_gate",
        [["gate-suez"]],
        "scenario: limits: max_share_gate[0]: has ",
    ),
    ("scenario.overrides", [1], "scenario: overrides[0]: must be a mapping of keys to values, "),
    ("scenario.overrides.1", {"parameter": "port.thc"}, "scenario: overrides[1]: no key 'scope'"),
    ("scenario.closures", "gate-suez", "scenario: closures: must be a list"),
    ("scenario.sails", 1, "scenario: unknown key 'sails'; the result is from another version"),
    ("scenario", None, "scenario: must be a mapping of keys to values, got nothing"),
    ("options", {}, "options: must be a list, got a mapping"),
    (
        "options.0.status",
        "open",
        "options[0]: status: 'open' is not one of usable, no price, closed, infe",
    ),
    ("options.0.cost_usd_per_teu", "935", "options[0]: cost_usd_per_teu: must be a number, got 9"),
    ("options.0.cost_usd_per_teu", 1e300, "options[0]: cost_usd_per_teu: must be below 1e+12, got"),
    ("options.0.days", 10**400, "options[0]: days: must be a finite number, got 1000"),
    ("options.0.days", None, "options[0]: days: must be a number where the corridor is usable"),
    (
        "options.0.passes",
        [],
        "options[0]: unknown key 'passes'; the result is from ",
    ),
    ("options.0.passages", "gate-suez", "options[0]: passages: must be a list, got gate-suez"),
    ("options.1.corridor", "cape", "options[1]: corridor 'cape' appears twice"),
    ("options.0.cost_lines.0", 5, "options[0]: cost_lines[0]: must be a mapping of keys to "),
    ("options.0.time_parts", [1], "options[0]: time_parts: must be a mapping of keys to values"),
    ("decision", [], "decision: must be a mapping of keys to values, got a list"),
    ("manifest.format", 2, "manifest: format: a result in another format; this program reads "),
    ("manifest.versions.numpy", None, "manifest: versions: numpy: must be text, got nothing"),
    ("options.0.reason", "\x1b[2J", "contains text that cannot be printed: '\\x1b[2J'"),
    ("scenario.name", "\ud800", "contains text that cannot be printed: '\\ud800'"),
]


@pytest.mark.parametrize(("path", "value", "expected"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_a_wrong_value_is_refused_where_it_stands(
    path: str, value: object, expected: str, whole: dict[str, Any], tmp_path: Path
) -> None:
    folder = result_file(tmp_path / "r", put(whole, path, value))
    with pytest.raises(ConfigError) as refused:
        read_end(folder)
    assert str(refused.value).startswith(f"{folder}/comparison.json: {expected}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("block", ["scenario", "options", "decision", "manifest"])
def test_a_missing_block_is_refused(block: str, whole: dict[str, Any], tmp_path: Path) -> None:
    folder = result_file(tmp_path / "r", {k: v for k, v in whole.items() if k != block})
    with pytest.raises(ConfigError) as refused:
        read_end(folder)
    assert str(refused.value) == (
        f"{folder}/comparison.json: no key '{block}': "
        "not a complete comparison.json of this version"
    )


@pytest.mark.parametrize("key", ["name", "world", "ice_year", "overrides"])
def test_no_key_of_a_scenario_is_filled_in(key: str, whole: dict[str, Any], tmp_path: Path) -> None:
    cut = {**whole, "scenario": {k: v for k, v in whole["scenario"].items() if k != key}}
    with pytest.raises(ConfigError, match=f"scenario: no key '{key}'"):
        read_end(result_file(tmp_path / "r", cut))


BROKEN = {
    "empty": (b"", ":1: not JSON: Expecting value; write it again"),
    "cut off": (b'{"scenario": {\n "name": "a', ":2: not JSON: Unterminated string starting at"),
    "no object": (b"[1]", ": must be a mapping of keys to values, got a list"),
    "NaN": (b'{"a": NaN}', ": not a comparison.json: NaN is not a number"),
    "deep": (b"[" * 200_000, ": not a comparison.json: nested too deep"),
    "long number": (b'{"a": ' + b"1" * 5_000 + b"}", ": not a comparison.json: Exceeds the limit"),
    "twice": (b'{"a": 1, "a": 2}', ": not a comparison.json: a: given twice; keep one"),
    "not UTF-8": (b'{"a": "\xff"}', ": not UTF-8 text, so not a comparison.json"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_json_object_is_refused(name: str, tmp_path: Path) -> None:
    content, expected = BROKEN[name]
    path = tmp_path / "comparison.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        read_end(str(path))
    assert str(refused.value).startswith(f"{path}{expected}")
    assert "\n" not in str(refused.value)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    path = tmp_path / "r.json"
    path.write_bytes(b"x" * 11)
    with pytest.raises(ConfigError) as refused:
        read_end(str(path))
    assert str(refused.value) == f"{path}: 11 bytes; the limit is 10"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("gone.json", "gone.json: cannot be read: No such file or directory"),
        ("a\0b", "a\\x00b: "),
        (".", ".: a folder without comparison.json; give a scenario or a folder of `compare`"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(
    given: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as refused:
        read_end(given)
    assert str(refused.value).startswith(expected)
