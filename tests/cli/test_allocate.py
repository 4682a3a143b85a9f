"""`corridors allocate`: its answer, its files, and plans that cannot be met."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import corridors
from corridors.cli.main import run
from corridors.errors import ConfigError

PLAN = """first_month: 2026-08
months: 1
departures: [20]
corridors: [kazakhstan-petropavl, kazakhstan-khorgos, suez]
pairs:
  - {origin: Chongqing, destination: Duisburg, teu_per_month: 900, max_days: 30}
objective: cost
"""


def _plan(folder: Path, more: str = "", text: str = PLAN) -> Path:
    file = folder / "plan.yaml"
    file.write_text(more + text, encoding="utf-8")
    return file


def test_a_box_costs_what_a_comparison_of_that_day_says(tmp_path: Path) -> None:
    found = corridors.allocate(_plan(tmp_path, "scenario: {price_basis: cost}\n"))
    compared = corridors.compare(
        origin="Chongqing",
        destination="Duisburg",
        world="reference-open",
        corridors=["kazakhstan-petropavl"],
        shipment={"teu_per_month": 1, "cargo": "general"},
        departure="2026-08-20",
    )
    assert {row.corridor for row in found.rows} == {"kazakhstan-petropavl"}
    cost = compared.routes[0].cost_usd_per_teu
    assert cost is not None
    assert found.rows[0].usd_per_teu == pytest.approx(cost, abs=0.05)


def test_what_a_limit_is_worth_is_said_once_for_months_of_one_price(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = """scenario: {price_basis: cost}
capacity_share: 1
minimums: [{corridor: kazakhstan-khorgos, teu_per_month: 100}]
"""
    text = PLAN.replace("months: 1\n", "months: 3\n").replace(", suez", "")
    file = _plan(tmp_path, more, text)
    # One less of a minimum saves; one more would cost.
    usd = {one.usd_per_unit for one in corridors.allocate(file).marginals}
    assert max(usd) - min(usd) < 0.005
    with pytest.raises(SystemExit) as ended:
        run(["allocate", str(file)])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "Minimum through Kazakhstan via Khorgos in August 2026 to October 2026: one 40' less"
        f" would save USD {2.0 * max(usd):.0f}."
    ) in said


def test_what_dostyk_cannot_take_goes_by_altynkol(tmp_path: Path) -> None:
    scarce = 'scenario: {overrides: {"border.capacity_teu_per_week@CN-KZ@kz-dostyk": 1000}}\n'
    found = corridors.allocate(_plan(tmp_path, scarce))
    by = {row.corridor: row.teu for row in found.rows}
    most = 1000 * 0.1 * 31 / 7
    assert by["kazakhstan-petropavl"] == pytest.approx(most)
    assert by["kazakhstan-khorgos"] == pytest.approx(900 - most)
    dear = {row.corridor: row.usd_per_teu for row in found.rows}
    (marginal,) = found.marginals
    assert marginal.name == "border CN-KZ@kz-dostyk"
    gap = dear["kazakhstan-khorgos"] - dear["kazakhstan-petropavl"]
    assert marginal.usd_per_unit == pytest.approx(gap)
    assert found.spills[0].teu == pytest.approx(900 - most)
    assert found.spills[0].because == ("border CN-KZ@kz-dostyk",)
    full = found.capacities.set_index(["name", "month"]).loc["border CN-KZ@kz-dostyk", "2026-08-01"]
    assert full["used_teu"] == pytest.approx(most)
    assert full["share"] == pytest.approx(1.0)
    assert full["usd_per_teu"] == pytest.approx(gap)
    assert full.geometry.x == pytest.approx(82.5, abs=0.2)
    brest = next(use for use in found.uses if use.name == "border BY-PL@pl-malaszewicze")
    assert brest.place == "pl-malaszewicze"
    assert found.flows.crs == "EPSG:4326"
    ends = {end.name: (end.out_teu, end.in_teu) for end in found.ends}
    assert ends["Chongqing"] == pytest.approx((900.0, 0.0))


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (
            "limits: {max_usd: 1000000}\n",
            "limits.max_usd of 1,000,000 USD, below the lowest possible cost",
        ),
        ("limits: {max_co2e_t: 10}\n", "the cap on CO2e of 10.0 t, below the lowest possible"),
        (
            "scenario: {world: reference-open}\ncapacity_share: 0.005\n",
            "border BY-RU@ru-krasnoye at 396 TEU",
        ),
        ("minimums: [{corridor: suez, teu_per_month: 50}]\n", "minimum corridor suez of 50 TEU"),
    ],
)
def test_a_plan_that_cannot_be_met_names_the_conflict(
    tmp_path: Path, more: str, named: str
) -> None:
    with pytest.raises(ConfigError, match="the plan is infeasible by") as caught:
        corridors.allocate(_plan(tmp_path, more))
    assert named in str(caught.value)


def test_a_negative_volume_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"plan\.yaml:6: pairs\[0\]\.teu_per_month") as caught:
        corridors.allocate(_plan(tmp_path, text=PLAN.replace("900", "-900")))
    assert "must be at least 0, got -900" in str(caught.value)


def test_the_command_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["allocate", str(_plan(tmp_path)), "--out", str(tmp_path / "out"), "--format", "json"])
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert told["exact"] is True
    assert told["teu"] == pytest.approx(900)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"allocation.json", "flows.csv", "flows.gpkg", "map.html", "index.html"}


def test_a_leg_may_be_given_a_capacity_that_none_is_listed_for(tmp_path: Path) -> None:
    free = corridors.allocate(_plan(tmp_path))
    leg = "ru-kazan--ru-moscow"
    assert any(leg in row.legs for row in free.rows)
    held = corridors.allocate(
        _plan(tmp_path),
        set_values=[f"scenario.overrides.rail.capacity_teu_per_week@{leg}=1000"],
    )
    through = sum(row.teu for row in held.rows if leg in row.legs)
    assert through == pytest.approx(1000 * 0.1 * 31 / 7)
    (marginal,) = held.marginals
    assert marginal.name == f"rail {leg}"
    assert marginal.usd_per_unit > 0.0


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("rail.capacity_teu_per_week@ru-kazan--ru-moskow",
         "unknown leg 'ru-kazan--ru-moskow', did you mean 'ru-kazan--ru-moscow'?"),
        ("border.capacity_teu_per_week@CN-XX", "unknown country 'XX', no known name is similar"),
        ("border.capacity_teu_per_week@Dostyk", "'Dostyk' is not a border; write it like CN-KZ"),
        ("sea.capacity_teu_per_week@sea/14", "unknown service 'sea/14', did you mean 'sea/14k'?"),
        ("ferry.capacity_teu_per_week@kz-aktua",
         "unknown terminal 'kz-aktua', did you mean 'kz-aktau'?"),
    ],
)  # fmt: skip
def test_a_capacity_of_nothing_known_is_refused(tmp_path: Path, key: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        corridors.allocate(_plan(tmp_path), set_values=[f'scenario.overrides={{"{key}": 1000}}'])
    assert fault in str(caught.value)
