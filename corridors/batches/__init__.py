"""Batches: many scenarios from one file, run in parallel into one data set; can be resumed."""

from corridors.batches.collect import read_sweep
from corridors.batches.numbered_scenarios import Plan, make_plan
from corridors.batches.run import Outcome, run_batch

__all__ = ["Outcome", "Plan", "make_plan", "read_sweep", "run_batch"]
