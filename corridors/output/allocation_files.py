"""The files of an allocation: JSON, CSV and GeoPackage."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

from corridors.output.allocation import Allocation
from corridors.output.as_json import as_text
from corridors.output.csv import csv_text
from corridors.output.gpkg import REAL, TEXT, fixed_date, write_layer

FLOW_COLUMNS = (
    *("pair", "month", "departure", "corridor", "route", "teu", "usd_per_teu", "days"),
    *("co2e_kg_per_teu", "origin", "destination", "countries"),
)
CAPACITY_COLUMNS = (
    *("name", "place", "place_name", "month", "used_teu", "limit_teu", "share", "usd_per_teu"),
)
NOT_UNIQUE = "what one more unit is worth; dual values are not unique"


def flow_rows(allocation: Allocation) -> list[dict[str, object]]:
    """Return the flows as plain rows, legs left out."""
    return [
        {key: _plain(value) for key, value in asdict(row).items() if key != "legs"}
        for row in allocation.rows
    ]


def marginal_rows(allocation: Allocation) -> list[dict[str, object]]:
    """Return what limits are worth as plain rows."""
    return [_record(row) for row in allocation.marginals]


def capacity_rows(allocation: Allocation) -> list[dict[str, object]]:
    """Return how full each capacity is, by month, as plain rows."""
    return [{key: _plain(getattr(use, key)) for key in CAPACITY_COLUMNS} for use in allocation.uses]


def flows_csv(allocation: Allocation) -> str:
    """Return the text of `flows.csv`."""
    return csv_text(flow_rows(allocation), FLOW_COLUMNS)


def allocation_json(allocation: Allocation) -> str:
    """Return the text of `allocation.json`."""
    return as_text(
        {
            "plan": allocation.plan.name,
            "objective": allocation.plan.objective,
            "value_usd": allocation.value_usd,
            "cost_usd": allocation.cost_usd,
            "co2e_t": allocation.co2e_t,
            "teu": allocation.teu,
            "exact": allocation.cut == 0,
            "flows": flow_rows(allocation),
            "marginal_values": {"note": NOT_UNIQUE, "rows": marginal_rows(allocation)},
            "capacities": {"note": NOT_UNIQUE, "rows": capacity_rows(allocation)},
            "spills": [_record(row) for row in allocation.spills],
            "unmet": [
                {"pair": pair, "month": month.isoformat(), "teu": teu}
                for pair, month, teu in allocation.unmet
            ],
        }
    )


def write_flows_geopackage(allocation: Allocation, path: Path) -> None:
    """Write the layers `flows` and `capacities` in EPSG:4326.

    `flows` has a line a leg with the TEU of the whole plan; `capacities` a point a capacity and
    month, of those that lie on the way of some route.
    """
    import shapely

    from corridors.output.lines import split_at_antimeridian

    path.unlink(missing_ok=True)
    loads = allocation.legs
    with fixed_date():
        write_layer(
            path,
            layer="flows",
            geometry_type="MultiLineString",
            shapes=[
                shapely.MultiLineString([*split_at_antimeridian(load.lon_lat)]) for load in loads
            ],
            columns={
                "leg": (TEXT, [load.leg for load in loads]),
                "service": (TEXT, [load.service for load in loads]),
                "from_name": (TEXT, [load.from_name for load in loads]),
                "to_name": (TEXT, [load.to_name for load in loads]),
                "teu": (REAL, [load.teu for load in loads]),
            },
        )
        uses = [use for use in allocation.uses if use.lon is not None]
        write_layer(
            path,
            layer="capacities",
            geometry_type="Point",
            shapes=[shapely.Point(use.lon, use.lat) for use in uses],
            columns={
                **{
                    key: (TEXT, [_plain(getattr(use, key)) for use in uses])
                    for key in CAPACITY_COLUMNS[:4]
                },
                **{
                    key: (REAL, [getattr(use, key) for use in uses]) for key in CAPACITY_COLUMNS[4:]
                },
            },
        )


def _record(row: object) -> dict[str, object]:
    return {key: _plain(value) for key, value in asdict(row).items()}  # type: ignore[call-overload]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
