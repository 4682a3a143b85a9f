"""Which lines cover a main carriage on its date."""

from __future__ import annotations

from datetime import date

import pytest

from corridors.data.geodata import load_terminals
from corridors.data.lines import Stop, load_lines
from corridors.domain.places import Family
from corridors.domain.results import Listing, Offer, Sails
from corridors.routing.who_sails import Section, chain_of, offer_on

KINDS = {"sea": Family.SEA, "rail": Family.RAIL, "ferry": Family.FERRY}


def stop(terminal: str) -> Stop:
    found = load_terminals()[terminal]
    return Stop(found.id, found.unlocode, found.country, found.lon, found.lat)


def offer(day: str, *sections: str, with_hubs: bool = False) -> Offer:
    """Return the offer of sections such as `sea cn-shanghai gate-suez nl-rotterdam`."""
    made = []
    for text in sections:
        kind, start, *passed, end = text.split()
        made.append(
            Section(
                family=KINDS[kind],
                start=stop(start),
                end=stop(end),
                ends=(start, end),
                passed=frozenset({start, *passed, end}),
                is_main=True,
            )
        )
    lines = load_lines()
    days = [date.fromisoformat(day)] * len(made)
    chain = chain_of(tuple(made), lines, 300.0)
    waits = [4.0] * len(made)
    return offer_on(chain, days, lines.searched, 18.0, waits=waits, with_hubs=with_hubs)


ARCTIC = "sea cn-shanghai gate-bering gate-long gate-vilkitsky gate-kara nl-rotterdam"
DOSTYK = "rail cn-chengdu kz-dostyk BY-PL pl-lodz"


@pytest.mark.parametrize(
    ("day", "section", "sails"),
    [
        ("2026-08-20", "sea cn-shanghai gate-good-hope nl-rotterdam", Sails.SCHEDULED),
        ("2026-08-20", "sea cn-shanghai gate-panama nl-rotterdam", Sails.NONE_KNOWN),
        ("2025-08-20", ARCTIC, Sails.CHARTERED),
        ("2025-02-10", ARCTIC, Sails.NONE_KNOWN),
        ("2026-08-20", ARCTIC, Sails.NONE_KNOWN),
        ("2025-06-10", "sea ru-kaliningrad pl-gdansk", Sails.NONE_KNOWN),
        ("2025-06-10", DOSTYK, Sails.SCHEDULED),
        # A loop that used Suez: homeward for two weeks of January 2026, to the Adriatic for long.
        ("2026-01-10", "sea nl-rotterdam gate-suez cn-shanghai", Sails.SCHEDULED),
        ("2026-01-10", "sea cn-shanghai gate-suez nl-rotterdam", Sails.NONE_KNOWN),
        ("2026-02-10", "sea nl-rotterdam gate-suez cn-shanghai", Sails.NONE_KNOWN),
        ("2025-06-10", "sea cn-shanghai gate-suez si-koper", Sails.SCHEDULED),
        ("2025-06-10", "sea cn-shanghai gate-suez nl-rotterdam", Sails.NONE_KNOWN),
        ("2025-06-10", "sea cn-shanghai gate-suez ru-st-petersburg", Sails.SCHEDULED),
        ("2025-06-10", "sea nl-rotterdam ru-st-petersburg", Sails.SCHEDULED),
    ],
)
def test_who_is_known_to_sail(day: str, section: str, sails: Sails) -> None:
    found = offer(day, section)
    assert found.sails is sails
    assert bool(found.lines) == (sails is not Sails.NONE_KNOWN)


def test_a_line_by_one_ocean_way_says_nothing_of_another() -> None:
    # A loop by Suez passes nothing that this way does not, and yet it is not this way.
    both = offer("2025-06-10", "sea cn-shanghai gate-good-hope gate-suez si-koper")
    assert both.sails is Sails.NONE_KNOWN


def test_trains_by_another_border_of_china_do_not_count() -> None:
    assert offer("2025-06-10", DOSTYK.replace("kz-dostyk", "kz-altynkol")).lines
    assert not offer("2025-06-10", DOSTYK.replace("kz-dostyk", "kz-bakhty")).lines


def test_each_part_needs_a_line_and_one_may_cover_several() -> None:
    rail = "rail cn-xian kz-altynkol kz-aktau"
    ferry, on = "ferry kz-aktau az-alat", "rail az-alat ge-poti"
    found = offer("2025-06-10", rail, ferry, on)
    assert found.sails is Sails.SCHEDULED
    assert found.sailings == "2.9 a week"
    assert any(line.loop.startswith("Block trains on by Azerbaijan") for line in found.lines)
    # From Vostochny no train to Europe has been known since 2020, though a ship sails to it.
    to_port = "sea cn-shanghai ru-vladivostok"
    assert offer("2025-06-10", to_port).sails is Sails.SCHEDULED
    gap = offer("2025-06-10", to_port, "rail ru-vladivostok BY-PL de-duisburg")
    assert gap.sails is Sails.NONE_KNOWN
    assert gap.names_of(Listing.NOT_THIS_WAY) == ("ru-vladivostok to de-duisburg",)
    assert (gap.sailings, gap.wait_days, gap.later_days) == ("", None, 0.0)


