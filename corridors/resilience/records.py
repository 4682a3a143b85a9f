"""A stress test in plain values, for JSON, CSV and tables."""

from __future__ import annotations

from corridors.resilience.run import Stress, StressRow
from corridors.results.manifest import scenario_record
from corridors.results.records import Record, significant

COLUMNS = (
    "place",
    "name",
    "kind",
    "corridor",
    "usd_per_teu",
    "days",
    "extra_usd_per_teu",
    "extra_days",
)


def row_record(row: StressRow) -> Record:
    """Return a closure under the keys of `stress`; figures are None where nothing is left."""
    return {
        "place": row.place,
        "name": " and ".join(place.name for place in row.closed),
        "kind": " and ".join(place.kind.removesuffix("s") for place in row.closed),
        "corridor": row.corridor,
        "usd_per_teu": _figure(row.usd_per_teu),
        "days": _figure(row.days),
        "extra_usd_per_teu": _figure(row.extra_usd_per_teu),
        "extra_days": _figure(row.extra_days),
    }


def stress_record(found: Stress) -> Record:
    """Return a stress test whole: the usual way, the rows, and what severs the ends by land."""
    return {
        "scenario": scenario_record(found.scenario),
        "usual": {
            "corridor": found.corridor,
            "usd_per_teu": significant(found.usd_per_teu),
            "days": significant(found.days),
        },
        "rows": [row_record(row) for row in found.rows],
        "severed": {
            "sides": list(found.severed.sides),
            "places": found.severed.size,
            "nearest_start": dict(found.severed.nearest_start),
            "nearest_end": dict(found.severed.nearest_end),
            "text": found.severed.text,
        },
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else significant(value)
