"""Default styles of layers for QGIS 3: QML, the form in which QGIS itself stores a style.

QGIS opens a layer of a GeoPackage by the row of `layer_styles` that is its default. Lines have a
white edge, so that they stand out on a map of tiles too; names keep clear of each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

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
