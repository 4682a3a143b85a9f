"""Other programs open what is exported, and count in it what was written.

Runs in an environment of its own (`make test-interop`), where `corridors` is not: all it has are
files. INTEROP_FILES names their folder.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

FILES = Path(os.environ.get("INTEROP_FILES", "interop-files"))
GMNS, GRAPHML = FILES / "gmns", FILES / "graphml" / "network.graphml"
OSMNX = FILES / "osmnx" / "network.graphml"
COMPARED, BATCH = FILES / "compare", FILES / "batch"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def can_load_extensions() -> bool:
    return hasattr(sqlite3.connect(":memory:"), "enable_load_extension")


def test_aequilibrae_builds_a_model_from_gmns(tmp_path: Path) -> None:
    aequilibrae = pytest.importorskip("aequilibrae")
    if not can_load_extensions():
        pytest.skip("this Python's sqlite3 loads no extensions, which AequilibraE needs")
    project = aequilibrae.Project()
    try:
        project.new(str(tmp_path / "model"))
    except (OSError, sqlite3.OperationalError) as error:
        pytest.skip(f"AequilibraE finds no spatialite: {error}; install libsqlite3-mod-spatialite")
    network = project.network
    network.create_from_gmns(*(str(GMNS / f"{name}.csv") for name in ("link", "node", "use_group")))
    links, nodes = rows(GMNS / "link.csv"), rows(GMNS / "node.csv")
    # It makes one link of two between the same nodes.
    pairs = {frozenset((row["from_node_id"], row["to_node_id"])) for row in links}
    assert network.count_nodes() == len(nodes)
    assert len(pairs) <= network.count_links() <= len(links)
    table = network.links.data
    # Both ways, at the speed that was written, by modes with a letter each.
    assert set(table.direction) == {0}
    assert set(table.speed_ab.astype(float)) == {float(row["free_speed"]) for row in links}
    written = {row["allowed_uses"] for row in links}
    assert len(set(table.modes)) == len(written)
    project.close()


def test_gmns_ready_finds_its_columns_and_counts() -> None:
    pytest.importorskip("gmns_ready")
    from gmns_ready.quick_check import QuickChecker

    checker = QuickChecker(str(GMNS))
    checker.run()
    assert len(checker.nodes) == len(rows(GMNS / "node.csv"))
    assert len(checker.links) == len(rows(GMNS / "link.csv"))
    # Of levels 1 and 2, which are the structure of nodes and links.
    faults = [error for error in map(str, checker.all_errors) if "duplicate" in error.lower()]
    assert faults == []


def test_networkx_reads_lengths_as_numbers() -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.read_graphml(GRAPHML, force_multigraph=True)
    assert graph.number_of_nodes() > 500
    for *_, values in graph.edges(data=True):
        assert isinstance(values["length"], float)
        assert isinstance(values["osmid"], int)
    for _, values in graph.nodes(data=True):
        assert isinstance(values["x"], float)
    # A shortest path by length needs no conversion.
    number = {values["ref"]: node for node, values in graph.nodes(data=True)}
    metres = networkx.shortest_path_length(
        graph, number["cn-zhengzhou"], number["de-hamburg"], weight="length"
    )
    assert 9_000_000 < metres < 12_500_000


def test_osmnx_reads_the_same_graph() -> None:
    osmnx = pytest.importorskip("osmnx")
    networkx = pytest.importorskip("networkx")
    plain = networkx.read_graphml(GRAPHML, force_multigraph=True)
    graph = osmnx.load_graphml(OSMNX)
    assert graph.number_of_nodes() == plain.number_of_nodes()
    assert graph.number_of_edges() == plain.number_of_edges()
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert len(nodes) == graph.number_of_nodes()
    assert edges.length.notna().all()


@pytest.mark.parametrize("name", ["compare/legs.gpkg", "gpkg/network.gpkg"])
def test_gdal_reads_layers_and_counts(name: str) -> None:
    pyogrio = pytest.importorskip("pyogrio")
    path = FILES / name
    layers = dict(pyogrio.list_layers(path))
    assert {"legs", "terminals"} & layers.keys()
    with closing(sqlite3.connect(path)) as book:
        for layer, kind in layers.items():
            found = pyogrio.read_info(path, layer=layer)
            (count,) = book.execute(f'SELECT count(*) FROM "{layer}"').fetchone()
            assert found["features"] == count > 0
            assert not kind or found["crs"] == "EPSG:4326"


def test_ogrinfo_reads_it_without_a_warning() -> None:
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo is not installed: apt-get install gdal-bin")
    asked = ["ogrinfo", "-so", "-al", str(COMPARED / "legs.gpkg")]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert "Feature Count" in told.stdout
    assert "Warning" not in told.stderr


QGIS = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
found = {}
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    loaded = layer.loadDefaultStyle()[1]
    drawn = layer.renderer()
    classes = drawn.categories() if drawn.type() == "categorizedSymbol" else []
    classes = {one.value(): one.symbol().color().name() for one in classes}
    found[name] = [layer.featureCount(), loaded, drawn.type(), classes, layer.labelsEnabled()]
print(json.dumps(found), flush=True)
os._exit(0)
"""


