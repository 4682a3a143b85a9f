"""Batches: many scenarios from one file, run in parallel into one data set; can be resumed."""

from corridors.studies.batch.folder import read_sweep
from corridors.studies.batch.run import Outcome, run_batch
from corridors.studies.batch.scenarios import Plan, make_plan

__all__ = ["Outcome", "Plan", "make_plan", "read_sweep", "run_batch"]
