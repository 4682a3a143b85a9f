"""A small valid scenario and corridor, and helpers that write and break them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_corridor_file, load_scenario
from corridors.errors import ConfigError

SCENARIO = """\
name: Test
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment:
  teu_per_month: 100
  equipment: 40HC
corridors: [suez, cape]
"""
# One without a name, for faults by line.
PLAIN = """\
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
corridors: [suez]
"""

CORRIDOR = """\
id: test
title: Test
colour: "#0072b2"
description: A test.
services: [rail]
must_pass:
  - name: entry
    any_of: [kz-dostyk, kz-altynkol]
  - ru-moscow
rules:
  - {countries: [CN], only_before: entry}
"""


def scenario_faults(folder: Path, text: str, *set_values: str) -> list[str]:
    """Return the faults of a scenario text, the file named `s.yaml`."""
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_scenario(folder / "s.yaml", set_values=set_values)
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]


def corridor_faults(folder: Path, text: str) -> list[str]:
    """Return the faults of a corridor text, the file named `test.yaml`."""
    (folder / "test.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_corridor_file(folder / "test.yaml")
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]
