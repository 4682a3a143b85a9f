"""The examples of the docstrings run, and every question has one."""

from __future__ import annotations

import doctest

import pytest

import corridors
from corridors.api import functions

EXAMPLES = [
    found
    for found in doctest.DocTestFinder(recurse=True).find(
        functions.Session, "Session", module=False, extraglobs={"corridors": corridors}
    )
    if found.examples
]
QUESTIONS = [name for name in corridors.__all__ if name in vars(functions.Session)]
WITHOUT = {"book", "design", "invest", "validate"}
"""Questions that take too long for an example in the gate; docs/reference/python.md has one."""


@pytest.mark.first_case
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_example_of_a_docstring_runs(example: doctest.DocTest) -> None:
    told: list[str] = []
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.DocTestRunner(optionflags=options).run(example, out=told.append)
    assert not result.failed, "".join(told)


def test_every_question_has_an_example_and_is_a_function_too() -> None:
    shown = {example.name.removeprefix("Session.") for example in EXAMPLES}
    assert set(QUESTIONS) - shown == WITHOUT
    assert {name for name in vars(functions.Session) if not name.startswith("_")} == set(QUESTIONS)
    for name in QUESTIONS:
        assert getattr(corridors, name).__doc__ == getattr(functions.Session, name).__doc__
