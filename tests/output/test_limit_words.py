"""Limits and the advice of a decision, in words."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from corridors.domain.results import LIMITS_PER_BOX, Candidate
from corridors.domain.scenario import Limits
from corridors.optimise.limits import box_limits
from corridors.output.display_names import advice_text, limit_text

TITLES = {"suez": "Suez Canal", "kazakhstan-moscow-kazan": "Kazakhstan via Kazan and Moscow"}


@pytest.mark.parametrize(
    ("advice", "said"),
    [
        (
            "max_days would have to rise from 5 to 23.1 days (kazakhstan-moscow-kazan)",
            "the limit on days would have to rise from 5 to 23.1 days"
            " (Kazakhstan via Kazan and Moscow)",
        ),
        (
            "deadline would have to rise from 6 to 19.2 days from the departure (suez);"
            " or max_share_country.KZ would have to rise from 0.1 to 1",
            "the deadline would have to rise from 6 to 19.2 days from the departure (Suez Canal);"
            " or the share via Kazakhstan would have to rise from 0.1 to 1",
        ),
        (
            "relaxing one limit is not enough; relax max_transit_days from 5 to 38.3 days and"
            " max_share_corridor.suez from 0.2 to 0.6",
            "relaxing one limit is not enough; relax the limit on days in transit from 5 to 38.3"
            " days and the share via Suez Canal from 0.2 to 0.6",
        ),
        (
            "the limits on shares leave part of the programme without a route:"
            " max_share_capacity.border CN-KZ@kz-dostyk would have to rise from 0 to 1",
            "the limits on shares leave part of the programme without a route: the share of the"
            " capacity of border crossing China-Kazakhstan, Dostyk would have to rise from 0 to 1",
        ),
        ("no corridor is usable on this date", "no corridor is usable on this date"),
    ],
)
def test_advice_names_limits_and_corridors(advice: str, said: str) -> None:
    assert advice_text(advice, TITLES) == said


def test_every_bound_of_a_box_is_judged_and_said_in_words() -> None:
    single = {key.name for key in fields(Limits) if key.default is None}
    assert single - {"capacity_share", "on_time"} == set(LIMITS_PER_BOX)
    route = Candidate(
        corridor="suez", cost_usd_per_teu=2.0, days=3.0, transit_days=4.0, co2e_kg_per_teu=5.0
    )
    given: Any = {**dict.fromkeys(LIMITS_PER_BOX, 1.5), "deadline": date(2026, 8, 21)}
    limits = Limits(**given)
    bounds = {bound.name: bound for bound in box_limits(limits, date(2026, 8, 20))}
    assert {name: bound.figure(route) for name, bound in bounds.items()} == {
        "deadline": 0.0,
        "max_transit_days": 4.0,
        "max_days": 3.0,
        "shelf_life_days": 3.0,
        "max_usd_per_teu": 2.0,
        "max_co2e_kg_per_teu": 5.0,
    }
    assert bounds["deadline"].bound == 2.0  # to the end of the next day
    said = [limit_text(limits, name, {}) for name in LIMITS_PER_BOX]
    assert said[0] == "arrival by 2026-08-21"
    assert all("1.5" in text for text in said[1:])
    # Without a departure a deadline is not counted.
    assert "deadline" not in {bound.name for bound in box_limits(limits)}
