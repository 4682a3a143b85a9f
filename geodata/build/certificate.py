"""Write `network/certificate.json`: what the shipped network is, for `make check-data`.

    python geodata/build/certificate.py [RAW]

Run it after any change of the network that is meant, then `manifest.py`. RAW holds the downloads
of `sea_network.py`: with them the km of sea legs over land (Natural Earth 10 m) are measured anew.
Without them the old measure stays where the lanes are the same.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

from common import KM_PER_NM, Land, Point, length_nm, read_land

from corridors.data.geodata import load_sea_legs, network_file
from corridors.data.own import shipped_overlay
from corridors.errors import GeodataError
from validation.network_state import (
    Baseline,
    baseline_text,
    certify,
    read_baseline,
    sea_lines,
    sea_sha256,
)
from validation.network_state.baseline import MAX_OVER_LAND_KM

# The way from a berth to the open sea lies on land where the map has no river or basin.
APPROACH_KM = 60.0


def measured(land: Land) -> dict[str, float]:
    """Return km over land of the sea legs that have too many.

    Canals lie on land and are left out, and so is the approach of a port.
    """
    known: dict[tuple[Point, Point], float] = {}

    def km(a: Point, b: Point) -> float:
        one, two = sorted(((a[0] % 360.0, a[1]), (b[0] % 360.0, b[1])))
        if (one, two) not in known:
            known[one, two] = land.km(one, two)
        return known[one, two]

    found = {}
    canals = load_sea_legs().leg_gate >= 0
    for (name, line), canal in zip(sea_lines(), canals.tolist(), strict=True):
        if canal:
            continue
        steps = [length_nm(a, b) * KM_PER_NM for a, b in pairwise(line)]
        start, end = (not place.startswith("gate-") for place in name.split("--"))
        done, ahead, total = 0.0, sum(steps), 0.0
        for (a, b), step in zip(pairwise(line), steps, strict=True):
            ahead -= step
            near = (start and done < APPROACH_KM) or (end and ahead < APPROACH_KM)
            total += 0.0 if near else km(a, b)
            done += step
        if total > MAX_OVER_LAND_KM:
            found[name] = round(total, 1)
    return found


def kept() -> dict[str, float] | None:
    """Return the measure of the certificate that is there, None where it is not of these lanes."""
    try:
        before = read_baseline()
    except GeodataError:
        return None
    return dict(before.over_land or {}) if before.lanes_sha256 == sea_sha256() else None


def main() -> None:
    """Measure, certify and write."""
    over_land = measured(read_land(Path(sys.argv[1]))) if len(sys.argv) > 1 else kept()
    sha256 = "" if over_land is None else sea_sha256()
    sea = Baseline(findings={}, over_land=over_land, lanes_sha256=sha256)
    findings = certify(shipped_overlay(), sea)
    path = network_file("certificate.json")
    path.write_text(baseline_text(findings, over_land), encoding="utf-8", newline="\n")
    if over_land is None:
        print("sea legs over land: not measured; give the folder of the downloads")
    print(f"{path.name}: {len(findings)} findings. Now: python geodata/build/manifest.py")


if __name__ == "__main__":
    main()
