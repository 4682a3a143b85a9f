"""Figures of the shipped data that pages state, in one file.

    python -m tests.expect            # print what changed, old -> new
    python -m tests.expect --write    # renew tests/expectations.yaml and the pages as well

A test a page computes its figures again, and another looks for the texts of the file in the page.
So a price that moves breaks one test a page, until `make expectations` renews file and pages;
prose that draws a conclusion from a figure is left to who reads the change.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from corridors.studies.session import Session
from tests.docs import accuracy, chances, founding
from tests.docs.corridor_rows import PAIRS, row
from tests.docs.readme_lines import (
    comparison_lines,
    direction_lines,
    other_world_lines,
    results_lines,
)

ROOT = Path(__file__).parents[1]
FILE = Path(__file__).with_name("expectations.yaml")
HEAD = "# Written by `make expectations`, which prints what changed; not by hand.\n"
# Lines of the file are as long as what a page says.
WIDTH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Texts with figures that one page states, and how the program finds them."""

    page: str
    texts: Callable[[Session], Sequence[str]]

    @property
    def path(self) -> Path:
        """The page's file."""
        return ROOT / self.page


def _founding(texts: Callable[[Session], Sequence[str]]) -> Group:
    return Group(page="docs/findings/founding-questions.md", texts=texts)


def _uncertainty(texts: Callable[[Session], Sequence[str]]) -> Group:
    return Group(page="docs/explanation/uncertainty.md", texts=texts)


GROUPS = {
    "the comparison of the readme": Group(page="README.md", texts=comparison_lines),
    "two directions": Group(page="docs/explanation/cost-and-price.md", texts=direction_lines),
    "the other world": Group(page="docs/explanation/who-sails.md", texts=other_world_lines),
    "Shanghai to London": Group(page="docs/reference/results.md", texts=results_lines),
    "corridors": Group(
        page="docs/reference/corridors.md", texts=lambda kept: [row(kept, name) for name in PAIRS]
    ),
    "changes by Dostyk and Kazan": _founding(founding.change_texts),
    "the Arctic by month": _founding(founding.arctic_rows),
    "the Arctic by ice": _founding(
        lambda kept: [founding.ice_row(kept, date(2026, month, 15)) for month in (8, 9, 10)]
    ),
    "Kaliningrad": _founding(founding.kaliningrad_texts),
    "how accurate": Group(
        page="README.md", texts=lambda _: accuracy.readme_texts(accuracy.measured())
    ),
    "how each family fares": Group(
        page="docs/explanation/sources.md",
        texts=lambda _: accuracy.source_rows(accuracy.measured()),
    ),
    "what the works gain": _founding(lambda _: founding.project_rows()),
    "when new lines pay": _founding(lambda _: founding.growth_rows()),
    "a path between Kazan and Moscow": _founding(founding.path_texts),
    "chances that a freight desk would check": _uncertainty(chances.desk_texts),
    "chances of the Arctic": _uncertainty(chances.arctic_rows),
    "chances of rail in 2034": _uncertainty(chances.change_rows),
    "chances to Kaliningrad": _uncertainty(chances.kaliningrad_texts),
}
"""Journeys, strangers and trains are not among them: their campaigns write their tables."""
# Measured for a quarter of a minute; tests/cases/test_published.py, which has the rows, holds them.
MEASURED = ("how accurate", "how each family fares")
# Drawn for a minute: a long test holds them; the gate, the days of a train.
DESK = "chances that a freight desk would check"
DRAWN = (DESK, "chances of the Arctic", "chances of rail in 2034", "chances to Kaliningrad")


@cache
def recorded() -> dict[str, list[str]]:
    """Return the texts of the file by group."""
    found: dict[str, list[str]] = yaml.load(
        FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return found


def says(page: str, text: str) -> bool:
    """Return whether a page has a text, whatever the line breaks in it."""
    return re.search(_anyhow_broken(text), page) is not None


def renewed(page: str, old: Sequence[str], new: Sequence[str]) -> str:
    """Return a page with each old text replaced by the new one at its place in the list.

    Rows that are new, or are no longer found, stand where the last old row stood.
    """
    # Lines that stand together are replaced as one, so that two alike are not taken for each other.
    together = re.search(r"\s+".join(map(_anyhow_broken, old)), page) if old else None
    if together is not None:
        begin, end = together.span()
        margin = page[page.rfind("\n", 0, begin) + 1 : begin]
        lines = ("\n" + (margin if margin.isspace() else "")).join(new)
        return page[:begin] + lines + page[end:]
    pairs = list(zip(old, new, strict=False))
    if old and len(old) < len(new):
        pairs[-1] = (old[-1], "\n".join(new[len(old) - 1 :]))
    pairs += [(text, "") for text in old[len(new) :]]
    # All places first, so that no new text is taken for an old one.
    spots = {}
    for before, after in pairs:
        found = re.search(_anyhow_broken(before) + (r"\n?" if not after else ""), page)
        if found is not None and before != after:
            # Rows that are added are set in as the one before them.
            indent = page[page.rfind("\n", 0, found.start()) + 1 : found.start()]
            spots[found.span()] = after.replace("\n", f"\n{indent}" if indent.isspace() else "\n")
    for (begin, end), after in sorted(spots.items(), reverse=True):
        page = page[:begin] + after + page[end:]
    return page


def _anyhow_broken(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in text.split())


def main() -> int:
    """Print what changed; 1 if anything did and is not written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew the file and the pages")
    write = parser.parse_args().write
    before = recorded() if FILE.exists() else {}
    session, after, changed = Session(), {}, False
    for name, group in GROUPS.items():
        old, new = before.get(name, []), list(group.texts(session))
        after[name] = new
        if old == new:
            continue
        changed = True
        sys.stdout.write(f"{name} ({group.page})\n")
        gone = [f"  {text}\n" for text in old if text not in new]
        come = [f"  -> {text}\n" for text in new if text not in old]
        sys.stdout.writelines([*gone, *come])
        if write:
            page = group.path.read_text(encoding="utf-8")
            group.path.write_text(renewed(page, old, new), encoding="utf-8")
    if write:
        text = yaml.safe_dump(after, allow_unicode=True, sort_keys=False, width=WIDTH)
        FILE.write_text(HEAD + text, encoding="utf-8")
    return int(changed and not write)


if __name__ == "__main__":
    sys.exit(main())
