"""Data packs: made by following the page, laid over the shipped tables, and refused."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.checks import build_pack, check_files, pack_faults, use_pack
from corridors.cli.main import command_line, take_pack
from corridors.config import load_scenario
from corridors.data.access import load_access
from corridors.data.packs import FORMAT, MANIFEST, ROW_KEYS, merged_tables, read_pack
from corridors.data.parameters import load_parameters
from corridors.data.paths import data_root, parameters_dir, shipped_root, with_pack
from corridors.data.series import ages_of_series
from corridors.errors import ConfigError, GeodataError
from corridors.output.store import build_manifest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "fresh-data.md"
FILE = re.compile(r"<!-- file: (\S+) -->\n\n```text\n(.*?)```", re.DOTALL)
ON = date(2026, 11, 5)
VLSFO = "fuel.vlsfo_usd_per_t"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a pack leaves on the disk and in the environment to one test."""
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("CORRIDORS_PACK", "shipped")


def of_page(folder: Path) -> Path:
    """Return a pack made of the files that the page shows, whose figures are made up."""
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    build_pack(folder, title="October 2026, made up", day=date(2026, 10, 31), licence="CC0-1.0")
    return folder


def of_series(folder: Path, rows: str, name: str = VLSFO) -> Path:
    (folder / "series").mkdir(parents=True)
    (folder / "series" / f"{name}.csv").write_text(rows, encoding="utf-8")
    return folder


def last_of(series: str) -> str:
    return next(age.last for age in ages_of_series(ON) if age.series == series)


def test_following_the_page_makes_a_pack_of_a_later_month(tmp_path: Path) -> None:
    pack = of_page(tmp_path / "october")
    assert last_of(VLSFO) == "2026-05"
    with with_pack(pack):
        assert last_of(VLSFO) == last_of("fuel.mgo_usd_per_t") == "2026-10"
        assert last_of("market.sea_freight_usd_per_feu@neurope-asia") == "2026-10"
        freights = load_parameters().by_scope("market.sea_freight_usd_per_feu")
        row = freights["asia-neurope@2026-10"]
        # The mean of 4000, 4100, 4150, 4200 and 4300, and the least and the greatest.
        assert (row.value, row.low, row.high) == (4150.0, 4000.0, 4300.0)
        assert "made-up-2026-10" in {one.id for one in load_access("current")}
    assert last_of(VLSFO) == "2026-05"


def test_status_says_before_and_after_which_month_a_scenario_takes(tmp_path: Path) -> None:
    day = date(2026, 10, 20)
    taken = {age.series: age for age in ages_of_series(ON, day=day)}[VLSFO]
    assert (taken.months_old, taken.taken, taken.taken_months) == (6, "2026-05", 5)
    with with_pack(of_page(tmp_path / "october")):
        taken = {age.series: age for age in ages_of_series(ON, day=day)}[VLSFO]
    assert (taken.months_old, taken.taken, taken.taken_months) == (1, "2026-10", 0)


def test_the_commands_build_show_and_add_a_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, run = of_series(tmp_path / "p", "date,value\n2026-10,700\n"), CliRunner().invoke
    app = command_line(["data", "check"])
    words = ["--title", "Made up", "--day", "2026-10-31", "--licence", "CC0-1.0"]
    assert run(app, ["data", "build", str(pack), *words]).exit_code == 0
    assert "1 checked, no errors" in run(app, ["check", str(pack)]).output
    assert run(app, ["data", "add", str(pack)]).exit_code == 0
    assert run(app, ["data", "add", str(pack), "--into", str(tmp_path / "q")]).exit_code == 0
    assert (tmp_path / "q" / "pack" / MANIFEST).read_bytes() == (pack / MANIFEST).read_bytes()
    shown = run(app, ["data", "status", "--format", "json", "--on", "2026-11-05"]).output
    assert {row["series"]: row["last"] for row in json.loads(shown)["rows"]}[VLSFO] == "2026-05"
    # What was added is used by a process that names no pack.
    with with_pack(None):
        pass
    monkeypatch.delenv("CORRIDORS_PACK")
    shown = run(app, ["data", "status", "shanghai-hamburg", "--format", "json"]).output
    assert {row["series"]: row["last"] for row in json.loads(shown)["rows"]}[VLSFO] == "2026-10"


def test_the_same_pack_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = of_page(tmp_path / "one"), of_page(tmp_path / "two")
    assert (one / MANIFEST).read_bytes() == (two / MANIFEST).read_bytes()
    made = [merged_tables(shipped_root(), read_pack(pack)) for pack in (one, two)]
    assert made[0] == made[1]


def test_a_pack_of_the_shipped_rows_leaves_all_bytes_as_they_are(tmp_path: Path) -> None:
    pack = tmp_path / "same"
    pack.mkdir()
    for name in ROW_KEYS:
        shutil.copy(shipped_root() / "parameters" / name, pack / name)
    build_pack(pack, title="As shipped", day=date(2026, 11, 30), licence="as shipped")
    scenario = load_scenario("shanghai-hamburg")
    shipped = build_manifest(scenario, data_root())
    with with_pack(pack):
        assert data_root() != shipped_root()
        for file in shipped_root().glob("*/*"):
            if file.is_file():
                assert (data_root() / file.relative_to(shipped_root())).read_bytes() == (
                    file.read_bytes()
                )
        packed = build_manifest(scenario, data_root())
    assert packed.parameters_sha256 == shipped.parameters_sha256
    assert "data pack" not in shipped.versions
    assert packed.versions["data pack"].startswith("As shipped, 2026-11-30, ")


