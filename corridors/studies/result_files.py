"""The files of each result, by name: what a command writes with `--out` and Python with `save`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from corridors.output.csv import csv_text
from corridors.output.display_names import scenario_title
from corridors.output.records import Record, as_text, listing_json, picked
from corridors.output.store import Content

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario
    from corridors.output.allocation_result import Allocation
    from corridors.output.booking_result import Booking
    from corridors.output.catchment_records import Catchments, CatchmentsOver
    from corridors.output.comparison import Comparison
    from corridors.output.design_result import ServiceDesign
    from corridors.output.driver_moves import BreakEven, Phase
    from corridors.output.investment_result import Investment
    from corridors.output.simulated import Simulation
    from corridors.studies.closures.stress_records import Stress
    from corridors.studies.differences.difference_parts import Difference
    from corridors.studies.season import Season

# By name what makes the content of a file, called only if it is needed.
Make = Callable[[], Content]
Files = dict[str, Make]
Line = tuple[tuple[float, float], ...]
NO_ROWS = ("from_day", "route", "days_to_cross", "lowest_RIO")


def comparison_files(
    comparison: Comparison,
    *,
    command: str = "",
    months: Sequence[Comparison] = (),
    tiles: str | None = None,
) -> Files:
    """Return the files of a comparison; with `months` also its table by month.

    Parameters
    ----------
    comparison
        The result.
    command
        The command line that gives it, which the report shows.
    months
        The same for departures in successive months, which the map shows too.
    tiles
        `osm` lets the map load online tiles.
    """
    from corridors.data.parameters import load_sources
    from corridors.output.comparison import comparison_json, options_csv
    from corridors.output.emissions import EMISSIONS
    from corridors.output.gpkg import write_geopackage
    from corridors.output.html.map.map_page import render_map
    from corridors.output.html.report.single import render_report
    from corridors.output.monthly import months_csv

    sources = {key: source.title for key, source in load_sources().items()}
    return {
        "comparison.json": lambda: comparison_json(comparison),
        "options.csv": lambda: options_csv(comparison),
        "emissions.csv": lambda: EMISSIONS.csv(comparison),
        "legs.gpkg": lambda: lambda path: write_geopackage(comparison, path),
        "map.html": lambda: render_map(
            comparison, tiles=tiles, sources=sources, months=months, command=command
        ),
        "report.html": lambda: render_report(comparison, sources=sources, command=command),
        **({"months.csv": lambda: months_csv(months)} if months else {}),
    }


def catchment_files(found: Catchments, *, command: str = "") -> Files:
    """Return the files of catchments: a table, and the map of their regions."""
    from corridors.config import load_corridors
    from corridors.output.catchment_records import REACHED
    from corridors.output.html.pages.catchments_page import render_catchments

    colours = {corridor.id: corridor.colour for corridor in load_corridors("shipped")}
    return {
        "catchments.json": lambda: listing_json(REACHED.records(found)),
        "catchments.csv": lambda: REACHED.csv(found),
        "catchments.html": lambda: render_catchments(found, colours=colours, command=command),
    }


def moved_catchment_files(found: CatchmentsOver) -> Files:
    """Return the files of catchments while a driver moves."""
    from corridors.output.catchment_records import TURNS

    return {
        "catchments-over.json": lambda: listing_json(TURNS.records(found)),
        "catchments-over.csv": lambda: TURNS.csv(found),
    }


def stress_files(found: Stress, *, command: str = "") -> Files:
    """Return the files of a stress test."""
    from corridors.output.html.pages.stress_page import render_stress
    from corridors.studies.closures.stress_records import CLOSURES, stress_record, write_closures

    rows = CLOSURES.records(found)
    usual = picked(found, "corridor", "title", "usd_per_teu", "days")
    return {
        "stress.json": lambda: as_text(stress_record(found)),
        "stress.csv": lambda: CLOSURES.csv(found),
        "stress.gpkg": lambda: lambda path: write_closures(found, path),
        "stress.html": lambda: render_stress(
            found.scenario,
            rows,
            table=CLOSURES,
            usual=usual,
            measure=found.measure,
            spots=found.spots,
            severed=found.severed.text,
            command=command,
        ),
    }


def season_record(found: Season) -> Record:
    """Return the record of a season."""
    return picked(found, "corridor", "heading", "rows", "windows", "notes")


def season_columns(found: Season) -> list[str]:
    """Return the columns of a season's rows: the day, the areas of the corridor, the crossing."""
    return [key for key in (found.rows[0] if found.rows else NO_ROWS) if key != "reason"]


