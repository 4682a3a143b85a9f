"""A study declares its options once; a package that is installed may add one."""

from __future__ import annotations

import json
import re
from inspect import Parameter, signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

import corridors
from corridors.cli.main import command_line
from corridors.errors import OptionError
from corridors.progress import quiet
from corridors.server.described import answer_of, body_of, served_studies
from corridors.studies.session import Session
from corridors.studies.study import Study, every_study, meanings_of, room_names, study_named

QUESTION = '''\
"""How many letters the places of a question have."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.output.store import as_text
from corridors.studies.result_base import Files, Terminal, Written
from corridors.studies.session import Session
from corridors.studies.study import Option, Study


@dataclass(frozen=True, kw_only=True, repr=False)
class Letters(Written):
    """A count."""

    _more = ".count"

    count: int

    def show(self, terminal: Terminal) -> None:
        terminal.rows([{"letters": self.count}], columns=("letters",))

    def _texts(self) -> list[str]:
        return [f"{self.count} letters"]

    def _files(self, *, command: str = "") -> Files:
        return {
            "letters.json": lambda: as_text({"letters": self.count, "command": command}),
            "letters.csv": lambda: f"letters\\n{self.count}\\n",
        }


def letters(session: Session, word: str = "Suez", *, times: int = 1) -> Letters:
    """Count the letters of a word.

    Parameters
    ----------
    word
        Any word.
    times
        How often it is counted, 1 to 9.
    """
    return Letters(count=len(word) * times)


STUDY = Study(
    ask=letters,
    example="corridors letters Suez",
    outputs=("letters.json", "letters.csv"),
    options={"word": Option(argument=True), "times": Option(least=1, most=9, most_served=3)},
    streams=False,
)
'''
METADATA = "Metadata-Version: 2.1\nName: letters\nVersion: 1.0\n"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder with a package that adds the study `letters`."""
    (tmp_path / "letters_study.py").write_text(QUESTION, encoding="utf-8")
    info = tmp_path / "letters-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA, encoding="utf-8")
    points = "[corridors.studies]\nletters = letters_study:STUDY\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    return tmp_path


def test_an_installed_package_adds_a_command_a_function_and_an_address(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(installed)
    monkeypatch.chdir(installed)
    command, runner = command_line(["letters"]), CliRunner()
    words = ["letters", "Kiel", "--times", "2", "--format", "json", "--out", "out"]
    printed = runner.invoke(command, words).stdout
    assert json.loads(printed) == {"letters": 8, "command": "corridors letters Kiel --times 2"}
    assert (installed / "out" / "letters.csv").read_text() == "letters\n8\n"
    refused = runner.invoke(command, ["letters", "--times", "10"])
    assert str(refused.exception) == "--times must be from 1 to 9, got 10"
    assert "Count the letters of a word." in runner.invoke(command, ["letters", "--help"]).stdout

    made: Any = corridors.Session()
    assert made.letters("Kiel", times=2).count == 8
    assert corridors.letters("Bosporus").count == 8  # type: ignore[attr-defined]
    with pytest.raises(OptionError, match="times must be from 1 to 9, got 0"):
        made.letters(times=0)
    with pytest.raises(AttributeError, match="no study 'leters'"):
        made.leters()

    study = served_studies()["letters"]
    body: Any = body_of(study)
    with pytest.raises(ValidationError):
        body(times=4)
    answers: Any = SimpleNamespace(session=Session())
    reply = answer_of(study)(answers, body(word="Kiel", times=3).model_dump(), quiet)
    assert json.loads(reply.body) == {"letters": 12, "command": ""}


def test_a_point_that_names_no_study_is_refused(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = "[corridors.studies]\nother = letters_study:STUDY\n"
    (installed / "letters-1.0.dist-info" / "entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.syspath_prepend(installed)
    with pytest.raises(corridors.CorridorsError, match="which is no Study called other"):
        study_named("other")
    assert study_named("nothing") is None


STUDIES = every_study()


@pytest.mark.parametrize("name", STUDIES)
def test_every_option_has_a_meaning_and_its_bounds_are_said(name: str) -> None:
    study = STUDIES[name]
    assert name in room_names()
    assert study.example.startswith(f"corridors {name} ")
    for one in (*study.asked, *study.asked_over):
        assert one.meaning.endswith("."), one.name
        for bound in (one.more.least, one.more.most):
            if bound is not None and one.more.most is not None and bound > 1:
                assert f"{bound:,}" in one.meaning, (one.name, bound)
    # Nothing is declared of an option that there is not.
    known = {one.name for one in (*study.asked, *study.asked_over)}
    of_python = {option for option, more in study.options.items() if more.of_python}
    assert of_python <= set(signature(study.ask).parameters) - known
    assert set(study.options) <= known | of_python


@pytest.mark.parametrize("name", [name for name, one in STUDIES.items() if one.is_served])
def test_a_server_takes_the_options_of_python_within_its_bounds(name: str) -> None:
    study = STUDIES[name]
    body: Any = body_of(study)
    usual: dict[str, Any] = {"scenario": {}} if study.takes_scenario else {}
    for one in study.asked:
        member, most = one.more.member or one.name, one.more.most_served
        assert member in body.model_fields
        if most is not None:
            over: Any = most + 1 if one.kind in ("int", "float") else ["x"] * (most + 1)
            with pytest.raises(ValidationError):
                body(**usual, **{member: over})


def test_the_signatures_of_python_are_those_of_the_questions() -> None:
    for name, study in STUDIES.items():
        stated = list(signature(study.ask).parameters.values())[1:]
        given = signature(getattr(corridors, name)).parameters
        for one in stated:
            if one.kind is not Parameter.VAR_KEYWORD:
                assert given[one.name].default == one.default, (name, one.name)


def test_the_meaning_of_a_parameter_is_read_from_a_docstring() -> None:
    text = """Do it.

    Parameters
    ----------
    a, b
        One of
        two.
    c
        Three.

    Returns
    -------
    d
        Four.
    """
    cleaned = re.sub(r"^    ", "", text, flags=re.MULTILINE)
    assert meanings_of(cleaned) == {"a": "One of two.", "b": "One of two.", "c": "Three."}


def test_a_fault_names_what_each_face_calls_an_option() -> None:
    study: Study = STUDIES["simulate"]
    with pytest.raises(OptionError) as error:
        study.check({"count": 0})
    assert str(error.value) == "count must be from 1 to 30,000, got 0"
    assert error.value.key == "count"
    assert str(error.value.naming(study.flag_of)) == "--draws must be from 1 to 30,000, got 0"
