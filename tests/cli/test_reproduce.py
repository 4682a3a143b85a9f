"""How to reproduce a page is what was asked, whatever the options."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer

from corridors.cli.main import command_line as all_commands
from corridors.cli.publishing import command_line


def command(name: str) -> Any:
    return typer.main.get_command(all_commands([name])).commands[name]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "given",
    [
        "stress shanghai-europe --kinds gates --kinds borders --no-pairs",
        "diff shanghai-europe yiwu-madrid --corridor suez --corridor cape",
        "compare shanghai-europe --set origin=Ningbo --departure 2026-09-01 --speed best --months",
        "catchments shanghai-europe --to Milan --to 'Brest, FR' --in CH",
        "simulate shanghai-europe --draws 500 --by 2026-11-01",
        "season northern-sea-route --ice-class Arc7 --year 2012 --eastbound",
        "phase shanghai-europe --x fuel.vlsfo_usd_per_t --y value_of_time --cells 20",
        "invest moscow-kazan --time-limit 5.0",
        "book red-sea --set risk.weight=0.5 --time-limit 2.0",
        "design arctic --time-limit 3.0",
    ],
)
def test_every_option_that_was_given_is_said(given: str) -> None:
    name, *words = shlex.split(given)
    one = command(name)
    shown_only = ["--out", "folder", "--format", "csv"]
    with one.make_context(name, [*words, *shown_only]) as context:
        assert sorted(shlex.split(command_line(context))) == sorted(["corridors", name, *words])


def test_a_file_of_your_own_is_named_without_its_folder() -> None:
    words = ["shanghai-europe", "--own-data", "private/mine.csv", "--all"]
    with command("compare").make_context("compare", words) as context:
        assert command_line(context) == "corridors compare shanghai-europe --own-data mine.csv"