def test_ends_between_which_the_table_has_no_line_prove_nothing() -> None:
    found = offer("2025-06-10", "sea ae-jebel-ali gate-panama ro-constanta")
    assert found.sections == (("ae-jebel-ali to ro-constanta", Listing.UNLISTED),)
    # Within a region it is a feeder, which the table does not list.
    fed = offer("2025-06-10", "sea cn-shanghai gate-good-hope de-hamburg", "sea de-hamburg no-oslo")
    assert [listing for _, listing in fed.sections] == [Listing.SCHEDULED, Listing.NEAR]
    assert fed.sails is Sails.SCHEDULED
    alone = offer("2025-06-10", "sea de-hamburg no-oslo")
    assert (alone.listing, alone.sails) == (Listing.NEAR, Sails.NONE_KNOWN)
    round_africa = offer("2025-06-10", "sea tr-iskenderun gate-suez gate-good-hope hr-rijeka")
    assert round_africa.listing is not Listing.NEAR


def test_a_line_to_the_trade_of_an_end_relays_where_none_goes_direct() -> None:
    cape = "sea lk-colombo gate-good-hope si-koper"
    # A loop joined the two until March 2026; others go on to Spain, where Koper's loop calls.
    assert offer("2026-02-10", cape).sails is Sails.SCHEDULED
    after = offer("2026-09-10", cape)
    assert (after.listing, after.sails, after.lines) == (Listing.RELAYED, Sails.NONE_KNOWN, ())
    assert offer("2026-09-10", "sea si-koper gate-good-hope lk-colombo").listing is after.listing
    assert offer("2025-06-10", "sea ae-jebel-ali gate-good-hope ro-constanta").listing is (
        Listing.RELAYED
    )
    # Not by a way that no line of the trade takes, nor by one that is not direct where one is.
    assert offer("2026-09-10", cape.replace("good-hope", "panama")).listing is Listing.NOT_THIS_WAY
    suez = "sea in-mundra gate-suez nl-rotterdam"
    assert offer("2026-09-10", suez).listing is Listing.NOT_THIS_WAY
    # Of a way by which all are listed too, what is listed may go on by feeder.
    coast = "sea in-nhava-sheva gate-{} ru-kaliningrad"
    assert offer("2024-09-10", coast.format("suez")).listing is Listing.RELAYED
    assert offer("2024-09-10", coast.format("good-hope")).listing is Listing.ALL_LISTED
    # A line from China to Pevek does not go on to Murmansk.
    arctic = "sea cn-qingdao gate-bering gate-long gate-vilkitsky gate-kara ru-murmansk"
    assert offer("2026-08-20", arctic).listing is Listing.ALL_LISTED
    # A train elsewhere in the trade relays nothing.
    train = "rail cn-chengdu kz-bakhty BY-PL pl-lodz"
    assert offer("2025-06-10", train).listing is Listing.NOT_THIS_WAY


def test_a_count_of_a_trade_does_not_say_that_a_loop_calls_at_both_ends() -> None:
    cape = "sea {} gate-good-hope si-koper"
    feeder_port, named = (
        offer("2026-08-10", cape.format(port)) for port in ("vn-haiphong", "cn-shanghai")
    )
    assert (feeder_port.listing, named.listing) == (Listing.COUNTED, Listing.SCHEDULED)
    # The way is on offer all the same: boxes go by it, with a change of ship or without.
    assert feeder_port.known
    assert feeder_port.sailings.endswith("all ports")
    assert not named.sailings.endswith("all ports")
    # Trains are counted at a border, which each of them passes.
    train = offer("2025-06-10", "rail cn-lanzhou kz-altynkol BY-PL pl-warsaw")
    assert train.listing is Listing.SCHEDULED


def test_a_relay_names_the_hub_nearest_by_sea_and_its_line() -> None:
    westbound = offer("2026-09-10", "sea lk-colombo gate-good-hope si-koper", with_hubs=True)
    relays = westbound.relays
    # Genoa, where some call too, is nearer as the crow flies, and twice as far for a feeder.
    assert list(dict.fromkeys(one.hub for one in relays))[:2] == ["ITGIT", "MTMAR"]
    assert {(one.served, one.hub_first) for one in relays[:3]} == {("Colombo", False)}
    assert relays[0].feeder_km == pytest.approx(1_240, rel=0.05)
    assert [(one.hub, one.line.operator, one.line.sailings) for one in relays[:1]] == [
        ("ITGIT", "MSC", 1.0)
    ]
    # The other way round the feeder comes first, to the same hubs: these lines run both ways.
    eastbound = offer("2026-09-10", "sea si-koper gate-good-hope lk-colombo", with_hubs=True)
    assert [one.hub for one in eastbound.relays] == [one.hub for one in relays]
    assert {one.hub_first for one in eastbound.relays} == {True}
    # Feeders of the Baltic pass the canal of Kiel.
    baltic = offer("2026-09-10", "sea lk-colombo gate-good-hope pl-gdansk", with_hubs=True)
    assert (baltic.relays[0].hub, baltic.relays[0].line.stale) == ("DEHAM", False)
    assert baltic.relays[0].feeder_km == pytest.approx(790, rel=0.05)


