"""Code blocks of the pages work: files load, commands are read, and `make test-long` runs all.

In the gate each command line is parsed, and those that search no route are run in the process;
`make docs-all` runs all, since a comparison takes seconds. Files and Python examples of
docs/reference/python.md and of the README run there too (tests/test_python.py).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.config.batch_files import load_batch
from corridors.config.corridors import load_corridors
from corridors.config.plan import load_plan
from corridors.config.projects import load_projects
from tests.batch.samples import CODE
from tests.docs.page_blocks import PAGES, ROOT, Block, all_blocks, blocks, parse, words

RUNNER, APP = CliRunner(), command_line()
SCENARIO = (ROOT / "configs/scenarios/shanghai-europe.yaml").read_text(encoding="utf-8")
NOT_RUN = re.compile(
    r"\.osm\.pbf|--place|--dask|\b(our|my)-(network|corridor|plan|investment)\b"
    r"|corridors (?:serve|mcp)\b"
)
"""Commands on files that a page names and does not show, on a cluster, or that need a network; and
the server, which goes on until it is stopped (tests/server and tests/browser start it)."""
QUICK = re.compile(
    r"corridors (list|new|schema|completion)\b|corridors check [\w./-]+\.yaml"
    r"|corridors batch .*--dry-run"
)
"""What is shipped is checked in tests/validation."""
PYTHON_ELSEWHERE = {ROOT / "README.md", ROOT / "docs/reference/python.md"}


def in_language(language: str) -> list[Block]:
    return [block for block in all_blocks() if block.language == language]


def commands_of(page: Path) -> list[str]:
    """Return the commands of a page in their order."""
    return [
        command
        for block in blocks(page)
        if block.language == "shell"
        for command in block.commands()
    ]


def shown(page: Path) -> set[str]:
    """Return the files that a page shows with a title."""
    return {block.title for block in blocks(page) if block.title}


def runs(page: Path, command: str) -> bool:
    """Return whether a command can run in the folder of its page."""
    return not NOT_RUN.search(command) or any(name in command for name in shown(page))


@pytest.mark.parametrize("block", in_language("shell"), ids=str)
def test_the_commands_of_a_block_can_be_read(block: Block) -> None:
    assert block.commands()
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for command in block.commands():
        if command.startswith("corridors "):
            parse(command)
        for target in re.findall(r"^make ([\w-]+)", command):
            assert re.search(rf"^{target}:", targets, re.MULTILINE), command
        for extra in re.findall(r"corridors\[(\w+)\]", command):
            assert extra in extras["project"]["optional-dependencies"], command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_command_line_is_in_a_block(page: Path) -> None:
    # Below a list an indented line is a paragraph of its last item.
    lines = page.read_text(encoding="utf-8").splitlines()
    for block in blocks(page):
        for number in range(block.line - 1, block.line + len(block.text.splitlines()) + 1):
            if number < len(lines):
                lines[number] = ""
    assert [line for line in lines if re.match(r" {4}(\$ )?(corridors|make|pip) ", line)] == []


@pytest.mark.parametrize("block", in_language("yaml"), ids=str)
def test_the_file_of_a_block_loads(block: Block, tmp_path: Path) -> None:
    # A page may show a file before one that it names.
    for other in blocks(block.page):
        if other.title:
            (tmp_path / other.title).write_text(other.text, encoding="utf-8")
    keys = yaml.safe_load(block.text)
    file = tmp_path / (block.title or f"{keys.get('id', 'example')}.yaml")
    (tmp_path / "pairs.csv").write_text("origin,destination\nShanghai,Genoa\n", encoding="utf-8")
    file.write_text(block.text, encoding="utf-8")
    if "main" in keys:
        assert load_corridors([str(file)])
    elif "cost_usd_m" in keys:
        assert load_projects([str(file)])
    elif "sweeps" in keys:
        assert load_batch(str(file)).name
    elif "services" in keys and "pairs" in keys:
        assert load_plan(str(file), command="design").services
    elif "budget_usd_m" in keys:
        named = [name for name in keys["projects"] if str(name) != "./my-project.yaml"]
        file.write_text(yaml.safe_dump(keys | {"projects": named}), encoding="utf-8")
        assert load_plan(str(file), command="invest").budget_usd_m
    elif "contracts" in keys:
        assert load_plan(str(file), command="book").contracts
    elif "pairs" in keys:
        assert load_plan(str(file)).pairs
    else:
        # A part of a scenario stands for the keys that it shows.
        for name in keys.get("own_data", ()):
            if not (tmp_path / name).exists():
                (tmp_path / name).mkdir()
                (tmp_path / name / "terminals.csv").write_text("id,name,country,lon,lat\n")
        file.write_text(yaml.safe_dump(yaml.safe_load(SCENARIO) | keys), encoding="utf-8")
        assert load_scenario(str(file)).origin


def is_quick(command: str) -> bool:
    """Return whether a command searches no route: it lists, checks, writes or counts."""
    return command.startswith("corridors ") and bool(QUICK.match(command))


QUICK_PAGES = [page for page in PAGES if any(map(is_quick, commands_of(page)))]


@pytest.mark.parametrize("page", QUICK_PAGES, ids=lambda page: page.stem)
def test_the_quick_commands_of_a_page_run_in_their_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")
    for command in commands_of(page):
        if is_quick(command) and runs(page, command):
            ended = RUNNER.invoke(APP, words(command))
            assert ended.exit_code == 0, f"{page}: {command}\n{ended.output}"


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run_in_their_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    # Files first: a page may run a command before it shows the file in full.
    found = list(blocks(page))
    for block in found:
        if block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")
    values: dict[str, object] = {}
    for block in found:
        if block.language == "python" and page not in PYTHON_ELSEWHERE:
            exec(compile(block.text, str(block), "exec"), values)
        if block.language != "shell":
            continue
        for command in block.commands():
            if command.startswith("corridors ") and runs(page, command):
                ran = subprocess.run(
                    [sys.executable, "-c", CODE, *words(command)],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                said = f"{block}: {command}\n{ran.stderr}"
                assert ran.returncode == 0 or "=-500" in command, said
