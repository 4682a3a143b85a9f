"""Read the tracks: ways that a map of the coast does not show, as chains of nodes."""

from __future__ import annotations

import itertools

from common import BUILD, read_rows
from sea_graph import Edge, Lanes

NOT_LANES = ("ferry", "river")
"""Kinds of tracks that ships of the lanes do not sail."""
FILES = ("sea_tracks.csv", "river_tracks.csv")


def add_tracks(lanes: Lanes) -> None:
    """Add the digitised tracks; points at one position are one node."""
    by_track: dict[str, list[dict[str, str]]] = {}
    for name in FILES:
        if (BUILD / name).exists():
            for row in read_rows(BUILD / name):
                by_track.setdefault(row["track_id"], []).append(row)
    for track_id, rows in by_track.items():
        if rows[0]["kind"] in NOT_LANES:
            continue
        points = [(float(r["lon"]), float(r["lat"])) for r in rows]
        for k, (a, b) in enumerate(itertools.pairwise(points)):
            lanes.add(lanes.node(a), lanes.node(b), Edge(0.0, int(rows[k]["area"]), "", track_id))
