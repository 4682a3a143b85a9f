"""Answer scenarios: one, or many that share tables and networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from corridors.config import load_corridors
from corridors.config.names import Names
from corridors.config.own_data import overlay_for
from corridors.costing.ice import IceCalendars
from corridors.costing.rail import overweight
from corridors.data.ice import load_ice_table
from corridors.data.paths import data_root
from corridors.domain.places import Family
from corridors.domain.results import Decision, RouteOption
from corridors.domain.scenario import Avoided, Corridor, Limits, Objective, Scenario
from corridors.domain.values import SourcedValue, Status
from corridors.optimise.decision import Candidate, decide
from corridors.optimise.fronts import front_points
from corridors.output.comparison import Comparison, rank_options
from corridors.output.manifest import (
    Manifest,
    build_manifest,
    own_data_sha256,
    scenario_sha256,
)
from corridors.progress import Progress, quiet
from corridors.routing.dated.closed import Reopenings
from corridors.routing.dated.fronts import best_route, front
from corridors.routing.problem import Problem
from corridors.routing.terms import FoundRoute, Terms, TooManyLabelsError
from corridors.studies.alternatives import alternatives as differing
from corridors.studies.answers import Answer, Solved, answer_of
from corridors.studies.question import Grounds, Question, pose


class Desk:
    """Tables read once and networks built once, for many scenarios.

    A desk answers each scenario as a new one would; it only spares what they have in common.

    Parameters
    ----------
    figures_only
        Answer for tables, quicker: routes without their lines, no certificate by OR-Tools, and
        fronts only where the decision depends on them. The figures are the same.
    """

    def __init__(self, *, figures_only: bool = False) -> None:
        self._figures_only = figures_only
        self._grounds = Grounds()
        self._calendars = IceCalendars(load_ice_table())
        self._reopenings = Reopenings()
        self._corridors: dict[tuple[object, ...], tuple[Corridor, ...]] = {}
        self._manifest: Manifest | None = None

    def pose(self, scenario: Scenario, corridors: Sequence[Corridor]) -> Question:
        """Return the question a scenario asks of these corridors.

        Raises
        ------
        ConfigError
            A place, service or parameter of the scenario is unknown.
        """
        return pose(scenario, corridors, self._grounds, self._calendars)

    def compare(
        self,
        scenario: Scenario,
        *,
        certify: bool = False,
        alternatives: int = 0,
        progress: Progress = quiet,
    ) -> Comparison:
        """Return the comparison of a scenario's corridors.

        Parameters
        ----------
        scenario
            What is asked.
        certify
            Certify routes that meet dated changes too, on the time-expanded network.
        alternatives
            How many routes that differ in what they pass to tell besides.
        progress
            Called with what is done, how far, and of how much.

        Raises
        ------
        ConfigError
            A place, corridor, service or parameter of the scenario is unknown.
        CertificateError
            OR-Tools and the label setting disagree.
        """
        corridors = self._listed(scenario)
        progress("network", 0, len(corridors))
        question = self.pose(scenario, corridors)
        fronts = not self._figures_only or decision_needs_fronts(scenario)
        answers = []
        for number, corridor in enumerate(corridors):
            progress(corridor.title, number, len(corridors))
            answers.append(
                answer(
                    question,
                    number,
                    reopenings=self._reopenings,
                    fronts=fronts,
                    figures_only=self._figures_only,
                    certify=certify,
                )
            )
        progress("decision", len(corridors), len(corridors))
        options = rank_options(
            [a.option for a in answers],
            scenario.objective,
            value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
        )
        candidates = [candidate for a in answers for candidate in a.candidates]
        return Comparison(
            scenario=scenario,
            routes=options,
            decision=self._worth_of_avoiding(scenario, _decide(scenario, candidates)),
            warnings=run_warnings(question, options),
            manifest=self._manifest_of(scenario),
            front=front_points(candidates),
            alternatives=differing(question, alternatives) if alternatives else (),
        )

    def _worth_of_avoiding(self, scenario: Scenario, decision: Decision) -> Decision:
        """Return a decision that tells what it costs to avoid what the limits avoid."""
        if scenario.limits.avoid == Avoided() or decision.value is None:
            return decision
        free = replace(scenario, limits=replace(scenario.limits, avoid=Avoided()))
        value = self.compare(free).decision.value
        cost = decision.value - value if value is not None else 0.0
        if cost <= 0.0:
            return decision
        return replace(
            decision,
            binding=(*decision.binding, "avoid"),
            marginal_values={**decision.marginal_values, "avoid": cost},
        )

    def _listed(self, scenario: Scenario) -> tuple[Corridor, ...]:
        key = (scenario.corridors, scenario.own_data, scenario.on_conflict)
        if key not in self._corridors:
            names = Names(overlay_for(scenario)) if scenario.own_data else None
            self._corridors[key] = load_corridors(scenario.corridors or "all", names=names)
        return self._corridors[key]

    def _manifest_of(self, scenario: Scenario) -> Manifest:
        if self._manifest is None:
            self._manifest = build_manifest(scenario, data_root())
        return replace(
            self._manifest,
            scenario_sha256=scenario_sha256(scenario),
            own_data=own_data_sha256(scenario),
        )


def decision_needs_fronts(scenario: Scenario) -> bool:
    """Return whether the decision may prefer a route that is not its corridor's cheapest."""
    return scenario.objective is not Objective.COST or scenario.limits != Limits()


