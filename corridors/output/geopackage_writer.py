"""Write layers of points and lines as a GeoPackage, with the SQLite of Python.

The file has the tables, spatial index and triggers that GDAL writes, so that QGIS can edit it. It
is made without GDAL, which takes longer to load and to write. Its time of change is fixed: same
input, same bytes.
"""

from __future__ import annotations

import math
import re
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from corridors.domain.results import RouteOption, RouteStep
from corridors.output.comparison import Comparison
from corridors.output.contract import LegRecord
from corridors.output.drawn_lines import split_at_antimeridian, unwrapped_lines

# Default styles of layers for QGIS 3: QML, the form in which QGIS itself stores a style.

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_STYLE_VERSION = "3.22.0"
_COLOUR = re.compile("#[0-9a-fA-F]{6}")
INK, PAPER = "#22303a", "#ffffff"
LINE_MM, EDGE_MM, PLACE_MM = 0.7, 0.5, 2.2
# An expression in place of a figure, as QGIS numbers the kinds of these.
_EXPRESSION = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStyle:
    """Lines in the colour of a value of a column, in the order of the legend.

    `classes` are by value its title, colour (`#rrggbb`) and pen (`solid`, `dash`, `dot` or
    `dash dot`); without them all lines have `colour`. `width` is an expression of QGIS in mm.
    """

    column: str = ""
    classes: Mapping[str, tuple[str, str, str]] | None = None
    colour: str = INK
    width: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointStyle:
    """Round marks with the text of a column beside them.

    `size` is an expression of QGIS in mm. With `far_scale` the text is left out on maps of a
    smaller scale than 1 to that.
    """

    label: str
    fill: str = PAPER
    size: str = ""
    far_scale: int = 0


def qml(style: LineStyle | PointStyle) -> str:
    """Return the QML of a style."""
    root = Element("qgis", version=_STYLE_VERSION, styleCategories="Symbology|Labeling")
    if isinstance(style, PointStyle):
        root.set("labelsEnabled", "1")
        symbols = _single(root)
        symbol = SubElement(symbols, "symbol", type="marker", name="0", alpha="1")
        _layer(
            symbol,
            "SimpleMarker",
            {
                "name": "circle",
                "color": _rgba(style.fill),
                "outline_color": _rgba(INK),
                "outline_width": "0.4",
                "size": f"{PLACE_MM:g}",
                "size_unit": "MM",
            },
            {"size": style.size},
        )
        _labels(root, style)
    elif style.classes is None:
        _line(_single(root), "0", style.colour, "solid", style.width)
    else:
        renderer = SubElement(root, "renderer-v2", type="categorizedSymbol", attr=style.column)
        renderer.set("enableorderby", "0")
        categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
        for number, (value, (title, colour, pen)) in enumerate(style.classes.items()):
            SubElement(
                categories, "category", value=value, label=title, symbol=str(number), render="true"
            )
            _line(symbols, str(number), colour, pen, style.width)
    indent(root)
    return _HEAD + tostring(root, encoding="unicode")


def _single(root: Element) -> Element:
    return SubElement(SubElement(root, "renderer-v2", type="singleSymbol"), "symbols")


def _line(symbols: Element, name: str, colour: str, pen: str, width: str) -> None:
    symbol = SubElement(symbols, "symbol", type="line", name=name, alpha="1")
    edge = f"({width}) + {EDGE_MM:g}" if width else ""
    for ink, style, mm, of in (
        (PAPER, "solid", LINE_MM + EDGE_MM, edge),
        (colour, pen, LINE_MM, width),
    ):
        keys = {
            "line_color": _rgba(ink),
            "line_style": style,
            "line_width": f"{mm:g}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        }
        made = _layer(symbol, "SimpleLine", keys, {"outlineWidth": of})
        # A new colour chosen in QGIS is that of the line, not of its edge.
        made.set("locked", str(int(ink == PAPER)))


def _layer(
    symbol: Element, kind: str, keys: Mapping[str, str], expressions: Mapping[str, str]
) -> Element:
    """Add a layer of a symbol: its keys, as QGIS reads them from 3.18 on and before it."""
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0"})
    options = SubElement(layer, "Option", type="Map")
    for key, value in keys.items():
        SubElement(options, "Option", name=key, type="QString", value=value)
    for key, value in keys.items():
        SubElement(layer, "prop", k=key, v=value)
    given = {key: text for key, text in expressions.items() if text}
    if not given:
        return layer
    defined = SubElement(SubElement(layer, "data_defined_properties"), "Option", type="Map")
    SubElement(defined, "Option", name="name", type="QString", value="")
    properties = SubElement(defined, "Option", name="properties", type="Map")
    for key, text in given.items():
        found = SubElement(properties, "Option", name=key, type="Map")
        SubElement(found, "Option", name="active", type="bool", value="true")
        SubElement(found, "Option", name="expression", type="QString", value=text)
        SubElement(found, "Option", name="type", type="int", value=_EXPRESSION)
    SubElement(defined, "Option", name="type", type="QString", value="collection")
    return layer


def _labels(root: Element, style: PointStyle) -> None:
    labeling = SubElement(root, "labeling", type="simple")
    settings = SubElement(labeling, "settings", calloutType="simple")
    text = SubElement(settings, "text-style", fieldName=style.label, isExpression="0")
    for key, value in (("fontSize", "8"), ("fontSizeUnit", "Point"), ("textColor", _rgba(INK))):
        text.set(key, value)
    SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferColor=_rgba(PAPER),
        bufferSizeUnits="MM", bufferOpacity="1",
    )  # fmt: skip
    # Beside the point on the side that is free.
    SubElement(settings, "placement", placement="6", dist="1", distUnits="MM", priority="5")
    SubElement(
        settings, "rendering", scaleVisibility=str(int(style.far_scale > 0)),
        scaleMin="0", scaleMax=str(style.far_scale), drawLabels="1",
    )  # fmt: skip


