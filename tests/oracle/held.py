"""Hold the product's cheapest route of a corridor to the oracle's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from corridors.network.states.topology import ArcKind
from corridors.routing.ladder import search
from corridors.routing.question import Question
from tests.oracle.chains import LEG, Net, TooManyTurnsError, cheapest
from tests.oracle.files import Chain
from tests.oracle.product import net_of, shipped_chain, terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The cents and minutes of a corridor's cheapest route, by the product and by the oracle.

    None if there is no route. `unchecked`: the oracle gave up. `dated`: the oracle's route takes an
    arc that changes with the day, so that its figures are at most the true ones. The ways name the
    service and end of each leg.
    """

    corridor: str
    product: tuple[int, int] | None
    oracle: tuple[int, int] | None
    dated: bool
    unchecked: bool = False
    product_way: tuple[str, ...] = ()
    oracle_way: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether both have the same figures; of a dated route, that the oracle's are no more."""
        if self.unchecked:
            return False
        if not self.dated:
            return self.product == self.oracle
        if self.product is None or self.oracle is None:
            return self.product is None
        return self.oracle[0] <= self.product[0]

    def __str__(self) -> str:
        notes = " (dated)" * self.dated
        notes += " (unchecked)" * self.unchecked
        return (
            f"{self.corridor}{notes}: product {self.product} {' > '.join(self.product_way)};"
            f" oracle {self.oracle} {' > '.join(self.oracle_way)}"
        )


def without_touches(net: Net, chain: Chain) -> Net:
    """Return the network without legs by which ships touch a port that no entry of a chain names.

    A ship sails on from a state that it arrives in only at the points of gates, and at such ports.
    """
    named = {place for entry in chain.entries for place in entry.any_of}
    left = {arc.tail for arc in net.arcs if arc.kind == LEG}
    kept = tuple(
        arc
        for arc in net.arcs
        if arc.kind != LEG
        or not net.services[arc.service].startswith("sea/")
        or arc.head not in left
        or net.at(arc.head).gate
        or net.at(arc.head).id in named
    )
    return replace(net, arcs=kept)


def held(question: Question) -> Iterator[Held]:
    """Return the comparison of every corridor of a question, the free one included."""
    net, terms = net_of(question), terms_of(question)
    topology = question.bundle.topology
    for number, corridor in enumerate(question.corridors):
        ours, unchecked = None, False
        try:
            chain = shipped_chain(corridor.id)
            ours = cheapest(chain, without_touches(net, chain), terms)
        except TooManyTurnsError:
            unchecked = True
        found = search(question, number, fronts=False)
        best = found.best
        base = [] if best is None else [int(found.problem.base[arc]) for arc in best.arcs]
        yield Held(
            corridor=corridor.id,
            product=None if best is None else (best.cents, best.minutes),
            oracle=None if ours is None else (ours.cents, ours.minutes),
            dated=ours is not None and ours.dated,
            unchecked=unchecked,
            product_way=tuple(
                f"{topology.services[int(topology.service[arc])].id}"
                f" {topology.place_of(int(topology.head[arc])).id}"
                for arc in base
                if topology.kind[arc] == ArcKind.LEG
            ),
            oracle_way=() if ours is None else _way(net, ours.arcs),
        )


def _way(net: Net, arcs: tuple[int, ...]) -> tuple[str, ...]:
    legs = (net.arcs[number] for number in arcs)
    return tuple(
        f"{net.services[arc.service]} {net.at(arc.head).id}" for arc in legs if arc.kind == LEG
    )
