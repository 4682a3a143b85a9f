"""pandas, polars and DuckDB read the data set at once, or a single table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.config.checks import Names
from corridors.output.contract import OptionRecord, option_record
from corridors.output.store import number
from corridors.studies.batch.folder import read_options, read_sweep
from corridors.studies.batch.scenarios import make_plan
from corridors.studies.batch.sheets import SCENARIOS, TABLES, comparison_rows
from corridors.studies.compare.run import compare
from tests.batch.samples import loaded, ran

ROWS = {"scenarios": 12, "options": 24}


@pytest.fixture
def place(whole: Path) -> Path:
    """Return the folder that holds `out`."""
    return whole.parent


@pytest.mark.long
def test_pandas_reads_the_data_set(place: Path) -> None:
    import pandas as pd

    whole = pd.read_parquet(place / "out" / "data")
    assert set(whole["table"]) == set(TABLES)
    for table, count in ROWS.items():
        assert (whole["table"] == table).sum() == count
    alone = pd.read_parquet(place / "out" / "data" / "table=scenarios")
    assert sorted(alone["scenario"]) == list(range(12))
    assert alone["overrides.fuel.vlsfo_usd_per_t"].dtype == np.float64
    assert list(alone.sort_values("scenario")["variant"])[::6] == ["as it is", "light"]


@pytest.mark.long
def test_polars_reads_the_data_set(place: Path) -> None:
    import polars as pl

    whole = pl.scan_parquet(place / "out" / "data", hive_partitioning=True)
    counts = dict(whole.group_by("table").len().collect().iter_rows())
    assert {table: counts[table] for table in ROWS} == ROWS
    options = pl.read_parquet(place / "out" / "data" / "table=options", hive_partitioning=False)
    assert options.height == 24


@pytest.mark.long
def test_duckdb_reads_the_data_set(place: Path) -> None:
    import duckdb

    files = f"{place / 'out' / 'data'}/**/*.parquet"
    query = f"select \"table\", count(*) from read_parquet('{files}', hive_partitioning = true)"
    found = duckdb.sql(f"{query} group by 1")
    assert found is not None
    counts = dict(found.fetchall())
    assert {table: counts[table] for table in ROWS} == ROWS


def test_every_file_has_the_same_columns(place: Path) -> None:
    import pyarrow.parquet as pq

    files = sorted((place / "out" / "data").rglob("*.parquet"))
    schemas = {pq.ParquetFile(path).schema_arrow.to_string() for path in files}
    assert len(files) == 48
    assert len(schemas) == 1


def test_options_are_those_of_a_comparison(place: Path, tmp_path: Path) -> None:
    import pandas as pd

    plan = make_plan(loaded(tmp_path))
    number = 7
    comparison = compare(plan.scenario(number, names=Names()))
    frame = pd.read_parquet(place / "out" / "data" / "table=options")
    mine = frame[frame["scenario"] == number].set_index("corridor")
    lines = pd.read_parquet(place / "out" / "data" / "table=cost_lines")
    hours = pd.read_parquet(place / "out" / "data" / "table=time_parts")
    for route in comparison.routes:
        record = option_record(route)
        row = mine.loc[route.corridor]
        assert row["status"] == record["status"]
        for key in ("cost_usd_per_teu", "transit_days", "days", "co2e_wtw_kg_per_teu", "sea_nm"):
            expected = record[key]
            assert row[key] == expected if expected is not None else np.isnan(row[key])
        held = (lines["scenario"] == number) & (lines["corridor"] == route.corridor)
        assert list(lines[held]["usd_per_teu"]) == [
            line.usd_per_teu for line in OptionRecord.of(route).cost_lines
        ]
        held = (hours["scenario"] == number) & (hours["corridor"] == route.corridor)
        assert (
            dict(zip(hours[held]["part"], hours[held]["hours"], strict=True))
            == (record["time_parts"])
        )


def test_a_closed_corridor_has_a_reason_and_no_figures(place: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(place / "out" / "data" / "table=options")
    shut = frame[(frame["world"] == "red-sea-closed") & (frame["corridor"] == "suez")]
    assert len(shut) == 6
    assert set(shut["status"]) == {"closed"}
    assert shut["reason"].str.contains("Bab el-Mandeb").all()
    assert shut[["cost_usd_per_teu", "low", "high", "days", "rank"]].isna().all().all()


def test_the_sweep_lays_the_answers_side_by_side(place: Path) -> None:
    import pandas as pd

    sweep = read_sweep(place / "out")
    frame = pd.read_parquet(place / "out" / "data" / "table=options")
    assert [key.key for key in sweep.keys] == ["variant", "overrides.fuel.vlsfo_usd_per_t", "world"]
    assert [corridor.id for corridor in sweep.corridors] == ["suez", "cape"]
    assert sweep.choice[5].tolist() == [0, 2, 1]
    assert sweep.scenarios[5] == "as it is, 800, red-sea-closed"
    # Suez is shut in every second scenario; the Cape then is all that is left.
    assert np.isnan(sweep.cost[:, 0]).tolist() == [False, True] * 6
    assert sweep.recommended[1::2].tolist() == [1] * 6
    for _, row in frame[frame["status"] == "usable"].iterrows():
        column = ["suez", "cape"].index(row["corridor"])
        assert sweep.cost[row["scenario"], column] == row["cost_usd_per_teu"]
        assert sweep.co2e_kg[row["scenario"], column] == row["co2e_wtw_kg_per_teu"]


def test_parts_of_the_mean_sum_to_the_mean(place: Path) -> None:
    sweep = read_sweep(place / "out")
    means = np.nanmean(sweep.cost, axis=0)
    assert sweep.cost_parts.mean.sum(axis=1) == pytest.approx(means, abs=0.005)
    days = np.nanmean(sweep.days, axis=0)
    assert sweep.time_parts.mean.sum(axis=1) / 24 == pytest.approx(days, abs=0.001)


def test_old_values_of_what_varies_are_known(place: Path) -> None:
    base = read_sweep(place / "out").base
    assert base["shipment.cargo"] == "general"
    assert base["world"] == "reference-open"
    assert float(base["overrides.fuel.vlsfo_usd_per_t"]) > 0


def test_weak_lines_are_assumed_or_recalled(place: Path) -> None:
    weakest = read_sweep(place / "out").weakest
    assert weakest
    assert {line.status for line in weakest} <= {"assumption", "recalled"}
    assert all(1 <= line.options <= 18 for line in weakest)  # 6 of suez, 12 of cape are usable
    spreads = [line.spread_usd_per_teu for line in weakest]
    assert spreads == sorted(spreads, reverse=True)


def test_a_damaged_part_is_reported_by_name(place: Path, tmp_path: Path) -> None:
    from corridors.errors import ConfigError
    from tests.batch.samples import contents

    for name, content in contents(place / "out").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "batch.journal").write_bytes((place / "out" / "batch.journal").read_bytes())
    (tmp_path / "data" / "table=options" / "part-00002.parquet").write_bytes(b"torn")
    with pytest.raises(ConfigError, match=r"part-00002\.parquet: cannot be read .*resume"):
        read_sweep(tmp_path)


def test_a_weak_line_has_the_mean_and_the_spread_of_its_options(place: Path) -> None:
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    lines = ds.dataset(place / "out" / "data" / "table=cost_lines").to_table()
    for weak in read_sweep(place / "out").weakest:
        keys = {"driver": weak.driver, "scope": weak.scope, "label": weak.label}
        mine = lines
        for name, value in keys.items():
            mine = mine.filter(pc.equal(mine[name], value))
        count = len(
            set(zip(mine["scenario"].to_pylist(), mine["corridor"].to_pylist(), strict=True))
        )
        assert weak.options == count
        assert weak.mean_usd_per_teu == pytest.approx(pc.sum(mine["usd_per_teu"]).as_py() / count)
        spread = pc.sum(mine["high"]).as_py() - pc.sum(mine["low"]).as_py()
        assert weak.spread_usd_per_teu == pytest.approx(spread / count)


@pytest.mark.long
def test_each_scenario_of_a_batch_is_on_its_own_basis(tmp_path: Path) -> None:
    text = """\
