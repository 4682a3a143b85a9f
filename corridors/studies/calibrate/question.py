"""What a calibration of the choice among ways is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.calibrate.result import Calibration
    from corridors.studies.session import Session


def calibrate(session: Session, volumes: str) -> Calibration:
    """Fit the scale of shares to your boxes by way and period, and say if they can carry it.

    The scale and a constant for each way but the first are fitted by maximum likelihood. Each
    period is then left out in turn, and predicted from the others, beside their mean.

    Parameters
    ----------
    volumes
        A CSV or Excel file with a row a way and period: `period`, `way`, `teu`, `usd_per_teu` and
        `days` from gate to gate; both empty where a way was closed.

    Raises
    ------
    CorridorsError
        The file cannot be read, or a cell is wrong.

    Examples
    --------
    >>> found = corridors.calibrate("boxes.csv")  # doctest: +SKIP
    >>> found.scale_usd_per_teu, found.reasons  # doctest: +SKIP
    """
    from corridors.studies.calibrate import run

    del session  # nothing is searched
    return run.calibrate(volumes)


STUDY = Study(
    ask=calibrate,
    example="corridors calibrate boxes.csv",
    rank=195,
    step="Fitting the choice among ways",
    outputs=("calibration.json", "calibration.csv"),
    options={"volumes": Option(argument=True, shown="FILE")},
    is_served=False,
)
