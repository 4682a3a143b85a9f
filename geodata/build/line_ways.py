"""Write `line_ways.npz`: the legs on which each line of `lines.csv` runs, and where it calls.

    python geodata/build/line_ways.py [--check]

Lines are laid on the base network of all corridors (see `corridors.network.lines.laying`). Run it
after any change of `lines.csv`, `line_regions.csv`, of legs, terminals or `lines.near_km`, then
`manifest.py`. `--check` only says whether the file is as it would be written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from corridors.config import load_corridors
from corridors.data.geodata import load_services
from corridors.data.lines import load_lines
from corridors.data.own import shipped_overlay
from corridors.data.parameters import load_parameters
from corridors.network.lines.laying import LineGraph, lay
from corridors.network.states.base import BaseKey, build_base
from corridors.routing.bundle import named_by

WAYS = Path(__file__).resolve().parents[1] / "network" / "line_ways.npz"


def sets_of(names: dict[str, int], sets: Iterable[frozenset[str]]) -> tuple[Any, Any]:
    """Return sets of names as the first of each and numbers of names, which new ones get."""
    numbers: list[int] = []
    first = [0]
    for one in sets:
        numbers += [names.setdefault(name, len(names)) for name in sorted(one)]
        first.append(len(numbers))
    return np.array(first, np.int32), np.array(numbers, np.int32)


def arrays() -> dict[str, Any]:
    """Return the arrays of the file."""
    parameters = load_parameters()
    base = build_base(
        BaseKey(
            services=tuple(service for service in load_services() if service.default),
            overlay=shipped_overlay(),
            shortest_train_km=parameters.value("rail.shortest_train_km"),
            named=named_by(load_corridors("all")),
        )
    )
    graph, near_km = LineGraph(base.topology), parameters.value("lines.near_km")
    laid = [one for line in load_lines().lines for one in lay(line, graph, near_km)]
    names: dict[str, int] = {}
    found: dict[str, Any] = {"line": np.array([one.line.loop for one in laid])}
    for side in ("loads", "unloads", "legs"):
        first, numbers = sets_of(names, [getattr(one, side) for one in laid])
        found |= {f"{side}_first": first, side: numbers}
    return {**found, "names": np.array([*names])}


def main() -> int:
    """Write the file, or with `--check` return 1 where it is not as it would be written."""
    found = arrays()
    if "--check" in sys.argv[1:]:
        with np.load(WAYS) as kept:
            same = all(np.array_equal(kept[name], array) for name, array in found.items())
        print("line_ways.npz: as it would be written" if same else "line_ways.npz: out of date")
        return 0 if same else 1
    np.savez_compressed(WAYS, **found)
    print(f"{len(found['line'])} directions of lines, {WAYS.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
