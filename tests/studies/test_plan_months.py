"""A plan costs in every month what a comparison of that month says, on drawn lanes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corridors.config.plan import load_plan
from corridors.domain.plan import Plan
from corridors.domain.scenario import OTHER
from corridors.studies.allocate.run import allocate_plan, solve_plan
from corridors.studies.compare.run import compare
from corridors.studies.searched_plans import search_plans
from corridors.studies.session import Session

PLAN = """\
first_month: {first}
months: {months}
departures: [{day}]
corridors: {corridors}
objective: {objective}
unmet_usd_per_teu: 50000
max_wait_days: 0
scenario: {{world: {world}, price_basis: {basis}}}
pairs:
  - {{origin: {origin}, destination: {destination}, teu_per_month: 0.001}}
"""
LANES = (
    ("Shanghai", "Hamburg", ("suez", "cape", "panama", "trans-siberian", "northern-sea-route")),
    ("Chongqing", "Duisburg", ("kazakhstan-khorgos", "kazakhstan-dostyk", "middle-corridor-poti")),
    ("Xi'an", "Warsaw", ("kazakhstan-khorgos", "trans-mongolian")),
    ("Qingdao", "Genoa", ("suez", "cape")),
    ("Shenzhen", "Felixstowe", ("suez", "cape")),
    ("Ningbo", "Piraeus", ("suez", "cape")),
    ("Hamburg", "Shanghai", ("suez", "cape", "kazakhstan-dostyk")),
    ("Busan", "Gdansk", ("suez", "trans-siberian")),
)
# Searches count whole cents by arc.
CLOSE_USD = 0.1


def planned(folder: Path, **keys: object) -> Plan:
    file = folder / "plan.yaml"
    file.write_text(PLAN.format(**keys), encoding="utf-8")
    return load_plan(file)


def by_month(plan: Plan, session: Session) -> dict[date, float]:
    """Return what a TEU of the plan's pair costs, by departure."""
    return {row.departure: row.usd_per_teu for row in allocate_plan(plan, session=session).rows}


def compared(plan: Plan, session: Session, corridor: str) -> dict[date, float]:
    """Return what comparisons on the plan's departures say that a corridor costs."""
    found: dict[date, float] = {}
    plan = search_plans([plan], session=session)[0].plan
    for month in plan.months:
        leaves = month.replace(day=plan.departures[0])
        # Both by one aim: of the plan, which leaves its pairs the usual one.
        scenario = replace(
            plan.pairs[0].scenario, departure=leaves, max_wait_days=plan.max_wait_days,
            objective=plan.objective,
        )  # fmt: skip
        for route in compare(scenario, session=session).routes:
            if route.corridor == corridor and route.usd_per_teu is not None:
                found[leaves] = route.usd_per_teu
    return found


@st.composite
def lanes(draw: st.DrawFn) -> dict[str, object]:
    origin, destination, corridors = draw(st.sampled_from(LANES))
    # Freight rose fourfold within 2021, fuel by half early in 2022.
    first = date(draw(st.sampled_from((2021, 2021, 2022, 2024, 2025, 2026))), 1, 1)
    first += timedelta(days=draw(st.integers(0, 364)))
    return {
        "first": f"{first:%Y-%m}",
        "months": 4,
        "day": draw(st.integers(1, 28)),
        "corridors": f"[{draw(st.sampled_from(corridors))}]",
        "objective": "cost",
        "world": draw(st.sampled_from(("current", "reference-open"))),
        "basis": draw(st.sampled_from(("cost", "price"))),
        "origin": origin,
        "destination": destination,
    }


def hold(plan: Plan, corridor: str, session: Session) -> float:
    """Hold a plan to comparisons month by month; return by how much its prices move."""
    usd = by_month(plan, session)
    there = compared(plan, session, corridor)
    assert usd.keys() == there.keys()
    assert usd == pytest.approx(there, abs=CLOSE_USD)
    return max(usd.values(), default=0.0) - min(usd.values(), default=0.0)


@pytest.mark.long
def test_a_plan_costs_in_every_month_what_a_comparison_says(tmp_path: Path) -> None:
    session = Session(pairs=4)
    moved: list[float] = []

    @settings(
        max_examples=80, phases=[Phase.explicit, Phase.generate], database=None, deadline=None,
        derandomize=True, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(lanes())
    def compare_drawn(keys: dict[str, object]) -> None:
        plan = planned(tmp_path, **keys)
        moved.append(hold(plan, str(keys["corridors"])[1:-1], session))

    compare_drawn()
    assert max(moved) > 100.0, "prices that move within a plan"


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("first", "world", "basis", "least_moved"),
    [("2022-02", "reference-open", "cost", 50.0), ("2021-05", "current", "price", 500.0)],
)
def test_fuel_and_freight_rise_between_the_months_of_a_plan(
    first: str, world: str, basis: str, least_moved: float, tmp_path: Path
) -> None:
    plan = planned(
        tmp_path, first=first, months=2, day=1, corridors="[suez]", objective="cost",
        world=world, basis=basis, origin="Shanghai", destination="Hamburg",
    )  # fmt: skip
    assert hold(plan, "suez", Session()) > least_moved


