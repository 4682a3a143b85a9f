"""The services: ship classes, trains, ferries, trucks."""

from __future__ import annotations

from pathlib import Path

from corridors.data.columns import read_rows
from corridors.data.paths import parameters_dir, shipped
from corridors.data.rows import value_of
from corridors.domain.places import Family, Service

BROAD_GAUGE_MM = 1520


@shipped(parameters_dir, "services.csv")
def load_services(path: Path) -> tuple[Service, ...]:
    """Return the services in the order of `services.csv`."""
    return tuple(value_of(Service, row) for row in read_rows(path))


@shipped(parameters_dir, "train_handovers.csv")
def load_handovers(path: Path) -> frozenset[frozenset[str]]:
    """Return the pairs of services that hand over trains without lifting the boxes."""
    rows = read_rows(path)
    return frozenset(frozenset((row["service"], row["other"])) for row in rows)


def is_broad(service: Service) -> bool:
    """Return whether a service runs on the broad gauge."""
    return gauge_mm(service) == BROAD_GAUGE_MM


def gauge_mm(service: Service) -> int | None:
    """Return the gauge of a rail service in mm, None for other services.

    The number at the end of a system's name is its gauge: `cn-1435`, `1520`.
    """
    if service.family is not Family.RAIL or not service.systems:
        return None
    return int(service.systems[0].rsplit("-", 1)[-1])
