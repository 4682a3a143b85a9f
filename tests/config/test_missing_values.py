"""What stands for a missing value is no place and no number, however it reaches the program."""

from __future__ import annotations

import json
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corridors
from corridors.config import load_corridors, load_scenario
from corridors.config.batch_files import given_batch, load_batch
from corridors.config.plan import load_plan
from corridors.config.projects import load_projects
from corridors.data.paths import configs_dir
from corridors.errors import ConfigError
from corridors.studies.scenario_keys import place_text, scenario_of

ENDS = {"origin": "Shanghai", "destination": "Hamburg", "departure": "2026-08-20"}
PLACE = "must be text, got {}; give a place, a UN/LOCODE, an id or `lon,lat`"


def refused(keys: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as told:
        scenario_of(None, {**ENDS, **keys}, call="compare()")
    return list(told.value.faults)


class NAType:
    """As pandas writes what is missing; it is no value of JSON."""


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (nan, "nan"),
        (np.float32("nan"), "nan"),
        (inf, "inf"),
        (12, "12"),
        (121.5, "121.5"),
        (True, "true"),
        (np.datetime64("NaT"), "nothing"),
    ],
)
def test_a_place_is_text_before_it_is_looked_for(place: object, shown: str) -> None:
    told = PLACE.format(shown)
    for key in ("origin", "destination"):
        assert refused({key: place}) == [f"compare(): {key}: {told}"]
        door = {"scope": "door", "door": {key: place}}
        if shown != "nothing":  # which is the default there
            assert refused(door) == [f"compare(): door.{key}: {told}"]
    with pytest.raises(ConfigError, match="a place is a name"):
        place_text(place)


def test_what_has_no_form_in_a_file_is_refused_with_its_key() -> None:
    told = "a NAType cannot be a value of a scenario"
    assert refused({"origin": NAType()}) == [f"compare(): origin: {told}"]
    assert refused({"limits": {"max_days": NAType()}}) == [f"compare(): limits.max_days: {told}"]


@pytest.mark.parametrize("pair", [(nan, 31.2), (121.5, inf), (True, 31.2), ("east", 31.2)])
def test_a_pair_is_two_finite_numbers(pair: Any) -> None:
    with pytest.raises(ConfigError, match=r"or a pair \(lon, lat\)"):
        place_text(pair)
    assert place_text((121.5, np.float64(31.2))) == "121.5,31.2"


@pytest.mark.parametrize("number", [nan, inf, -inf, np.float64("nan")])
@pytest.mark.parametrize(
    ("key", "tree"),
    [
        ("max_wait_days", ()),
        ("name", ()),
        ("world", ()),
        ("limits.max_days", ()),
        ("shipment.teu_per_month", ()),
        ("draws.width", ()),
        ("overrides.fuel.vlsfo_usd_per_t", ("overrides", "fuel.vlsfo_usd_per_t")),
        ("corridors[0]", ("corridors", 0)),
        ("closures[0].place", ("closures", 0, "place")),
    ],
)
def test_numbers_that_are_not_finite_are_refused_at_their_key(
    key: str, tree: tuple[str | int, ...], number: float
) -> None:
    value: Any = number
    for part in reversed(tree or tuple(key.split("."))):
        value = [value] if isinstance(part, int) else {part: value}
    (told,) = refused(value)
    assert told.startswith(f"compare(): {key}: must be a finite number, got {number:g}")


@pytest.mark.parametrize("written", [".nan", ".NaN", "NaN", ".inf", "-.Inf", "Infinity", "1e999"])
def test_files_of_every_kind_refuse_them_with_line_and_key(written: str, tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"

    def faults(load: Any, text: str) -> list[str]:
        file = tmp_path / "f.yaml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as told:
            load(file)
        return [fault.removeprefix(f"{tmp_path}/") for fault in told.value.faults]

    ends = "destination: Hamburg\ndeparture: 2026-08-20\nshipment: {teu_per_month: 100}\n"
    scenario.write_text(f"origin: Shanghai\n{ends}", encoding="utf-8")
    project = (configs_dir() / "projects/aktau-alat-ferries.yaml").read_text(encoding="utf-8")
    pair = f"{{origin: {written}, destination: Hamburg, cargo: general, teu_per_month: 5}}"
    for load, text, key in (
        (load_scenario, f"origin: {written}\n{ends}", "origin: must be text, got"),
        (load_scenario, f"name: {written}\norigin: Shanghai\n{ends}", "name: must be a finite"),
        (
            load_batch,
            f"base: s.yaml\nsweeps: {{origin: [Shanghai, {written}]}}\n",
            "sweeps.origin[1]: must be a finite",
        ),
        (
            load_batch,
            f"base: s.yaml\nset: {{max_wait_days: {written}}}\n",
            "set.max_wait_days: must be a finite",
        ),
        (
            load_plan,
            f"first_month: 2026-01\nmonths: 1\npairs:\n- {pair}\n",
            "pairs[0].origin: must be text, got",
        ),
        (
            lambda file: load_projects([str(file)]),
            project.replace("value: 200", f"value: {written}"),
            "cost_usd_m.value: must be a finite",
        ),
        (
            lambda file: load_corridors([str(file)]),
            f"id: f\ntitle: {written}\n",
            "title: must be a finite",
        ),
    ):
        assert any(key in fault for fault in faults(load, text)), (key, faults(load, text))


def test_the_command_line_refuses_them(tmp_path: Path) -> None:
    for change, told in (
        ("origin=.nan", f"--set origin: {PLACE.format('nan')}"),
        ("limits.max_days=.inf", "--set limits.max_days: must be a finite number, got inf"),
        ("overrides.fuel.vlsfo_usd_per_t=1e999", "--set overrides.fuel.vlsfo_usd_per_t: must be"),
    ):
        with pytest.raises(ConfigError) as refusal:
            load_scenario("shanghai-europe", set_values=[change])
        assert refusal.value.faults[0].startswith(told)


def test_a_table_with_a_missing_end_makes_no_row_of_a_batch() -> None:
    base = scenario_of(None, ENDS, call="batch()")
    with pytest.raises(ConfigError, match=r"sweeps\.origin\[1\]: must be a finite number, got nan"):
        given_batch({"sweeps": {"origin": ["Shanghai", nan]}}, base, shown="batch()")


def test_json_of_a_missing_place_is_no_town(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    keys = {**ENDS, "origin": nan, "shipment": {"teu_per_month": 100}}
    file.write_text(json.dumps(keys), encoding="utf-8")
    with pytest.raises(ConfigError, match="origin: must be text, got nan"):
        load_scenario(file)


@pytest.mark.first_case
@pytest.mark.parametrize("written", ["Nan", "Nan, TH", '"Nan, TH"'])
def test_the_town_of_nan_is_still_found(written: str, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        f"origin: {written}\ndestination: Hamburg\ndeparture: 2026-08-20\n"
        "shipment: {teu_per_month: 100}\n",
        encoding="utf-8",
    )
    assert load_scenario(file).origin == written.strip('"')
    route = corridors.route("Nan, TH", "Hamburg", departure="2026-08-20")
    assert route.option.steps
