"""What the report of a comparison and that of a batch share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from corridors.output.html.encode import element
from corridors.output.html.report.tables import Column, table_html

LIMITS_OF_KNOWLEDGE = (
    "<ul>"
    "<li>Costs are what a service takes to run, or published tariffs and rates, not an offer: what "
    "a carrier asks on a given day can be far higher or lower.</li>"
    "<li>Congestion and the chance of a slot are not modelled; a wait is half of the time between "
    "departures. Listed capacities of crossings and ferries are warned of, and bound the decision "
    "where the scenario limits what it may use of them.</li>"
    "<li>Ice is a mean year unless the scenario says otherwise, and no year is promised.</li>"
    "<li>Sanctions and insurance are named as warnings where the tables hold them; whether a "
    "cargo may move is for a lawyer to say.</li>"
    "<li>Low and high are ranges of the sources, line by line, not a probability.</li>"
    "</ul>"
)
_LICENCE = (
    "Network data: © OpenStreetMap contributors, Open Database License (ODbL) 1.0; Natural Earth, "
    "public domain; sea lanes from searoute. Charts: Bokeh."
)


def answer_box(sentences: Sequence[str], *, warn: bool = False) -> str:
    """Return the answer: its first sentence large, the rest below."""
    first, *rest = sentences or [""]
    kind = "answer warn" if warn else "answer"
    body = "".join(element("p", text) for text in rest)
    return (
        f'<div class="{kind}" role="region" aria-label="The answer">'
        f"{element('p', first, class_='first')}{body}</div>"
    )


def sources_list(titles: Mapping[str, str]) -> str:
    """Return the sources by id with their titles; an assumption is no source."""
    items = "".join(
        f"<li>{element('code', key)} {escape(title or '(no title)')}</li>"
        for key, title in sorted(titles.items())
        if key and key != "assumption"
    )
    return f'<ul class="sources">{items}</ul>' if items else "<p>None cited.</p>"


def reproduce(
    command: str,
    manifest: Mapping[str, str],
    values: Mapping[str, str],
    *,
    heading: str,
    text: str = "",
    text_heading: str = "",
) -> str:
    """Return how to get the same result.

    Parameters
    ----------
    command
        What was typed; nothing is shown where it is empty.
    manifest
        Versions and hashes by name.
    values
        The scenario in dotted keys.
    heading
        Of the values.
    text
        Of an input file, whole.
    text_heading
        Of that file.
    """
    pair = (Column(title="Key"), Column(title="Value"))
    parts = [element("pre", command)] if command else []
    if text:
        parts.append(
            f"<details><summary>{escape(text_heading)}</summary>{element('pre', text)}</details>"
        )
    if values:
        table = table_html(heading, pair, list(values.items()), hidden_caption=True, classes="keys")
        parts.append(f"<details><summary>{escape(heading)}</summary>{table}</details>")
    if manifest:
        table = table_html(
            "Versions and hashes", pair, list(manifest.items()), hidden_caption=True, classes="keys"
        )
        parts.append(f"<details><summary>Versions and hashes</summary>{table}</details>")
    return "".join(parts)


def licence() -> str:
    """Return who made the data and under which licence it is used."""
    return element("p", _LICENCE, class_="note")