def test_qgis_opens_layers_in_their_colours() -> None:
    # QGIS is a package of the system, and of its Python.
    python = "/usr/bin/python3"
    has = subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False)
    if has.returncode:
        pytest.skip("QGIS is not installed: apt-get install python3-qgis")
    path = str(COMPARED / "legs.gpkg")
    asked = [python, "-c", QGIS, path, "legs", "terminals"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    legs, terminals = json.loads(told.stdout).values()
    options = json.loads((COMPARED / "comparison.json").read_text(encoding="utf-8"))["options"]
    usable = {one["corridor"] for one in options if one["status"] == "usable"}
    assert legs[1:3] == [True, "categorizedSymbol"]
    assert legs[3].keys() == usable
    assert len(set(legs[3].values())) == len(usable)
    assert terminals[1:3] == [True, "singleSymbol"]
    assert terminals[4]
    assert legs[0] > terminals[0] > 0


def test_duckdb_reads_a_batch() -> None:
    duckdb = pytest.importorskip("duckdb")
    summary = rows(BATCH / "summary.csv")
    base = duckdb.connect()
    tables = str(BATCH / "data" / "**" / "*.parquet")
    found = dict(
        base.execute(
            'SELECT "table", count(*) FROM read_parquet(?, hive_partitioning = true)'
            ' GROUP BY "table"',
            [tables],
        ).fetchall()
    )
    assert found["scenarios"] == len(summary)
    (cost,) = base.execute(
        "SELECT sum(cost_usd_per_teu) FROM read_csv(?)", [str(BATCH / "summary.csv")]
    ).fetchone()
    assert cost == pytest.approx(sum(float(row["cost_usd_per_teu"]) for row in summary))
    try:
        base.execute("LOAD spatial")
    except duckdb.Error:
        return  # the extension is not installed here, and is not downloaded for a test
    layer = base.execute("SELECT count(*) FROM st_read(?)", [str(COMPARED / "legs.gpkg")])
    assert layer.fetchone()[0] > 0


def test_a_spreadsheet_has_a_page_to_print() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(BATCH / "summary.xlsx")
    assert book["Scenarios"].max_row == len(rows(BATCH / "summary.csv")) + 1
    answer = book["Answer"]
    assert answer._charts
    assert answer.sheet_properties.pageSetUpPr.fitToPage


def test_libreoffice_converts_the_first_sheet(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed; openpyxl reads the same file above")
    subprocess.run(
        [office, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path),
         str(BATCH / "summary.xlsx")],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    text = (tmp_path / "summary.csv").read_text(encoding="utf-8")
    assert "Recommended corridor" in text


def test_json_has_a_schema_that_others_read() -> None:
    record = json.loads((COMPARED / "comparison.json").read_text(encoding="utf-8"))
    options = rows(COMPARED / "options.csv")
    assert len(record["options"]) == len(options)
