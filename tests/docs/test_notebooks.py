"""The notebooks run, cell by cell, and are committed without outputs.

`make notebooks` runs them with a kernel and makes pages of them; here their cells run in this
process, which shares its networks.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import folium
import pytest

import corridors
from corridors.studies.compare.result import Comparison
from corridors.studies.result_base import extended
from tests.output.fixtures import example_comparison

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs/notebooks").glob("*.ipynb"))


def cells_of(path: Path, kind: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


# What it draws and simulates is drawn and simulated by other tests of the gate.
# What their cells ask is asked in tests/batch and tests/studies.
SLOW = ("a-batch", "how-sure")


def test_the_map_of_a_notebook_takes_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells run on a comparison that is made already."""
    made = extended(Comparison, example_comparison())
    monkeypatch.setattr(corridors, "compare", lambda **_: made)
    # What only classes of a column need.
    classes = ModuleType("mapclassify")
    classes.classify = None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mapclassify", classes)
    names: dict[str, Any] = {}
    (path,) = (one for one in NOTEBOOKS if one.stem == "own-map")
    for number, cell in enumerate(cells_of(path, "code")):
        exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), names)
    html = names["drawn"].html
    for part in (
        "Depot in Duisburg",
        "L.heatLayer(",
        "tile.openstreetmap.org",
        "drawnMap.add(",
    ):
        assert part in html, part
    # The frame of options is explored as geopandas users do.
    explored = made.options.explore(column="title", tooltip=["title", "days"])
    assert isinstance(explored, folium.Map)
    shown = explored.get_root().render()
    assert all(part in shown for part in ("MultiLineString", "Suez Canal", "bindTooltip"))


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.long] * (path.stem in SLOW), id=path.stem)
        for path in NOTEBOOKS
    ],
)
def test_the_cells_of_a_notebook_run(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    made: dict[str, Any] = {}
    for number, cell in enumerate(cells_of(path, "code")):
        exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), made)
    drawn = bool(plt.get_fignums()) or any(isinstance(one, folium.Map) for one in made.values())
    plt.close("all")
    assert drawn
    # A notebook leaves no file behind that its text does not speak of.
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_without_outputs(path: Path) -> None:
    assert path.stat().st_size < 10_000
    for cell in cells_of(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    assert re.match(r"# \w", cells_of(path, "markdown")[0]["source"][0])


def test_there_are_four_notebooks_and_the_page_names_them() -> None:
    page = (NOTEBOOKS[0].parents[1] / "reference/python.md").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) == 4
    assert all(f"notebooks/{path.name}" in page for path in NOTEBOOKS)
