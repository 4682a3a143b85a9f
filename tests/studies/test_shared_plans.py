"""Plans whose boxes choose their way by shares, and what projects gain where they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

import corridors
from corridors.config.plan import load_plan
from corridors.config.scenario import CAPITAL_RATE
from corridors.data.cargo import GoodsGroup, load_goods_groups
from corridors.data.parameters import load_parameters
from corridors.errors import ConfigError
from corridors.optimise.shares import SCALE, Choosing
from corridors.output.allocation_result import allocation_json
from corridors.studies.invest.result import Investment, investment_json
from corridors.studies.shared_plans import ELASTICITY, Shared, gain_of

DAY = 60.0
PLAN: dict[str, Any] = {
    "first_month": "2026-06",
    "months": 1,
    "departures": [10],
    "corridors": ["cape", "suez", "kazakhstan-dostyk", "trans-siberian"],
    "unmet_usd_per_teu": 12_000,
    "scenario": {"world": "reference-open", "choice": "shares"},
    "pairs": [
        {
            "origin": "Xi'an",
            "destination": "Moscow",
            "value_of_time_usd_per_teu_day": DAY,
            "teu_per_month": 1_000,
        }
    ],
}
CHEAPER = {
    "id": "cheaper-trains",
    "title": "Cheaper trains",
    "description": "Trains on the wide gauge are cheaper.",
    "opens": {"day": "2026-01-01", "note": "an example"},
    "cost_usd_m": {"value": 150, "low": 100, "high": 250, "year": 2025, "note": "an example"},
    "rows": {"rail.rate_usd_per_feu_km@rail/1520": {"value": 0.4, "low": 0.3, "high": 0.5}},
}
PROJECT = {
    "projects": ["./cheaper-trains.yaml"],
    "budget_usd_m": 200,
    "first_month": "2026-01",
    "months": 12,
}


def written(folder: Path, **more: Any) -> str:
    (folder / "cheaper-trains.yaml").write_text(yaml.safe_dump(CHEAPER), encoding="utf-8")
    file = folder / "plan.yaml"
    scenario = {**PLAN["scenario"], **more.pop("scenario", {})}
    file.write_text(yaml.safe_dump({**PLAN, "scenario": scenario, **more}), encoding="utf-8")
    return str(file)


@pytest.fixture
def one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goods of one kind, to which a day is worth what the pair says."""
    rate = load_parameters().get(CAPITAL_RATE).value
    own = GoodsGroup(
        id="own", title="Own", share_of_teu=1.0, value_usd_per_teu=DAY * 365.0 / rate,
        low=0.0, high=1e6, year=2026, source_id="assumption", status="assumption",
    )  # fmt: skip
    for module in ("corridors.optimise.shares", "corridors.studies.shared_plans"):
        monkeypatch.setattr(f"{module}.load_goods_groups", lambda: (own,))


@pytest.mark.parametrize(
    ("origin", "destination", "world"),
    [
        ("Xi'an", "Hamburg", "reference-open"),
        pytest.param("Mumbai", "Moscow", "reference-open", marks=pytest.mark.long),
        pytest.param("Shanghai", "Warsaw", "current", marks=pytest.mark.long),
        pytest.param("Hamburg", "Xi'an", "current", marks=pytest.mark.long),
    ],
)
def test_a_month_of_a_plan_spreads_as_a_comparison_says(
    origin: str, destination: str, world: str, tmp_path: Path
) -> None:
    pair = {"origin": origin, "destination": destination, "teu_per_month": 1, "cargo": "general"}
    of_all = {"corridors": "all"} if origin != "Xi'an" else {}
    file = written(tmp_path, pairs=[pair], scenario={"world": world}, **of_all)
    found = corridors.allocate(file).shares
    asked = {} if of_all else {"corridors": PLAN["corridors"]}
    there = corridors.compare(
        "shanghai-hamburg", origin=origin, destination=destination, departure="2026-06-10",
        world=world, choice="shares", max_wait_days=0,
        shipment={"teu_per_month": 1, "cargo": "general"}, **asked,
    ).shares  # fmt: skip
    assert [one.corridor for one in found] == [one.corridor for one in there]
    for mine, theirs in zip(found, there, strict=True):
        for name in ("share", "low", "high", "usd_per_teu", "days"):
            assert getattr(mine, name) == pytest.approx(getattr(theirs, name), rel=1e-6)


