"""A break-even in sentences."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from corridors.config import load_scenario
from corridors.data.parameters import load_parameters
from corridors.output.display_names import driver_title
from corridors.studies.breakeven.result import BreakEven, Step

SUEZ, NONE = ("suez", "Suez Canal"), ("", "none meets the limits")


@pytest.mark.parametrize(
    ("best", "said"),
    [
        ((SUEZ,), "The Suez Canal is best from 0 to 2 EUR/t."),
        ((NONE,), "No option meets the limits at any of these values."),
        ((NONE, SUEZ), "None meets the limits up to 2 EUR/t and the Suez Canal above that."),
        (
            (SUEZ, NONE),
            "The Suez Canal is best up to 2 EUR/t and none meets the limits above that.",
        ),
    ],
)
def test_what_is_best_is_said_also_where_nothing_is(
    best: tuple[tuple[str, str], ...], said: str
) -> None:
    ends = pairwise((0.0, 2.0, 5.0))
    steps = [
        Step(corridor=corridor, title=title, first=first, last=last, at_first=None, at_last=None)
        for (corridor, title), (first, last) in zip(best, ends, strict=False)
    ]
    found = BreakEven(
        scenario=load_scenario("shanghai-europe"),
        key="ets.price_eur_per_t",
        unit="EUR/t",
        value=1.0,
        steps=tuple(steps),
    )
    first, *rest = found.sentences
    assert first == said
    # No key of a parameter where a name exists.
    assert all(text.startswith("EU emission allowances, price: 1 EUR/t now") for text in rest)
    open_at_all = any(step.corridor for step in steps)
    assert len(rest) == int(open_at_all)
    outside = replace(found, value=9.0).sentences
    assert not open_at_all or outside[1].endswith("now, out of this range.")


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("fuel.vlsfo_usd_per_t", "Fuel, VLSFO"),
        ("overrides.gauge_change.hours", "Gauge change"),
        ("shipment.value_of_time_usd_per_teu_day", "Value of a day"),
        ("border.dwell_hours@CN-KZ@kz-dostyk", "Border, dwell, China-Kazakhstan, Dostyk"),
    ],
)
def test_a_figure_that_moves_has_a_name(key: str, title: str) -> None:
    assert driver_title(key) == title


def test_no_parameter_is_called_by_its_key() -> None:
    keyed = {
        row.parameter: title
        for row in load_parameters().rows
        if {*"._"} & {*(title := driver_title(row.parameter))}
    }
    assert keyed == {}
