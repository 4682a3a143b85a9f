"""The lines of the README and of three pages of docs/ that state prices."""

from __future__ import annotations

from dataclasses import replace

from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.domain.objective import Objective
from corridors.studies.compare.run import compare_in_both_worlds
from corridors.studies.route.run import RouteKeys, route_between
from corridors.studies.session import Session

NO_FREIGHT = ("thc", "insurance.cargo", "road.fixed", "road.box_km")


def comparison_lines(_: Session) -> list[str]:
    """Return what `corridors compare shanghai-hamburg` prints."""
    printed = CliRunner(env={"CORRIDORS_WIDTH": "100"}).invoke(
        command_line(), ["compare", "shanghai-hamburg"]
    )
    assert printed.exit_code == 0, printed.output
    return [line.strip() for line in printed.stdout.splitlines() if line.strip()]


def direction_lines(_: Session) -> list[str]:
    """Return what a box costs by Suez in either direction."""
    costs, freights = [], []
    for origin, destination in (("Shanghai", "Rotterdam"), ("Rotterdam", "Shanghai")):
        asked = RouteKeys(corridor="suez", world="reference-open")
        option = route_between(origin, destination, **asked)[0]
        lines = option.cost_lines
        costs.append(sum(line.usd_per_teu for line in lines))
        held = sum(line.usd_per_teu for line in lines if line.driver in NO_FREIGHT)
        freights.append(costs[-1] - held)
    share = 100 * freights[1] / freights[0]
    return [
        f"Shanghai to Rotterdam by Suez costs {costs[0]:,.0f} USD per TEU, Rotterdam to Shanghai"
        f" {costs[1]:,.0f}. The freight part is {freights[0]:,.0f} and {freights[1]:,.0f}, or"
        f" {share:.0f} %",
    ]


def other_world_lines(_: Session) -> list[str]:
    """Return the answer of the other world to the question of the README."""
    found = compare_in_both_worlds(load_scenario("shanghai-europe"))
    assert found.other_world is not None
    return list(found.answer.sentences[-len(found.answer.changes) :][:1])


def results_lines(_: Session) -> list[str]:
    """Return what is about the same from Shanghai to London by cost, and what a day is worth."""
    asked = load_scenario("shanghai-europe", set_values=["destination=London"])
    by_cost = compare_in_both_worlds(replace(asked, objective=Objective.COST), fronts=False)
    steps = compare_in_both_worlds(asked, fronts=False).answer.changes
    return [
        *by_cost.answer.first[:3],
        *(f"{one.condition}: {one.text}." for one in steps if "a day is worth" in one.condition),
    ]
