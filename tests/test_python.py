"""The same from Python: questions by keywords, results that show themselves, plain errors."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, datetime
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any, get_type_hints

import geopandas
import numpy as np
import pandas as pd
import pytest

import corridors
from corridors.config.models import ScenarioModel
from corridors.config.scenario import plain_value, written
from corridors.domain.scenario import Scenario
from corridors.output.store import write_outputs
from corridors.output.tables import Kind
from corridors.scratch import lock_of
from corridors.studies.option_tables import option_columns
from corridors.studies.result_base import Result
from corridors.studies.scenario_keys import ScenarioKeys, scenario_of
from corridors.studies.study import meanings_of

ROOT = Path(__file__).parents[1]
ENDS = {"origin": "Ningbo", "destination": "Munich", "departure": "2026-09-01"}
FEW = ["suez", "cape", "trans-siberian"]
ASKED = (
    *("compare", "route", "explain", "season", "diff", "stress", "catchments", "simulate"),
    *("breakeven", "phase", "batch", "distances", "sea_way"),
)
MOST_CHARACTERS = 2_000
UNIT = re.compile(r"_(usd|km|nm|kg|hours|days|share|per_teu|g_per_t_km)(_|$)|^(km|days|hours)$")


@cache
def compared() -> corridors.Comparison:
    return corridors.compare(**ENDS, corridors=FEW)  # type: ignore[arg-type]


STEPS: list[tuple[str, int, int]] = []
"""What a simulation told of its progress."""


def noted(what: str, done: int, total: int) -> None:
    STEPS.append((what, done, total))


# Where no lines are known, a draw takes a third of the time.
OPEN: Any = {"corridors": FEW[:2], "world": "reference-open"}
SMALL: dict[str, Callable[[], Any]] = {
    "compare": compared,
    "route": lambda: corridors.route("Chongqing", "Duisburg", services="rail"),
    "explain": lambda: corridors.explain(compared()),
    "season": corridors.season,
    "diff": lambda: corridors.diff(compared(), departure="2026-12-01"),
    "stress": lambda: corridors.stress(compared(), pairs=False),
    "catchments": lambda: corridors.catchments(compared(), ["Hamburg", (21.0, 52.2)]),
    "simulate": lambda: corridors.simulate(compared(), **OPEN, count=64, progress=noted),
    "breakeven": lambda: corridors.breakeven(compared(), **OPEN),
    "phase": lambda: corridors.phase(compared(), **OPEN, cells=4),
    "batch": lambda: corridors.batch(compared(), sweeps={"destination": ["Hamburg", "Koper"]}),
    "distances": lambda: corridors.distances(["Shanghai", "Rotterdam", (39.7, -4.1)]),
    "sea_way": lambda: corridors.sea_way("Shanghai", "Rotterdam"),
}
"""A small question of each kind."""


@cache
def result(name: str) -> Any:
    """Return the result of a small question, asked once."""
    return SMALL[name]()


def example_of(page: str) -> str:
    """Return the Python examples of a page as one text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))


def run_example(page: str) -> dict[str, Any]:
    """Run the Python examples of a page, and return what they make."""
    made: dict[str, Any] = {}
    exec(compile(example_of(page), page, "exec"), made)
    return made


@pytest.mark.long
def test_the_example_of_the_readme_makes_a_comparison() -> None:
    comparison = run_example("README.md")["comparison"]
    assert isinstance(comparison, corridors.Comparison)
    assert len(comparison.options)


@pytest.mark.long
def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # They write files into the working folder.
    monkeypatch.chdir(tmp_path)
    made = run_example("docs/reference/python.md")
    kinds = [kind for kind in vars(corridors).values() if isinstance(kind, type)]
    shown = {type(value).__name__ for value in made.values()}
    assert {kind.__name__ for kind in kinds if issubclass(kind, Result)} <= shown
    assert (tmp_path / "map.html").is_file()


