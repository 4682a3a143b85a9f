"""Charts as JSON for BokehJS, without Bokeh's Python models.

Importing `bokeh.models` takes half a second, more than the rest of a report, and its ids count up
per process. Here a model is a dictionary in Bokeh's serialisation, numbered from one in each
chart, so the same figures give the same bytes. The tests read every chart back with Bokeh, which
checks names and values.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corridors.output.html.encode import rounded, script_json

Node = dict[str, object]
Columns = Mapping[str, Sequence[object]]

INK = "#22303a"
MUTED = "#5b6b76"
RULE = "#e3e9ec"
FONT = "Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"
LABEL_WIDTH = 24
LABEL_LINES = 2
_TEX = re.compile(r"(?<=\$)(?=\$)|(?<=\\)(?=[\[(])")
_NO_WIDTH = "\u200b"


def axis_text(text: str) -> str:
    """Return a label in at most two lines that Bokeh does not read as TeX."""
    lines = textwrap.wrap(" ".join(text.split()), LABEL_WIDTH) or [""]
    if len(lines) > LABEL_LINES:
        lines = [*lines[: LABEL_LINES - 1], lines[LABEL_LINES - 1][: LABEL_WIDTH - 1] + "…"]
    return _TEX.sub(_NO_WIDTH, "\n".join(lines))


@dataclass
class Plot:
    """A chart: call `glyph` for each layer, then `json`.

    `rows` are the labels of a categorical vertical axis, top first; without them it is numeric.
    `x_span` fixes the horizontal axis; by default it fits the data.
    """

    x_label: str
    height: int
    y_label: str = ""
    rows: Sequence[str] = ()
    x_span: tuple[float, float] | None = None
    _last_id: int = 0
    _drawn: list[Node] = field(default_factory=list)
    _hovers: list[Node] = field(default_factory=list)

    def glyph(
        self,
        kind: str,
        columns: Columns,
        tooltips: Sequence[tuple[str, str]] = (),
        **look: object,
    ) -> None:
        """Add a layer of glyphs.

        Parameters
        ----------
        kind
            `HBar`, `Scatter`, `Step`, `Line` or `Text`.
        columns
            Lists of equal length, by name.
        tooltips
            Pairs of a label and a column, `@name` or `@usd{0,0}`.
        look
            Properties of the glyph. A text beginning with `@` names a column; for `Line` and
            `Step` only x and y can.
        """
        plain = kind in {"Line", "Step"}
        source = self._node(
            "ColumnDataSource",
            data={
                "type": "map",
                "entries": [[name, list(values)] for name, values in columns.items()],
            },
        )
        attributes = {key: _spec(value, plain=plain) for key, value in look.items()}
        drawn = self._node(
            "GlyphRenderer", data_source=source, glyph=self._node(kind, **attributes)
        )
        self._drawn.append(drawn)
        if tooltips:
            self._hovers.append(
                self._node(
                    "HoverTool",
                    renderers=[{"id": drawn["id"]}],
                    tooltips=[list(pair) for pair in tooltips],
                    point_policy="follow_mouse" if kind == "HBar" else "snap_to_data",
                )
            )

    def json(self, version: str) -> str:
        """Return the chart as text for a script element.

        Parameters
        ----------
        version
            Version of BokehJS.
        """
        below = self._axis(self.x_label, "0,0.[0]")
        left = self._rows_axis() if self.rows else self._axis(self.y_label, "0,0")
        grids = [
            self._node("Grid", dimension=number, axis={"id": axis["id"]}, grid_line_color=colour)
            for number, axis, colour in (
                (0, below, RULE),
                (1, left, None if self.rows else RULE),
            )
        ]
        figure = self._node(
            "Figure",
            height=self.height,
            sizing_mode="stretch_width",
            x_range=self._range(self.x_span),
            y_range=self._range((len(self.rows) - 0.5, -0.5) if self.rows else None),
            x_scale=self._node("LinearScale"),
            y_scale=self._node("LinearScale"),
            renderers=self._drawn,
            toolbar=self._node("Toolbar", tools=self._hovers, logo=None),
            toolbar_location=None,
            left=[left],
            below=[below],
            center=grids,
            outline_line_color=None,
            min_border_right=24,
        )
        chart = {
            "root_id": figure["id"],
            "doc": {"version": version, "title": "", "roots": [figure]},
            "version": version,
        }
        return script_json(rounded(chart))

    def _node(self, name: str, **attributes: object) -> Node:
        self._last_id += 1
        return {
            "type": "object",
            "name": name,
            "id": f"p{self._last_id}",
            "attributes": attributes,
        }

    def _range(self, span: tuple[float, float] | None) -> Node:
        if span is None:
            return self._node("DataRange1d")
        return self._node("Range1d", start=span[0], end=span[1])

    def _axis(self, label: str, digits: str) -> Node:
        return self._node(
            "LinearAxis",
            ticker=self._node("BasicTicker", desired_num_ticks=5, mantissas=[1, 2, 5]),
            formatter=self._node("NumeralTickFormatter", format=digits),
            axis_label=label,
            axis_label_text_font_style="normal",
            **_AXIS_LOOK,
        )

    def _rows_axis(self) -> Node:
        return self._node(
            "LinearAxis",
            ticker=self._node("FixedTicker", ticks=list(range(len(self.rows)))),
            formatter=self._node("BasicTickFormatter"),
            major_label_overrides={
                "type": "map",
                "entries": [[i, axis_text(text)] for i, text in enumerate(self.rows)],
            },
            # By default Bokeh drops labels that are close together.
            major_label_policy=self._node("AllLabels"),
            **_AXIS_LOOK,
        )


_AXIS_LOOK: Mapping[str, object] = {
    "axis_line_color": "#b5c0c7",
    "major_tick_line_color": "#b5c0c7",
    "minor_tick_line_color": None,
    "major_label_text_color": INK,
    "major_label_text_font": FONT,
    "major_label_text_font_size": "11.5px",
    "axis_label_text_color": MUTED,
    "axis_label_text_font": FONT,
    "axis_label_text_font_size": "11.5px",
}


def _spec(value: object, *, plain: bool) -> object:
    if isinstance(value, str) and value.startswith("@"):
        return {"type": "field", "field": value[1:]}
    return value if plain else {"type": "value", "value": value}
