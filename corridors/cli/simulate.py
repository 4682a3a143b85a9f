"""`corridors simulate`: how the options of a scenario fare where figures are not sure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.compare import NOTHING_USABLE
from corridors.cli.output import (
    DepartureOption,
    Format,
    FormatOption,
    OutOption,
    ScenarioArgument,
    SetOption,
    print_rows,
    progress,
)
from corridors.cli.study import asked_for, command_line, publish
from corridors.cli.tables import say
from corridors.units import in_percent

if TYPE_CHECKING:
    from corridors.domain.simulation import OptionChances
    from corridors.output.simulated import Simulation

OUTPUTS = ("simulation.json", "simulation.csv", "simulate.html", "index.html")
COLUMNS = (
    *("corridor", "best_in", "best_on_other_basis_in", "USD_P10", "USD_P50", "USD_P90"),
    *("days_P10", "days_P50", "days_P90", "arrives_by", "day_met_90%", "regret_USD"),
)
SPARE = ("regret_USD", "best_on_other_basis_in", "days_P10", "arrives_by", "day_met_90%")


def simulate(
    context: typer.Context,
    scenario: ScenarioArgument,
    draws: Annotated[
        int, typer.Option("--draws", help="How many worlds to draw, up to 30,000.")
    ] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same figures.")] = 1,
    by: Annotated[
        datetime | None,
        typer.Option("--by", formats=["%Y-%m-%d"], help="Day by which boxes must be there."),
    ] = None,
    out: OutOption = None,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Draw prices and delays, and count which corridor is best.

    The table has the 10, 50 and 90 % quantiles of what is compared and of the days of one shipment.
    """
    from corridors.output.display_names import scenario_title
    from corridors.studies.result_files import simulation_files
    from corridors.studies.simulate import simulate as run

    asked = asked_for(scenario, set_values, departure, out=out, outputs=OUTPUTS)
    with progress("Reading the network") as show:
        found = run(asked, draws=draws, seed=seed, by=by.date() if by else None, progress=show)
    publish(
        how,
        simulation_files(found, command=command_line(context)),
        table=lambda: _print(found),
        out=out,
        title=scenario_title(asked),
    )
    if not found.usable:
        raise typer.Exit(NOTHING_USABLE)


def _print(found: Simulation) -> None:
    from corridors.output.simulated import answers

    asked = found.scenario
    print_rows(
        [_row(option, found) for option in found.options],
        columns=[column for column in COLUMNS if column != "arrives_by" or found.by is not None],
        how=Format.TABLE,
        title=f"{asked.name}, departing {asked.departure.isoformat()}, {found.draws:,} draws",
        spare=SPARE,
    )
    for sentence in answers(found):
        say(sentence)


def _row(option: OptionChances, found: Simulation) -> dict[str, object]:
    fans = option.booked or option.chosen_again
    row: dict[str, object] = {
        "corridor": option.title,
        "best_in": f"{in_percent(option.best)}%",
        "best_on_other_basis_in": f"{in_percent(option.best_on_other_basis)}%",
    }
    if fans is None:
        return row
    money = fans.money(priced=found.on_price)
    return row | {
        "USD_P10": round(money.p10),
        "USD_P50": round(money.p50),
        "USD_P90": round(money.p90),
        "days_P10": round(fans.days.p10, 1),
        "days_P50": round(fans.days.p50, 1),
        "days_P90": round(fans.days.p90, 1),
        "arrives_by": None if option.arrives_by is None else f"{in_percent(option.arrives_by)}%",
        "day_met_90%": None if option.day_met_90 is None else option.day_met_90.isoformat(),
        "regret_USD": None if option.expected_regret is None else round(option.expected_regret),
    }
