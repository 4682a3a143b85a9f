"""Batches: many scenarios from one file, computed in parallel, resumable, in one data set."""

from corridors.batch.collect import read_sweep
from corridors.batch.plan import Plan, make_plan
from corridors.batch.run import Outcome, run_batch

__all__ = ["Outcome", "Plan", "make_plan", "read_sweep", "run_batch"]
