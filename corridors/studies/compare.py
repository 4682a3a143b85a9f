"""Compare the corridors of a scenario: pose the question, search, report, certify, decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corridors.domain.results import Alternative, Decision, RouteOption
from corridors.domain.scenario import OTHER, Avoided, Objective, Scenario
from corridors.optimise.candidates import candidates_of, decision_needs_fronts, exceeded_by
from corridors.optimise.certify import certify as certified
from corridors.optimise.decision import decide
from corridors.optimise.fronts import front_points
from corridors.optimise.steps import ladder_of
from corridors.optimise.ties import tolerances_of
from corridors.output.comparison import Comparison, rank_options, with_equals
from corridors.progress import Progress, quiet
from corridors.routing.found import Found, search
from corridors.routing.report import nothing_usable, report, run_warnings
from corridors.studies.free import held_against
from corridors.studies.session import Session


def compare(
    scenario: Scenario,
    *,
    session: Session | None = None,
    certify: bool = False,
    alternatives: int = 0,
    figures_only: bool = False,
    fronts: bool = True,
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
    fronts
        Search the fronts, which files, maps and `--front` show, even if the decision does not
        depend on them.
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
    asked = session.corridors_of(scenario)
    named = tuple(corridor for corridor in asked if corridor.id != OTHER)
    progress("network", 0, len(named))
    question = session.pose(scenario, (*named, *session.free))
    fronts = (fronts and not figures_only) or decision_needs_fronts(scenario)
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
    found: list[Found] = []
    for number, corridor in enumerate(named):
        progress(corridor.title, number, len(named))
        found.append(search(question, number, fronts=fronts))
    free = search(question, len(named), fronts=scenario.objective is not Objective.COST)
    held = held_against(found, free, listed=any(corridor.id == OTHER for corridor in asked))
    progress("decision", len(named), len(named))
    options = [
        _option(one, session, held.notes, certify=certify, figures_only=figures_only)
        for one in held.found
    ]
    candidates = [candidate for one in held.found for candidate in candidates_of(one)]
    ranked = with_equals(rank_options(options, scenario.objective, value_of_time=value_of_time))
    decision = decide(
        candidates,
        scenario.limits,
        scenario.objective,
        value_of_time=value_of_time,
        departure=scenario.departure,
        tolerances=tolerances_of(question.parameters),
    )
    if not any(option.usable for option in ranked):
        decision = replace(decision, advice=nothing_usable(ranked))
    if scenario.limits.avoid != Avoided() and decision.value is not None:
        passing = replace(scenario, limits=replace(scenario.limits, avoid=Avoided()))
        without = compare(passing, session=session, figures_only=figures_only).decision
        decision = _with_cost_of_avoiding(decision, without)
    others: tuple[Alternative, ...] = ()
    if alternatives:
        from corridors.studies.alternatives import alternatives as differing

        others = differing(question, alternatives)
    return Comparison(
        scenario=scenario,
        routes=ranked,
        decision=decision,
        warnings=(*run_warnings(question, ranked), *((held.warning,) if held.warning else ())),
        manifest=session.manifest_of(scenario),
        front=front_points(candidates),
        ladder=ladder_of(held.found, candidates, scenario),
        alternatives=others,
    )


def _option(
    found: Found, session: Session, notes: Mapping[str, str], *, certify: bool, figures_only: bool
) -> RouteOption:
    """Return the option of a search, certified unless only figures are wanted."""
    option = report(found, reopenings=session.reopenings, figures_only=figures_only)
    option = replace(option, exceeds=exceeded_by(found))
    if option.corridor in notes:
        option = replace(option, warnings=(notes[option.corridor], *option.warnings))
    return option if figures_only else certified(option, found, dated=certify)


def _with_cost_of_avoiding(decision: Decision, without: Decision) -> Decision:
    """Return a decision with the cost of the limit `avoid`."""
    least, free = decision.least_value, without.least_value
    if least is None or free is None or least <= free:
        return decision
    cost = least - free
    return replace(
        decision,
        binding=(*decision.binding, "avoid"),
        marginal_values={**decision.marginal_values, "avoid": cost},
    )
