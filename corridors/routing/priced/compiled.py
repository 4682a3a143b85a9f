"""The search under dual prices, compiled by numba."""

from __future__ import annotations

from corridors.costing import pace
from corridors.routing.dated.compiled import grown, new_labels, run_through, travel
from corridors.routing.engine import compiled
from corridors.routing.priced import kernel

least_values = compiled(kernel.least_values)
leads_to = compiled(kernel.leads_to)
sets_met = compiled(kernel.sets_met)
set_penalty = compiled(kernel.set_penalty)
stands_before = compiled(kernel.stands_before, set_penalty=set_penalty)
priced_search = compiled(
    kernel.priced_search,
    travel=travel,
    stands_before=stands_before,
    new_labels=new_labels,
    grown=grown,
)
start_that_ends = compiled(pace.start_that_ends, run_through=run_through)
least_of_step = compiled(kernel.least_of_step, travel=travel, start_that_ends=start_that_ends)
least_by_step = compiled(kernel.least_by_step, least_of_step=least_of_step)
