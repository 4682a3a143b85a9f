"""Every route that a search finds is one that somebody sells, by the rule in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.data.parameters import load_parameters
from corridors.domain.objective import Objective
from corridors.domain.places import Family
from corridors.domain.scenario import Scenario
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.ladder import search
from corridors.routing.priced.priced_network import (
    DualPrices,
    ObjectiveWeights,
    PricedNetwork,
    union,
)
from corridors.routing.priced.priced_search import PricedSearch
from corridors.routing.question import ANY_CORRIDOR
from corridors.studies.session import Session

SESSION = Session()
# A barge and a truck back to the port of loading; a train loaded for its cheaper empty box; a rail
# ferry boarded only to change to a train; ways out and back to touch Murmansk or the Arctic.
ASKED = (
    ("Piraeus", "Rotterdam", date(2026, 9, 10)),
    ("Bangkok", "25.342,54.636", date(2021, 4, 19)),
    ("Tallinn", "106.857,47.915", date(2024, 10, 27)),
    ("Bukhara", "Smolensk", date(2024, 3, 22)),
    ("Chongqing", "Felixstowe", date(2023, 7, 3)),
    ("Gdansk", "Kaunas", date(2026, 11, 30)),
)


def unsold(topology: Topology, arcs: Sequence[int]) -> str:
    """Return what of a route nobody sells; empty if somebody sells all of it."""
    run = np.array(arcs)
    kinds = topology.kind[run].tolist()
    for one, other in pairwise(kinds):
        if ArcKind.LEG not in (one, other):
            return "boarded and left without a leg"
    places = [place for place, _ in groupby(topology.state_place[topology.head[run[:-1]]].tolist())]
    if len({*places}) < len(places):
        return "came back to a place"
    by_rail = np.array([service.family is Family.RAIL for service in topology.services])
    shortest_km = load_parameters().value("rail.shortest_train_km")
    inside = by_rail[topology.service[run]] & (topology.kind[run] != ArcKind.UNLOAD)
    for rides, numbers in groupby(range(run.size), key=lambda number: bool(inside[number])):
        if rides and topology.km[run[list(numbers)]].sum() < shortest_km:
            return "a train of a few km"
    return ""


def asked(origin: str, destination: str, day: date, objective: Objective) -> Scenario:
    ends = replace(
        load_scenario("shanghai-europe", departure=day, set_values=["corridors=all"]),
        origin=origin,
        destination=destination,
        objective=objective,
    )
    return replace(ends, source_path="", text={})


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "destination", "day"),
    [
        pytest.param(*one, marks=[pytest.mark.long] * (one[0] in ("Bukhara", "Chongqing")))
        for one in ASKED
    ],
)
@pytest.mark.parametrize(
    "objective",
    [
        Objective.COST,
        pytest.param(Objective.DAYS, marks=pytest.mark.long),
        pytest.param(Objective.CO2E, marks=pytest.mark.long),
    ],
)
def test_searches_find_what_somebody_sells(
    origin: str, destination: str, day: date, objective: Objective
) -> None:
    scenario = asked(origin, destination, day, objective)
    corridors = (*SESSION.corridors_of(scenario), ANY_CORRIDOR)
    question = SESSION.pose(scenario, corridors)
    looked = 0
    for number in range(len(corridors)):
        found = search(question, number, fronts=objective is Objective.DAYS)
        for route in found.routes:
            looked += 1
            assert unsold(question.bundle.topology, found.arcs(route)) == ""
    assert looked > 1


@pytest.mark.parametrize(("usd", "day"), [(1.0, 0.0), (0.0, 1.0), (1.0, 40.0)])
def test_the_search_of_a_plan_finds_what_somebody_sells(usd: float, day: float) -> None:
    scenario = asked(*ASKED[1], Objective.COST)
    question = SESSION.pose(scenario, SESSION.corridors_of(scenario))
    problems = [question.shared_problem(number) for number in range(len(question.corridors))]
    problem, whose, _ = union(problems)
    arcs = problem.base.shape[0]
    network = PricedNetwork(
        problem=problem,
        use_first=np.zeros(arcs + 1, np.int64),
        use_resource=np.zeros(0, np.int64),
        use_amount=np.zeros(0),
        sets=np.zeros(arcs, np.int64),
        corridor=whose,
    )
    search = PricedSearch(
        network,
        weights := ObjectiveWeights(usd=usd, day=day, kg=0.0),
        max_wait_days=0,
        max_minutes=None,
        month_of_day=np.zeros(problem.days, np.int64),
    )
    none = DualPrices(by_month=np.zeros((0, 1)), by_set=np.zeros(0))
    found = search.cheapest(0, none, objective=weights, most_usd=1e6)
    assert found is not None
    assert unsold(question.bundle.topology, problem.base[list(found[0].arcs)].tolist()) == ""
