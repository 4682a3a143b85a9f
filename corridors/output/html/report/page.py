"""The page around a report, and its charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from corridors.output.html.encode import swatch
from corridors.output.html.page import asset, page_html, policy_of
from corridors.output.html.report.plot import Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report: its id in the page, its heading, its body as markup."""

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
    """Return the whole page as HTML text.

    Parameters
    ----------
    title
        Of the window, plain text.
    head
        Markup above the contents: title, what was asked, the answer.
    sections
        In order; those without a body are left out.
    scripts
        Assets that run after BokehJS.
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
        What is drawn.
    name
        Its id in the page, plain letters and dashes.
    caption
        Plain text.
    keys
        The legend, in markup beside the drawing so that it covers no data.
    says
        What a screen reader says in place of the drawing; the caption by default.
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
    # Imported here because the package is wanted for its version and its JavaScript alone.
    import bokeh

    return str(bokeh.__version__)


def _bokeh_js() -> str:
    import bokeh

    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    # A script element would end at such a text; BokehJS holds it in strings only.
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script").rstrip()
