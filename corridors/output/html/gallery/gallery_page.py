"""`index.html`: one card per scenario, in a file without scripts or external resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from corridors.domain.results import RouteOption
from corridors.output.answer import answer_of, row_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import on_page, scenario_title
from corridors.output.html.encode import safe_colour
from corridors.output.html.page_shell import asset, page_html, policy_of_style
from corridors.output.html.question_sentence import question

EXAMPLES = "examples"
SENTENCES = 4
TITLE = "Freight corridors between Asia and Europe"
LINKS = (
    ("map.html", "Map", "All routes with their legs, costs and hours"),
    ("report.html", "Report", "Costs and days by part, sources, weakest assumptions"),
    ("options.csv", "Table", "The figures of each corridor as CSV"),
)
# The page of the repository, which holds no maps and reports, but the hashes of all.
MADE = (
    "<p>A checkout holds no maps and reports. <code>make maps</code> writes those of all scenarios"
    " in a minute or two; then open <code>maps/examples/index.html</code>. The command on a card"
    " writes its own.</p>"
)
ATTRIBUTION = (
    "Routes on OpenStreetMap data © OpenStreetMap contributors, ODbL 1.0; sea lanes, land and"
    " borders from Natural Earth."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A shipped scenario's id (its file name), comparison and thumbnail."""

    id: str
    comparison: Comparison
    thumbnail: str


def gallery_html(entries: Sequence[Entry], *, links: bool = False) -> str:
    """Return the gallery as HTML text; the same entries give the same text.

    The page has no script, and its policy allows only its own style.

    Parameters
    ----------
    entries
        The scenarios.
    links
        Whether the folders of the scenarios lie beside the page; else a card says what writes its
        files.
    """
    style = asset("gallery", "gallery.css")
    cards = "\n".join(_card(entry, links=links) for entry in entries)
    body = f"""<header>
<h1>{TITLE}</h1>
<p>The shipped scenarios, compared in cost, days and greenhouse gas emissions.
Every page works offline.</p>
{"" if links else MADE}
</header>
<main>
{cards}
</main>
<footer><p>{ATTRIBUTION}</p></footer>
"""
    return page_html(TITLE, body, style=style, policy=policy_of_style(style))


def _card(entry: Entry, *, links: bool) -> str:
    """Return a card with links to its files, or with what writes them."""
    scenario, folder = entry.comparison.scenario, quote(entry.id, safe="")
    title = escape(scenario_title(scenario))
    picture = f'<div class="picture">{entry.thumbnail.strip()}</div>'
    files = (
        f'<p class="made">Map and report: <code>corridors compare {escape(entry.id)} --out'
        f" maps/{escape(entry.id)}</code></p>"
    )
    if links:
        # For the pointer; the link below is that of the keyboard, and says what it opens.
        picture = (
            f'<a class="picture" href="{folder}/map.html" tabindex="-1" aria-hidden="true">'
            f"{entry.thumbnail.strip()}</a>"
        )
        named = "".join(
            f'<a href="{folder}/{name}" title="{escape(hint)}">{label}</a>'
            for name, label, hint in LINKS
        )
        files = f'<nav aria-label="{title}">{named}</nav>'
    return (
        f'<article class="card">{picture}'
        f'<div class="text"><h2>{title}</h2>'
        f'<p class="asked">{escape(question(scenario))}</p>'
        f'<p class="answer">{_answer(entry.comparison)}</p>'
        f"{_corridors(entry.comparison)}{files}</div></article>"
    )


def _answer(comparison: Comparison) -> str:
    """Return the first sentences of the answer, the first in bold, and how old what it takes is."""
    answer = answer_of(comparison)
    first, *others = map(on_page, answer.sentences[:SENTENCES])
    if answer.rests_on:
        others.append(on_page(f"Rests on {'; '.join(answer.rests_on)}."))
    return " ".join([f"<b>{escape(first)}</b>", *(escape(sentence) for sentence in others)])


def _corridors(comparison: Comparison) -> str:
    rows = "".join(_row(comparison, route) for route in comparison.routes)
    usable, every = len(comparison.usable), len(comparison.routes)
    noun = "corridor" if every == 1 else "corridors"
    return (
        f"<details><summary>{every} {noun}, {usable} usable, best first</summary>"
        '<table><thead><tr><th scope="col">Corridor</th><th scope="col">'
        f"{answer_of(comparison).money}</th>"
        '<th scope="col">Days</th><th scope="col">t CO₂e</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _row(comparison: Comparison, route: RouteOption) -> str:
    swatch = (
        '<svg class="swatch" width="12" height="12" aria-hidden="true">'
        f'<rect width="12" height="12" rx="2" fill="{safe_colour(route.colour)}"/></svg>'
    )
    star = ' <span class="star" title="recommended">★</span>'
    mark = star if route is comparison.recommended else ""
    mark += " <small>about the same</small>" if comparison.is_tied(route) else ""
    name = f'<th scope="row">{swatch}{escape(route.title)}{mark}</th>'
    if not route.usable:
        return f'<tr>{name}<td colspan="3">{escape(route.status.value)}</td></tr>'
    row = row_of(comparison, route)
    figures = (row.usd, row.days, row.co2e_t)
    return f"<tr>{name}{''.join(f'<td>{figure}</td>' for figure in figures)}</tr>"
