"""The terminals of capitals and big cities, and how they are joined to the network."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise

import networkx as nx
import pytest

from corridors.data.geodata import load_ferry_legs, load_rail_legs, load_sea_lanes, load_terminals
from corridors.data.paths import data_root
from corridors.domain.places import Family, family_of
from corridors.network.locate import locate

CODES = data_root() / "build/terminal_codes.csv"
EU_CAPITALS = (
    *("Amsterdam", "Athens", "Berlin", "Bratislava", "Brussels", "Bucharest", "Budapest"),
    *("Copenhagen", "Dublin", "Helsinki", "Lisbon", "Ljubljana", "Luxembourg", "Madrid", "Paris"),
    *("Prague", "Riga", "Rome", "Sofia", "Stockholm", "Tallinn", "Valletta", "Vienna"),
    *("Vilnius", "Warsaw", "Zagreb"),
)
"""The capitals of the European Union but Nicosia, which is a door: its port is Limassol."""
CHINESE_CAPITALS = (
    *("Beijing", "Changchun", "Changsha", "Chengdu", "Chongqing", "Fuzhou", "Guangzhou"),
    *("Guiyang", "Haikou", "Hangzhou", "Harbin", "Hefei", "Hohhot", "Jinan", "Kunming"),
    *("Lanzhou", "Lhasa", "Nanchang", "Nanjing", "Nanning", "Shanghai", "Shenyang"),
    *("Shijiazhuang", "Taiyuan", "Tianjin", "Urumqi", "Wuhan", "Xi'an", "Xining", "Yinchuan"),
    "Zhengzhou",
)
"""The capitals of the provinces, of the autonomous regions, and the cities of that rank."""
YARDS = {
    "Shanghai": ("sea", "sea", "rail/cn-1435", "rail/cn-1435"),
    "Athens": ("sea", "rail/eu-1435"),
    "Ho Chi Minh City": ("sea", "sea"),
    "Istanbul": ("sea", "rail/tr-1435", "rail/tr-1435"),
    "Rome": ("rail/eu-1435", "sea"),
}
"""What is offered at the yards of a city, in any order."""
# Bounds set by eye, no published figures.
JOURNEYS = [
    ("it-rome", "de-hamburg", 1_600, 1_850),
    ("it-gioia-tauro", "it-milan", 1_050, 1_300),
    ("it-bari", "it-bologna", 600, 700),
    ("lu-bettembourg", "be-antwerp", 240, 320),
    ("ch-geneva", "ch-basel", 230, 360),
    ("gb-glasgow", "gb-london", 640, 780),
    ("gb-southampton", "gb-manchester", 350, 430),
    ("es-bilbao", "es-madrid", 450, 600),
    ("fr-bordeaux", "fr-marseille", 640, 720),
    ("ro-cluj", "ro-bucharest", 460, 520),
    ("ru-rostov", "ru-moscow", 1_150, 1_300),
    ("cn-yinchuan", "cn-lanzhou", 440, 500),
    ("cn-nanchang", "cn-wuhan", 330, 420),
    ("cn-lhasa", "cn-lanzhou", 2_150, 2_200),
]


@pytest.fixture(scope="module")
def rail() -> nx.Graph:
    graph = nx.Graph()
    for leg in load_rail_legs():
        if not leg.project and leg.system != "road":
            graph.add_edge(leg.from_id, leg.to_id, km=leg.length_km)
    return graph


@pytest.mark.parametrize("city", [*EU_CAPITALS, *CHINESE_CAPITALS])
def test_a_capital_has_a_terminal_of_its_own(city: str) -> None:
    yards = [member.terminal for member in locate(city).members if member.terminal is not None]
    own = [yard for yard in yards if city in (yard.city, *yard.aliases)]
    assert own
    families = {family_of(name) for yard in own for name in yard.services if name != "hub"}
    assert families & {Family.SEA, Family.RAIL}


@pytest.mark.parametrize(("city", "offered"), YARDS.items())
def test_a_big_city_has_all_its_yards(city: str, offered: tuple[str, ...]) -> None:
    here = [t for t in load_terminals().values() if t.city == city]
    listed = Counter(service for t in here for service in t.services)
    assert not Counter(offered) - listed
    assert [t.main for t in here].count(True) == 1


def test_a_city_has_one_main_terminal_at_most_in_each_country() -> None:
    mains = Counter((t.country, t.city) for t in load_terminals().values() if t.main)
    assert [city for city, count in mains.items() if count > 1] == []


def test_every_terminal_is_joined_by_land_or_by_sea() -> None:
    on_land = {end for leg in (*load_rail_legs(), *load_ferry_legs()) for end in leg.ends}
    at_sea = set(load_sea_lanes().point_ids)
    assert [name for name in load_terminals() if name not in on_land | at_sea] == []


def test_yangshan_is_joined_to_the_rails_by_lorry() -> None:
    yards = load_terminals()
    assert "rail/cn-1435" not in yards["cn-shanghai-yangshan"].services
    ways = [leg for leg in load_rail_legs() if "cn-shanghai-yangshan" in leg.ends]
    assert [(leg.system, set(leg.ends)) for leg in ways] == [
        ("road", {"cn-shanghai-yangshan", "cn-shanghai-luchaogang"})
    ]
    assert 35.0 < ways[0].length_km < 60.0


@pytest.mark.parametrize(("origin", "destination", "least", "most"), JOURNEYS)
def test_the_way_to_a_new_terminal_is_as_long_as_its_railway(
    rail: nx.Graph, origin: str, destination: str, least: int, most: int
) -> None:
    assert least < nx.shortest_path_length(rail, origin, destination, weight="km") < most


@pytest.mark.parametrize(
    ("stops", "published_km"),
    [
        (("cn-xining", "kz-zhezkazgan", "kz-aktobe", "ru-samara", "be-antwerp"), 9_838),
        (("cn-golmud", "kz-dostyk", "ru-perm"), 6_360),
    ],
)
def test_trains_from_qinghai_run_their_published_length(
    rail: nx.Graph, stops: tuple[str, ...], published_km: int
) -> None:
    """People's Daily 2016 (Xining - Antwerp), Global Times 2017 (Golmud - Perm)."""
    km = sum(nx.shortest_path_length(rail, one, two, weight="km") for one, two in pairwise(stops))
    assert km == pytest.approx(published_km, rel=0.05)


def test_each_code_says_by_what_it_is_known_and_no_two_terminals_share_one() -> None:
    with CODES.open(encoding="utf-8", newline="") as stream:
        listed = {row["id"]: row for row in csv.DictReader(stream)}
    codes = {t.id: t.unlocode for t in load_terminals().values() if t.unlocode}
    assert {name: row["unlocode"] for name, row in listed.items()} == codes
    assert len(set(codes.values())) == len(codes)
    checked = [row for row in listed.values() if row["listed_as"]]
    assert (len(checked), len(listed)) == (406, 417)
    assert all(row["unlocode"][:2] == name[:2].upper() for name, row in listed.items())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("cn-hohhot", "CNHHH"), ("fi-kouvola", "FIKVO"), ("de-wurzburg", "DEWUE")),
        *(("cn-baotou", "CNBOT"), ("tr-kars", "TRKSY")),
    ],
)
def test_a_code_is_not_that_of_another_place(name: str, code: str) -> None:
    assert load_terminals()[name].unlocode == code