def _rgba(colour: str) -> str:
    """Return `#rrggbb` as QGIS writes it; of any other text dark."""
    digits = colour[1:] if _COLOUR.fullmatch(colour) else INK[1:]
    return ",".join(str(number) for number in (*bytes.fromhex(digits), 255))


TEXT, REAL, WHOLE = "TEXT", "REAL", "MEDIUMINT"
FIXED_DATE = "2000-01-01T00:00:00.000Z"

Lines = Sequence[Sequence[tuple[float, float]]]
Box = tuple[float, float, float, float]
"""West, east, south and north in degrees."""

_APPLICATION_ID = 0x47504B47  # "GPKG"
_VERSION = 10400
_SRS = 4326
_WKB_POINT, _WKB_LINE, _WKB_MULTILINE = 1, 2, 5
_WGS_84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
# Tables of OGC 12-128r19, annex C, and the count of features that GDAL keeps.
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
  description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL
  DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE,
  max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id)
  REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY,
  feature_count INTEGER DEFAULT NULL);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL,
  m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name)
  REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id)
  REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""
# Triggers of the extension gpkg_rtree_index: a program that edits the layer keeps its index.
_TRIGGERS = """
CREATE TRIGGER "rtree_{t}_geom_insert" AFTER INSERT ON "{t}"
  WHEN (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom")) BEGIN
  INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", {bounds}); END;
CREATE TRIGGER "rtree_{t}_geom_update6" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom")) BEGIN
  UPDATE "rtree_{t}_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"),
  miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid"; END;
CREATE TRIGGER "rtree_{t}_geom_update7" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom")) BEGIN
  INSERT INTO "rtree_{t}_geom" VALUES (NEW."fid", {bounds}); END;
CREATE TRIGGER "rtree_{t}_geom_update2" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom")) BEGIN
  DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid"; END;
CREATE TRIGGER "rtree_{t}_geom_update5" AFTER UPDATE ON "{t}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom")) BEGIN
  DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", {bounds}); END;
CREATE TRIGGER "rtree_{t}_geom_update4" AFTER UPDATE ON "{t}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom")) BEGIN
  DELETE FROM "rtree_{t}_geom" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "rtree_{t}_geom_delete" AFTER DELETE ON "{t}" WHEN OLD."geom" NOT NULL BEGIN
  DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid"; END;
"""
# Where QGIS looks for styles, as its own provider makes it.
STYLES = "layer_styles"
_STYLE_TABLE = f"""
CREATE TABLE "{STYLES}" ("id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "f_table_catalog" TEXT(256), "f_table_schema" TEXT(256), "f_table_name" TEXT(256),
  "f_geometry_column" TEXT(256), "styleName" TEXT(30), "styleQML" TEXT, "styleSLD" TEXT,
  "useAsDefault" BOOLEAN, "description" TEXT, "owner" TEXT(30), "ui" TEXT(30),
  "update_time" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""
# Triggers by which GDAL counts the rows of a table.
_COUNTED = """
CREATE TRIGGER "trigger_insert_feature_count_{t}" AFTER INSERT ON "{t}" BEGIN
  UPDATE gpkg_ogr_contents SET feature_count = feature_count + 1
  WHERE lower(table_name) = lower('{t}'); END;
CREATE TRIGGER "trigger_delete_feature_count_{t}" AFTER DELETE ON "{t}" BEGIN
  UPDATE gpkg_ogr_contents SET feature_count = feature_count - 1
  WHERE lower(table_name) = lower('{t}'); END;
