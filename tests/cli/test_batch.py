"""`corridors batch`: what it prints, refuses, and with which exit code it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from corridors.cli.main import run

BASE = """\
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
corridors: [suez]
"""
BATCH = "base: base.yaml\nsweeps: {world: [reference-open, red-sea-closed]}\n"
FAILING = "base: base.yaml\nsweeps: {destination: [Hamburg, Shanghai]}\n"


def code_of(arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command line in this process, in a folder, and return its exit code."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit) as ended:
        run(["batch", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "b.yaml").write_text(BATCH)
    (tmp_path / "failing.yaml").write_text(FAILING)
    return tmp_path


def test_a_batch_ends_with_its_count(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # In the second scenario the only corridor is closed: a result, not a failure.
    assert code_of(["b.yaml", "--out", "out", "--workers", "1"], place, monkeypatch) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "2 scenarios ran, 0 failed"
    assert told.err == ""
    assert {path.name for path in (place / "out").iterdir()} == {
        "batch.journal",
        "data",
        "report.html",
        "summary.csv",
        "summary.xlsx",
        "index.html",
    }


def test_a_failed_scenario_ends_with_exit_code_3_and_its_reason(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(["failing.yaml", "--out", "out", "--workers", "1"], place, monkeypatch) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 scenarios ran, 1 failed"
    assert any(line.startswith("! 1 (Shanghai): failing.yaml:2: destination: ") for line in lines)


def test_json_is_the_summary_and_the_count_goes_to_standard_error(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["b.yaml", "--out", "out", "--workers", "1", "--format", "json"]
    assert code_of(arguments, place, monkeypatch) == 0
    told = capsys.readouterr()
    rows = json.loads(told.out)["rows"]
    assert [row["world"] for row in rows] == ["reference-open", "red-sea-closed"]
    assert [row["recommended"] for row in rows] == ["suez", None]
    assert told.err == "2 scenarios ran, 0 failed\n"


def test_a_dry_run_counts_and_writes_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    before = sorted(place.rglob("*"))
    assert code_of(["b.yaml", "--out", "out", "--dry-run"], place, monkeypatch) == 0
    told = capsys.readouterr().out
    assert "2 = 2 scenarios, none calculated." in told.splitlines()
    assert told.splitlines()[-1].startswith("Expect roughly ")
    assert "reference-open; red-sea-closed" in told
    assert "summary.xlsx" in told
    assert sorted(place.rglob("*")) == before


def test_a_folder_that_is_not_empty_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "out").mkdir()
    (place / "out" / "mine.txt").write_text("mine")
    assert code_of(["b.yaml", "--out", "out"], place, monkeypatch) == 2
    expected = "out: is not empty; --resume continues its batch, --force starts again\n"
    assert capsys.readouterr().err == expected
    assert code_of(["b.yaml", "--out", "out", "--force"], place, monkeypatch) == 2
    expected = "out: holds mine.txt, not written by a batch; give another folder\n"
    assert capsys.readouterr().err == expected


BAD = {
    "no such file": (["none.yaml"], "none.yaml: no such batch file, shipped: arctic-months, "),
    "a misspelt name": (
        ["red-sea-and-artic"],
        "red-sea-and-artic: no such batch file, did you mean 'red-sea-and-arctic'?",
    ),
    "too many": (["b.yaml", "--max", "1"], "b.yaml: sweeps: 2 = 2 scenarios, at most 1; "),
    "both": (["b.yaml", "--force", "--resume"], "--resume keeps the results, --force removes"),
    "no scheduler": (
        ["b.yaml", "--dask", "nonsense://x"],
        "--dask nonsense://x: no scheduler answers there (",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_exit_code_2_and_leaves_no_trace(
    name: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, expected = BAD[name]
    assert code_of([*arguments, "--out", "out"], place, monkeypatch) == 2
    assert capsys.readouterr().err.startswith(expected)
    assert not (place / "out").exists()


@pytest.mark.parametrize("package", ["pyarrow", "xlsxwriter"])
def test_without_its_packages_a_batch_says_so_before_it_runs(
    package: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert code_of(["b.yaml", "--out", "out"], place, monkeypatch) == 2
    expected = f"a batch needs {package}, which is not installed: pip install 'corridors[batch]'\n"
    assert capsys.readouterr().err == expected
    assert not (place / "out").exists()


def test_without_the_package_for_it_dask_is_refused_in_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert code_of(["b.yaml", "--out", "out", "--dask", "local:2"], place, monkeypatch) == 2
    expected = (
        "a batch on a cluster needs distributed, which is not installed:"
        " pip install 'corridors[dask]'\n"
    )
    assert capsys.readouterr().err == expected


def test_an_interrupt_says_what_is_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import corridors.studies.batch.run

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(corridors.studies.batch.run, "parts_of", interrupted)
    assert code_of(["b.yaml", "--out", "out"], place, monkeypatch) == 130
    expected = "Stopped: interrupted. 0 of 2 scenarios are saved; continue with --resume.\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--workers", value) for value in ("99999999999999999999", "513", "0")),
        *(("--budget", value) for value in ("inf", "1e300", "nan")),
    ],
)
def test_more_workers_or_seconds_than_a_run_can_have_are_refused_at_once(
    option: str,
    value: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert code_of(["b.yaml", "--out", "out", option, value], place, monkeypatch) == 2
    assert f"{option} must be from " in capsys.readouterr().err
    assert not (place / "out").exists()
