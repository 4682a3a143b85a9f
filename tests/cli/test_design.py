"""`corridors design`: its answer, its files, and plans that cannot be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import corridors
from corridors.cli.main import run
from corridors.config import load_corridors, load_scenario
from corridors.config.plan import load_plan
from corridors.data.parameters import load_parameters
from corridors.domain.allocation import Idle
from corridors.domain.scenario import MustPass
from corridors.routing.question import ANY_CORRIDOR
from corridors.studies.design.result import design_model, design_texts
from corridors.studies.design.run import design_plan
from corridors.studies.result_base import option_of
from corridors.studies.session import Session
from tests.batch.samples import CODE
from tests.cli.test_files_and_folders import ENVIRONMENT, HEARING

SERVICES = """services:
  - {name: Train, corridor: kaliningrad-zabaikalsk, departures_per_week: [1, 2]}"""
PLAN = f"""first_month: 2026-01
{SERVICES}
alternatives: none
unmet_usd_per_teu: 9000
scenario: {{world: reference-open}}
pairs:
  - origin: Shanghai
    destination: Kaliningrad
    value_of_time_usd_per_teu_day: 40
    teu_per_month: [600, 0, 0, 0]
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> corridors.ServiceDesign:
    """Return the design of the plan."""
    file = tmp_path_factory.mktemp("design") / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return corridors.design(file)


