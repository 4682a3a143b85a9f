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


def test_in_october_the_arctic_wins_for_electronics_alone_in_mean_ice() -> None:
    rows = (line for line in PAGE.splitlines() if line.startswith("| 15 October |"))
    said = next(line for line in rows if line.count("|") == 6)
    first, *others = said.strip("| ").split("|")[1:]
    assert first.count("**") == 2
    assert "**" not in "".join(others)


def test_the_arctic_batch_asks_the_same() -> None:
    batch = load_batch("arctic-months")
    assert set(batch.variants) == set(DAY_WORTH)
    values = load_cargo()
    for name, worth in DAY_WORTH.items():
        assert worth == round(0.15 * values[name].value_usd_per_teu / 365)
