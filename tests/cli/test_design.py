"""`corridors design`: its answer, its files, and plans that cannot be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import corridors
from corridors.cli.main import run
from corridors.config import load_corridors, load_scenario
from corridors.output.design_result import DesignResultModel
from corridors.studies.option import option_of
from corridors.studies.session import Session

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
    gains = {departures: each.gain_usd for departures, each in by_departures.items()}
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
    assert DesignResultModel.model_validate(written).value_usd == pytest.approx(found.value_usd)
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
    "a train as ship": (
        ("corridor: kal", "ship: rail/1520, corridor: kal"),
        "p.yaml:3: services[0].ship: 'rail/1520' is not a class of ships; use one such as sea/4k",
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
