"""Presets of cargo: the box and the shelf life they bring, and rows that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.config.scenario import written
from corridors.data.access import load_access, load_worlds
from corridors.data.cargo import load_cargo
from corridors.domain.scenario import Equipment, Limits
from corridors.errors import GeodataError
from tests.config.samples import scenario_faults

MINIMAL = """\
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
"""


def test_a_cargo_that_spoils_brings_its_box_and_its_shelf_life(tmp_path: Path) -> None:
    text = MINIMAL.replace("100}", "100, cargo: reefer-food}")
    (tmp_path / "s.yaml").write_text(text)
    scenario = load_scenario(tmp_path / "s.yaml")
    assert scenario.shipment.equipment is Equipment.RF40
    assert scenario.limits == Limits(shelf_life_days=120.0)
    shorter = load_scenario(tmp_path / "s.yaml", set_values=["shipment.shelf_life_days=40"])
    assert shorter.limits == Limits(shelf_life_days=40.0)
    assert scenario_faults(tmp_path, text, "shipment.equipment=40HC") == [
        "--set shipment.equipment: reefer-food travels in 40RF; give that or leave it out"
    ]
    assert scenario_faults(tmp_path, text, "shipment.shelf_life_days=0") == [
        "--set shipment.shelf_life_days: must be at least 0.001, got 0"
    ]


@pytest.mark.parametrize(
    ("equipment", "shelf", "fault"),
    [
        ("40RF", "soon", "shelf_life_days: must be a number from 5 to 1000, got 'soon'"),
        ("40RF", "0", "shelf_life_days: must be a number from 5 to 1000, got '0'"),
        ("40XX", "9", "equipment: must be one of 20DV, 40DV, 40HC, 40RF, 20RF, got '40XX'"),
    ],
)
def test_a_wrong_cargo_row_is_refused(
    equipment: str, shelf: str, fault: str, tmp_path: Path
) -> None:
    (tmp_path / "cargo.csv").write_text(
        "id,title,classes,cargo_t_per_teu,value_usd_per_teu,loses_a_year,equipment,shelf_life_days,"
        f"source_id,status\nfish,Fish,,10,30000,,{equipment},{shelf},assumption,assumption\n"
    )
    with pytest.raises(GeodataError) as caught:
        load_cargo(tmp_path)
    assert str(caught.value) == f"cargo.csv:2: {fault}"


def test_the_classes_of_a_cargo_are_those_of_its_preset_unless_given(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(MINIMAL.replace("100}", "100, cargo: electric-cars}"))
    assert load_scenario(file).shipment.cargo_classes == ("electric-cars",)
    given = load_scenario(file, set_values=["shipment.cargo_classes=[cars, luxury]"])
    assert given.shipment.cargo_classes == ("cars", "luxury")
    none = load_scenario(file, set_values=["shipment.cargo_classes=[]"])
    assert none.shipment.cargo_classes == ()
    assert "cargo_classes" not in written(load_scenario(file))["shipment"]
    assert written(given)["shipment"]["cargo_classes"] == ["cars", "luxury"]
    assert written(none)["shipment"]["cargo_classes"] == []


def test_an_unknown_class_of_cargo_proposes_the_near_one(tmp_path: Path) -> None:
    assert scenario_faults(tmp_path, MINIMAL, "shipment.cargo_classes=[dual-uze]") == [
        "--set shipment.cargo_classes: shipment.cargo_classes[0]: unknown cargo class 'dual-uze',"
        " did you mean 'dual-use'?"
    ]


def test_the_presets_that_bans_speak_of_exist() -> None:
    named = {name for one in load_cargo().values() for name in one.cargo_classes}
    rules = {name for world in load_worlds() for rule in load_access(world) for name in rule.cargo}
    assert rules <= named
    assert {"cars", "electric-cars", "dangerous", "dual-use", "pharma", "food"} <= {*load_cargo()}
