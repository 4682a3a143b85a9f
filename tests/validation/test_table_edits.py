"""A small share of the edits that `make check-table-edits` draws."""

from __future__ import annotations

import random

from validation.campaigns.table_edits import SLIPS, copied_data, drawn_edit, seen_by, tables_of

DRAWN, SEED, SMALL = 60, 3, 12_000


def test_of_sixty_drawn_edits_of_small_tables_a_fifth_at_most_is_silent() -> None:
    with copied_data() as root:
        tables = tables_of(root, most_bytes=SMALL)
        draw = random.Random(SEED)
        edits = [drawn_edit(tables, draw) for _ in range(DRAWN)]
        assert len({edit.kind for edit in edits}) >= len(SLIPS) // 2
        silent = [edit.words for edit in edits if not seen_by(edit, root, shallow=True)]
    assert len(silent) <= DRAWN // 5, silent