def test_relays_run_on_the_day_and_ports_that_are_not_listed_are_not_named() -> None:
    section = "sea ae-jebel-ali gate-good-hope ro-constanta"
    lines = {(line.loop, line.operator): line for line in load_lines().lines}
    for day in ("2025-06-10", "2026-02-10"):
        relays = offer(day, section, with_hubs=True).relays
        listed = [one for one in relays if one.served and not one.line.is_sum]
        far = [one.feeder_km for one in listed if one.feeder_km is not None]
        assert far == sorted(far) != []
        for one in relays:
            line = lines[one.line.loop, one.line.operator]
            assert line.runs_on(date.fromisoformat(day))
            assert (one.feeder_km is None) == (one.hub == "")
            assert one.hub in {"", *line.one.calls.codes, *line.other.calls.codes}
    # Listed for North Europe as a whole, a line may call at Gdansk or not: others come first.
    some = offer("2026-09-10", "sea lk-colombo gate-good-hope pl-gdansk", with_hubs=True).relays
    epic = next(one for one in some if one.line.loop.startswith("EPIC 2026"))
    assert (epic.served, epic.hub, epic.hub_first) == ("", "INNSA", True)
    assert all(one.served for one in some[: some.index(epic)] if not one.line.is_sum)
    assert offer("2026-09-10", section).relays == ()


def test_where_all_that_go_a_way_are_listed_an_empty_cell_says_that_none_does() -> None:
    arctic = "sea sg-singapore gate-bering gate-long gate-kara ru-ust-luga"
    for day in ("2023-08-20", "2025-08-20", "2027-08-20"):
        assert offer(day, arctic).listing is Listing.ALL_LISTED
    # That holds for ports of any size: loops between oceans have larger ships than St Petersburg.
    for port in ("in-nhava-sheva", "lk-colombo"):
        round_africa = f"sea {port} gate-good-hope ru-st-petersburg"
        assert offer("2026-09-10", round_africa).listing is Listing.ALL_LISTED
        suez = round_africa.replace("good-hope", "suez")
        assert offer("2026-09-10", suez).sails is Sails.SCHEDULED
    # By a row of the table: not before its first day, nor for coasters, from Murmansk to Tiksi.
    assert offer("2022-08-20", arctic).listing is Listing.UNLISTED
    coaster = "sea ru-murmansk gate-zhelaniya gate-vilkitsky ru-tiksi"
    assert offer("2024-08-20", coaster).listing is Listing.NEAR


def test_that_no_line_is_reported_bars_a_part() -> None:
    barred = "sea ru-kaliningrad pl-gdansk"
    assert offer("2025-06-10", barred).listing is Listing.BARRED
    assert offer("2022-04-01", barred).listing is not Listing.BARRED


def test_sailings_are_those_of_single_lines_else_of_a_count() -> None:
    assert offer("2025-06-10", DOSTYK).sailings == "1 a week"
    whole = offer("2025-06-10", "rail cn-shanghai kz-altynkol BY-PL de-hamburg")
    assert whole.sailings == "187 a week, all cities"
    assert offer("2025-08-20", ARCTIC).sailings == "14 a season, all ports"


def test_the_interval_of_known_lines_takes_the_place_of_the_wait_that_days_hold() -> None:
    # Four days by the network: half a week by one train a week, a third of a day by 16 loops.
    dostyk = offer("2025-06-10", DOSTYK)
    assert (dostyk.wait_days, dostyk.later_days) == (3.5, -0.5)
    cape = offer("2026-08-20", "sea cn-shanghai gate-good-hope de-hamburg")
    assert cape.sailings == "16 a week"
    assert cape.later_days == pytest.approx(7 / 16 / 2 - 4.0)
    suez = offer("2026-08-20", "sea cn-shanghai gate-suez de-hamburg")
    assert suez.sailings == "1 a month"
    assert suez.later_days == pytest.approx(7 * 52 / 12 / 2 - 4.0)
    # Each run of a chain counts; a count of all trains says nothing of two cities.
    both = offer("2025-06-10", DOSTYK, "sea pl-gdansk ru-kaliningrad")
    assert both.later_days == 0.0
    assert offer("2025-06-10", "rail cn-shanghai kz-altynkol BY-PL de-hamburg").later_days == 0.0


def test_a_line_that_was_last_seen_long_ago_counts_and_is_marked() -> None:
    found = offer("2025-06-10", DOSTYK)
    assert [line.stale for line in found.lines if line.loop.startswith("Chengdu-Lodz")] == [True]
