"""`corridors new`: write a scenario, batch, corridor, plan, or form of contracts or sailings."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli import completion
from corridors.cli.tables import say
from corridors.errors import ConfigError, PlaceError

if TYPE_CHECKING:
    from corridors.domain.scenario import MustPass


class Kind(StrEnum):
    """What can be written."""

    SCENARIO = "scenario"
    BATCH = "batch"
    CORRIDOR = "corridor"
    PLAN = "plan"
    CONTRACTS = "contracts"
    SCHEDULES = "schedules"


def new(
    kind: Annotated[Kind, typer.Argument(help="What to write.", show_default=False)],
    file: Annotated[
        Path | None, typer.Argument(help="The file; my-scenario.yaml, for example, without it.")
    ] = None,
    origin: Annotated[
        str,
        typer.Option(
            "--from", metavar="PLACE", help="Where it starts.", autocompletion=completion.places
        ),
    ] = "Shanghai",
    destination: Annotated[
        str,
        typer.Option(
            "--to", metavar="PLACE", help="Where it ends.", autocompletion=completion.places
        ),
    ] = "Hamburg",
    departure: Annotated[
        datetime | None,
        typer.Option("--departure", formats=["%Y-%m-%d"], help="The first day; else 2026-08-20."),
    ] = None,
    via: Annotated[
        list[str] | None,
        typer.Option(
            "--via",
            help="Corridors: a gate, terminal or city to pass. Repeatable, in order.",
            autocompletion=completion.via,
        ),
    ] = None,
) -> None:
    """Write a commented file that runs, to change as you like."""
    from corridors.config.config_files import FIRST_DAY, STARTS, Start, command_of
    from corridors.network.locate import locate

    if via and kind is not Kind.CORRIDOR:
        msg = f"--via is for a corridor, not for a {kind.value}"
        raise ConfigError(msg)
    if kind is Kind.CONTRACTS:
        _write_form(file or Path("my-contracts.xlsx"))
        return
    if kind is Kind.SCHEDULES:
        from corridors.exchange.schedules import form_of_schedules

        path = file or Path("my-schedules.csv")
        _write_rows(path, form_of_schedules(path.name))
        return
    faults = []
    for option, place in (("--from", origin), ("--to", destination)):
        try:
            locate(place)
        except PlaceError as error:
            faults.append(f"{option}: {error}")
    if faults:
        raise ConfigError(faults)
    start = Start(
        origin=origin,
        destination=destination,
        departure=departure.date() if departure else FIRST_DAY,
        via=_passed(via) if via else (),
    )
    path = file or Path(f"my-{kind.value}.yaml")
    text = STARTS[kind.value][0](start, path.stem)
    _write(path, text)
    say(f"Wrote {path}. Run it: {shlex.join(command_of(kind.value, start, str(path)))}")


def _write_form(path: Path) -> None:
    """Write a form of contracts to fill in, with made-up rows."""
    from corridors.data.spreadsheets import EXCEL
    from corridors.exchange.rates.rate_files import form_of_contracts

    if path.suffix.lower() not in {*EXCEL, ".csv"}:
        msg = f"{path}: contracts are a table; give a name that ends with .xlsx or .csv"
        raise ConfigError(msg)
    _write_rows(path, form_of_contracts(path.name))


def _write_rows(path: Path, content: bytes) -> None:
    _write(path, content)
    check = shlex.join(["corridors", "check", str(path)])
    say(f"Wrote {path}, with made-up rows. Check yours: {check}")


def _passed(via: Sequence[str]) -> tuple[MustPass, ...]:
    from corridors.config import load_scenario
    from corridors.config.config_files import overlay_for
    from corridors.domain.scenario import is_border
    from corridors.studies.route.run import corridor_via

    borders = [name for name in via if is_border(name.upper())]
    if borders:
        msg = (
            f"--via {borders[0]}: a corridor passes gates and terminals; name the one at the border"
        )
        raise ConfigError(msg)
    return corridor_via(via, overlay_for(load_scenario("shanghai-europe"))).must_pass


def _write(path: Path, text: str | bytes) -> None:
    """Write a new file, whole or not at all; one that is there is left as it is.

    Raises
    ------
    ConfigError
        The file is there, or cannot be written.
    """
    from corridors.output.store import WAIT_SECONDS, check_file, claimed, write_outputs

    check_file(path)
    # Looked for once no other run can write it.
    with claimed(path.parent, wait_s=WAIT_SECONDS):
        if path.exists():
            msg = f"{path}: exists already; give another name, or remove it first"
            raise ConfigError(msg)
        write_outputs(path.parent, {path.name: text})
