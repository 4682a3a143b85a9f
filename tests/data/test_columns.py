"""All tables are read by their contract in `columns.csv`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corridors.cli.main import run
from corridors.data.columns import NO_CONTRACT, contract_of, read_rows
from corridors.data.paths import data_root, network_dir
from corridors.errors import ConfigError, GeodataError
from corridors.studies.validate.cases import KINDS, case_rows, cases_dir, load_cases
from validation.shipped_data import shipped_tables


def test_each_shipped_table_and_each_file_of_cases_has_a_contract() -> None:
    cases = [cases_dir() / f"{kind}.yaml" for kind in KINDS]
    assert [path for path in (*shipped_tables(), *cases) if contract_of(path) is NO_CONTRACT] == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "0.968,0.89",
            "nan,0.89",
            "ice.csv:2: share_covered: must be a number from 0 to 1, got 'nan'",
        ),
        ("0.968,0.89", "0.968,inf", "mean_concentration: must be a number from 0 to 1, got 'inf'"),
        ("0.968,0.89", '"0,968",0.89', "share_covered: must be a number from 0 to 1, got '0,968'"),
        ("0.968,0.89", ",0.89", "share_covered: must not be empty, got ''"),
        ("1,1,mean", "1,13,mean", "month: must be a whole number from 1 to 12, got '13'"),
        (
            "1,1,best",
            "1,1,mean",
            "ice.csv:3: area, month, year_kind: appears twice, also on line 2",
        ),
        ("share_covered", "share", "ice.csv:1: no column share_covered"),
    ],
)
def test_a_cell_that_breaks_the_contract_is_named_with_its_row_and_value(
    old: str, new: str, fault: str, tmp_path: Path
) -> None:
    text = (network_dir() / "ice.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "ice.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GeodataError) as caught:
        read_rows(tmp_path / "ice.csv")
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "is_day"),
    [
        *((cell, True) for cell in ("11-15", "--11-15", "2026-11-15", "")),
        *((cell, False) for cell in ("02-30", "2026-02-30", "13-01", "20261115", "2926-11-15")),
    ],
)
def test_a_day_is_one_of_the_calendar(cell: str, is_day: bool) -> None:
    column = contract_of(Path("ice_classes.csv")).columns["season_last"]
    assert (column.fault(cell) == "") == is_day


def test_a_command_that_needs_the_ice_refuses_what_is_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("network", "parameters"):
        shutil.copytree(data_root() / name, tmp_path / name)
    shutil.copytree(data_root().parent / "configs", tmp_path / "configs")
    path = tmp_path / "network" / "ice.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.968,0.89", "nan,0.89", 1))
    monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path))
    route = "route Shanghai Rotterdam --corridor northern-sea-route-sannikov --departure 2026-08-20"
    monkeypatch.setattr("sys.argv", ["corridors", *route.split()])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    assert "ice.csv:2: share_covered: must be a number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("quotes", "value: 5000", "value: .nan", "value: must be a number from -100"),
        ("quotes", "unit: USD/FEU", "unit: USD/TEU", "unit: must be one of USD/FEU"),
        ("trains", "role: validation", "rule: validation", "unknown column rule"),
    ],
)
def test_a_published_case_that_breaks_the_contract_is_named(
    file: str, old: str, new: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("network", "parameters"):
        (tmp_path / name).symlink_to(data_root() / name)
    (tmp_path / "configs").symlink_to(data_root().parent / "configs")
    shutil.copytree(cases_dir(), tmp_path / "cases")
    monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path))
    path = tmp_path / "cases" / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"published/{file}.yaml:[0-9]+: .*{fault}"):
        case_rows(file)


def test_a_published_value_lies_in_its_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("network", "parameters"):
        (tmp_path / name).symlink_to(data_root() / name)
    shutil.copytree(cases_dir(), tmp_path / "cases")
    monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path))
    path = tmp_path / "cases" / "sea.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[8000, 10000]", "[10000, 8000]"), encoding="utf-8")
    with pytest.raises(ConfigError, match="must lie in its range, 10000 to 8000"):
        load_cases()
