"""Services, access rules and ice as they are shipped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from corridors.data.access import load_access, load_worlds, rules_for
from corridors.data.ice import load_ice_table
from corridors.data.parameters import load_sources
from corridors.data.services import gauge_mm, load_services
from corridors.domain.places import Family, Heading
from corridors.errors import ConfigError

SERVICES = {service.id: service for service in load_services()}
# Legs of rivers, with the first and the last day on which one may leave.
SEASONS = [
    ("ru-lena--ru-yakutsk", (5, 17), (10, 10)),
    ("ru-nizhny-bestyakh--ru-yakutsk", (5, 25), (10, 16)),
    ("ru-yakutsk--ru-tiksi", (7, 10), (9, 23)),
    ("ru-krasnoyarsk--ru-dudinka", (6, 9), (10, 9)),
]
LINES_THAT_STOPPED = {
    *("ru-baltiysk--de-mukran", "ru-ust-luga--de-mukran"),
    *("ru-kaliningrad--de-rostock", "ru-kaliningrad--de-hamburg"),
}
RULES = {rule.id: rule for rule in load_access("reference-open")}


@pytest.mark.parametrize("border", ["hu", "pl", "sk", "ro"])
def test_ukraine_is_closed_to_transit_and_not_to_its_own_boxes(border: str) -> None:
    def held(*ends: str) -> set[str]:
        rules = rules_for(
            list(RULES.values()), direction=Heading.WEST, cargo="electronics", ends=ends
        )
        return {rule.id for rule in rules}

    assert f"ua-{border}-2022" in held("CN", "HU")
    assert f"ua-{border}-2022" not in held("CN", "UA")
    assert "ua-ru-2022" in held("CN", "UA")


def test_the_id_of_a_service_starts_with_its_family() -> None:
    assert all(name.split("/")[0] == service.family.value for name, service in SERVICES.items())


def test_the_default_fleet_is_one_ship_of_each_trade() -> None:
    ships = [service for name, service in SERVICES.items() if name.startswith("sea/")]
    sailing = {service.id for service in ships if service.default}
    assert sailing == {"sea/14k", "sea/arctic-5k-ice1", "sea/feeder"}
    # Express trains run in the corridor that reserves them.
    kept = {name for name, s in SERVICES.items() if s not in ships and not s.default}
    assert kept == {"rail/express-cn", "rail/express-1520", "rail/express-eu"}


def test_ships_come_from_1k_to_24k_teu_and_in_every_ice_class() -> None:
    classes = {service.ice_class for name, service in SERVICES.items() if name[:4] == "sea/"}
    assert classes == {"none", "Ice1", "Ice2", "Ice3", "Arc4", "Arc5", "Arc7"}
    assert {"sea/2k", "sea/4k", "sea/8k", "sea/10k", "sea/15k", "sea/18k", "sea/24k"} <= set(
        SERVICES
    )


def test_gauges_are_read_from_the_systems() -> None:
    gauges = {name: gauge_mm(service) for name, service in SERVICES.items()}
    assert gauges["rail/tsr-1520"] == gauges["rail/mn-1520"] == 1520
    assert gauges["rail/cn-1435"] == gauges["rail/eu-1435"] == 1435
    assert gauges["sea/14k"] is None


def test_only_ships_have_dimensions_and_an_ice_class() -> None:
    for service in SERVICES.values():
        at_sea = service.family is Family.SEA
        assert (service.draft_m is not None) == at_sea
        assert bool(service.ice_class) == at_sea


def test_the_14k_ship_fits_panama_and_the_20k_ship_does_not() -> None:
    for name, fits in (("sea/14k", True), ("sea/20k", False)):
        ship = SERVICES[name]
        assert ship.draft_m is not None
        assert ship.beam_m is not None
        assert ship.loa_m is not None
        small = ship.draft_m <= 15.24 and ship.beam_m <= 51.25 and ship.loa_m <= 370.33
        assert small is fits


def test_poland_and_belarus_were_closed_for_thirteen_days() -> None:
    rule = RULES["pl-by-2025-09"]
    assert (rule.what, rule.key, rule.effect) == ("border", "BY-PL", "closed")
    closed = date.fromisoformat(rule.last_day) - date.fromisoformat(rule.first_day)
    assert closed.days + 1 == 13


def test_every_rule_has_a_source_a_status_and_a_day_it_was_true() -> None:
    known = load_sources()
    for rule in RULES.values():
        assert rule.source_id in known
        assert rule.status in {"found", "computed", "recalled", "assumption"}
        assert date.fromisoformat(rule.as_of)
        assert rule.text.endswith(".")


def test_the_reference_world_shuts_nothing_of_doubtful_access() -> None:
    general = rules_for(tuple(RULES.values()), direction=Heading.WEST, cargo="general")
    shut = {rule.key for rule in general if rule.effect == "closed"}
    # The Northwest Passage is not modelled at all; the rest are borders that were shut in fact,
    # lines that sail no more, and rivers in winter.
    not_modelled = {"gate-northwest-passage"}
    borders = {"BY-PL", "FI-RU", "HU-UA", "PL-UA", "SK-UA", "RO-UA", "RU-UA", "BY-UA"}
    borders.add("ru-novorossiysk--ua-odesa")
    borders |= {"CY-TR", "IL-IR", "IL-LB", "IL-TR", "IN-PK", "RU-UA"}  # trade
    assert shut - not_modelled == borders | LINES_THAT_STOPPED | {key for key, _, _ in SEASONS}


def test_dual_use_goods_may_not_transit_russia_and_general_cargo_may() -> None:
    def shut(direction: str, cargo: str) -> set[str]:
        rules = rules_for(tuple(RULES.values()), direction=Heading(direction), cargo=cargo)
        return {r.id for r in rules if r.effect == "closed" and r.what == "transit"}

    assert shut("west", "dual-use") == {"ru-westbound-dual-use-2024"}
    assert shut("east", "dual-use") == {"ru-eastbound-dual-use-2023"}
    assert shut("west", "general") == shut("east", "general") == set()


def test_the_world_of_2019_knows_no_rule_of_later_years() -> None:
    rules = load_access("2019")
    older = {"northwest-passage", "cy-tr", "il-lb", "il-ir"}
    assert {rule.id for rule in rules if not rule.window.yearly} == older
    assert {rule.key for rule in rules if rule.window.yearly} == {key for key, _, _ in SEASONS}


@pytest.mark.parametrize(("key", "first", "last"), SEASONS)
def test_a_river_is_open_from_its_first_day_to_its_last_in_every_year(
    key: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    window = next(rule.window for rule in RULES.values() if rule.key == key)
    for year in (2019, 2026, 2035):
        opens, closes = date(year, *first), date(year, *last)
        day = timedelta(days=1)
        assert not window.within(opens, closes)
        assert window.within(opens - day, opens - day)
        assert window.within(closes + day, closes + day)


def test_what_no_source_tells_is_said_to_be_unknown_in_2026_only() -> None:
    unknown = {r.key for r in load_access("2026") if r.effect == "unknown"}
    assert unknown == {"gate-suez", "RU", "BY-PL", "gate-vilkitsky"}
    assert all(rule.effect != "unknown" for rule in RULES.values())


def test_border_keys_are_in_alphabetical_order() -> None:
    for rule in RULES.values():
        if rule.what == "border":
            assert rule.key.split("-") == sorted(rule.key.split("-"))


def test_an_unknown_world_proposes_the_near_one() -> None:
    assert "reference-open" in load_worlds()
    with pytest.raises(ConfigError) as caught:
        load_access("reference-opne")
    assert str(caught.value) == (
        "world: unknown world 'reference-opne', did you mean 'reference-open'?"
    )


def test_ice_covers_seven_areas_and_twelve_months() -> None:
    ice = load_ice_table()
    for area in range(1, 8):
        months = ice.monthly_tenths(area)
        assert len(months) == 12
        assert months[8] < months[6] < months[2]
        assert ice.monthly_tenths(area, "best")[8] <= ice.monthly_tenths(area, "worst")[8]
