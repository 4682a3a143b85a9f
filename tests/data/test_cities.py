"""Cities by name: folding of names, and the shipped table."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.data.cities import (
    FILE,
    HEADER,
    country_code,
    large_places,
    places_named,
    plain,
)
from corridors.data.geodata import load_terminals
from corridors.data.paths import network_dir


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        *(("Zürich", "zurich"), ("Łódź", "lodz"), ("İzmir", "izmir"), ("Xi\u2019an", "xi an")),
        *(("Weißenfels", "weissenfels"), ("Tromsø", "tromso"), ("St. Pölten", "st polten")),
        *(
            ("\u041c\u041e\u0421\u041a\u0412\u0410", "москва"),
            ("北京", "北京"),
            ("A\u011fr\u0131", "agri"),
            ("\u2120", "sm"),
        ),
    ],
)
def test_a_name_is_folded(text: str, folded: str) -> None:
    assert plain(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_a_place_is_found_by_each_of_its_names_largest_first() -> None:
    for name in ("Munich", "München", "Monaco di Baviera", "Muenchen"):
        found = places_named(name)
        if found:
            assert (found[0].country, found[0].name) == ("DE", "Munich")
    populations = [row.population for row in places_named("Brest")]
    assert populations == sorted(populations, reverse=True)
    assert places_named("no such place") == ()
    assert places_named("") == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("FR", "FR"), ("france", "FR"), ("UK", "GB"), ("Great Britain", "GB"), ("China", "CN")),
        *(("South Korea", "KR"), ("Nowhere", ""), ("XX", "")),
    ],
)
def test_a_country_is_known_by_code_and_name(text: str, code: str) -> None:
    assert country_code(text) == code


def test_the_shipped_table_is_whole_and_small() -> None:
    path = network_dir() / FILE
    assert path.stat().st_size < 1_100_000
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    assert lines[0] == HEADER
    assert len(lines) > 25_000
    assert len(large_places()) > 4_000


def test_most_cities_with_a_terminal_have_a_reference_point() -> None:
    cities = {(t.country, t.city) for t in load_terminals().values() if t.services}
    with_point = [
        city
        for country, city in cities
        if any(row.country == country for row in places_named(city))
    ]
    assert len(with_point) > 0.8 * len(cities)
