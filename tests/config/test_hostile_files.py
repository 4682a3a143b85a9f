"""Hostile files are refused at once, with a message of one line."""

from __future__ import annotations

import io
import os
import time
from itertools import pairwise
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.config.faults import MAX_DEPTH, parse_yaml, read_yaml, scalar
from corridors.errors import ConfigError
from corridors.files import read_whole, standard_input

BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}, *{before}]\n" for before, name in pairwise("abcdefgh")
)

HOSTILE = {
    "empty": ("", "f.yaml:1: the file is empty; expected a mapping of keys to values"),
    "only a comment": (
        "# nothing\n",
        "f.yaml:1: the file is empty; expected a mapping of keys to values",
    ),
    "a list": ("\n- a\n", "f.yaml:2: not a mapping; expected `key: value` lines"),
    "a word": ("word", "f.yaml:1: not a mapping; expected `key: value` lines"),
    "not YAML": ("a: b\nc: [1, 2\n", "f.yaml:3: not YAML: did not find expected ',' or ']'"),
    "a tab": ("a:\n\tb: 1\n", "f.yaml:2: not YAML: found character that cannot start any token"),
    "a bomb": (BOMB, "f.yaml:2: alias '*a' is not allowed; write the value out"),
    "a Python tag": (
        "a: !!python/object/apply:os.system [ls]\n",
        "f.yaml:1: tag 'tag:yaml.org,2002:python/object/apply:os.system' is not allowed; "
        "write a plain value",
    ),
    "a tag of its own": ("a: !x 1\n", "f.yaml:1: tag '!x' is not allowed; write a plain value"),
    "deep flow": (f"a: {'[' * 500}", "f.yaml:1: nested deeper than 16 levels"),
    "deep blocks": ("- " * 100_000, "f.yaml:1: nested deeper than 16 levels"),
    "deep mappings": (
        "\n".join(f"{' ' * depth}a:" for depth in range(1000)),
        "f.yaml:18: nested deeper than 16 levels",
    ),
    "many values": (f"a: [{'x,' * 400_000}]", "f.yaml:1: more than 20,000 values"),
    "a long scalar": (
        f"a: {'x' * 900_000}",
        "f.yaml:1: a value of 900,000 characters; the limit is 4,000",
    ),
    "a long key": (
        f"? {'x' * 900_000}\n: 1",
        "f.yaml:1: a value of 900,000 characters; the limit is 4,000",
    ),
    "a key that is a list": ("? [a]\n: 1\n", "f.yaml:1: a key must be a word"),
    "two documents": ("a: 1\n---\nb: 2\n", "f.yaml:2: a second document; only one is allowed"),
    "a key given twice": (
        "a: 1\nb: 2\na: 3\n",
        "f.yaml:3: a: given twice (first on line 1); keep one",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, expected = HOSTILE[name]
    (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_yaml(tmp_path / "f.yaml", shown="f.yaml")
    assert caught.value.faults == (expected,)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"x" * 10_000_000, "f.yaml:1: 10,000,000 bytes; the limit is 1,000,000"),
        (b"a: 1\nb: \xff\xfe", "f.yaml:2: not UTF-8 text; save the file as UTF-8"),
        (b"\x7fELF\x00\x00", "f.yaml:1: not a text file: control character '\\x7f'"),
        (b"a: 1\nb: \x00", "f.yaml:2: not a text file: control character '\\x00'"),
    ],
    ids=["10 MB", "latin-1", "a program", "a null"],
)
def test_bytes_that_are_no_text_are_refused(content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_yaml(tmp_path / "f.yaml", shown="f.yaml")
    assert caught.value.faults == (expected,)


def test_a_folder_a_pipe_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, expected in (
        (".", "f: not a file"),
        ("pipe", "f: not a file"),
        ("none", "f: cannot be read: No such file or directory"),
        ("x" * 300, "f: cannot be read: File name too long"),
    ):
        with pytest.raises(ConfigError) as caught:
            read_yaml(tmp_path / name, shown="f")
        assert caught.value.faults == (expected,)


def test_a_long_word_that_begins_as_a_number_is_read_at_once() -> None:
    # A pattern that tried every way to part the digits took 86 s for a file of such keys.
    words = ["9" * 20_000 + "x", "9." * 20_000, "1e" * 20_000, "+" + "9" * 20_000 + "e1x"]
    began = time.process_time()
    assert [scalar(word) for word in words] == words
    assert time.process_time() - began < 0.2


def test_standard_input_is_a_file_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for content, told in (
        (b"origin: [\n", "-:2: "),
        (b"x" * 1_000_001, "-:1: more than 1,000,000 bytes, which is the limit"),
    ):
        standard_input.cache_clear()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        for _ in range(2):  # some commands read a file twice
            with pytest.raises(ConfigError) as caught:
                load_scenario("-")
            assert caught.value.faults[0].startswith(told)
    standard_input.cache_clear()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_file_of_the_system_without_a_size_is_not_read() -> None:
    # Such a file says that it holds nothing; some of them wait for what never comes.
    assert read_whole(Path("/proc/self/status"), shown="f", most=9) == b""


def test_nesting_that_the_parser_itself_refuses_is_one_line() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(f"a: {'[' * 100_000}", shown="f")
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith("f:1: ")


def test_all_keys_given_twice_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml("a: 1\na: 2\nb: {c: 1, c: 2}\n", shown="f")
    assert caught.value.faults == (
        "f:2: a: given twice (first on line 1); keep one",
        "f:3: c: given twice (first on line 3); keep one",
    )


def test_plain_scalars_follow_yaml_1_2() -> None:
    texts = ("NO", "yes", "12:30", "1_000", "2026-08-20", "true", "~", "-7", "1e3", ".5", "0x10")
    values = ["NO", "yes", "12:30", "1_000", "2026-08-20", True, None, -7, 1000.0, 0.5, "0x10"]
    assert [scalar(text) for text in texts] == values


def test_a_quoted_number_stays_text() -> None:
    node = parse_yaml("a: '12'\nb: \"~\"\n", shown="f")
    assert node is not None
    assert node.plain == {"a": "12", "b": "~"}


def test_nesting_to_the_limit_is_read() -> None:
    depth = MAX_DEPTH - 1
    node = parse_yaml(f"a: {'[' * depth}1{']' * depth}", shown="f")
    assert node is not None


@pytest.mark.parametrize(
    "written",
    [
        "|\n  Tea\n\n  Recommended: none\n",
        '"Tea\\n\\tRecommended: none"',
        "'Tea\n\n  Recommended: none'",
    ],
)
def test_a_name_has_no_line_of_its_own(written: str) -> None:
    node = parse_yaml(f"name: {written}", shown="f.yaml")
    assert node is not None
    assert (node.items or {})["name"].value == "Tea Recommended: none"


@pytest.mark.parametrize("mark", ["\u061c", "\u200e", "\u200f", "\u202e", "\u2066", "\U000e0041"])
def test_a_mark_of_direction_or_a_hidden_letter_is_refused(mark: str) -> None:
    for text in (f"name: Tea{mark}", f'name: "Tea{mark}"', f"? Tea{mark}\n: 1"):
        with pytest.raises(ConfigError, match="cannot be printed"):
            parse_yaml(text, shown="f.yaml")