def season_files(
    found: Season,
    calendar: Callable[[], Mapping[tuple[str, str], tuple[str, ...]]],
    *,
    asked: tuple[str, str],
    command: str = "",
) -> Files:
    """Return the files of a season.

    Parameters
    ----------
    found
        The season.
    calendar
        Says when the corridor is open by ice class and year, as `season_calendar` does.
    asked
        The ice class and the year of `found`.
    command
        The command line that gives it.
    """
    from corridors.output.html.pages.season_page import render_season

    return {
        "season.json": lambda: as_text(season_record(found)),
        "season.csv": lambda: csv_text(found.rows, [*season_columns(found), "reason"]),
        "season.html": lambda: render_season(
            found.title,
            heading=found.heading,
            calendar=calendar(),
            asked=asked,
            rows=found.rows,
            windows=found.windows,
            notes=found.notes,
            command=command,
        ),
    }


def difference_files(
    difference: Difference,
    scenarios: tuple[Scenario, Scenario],
    lines: Callable[[], tuple[Line, Line]],
    *,
    command: str = "",
) -> Files:
    """Return the files of a difference.

    Parameters
    ----------
    difference
        What differs.
    scenarios
        Those of both ends.
    lines
        Returns the routes that they recommend: `recommended_lines`.
    command
        The command line that gives it.
    """
    from corridors.output.html.pages.diff_page import render_diff
    from corridors.studies.differences.difference_rows import (
        difference_csv,
        difference_json,
        difference_record,
    )

    return {
        "diff.json": lambda: difference_json(difference),
        "diff.csv": lambda: difference_csv(difference),
        "diff.html": lambda: render_diff(
            difference_record(difference),
            names=(scenario_title(scenarios[0]), scenario_title(scenarios[1])),
            departures=(scenarios[0].departure, scenarios[1].departure),
            recommended=(difference.old.called, difference.new.called),
            lines=lines(),
            command=command,
        ),
    }


def simulation_files(found: Simulation, *, command: str = "") -> Files:
    """Return the files of a simulation."""
    from corridors.output.html.pages.simulate_page import render_simulation
    from corridors.output.simulated import OPTIONS, simulation_record

    return {
        "simulation.json": lambda: as_text(simulation_record(found)),
        "simulation.csv": lambda: OPTIONS.csv(found),
        "simulate.html": lambda: render_simulation(found, command=command),
    }


def break_even_files(found: BreakEven) -> Files:
    """Return the files of a break-even."""
    from corridors.output.driver_moves import STEPS, break_even_record

    return {
        "breakeven.json": lambda: as_text(break_even_record(found)),
        "breakeven.csv": lambda: STEPS.csv(found),
    }


def phase_files(found: Phase, *, command: str = "") -> Files:
    """Return the files of a phase diagram."""
    from corridors.output.driver_moves import CELLS, phase_record
    from corridors.output.html.pages.phase_page import render_phase

    return {
        "phase.json": lambda: as_text(phase_record(found)),
        "phase.csv": lambda: CELLS.csv(found),
        "phase.html": lambda: render_phase(found, command=command),
    }


def flows_page(found: Allocation) -> str:
    """Return the map of an allocation's flows."""
    from corridors.config import load_corridors
    from corridors.output.html.map.flow_page import render_flows

    return render_flows(found, titles={c.id: c.title for c in load_corridors("shipped")})


def design_files(found: ServiceDesign, *, command: str = "") -> Files:
    """Return the files of a service design."""
    from corridors.output.design_result import FREQUENCIES, SERVICES, design_json
    from corridors.output.html.pages.design_page import render_design

    return {
        "design.json": lambda: design_json(found),
        "design.csv": lambda: SERVICES.csv(found),
        "frequencies.csv": lambda: FREQUENCIES.csv(found),
        "design.html": lambda: render_design(found, command=command),
    }


def booking_files(found: Booking, *, command: str = "") -> Files:
    """Return the files of a booking plan."""
    from corridors.output.booking_result import CONTRACTS, SPACES, booking_json
    from corridors.output.html.pages.booking_page import render_booking

    return {
        "book.json": lambda: booking_json(found),
        "book.csv": lambda: CONTRACTS.csv(found),
        "scenarios.csv": lambda: SPACES.csv(found),
        "book.html": lambda: render_booking(found, command=command),
    }


def allocation_files(found: Allocation) -> Files:
    """Return the files of an allocation."""
    from corridors.output.allocation_result import FLOWS, allocation_json, write_flows_geopackage

    return {
        "allocation.json": lambda: allocation_json(found),
        "flows.csv": lambda: FLOWS.csv(found),
        "flows.gpkg": lambda: lambda path: write_flows_geopackage(found, path),
        "map.html": lambda: flows_page(found),
    }


def investment_files(found: Investment, *, command: str = "") -> Files:
    """Return the files of an investment plan."""
    from corridors.output.html.report.investment_report import render_investment
    from corridors.output.investment_result import PROJECTS, investment_json

    return {
        "invest.json": lambda: investment_json(found),
        "invest.csv": lambda: PROJECTS.csv(found),
        "report.html": lambda: render_investment(found, command=command),
        "map.html": lambda: flows_page(found.after),
    }
