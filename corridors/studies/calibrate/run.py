"""Read counted boxes by way and period, fit the choice, and leave each period out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corridors.arrays import FloatArray
from corridors.config.scenario import CAPITAL_RATE
from corridors.data.cargo import load_goods_groups
from corridors.data.parameters import load_parameters
from corridors.data.spreadsheets import is_blank, read_sheets
from corridors.errors import ConfigError
from corridors.optimise.shares import chosen, fitted
from corridors.studies.calibrate.result import Calibration, LeftOut
from corridors.units import DAYS_PER_YEAR

COLUMNS = ("period", "way", "teu", "usd_per_teu", "days")
LEAST_PERIODS, LEAST_WAYS, MOST = 3, 2, 1e9
LEAST_SPREAD_USD = 1.0


def calibrate(volumes: Path | str) -> Calibration:
    """Return the scale and the constants of counted boxes, and how they predict a left-out period.

    Parameters and errors are those of the question.
    """
    periods, ways, boxes, usd, days = _counted(Path(volumes), shown=str(volumes)[:200])
    groups, rate = load_goods_groups(), load_parameters().get(CAPITAL_RATE).value
    weights = np.array([group.share_of_teu for group in groups])
    day = np.array([group.value_usd_per_teu * rate / DAYS_PER_YEAR for group in groups])
    costs = usd[:, None, :] + day[None, :, None] * days[:, None, :]
    told = boxes / boxes.sum(axis=1, keepdims=True)
    per_usd, constants = fitted(costs, weights, boxes)
    left_out, slopes = [], []
    for number, period in enumerate(periods):
        others = np.arange(len(periods)) != number
        slope, there = fitted(costs[others], weights, boxes[others])
        slopes.append(slope)
        said = chosen(costs[number], weights, slope, there)
        mean = told[others].mean(axis=0)
        left_out += [
            LeftOut(
                period=period,
                way=way,
                teu=float(boxes[number, column]),
                share=float(told[number, column]),
                predicted=float(said[column]),
                mean_of_others=float(mean[column]),
            )
            for column, way in enumerate(ways)
        ]
    reasons = []
    parameters = len(ways)
    if len(periods) < 2 * parameters + 1:
        reasons.append(f"{len(periods)} periods are few for {parameters} parameters")
    gaps = (usd - usd[:, :1])[:, 1:]
    if float(np.nanmax(np.ptp(np.where(np.isfinite(gaps), gaps, 0.0), axis=0))) < LEAST_SPREAD_USD:
        reasons.append("costs hardly differ from period to period")
    if per_usd <= 0.0:
        reasons.append("ways had more boxes when they were dearer")
    elif min(slopes) <= 0.0:
        reasons.append("without one of the periods, ways had more boxes when they were dearer")
    found = Calibration(
        ways=ways,
        scale_usd_per_teu=1.0 / per_usd if per_usd > 0.0 else None,
        scales_usd_per_teu=tuple(1.0 / slope for slope in slopes if slope > 0.0),
        constants=tuple(constants.tolist()),
        left_out=tuple(left_out),
        reasons=(),
    )
    if found.missed >= found.missed_by_mean:
        reasons.append("a left-out period is predicted no better than by the mean of the others")
    return Calibration(**{**found.values, "reasons": tuple(reasons)})


def _counted(
    path: Path, *, shown: str
) -> tuple[tuple[str, ...], tuple[str, ...], FloatArray, FloatArray, FloatArray]:
    """Return periods, ways, and by period and way TEU, USD per TEU and days (inf where closed)."""
    rows = read_sheets(path, shown=shown)[0].rows
    heads = [str(cell or "").strip().lower() for cell in (rows[0] if rows else ())]
    faults = [f"{shown}: no column {name}" for name in COLUMNS if name not in heads]
    if faults:
        raise ConfigError(faults[0] + f"; give {', '.join(COLUMNS)}")
    found: dict[tuple[str, str], tuple[float, float, float]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if is_blank(row):
            continue
        cells = dict(zip(heads, row, strict=False))
        key = str(cells.get("period") or "").strip(), str(cells.get("way") or "").strip()
        figures = []
        for name in COLUMNS[2:]:
            cell = cells.get(name)
            closed = cell is None and name != "teu"
            try:
                value = np.inf if closed else float(str(cell))
            except ValueError:
                value = np.nan
            if not closed and not 0.0 <= value <= MOST:
                faults.append(
                    f"{shown}:{number}: {name}: must be a number of 0 or more, got {cell}"
                )
            figures.append(value)
        if not all(key):
            faults.append(f"{shown}:{number}: period and way must be given")
        if key in found:
            faults.append(f"{shown}:{number}: {key[1]} in {key[0]} is given twice")
        if figures[0] > 0.0 and not all(map(np.isfinite, figures[1:])):
            faults.append(f"{shown}:{number}: boxes went, so usd_per_teu and days must be given")
        found[key] = (figures[0], figures[1], figures[2])
    periods, ways = (tuple(dict.fromkeys(key[part] for key in found)) for part in (0, 1))
    if not faults and (len(periods) < LEAST_PERIODS or len(ways) < LEAST_WAYS):
        faults.append(
            f"{shown}: give at least {LEAST_PERIODS} periods and {LEAST_WAYS} ways,"
            f" got {len(periods)} and {len(ways)}"
        )
    nothing = (0.0, np.inf, np.inf)
    table = np.array([[found.get((one, way), nothing) for way in ways] for one in periods])
    if not faults:
        faults += [
            f"{shown}: no boxes in {one}"
            for one, boxes in zip(periods, table[:, :, 0], strict=True)
            if boxes.sum() <= 0.0
        ]
    if faults:
        raise ConfigError(faults)
    return periods, ways, table[:, :, 0], table[:, :, 1], table[:, :, 2]
