"""JSON Schema of the configuration files: up to date, and valid for every shipped file."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config import schema as schemas
from corridors.config.checks import Names
from corridors.config.faults import read_yaml
from corridors.config.schema import MODELS, keys_table
from corridors.data.paths import configs_dir
from corridors.domain.objective import Objective
from corridors.domain.scenario import OnConflict, PriceBasis, Scope
from corridors.output.store import as_text
from tests.config.json_schema import errors

RUNNER = CliRunner()
APP = command_line()
# One takes as long to make as to hold twenty files to.
schema_of = cache(schemas.schema_of)
RESULTS = ("comparison", "design-result", "booking-result")
FOLDERS = {"scenario": "scenarios", "corridor": "corridors", "batch": "batches"}
FILES = [
    (kind, path)
    for kind, folder in FOLDERS.items()
    for path in sorted((configs_dir() / folder).rglob("*.yaml"))
]


def named(pair: object) -> str | None:
    return pair.stem if isinstance(pair, Path) else None


def faults(kind: str, value: dict[str, Any]) -> list[str]:
    schema = schema_of(kind)
    return list(errors(value, schema, schema))


def scenario(**changes: object) -> dict[str, Any]:
    plain = read_yaml(configs_dir() / "scenarios" / "shanghai-europe.yaml").plain
    assert isinstance(plain, dict)
    return plain | changes


@pytest.mark.parametrize("kind", MODELS)
def test_the_committed_schema_is_in_step(kind: str) -> None:
    path = configs_dir() / "schema" / f"{kind}.schema.json"
    assert path.read_text(encoding="utf-8") == as_text(schema_of(kind)), (
        "run: corridors schema --out configs/schema"
    )


def test_the_table_of_keys_gives_bounds_words_and_defaults() -> None:
    page = keys_table("scenario")
    assert "| `shipment.teu_per_month` | required | from 0.001 to 1000000 | Volume" in page
    assert "| `max_wait_days` | `14` | from 0 to 366 | Longest" in page
    assert "| `scope` | `cy-cy` | `cy-cy`, `door` | " in page


def test_every_row_of_the_page_of_keys_is_one_line() -> None:
    page = keys_table("scenario").splitlines()
    table = [line for line in page if "|" in line]
    assert all(line.startswith("| ") and line.endswith(" |") for line in table if "---" not in line)
    first = page.index(table[0])
    assert page[first : first + len(table)] == table


@pytest.mark.parametrize(("kind", "path"), FILES, ids=named)
def test_every_shipped_file_validates_and_points_to_its_schema(kind: str, path: Path) -> None:
    plain = read_yaml(path).plain
    assert isinstance(plain, dict)
    assert faults(kind, plain) == []
    up = "../" * len(path.relative_to(configs_dir()).parts[:-1])
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={up}schema/{kind}.schema.json"
    assert (path.parent / up / "schema" / f"{kind}.schema.json").is_file()


@pytest.mark.parametrize("kind", MODELS)
def test_a_schema_is_of_its_draft_and_describes_every_key(kind: str) -> None:
    schema = schema_of(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"]
    for shape in (schema, *schema.get("$defs", {}).values()):
        if "enum" in shape:
            assert len(shape["description"]) > 10
            continue
        assert shape["additionalProperties"] is False
        for key, inner in shape["properties"].items():
            assert len(inner["description"]) > 10, key


def test_names_of_the_tables_are_enumerated() -> None:
    names = Names()
    properties = schema_of("scenario")["properties"]
    assert properties["world"]["enum"] == list(names.worlds)
    shipment = schema_of("scenario")["$defs"]["ShipmentModel"]["properties"]
    assert shipment["cargo"]["enum"] == list(names.cargo)
    main = schema_of("corridor")["$defs"]["MainModel"]["properties"]
    # Trucks have one service, which is named as its family.
    assert main["services"]["items"]["enum"] == list(dict.fromkeys(names.services))
    text = as_text(properties["corridors"])
    assert all(f'"{corridor}"' in text for corridor in names.corridors)


@pytest.mark.parametrize(
    "change",
    [
        {"corridors": "suez"},
        {"corridors": ["suez", "my/own.yaml"]},
        {"services": "sea"},
        {"services": ["sea", "rail/1520"]},
        {"ice_year": 2020},
        {"ice_year": "worst"},
        {"prices": "2025-12"},
        {"prices": "departure"},
        {"limits": {"max_days": 40, "max_share_country": {"RU": 0.5}}},
        {"overrides": {"fuel.vlsfo_usd_per_t": 700, "port.thc@CN": 130}},
        {"closures": [{"place": "gate-suez", "first_day": "2026-01-01"}]},
    ],
)
def test_what_the_program_takes_the_schema_takes(change: dict[str, object]) -> None:
    assert faults("scenario", scenario(**change)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"corridors": ["sues"]},
        {"services": ["air"]},
        {"world": "perfect"},
        {"ice_year": 1999},
        {"prices": "2025-13"},
        {"prices": "2018-12"},
        {"departure": 20260820},
        {"shipmnt": {}},
        {"shipment": {"teu_per_month": 0}},
        {"shipment": {"teu_per_month": 10, "cargo": "gold"}},
        {"overrides": {"fuel.unknown": 700}},
        {"closures": [{"place": "gate-nowhere"}]},
        {"limits": {"max_share_country": {"RU": 2}}},
    ],
)
def test_what_the_program_refuses_the_schema_refuses(change: dict[str, object]) -> None:
    assert faults("scenario", scenario(**change))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("objective", Objective),
        ("on_conflict", OnConflict),
        ("price_basis", PriceBasis),
        ("scope", Scope),
    ],
)
def test_a_closed_set_of_a_scenario_is_that_of_the_domain(key: str, words: type[StrEnum]) -> None:
    shape = schema_of("scenario")["properties"][key]
    # What follows from other keys may also be null.
    (taken,) = [one["enum"] for one in shape.get("anyOf", [shape]) if "enum" in one]
    assert taken == list(words)


def test_the_command_prints_one_schema_or_all() -> None:
    one = RUNNER.invoke(APP, ["schema", "corridor"])
    assert one.exit_code == 0
    assert json.loads(one.stdout) == schema_of("corridor")
    assert one.stdout.endswith("}\n")
    assert not one.stdout.endswith("\n\n")
    every = json.loads(RUNNER.invoke(APP, ["schema"]).stdout)
    assert list(every) == [*MODELS, *RESULTS]


def test_keys_are_listed_as_csv() -> None:
    shown = RUNNER.invoke(APP, ["schema", "scenario", "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    keys = {row["key"]: row for row in rows}
    assert keys["origin"]["required"] == "yes"
    assert keys["shipment.cargo"]["default"] == "general"


def test_the_files_are_written_to_a_folder(tmp_path: Path) -> None:
    ended = RUNNER.invoke(APP, ["schema", "--out", str(tmp_path / "schema")])
    assert ended.exit_code == 0, ended.output
    assert {path.name for path in (tmp_path / "schema").iterdir()} == {
        f"{kind}.schema.json" for kind in (*MODELS, *RESULTS)
    }