def test_the_page_reads_what_results_have() -> None:
    # In the gate, where running the page would take forty seconds.
    tree = ast.parse(example_of("docs/reference/python.md"))
    kinds: dict[str, type] = {}
    for found in ast.walk(tree):
        if isinstance(found, ast.Assign) and isinstance(found.value, ast.Call):
            asked, name = ast.unparse(found.value.func), ast.unparse(found.targets[0])
            if asked.startswith("corridors.") and asked != "corridors.Session":
                said = inspect.signature(getattr(corridors, asked.partition(".")[2]))
                kinds[name] = getattr(corridors, str(said.return_annotation).partition(" ")[0])
    assert len(kinds) == 21
    read = [
        (found.value.id, found.attr)
        for found in ast.walk(tree)
        if isinstance(found, ast.Attribute) and isinstance(found.value, ast.Name)
    ]
    for name, attribute in read:
        if name in kinds:
            known = {*dir(kinds[name]), *kinds[name].__dataclass_fields__}  # type: ignore[attr-defined]
            assert attribute in known, f"{name}.{attribute}"
        elif name == "corridors":
            assert attribute in corridors.__all__, attribute


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'corridors' has no attribute 'Alocation'"):
        corridors.Alocation  # type: ignore[attr-defined]  # noqa: B018
    assert "breakeven" in dir(corridors)


def test_importing_the_package_imports_no_library_of_its_own() -> None:
    code = "import corridors, sys; print(sorted({'numpy', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_keywords_are_the_keys_of_a_scenario() -> None:
    # `KeysOfRoutes` and `ScenarioKeys` say their types to a type checker; the model declares them.
    assert set(get_type_hints(ScenarioKeys)) == set(ScenarioModel.model_fields)
    assert {"origin", "limits", "overrides"} <= set(inspect.signature(corridors.compare).parameters)
    assert "origin" not in inspect.signature(corridors.allocate).parameters
    assert {one.name for one in fields(Scenario)} - {"source_path", "text"} == set(
        get_type_hints(ScenarioKeys)
    )


@pytest.mark.first_case
@pytest.mark.parametrize(
    "day",
    [
        date(2027, 2, 10),
        datetime(2027, 2, 10, 8, 30),
        pd.Timestamp("2027-02-10 08:30", tz="UTC"),
        np.datetime64("2027-02-10T08"),
        "2027-02-10",
    ],
)
def test_a_day_may_be_written_in_any_way(day: Any) -> None:
    asked = corridors.compare(**(ENDS | {"departure": day}), corridors="suez").scenario
    assert asked.departure == date(2027, 2, 10)


def test_a_scenario_is_a_name_a_path_a_dict_a_result_or_keywords() -> None:
    file = ROOT / "configs/scenarios/shanghai-europe.yaml"
    by_name = corridors.compare("shanghai-europe", corridors="suez")
    by_path = corridors.compare(file, corridors="suez")
    asked = {
        "name": "Shanghai to Hamburg, electronics",
        "origin": "Shanghai",
        "destination": "Hamburg",
        "departure": date(2026, 8, 20),
        "world": "reference-open",
        "corridors": ["suez"],
    }
    # Neither dict nor keywords give a shipment: it is that of `shanghai-europe`.
    by_dict, by_keywords = corridors.compare(asked), corridors.compare(**asked)  # type: ignore[arg-type]
    again = corridors.compare(by_name)
    for other in (by_path, by_dict, by_keywords, again):
        assert other.options.drop(columns="geometry").equals(
            by_name.options.drop(columns="geometry")
        )


def test_a_mapping_replaces_the_keys_that_it_names() -> None:
    first = corridors.compare(**ENDS, corridors="suez", limits={"max_days": 90})  # type: ignore[arg-type]
    second = corridors.compare(first, limits={"max_usd_per_teu": 9_000}, shipment=None)  # type: ignore[arg-type]
    limits = second.scenario.limits
    assert (limits.max_days, limits.max_usd_per_teu) == (90, 9_000)
    shipment = {"cargo": "reefer-food"}
    cold = corridors.compare(**ENDS, corridors="suez", shipment=shipment).scenario.shipment  # type: ignore[arg-type]
    assert (cold.equipment, cold.teu_per_month) == ("40RF", 200)


@pytest.mark.first_case
@pytest.mark.parametrize("name", ASKED)
def test_a_result_is_a_few_lines_in_a_terminal_and_a_table_in_a_notebook(name: str) -> None:
    found = result(name)
    text = repr(found)
    assert len(text) < MOST_CHARACTERS
    assert len(text.splitlines()) <= 14
    assert max(map(len, text.splitlines())) <= 110
    if name != "sea_way":
        html = found._repr_html_()
        assert "<table" in html
        # Nothing is loaded from a network: scripts, styles and pictures are in the page.
        assert not re.search(r"<(script|link|img)[^>]+(src|href)=.?https?:", html)
    if isinstance(found, Result):
        heading = found._texts()[0]
        assert heading.split(":")[0][:20] in text


