"""The files of each result, by name: what a command writes with `--out` and Python with `save`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corridors.studies.result_base import Files

if TYPE_CHECKING:
    from corridors.output.allocation_result import Allocation
    from corridors.output.booking_result import Booking
    from corridors.output.comparison import Comparison
    from corridors.output.design_result import ServiceDesign
    from corridors.output.investment_result import Investment


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


def allocation_files(found: Allocation, *, command: str = "") -> Files:
    """Return the files of an allocation; none of them shows the `command`."""
    del command
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
