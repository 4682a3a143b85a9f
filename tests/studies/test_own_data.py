"""Scenarios with own data: the answer uses them, and the manifest names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.data.geodata import load_rail_legs
from corridors.errors import ConfigError
from corridors.studies.compare.run import compare
from corridors.studies.route.run import route_between
from corridors.studies.session import Session

SCENARIO = """\
origin: kz-mine
destination: Moscow
departure: 2026-08-20
shipment: {teu_per_month: 200}
corridors: [mine.yaml]
own_data: [own]
"""
CORRIDOR = """\
id: mine
title: From the mine
colour: "#123456"
description: From a terminal of our own.
must_pass: [kz-mine]
services: [rail]
"""
TERMINALS = "id,name,country,lon,lat,services\nkz-mine,Mine Terminal,KZ,77.5,43.9,rail/1520\n"


def write(root: Path, *, km: float = 90.0, hours: str = "") -> Path:
    own = root / "own"
    own.mkdir(exist_ok=True)
    (own / "terminals.csv").write_text(TERMINALS, encoding="utf-8")
    legs = f"from,to,system,km,hours\nkz-mine,kz-almaty,1520,{km},{hours}\n"
    (own / "legs.csv").write_text(legs, encoding="utf-8")
    (root / "mine.yaml").write_text(CORRIDOR, encoding="utf-8")
    (root / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    return root / "scenario.yaml"


def test_a_scenario_runs_over_own_legs_and_says_so(tmp_path: Path) -> None:
    comparison = compare(load_scenario(write(tmp_path)))
    (route,) = comparison.routes
    first = next(step for step in route.steps if step.kind == "leg")
    assert (first.from_id, first.to_id, first.km) == ("kz-mine", "kz-almaty", 90.0)
    assert first.source == "own data, own/legs.csv:2"
    assert first.own
    manifest = comparison.record.plain()["manifest"]
    assert isinstance(manifest, dict)
    assert list(manifest["sha256"]["own_data"]) == ["own"]
    assert len(manifest["sha256"]["own_data"]["own"]) == 64


def test_a_session_notices_changed_own_data(tmp_path: Path) -> None:
    session = Session()
    km = [
        compare(load_scenario(write(tmp_path, km=length)), session=session).routes[0].km()
        for length in (90.0, 190.0)
    ]
    assert km[1] is not None
    assert km[0] is not None
    assert km[1] - km[0] == pytest.approx(100.0)


def test_own_hours_are_kept(tmp_path: Path) -> None:
    (route,) = compare(load_scenario(write(tmp_path, hours="12.5"))).routes
    assert next(step for step in route.steps if step.kind == "leg").hours == 12.5


def test_a_route_takes_own_data(tmp_path: Path) -> None:
    write(tmp_path)
    option, _ = route_between("Mine Terminal", "Moscow", own_data=(str(tmp_path / "own"),))
    assert option.usable


def test_a_route_reports_what_own_data_replaced(tmp_path: Path) -> None:
    write(tmp_path)
    leg = load_rail_legs()[0]
    text = f"from,to,system,km\n{leg.from_id},{leg.to_id},{leg.system},{leg.length_km + 7}\n"
    (tmp_path / "own" / "legs.csv").write_text(text, encoding="utf-8")
    option, _ = route_between("Xian", "Moscow", own_data=(str(tmp_path / "own"),))
    assert option.warnings[0].startswith(f"{leg.id}: your leg (own/legs.csv:2) replaces")


def test_missing_own_data_are_reported_with_the_line_of_the_scenario(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(SCENARIO.replace("[own]", "[owm]"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"scenario.yaml:6: own_data.*owm"):
        load_scenario(path)


def test_an_own_seaport_joins_the_sea(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    place = "id,name,country,lon,lat,services\nru-quay,Own Quay,RU,29.4,60.0,sea\n"
    (own / "terminals.csv").write_text(place, encoding="utf-8")
    option, _ = route_between("ru-quay", "Rotterdam", own_data=(str(own),))
    assert option.usable
    # Saint Petersburg to Rotterdam by the Kiel Canal is about 1,090 nautical miles. Ships of the
    # large lines, which would go by the Skaw, take no boxes of Russia.
    assert option.km("sea") == pytest.approx(2_020, rel=0.08)
