"""`corridors network`: exchange the network with other programs and OpenStreetMap."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from corridors.cli import completion
from corridors.cli.arguments import reserve
from corridors.cli.output import Format, FormatOption, print_rows, progress
from corridors.errors import ConfigError
from corridors.files import is_folder

network = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
NOTICE = "LICENCE.txt"
NETWORK_NOTICE = (
    "Rail legs and lines: derived from OpenStreetMap, (c) OpenStreetMap contributors, ODbL 1.0,\n"
    "https://opendatacommons.org/licenses/odbl/1-0/\n"
    "Sea lanes: drawn by this project from Natural Earth (public domain). Northwest Passage and\n"
    "ports: searoute, Apache-2.0, edited. Places: GeoNames, CC BY 4.0.\n"
)


class As(StrEnum):
    """Formats of other programs."""

    GPKG = "gpkg"
    GRAPHML = "graphml"
    OSMNX = "osmnx"
    GMNS = "gmns"


OwnDataOption = Annotated[
    list[str] | None, typer.Option("--own-data", help="Add your own data. Repeatable.")
]


def _print(out: Path, names: list[str], counts: dict[str, int], how: Format) -> None:
    rows = [{"file": name, "folder": str(out), **counts} for name in names]
    print_rows(rows, columns=("file", *counts), how=how)


@network.command("export", epilog="Example: corridors network export --as gmns --out mine")
def export(
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    kind: Annotated[
        As, typer.Option("--as", help="gpkg, graphml, gmns, or osmnx (GraphML as osmnx takes it).")
    ] = As.GPKG,
    own_data: OwnDataOption = None,
    sea: Annotated[bool, typer.Option("--sea/--no-sea", help="Include sea legs and gates.")] = True,
    corridor: Annotated[
        str | None,
        typer.Option(
            "--corridor",
            help="Export only what this corridor can use between the ends of --scenario.",
            autocompletion=completion.corridors,
        ),
    ] = None,
    scenario: Annotated[
        str,
        typer.Option(
            "--scenario",
            help="With --corridor: a scenario file, or the name of a shipped scenario.",
            autocompletion=completion.scenarios,
        ),
    ] = "shanghai-europe",
    how: FormatOption = Format.TABLE,
) -> None:
    """Export the network as GeoPackage, GraphML or GMNS, whole or as one corridor can use it."""
    from corridors.data.own import source_at
    from corridors.data.own.combine import overlay_of
    from corridors.exchange.model import exchange_network
    from corridors.exchange.network_files import gmns_files, graphml_text, write_network_geopackage
    from corridors.output.store import Content, write_outputs

    reserve(out)
    overlay = overlay_of([source_at(Path(path), shown=path) for path in own_data or ()])
    found = exchange_network(overlay, sea=sea)
    if corridor is not None:
        from corridors.config import load_scenario
        from corridors.exchange.model import part_of
        from corridors.studies.session import legs_of_corridor

        asked = load_scenario(scenario, own_data=own_data or ())
        with progress("Finding what the corridor can use"):
            found = part_of(found, legs_of_corridor(asked, corridor))
    contents: dict[str, Content] = {NOTICE: NETWORK_NOTICE}
    match kind:
        case As.GPKG:
            contents["network.gpkg"] = lambda path: write_network_geopackage(found, path)
        case As.GRAPHML | As.OSMNX:
            contents["network.graphml"] = graphml_text(found, typed=kind is As.GRAPHML)
        case As.GMNS:
            contents |= gmns_files(found)
    write_outputs(out, contents)
    _print(out, list(contents), {"nodes": len(found.nodes), "links": len(found.links)}, how)


@network.command("import", epilog="Example: corridors network import mine --out own")
def bring(
    given: Annotated[Path, typer.Argument(help="A folder of GMNS tables, or a .graphml file.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the own data.")],
    how: FormatOption = Format.TABLE,
) -> None:
    """Convert GMNS tables or GraphML into own data."""
    from corridors.exchange.network_files import own_tables, read_gmns, read_graphml
    from corridors.output.store import write_outputs

    reserve(out)
    folder = is_folder(given, shown=str(given))
    found = read_gmns(given) if folder else read_graphml(given)
    contents = own_tables(found, source=given.name)
    write_outputs(out, contents)
    overlay = contents["legs.csv"].count("\n") - 1
    _print(out, list(contents), {"nodes": len(found.nodes), "land_legs": overlay}, how)


class Kind(StrEnum):
    """What to read from OpenStreetMap."""

    RAIL = "rail"
    ROAD = "road"


@network.command("osm", epilog="Example: corridors network osm city.osm.pbf --country FI --out own")
def osm(
    extract: Annotated[Path | None, typer.Argument(help="An .osm or .osm.pbf extract.")] = None,
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the own data.")],
    country: Annotated[str, typer.Option("--country", help="Country code, e.g. FI.")],
    kind: Annotated[Kind, typer.Option("--kind", help="rail or road.")] = Kind.RAIL,
    system: Annotated[
        str | None, typer.Option("--system", help="Rail system, if several use the gauge.")
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help="Query OpenStreetMap online for this place.")
    ] = None,
    join_km: Annotated[
        float,
        typer.Option("--join-km", min=0.0, max=25.0, help="Join terminals within this distance."),
    ] = 2.0,
    how: FormatOption = Format.TABLE,
) -> None:
    """Convert OpenStreetMap tracks or roads into own data."""
    from corridors.data.geodata import load_terminals
    from corridors.exchange.from_osm import NOTICE as ODBL
    from corridors.exchange.from_osm import SOURCE, exchange_of_osm
    from corridors.exchange.network_files import own_tables
    from corridors.network.land.osm import network_of_extract, network_of_place
    from corridors.output.store import write_outputs

    reserve(out)
    if (extract is None) == (place is None):
        msg = "give an extract, or use --place to query OpenStreetMap online"
        raise ConfigError(msg)
    if extract is not None:
        found = network_of_extract(extract, kind=kind.value)
    else:
        found = network_of_place(str(place), kind=kind.value)
    network_found = exchange_of_osm(
        found,
        kind=kind.value,
        country=country.upper(),
        system=system,
        terminals=load_terminals(),
        join_km=join_km,
    )
    contents = {**own_tables(network_found, source=SOURCE), NOTICE: ODBL}
    write_outputs(out, contents)
    km = round(sum(link.km for link in network_found.links), 1)
    counts = {"nodes": len(network_found.nodes), "legs": len(network_found.links)}
    _print(out, list(contents), {**counts, "km": round(km), "clipped_ways": found.cut}, how)
