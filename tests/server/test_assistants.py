"""`corridors mcp`: what a client of the protocol is told, beside what the commands print."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.data.access import load_worlds
from corridors.data.parameters import load_sources
from corridors.errors import CorridorsError, MissingPackageError
from corridors.network.locate import locate
from corridors.server.questions import yaml_of
from corridors.version import __version__
from tests.batch.samples import CODE
from tests.conftest import LONG, in_both
from tests.server.asking import SCENARIO, Here

pytest.importorskip("mcp", reason="the extra corridors[assistants] is not installed")
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from corridors.server.assistants import TOOLS, assistant_server

DRAWN, SEED = (100, 63) if LONG else (10, 5)
NOTHING = 3
"""What a command ends with that can recommend nothing."""
ORIGINS = ("Shanghai", "Ningbo", "Chongqing", "Xi'an", "Mumbai", "CNTAO", "Almaty")
DESTINATIONS = ("Hamburg", "Rotterdam", "Duisburg", "Warsaw", "Piraeus", "Istanbul", "DEMUC")
CARGOES = ("general", "electronics", "machinery")


@pytest.fixture(scope="module")
def here() -> Here:
    return Here()


def called(here: Here, name: str, arguments: Mapping[str, Any]) -> tuple[bool, str]:
    """Call a tool and return whether it failed, and its text."""

    async def ask() -> tuple[bool, str]:
        async with Client(assistant_server(here)) as client:
            got = await client.call_tool(name, dict(arguments))
        (content,) = got.content
        return got.is_error, content.text  # type: ignore[union-attr]

    return asyncio.run(ask())


def told(here: Here, name: str, arguments: Mapping[str, Any]) -> Any:
    failed, text = called(here, name, arguments)
    assert not failed, text
    return json.loads(text)


def tools(here: Here) -> Any:
    async def ask() -> Any:
        async with Client(assistant_server(here)) as client:
            return (await client.list_tools()).tools

    return asyncio.run(ask())


def printed(*words: str) -> Any:
    """Return what a command prints as JSON; of one that is refused, the sentence."""
    done = CliRunner().invoke(command_line([words[0]]), [*words, "--format", "json"])
    # 3 says that nothing can be recommended.
    if done.exit_code in (0, NOTHING):
        return json.loads(done.stdout)
    assert isinstance(done.exception, CorridorsError), done.exception
    return str(done.exception)


def both(here: Here, name: str, arguments: Mapping[str, Any], *words: str) -> tuple[Any, Any]:
    """Return what the tool answers and what the command prints; None twice if both refuse alike."""
    failed, text = called(here, name, arguments)
    command = printed(*words)
    if failed:
        assert text in command
        return None, None
    return json.loads(text)["result"], command


def drawn_questions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield tools, each in turn, with what they are asked."""
    draw = random.Random(SEED)
    worlds = [world for world in load_worlds() if not world.startswith("20")]
    for number in range(DRAWN):
        scenario: dict[str, Any] = {
            "origin": draw.choice(ORIGINS),
            "destination": draw.choice(DESTINATIONS),
            "departure": str(date(2025, 3, 1) + timedelta(days=draw.randrange(600))),
            "shipment": {
                "teu_per_month": draw.randint(1, 400),
                "cargo": draw.choice(CARGOES),
                "value_of_time_usd_per_teu_day": draw.choice((0, 20, 80)),
            },
            "world": draw.choice(worlds),
            "objective": draw.choice(("cost", "days", "generalised")),
            "corridors": draw.sample(("suez", "cape", "trans-siberian", "kazakhstan-khorgos"), 3),
        }
        name = TOOLS[number % len(TOOLS)]
        # Twelve months of one corridor are asked twice, as are a hundred draws of two.
        scenario["corridors"] = scenario["corridors"][: {"months": 1, "simulate": 2}.get(name)]
        yield name, scenario


@in_both
@pytest.mark.parametrize(("name", "scenario"), [*drawn_questions()])
def test_an_assistant_is_told_what_the_command_prints(
    here: Here, tmp_path: Path, name: str, scenario: dict[str, Any]
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml_of(scenario), encoding="utf-8")
    ends = scenario["origin"], scenario["destination"]
    asked: dict[str, Any] = {"scenario": scenario}
    if name == "compare":
        result, command = both(here, name, asked, "compare", str(file))
        assert result["answer"] == command["answer"]
        assert len(result["options"]) == len(command["options"])
        for mine, its in zip(result["options"], command["options"], strict=True):
            kept = mine.keys() & its.keys()
            assert {key: mine[key] for key in kept} == {key: its[key] for key in kept}
            assert {"cost_usd_per_teu", "price_usd_per_teu", "days", "co2e_wtw_kg_per_teu"} <= kept
            lines = {(one["source_id"], one["status"]) for one in its["cost_lines"]}
            assert {tuple(one.values()) for one in mine["cost_from"]} == lines
        return
    if name == "places":
        (first, *_) = told(here, name, {"q": scenario["destination"][:4]})["result"]
        place = locate(first["name"])
        assert (first["lat"], first["lon"]) == (round(place.lat, 4), round(place.lon, 4))
        return
    words: tuple[str, ...] = (name, str(file))
    if name == "route":
        keys = ("origin", "destination", "departure", "world")
        asked = {"scenario": {key: scenario[key] for key in keys}}
        more = ("--departure", scenario["departure"], "--world", scenario["world"])
        words = (name, *ends, *more)
    elif name == "distances":
        asked, words = {"places": list(ends)}, (name, *ends)
    elif name == "months":
        words = ("compare", str(file), "--months")
    elif name == "simulate":
        asked, words = {**asked, "count": 100}, (*words, "--draws", "100")
    result, command = both(here, name, asked, *words)
    if name == "months" and result is not None:
        result, command = [one["best"] for one in result], command["rows"]
    assert result == command


