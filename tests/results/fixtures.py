"""A comparison drawn by hand: sea, rail, sea across 180 degrees, and one closed corridor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from corridors.domain.results import (
    Certificate,
    Decision,
    OptionStatus,
    RouteOption,
    RouteStep,
)
from corridors.domain.scenario import Equipment, Limits, Objective, Scenario, Shipment
from corridors.domain.values import Basis, CostLine, EnergyLine, Status
from corridors.results.comparison import Comparison
from corridors.results.manifest import Manifest

HOSTILE = "<img src=x onerror=alert(1)>\"'`${1}</script>"
DEPARTURE = datetime(2026, 8, 20)

_Points = tuple[tuple[float, float], ...]
_Leg = tuple[str, str, str, str, str, float, float, _Points]

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


def example_comparison(name: str = "Shanghai to Hamburg, electronics") -> Comparison:
    """Return the comparison; `name` is the scenario's."""
    suez, rail, panama, arctic = _suez(), _rail(), _panama(), _arctic()
    return Comparison(
        scenario=_scenario(name),
        routes=(suez, panama, rail, arctic),
        decision=Decision(
            status="optimal",
            objective="cost",
            value=1030.0,
            recommended="suez",
            shares={"suez": 1.0},
        ),
        warnings=("Rates of 2024 are used for rail in China.",),
        manifest=Manifest(
            versions={"corridors": "0.1.0"},
            scenario_sha256="ab" * 32,
            geodata_sha256="cd" * 32,
            parameters_sha256="ef" * 32,
        ),
    )


def hostile_comparison() -> Comparison:
    """Return the comparison with markup and quotes wherever a user's text can stand."""
    calm = example_comparison(HOSTILE)
    first = calm.routes[0]
    steps = tuple(
        replace(step, from_name=HOSTILE, to_name=HOSTILE, label=HOSTILE, source=HOSTILE)
        for step in first.steps
    )
    lines = tuple(replace(line, label=HOSTILE, source_id=HOSTILE) for line in first.cost_lines)
    hostile = replace(
        first,
        title=HOSTILE,
        colour='red"><script>alert(2)</script>',
        steps=steps,
        cost_lines=lines,
        passages=(HOSTILE,),
        warnings=(HOSTILE,),
    )
    closed = replace(calm.routes[-1], title=HOSTILE, reason=HOSTILE)
    return replace(
        calm,
        routes=(hostile, *calm.routes[1:-1], closed),
        warnings=(HOSTILE,),
        decision=replace(calm.decision, advice=HOSTILE, binding=(HOSTILE,)),
    )


def _scenario(name: str) -> Scenario:
    return Scenario(
        name=name,
        origin="Shanghai",
        destination="Hamburg",
        departure=DEPARTURE.date(),
        shipment=Shipment(
            teu_per_month=200.0,
            equipment=Equipment.HC40,
            cargo="electronics",
            cargo_t_per_teu=8.0,
            value_usd_per_teu=60000.0,
            value_of_time_usd_per_teu_day=30.0,
        ),
        corridors=("suez", "panama", "kazakhstan-dostyk", "northern-sea-route"),
        services=(),
        world="reference-open",
        price_basis="cost",
        scope="cy-cy",
        objective=Objective.COST,
        limits=Limits(max_transit_days=40.0),
        max_wait_days=14.0,
        ice_year="mean",
        source_path="/somewhere/on/this/machine.yaml",
    )


