"""Tables that campaigns write for the pages: data in CSV, and a sentence of figures in the page.

A page of docs/findings/ links its tables, and `make docs` shows each below its link. What a
campaign says of a table in words stands between two marks of the page.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

FINDINGS = Path(__file__).parents[2] / "docs/findings"
MARKED = re.compile(r"(<!-- figures: .*? -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def write_table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write `docs/findings/tables/NAME.csv`."""
    with (FINDINGS / f"tables/{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def read_table(name: str) -> list[tuple[str, ...]]:
    """Return the rows of `docs/findings/tables/NAME.csv` below its head."""
    with (FINDINGS / f"tables/{name}.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def write_figures(page: str, *texts: str) -> None:
    """Replace what stands between the marks of `docs/findings/PAGE.md`, a text for each pair."""
    path = FINDINGS / f"{page}.md"
    path.write_text(marked(path.read_text(encoding="utf-8"), *texts), encoding="utf-8")


def marked(page: str, *texts: str) -> str:
    """Return a page with the texts between its marks replaced, in order.

    Raises
    ------
    ValueError
        The page has more or fewer pairs of marks than there are texts.
    """
    if (pairs := len(MARKED.findall(page))) != len(texts):
        msg = f"{pairs} pairs of marks for {len(texts)} texts"
        raise ValueError(msg)
    left = iter(texts)
    return MARKED.sub(lambda found: f"{found[1]}\n{next(left)}\n\n{found[2]}", page)
