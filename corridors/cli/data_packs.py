"""`corridors data`: how old the figures are, and newer ones from a folder."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.output import Format, FormatOption, print_rows
from corridors.cli.tables import say

data = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: corridors data status shanghai-europe",
)
PackArgument = Annotated[
    Path, typer.Argument(metavar="PACK", help="Folder of the data pack.", show_default=False)
]


@data.command(epilog="Example: corridors data status shanghai-europe")
def status(
    scenario: Annotated[
        str | None,
        typer.Argument(help="Also say which month it takes of each price.", show_default=False),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Day to count ages to; default: today."),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Say how old each series of figures is."""
    from corridors.config import load_scenario
    from corridors.data.paths import pack_in_use
    from corridors.data.series import SeriesAge, ages_of_series

    asked = None if scenario is None else load_scenario(scenario)
    ages = ages_of_series(
        on.date() if on else date.today(),
        day=asked.departure if asked else None,
        known_on=asked.known_on if asked else None,
    )
    pack = pack_in_use()
    columns = [field.name for field in fields(SeriesAge)]
    print_rows(
        [asdict(age) for age in ages],
        columns=columns if asked else columns[:-2],
        how=how,
        title=f"Data pack: {pack.name}" if pack else "No data pack: the figures as shipped",
        spare=[("source_id",), ("rows",)],
    )


@data.command(epilog="Example: corridors data build october --title 'October 2026'")
def build(
    pack: PackArgument,
    title: Annotated[str, typer.Option("--title", help="What the pack is called.")],
    day: Annotated[
        datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="Day of the figures.")
    ],
    licence: Annotated[str, typer.Option("--licence", help="Licence of the figures.")],
) -> None:
    """Check the tables of a folder and write the manifest that makes it a data pack."""
    from corridors.checks import build_pack

    manifest = build_pack(pack, title=title, day=day.date(), licence=licence)
    say(f"Wrote {manifest}; use it with --data {pack}, or `corridors data add {pack}`")


@data.command(epilog="Example: corridors data add october")
def add(
    pack: PackArgument,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Another folder than that of your own data."),
    ] = None,
) -> None:
    """Check a data pack and copy it to where every later command finds it."""
    from corridors.checks import pack_faults
    from corridors.data.packs import add_pack, read_pack
    from corridors.errors import GeodataError

    if faults := pack_faults(pack):
        raise GeodataError("\n".join(faults))
    target = add_pack(read_pack(pack), into)
    use = f"; use it with CORRIDORS_PACK={target}" if into else "; later commands use it"
    say(f"Copied to {target}{use}")
