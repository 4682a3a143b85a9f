"""Scenario files of two corridors that answer fast, and the results of such."""

from __future__ import annotations

import json
from pathlib import Path

from corridors.config import load_scenario
from corridors.studies.compare.run import compare

ASKED = """\
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 200, cargo: general}
corridors: [suez, cape]
"""


def scenario_file(folder: Path, name: str, more: str = "", *, text: str = ASKED) -> str:
    """Write a scenario and return its path; the Red Sea is open unless it names a world."""
    path = folder / name
    world = "" if "world:" in text + more else "world: reference-open\n"
    world += "" if "objective:" in text + more else "objective: cost\n"
    path.write_text(text + more + world, encoding="utf-8")
    return str(path)


def result_record(path: str) -> dict[str, object]:
    """Return what `comparison.json` holds for a scenario file."""
    return compare(load_scenario(path)).record.plain()


def result_file(folder: Path, record: object) -> str:
    """Write a `comparison.json` into a folder and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "comparison.json").write_text(json.dumps(record), encoding="utf-8")
    return str(folder)
