"""An option drawn by hand: its legs, steps and cost lines from short rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from corridors.costing.passages import piracy_met
from corridors.domain.results import (
    Certificate,
    CertificateStatus,
    OptionStatus,
    RouteOption,
    RouteStep,
    StepKind,
)
from corridors.domain.values import Basis, CostLine, EnergyLine, Status

DEPARTURE = datetime(2026, 8, 20)

_Points = tuple[tuple[float, float], ...]
Leg = tuple[str, str, str, str, str, float, float, _Points]

PLACES: Mapping[str, tuple[float, float]] = {
    "cn-shanghai": (121.8, 30.6),
    "cn-xian": (109.0, 34.4),
    "gate-malacca": (103.5, 1.2),
    "gate-suez": (32.6, 29.9),
    "gate-gibraltar": (-5.6, 35.9),
    "gate-panama": (280.3, 9.0),
    "kz-dostyk": (82.5, 45.3),
    "by-brest": (23.7, 52.1),
    "pl-malaszewicze": (23.5, 52.0),
    "de-hamburg": (9.9, 53.5),
}
_WAY: Mapping[tuple[str, str], _Points] = {
    ("cn-shanghai", "gate-malacca"): ((122.5, 29.5), (119.5, 24.0), (111.0, 12.0), (105.0, 2.0)),
    ("gate-malacca", "gate-suez"): ((95.0, 6.0), (80.0, 5.5), (52.0, 12.5), (43.4, 12.6)),
    ("gate-suez", "gate-gibraltar"): ((32.3, 31.5), (24.0, 34.0), (11.0, 37.5), (0.0, 36.5)),
    ("gate-gibraltar", "de-hamburg"): ((-9.8, 38.5), (-6.0, 48.5), (1.5, 51.0), (7.5, 54.0)),
    ("cn-shanghai", "gate-panama"): ((140.0, 34.0), (179.0, 47.0), (230.0, 38.0), (262.0, 12.0)),
    ("gate-panama", "de-hamburg"): ((285.0, 18.0), (320.0, 38.0), (354.0, 49.0), (367.0, 54.0)),
    ("cn-xian", "kz-dostyk"): ((103.8, 36.0), (94.0, 42.0), (87.6, 43.8)),
    ("kz-dostyk", "by-brest"): ((73.0, 49.8), (61.0, 53.0), (49.0, 55.8), (37.6, 55.7)),
    ("cn-shanghai", "cn-xian"): ((117.3, 34.2),),
    ("pl-malaszewicze", "de-hamburg"): ((21.0, 52.2), (13.4, 52.5)),
}


def option(
    corridor: str,
    title: str,
    colour: str,
    legs: tuple[Leg, ...],
    costs: tuple[tuple[str, str, float, str, float, str], ...],
    *,
    borders: tuple[str, ...] = (),
    gauge_changes: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
) -> RouteOption:
    steps = _steps(legs)
    parts: dict[str, float] = {"export_dwell": 48.0, "schedule_wait": 84.0, "import_dwell": 48.0}
    for step in steps:
        for name, hours in step.time_parts.items():
            parts[name] = parts.get(name, 0.0) + hours
    return RouteOption(
        corridor=corridor,
        title=title,
        colour=colour,
        status=OptionStatus.USABLE,
        reason="",
        next_usable_date=None,
        steps=steps,
        cost_lines=tuple(_cost_line(cost) for cost in costs),
        energy_lines=(
            EnergyLine(
                driver="fuel.vlsfo",
                scope="sea",
                label="VLSFO",
                quantity=0.31,
                unit="t",
                co2e_wtw_kg=sum(step.km for step in steps) * 0.0444,
                co2e_ttw_kg=sum(step.km for step in steps) * 0.037,
                source_id="fueleu",
                status=Status.FOUND,
            ),
        ),
        time_parts=parts,
        passages=tuple(leg[1] for leg in legs if leg[1].startswith("gate-")),
        borders=borders,
        gauge_changes=gauge_changes,
        countries=("CN", "DE"),
        certificate=Certificate(
            status=CertificateStatus.AGREES, method="min-cost flow", cost_usd_per_teu=1.0
        ),
        warnings=warnings,
        piracy=piracy_met(steps, year=2026),
    )


def _steps(legs: tuple[Leg, ...]) -> tuple[RouteStep, ...]:
    now, steps = DEPARTURE, []
    for i, (start, end, service, gate, border, km, hours, _) in enumerate(legs):
        if i and service != legs[i - 1][2]:
            steps.append(_change(start, service, now))
            now = steps[-1].arrives
        steps.append(
            RouteStep(
                kind=StepKind.LEG,
                from_id=start,
                to_id=end,
                from_name=_name(start),
                to_name=_name(end),
                service=service,
                label="",
                km=km,
                hours=hours,
                departs=now,
                arrives=now + timedelta(hours=hours),
                time_parts={service.split("/")[0]: hours},
                leg_id=f"{start}--{end}",
                gate=gate,
                border=border,
                calibrated=service.startswith("rail") or None,
                source="searoute-1.6.0" if service.startswith("sea") else "scgraph-data-2.0.0",
                lon_lat=(PLACES[start], *_WAY.get((start, end), ()), _far_end(start, end)),
                usd_per_teu=km * 0.05,
                co2e_wtw_kg=km * 0.04,
            )
        )
        now = steps[-1].arrives
    return tuple(steps)


def _far_end(start: str, end: str) -> tuple[float, float]:
    lon, lat = PLACES[end]
    return (lon + 360.0 if start == "gate-panama" else lon, lat)


def _change(place: str, service: str, now: datetime) -> RouteStep:
    return RouteStep(
        kind=StepKind.TRANSFER,
        from_id=place,
        to_id=place,
        from_name=_name(place),
        to_name=_name(place),
        service=service,
        label=f"Change to {service}",
        km=0.0,
        hours=24.0,
        departs=now,
        arrives=now + timedelta(hours=24),
        time_parts={"transfer": 24.0},
        usd_per_teu=60.0,
    )


def _name(place: str) -> str:
    return place.split("-", 1)[1].replace("-", " ").title()


def _cost_line(cost: tuple[str, str, float, str, float, str]) -> CostLine:
    driver, label, quantity, unit, price, source = cost
    usd = quantity * price
    return CostLine(
        driver=driver,
        scope="",
        label=label,
        quantity=quantity,
        unit=unit,
        unit_price_usd=price,
        usd_per_teu=usd,
        basis=Basis.TARIFF if "toll" in label else Basis.RESOURCE,
        source_id=source,
        status=Status.ASSUMPTION if source == "assumption" else Status.FOUND,
        low=usd * 0.8,
        high=usd * 1.3,
    )
