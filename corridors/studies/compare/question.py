"""What a comparison is asked with."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from corridors.errors import ConfigError, OptionError
from corridors.studies.scenario_keys import ScenarioKeys, ScenarioLike, scenario_of
from corridors.studies.study import Option, Study, Use

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.scenario import Scenario
    from corridors.studies.compare.result import Comparison
    from corridors.studies.session import Session
    from corridors.studies.shipments.result import Shipments

# New objects after which Python by itself looks for garbage in cycles.
USUAL = 700


def compare(
    session: Session,
    scenario: ScenarioLike | None = None,
    *,
    certify: bool = False,
    alternatives: int = 0,
    months: bool = False,
    tiles: bool = False,
    exports: bool = False,
    table: str | None = None,
    what_if: bool = False,
    **keys: Unpack[ScenarioKeys],
) -> Comparison:
    """Compare the corridors of a scenario in cost, days and CO2e.

    Parameters
    ----------
    scenario
        The name of a shipped scenario, the path of a file, a dict of its keys, or a result
        whose scenario is asked again, also a saved one or its folder; None if the keywords say
        all.
    certify
        Also certify routes that depend on dates (slower).
    alternatives
        Print this many routes that differ in gates, borders or modes, up to 20.
    months
        Compare departures of the same day in 12 months, and let the map show each.
    tiles
        Let the map load OpenStreetMap tiles when online.
    exports
        Also write the routes for other programs: routings of the DCSA (dcsa.json) and shipment
        footprints of iLEAP (ileap.json).
    table
        Answer each row of a CSV or Excel file: origin, destination, departure, boxes, paid_usd and
        any key of a scenario are columns. In Python ask compare_many.
    what_if
        Price the routes again for the sliders of the report, which takes some seconds.
    keys
        Keys of a scenario, in place of those of `scenario`; a dict replaces the keys that it
        names. Keys of the shipment that are not given are those of `shanghai-europe`.

    Returns
    -------
    comparison
        The corridors, best first, and the recommendation.

    Raises
    ------
    CorridorsError
        A keyword, place, corridor or parameter is unknown or out of range.

    Examples
    --------
    >>> found = corridors.compare(
    ...     origin="Shanghai", destination="Hamburg", departure="2026-08-20",
    ...     world="reference-open", corridors=["suez", "cape"],
    ... )
    >>> found.recommended.title
    'Suez Canal'
    >>> list(found.options.index)
    ['suez', 'cape']
    """
    from corridors.studies.compare import run

    if table is not None:
        msg = "`table`: in Python ask compare_many() for a table of shipments"
        raise OptionError(msg)
    return run.compared_result(
        scenario_of(scenario, keys, call="compare()"),
        session=session,
        months=months,
        tiles=tiles,
        exports=exports,
        certify=certify,
        alternatives=alternatives,
        what_if=what_if,
    )


def compare_many(
    session: Session,
    shipments: pd.DataFrame | Path | str,
    scenario: ScenarioLike | None = None,
    *,
    workers: int = 1,
    **keys: Unpack[ScenarioKeys],
) -> Shipments:
    """Compare the corridors for each row of a table, and put the answer on the row.

    Rows that ask the same are asked once. A row that cannot be asked stays, with the reason.

    Parameters
    ----------
    shipments
        A frame, or the path of a CSV or Excel file, with a row a shipment. The columns
        `origin`, `destination`, `departure` and any other key of a scenario, with dots
        (`shipment.cargo`), are the question; an empty cell is a key that is not given. `boxes`
        is how many boxes the shipment is of, 1 by default, and `paid_usd` what was paid for
        them, by which sums are taken. Other columns stay as they are.
    scenario
        What holds in rows that do not say it, as in `compare`.
    workers
        Number of processes.
    keys
        Keys of a scenario, in place of those of `scenario`; a column counts before them.

    Returns
    -------
    shipments
        `answers` on the index of the table, `table` with its columns too, `totals`.

    Raises
    ------
    CorridorsError
        A column is wrong, or the table cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"origin": ["Ningbo", "Ningbo"], "boxes": [10, 4],
    ...                       "destination": ["Hamburg", "Hambrug"]}, index=["A", "B"])
    >>> found = corridors.compare_many(asked, "shanghai-europe", corridors="suez")
    >>> list(found.answers["status"])
    ['answered', 'not asked']
    """
    from corridors.studies.shipments import run

    base = None if scenario is None else scenario_of(scenario, keys, call="compare_many()")
    given = {} if base else {key: value for key, value in keys.items() if value is not None}
    progress = session.progress
    if isinstance(shipments, Path | str):
        return run.compare_file(shipments, base, given, workers=workers, progress=progress)
    if not hasattr(shipments, "columns") or not hasattr(shipments, "index"):
        msg = f"shipments: give a frame or the path of a table, got {shipments!r:.80}"
        raise ConfigError(msg)
    return run.compare_table(shipments, base, given, workers=workers, progress=progress)


def _for_use(
    session: Session, scenario: Scenario, *, use: Use, table: str | None = None, **options: Any
) -> Comparison | Shipments:
    """Return what a command prints and writes of a comparison, and nothing that it does not.

    With a `table` it is the answers to its rows.

    Raises
    ------
    OptionError
        It would print two things in place of the table.
    """
    from corridors.studies.compare import run
    from corridors.uncertainty.booked import Ranges

    if table is not None:
        from corridors.processes import all_cores
        from corridors.studies.shipments.run import compare_file

        others = use.shows - {"table"}
        if others:
            named = ", ".join(f"`{name}`" for name in sorted(others))
            msg = f"`table`: asks each row for its answer alone; leave out {named}"
            raise OptionError(msg)
        return compare_file(table, scenario, {}, workers=all_cores(), progress=session.progress)
    if options["months"] and use.shows & {"front", "alternatives"}:
        msg = "`months`: prints a row a month; leave out `front` and `alternatives`"
        raise OptionError(msg)
    # The arrays of a corridor help no further question of a command.
    session.keeps_searches = False
    if use.writes:
        # The sliders of the report take some thirty questions, whose cycles add up.
        gc.set_threshold(USUAL)
    reads_all = use.writes or use.prints == "json"
    return run.compared_result(
        scenario,
        session=session,
        fronts=reads_all or "front" in use.shows,
        what_if=use.writes,
        # The table has the ranges of money alone.
        ranges=Ranges.MONEY if use.prints == "table" and not use.writes else Ranges.ALL,
        **options,
    )


STUDY = Study(
    ask=compare,
    for_use=_for_use,
    example="corridors compare shanghai-hamburg --out maps/shanghai-hamburg",
    rank=0,
    step="Reading the network",
    outputs=(
        *("comparison.json", "options.csv", "emissions.csv", "legs.gpkg", "map.html"),
        "report.html",
    ),
    outputs_with={"months": ("months.csv",), "exports": ("dcsa.json", "ileap.json")},
    more_help="With --out it also writes a map, a report and data files.",
    options={
        "alternatives": Option(least=0, most=20),
        "table": Option(shown="FILE"),
        "what_if": Option(of_python=True),
    },
    shows={
        "front": "Print all non-dominated routes (cost, days and CO2e).",
        "all": "Show every option with every column, also those that others beat; with --front"
        " every route.",
        "notes": "Print what each note says, with date and source.",
    },
    keys=("choice", "speed", "own_data", "contracts", "schedules"),
    order="scenario out set_values departure choice speed own_data contracts schedules certify"
    " front alternatives all notes months tiles exports table",
    is_served=False,
)
