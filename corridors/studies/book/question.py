"""What a booking is asked with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.studies.plan_keys import plan_of
from corridors.studies.study import Study

if TYPE_CHECKING:
    from corridors.studies.book.result import Booking
    from corridors.studies.scenario_keys import Names
    from corridors.studies.session import Session


def book(
    session: Session,
    /,
    plan: Path | str,
    *,
    set_values: Sequence[str] = (),
    contracts: Names = (),
    **keys: Any,
) -> Booking:
    """Decide how much space to book before closures are known.

    Parameters
    ----------
    plan
        A plan file, or the name of a shipped one: `book-russia-closure`.
    set_values
        Values as the option `--set` of the command takes them: `risk.weight=0.5`.
    contracts
        Rate sheets, .csv or .xlsx, whose contracts the plan may ship by.
    keys
        Keys of a plan in place of those of the file: `risk={"level": 0.9, "weight": 0.5}`.

    Raises
    ------
    CorridorsError
        A key or place is unknown, probabilities do not sum to 1, or the limits of a scenario
        contradict each other.
    """
    from corridors.studies.book import run

    sheets = [contracts] if isinstance(contracts, str) else [*contracts]
    asked = plan_of("book", plan, set_values, keys, sheets)
    return run.book_plan(asked, progress=session.progress)


STUDY = Study(
    ask=book,
    example="corridors book book-russia-closure --set risk.weight=0.5",
    rank=210,
    step="Reading the networks of the scenarios",
    outputs=("book.json", "book.csv", "scenarios.csv", "book.html", "book-map.html"),
    # A server asks questions of seconds.
    is_served=False,
)
