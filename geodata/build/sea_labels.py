"""Write `sea_labels.npz`: where ports join the sea lanes, and their hub labels for distances.

    python geodata/build/sea_labels.py

Labels are built for all nodes as `corridors.network.hub_labels` does it, and kept for the ports of
the world list and the terminals on the lanes, once for each set of closed gates below. Of the hubs
of a place only those are kept that the way to another of these places needs, so the least sum of
every two is the same float. Run it after `sea_hubs.py`, then `manifest.py`; two minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from corridors.data.geodata import load_sea_hubs, load_sea_lanes, load_terminals, sha256
from corridors.errors import PlaceError
from corridors.network.distances import ICE_PASSAGES, KIEL, open_edges, shut_by_default
from corridors.network.hub_labels import build_labels
from corridors.network.joints import Joint, join
from corridors.network.label_joins import Labels
from corridors.network.locate import Place, of_terminal, world_ports

GEODATA = Path(__file__).resolve().parents[1]


def joined_places() -> dict[tuple[str, float, float], Joint]:
    """Return where terminals with sea legs and ports of the world list join the lanes."""
    lanes, joints = load_sea_lanes(), {}
    on_lanes, terminals = set(lanes.point_ids), load_terminals().values()
    at_sea = (of_terminal(terminal) for terminal in terminals if terminal.id in on_lanes)
    places: tuple[Place, ...] = (*at_sea, *world_ports())
    for place in places:
        try:
            joints[place.key] = join(place, lanes)
        except PlaceError:
            continue  # no water nearby
    return joints


def closed_sets() -> Iterator[tuple[str, ...]]:
    """Give the sets of closed gates that are asked most, of some 1.2 MB each.

    The ice is shut, without and with the Suez and Panama Canals, or it is open; the Kiel Canal is
    shut or open. Labels of other sets are built when they are asked for.
    """
    shut = tuple(sorted(shut_by_default() - {*ICE_PASSAGES, KIEL}))
    for canals in ((), ("gate-suez",), ("gate-suez", "gate-panama")):
        yield (*shut, *ICE_PASSAGES, KIEL, *canals)
    for canals in ((), ("gate-panama",)):
        yield (*shut, *ICE_PASSAGES, *canals)
    yield (*shut, KIEL)
    yield shut


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
    arrays: dict[str, Any] = {
        "lanes_sha256": np.array(sha256(lanes)),
        "place_id": np.array([key[0] for key in places]),
        "place_lon": np.array([key[1] for key in places]),
        "place_lat": np.array([key[2] for key in places]),
        "edge": np.array([joint.edge for joint in joints], np.int32),
        "edge_nm": np.array([joint.edge_nm for joint in joints]),
        "end_count": np.array([len(joint.ends) for joint in joints], np.uint8),
        "end_node": np.array([node for joint in joints for node, _ in joint.ends], np.int32),
        "end_nm": np.array([nm for joint in joints for _, nm in joint.ends]),
        "off_km": np.array([joint.off_km for joint in joints]),
    }
    sets = []
    for number, gates in enumerate(closed_sets()):
        built = build_labels(*open_edges(frozenset(gates)), order=order)
        labels = Labels.of([built.of(joint.ends) for joint in joints])
        used = needed(labels, order.size)
        far = labels.far[used]
        rows = np.repeat(np.arange(len(joints)), np.diff(labels.start))
        arrays[f"count_{number}"] = np.bincount(rows[used], minlength=len(joints)).astype(np.uint16)
        arrays[f"hub_{number}"] = labels.hubs[used].astype(np.uint16)
        # By bytes of equal weight, which compress better.
        arrays[f"far_{number}"] = np.ascontiguousarray(far.view(np.uint8).reshape(-1, 8).T)
        sets.append(";".join(gates))
        print(f"closed {sets[-1] or 'none'}: {far.size / len(joints):.1f} hubs a place")
    arrays["closed"] = np.array(sets)
    np.savez_compressed(GEODATA / "derived" / "sea_labels.npz", **arrays)


if __name__ == "__main__":
    main()
