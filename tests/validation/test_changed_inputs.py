"""Whatever bytes, texts and arguments are drawn, loaders answer with a network or with a fault."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.config.batch_files import load_batch
from corridors.errors import CorridorsError
from corridors.studies.diff.ends import read_result
from tests.conftest import LONG, in_both
from validation.fuzz import seeds
from validation.fuzz.campaign import Campaign, fault_in
from validation.fuzz.mutators import bytes_changed
from validation.fuzz.targets import OWN_SCENARIO, QUESTIONS, TARGETS, Target, run_question

FILES = [target for target in TARGETS if target.file and target.file not in ("own", "gmns")]
few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_COUNT = [0]


def answered(target: Target, folder: Path, content: bytes) -> None:
    """Load bytes; the only error is a CorridorsError with a message that can be shown."""
    _COUNT[0] += 1
    place = folder / str(_COUNT[0])
    place.mkdir()
    (place / target.file).write_bytes(content)
    wrong = ""
    try:
        target.run(place / target.file)
    except CorridorsError as error:
        wrong = fault_in(error)
    assert wrong == ""


@pytest.mark.parametrize("target", FILES, ids=lambda target: target.name)
@few
@given(content=st.binary(max_size=300))
def test_bytes_of_any_kind_are_answered(target: Target, content: bytes, tmp_path: Path) -> None:
    answered(target, tmp_path, content)


@pytest.mark.parametrize("target", FILES, ids=lambda target: target.name)
@few
@given(seed=st.integers(0, 2**32), splice=st.binary(max_size=20), at=st.floats(0, 1))
def test_valid_files_with_bytes_spliced_in_are_answered(
    target: Target, seed: int, splice: bytes, at: float, tmp_path: Path
) -> None:
    content, _ = target.make(Random(seed))
    place = int(len(content) * at)
    answered(target, tmp_path, content[:place] + splice + content[place:])


@in_both
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_changed_inputs_of_every_target_are_answered(target: Target, tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "in", tmp_path / "found", seed=7)
    (tmp_path / "in").mkdir()
    slow = target.name in ("functions", "questions", "design", "booking")
    # `make fuzz` draws a million of them.
    for _ in range(20 if slow else 100 if LONG else 40):
        campaign.one(target)
    assert not campaign.faults
    counts = campaign.counts[target.name]
    assert counts["inputs"] >= 20
    few_trees = target.name in ("pbf", "labels", "places")
    assert counts["structured"] * 2 >= counts["inputs"] or few_trees
    # Some are accepted: a source of nothing but refused inputs would look at little.
    assert counts["accepted"] or target.name in ("pbf", "functions", "places")


def test_the_campaign_sees_an_error_and_a_bad_message(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path / "in", tmp_path / "found", seed=7)
    (tmp_path / "in").mkdir()

    def broken(path: Path) -> None:
        raise KeyError(path.name)

    def rude(path: Path) -> None:
        raise CorridorsError

    for run in (broken, rude):
        campaign.one(Target("yaml", TARGETS[0].make, run, "a.yaml"))
    assert [what.split(" at ")[0] for what in campaign.faults] == [
        "yaml: KeyError",
        "yaml: an empty message",
    ]
    assert len(list((tmp_path / "found").iterdir())) == 4


def test_what_is_changed_is_valid_before(tmp_path: Path) -> None:
    # A key that a scenario no longer has would have every input refused for it.
    for number, tree in enumerate((seeds.FULL_SCENARIO, OWN_SCENARIO)):
        path = tmp_path / f"{number}.yaml"
        path.write_text(json.dumps(tree), encoding="utf-8")
        load_scenario(path)
    path.write_text(json.dumps(seeds.FULL_BATCH), encoding="utf-8")
    load_batch(path)
    for address, body in QUESTIONS.items():
        run_question((address, json.dumps(body).encode()))


def test_changed_bytes_differ() -> None:
    draw = Random(1)
    assert len({bytes_changed(b"abcdefgh" * 10, draw) for _ in range(100)}) > 80


def test_a_result_with_a_number_for_a_time_is_refused(tmp_path: Path) -> None:
    text = seeds.comparison()
    changed = re.sub(r'"departs": "[^"]*"', '"departs": 5', text, count=1)
    assert changed != text
    (tmp_path / "comparison.json").write_text(changed, encoding="utf-8")
    with pytest.raises(CorridorsError, match="must be text, got 5"):
        read_result(tmp_path / "comparison.json")
