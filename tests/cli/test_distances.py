"""`corridors distances`: what it prints in each form, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line

RUNNER = CliRunner()
APP = command_line()


def printed(*arguments: str) -> str:
    ended = RUNNER.invoke(APP, ["distances", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def test_json_and_csv_hold_every_pair_once() -> None:
    places = ("Shanghai", "Rotterdam", "GBPLY")
    rows = json.loads(printed(*places, "--format", "json"))["rows"]
    assert [(row["from_id"], row["to_id"]) for row in rows] == [
        ("cn-shanghai", "nl-rotterdam"),
        ("cn-shanghai", "GBPLY"),
        ("nl-rotterdam", "GBPLY"),
    ]
    assert rows[0]["km"] == pytest.approx(1.852 * rows[0]["nm"], abs=0.2)
    assert rows[1]["to_off_lane_km"] == 0.0
    listed = list(csv.DictReader(io.StringIO(printed(*places, "--format", "csv"))))
    assert [float(row["nm"]) for row in listed] == [row["nm"] for row in rows]


def test_a_pair_that_shut_gates_part_has_no_distance() -> None:
    arguments = ("Odesa", "Piraeus", "--avoid", "gate-bosporus")
    (row,) = json.loads(printed(*arguments, "--format", "json"))["rows"]
    assert row["nm"] is None
    assert "cut these places off" in printed(*arguments)


def test_the_arctic_is_open_only_where_asked_for() -> None:
    pair = ("Yokohama", "Rotterdam", "--format", "json")
    nm = [json.loads(printed(*pair, *more))["rows"][0]["nm"] for more in ((), ("--arctic",))]
    assert nm[0] > 11000
    assert nm[1] < 8000


def test_the_kiel_canal_is_open_only_where_asked_for() -> None:
    pair = ("Hamburg", "Gdansk", "--format", "json")
    nm = [json.loads(printed(*pair, *more))["rows"][0]["nm"] for more in ((), ("--kiel",))]
    assert nm[0] == pytest.approx(770, abs=5)  # outside Horns Rev, round the Skaw and by the Sound
    assert nm[1] == pytest.approx(427, abs=5)


def test_one_place_is_no_pair() -> None:
    ended = RUNNER.invoke(APP, ["distances", "Shanghai"])
    assert ended.exit_code != 0
    assert "need at least two different places" in str(ended.exception)


def test_gates_are_names_in_a_table_and_ids_elsewhere() -> None:
    pair = ("Shanghai", "Rotterdam", "--gates")
    assert "Suez Canal, Strait of Gibraltar" in printed(*pair)
    (row,) = json.loads(printed(*pair, "--format", "json"))["rows"]
    assert row["gates"][-3:] == ["gate-suez", "gate-gibraltar", "gate-dover"]
    (listed,) = csv.DictReader(io.StringIO(printed(*pair, "--format", "csv")))
    assert listed["gates"].split("; ") == row["gates"]
    assert "gates" not in json.loads(printed(*pair[:2], "--format", "json"))["rows"][0]


def test_ways_are_written_as_lines_split_at_the_date_line(tmp_path: Path) -> None:
    file = tmp_path / "new" / "ways.geojson"
    places = ("Yokohama", "Los Angeles", "Odesa")
    shown = printed(*places, "--avoid", "gate-bosporus", "--ways", str(file))
    assert f"Wrote {file}" in shown.replace("\n", " ")
    assert "cut these places off" in shown
    (feature,) = json.loads(file.read_text(encoding="utf-8"))["features"]
    (row, *_) = json.loads(printed(*places, "--format", "json"))["rows"]
    kept = ("from", "to", "from_id", "to_id", "nm", "km")
    assert {key: feature["properties"][key] for key in kept} == {key: row[key] for key in kept}
    west, east = feature["geometry"]["coordinates"]
    assert west[-1][0] == 180.0
    assert east[0][0] == -180.0
    assert west[-1][1] == east[0][1]


def test_a_draft_closes_gates_and_a_line_says_so() -> None:
    pair = ("Rotterdam", "Gdansk", "--format", "json", "--draft")
    nm = [json.loads(printed(*pair, draft))["rows"][0]["nm"] for draft in ("7", "9", "16")]
    assert nm[0] < nm[1]
    assert nm[2] is None
    told = "the closed gates, and those too shallow for a draft of 16 m, cut these places off"
    assert told in " ".join(printed("Rotterdam", "Gdansk", "--draft", "16").split())


def test_a_gate_shut_by_default_can_be_allowed() -> None:
    pair = ("Hamburg", "Gdansk", "--format", "json")
    assert printed(*pair, "--allow", "gate-kiel") == printed(*pair, "--kiel")


def test_a_place_named_a_thousand_times_is_one_place() -> None:
    pair = ("NLRTM", "GBSOU")
    began = time.process_time()
    assert printed(*(pair * 500), "--format", "csv") == printed(*pair, "--format", "csv")
    ended = RUNNER.invoke(APP, ["distances", *["Shanghai"] * 1_000])
    assert "need at least two different places" in str(ended.exception)
    assert time.process_time() - began < 2.0


def test_ways_go_to_standard_output_by_a_dash(tmp_path: Path) -> None:
    file = tmp_path / "ways.geojson"
    printed("NLRTM", "GBSOU", "--ways", str(file))
    assert printed("NLRTM", "GBSOU", "--ways", "-") == file.read_text(encoding="utf-8")
    assert not Path("-").exists()


@pytest.mark.parametrize("kind", ["pipe", "device", "link to a device", "link", "socket"])
def test_ways_replace_no_device_pipe_or_link(kind: str, tmp_path: Path) -> None:
    path, device = tmp_path / "out" / "ways.geojson", tmp_path / "null"
    path.parent.mkdir()
    if "device" in kind:
        try:  # of this test alone, numbered as /dev/null
            os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        except PermissionError:
            pytest.skip("needs root")
    if kind == "device":
        device.rename(path)
    elif "link" in kind:
        path.symlink_to(device)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        os.mknod(path, stat.S_IFSOCK | 0o600)
    before = path.lstat()
    ended = RUNNER.invoke(APP, ["distances", "NLRTM", "GBSOU", "--ways", str(path)])
    assert "ways.geojson: is a link, a pipe or a device" in str(ended.exception)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert [*path.parent.iterdir()] == [path]


def test_ways_need_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    inside = tmp_path / "file" / "x"
    for path, told in ((tmp_path, "is a folder; give a file in it"), (inside, "is a file")):
        ended = RUNNER.invoke(APP, ["distances", "NLRTM", "GBSOU", "--ways", str(path)])
        assert ended.exit_code != 0
        assert told in str(ended.exception)
