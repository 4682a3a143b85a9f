"""The label setting compiled by numba. Importing this takes 0.3 s."""

from __future__ import annotations

from corridors.costing import pace
from corridors.engine import compiled
from corridors.routing import labels
from corridors.routing.dated import bounds, kernel

run_through = compiled(pace.run_through)
travel = compiled(pace.travel, run_through=run_through)
dominates = compiled(kernel.dominates)
pays_no_more = compiled(kernel.pays_no_more, most_lost=compiled(kernel.most_lost))
search = compiled(
    kernel.search,
    extend=compiled(kernel.extend, travel=travel),
    meets_twice=compiled(kernel.meets_twice),
    least_left=compiled(kernel.least_left),
    is_known=compiled(kernel.is_known),
    is_arrived=compiled(kernel.is_arrived),
    steps_until_dominated=compiled(
        kernel.steps_until_dominated, dominates=dominates, pays_no_more=pays_no_more
    ),
    keep=compiled(kernel.keep, dominates=dominates, pays_no_more=pays_no_more),
    new_labels=compiled(labels.new_labels),
    grown=compiled(labels.grown),
)
lower_bounds = compiled(bounds.lower_bounds)
