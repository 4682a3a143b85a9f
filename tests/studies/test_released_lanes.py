"""A plan keeps few arcs of its networks, and answers as if it kept them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corridors.config.plan import load_plan
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import ConfigError
from corridors.network.states.topology import SINK, SOURCE, Topology
from corridors.output.planned import allocation_of
from corridors.routing.question import Question
from corridors.studies import pair_network, searched_plans
from corridors.studies.allocate.run import solve_plan
from corridors.studies.book.run import book_plan
from corridors.studies.session import Session

PLAN = """first_month: 2026-12
months: 2
departures: [20]
corridors: [kazakhstan-petropavl, kazakhstan-khorgos]
scenario: {price_basis: cost, overrides: {"border.capacity_teu_per_week@CN-KZ@kz-dostyk": 1000}}
pairs:
  - {origin: Chongqing, destination: Duisburg, teu_per_month: 900, max_days: 40}
  - {origin: Xi'an, destination: Hamburg, teu_per_month: [500, 0]}
"""


class CountingSession(Session):
    """A session that counts the questions it poses."""

    posed = 0

    def pose(
        self, scenario: Scenario, corridors: Sequence[Corridor], **more: Sequence[Any]
    ) -> Question:
        self.posed += 1
        return super().pose(scenario, corridors, **more)


def test_few_arcs_answer_as_all_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    answers, posed = [], []
    for near in (1.0001, 1e6):
        monkeypatch.setattr(pair_network, "NEAR", near)
        session = CountingSession()
        found = allocation_of(solve_plan(load_plan(file), session=session))
        answers.append((found.rows, found.marginals, found.spills, found.legs, found.uses))
        posed.append(session.posed)
    assert answers[0] == answers[1]
    assert answers[0][1], "no limit binds, so that no dearer route was asked for"
    # Two pairs in two years each; with few arcs some were posed again.
    assert posed[1] == 4
    assert posed[0] > 4


def test_months_of_a_pair_share_what_no_price_changes(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN.replace("2026-12", "2026-01"), encoding="utf-8")
    (searched,) = searched_plans.search_plans([load_plan(file)])
    lanes = [lane for some in searched.offers._lanes.values() for lane in some]
    months = 0
    for shared in {lane.shared for lane in lanes}:
        kept = [search.network.problem for search in shared._kept]
        months += len({one.cents.tobytes() for one in kept}) - 1
        assert len({id(one.km) for one in kept}) == len({id(one.tail) for one in kept}) == 1
    assert months, "some pair has other prices in its second month"


def test_pairs_of_the_same_ends_share_what_is_posed(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    again = "  - {origin: Chongqing, destination: Duisburg, teu_per_month: 100, max_days: 40,"
    file.write_text(f"{PLAN}{again} value_of_time_usd_per_teu_day: 60}}\n", encoding="utf-8")
    session = CountingSession()
    found = solve_plan(load_plan(file), session=session)
    # Two pairs in two years each, as without the third.
    assert session.posed == 4
    usd = [one and one.value_usd for one in found.free]
    assert None not in usd
    alone = file.with_name("alone.yaml")
    pair = f"{again} value_of_time_usd_per_teu_day: 60}}"
    alone.write_text(f"{PLAN.partition('pairs:')[0]}pairs:\n{pair}\n", encoding="utf-8")
    assert [one and one.value_usd for one in solve_plan(load_plan(alone)).free] == usd[-2:]


def test_a_plan_keeps_the_networks_of_one_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[Session] = []

    def session(*, pairs: int) -> Session:
        sessions.append(Session(pairs=pairs))
        return sessions[-1]

    file = tmp_path / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    monkeypatch.setattr(searched_plans, "Session", session)
    alone = allocation_of(solve_plan(load_plan(file)))
    assert [len(one.bundles) for one in sessions] == [1]
    assert alone.rows == allocation_of(solve_plan(load_plan(file), session=Session())).rows


@pytest.mark.long
def test_the_least_co2e_is_sought_among_all_arcs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(f"limits: {{max_co2e_t: 10}}\n{PLAN}", encoding="utf-8")
    texts = []
    for near in (1.0001, 1e6):
        monkeypatch.setattr(pair_network, "NEAR", near)
        with pytest.raises(ConfigError, match="below the lowest possible") as error:
            solve_plan(load_plan(file))
        texts.append(str(error.value))
    assert texts[0] == texts[1]


def test_a_cut_network_names_what_the_whole_one_names() -> None:
    session = Session()
    scenario = load_plan("allocate-moscow-kazan").pairs[0].scenario
    topology = session.pose(scenario, session.corridors_of(scenario)[:1]).bundle.topology
    arcs = np.flatnonzero(topology.leg >= 0)[5:400:7]
    cut = topology.only(arcs)
    assert cut.arc_count == arcs.size
    assert len(cut.places) < len(topology.places)
    assert _names(cut, range(arcs.size)) == _names(topology, arcs.tolist())


def _names(topology: Topology, arcs: Iterable[int]) -> list[object]:
    def place(state: int) -> str:
        return "" if state in (SOURCE, SINK) else topology.place_of(state).id

    return [
        (
            topology.legs[int(topology.leg[arc])].id,
            topology.services[int(topology.service[arc])].id,
            place(int(topology.tail[arc])),
            place(int(topology.head[arc])),
            float(topology.km[arc]),
        )
        for arc in arcs
    ]


def test_boxes_that_find_no_space_go_another_way_on_the_networks_kept(tmp_path: Path) -> None:
    # A hundred of 500 TEU find space by the Cape; all others know their way before they ask for it.
    file = tmp_path / "plan.yaml"
    file.write_text(
        "{first_month: 2026-05, months: 1, departures: [10], unmet_usd_per_teu: 12000,"
        " corridors: [cape, kazakhstan-khorgos], scenario: {price_basis: cost},"
        " contracts: [{name: A, gate: gate-good-hope, saves_usd_per_teu: 250,"
        " unused_usd_per_teu: 400, step_teu: 50, most_teu_per_month: 50,"
        " spot_teu_per_month: 50}],"
        " pairs: [{origin: Chongqing, destination: Duisburg, teu_per_month: 500}]}",
        encoding="utf-8",
    )
    session = CountingSession()
    found = book_plan(load_plan(file, command="book"), session=session)
    (outcome,) = found.outcomes
    assert outcome.unmet == pytest.approx(0.0)
    assert outcome.through[0] == pytest.approx(100.0)
    assert session.posed == 1