@pytest.mark.long
def test_ways_outside_the_corridors_and_those_left_out_are_judged_by_month(
    tmp_path: Path,
) -> None:
    shut = "closures: [{place: gate-suez, last_day: 2026-05-20}]"
    plan = planned(
        tmp_path, first="2026-04", months=2, day=16, corridors="[suez, other]", objective="cost",
        world="reference-open", basis=f"cost, {shut}", origin="Qingdao", destination="Genoa",
    )  # fmt: skip
    session = Session()
    rows = allocate_plan(plan, session=session).rows
    assert [row.corridor for row in rows] == [OTHER, "suez"]
    for row in rows:
        there = {row.departure: row.usd_per_teu}
        alone = replace(plan, months=(row.departure.replace(day=1),))
        assert there == pytest.approx(compared(alone, session, row.corridor), abs=CLOSE_USD)


# Pairs of the trade by sea, by rail and with a choice of both.
ENDS = (
    ("Shanghai", "Hamburg"), ("Chongqing", "Duisburg"), ("Xi'an", "Warsaw"), ("Qingdao", "Genoa"),
    ("Shenzhen", "Antwerp"), ("Zhengzhou", "Moscow"), ("Chengdu", "Lodz"), ("Mumbai", "Rotterdam"),
    ("Shanghai", "St Petersburg"), ("Busan", "Gdansk"), ("Hamburg", "Shanghai"),
    ("Urumqi", "Budapest"),
)  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> dict[str, object]:
    origin, destination = draw(st.sampled_from(ENDS))
    year, month = draw(st.integers(2021, 2026)), draw(st.integers(1, 12))
    return {
        "first": f"{year}-{month:02}",
        "months": 2,
        "day": draw(st.integers(1, 28)),
        "corridors": "all",
        "objective": draw(st.sampled_from(("cost", "generalised"))),
        "world": draw(st.sampled_from(("current", "reference-open"))),
        "basis": draw(st.sampled_from(("cost", "price"))),
        "origin": origin,
        "destination": destination,
    }


def hold_to_best(plan: Plan, session: Session) -> tuple[int, int]:
    """Hold a plan to the best of comparisons; return its months, and those that say otherwise."""
    plan = search_plans([plan], session=session)[0].plan
    rows = {row.departure: row for row in allocate_plan(plan, session=session).rows}
    pair, otherwise = plan.pairs[0].scenario, 0
    day_usd = pair.shipment.value_of_time_usd_per_teu_day if plan.objective == "generalised" else 0
    for month in plan.months:
        leaves = month.replace(day=plan.departures[0])
        scenario = replace(
            pair, departure=leaves, max_wait_days=plan.max_wait_days, objective=plan.objective
        )
        found = compare(scenario, session=session)
        usd = {
            one.corridor: one.usd_per_teu + day_usd * (one.days or 0.0)
            for one in found.routes
            if one.usd_per_teu is not None
        }
        inside = min((each for one, each in usd.items() if one != OTHER), default=float("inf"))
        if leaves not in rows:
            assert found.decision.recommended is None, "a way that the plan does not know"
            continue
        row = rows[leaves]
        value = row.usd_per_teu + day_usd * row.days
        # Ways outside the corridors count where they are a tenth better; the plan is no worse.
        assert value == pytest.approx(usd[row.corridor], abs=CLOSE_USD)
        assert value <= inside + CLOSE_USD
        assert value >= min(inside, usd.get(OTHER, inside)) - CLOSE_USD
        tied = {one.corridor for one in found.decision.tied}
        # What is recommended instead is tied with it, or outside the corridors.
        assert row.corridor in tied or found.decision.recommended == OTHER
        otherwise += row.corridor != found.decision.recommended
    return len(plan.months), otherwise


