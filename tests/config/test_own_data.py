"""Own data that a scenario file names, and which of them holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.config.config_files import overlay_for
from corridors.errors import ConfigError

SCENARIO = """\
name: Own legs
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 200, equipment: 40HC, cargo: electronics}
own_data: [first, second]
"""


@pytest.fixture(name="file")
def scenario_of_two_folders_that_disagree(tmp_path: Path) -> Path:
    for name, km in (("first", 900), ("second", 910)):
        (tmp_path / name).mkdir()
        text = f"from,to,system,km\nkz-dostyk,kz-almaty,1520,{km}\n"
        (tmp_path / name / "legs.csv").write_text(text, encoding="utf-8")
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.mark.parametrize("rule", ["", "on_conflict: error\n"])
def test_folders_that_disagree_are_refused_when_the_scenario_is_read(file: Path, rule: str) -> None:
    file.write_text(SCENARIO + rule, encoding="utf-8")
    with pytest.raises(ConfigError, match="km 900 there, 910 here"):
        load_scenario(str(file))


def test_the_last_folder_holds_where_the_file_says_so(file: Path) -> None:
    file.write_text(f"{SCENARIO}on_conflict: last\n", encoding="utf-8")
    overlay = overlay_for(load_scenario(str(file)))
    ends = {"kz-dostyk", "kz-almaty"}
    legs = (leg for leg in overlay.legs if {leg.from_id, leg.to_id} == ends)
    km = [leg.length_km for leg in legs if leg.system == "1520"]
    assert km == [910.0]
