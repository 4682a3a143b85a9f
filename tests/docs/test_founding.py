"""What the founding questions say of their batches; the rows are in `test_expectations`."""

from __future__ import annotations

from pathlib import Path

from corridors.config.batch_files import load_batch
from corridors.data.cargo import load_cargo
from tests.docs.founding import CHANGES, DAY_WORTH

PAGE = (Path(__file__).parents[2] / "docs/findings/founding-questions.md").read_text(
    encoding="utf-8"
)


def test_the_batch_asks_the_same_changes() -> None:
    batch = load_batch("founding-questions")
    assert set(batch.variants) >= set(CHANGES)


def test_with_suez_open_the_arctic_wins_for_no_goods_and_in_october_for_none_at_all() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if " / " in line]
    by_month = [row for row in rows if len(row) == 5 and row[0].startswith("15 ")]
    assert len(by_month) == 5
    for month, *cells in by_month:
        suez, cape = zip(*(cell.split(" / ") for cell in cells), strict=True)
        assert "**" not in "".join(suez)
        assert ("**" in "".join(cape)) == (month in ("15 August", "15 September"))


def test_the_arctic_batch_asks_the_same() -> None:
    batch = load_batch("arctic-months")
    assert set(batch.variants) == set(DAY_WORTH)
    values = load_cargo()
    for name, worth in DAY_WORTH.items():
        assert worth == round(0.15 * values[name].value_usd_per_teu / 365)
