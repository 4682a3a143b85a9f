"""Shipped data that was damaged is named by `check` and by the commands that read it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from corridors.cli.main import run
from corridors.data import geodata
from corridors.data.geodata import (
    NO_LABELS,
    fitting_sea_labels,
    load_sea_labels,
    missing_sea_labels,
    read_hub_labels,
)
from corridors.data.paths import configs_dir, data_root
from corridors.network.sea import sea_distances
from corridors.network.sea.sea_distances import sea_network
from corridors.progress import say_once
from corridors.studies.validate.cases import cases_dir
from validation.fuzz.seeds import sea_labels
from validation.shipped_data import sea_label_faults


def _code_of(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["corridors", *arguments])
    with pytest.raises(SystemExit) as ended:
        run()
    return int(ended.value.code or 0)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the shipped data as an installed wheel has it: links, so that it is read once."""
    root = tmp_path / "data"
    for folder in ("network", "parameters"):
        shutil.copytree(data_root() / folder, root / folder, copy_function=os.symlink)
    shutil.copytree(configs_dir(), root / "configs")
    shutil.copytree(cases_dir(), root / "cases")
    shutil.copy(data_root() / "README.md", root)
    monkeypatch.setenv("CORRIDORS_DATA", str(root))
    return root


@pytest.mark.first_case
@pytest.mark.parametrize(
    "name", ["network/rail_lines.npz", "network/sea_lanes.npz", "network/rail_legs.csv"]
)
def test_a_table_cut_off_is_named(
    name: str, shipped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (shipped / name).read_bytes()
    (shipped / name).unlink()
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


@pytest.mark.parametrize(
    "content", [b"\xa8\x00", b"{}", b"[", b'{"land": [[["a"]]]}', b"[" * 100_000]
)
def test_a_map_that_is_damaged_is_named(
    content: bytes,
    shipped: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (shipped / "network" / "basemap.json").unlink()
    (shipped / "network" / "basemap.json").write_bytes(content)
    # A point at sea joins the lanes where no land is between.
    assert _code_of(["distances", "Rotterdam", "4.0,52.3"], monkeypatch) == 2
    assert capsys.readouterr().err.startswith("basemap.json: damaged (")


@pytest.mark.long
def test_a_price_that_was_changed_is_named(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shipped / "parameters" / "fuel.csv"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    path.write_text(text.replace(",837.8,", ",737.8,"), encoding="utf-8")
    assert _code_of(["check"], monkeypatch) == 2
    told = capsys.readouterr()
    assert "parameters/fuel.csv: its sha256 is" in told.err + told.out


@pytest.mark.parametrize(
    "kind", ["cut", "end cut", "flipped", "other packing", "empty", "folder", "other lanes"]
)
def test_damaged_hub_labels_are_not_used_and_a_line_says_so(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "data"
    for folder in ("network", "parameters", "derived"):
        (root / folder).mkdir(parents=True)
    (root / "network" / "sea_lanes.npz").write_bytes(b"lanes")
    monkeypatch.setenv("CORRIDORS_DATA", str(root))
    path, whole = root / "derived" / "sea_labels.npz", bytearray(sea_labels())
    # The last array but one: the places before it can be read.
    last = whole.rindex(b"hub_1.npy", 0, whole.index(b"PK\1\2"))
    if kind == "folder":
        path.mkdir()
    elif kind == "flipped":
        whole[last + 30] ^= 1
    elif kind == "other packing":
        whole[whole.rindex(b"place_id.npy") - 36] = 99
    ends = {"cut": 400, "end cut": len(whole) - 9, "empty": 0}
    if kind != "folder":
        path.write_bytes(whole[: ends.get(kind, len(whole))])
    say_once.cache_clear()
    if kind == "flipped":
        labels = load_sea_labels()
        assert [read_hub_labels(labels, gates) is None for gates in labels.closed] == [False, True]
    else:
        assert not fitting_sea_labels().row
    why = "was made from other lanes" if kind == "other lanes" else "is damaged"
    told = f"corridors: sea_labels.npz {why} and is not used; distances by sea take longer\n"
    assert capsys.readouterr().err == told
    if kind != "flipped":  # which `check` asks for if they fit the lanes
        (fault,) = sea_label_faults()
        assert "sea_labels.npz: not used, since" in fault


def test_no_labels_are_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "parameters").mkdir()
    (tmp_path / "network").mkdir()
    monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path))
    assert not fitting_sea_labels().row
    assert [*sea_label_faults()] == []
    assert capsys.readouterr().err == ""


def test_that_there_are_no_labels_is_said_once_with_what_makes_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(geodata, "SEA_LABELS", "none.npz")
    monkeypatch.setattr(sea_distances, "fitting_sea_labels", lambda: NO_LABELS)
    say_once.cache_clear()
    sea_network().graphs.clear()
    try:
        first = sea_distances.distances(["Hamburg", "Rotterdam"]).nm[0, 1]
        assert sea_distances.sea_distance("Hamburg", "Rotterdam") == first
    finally:
        sea_network().graphs.clear()
    told = capsys.readouterr().err
    assert told.startswith("corridors: none.npz is missing: each distance by sea is searched")
    assert (told.count("\n"), "`make labels`" in told) == (1, True)
    assert missing_sea_labels() in told


def test_labels_that_are_there_are_no_news() -> None:
    assert missing_sea_labels() == ""
