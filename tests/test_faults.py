"""Faults are few, short, cheap, and send nothing to a terminal."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from corridors.checks import check_files
from corridors.config import load_scenario
from corridors.errors import ConfigError, PlaceError, fault_text, printable
from corridors.network.locate import locate
from tests.config.samples import PLAIN

PROJECT = """\
id: p
title: t
description: d
opens: 2030-01-01
cost_usd_m: {value: 1, year: 2025}
rows:
"""
COUNT = 2000
MANY = {
    "unknown keys": PLAIN + "".join(f"unknown_key_{n}: 1\n" for n in range(COUNT)),
    "unknown parameters": PLAIN
    + "overrides:\n"
    + "".join(f"  unknown.parameter_{n}: 1\n" for n in range(COUNT)),
    "unknown scopes": PLAIN
    + "overrides:\n"
    + "".join(f"  fuel.vlsfo_usd_per_t@mars{n}: 600\n" for n in range(COUNT)),
    "unknown legs": PLAIN
    + "overrides:\n"
    + "".join(f"  rail.capacity_teu_per_week@mars{n}: 600\n" for n in range(COUNT)),
    "unknown terminals": PLAIN
    + f"limits: {{avoid: {{terminals: [{','.join(f'nowhere{n}' for n in range(COUNT))}]}}}}\n",
    "wrong keys in rows": PROJECT
    + "".join(f"  ferry.wait_hours@x{n}: {{value: 4, valu: 48}}\n" for n in range(COUNT)),
    "unknown sources": PROJECT
    + "".join(f"  ferry.wait_hours@x{n}: {{value: 4, source: none{n}}}\n" for n in range(COUNT)),
}


@pytest.mark.first_case
@pytest.mark.parametrize("name", MANY)
def test_two_thousand_faults_are_counted_within_a_second(name: str, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(MANY[name], encoding="utf-8")
    # Tables and names are read before.
    warm = tmp_path / "warm.yaml"
    lines = MANY[name].splitlines(keepends=True)
    warm.write_text("".join(lines[:-COUNT] + lines[-1:]), encoding="utf-8")
    check_files([warm])
    began = time.process_time()
    _, faults = check_files([file])
    told = str(ConfigError(faults))
    assert time.process_time() - began < 1.0
    assert len(faults) >= COUNT
    assert len(told.splitlines()) == 21
    assert told.splitlines()[-1] == f"and {len(faults) - 20:,} more errors"
    assert len(told) < 21 * 500


def test_the_first_faults_are_those_at_the_top_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(MANY["unknown keys"], encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_scenario(file)
    lines = str(caught.value).splitlines()
    assert [line.partition(": ")[0] for line in lines[:20]] == [
        f"{file}:{number}" for number in range(6, 26)
    ]
    assert "unknown_key_0: unknown key, " in lines[0]


@pytest.mark.long
def test_fifty_thousand_faulty_rows_are_read_no_further_than_needed(tmp_path: Path) -> None:
    header = "id,name,country,lon,lat\n"
    for name, text in (
        ("terminals.csv", header + "BAD,,K,x,y\n" * 49_000),
        ("legs.csv", "from,to,system,km\n" + "aa,bb,1520,10\n" * 2 + "cc,dd,1520,1\n" * 2),
        (
            "rates.csv",
            "parameter,value,unit,source_id,status\n"
            + "".join(f"par{n},1,USD,x,found\n" for n in range(49_000)),
        ),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        began = time.process_time()
        _, faults = check_files([tmp_path / name])
        assert time.process_time() - began < 2.0
        assert len(str(ConfigError(faults)).splitlines()) <= 21
        (tmp_path / name).unlink()


def test_escape_sequences_are_refused_in_a_file_and_escaped_in_a_message(tmp_path: Path) -> None:
    for place in ('"\\e]0;owned\\a"', '"\\u202eowned"', '"\\x9b31m"', '"\\u2028"'):
        file = tmp_path / "s.yaml"
        file.write_text(PLAIN.replace("Shanghai", place), encoding="utf-8")
        assert check_files([file]) == (
            1,
            (f"{file}:1: a value with a character that cannot be printed; leave it out",),
        )
    with pytest.raises(PlaceError) as caught:
        locate("\x1b]0;owned\x07")
    assert str(caught.value).startswith("unknown place '\\x1b]0;owned\\x07'")


def test_a_long_fault_keeps_its_place_and_its_end() -> None:
    told = fault_text(f"s.yaml:1: {'x' * 4_000}, did you mean 'y'?")
    assert len(told) <= 500
    assert told.startswith("s.yaml:1: xxx")
    assert told.endswith("xxx, did you mean 'y'?")


def test_what_can_be_printed_stays_as_it_is() -> None:
    assert printable("Łódź, 上海, Türkiye: 'x' 5-7") == "Łódź, 上海, Türkiye: 'x' 5-7"
    assert printable("a\tb\nc\x1b[2J\x9b\u202e\ud800") == "a\\tb\\nc\\x1b[2J\\x9b\\u202e\\ud800"
