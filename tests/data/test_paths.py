"""A shipped file is read once, and again after a change."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corridors.data.columns import read_rows
from corridors.data.paths import MOST_KEPT, cached_while_unchanged, data_root, one_look, shipped
from corridors.errors import GeodataError


def test_a_file_is_read_again_only_after_a_change(tmp_path: Path) -> None:
    read: list[Path] = []

    @cached_while_unchanged
    def names(path: Path) -> tuple[str, ...]:
        read.append(path)
        return tuple(row["id"] for row in read_rows(path))

    table = tmp_path / "table.csv"
    table.write_text("id\na\n", encoding="utf-8")
    assert names(table) == names(table) == ("a",)
    assert len(read) == 1
    table.write_text("id\nb\nc\n", encoding="utf-8")
    assert names(table) == ("b", "c")
    # The same size: the time of modification tells.
    table.write_text("id\nd\ne\n", encoding="utf-8")
    os.utime(table, ns=(1, 1))
    assert names(table) == ("d", "e")
    assert len(read) == 3


def test_an_answer_is_of_the_files_as_they_were_when_first_looked_at(tmp_path: Path) -> None:
    @cached_while_unchanged
    def text(path: Path) -> str:
        return path.read_text(encoding="utf-8")

    table = tmp_path / "table.csv"

    @one_look()
    def asked() -> str:
        table.write_text("changed", encoding="utf-8")
        return text(table)

    with one_look():
        with pytest.raises(FileNotFoundError):
            text(table)
        table.write_text("first", encoding="utf-8")
        assert text(table) == "first"
        assert asked() == "first"
        # Another thread looks for itself.
        with ThreadPoolExecutor(1) as other:
            assert other.submit(text, table).result() == "changed"
    assert text(table) == "changed"


def test_a_folder_is_read_again_when_a_file_of_it_changes(tmp_path: Path) -> None:
    @cached_while_unchanged
    def sizes(folder: Path) -> tuple[int, ...]:
        return tuple(sorted(path.stat().st_size for path in folder.iterdir()))

    (tmp_path / "one").write_text("1", encoding="utf-8")
    assert sizes(tmp_path) == (1,)
    (tmp_path / "two").write_text("22", encoding="utf-8")
    assert sizes(tmp_path) == (1, 2)


def test_each_file_of_a_name_is_read_by_itself(tmp_path: Path) -> None:
    @shipped(lambda: tmp_path / "shipped", "table.csv")
    def names(path: Path) -> tuple[str, ...]:
        return tuple(row["id"] for row in read_rows(path))

    for folder in ("shipped", "own"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "table.csv").write_text(f"id\n{folder}\n", encoding="utf-8")
    assert names() == ("shipped",)
    assert names(tmp_path / "own") == ("own",)
    assert names() is names()


def test_a_reader_keeps_a_bounded_number_of_files(tmp_path: Path) -> None:
    read: list[Path] = []

    @cached_while_unchanged
    def text(path: Path) -> str:
        read.append(path)
        return path.read_text(encoding="utf-8")

    files = [tmp_path / f"{number}.txt" for number in range(MOST_KEPT + 1)]
    for file in files:
        file.write_text("x", encoding="utf-8")
        text(file)
    text(files[-1])
    assert read == files
    text(files[0])
    assert read == [*files, files[0]]


def test_the_root_of_the_data_is_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = data_root()
    for name in ("one", "two"):
        (tmp_path / name / "parameters").mkdir(parents=True)
        monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path / name))
        assert data_root() == tmp_path / name
    monkeypatch.delenv("CORRIDORS_DATA")
    assert data_root() == usual


def test_a_missing_file_is_reported_each_time(tmp_path: Path) -> None:
    @cached_while_unchanged
    def names(path: Path) -> tuple[str, ...]:
        return tuple(row["id"] for row in read_rows(path))

    for _ in range(2):
        with pytest.raises(GeodataError, match=r"gone\.csv: cannot be read"):
            names(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"id,km\na,12", "table.csv: cut off, its last line has no end"),
        (b"", "table.csv: cut off, its last line has no end"),
        (b"id,km\n\xff,12\n", "table.csv: damaged, byte 6 is no UTF-8"),
        (b"id,km\na,1z\n", "table.csv: damaged .*1z.*: install the package again"),
        (b'id,km\n"' + b"a" * 200_000 + b"\n", "table.csv: damaged .*field larger"),
    ],
    ids=["cut in a row", "empty", "no UTF-8", "no number", "a quote without an end"],
)
def test_a_damaged_table_is_named(content: bytes, fault: str, tmp_path: Path) -> None:
    @shipped(lambda: tmp_path, "table.csv")
    def lengths(path: Path) -> tuple[float, ...]:
        return tuple(float(row["km"]) for row in read_rows(path))

    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(GeodataError, match=fault):
        lengths()
