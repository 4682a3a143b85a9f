"""A comparison drawn by hand: sea, rail, sea across 180 degrees, and one closed corridor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corridors.domain.objective import Objective
from corridors.domain.results import (
    Certificate,
    CertificateStatus,
    Decision,
    DecisionStatus,
    KnownLine,
    Listing,
    Offer,
    OptionStatus,
    RouteOption,
)
from corridors.domain.scenario import Equipment, Limits, PriceBasis, Scenario, Scope, Shipment
from corridors.domain.values import Status
from corridors.output.comparison import Comparison
from corridors.output.store import Manifest
from tests.output.drawn import DEPARTURE, option

LOOP_OFFER = Offer(
    sections=(("Shanghai to Hamburg", Listing.SCHEDULED),),
    lines=(
        KnownLine(
            operator="Ocean Alliance",
            loop="LL3 <b>",
            kind="scheduled",
            sailings=1.0,
            per="week",
            is_sum=False,
            last_seen="2023-08",
            stale=True,
            source_id="fueleu",
            status=Status.FOUND,
        ),
    ),
    sailings="1 a week",
    wait_days=3.5,
    searched=date(2026, 11, 29),
)
"""The offer of a weekly loop that was last seen long ago, with markup in its name."""
HOSTILE = "<img src=x onerror=alert(1)>\"'`${1}</script>"


def example_comparison(name: str = "Shanghai to Hamburg, electronics") -> Comparison:
    """Return the comparison; `name` is the scenario's."""
    suez, rail, panama, arctic = _suez(), _rail(), _panama(), _arctic()
    return Comparison(
        scenario=_scenario(name),
        routes=(suez, panama, rail, arctic),
        decision=Decision(
            status=DecisionStatus.OPTIMAL,
            objective=Objective.COST,
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
            cargo_classes=("electronics",),
            cargo_t_per_teu=8.0,
            value_usd_per_teu=60000.0,
            value_of_time_usd_per_teu_day=30.0,
        ),
        corridors=("suez", "panama", "kazakhstan-dostyk", "northern-sea-route"),
        services=(),
        world="reference-open",
        price_basis=PriceBasis.COST,
        scope=Scope.YARDS,
        objective=Objective.COST,
        limits=Limits(max_transit_days=40.0),
        max_wait_days=14.0,
        ice_year="mean",
        source_path="/somewhere/on/this/machine.yaml",
    )


def _suez() -> RouteOption:
    return option(
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
    return option(
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
    return option(
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
        certificate=Certificate(status=CertificateStatus.NONE, method=""),
        warnings=(),
    )
