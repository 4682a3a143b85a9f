"""The lines of the README, docs/scenario-files.md and docs/results.md that state prices."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from corridors.cli.compare import verdict_lines
from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.output.display_names import other_world_text
from corridors.studies.route import Asked, route_between
from corridors.studies.session import Session
from corridors.studies.worlds import compare_in_both_worlds

NO_FREIGHT = ("thc", "insurance.cargo", "road.fixed", "road.box_km")
# What stands between the heads of a table and its rows.
RULE = re.compile(r"─{20,}")


def comparison_lines(_: Session) -> list[str]:
    """Return the rows and the verdict that `corridors compare shanghai-europe` prints."""
    printed = CliRunner(env={"CORRIDORS_WIDTH": "100"}).invoke(
        command_line(), ["compare", "shanghai-europe"]
    )
    assert printed.exit_code == 0, printed.output
    lines = [line.strip() for line in printed.stdout.splitlines()]
    first = next(n for n, line in enumerate(lines, start=1) if RULE.match(line))
    # The README leaves the warnings, and the lines that go on with them, to the command.
    told, warns = [], False
    for line in printed.stdout.splitlines()[first:]:
        warns = line.startswith("! ") or (warns and line.startswith("  "))
        if line.strip() and not warns:
            told.append(line.strip())
    return told


def scenario_lines(session: Session) -> list[str]:
    """Return what a box costs by Suez in either direction, and the answer of the other world."""
    costs, freights = [], []
    for origin, destination in (("Shanghai", "Rotterdam"), ("Rotterdam", "Shanghai")):
        asked = Asked(corridor="suez", world="reference-open")
        option, _ = route_between(origin, destination, **asked)
        lines = option.cost_lines
        costs.append(sum(line.usd_per_teu for line in lines))
        held = sum(line.usd_per_teu for line in lines if line.driver in NO_FREIGHT)
        freights.append(costs[-1] - held)
    found = compare_in_both_worlds(load_scenario("shanghai-europe"))
    assert found.other_world is not None
    share = 100 * freights[1] / freights[0]
    return [
        f"Shanghai to Rotterdam by Suez costs {costs[0]:,.0f} USD per TEU, Rotterdam to Shanghai"
        f" {costs[1]:,.0f}. The freight part is {freights[0]:,.0f} and {freights[1]:,.0f}, or"
        f" {share:.0f} %",
        other_world_text(found.other_world),
    ]


def results_lines(_: Session) -> list[str]:
    """Return the verdict on Shanghai to London, and by how much the Cape is dearer than Suez."""
    asked = load_scenario("shanghai-europe", set_values=["destination=London"])
    found = compare_in_both_worlds(asked, fronts=False)
    by = {option.corridor: option for option in found.routes}
    cost = {name: by[name].printed_usd_per_teu or 0.0 for name in ("cape", "suez")}
    days = (by["cape"].days or 0.0) - (by["suez"].days or 0.0)
    first = ("Take", "The Cape", "If a day")
    return [
        *(line for line in verdict_lines(found) if line.startswith(first)),
        f"The Cape costs USD {round(cost['cape']) - round(cost['suez'])} more than Suez and takes"
        f" {days:.0f} days longer",
    ]
