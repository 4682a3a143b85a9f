"""The files of each result, by name: what a command writes with `--out` and Python with `save`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corridors.studies.result_base import Files

if TYPE_CHECKING:
    from corridors.output.comparison import Comparison


def comparison_files(
    comparison: Comparison,
    *,
    command: str = "",
    months: Sequence[Comparison] = (),
    tiles: str | None = None,
    beside: bool = True,
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
    beside
        Whether the pages are written beside one another, and link to each other.
    """
    from corridors.data.parameters import load_sources
    from corridors.output.comparison import EMISSIONS, comparison_json, options_csv
    from corridors.output.gpkg import write_geopackage
    from corridors.output.html.map.map_page import render_map
    from corridors.output.html.report.single import render_report
    from corridors.output.monthly import months_csv

    known = load_sources()
    sources = {key: source.title for key, source in known.items()}
    return {
        "comparison.json": lambda: comparison_json(comparison),
        "options.csv": lambda: options_csv(comparison),
        "emissions.csv": lambda: EMISSIONS.csv(comparison),
        "legs.gpkg": lambda: lambda path: write_geopackage(comparison, path),
        "map.html": lambda: render_map(
            comparison,
            tiles=tiles,
            sources=known,
            months=months,
            command=command,
            report="report.html",
        ),
        "report.html": lambda: render_report(
            comparison, sources=sources, command=command, map_page="map.html" if beside else ""
        ),
        **({"months.csv": lambda: months_csv(months)} if months else {}),
    }
