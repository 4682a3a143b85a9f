"""Distances by sea from other libraries, for the same ports; a library that is absent is skipped.

A peer is a function from two (lon, lat) and the passages to keep shut to nautical miles, None where
it finds no way. `PEERS` names them; another is one function and one line there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

from corridors.units import nm_from_km
from tests.campaigns.land import GEOD

Point = tuple[float, float]
Measure = Callable[[Point, Point, frozenset[str]], float | None]

SEAROUTE_NAMES = {"gate-suez": "suez", "gate-panama": "panama"}


def searoute(module: ModuleType) -> Measure:
    """Return distances by searoute, with straight ends; the Northwest Passage is always shut."""

    def measure(one: Point, other: Point, shut: frozenset[str]) -> float | None:
        closed = ["northwest", *(SEAROUTE_NAMES[gate] for gate in sorted(shut))]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = module.searoute(one, other, units="naut", restrictions=closed)
        nm = float(found.properties["length"])
        if not nm:
            return None  # how it says that there is no way
        line = found.geometry["coordinates"]
        # It measures from node to node, and ours from port to port.
        ends = sum(
            GEOD.inv(port[0], port[1], node[0], node[1])[2]
            for port, node in ((one, line[0]), (other, line[-1]))
        )
        return nm + nm_from_km(ends / 1000.0)

    return measure


PEERS: Mapping[str, Callable[[ModuleType], Measure]] = {"searoute": searoute}


def peers() -> tuple[dict[str, Measure], list[str]]:
    """Return the peers that can be imported, and the names of those that cannot."""
    found: dict[str, Measure] = {}
    absent = []
    for name, adapter in PEERS.items():
        try:
            found[name] = adapter(import_module(name))
        except ImportError:
            absent.append(name)
    return found, absent