@pytest.mark.long
def test_the_largest_comparison_is_still_a_few_lines() -> None:
    found = corridors.compare("shanghai-europe", name="long " * 40, corridors=FEW)
    assert len(repr(found)) < MOST_CHARACTERS


def test_frames_hold_the_figures_with_units_in_their_columns() -> None:
    found = compared()
    options = found.options
    assert isinstance(options, geopandas.GeoDataFrame)
    assert isinstance(found.legs, geopandas.GeoDataFrame)
    assert options.crs == found.legs.crs == "EPSG:4326"
    assert list(options.index) == [route.corridor for route in found.routes]
    assert options["recommended"].sum() == 1
    assert options["departure"].dtype.kind == "M"
    for frame in (options, found.legs, found.cost_lines, found.emissions):
        for column in frame.select_dtypes("number"):
            plain = column in {"rank", "leg", "element", "quantity"}
            assert plain or UNIT.search(str(column)), column
    best = options.index[0]
    lines = found.cost_lines[found.cost_lines["corridor"] == best]
    assert lines["usd_per_teu"].sum() == pytest.approx(options["price_usd_per_teu"].iloc[0])
    burnt = found.emissions.groupby("corridor")["co2e_wtw_kg_per_teu"].sum()[best]
    assert burnt == pytest.approx(options["co2e_wtw_kg_per_teu"].iloc[0], abs=0.01)
    assert found.legs.groupby("corridor")["km"].sum()[best] == pytest.approx(
        options["distance_km"].iloc[0], abs=1.0
    )
    assert set(found.lines["corridor"]) <= set(options.index)


def test_tables_of_results_hold_their_figures() -> None:
    assert list(result("catchments").best["destination"]) == ["Hamburg", "21,52.2"]
    assert result("simulate").table["best"].sum() == pytest.approx(1.0)
    assert result("phase").table.shape == (4, 4)
    changes = result("diff").effects.groupby("corridor")["cost_usd_per_teu_change"].sum()
    table = result("diff").table.set_index("corridor")["cost_usd_per_teu_change"].dropna()
    assert changes[table.index].to_numpy() == pytest.approx(table.to_numpy())
    frame = result("distances").table
    assert frame.loc["Shanghai", "Rotterdam"] == corridors.sea_distance("Shanghai", "Rotterdam")
    assert list(result("distances").pairs["nm"]) == list(
        result("distances").nm[np.triu_indices(3, 1)]
    )
    batch = result("batch")
    assert list(batch.scenarios["name"]) == ["Hamburg", "Koper"]
    assert len(batch.options) == 2 * len(FEW)
    sums = batch.cost_lines.groupby(["scenario", "corridor"])["usd_per_teu"].sum()
    costs = batch.options.dropna(subset="cost_usd_per_teu").set_index(["scenario", "corridor"])
    assert sums.to_dict() == pytest.approx(costs["price_usd_per_teu"].to_dict(), abs=0.01)
    # Who sails is told as a comparison tells it.
    alone = corridors.compare(compared(), destination="Koper").options
    here = batch.options[batch.options["scenario"] == 1].set_index("corridor")
    for name in ("sails", "sailings"):
        assert here[name].fillna("").to_dict() == alone[name].fillna("").to_dict(), name
        assert here[name].any()


# Names that two frames hold in two ways, and why: a number or an id, a flag or a name.
HELD_IN_TWO_WAYS = {
    "best": "the older name of `best_share` in a simulation, a flag in a catchment",
    "recommended": "a flag of an option, the id in a row of a scenario",
    "sailings": "a number of a line, words of an option",
    "tied": "a flag of an option, ids in a row of a scenario",
}


