"""Tables and sentences fit a terminal without a cut word; what goes to a program is whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.cli.tables import GUTTER, LONGEST_WORD, print_table, wrapped

APP = command_line()
WORD = st.text("abcdefgh", min_size=1, max_size=LONGEST_WORD)
TEXT = st.lists(WORD, min_size=1, max_size=12).map(" ".join)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": WORD, "note": TEXT, "USD_per_TEU": st.integers(0, 99_999), "way": TEXT}
    ),
    min_size=1,
    max_size=6,
)
COLUMNS = ("id", "note", "USD_per_TEU", "way")


def shown(asked: list[str], width: int | None) -> list[str]:
    env = {} if width is None else {"CORRIDORS_WIDTH": str(width)}
    return CliRunner(env=env).invoke(APP, asked).stdout.splitlines()


@given(ROWS, st.integers(40, 160))
def test_no_table_is_wider_than_the_terminal_and_no_word_is_cut(
    rows: list[dict[str, object]], width: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORRIDORS_WIDTH", str(width))
        lines: list[str] = []
        patch.setattr("corridors.cli.tables.typer.echo", lambda text, err=False: lines.append(text))
        print_table(rows, columns=COLUMNS)
    text = "\n".join(lines)
    assert max(map(len, text.splitlines())) <= width
    left_out = re.search(r"Not shown at this width: (.*)\.", text.replace("\n", " "))
    missing = left_out[1].split(", ") if left_out else []
    words = text.split()
    for row in rows:
        for column in COLUMNS:
            if column.replace("_", " ") not in missing:
                assert {*str(row[column]).split()} <= {*words}
    # The first column is always there.
    assert "id" not in missing


def test_a_narrow_terminal_keeps_what_is_most_important(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # 10 + 2 + 10 + 2 + 10 = 34 do not fit into 40 with a fourth of 10.
    rows = [{"a": "x" * 10, "low": "y" * 10, "high": "z" * 10, "b": "w" * 10}]
    monkeypatch.setenv("CORRIDORS_WIDTH", "40")
    print_table(rows, columns=("a", "low", "high", "b"), spare=(("low", "high"),))
    # A low without its high says nothing: both go, though one would fit.
    head, *_ = capsys.readouterr().out.splitlines()[1:]
    assert head.split() == ["a", "b"]
    print_table(rows, columns=("a", "low", "high", "b"), spare=("b",))
    head, *_ = capsys.readouterr().out.splitlines()[1:]
    assert head.split() == ["a", "low", "high"]
    assert len("a") + GUTTER <= 40


def test_a_long_id_is_broken_behind_its_own_marks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIDORS_WIDTH", "40")
    name = "pl-malaszewicze@rail/eu-1435>rail/express-1520"
    print_table([{"scope": name, "value": 4.25}], columns=("scope", "value"))
    printed = capsys.readouterr().out.splitlines()
    assert max(map(len, printed)) <= 40
    lines = [line.split()[0] for line in printed[3:] if line.strip()]
    assert "".join(lines) == name
    assert all(line[-1] in "@>/-" for line in lines[:-1])


def test_what_a_desk_needs_is_broken_before_it_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"id": "northern-sea-route-deep", "USD": 12345, "sails": "14 a season", "way": "x" * 9}
    spare = ("way", "sails")
    for slim, kept in (((), ["id", "USD"]), (("sails",), ["id", "USD", "sails"])):
        monkeypatch.setenv("CORRIDORS_WIDTH", "40")
        print_table([row], columns=tuple(row), spare=spare, slim=slim)
        head, *_ = capsys.readouterr().out.splitlines()[1:]
        assert head.split() == kept, slim
    # Nothing is broken for what is less important.
    monkeypatch.setenv("CORRIDORS_WIDTH", "50")
    print_table([row], columns=tuple(row), spare=spare, slim=("sails",))
    assert "northern-sea-route-deep" in capsys.readouterr().out


def test_sentences_are_broken_at_spaces_only() -> None:
    text = "Take kazakhstan-moscow-kazan: it is the cheapest"
    assert wrapped(text, 20) == "Take\nkazakhstan-moscow-kazan:\nit is the cheapest"
    assert wrapped(text, None) == text


@pytest.mark.parametrize(
    "asked",
    [
        *(["list", what] for what in ("corridors", "terminals", "gates", "parameters", "sources")),
        ["compare", "shanghai-europe", "--set", "corridors=[suez,cape,kazakhstan-moscow-kazan]"],
        ["distances", "Shanghai", "Rotterdam", "--gates"],
        ["--help"],
        ["compare", "--help"],
    ],
    ids=" ".join,
)
def test_commands_fit_80_columns_and_are_whole_elsewhere(asked: list[str]) -> None:
    narrow, whole = shown(asked, 80), shown(asked, None)
    assert max(map(len, narrow)) <= 80
    assert "…" not in "".join(narrow)
    assert not any("Not shown" in line for line in whole)
    # Of what is piped, nothing hangs on the window.
    assert shown(asked, None) == whole


@pytest.mark.long
def test_wider_terminals_show_more() -> None:
    asked = ["compare", "shanghai-europe", "--all", "--set", "corridors=[suez,cape]"]
    heads = []
    for width in (60, 100, 220):
        text = " ".join(shown(asked, width))
        missing = re.search(r"Not shown at this width: (.*?)\.", text)
        heads.append(len(missing[1].split(", ")) if missing else 0)
    assert heads == sorted(heads, reverse=True)
    assert heads[0] > heads[-1] == 0


def test_80_columns_say_who_sails_beside_a_limit_and_a_price() -> None:
    values = ["limits.max_days=40", "world=current"]
    values += ["corridors=[cape,kazakhstan-moscow-kazan]"]
    asked = ["compare", "shanghai-europe", *(word for value in values for word in ("--set", value))]
    text = "\n".join(shown(asked, 80))
    assert all(head in text for head in ("USD/40'", "on board", "gate-gate", "sails"))
    assert "Over a limit: Cape of Good Hope." in text
