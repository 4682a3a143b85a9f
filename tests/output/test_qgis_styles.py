"""GeoPackages carry a style for each of their layers, as QGIS stores its own.

`make test-interop` lets QGIS itself draw them; here their form is read back.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pyogrio

from corridors.output.geopackage_writer import (
    TEXT,
    Geometry,
    Layer,
    LineStyle,
    PointStyle,
    qml,
    write_geopackage,
    write_layers,
)
from tests.output.fixtures import example_comparison


def styles_of(path: Path) -> dict[str, Element]:
    """Return the default style of each layer, by its name."""
    query = (
        "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"
        " AND f_table_catalog = '' AND f_table_schema = '' AND f_geometry_column = 'geom'"
    )
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(query).fetchall()
    assert len({name for name, _ in rows}) == len(rows)
    return {name: fromstring(text) for name, text in rows}


def test_legs_open_in_the_colours_of_their_corridors(tmp_path: Path) -> None:
    found = example_comparison()
    write_geopackage(found, tmp_path / "legs.gpkg")
    styles = styles_of(tmp_path / "legs.gpkg")
    assert styles.keys() == {"legs", "terminals"}
    renderer = styles["legs"].find("renderer-v2")
    assert renderer is not None
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "corridor")
    symbols = {symbol.get("name"): symbol for symbol in renderer.iter("symbol")}
    drawn = {}
    for category in renderer.iter("category"):
        # The last layer of a symbol is on top; the one below is its white edge.
        edge, line = symbols[category.get("symbol")].findall("layer")
        colours = [part.find("prop[@k='line_color']") for part in (edge, line)]
        assert colours[0] is not None
        assert colours[0].get("v") == "255,255,255,255"
        assert colours[1] is not None
        drawn[category.get("value")] = (category.get("label"), colours[1].get("v"))
    assert drawn == {
        route.corridor: (
            route.title,
            ",".join(str(int(route.colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255",
        )
        for route in found.usable
    }
    text = styles["terminals"].find("labeling/settings/text-style")
    assert text is not None
    assert text.get("fieldName") == "name"


def test_gdal_lists_the_styles_as_a_table_without_shapes(tmp_path: Path) -> None:
    write_geopackage(example_comparison(), tmp_path / "legs.gpkg")
    layers = dict(pyogrio.list_layers(tmp_path / "legs.gpkg"))
    assert layers["layer_styles"] is None
    assert pyogrio.read_info(tmp_path / "legs.gpkg", layer="layer_styles")["features"] == 2
    plain = Layer(
        name="places",
        geometry=Geometry.POINT,
        shapes=[[[(121.5, 31.2)]]],
        columns={"id": (TEXT, ["cn-shanghai"])},
    )
    write_layers(tmp_path / "plain.gpkg", (plain,))
    assert dict(pyogrio.list_layers(tmp_path / "plain.gpkg")) == {"places": "Point"}


def test_titles_of_any_letters_are_kept_and_widths_may_be_expressions() -> None:
    title = '上海 <"Über"> & Söhne'
    lines = fromstring(
        qml(LineStyle(column="corridor", classes={"a&b": (title, "#0072b2", "dot")}))
    )
    category = lines.find("renderer-v2/categories/category")
    assert category is not None
    assert (category.get("value"), category.get("label")) == ("a&b", title)
    flows = fromstring(qml(LineStyle(width='scale_linear("teu", 0, 9, 0, 4)')))
    said = [one.get("value") for one in flows.iter("Option") if one.get("name") == "expression"]
    assert said == [
        '(scale_linear("teu", 0, 9, 0, 4)) + 0.5',
        'scale_linear("teu", 0, 9, 0, 4)',
    ]
    far = fromstring(qml(PointStyle(label="name", far_scale=15_000_000)))
    rendering = far.find("labeling/settings/rendering")
    assert rendering is not None
    assert (rendering.get("scaleVisibility"), rendering.get("scaleMax")) == ("1", "15000000")