def frames() -> dict[str, pd.DataFrame]:
    """Return the frames of a small question of each kind and of what a scenario can name."""
    listed = {
        "corridors": corridors.corridors(),
        "parameters": corridors.parameters(),
        "places": corridors.places("Hamburg"),
        "terminals": corridors.terminals(),
        "worlds": corridors.worlds(),
    }
    for name in SMALL:
        if name in {"phase", "distances"}:
            continue  # their frames are squares
        for attribute in dir(type(result(name))):
            declared = inspect.getattr_static(type(result(name)), attribute)
            if isinstance(declared, property | cached_property) and attribute[0] != "_":
                with warnings.catch_warnings(action="ignore"):
                    value = getattr(result(name), attribute)
                if isinstance(value, pd.DataFrame):
                    listed[f"{name}.{attribute}"] = pd.DataFrame(value).reset_index()
    return listed | {"distances": result("distances").pairs}


def how_held(values: pd.Series[Any]) -> str:
    """Return how a column holds what it does; a number may or may not be a whole one."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return "flags"
    if pd.api.types.is_numeric_dtype(values.dtype):
        return "numbers"
    return str(values.dtype) if values.dtype != object else type(values.iloc[0]).__name__


def test_any_two_frames_join_on_the_columns_that_both_have() -> None:
    held: dict[str, dict[str, set[str]]] = {}
    for name, frame in frames().items():
        for column in frame:
            if len(frame):
                kinds = held.setdefault(str(column), {})
                kinds.setdefault(how_held(frame[column]), set()).add(name)
    twice = {column: kinds for column, kinds in held.items() if len(kinds) > 1}
    assert {column: twice[column] for column in twice.keys() - HELD_IN_TWO_WAYS.keys()} == {}
    assert HELD_IN_TWO_WAYS.keys() == twice.keys()
    # So corridors have one id everywhere.
    joined = result("batch").options.merge(
        compared().options.reset_index(), on="corridor", suffixes=("", "_alone")
    )
    assert len(joined) == 2 * len(FEW)
    mine = corridors.corridors()
    assert len(compared().options.reset_index().merge(mine, on="corridor")) == len(FEW)


def test_five_hundred_pairs_keep_the_names_that_were_given() -> None:
    terminals = corridors.terminals()
    ports = terminals.loc[terminals["kind"] == "seaport", "unlocode"]
    given: list[Any] = ["Piraeus", "CNSHA", "Rotterdam", (39.7, -4.1), "Jebel Ali"]
    given += [code for code in ports.unique() if code not in {"CNSHA", ""}][:28]
    pairs = corridors.distances(given).pairs
    assert len(pairs) == len(given) * (len(given) - 1) / 2 > 500
    own = {name if isinstance(name, str) else "39.7,-4.1" for name in given}
    assert set(pairs["origin"]) | set(pairs["destination"]) == own
    ask = pairs[["origin", "destination"]].assign(mine=range(len(pairs)))
    assert len(ask.merge(pairs, on=["origin", "destination"])) == len(pairs)


def test_quantiles_and_outer_bounds_have_names_of_their_own() -> None:
    outer = ["outer_low_usd_per_teu", "outer_high_usd_per_teu"]
    options, lines = compared().options, compared().cost_lines
    sums = lines.groupby("corridor")[outer].sum()
    assert "low_usd_per_teu" not in lines
    assert (sums[outer[0]] <= options.loc[sums.index, "low_usd_per_teu"]).all()
    assert (sums[outer[1]] >= options.loc[sums.index, "high_usd_per_teu"]).all()
    # A batch that draws nothing has outer bounds alone.
    batch = result("batch")
    for table in (batch.options, batch.scenarios):
        assert table[["low_usd_per_teu", "high_usd_per_teu"]].isna().all(axis=None)
        assert (table[outer[0]] < table[outer[1]]).sum() == table["cost_usd_per_teu"].notna().sum()


@pytest.mark.long
def test_a_result_is_saved_as_its_command_writes_it(tmp_path: Path) -> None:
    assert compared().save(tmp_path / "compare")
    start = (tmp_path / "compare" / "index.html").read_text(encoding="utf-8")
    assert compared().answer.finding.partition(":")[0] in start
    again = corridors.compare(tmp_path / "compare" / "scenario.yaml")
    assert again.options.equals(compared().options)
    changed = corridors.diff(tmp_path / "compare", again)
    assert isinstance(changed, corridors.Difference)
    assert changed.empty
    for name in ("route", "season", "diff", "stress", "catchments", "simulate", "phase"):
        assert (tmp_path / name / "index.html") in result(name).save(tmp_path / name)
    result("batch").save(tmp_path / "batch")
    assert (tmp_path / "batch" / "summary.xlsx").is_file()
    page = compared().map()
    assert page.save(tmp_path / "map.html").read_text(encoding="utf-8") == page.html
    assert not page.is_added_to


FRAMES = {
    "compare": ("options", "legs", "cost_lines", "lines", "emissions", "fronts"),
    "route": ("legs", "cost_lines", "lines", "emissions"),
    "season": ("table", "window_table"),
    "diff": ("input_table", "table", "effects"),
    "stress": ("table", "places"),
    "catchments": ("table",),
    "simulate": ("table", "effect_table"),
    "breakeven": ("table",),
    "phase": ("table",),
}
"""The frames that a saved result has, by the question."""


def kept(name: str, folder: Path) -> corridors.Saved | corridors.Batch:
    """Save a small result without its pages, which take longest, and read it back."""
    files = {name: make() for name, make in result(name)._files().items() if "html" not in name}
    write_outputs(folder, files)
    return corridors.load(folder)


@pytest.mark.first_case
@pytest.mark.parametrize("name", FRAMES)
def test_a_saved_result_has_the_frames_it_was_saved_with(name: str, tmp_path: Path) -> None:
    asked, read = result(name), kept(name, tmp_path)
    for frame in FRAMES[name]:
        before, after = getattr(asked, frame), getattr(read, frame)
        # Files hold seven digits; a frame made from them may round a cent the other way.
        pd.testing.assert_frame_equal(
            pd.DataFrame(before.drop(columns="geometry", errors="ignore")),
            pd.DataFrame(after.drop(columns="geometry", errors="ignore")),
            atol=0.011,
            check_dtype=name != "diff",
        )
        if "geometry" in before:
            assert after.crs == before.crs
            assert after.geometry.geom_equals_exact(before.geometry, 1e-6).all()
    if name not in ("season", "diff"):
        assert isinstance(read, corridors.Saved)
        again = read.scenario
        assert written(again) == written(asked.scenario)
        assert scenario_of(tmp_path, {}, call="compare()") == again == read.scenario


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("comparison.json", "{", ":1: not JSON: "),
        ("comparison.json", "{}", "no key 'manifest': not a complete comparison.json"),
        ("simulation.json", '{"scenario": {"world": 7}}', "simulation.json: scenario: "),
        ("season.json", "{}", "season.json: holds no scenario to ask again"),
        ("other.json", "{}", "no saved result; give one that a command or `save` wrote"),
    ],
)
def test_a_folder_that_holds_no_whole_result_is_refused(
    file: str, text: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(corridors.CorridorsError) as error:
        corridors.compare(corridors.load(tmp_path))  # type: ignore[arg-type]
    assert told in str(error.value)


def test_lists_are_arrays_columns_ranges_and_generators() -> None:
    asked = corridors.compare(**ENDS, corridors=np.array(["suez", "cape"])).scenario  # type: ignore[arg-type]
    assert asked.corridors == ("suez", "cape")
    days = pd.date_range("2026-01-15", periods=2, freq="MS")
    assert plain_value(days) == plain_value(days.to_numpy()) == ["2026-02-01", "2026-03-01"]
    assert plain_value(pd.Series([1.5, 2.0])) == [1.5, 2.0]
    assert plain_value(name for name in "ab") == ["a", "b"]
    rows = pd.DataFrame({"origin": ["Busan", "Ningbo"], "name": ["a", None]})
    assert plain_value(rows) == [{"origin": "Busan", "name": "a"}, {"origin": "Ningbo"}]
    with pytest.raises(corridors.CorridorsError, match="more than 20,000 values"):
        corridors.compare(**ENDS, services=count())  # type: ignore[arg-type]


@pytest.mark.long
def test_a_frame_of_variants_is_a_batch_and_a_saved_batch_is_one(tmp_path: Path) -> None:
    sets = pd.DataFrame({"name": ["a", "b"], "shipment.cargo_t_per_teu": [8.0, 14.0]})
    asked: Any = {**ENDS, **OPEN}
    batch = corridors.batch(**asked, variants=sets, folder=tmp_path / "batch")
    assert list(batch.scenarios["variant"]) == ["a", "b"]
    assert batch.scenarios["co2e_wtw_kg_per_teu"].is_monotonic_increasing
    read = corridors.load(tmp_path / "batch")
    assert isinstance(read, corridors.Batch)
    assert read.options.equals(batch.options)
    assert repr(read) == repr(batch)


def explained(kind: type) -> dict[str, bool]:
    """Return the public attributes that a class declares, and whether a docstring explains each."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    listed = meanings_of(inspect.cleandoc(kind.__doc__ or ""))
    found: dict[str, bool] = {}
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = bool(ast.get_docstring(node))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            found[node.target.id] = told or node.target.id in listed
    return {name: told for name, told in found.items() if not name.startswith("_")}


