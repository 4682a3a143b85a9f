"""The same from Python: typed results, tables and maps, and the examples of the pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest

import corridors

ROOT = Path(__file__).parents[1]


def run_example(page: str) -> dict[str, Any]:
    """Run the Python examples of a page, and return what they make."""
    text = (ROOT / page).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    made: dict[str, Any] = {}
    exec(compile(code, page, "exec"), made)
    return made


def has_types(example: dict[str, Any]) -> None:
    assert isinstance(example["comparison"], corridors.Comparison)
    assert isinstance(example["catchments"], corridors.Catchments)
    assert isinstance(example["allocation"], corridors.Allocation)
    assert isinstance(example["investment"], corridors.Investment)
    assert isinstance(example["stress"], corridors.Stress)
    assert isinstance(example["matrix"], corridors.DistanceMatrix)
    assert isinstance(example["way"], corridors.SeaWay)


def has_maps(example: dict[str, Any]) -> None:
    frames = {
        "options": example["comparison"].options,
        "flows": example["allocation"].flows,
        "capacities": example["allocation"].capacities,
        "flows with the best set": example["investment"].after.flows,
        "places": example["stress"].places,
    }
    for name, frame in frames.items():
        assert isinstance(frame, geopandas.GeoDataFrame), name
        assert frame.crs == "EPSG:4326", name
        assert len(frame), name


def has_tables(example: dict[str, Any]) -> None:
    comparison, allocation = example["comparison"], example["allocation"]
    investment, stress = example["investment"], example["stress"]
    fronts = comparison.fronts
    assert isinstance(fronts, pd.DataFrame)
    assert list(fronts["overall"]) == [point.overall for point in comparison.front]
    assert allocation.table["teu"].sum() == pytest.approx(allocation.teu)
    assert allocation.flows["teu"].max() <= allocation.teu + 1e-6
    assert list(investment.table["project"]) == [gain.id for gain in investment.projects]
    assert list(investment.budget_table["gain_usd_m_a_year"])[-1] == pytest.approx(
        investment.gain_usd_m_a_year
    )
    best = example["catchments"].table.query("best")
    assert list(best["destination"]) == ["Hamburg", "pl-warsaw", "cz-prague"]
    assert list(stress.table["place"]) == [row.place for row in stress.rows]


def test_the_example_of_the_readme_makes_a_comparison() -> None:
    comparison = run_example("README.md")["comparison"]
    assert isinstance(comparison, corridors.Comparison)
    assert len(comparison.options)


def test_the_example_of_the_page_makes_typed_results_with_maps_and_tables() -> None:
    # One test, for the example takes ten seconds to run.
    example = run_example("docs/reference/python.md")
    has_types(example)
    has_maps(example)
    has_tables(example)


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'corridors' has no attribute 'Alocation'"):
        corridors.Alocation  # type: ignore[attr-defined]  # noqa: B018


def test_alternatives_may_be_asked_for() -> None:
    found = corridors.compare("shanghai-kaliningrad", alternatives=2)
    assert len(found.alternatives) == 2
