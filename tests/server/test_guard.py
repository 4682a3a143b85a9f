"""Whom a request may come from, how much it may send, and that it reaches no file."""

from __future__ import annotations

import builtins
import io
import json
import logging
import os
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corridors.server.guard import CONTENT_POLICY, MOST_BODY, host_name
from tests.conftest import LONG
from tests.server.asking import ADDRESS, SCENARIO, Here, client_of

# Folders that an answer may read: the program with its tables, Python, and its libraries.
OURS = (
    *(Path(__file__).parents[2], sys.prefix, sys.base_prefix),
    *(sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")),
)
LIGHT = {"places": ["Rotterdam", "Hamburg"]}
HOSTILE = (
    *("/etc/passwd", "../../etc/passwd.yaml", "\\\\evil\\share\\x.yaml", "\x00"),
    *("<script>alert(1)</script>", "\ud800"),
)
MORE_HOSTILE = (
    *("..\\..\\boot.ini", "file:///etc/passwd", "~/.ssh/id", "x.yaml", "a.YAML"),
    *("http://127.0.0.1:1/x.yaml", "//evil.example/x", "'; drop table x; --"),
    *("${jndi:ldap://evil}", "{{7*7}}", "\u202eevil", "%00", "%2e%2e%2f", "CON"),
    *("a" * 5000, "\N{SHIP}", "-1e999", "no", "\N{FULLWIDTH SOLIDUS}etc"),
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of(Here()) as made:
        yield made


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": ADDRESS}, 200),
        ({"Host": "127.0.0.1:8765", "Origin": "http://127.0.0.1:8765"}, 200),
        ({"Host": "planner.example", "Origin": "https://planner.example"}, 200),
        ({"Host": "PLANNER.example."}, 200),
        ({"Host": "[::1]:8765"}, 200),
        # DNS rebinding: another name that leads here.
        ({"Host": "evil.example"}, 421),
        ({"Host": "localhost.evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:8765"}, 421),
        ({"Host": ""}, 421),
        ({"Host": "localhost@evil.example"}, 421),
        # Another page, also one on another port of this machine.
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_host_and_origin_are_checked(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/api/distances", json=LIGHT, headers=headers).status_code == status
    if headers.get("Host") != "":
        read = client.get("/api/places?q=rotterdam", headers=headers)
        assert read.status_code == status


def test_two_hosts_are_refused() -> None:
    with client_of(Here()) as client:
        headers = [("Host", "localhost"), ("Host", "evil.example")]
        assert client.get("/healthz", headers=headers).status_code == 421


def test_a_link_to_the_page_works_and_one_to_an_answer_does_not(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.get("/api/start", headers=headers).status_code == 403


def test_hosts_are_named_without_ports() -> None:
    names = ["Localhost:80", "[::1]:80", "[::1]", "127.0.0.1", "0127.0.0.1", "a:b:c"]
    wanted = ["localhost", "[::1]", "[::1]", "127.0.0.1", "0127.0.0.1", "a:b:c"]
    assert [host_name(name.strip("[]") if name == "[::1]" else name) for name in names] == wanted


def test_a_fault_that_names_a_key_is_one_line(client: TestClient) -> None:
    got = client.post("/api/season", json={"ice_class": "Arc4", "\nyear\u202e": "2014"})
    assert got.status_code == 422
    assert got.json()["detail"].startswith("\\nyear\\u202e: ")


def test_bodies_are_bounded_however_they_are_sent(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(10_000):
            yield b" " * 1000

    json_type = {"Content-Type": "application/json"}
    within = json.dumps(LIGHT).encode().ljust(MOST_BODY)
    for content, status in (
        (within, 200),
        (within + b" ", 413),
        (b" " * 10_000_000, 413),
        (chunks(), 413),
        (b"", 422),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"scenario":' + b'{"a":' * 40_000 + b"1" + b"}" * 40_001, 400),
        (b"\xff\xfe", 400),
        (b'{"places": [NaN, Infinity]}', 422),
        (b'{"places": ' + b"9" * 5000 + b"}", 400),
    ):
        got = client.post("/api/distances", content=content, headers=json_type)
        assert got.status_code == status, (got.text, content if status < 413 else "")
        assert (status == 200) != (got.headers["content-type"] == "application/problem+json")


def test_a_key_given_twice_is_refused_as_in_a_file(client: TestClient) -> None:
    json_type = {"Content-Type": "application/json"}
    twice = json.dumps({"scenario": SCENARIO}).replace('"world"', '"origin": "Ningbo", "world"')
    for path, body, key in (
        ("/api/scenario", twice, "origin"),
        ("/api/distances", json.dumps(LIGHT).replace("{", '{"places": [], '), "places"),
        ("/api/distances", '{"places": [{"\\n\u202e": 1, "\\n\u202e": 2}]}', "\\n\\u202e"),
    ):
        got = client.post(path, content=body.encode(), headers=json_type)
        assert got.status_code == 422, got.text
        assert got.json()["field"] == key
        assert got.json()["detail"] == f"{key}: given twice; keep one"
    # However many there are.
    many = "{" + ",".join(f'"{n}":1' for n in range(20_000)) + ',"7":1}'
    assert client.post("/api/distances", content=many, headers=json_type).status_code == 422


def test_only_json_is_read(client: TestClient) -> None:
    # What a form of another page may send without asking first.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        got = client.post(
            "/api/distances", content=json.dumps(LIGHT), headers={"Content-Type": kind}
        )
        assert got.status_code == 415, got.text


def test_every_answer_carries_the_policy(client: TestClient) -> None:
    assert "unsafe" not in CONTENT_POLICY
    for got in (
        client.get("/"),
        client.get(_address_of(client, "map/map.js")),
        client.get("/nothing"),
        client.get("/api/places?limit=0"),
        client.post("/api/distances", json=LIGHT),
        client.delete("/api/work/none"),
        client.get("/healthz", headers={"Host": "evil.example"}),
    ):
        assert got.headers["content-security-policy"] == CONTENT_POLICY
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in got.headers
        assert "server" not in got.headers
    assert client.get("/api/start").headers["cache-control"] == "no-store"


def _address_of(client: TestClient, name: str) -> str:
    found = re.search(rf'"(static/\w+/{re.escape(name)})"', client.get("/").text)
    assert found, name
    return f"/{found[1]}"


def test_static_names_are_those_of_a_list(client: TestClient) -> None:
    address = _address_of(client, "map/map.js")
    first = client.get(address)
    assert first.headers["content-type"].startswith("text/javascript")
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    under = address.removesuffix("map/map.js")
    for name in (
        *("../app.py", "..%2fapp.py", "%2e%2e/app.py", "map/../../../app.py", "/etc/passwd"),
        *("map/", "map", "", "map/map.js/", "MAP/MAP.JS", "map\\map.js", "map/map.js%00"),
    ):
        for beside in ("/static/", under):
            got = client.get(f"{beside}{name}")
            assert got.status_code == 404, name
            assert got.headers["content-type"] == "application/problem+json"


def test_files_of_the_page_are_kept_until_the_program_changes(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["cache-control"] == "no-cache"
    asked = re.findall(r'"(static/[^"]+)"', page.text)
    # All of them under one hash, which a changed file would change; and none of another program.
    assert len(asked) > 10
    (tag,) = {one.split("/")[1] for one in asked}
    for one in asked:
        got = client.get(f"/{one}")
        assert got.status_code == 200, one
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get(f"/{one.replace(tag, tag[::-1])}").status_code == 404


def test_what_is_long_is_sent_packed_to_who_takes_it(client: TestClient) -> None:
    address = _address_of(client, "map/map.js")
    for path in (address, "/", "/api/start", "/api/corridors"):
        sizes = {}
        for accepted in ("gzip, deflate, br", "identity", "gzip;q=0", "br, gzip; q=0.0"):
            with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as got:
                sizes[accepted] = len(b"".join(got.iter_raw()))
                packed = accepted.startswith("gzip, ")
                assert got.headers.get("content-encoding") == ("gzip" if packed else None)
                assert got.headers["vary"] == "Accept-Encoding"
        plain = len(client.get(path).content)
        assert sizes.pop("gzip, deflate, br") < plain / 2
        assert set(sizes.values()) == {plain}
    # Packing what is short costs more than it saves.
    assert "content-encoding" not in client.get("/api/places?q=lod&limit=1").headers


def _scenarios_with(text: str) -> Iterator[dict[str, Any]]:
    for key in (
        *("origin", "destination", "departure", "name", "world", "speed", "prices", "ice_year"),
        *("own_data", "corridors", "projects", "services", "cargo"),
    ):
        yield {**SCENARIO, key: text}
        yield {**SCENARIO, key: [text, {"id": text}]}
    yield {**SCENARIO, "scope": "door", "door": {"osm": [text], "origin": text}}
    yield {**SCENARIO, "projects": [{"id": text, "opens": text}]}
    yield {**SCENARIO, "limits": {"max_share_corridor": {text: 0.5}, "avoid": {"gates": [text]}}}
    yield {**SCENARIO, "closures": [{"place": text, "reason": text}]}
    yield {**SCENARIO, "overrides": {text: 1.0}}
    yield {**SCENARIO, text: text}


@pytest.fixture
def opened(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that are opened or looked at, from here on, outside the installed program."""
    # What is read once is read before.
    client.post("/api/compare?part=figures", json={"scenario": SCENARIO})
    client.post("/api/route", json={"scenario": {"origin": "Hamburg", "destination": "Oslo"}})
    found: list[str] = []
    root = str(Path(__file__).resolve().parents[2])

    def noting(real: Any) -> Any:
        def call(path: Any, *more: Any, **keys: Any) -> Any:
            text = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
            if isinstance(text, str) and text and not text.startswith((root, "/proc/", "/dev/")):
                found.append(text)
            return real(path, *more, **keys)

        return call

    for module, name in (
        (builtins, "open"),
        (io, "open"),
        (os, "open"),
        (os, "stat"),
        (os, "lstat"),
    ):
        monkeypatch.setattr(module, name, noting(getattr(module, name)))
    for name in ("scandir", "listdir", "mkdir"):
        monkeypatch.setattr(os, name, noting(getattr(os, name)))
    return found


def test_hostile_texts_are_inert_and_reach_no_file(
    client: TestClient, opened: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="corridors")
    every = (*HOSTILE, *MORE_HOSTILE) if LONG else HOSTILE
    for text in every:
        for scenario in _scenarios_with(text):
            # Half a surrogate pair has a form in JSON alone.
            body = json.dumps({"scenario": scenario})
            got = client.post(
                "/api/scenario", content=body, headers={"Content-Type": "application/json"}
            )
            assert got.status_code in (200, 422), (text, got.text)
            json.loads(got.text)
            assert got.headers["content-type"] in ("application/json", "application/problem+json")
        for path, body_of in (
            ("route", {"scenario": {**SCENARIO}, "corridor": text, "via": []}),
            ("route", {"scenario": {**SCENARIO}, "via": [text]}),
            ("explain", {"scenario": {**SCENARIO}, "corridor": text}),
            ("season", {"corridor": text}),
            ("season", {"ice_class": text, "year": text, "service": text}),
            ("distances", {"places": [text, "Hamburg"], "avoid": [text]}),
            ("breakeven", {"scenario": {**SCENARIO}, "over": text}),
            ("catchments", {"scenario": {**SCENARIO}, "to": [text], "countries": [text]}),
        ):
            body = json.dumps(body_of)
            got = client.post(
                f"/api/{path}", content=body, headers={"Content-Type": "application/json"}
            )
            assert got.status_code == 422, (path, text, got.text)
        got = client.get("/api/places", params={"q": text.encode("utf-8", "replace").decode()[:60]})
        assert got.status_code == 200
        got = client.post("/api/scenario", json={"yaml": f"a: &x [*x]\n? {text!r}"})
        assert got.status_code == 422
    outside = [path for path in opened if any(word in path for word in ("etc", "evil", "x.yaml"))]
    assert outside == []
    strange = [path for path in opened if not any(Path(path).is_relative_to(one) for one in OURS)]
    assert strange == []
    told = "".join(one.getMessage() for one in caplog.records if "corridors" in one.name)
    assert not any(text in told for text in every if len(text) > 4)


def test_own_files_are_those_of_the_folder_given_at_start(tmp_path: Path) -> None:
    from corridors.server.guard import OwnFiles

    (tmp_path / "own").mkdir()
    (tmp_path / "secret.csv").write_text("id\n", encoding="utf-8")
    terminals = "id,name,city,kind,country,lon,lat,services\n"
    terminals += "own-depot,Depot,Hamburg,rail_terminal,DE,10.0,53.5,rail/eu-1435\n"
    (tmp_path / "own" / "terminals.csv").write_text(terminals, encoding="utf-8")
    (tmp_path / "own" / "link.csv").symlink_to(tmp_path / "secret.csv")
    with client_of(Here(OwnFiles.of(tmp_path / "own"))) as client:

        def ask(name: object) -> Any:
            return client.post("/api/scenario", json={"scenario": {**SCENARIO, "own_data": name}})

        for name in ("../secret.csv", "link.csv", str(tmp_path / "secret.csv"), ".", ""):
            got = ask(name)
            assert (got.status_code, got.json()["field"]) == (422, "own_data"), got.text
            assert str(tmp_path) not in got.text
        got = ask("terminals.csv")
        assert str(tmp_path) not in got.text
        assert got.status_code == 200, got.text
