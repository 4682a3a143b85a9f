"""Find alternatives: routes that differ in the gates, borders and modes they pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from itertools import islice

import numpy as np

from corridors.arrays import IntArray
from corridors.config import load_corridors
from corridors.domain.places import Gate
from corridors.domain.results import Alternative
from corridors.domain.scenario import OTHER, Corridor
from corridors.network.states.topology import ArcKind, Topology
from corridors.optimise.candidates import candidate_of
from corridors.routing.ladder import NO_MARK, Marked, differing_routes
from corridors.routing.question import Question
from corridors.routing.terms import Terms

Names = tuple[str, ...]


def alternatives(question: Question, count: int) -> tuple[Alternative, ...]:
    """Return the cheapest routes of a question that differ in what they pass, cheapest first.

    Routes differ by canals, capes and the gates that a corridor must pass or avoid; by borders
    between regions, with the place of entry; and by modes. Other straits, ship classes, ports of
    call and borders inside the EU make no difference. Each route is the cheapest of those that
    avoid something of every route before it.

    Parameters
    ----------
    question
        A scenario as posed; all its corridors are searched, but for the row `other`.
    count
        How many at most; fewer where there are no more.
    """
    topology = question.bundle.topology
    gates = distinguishing_gates(topology.gates, (*load_corridors("all"), *question.corridors))
    marks, names = _marks(topology, question.parameters.regions, gates)
    terms = Terms(start_day=0, max_wait_days=question.scenario.max_wait_days, fast=True)
    numbers = [n for n, corridor in enumerate(question.corridors) if corridor.id != OTHER]
    problems = [question.problem(number) for number in numbers]
    marked = [Marked(problem=p, mark=marks[p.base], names=names) for p in problems]
    found: list[Alternative] = []
    for route in islice(differing_routes(marked, terms), count):
        corridor = question.corridors[numbers[route.number]].id
        problem = problems[route.number]
        figures = candidate_of(corridor, topology, problem, route.route, weights=question.weights)
        best = found[0] if found else None
        found.append(
            Alternative(
                **{field.name: getattr(figures, field.name) for field in fields(figures)},
                passes=route.passed,
                avoids=tuple(n for n in best.passes if n not in route.passed) if best else (),
                extra_usd_per_teu=figures.cost_usd_per_teu - best.cost_usd_per_teu if best else 0.0,
                extra_days=figures.days - best.days if best else 0.0,
                extra_co2e_kg_per_teu=figures.co2e_kg_per_teu - best.co2e_kg_per_teu
                if best
                else 0.0,
            )
        )
    return tuple(found)


def distinguishing_gates(gates: Sequence[Gate], corridors: Sequence[Corridor]) -> frozenset[str]:
    """Return the gates that distinguish routes: canals, capes, and those that corridors name."""
    named = {
        place
        for corridor in corridors
        for place in (*corridor.must_avoid, *(p for m in corridor.must_pass for p in m.any_of))
    }
    return frozenset(
        gate.id for gate in gates if gate.id in named or gate.kind.value in ("canal", "cape")
    )


def _marks(
    topology: Topology, regions: Mapping[str, str], gates: Collection[str]
) -> tuple[IntArray, list[Names]]:
    """Return by arc an index of the marks it passes, and the list of marks."""
    numbers: dict[Names, int] = {}
    marks = np.full(topology.arc_count, NO_MARK, np.int64)
    for arc in range(topology.arc_count):
        kind = ArcKind(int(topology.kind[arc]))
        if kind is ArcKind.LEG:
            passed = _on_leg(topology, arc, regions, gates)
        else:
            passed = _of_modes(topology, arc, kind)
        if passed:
            marks[arc] = numbers.setdefault(passed, len(numbers))
    return marks, list(numbers)


def _on_leg(
    topology: Topology, arc: int, regions: Mapping[str, str], gates: Collection[str]
) -> Names:
    there = topology.place_of(int(topology.head[arc]))
    crossed = topology.countries[int(topology.country[arc])]
    passed = []
    if len({regions.get(code) or code for code in crossed}) > 1:
        passed.append(f"{'-'.join(crossed)}@{there.id}")
    if there.gate in gates:
        passed.append(there.gate)
    return tuple(passed)


def _of_modes(topology: Topology, arc: int, kind: ArcKind) -> Names:
    mode = topology.services[int(topology.service[arc])].family.value
    if kind is ArcKind.LOAD:
        return (f"leaves by {mode}",)
    if kind is ArcKind.UNLOAD:
        return (f"arrives by {mode}",)
    state = int(topology.state_service[int(topology.tail[arc])])
    before = topology.services[state].family.value
    return (f"{before} to {mode}",) if before != mode else ()
