"""Findings on land: connected parts, parts without alternative, coverage by country."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from corridors.data.geodata import LandLeg
from corridors.domain.places import Family, Terminal
from validation.network_state.findings import Finding, Worse, cutting, listing
from validation.network_state.graphs import Graph


def is_rail(leg: LandLeg) -> bool:
    """Return whether a leg is a railway."""
    return leg.family is Family.RAIL


def land_findings(terminals: Mapping[str, Terminal], legs: Sequence[LandLeg]) -> Iterator[Finding]:
    """Yield the components, parts without alternative, coverage and names of the land network.

    Parameters
    ----------
    terminals
        Terminals by id.
    legs
        Rail, ferry and road legs. Those of projects count in the list of names only.
    """
    here = [leg for leg in legs if not leg.project]
    yield from _parts(here)
    yield from _threads(terminals, here)
    yield from _coverage(terminals, here)
    yield listing("names", "terminals", tuple(terminals), worse=Worse.LOST, unit="places")
    yield listing("names", "legs", tuple(leg.id for leg in legs), worse=Worse.LOST, unit="legs")


def apart(parts: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the places outside the largest component."""
    return tuple(name for part in parts[1:] for name in part)


def component_finding(what: str, graph: Graph) -> Finding:
    """Return the number of connected parts, and the places outside the largest."""
    parts = graph.components()
    return listing(
        "components",
        what,
        apart(parts),
        worse=Worse.NEW,
        unit="parts",
        value=len(parts),
    )


def _parts(legs: Sequence[LandLeg]) -> Iterator[Finding]:
    by_system: dict[str, list[LandLeg]] = defaultdict(list)
    for leg in legs:
        by_system[leg.system].append(leg)
    for system, same in sorted(by_system.items()):
        name = f"rail of {system}" if is_rail(same[0]) else system
        yield component_finding(name, Graph.of(leg.ends for leg in same))
    yield component_finding("rail, all systems", Graph.of(leg.ends for leg in legs if is_rail(leg)))
    yield component_finding("land: rail, ferry and road", Graph.of(leg.ends for leg in legs))


def _threads(terminals: Mapping[str, Terminal], legs: Sequence[LandLeg]) -> Iterator[Finding]:
    """Yield pairs of countries, crossings, legs and places without alternative on land."""
    part, worse = "without alternative", Worse.NEW_OF_OLD
    crossings: Counter[tuple[str, str]] = Counter()
    for leg in legs:
        countries = {terminals[end].country for end in leg.ends}
        if len(countries) == 2:
            one, two = sorted(countries)
            crossings[one, two] += 1
    pairs = {f"{a}-{b}": count for (a, b), count in sorted(crossings.items())}
    yield listing("names", "countries joined by land", tuple(pairs), worse=Worse.LOST, unit="pairs")
    single = tuple(pair for pair, count in pairs.items() if count == 1)
    yield listing(part, "countries joined by one crossing", single, worse=worse, unit="pairs")
    graph = Graph.of(leg.ends for leg in legs)
    cut = graph.cut_by_edges([(number,) for number in range(len(legs))])
    for what, across in (("crossings, ferries and roads", True), ("legs inside a country", False)):
        chosen = {
            leg.id: lost
            for leg, lost in zip(legs, cut, strict=True)
            if (len(leg.countries) > 1 or not is_rail(leg)) is across
        }
        yield cutting(f"{what} whose loss cuts places off", chosen, unit="legs")
    lost_by = graph.cut_by_places([(place,) for place in graph.places])
    joints = dict(zip(graph.places, lost_by, strict=True))
    yield cutting("places whose loss cuts others off", joints, unit="places")


def _coverage(terminals: Mapping[str, Terminal], legs: Sequence[LandLeg]) -> Iterator[Finding]:
    """Yield terminals, rail legs and rail km by country; border legs count half in each."""
    places = Counter(terminal.country for terminal in terminals.values())
    counts: Counter[str] = Counter()
    km: dict[str, float] = defaultdict(float)
    for leg in legs:
        if is_rail(leg):
            countries: Collection[str] = leg.countries or _ends(terminals, leg)
            for country in countries:
                counts[country] += 1
                km[country] += leg.length_km / len(countries)
    for country in sorted(places.keys() | counts.keys()):
        yield _covered(country, places[country], "terminals")
        yield _covered(country, counts[country], "rail legs")
        # A corrected length is not a loss of coverage.
        yield _covered(country, round(km[country]), "rail km", slack=km[country] * RESET)


RESET = 0.01


def _ends(terminals: Mapping[str, Terminal], leg: LandLeg) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terminals[end].country for end in leg.ends))


def _covered(country: str, value: float, unit: str, *, slack: float = 0.0) -> Finding:
    return Finding(
        part="coverage", what=country, value=value, unit=unit, worse=Worse.LOWER, slack=slack
    )
