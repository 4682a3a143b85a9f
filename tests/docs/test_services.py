"""What docs/findings/founding-questions.md says of services and bookings is what comes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.docs.page_blocks import ROOT
from tests.docs.services import arctic_rows, booking_rows, train_rows

PAGE = ROOT / "docs/findings/founding-questions.md"


@pytest.mark.long
@pytest.mark.parametrize("rows", [train_rows, arctic_rows, booking_rows])
def test_the_tables_of_services_and_bookings_hold(rows: Callable[[], list[str]]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [row for row in rows() if row not in text] == []
