"""Find the fewest places whose closure severs the ends of a scenario by land."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corridors.data.cities import name_of
from corridors.domain.places import Family
from corridors.network.rules.calendar import closed_arcs, end_countries
from corridors.network.states.topology import ArcKind
from corridors.optimise.mincut import Cut, least_cut
from corridors.output.display_names import named_list
from corridors.routing.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Severed:
    """The least cut between the sides of origin and destination, by land.

    A side is the region of the end's country in `countries.csv` (`EU` is all of Europe west of
    Belarus and Ukraine), or the country if it has no region; `sides` names both. `nearest_start`
    and `nearest_end` are two cuts of the same size: names by id.
    """

    sides: tuple[str, str]
    size: int | None
    nearest_start: dict[str, str]
    nearest_end: dict[str, str]
    text: str


def severed(question: Question) -> Severed:
    """Return the fewest places whose closure leaves no route by rail, road or ferry.

    Places closed on the day of departure count as closed already. Costs and capacities are ignored.

    Parameters
    ----------
    question
        A scenario as posed.
    """
    topology = question.bundle.topology
    departure = question.scenario.departure
    land = (topology.kind == ArcKind.LEG) & question.weights.usable
    families = np.array([service.family is not Family.SEA for service in topology.services])
    land &= families[topology.service]
    for closed in closed_arcs(
        question.bundle.rule_arcs, question.rules, question.scenario.closures
    ):
        if closed.delay is None and closed.window.within(departure, departure):
            land &= ~closed.arcs
    places = topology.state_place
    links = {
        (topology.places[a].id, topology.places[b].id)
        for a, b in zip(
            places[topology.tail[land]].tolist(), places[topology.head[land]].tolist(), strict=True
        )
        if a >= 0 and b >= 0
    }
    ends = end_countries(topology)
    sides = tuple(_side(code, question.parameters.regions) for code in (ends[0], ends[-1]))
    start, end = ({p.id for p in topology.places if p.country in members} for _, members in sides)
    titles = (name_of(sides[0][0]), name_of(sides[1][0]))
    if start & end:
        return Severed(
            sides=titles,
            size=None,
            nearest_start={},
            nearest_end={},
            text=f"both ends lie in {titles[0]}, so there is no border to close",
        )
    cut = least_cut(links, start, end)
    names = {place.id: place.name for place in topology.places}
    return Severed(
        sides=titles,
        size=cut.size,
        nearest_start={key: names[key] for key in cut.nearest_start or ()},
        nearest_end={key: names[key] for key in cut.nearest_end or ()},
        text=_sentence(
            cut,
            titles,
            [
                tuple(names[key] for key in near or ())
                for near in (cut.nearest_start, cut.nearest_end)
            ],
        ),
    )


def _side(code: str, regions: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    region = regions.get(code, "")
    if not region:
        return code, frozenset((code,))
    return region, frozenset(member for member, of in regions.items() if of == region)


def _sentence(cut: Cut, sides: tuple[str, str], sets: Sequence[tuple[str, ...]]) -> str:
    """Return a cut as a sentence; `sets` are the names of the places of each."""
    names = [f"the {name}" if name in ("EU", "UK") else name for name in sides]
    joined = " and ".join(names)
    if cut.size is None:
        return (
            f"{joined} share a border, so closing places between them does not cut the land route"
        )
    if cut.size == 0:
        return f"{joined} are not connected by land on this date"
    places = "place is" if cut.size == 1 else "places is"
    return (
        f"closing {cut.size} {places} enough to cut {names[0]} off from {names[1]} by rail, road"
        f" and ferry: {'; or '.join(map(named_list, dict.fromkeys(sets)))}. Fewer are not enough"
    )
