"""Named journeys against published lengths; every place of every corridor on the network."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.config import load_corridors
from corridors.data.geodata import load_gates, load_land_legs, load_rail_legs, load_sea_legs
from corridors.studies.validate.cases import Row, counted
from corridors.studies.validate.measures import Legs, Rail, shortest_of_each_pair
from corridors.studies.validate.run import measured_rows

# Through central Europe, as the sum of the legs; bounds set by eye, no published figures.
EUROPEAN = [
    ("hu-budapest", "de-hamburg", 1_100, 1_400),
    ("cz-prague", "de-berlin", 340, 420),
    ("at-vienna", "de-hannover", 900, 1_150),
    ("pl-katowice", "at-vienna", 370, 460),
    ("it-milan", "de-mannheim", 560, 720),
    ("gr-thessaloniki", "de-munich", 1_500, 2_000),
    ("ro-constanta", "at-vienna", 1_150, 1_500),
]
# Core terminals of the EU and its neighbours, and China's rail gates.
CORE = (
    *("pt-lisbon", "pt-sines", "pt-leixoes", "pt-entroncamento", "es-madrid", "es-algeciras"),
    *("fr-paris", "fr-lyon", "be-antwerp", "be-zeebrugge", "de-bremerhaven", "nl-rotterdam"),
    *("dk-copenhagen", "se-malmo", "se-gothenburg", "se-hallsberg", "se-stockholm"),
    *("am-gyumri", "am-yerevan", "tr-van", "tr-tatvan", "ir-razi"),
    *("cn-manzhouli", "cn-suifenhe", "cn-erenhot", "cn-tongjiang", "ru-nizhneleninskoye"),
    *("cn-hunchun", "ru-kamyshovaya", "cn-pingxiang", "vn-hanoi", "cn-alashankou", "cn-khorgos"),
    *("cn-dandong", "cn-tumen", "cn-hekou", "cn-mohan", "cn-zhanjiang", "cn-fangchenggang"),
    *("no-narvik", "no-oslo", "se-lulea", "fi-tornio", "fi-kotka", "de-cologne", "fr-strasbourg"),
    *("it-bologna", "es-zaragoza", "be-genk", "nl-venlo", "pl-szczecin", "me-bar", "lv-daugavpils"),
    *("ir-jolfa", "az-nakhchivan", "ru-nizhny-bestyakh", "ru-sovgavan", "ru-vanino"),
)
# Bounds set by eye, no published figures.
NEWLY_JOINED = [
    ("pt-lisbon", "es-madrid", 640, 820),
    ("de-hamburg", "se-malmo", 500, 560),
    ("se-malmo", "se-stockholm", 590, 690),
    ("ge-tbilisi", "am-yerevan", 340, 390),
    ("cn-hunchun", "ru-ussuriysk", 230, 280),
    ("cn-nanning", "vn-hanoi", 360, 420),
    ("tr-van", "tr-sivas", 740, 900),
    ("no-narvik", "se-lulea", 450, 495),
    ("no-oslo", "no-trondheim", 500, 570),
    ("fi-helsinki", "fi-oulu", 640, 710),
    ("ru-tynda", "ru-nizhny-bestyakh", 1_000, 1_050),
    ("rs-belgrade", "me-bar", 440, 500),
]


OCEAN = ("suez", "cape")


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return measured_rows(("sea", "rail"))


@pytest.fixture(scope="module")
def rail() -> Legs:
    legs = [leg for leg in load_rail_legs() if not leg.project and leg.system != "road"]
    return shortest_of_each_pair(
        [(leg.from_id, leg.to_id) for leg in legs], [leg.length_km for leg in legs]
    )


# They count, and each says what contradicts it, or that the press announced it with a train.
OVER_5_PERCENT = {
    "rail-ankara-xian",
    "rail-beijing-nanning",
    "rail-changsha-duisburg",
    "rail-chengdu-tilburg",
    "rail-chongqing-duisburg-2013-kazan",
    "rail-chongqing-duisburg-city",
    "rail-istanbul-kapikoy",
    "rail-malaszewicze-hamburg",
    "rail-serhetyaka-sarahs",
    "rail-shenzhen-duisburg",
    "rail-trans-caspian-kyzylorda",
    "rail-ulaanbaatar-beijing",
    "rail-urumqi-chongqing-2014",
    "rail-wuhan-moscow",
    "rail-xiamen-moscow",
    "rail-yiwu-tehran-incheh",
    "rail-zhanaozen-gorgan",
    "rail-zhuzhou-moscow",
}


def test_sixty_named_journeys_are_within_5_percent_of_their_published_length(
    rows: tuple[Row, ...],
) -> None:
    chosen = [row for row in counted(rows, "distances") if row.case.route in ("rail", *OCEAN)]
    assert {row.case.id for row in chosen if abs(row.error) > 0.05} == OVER_5_PERCENT
    near = {
        (row.case.origin, row.case.destination, row.case.route)
        for row in chosen
        if abs(row.error) <= 0.05
    }
    assert len(near) >= 60
    assert [row.case.id for row in chosen if not row.case.citation] == []


@pytest.mark.parametrize(("start", "end", "least", "most"), EUROPEAN)
def test_european_ways_run_through_europe(start: str, end: str, least: int, most: int) -> None:
    assert least <= Rail().km([(start, end)], ()) <= most


def test_no_way_within_central_europe_needs_russia_or_belarus(rail: Legs) -> None:
    east = frozenset(name for name in rail.names if name[:3] in ("ru-", "by-"))
    free, held = (rail.search(["hu-budapest"], barred) for barred in (frozenset(), east))
    index = rail.index()
    for name in ("de-hamburg", "pl-warsaw", "nl-rotterdam", "it-milan", "ro-constanta"):
        assert free["hu-budapest"][index[name]] == held["hu-budapest"][index[name]]


def test_every_rail_place_that_is_there_is_on_one_network(rail: Legs) -> None:
    away = rail.search(["ru-moscow"], frozenset())["ru-moscow"]
    apart = {name for name, km in zip(rail.names, away, strict=True) if not np.isfinite(km)}
    # The broad gauge of India meets no other railway here.
    assert {name[:3] for name in apart} == {"in-"}


@pytest.mark.parametrize("name", CORE)
def test_terminals_of_the_core_and_of_chinas_borders_are_reached_by_rail(
    rail: Legs, name: str
) -> None:
    away = rail.search(["de-duisburg"], frozenset())["de-duisburg"]
    assert np.isfinite(away[rail.index()[name]])


@pytest.mark.parametrize(("start", "end", "least", "most"), NEWLY_JOINED)
def test_newly_joined_countries_are_as_far_as_they_should_be(
    start: str, end: str, least: int, most: int
) -> None:
    assert least <= Rail().km([(start, end)], ()) <= most


def test_iran_and_turkey_meet_at_razi_and_cross_lake_van(rail: Legs) -> None:
    barred = frozenset({"ru-moscow", "tm-sarahs", "tm-akyayla"})
    away = rail.search(["tr-ankara"], barred)["tr-ankara"]
    assert away[rail.index()["ir-tabriz"]] < 2_000


def test_every_place_of_every_corridor_is_on_the_network() -> None:
    on_land = {end for leg in load_land_legs() if not leg.project for end in leg.ends}
    at_sea = {*load_sea_legs().point_ids, *(gate.id for gate in load_gates())}
    for corridor in load_corridors("shipped"):
        named = {place for entry in corridor.must_pass for place in entry.any_of}
        assert named <= on_land | at_sea, corridor.id


def test_a_route_past_a_border_does_not_turn_back_there() -> None:
    onward = Rail().km([("kz-dostyk", "kz-aktogay", "kz-almaty")], ())
    border = Rail().km([("cn-urumqi", "kz-dostyk")], ())
    assert Rail().km([("cn-urumqi", "kz-dostyk", "kz-almaty")], ()) == pytest.approx(
        border + onward
    )


def test_trains_from_trieste_to_munich_go_by_the_tauern() -> None:
    assert Rail().km([("it-trieste", "de-munich")], ()) < 560


def test_trains_across_turkmenistan_do_not_go_to_mary_and_back() -> None:
    assert Rail().km([("tm-ashgabat", "tm-sarahs")], ()) == pytest.approx(348, abs=1)
