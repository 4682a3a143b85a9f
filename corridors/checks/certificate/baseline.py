"""The committed certificate: what the shipped network was, and how much sea is drawn over land."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from corridors.checks.certificate.findings import Finding, Kept, Worse
from corridors.checks.geodata import MAX_BYTES, SHIPPED
from corridors.data.geodata import network_file
from corridors.data.paths import data_root
from corridors.errors import GeodataError

NAME = "certificate.json"
RENEW = "python geodata/build/certificate.py, then python geodata/build/manifest.py"
MAX_OVER_LAND_KM = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What findings were by key; by id, km of the sea legs over land by more than 5 km.

    Land in the detail that this asks for is not shipped, so that the build measures it, and keeps
    the SHA-256 of the lanes it measured; `over_land` is None where it did not.
    """

    findings: Mapping[str, Kept]
    over_land: Mapping[str, float] | None = None
    lanes_sha256: str = ""


def read_baseline() -> Baseline:
    """Return the committed certificate.

    Raises
    ------
    GeodataError
        It is missing or no certificate.
    """
    path = network_file(NAME)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        sea = record["sea_legs_over_land"]
        return Baseline(
            findings=record["findings"],
            over_land=sea["km"] if sea else None,
            lanes_sha256=sea["sea_legs_sha256"] if sea else "",
        )
    except OSError as error:
        msg = f"{NAME}: {error.strerror}: make it by {RENEW}"
        raise GeodataError(msg) from error
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{NAME}: no certificate of a network: make it anew by {RENEW}"
        raise GeodataError(msg) from error


def baseline_text(findings: Collection[Finding], over_land: Mapping[str, float] | None) -> str:
    """Return the text of a certificate: same findings, same text.

    Parameters
    ----------
    findings
        Of the shipped network.
    over_land
        Km of the sea legs over land by more than `MAX_OVER_LAND_KM`, by id; None where it was
        not measured.
    """
    sea = None
    if over_land is not None:
        sea = {"sea_legs_sha256": sea_sha256(), "km": dict(sorted(over_land.items()))}
    kept = {f.key: f.kept for f in findings if f.worse is not Worse.NEVER}
    record = {"findings": dict(sorted(kept.items())), "sea_legs_over_land": sea}
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def sea_sha256() -> str:
    """Return the SHA-256 of the arrays that sea legs are drawn from."""
    digest = hashlib.sha256()
    for name in ("sea_lanes.npz", "sea_legs.npz"):
        digest.update(network_file(name).read_bytes())
    return digest.hexdigest()


def land_share_finding(baseline: Baseline) -> Finding:
    """Return how many sea legs cross land by more than 5 km, as the build measured it.

    Where the lanes are others than those it measured, that is told instead of a figure.
    """
    what = f"sea legs over land by more than {MAX_OVER_LAND_KM:g} km, approaches of ports left out"
    km = baseline.over_land
    if km is None or baseline.lanes_sha256 != sea_sha256():
        note = "not measured for these lanes: give certificate.py its downloads"
        return Finding(
            part="lines", what=what, value=0, unit="legs", worse=Worse.NEVER, shown=(note,)
        )
    over = sorted(km, key=lambda leg: (-km[leg], leg))
    return Finding(
        part="lines",
        what=what,
        value=len(over),
        unit="legs",
        worse=Worse.NEW,
        names=tuple(over),
        shown=tuple(f"{leg} ({km[leg]:,.1f} km)" for leg in over),
    )


def shipped_bytes() -> Finding:
    """Return how much data is shipped, and the most that may be."""
    files = (path for name in SHIPPED for path in (data_root() / name).iterdir() if path.is_file())
    return Finding(
        part="data",
        what="shipped",
        value=sum(path.stat().st_size for path in files) / 1e6,
        unit="MB",
        worse=Worse.NEVER,
        limit=MAX_BYTES / 1e6,
    )