def found_routes(problem: Problem, terms: Terms, *, fronts: bool) -> tuple[FoundRoute, ...]:
    """Return a corridor's cheapest route first, then, with `fronts`, those that no other beats.

    Empty where the corridor is closed. Where dates make the front too large, the cheapest only.
    """
    best = best_route(problem, terms)
    if best is None or not fronts:
        return () if best is None else (best,)
    with suppress(TooManyLabelsError):
        return tuple(dict.fromkeys((best, *front(problem, replace(terms, max_wait_days=0.0)))))
    return (best,)


def answer(
    question: Question,
    number: int,
    *,
    fronts: bool,
    certify: bool,
    figures_only: bool = False,
    fast: bool = True,
    reopenings: Reopenings | None = None,
) -> Answer:
    """Return one corridor's answer.

    With `fronts`, the decision also sees the routes that no other beats in cost, hours and CO2e
    and that leave without a wait; without, only the cheapest route is sought. `fast` compiles the
    search, which a command that wants one route does without. `figures_only` leaves out lines and
    certificate. `reopenings` holds what earlier
    questions found of the next usable days.
    """
    scenario = question.scenario
    problem = question.problem(number)
    terms = Terms(start_day=0, max_wait_days=scenario.max_wait_days, fast=fast)
    found = found_routes(problem, terms, fronts=fronts)
    return answer_of(
        Solved(
            corridor=question.corridors[number],
            pricer=question.pricer,
            weights=question.weights,
            layered=question.ground.layers[number],
            problem=problem,
            best=found[0] if found else None,
            others=found[1:],
            rules=question.rules,
            rule_arcs=question.ground.rule_arcs,
            terms=terms,
            reopenings=reopenings or Reopenings(),
            figures_only=figures_only,
            certify=certify,
            listed=question.listed,
            told_share=scenario.limits.capacity_share
            or question.parameters.value("plan.capacity_share"),
            shelf_life_days=scenario.limits.shelf_life_days,
        )
    )


def compare(
    scenario: Scenario,
    *,
    certify: bool = False,
    alternatives: int = 0,
    progress: Progress = quiet,
) -> Comparison:
    """Return the comparison of a scenario's corridors; see `Desk.compare`."""
    return Desk().compare(scenario, certify=certify, alternatives=alternatives, progress=progress)


def _decide(scenario: Scenario, candidates: Sequence[Candidate]) -> Decision:
    return decide(
        candidates,
        scenario.limits,
        scenario.objective,
        value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
        departure=scenario.departure,
    )


def run_warnings(question: Question, options: Sequence[RouteOption]) -> tuple[str, ...]:
    """Return the warnings of the whole run: replaced parameters, speeds, and nothing usable."""
    texts = list(_replacements(question))
    texts.extend(question.land.notes)
    sailed = {step.service for option in options for step in option.steps}
    for number, service in enumerate(question.ground.topology.services):
        knots = question.pricer.knots(number)
        if knots is not None and service.id in sailed:
            usual = question.parameters.value("ship.reference_speed_kn", service.id)
            texts.append(f"{service.id}: {usual:g} -> {knots:g} kn in open water (speed)")
    used = [service for service in question.ground.topology.services if service.id in sailed]
    texts.extend(overweight(used, question.parameters, question.scenario.shipment))
    if not any(option.usable for option in options):
        texts.append("nothing is usable on this date")
    return tuple(texts)


def _replacements(question: Question) -> Iterator[str]:
    """Yield what the scenario and its projects changed of the tables."""
    rows = {(row.parameter, row.scope) for project in question.built for row in project.rows}
    for old, new in question.parameters.replaced:
        by_scenario = new.status is Status.SCENARIO
        if not by_scenario and (new.parameter, new.scope) not in rows:
            continue
        name = f"{new.parameter}@{new.scope}" if new.scope else new.parameter
        change = f"{new.value:g}" if old is new else f"{old.value:g} -> {new.value:g}"
        unit = "" if new.unit == SWITCH else f" {new.unit}"
        yield f"{name}: {change}{unit} ({_set_by(question, new) if by_scenario else 'project'})"


def _set_by(question: Question, row: SourcedValue) -> str:
    own = {override.parameter for override in question.scenario.overrides}
    return "scenario" if row.parameter in own else "world or direction"


# Unit of a parameter that is on or off.
SWITCH = "0 or 1"
ANY_CORRIDOR = Corridor(
    id="any",
    title="Cheapest route",
    colour="#444444",
    description="",
    must_pass=(),
    must_avoid=(),
    services=tuple(family.value for family in Family),
)