def test_flows_and_files_have_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = corridors.allocate(written(tmp_path))
    by_way = found.table.groupby("corridor")["teu"].sum() / 1_000.0
    assert by_way.sum() == pytest.approx(1.0)
    for one in found.shares:
        assert by_way[one.corridor] == pytest.approx(one.share)
        assert 0.0 < one.low <= one.share <= one.high < 1.0
    assert '"shares"' in allocation_json(found)
    assert "no forecast" in found.proof
    assert not found.spills


def test_full_places_send_the_boxes_elsewhere(tmp_path: Path) -> None:
    free = corridors.allocate(written(tmp_path))
    many = [{**PLAN["pairs"][0], "teu_per_month": 150_000}]
    found = corridors.allocate(written(tmp_path, pairs=many))
    used = found.capacities
    assert (used["used_teu"] <= used["limit_teu"] * (1.0 + 1e-6)).all()
    assert (used["share"] > 0.999).any()
    before = {one.corridor: one.share for one in free.shares}
    by_train = ("kazakhstan-dostyk", "trans-siberian")
    after = {one.corridor: one.share for one in found.shares}
    assert sum(after.get(n, 0.0) for n in by_train) < sum(before.get(n, 0.0) for n in by_train)
    # With trains alone, what finds no room stays, or the plan says that it may not.
    alone = {"corridors": list(by_train), "pairs": many}
    left = corridors.allocate(written(tmp_path, **alone))
    assert left.teu + sum(teu for _, _, teu in left.unmet) == pytest.approx(150_000)
    assert left.unmet
    with pytest.raises(ConfigError, match="TEU find no way that is not full"):
        corridors.allocate(written(tmp_path, **alone, unmet_usd_per_teu=None))


@pytest.mark.usefixtures("one_group")
def test_scale_zero_gives_the_plan_and_the_gain_at_least_cost(tmp_path: Path) -> None:
    at_zero = {"overrides": {SCALE: 0.0}}
    found = corridors.allocate(written(tmp_path, scenario=at_zero))
    best = corridors.allocate(written(tmp_path, scenario={"choice": "best"}))
    assert found.value_usd == pytest.approx(best.value_usd, rel=1e-9)
    assert {row.corridor for row in found.rows} == {row.corridor for row in best.rows}
    told = corridors.invest(written(tmp_path, scenario=at_zero, **PROJECT))
    (project,) = told.projects
    assert project.shared is not None
    assert project.alone_usd > 0.0
    assert project.shared.gain_usd == pytest.approx(project.alone_usd, rel=1e-6)


@pytest.fixture(scope="module")
def invested(tmp_path_factory: pytest.TempPathFactory) -> Investment:
    return corridors.invest(written(tmp_path_factory.mktemp("invest"), **PROJECT))


def test_an_investment_says_gains_by_shares_beside_those_at_least_cost(
    invested: Investment, capsys: pytest.CaptureFixture[str]
) -> None:
    (project,) = invested.projects
    shared = project.shared
    assert shared is not None
    assert shared.low_usd <= shared.gain_usd <= shared.high_usd
    assert 0.0 <= shared.induced_low_usd <= shared.induced_usd <= shared.induced_high_usd
    text = " ".join(invested.sentences)
    assert "at least cost" in text
    assert "induced trade of" in text
    row = invested.table.iloc[0]
    assert row["shares_usd_m_a_year"] == pytest.approx(shared.gain_usd / 1e6)
    assert '"shares_usd_m_a_year"' in investment_json(invested)


