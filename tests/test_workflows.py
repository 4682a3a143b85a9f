"""The hosted checks: pinned, with few rights, for every Python that the project names."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_to_a_commit_and_keep_no_credentials(path: Path) -> None:
    used = [step for step in steps(path) if "uses" in step]
    assert used
    for step in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_may_only_read_unless_it_publishes(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions") for name, job in workflow["jobs"].items()}
    given = {name: right for name, right in rights.items() if right is not None}
    assert given == ({"publish": {"id-token": "write"}} if path.stem == "release" else {})


def test_the_checks_run_the_gate_and_the_wheel_in_every_python_that_is_named() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "checks.yml")["jobs"]
    assert any(step.get("run") == ".ci/run" for step in jobs["gate"]["steps"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [line.split(":: ")[-1] for line in project["classifiers"] if ":: 3." in line]
    assert jobs["wheel"]["strategy"]["matrix"]["python"] == named


def test_make_targets_of_the_workflows_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in WORKFLOWS:
        for step in steps(path):
            assert set(re.findall(r"^make ([\w-]+)", step.get("run", ""))) <= targets
