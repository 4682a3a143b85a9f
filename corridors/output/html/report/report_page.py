"""The HTML page of a report, and its charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from corridors.output.html.encode import swatch
from corridors.output.html.page_shell import asset, page_html, policy_of
from corridors.output.html.report.plot import Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the report; `body` is markup."""

    id: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An entry of a chart's legend."""

    label: str
    colour: str


def render_page(
    title: str, head: str, sections: Sequence[Section], *, scripts: Sequence[str] = ("report.js",)
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    title
        Window title, plain text.
    head
        Markup above the contents: title, question, answer.
    sections
        In order; sections without a body are skipped.
    scripts
        Script assets that run after BokehJS.
    """
    kept = [section for section in sections if section.body]
    links = "".join(f'<a href="#{part.id}">{escape(part.heading)}</a>' for part in kept)
    body = "".join(
        f'<section id="{part.id}"><h2>{escape(part.heading)}</h2>{part.body}</section>'
        for part in kept
    )
    code = [_bokeh_js(), *(asset("report", name) for name in scripts)]
    inlined = "".join(f"<script>{text}</script>\n" for text in code)
    return page_html(
        title,
        f'<header>{head}</header>\n<nav aria-label="Contents">{links}</nav>\n'
        f"<main>{body}</main>\n{inlined}",
        style=asset("report", "report.css"),
        policy=policy_of(inlined),
    )


def chart_html(
    plot: Plot, name: str, *, caption: str, keys: Sequence[Key] = (), says: str = ""
) -> str:
    """Return a chart with its caption and legend.

    Parameters
    ----------
    plot
        The chart.
    name
        Element id: letters and dashes.
    caption
        Plain text.
    keys
        Legend entries, shown beside the chart so that they cover no data.
    says
        Text for screen readers; the caption by default.
    """
    legend = "".join(f"<li>{swatch(key.colour)}{escape(key.label)}</li>" for key in keys)
    legend = f'<ul class="keys">{legend}</ul>' if keys else ""
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>{legend}"
        f'<div class="chart" id="{name}" role="img" aria-label="{escape(says or caption)}"'
        f' style="height:{plot.height}px"></div>'
        f'<script type="application/json" data-chart="{name}">{plot.json(_version())}</script>'
        "</figure>"
    )


def _version() -> str:
    # Imported here: only the version and the JavaScript of the package are needed.
    import bokeh

    return str(bokeh.__version__)


def _bokeh_js() -> str:
    import bokeh

    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    # This text would end the script element; in BokehJS it occurs only in strings.
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script").rstrip()
