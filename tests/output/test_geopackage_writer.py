"""GeoPackages say to GDAL what GDAL's own files said."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from pyogrio.raw import write

from corridors.output.geopackage_writer import REAL, TEXT, WHOLE, Geometry, Layer, write_layers

ROUTES = Layer(
    name="routes",
    geometry=Geometry.MULTILINESTRING,
    shapes=[
        [[(121.5, 31.2), (140.0, 35.0), (180.0, 40.0)], [(-180.0, 40.0), (-118.2, 33.7)]],
        [[(4.1, 51.9), (4.2, 52.0)]],
    ],
    columns={
        "name": (TEXT, ['Shanghai to "Los Angeles"; --\'', None]),
        "from": (TEXT, ["cn-shanghai", "Zürich 上海"]),
        "km": (REAL, [9000.125, float("nan")]),
        "rank": (WHOLE, [1, np.int64(2)]),
    },
)
PLACES = Layer(
    name="places",
    geometry=Geometry.POINT,
    shapes=[[[(121.5, 31.2)]], [[(-118.2, 33.7)]]],
    columns={"id": (TEXT, ["cn-shanghai", "us-los-angeles"])},
)
KINDS = {TEXT: object, REAL: np.float64, WHOLE: np.int32}


def by_gdal(path: Path, layer: Layer) -> None:
    """Write a layer as it was written before, by GDAL."""
    shapes = [
        shapely.Point(shape[0][0])
        if layer.geometry is Geometry.POINT
        else shapely.MultiLineString([list(line) for line in shape])
        for shape in layer.shapes
    ]
    write(
        path,
        np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        field_data=[np.array(v, dtype=KINDS[kind]) for kind, v in layer.columns.values()],
        fields=np.array(list(layer.columns), dtype=object),
        geometry_type="Point" if layer.geometry is Geometry.POINT else "MultiLineString",
        layer=layer.name,
        driver="GPKG",
        crs="EPSG:4326",
        append=path.exists(),
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Return a file of ours and one of GDAL with the same layers."""
    ours, theirs = tmp_path / "ours.gpkg", tmp_path / "theirs.gpkg"
    write_layers(ours, (ROUTES, PLACES))
    for layer in (ROUTES, PLACES):
        by_gdal(theirs, layer)
    return ours, theirs


def test_gdal_reads_the_same_layers_fields_and_geometries(pair: tuple[Path, Path]) -> None:
    ours, theirs = pair
    assert pyogrio.list_layers(ours).tolist() == pyogrio.list_layers(theirs).tolist()
    for layer in (ROUTES, PLACES):
        mine, other = (pyogrio.read_info(path, layer=layer.name) for path in pair)
        assert {key: np.asarray(mine[key]).tolist() for key in mine} == {
            key: np.asarray(other[key]).tolist() for key in other
        }
        frames = [pyogrio.read_dataframe(path, layer=layer.name) for path in pair]
        assert frames[0].equals(frames[1])
        assert frames[0].crs == frames[1].crs
        assert (frames[0].geometry.to_wkb() == frames[1].geometry.to_wkb()).all()


def test_the_spatial_index_and_the_stored_shapes_are_those_of_gdal(
    pair: tuple[Path, Path],
) -> None:
    for query in (
        "SELECT * FROM rtree_routes_geom ORDER BY id",
        "SELECT * FROM rtree_places_geom ORDER BY id",
        "SELECT fid, geom FROM routes",
        "SELECT fid, geom FROM places",
        "SELECT table_name, data_type, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents",
        "SELECT * FROM gpkg_geometry_columns",
        "SELECT * FROM gpkg_spatial_ref_sys",
        "SELECT * FROM gpkg_extensions",
        "SELECT * FROM gpkg_ogr_contents",
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('routes', 'places')"
        " ORDER BY name",
        "PRAGMA application_id",
    ):
        found = []
        for path in pair:
            with closing(sqlite3.connect(path)) as database:
                found.append(database.execute(query).fetchall())
        assert found[0] == found[1], query


def test_gdal_can_add_to_a_layer_and_keeps_its_index(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layers(path, (PLACES,))
    more = geopandas.GeoDataFrame(
        {"id": ["sg-singapore"]}, geometry=[shapely.Point(103.8, 1.3)], crs="EPSG:4326"
    )
    more.to_file(path, layer="places", driver="GPKG", engine="pyogrio", mode="a")
    near = pyogrio.read_dataframe(path, layer="places", bbox=(100, 0, 110, 5))
    assert list(near["id"]) == ["sg-singapore"]


def test_an_empty_layer_keeps_its_fields(tmp_path: Path) -> None:
    empty = Layer(
        name="none",
        geometry=Geometry.POINT,
        shapes=[],
        columns={"id": (TEXT, []), "km": (REAL, [])},
    )
    write_layers(tmp_path / "a.gpkg", (empty,))
    info = pyogrio.read_info(tmp_path / "a.gpkg", layer="none")
    assert (info["features"], info["geometry_type"]) == (0, "Point")
    assert list(info["fields"]) == ["id", "km"]


def test_a_geopackage_loads_neither_gdal_nor_pandas() -> None:
    code = (
        "import sys, corridors.output.geopackage_writer, corridors.output.geopackage_writer;"
        "import corridors.exchange.network_files;"
        "print(sorted({'pandas', 'pyarrow', 'geopandas', 'pyogrio', 'shapely'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
