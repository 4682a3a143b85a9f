"""The days of the main carriage, as timetables count them: the calls of its ship included."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from corridors.domain.results import OptionStatus, RouteOption, RouteStep, StepKind
from corridors.domain.values import ChainPart

DAY0 = datetime(2026, 4, 23)


def step(kind: StepKind, service: str, *, days: tuple[float, float], **more: Any) -> RouteStep:
    begins, ends = (DAY0 + timedelta(days=day) for day in days)
    return RouteStep(
        kind=kind,
        from_id="",
        to_id="",
        from_name="",
        to_name="",
        service=service,
        label="",
        km=0.0,
        hours=(days[1] - days[0]) * 24.0,
        departs=begins,
        arrives=ends,
        **more,
    )


def option(*steps: RouteStep) -> RouteOption:
    return RouteOption(
        corridor="suez", title="", colour="", status=OptionStatus.USABLE, steps=steps
    )


TRAIN = step(StepKind.LEG, "rail/cn-1435", days=(0, 1), part=ChainPart.PRE)
SHIP = step(StepKind.LEG, "sea/14k", days=(10, 34))
ON_TRAIN = step(StepKind.LEG, "rail/es-1668", days=(40, 41), part=ChainPart.ON)


def change(service: str, days: tuple[float, float], *, call_hours: float) -> RouteStep:
    parts = {"port_calls": call_hours}
    return step(StepKind.TRANSFER, service, days=days, time_parts=parts)


def test_the_calls_of_a_ship_that_a_train_meets_count_for_its_days() -> None:
    # 24 days under way, 4 of calls after the box joins, 2 before it leaves.
    found = option(
        TRAIN,
        change("sea/14k", (1, 10), call_hours=96.0),
        SHIP,
        change("rail/es-1668", (34, 40), call_hours=48.0),
        ON_TRAIN,
    )
    assert found.main_transit_days == 30.0
    assert found.transit_days == 41.0


def test_the_calls_of_a_ship_that_a_truck_meets_are_steps_and_count_once() -> None:
    loaded = step(StepKind.CALLS, "sea/14k", days=(6, 10))
    assert option(loaded, SHIP).main_transit_days == 28.0


def test_calls_between_two_ships_are_not_told_apart_and_do_not_count() -> None:
    feeder = step(StepKind.LEG, "sea/feeder", days=(38, 40), part=ChainPart.ON)
    found = option(SHIP, change("sea/feeder", (34, 38), call_hours=24.0), feeder)
    assert found.main_transit_days == 24.0


def test_a_train_that_is_the_main_carriage_takes_no_calls_of_the_feeder_that_meets_it() -> None:
    train = step(StepKind.LEG, "rail/1520", days=(0, 12))
    feeder = step(StepKind.LEG, "sea/feeder", days=(16, 18), part=ChainPart.ON)
    found = option(train, change("sea/feeder", (12, 16), call_hours=24.0), feeder)
    assert found.main_transit_days == 12.0
