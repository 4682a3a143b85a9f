"""Every answer is that of the command for the scenario saved as `scenario.yaml`."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.output.monthly import best_rows, month_rows
from corridors.server import app
from corridors.server.app import FILES
from corridors.studies.compare.run import by_month
from tests.conftest import LONG, in_both
from tests.server.asking import SCENARIO, Here, client_of

APP, RUNNER = command_line(), CliRunner()
JSON = {"content-type": "application/json"}
CASES: Sequence[dict[str, Any]] = (
    {**SCENARIO},
    # Eastbound, another city, month, cargo and objective, by price, with an override and a closure.
    {
        "name": "no: 1e3",
        "origin": "Duisburg",
        "destination": "Chongqing",
        "departure": "2026-02-03",
        "shipment": {"teu_per_month": 12.5, "cargo": "machinery", "equipment": "20DV"},
        "corridors": ["kazakhstan-dostyk", "cape", "suez"],
        "objective": "generalised",
        "price_basis": "price",
        "closures": [{"place": "gate-bab-el-mandeb", "last_day": "2026-12-31"}],
        "overrides": {"fuel.vlsfo_usd_per_t": 512.5},
    },
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of(Here()) as made:
        yield made


def printed(arguments: Sequence[str]) -> str:
    done = RUNNER.invoke(APP, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def saved(client: TestClient, scenario: dict[str, Any], folder: Path) -> list[str]:
    """Save the YAML of a question, and return its command as it is given."""
    told = client.post("/api/scenario", json={"scenario": scenario}).json()
    (folder / "scenario.yaml").write_text(told["yaml"], encoding="utf-8")
    assert client.post("/api/scenario", json={"yaml": told["yaml"]}).json() == told
    _, *arguments = told["command"].split()
    return arguments  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "scenario", [pytest.param(CASES[0], marks=pytest.mark.long), CASES[1]], ids=["west", "east"]
)
def test_files_are_those_of_the_command_byte_for_byte(
    client: TestClient, scenario: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = saved(client, scenario, tmp_path)
    printed(arguments)
    for name in FILES:
        got = client.post(f"/api/files/{name}", json={"scenario": scenario})
        assert got.status_code == 200, got.text
        assert got.content == (tmp_path / "result" / name).read_bytes(), name
        assert got.headers["content-disposition"] == f'attachment; filename="{name}"'
    whole = client.post("/api/compare", json={"scenario": scenario})
    assert whole.content == (tmp_path / "result" / "comparison.json").read_bytes()


@in_both
def test_figures_are_those_of_the_whole_answer(client: TestClient) -> None:
    for scenario in CASES if LONG else CASES[1:]:
        first = client.post("/api/compare?part=figures", json={"scenario": scenario}).json()
        rest = client.get(f"/api/compare/{first['key']}/details").json()
        assert rest["key"] == first["key"]
        whole = rest["comparison"]
        for one, other in zip(first["comparison"]["options"], whole["options"], strict=True):
            assert one == {key: other[key] for key in one}
            assert {"cost_usd_per_teu", "days", "time_parts", "warnings"} <= set(one)
        assert first["comparison"]["decision"] == whole["decision"]
        said, drawn = (one["sentences"]["answer"][0] for one in (first, rest))
        # The same but for the range, which is drawn in the second answer.
        before, _, after = drawn.partition(" (between ")
        assert said == before + after.partition(")")[2]
        assert first["sentences"]["question"] == rest["sentences"]["question"]
        assert rest["comparison"]["options"][0]["fans"]["cost"]["p10"] > 0
        drawn_map = client.get(f"/api/compare/{first['key']}/map").json()
        assert len(drawn_map["content"]["routes"]) > 0


@pytest.mark.long
def test_months_are_those_of_the_command(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MONTHS", 3)
    scenario = {**SCENARIO, "corridors": ["suez", "northern-sea-route"], "departure": "2026-01-31"}
    saved(client, scenario, tmp_path)
    # What the command prints with `--months`, of the first three.
    compared = by_month(load_scenario(tmp_path / "scenario.yaml"), count=3)
    with client.stream("POST", "/api/months", json={"scenario": scenario}) as stream:
        events = [line.removeprefix("data: ") for line in stream.iter_lines() if "data" in line]
    months = [json.loads(text) for text in events[1:-1]]
    assert [month["number"] for month in months] == [0, 1, 2]
    assert [month["departure"] for month in months] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert [month["best"] for month in months] == best_rows(compared)
    assert [row for month in months for row in month["options"]] == month_rows(compared)


@pytest.mark.long
def test_the_map_of_twelve_months_is_that_of_the_command(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = dict(CASES[1])
    printed([*saved(client, scenario, tmp_path), "--months"])
    for name in ("months.csv", "map.html"):
        got = client.post(f"/api/files/{name}?months=true", json={"scenario": scenario})
        assert got.content == (tmp_path / "result" / name).read_bytes(), name


OTHERS: Sequence[tuple[str, dict[str, Any], list[str]]] = (
    ("explain", {"corridor": "cape"}, ["explain", "FILE", "cape"]),
    (
        "breakeven",
        {"over": "value_of_time", "first": 1, "last": 200},
        ["breakeven", "FILE", "--over", "value_of_time", "--from", "1", "--to", "200"],
    ),
    (
        "route",
        {
            "scenario": {
                "origin": "Xi'an",
                "destination": "Lodz",
                "services": ["rail"],
                "departure": "2026-11-05",
                "world": "2026",
            },
            "via": ["BY-PL"],
        },
        [
            *("route", "Xi'an", "Lodz", "--service", "rail", "--via", "BY-PL"),
            *("--departure", "2026-11-05", "--world", "2026"),
        ],
    ),
    (
        "season",
        {"scenario": None, "ice_class": "Arc4", "year": "2024", "eastbound": True},
        ["season", "northern-sea-route", "--ice-class", "Arc4", "--year", "2024", "--eastbound"],
    ),
    (
        "distances",
        {
            "scenario": None,
            "places": ["Shanghai", "Rotterdam", "Mombasa"],
            "avoid": ["suez"],
            "gates": True,
        },
        ["distances", "Shanghai", "Rotterdam", "Mombasa", "--avoid", "suez", "--gates"],
    ),
)
SLOW: Sequence[tuple[str, dict[str, Any], list[str]]] = (
    (
        "route",
        {"scenario": {"origin": "Mombasa", "destination": "Lisbon"}},
        ["route", "Mombasa", "Lisbon"],
    ),
    (
        "simulate",
        {"count": 300, "by": "2026-10-15"},
        ["simulate", "FILE", "--draws", "300", "--by", "2026-10-15"],
    ),
    (
        "phase",
        {"cells": 8},
        [
            *("phase", "FILE", "--cells", "8"),
            *("--x", "fuel.vlsfo_usd_per_t", "--y", "value_of_time"),
        ],
    ),
    (
        "catchments",
        {"to": ["Lyon"], "countries": ["SI"]},
        ["catchments", "FILE", "--to", "Lyon", "--in", "SI"],
    ),
)


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("path", "body", "arguments"),
    [*OTHERS, *(pytest.param(*one, marks=pytest.mark.long) for one in SLOW)],
)
def test_other_answers_are_those_of_their_commands(
    client: TestClient, path: str, body: dict[str, Any], arguments: list[str], tmp_path: Path
) -> None:
    saved(client, dict(SCENARIO), tmp_path)
    asked = {key: value for key, value in {"scenario": SCENARIO, **body}.items() if value}
    got = client.post(f"/api/{path}", json=asked)
    assert got.status_code == 200, got.text
    file = str(tmp_path / "scenario.yaml")
    words = [file if word == "FILE" else word for word in arguments]
    assert got.text == printed([*words, "--format", "json"])


def test_listings_are_those_of_the_command(client: TestClient) -> None:
    for path in ("corridors", "parameters"):
        assert client.get(f"/api/{path}").text == printed(["list", path, "--format", "json"])


@pytest.mark.long
def test_a_study_tells_its_steps_and_answers_as_without(client: TestClient) -> None:
    body = {"scenario": SCENARIO, "over": "fuel.vlsfo_usd_per_t", "first": 500, "last": 600}
    alone = client.post("/api/breakeven", json=body)
    accept = {"Accept": "text/event-stream"}
    with client.stream("POST", "/api/breakeven", json=body, headers=accept) as stream:
        events = "".join(stream.iter_text()).strip().split("\n\n")
    names = [event.splitlines()[0] for event in events]
    assert names[0] == "event: work"
    assert names[-2:] == ["event: answer", "event: done"]
    assert "event: progress" in names
    lines = [line.removeprefix("data: ") for line in events[-2].splitlines()[1:]]
    assert "\n".join(lines) + "\n" == alone.text


def test_the_page_has_studies_in_sentences_and_markup(client: TestClient) -> None:
    for path, more, said in (
        ("breakeven", {"over": "fuel.vlsfo_usd_per_t"}, "Ship fuel (VLSFO): "),
        ("catchments", {"to": ["Hamburg", "Lodz"]}, "best for 2 of 2 destinations"),
    ):
        got = client.post(f"/api/{path}?part=page", json={"scenario": SCENARIO, **more}).json()
        assert said in " ".join(got["answer"])
        assert all(one["heading"] and one["html"] for one in got["sections"])
    assert "Lodz" in got["sections"][-1]["html"]
    assert client.post("/api/simulate?part=x", json={"scenario": SCENARIO}).status_code == 422


def test_faults_name_the_key_in_the_words_of_the_command(client: TestClient) -> None:
    for changed, field, part in (
        ({"departure": "2026-13-01"}, "departure", "must be a date such as 2026-08-20"),
        ({"origin": nan}, "origin", "must be text, got nan"),
        ({"limits": {"max_days": inf}}, "limits.max_days", "must be a finite number, got inf"),
        ({"orgin": "Ningbo"}, "orgin", "unknown key, did you mean 'origin'?"),
        ({"origin": "Shanghia"}, "origin", "did you mean 'Shanghai'?"),
        ({"shipment": {"teu_per_month": -1}}, "shipment.teu_per_month", "must be at least"),
        (
            {"overrides": {"fuel.vlsfo_usd_per_t": 1e9}},
            "overrides.fuel.vlsfo_usd_per_t",
            "from 0 to",
        ),
        ({"corridors": ["suezz"]}, "corridors[0]", "did you mean 'suez'?"),
        ({"draws": {"count": 50_000}}, "draws.count", "must be at most 10000"),
    ):
        # As `json` of Python writes it, numbers that are not finite among it.
        sent = json.dumps({"scenario": {**SCENARIO, **changed}})
        got = client.post("/api/compare", content=sent, headers=JSON)
        told = got.json()
        assert (got.status_code, told["field"]) == (422, field), told
        assert got.headers["content-type"] == "application/problem+json"
        assert part in told["detail"]
        assert "scenario.yaml" not in got.text
    wrong: list[tuple[str, dict[str, Any], str | None]] = [
        ("explain", {"corridor": "suezz"}, None),
        ("route", {"via": ["suez", "suez"]}, "via"),
        ("simulate", {"count": 10**9}, "count"),
        ("simulate", {"by": "soon"}, "by"),
        ("breakeven", {"over": "nothing"}, "over"),
        ("catchments", {"countries": ["CN", "DE", "RU"]}, "to"),
    ]
    for path, body, key in wrong:
        got = client.post(f"/api/{path}", json={"scenario": SCENARIO, **body})
        assert got.status_code == 422, got.text
        assert got.json().get("field") == key, got.text
        assert "--" not in got.text


def test_a_lost_key_is_said_so(client: TestClient) -> None:
    got = client.get("/api/compare/0123/details")
    assert got.status_code == 404
    assert "ask it again" in got.json()["detail"]


SHEET = (
    "From,To,Carrier,Way,Equipment,Valid from,Valid to,Charge,Amount,Currency,Contract\n"
    "Shanghai,Hamburg,Made-up Line,Cape of Good Hope,40HC,2026-07-01,2026-12-31,BASE,4321,USD,Q3\n"
)


def sent(text: str, name: str = "acme.csv") -> dict[str, str]:
    return {"name": name, "base64": b64encode(text.encode()).decode()}


def answered_as_by_its_file(client: TestClient, asked: dict[str, Any], key: str) -> Any:
    """Return what a question with a file is answered, as the command does in the file's folder."""
    whole = client.post("/api/compare", json={"scenario": asked})
    assert whole.status_code == 200, whole.text
    # The scenario's file names what is sent, and holds nothing of it.
    told = client.post("/api/scenario", json={"scenario": asked}).json()
    assert told["scenario"][key] == [one["name"] for one in asked[key]]
    Path("scenario.yaml").write_text(told["yaml"], encoding="utf-8")
    printed(["compare", "scenario.yaml", "--format", "json", "--out", "result"])
    assert whole.content == Path("result", "comparison.json").read_bytes()
    return whole.json()


