"""The outward search compiled by numba. Importing this takes 0.3 s."""

from __future__ import annotations

from corridors.engine import compiled
from corridors.routing.outward import kernel

least_from = compiled(kernel.least_from)
least_through_carriage = compiled(kernel.least_through_carriage)
