"""`corridors distances`: distances by sea between places."""

from __future__ import annotations

import itertools
import math
from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows

COLUMNS = ("from", "to", "nm", "km", "from_off_lane_km", "to_off_lane_km")


def distances(
    places: Annotated[
        list[str], typer.Argument(help="Two or more: names, UN/LOCODEs, terminal ids or lon,lat.")
    ],
    avoid: Annotated[
        list[str] | None,
        typer.Option("--avoid", help="A gate to close, e.g. gate-suez. Repeatable."),
    ] = None,
    arctic: Annotated[
        bool, typer.Option("--arctic", help="Open the Bering Strait and the Northwest Passage.")
    ] = False,
    kiel: Annotated[
        bool, typer.Option("--kiel", help="Open the Kiel Canal, for ships that fit.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Print the distance by sea between each pair of places."""
    from corridors.errors import PlaceError
    from corridors.network.distances import distances as find
    from corridors.units import km_from_nm

    if len(places) < 2:
        msg = "distances need at least two places: name one more"
        raise PlaceError(msg)
    found = find(places, avoid=avoid or (), arctic=arctic, kiel=kiel)
    rows = []
    for i, j in itertools.combinations(range(len(places)), 2):
        nm = float(found.nm[i, j])
        reached = math.isfinite(nm)
        rows.append(
            {
                "from": found.names[i],
                "to": found.names[j],
                "nm": round(nm, 1) if reached else None,
                "km": round(km_from_nm(nm), 1) if reached else None,
                "from_off_lane_km": round(float(found.snap_km[i]), 1),
                "to_off_lane_km": round(float(found.snap_km[j]), 1),
                "from_id": found.places[i].id,
                "to_id": found.places[j].id,
            }
        )
    print_rows(
        rows, columns=COLUMNS, how=how, title="Distances by sea, ignoring draft, ice and season"
    )
    if how is Format.TABLE and any(row["nm"] is None for row in rows):
        typer.echo("No distance: the closed gates cut these places off.")
