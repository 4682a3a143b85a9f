"""Write `sea_labels.npz`: where ports join the sea lanes, and their hub labels for distances.

    python geodata/build/sea_labels.py

Labels are built for all nodes as `corridors.network.hub_labels` does it, and kept for the ports of
the world list and the terminals near a lane, once for each set of closed gates below. Of the hubs
of a place only those are kept that the way to another of these places needs, so the least sum of
every two is the same float. Run it after `sea_hubs.py`, then `manifest.py`; two minutes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from corridors.data.geodata import load_sea_hubs, load_sea_lanes, load_terminals, sha256
from corridors.errors import PlaceError
from corridors.network.distances import ICE_PASSAGES, SMALL_SHIP_CANALS, Joint, join, open_edges
from corridors.network.hub_labels import build_labels
from corridors.network.label_joins import Labels
from corridors.network.locate import Place, of_terminal, world_ports

GEODATA = Path(__file__).resolve().parents[1]
CANALS = (*SMALL_SHIP_CANALS, "gate-suez", "gate-panama")


def joined_places() -> dict[tuple[str, float, float], Joint]:
    """Return where terminals and ports of the world list join the lanes, of those near one."""
    lanes, joints = load_sea_lanes(), {}
    places: tuple[Place, ...] = (*map(of_terminal, load_terminals().values()), *world_ports())
    for place in places:
        try:
            joints[place.key] = join(place, lanes)
        except PlaceError:
            continue  # inland
    return joints


def closed_sets() -> Iterator[tuple[str, ...]]:
    """Give sets of closed gates: any canals without the Arctic, with it Kiel or none.

    Each takes half a megabyte. Labels of other sets are built when they are asked for.
    """
    for count in range(len(CANALS) + 1):
        for canals in itertools.combinations(CANALS, count):
            yield (*ICE_PASSAGES, *canals)
    yield ()
    yield SMALL_SHIP_CANALS


def needed(labels: Labels, nodes: int) -> Any:
    """Return which entries of labels hold a hub of the shortest way between two places."""
    start, hubs, far = labels.start, labels.hubs, labels.far
    used, known = np.zeros(hubs.size, bool), np.full(nodes, np.inf)
    entry_of = np.zeros(nodes, np.int64)
    counts = np.diff(start)
    for row in range(counts.size):
        own = slice(start[row], start[row + 1])
        known[hubs[own]], entry_of[hubs[own]] = far[own], np.arange(start[row], start[row + 1])
        ways = known[hubs] + far
        least = np.repeat(np.minimum.reduceat(ways, start[:-1]), counts)
        # Of several hubs of one least sum, one that is kept already, else the first.
        kept = used & used[entry_of[hubs]] & np.isfinite(ways)
        score = np.where((ways == least) & np.isfinite(ways), 1 + kept, 0)
        best = np.repeat(np.maximum.reduceat(score, start[:-1]), counts)
        chosen = np.flatnonzero((score == best) & (score > 0))
        owner = np.searchsorted(start, chosen, side="right")
        chosen = chosen[np.unique(owner, return_index=True)[1]]
        used[chosen] = used[entry_of[hubs[chosen]]] = True
        known[hubs[own]] = np.inf
    return used


def main() -> None:
    """Write the labels of every set of closed gates."""
    places = joined_places()
    joints = list(places.values())
    order, lanes = load_sea_hubs(), GEODATA / "network" / "sea_lanes.npz"
    ends = [(*joint.ends, (-1, 0.0))[:2] for joint in joints]
    arrays: dict[str, Any] = {
        "lanes_sha256": np.array(sha256(lanes)),
        "place_id": np.array([key[0] for key in places]),
        "place_lon": np.array([key[1] for key in places]),
        "place_lat": np.array([key[2] for key in places]),
        "edge": np.array([joint.edge for joint in joints], np.int32),
        "edge_nm": np.array([joint.edge_nm for joint in joints]),
        "end_node": np.array([[node for node, _ in each] for each in ends], np.int16),
        "end_nm": np.array([[nm for _, nm in each] for each in ends]),
        "off_km": np.array([joint.off_km for joint in joints]),
    }
    sets = []
    for number, gates in enumerate(closed_sets()):
        built = build_labels(*open_edges(frozenset(gates)), order=order)
        labels = Labels.of([built.of(joint.ends) for joint in joints])
        used = needed(labels, order.size)
        far = labels.far[used]
        rows = np.repeat(np.arange(len(joints)), np.diff(labels.start))
        arrays[f"count_{number}"] = np.bincount(rows[used], minlength=len(joints)).astype(np.uint8)
        arrays[f"hub_{number}"] = labels.hubs[used].astype(np.uint16)
        # By bytes of equal weight, which compress better.
        arrays[f"far_{number}"] = np.ascontiguousarray(far.view(np.uint8).reshape(-1, 8).T)
        sets.append(";".join(gates))
        print(f"closed {sets[-1] or 'none'}: {far.size / len(joints):.1f} hubs a place")
    arrays["closed"] = np.array(sets)
    np.savez_compressed(GEODATA / "derived" / "sea_labels.npz", **arrays)


if __name__ == "__main__":
    main()
