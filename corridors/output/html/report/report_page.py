"""The HTML page of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from corridors.output.html.encode import element
from corridors.output.html.page_shell import asset, page_html, policy_of
from corridors.output.html.palette import dark_style
from corridors.output.html.report.charts import SOURCE

_SCRIPTS = ("elements.js", "report.js")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report; `body` is markup."""

    id: str
    heading: str
    body: str


def page_style() -> str:
    """Return the style sheet of reports and pages of studies, for light and dark screens."""
    sheets = ("page.css", "report.css", "charts.css")
    return "".join(asset("report", name) for name in sheets) + dark_style()


def render_page(
    title: str,
    head: str,
    sections: Sequence[Section],
    *,
    scripts: Sequence[str] = (),
    contents_last: bool = False,
    source: str = "",
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
        Script assets beside those of every page, in order.
    contents_last
        Put the contents below the first section, which belongs to the answer.
    source
        What its charts rest on.
    """
    kept = [section for section in sections if section.body]
    links = "".join(f'<a href="#{part.id}">{escape(part.heading)}</a>' for part in kept)
    bodies = [
        f'<section id="{part.id}"><h2>{escape(part.heading)}</h2>{part.body}</section>'
        for part in kept
    ]
    inlined = "".join(
        f"<script>{asset('report', name)}</script>\n" for name in (*_SCRIPTS, *scripts)
    )
    nav = f'<nav aria-label="Contents">{links}</nav>\n'
    if contents_last:
        bodies.insert(1, nav)
        nav = ""
    under = element("p", f"Source: {source}.", class_="source") if source else ""
    drawn = "".join(bodies).replace(SOURCE, under)
    return page_html(
        title,
        f"<header>{head}</header>\n{nav}<main>{drawn}</main>\n{inlined}",
        style=page_style(),
        policy=policy_of(inlined),
    )
