"""What the program says has names for what has one: no id of a corridor, border or gate."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.cli.tables import width_of
from corridors.config import load_corridors
from corridors.data.geodata import load_gates

APP = command_line()
# Words of the trade or English that are also ids, and names of options in a hint.
ALSO_WORDS = {"cape", "suez", "panama", "lena", "yenisei", "brest", "instc", "caspian", "piraeus"}
CORRIDORS = {one.id for one in load_corridors("shipped")} - ALSO_WORDS - {"kaliningrad", "other"}
BORDER = re.compile(r"\b[A-Z]{2}-[A-Z]{2}\b")
# Nobody outside says these.
JARGON = re.compile(r"\b(binding|non-dominated|severs|headhaul|bounds of carriage)\b")


def sentences(asked: list[str]) -> str:
    """Return what a command prints below its tables, without the names of sources in brackets."""
    printed = CliRunner().invoke(APP, asked).stdout
    kept, in_table = [], False
    for line in printed.splitlines():
        if line.startswith("─"):
            in_table = True
        elif not line.strip():
            in_table = False
        elif not in_table:
            kept.append(re.sub(r"\([^()]*; [a-z0-9-]+\)$", "", line))
    return "\n".join(kept)


@pytest.mark.first_case
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(["compare", "shanghai-europe"], marks=pytest.mark.long),
        [
            *("compare", "shanghai-europe", "--departure", "2027-02-10"),
            *("--set", "limits.max_days=30"),
            *("--set", "corridors=[suez, northern-sea-route, kazakhstan-dostyk, other]"),
        ],
        ["compare", "yiwu-madrid", "--set", "world=current", "--set", "price_basis=price"],
        ["route", "Ningbo", "Munich"],
        ["explain", "vostochny-warsaw", "trans-siberian"],
    ],
    ids=" ".join,
)
def test_sentences_have_names_where_there_are_any(asked: list[str]) -> None:
    text = sentences(asked)
    assert len(text) > 200
    heads = {"corridor", "passes"}
    words = {*re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", text)} - heads
    assert words & CORRIDORS == set()
    assert words & {gate.id for gate in load_gates()} == set()
    assert BORDER.findall(text) == []
    assert JARGON.findall(text) == []


def test_a_pipe_has_no_width() -> None:
    import io

    assert width_of(io.StringIO()) is None
