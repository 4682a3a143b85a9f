"""What the page needs once, places as they are typed, the description of the API, YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from corridors.config.allowed_names import Names
from corridors.network.locate import locate
from corridors.output.place_search import places_like, places_near
from corridors.server.answering import Answers
from corridors.server.questions import scenario_of, values_of, yaml_of
from corridors.server.replies import OwnFiles, key_of
from corridors.server.start import start_content
from tests.server.asking import SCENARIO, Here, client_of

START: dict[str, Any] = json.loads(start_content().body)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of(Here()) as made:
        yield made


def merged(one: Any, other: Any) -> Any:
    """Merge what a switch sets into a scenario."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = {**one, **other}
        return {key: merged(one.get(key), other.get(key, one.get(key))) for key in keys}
    return other


def test_whatever_the_page_offers_a_scenario_takes() -> None:
    names = Names()
    base = {key: value for key, value in SCENARIO.items() if key != "corridors"}
    sets = [switch["sets"] for switch in START["switches"]]
    for slider in START["sliders"]:
        assert slider["low"] <= slider["default"] <= slider["high"]
        part, _, key = slider["key"].partition(".")
        sets += [{part: {key: slider[end]}} for end in ("low", "default", "high")]
    sets += [{"world": one["name"]} for one in START["worlds"]]
    sets += [{"objective": one["name"]} for one in START["objectives"]]
    sets += [{"price_basis": one["name"]} for one in START["price_bases"]]
    sets += [{"corridors": [one["name"]]} for one in START["corridors"]]
    sets += [{"shipment": {"cargo": one["name"]}} for one in START["cargoes"]]
    sets += [
        {"shipment": {"equipment": one["name"], "cargo": "general"}} for one in START["equipment"]
    ]
    for given_set in sets:
        scenario_of(merged(base, given_set), own=OwnFiles(), names=names)
    for one in START["scenarios"]:
        scenario_of(one["scenario"], own=OwnFiles(), names=names)
    assert len(START["scenarios"]) > 5
    assert all(one["source"] for one in START["sliders"][:-1])


def test_a_switch_changes_the_answer() -> None:
    answers = Answers()
    from corridors.server.answering import figures

    def best(given_set: Any) -> Any:
        scenario = merged({**SCENARIO, "corridors": "all", "objective": "cost"}, given_set)
        reply = figures(answers, {"key": "1", "scenario": scenario}, lambda *_: None)
        return json.loads(reply.body)["comparison"]["decision"]["recommended"]

    closed = next(one for one in START["switches"] if one["name"] == "red-sea")
    assert (best({}), best(closed["sets"])) == ("suez", "cape")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Shang", "Shanghai"),
        ("上海", "Shanghai"),
        ("hamb", "Hamburg"),
        ("rotterdam", "Rotterdam"),
        ("Москва", "Moscow"),
        ("moskau", "Moscow"),
        ("münchen", "Munich"),
        ("muenchen", "Munich"),
        ("DEHAM", "Hamburg"),
        ("mombasa", "Mombasa"),
        ("new y", "New York"),
        ("st peters", "St Petersburg"),
        ("xian", "Xi'an"),
        ("łódź", "Lodz"),
        ("lod", "Lodz"),
        ("ham", "Hamburg"),
        ("ber", "Berlin"),
        ("sha", "Shanghai"),
        ("mal", "Malatya"),
        ("hamm", "Hamm"),
        # More boxes than Antalya has people, and names in the scripts of the trade.
        ("ant", "Antwerp"),
        ("Лодзь", "Lodz"),
        ("Гамб", "Hamburg"),
        ("汉堡", "Hamburg"),
        ("Брест", "Brest, Belarus"),
    ],
)
def test_the_likeliest_place_comes_first(typed: str, first: str) -> None:
    found = places_like(typed, limit=8)
    assert str(found[0]["label"]).startswith(first)
    if typed in ("上海", "Москва"):
        assert str(found[0]["native"]).startswith(typed.lower())


def test_large_places_and_those_that_ships_call_at_come_before_others() -> None:
    found = [str(one["name"]) for one in places_like("lod", limit=12)]
    assert found.index("Lodz") < found.index("Lod") < found.index("Lodi")
    # A border station has few people and many trains.
    assert "Malaszewicze" in [one["name"] for one in places_like("mal", limit=12)]


@given(st.text(max_size=12))
def test_every_place_found_is_one_that_a_scenario_takes(typed: str) -> None:
    for record in places_like(typed, limit=12):
        place = locate(str(record["name"]))
        assert (round(place.lat, 4), round(place.lon, 4)) == (record["lat"], record["lon"])


def test_places_near_a_click_are_the_nearest_and_the_point_is_last() -> None:
    found = places_near(121.6, 31.3, limit=5)
    assert found[0]["name"] == "Shanghai"
    km = [one["km"] for one in found[:-1]]
    assert km == sorted(km)  # type: ignore[type-var]
    assert found[-1]["kind"] == "point"
    assert locate(str(found[-1]["name"])).lon == pytest.approx(121.6)
    # Over the line of the day, and the middle of nowhere.
    assert places_near(181.0, 64.7, limit=3)[0]["country"] in ("RU", "US")
    assert places_near(-30.0, -80.0, limit=3)[-1]["kind"] == "point"


def test_places_are_bounded(client: TestClient) -> None:
    assert client.get("/api/places").json() == []
    assert len(client.get("/api/places?q=a&limit=50").json()) == 50
    for query in (
        "limit=0",
        "limit=51",
        "limit=x",
        "q=" + "a" * 81,
        "near=1",
        "near=nan,1",
        "near=91,0",
    ):
        assert client.get(f"/api/places?{query}").status_code == 422, query


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=20)
    | st.sampled_from(["no", "1e3", "~", "null", "0x10", "2026-08-20", ".inf", "", "- a", "a: b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc_.@-", min_size=1, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc_.@-", min_size=1, max_size=8), PLAIN, min_size=1, max_size=4))
def test_yaml_of_a_question_is_read_as_the_same(values: dict[str, Any]) -> None:
    tidy = json.loads(json.dumps(values), object_hook=lambda one: one)

    def stripped(value: Any) -> Any:
        # The loader trims what stands in quotes, as it does in files.
        if isinstance(value, str):
            return value.strip(" ")
        if isinstance(value, list):
            return [stripped(one) for one in value]
        if isinstance(value, dict):
            return {key: stripped(one) for key, one in value.items()}
        return value

    assert stripped(values_of(yaml_of(tidy))) == stripped(tidy)


def test_keys_do_not_depend_on_the_order() -> None:
    turned = dict(reversed(list(SCENARIO.items())))
    assert key_of(turned) == key_of(SCENARIO) != key_of({**SCENARIO, "world": "2026"})


def test_the_api_describes_itself(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    text = json.dumps(told)
    schemas = told["components"]["schemas"]
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(schemas)
    assert "departure" in schemas["Scenario"]["properties"]
    assert "options" in schemas["Comparison"]["properties"]
    for path, methods in told["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert "503" in operation["responses"]
