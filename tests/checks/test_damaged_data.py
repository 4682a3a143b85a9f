"""Shipped data that was damaged is named by `check` and by the commands that read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corridors.cli.main import run
from corridors.data.paths import configs_dir, data_root


def _code_of(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["corridors", *arguments])
    with pytest.raises(SystemExit) as ended:
        run()
    return int(ended.value.code or 0)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the shipped data, as an installed wheel has it."""
    root = tmp_path / "data"
    for folder in ("network", "parameters"):
        shutil.copytree(data_root() / folder, root / folder)
    shutil.copytree(configs_dir(), root / "configs")
    shutil.copy(data_root() / "README.md", root)
    monkeypatch.setenv("CORRIDORS_DATA", str(root))
    return root


@pytest.mark.parametrize(
    "name", ["network/rail_lines.npz", "network/sea_lanes.npz", "network/rail_legs.csv"]
)
def test_a_table_cut_off_is_named(
    name: str, shipped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (shipped / name).read_bytes()
    (shipped / name).write_bytes(content[: len(content) * 2 // 3])
    asked = ["route", "Chongqing", "Duisburg", "--corridor", "kazakhstan-dostyk"]
    for arguments in (["check"], asked):
        if arguments is asked and name.endswith("sea_lanes.npz"):
            arguments[1:3] = ["Shanghai", "Rotterdam"]
            arguments[4] = "suez"
        assert _code_of(arguments, monkeypatch) == 2
        told = capsys.readouterr()
        assert name.split("/")[1] in told.err + told.out
        assert "Traceback" not in told.err


def test_a_price_that_was_changed_is_named(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shipped / "parameters" / "fuel.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",837.8,", ",737.8,"), encoding="utf-8")
    assert _code_of(["check"], monkeypatch) == 2
    told = capsys.readouterr()
    assert "parameters/fuel.csv: its sha256 is" in told.err + told.out
