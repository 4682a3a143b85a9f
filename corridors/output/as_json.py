"""`comparison.json`: the contract with whoever reads the results by program."""

from __future__ import annotations

from corridors.domain.results import Alternative, Decision, FrontPoint
from corridors.output.comparison import Comparison
from corridors.output.manifest import FORMAT, Manifest, scenario_record
from corridors.output.records import Record, as_text, option_record, significant


def comparison_record(comparison: Comparison) -> Record:
    """Return the comparison in plain values: `manifest`, `scenario`, `options`, `front`, ...

    `alternatives` stand there where they were asked for.
    """
    record: Record = {
        "manifest": _manifest_record(comparison.manifest),
        "scenario": scenario_record(comparison.scenario),
        "options": [option_record(route) for route in comparison.routes],
        "decision": _decision_record(comparison.decision),
        "front": [_front_record(point) for point in comparison.front],
        "warnings": list(comparison.warnings),
    }
    if comparison.alternatives:
        record["alternatives"] = [alternative_record(a) for a in comparison.alternatives]
    return record


def comparison_json(comparison: Comparison) -> str:
    """Return the text of `comparison.json`.

    Same input, same text: no clock time, duration or path of the machine is in it.

    Raises
    ------
    ValueError
        A figure is not a finite number, which JSON cannot hold: a fault of the program.
    """
    return as_text(comparison_record(comparison))


def _manifest_record(manifest: Manifest) -> Record:
    return {
        "format": FORMAT,
        "versions": dict(manifest.versions),
        "sha256": {
            "scenario": manifest.scenario_sha256,
            "geodata": manifest.geodata_sha256,
            "parameters": manifest.parameters_sha256,
            "own_data": dict(manifest.own_data),
        },
    }


def _front_record(point: FrontPoint) -> Record:
    return {
        "corridor": point.corridor,
        "cost_usd_per_teu": significant(point.cost_usd_per_teu),
        "transit_days": significant(point.transit_days),
        "days": significant(point.days),
        "co2e_wtw_kg_per_teu": significant(point.co2e_kg_per_teu),
        "overall": point.overall,
    }


def alternative_record(alternative: Alternative) -> Record:
    """Return a route that differs, with what it gives up against the first."""
    return {
        "corridor": alternative.corridor,
        "cost_usd_per_teu": significant(alternative.cost_usd_per_teu),
        "transit_days": significant(alternative.transit_days),
        "days": significant(alternative.days),
        "co2e_wtw_kg_per_teu": significant(alternative.co2e_kg_per_teu),
        "extra_usd_per_teu": significant(alternative.extra_usd_per_teu),
        "extra_days": significant(alternative.extra_days),
        "extra_co2e_wtw_kg_per_teu": significant(alternative.extra_co2e_kg_per_teu),
        "passes": list(alternative.passes),
        "avoids": list(alternative.avoids),
    }


def _decision_record(decision: Decision) -> Record:
    return {
        "status": decision.status,
        "objective": decision.objective,
        "value": None if decision.value is None else significant(decision.value),
        "recommended": decision.recommended,
        "shares": {key: significant(share) for key, share in decision.shares.items()},
        "marginal_values": {
            key: significant(value) for key, value in decision.marginal_values.items()
        },
        "binding": list(decision.binding),
        "advice": decision.advice,
    }
