"""`corridors diff`: what it prints and writes, what it refuses, with which exit code it ends."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line, run
from tests.studies.diff.files import ASKED, scenario_file

RUNNER = CliRunner()
APP = command_line()
HOSTILE = "<img src=x onerror=alert(1)>\"'"
LIFTS = "overrides: {port.thc@CN: 130, terminal.lift: 100}\n"
DEARER = "overrides: {port.thc@CN: 130, sea.repositioning_usd_per_teu: 200}\n"


def printed(*arguments: str) -> str:
    ended = RUNNER.invoke(APP, ["diff", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def test_a_scenario_and_itself_have_no_difference(tmp_path: Path) -> None:
    same = scenario_file(tmp_path, "a.yaml")
    assert printed(same, same) == "No differences\n"
    assert printed("shanghai-europe", "shanghai-europe") == "No differences\n"


def test_the_table_tells_what_went_in_came_out_and_accounts_for_it(tmp_path: Path) -> None:
    old = scenario_file(tmp_path, "a.yaml")
    new = scenario_file(tmp_path, "b.yaml", "closures: [{place: gate-suez}]\n" + DEARER)
    text = printed(old, new)
    for told in (
        "closures.gate-suez not given on every day: closed by the scenario",
        "A recommends the Suez Canal (nobody is known to run it), or the Cape of Good Hope for",
        "Hope for about the same, B recommends the Cape",
        "What is compared: USD",
        "recommendation the Suez Canal, or the Cape of Good Hope for about the same -> the Cape",
        "Largest changes in Cape of Good Hope",
        "Effect of each input alone, changed in A",
        "Order matters: ",
    ):
        assert told in " ".join(text.split())
    rows = [line.split() for line in text.splitlines()]
    assert ["2", "overrides.port.thc@CN", "cape", "usable", "60", "0.0"] in [
        row[:6] for row in rows
    ]


def test_a_corridor_that_is_not_recommended_shows_its_lines_when_asked(tmp_path: Path) -> None:
    ends = scenario_file(tmp_path, "a.yaml"), scenario_file(tmp_path, "b.yaml", DEARER)
    assert "Largest changes in Cape of Good Hope" not in printed(*ends)
    assert "Largest changes in Cape of Good Hope" in printed(*ends, "--corridor", "cape")


def test_json_has_named_keys(tmp_path: Path) -> None:
    ends = scenario_file(tmp_path, "a.yaml"), scenario_file(tmp_path, "b.yaml", DEARER)
    record = json.loads(printed(*ends, "--format", "json"))
    assert list(record) == ["inputs", "outputs", "accounted", "alone"]
    assert record["inputs"][0] == {
        "kind": "scenario",
        "key": "overrides.port.thc@CN",
        "old": None,
        "new": 130.0,
    }
    assert {row["corridor"] for row in record["accounted"]} == {"suez", "cape"}


def test_files_equal_what_is_printed(tmp_path: Path) -> None:
    more = f"name: '{HOSTILE.replace(chr(39), chr(39) * 2)}'\n" + DEARER
    ends = scenario_file(tmp_path, "a.yaml"), scenario_file(tmp_path, "b.yaml", more)
    out = tmp_path / "out"
    as_json = printed(*ends, "--format", "json", "--out", str(out))
    assert sorted(path.name for path in out.iterdir()) == [
        *("diff-map.html", "diff.csv", "diff.html", "diff.json", "index.html"),
    ]
    assert (out / "diff.json").read_text(encoding="utf-8") == as_json
    table = (out / "diff.csv").read_text(encoding="utf-8")
    assert table == printed(*ends, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["new"] for row in rows if row["input"] == "name"] == [HOSTILE, HOSTILE]
    suez = [row["cost_usd_per_teu_change"] for row in rows if row["corridor"] == "suez"]
    assert suez == ["0.0", "30.0", "25.0"]


@pytest.mark.long
def test_a_folder_that_compare_wrote_is_an_end(tmp_path: Path) -> None:
    asked = scenario_file(tmp_path, "a.yaml")
    out = tmp_path / "out"
    assert RUNNER.invoke(APP, ["compare", asked, "--out", str(out)]).exit_code == 0
    assert printed(str(out), asked) == "No differences\n"
    assert printed(str(out / "comparison.json"), str(out)) == "No differences\n"


def test_a_limit_that_moves_the_decision_to_another_route_is_told(tmp_path: Path) -> None:
    # The cheapest ships by Suez take 49 days; fast ones, dearer, take less than 47.
    text = ASKED.replace("[suez, cape]", "[suez]")
    old = scenario_file(tmp_path, "a.yaml", text=text)
    new = scenario_file(tmp_path, "b.yaml", "limits: {max_days: 47}\n", text=text)
    told = printed(old, new)
    compared = re.search(r"What is compared: USD ([\d,]+) -> USD ([\d,]+) per 40'", told)
    assert compared is not None
    again = f"USD {compared[1]} -> USD {compared[2]} per 40'"
    step = "Step 1, limits.max_days: still the Suez Canal, on another route: "
    assert f"{step}{again}" in " ".join(told.split())


REFUSED = {
    "no file": (["gone.yaml", "a.yaml"], "gone.yaml: no such scenario file, shipped: "),
    "no place": (["a.yaml", "b.yaml"], "b.yaml:1: origin: unknown place 'Shanhgai'"),
    "no result": (
        ["a.yaml", "."],
        ".: a folder without comparison.json; give a scenario or a folder",
    ),
    "cut off": (["cut.json", "a.yaml"], "cut.json:1: not JSON: Expecting value; write it again"),
    "corridor": (
        ["a.yaml", "c.yaml", "--corridor", "kape"],
        "--corridor kape: in neither A nor B, did you mean 'cape'?\n",
    ),
    "file as folder": (
        ["a.yaml", "c.yaml", "--out", "a.yaml"],
        "a.yaml: is a file; give a folder\n",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_ends_with_code_2_and_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, told = REFUSED[name]
    scenario_file(tmp_path, "a.yaml")
    scenario_file(tmp_path, "b.yaml", text=ASKED.replace("Shanghai", "Shanhgai"))
    scenario_file(tmp_path, "c.yaml", "world: reference-open\nmax_wait_days: 13\n")
    (tmp_path / "cut.json").write_text('{"scenario": ', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.excepthook", None)
    with pytest.raises(SystemExit) as ended:
        run(["diff", *arguments])
    assert ended.value.code == 2
    told_in_full = capsys.readouterr()
    assert told_in_full.out == ""
    assert told_in_full.err.startswith(told)
    assert told_in_full.err.count("\n") == 1


def test_both_directions_are_the_same_lines_and_ten_rows_are_shown(tmp_path: Path) -> None:
    west = scenario_file(tmp_path, "a.yaml", "world: reference-open\n")
    back = ASKED.replace("origin: Shanghai", "origin: X").replace("Hamburg", "Shanghai")
    east = scenario_file(
        tmp_path,
        "b.yaml",
        "world: reference-open\n",
        text=back.replace("origin: X", "origin: Hamburg"),
    )
    told = printed(west, east)
    assert "backhaul" not in told
    (line,) = [line for line in told.splitlines() if line.startswith("Ship time: capital")][:1]
    assert line.split()[-4].startswith("-")


@pytest.mark.long
def test_long_tables_say_how_many_rows_are_left_and_all_shows_them(tmp_path: Path) -> None:
    text = ASKED.replace("[suez, cape]", "all")
    ends = (
        scenario_file(tmp_path, "a.yaml", "name: one\n", text=text),
        scenario_file(tmp_path, "b.yaml", "name: two\n" + LIFTS, text=text),
    )
    short, long = printed(*ends), printed(*ends, "--all")
    assert "more rows: --all shows them." in short
    assert "--all" not in long
    assert len(long.splitlines()) > len(short.splitlines())
    # The name has no effect: the inputs that have one are numbered from 1 on, without a gap.
    steps = {line.split()[0] for line in long.splitlines() if re.match(r" *\d+ ", line)}
    assert steps == {"1", "2"}
