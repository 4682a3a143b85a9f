"""Break-even and phase diagrams against comparisons at the values that they name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.domain.objective import Objective
from corridors.domain.scenario import Override, Scenario
from corridors.errors import ConfigError
from corridors.optimise.decision import value_of
from corridors.output.answer import money
from corridors.studies.breakeven.result import BreakEven
from corridors.studies.breakeven.run import break_even
from corridors.studies.catchments.run import catchments_over
from corridors.studies.compare.run import compare
from corridors.studies.decided import decided
from corridors.studies.moving import OptionsByDriver
from corridors.studies.phase.page import render_phase
from corridors.studies.phase.question import STUDY
from corridors.studies.phase.run import phase
from corridors.studies.session import Session
from tests.conftest import LONG, in_both

FUEL, TRAINS = "fuel.vlsfo_usd_per_t", "rail.speed_km_per_day"
FIVE = "corridors=[suez, cape, northern-sea-route, kazakhstan-dostyk, trans-siberian]"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("shanghai-europe", set_values=[FIVE, "objective=cost"])


def at(scenario: Scenario, key: str, value: float) -> Scenario:
    return replace(scenario, overrides=(Override(parameter=key, scope=None, value=value),))


def costs(scenario: Scenario, session: Session) -> dict[str, float]:
    found = compare(scenario, session=session, figures_only=True)
    return {route.corridor: route.usd_per_teu or 0.0 for route in found.usable}


def check_steps(found: BreakEven, key: str, session: Session) -> None:
    """Check each step against comparisons: best inside it, as good as the next one at its end."""
    for step in found.steps:
        middle = costs(at(found.scenario, key, (step.first + step.last) / 2.0), session)
        assert min(middle, key=lambda name: middle[name]) == step.corridor
    for step, following in zip(found.steps, found.steps[1:], strict=False):
        edge = costs(at(found.scenario, key, step.last), session)
        assert edge[step.corridor] == pytest.approx(edge[following.corridor], abs=0.01)
        assert step.at_last == pytest.approx(edge[step.corridor], abs=0.01)


@pytest.mark.long
def test_a_fuel_price_at_which_the_cape_costs_what_suez_does(
    scenario: Scenario, session: Session
) -> None:
    found = break_even(scenario, FUEL, session=session)
    assert [step.corridor for step in found.steps] == ["cape", "suez"]
    check_steps(found, FUEL, session)


@pytest.mark.long
def test_a_speed_enters_by_its_inverse_and_is_solved_as_it_is(session: Session) -> None:
    # At 110 USD a day a train that is quick enough beats the ships. One row of trains is asked for:
    # two that cost the same within minutes of a leg would change places with each of them.
    day = "shipment.value_of_time_usd_per_teu_day=110"
    rows = "corridors=[suez, cape, northern-sea-route, trans-siberian]"
    asked = load_scenario("shanghai-europe", set_values=[rows, day, "objective=generalised"])
    found = break_even(asked, TRAINS, first=300.0, last=2_000.0, session=session)
    assert len(found.steps) == 2
    edge = found.steps[0].last

    def figure(corridor: str, value: float) -> float:
        routes = compare(at(asked, TRAINS, value), session=session, figures_only=True).usable
        route = next(one for one in routes if one.corridor == corridor)
        return (route.usd_per_teu or 0.0) + 110.0 * (route.days or 0.0)

    # Times are whole minutes by leg: a day's value of 110 USD makes eight cents of one.
    one, other = (figure(step.corridor, edge) for step in found.steps)
    assert one == pytest.approx(other, abs=5.0)
    for step in found.steps:
        middle = (step.first + step.last) / 2.0
        figures = [figure(each.corridor, middle) for each in found.steps]
        assert figure(step.corridor, middle) == min(figures)


@pytest.mark.long
def test_the_value_of_a_day_gives_the_ladder(scenario: Scenario, session: Session) -> None:
    found = break_even(scenario, "value_of_time", session=session)
    ladder = compare(scenario, session=session, figures_only=True).ladder
    steps: list[tuple[str, float]] = []
    for rung in ladder:
        if not steps or steps[-1][0] != rung.corridor:
            steps.append((rung.corridor, rung.from_usd_per_day))
    assert [step.corridor for step in found.steps] == [name for name, _ in steps]
    # The ladder is one of searches, which count whole cents of each arc: five cents of a route,
    # which move a step the more, the fewer days lie between the two.
    days = [rung.days for _, value in steps for rung in ladder if rung.from_usd_per_day == value]
    starts = [step.first - value for step, (_, value) in zip(found.steps, steps, strict=True)]
    assert starts[0] == 0.0
    for start, slower, quicker in zip(starts[1:], days, days[1:], strict=False):
        assert abs(start) * (slower - quicker) < 0.05


@in_both
def test_each_cell_of_a_phase_diagram_names_what_a_comparison_finds_best(
    scenario: Scenario, session: Session
) -> None:
    # By two seas, over ice and by rail; all of `FIVE` by many cells in `make test-long`.
    if not LONG:
        scenario = replace(scenario, corridors=("suez", "cape", "trans-siberian"))
    cells = 40 if LONG else 12
    found = phase(scenario, FUEL, "value_of_time", cells=cells, session=session)
    rng = np.random.default_rng(2)
    for row, column in rng.integers(0, cells, size=(6 if LONG else 2, 2)).tolist():
        fuel, day = found.x.values[column], found.y.values[row]
        shipment = replace(scenario.shipment, value_of_time_usd_per_teu_day=day)
        asked = replace(
            at(scenario, FUEL, fuel), objective=Objective.GENERALISED, shipment=shipment
        )
        routes = compare(asked, session=session, figures_only=True).usable
        figures = {
            route.corridor: (route.usd_per_teu or 0.0) + day * (route.days or 0.0)
            for route in routes
        }
        named = found.corridors[found.best[row][column]]
        assert figures[named] == pytest.approx(min(figures.values()), abs=0.1)
    # What is best now, and how far each driver must move, is what moving it alone says.
    by_day, by_fuel = (
        break_even(replace(scenario, objective=Objective.GENERALISED), key, session=session)
        for key in ("value_of_time", FUEL)
    )
    for own, moved, turns in (
        (found.y, by_day, found.turns[1]),
        (found.x, by_fuel, found.turns[0]),
    ):
        steps = moved.steps
        here = next(n for n, step in enumerate(steps) if step.first <= own.value <= step.last)
        assert found.corridors[found.own] == steps[here].corridor
        beside = [*steps[:here][-1:], *steps[here + 1 :][:1]]
        assert [found.corridors[turn.best] for turn in turns] == [s.corridor for s in beside]
        edges = [*[step.last for step in steps[:here][-1:]], *[s.last for s in steps[here:-1][:1]]]
        assert [turn.value for turn in turns] == pytest.approx(edges, abs=0.5)
    first, across, up = found.sentences
    assert "Fuel, VLSFO at " in first
    assert across.startswith("Fuel, VLSFO alone")
    usd = found.scenario.shipment.equipment.teu_per_box * found.turns[1][-1].value
    assert f"above USD {money(usd)} a day per 40'" in up
    page = render_phase(found)
    assert all(title in page for title, _ in found.shares)
    assert "% of this chart" not in page


@pytest.mark.long
def test_the_boundary_of_catchments_moves_where_break_even_says(
    scenario: Scenario, session: Session
) -> None:
    moved = catchments_over(scenario, ["de-hamburg", "pl-warsaw"], FUEL, count=3, session=session)
    hamburg = replace(scenario, destination="de-hamburg")
    alone = break_even(hamburg, FUEL, session=session)
    turn = next(turn for turn in moved.turns if turn.destination == "de-hamburg")
    assert turn.at == pytest.approx(alone.steps[0].last, rel=1e-3)
    assert (turn.before, turn.after) == (alone.steps[0].title, alone.steps[1].title)


@pytest.mark.parametrize(
    ("key", "given", "text"),
    [
        ("fuel.vlfso", {}, "unknown parameter, did you mean"),
        ("ship.backhaul", {}, "a setting, which changes what is possible"),
        (FUEL, {"first": 900.0, "last": 300.0}, "the range must rise, got 900 to 300"),
        (FUEL, {"last": -5.0}, "must be from"),
        ("value_of_time", {"first": -1.0}, "must rise, from 0 or more to 100,000 at most"),
        ("value_of_time", {"last": float("inf")}, "must rise, from 0 or more to 100,000 at most"),
        ("value_of_time", {"first": float("nan")}, "got nan to 300"),
        (FUEL, {"first": float("nan")}, "must be from|must rise"),
    ],
)
def test_a_wrong_driver_ends_in_a_sentence(
    scenario: Scenario, session: Session, key: str, given: dict[str, Any], text: str
) -> None:
    with pytest.raises(ConfigError, match=text):
        break_even(scenario, key, session=session, **given)


def test_a_phase_diagram_needs_two_keys_and_some_cells(
    scenario: Scenario, session: Session
) -> None:
    day = "shipment.value_of_time_usd_per_teu_day"
    for x, y in ((FUEL, FUEL), (FUEL, f"{FUEL}@"), ("value_of_time", day)):
        with pytest.raises(ConfigError, match="x and y move the same figure"):
            phase(scenario, x, y, cells=2, session=session)
    with pytest.raises(ConfigError, match="cells must be from 2 to 400, got 1"):
        STUDY.check({"cells": 1})


def test_a_limit_that_needs_draws_is_refused_before_a_search(session: Session) -> None:
    limit = "limits.on_time={by: 2026-10-15, probability: 0.9}"
    asked = load_scenario("shanghai-europe", set_values=[FIVE, limit])
    with pytest.raises(ConfigError, match="needs draws, and nothing is drawn here"):
        break_even(asked, FUEL, session=session)


@pytest.mark.long
def test_nothing_is_best_where_no_corridor_is_usable(session: Session) -> None:
    shut = load_scenario(
        "shanghai-europe",
        set_values=("corridors=[northern-sea-route]", "departure=2026-01-15", "world=current"),
    )
    moved = break_even(shut, over="fuel.vlsfo_usd_per_t", session=session)
    assert [step.corridor for step in moved.steps] == [""]


def test_with_a_limit_the_best_that_meets_it_is_found(session: Session) -> None:
    # The best of all routes takes longer: the corridors themselves must be searched.
    limit = "limits.max_days=30"
    asked = load_scenario("shanghai-europe", set_values=[FIVE, limit, "objective=cost"])
    found = break_even(asked, FUEL, session=session)
    for step in found.steps:
        middle = at(asked, FUEL, (step.first + step.last) / 2.0)
        within = [
            route
            for route in compare(middle, session=session, figures_only=True).usable
            if not route.exceeds
        ]
        assert min(within, key=lambda one: one.usd_per_teu or 0.0).corridor == step.corridor


@pytest.mark.parametrize(
    ("origin", "destination", "key"),
    [
        # The cheapest way of all, three USD below the ship that sails, is not known to sail.
        ("Karachi", "Montreal", FUEL),
        pytest.param("Murmansk", "Vladivostok", "value_of_time", marks=pytest.mark.long),
    ],
)
def test_a_break_even_names_what_a_comparison_there_may_recommend(
    origin: str, destination: str, key: str
) -> None:
    session = Session()
    asked = replace(
        load_scenario("shanghai-europe", set_values=["objective=cost"]),
        origin=origin,
        destination=destination,
        departure=date(2025, 8, 9),
        world="current",
    )
    found = break_even(asked, key, session=session)
    (driver,) = OptionsByDriver.of(asked, {"over": key}, session=session).drivers
    for step in found.steps:
        here = driver.set_in(found.scenario, (step.first + step.last) / 2.0)
        made = decided(here, session=session)
        of_a_day = here.shipment.value_of_time_usd_per_teu_day
        best = min(made.offered, key=lambda one: value_of(one, here.objective, of_a_day))
        assert step.corridor == best.corridor
