"""What is needed at run time is pinned, and nothing of it is under the GPL."""

from __future__ import annotations

import pytest

from tests.licences import GPL, Needed, needed


def test_what_is_installed_is_pinned_and_has_a_licence_that_is_not_the_gpl() -> None:
    found = {one.name: one for one in needed()}
    assert {"numba", "defusedxml", "ortools", "pyogrio", "certifi"} <= found.keys()
    assert {"fastapi", "h11", "mcp"} <= found.keys()
    assert [fault for one in found.values() for fault in one.faults] == []


@pytest.mark.parametrize(
    ("licence", "bad"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("MIT OR GPL-2.0", True),
        ("LGPL-2.1-or-later", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT", False),
    ],
)
def test_the_gpl_is_known_by_its_names(licence: str, bad: bool) -> None:
    assert bool(GPL.search(licence.upper())) is bad
    one = Needed(name="x", version="1", pin="1", licence=licence, by="y")
    assert bool(one.faults) is bad
