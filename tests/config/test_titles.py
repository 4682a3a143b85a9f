"""The title follows the ends, and a bare number is text where text is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_scenario

SCENARIO = (
    "origin: CNYTN\ndestination: Piraeus\ndeparture: 2026-08-20\nshipment: {teu_per_month: 9}\n"
)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ([], "Shanghai to Hamburg, electronics"),
        (["destination=London"], "Shanghai to London, electronics"),
        (["destination=Brest, FR", "origin=Xi'an"], "Xi'an to Brest, FR, electronics"),
        (["origin=Hamburg", "destination=Shanghai"], "Hamburg to Shanghai, electronics"),
        (["destination=Hamburg"], "Shanghai to Hamburg, electronics"),
        (["destination=London", "name=Autumn"], "Autumn"),
        (["shipment.cargo=machinery"], "Shanghai to Hamburg, machinery"),
        (["shipment.cargo=electric-cars"], "Shanghai to Hamburg, electric cars"),
        (["destination=London", "shipment.cargo=machinery"], "Shanghai to London, machinery"),
        (["shipment.cargo=electronics"], "Shanghai to Hamburg, electronics"),
        (["shipment.cargo=machinery", "name=Autumn electronics"], "Autumn electronics"),
    ],
)
def test_a_name_follows_the_ends_and_the_cargo_that_replace_those_of_the_file(
    changes: list[str], name: str
) -> None:
    assert load_scenario("shanghai-europe", set_values=changes).name == name


@pytest.mark.parametrize(
    ("written", "change", "name"),
    [
        ("Shenzhen to Piraeus", "destination=Koper", "Shenzhen to Koper"),
        ("Shenzhen to Piraeus", "origin=Xian", "Xian to Piraeus"),
        ("Summer of electronics", "origin=Xian", "Summer of electronics"),
        ("To Piraeuspolis", "destination=Koper", "To Piraeuspolis"),
        ("General cargo of May", "shipment.cargo=cars", "General cargo of May"),
    ],
)
def test_a_name_that_mentions_no_end_stays(
    tmp_path: Path, written: str, change: str, name: str
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"name: {written}\n{SCENARIO}", encoding="utf-8")
    assert load_scenario(file).name == written
    assert load_scenario(file, set_values=[change]).name == name


def test_a_world_of_a_year_is_text_on_the_command_line_and_in_the_file(tmp_path: Path) -> None:
    assert load_scenario("shanghai-europe", set_values=["world=2026"]).world == "2026"
    file = tmp_path / "s.yaml"
    file.write_text(f"name: 7\nworld: 2026\n{SCENARIO}", encoding="utf-8")
    asked = load_scenario(file)
    assert (asked.name, asked.world) == ("7", "2026")
