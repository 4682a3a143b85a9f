"""The arrays that the search reads, and the labels that it makes.

Labels are rows of an int64 array, one for each way to a node that was kept. The search is compiled
by numba and runs as Python as well.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# Columns of a label. The clock counts minutes from the midnight that the profiles begin with;
# minutes, cents and grams are those of the whole way.
NODE = 0
CLOCK = 1
CENTS = 2
MINUTES = 3
GRAMS = 4
# The label before it, -1 at the source, and the arc from there.
BEFORE = 5
ARC = 6
# The next label in the list of its node.
NEXT = 7
STATE = 8
# Bits of the tracked places and nodes that the way has met, and of sets of arcs.
MET = 9
SETS = 10
COLUMNS = 11
# States of a label.
OPEN, SETTLED, DOMINATED = 0, 1, 2
FIRST_LABELS = 1024


class Arcs(NamedTuple):
    """Arcs of a problem by tail: those of node n are `first[n]` to `first[n + 1]`.

    Figures are without what `profile` adds by day; -1 is no profile.
    """

    first: Any
    head: Any
    minutes: Any
    clock: Any
    cents: Any
    grams: Any
    km: Any
    profile: Any


def new_labels() -> Any:
    """Return room for labels, none of them made."""
    return np.zeros((FIRST_LABELS, COLUMNS), np.int64)


def grown(labels: Any) -> Any:
    """Return the labels with room for as many more."""
    larger = np.zeros((2 * labels.shape[0], COLUMNS), np.int64)
    for label in range(labels.shape[0]):
        for column in range(COLUMNS):
            larger[label, column] = labels[label, column]
    return larger
