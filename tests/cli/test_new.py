"""What `corridors new` writes runs, and nothing that is there is written over."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config.config_files import STARTS

APP = command_line()
RUNNER = CliRunner()
ENDS = ["--from", "Xi'an", "--to", "Gdansk", "--departure", "2026-10-05"]


def made(kind: str, *more: str) -> tuple[Path, list[str]]:
    """Write a file here and return it with the command that is said to run it."""
    done = RUNNER.invoke(APP, ["new", kind, *more])
    assert done.exit_code == 0, done.output
    wrote, _, command = done.stdout.strip().partition(". Run it: corridors ")
    return Path(wrote.removeprefix("Wrote ")), shlex.split(command)


@pytest.mark.first_case
@pytest.mark.parametrize("kind", list(STARTS))
@pytest.mark.parametrize("ends", [[], ENDS], ids=["as it is", "other ends"])
def test_what_is_written_runs_by_the_command_that_is_said(
    kind: str, ends: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, command = made(kind, f"{kind}.yaml", *ends)
    text = file.read_text(encoding="utf-8")
    assert text.count("#") > 5
    assert RUNNER.invoke(APP, ["check", str(file)]).exit_code == 0
    if ends:
        assert "Xi'an" in str(yaml.safe_load(text)) or kind == "corridor"
    if kind in ("batch", "plan") and ends:
        return  # as slow as the other, and checked above
    done = RUNNER.invoke(APP, command)
    assert done.exit_code == 0, done.output


def test_a_corridor_passes_what_it_was_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, _ = made("corridor", "my-way.yaml", "--via", "panama")
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert written["must_pass"] == ["gate-panama"]
    assert (written["id"], written["title"]) == ("my-way", "My way")


def test_a_file_that_is_there_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, _ = made("scenario")
    assert file == Path("my-scenario.yaml")
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(Exception, match="exists already"):
        RUNNER.invoke(APP, ["new", "scenario"], catch_exceptions=False)
    assert file.read_text(encoding="utf-8") == "mine"
