"""The certificate of a network: measures of its connectivity and quality against a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corridors.data.columns import read_rows
from corridors.data.geodata import (
    load_gates,
    load_sea_lanes,
    load_sea_legs,
    network_file,
)
from corridors.data.own import Overlay, source_at
from corridors.data.own.combine import overlay_of
from corridors.data.parameters import load_parameters
from corridors.network.sea.sea_ways import shipped_line
from validation.network_state.baseline import (
    Baseline,
    baseline_text,
    land_share_finding,
    read_baseline,
    sea_sha256,
    shipped_bytes,
)
from validation.network_state.capacity_findings import capacity_findings
from validation.network_state.findings import Finding, Worse, regressions
from validation.network_state.land_findings import land_findings
from validation.network_state.line_findings import line_findings
from validation.network_state.routes import corridor_legs
from validation.network_state.sea_findings import Seas, sea_findings

__all__ = [
    "Baseline",
    "Finding",
    "Worse",
    "baseline_text",
    "certify",
    "network_of",
    "read_baseline",
    "regressions",
    "sea_lines",
    "sea_sha256",
]


def network_of(files: Sequence[Path]) -> Overlay:
    """Return the shipped network with own data, if any.

    Raises
    ------
    ConfigError
        The own data have faults or contradict each other.
    """
    return overlay_of([source_at(file, shown=str(file)) for file in files])


def sea_lines() -> list[tuple[str, tuple[tuple[float, float], ...]]]:
    """Return the shipped sea legs with their drawn lines, longitudes unwrapped."""
    legs, lanes = load_sea_legs(), load_sea_lanes()
    ends = zip(legs.leg_from.tolist(), legs.leg_to.tolist(), strict=True)
    ids = (f"{legs.point_ids[a]}--{legs.point_ids[b]}" for a, b in ends)
    return [(name, shipped_line(row, lanes)) for row, name in enumerate(ids)]


def certify(overlay: Overlay, baseline: Baseline) -> tuple[Finding, ...]:
    """Return all findings of a land network with the shipped sea lanes.

    Parameters
    ----------
    overlay
        Terminals and legs on land.
    baseline
        Supplies the measure of sea legs over land, if it was made with these lanes.

    Raises
    ------
    CorridorsError
        A shipped file is missing, or a corridor or scenario has faults.
    """
    seas = Seas(gates=load_gates(), legs=load_sea_legs(), lanes=load_sea_lanes())
    on_corridors, lost = corridor_legs(overlay)
    return (
        *land_findings(overlay.terminals, overlay.legs),
        *sea_findings(overlay.terminals, overlay.legs, seas),
        lost,
        *line_findings(
            overlay.terminals,
            overlay.legs,
            on_corridors=on_corridors,
            sea_lines=sea_lines(),
            graph_km=_graph_km(overlay),
        ),
        *capacity_findings(
            overlay.terminals,
            overlay.legs,
            seas.gates,
            {(row.parameter, row.scope) for row in load_parameters().rows},
        ),
        land_share_finding(baseline),
        shipped_bytes(),
    )


def _graph_km(overlay: Overlay) -> dict[str, float]:
    """Return km of the track from which each shipped rail leg was made."""
    rows = read_rows(network_file("rail_legs.csv"))
    shipped = {leg.id for leg in overlay.legs if not leg.line}
    return {row["id"]: float(row["graph_km"]) for row in rows if row["id"] in shipped}
