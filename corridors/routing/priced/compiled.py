"""The search under dual prices, compiled by numba."""

from __future__ import annotations

from corridors.engine import compiled
from corridors.routing.dated.compiled import grown, least_of_span, new_labels, travel
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
least_by_step = compiled(kernel.least_by_step, least_of_span=least_of_span)
