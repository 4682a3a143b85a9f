"""What breaks: each place on the best way closed, and what the next best way then costs."""

from __future__ import annotations

from corridors.resilience.closing import Rerouter, Way
from corridors.resilience.places import KINDS, Passed
from corridors.resilience.run import Stress, StressRow, stress

__all__ = ["KINDS", "Passed", "Rerouter", "Stress", "StressRow", "Way", "stress"]
