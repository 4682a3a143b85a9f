"""Which arcs use a capacity, and what a route passes, on a network of four places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.domain.places import Family
from corridors.network.rules.capacity import (
    MONTHS_A_YEAR,
    USERS,
    WEEKS_A_YEAR,
    ListedCapacities,
    border_use,
    passes,
    port_use,
    sailing_use,
    used_of,
)
from corridors.studies.session import Session
from corridors.studies.stress.run import KINDS, passed
from tests.network.four_places import (
    ARCS,
    END,
    FEEDER_TO_TRAIN,
    LOAD,
    TO_FEEDER,
    TO_GATE,
    TO_QUAY,
    TO_SHIP,
    TO_TRAIN,
    TRAIN_LEG,
    UNLOAD,
    network,
)  # fmt: skip


def test_a_change_of_ships_is_two_moves_over_the_quay_and_one_between_ship_and_train_one() -> None:
    moves = port_use(network(), "de-quay")
    expected = {TO_FEEDER: 2.0, TO_TRAIN: 1.0, FEEDER_TO_TRAIN: 1.0, UNLOAD: 1.0, TO_SHIP: 1.0}
    assert moves.tolist() == [expected.get(arc, 0.0) for arc in range(len(ARCS))]


def test_a_box_that_is_loaded_moves_over_the_quay_it_leaves_and_no_other() -> None:
    moves = port_use(network(), "cn-yard")
    assert moves.tolist() == [1.0 if arc == LOAD else 0.0 for arc in range(len(ARCS))]
    # Trains are loaded and unloaded beside the quay.
    assert not port_use(network(), "pl-rail").any()


@pytest.mark.parametrize(
    ("ship", "boards"), [("sea/24k", {LOAD}), ("sea/1k", {TO_FEEDER, TO_SHIP}), ("sea/4k", set())]
)
def test_a_ship_class_is_boarded_where_it_loads_a_box_and_not_on_its_legs(
    ship: str, boards: set[int]
) -> None:
    assert set(np.flatnonzero(sailing_use(network(), ship)).tolist()) == boards


@pytest.mark.parametrize("name", ["gate-ice", "gate-ice#1"])
def test_a_gate_is_passed_by_the_arc_that_enters_it(name: str) -> None:
    assert np.flatnonzero(passes(network(), "gate", name)).tolist() == [TO_GATE]
    assert not passes(network(), "gate", "gate-other").any()


def test_a_country_is_passed_by_arcs_in_it_and_over_its_border() -> None:
    inside = np.flatnonzero(passes(network(), "country", "PL")).tolist()
    assert inside == [TRAIN_LEG, END]


def test_what_a_route_passes_is_named_in_order_and_without_its_ends() -> None:
    route = (LOAD, TO_GATE, TO_QUAY, TO_TRAIN, TRAIN_LEG, END)
    found = [(place.key, place.kind) for place in passed(network(), route, KINDS)]
    assert found == [("gate-ice", "gates"), ("de-quay", "terminals"), ("DE-PL", "borders")]
    assert [place.key for place in passed(network(), route, ("terminals",))] == ["de-quay"]


@pytest.mark.parametrize(
    ("border", "uses"),
    [
        ("DE-PL", [TRAIN_LEG]),
        ("PL-DE", [TRAIN_LEG]),
        ("DE-PL@pl-rail", [TRAIN_LEG]),
        ("DE-PL@cn-yard", []),
        ("CN-DE", []),
    ],
)
def test_a_border_is_used_by_the_legs_that_cross_it(border: str, uses: list[int]) -> None:
    assert np.flatnonzero(border_use(network(), border)).tolist() == uses


def test_a_route_uses_of_each_capacity_what_the_network_says_of_its_arcs() -> None:
    session = Session()
    scenario = load_scenario("shanghai-europe")
    question = session.pose(scenario, session.corridors_of(scenario))
    topology, parameters = question.bundle.topology, question.parameters
    listed = [row for row in parameters.rows if row.parameter in USERS]
    legs = [leg.id for leg in topology.legs[::200]]
    ships = [ship.id for ship in topology.services if ship.family is Family.SEA]
    added = [
        *(replace(listed[0], parameter="rail.capacity_teu_per_week", scope=leg) for leg in legs),
        *(replace(listed[0], parameter="sea.capacity_teu_per_week", scope=ship) for ship in ships),
        replace(listed[0], scope="KZ-CN"),
        replace(listed[0], scope="KZ-CN@kz-dostyk"),
    ]
    expected: dict[int, dict[str, float]] = {arc: {} for arc in range(0, topology.arc_count, 97)}
    for row in (*listed, *added):
        for arc, amount in used_of(topology, row.parameter, row.scope).items():
            name = f"{row.parameter.partition('.')[0]} {row.scope}"
            expected.setdefault(arc, {})[name] = amount
    kinds = {name.split()[0] for uses in expected.values() for name in uses}
    assert kinds == {"border", "canal", "ferry", "port", "rail", "sea"}
    along = ListedCapacities(topology, parameters.with_rows(added), WEEKS_A_YEAR / MONTHS_A_YEAR)
    for arc, uses in expected.items():
        found = {share.place: share.asked_teu_per_week for share in along.along([arc])}
        assert found == pytest.approx(uses)