def test_every_public_attribute_says_what_it_holds() -> None:
    public = [getattr(corridors, name) for name in corridors.__all__]
    kinds = {base for one in public if isinstance(one, type) for base in one.__mro__}
    ours = [kind for kind in kinds if kind.__module__.startswith("corridors.")]
    attributes = {
        f"{one.__qualname__}.{name}": told for one in ours for name, told in explained(one).items()
    }
    assert len(attributes) > 300
    assert [name for name, told in attributes.items() if not told] == []


def test_the_columns_of_options_are_those_declared() -> None:
    options = compared().options.drop(columns="geometry").reset_index()
    declared = {one.name: one for one in option_columns()}
    assert set(options.columns) == set(declared)
    texts = pd.Series(["text"]).dtype
    for name, one in declared.items():
        assert options[name].dtype == (texts if one.kind is Kind.TEXT else one.dtype), name
        assert one.meaning.lower() != f"{name}.", name


def test_an_old_name_says_what_it_is_called_now() -> None:
    route = result("route")
    with pytest.warns(DeprecationWarning, match="co2e_kg_per_teu is co2e_wtw_kg_per_teu"):
        assert route.co2e_kg_per_teu == route.co2e_wtw_kg_per_teu


def test_places_are_listed_the_likeliest_first() -> None:
    found = corridors.places("hamb", limit=3)
    assert found["name"].iloc[0] == "Hamburg"
    assert len(found) == 3
    assert set(corridors.places("\u6c49\u5821")["country"]) == {"DE"}


