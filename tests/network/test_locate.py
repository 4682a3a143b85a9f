"""A place is found by name, alias, UN/LOCODE, id or lon,lat, and ambiguous names are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.data.cities import plain
from corridors.data.geodata import load_terminals
from corridors.errors import PlaceError
from corridors.network.locate import (
    PlaceKind,
    code_tables,
    distance_km,
    locate,
    locate_port,
    port_of,
    world_ports,
)

TERMINALS = load_terminals()
EU_CAPITALS = (
    *("Vienna", "Brussels", "Sofia", "Zagreb", "Nicosia", "Prague", "Copenhagen", "Tallinn"),
    *("Helsinki", "Paris", "Berlin", "Athens", "Budapest", "Dublin", "Rome", "Riga", "Vilnius"),
    *("Luxembourg", "Valletta", "Amsterdam", "Warsaw", "Lisbon", "Bucharest", "Bratislava"),
    *("Ljubljana", "Madrid", "Stockholm"),
)
CHINESE_CAPITALS = (
    *("Beijing", "Tianjin", "Shijiazhuang", "Taiyuan", "Hohhot", "Shenyang", "Changchun"),
    *("Harbin", "Shanghai", "Nanjing", "Hangzhou", "Hefei", "Fuzhou", "Nanchang", "Jinan"),
    *("Zhengzhou", "Wuhan", "Changsha", "Guangzhou", "Nanning", "Haikou", "Chongqing"),
    *("Chengdu", "Guiyang", "Kunming", "Lhasa", "Xi'an", "Lanzhou", "Xining", "Yinchuan"),
    "Urumqi",
)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("Lagos", {"NGLOS", "NGAPP"}),
        ("San Francisco", {"USSFO", "USOAK"}),
        ("Tunis", {"TNTUN", "TNRAD"}),
        # A port with a rotation of its own stays alone.
        ("Montevideo", {"UYMVD"}),
    ],
)
def test_a_city_without_container_ships_has_the_container_ports_nearby(
    text: str, ports: set[str]
) -> None:
    assert {member.id for member in locate(text).members} == ports


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cn-shanghai", "cn-shanghai"),
        ("cn-shanghai-rail", "cn-shanghai-rail"),
        ("Yangshan", "cn-shanghai-yangshan"),
        ("Waigaoqiao", "cn-shanghai"),
        ("Minhang", "cn-shanghai-rail"),
        ("Halkali", "tr-halkali"),
        ("CNYTN", "cn-yantian"),
        ("GBLGP", "gb-london-gateway"),
        ("TRAMR", "tr-ambarli"),
        ("CNTXG", "cn-tianjin"),
        ("FRBES", "FRBES"),
        ("GBHUL", "GBHUL"),
    ],
)
def test_a_yard_is_found_by_its_id_alias_and_code(text: str, found: str) -> None:
    place = locate(text)
    assert place.id == found
    assert place.kind in (PlaceKind.TERMINAL, PlaceKind.PORT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Shanghai", "city-cn-shanghai"),
        (" shanghai ", "city-cn-shanghai"),
        ("CNSHA", "city-cn-shanghai"),
        ("cn sha", "city-cn-shanghai"),
        ("GBLON", "city-gb-london"),
        ("TRIST", "city-tr-istanbul"),
        ("CNCAN", "city-cn-guangzhou"),
        ("GBFXT", "city-gb-felixstowe"),
        ("Brest-Litovsk", "city-by-brest"),
        ("Wien", "city-at-vienna"),
        ("Canton", "city-cn-guangzhou"),
        ("Москва", "city-ru-moscow"),
        ("St. Petersburg", "city-ru-st-petersburg"),
        ("Oslo", "city-no-oslo"),
        ("Liverpool", "city-gb-liverpool"),
        ("Vigo", "city-es-vigo"),
        ("Brest, FR", "city-fr-brest"),
        ("Brest, Belarus", "city-by-brest"),
        ("London, UK", "city-gb-london"),
    ],
)
def test_a_city_is_found_by_its_names_and_its_code(text: str, found: str) -> None:
    place = locate(text)
    assert (place.id, place.kind) == (found, PlaceKind.CITY)
    assert locate(place.id) == place


@pytest.mark.parametrize(
    ("text", "country"),
    [
        *(("Zurich", "CH"), ("Zürich", "CH"), ("Athens", "GR"), ("Rome", "IT"), ("Bern", "CH")),
        *(("Krakow", "PL"), ("Kraków", "PL"), ("Izmir", "TR"), ("İzmir", "TR"), ("Kashgar", "CN")),
        *(("Osaka", "JP"), ("Taipei", "TW"), ("Seoul", "KR"), ("Bangkok", "TH"), ("Delhi", "IN")),
        *(("Tashkent", "UZ"), ("Cairo", "EG"), ("Birmingham", "GB"), ("Milano", "IT")),
        *(("Köln", "DE"), ("Saigon", "VN"), ("Bombay", "IN"), ("Roma", "IT")),
    ],
)
def test_a_city_without_a_yard_is_known_too(text: str, country: str) -> None:
    assert locate(text).country == country


@pytest.mark.parametrize("name", [*EU_CAPITALS, *CHINESE_CAPITALS])
def test_every_capital_is_one_place(name: str) -> None:
    place = locate(name)
    assert place.kind in (PlaceKind.CITY, PlaceKind.POINT)
    if name in CHINESE_CAPITALS:
        assert place.country == "CN"


def test_a_city_has_every_terminal_that_names_it_and_lies_at_its_centre() -> None:
    cities = {(t.country, t.city) for t in TERMINALS.values() if t.services}
    checked = 0
    for country, city in sorted(cities):
        place = locate(f"{city}, {country}")
        if place.kind is not PlaceKind.CITY or plain(place.name) != plain(city):
            continue
        checked += 1
        named = {t.id for t in TERMINALS.values() if (t.country, t.city) == (country, city)}
        assert named <= {member.id for member in place.members}
        for member in place.members:
            assert distance_km(place, member) <= 100.0, (city, member.id)
    assert checked > 0.95 * len(cities)


@given(st.sampled_from(sorted(TERMINALS)))
def test_an_id_is_that_terminal_alone(name: str) -> None:
    place = locate(name)
    assert (place.id, place.members, place.by_road) == (name, (), False)


@given(st.sampled_from([port.id for port in world_ports()]))
def test_a_code_is_a_port_or_what_lies_there(code: str) -> None:
    place = locate(code)
    port = next(port for port in world_ports() if port.id == code)
    assert place.country == port.country
    assert min(distance_km(port, at) for at in (place, *place.members)) < 100.0


@given(st.sampled_from([port.name for port in world_ports() if port.name.isascii()]))
def test_a_port_s_name_is_a_place_or_a_list_of_namesakes(name: str) -> None:
    refused = ""
    try:
        place = locate(name)
    except PlaceError as error:
        refused = str(error)
    if refused:
        assert "is the name of several places" in refused
    else:
        assert place.kind is not PlaceKind.TERMINAL or place.terminal is not None


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        *(("8.68,50.11", 8.68, 50.11), ("-3, 40.5", -3.0, 40.5), ("190.5,65", -169.5, 65.0)),
        *(("8.68E,50.11N", 8.68, 50.11), ("50.11n, 8.68e", 8.68, 50.11)),
        *(("3W,40.5N", -3.0, 40.5), ("53.5E,10N", 53.5, 10.0)),
    ],
)
def test_a_point_is_longitude_then_latitude(text: str, lon: float, lat: float) -> None:
    place = locate(text)
    assert place.kind == "point"
    assert place.lon == pytest.approx(lon)
    assert place.lat == pytest.approx(lat)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Brest",
            "'Brest' is the name of several places: 'Brest, BY' (Brest, Belarus, 347,138 people);"
            " 'Brest, FR' (Brest, France, 144,899 people). Give one of these",
        ),
        ("Brest, DE", "'Brest, DE': no Brest in Germany; there is one in BY, FR"),
        ("Brest, Nowhere", "'Brest, Nowhere': unknown country 'Nowhere'; Brest is in BY, FR"),
        ("Hambrug", "unknown place 'Hambrug', did you mean 'Hamburg'?"),
        ("Zuerch", "unknown place 'Zuerch', did you mean 'Zurich'?"),
        # Not Chitato in Angola.
        (
            "Chicago",
            "unknown place 'Chicago': the program knows ports, towns of Europe, Asia and Africa,"
            " and large cities elsewhere within 400 km of a container port. Name a port, or give"
            " lon,lat",
        ),
        (
            "50.0,120.0",
            "'50.0,120.0' is not a lon,lat: longitude -180 to 360, latitude -90 to 90;"
            " did you mean lon,lat = 120,50?",
        ),
        (
            "53.5,10",
            "'53.5,10': no terminal lies within 150 km, but 10,53.5 is 6 km from Hamburg;"
            " did you mean lon,lat = 10,53.5? If not, write 53.5E,10N",
        ),
        ("53.5E,10", "'53.5E,10': write both letters, such as 8.68E,50.11N, or none"),
        ("300,100", "'300,100' is not a lon,lat: longitude -180 to 360, latitude -90 to 90"),
    ],
)
def test_a_place_that_is_not_clear_is_refused(text: str, message: str) -> None:
    with pytest.raises(PlaceError) as fault:
        locate(text)
    assert str(fault.value) == message


def test_two_namesakes_of_one_country_are_told_apart_by_their_position() -> None:
    with pytest.raises(PlaceError) as fault:
        locate("Newport, GB")
    first = str(fault.value).split("'")[3]
    assert locate(first).country == "GB"


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Xian China", "Xi'an", "CN"),
        ("Brest France", "Brest", "FR"),
        ("brest by", "Brest", "BY"),
        ("Seoul South Korea", "Seoul", "KR"),
        ("Port Said Egypt", "Port Said", "EG"),
    ],
)
def test_a_country_may_follow_without_a_comma(text: str, name: str, country: str) -> None:
    found = locate(text)
    assert (found.name, found.country) == (name, country)


def test_a_country_without_a_comma_must_have_the_city() -> None:
    with pytest.raises(PlaceError, match="no Xian in Germany"):
        locate("Xian Germany")


@pytest.mark.parametrize(
    ("text", "country"),
    [("São Paulo", "BR"), ("Mexico City", "MX"), ("Lima", "PE"), ("Dallas", "US")],
)
def test_large_cities_of_other_continents_are_known_near_a_port(text: str, country: str) -> None:
    assert locate(text).country == country


def test_cities_farther_inland_are_served_by_railways_that_the_network_lacks() -> None:
    with pytest.raises(PlaceError, match="unknown place"):
        locate("Denver", advised=False)


def test_no_code_means_alashankou() -> None:
    # The UN/LOCODE list has CNAKL as Alatawshankou, other lists as the port of Dianbai.
    with pytest.raises(PlaceError, match="unknown place 'CNAKL'"):
        locate("CNAKL")
    assert locate("Alashankou").id == "city-cn-alashankou"


@pytest.mark.long
def test_the_port_of_a_code_is_that_of_the_place_that_the_code_means() -> None:
    tables = code_tables(load_terminals())
    codes = [port.id for port in world_ports()]
    codes += [terminal.unlocode for terminal in load_terminals().values() if terminal.unlocode]
    cities = 0
    for code in dict.fromkeys(codes):
        place = locate(code)
        assert locate_port(code, tables) == port_of(place), code
        cities += place.kind is PlaceKind.CITY
    assert cities > 200
    assert locate_port("CNSHA", tables).name == "Shanghai"
    assert locate_port("CNSHA", tables).terminal is not None


@pytest.mark.parametrize(
    ("city", "code"), [("Bremen", "DEBRE"), ("Bordeaux", "FRBOD"), ("Hangzhou", "CNHGH")]
)
def test_a_city_of_inland_terminals_has_the_listed_port_of_its_code(city: str, code: str) -> None:
    port = port_of(locate(city))
    assert (port.id, port.name, port.kind) == (code, city, PlaceKind.PORT)
    assert locate_port(code, code_tables(load_terminals())) == port
    assert port_of(locate("Munich")) == locate("Munich")


@pytest.mark.parametrize(
    ("city", "yard", "port"),
    [
        ("Bremen", "de-bremen", "DEBRE"),
        ("Bordeaux", "fr-bordeaux", "FRBOD"),
        ("Bari", "it-bari", "ITBRI"),
        ("Hangzhou", "cn-hangzhou", "CNHGH"),
    ],
)
def test_a_yard_with_the_code_of_a_port_does_not_hide_the_port(
    city: str, yard: str, port: str
) -> None:
    members = {member.id: member.terminal is None for member in locate(city).members}
    assert members == {yard: False, port: True}
