"""Limits and the advice of a decision, in words."""

import pytest

from corridors.output.display_names import advice_text

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