def test_plots_are_drawn() -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    for name in ("compare", "season", "stress", "simulate", "breakeven", "phase", "batch"):
        axes = result(name).plot()
        axes.figure.canvas.draw()
        assert axes.get_title(), name
        assert axes.has_data(), name
        plt.close(axes.figure)


def test_a_plot_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(corridors.CorridorsError, match=r"pip install 'corridors\[plot\]'"):
        compared().plot()


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (
            lambda: corridors.compare(origin="Ningbo", destinaton="Munich"),  # type: ignore[call-arg]
            "compare(): unknown keyword 'destinaton', did you mean 'destination'?",
        ),
        (
            lambda: corridors.compare("shanghai-europe", cargo="machinery"),  # type: ignore[call-arg]
            "compare(): unknown keyword 'cargo', it is a key of shipment: shipment={'cargo': ...}",
        ),
        (
            lambda: corridors.compare("Ningbo", "Munich"),  # type: ignore[arg-type, call-arg]
            "compare(): too many positional arguments; without a keyword it takes scenario",
        ),
        (
            lambda: corridors.compare("shanghai-europe", limits={"max_day": 30}),
            "compare(): limits.max_day: unknown key, did you mean 'max_days'?",
        ),
        (
            lambda: corridors.compare("shanghai-europe", departure="2027-02-30"),
            "compare(): departure: must be a date such as 2026-08-20, got 2027-02-30",
        ),
        (
            lambda: corridors.compare("shanghai-europe", alternatives="two"),  # type: ignore[arg-type]
            "alternatives: must be a whole number, got 'two'",
        ),
        (
            lambda: corridors.compare("shanghai-europe", origin=pd.DataFrame()),  # type: ignore[arg-type]
            "compare(): origin: must be text, got a list",
        ),
        (
            lambda: corridors.route("Ningbo", "Munich", corridor="suez", via="Suez Canal"),
            "via: give either corridor or via; a corridor file says what a corridor passes",
        ),
        (
            lambda: corridors.season(ice_class="Arc9"),
            "ice_class: unknown ice class 'Arc9', did you mean 'Arc7'?",
        ),
        (
            lambda: corridors.simulate("shanghai-europe", count=0),
            "count must be from 1 to 30,000, got 0",
        ),
        (
            lambda: corridors.catchments("shanghai-europe", ["Xyzzy"]),
            "destination: unknown place 'Xyzzy': the program knows ports",
        ),
        (
            lambda: corridors.batch("shanghai-europe", sweeps={"departure": ["2026-01-99"]}),
            "batch(): departure: must be a date such as 2026-08-20, got 2026-01-99",
        ),
        (
            lambda: corridors.batch("shanghai-europe"),
            "to vary a scenario give sweeps= or variants=",
        ),
        (
            lambda: corridors.distances(["Shanghai", 3]),  # type: ignore[list-item]
            "a place is a name, a UN/LOCODE, an id, or a pair (lon, lat); got an int",
        ),
        (
            lambda: corridors.sea_distance("Shanghai", "Rotterdam", draught=9),  # type: ignore[call-arg]
            "sea_distance(): unknown keyword 'draught'",
        ),
        (
            lambda: corridors.allocate("allocate-moscow-kazan", limits={"max_co2e_t": "x"}),
            "limits.max_co2e_t: must be a number, got x",
        ),
    ],
)
def test_a_mistake_is_told_in_the_words_of_python(ask: Any, told: str) -> None:
    with pytest.raises(corridors.CorridorsError) as error:
        ask()
    assert told in str(error.value)


