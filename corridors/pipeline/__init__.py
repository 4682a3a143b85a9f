"""The steps from a scenario to a comparison, in order; no arithmetic.

`question` poses what a scenario asks, `desk` answers it.
"""

from __future__ import annotations

from corridors.pipeline.desk import (
    DEFAULT_SCENARIO,
    Desk,
    Progress,
    answer,
    compare,
    route_between,
)
from corridors.pipeline.question import HORIZON_DAYS, Question, chosen_services, locate_in

__all__ = [
    "DEFAULT_SCENARIO",
    "HORIZON_DAYS",
    "Desk",
    "Progress",
    "Question",
    "answer",
    "chosen_services",
    "compare",
    "locate_in",
    "route_between",
]
