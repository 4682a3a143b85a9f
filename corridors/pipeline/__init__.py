"""The steps from a scenario to a comparison, in order; no arithmetic.

`question` poses what a scenario asks, `desk` answers it.
"""

from __future__ import annotations

from corridors.pipeline.between import DEFAULT_SCENARIO, alternatives_between, route_between
from corridors.pipeline.desk import (
    Desk,
    Progress,
    answer,
    compare,
)
from corridors.pipeline.question import HORIZON_DAYS, Question, locate_in
from corridors.pipeline.services import chosen_services

__all__ = [
    "DEFAULT_SCENARIO",
    "HORIZON_DAYS",
    "Desk",
    "Progress",
    "Question",
    "alternatives_between",
    "answer",
    "chosen_services",
    "compare",
    "locate_in",
    "route_between",
]
