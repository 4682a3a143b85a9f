"""The label setting compiled by numba. Importing this takes 0.3 s."""

from __future__ import annotations

from corridors.costing import pace
from corridors.engine import compiled
from corridors.routing import labels
from corridors.routing.dated import bounds, kernel

run_through = compiled(pace.run_through)
travel = compiled(pace.travel, run_through=run_through)
dominates = compiled(kernel.dominates)
search = compiled(
    kernel.search,
    extend=compiled(kernel.extend, travel=travel),
    least_left=compiled(kernel.least_left),
    is_known=compiled(kernel.is_known),
    is_arrived=compiled(kernel.is_arrived),
    steps_until_dominated=compiled(kernel.steps_until_dominated, dominates=dominates),
    keep=compiled(kernel.keep, dominates=dominates),
    new_labels=compiled(labels.new_labels),
    grown=compiled(labels.grown),
)
lower_bounds = compiled(bounds.lower_bounds)
