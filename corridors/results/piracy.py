"""Where an option sails through areas of piracy, and what was reported there."""

from __future__ import annotations

from corridors.catalogue.eca import shares_inside
from corridors.catalogue.piracy import load_piracy_areas
from corridors.domain.results import RouteOption
from corridors.units import nm_from_km

PIRACY_TITLE = "Piracy and robbery on the way: all incidents reported, attacks of war left out"
PIRACY_COLUMNS = ("area", "title", "sea_nm", "incidents", "year", "source_id", "status")


def piracy_rows(option: RouteOption) -> list[dict[str, object]]:
    """Return a row an area that the option sails through, in file order.

    Parameters
    ----------
    option
        A usable option whose steps are drawn; of any other none.

    Returns
    -------
    rows
        `area`, `title`; `sea_nm`, nautical miles of the way inside it; `incidents`, those reported
        there in `year`, the latest year with a report up to that of the departure, whatever their
        severity; `source_id` and `status`. Both are None where no report is that old.
    """
    if option.departure is None:
        return []
    areas = load_piracy_areas()
    inside = [0.0] * len(areas)
    for step in option.steps:
        if step.kind == "leg" and step.service.startswith("sea/") and step.lon_lat:
            for number, share in enumerate(shares_inside(step.lon_lat, areas)):
                inside[number] += share * step.km
    rows: list[dict[str, object]] = []
    for area, km in zip(areas, inside, strict=True):
        if km <= 0.0:
            continue
        found = area.latest(option.departure.year)
        rows.append(
            {
                "area": area.id,
                "title": area.title,
                "sea_nm": round(nm_from_km(km), 1),
                "incidents": found.incidents if found else None,
                "year": found.year if found else None,
                "source_id": found.source_id if found else "",
                "status": found.status if found else "",
            }
        )
    return rows
