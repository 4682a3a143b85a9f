"""Write `sea_labels.npz`: hub labels of the ports on the sea lanes, for distances.

    python geodata/build/sea_labels.py

The file is no part of the history: it follows from the lanes, and `make labels` writes it where it
is missing or made from something else; a copy under the user's cache folder spares other checkouts
of the same lanes the work. Labels are built for all nodes as
`corridors.network.sea.hub_labels` does it, and kept for the ports of the world list and the
terminals on the lanes, once for each set of closed gates below. Of the hubs of a place only those
are kept that the way to another of these places needs, so the least sum of every two is the same
float. A minute and a half of one core.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numba import njit

from corridors.data.geodata import load_sea_hubs, load_sea_lanes, load_terminals, sha256
from corridors.network.locate import Place, of_terminal, world_ports
from corridors.network.sea.hub_labels import build_labels
from corridors.network.sea.label_joins import Label, Labels
from corridors.network.sea.lane_access import is_world_port, open_edges
from corridors.network.sea.sea_distances import ICE_PASSAGES, KIEL, shut_by_default

GEODATA = Path(__file__).resolve().parents[1]
FILE = GEODATA / "derived" / "sea_labels.npz"
MADE_FROM = (
    *("network/sea_lanes.npz", "network/sea_hubs.npz", "network/gates.csv"),
    *("network/terminals.csv", "network/ports.csv", "build/sea_labels.py"),
    *("../corridors/network/sea/hub_labels.py", "../corridors/network/sea/lane_access.py"),
)
"""The data and the code that labels follow from."""


def made_from() -> str:
    """Return one SHA-256 of the files that labels follow from."""
    each = (hashlib.sha256((GEODATA / name).read_bytes()).digest() for name in MADE_FROM)
    return hashlib.sha256(b"".join(each)).hexdigest()


def shared_copy() -> Path:
    """Return where checkouts of one user share what is made from the same files."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "corridors" / f"sea_labels-{made_from()[:16]}.npz"


def copied(source: Path, target: Path) -> None:
    """Copy a file whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.npz")
    shutil.copyfile(source, part)
    part.replace(target)


def is_fresh(path: Path) -> bool:
    """Return whether a file is there, whole, and was made from what is there now."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            if any(arrays[name] is None for name in arrays.files):  # a damaged part cannot be read
                return False
            return str(arrays["made_from"]) == made_from()
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return False


def nodes_of_places() -> dict[Place, int]:
    """Return the terminals with sea legs and the ports of the world list, by node of the lanes."""
    lanes = load_sea_lanes()
    nodes = {**lanes.ports, **dict(zip(lanes.point_ids, lanes.point_node.tolist(), strict=True))}
    places = (*map(of_terminal, load_terminals().values()), *world_ports())
    return {
        place: nodes[place.id]
        for place in places
        if place.id in (lanes.ports if is_world_port(place) else lanes.point_ids)
    }


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
    return _needed(labels.start, labels.hubs, labels.far, nodes)


@njit  # type: ignore[untyped-decorator]
def _needed(start: Any, hubs: Any, far: Any, nodes: int) -> Any:
    used, known = np.zeros(hubs.size, np.bool_), np.full(nodes, np.inf)
    entry_of, chosen = np.zeros(nodes, np.int64), np.zeros(start.size - 1, np.int64)
    for row in range(start.size - 1):
        for entry in range(start[row], start[row + 1]):
            known[hubs[entry]], entry_of[hubs[entry]] = far[entry], entry
        for other in range(start.size - 1):
            least, chosen[other], is_kept = np.inf, -1, False
            for entry in range(start[other], start[other + 1]):
                way = known[hubs[entry]] + far[entry]
                if way > least or way == np.inf:
                    continue
                # Of several hubs of one least sum, one that is kept already, else the first.
                kept = used[entry] and used[entry_of[hubs[entry]]]
                if way < least or (kept and not is_kept):
                    least, chosen[other], is_kept = way, entry, kept
        # What this place keeps is told the next, not the next pair.
        for entry in chosen:
            if entry >= 0:
                used[entry] = used[entry_of[hubs[entry]]] = True
        for entry in range(start[row], start[row + 1]):
            known[hubs[entry]] = np.inf
    return used


def labels_of(gates: tuple[str, ...]) -> Labels:
    """Return the labels of all places, by row, with some gates closed."""
    order, nodes = load_sea_hubs(), [*nodes_of_places().values()]
    built = build_labels(*open_edges(frozenset(gates)), order=order)
    labels = Labels.of([built[node] for node in nodes])
    used = needed(labels, order.size)
    own = [slice(*ends) for ends in zip(labels.start[:-1], labels.start[1:], strict=True)]
    return Labels.of(
        [Label(hubs=labels.hubs[at][used[at]], far=labels.far[at][used[at]]) for at in own]
    )


def write() -> None:
    """Write the labels of every set of closed gates."""
    places = nodes_of_places()
    sets = [*closed_sets()]
    arrays: dict[str, Any] = {
        "made_from": np.array(made_from()),
        "lanes_sha256": np.array(sha256(GEODATA / "network" / "sea_lanes.npz")),
        "place_id": np.array([place.id for place in places]),
        "place_lon": np.array([place.lon for place in places]),
        "place_lat": np.array([place.lat for place in places]),
        "node": np.array([*places.values()], np.int32),
        "closed": np.array([";".join(gates) for gates in sets]),
    }
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for number, labels in enumerate(workers.map(labels_of, sets)):
            arrays[f"count_{number}"] = np.diff(labels.start).astype(np.uint16)
            arrays[f"hub_{number}"] = labels.hubs.astype(np.uint16)
            # By bytes of equal weight, which compress better.
            arrays[f"far_{number}"] = np.ascontiguousarray(
                labels.far.view(np.uint8).reshape(-1, 8).T
            )
            closed = arrays["closed"][number] or "none"
            print(f"closed {closed}: {labels.far.size / len(places):.1f} hubs a place", flush=True)
    part = FILE.with_suffix(f".{os.getpid()}.npz")
    np.savez_compressed(part, **arrays)
    part.replace(FILE)


def main() -> None:
    """Write the file unless it is fresh; who finds another at it waits for that."""
    FILE.parent.mkdir(exist_ok=True)
    with Path(__file__).open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_fresh(FILE):
            return
        copy = shared_copy()
        if is_fresh(copy):
            copied(copy, FILE)
        else:
            write()
            with suppress(OSError):  # a folder that cannot be written to spares nobody
                copied(FILE, copy)


if __name__ == "__main__":
    main()
