"""`corridors gallery`: what it writes and prints, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line, run
from corridors.studies import gallery as build

RUNNER = CliRunner()
APP = command_line()


@pytest.mark.long
def test_it_writes_a_page_and_a_folder_a_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "shipped_scenarios", lambda: ("chongqing-duisburg",))
    other = tmp_path / "mine.txt"
    other.write_text("left alone", encoding="utf-8")
    ended = RUNNER.invoke(APP, ["gallery", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    assert ended.stdout == f"Wrote 7 files; open {tmp_path / 'examples' / 'index.html'}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "examples",
        "index.html",
        "mine.txt",
    ]
    example = tmp_path / "examples" / "chongqing-duisburg"
    first = (example / "options.csv").read_text(encoding="utf-8").splitlines()[1]
    title = first.split(",")[2].strip('"')
    assert title in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("taken", ["maps", "maps/examples"])
def test_a_file_in_the_way_is_refused_before_anything_is_compared(
    taken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.excepthook", None)
    monkeypatch.setattr(build, "compare_in_both_worlds", None)
    file = tmp_path / taken
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["gallery", str(tmp_path / "maps")])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{file}: is a file; give a folder\n"
    assert file.read_text(encoding="utf-8") == "mine"
