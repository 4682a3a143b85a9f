"""Scenarios are numbered by the file, and every one is computed once."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config.checks import Names
from corridors.errors import ConfigError
from corridors.studies.batch.scenarios import MAX_CHUNK, Plan, choices_of, make_plan, number_of
from tests.batch.samples import BATCH, loaded

SIZES = st.lists(st.integers(1, 6), max_size=5)


@dataclass(frozen=True)
class _Key:
    key: str
    choices: tuple[int, ...]


@dataclass(frozen=True)
class _Batch:
    keys: tuple[_Key, ...]


def plan_of(names: list[str], sizes: list[int]) -> Plan:
    keys = tuple(_Key(name, tuple(range(size))) for name, size in zip(names, sizes, strict=True))
    return Plan(batch=_Batch(keys))  # type: ignore[arg-type]


@given(SIZES, st.data())
def test_a_number_and_its_choices_are_the_same_thing(sizes: list[int], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, prod(sizes) - 1))
    choices = choices_of(number, sizes)
    assert all(0 <= choice < size for choice, size in zip(choices, sizes, strict=True))
    assert number_of(choices, sizes) == number


def test_the_last_key_varies_fastest() -> None:
    assert [choices_of(n, [2, 3]) for n in range(6)] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (1, 2),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["departure", "world", "destination", "pair", "corridors"]),
            st.integers(1, 6),
        ),
        max_size=4,
    )
)
def test_every_scenario_is_in_one_chunk(keys: list[tuple[str, int]]) -> None:
    plan = plan_of([name for name, _ in keys], [size for _, size in keys])
    found = [number for chunk in range(plan.chunks) for number in plan.members(chunk)]
    assert sorted(found) == list(range(plan.count))
    assert 1 <= plan.chunk_size <= MAX_CHUNK


def test_scenarios_of_one_network_are_computed_together() -> None:
    plan = plan_of(["departure", "destination"], [3, 2])
    order = [number for chunk in range(plan.chunks) for number in plan.members(chunk)]
    # Numbers 0, 2, 4 go to the first destination: departure is the outer key of the file.
    assert order == [0, 2, 4, 1, 3, 5]


def test_scenarios_are_named_after_what_varies(tmp_path: Path) -> None:
    plan = make_plan(loaded(tmp_path))
    assert plan.count == 12
    assert plan.name(0) == "as it is, 400, reference-open"
    assert plan.name(11) == "light, 800, red-sea-closed"
    last = plan.scenario(11, names=Names())
    assert (last.name, last.world, last.shipment.cargo) == (
        "light, 800, red-sea-closed",
        "red-sea-closed",
        "apparel",
    )


def test_too_many_scenarios_are_refused_with_their_count(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        make_plan(loaded(tmp_path), max_scenarios=11)
    (told,) = caught.value.faults
    assert told.endswith(
        "b.yaml: sweeps: 2 x 3 x 2 = 12 scenarios, at most 11; take fewer values or raise"
        " max_scenarios"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sweeps: {destination: [Hamburg, Hambrug]}", "b.yaml:2: destination: unknown place"),
        ("sweeps: {pairs: [{origin: Shanhgai, destination: Gdansk}]}", "b.yaml:2: origin: unknown"),
        (
            "sweeps: {'overrides.fuel.vlsfo_usd_per_t@mars': [1, 2]}",
            "b.yaml:2: overrides.fuel.vlsfo_usd_per_t@mars: ",
        ),
        (
            "variants: [{name: a}, {name: b, set: {overrides.fuel.vlsfo_usd_per_t@mars: 1}}]",
            "b.yaml:2: overrides.fuel.vlsfo_usd_per_t@mars: ",
        ),
    ],
)
def test_what_the_tables_do_not_have_is_found_before_running(
    text: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        make_plan(loaded(tmp_path, f"base: base.yaml\n{text}\n"))
    (told,) = caught.value.faults
    assert told.replace(f"{tmp_path}/", "").startswith(expected)


@pytest.mark.long
def test_the_plan_of_many_scenarios_is_small(tmp_path: Path) -> None:
    text = BATCH.replace("steps: 3", "steps: 1250")
    plan = make_plan(loaded(tmp_path, text))
    assert plan.count == 5_000
    assert plan.members(0)[:2] == (0, 1)
    assert plan.chunks == 200
