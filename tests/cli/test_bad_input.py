"""Bad input ends with exit code 2 and lines that say where, what, and what would do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corridors.cli.arguments import ended
from corridors.cli.main import run
from corridors.errors import ConfigError
from tests.config.samples import PLAIN

CODE = "from corridors.cli.main import run; run()"
BAD_SCENARIOS = {
    "unknown place": (PLAIN.replace("Shanghai", "Shanhgai"), "s.yaml:1: origin: "),
    "unknown key": (PLAIN + "limit: 3\n", "s.yaml:6: limit: unknown key, did you mean 'limits'"),
    "unknown unit": (
        PLAIN.replace("teu_per_month", "feu_per_month"),
        "s.yaml:4: shipment.feu_per_month: unknown key, did you mean 'teu_per_month'",
    ),
    "impossible corridor": (PLAIN.replace("suez", "sues"), "s.yaml:5: corridors[0]: unknown"),
    "nan": (PLAIN.replace("100", ".nan"), "s.yaml:4: shipment.teu_per_month: must be a finite"),
    "negative": (
        PLAIN.replace("100", "-1"),
        "s.yaml:4: shipment.teu_per_month: must be at least 0.001",
    ),
    "empty": ("", "s.yaml:1: the file is empty"),
    "not YAML": ("a: [", "s.yaml:"),
    "bomb": ("a: &a [1]\nb: [*a, *a]\n", "s.yaml:2: alias '*a' is not allowed"),
    "Python tag": ("a: !!python/name:os.system\n", "s.yaml:1: tag "),
    "deep": ("a: " + "[" * 100_000, "s.yaml:1: "),
    "10 MB": ("a: " + "x" * 10_000_000, "s.yaml:1: 10,000,003 bytes"),
    "unknown override": (
        PLAIN + "overrides: {fuel.vlsfo_usd_per_ton: 1}\n",
        "s.yaml:6: overrides.fuel.vlsfo_usd_per_ton: unknown parameter",
    ),
    "unknown scope": (
        PLAIN + "overrides: {'fuel.vlsfo_usd_per_t@mars': 1}\n",
        "s.yaml:6: overrides.fuel.vlsfo_usd_per_t@mars: ",
    ),
}


def corridors(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, at most five seconds."""
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def code_of(arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command line in this process, in a folder, and return its exit code."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("name", BAD_SCENARIOS)
@pytest.mark.parametrize("command", ["check", "compare"])
def test_a_bad_scenario_is_refused(
    command: str,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text, expected = BAD_SCENARIOS[name]
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    arguments = [command, "s.yaml", *(["--out", "out"] if command == "compare" else [])]
    assert code_of(arguments, tmp_path, monkeypatch) == 2
    told = capsys.readouterr().err
    assert told.startswith(expected)
    assert told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["list", "nonsense"],
        ["list", "corridors", "--format", "xml"],
        ["check", "none.yaml"],
        ["compare", "none"],
        ["compare", "shanghai-europe", "--set", "nonsense=1"],
        ["compare", "shanghai-europe", "--departure", "tomorrow"],
        ["route", "Shanhgai", "Hamburg"],
        ["route", "Shanghai", "Hamburg", "--corridor", "sues"],
        ["route", "Shanghai", "Hamburg", "--service", "raill"],
        ["route", "Shanghai", "Shanghai"],
    ],
    ids=" ".join,
)
def test_bad_arguments_are_refused(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert code_of(arguments, tmp_path, monkeypatch) == 2
    assert capsys.readouterr().err


def test_a_fault_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = corridors(tmp_path, "check", "none.yaml")
    assert done.returncode == 2
    assert done.stderr == "none.yaml: cannot be read: No such file or directory\n"


def test_debug_shows_the_traceback_of_an_error_in_the_program_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault() -> None:
        with ended(debug=True):
            msg = "none: no such file"
            raise ConfigError(msg)

    with pytest.raises(SystemExit) as ending:
        fault()
    assert ending.value.code == 2
    assert capsys.readouterr().err == "none: no such file\n"
    with pytest.raises(ZeroDivisionError), ended(debug=True):
        _ = 1 / 0


def test_a_list_of_choices_is_told_without_tabs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(["list", "--format", "json"], tmp_path, monkeypatch) == 2
    text = capsys.readouterr().err
    assert "    corridors,\n" in text
    assert "\t" not in text


def test_the_version_is_printed_without_loading_the_model(tmp_path: Path) -> None:
    code = f"import sys; sys.argv = ['corridors', '--version']\ntry:\n    {CODE}\nfinally:\n"
    code += (
        "    print(sorted({'numpy', 'numba', 'pandas', 'folium', 'ortools'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0].startswith("corridors ")
    assert done.stdout.splitlines()[1] == "[]"


def test_a_reader_that_leaves_is_no_fault() -> None:
    command = f'"{sys.executable}" -c "{CODE}" list parameters --format json | head -n 1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stderr == ""
