"""What a season is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.season.result import Season
    from corridors.studies.session import Session


def season(
    session: Session,
    corridor: str = "northern-sea-route",
    *,
    ice_class: str | None = None,
    year: str | int = "mean",
    service: str | None = None,
    eastbound: bool = False,
) -> Season:
    """Show when a corridor through ice is open, by half month.

    Parameters
    ----------
    corridor
        A shipped corridor, or a corridor file.
    ice_class
        `none`, `Ice1` to `Ice3`, `Arc4` to `Arc7`; default: the ship's own.
    year
        `mean`, `best`, `worst`, or a year from 2010 to 2024.
    service
        The ship whose speed is used.
    eastbound
        Cross from west to east.

    Raises
    ------
    CorridorsError
        Corridor, class, year or ship is unknown.

    Examples
    --------
    >>> found = corridors.season("northern-sea-route", ice_class="Ice1")
    >>> found.table.query("route == 'open'")["from_day"].tolist()
    ['08-01', '08-16', '09-01', '09-16', '10-01']
    """
    from corridors.studies.season import run

    return run.season(
        corridor, ice_class=ice_class, year=str(year), service=service, eastbound=eastbound
    )


STUDY = Study(
    ask=season,
    example="corridors season northern-sea-route --ice-class Arc4 --year 2024",
    rank=70,
    outputs=("season.json", "season.csv", "season.html"),
    more_help="With --out it also writes a calendar by ice class and year.",
    options={"corridor": Option(argument=True, completes="corridors", is_corridor=True)},
    streams=False,
)
