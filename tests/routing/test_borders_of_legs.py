"""A border is named in the direction of travel."""

from __future__ import annotations

import pytest

from corridors.data.geodata import load_terminals
from corridors.studies.route.run import route_between
from corridors.studies.session import Session

SESSION = Session()


@pytest.mark.parametrize("ends", [("Chongqing", "Duisburg"), ("Duisburg", "Chongqing")])
def test_a_leg_crosses_from_the_country_of_its_start_to_that_of_its_end(
    ends: tuple[str, str],
) -> None:
    route, _ = route_between(*ends, corridor="kazakhstan-dostyk", session=SESSION)
    terminals = load_terminals()
    crossing = [leg for leg in route.legs if leg.border]
    assert len(crossing) == len(route.borders) > 3
    for leg in crossing:
        start, end = terminals[leg.from_id].country, terminals[leg.to_id].country
        assert leg.border == f"{start}-{end}"
