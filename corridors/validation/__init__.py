"""Our figures beside the published ones: read the cases, measure, tell which are inside."""

from corridors.validation.rows import Row, calibration_legs, measured_rows
from corridors.validation.summary import summary

__all__ = ["Row", "calibration_legs", "measured_rows", "summary"]