def test_every_figure_comes_with_source_status_and_age(here: Here) -> None:
    answer = told(here, "compare", {"scenario": SCENARIO})
    about = answer["rests_on"]
    assert about["version"] == __version__
    assert {one["what"] for one in about["ages"]} >= {"Fuel", "Sea freight"}
    known = load_sources()
    for option in answer["result"]["options"]:
        assert option["price_status"] in ("index", "quoted", "estimated", None)
        for kind in ("cost_from", "co2e_from"):
            assert option[kind]
            for one in option[kind]:
                assert one["status"]
                assert answer["sources"][one["source_id"]]["title"] == known[one["source_id"]].title
    explained = told(here, "explain", {"scenario": SCENARIO})
    costs = [row for row in explained["result"]["rows"] if row["section"] == "cost"]
    assert costs
    assert all(row["status"] and row["source_id"] in explained["sources"] for row in costs)


def test_what_an_assistant_may_not_ask_is_said_in_a_sentence(here: Here) -> None:
    for name, arguments, part in (
        ("compare", {}, "scenario: Field required"),
        ("compare", {"scenario": {**SCENARIO, "origin": "Nowhereville"}}, "unknown place"),
        ("compare", {"scenario": SCENARIO, "out": "x"}, "out: Extra inputs"),
        ("compare", {"scenario": {**SCENARIO, "own_data": "/etc/passwd"}}, "names a file"),
        (
            "months",
            {"scenario": {**SCENARIO, "contracts": "rates.csv"}},
            "not told to an assistant",
        ),
        ("compare", {"scenario": {**SCENARIO, "corridors": ["../x.yaml"]}}, "names a file"),
        ("explain", {"scenario": SCENARIO, "corridor": "/etc/x.yaml"}, "names a file"),
        ("simulate", {"scenario": SCENARIO, "count": 10**9}, "less than or equal to 20000"),
        ("distances", {"places": ["Shanghai"] * 41}, "places: List should have at most 40"),
        ("places", {"near": "north"}, "give lat,lon"),
        ("delete", {}, "there is no tool 'delete'"),
    ):
        failed, text = called(here, name, arguments)
        assert failed, (name, arguments)
        assert part in text
        assert "Traceback" not in text


def test_tools_are_read_only_and_take_what_the_addresses_take(here: Here) -> None:
    from corridors.server.described import request_kind

    listed = tools(here)
    assert tuple(one.name for one in listed) == TOOLS
    for one in listed:
        assert one.annotations.read_only_hint
        own = request_kind(one.name).body.model_json_schema()["properties"]
        assert one.input_schema["properties"].keys() == own.keys()
        for name, shape in own.items():
            if name != "scenario":
                assert one.input_schema["properties"][name] == shape
        # What an assistant reads before it may ask is short.
        assert len(json.dumps(one.input_schema)) < 10_000
    (compare, *_) = listed
    keys = compare.input_schema["properties"]["scenario"]
    assert keys["required"] == ["origin", "destination", "departure", "shipment"]
    assert {"world", "objective", "limits", "overrides"} <= keys["properties"].keys()


@in_both
def test_the_command_speaks_the_protocol_over_its_streams() -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-c", CODE, "mcp"], env={**os.environ}
    )

    async def ask() -> tuple[Any, Any]:
        async with Client(stdio_client(command)) as client:
            distances = await client.call_tool("distances", {"places": ["Shanghai", "Hamburg"]})
            wrong = await client.call_tool("compare", {"scenario": {"origin": 1}})
        return distances, wrong

    distances, wrong = asyncio.run(ask())
    (row,) = json.loads(distances.content[0].text)["result"]["rows"]
    assert row == printed("distances", "Shanghai", "Hamburg")["rows"][0]
    assert wrong.is_error
    assert "destination" in wrong.content[0].text


def test_without_its_package_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = CliRunner().invoke(command_line(["mcp"]), ["mcp"])
    assert isinstance(done.exception, MissingPackageError)
    assert str(done.exception) == (
        "mcp needs mcp, which is not installed: pip install 'corridors[assistants]'"
    )


def test_the_tools_need_no_web_server() -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None; import corridors.server.assistants,"
        " corridors.server.warm"
    )
    assert not subprocess.run([sys.executable, "-c", code], check=False).returncode
