"""Tables carry facts and notes of our own, no sentences of their sources."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from corridors.data.paths import data_root

TABLES = sorted(data_root().glob("*/*.csv"))
# A run of words between quotation marks; names of works stand in the columns of sources.
QUOTED = re.compile(r"(?<!\w)'[^']{12,}'(?!\w)|\"[^\"]{12,}\"|[«“„「][^»”」]{8,}")
OTHER_SCRIPT = re.compile("[Ѐ-ӿ぀-ヿ一-鿿가-힯؀-ۿ]{4,}")
WORKS = frozenset({"title", "author", "source", "url", "name", "names", "city", "aliases"})


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_no_table_quotes_its_sources(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert "quote" not in (rows[0] if rows else {})
    told = [
        (line, column, text)
        for line, row in enumerate(rows, start=2)
        for column, cell in row.items()
        if column not in WORKS
        for text in (*QUOTED.findall(cell), *OTHER_SCRIPT.findall(cell))
        if len(text.split()) > 3 or OTHER_SCRIPT.search(text)
    ]
    assert told == []
