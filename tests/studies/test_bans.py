"""Who may ship, and what happened: bans by cargo and delays by day on whole questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.domain.results import OptionStatus, RouteOption
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare, compare_in_both_worlds
from corridors.studies.session import Session

SESSION = Session()


def asked(folder: Path, ends: str, day: str, *changes: str, both: bool = False) -> Comparison:
    origin, destination = ends.split(" - ")
    file = folder / "s.yaml"
    file.write_text(
        f"origin: {origin}\ndestination: {destination}\ndeparture: {day}\n"
        "shipment: {teu_per_month: 10}\ncorridors: [suez, cape, kazakhstan-dostyk]\n"
    )
    scenario = load_scenario(file, set_values=changes)
    if both:
        return compare_in_both_worlds(scenario, session=SESSION, fronts=False)
    return compare(scenario, session=SESSION, figures_only=True)


def of(comparison: Comparison, corridor: str) -> RouteOption:
    return next(option for option in comparison.routes if option.corridor == corridor)


@pytest.mark.long
def test_dual_use_goods_are_not_shipped_to_moscow_by_any_way(tmp_path: Path) -> None:
    found = asked(tmp_path, "Hamburg - Moscow", "2025-06-10", "shipment.cargo=dual-use", both=True)
    assert {option.status for option in found.routes} == {OptionStatus.CLOSED}
    assert found.decision.recommended is None
    assert "art. 2, since 2022-02-26" in found.routes[0].reason
    # What no ban allows is not recommended in the other world either.
    assert found.other_world is None
    opened = asked(
        *(tmp_path, "Hamburg - Moscow", "2025-06-10", "corridors=[suez, cape, other]"),
        *("shipment.cargo=dual-use", "world=reference-open"),
    )
    best = of(opened, "other")
    assert best.usable
    assert any("art. 2, since 2022-02-26" in text for text in best.warnings)


def test_a_ban_of_all_goods_is_not_recommended_in_the_other_world(tmp_path: Path) -> None:
    found = asked(tmp_path, "New York - Tehran", "2025-03-10", "corridors=[suez]", both=True)
    assert "31 CFR 560" in found.routes[0].reason
    assert found.other_world is None


def test_machinery_goes_to_minsk_with_a_warning_and_listed_machinery_does_not(
    tmp_path: Path,
) -> None:
    given = (tmp_path, "Munich - Minsk", "2025-06-10", "corridors=[other]")
    found = of(asked(*given, "shipment.cargo=machinery"), "other")
    assert found.usable
    assert any("Check each customs code" in text for text in found.warnings)
    listed = asked(*given, "shipment.cargo_classes=[machinery, listed-industrial]")
    assert not any(option.usable for option in listed.routes)


@pytest.mark.long
def test_belarus_bars_transit_of_listed_goods_from_its_day_on(tmp_path: Path) -> None:
    given = ("corridors=[kazakhstan-dostyk]", "shipment.cargo_classes=[listed-industrial]")
    for day, usable in (("2023-11-01", True), ("2024-08-01", False)):
        found = of(asked(tmp_path, "Warsaw - Xi'an", day, *given), "kazakhstan-dostyk")
        assert found.usable is usable, found.reason
    # Westbound the Russian list holds, and only since October 2024.
    back = of(asked(tmp_path, "Xi'an - Warsaw", "2024-08-01", *given), "kazakhstan-dostyk")
    assert back.usable, back.reason


@pytest.mark.long
@pytest.mark.parametrize(
    ("ends", "day", "corridor", "least", "most"),
    [
        # The box that leaves on the 15th meets the border on the 27th.
        ("Chongqing - Duisburg", "2025-09-15", "kazakhstan-dostyk", 200.0, 345.0),
        ("Chongqing - Duisburg", "2025-09-28", "kazakhstan-dostyk", 30.0, 130.0),
        ("Chongqing - Duisburg", "2025-10-20", "kazakhstan-dostyk", 0.0, 0.0),
        ("Shanghai - Rotterdam", "2021-03-01", "suez", 100.0, 153.0),
        pytest.param(
            *("Shanghai - Rotterdam", "2021-03-24", "suez", 0.0, 0.0), marks=pytest.mark.long
        ),
    ],
)
def test_a_queue_adds_the_hours_of_its_day(
    tmp_path: Path, ends: str, day: str, corridor: str, least: float, most: float
) -> None:
    only = f"corridors=[{corridor}]"
    found = of(asked(tmp_path, ends, day, only), corridor)
    opened = of(asked(tmp_path, ends, day, only, "world=reference-open"), corridor)
    queued = found.time_parts.get("queue", 0.0)
    assert least <= queued <= most
    assert "queue" not in opened.time_parts
    assert sum(found.time_parts.values()) == pytest.approx((found.days or 0.0) * 24.0, abs=0.02)
    if queued:
        assert any(f"{queued:,.0f} h more" in text for text in found.warnings)
        assert (found.transit_days or 0.0) > (opened.transit_days or 0.0)


@pytest.mark.long
def test_a_route_with_a_queue_is_certified_on_the_expanded_network(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        "origin: Shanghai\ndestination: Rotterdam\ndeparture: 2021-03-01\n"
        "shipment: {teu_per_month: 10}\ncorridors: [suez]\n"
    )
    (found,) = compare(load_scenario(file), session=SESSION, certify=True, fronts=False).routes
    assert found.certificate is not None
    assert found.certificate.status.value == "agrees"


def test_baku_istanbul_goes_round_the_railway_that_was_shut(tmp_path: Path) -> None:
    only = "corridors=[middle-corridor-btk]"
    shut = of(asked(tmp_path, "Baku - Istanbul", "2023-08-10", only), "middle-corridor-btk")
    assert shut.status is OptionStatus.CLOSED
    assert "shut for works" in shut.reason
    assert shut.next_usable_date is not None
    assert shut.next_usable_date >= date(2024, 5, 1)


@pytest.mark.long
@pytest.mark.parametrize("limit", ["avoid={countries: [RU]}", "max_share_country={RU: 0.3}"])
def test_the_northern_sea_route_counts_as_russia(tmp_path: Path, limit: str) -> None:
    found = asked(
        *(tmp_path, "Shanghai - Hamburg", "2025-08-20", "corridors=[cape, northern-sea-route]"),
        *("world=reference-open", f"limits.{limit}"),
    )
    arctic = of(found, "northern-sea-route")
    if "avoid" in limit:
        assert (arctic.status, arctic.reason) == ("closed", "Russia is avoided by the scenario")
    else:
        assert [one.limit for one in arctic.exceeds] == ["max_share_country.RU"]
    assert found.decision.recommended == "cape"


@pytest.mark.long
def test_ships_from_a_port_of_russia_do_not_avoid_its_waters(tmp_path: Path) -> None:
    found = asked(
        *(tmp_path, "Shanghai - Murmansk", "2025-08-20", "corridors=[northern-sea-route]"),
        *("world=reference-open", "limits.avoid={countries: [RU]}"),
    )
    assert of(found, "northern-sea-route").usable
