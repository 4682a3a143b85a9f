"""A page of HTML that a notebook shows and a script saves, and the parts a result shows."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

BYTES_PER_MB = 1_000_000
MAP_HEIGHT, REPORT_HEIGHT = 520, 720
MOST_ROWS = 12
STYLE = (
    "<style>.corridors-result p{margin:.3em 0;max-width:60em}"
    ".corridors-result iframe{border:1px solid #ccc;border-radius:4px}"
    ".corridors-result .scrolled{overflow-x:auto}"
    ".corridors-result table{border-collapse:collapse;margin:.4em 0}"
    ".corridors-result th,.corridors-result td{padding:.2em .6em;text-align:left}"
    ".corridors-result .figure{text-align:right}</style>"
)


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A page that works offline: a map or a report.

    A notebook shows it; `save` writes it to a file, and `html` is its text.

    Parameters
    ----------
    title
        What it shows.
    html
        Its text.
    height
        Pixels that it takes in a notebook.
    """

    title: str
    html: str
    height: int = REPORT_HEIGHT

    @property
    def megabytes(self) -> float:
        """The size of its text in MB."""
        return len(self.html.encode()) / BYTES_PER_MB

    def save(self, path: Path | str) -> Path:
        """Write the page to a file and return its path.

        Raises
        ------
        ConfigError
            The file cannot be written.
        """
        from corridors.output.store import write_outputs

        file = Path(path)
        write_outputs(file.parent, {file.name: self.html})
        return file

    def __repr__(self) -> str:
        return (
            f"{self.title}: a page of {self.megabytes:.1f} MB that works offline."
            " A notebook shows it; .save('page.html') writes it."
        )

    def _repr_html_(self) -> str:
        # In single quotes, since the page's data are full of double ones.
        text = self.html.replace("&", "&amp;").replace("'", "&#39;")
        title = escape(self.title, quote=True)
        return f'<iframe title="{title}" height="{self.height}" style="width:100%"' + (
            f" srcdoc='{text}'></iframe>"
        )


def shown_html(
    texts: list[str], table: pd.DataFrame | None, *, page: Page | None, more: str
) -> str:
    """Return what a notebook shows of a result: sentences, the first rows of a table, a page.

    Parameters
    ----------
    texts
        Plain text, the heading first.
    table
        Rows, of which the first twelve are shown.
    page
        A map below the table.
    more
        What else the result has; shown in small print.
    """
    heading, *rest = texts
    parts = [f"<p><b>{escape(heading)}</b></p>", *(f"<p>{escape(text)}</p>" for text in rest)]
    if table is not None and len(table):
        # A table that is wider than the screen scrolls, by keys as well.
        scrolled = '<div class="scrolled" tabindex="0" role="group" aria-label="Table">'
        parts.append(f"{scrolled}{_table_html(table.head(MOST_ROWS))}</div>")
        if len(table) > MOST_ROWS:
            parts.append(f"<p>{len(table) - MOST_ROWS:,} more rows.</p>")
    if page is not None:
        parts.append(page._repr_html_())
        more = f"{more}. The map above takes {page.megabytes:.1f} MB of this notebook"
    parts.append(f"<p><small>{escape(more)}.</small></p>")
    return f'{STYLE}<div class="corridors-result">{"".join(parts)}</div>'


def _table_html(table: pd.DataFrame) -> str:
    """Return a frame as a table: figures to the right, texts to the left, nothing for none."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    figures = [is_numeric_dtype(kind) and not is_bool_dtype(kind) for kind in table.dtypes]
    marks = [' class="figure"' if figure else "" for figure in figures]
    head = "".join(
        f'<th scope="col"{mark}>{escape(str(name))}</th>'
        for name, mark in zip(table.columns, marks, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{mark}>{escape(_cell(value))}</td>" for value, mark in zip(row, marks, strict=True)
        )
        + "</tr>"
        for row in table.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return "" if isnan(value) else _figure(value)
        case None:
            return ""
    return str(value)


def _figure(value: float) -> str:
    """Return a figure of a table: whole from 100 on, else to one or two decimals."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"
