"""Print alternative routes, with their extra cost, days and CO2e."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.output import Format, print_rows

if TYPE_CHECKING:
    from corridors.domain.results import Alternative

MOST = 20
COLUMNS = (
    *("corridor", "USD_per_TEU", "more_USD", "days", "more_days", "t_CO2e_per_TEU", "more_t_CO2e"),
    "passes",
)

AlternativesOption = Annotated[
    int,
    typer.Option(
        "--alternatives",
        min=0,
        max=MOST,
        help="Print this many routes that differ in gates, borders or modes.",
    ),
]


def print_alternatives(found: Sequence[Alternative], how: Format, *, title: str) -> None:
    """Print alternative routes, the cheapest first; JSON as in `comparison.json`."""
    if how is Format.JSON:
        from corridors.output.contract import AlternativeRecord
        from corridors.output.records import listing_json

        typer.echo(
            listing_json([AlternativeRecord.model_validate(one).plain() for one in found]), nl=False
        )
        return
    names = _place_names() if how is Format.TABLE else {}
    rows = [
        {
            "corridor": one.corridor,
            "USD_per_TEU": round(one.cost_usd_per_teu),
            "more_USD": round(one.extra_usd_per_teu),
            "days": round(one.days, 1),
            "more_days": round(one.extra_days, 1),
            "t_CO2e_per_TEU": round(one.co2e_kg_per_teu / 1000.0, 2),
            "more_t_CO2e": round(one.extra_co2e_kg_per_teu / 1000.0, 2),
            "passes": ", ".join(_named(passed, names) for passed in one.passes),
        }
        for one in found
    ]
    print_rows(
        rows,
        columns=COLUMNS,
        how=how,
        title=f"{title}: the cheapest route, then routes that avoid part of each one above",
        spare=("more_t_CO2e", "t_CO2e_per_TEU", "more_days", "more_USD"),
    )


def _place_names() -> dict[str, str]:
    from corridors.data.geodata import load_gates, load_terminals

    gates = {gate.id: gate.name for gate in load_gates()}
    return gates | {place: terminal.name for place, terminal in load_terminals().items()}


def _named(passed: str, names: Mapping[str, str]) -> str:
    """Return a gate, a border with its place of entry, or a mode, with the names of places."""
    border, at, place = passed.rpartition("@")
    name = names.get(place, place)
    if not names:
        return passed
    from corridors.data.names import name_of

    return f"{name_of(border)} at {name}" if at else name
