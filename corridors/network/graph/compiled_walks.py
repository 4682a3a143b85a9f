"""Walks along arcs, compiled by numba. Importing this takes 0.2 s."""

from __future__ import annotations

from corridors.engine import compiled
from corridors.network.graph import walks

sort = compiled(walks.sort)
mark = compiled(walks.mark)
shortest = compiled(walks.shortest)
