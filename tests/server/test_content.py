"""What the page needs once, places as they are typed, the description of the API, YAML."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from corridors.config.checks import Names
from corridors.data.paths import data_root
from corridors.network.locate import locate
from corridors.output.listings import places_like, places_near
from corridors.progress import quiet
from corridors.server import answering
from corridors.server.answering import FIRST_SCENARIO, Answers, page
from corridors.server.guard import OwnFiles, key_of
from corridors.server.questions import scenario_of, values_of, yaml_of
from corridors.server.start import start_content
from corridors.version import __version__
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


def test_the_page_of_the_api_has_every_address_and_only_own_files(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    page = client.get("/docs").text
    for path, methods in told["paths"].items():
        for method in methods:
            assert f"<h2>{method.upper()} {path}</h2>" in page
    assert "curl -s http://localhost:8765/api/compare" in page
    # Nothing is loaded from elsewhere, and what is loaded is there.
    loaded = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"', page)
    for address in loaded:
        assert address.startswith(("static/", "data:")), address
        assert address.startswith("data:") or client.get(f"/{address}").status_code == 200
    assert len(loaded) == 3


def test_the_age_of_the_data_is_that_of_the_tables(client: TestClient) -> None:
    told = client.get("/api/data").json()
    assert told["version"] == __version__
    ages = {one["what"]: one["until"] for one in told["ages"]}
    with (data_root() / "parameters" / "fuel.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["parameter"].startswith("fuel.vlsfo_")]
    months = [row["scope"] for row in rows if "-" in row["scope"]]
    year, month = max(months).split("-")
    assert ages["Fuel"] == f"{date(int(year), int(month), 1):%B %Y}"
    assert re.fullmatch(r"week \d+ of \d{4}", ages["Sea freight"])
    assert re.fullmatch(r"\d+ \w+ \d{4}", ages["Lines of ships and trains"])


@pytest.mark.parametrize(
    "more",
    [
        {"world": "current"},
        {"objective": "days"},
        {"origin": "Chongqing", "destination": "Duisburg", "corridors": "all", "world": "current"},
    ],
)
def test_page_map_months_and_file_say_the_same(more: dict[str, Any]) -> None:
    from corridors.server.answering import drawn_map, whole
    from corridors.server.asked_studies import month

    answers = Answers()
    scenario = {**SCENARIO, **more}
    given: dict[str, Any] = {"key": key_of(scenario), "scenario": scenario}

    def answered(ask: Any, **also: Any) -> Any:
        return json.loads(ask(answers, {**given, **also}, lambda *_: None).body)

    written = answered(whole)["answer"]
    drawn = answered(drawn_map)
    (panel,) = drawn["content"]["answers"]
    parts = drawn["parts"]
    assert panel["finding"] == parts["answer"][0].rstrip(".")
    assert answered(page)["parts"]["answer"][0] == parts["answer"][0]
    assert panel["finding"].replace("₂", "2") == written["finding"].replace("₂", "2")
    # The first month of the strip is the question.
    first = answered(month, number=0)["strip"]
    assert first["best"]["usd"] == written["usd"]["value"]
    assert first["best"]["days"] == written["days"]["value"]
    # Rows of page and map, each by its own corridor.
    usd = {row["corridor"]: row["usd"] for row in written["rows"]}
    basis = parts["basis"]
    assert {row["corridor"]: row[basis] for row in parts["rows"] if row["corridor"] in usd} == usd
    routes = [one["corridor"] for one in drawn["content"]["routes"]]
    shown = {routes[row["route"]]: row["usd"] for _, rows in panel["groups"][:1] for row in rows}
    assert shown == usd


def test_what_the_page_asks_first_is_answered_before_it_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = next(one["scenario"] for one in START["scenarios"] if one["name"] == FIRST_SCENARIO)
    given = {"key": key_of(asked), "scenario": asked}
    answers = Answers()
    answers.warm()
    fresh = page(answers, {**given, "key": "another"}, quiet)
    monkeypatch.setattr(answering, "compare", None)
    kept = page(answers, given, quiet)
    assert json.loads(kept.body)["parts"] == json.loads(fresh.body)["parts"]
