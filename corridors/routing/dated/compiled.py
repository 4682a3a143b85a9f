"""The label setting compiled by numba. Importing this takes 0.3 s."""

from __future__ import annotations

from corridors.costing import pace
from corridors.routing.dated import bounds, carried, kernel
from corridors.routing.engine import compiled

run_through = compiled(pace.run_through)
travel = compiled(pace.travel, run_through=run_through)
dominates = compiled(kernel.dominates)
search = compiled(kernel.search, travel=travel, dominates=dominates)
lower_bounds = compiled(bounds.lower_bounds)
minutes_through = compiled(pace.minutes_through, run_through=run_through)
start_that_ends = compiled(pace.start_that_ends, run_through=run_through)
duration = compiled(carried.duration, minutes_through=minutes_through)
last_start = compiled(carried.last_start, start_that_ends=start_that_ends, duration=duration)
carry_back = compiled(carried.carry_back, last_start=last_start, duration=duration)
