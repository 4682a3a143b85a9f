"""Drayage from and to the door."""

from __future__ import annotations

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.network.locate import locate
from corridors.network.rules.calendar import end_countries
from corridors.output.comparison import emission_rows
from corridors.output.contract import option_record
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

CORRIDORS = "corridors=[suez, kazakhstan-dostyk]"


def asked(*values: str) -> Scenario:
    return load_scenario("shanghai-europe", set_values=[CORRIDORS, *values])


def by_id(scenario: Scenario) -> dict[str, RouteOption]:
    return {option.corridor: option for option in compare(scenario).routes}


def test_a_door_adds_the_same_drayage_to_every_corridor_and_no_transit() -> None:
    # Without trucks between terminals, which could take the box on from the door.
    yards = ("origin=cn-shanghai", "destination=de-hamburg", "services=[sea, rail, ferry]")
    yard = by_id(asked(*yards))
    # Whole minutes at 582 km a day, so that no step of the yard begins within a minute.
    door = by_id(asked(*yards, "scope=door", "door.origin_km=97", "door.destination_km=58.2"))
    more = []
    for name, option in door.items():
        before = yard[name]
        assert option.transit_days == pytest.approx(before.transit_days)
        assert option.km("road") == pytest.approx(155.2)
        assert before.km("road") == 0.0
        assert (option.days or 0.0) > (before.days or 0.0)
        assert option.co2e_wtw_kg_per_teu > before.co2e_wtw_kg_per_teu  # type: ignore[operator]
        assert option_record(option)["road_km"] == 155.2
        more.append((option.cost_usd_per_teu or 0.0) - (before.cost_usd_per_teu or 0.0))
    assert max(more) - min(more) < 0.02
    assert 150.0 < more[0] < 900.0


def test_the_first_and_the_last_step_are_by_road_and_are_elements_of_the_chain() -> None:
    comparison = compare(asked("scope=door", "door.origin=120.62,31.30", "objective=cost"))
    for option in comparison.routes:
        first, last = option.steps[0], option.steps[-1]
        assert (first.service, first.kind, last.service, last.kind) == ("road", "leg") * 2
        # Suzhou to the port of Shanghai, or to the rail yard in the south of the city.
        assert 95.0 < first.km < 130.0
        assert "circuity" in first.source
        for one, two in zip(option.steps, option.steps[1:], strict=False):
            assert abs((two.departs - one.arrives).total_seconds()) <= 120.0
    by_road = [row for row in emission_rows(comparison) if row["service"] == "road"]
    assert len(by_road) == 2 * len(comparison.routes)
    assert comparison.decision.value == pytest.approx(
        min(option.cost_usd_per_teu or 0.0 for option in comparison.routes), abs=0.2
    )


def test_a_door_without_its_scope_and_one_at_a_point_are_faults() -> None:
    with pytest.raises(ConfigError, match="door counts under scope: door only"):
        asked("door.origin_km=20")
    with pytest.raises(
        ConfigError, match=r"door\.origin: .* is treated as the door: leave this out"
    ):
        compare(asked("origin=121.4,31.2", "scope=door", "door.origin_km=20"))


def test_a_point_pays_what_a_door_there_pays_under_every_corridor() -> None:
    # Suzhou, 80 km from Shanghai: drayage to Shanghai, from there the same routes.
    point = by_id(asked("origin=120.62,31.30"))
    door = by_id(asked("scope=door", "door.origin=120.62,31.30", "door.destination_km=0.1"))
    yard = by_id(asked())
    for name, option in point.items():
        first = option.steps[0]
        assert (first.service, first.from_id) == ("road", "120.6200,31.3000")
        assert option.departure is not None
        assert option.departure.date() == yard[name].departure.date()  # type: ignore[union-attr]
        assert option.certificate.status == "agrees"
        at_shanghai = first.to_id == "cn-shanghai"
        if at_shanghai:
            drayage = door[name].steps[0]
            assert first.usd_per_teu == pytest.approx(drayage.usd_per_teu)
            assert first.time_parts == pytest.approx(drayage.time_parts)
    assert point["suez"].steps[0].to_id in {"cn-shanghai", "cn-ningbo"}


def test_a_point_counts_as_of_the_country_of_the_city_nearest_to_it() -> None:
    points = ("8.68,50.11", "104.5,31.5", "86.1,41.7", "-30.0,40.0")
    assert [locate(text).country for text in points] == ["DE", "CN", "CN", ""]


def test_a_point_may_unload_at_any_terminal_near_it() -> None:
    (option,) = compare(
        load_scenario(
            "chongqing-duisburg",
            set_values=["destination=8.68,50.11", "corridors=[kazakhstan-dostyk]"],
        )
    ).routes
    last = option.steps[-1]
    assert (last.service, last.to_id) == ("road", "8.6800,50.1100")
    assert "BY-PL" in option.borders


def test_a_point_far_from_all_has_the_countries_of_its_drayage_terminals() -> None:
    # In the Gurbantunggut desert, over 100 km from any city of the table: it has no country.
    assert locate("88.9,45.3").country == ""
    question = Session().pose(
        asked("origin=88.9,45.3", "overrides.road.access_radius_km=400"),
        load_corridors(["kazakhstan-dostyk"]),
    )
    assert end_countries(question.bundle.topology) == ("CN", "DE")