def test_a_train_is_run_as_far_as_boxes_pay_for_it(found: corridors.ServiceDesign) -> None:
    (service,) = found.services
    row = service.chosen
    assert row is not None
    # 1,800 TEU in the 90 days from January to March; 1 train a week carries 110 x 90 / 7.
    room = 110.0 * 90.0 / 7.0
    by_departures = {each.departures: each for each in service.frequencies}
    assert by_departures[1.0].teu == pytest.approx(room)
    assert by_departures[2.0].teu == pytest.approx(1800.0)
    # A train is bought whole, and two of them are twice the price of one.
    assert by_departures[2.0].fixed_usd == pytest.approx(2.0 * by_departures[1.0].fixed_usd)
    assert by_departures[1.0].fixed_usd == pytest.approx(service.sailing_usd * 90.0 / 7.0)
    gains = {departures: each.gain_usd or 0.0 for departures, each in by_departures.items()}
    assert service.departures == max(gains, key=lambda departures: gains[departures])
    assert found.gain_usd == pytest.approx(max(gains.values()))
    assert found.proved
    # A set of wagons is away for the round trip: it takes that many departures a week.
    assert row.vehicles == -(-service.round_trip_days * row.departures // 7.0)


def test_the_cost_of_the_train_is_that_of_a_box_in_a_comparison(
    found: corridors.ServiceDesign,
) -> None:
    (service,) = found.services
    asked = load_scenario(
        "shanghai-kaliningrad",
        departure=date(2026, 2, 15),
        set_values=[
            *("world=reference-open", "objective=generalised", "max_wait_days=0"),
            "shipment={teu_per_month: 1, value_of_time_usd_per_teu_day: 40}",
        ],
    )
    option = option_of(Session().pose(asked, load_corridors(["kaliningrad-zabaikalsk"])))
    rail = sum(line.usd_per_teu for line in option.cost_lines if line.driver.startswith("rail."))
    assert service.sailing_usd == pytest.approx(110.0 * rail, rel=1e-9)


def test_files_say_what_the_table_says(found: corridors.ServiceDesign, tmp_path: Path) -> None:
    found.save(tmp_path)
    written = json.loads((tmp_path / "design.json").read_text(encoding="utf-8"))
    record = design_model().model_validate(written).model_dump()
    assert record["value_usd"] == pytest.approx(found.value_usd)
    assert written["services"][0]["departures_per_week"] == found.services[0].departures
    assert "Train" in (tmp_path / "design.html").read_text(encoding="utf-8")
    assert (tmp_path / "design.csv").read_text(encoding="utf-8").count("\n") == 2


NO_VALUE = (
    "p.yaml:7: pairs: no pair has a value of time, so frequency would be worth nothing;"
    " set value_of_time_usd_per_teu_day of the pairs"
)
BAD = {
    "cost alone": (
        ("first_month", "objective: cost\nfirst_month"),
        "p.yaml:1: objective: cost alone gives frequency no value, so the fewest departures would"
        " always do; set generalised, and set value_of_time_usd_per_teu_day of the pairs",
    ),
    "by price": (
        ("{world: reference-open}", "{world: reference-open, price_basis: price}"),
        "p.yaml:6: scenario.price_basis: a service that nobody runs yet has no price, so a design"
        " compares costs; leave it out",
    ),
    "no value of time": (("day: 40", "day: 0"), NO_VALUE),
    "no candidate": (
        (f"{SERVICES}\n", ""),
        "p.yaml:5: pairs: there is no candidate service; name some under services, or set propose:"
        " corridors or propose: lines",
    ),
    "three seasons": (
        ("[600, 0, 0, 0]", "[600, 0, 0]"),
        "p.yaml:11: pairs[0].teu_per_month: 3 volumes for 4 seasons; give one or 4",
    ),
    "no calls": (
        ("corridor: kaliningrad-zabaikalsk, ", ""),
        "p.yaml:3: services[0]: without a corridor it must be known where the service calls; set"
        " loads_at and unloads_at, or corridor",
    ),
    "both sides": (
        (
            "corridor: kal",
            "loads_at: [ru-kaliningrad], unloads_at: [ru-kaliningrad], corridor: kal",
        ),
        "p.yaml:3: services[0]: ru-kaliningrad is on both sides; leave it out on one",
    ),
    "a train as ship": (
        ("corridor: kal", "ship: rail/1520, corridor: kal"),
        "p.yaml:3: services[0].ship: 'rail/1520' is not a class of ships; use one such as sea/4k",
    ),
    "a ship on rails": (
        ("corridor: kal", "ship: sea/4k, corridor: kal"),
        "p.yaml:3: services[0]: Train runs with rail/tsr-1520, not with sea/4k; leave ship out, or"
        " take a corridor by sea",
    ),
    "ships for no service": (
        ("alternatives", "fleets:\n  - {ship: sea/4k, most: 2}\nalternatives"),
        "p.yaml:5: fleets[0]: no candidate service sails sea/4k; leave it out, or add a service"
        " with this ship",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plan_ends_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (old, new), text = BAD[name]
    monkeypatch.chdir(tmp_path)
    assert old in PLAN
    Path("p.yaml").write_text(PLAN.replace(old, new), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["design", "p.yaml"])
    assert ended.value.code == 2
    assert text in capsys.readouterr().err.replace("\n", " ")


def test_boxes_that_must_travel_and_cannot_are_named(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    text = PLAN.replace("unmet_usd_per_teu: 9000\n", "").replace("[1, 2]", "1")
    file.write_text(text, encoding="utf-8")
    # 1,800 TEU, of which a train a week takes 110 x 90 / 7 = 1,414.
    with pytest.raises(
        corridors.CorridorsError, match="386 TEU of Shanghai to Kaliningrad from 2026-01 to 2026-03"
    ):
        corridors.design(file)


CHAIN = """first_month: 2026-01
services:
  - {name: First, loads_at: [cn-xian], unloads_at: [kz-almaty], departures_per_week: [1, 2]}
  - {name: Second, loads_at: [kz-almaty], unloads_at: [ru-moscow], departures_per_week: [1, 2]}
alternatives: none
unmet_usd_per_teu: 9000
capacity_share: 1
scenario:
  world: reference-open
  overrides: {border.capacity_teu_per_week@CN-KZ: 160}
pairs:
  - origin: Xi'an
    destination: Moscow
    value_of_time_usd_per_teu_day: 40
    teu_per_month: [600, 0, 0, 0]
  - origin: Moscow
    destination: Xi'an
    value_of_time_usd_per_teu_day: 5
    teu_per_month: [600, 0, 0, 0]
"""


def test_boxes_ride_a_chain_of_services_and_capacities_hold(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(CHAIN, encoding="utf-8")
    plan, session = load_plan(file, command="design"), Session()
    found = design_plan(plan, session=session)
    out, back = sorted(found.flows, key=lambda flow: flow.services)
    assert (out.services, back.services) == (("First", "Second"), ("Second", "First"))
    # 160 TEU a week of both directions together pass the border in the 90 days.
    room = 160.0 * 90.0 / 7.0
    (full,) = found.full
    assert (full.name, full.season) == ("border CN-KZ", 0)
    assert out.teu + back.teu == pytest.approx(room)
    assert full.teu == pytest.approx(room)
    # One more takes the place of a box that stays away.
    asked = replace(plan.pairs[0].scenario, departure=date(2026, 2, 15))
    calls = [MustPass(name=one, any_of=(one,)) for one in ("cn-xian", "kz-almaty", "ru-moscow")]
    by_train = replace(ANY_CORRIDOR, must_pass=tuple(calls), main_services=("rail",))
    option = option_of(session.pose(asked, [by_train]))
    # What the boxes of a full train pay together is what they pay on trains that others run.
    trains = sum(service.sailing_usd for service in found.services) / 110.0
    assert out.usd_per_teu + trains == pytest.approx(option.usd_per_teu)
    # They wait half the time between two departures of each.
    waits = sum(7.0 / 2.0 / service.departures for service in found.services)
    known = next(step for step in option.steps if step.kind == "load").time_parts["schedule_wait"]
    assert out.days == pytest.approx((option.days or 0.0) - known / 24.0 + waits)
    worse = replace(plan, capacity_share=0.99)
    dearer = design_plan(worse, session=session)
    assert [s.departures for s in dearer.services] == [s.departures for s in found.services]
    assert dearer.value_usd - found.value_usd == pytest.approx(0.01 * room * full.usd_per_teu)


def test_boxes_that_a_full_place_keeps_back_are_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(CHAIN.replace("unmet_usd_per_teu: 9000\n", ""), encoding="utf-8")
    with pytest.raises(corridors.CorridorsError, match="full at the plan's share of its capacity"):
        corridors.design(file)


ARCTIC = """first_month: 2026-07
services:
  - {name: Loop, corridor: northern-sea-route, ship: sea/arctic-5k-ice1, departures_per_week: 1}
fleets: [{ship: sea/arctic-5k-ice1, most: 3}]
alternatives: none
scenario: {world: reference-open}
pairs:
  - origin: Shanghai
    destination: PLGDN
    value_of_time_usd_per_teu_day: 20
    teu_per_month: [1000, 0, 0, 0]
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            "",
            "",
            "Loop: its fewest departures need 7 ships of sea/arctic-5k-ice1, and fleets has 3",
        ),
        ("[1000, 0, 0, 0]", "[0, 0, 1000, 0]", "can run: Loop: ice class Ice1 in the Chukchi Sea"),
    ],
)
def test_why_a_service_cannot_run_is_said(old: str, new: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(ARCTIC.replace(old, new) if old else ARCTIC, encoding="utf-8")
    with pytest.raises(corridors.CorridorsError, match=text):
        corridors.design(file)


# HiGHS is begun, and asked for nothing: the search waits for it until it is interrupted.
HELD = (
    "from corridors.optimise.highs_process import HighsProcess as H;"
    "H.solve = lambda self, *_, **__: print(self._begin().pid, flush=True)"
    " or self._process.wait(60)"
)
OUTPUTS = {
    *("design.json", "design.csv", "frequencies.csv", "design.html", "design-map.html"),
    "index.html",
}


# SIGTERM leaves by the way that tests/batch/test_disturbances.py holds for every command.
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
def test_ctrl_c_returns_the_best_with_its_gap_and_sigterm_ends(
    number: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "plan.yaml").write_text(CHAIN, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", f"{HEARING}; {HELD}; {CODE}", "design", "plan.yaml", "--out", "o"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        solver = int(running.stdout.readline())
        running.send_signal(number)
        said, told = running.communicate(timeout=60)
    with pytest.raises(ProcessLookupError):
        os.kill(solver, 0)
    if number == signal.SIGTERM:
        assert running.returncode == 128 + number
        assert not (tmp_path / "o").exists()
        return
    assert (running.returncode, told) == (0, "")
    assert "The search was interrupted: another" in said.replace("\n", " ")
    assert {path.name for path in (tmp_path / "o").iterdir()} == OUTPUTS
    written = json.loads((tmp_path / "o" / "design.json").read_text(encoding="utf-8"))
    assert written["stopped"] == "interrupt"
    assert written["bound_usd"] == written["relaxation_usd"] < written["value_usd"]
    assert written["gap_usd"] == pytest.approx(written["value_usd"] - written["bound_usd"])


def test_a_time_limit_of_the_command_returns_the_best_with_its_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(CHAIN, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["design", "plan.yaml", "--time-limit", "0.001", "--out", "o"])
    assert ended.value.code == 0
    assert "The search stopped at the time limit: another" in capsys.readouterr().out.replace(
        "\n", " "
    )
    assert {path.name for path in Path("o").iterdir()} == OUTPUTS
    written = json.loads(Path("o/design.json").read_text(encoding="utf-8"))
    assert written["gap_usd"] > 0.0


def test_what_carriers_keep_is_told_at_what_lanes_pay(found: corridors.ServiceDesign) -> None:
    def told(*lane_usd: float | None) -> str:
        flows = tuple(
            replace(first, teu=teu, usd_per_teu=500.0, lane_usd_per_teu=usd)
            for teu, usd in zip((2_000.0, 1_000.0), lane_usd, strict=True)
        )
        design = replace(found, flows=flows, services_usd=6_000_000.0)
        return next(text for text in design_texts(design) if "uoted" in text)

    first = next(flow for flow in found.flows if flow.services)
    # 2,000 at 3,000 and 1,000 at 2,500 pay 8.5 million, 1.5 of it for what others do.
    assert "pay USD 8.5 million a year, of which USD 1.5 million" in told(3_000.0, 2_500.0)
    assert told(3_000.0, 2_500.0).endswith("million: carriers keep USD 1.0 million.")
    # Without a price of the second they lack a million, 2,000 a box of two TEU.
    assert "break even if they bring USD 2,000 per 40'" in told(3_000.0, None)
    assert told(None, None).endswith("nothing is quoted between these places.")


LOOP = """first_month: 2026-07
services:
  - {name: Loop, corridor: northern-sea-route, ship: sea/arctic-5k-ice1, departures_per_week: [0.5]}
alternatives: none
unmet_usd_per_teu: 50000
capacity_share: 1.0
scenario: {world: red-sea-closed, projects: [./dearer-ships.yaml]}
pairs:
  - origin: Shanghai
    destination: PLGDN
    value_of_time_usd_per_teu_day: 30
    teu_per_month: [9000, 0, 0, 0]
"""
DEARER = """id: dearer-ships
title: Dearer ships
description: Ships cost twice as much a day.
opens: {day: 2026-10-01}
cost_usd_m: {value: 1, year: 2025}
rows: {ship.day_usd@sea/arctic-5k-ice1: {value: DAY}}
"""


def test_ships_cost_in_every_season_what_they_cost_then(tmp_path: Path) -> None:
    day_usd = load_parameters().value("ship.day_usd", "sea/arctic-5k-ice1")
    running = load_parameters().value("ship.running_share", "sea/arctic-5k-ice1")
    (tmp_path / "plan.yaml").write_text(LOOP, encoding="utf-8")
    text = DEARER.replace("DAY", f"{2.0 * day_usd}")
    (tmp_path / "dearer-ships.yaml").write_text(text, encoding="utf-8")
    (fleet,) = corridors.design(tmp_path / "plan.yaml").fleets
    assert fleet.used[0] > fleet.used[1] > 0.0
    assert fleet.used[2:] == (0.0, 0.0)
    # The loop runs from July to September, and the price has doubled for the 273 days after.
    capital_usd = day_usd * (1.0 - running)
    days = (92.0, 2.0 * 92.0, 2.0 * 90.0, 2.0 * 91.0)
    assert fleet.held_usd == pytest.approx(fleet.held * capital_usd * sum(days))
    idle = sum(each * (fleet.held - used) for each, used in zip(days, fleet.used, strict=True))
    assert fleet.if_idle_usd[Idle.RETURN] == pytest.approx(-capital_usd * idle)
