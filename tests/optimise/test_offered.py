"""Which routes may be recommended where only known lines are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corridors.config import load_scenario
from corridors.data.parameters import load_parameters
from corridors.domain.results import Candidate, Listing, Offer
from corridors.optimise.offered import Offered, offered

CURRENT = replace(load_scenario("shanghai-europe"), world="current", departure=date(2025, 6, 1))


def listed(*listings: Listing) -> Offer:
    return Offer(
        sections=tuple(("Shanghai to Rotterdam", listing) for listing in listings),
        lines=(),
        sailings="",
        wait_days=None,
        later_days=0.0,
        searched=date(2026, 11, 29),
    )


KNOWN = listed(Listing.NEAR, Listing.SCHEDULED)
MISSING = listed(Listing.SCHEDULED, Listing.NOT_THIS_WAY, Listing.UNLISTED)
UNLISTED, ARCTIC = listed(Listing.UNLISTED), listed(Listing.ALL_LISTED)
BARRED = listed(Listing.BARRED)


def route(corridor: str, offer: Offer) -> Candidate:
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=1000.0,
        days=30.0,
        transit_days=25.0,
        co2e_kg_per_teu=1000.0,
        offer=offer,
    )


def among(world: str = "current", **offers: Offer) -> Offered:
    scenario = replace(CURRENT, world=world)
    routes = [route(corridor, offer) for corridor, offer in offers.items()]
    return offered(routes, scenario, load_parameters())


def kept(found: Offered) -> list[str]:
    return [candidate.corridor for candidate in found.candidates]


def test_what_no_line_sails_is_left_out_where_lines_are_known() -> None:
    found = among(cape=KNOWN, panama=MISSING)
    assert (kept(found), found.without_line) == (["cape"], ("panama",))
    assert not found.allows(route("panama", MISSING))


def test_other_worlds_and_earlier_years_decide_among_all() -> None:
    for world in ("reference-open", "2019", "red-sea-closed"):
        assert kept(among(world, cape=KNOWN, panama=MISSING)) == ["cape", "panama"]
    early = replace(CURRENT, departure=date(2023, 6, 1))
    routes = [route("cape", KNOWN), route("panama", MISSING)]
    assert len(offered(routes, early, load_parameters()).candidates) == 2


def test_a_trade_that_the_table_lacks_is_decided_as_it_is() -> None:
    assert kept(among(cape=UNLISTED, panama=UNLISTED)) == ["cape", "panama"]
    assert kept(among(cape=MISSING, panama=MISSING)) == ["cape", "panama"]
    # A feeder of one region, or a lorry, needs no line of the table.
    for near in (listed(Listing.NEAR), listed()):
        assert kept(among(lorry=near, panama=MISSING)) == ["lorry"]


def test_neither_what_is_said_not_to_sail_nor_its_detours_are_recommended() -> None:
    # As cheap and as quick: it goes round by ways of which nothing is known.
    found = among(feeder=BARRED, cape=UNLISTED)
    assert (kept(found), found.without_line) == ([], ("feeder", "cape"))
    quicker = replace(route("rail", MISSING), cost_usd_per_teu=3000.0, days=20.0)
    found = offered([route("feeder", BARRED), quicker], CURRENT, load_parameters())
    assert kept(found) == ["rail"]
    # Where one is known to sail, it is.
    assert kept(among(feeder=BARRED, cape=KNOWN, suez=UNLISTED)) == ["cape"]
    sooner = replace(route("suez", UNLISTED), days=29.0)
    found = offered([route("cape", KNOWN), sooner], CURRENT, load_parameters())
    assert kept(found) == ["cape", "suez"]


def test_an_arctic_voyage_that_no_row_lists_gives_way_to_what_is_not_known() -> None:
    cheap = replace(route("arctic", ARCTIC), cost_usd_per_teu=400.0, days=20.0)
    for other in (MISSING, UNLISTED, KNOWN):
        found = offered([cheap, route("rail", other)], CURRENT, load_parameters())
        assert (kept(found), found.without_line) == (["rail"], ("arctic",))
    # Where it is all there is, it stays, with the warning that no line was found.
    assert kept(among(arctic=ARCTIC)) == ["arctic"]


def test_a_table_that_is_not_whole_does_not_send_boxes_round_the_world() -> None:
    near = route("rail", MISSING)
    for usd, left in ((1900.0, ["suez"]), (2100.0, ["rail", "suez"])):
        far = replace(route("suez", KNOWN), cost_usd_per_teu=usd)
        assert kept(offered([near, far], CURRENT, load_parameters())) == left
    # Of a way without any line listed nothing is known either: the better one stays.
    dear = replace(route("cape", UNLISTED), cost_usd_per_teu=1200.0)
    known = replace(route("suez", KNOWN), cost_usd_per_teu=1600.0)
    assert kept(offered([near, dear, known], CURRENT, load_parameters())) == [
        *("rail", "cape", "suez"),
    ]


def test_beside_a_known_line_nobody_sells_a_detour_of_what_no_line_sails() -> None:
    # Vladivostok to Hamburg: the Cape is known, the Trans-Siberian is left out, and a train round
    # by China and Turkey, dearer and slower than that, is not the next best.
    train = replace(route("rail", MISSING), cost_usd_per_teu=3600.0, days=21.0)
    round_about = replace(route("btk", UNLISTED), cost_usd_per_teu=6200.0, days=29.0)
    found = offered([route("cape", KNOWN), train, round_about], CURRENT, load_parameters())
    assert (kept(found), found.without_line) == (["cape"], ("rail", "btk"))
    cheaper = replace(round_about, cost_usd_per_teu=3500.0)
    found = offered([route("cape", KNOWN), train, cheaper], CURRENT, load_parameters())
    assert kept(found) == ["cape", "btk"]


def test_a_line_that_runs_is_worth_a_quarter_more_than_a_slower_way_that_nobody_lists() -> None:
    # Dushanbe to Rotterdam: by Iran and a ship, or by the train that runs to Riga.
    by_iran = replace(route("other", UNLISTED), cost_usd_per_teu=2742.0, days=39.8)
    for usd, left in ((3256.0, ["baltic"]), (3500.0, ["other", "baltic"])):
        train = replace(route("baltic", KNOWN), cost_usd_per_teu=usd, days=23.9)
        assert kept(offered([by_iran, train], CURRENT, load_parameters())) == left


def test_a_line_that_is_a_detour_in_cost_and_days_is_not_what_one_takes() -> None:
    # Arkhangelsk to Shanghai: by train, or by ship to Kaliningrad and the train from there.
    train = replace(route("rail", MISSING), cost_usd_per_teu=2226.0, days=21.3)
    round_about = replace(route("kaliningrad", KNOWN), cost_usd_per_teu=3159.0, days=44.7)
    assert kept(offered([train, round_about], CURRENT, load_parameters())) == [
        *("rail", "kaliningrad"),
    ]
    sooner = replace(round_about, days=25.0)
    assert kept(offered([train, sooner], CURRENT, load_parameters())) == ["kaliningrad"]


def test_no_ship_round_the_world_for_want_of_a_line_saves_little_for_twice_the_days() -> None:
    # Milan to Novosibirsk: no line of the table goes either way.
    train = replace(route("brest", MISSING), cost_usd_per_teu=1080.0, days=17.0)
    ship = replace(route("suez", MISSING), days=63.0)
    found = offered([ship, train], CURRENT, load_parameters())
    assert (kept(found), found.without_line) == (["brest"], ("suez",))
    # For a third more, or a half more of days, or against a line, it is the shipper's choice.
    for other in (
        replace(train, cost_usd_per_teu=1300.0),
        replace(train, days=40.0),
    ):
        assert kept(offered([ship, other], CURRENT, load_parameters())) == ["suez", "brest"]
    listed_ship = replace(route("suez", KNOWN), days=63.0)
    unlisted = replace(train, offer=UNLISTED)
    assert "suez" in kept(offered([listed_ship, unlisted], CURRENT, load_parameters()))