name: bases
base: base.yaml
set: {corridors: [cape], objective: cost}
sweeps:
  world: [reference-open, current]
"""
    out = tmp_path / "out"
    cost, price = ran(tmp_path, out, text).sweep.cost[:, 0]
    rows = [row for row in read_options(out) if row["corridor"] == "cape"]
    assert [row["compared_by"] for row in rows] == ["cost", "price"]
    assert [cost, price] == [rows[0]["cost_usd_per_teu"], rows[1]["price_usd_per_teu"]]
    assert price > cost


@pytest.mark.long
def test_a_scenario_has_the_figures_of_the_route_that_its_limits_take() -> None:
    ends = ["origin=lk-colombo", "destination=Genoa", "world=reference-open", "objective=cost"]
    goods = "shipment={teu_per_month: 200}"
    asked = load_scenario("shanghai-europe", set_values=[*ends, goods, "limits.max_days=30"])
    found = compare(asked, figures_only=True)
    best = found.recommended
    assert best is not None
    # Its corridor's row is a cheaper and slower route.
    assert (best.days or 0.0) > 30.0
    (row,) = comparison_rows({}, found)[SCENARIOS]
    assert number(row["days"]) <= 30.0
    assert row["cost_usd_per_teu"] == pytest.approx(found.decision.value, abs=0.1)
