"""The README and the pages of docs/ name what a user can ask for, and hold together."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.version import Version

from corridors.cli.main import EVERY
from corridors.config import load_scenario
from corridors.config.corridors import load_corridors
from corridors.config.plan import load_plan
from corridors.config.projects import load_projects
from corridors.data.paths import configs_dir
from corridors.domain.objective import Objective
from corridors.version import __version__

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("**/*.md"))]
BESIDE = [ROOT / name for name in ("CHANGELOG.md", "SECURITY.md", "geodata/README.md")]
COMMAND_NAMES = EVERY
README_BYTES = 8_192


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """Return a page on one line, so that a phrase is found across a line break."""
    return " ".join(text_of(page).split())


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def shipped(kind: str) -> list[str]:
    return sorted(path.stem for path in (configs_dir() / kind).glob("*.yaml"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text_of(page), re.DOTALL)


@pytest.mark.parametrize("kind", ["corridors", "scenarios", "batches", "plans", "projects"])
def test_there_is_something_of_each_kind_to_name(kind: str) -> None:
    assert shipped(kind)


@pytest.mark.parametrize("command", COMMAND_NAMES)
def test_the_section_of_each_command_says_what_it_does_and_shows_an_example(command: str) -> None:
    sections = re.split(r"^## ", text_of(DOCS / "reference/commands.md"), flags=re.MULTILINE)
    section = next(part for part in sections if part.startswith(f"{command}\n"))
    assert re.search(rf"^    corridors {command}\b", section, re.MULTILINE)
    assert f"**`{command}`**" in section


@pytest.mark.parametrize(
    "name",
    [
        name
        for kind in ("corridors", "scenarios", "batches", "plans", "projects")
        for name in shipped(kind)
    ],
)
def test_a_table_names_each_corridor_scenario_batch_plan_and_project(name: str) -> None:
    assert f"| `{name}` |" in text_of(DOCS / "reference/corridors.md")


def test_the_page_of_corridors_says_which_ones_all_stands_for() -> None:
    before, _, after = text_of(DOCS / "reference/corridors.md").partition("Compared only if")
    default = {corridor.id for corridor in load_corridors("all")}
    for name in shipped("corridors"):
        assert f"| `{name}` |" in (before if name in default else after)


@pytest.mark.parametrize("name", [str(objective) for objective in Objective])
def test_a_page_explains_each_objective(name: str) -> None:
    assert f"- `{name}`: " in text_of(DOCS / "reference/scenario-files.md")


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=named)
def test_links_and_pictures_of_a_page_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", text_of(page))
    for link in links:
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", sorted(DOCS.glob("**/*.md")), ids=named)
def test_the_list_of_pages_names_each(page: Path) -> None:
    assert page == DOCS / "index.md" or f"({page.relative_to(DOCS)})" in text_of(DOCS / "index.md")


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    text = text_of(README)
    assert len(text.encode()) < README_BYTES
    assert re.search(r"^    make run\b", text, re.MULTILINE)
    assert re.search(r"^    make test\b", text, re.MULTILINE)


@pytest.mark.parametrize("page", [README, DOCS / "reference/scenario-files.md"], ids=named)
def test_the_scenario_of_a_page_loads(page: Path, tmp_path: Path) -> None:
    file = tmp_path / "my-scenario.yaml"
    file.write_text(blocks(page, "yaml")[0], encoding="utf-8")
    assert load_scenario(file).name == "Shanghai to Hamburg, electronics"


def test_the_corridor_plan_and_project_of_a_page_load(tmp_path: Path) -> None:
    corridor, plan, project = (
        blocks(DOCS / "how-to/corridor-files.md", "yaml")[0],
        blocks(DOCS / "how-to/plans.md", "yaml")[0],
        blocks(DOCS / "how-to/plans.md", "yaml")[-1],
    )
    for name, block in (("kaliningrad", corridor), ("khorgos-second-terminal", project)):
        (tmp_path / f"{name}.yaml").write_text(block, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    assert load_corridors([str(tmp_path / "kaliningrad.yaml")])[0].title
    assert load_projects([str(tmp_path / "khorgos-second-terminal.yaml")])[0].title
    assert len(load_plan(tmp_path / "plan.yaml").pairs) == 2


def test_the_citation_gives_the_last_release_and_the_package_is_that_or_comes_after() -> None:
    cited = yaml.safe_load(text_of(ROOT / "CITATION.cff"))["version"]
    released = re.search(r"^## \[(\d\S+)\]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert released is not None
    assert released[1] == cited
    here = Version(__version__)
    assert here.is_devrelease == ("## [Unreleased]" in text_of(ROOT / "CHANGELOG.md"))
    assert here > Version(cited) if here.is_devrelease else here == Version(cited)


# Phrases that read as translated; the style guide says what to write instead.
AVOIDED = (
    *("anew", "by what?", "is told", "are told", "told whole", "tell one corridor whole"),
    *("tells whether", "tells what", "tells every", "tells how", "tells why", "of one's own"),
    *("its own door", "one option whole", "holds the decision", "may be as right"),
    *("pays for itself by them", "what limits are worth", "would have to move"),
    *("that none beats", "where left out", "the way round"),
    *("whoever", "binding limit", "binding capacity", "shake the head"),
)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_reads_as_translated(page: Path) -> None:
    words = re.compile(rf"\b({'|'.join(map(re.escape, AVOIDED))})(?!\w)", re.IGNORECASE)
    assert words.findall(prose_of(page)) == []


def test_each_page_that_a_file_names_exists() -> None:
    # Docstrings, sources and the Makefile name pages by their path in the checkout.
    listed = subprocess.run(
        ["git", "ls-files", "corridors", "validation", "tests", "configs", "Makefile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    named_pages = {
        (file, page)
        for file in listed
        if (ROOT / file).suffix in ("", ".py", ".yaml")
        for page in re.findall(r"docs/[a-z/-]+\.md\b", text_of(ROOT / file))
    }
    assert {one for one in named_pages if not (ROOT / one[1]).exists()} == set()
