"""How long it takes to read the tables, and to refuse what a stranger wrote."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config.faults import read_yaml
from corridors.data.parameters import load_parameters, load_sources
from corridors.errors import ConfigError
from tests.cli.test_bad_input import BAD_SCENARIOS
from tests.config.test_hostile_files import HOSTILE

pytestmark = pytest.mark.benchmark
SECONDS = 5.0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_at_once(name: str, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(HOSTILE[name][0], encoding="utf-8")
    start = time.perf_counter()
    with pytest.raises(ConfigError):
        read_yaml(tmp_path / "f.yaml", shown="f.yaml")
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize("name", BAD_SCENARIOS)
@pytest.mark.parametrize("command", ["check", "compare"])
def test_a_bad_scenario_is_refused_at_once(command: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(BAD_SCENARIOS[name][0], encoding="utf-8")
    start = time.perf_counter()
    assert CliRunner().invoke(command_line(), [command, str(tmp_path / "s.yaml")]).exit_code
    assert time.perf_counter() - start < SECONDS


def test_the_table_is_read_quickly() -> None:
    start = time.perf_counter()
    load_parameters()
    load_sources()
    assert time.perf_counter() - start < 0.25  # 0.005 s measured
