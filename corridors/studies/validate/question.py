"""What a validation is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.session import Session
    from corridors.studies.validate.result import Validation


def validate(session: Session, *, every: bool = False, draws: bool = False) -> Validation:
    """Compare our distances, days and costs with published ones.

    A miss is a finding, not an error: the exit code is 0. There is a row a family; families are
    never added up.

    Parameters
    ----------
    every
        List every figure, and the rail legs calibrated to published lengths.
    draws
        Print how the draws of simulate hold published days and money (a minute).

    Raises
    ------
    CorridorsError
        A published case has an error, or cannot be measured.
    """
    if draws:
        from corridors.studies.validate.run import drawn_widths

        return drawn_widths(session.progress)
    from corridors.studies.validate import run

    return run.validate(every=every)


STUDY = Study(
    ask=validate,
    example="corridors validate --format csv",
    rank=190,
    step="Comparing with published figures",
    options={"every": Option(flag="all")},
    is_served=False,
)
