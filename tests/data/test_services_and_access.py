"""Services, access rules and ice as they are shipped."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from corridors.data.access import load_access, load_world_titles, load_worlds, rules_for, title_on
from corridors.data.columns import read_rows
from corridors.data.geodata import gauge_mm, load_services
from corridors.data.parameters import load_sources
from corridors.data.paths import parameters_dir
from corridors.data.sea_areas import load_ice_table
from corridors.domain.places import Effect, Family
from corridors.errors import ConfigError, GeodataError

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
        rules = rules_for(list(RULES.values()), cargo=["electronics"], ends=(ends[0], ends[1]))
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
    assert (rule.what, rule.keys, rule.effect) == ("border", ("BY-PL",), "closed")
    closed = date.fromisoformat(rule.last_day) - date.fromisoformat(rule.first_day)
    assert closed.days + 1 == 13


def test_every_rule_has_a_source_a_status_and_a_day_it_was_true() -> None:
    known = load_sources()
    for rule in RULES.values():
        assert rule.source_id in known
        assert rule.status in {"found", "computed", "copied", "recalled", "assumption"}
        assert date.fromisoformat(rule.as_of)
        assert rule.text.endswith(".")


def test_the_reference_world_shuts_nothing_of_doubtful_access() -> None:
    shut = {key for rule in RULES.values() if rule.effect == "closed" for key in rule.keys}
    # The Northwest Passage is not modelled at all; the rest are borders that were shut in fact,
    # lines that sail no more, and rivers in winter.
    not_modelled = {"gate-northwest-passage"}
    borders = {"BY-PL", "FI-RU", "HU-UA", "PL-UA", "SK-UA", "RO-UA", "RU-UA", "BY-UA"}
    borders.add("ru-novorossiysk--ua-odesa")
    # Until it opened in 2024.
    borders.add("ir-rasht--ir-anzali")
    # Goods of Ukraine alone pass neither round its borders.
    borders |= {"BY", "RU"}
    # Nor do those of India pass Pakistan, or those of Pakistan India.
    borders |= {"IN", "PK"}
    # Ports that Ukraine has closed.
    borders |= {"UAMPW", "UAERD", "UASKD", "UAKHE", "UAFEO", "UAKEH", "UASVP", "UAYAL"}
    assert shut - not_modelled == borders | LINES_THAT_STOPPED | {key for key, _, _ in SEASONS}


def barred(world: str, what: str, day: str, ends: tuple[str, str], cargo: str) -> set[str]:
    """Return the ids of the bans of a kind that close something to a cargo on a day."""
    on = date.fromisoformat(day)
    rules = rules_for(load_access(world), cargo=[cargo], ends=ends)
    shut = [rule for rule in rules if rule.law and rule.effect is Effect.CLOSED]
    return {rule.id for rule in shut if rule.what == what and rule.window.within(on, on)}


@pytest.mark.parametrize(
    ("what", "day", "ends", "cargo", "ids"),
    [
        ("trade", "2025-06-10", ("DE", "RU"), "dual-use", {"eu-ru-dual-use"}),
        ("trade", "2022-02-25", ("DE", "RU"), "dual-use", set()),
        ("trade", "2025-06-10", ("RU", "DE"), "dual-use", set()),
        ("trade", "2025-06-10", ("DE", "FR"), "dual-use", set()),
        ("trade", "2025-06-10", ("DE", "BY"), "listed-industrial", {"eu-by-listed"}),
        ("trade", "2025-06-10", ("DE", "RU"), "machinery", set()),
        ("trade", "2024-06-10", ("NL", "RU"), "food", {"ru-food-embargo"}),
        ("trade", "2024-06-10", ("CN", "RU"), "food", set()),
        ("trade", "2025-06-10", ("IT", "RU"), "luxury", {"eu-ru-luxury"}),
        ("trade", "2023-06-23", ("DE", "RU"), "electric-cars", set()),
        ("trade", "2023-06-24", ("DE", "RU"), "electric-cars", {"eu-ru-electric-cars-2023"}),
        ("trade", "2025-06-10", ("US", "IR"), "", {"us-ir-2018"}),
        ("trade", "2025-06-10", ("IR", "US"), "", {"us-ir-2018"}),
        ("trade", "2025-06-10", ("US", "US"), "", set()),
        ("transit", "2024-06-10", ("NL", "KZ"), "food", set()),
        ("transit", "2019-06-30", ("NL", "KZ"), "food", {"ru-food-transit-2014"}),
        ("transit", "2024-10-14", ("CN", "DE"), "listed-technology", set()),
        ("transit", "2024-10-15", ("CN", "DE"), "listed-technology", {"ru-westbound-listed-2024"}),
        ("transit", "2025-10-15", ("CN", "BY"), "listed-technology", set()),
        ("transit", "2024-06-30", ("DE", "KZ"), "dual-use", {"ru-eastbound-dual-use-2023"}),
        ("transit", "2023-12-18", ("DE", "CN"), "listed-industrial", set()),
        (
            *("transit", "2024-07-01", ("DE", "CN"), "listed-industrial"),
            {"by-eastbound-2024", "ru-eastbound-industrial-2023"},
        ),
    ],
)
def test_bans_hold_for_their_ends_their_cargo_and_their_days(
    what: str, day: str, ends: tuple[str, str], cargo: str, ids: set[str]
) -> None:
    for world in ("current", "2024-red-sea", "2026"):
        assert barred(world, what, day, ends, cargo) == ids
    for world in ("reference-open", "red-sea-closed", "no-russia-transit"):
        assert barred(world, what, day, ends, cargo) == set()


def test_a_ban_is_a_warning_with_its_law_in_the_reference_world() -> None:
    rule = RULES["by-eastbound-2024"]
    assert rule.effect is Effect.WARNING
    assert rule.reason.endswith(
        "if exported from the EU (EU Council; Reg. (EC) 765/2006 as amended by Reg. (EU)"
        " 2024/1865, since 2024-07-01)."
    )


def test_a_delay_falls_in_a_straight_line_from_its_first_day_to_its_last() -> None:
    rules = {rule.id: rule for rule in load_access("current")}
    suez, brest = rules["suez-2021-queue"], rules["pl-by-queue-2025"]
    hours = [suez.hours_on(date(2021, 3, day)) for day in (29, 30, 31)]
    assert hours == [0.0, 90.0, 72.0]
    assert brest.hours_on(date(2025, 9, 25)) == 360.0
    assert brest.hours_on(date(2025, 10, 5)) == 180.0
    assert brest.hours_on(date(2025, 10, 16)) == 0.0
    assert not {"suez-2021-queue", "pl-by-queue-2025", "btk-2023"} & RULES.keys()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("border,BY-PL,,,,delay,,2025-09-25,2025-10-15,assumption", "give those of a delay"),
        ("border,BY-PL,,,,closed,90>0,2025-09-25,2025-10-15,assumption", "give those of a delay"),
        ("border,BY-PL,,,,delay,90>0,2025-09-25,,", "needs its first and its last day"),
        # As Hormuz was, which the news of March let reopen.
        ("border,BY-PL,,,,closed,,2025-09-25,2027-01-01,assumption", "after its last news"),
        ("border,BY-PL,,,,closed,,2025-09-25,2026-01-01,", "belong together"),
    ],
)
def test_a_row_without_its_hours_or_its_end_is_refused(
    tmp_path: Path, row: str, fault: str
) -> None:
    shutil.copy(parameters_dir() / "worlds.csv", tmp_path)
    head = (parameters_dir() / "access.csv").read_text().splitlines()[0]
    (tmp_path / "access.csv").write_text(
        f"{head}\nx,*,{row},,,,,,Text.,,assumption,assumption,2026-11-24\n"
    )
    with pytest.raises(GeodataError, match=fault):
        load_access("current", tmp_path)


def test_what_no_source_ended_is_open_and_shows_the_day_of_its_last_news() -> None:
    rules = {rule.id: rule for rule in load_access("current")}
    hormuz, brest = rules["hormuz-closed-2026"], rules["pl-by-2025-09"]
    assert hormuz.window.within(date(2026, 11, 30), date(2026, 11, 30))
    assert hormuz.dated_reason == f"{hormuz.text} (as of 2 July 2026)"
    assert brest.dated_reason == brest.text
    # What is only assumed ends nothing.
    rows = read_rows(parameters_dir() / "access.csv")
    assert not [row["id"] for row in rows if row["end_source_id"] == "assumption"]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("ua-odesa", "odesa-attacks-2022"),
        ("ir-bandar-abbas", "ir-ports-2026"),
        ("sa-jeddah", "red-sea-ports-2023"),
    ],
)
def test_a_port_at_war_warns_in_every_world_of_today(place: str, name: str) -> None:
    for world in ("current", "reference-open"):
        rule = next(rule for rule in load_access(world) if rule.id == name)
        assert place in rule.keys
        assert (rule.effect, rule.last_day) == (Effect.WARNING, "")


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2023, 6, 1), "Carriers sail as in June 2023"),
        (date(2024, 3, 15), "Most carriers avoid the Red Sea, as in March 2024"),
        # Back for two months, and then not.
        (date(2026, 1, 20), "Carriers sail as in January 2026"),
        (date(2026, 8, 20), "Most carriers avoid the Red Sea, as in August 2026"),
        # Nothing is known of later months.
        (date(2027, 5, 1), "Most carriers avoid the Red Sea, as in September 2026"),
        (None, "Most carriers avoid the Red Sea, as in September 2026"),
    ],
)
def test_the_title_of_today_follows_the_day_of_departure(day: date | None, title: str) -> None:
    assert title_on("current", day) == title


def test_other_worlds_have_one_title_and_no_gap_in_it() -> None:
    for world, (title, _) in load_world_titles().items():
        assert title
        assert "{" not in title
        assert title_on(world, date(2030, 1, 1)) == title
    assert title_on("2024-red-sea", date(2023, 6, 1)).endswith("before the attacks in the Red Sea")
    assert title_on("of-my-own", date(2026, 1, 1)) == "of-my-own"


def test_the_world_of_2019_knows_no_rule_of_later_years() -> None:
    rules = load_access("2019")
    older = {"northwest-passage", "cy-tr", "il-lb", "il-ir", "us-ir-2018", "cn-dangerous"}
    older.add("roll-on-ships")
    older |= {"cn-electric-cars-2022", "cn-electric-cars-2023", "ua-crimea-ports-2014"}
    older |= {rule.id for rule in rules if rule.id.startswith("ru-food-")}
    # A railway that had not opened yet.
    older.add("rasht-caspian-2024")
    assert {rule.id for rule in rules if not rule.window.yearly} == older
    seasons = {key for rule in rules if rule.window.yearly for key in rule.keys}
    assert seasons == {key for key, _, _ in SEASONS}


@pytest.mark.parametrize(("key", "first", "last"), SEASONS)
def test_a_river_is_open_from_its_first_day_to_its_last_in_every_year(
    key: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    window = next(rule.window for rule in RULES.values() if rule.keys == (key,))
    for year in (2019, 2026, 2035):
        opens, closes = date(year, *first), date(year, *last)
        day = timedelta(days=1)
        assert not window.within(opens, closes)
        assert window.within(opens - day, opens - day)
        assert window.within(closes + day, closes + day)


def test_what_no_source_tells_is_said_to_be_unknown_in_2026_only() -> None:
    unknown = {key for r in load_access("2026") if r.effect == "unknown" for key in r.keys}
    assert unknown == {"gate-suez", "RU", "BY-PL", "gate-vilkitsky"}
    assert all(rule.effect != "unknown" for rule in RULES.values())


def test_border_keys_are_in_alphabetical_order() -> None:
    for rule in RULES.values():
        if rule.what == "border":
            assert all(key.split("-") == sorted(key.split("-")) for key in rule.keys)


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
