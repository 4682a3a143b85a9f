"""A plan valued with projects: sets with the same legs share a session."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

from corridors.config import load_projects
from corridors.config.investment import load_investment
from corridors.domain.plan import Plan
from corridors.studies import building
from corridors.studies.building import PlanValuer
from corridors.studies.session import Session


def test_sets_that_open_the_same_legs_share_their_networks() -> None:
    investment = load_investment("invest-eurasia")
    choices = investment.projects
    projects = load_projects([choice.id for choice in choices])
    opens = frozenset(n for n, project in enumerate(projects) if project.legs)
    assert opens
    assert len(opens) < len(projects)
    asked: list[Session] = []

    def searched(plans: list[Plan], *, session: Session) -> list[object]:
        asked.append(session)
        return [SimpleNamespace(plan=plans[0], solve=lambda plan: plan)]

    valuer = PlanValuer(investment.allocation, choices, projects)
    other = frozenset(range(len(projects))) - opens
    with patch.object(building, "search_plans", searched):
        for chosen in (frozenset[int](), other, opens, opens | other):
            valuer.planned(chosen)
    none, wider, legs, both = asked
    assert none is wider
    assert legs is both
    assert legs is not none
