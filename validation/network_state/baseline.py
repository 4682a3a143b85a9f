"""The committed certificate: findings of the shipped network, and sea legs drawn over land."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from corridors.checks import LISTED, MAX_BYTES
from corridors.data.geodata import network_file
from corridors.data.paths import data_root
from corridors.errors import GeodataError
from validation.network_state.findings import BaselineEntry, Finding, Worse

NAME = "certificate.json"
RENEW = "python geodata/build/certificate.py, then python geodata/build/manifest.py"
MAX_OVER_LAND_KM = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Entries of findings by key, and km over land of sea legs that cross more than 5 km of it.

    The coastline for this measure is not shipped. The build makes it and keeps the SHA-256 of the
    lanes; `over_land` is None if it did not.
    """

    findings: Mapping[str, BaselineEntry]
    over_land: Mapping[str, float] | None = None
    lanes_sha256: str = ""


def read_baseline() -> Baseline:
    """Return the committed certificate.

    Raises
    ------
    GeodataError
        The certificate is missing or invalid.
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
        msg = f"{NAME}: {error.strerror}: make it with {RENEW}"
        raise GeodataError(msg) from error
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{NAME}: not a certificate of a network: renew it with {RENEW}"
        raise GeodataError(msg) from error


def baseline_text(findings: Collection[Finding], over_land: Mapping[str, float] | None) -> str:
    """Return the text of a certificate.

    Parameters
    ----------
    findings
        Findings of the shipped network.
    over_land
        Km over land of the sea legs that cross more than `MAX_OVER_LAND_KM` of it, by id; None if
        not measured.
    """
    sea = None
    if over_land is not None:
        sea = {"sea_legs_sha256": sea_sha256(), "km": dict(sorted(over_land.items()))}
    kept = {f.key: f.baseline_entry for f in findings if f.worse is not Worse.NEVER}
    record = {"findings": dict(sorted(kept.items())), "sea_legs_over_land": sea}
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def sea_sha256() -> str:
    """Return the SHA-256 of the arrays of sea lanes and sea legs."""
    digest = hashlib.sha256()
    for name in ("sea_lanes.npz", "sea_legs.npz"):
        digest.update(network_file(name).read_bytes())
    return digest.hexdigest()


def land_share_finding(baseline: Baseline) -> Finding:
    """Return the number of sea legs that cross more than 5 km of land, as measured by the build.

    If the lanes have changed since, the finding says so and has no figure.
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
    """Return the size of the shipped data, with its limit; what is derived from it is apart."""
    files = (path for name in LISTED for path in (data_root() / name).iterdir() if path.is_file())
    return Finding(
        part="data",
        what="shipped",
        value=sum(path.stat().st_size for path in files) / 1e6,
        unit="MB",
        worse=Worse.NEVER,
        limit=MAX_BYTES / 1e6,
    )
