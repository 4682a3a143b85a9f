"""The label setting compiled by numba; importing this takes 0.3 s, so only fronts do."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from numba import njit

from corridors.routing import bounds, charged_kernel, charged_labels, charged_timed, kernel, timed
from corridors.routing import travel as dated


def _compile(function: Callable[..., Any], **replaced: Any) -> Callable[..., Any]:
    """Return a function compiled, with the functions it calls replaced by compiled ones."""
    source: Any = function
    twin = FunctionType(source.__code__, {**source.__globals__, **replaced}, function.__name__)
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    compiled: Callable[..., Any] = njit(cache=True)(twin)
    return compiled


travel = _compile(dated.travel)
dominates = _compile(kernel.dominates)
search = _compile(kernel.search, travel=travel, dominates=dominates)
lower_bounds = _compile(bounds.lower_bounds)
span_of = _compile(timed.span_of, travel=travel)
timed_bounds = _compile(timed.timed_bounds, span_of=span_of)
least_values = _compile(charged_labels.least_values)
leads_to = _compile(charged_labels.leads_to)
sets_met = _compile(charged_labels.sets_met)
set_penalty = _compile(charged_labels.set_penalty)
stands_before = _compile(charged_labels.stands_before, set_penalty=set_penalty)
charged_search = _compile(charged_kernel.charged_search, travel=travel, stands_before=stands_before)
start_that_ends = _compile(charged_timed.start_that_ends)
least_of_step = _compile(
    charged_timed.least_of_step, travel=travel, start_that_ends=start_that_ends
)
least_by_step = _compile(charged_timed.least_by_step, least_of_step=least_of_step)
