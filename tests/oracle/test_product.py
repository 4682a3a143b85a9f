"""The product's cheapest route of every corridor is the one that the oracle finds."""

from __future__ import annotations

from datetime import date

import pytest

from corridors.studies.session import Session
from tests.conftest import LONG
from tests.oracle.held import held
from validation.campaigns.drawn_pairs import Drawn, drawn
from validation.campaigns.pairs import scenario_of

# Both directions, with carriage at either end; in winter the Northern Sea Route is closed.
SAMPLE = (Drawn(origin="Warsaw", destination="Xian", departure=date(2026, 3, 1)),)
MORE = (
    Drawn(origin="Shanghai", destination="Munich", departure=date(2026, 8, 20)),
    Drawn(origin="ge-poti", destination="Chengdu", departure=date(2026, 4, 15)),
    *drawn(100),
)


@pytest.mark.parametrize(
    "asked", [*SAMPLE, *(pytest.param(pair, marks=pytest.mark.long) for pair in MORE)], ids=str
)
def test_every_corridor_has_the_cents_and_minutes_of_the_oracle(asked: Drawn) -> None:
    scenario, session = scenario_of(asked), Session()
    corridors = session.corridors_of(scenario)
    # The gate asks every fourth corridor.
    question = session.pose(scenario, corridors if LONG else corridors[::4])
    all_held = list(held(question))
    wrong = [str(one) for one in all_held if not one.agrees]
    assert not wrong, "\n".join(wrong)
    exact = [one for one in all_held if one.product is not None and not one.dated]
    assert len(exact) >= (8 if LONG else 2)
