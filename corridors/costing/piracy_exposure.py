"""Find the piracy areas that an option sails through, and the incidents reported there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from corridors.data.eca import shares_inside
from corridors.data.piracy import load_piracy_areas
from corridors.domain.results import PiracyMet, RouteStep, StepKind
from corridors.units import nm_from_km

PIRACY_TITLE = "Piracy and robbery on the way: all incidents reported, attacks of war left out"


# Routes of one trade sail the same legs.
_shares_inside = lru_cache(maxsize=1_000)(shares_inside)


def piracy_met(steps: Sequence[RouteStep], *, year: int) -> tuple[PiracyMet, ...]:
    """Return the areas that drawn steps sail through, in file order.

    Parameters
    ----------
    steps
        All steps of a route; those without a line are ignored.
    year
        Calendar year of the departure.
    """
    areas = load_piracy_areas()
    inside = [0.0] * len(areas)
    for step in steps:
        if step.kind is StepKind.LEG and step.service.startswith("sea/") and step.lon_lat:
            for number, share in enumerate(_shares_inside(step.lon_lat, areas)):
                inside[number] += share * step.km
    met = []
    for area, km in zip(areas, inside, strict=True):
        if km <= 0.0:
            continue
        found = area.latest(year)
        met.append(
            PiracyMet(
                area=area.id,
                title=area.title,
                sea_nm=nm_from_km(km),
                incidents=found.incidents if found else None,
                year=found.year if found else None,
                source_id=found.source_id if found else "",
                status=found.status if found else "",
            )
        )
    return tuple(met)
