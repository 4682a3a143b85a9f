"""The label setting compiled by numba. Importing this takes 0.3 s."""

from __future__ import annotations

from corridors.costing import pace
from corridors.engine import compiled
from corridors.routing import problem
from corridors.routing.dated import label_setting

run_through = compiled(pace.run_through)
travel = compiled(pace.travel, run_through=run_through)
dominates = compiled(label_setting.dominates)
pays_no_more = compiled(label_setting.pays_no_more, most_lost=compiled(label_setting.most_lost))
put_first = compiled(label_setting.put_first)
search = compiled(
    label_setting.search,
    extend=compiled(label_setting.extend, travel=travel),
    turns_in_a_place=compiled(label_setting.turns_in_a_place),
    least_left=compiled(label_setting.least_left),
    is_matched=compiled(label_setting.is_matched),
    is_arrived=compiled(label_setting.is_arrived, put_first=put_first),
    is_dominated=compiled(
        label_setting.is_dominated,
        dominates=dominates,
        pays_no_more=pays_no_more,
        put_first=put_first,
    ),
    keep=compiled(label_setting.keep, dominates=dominates, pays_no_more=pays_no_more),
    new_labels=compiled(problem.new_labels),
    grown=compiled(problem.grown),
)
lower_bounds = compiled(label_setting.lower_bounds)
mark_below = compiled(label_setting.mark_below)
