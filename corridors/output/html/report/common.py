"""Parts shared by the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from corridors.output.html.encode import element
from corridors.output.html.report.report_tables import Column, table_html

LIMITS_OF_KNOWLEDGE = (
    "<ul>"
    "<li>Costs are operating costs or published tariffs and rates, not offers. A carrier's quote "
    "on a given day can be far higher or lower.</li>"
    "<li>Congestion and the availability of slots are not modelled. The wait for a departure is "
    "half the interval between departures. Listed capacities of crossings and ferries produce "
    "warnings; they restrict the recommendation only if the scenario limits their use.</li>"
    "<li>Ice follows a mean year unless the scenario names another one. It is not a forecast.</li>"
    "<li>Sanctions and insurance appear as warnings where a source is known. Whether a cargo may "
    "be moved is a legal question.</li>"
    "<li>Low and high add up the ranges of the sources line by line. They are not "
    "probabilities.</li>"
    "</ul>"
)
LICENCE = (
    "Network data: © OpenStreetMap contributors, Open Database License (ODbL) 1.0; land and sea "
    "lanes from Natural Earth, public domain. Charts: Bokeh."
)


def answer_box(sentences: Sequence[str], *, warn: bool = False) -> str:
    """Return the answer box: the first sentence large, the others below."""
    first, *rest = sentences or [""]
    kind = "answer warn" if warn else "answer"
    body = "".join(element("p", text) for text in rest)
    return (
        f'<div class="{kind}" role="region" aria-label="The answer">'
        f"{element('p', first, class_='first')}{body}</div>"
    )


def sources_list(titles: Mapping[str, str]) -> str:
    """Return the sources by id with their titles, without `assumption`."""
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
    """Return the command and inputs that give the same result.

    Parameters
    ----------
    command
        The command line; not shown if empty.
    manifest
        Versions and hashes by name.
    values
        Scenario values by dotted key.
    heading
        Heading of the values.
    text
        Full text of an input file.
    text_heading
        Heading of the file.
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
    """Return the attribution and licence of the data."""
    return element("p", LICENCE, class_="note")