@pytest.mark.long
def test_a_plan_takes_in_every_month_the_best_of_a_comparison(tmp_path: Path) -> None:
    session = Session(pairs=4)
    seen: list[tuple[int, int]] = []

    @settings(
        max_examples=40, phases=[Phase.explicit, Phase.generate], database=None, deadline=None,
        derandomize=True, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(questions())
    def hold_drawn(keys: dict[str, object]) -> None:
        seen.append(hold_to_best(planned(tmp_path, **keys), session))

    hold_drawn()
    months, otherwise = (sum(each) for each in zip(*seen, strict=True))
    assert months > 40
    assert otherwise < months / 2, "most months have one answer"


def test_a_plan_of_twelve_months_poses_one_network(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, first="2026-01", months=12, day=1, corridors="[suez, cape]", objective="cost",
        world="reference-open", basis="cost", origin="Ningbo", destination="Piraeus",
    )  # fmt: skip
    session = Session()
    planned_ = solve_plan(plan, session=session)
    assert len(session.bundles) == 1
    charts = [chart for chart in planned_.charts[0] if chart is not None]
    assert len(charts) > 4, "months with prices of their own"
    assert len({id(chart.topology) for chart in charts}) == 1


def test_a_plan_has_no_way_while_every_month_is_closed(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, first="2026-01", months=2, day=11, corridors="[northern-sea-route]",
        objective="cost", world="current", basis="price", origin="Shanghai",
        destination="Hamburg",
    )  # fmt: skip
    found = allocate_plan(plan, session=Session())
    assert not found.rows
    assert sum(teu for _, _, teu in found.unmet) == pytest.approx(plan.teu)


@pytest.mark.long
def test_a_plan_is_by_price_only_if_all_its_pairs_are(tmp_path: Path) -> None:
    keys = {
        "first": "2024-06",
        "months": 2,
        "day": 5,
        "corridors": "all",
        "objective": "cost",
        "world": "current",
        "basis": "price",
        "origin": "Chengdu",
        "destination": "Warsaw",
    }
    alone = planned(tmp_path, **keys)
    more = tmp_path / "more.yaml"
    pair = "  - {origin: Chengdu, destination: Baku, teu_per_month: 0.001}\n"
    more.write_text(PLAN.format(**keys) + pair, encoding="utf-8")
    session = Session(pairs=4)
    by_price, by_cost = (allocate_plan(plan, session=session) for plan in (alone, load_plan(more)))
    assert not by_price.plan.basis_note
    note = "answered by what carriage costs, not by price: the best way from Chengdu to Baku"
    assert by_cost.plan.basis_note == f"{note} has none"
    assert by_cost.cautions[0].startswith("Answered by what carriage costs")
    least, other = ({row.usd_per_teu for row in one.rows} for one in (by_price, by_cost))
    assert min(least) > max(usd for usd in other)


@pytest.mark.long
@pytest.mark.parametrize(
    ("origin", "destination", "first", "months"),
    [
        # A year that went by the Cape, where no line was known, to save 10 USD.
        ("Shanghai", "Hamburg", "2021-01", 12),
        ("Chongqing", "Duisburg", "2024-02", 4),
        ("Mumbai", "Rotterdam", "2023-11", 4),
    ],
)
def test_a_plan_takes_in_every_month_what_a_comparison_recommends(
    origin: str, destination: str, first: str, months: int, tmp_path: Path
) -> None:
    plan = planned(
        tmp_path, first=first, months=months, day=11, corridors="all", objective="generalised",
        world="current", basis="cost", origin=origin, destination=destination,
    )  # fmt: skip
    session = Session()
    scenario = plan.pairs[0].scenario
    of_a_day = scenario.shipment.value_of_time_usd_per_teu_day
    assert of_a_day > 0.0, "the capital in the goods"
    rows = allocate_plan(plan, session=session).rows
    assert len(rows) == months
    for row in rows:
        asked = replace(scenario, departure=row.departure, max_wait_days=0)
        found = compare(asked, session=session)
        best = next(one for one in found.routes if one.corridor == found.decision.recommended)
        assert row.corridor == best.corridor
        usd = (best.usd_per_teu or 0.0) + of_a_day * (best.days or 0.0)
        assert row.usd_per_teu + of_a_day * row.days == pytest.approx(usd, abs=CLOSE_USD)


@pytest.mark.long
def test_plans_of_one_study_are_on_one_basis(tmp_path: Path) -> None:
    keys = {"months": 1, "day": 15, "corridors": "all", "objective": "cost", "world": "current"}
    asked = [
        planned(
            tmp_path, first=first, origin=origin, destination=destination, basis="price", **keys
        )
        for first, origin, destination in (
            ("2024-07", "Shanghai", "Hamburg"),
            ("2024-07", "Xi'an", "Baku"),
        )
    ]
    session = Session()
    assert not search_plans(asked[:1], session=session)[0].plan.basis_note
    both = [searched.plan for searched in search_plans(asked, session=session)]
    assert {plan.pairs[0].scenario.price_basis for plan in both} == {"cost"}
    assert all(plan.basis_note.endswith("from Xi'an to Baku has none") for plan in both)


@pytest.mark.long
def test_which_lines_are_known_is_asked_on_every_day_of_equal_prices(tmp_path: Path) -> None:
    # From March on a line by the Cape and Suez is near enough to the best of all ways that nothing
    # else may be recommended; nobody is known to run boxes over the Trans-Siberian from Mumbai.
    plan = planned(
        tmp_path, first="2023-02", months=2, day=11, corridors="[trans-siberian]",
        objective="cost", world="current", basis="cost, prices: 2023-01", origin="Mumbai",
        destination="Moscow",
    )  # fmt: skip
    session = Session()
    scenario = plan.pairs[0].scenario
    leaves = [month.replace(day=11) for month in plan.months]
    found = [compare(replace(scenario, departure=day), session=session) for day in leaves]
    recommended = [
        day for day, one in zip(leaves, found, strict=True) if one.decision.recommended is not None
    ]
    assert recommended == leaves[:1], "the switch moves between the months"
    solved = allocate_plan(plan, session=session)
    assert [row.departure for row in solved.rows] == recommended