def test_a_rate_sheet_sent_with_a_question_is_the_one_of_a_file(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.csv").write_text(SHEET, encoding="utf-8")
    at_price = {**SCENARIO, "price_basis": "price"}
    asked = {**at_price, "contracts": [sent(SHEET)]}
    answered_as_by_its_file(client, asked, "contracts")
    parts = client.post("/api/compare?part=page", json={"scenario": asked}).json()["parts"]
    assert [row["rate"] for row in parts["rows"] if row["rate"]] == ["Q3 (acme.csv!2)"]
    before = client.post("/api/compare?part=page", json={"scenario": at_price}).json()["parts"]
    assert not any(row["rate"] for row in before["rows"])


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        ({"name": "acme.csv"}, "a rate sheet is sent as its name and its content in base64"),
        (sent(SHEET, "../acme.csv"), "the name of a rate sheet has no folder"),
        (
            {"name": "acme.csv", "base64": "4321!"},
            "acme.csv: empty, or its content is not in base64",
        ),
        (sent("a,b\n1,2\n"), "acme.csv: "),
    ],
)
def test_a_rate_sheet_that_cannot_be_read_is_a_fault_of_its_key(
    client: TestClient, sheet: dict[str, str], fault: str
) -> None:
    asked = {**SCENARIO, "price_basis": "price", "contracts": [sheet]}
    answer = client.post("/api/compare", json={"scenario": asked})
    assert (answer.status_code, answer.json()["field"]) == (422, "contracts")
    assert fault in answer.json()["detail"]


TRIPS = (
    "service,operator,from,to,departs,arrives,cut-off,way\n"
    "Loop M,Made-up Line,Shanghai,Hamburg,2026-08-29,2026-10-10,2026-08-27,Cape\n"
)


def test_sailings_sent_with_a_question_are_those_of_a_file(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trips.csv").write_text(TRIPS, encoding="utf-8")
    asked = {**SCENARIO, "schedules": [sent(TRIPS, "trips.csv")]}
    whole = answered_as_by_its_file(client, asked, "schedules")
    assert whole["sailings"]["departures"][0]["departs"].startswith("2026-08-29")
    bad = {**SCENARIO, "schedules": [sent("a,b\n1,2\n", "trips.csv")]}
    answer = client.post("/api/compare", json={"scenario": bad})
    assert (answer.status_code, answer.json()["field"]) == (422, "schedules")
    assert "no heading with" in answer.json()["detail"]
