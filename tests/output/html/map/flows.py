"""An allocation drawn by hand: Suez, a railway with a full border, and a ship over the Pacific."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from corridors.config.plan import load_plan
from corridors.domain.allocation import (
    CapacityUse,
    EndLoad,
    FlowRow,
    LegLoad,
    Marginal,
    Spill,
)
from corridors.output.allocation_result import Allocation
from tests.output.fixtures import HOSTILE

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
PLAN = """name: Two months
first_month: 2026-08
months: 2
departures: [20]
pairs:
  - {origin: Shanghai, destination: Hamburg, teu_per_month: 1000}
  - {origin: Chongqing, destination: Duisburg, teu_per_month: 100}
"""


def example_allocation(folder: Path) -> Allocation:
    """Return the allocation: in August 900 TEU by Suez, 100 over the Pacific, 100 by rail."""
    file = folder / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    plan = load_plan(file)
    return Allocation(
        plan=plan,
        rows=(
            _row("Shanghai to Hamburg", AUGUST, "suez", 900.0, 1000.0, ("s1", "s2")),
            _row("Shanghai to Hamburg", AUGUST, "panama", 100.0, 1200.0, ("p1", "p2")),
            _row("Shanghai to Hamburg", SEPTEMBER, "suez", 1000.0, 1000.0, ("s1", "s2")),
            _row("Chongqing to Duisburg", AUGUST, "kazakhstan-dostyk", 100.0, 3500.0, ("r1", "r2")),
        ),
        marginals=(
            Marginal(kind="capacity", name="border CN-KZ@kz-dostyk", month=AUGUST, used=100.0,
                     limit=100.0, unit="TEU", usd_per_unit=31.5),
            Marginal(kind="budget", name="max_usd", month=None, used=2.0, limit=2.0, unit="USD",
                     usd_per_unit=0.25),
        ),
        spills=(
            Spill(pair="Chongqing to Duisburg", month=AUGUST, teu=100.0, from_route="rail/1520",
                  extra_usd_per_teu=12.0, because=("border CN-KZ@kz-dostyk",)),
        ),
        unmet=(("Chongqing to Duisburg", SEPTEMBER, 100.0),),
        legs=(
            _leg("p1", "sea/14k", "Shanghai", "Panama", (122.0, 31.0), (180.0, 47.0), (280.0, 9.0)),
            _leg("p2", "sea/14k", "Panama", "Hamburg", (-80.0, 9.0), (-40.0, 38.0), (9.9, 53.5)),
            _leg("r1", "rail/cn-1435", "Chongqing", "Dostyk", (106.5, 29.5), (82.5, 45.3)),
            _leg("r2", "rail/1520", "Dostyk", "Duisburg", (82.5, 45.3), (37.6, 55.7), (6.8, 51.4)),
            _leg("s1", "sea/14k", "Shanghai", "Suez", (122.0, 31.0), (103.5, 1.2), (32.6, 29.9)),
            _leg("s2", "sea/14k", "Suez", "Hamburg", (32.6, 29.9), (-5.6, 35.9), (9.9, 53.5)),
        ),
        value_usd=2_370_000.0,
        rounds=2,
        routes=4,
        uses=(
            _use("border CN-KZ@kz-dostyk", "Border crossing CN-KZ", "Dostyk", AUGUST, 100.0, 31.5),
            _use("border CN-KZ@kz-dostyk", "Border crossing CN-KZ", "Dostyk", SEPTEMBER, 50.0, 0.0),
        ),
        ends=(
            EndLoad(place="cn-shanghai", name="Shanghai", lon=121.8, lat=30.6,
                    out_teu=2000.0, in_teu=0.0),
            EndLoad(place="de-hamburg", name="Hamburg", lon=9.9, lat=53.5,
                    out_teu=0.0, in_teu=2000.0),
        ),
    )  # fmt: skip


def hostile_allocation(folder: Path) -> Allocation:
    """Return the allocation with markup and quotes wherever a user's text can stand."""
    calm = example_allocation(folder)
    pairs = tuple(replace(pair, name=HOSTILE) for pair in calm.plan.pairs)
    return replace(
        calm,
        plan=replace(calm.plan, name=HOSTILE, pairs=pairs),
        rows=tuple(replace(row, pair=HOSTILE, corridor=HOSTILE) for row in calm.rows),
        marginals=tuple(replace(one, name=HOSTILE, unit=HOSTILE) for one in calm.marginals),
        spills=tuple(replace(one, pair=HOSTILE, because=(HOSTILE,)) for one in calm.spills),
        unmet=((HOSTILE, AUGUST, 1.0),),
        legs=tuple(replace(leg, from_name=HOSTILE, to_name=HOSTILE) for leg in calm.legs),
        uses=tuple(
            replace(use, name=HOSTILE, title=HOSTILE, place_name=HOSTILE) for use in calm.uses
        ),
        ends=tuple(replace(end, name=HOSTILE) for end in calm.ends),
    )


def _row(
    pair: str, month: date, corridor: str, teu: float, usd: float, legs: tuple[str, ...]
) -> FlowRow:
    origin, _, destination = pair.partition(" to ")
    return FlowRow(
        pair=pair, origin=origin, destination=destination, month=month,
        departure=month.replace(day=20), corridor=corridor, route=corridor, gates=(), borders=(),
        services=(), countries=(), teu=teu, usd_per_teu=usd, days=30.0, co2e_kg_per_teu=1000.0,
        legs=legs,
    )  # fmt: skip


def _leg(leg: str, service: str, start: str, end: str, *points: tuple[float, float]) -> LegLoad:
    return LegLoad(leg=leg, service=service, from_name=start, to_name=end, teu=1.0, lon_lat=points)


def _use(name: str, title: str, place: str, month: date, used: float, usd: float) -> CapacityUse:
    return CapacityUse(
        name=name, title=title, place="kz-dostyk", place_name=place, lon=82.5, lat=45.3,
        month=month, used_teu=used, limit_teu=100.0, usd_per_teu=usd,
    )  # fmt: skip
