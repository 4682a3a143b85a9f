"""A pair of longitude and latitude is a place wherever a place is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

import corridors
from corridors.config import load_scenario
from corridors.config.batch_files import load_batch
from corridors.config.plan import load_plan
from corridors.errors import ConfigError
from corridors.server.described import DistancesAsked, body_of
from corridors.studies.catchments.question import STUDY
from corridors.studies.scenario_keys import scenario_of

HAMBURG = [9.99, 53.55]
TEXT = "9.99,53.55"
KEYS: dict[str, Any] = {
    "origin": "Shanghai",
    "departure": "2026-08-20",
    "shipment": {"teu_per_month": 100, "cargo": "electronics"},
}


def written(folder: Path, values: dict[str, Any]) -> Path:
    path = folder / "file.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def test_a_scenario_takes_a_pair_in_every_form(tmp_path: Path) -> None:
    path = written(tmp_path, {**KEYS, "destination": HAMBURG})
    told = [
        load_scenario(path),
        load_scenario("shanghai-europe", set_values=["destination=[9.99, 53.55]"]),
        scenario_of({**KEYS, "destination": HAMBURG}, {}, call="compare()"),
        scenario_of({**KEYS, "destination": tuple(HAMBURG)}, {}, call="compare()"),
        scenario_of(KEYS, {"destination": HAMBURG}, call="compare()"),
    ]
    assert {one.destination for one in told} == {TEXT}
    # A name that mentions an end follows it.
    assert TEXT in told[1].name
    assert "None" not in told[1].name


@pytest.mark.parametrize(
    ("pair", "part"),
    [
        ([9.99, 99.0], "'9.99,99' is not a lon,lat: longitude -180 to 360"),
        ([9.99], "must be text, got a list"),
        ([9.99, 53.55, 1.0], "must be text, got a list"),
        ([True, 53.55], "must be text, got a list"),
        (["Hamburg", "Bremen"], "must be text, got a list"),
        ([10**400, 1], "must be text, got a list"),
    ],
)
def test_a_pair_that_is_no_point_is_refused(pair: list[Any], part: str) -> None:
    with pytest.raises(ConfigError, match="destination: ") as refused:
        corridors.compare({**KEYS, "destination": pair})
    assert part in str(refused.value)


def test_a_plan_and_a_batch_take_pairs(tmp_path: Path) -> None:
    demand = [{"origin": "Shanghai", "destination": HAMBURG, "teu_per_month": 10}]
    plan = {"first_month": "2026-01", "scenario": {"world": "reference-open"}, "pairs": demand}
    read = load_plan(written(tmp_path, plan))
    assert [pair.scenario.destination for pair in read.pairs] == [TEXT]
    ends = [{"origin": HAMBURG, "destination": "Shanghai"}]
    batch = load_batch(written(tmp_path, {"base": "shanghai-europe", "sweeps": {"pairs": ends}}))
    assert TEXT in str(batch)


def test_a_question_to_the_server_takes_pairs() -> None:
    assert DistancesAsked(places=[HAMBURG, "Shanghai"]).places == [TEXT, "Shanghai"]  # type: ignore[list-item]
    asked: Any = body_of(STUDY)
    assert asked(scenario={}, to=[HAMBURG]).to == [TEXT]
    with pytest.raises(ValidationError):
        DistancesAsked(places=[[1.0, 2.0, 3.0], "Shanghai"])  # type: ignore[list-item]
