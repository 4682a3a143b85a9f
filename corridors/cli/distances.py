"""`corridors distances`: distances by sea between places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli import completion
from corridors.cli.output import Format, FormatOption, print_listing, progress
from corridors.cli.tables import say
from corridors.errors import PlaceError
from corridors.files import STANDARD

if TYPE_CHECKING:
    from corridors.network.sea.sea_distances import GatesAsked
    from corridors.network.sea.sea_ways import SeaWay


def distances(
    places: Annotated[
        list[str],
        typer.Argument(
            help="Two or more: names, UN/LOCODEs, terminal ids or lon,lat.",
            autocompletion=completion.places,
        ),
    ],
    avoid: Annotated[
        list[str] | None,
        typer.Option(
            "--avoid",
            help="A gate to close, e.g. suez. Repeatable; see `corridors list gates`.",
            autocompletion=completion.gates,
        ),
    ] = None,
    arctic: Annotated[
        bool, typer.Option("--arctic", help="Open the Bering Strait and the Northwest Passage.")
    ] = False,
    kiel: Annotated[
        bool, typer.Option("--kiel", help="Open the Kiel Canal, for ships that fit.")
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            help="Open another gate that is closed by default. Repeatable.",
            autocompletion=completion.gates,
        ),
    ] = None,
    draft: Annotated[
        float | None,
        typer.Option("--draft", help="Draft of the ship in metres; closes gates too shallow."),
    ] = None,
    gates: Annotated[
        bool, typer.Option("--gates", help="Show the canals, straits and capes passed.")
    ] = False,
    ways: Annotated[
        Path | None,
        typer.Option(
            "--ways",
            help="Write the ways to this GeoJSON file; implies --gates. - prints them instead.",
        ),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Print the distance by sea between each pair of places."""
    from corridors.network.sea.sea_distances import distance_rows
    from corridors.network.sea.sea_distances import distances as find
    from corridors.network.sea.sea_ways import sea_ways
    from corridors.output.listings import DISTANCES

    places = list(dict.fromkeys(places))  # one named twice is one place
    if len(places) < 2:
        msg = "distances need at least two different places: name one more"
        raise PlaceError(msg)
    if ways is not None and ways != STANDARD:
        from corridors.output.store import check_file

        check_file(ways)
    asked: GatesAsked = {"arctic": arctic, "kiel": kiel, "draft_m": draft}
    asked |= {"avoid": tuple(avoid or ()), "allow": tuple(allow or ())}
    with progress("Measuring by sea"):
        found = find(places, **asked)
    rows = distance_rows(found)
    table = DISTANCES
    if gates or ways is not None:
        taken = sea_ways(found.places, **asked)
        if ways == STANDARD:
            from corridors.output.drawn_lines import geojson_text

            typer.echo(geojson_text(taken), nl=False)
            return
        table = replace(table, files=f"{table.files} gates", in_csv=f"{table.in_csv} gates")
        _add_gates(rows, taken, how)
        if ways is not None:
            _write(ways, taken)
    ignored = "ice and season" if draft is not None else "draft, ice and season"
    print_listing(table, rows, how, title=f"Distances by sea, ignoring {ignored}")
    if how is not Format.TABLE:
        return
    if any(row["nm"] is None for row in rows):
        shallow = f", and those too shallow for a draft of {draft:g} m," if draft else ""
        say(f"No distance: the closed gates{shallow} cut these places off.")
    if ways is not None:
        say(f"Wrote {ways}")


def _add_gates(rows: Sequence[dict[str, object]], ways: Sequence[SeaWay], how: Format) -> None:
    """Add the gates of each way: their names to a table, else their ids."""
    from corridors.data.cities import name_of

    for row, way in zip(rows, ways, strict=True):
        row["gates"] = [name_of(gate) if how is Format.TABLE else gate for gate in way.gates]


def _write(file: Path, ways: Sequence[SeaWay]) -> None:
    from corridors.output.drawn_lines import geojson_text
    from corridors.output.store import write_outputs

    write_outputs(file.parent, {file.name: geojson_text(ways)})
