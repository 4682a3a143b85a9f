"""Batch files: their meaning and their error messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_corridors
from corridors.config.batch_files import Batch, load_batch, with_corridors
from corridors.config.checks import Names
from corridors.config.faults import Node
from corridors.errors import ConfigError

BASE = """\
name: Test
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
corridors: [suez, cape]
"""


def batch(folder: Path, text: str) -> Batch:
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "b.yaml").write_text(f"base: base.yaml\n{text}", encoding="utf-8")
    return load_batch(folder / "b.yaml")


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        batch(folder, text)
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]


def shown(found: Batch, number: int = 0) -> list[str]:
    return [choice.shown for choice in found.keys[number].choices]


def test_a_batch_without_sweeps_is_one_scenario(tmp_path: Path) -> None:
    found = batch(tmp_path, "")
    assert (found.name, found.title, found.keys) == ("b", "b", ())


def test_keys_stand_in_the_order_of_the_file_after_the_variants(tmp_path: Path) -> None:
    found = batch(
        tmp_path,
        "sweeps: {world: [reference-open], departure: 2026-01-01}\nvariants: [{name: x}]\n",
    )
    assert [key.key for key in found.keys] == ["variant", "world", "departure"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{from: 2026-01-31, every: month, count: 3}",
            ["2026-01-31", "2026-02-28", "2026-03-31"],
        ),
        (
            "{from: 2026-12-25, every: week, to: 2027-01-08}",
            ["2026-12-25", "2027-01-01", "2027-01-08"],
        ),
        ("{from: 2028-02-28, every: day, count: 3}", ["2028-02-28", "2028-02-29", "2028-03-01"]),
        ("2026-05-01", ["2026-05-01"]),
    ],
)
def test_departures_may_be_a_range(text: str, expected: list[str], tmp_path: Path) -> None:
    assert shown(batch(tmp_path, f"sweeps:\n  departure: {text}\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{from: 400, to: 900, steps: 11}", [f"{400 + 50 * i}" for i in range(11)]),
        ("{from: 0.1, to: 0.45, step: 0.1}", ["0.1", "0.2", "0.3", "0.4"]),
        ("{from: 1, to: 2, steps: 4}", ["1", "1.33333333333", "1.66666666667", "2"]),
    ],
)
def test_ranges_of_numbers_are_exact_in_decimals(
    text: str, expected: list[str], tmp_path: Path
) -> None:
    found = batch(tmp_path, f"sweeps:\n  overrides.fuel.vlsfo_usd_per_t: {text}\n")
    assert shown(found) == expected
    assert found.keys[0].numeric


def test_pairs_come_from_a_file_or_a_list(tmp_path: Path) -> None:
    rows = "origin,destination,name\nShanghai,Hamburg,\nNingbo,Gdansk,north\n"
    (tmp_path / "pairs.csv").write_text(rows, encoding="utf-8")
    found = batch(tmp_path, "sweeps: {pairs: {csv: pairs.csv}}\n")
    assert shown(found) == ["Shanghai - Hamburg", "north"]
    listed = "sweeps:\n  pairs:\n    - {origin: Shanghai, destination: Hamburg}\n"
    assert shown(batch(tmp_path, listed)) == ["Shanghai - Hamburg"]


def test_values_of_a_variant_reach_the_scenario(tmp_path: Path) -> None:
    text = "variants:\n  - {name: dear, set: {overrides.fuel.vlsfo_usd_per_t: 900}}\n"
    scenario = batch(tmp_path, f"set: {{max_wait_days: 3}}\n{text}").scenario([0], names=Names())
    assert scenario.max_wait_days == 3.0
    (override,) = scenario.overrides
    assert (override.parameter, override.value) == ("fuel.vlsfo_usd_per_t", 900.0)


FAULTY = {
    "unknown key": ("sweps: {}", "b.yaml:2: sweps: unknown key, did you mean 'sweeps'?"),
    "unknown swept key": (
        "sweeps: {shipment.crgo: [general]}",
        "b.yaml:2: shipment.crgo: unknown key, did you mean 'cargo'?",
    ),
    "unknown cargo": (
        "sweeps:\n  shipment.cargo:\n    - general\n    - electronic\n",
        "b.yaml:5: shipment.cargo: unknown cargo 'electronic', did you mean 'electronics'?",
    ),
    "unknown world": (
        "sweeps: {world: [red-sea-close]}",
        "b.yaml:2: world: unknown world 'red-sea-close', did you mean 'red-sea-closed'?",
    ),
    "unknown parameter": (
        "set: {overrides.fuel.vlsfo: 1}",
        "b.yaml:2: overrides.fuel.vlsfo: unknown parameter 'fuel.vlsfo',",
    ),
    "out of range": (
        "sweeps: {shipment.teu_per_month: [5, -5]}",
        "b.yaml:2: shipment.teu_per_month: must be at least 0.001, got -5",
    ),
    "a price below its bounds": (
        "sweeps: {overrides.fuel.vlsfo_usd_per_t: [500, -500]}",
        "b.yaml:2: overrides.fuel.vlsfo_usd_per_t: must be from 0 to 50,000 USD/t, got -500",
    ),
    "a price above its bounds in a variant": (
        "variants: [{name: a}, {name: b, set: {overrides.port.thc@CN: 1.0e+6}}]",
        "b.yaml:2: overrides.port.thc@CN: must be from 0 to 20,000 USD/box or USD/TEU or EUR/box,",
    ),
    "a value twice": (
        "sweeps: {world: [reference-open, reference-open]}",
        "b.yaml:2: sweeps.world: 'reference-open' is given twice; keep one",
    ),
    "a variant twice": (
        "variants: [{name: a}, {name: a}]",
        "b.yaml:2: variants: 'a' is given twice; keep one",
    ),
    "no value": ("sweeps: {world: []}", "b.yaml:2: sweeps.world: needs at least one value"),
    "swept and set by a variant": (
        "variants: [{name: a, set: {world: reference-open}}]\nsweeps: {world: [red-sea-closed]}",
        "b.yaml:3: sweeps.world[0]: 'variant' also changes it; keep one",
    ),
    "pairs and a place": (
        "sweeps: {origin: [Shanghai], pairs: [{origin: Shanghai, destination: Hamburg}]}",
        "b.yaml:2: 'origin' also changes it; keep one",
    ),
    "set and swept": (
        "set: {world: reference-open}\nsweeps: {world: [red-sea-closed]}",
        "b.yaml:2: set.world: 'world' replaces it; keep one",
    ),
    "a name": (
        "sweeps: {name: [a, b]}",
        "b.yaml:2: sweeps.name[0]: scenarios are named after the keys that vary; leave it out",
    ),
    "an unknown range of days": (
        "sweeps: {departure: {from: 2026-01-01, every: year, count: 2}}",
        "b.yaml:2: sweeps.departure.every: unknown value 'year', known: day, week, month",
    ),
    "both ends of a range": (
        "sweeps: {departure: {from: 2026-01-01, every: day, count: 2, to: 2026-01-02}}",
        "b.yaml:2: sweeps.departure: give one of to and count",
    ),
    "days beyond the tables": (
        "sweeps: {departure: {from: 2035-12-01, every: month, count: 2}}",
        "b.yaml:2: sweeps.departure: runs past 2035-12-31, the last day of the tables",
    ),
    "a range that falls": (
        "sweeps: {max_wait_days: {from: 9, to: 3, steps: 3}}",
        "b.yaml:2: sweeps.max_wait_days.to: must be above the first value, 9",
    ),
    "a range of dust": (
        "sweeps: {max_wait_days: {from: 0, to: 9, step: 0.0000001}}",
        "b.yaml:2: sweeps.max_wait_days.step: gives more than 20,000 values; use fewer",
    ),
    "not finite": (
        "sweeps: {max_wait_days: {from: 0, to: .inf, steps: 3}}",
        "b.yaml:2: sweeps.max_wait_days.to: must be a finite number, got inf",
    ),
    "no such file": (
        "sweeps: {pairs: {csv: pairs.csv}}",
        "pairs.csv: cannot be read: No such file or directory",
    ),
    "a list for set": (
        "set: [1]",
        "b.yaml:2: set: must be a mapping of keys to values, got a list",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_batch_is_refused_where_it_stands(name: str, tmp_path: Path) -> None:
    text, expected = FAULTY[name]
    told = faults(tmp_path, text)
    assert told[0].startswith(expected), told
    assert len(told) == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("from,to\na,b\n", "pairs.csv:1: the columns must be origin,destination or "),
        ("origin,destination\nShanghai\n", "pairs.csv:2: 1 cells, 2 expected"),
        ("origin,destination\nShanghai,\n", "pairs.csv:2: destination: must not be empty"),
        ("origin,destination\n", "pairs.csv:2: no pairs; give at least one"),
        ("origin,destination\na,b\na,b\n", "b.yaml:2: sweeps.pair: 'a - b' is given twice; keep"),
        (f"origin,destination\n{'x' * 201},b\n", "pairs.csv:2: origin: must not be longer than"),
        ('origin,destination\n"a"x,b\n', "pairs.csv:2: not CSV: "),
        ("\x00", "pairs.csv:1: not a text file"),
    ],
)
def test_a_faulty_file_of_pairs_is_refused(rows: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text(rows, encoding="utf-8")
    (told,) = faults(tmp_path, "sweeps: {pairs: {csv: pairs.csv}}\n")
    assert told.startswith(expected)


def test_a_missing_base_is_reported_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("name: x\nbase: shanghai-eurpe\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_batch(tmp_path / "b.yaml")
    (told,) = caught.value.faults
    assert told.endswith(
        "b.yaml:2: base: shanghai-eurpe: no such scenario file, did you mean 'shanghai-europe'?"
    )


def test_faults_of_the_base_are_reported_once(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE.replace("Test", "''"), encoding="utf-8")
    text = "base: base.yaml\nsweeps: {world: [reference-open, red-sea-closed]}\n"
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_batch(tmp_path / "b.yaml")
    assert [fault.replace(f"{tmp_path}/", "") for fault in caught.value.faults] == [
        "base.yaml:1: name: must not be empty"
    ]


def test_the_shipped_batch_has_at_least_480_scenarios() -> None:
    found = load_batch("red-sea-and-arctic")
    assert [(key.key, len(key.choices)) for key in found.keys] == [
        ("variant", 4),
        ("destination", 5),
        ("world", 2),
        ("departure", 12),
    ]
    cargo = [variant["shipment.cargo"] for variant in found.variants.values()]
    assert cargo == ["electronics", "machinery", "apparel", "chemicals"]


def test_all_corridors_of_a_base_become_a_list_at_the_line_of_the_key_or_of_the_base() -> None:
    named = Node(3, items={"corridors": Node(7, value="all")})
    silent = Node(3, items={"origin": Node(4, value="Shanghai")})
    ids = [corridor.id for corridor in load_corridors("all")]
    for base, line in ((named, 7), (silent, 3)):
        found = (with_corridors(base).items or {})["corridors"]
        assert found.plain == ids
        assert (found.line, {entry.line for entry in found.entries or ()}) == (line, {line})
    two = Node(3, items={"corridors": Node(7, entries=(Node(7, value="suez"),))})
    assert with_corridors(two) is two
