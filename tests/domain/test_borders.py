"""Names of borders, which stand beside ids of terminals and gates in one list."""

from __future__ import annotations

import pytest

from corridors.domain.scenario import is_border


@pytest.mark.parametrize(
    ("name", "borders"),
    [
        ("BY-PL", True),
        ("BY-", False),
        ("BYPL", False),
        ("by-pl", False),
        ("BLR-POL", False),
        ("kz-dostyk", False),
    ],
)
def test_a_border_is_two_codes_of_countries(name: str, *, borders: bool) -> None:
    assert is_border(name) == borders