def _suez() -> RouteOption:
    return _option(
        "suez",
        "Suez Canal",
        "#1f77b4",
        (
            ("cn-shanghai", "gate-malacca", "sea/14k", "", "", 4100.0, 138.0, ()),
            ("gate-malacca", "gate-suez", "sea/14k", "gate-malacca", "", 8000.0, 270.0, ()),
            ("gate-suez", "gate-gibraltar", "sea/14k", "gate-suez", "", 3600.0, 121.0, ()),
            ("gate-gibraltar", "de-hamburg", "sea/14k", "gate-gibraltar", "", 4400.0, 149.0, ()),
        ),
        (
            ("fuel.vlsfo", "Fuel, VLSFO", 0.62, "t", 600.0, "vlsfo-2026"),
            ("canal.suez", "Suez Canal toll", 1.0, "transit", 48.0, "sca-tariff-2025"),
            ("ship_days", "Ship, 14,000 TEU", 0.0031, "ship-day", 62000.0, "charter-2025"),
            ("thc", "Terminal handling, both ends", 2.0, "lift", 182.9, "thc-2025"),
        ),
    )


def _panama() -> RouteOption:
    return _option(
        "panama",
        "Panama Canal",
        "#2ca02c",
        (
            ("cn-shanghai", "gate-panama", "sea/14k", "", "", 15800.0, 533.0, ()),
            ("gate-panama", "de-hamburg", "sea/14k", "gate-panama", "", 9600.0, 324.0, ()),
        ),
        (
            ("fuel.vlsfo", "Fuel, VLSFO", 0.79, "t", 600.0, "vlsfo-2026"),
            ("canal.panama", "Panama Canal toll", 1.0, "transit", 71.5, "acp-tariff-2025"),
            ("thc", "Terminal handling, both ends", 2.0, "lift", 182.9, "thc-2025"),
        ),
    )


def _rail() -> RouteOption:
    return _option(
        "kazakhstan-dostyk",
        "Kazakhstan by Dostyk",
        "#d62728",
        (
            ("cn-shanghai", "cn-xian", "road", "", "", 1390.0, 30.0, ()),
            ("cn-xian", "kz-dostyk", "rail/cn-1435", "", "CN;KZ", 3300.0, 80.0, ()),
            ("kz-dostyk", "by-brest", "rail/1520", "", "", 5400.0, 160.0, ()),
            ("by-brest", "pl-malaszewicze", "rail/1520", "", "BY;PL", 8.5, 12.0, ()),
            ("pl-malaszewicze", "de-hamburg", "ferry/caspian", "", "", 1100.0, 40.0, ()),
        ),
        (
            ("rail.feu_km", "Rail, 1520 mm", 2700.0, "FEU-km", 0.66, "eti-2024"),
            ("rail.feu_km", "Rail, China", 2345.0, "FEU-km", 0.5, "cr-2024"),
            ("gauge.change", "Change of gauge at Dostyk", 1.0, "lift", 60.0, "assumption"),
        ),
        borders=("Alashankou-Dostyk", "Brest-Malaszewicze"),
        gauge_changes=("Dostyk", "Malaszewicze"),
        warnings=("Transit of Belarus: sanctions apply to some goods.",),
    )


def _arctic() -> RouteOption:
    return RouteOption(
        corridor="northern-sea-route",
        title="Northern Sea Route",
        colour="#17becf",
        status=OptionStatus.CLOSED,
        reason="Kara Sea North-East: ice refuses class Ice1 until July",
        next_usable_date=date(2027, 7, 12),
        steps=(),
        cost_lines=(),
        energy_lines=(),
        time_parts={},
        passages=(),
        borders=(),
        gauge_changes=(),
        countries=(),
        certificate=Certificate(status="none", method=""),
        warnings=(),
    )


def _option(
    corridor: str,
    title: str,
    colour: str,
    legs: tuple[_Leg, ...],
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
        certificate=Certificate(status="agrees", method="min-cost flow", cost_usd_per_teu=1.0),
        warnings=warnings,
    )


def _steps(legs: tuple[_Leg, ...]) -> tuple[RouteStep, ...]:
    now, steps = DEPARTURE, []
    for i, (start, end, service, gate, border, km, hours, _) in enumerate(legs):
        if i and service != legs[i - 1][2]:
            steps.append(_change(start, service, now))
            now = steps[-1].arrives
        steps.append(
            RouteStep(
                kind="leg",
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
        kind="transfer",
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
