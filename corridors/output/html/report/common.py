"""Parts shared by the reports."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from corridors.output.html.encode import element
from corridors.output.html.report.report_tables import Cell, headings, table_html

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
    "<li>The low and high of a cost line are those of its source: limits, not "
    "probabilities.</li>"
    "</ul>"
)
# Longer titles are cut in a table; the list has them in full.
SHORT_TITLE = 34
NO_SOURCE = ("", "assumption", "scenario")
LICENCE = (
    "Network data: © OpenStreetMap contributors, Open Database License (ODbL) 1.0; land and sea "
    "lanes from Natural Earth, public domain."
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


def shortened(title: str) -> str:
    """Return the start of a source's title, for a table."""
    return textwrap.shorten(title, SHORT_TITLE, placeholder="…") or title[:SHORT_TITLE]


@dataclass(frozen=True, slots=True)
class Citations:
    """The sources of a report, numbered in the order of their ids, with their titles."""

    titles: Mapping[str, str]

    def cell(self, source_id: str) -> Cell:
        """Return a source as a cell: a link to its row in the list, `[12] Tariff of 2025`.

        What is in no list, such as an assumption, stays as it is.
        """
        number = self._numbers.get(source_id)
        if number is None:
            return Cell(text=source_id)
        title = self.titles[source_id] or source_id
        text = shortened(title)
        start = f'<a class="cite" href="#source-{number}" title="{escape(title)}">'
        return Cell(text=f"[{number}] {text}", before=start, after="</a>")

    def link(self, source_id: str) -> str:
        """Return the link to a source as markup; empty for what is in no list."""
        cell = self.cell(source_id)
        return f"{cell.before}{escape(cell.text)}{cell.after}" if cell.before else ""

    def list_html(self) -> str:
        """Return the list of sources, to which the links lead."""
        items = "".join(
            f'<li id="source-{number}">[{number}] {escape(self.titles[key] or "(no title)")}'
            f" {element('code', key)}</li>"
            for key, number in self._numbers.items()
        )
        return f'<ul class="sources">{items}</ul>' if items else "<p>None cited.</p>"

    @property
    def _numbers(self) -> dict[str, int]:
        kept = (key for key in sorted(self.titles) if key not in NO_SOURCE)
        return {key: number for number, key in enumerate(kept, start=1)}


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
    pair = headings("Key", "Value")
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
