"""Project files: the shipped ones, error messages, and the key of a scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corridors.checks import check_files
from corridors.config import load_projects, load_scenario
from corridors.config.projects import opened_by
from corridors.data.geodata import load_land_legs
from corridors.data.parameters import load_parameters, with_projects
from corridors.errors import ConfigError

TEXT = """id: second-line
title: Second line
description: A test.
opens: 2030-01-01
cost_usd_m: {value: 100, year: 2024}
rows:
  border.dwell_hours@CN-KZ: {value: 5}
"""
SCENARIO = """origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 10}
corridors: [kazakhstan-dostyk]
"""


def written(folder: Path, text: str, name: str = "second-line") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_projects_come_by_the_day_they_open_and_say_how_they_are_known() -> None:
    projects = load_projects("all")
    assert len(projects) >= 12
    assert [p.opens for p in projects] == sorted(p.opens for p in projects)
    for project in projects:
        assert project.legs or project.rows
        assert project.cost.low <= project.cost.value <= project.cost.high
        assert project.cost.status != "found" or project.cost.source_id != "assumption"
        assert project.opens_status != "found" or project.opens_source_id != "assumption"


def test_every_leg_of_a_project_names_a_shipped_one() -> None:
    named = {leg.project for leg in load_land_legs()} - {""}
    assert named <= {project.id for project in load_projects("all")}
    assert {"belkomur", "rasht-astara", "china-kyrgyzstan-uzbekistan"} <= named


def test_shipped_projects_change_no_row_twice() -> None:
    table = with_projects(load_parameters(), load_projects("all"))
    assert table.value("rail.speed_km_per_day", "rail/1520@KZ", "rail/1520") > table.value(
        "rail.speed_km_per_day", "rail/1520"
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("cost_usd_m: {value: 100", "cost_usd_m: {value: -1", "must be at least 0.001"),
        ("{value: 5}", "{value: 5, low: 6}", "out of order"),
        ("{value: 5}", "{value: 5, source: nowhere}", "unknown source 'nowhere'"),
        (
            "{value: 5}",
            "{value: 5, high: 5000}",
            "rows.border.dwell_hours@CN-KZ: must be from 0 to 1,000 h, got 5,000",
        ),
        ("border.dwell_hours@CN-KZ", "border.dwel_hours", "did you mean 'border.dwell_hours'"),
        ("opens: 2030-01-01", "opens: 2050-01-01", "is outside"),
        ("id: second-line", "id: third-line", "must match the name of its file"),
    ],
)
def test_what_a_project_file_may_not_say(tmp_path: Path, old: str, new: str, fault: str) -> None:
    file = written(tmp_path, TEXT.replace(old, new))
    with pytest.raises(ConfigError, match=fault):
        load_projects([str(file)])


def test_check_reads_a_project_file(tmp_path: Path) -> None:
    assert check_files([written(tmp_path, TEXT)]) == (1, ())


def test_two_projects_that_change_one_row_are_refused(tmp_path: Path) -> None:
    files = [
        written(tmp_path, TEXT),
        written(tmp_path, TEXT.replace("second", "third"), "third-line"),
    ]
    with pytest.raises(Exception, match="'second-line' also changes it"):
        with_projects(load_parameters(), load_projects([str(file) for file in files]))


def test_a_scenario_names_projects_by_id_day_and_file(tmp_path: Path) -> None:
    written(tmp_path, TEXT)
    listed = "projects: [belkomur, {id: rasht-astara, opens: 2029-05-01}, second-line.yaml]\n"
    scenario = load_scenario(written(tmp_path, SCENARIO + listed, "scenario"))
    days = {Path(choice.id).name: choice.opens for choice in scenario.projects}
    (belkomur,) = load_projects(["belkomur"])
    assert days == {
        "belkomur": belkomur.opens,
        "rasht-astara": date(2029, 5, 1),
        "second-line.yaml": date(2030, 1, 1),
    }
    every = load_scenario(written(tmp_path, SCENARIO + "projects: all\n", "every"))
    assert {choice.id for choice in every.projects} == {p.id for p in load_projects("all")}


@pytest.mark.parametrize(
    ("listed", "fault"),
    [
        ("[belkomurr]", r"scenario.yaml:6: projects\[0\].*did you mean 'belkomur'"),
        ("[belkomur, belkomur]", "named twice"),
    ],
)
def test_what_a_scenario_may_not_name(tmp_path: Path, listed: str, fault: str) -> None:
    file = written(tmp_path, f"{SCENARIO}projects: {listed}\n", "scenario")
    with pytest.raises(ConfigError, match=fault):
        load_scenario(file)


def test_a_wrong_key_inside_rows_is_one_fault_with_what_was_meant(tmp_path: Path) -> None:
    text = TEXT.replace("{value: 5}", "{value: 5, lowest: 4, hihg: 6}")
    _, faults = check_files([written(tmp_path, text)])
    start = f"{tmp_path}/second-line.yaml:7: rows.border.dwell_hours@CN-KZ"
    assert faults == (
        f"{start}.lowest: unknown key, did you mean 'low'?",
        f"{start}.hihg: unknown key, did you mean 'high'?",
    )


def test_a_value_missing_inside_rows_is_one_fault(tmp_path: Path) -> None:
    _, faults = check_files([written(tmp_path, TEXT.replace("{value: 5}", "{vallue: 5}"))])
    assert faults == (
        f"{tmp_path}/second-line.yaml:7: rows.border.dwell_hours@CN-KZ.vallue: unknown key,"
        " did you mean 'value'?",
    )


def test_an_unknown_source_says_where_to_add_it(tmp_path: Path) -> None:
    text = TEXT.replace("{value: 5}", "{value: 5, source: nowhere-at-all}")
    _, faults = check_files([written(tmp_path, text)])
    assert faults == (
        f"{tmp_path}/second-line.yaml:7: rows.border.dwell_hours@CN-KZ.source: unknown source"
        " 'nowhere-at-all', no known name is similar. Add it to sources.csv",
    )


def test_what_opens_nothing_is_refused_where_it_is_built(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT.replace("rows:\n  border.dwell_hours@CN-KZ: {value: 5}\n", ""))
    (project,) = load_projects([str(file)])
    with pytest.raises(ConfigError, match="second-line: opens no leg and changes no parameter"):
        opened_by([project], load_land_legs())
    leg = replace(load_land_legs()[0], project="second-line")
    assert opened_by([project], [leg]) == {"second-line": frozenset([leg.id])}
