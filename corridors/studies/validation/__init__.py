"""Our figures beside the published ones: read the cases, measure, tell which are inside."""

from corridors.studies.validation.rows import Row, calibration_legs, measured_rows
from corridors.studies.validation.summary import summary

__all__ = ["Row", "calibration_legs", "measured_rows", "summary"]