def test_no_message_speaks_of_an_option_that_python_has_not() -> None:
    # What may be raised in several faces names options by what each calls them.
    raised = re.compile(r"""(?:msg|text) = \(?f?"[^"]*--[a-z][^"]*\"""")
    texts = [
        found
        for folder in ("studies", "output", "network", "optimise")
        for file in sorted((ROOT / "corridors" / folder).rglob("*.py"))
        for found in raised.findall(file.read_text("utf-8"))
    ]
    # A tool of the command line alone.
    assert [text for text in texts if "--scenario" not in text] == []


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: corridors.phase("shanghai-europe", cells=1), "cells must be from 2 to 400, got 1"),
        (
            lambda: corridors.phase("shanghai-europe", "value_of_time"),
            "x and y move the same figure: value_of_time and value_of_time",
        ),
        (
            lambda: corridors.breakeven("shanghai-europe", first=9, last=3),
            "the range must rise",
        ),
        (
            lambda: corridors.catchments("shanghai-europe", countries="XX"),
            "countries XX: no terminal in this country",
        ),
    ],
)
def test_a_fault_names_options_as_python_does(ask: Callable[[], Any], told: str) -> None:
    with pytest.raises(corridors.CorridorsError) as error:
        ask()
    assert told in str(error.value)
    assert "--" not in str(error.value)


def test_questions_of_many_threads_are_answered_and_a_session_is_of_one() -> None:
    session = corridors.Session()
    asked = {**ENDS, "corridors": "suez"}
    alone = session.compare(**asked)  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _: corridors.compare(**asked), range(3)))  # type: ignore[arg-type]
        refused = threads.submit(session.compare, **asked)  # type: ignore[arg-type]
        with pytest.raises(corridors.CorridorsError, match="belongs to another thread"):
            refused.result()
    assert all(one.options.equals(alone.options) for one in found)


@pytest.mark.long
def test_a_batch_that_cannot_be_copied_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(_: Path, to: Path) -> None:
        to.mkdir()
        (to / "summary.csv").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", stops)
    with pytest.raises(corridors.CorridorsError, match="No space left on device"):
        result("batch").save(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_the_folder_of_a_batch_is_locked_while_its_result_is_there() -> None:
    # The next run removes the folders of killed ones, which are not.
    with pytest.raises(BlockingIOError):
        lock_of(result("batch").folder.parent)


@pytest.mark.long
def test_progress_is_one_line_that_ends_with_its_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert result("simulate").options
    assert STEPS
    for step in (("Drawing", 3, 12), ("Drawing", 12, 12), ("Reading", 0, 0)):
        corridors.show_progress(*step)
    told = capsys.readouterr()
    assert told.out == ""
    parts = [part.rstrip(" ") for part in told.err.split("\r")]
    assert parts == ["", "Drawing 3 of 12", f"{'Drawing 12 of 12':<71}\n", "Reading"]
