"""Commands in a folder that somebody else filled: nothing in it is run or read unasked."""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from corridors.cached_code import others_may_write
from corridors.cli.main import EVERY
from corridors.optimise.highs_process import HighsProcess
from tests.optimise.designs import Choice, Column, DesignProgram, Room, choose_services
from validation.campaigns.kills import BOXES

# What shadows a module says its name, and is none.
TRAP = "open({mark!r}, 'a').write(__name__ + '\\n')\nraise ImportError('a trap')\n"
LIBRARIES = (
    *("corridors", "folium", "matplotlib", "numba", "numpy", "ortools", "pandas", "pyarrow"),
    *("scipy", "shapely", "sitecustomize", "usercustomize", "uvicorn", "xlsxwriter", "yaml"),
)
SETTINGS = (".numba_config.yaml", "matplotlibrc", "pyvenv.cfg", "setup.cfg")
SCENARIO = """\
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
corridors: [cape, kazakhstan-dostyk]
"""
BATCH = "base: scenario.yaml\nsweeps: {world: [reference-open, red-sea-closed]}\n"
ARGUMENTS = {
    "compare": "scenario.yaml --out out",
    "catchments": "scenario.yaml --in PL",
    "route": "Ningbo Hamburg --corridor cape",
    "distances": "Shanghai Rotterdam",
    "diff": "scenario.yaml scenario.yaml --corridor cape",
    "explain": "scenario.yaml cape",
    "season": "northern-sea-route --year 2024",
    "simulate": "scenario.yaml --draws 64",
    "breakeven": "scenario.yaml --over fuel.vlsfo_usd_per_t",
    "phase": "scenario.yaml --x fuel.vlsfo_usd_per_t --y value_of_time --cells 2",
    "stress": "scenario.yaml --kinds gates",
    "calibrate": "boxes.csv",
    "batch": "batch.yaml --out out --workers 2",
    "allocate": "allocate-moscow-kazan",
    "book": "book-russia-closure",
    "design": "design-shanghai-kaliningrad",
    "invest": "invest-eurasia",
    "new": "scenario new.yaml",
    "gallery": "pages",
    "check": "scenario.yaml",
    "validate": "--format csv",
    "serve": "--port 0 --workers 1 --no-open",
    "mcp": "--workers 1",
    "schema": "scenario",
    "list": "corridors",
    "completion": "bash",
    "data": "status",
    "network": "export --as graphml --out network",
}
# One that loads most libraries, and one that starts other processes. A solver is started below.
SHORT = ("compare", "batch")
LONG = [name for name in EVERY if name not in (*SHORT, "serve")]


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """Return a folder with a scenario, in which names of Python and settings are traps."""
    trap = TRAP.format(mark=str(tmp_path / "read"))
    for name in {*sys.stdlib_module_names, *LIBRARIES}:
        (tmp_path / f"{name}.py").write_text(trap)
    for name in SETTINGS:
        (tmp_path / name).write_text("{ this: [ cannot be read")
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "batch.yaml").write_text(BATCH)
    (tmp_path / "boxes.csv").write_text(BOXES)
    return tmp_path


def command(name: str) -> list[str]:
    """Return a command as a shell starts it: by its script, not by a module of the folder."""
    script = Path(sys.executable).with_name("corridors")
    return [str(script), name, *ARGUMENTS[name].split()]


def ran_nothing_of(folder: Path) -> bool:
    return not (folder / "read").exists() and not (folder / "__pycache__").exists()


def ends_well(name: str, folder: Path) -> None:
    done = subprocess.run(
        command(name), cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran_nothing_of(folder), (folder / "read").read_text()
    assert done.returncode == 0, done.stderr
    assert "numba" not in done.stderr


@pytest.mark.first_case
@pytest.mark.parametrize("name", SHORT)
def test_nothing_of_the_folder_is_run_or_read(name: str, strange: Path) -> None:
    ends_well(name, strange)


def test_a_solver_runs_nothing_of_the_folder(
    strange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As `corridors design` starts it, from where the user is.
    monkeypatch.chdir(strange)
    program = DesignProgram(
        teu=(10.0,),
        unmet_usd=1000.0,
        choices=(Choice(service=0, usd=500.0, needs=()),),
        rooms=(Room(choice=0, teu=10.0),),
        columns=(Column(lot=0, name="", usd=100.0, rooms=(0,)),),
        fleets=(),
    )
    with HighsProcess() as highs:
        found = choose_services(program, time_limit_s=30.0, highs=highs)
    # Ten boxes at 100 USD, and the service.
    assert found.value_usd == pytest.approx(1500.0)
    assert ran_nothing_of(strange), (strange / "read").read_text()


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_nothing_of_the_folder_is_run_or_read_by_any_command(name: str, strange: Path) -> None:
    ends_well(name, strange)


def test_every_command_is_tried() -> None:
    assert set(ARGUMENTS) == set(EVERY)


def test_the_server_and_its_workers_run_nothing_of_the_folder(strange: Path) -> None:
    with subprocess.Popen(
        command("serve"), cwd=strange, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            # The first worker is warm before it answers.
            url = f"{found[0]}/api/places?q=Ham"
            with urllib.request.urlopen(url, timeout=120) as answer:
                assert answer.status == 200
        finally:
            process.terminate()
            process.communicate()
    assert ran_nothing_of(strange), (strange / "read").read_text()


@pytest.mark.skipif(os.name != "posix", reason="folders have no such modes")
def test_code_is_not_taken_from_a_folder_that_others_may_write_to(tmp_path: Path) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    own.mkdir(mode=0o755)
    shared.mkdir()
    assert not others_may_write(own)
    shared.chmod(0o777)
    assert others_may_write(shared)
    # Whoever may write around it puts another in its place.
    inner = shared / "inner"
    inner.mkdir(mode=0o700)
    assert others_may_write(inner)


@pytest.mark.long
def test_a_cache_that_others_may_write_to_is_passed_over(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    code = (
        "import numpy as np\n"
        "from corridors.network.graph.reach import by_node\n"
        "print(by_node(np.array([1, 0]), 2, fast=True)[1].tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "NUMBA_CACHE_DIR": str(shared)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "[1, 0]\n"
    assert "others may write there" in done.stderr
    assert not list(shared.rglob("*.code"))
