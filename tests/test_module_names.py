"""A module's name says which module it is: no two share one unless they do the same thing."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "corridors"

USE_CASE = "the command, and the use case that it parses for and prints"
FILE = "the value, and the model of its configuration file"
TABLE = "a table, and how a terminal prints one"
SCHEMA = "the command, and the JSON Schema that it writes"

ROOM = ("question", "run", "result", "page")
"""The files of a study, which have the same names in each room."""

SAME_THING = {
    "gallery": ({"cli", "studies"}, USE_CASE),
    **dict.fromkeys(
        ("plan", "scenario"),
        ({"config", "domain"}, FILE),
    ),
    "answer": ({"domain", "output"}, "what is said first: its value, and its making"),
    "checks": ({".", "config"}, "what is refused: files that were read, the keys of one"),
    "schema": ({"cli", "config"}, SCHEMA),
    "tables": ({"cli", "output"}, TABLE),
    "workers": ({"server", "studies/batch"}, "processes that answer beside one another"),
}
"""The folders in which a name is used twice, and what its two modules have in common."""


def folders_by_name(package: Path) -> dict[str, set[str]]:
    """Return the folders that hold a module of each name used more than once."""
    folders: dict[str, set[str]] = defaultdict(set)
    for path in package.rglob("*.py"):
        room = path.parent.parent.name == "studies" and path.stem in ROOM
        if path.name != "__init__.py" and not room:
            folders[path.stem].add(path.parent.relative_to(package).as_posix())
    return {name: found for name, found in folders.items() if len(found) > 1}


def test_a_name_used_twice_is_the_same_thing_on_two_levels() -> None:
    allowed = {name: folders for name, (folders, _) in SAME_THING.items()}
    assert folders_by_name(PACKAGE) == allowed


@pytest.mark.parametrize("name", ["search", "compare"])
def test_a_second_module_of_a_name_is_found(tmp_path: Path, name: str) -> None:
    for folder in ("routing", "network/sea"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "routing" / f"{name}.py").touch()
    assert folders_by_name(tmp_path) == {}
    (tmp_path / "network/sea" / f"{name}.py").touch()
    assert folders_by_name(tmp_path) == {name: {"routing", "network/sea"}}
