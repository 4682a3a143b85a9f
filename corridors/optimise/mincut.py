"""Find the fewest places whose closure severs two sides of a network, by OR-Tools."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow

from corridors.errors import CertificateError

# Capacity of what may not be part of a cut; more than any number of places.
UNCUT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Two cuts of the same least size, one nearest to each side.

    They are None if no closure of places between the sides severs them, and empty if the sides are
    not joined.
    """

    nearest_start: tuple[str, ...] | None
    nearest_end: tuple[str, ...] | None

    @property
    def size(self) -> int | None:
        """Number of places to close; None if no number severs the sides."""
        return None if self.nearest_start is None else len(self.nearest_start)


def least_cut(
    links: Iterable[tuple[str, str]], start: Collection[str], end: Collection[str]
) -> Cut:
    """Return the fewest places outside both sides such that every path between them passes one.

    By Menger's theorem their number equals that of paths that share no place, which is a maximum
    flow through places of capacity one.

    Parameters
    ----------
    links
        Pairs of places; a link leads from the first to the second.
    start, end
        The places of either side, which cannot close.

    Raises
    ------
    CertificateError
        OR-Tools gives no answer: an error in the program.
    """
    pairs = sorted({(a, b) for a, b in links if a != b})
    names = sorted({name for pair in pairs for name in pair})
    number = {name: index for index, name in enumerate(names)}
    if not names or not any(n in start for n in names) or not any(n in end for n in names):
        return Cut(nearest_start=(), nearest_end=())
    # Node 2n is where a place is entered, 2n + 1 where it is left.
    source, sink = 2 * len(names), 2 * len(names) + 1
    tails = [2 * n for n in range(len(names))]
    heads = [2 * n + 1 for n in range(len(names))]
    capacity = [UNCUT if name in start or name in end else 1 for name in names]
    for a, b in pairs:
        tails.append(2 * number[a] + 1)
        heads.append(2 * number[b])
        capacity.append(UNCUT)
    for name in names:
        if name in start:
            tails.append(source)
            heads.append(2 * number[name])
            capacity.append(UNCUT)
        if name in end:
            tails.append(2 * number[name] + 1)
            heads.append(sink)
            capacity.append(UNCUT)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.array(tails, np.int32), np.array(heads, np.int32), np.array(capacity, np.int64)
    )
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        msg = f"SimpleMaxFlow ended with status {status}"
        raise CertificateError(msg)
    if solver.optimal_flow() >= UNCUT:
        return Cut(nearest_start=None, nearest_end=None)
    reached = set(solver.get_source_side_min_cut())
    reaching = set(solver.get_sink_side_min_cut())
    return Cut(
        nearest_start=tuple(
            name
            for name in names
            if 2 * number[name] in reached and 2 * number[name] + 1 not in reached
        ),
        nearest_end=tuple(
            name
            for name in names
            if 2 * number[name] + 1 in reaching and 2 * number[name] not in reaching
        ),
    )
