"""Which inputs differ, in which order, and a scenario back from its keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.config.checks import Names
from corridors.domain.scenario import Scenario
from corridors.studies.diff.ends import (
    ORDER,
    Change,
    applied,
    changes,
    keys_of,
    order_of,
    scenario_of,
)
from corridors.studies.diff.result import values_of
from tests.studies.diff.files import ASKED, scenario_file

EVERYTHING = """\
name: all of it
services: [sea, rail]
world: reference-open
objective: days
max_wait_days: 3
ice_year: 2012
limits: {max_days: 60, max_share_country: {CN: 1.0}, max_share_gate: {gate-suez: 0.5}}
closures:
  - {place: gate-suez, first_day: 2026-09-01, last_day: 2026-09-30, reason: a strike}
  - {place: DE, first_day: 2027-01-01}
  - {place: gate-suez, first_day: 2026-12-01}
overrides: {fuel.vlsfo_usd_per_t: 600, port.thc@CN: 130}
"""


def loaded(folder: Path, more: str = "", name: str = "s.yaml") -> Scenario:
    return load_scenario(scenario_file(folder, name, more))


def test_every_key_survives_the_way_there_and_back(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, EVERYTHING.replace("  - {place: DE, first_day: 2027-01-01}\n", ""))
    again = scenario_of(keys_of(scenario), Names())
    assert keys_of(again) == keys_of(scenario)
    assert again.closures == scenario.closures
    assert (again.limits, again.overrides) == (scenario.limits, scenario.overrides)
    assert (again.shipment, again.ice_year) == (scenario.shipment, "2012")


def test_a_preset_weight_is_no_input_of_its_own(tmp_path: Path) -> None:
    general = loaded(tmp_path)
    electronics = loaded_text(tmp_path, ASKED.replace("general", "electronics"))
    assert general.shipment.value_usd_per_teu != electronics.shipment.value_usd_per_teu
    assert changes(keys_of(general), keys_of(electronics)) == (
        Change(key="shipment.cargo", old="general", new="electronics"),
    )


def test_a_shelf_life_is_an_input_where_it_is_not_the_presets(tmp_path: Path) -> None:
    food = ASKED.replace("general", "reefer-food").replace("equipment: 40HC", "equipment: 40RF")
    preset = loaded_text(tmp_path, food)
    assert preset.limits.shelf_life_days == 120.0
    own = replace(preset, limits=replace(preset.limits, shelf_life_days=50.0))
    (change,) = changes(keys_of(preset), keys_of(own))
    assert change == Change(key="shipment.shelf_life_days", old=None, new=50.0)
    assert scenario_of(keys_of(own), Names()).limits == own.limits


def loaded_text(folder: Path, text: str) -> Scenario:
    return load_scenario(scenario_file(folder, "t.yaml", text=text))


def test_changes_stand_in_the_order_of_the_second_file(tmp_path: Path) -> None:
    old = loaded(tmp_path, "limits: {max_days: 50}\n")
    new = loaded_text(
        tmp_path,
        "overrides: {port.thc@CN: 130}\nworld: reference-open\ndeparture: 2026-09-01\n"
        "shipment: {cargo: general, teu_per_month: 100}\norigin: Shanghai\n"
        "destination: Rotterdam\ncorridors: [suez, cape]\n",
    )
    found = changes(keys_of(old), keys_of(new), order=order_of(new))
    assert [change.key for change in found] == [
        "overrides.port.thc@CN",
        "departure",
        "shipment.teu_per_month",
        "destination",
        "limits.max_days",  # no longer there, so after those that are
    ]


def test_changes_made_one_by_one_lead_from_one_scenario_to_the_other(tmp_path: Path) -> None:
    old = loaded(tmp_path, "overrides: {port.thc@NL: 1, port.thc@BE: 2}\nlimits: {max_days: 9}\n")
    new = loaded(tmp_path, EVERYTHING.replace("{fuel", "{port.thc@DE: 5, port.thc@BE: 3, fuel"))
    keys, towards = keys_of(old), keys_of(new)
    for change in changes(keys, towards, order=order_of(new)):
        keys = applied(keys, change, towards=towards)
    assert keys == towards
    assert [key for key in keys if key.startswith("overrides.")] == [
        key for key in towards if key.startswith("overrides.")
    ]


def test_the_order_of_overrides_is_an_input(tmp_path: Path) -> None:
    # `port.thc` replaces every row, so whichever stands last holds the Chinese one.
    old = loaded(tmp_path, "overrides: {port.thc@CN: 130, port.thc: 90}\n")
    new = loaded(tmp_path, "overrides: {port.thc: 90, port.thc@CN: 130}\n", "n.yaml")
    (change,) = changes(keys_of(old), keys_of(new))
    assert change == Change(
        key=ORDER, old=["port.thc@CN", "port.thc"], new=["port.thc", "port.thc@CN"]
    )
    made = scenario_of(applied(keys_of(old), change, towards=keys_of(new)), Names())
    assert made.overrides == new.overrides


@pytest.mark.parametrize("name", ["shanghai-europe", "shanghai-kaliningrad", "chongqing-duisburg"])
def test_a_shipped_scenario_does_not_differ_from_itself(name: str) -> None:
    assert changes(keys_of(load_scenario(name)), keys_of(load_scenario(name))) == ()


def test_a_project_shows_the_day_on_which_it_opens() -> None:
    plain = load_scenario("shanghai-europe")
    built = load_scenario("shanghai-europe", set_values=["projects=[belkomur]"])
    (change,) = changes(keys_of(plain), keys_of(built))
    assert change.key == "projects.belkomur"
    assert values_of(change) == {"old": None, "new": "2034-12-31"}