def test_rows_taken_out_of_the_code_and_given_by_a_pack_answer_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {(row.parameter, row.scope): row for row in load_parameters().rows}
    older = tmp_path / "older"
    shutil.copytree(shipped_root() / "parameters", older / "parameters")
    (older / "network").symlink_to(shipped_root() / "network")
    table = older / "parameters" / "fuel.csv"
    header, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    out = [row for row in rows if ",2026-0" in row]
    assert len(out) > 10
    table.write_text("".join([header, *(row for row in rows if row not in out)]), encoding="utf-8")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "fuel.csv").write_text("".join([header, *out]), encoding="utf-8")
    monkeypatch.setenv("CORRIDORS_DATA", str(older))
    assert len(load_parameters().rows) == len(whole) - len(out)
    build_pack(pack, title="2026", day=date(2026, 11, 1), licence="as shipped")
    with with_pack(pack):
        assert {(row.parameter, row.scope): row for row in load_parameters().rows} == whole


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("date,value,unit\n2026-10,7,USD\n", "the columns of a series are date,value"),
        ("date,value\nOctober,700\n", ":2: must be a date as 2026-10"),
        ("date,value\n2026-10,-5\n", "number of 0 or more, got 2026-10,-5"),
        ("date,value\n2026-10,900000\n", "must be from"),
    ],
)
def test_a_series_with_a_bad_row_is_refused(tmp_path: Path, rows: str, fault: str) -> None:
    pack = of_series(tmp_path / "p", rows)
    with pytest.raises(GeodataError, match=fault):
        build_pack(pack, title="Bad", day=ON, licence="none")
    assert not (pack / MANIFEST).exists()


def test_a_damaged_foreign_or_newer_pack_is_refused_whole(tmp_path: Path) -> None:
    pack = of_page(tmp_path / "october")
    sound = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    manifest = json.loads(sound[pack / MANIFEST])
    series = pack / "series" / f"{VLSFO}.csv"
    access = (pack / "access.csv").read_text(encoding="utf-8")
    changes: list[tuple[Path, str | None, str]] = [
        (series, "date,value\n2026-10,1\n", "damaged, its sha256 is not"),
        (series, None, "not found; get the pack again"),
        (pack / "terminals.csv", "id\nx\n", "unknown table; a pack may hold"),
        (pack / "fuel.csv", "parameter\n", "not named by pack.json"),
        (pack / MANIFEST, None, "no data pack: it has no pack.json"),
        (pack / MANIFEST, "{", "damaged"),
        (pack / MANIFEST, json.dumps(manifest | {"format": FORMAT + 1}), "is newer than this"),
        (pack / MANIFEST, json.dumps(manifest | {"day": "soon"}), "`day` must be a day"),
    ]
    for path, text, fault in changes:
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(GeodataError, match=re.escape(fault)):
            use_pack(pack)
        assert any(fault in one for one in check_files([pack])[1]) or path.name == MANIFEST
        assert last_of(VLSFO) == "2026-05"
        for other in pack.rglob("*.csv"):
            if other not in sound:
                other.unlink()
        for file, content in sound.items():
            file.write_bytes(content)
    for text, fault in [
        (access.replace("id,worlds", "id,colour,worlds", 1), "cells"),
        (access.replace("subject", "colour"), "unknown column colour"),
        (access.replace("gate-malacca", "gate-nowhere"), "access.csv:2: key: unknown"),
        (access.replace("made-up-notice,found", "nobody,found"), "source_id: unknown 'nobody'"),
    ]:
        (pack / "access.csv").write_text(text, encoding="utf-8")
        with pytest.raises(GeodataError, match=fault):
            build_pack(pack, title="Bad", day=ON, licence="none")
        assert (pack / MANIFEST).read_bytes() == sound[pack / MANIFEST]


def test_the_option_is_taken_anywhere_and_names_one_pack(tmp_path: Path) -> None:
    pack = of_series(tmp_path / "p", "date,value\n2026-10,700\n")
    build_pack(pack, title="Made up", day=ON, licence="CC0-1.0")
    assert not pack_faults(pack)
    assert take_pack(["list", "--data", str(pack), "cargo"]) == ["list", "cargo"]
    assert last_of(VLSFO) == "2026-10"
    assert parameters_dir() != shipped_root() / "parameters"
    assert take_pack(["--data=shipped", "list"]) == ["list"]
    assert last_of(VLSFO) == "2026-05"
    for wrong in (["--data"], ["--data", "a", "--data", "b"], ["--data", "--all"]):
        with pytest.raises(ConfigError, match="--data: name one folder"):
            take_pack(wrong)
