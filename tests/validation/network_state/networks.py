"""Tiny networks for the certificate, made by hand."""

from __future__ import annotations

from types import MappingProxyType

from corridors.data.geodata import LandLeg
from corridors.domain.places import Terminal, TerminalKind


def place(name: str, *, lon: float = 0.0, lat: float = 0.0, services: str = "") -> Terminal:
    """Return a place; the first two letters of its name are its country."""
    return Terminal(
        id=name,
        name=name,
        city="",
        main=True,
        aliases=(),
        kind=TerminalKind.RAIL_TERMINAL,
        country=name[:2].upper(),
        lon=lon,
        lat=lat,
        unlocode="",
        services=tuple(filter(None, services.split(";"))),
        gauges_mm=(),
        source="by hand",
        status="assumption",
    )


def leg(
    start: str,
    end: str,
    *,
    km: float = 100.0,
    system: str = "1520",
    project: str = "",
    line: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.0, 0.0)),
    calibrated: bool = False,
) -> LandLeg:
    """Return a leg between two places."""
    return LandLeg(
        id=f"{start}--{end}",
        from_id=start,
        to_id=end,
        system=system,
        countries=tuple(dict.fromkeys((start[:2].upper(), end[:2].upper()))),
        gauge_mm=1520,
        length_km=km,
        published_km=km if calibrated else None,
        calibrated=calibrated,
        source="by hand",
        status="assumption",
        project=project,
        line_index=0,
        row=2,
        line=line,
    )


def places(*names: str) -> MappingProxyType[str, Terminal]:
    """Return places by name."""
    return MappingProxyType({name: place(name) for name in names})
