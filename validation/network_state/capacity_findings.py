"""Findings on capacities: crossings, ferries, canals and ports without one, beside those with one.

A way without a row has no limit, so a plan sends what capped ways cannot take over it. They are
only reported: a network may have many that no plan uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from corridors.data.geodata import LandLeg
from corridors.domain.places import Family, Gate, GateKind, Terminal, TerminalKind
from corridors.network.rules.capacity import Way, crossing
from validation.network_state.findings import Finding, Worse, listing

PART = "capacity"
Rows = Collection[tuple[str, str]]


def capacity_findings(
    terminals: Mapping[str, Terminal],
    legs: Sequence[LandLeg],
    gates: Sequence[Gate],
    rows: Rows,
) -> Iterator[Finding]:
    """Yield the ways without a capacity, and the crossings beside one that has one.

    Parameters
    ----------
    terminals, legs, gates
        The network; legs of projects are left out, as their projects bring their capacity.
    rows
        The capacities, as (parameter, scope).
    """
    here = [leg for leg in legs if not leg.project]
    crossings = [
        crossing(leg.countries, leg.ends)
        for leg in here
        if leg.family is Family.RAIL and len(set(leg.countries)) > 1
    ]
    ferries = [
        Way(kind="ferry", scopes=tuple(leg.ends), family=Family.FERRY)
        for leg in here
        if leg.family is Family.FERRY
    ]
    canals = [
        Way(kind="canal", scopes=(gate.id,), family=Family.SEA)
        for gate in gates
        if gate.kind is GateKind.CANAL
    ]
    ports = [
        Way(kind="port", scopes=(name,), family=Family.SEA)
        for name, terminal in terminals.items()
        if terminal.kind is TerminalKind.SEAPORT
    ]
    for what, ways in (
        ("rail crossings without a row", crossings),
        ("ferries without a row", ferries),
        ("canals without a row", canals),
        ("seaports without a row", ports),
    ):
        yield _listing(what, sorted({way.name for way in ways if not way.capped(rows)}))
    yield _listing("rail crossings without a row beside one with a row", _beside(crossings, rows))


def _beside(crossings: Sequence[Way], rows: Rows) -> list[str]:
    """Return crossings without a row between two countries that have another with a row."""
    by_pair: dict[str, list[Way]] = defaultdict(list)
    for way in crossings:
        by_pair[way.scopes[0].partition("@")[0]].append(way)
    found = []
    for ways in by_pair.values():
        capped = sorted(way.scopes[0] for way in ways if way.capped(rows))
        if capped:
            found += [f"{way.scopes[0]} beside {capped[0]}" for way in ways if not way.capped(rows)]
    return sorted(found)


def _listing(what: str, names: Sequence[str]) -> Finding:
    return listing(PART, what, tuple(names), worse=Worse.NEVER, unit="ways")
