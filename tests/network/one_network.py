"""The network of states for one origin and destination, for tests of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corridors.data.own import Overlay, shipped_overlay
from corridors.data.parameters import load_parameters
from corridors.domain.places import Service
from corridors.network.hauls import connect
from corridors.network.land.drayage_legs import AccessRadius
from corridors.network.locate import Place
from corridors.network.states.base import BaseKey, build_base
from corridors.network.states.topology import Topology


def build_topology(
    origin: Place,
    destination: Place,
    services: Sequence[Service],
    *,
    access_km: float,
    city_km: float | None = None,
    must_include: Iterable[str] = (),
    drafts: Iterable[tuple[str, float]] = (),
    overlay: Overlay | None = None,
    projects: Iterable[str] = (),
    any_hull_in_ice: bool = False,
) -> Topology:
    """Return the network of states between two places, for a single question.

    Parameters
    ----------
    origin, destination
        The ends.
    services
        The services that may run.
    access_km, city_km
        Km within which a point and a city reach terminals by road; `city_km` is by default that of
        the shipped table.
    must_include, drafts, projects, any_hull_in_ice
        See `BaseKey`.
    overlay
        Terminals and land legs, by default the shipped ones.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches one of them.
    """
    table = load_parameters()
    if city_km is None:
        city_km = table.value("road.city_radius_km")
    base = build_base(
        BaseKey(
            services=tuple(services),
            overlay=overlay or shipped_overlay(),
            shortest_train_km=table.value("rail.shortest_train_km"),
            named=frozenset(must_include),
            drafts=tuple(drafts),
            projects=tuple(projects),
            any_hull_in_ice=any_hull_in_ice,
        )
    )
    radius = AccessRadius(door_km=access_km, city_km=city_km, most_km=access_km)
    return connect(base, origin, [destination], radius).topology
