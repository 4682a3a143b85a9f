"""`corridors breakeven`, `phase` and `catchments --over`: what they print, write and refuse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.errors import ConfigError

RUNNER = CliRunner()
APP = command_line()
FUEL = "fuel.vlsfo_usd_per_t"
TWO = ("shanghai-europe", "--set", "corridors=[suez, cape]", "--set", "objective=cost")
COMMANDS = {
    "breakeven": ("breakeven", *TWO, "--over", FUEL),
    "phase": ("phase", *TWO, "--x", FUEL, "--y", "value_of_time", "--cells", "8"),
    "catchments-over": (
        *("catchments", *TWO, "--to", "Hamburg", "--to", "Genoa"),
        *("--over", FUEL, "--values", "2"),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of all, whose JSON was printed as well."""
    found = tmp_path_factory.mktemp("moves")
    for name, command in COMMANDS.items():
        ended = RUNNER.invoke(APP, [*command, "--format", "json", "--out", str(found)])
        assert ended.exit_code == 0, ended.output
        assert ended.stdout == (found / f"{name}.json").read_text(encoding="utf-8")
    return found


@pytest.mark.long
def test_a_table_is_followed_by_the_names_of_the_files(folder: Path, tmp_path: Path) -> None:
    ended = RUNNER.invoke(APP, [*COMMANDS["breakeven"], "--out", str(tmp_path)])
    names = "breakeven.json, breakeven.csv, index.html"
    assert ended.stdout.endswith(f"Wrote {names} to {tmp_path}\n")
    for name in ("breakeven.json", "breakeven.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.long
def test_the_price_at_which_the_cape_is_left_is_one_in_all_three(folder: Path) -> None:
    steps = json.loads((folder / "breakeven.json").read_text(encoding="utf-8"))["rows"]
    assert [step["corridor"] for step in steps] == ["cape", "suez"]
    edge = steps[0]["last"]
    with (folder / "catchments-over.csv").open(encoding="utf-8") as file:
        turns = {row["destination"]: float(row["at"]) for row in csv.DictReader(file)}
    assert turns["Hamburg"] == pytest.approx(edge, rel=1e-3)
    # Without a value of time the lowest row of cells turns where the break-even is.
    phase = json.loads((folder / "phase.json").read_text(encoding="utf-8"))
    names = [phase["corridors"][cell] for cell in phase["best"][0]]
    first = names.index("suez")
    assert names == ["cape"] * first + ["suez"] * (len(names) - first)
    # A day is worth 19 USD in this row, and Suez takes 8 fewer.
    assert phase["x"]["values"][first] <= edge


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("breakeven", *TWO, "--over", "fuel.vslfo"), "--over fuel.vslfo: unknown parameter"),
        (("phase", *TWO, "--x", "ship.backhaul", "--y", FUEL), "--x ship.backhaul: a setting"),
        (("phase", *TWO, "--x", FUEL, "--y", FUEL), "--x and --y move the same figure"),
        (("phase", *TWO, "--x", FUEL, "--y", "value_of_time", "--cells", "0"), "from 2 to 400"),
        (("breakeven", *TWO, "--over", FUEL, "--from", "9", "--to", "1"), "must rise, got 9 to 1"),
        (("breakeven", *TWO, "--over", "value_of_time", "--to", "inf"), "got 0 to inf"),
        (("catchments", *TWO, "--over", FUEL), "no destination: name at least one"),
        ((*COMMANDS["catchments-over"], "--values", "51"), "--values must be from 2 to 50, got 51"),
        (
            (*COMMANDS["breakeven"], "--set", "limits.on_time={by: 2026-10-15, probability: 0.9}"),
            "limits.on_time: needs draws",
        ),
        (("simulate", *TWO, "--draws", "0"), "--draws must be from 1 to 30,000, got 0"),
        (("simulate", *TWO, "--draws", "10000000"), "so many take over a gigabyte"),
        (("simulate", *TWO, "--by", "2026-08-01"), "is before the departure"),
        (
            ("simulate", *TWO, "--set", "chances=[{place: gate-suez, probability: 1.3}]"),
            "probability: must be at most 1, got 1.3",
        ),
    ],
)
def test_bad_input_ends_in_a_sentence(command: tuple[str, ...], text: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = RUNNER.invoke(APP, [*command, "--out", str(out)])
    assert isinstance(ended.exception, ConfigError)
    assert text in str(ended.exception)
    assert not out.exists()
