"""The README or a page of docs/ names what a user can ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corridors.cli.main import COMMANDS
from corridors.data.paths import configs_dir
from corridors.domain.scenario import Objective

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def shipped(kind: str) -> list[str]:
    return sorted(path.stem for path in (configs_dir() / kind).glob("*.yaml"))


def test_there_are_corridors_and_scenarios_to_name() -> None:
    assert shipped("corridors")
    assert shipped("scenarios")


@pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
def test_docs_show_an_example_of_each_command(command: str) -> None:
    assert re.search(rf"^    corridors {command}\b", TEXT, re.MULTILINE)
    assert f"**`{command}`**" in TEXT


@pytest.mark.parametrize(
    "name", [*map(str, Objective), *shipped("corridors"), *shipped("scenarios")]
)
def test_docs_name_each_objective_corridor_and_scenario(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "geodata/README.md"])
def test_links_and_pictures_of_a_page_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