"""
_BOUNDS = 'ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")'


class Geometry(StrEnum):
    """Kinds of shapes."""

    POINT = "POINT"
    MULTILINESTRING = "MULTILINESTRING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer in EPSG:4326: a shape in degrees (lon, lat) by row, and columns by name.

    A shape is its lines; a point is one line of one point. A column is its kind (`TEXT`, `REAL` or
    `WHOLE`) and its values; None and nan are left empty. Names of layers and columns come from the
    program, never from input. With a `style` QGIS draws the layer so when it is opened.
    """

    name: str
    geometry: Geometry
    shapes: Sequence[Lines]
    columns: Mapping[str, tuple[str, Sequence[object]]]
    style: LineStyle | PointStyle | None = None


def write_layers(path: Path, layers: Iterable[Layer]) -> None:
    """Write a GeoPackage with these layers; a file of that name is replaced."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {_VERSION}")
        database.execute("BEGIN")
        for table in _TABLES.split(";")[:-1]:
            database.execute(table)
        database.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(
                    (f"Undefined {kind} SRS", srs, "NONE", srs, "undefined", f"undefined {what}")
                    for kind, srs, what in (
                        ("Cartesian", -1, "Cartesian coordinate reference system"),
                        ("geographic", 0, "geographic coordinate reference system"),
                    )
                ),
                (
                    "WGS 84 geodetic",
                    _SRS,
                    "EPSG",
                    _SRS,
                    _WGS_84,
                    "longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid",
                ),
            ),
        )
        drawn = list(layers)
        for layer in drawn:
            _add(database, layer)
        _add_styles(database, [layer for layer in drawn if layer.style])
        database.execute("COMMIT")
        path.write_bytes(database.serialize())


def _add(database: sqlite3.Connection, layer: Layer) -> None:
    name = layer.name
    boxes = [_box(shape) for shape in layer.shapes]
    whole: tuple[float | None, ...] = (None,) * 4
    if boxes:
        west, east, south, north = zip(*boxes, strict=True)
        whole = (min(west), min(south), max(east), max(north))
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        (name, name, FIXED_DATE, *whole, _SRS),
    )
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (name, layer.geometry, _SRS),
    )
    database.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',"
        " 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        (name,),
    )
    database.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", (name, len(boxes)))
    declared = "".join(f', "{column}" {kind}' for column, (kind, _) in layer.columns.items())
    database.execute(
        f'CREATE TABLE "{name}" ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,'
        f' "geom" {layer.geometry}{declared})'
    )
    places = ", ".join("?" * (2 + len(layer.columns)))
    values = [[_cell(kind, value) for value in column] for kind, column in layer.columns.values()]
    geometries = [
        _encoded(layer.geometry, shape, box) for shape, box in zip(layer.shapes, boxes, strict=True)
    ]
    database.executemany(
        f'INSERT INTO "{name}" VALUES ({places})',
        zip(range(1, len(boxes) + 1), geometries, *values, strict=True),
    )
    database.execute(
        f'CREATE VIRTUAL TABLE "rtree_{name}_geom" USING rtree(id, minx, maxx, miny, maxy)'
    )
    database.executemany(
        f'INSERT INTO "rtree_{name}_geom" VALUES (?, ?, ?, ?, ?)',
        ((fid, *box) for fid, box in enumerate(boxes, start=1)),
    )
    _add_triggers(database, _TRIGGERS + _COUNTED, name)


def _add_styles(database: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    """Add the table of styles, with the style of each of these layers as its default."""
    if not layers:
        return
    # A table without shapes; listed, or GDAL would say that it is not.
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'attributes', ?, '', ?, NULL, NULL, NULL, NULL, 0)",
        (STYLES, STYLES, FIXED_DATE),
    )
    database.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", (STYLES, len(layers)))
    database.execute(_STYLE_TABLE)
    database.executemany(
        f"INSERT INTO {STYLES} VALUES (?, '', '', ?, 'geom', ?, ?, '', 1, ?, '', NULL, ?)",
        (
            (number, layer.name, layer.name, qml(layer.style), "made by corridors", FIXED_DATE)
            for number, layer in enumerate(layers, start=1)
            if layer.style
        ),
    )
    _add_triggers(database, _COUNTED, STYLES)


def _add_triggers(database: sqlite3.Connection, triggers: str, table: str) -> None:
    for trigger in triggers.format(t=table, bounds=_BOUNDS).split("END;")[:-1]:
        database.execute(f"{trigger}END")


def _cell(kind: str, value: Any) -> object:
    if value is None or kind == TEXT:
        return value
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if kind == WHOLE else number


def _box(shape: Lines) -> Box:
    lons, lats = zip(*(point for line in shape for point in line), strict=True)
    return min(lons), max(lons), min(lats), max(lats)


def _encoded(geometry: Geometry, shape: Lines, box: Box) -> bytes:
    """Return a shape as GeoPackage binary: little endian, with its box unless it is a point."""
    if geometry is Geometry.POINT:
        return struct.pack("<2sBBiBI2d", b"GP", 0, 1, _SRS, 1, _WKB_POINT, *shape[0][0])
    parts = [
        struct.pack("<2sBBi4d", b"GP", 0, 3, _SRS, *box),
        struct.pack("<BII", 1, _WKB_MULTILINE, len(shape)),
    ]
    for line in shape:
        numbers = [number for point in line for number in point]
        parts.append(struct.pack(f"<BII{len(numbers)}d", 1, _WKB_LINE, len(line), *numbers))
    return b"".join(parts)


# `legs.gpkg`: legs and places for QGIS and other GIS programs.

_LegRow = tuple[RouteOption, RouteStep, int, tuple[tuple[tuple[float, float], ...], ...]]
_PlaceRow = tuple[str, str, float, float, str]


def write_geopackage(comparison: Comparison, path: Path) -> None:
    """Write the layers `legs` (MultiLineString) and `terminals` (Point) in EPSG:4326.

    `legs` has one row per leg: corridor, title, rank, number, from, to, from_name,
    to_name, service, km, hours, departs, arrives, usd_per_teu, co2e_wtw_kg, calibrated, source.
    Lines across 180 degrees are split there. `terminals` has one row per end of a
    leg: id, name, corridors. QGIS draws them in the colours of the corridors.

    Parameters
    ----------
    comparison
        The result; only usable corridors have rows.
    path
        The file; replaced if it exists.
    """
    legs = list(drawn_legs(comparison))
    places = _place_rows(legs)
    drawn = Layer(
        name="legs",
        geometry=Geometry.MULTILINESTRING,
        shapes=[parts for *_, parts in legs],
        columns=_leg_columns(comparison, legs),
        style=LineStyle(
            column="corridor",
            classes={route.corridor: (route.title, route.colour, "solid") for route, *_ in legs},
        ),
    )
    ends = Layer(
        name="terminals",
        geometry=Geometry.POINT,
        shapes=[[[(lon, lat)]] for _, _, lon, lat, _ in places],
        columns={
            "id": (TEXT, [place[0] for place in places]),
            "name": (TEXT, [place[1] for place in places]),
            "corridors": (TEXT, [place[4] for place in places]),
        },
        style=PointStyle(label="name"),
    )
    write_layers(path, (drawn, ends))


def drawn_legs(comparison: Comparison) -> Iterator[_LegRow]:
    """Yield the legs of the usable corridors that have a line.

    Each as its option, step and number from 1, and the parts of its line, split at 180 degrees.
    """
    for route in comparison.usable:
        # A haul within a port has no length to draw.
        drawn = [step for step in route.legs if len(set(step.lon_lat)) > 1]
        for i, (step, line) in enumerate(zip(drawn, unwrapped_lines(drawn), strict=True)):
            yield route, step, i + 1, split_at_antimeridian(line)


def _place_rows(legs: Sequence[_LegRow]) -> list[_PlaceRow]:
    names: dict[str, tuple[str, float, float]] = {}
    users: dict[str, list[str]] = {}
    for route, step, _, parts in legs:
        ends = (
            (step.from_id, step.from_name, parts[0][0]),
            (step.to_id, step.to_name, parts[-1][-1]),
        )
        for place, name, (lon, lat) in ends:
            names.setdefault(place, (name, lon, lat))
            if route.corridor not in users.setdefault(place, []):
                users[place].append(route.corridor)
    return [
        (place, name, lon, lat, ";".join(users[place]))
        for place, (name, lon, lat) in sorted(names.items())
    ]


def _leg_columns(
    comparison: Comparison, legs: Sequence[_LegRow]
) -> dict[str, tuple[str, list[object]]]:
    ranks = {route.corridor: i + 1 for i, route in enumerate(comparison.routes)}
    records = [LegRecord.model_validate(step).plain() for _, step, _, _ in legs]

    def of_legs(kind: str, *keys: str) -> dict[str, tuple[str, list[object]]]:
        return {key: (kind, [record[key] for record in records]) for key in keys}

    return {
        "corridor": (TEXT, [route.corridor for route, *_ in legs]),
        "title": (TEXT, [route.title for route, *_ in legs]),
        "rank": (WHOLE, [ranks[route.corridor] for route, *_ in legs]),
        "number": (WHOLE, [number for _, _, number, _ in legs]),
        **of_legs(TEXT, "from", "to", "from_name", "to_name", "service", "part"),
        **of_legs(REAL, "km", "hours"),
        **of_legs(TEXT, "departs", "arrives"),
        **of_legs(REAL, "usd_per_teu", "co2e_wtw_kg"),
        "calibrated": (TEXT, [_yes_no(step.calibrated) for _, step, _, _ in legs]),
        **of_legs(TEXT, "source"),
    }


def _yes_no(known: bool | None) -> str:
    return "" if known is None else "yes" if known else "no"
