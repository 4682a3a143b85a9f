"""Compare the corridors of a scenario: pose the question, search, report, certify, decide."""

from __future__ import annotations

from dataclasses import replace

from corridors.domain.results import Candidate, Decision, RouteOption
from corridors.domain.scenario import Avoided, Scenario
from corridors.optimise.candidates import candidates_of, decision_needs_fronts
from corridors.optimise.certify import certify as certified
from corridors.optimise.decision import decide
from corridors.optimise.fronts import front_points
from corridors.output.comparison import Comparison, rank_options
from corridors.progress import Progress, quiet
from corridors.routing.found import search
from corridors.routing.report import report, run_warnings
from corridors.studies.alternatives import alternatives as differing
from corridors.studies.session import Session


def compare(
    scenario: Scenario,
    *,
    session: Session | None = None,
    certify: bool = False,
    alternatives: int = 0,
    figures_only: bool = False,
    progress: Progress = quiet,
) -> Comparison:
    """Return the comparison of a scenario's corridors.

    Parameters
    ----------
    scenario
        The scenario.
    session
        Keeps networks and tables between scenarios; a new one by default.
    certify
        Also certify routes that depend on dates, on the time-expanded network.
    alternatives
        How many routes that differ in what they pass to add.
    figures_only
        Quicker, for tables: no lines of routes, no certificates by OR-Tools, and fronts only if the
        decision depends on them. The figures are the same.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter of the scenario is unknown.
    CertificateError
        OR-Tools and the label setting disagree.
    """
    session = session or Session()
    corridors = session.corridors_of(scenario)
    progress("network", 0, len(corridors))
    question = session.pose(scenario, corridors)
    fronts = not figures_only or decision_needs_fronts(scenario)
    options: list[RouteOption] = []
    candidates: list[Candidate] = []
    for number, corridor in enumerate(corridors):
        progress(corridor.title, number, len(corridors))
        found = search(question, number, fronts=fronts)
        option = report(found, reopenings=session.reopenings, figures_only=figures_only)
        options.append(option if figures_only else certified(option, found, dated=certify))
        candidates.extend(candidates_of(found))
    progress("decision", len(corridors), len(corridors))
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
    ranked = rank_options(options, scenario.objective, value_of_time=value_of_time)
    decision = decide(
        candidates,
        scenario.limits,
        scenario.objective,
        value_of_time=value_of_time,
        departure=scenario.departure,
    )
    if scenario.limits.avoid != Avoided() and decision.value is not None:
        free = replace(scenario, limits=replace(scenario.limits, avoid=Avoided()))
        without = compare(free, session=session, figures_only=figures_only).decision
        decision = _with_cost_of_avoiding(decision, without)
    return Comparison(
        scenario=scenario,
        routes=ranked,
        decision=decision,
        warnings=run_warnings(question, ranked),
        manifest=session.manifest_of(scenario),
        front=front_points(candidates),
        alternatives=differing(question, alternatives) if alternatives else (),
    )


def _with_cost_of_avoiding(decision: Decision, without: Decision) -> Decision:
    """Return a decision with the cost of the limit `avoid`."""
    if decision.value is None or without.value is None or decision.value <= without.value:
        return decision
    cost = decision.value - without.value
    return replace(
        decision,
        binding=(*decision.binding, "avoid"),
        marginal_values={**decision.marginal_values, "avoid": cost},
    )
