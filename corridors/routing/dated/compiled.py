"""The label setting compiled by numba. Importing this takes 0.3 s."""

from __future__ import annotations

from corridors.costing import pace
from corridors.engine import compiled
from corridors.routing import labels, spans
from corridors.routing.dated import bounds, carried, kernel, origin, timed

run_through = compiled(pace.run_through)
travel = compiled(pace.travel, run_through=run_through)
dominates = compiled(kernel.dominates)
new_labels = compiled(labels.new_labels)
grown = compiled(labels.grown)
still_to_pay = compiled(kernel.still_to_pay)
search = compiled(
    kernel.search,
    travel=travel,
    dominates=dominates,
    still_to_pay=still_to_pay,
    new_labels=new_labels,
    grown=grown,
)
lower_bounds = compiled(bounds.lower_bounds)
minutes_through = compiled(pace.minutes_through, run_through=run_through)
duration = compiled(carried.duration, minutes_through=minutes_through)
alike = compiled(spans.alike)
arrivals_from = compiled(carried.arrivals_from, alike=alike, duration=duration)
start_after = compiled(carried.start_after, duration=duration)
is_useful = compiled(carried.is_useful)
carry_back = compiled(
    carried.carry_back,
    arrivals_from=arrivals_from,
    start_after=start_after,
    is_useful=is_useful,
    put=compiled(carried.put),
    add_edge=compiled(carried.add_edge),
    window_of=compiled(carried.window_of),
    duration=duration,
)
start_that_ends = compiled(pace.start_that_ends, run_through=run_through)
least_of_span = compiled(spans.least_of_span, travel=travel, start_that_ends=start_that_ends)
spans_of = compiled(
    timed.spans_of,
    alike=alike,
    alike_until=compiled(spans.alike_until),
    least_of_span=least_of_span,
)
step_of = compiled(timed.step_of)
costs_of_reaching = compiled(timed.costs_of_reaching, step_of=step_of)
costs_of_leaving = compiled(timed.costs_of_leaving, step_of=step_of)
best_wait = compiled(origin.best_wait, travel=travel)