def test_without_shares_an_investment_is_as_before(invested: Investment, tmp_path: Path) -> None:
    best = corridors.invest(written(tmp_path, scenario={"choice": "best"}, **PROJECT))
    assert best.projects[0].shared is None
    assert best.projects[0].alone == invested.projects[0].alone
    assert not any("shares" in text for text in best.sentences)


@pytest.mark.parametrize(
    ("command", "more", "says"),
    [
        ("allocate", {"corridors": "any"}, "corridors: with choice: shares boxes choose among"),
        ("allocate", {"limits": {"max_usd": 1e6}}, "limits: with choice: shares each shipper"),
        ("allocate", {"minimums": [{"country": "KZ", "teu_per_month": 1}]}, "minimums: with"),
        ("allocate", {"contracts": ["q3.csv"]}, "contracts: with choice: shares"),
        (
            "book",
            {
                "contracts": [
                    {"name": "A", "country": "KZ", "saves_usd_per_teu": 1, "step_teu": 1}
                    | {"unused_usd_per_teu": 1, "most_teu_per_month": 2}
                ]
            },
            "shares count in allocate and invest",
        ),
    ],
)
def test_what_nobody_can_keep_to_is_refused(
    command: str, more: dict[str, Any], says: str, tmp_path: Path
) -> None:
    (tmp_path / "q3.csv").write_text("a;b\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_plan(written(tmp_path, **more), command=command)


# The gain against the area under the shares, as the costs go from what they were to what they are.


def shared(costs: np.ndarray, boxes: np.ndarray, scale: float, *, rail: float = 1.0) -> Shared:
    """Return boxes that choose; the first way is a train."""
    row = load_parameters().get(SCALE)
    weight = np.full(boxes.size, rail)
    choosing = Choosing(
        costs=costs, overlap=np.ones(costs.shape),
        by_train=np.broadcast_to(np.arange(costs.shape[1]) == 0, costs.shape),
        boxes=boxes, uses=np.zeros((0, costs.size)), room=np.zeros(0),
        scale=type(row)(**{
            **{name: getattr(row, name) for name in row.__dataclass_fields__},
            "value": scale, "low": scale / 2.0, "high": scale * 2.0,
        }),
        rail=(weight, weight, weight),
    )  # fmt: skip
    nothing: Any = None
    return Shared(
        program=nothing, choosing=choosing, ways=(), corridors=(), cases=tuple(choosing.cases()),
        unmet_usd=0.0, elasticity=load_parameters().get(ELASTICITY),
    )  # fmt: skip


@given(st.integers(0, 2**32 - 1), st.floats(100.0, 5_000.0))
def test_the_gain_is_the_area_under_the_shares(seed: int, scale: float) -> None:
    numbers = np.random.default_rng(seed)
    groups = load_goods_groups()
    rows, ways = len(groups) * 2, int(numbers.integers(1, 6))
    before = numbers.uniform(500.0, 9_000.0, (rows, ways))
    after = before - numbers.uniform(-200.0, 900.0, (rows, ways))
    boxes = numbers.uniform(0.0, 500.0, rows)
    (found,) = gain_of([shared(before, boxes, scale)], [shared(after, boxes, scale)])
    # Gauss's points and weights on the line between the two.
    points, weights = np.polynomial.legendre.leggauss(40)
    by_row = np.zeros(rows)
    for point, weight in zip(0.5 * (points + 1.0), 0.5 * weights, strict=True):
        part = softmax(-(before + point * (after - before)) / scale, axis=1)
        by_row += weight * (part * (before - after)).sum(axis=1)
    area = float(boxes @ by_row)
    assert found.gain_usd == pytest.approx(area, rel=1e-6, abs=1e-3)
    # The first to change gains nothing less: those that stay have no more than all.
    assert found.switching_usd >= -1e-6 * float(boxes.sum())
    went = softmax(-before / scale, axis=1)
    value = np.tile([group.value_usd_per_teu for group in groups], 2) + (went * before).sum(axis=1)
    elasticity = load_parameters().get(ELASTICITY).value
    more = np.exp(-elasticity * np.log1p(-by_row / value)) - 1.0
    assert found.induced_teu == pytest.approx(float(boxes @ more), rel=1e-6, abs=1e-9)
    assert found.induced_usd == pytest.approx(0.5 * float((boxes * more) @ by_row), rel=1e-6)
    assert found.induced_low_usd <= found.induced_usd <= found.induced_high_usd


@given(st.integers(0, 2**32 - 1), st.floats(200.0, 5_000.0), st.floats(0.003, 1.0))
def test_the_gain_is_near_the_rule_of_a_half(seed: int, scale: float, rail: float) -> None:
    numbers = np.random.default_rng(seed)
    rows, ways = len(load_goods_groups()), int(numbers.integers(2, 6))
    before = numbers.uniform(500.0, 9_000.0, (rows, ways))
    saved = numbers.uniform(0.0, scale, rows)
    after = before.copy()
    after[:, 0] -= saved
    boxes = numbers.uniform(0.0, 500.0, rows)
    was, now = (shared(costs, boxes, scale, rail=rail) for costs in (before, after))
    (found,) = gain_of([was], [now])
    # The second difference of a logit is at most 1 / (6 sqrt 3) of the squared scale, and a
    # trapezoid is off by a twelfth of it times the cube of its width.
    off = float(boxes @ saved**3) / (72.0 * np.sqrt(3.0) * scale**2)
    utility = -before / scale + np.where(np.arange(ways) == 0, np.log(rail), 0.0)
    first, then = softmax(utility, axis=1), softmax(utility + (before - after) / scale, axis=1)
    half = float(boxes @ ((first + then)[:, 0] / 2.0 * saved))
    assert found.half_usd == pytest.approx(half, rel=1e-9, abs=1e-9)
    assert abs(found.gain_usd - half) <= off * (1.0 + 1e-9) + 1e-6
    # Those that use it gain all that it saves, those that come at most as much.
    assert float(boxes @ (first[:, 0] * saved)) - 1e-6 <= found.gain_usd
    assert found.gain_usd <= float(boxes @ (then[:, 0] * saved)) + 1e-6
    assert found.users_teu == pytest.approx(float(boxes @ first[:, 0]))


TRAINS = ["kazakhstan-dostyk", "kazakhstan-khorgos"]


@pytest.mark.long
def test_boxes_that_go_by_train_anyway_gain_what_trains_save(tmp_path: Path) -> None:
    pair = {**PLAN["pairs"][0], "destination": "Hamburg", "teu_per_month": 100}
    found = []
    for more in ({}, {"corridors": TRAINS}):
        file = written(tmp_path, corridors=["cape", *TRAINS], pairs=[{**pair, **more}], **PROJECT)
        shared = corridors.invest(file).projects[0].shared
        assert shared is not None
        assert shared.half_usd == pytest.approx(shared.gain_usd, rel=0.02)
        found.append(shared)
    of_all, by_train = found
    # Of all boxes a small part goes by train, and each gains about the same.
    assert by_train.users_teu == pytest.approx(1_200.0)
    assert of_all.users_teu < 0.1 * by_train.users_teu
    each = [one.gain_usd / one.users_teu for one in found]
    assert each[0] == pytest.approx(each[1], rel=0.15)


def test_only_the_ways_of_a_pair_are_its_ways(tmp_path: Path) -> None:
    alone = {**PLAN["pairs"][0], "corridors": TRAINS}
    both = [{**PLAN["pairs"][0], "name": "All"}, {**alone, "name": "Trains"}]
    for choice in ("shares", "best"):
        rows = corridors.allocate(written(tmp_path, pairs=both, scenario={"choice": choice})).table
        assert {*rows[rows["pair"] == "Trains"]["corridor"]} <= {*TRAINS}
    with pytest.raises(ConfigError, match=r"pairs\[1\].corridors: routes of this plan are free"):
        load_plan(written(tmp_path, pairs=both, corridors="any", scenario={"choice": "best"}))
