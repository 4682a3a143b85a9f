"""The part of the network that a corridor can use between the ends of a scenario."""

from __future__ import annotations

from corridors.config import load_corridors
from corridors.config.allowed_names import Names
from corridors.config.own_data import overlay_for
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.network.sea.sea_ways import SeaLeg
from corridors.network.states.topology import ArcKind
from corridors.studies.session import Session


def legs_of_corridor(scenario: Scenario, corridor: str) -> frozenset[str | int]:
    """Return the legs on any path of a corridor between the ends of a scenario.

    Parameters
    ----------
    scenario
        Its ends, services and own data count.
    corridor
        A shipped corridor, or a corridor file.

    Returns
    -------
    legs
        Land legs by id, legs at sea by their row of the shipped lanes.

    Raises
    ------
    ConfigError
        The corridor is unknown, or joins these ends in no way.
    """
    inside = load_corridors([corridor], names=Names(overlay_for(scenario)))[0]
    question = Session().pose(scenario, (inside,))
    topology = question.bundle.topology
    arcs = question.bundle.layering.to(inside).base
    numbers = {int(topology.leg[arc]) for arc in arcs if topology.kind[arc] == ArcKind.LEG}
    legs = [topology.legs[number] for number in numbers if number >= 0]
    if not legs:
        ends = f"{scenario.origin} and {scenario.destination}"
        msg = f"--corridor {corridor}: it has no route between {ends}; give another --scenario"
        raise ConfigError(msg)
    return frozenset(leg.row if isinstance(leg, SeaLeg) else leg.id for leg in legs)
