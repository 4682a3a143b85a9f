"""Services decided with contracts, projects, scenarios and limits, against an enumeration."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from corridors.config import load_projects
from corridors.config.plan import load_plan
from corridors.domain.allocation import SEASONS, CandidateService
from corridors.domain.plan import Plan, Project
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import Risk, Taken
from corridors.studies.building import charge_usd
from corridors.studies.design.run import _Build, _Offered
from corridors.studies.design.service_bills import ServiceBill
from corridors.studies.design.service_ways import (
    Boarded,
    BoxOnServices,
    Capacities,
    Other,
    ServiceWithBills,
)

FEW = (1, 2)
MANY = [*FEW, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 60))]
PLAN = """\
first_month: 2026-01
services:
  - {name: Train, corridor: kaliningrad-zabaikalsk, departures_per_week: [1, 2]}
unmet_usd_per_teu: 6000
capacity_share: 1.0
scenario: {world: reference-open}
contracts:
  - {name: Space, country: RU, saves_usd_per_teu: 300, unused_usd_per_teu: 200, step_teu: 50,
     most_teu_per_month: 100, spot_teu_per_month: 80}
  - {name: Rate, country: KZ, rate_usd_per_teu: 2000, index_share: 0.5, unused_usd_per_teu: 150,
     step_teu: 60, most_teu_per_month: 60, take_share: 0.8}
projects: [{id: khorgos-second-terminal, opens: 2026-01-01}]
budget_usd_m: 400
limits: {max_share_country: {AZ: 0.3}}
scenarios:
  - {name: Open, probability: 0.7}
  - {name: Dear, probability: 0.3, demand: 1.2, spot: 0.5}
risk: {level: 0.5, weight: 0.4}
pairs:
  - {origin: Shanghai, destination: Kaliningrad, value_of_time_usd_per_teu_day: 40,
     teu_per_month: [200, 100, 0, 150]}
  - {origin: Wuhan, destination: Kaliningrad, value_of_time_usd_per_teu_day: 25, teu_per_month: 80}
"""
DAY_USD = (40.0, 25.0)
TEU = 60.0


def small_project(seed: int) -> Project:
    """Return a project that the gains of a small plan may pay for."""
    (found,) = load_projects(["khorgos-second-terminal"])
    return replace(found, cost=replace(found.cost, value=1.0 + 3.0 * (seed % 5)))


class Drawn:
    """Ways of boxes as drawn: two of others a pair, season and scenario, and one on the train."""

    def __init__(self, plan: Plan, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.plan = plan
        self.sets = [frozenset[int](), frozenset({0})]
        self.is_built = seed % 2 == 0
        self.project = small_project(seed)
        self.departure_usd = float(rng.integers(3_000, 60_000))
        bill = ServiceBill(
            vehicle="rail/block", capacity_teu=TEU, sailing_usd=self.departure_usd,
            vehicle_days=0.0, day_usd=0.0, running_share=0.0, surcharge=0.0, fuel_day_usd=0.0,
            one_way_days=12.0,
            ends=("a", "b"), fixed_usd=0.0, wait_days=0.0,
        )  # fmt: skip
        self.offered: list[list[_Offered]] = []
        self.seasons = sorted(rng.choice(SEASONS, int(rng.integers(2, 5)), replace=False).tolist())
        countries = ("RU", "KZ", "AZ")
        for _ in plan.chances:
            others: dict[tuple[int, int], list[Other]] = {}
            ridden = []
            for pair, season in product(range(2), range(SEASONS)):
                if not plan.season_teu(plan.pairs[pair], season):
                    continue
                for n in range(2):
                    named = rng.choice(countries, int(rng.integers(0, 3)), replace=False).tolist()
                    others.setdefault((pair, season), []).append(
                        Other(
                            corridor=f"way-{n}",
                            usd=float(rng.integers(1_500, 4_500)),
                            days=float(rng.integers(15, 40)),
                            co2e_kg=900.0,
                            uses=(("border CN-KZ", 1.0),) if rng.random() < 0.6 else (),
                            price_usd=None,
                            passed=frozenset(("country", name) for name in named),
                        )
                    )
                if season in self.seasons:
                    named = rng.choice(countries, 1).tolist()
                    ridden.append(
                        BoxOnServices(
                            pair=pair,
                            season=season,
                            boarded=(Boarded(service=0, back=False, bill=bill),),
                            box_usd=float(rng.integers(500, 2_000)),
                            days=18.0,
                            co2e_kg=700.0,
                            uses=(("border CN-KZ", 1.0),) if rng.random() < 0.5 else (),
                            price_usd=None,
                            passed=frozenset(("country", name) for name in named),
                        )
                    )
            free = {("border CN-KZ", season): float(rng.integers(10, 60)) for season in range(4)}
            wide = {key: teu + float(rng.integers(0, 40)) for key, teu in free.items()}
            # A project makes what others run cheaper too.
            cheaper = {
                key: [replace(one, usd=one.usd - 400.0 * (rng.random() < 0.3)) for one in some]
                for key, some in others.items()
            }
            given = plan.chances[len(self.offered)].plan
            self.offered.append(
                [
                    _Offered(given, others, ridden, Capacities(teu_per_week=free)),
                    _Offered(given, cheaper, ridden, Capacities(teu_per_week=wide)),
                ]
            )
        service = CandidateService(
            name="Train",
            corridor="x",
            departures=(1.0, 2.0),
            project="khorgos-second-terminal" if self.is_built else "",
        )
        leaves = np.repeat([season in self.seasons for season in range(SEASONS)], plan.season_days)
        self.posed = ServiceWithBills(
            service=service,
            seasons=tuple(self.seasons),
            bills={(season, False): (bill,) for season in self.seasons},
            leaves=leaves,
        )

    def usd(
        self, number: int, taken: Taken, market: list[dict[tuple[int, int, str], float]]
    ) -> float:
        """Return the least cost of the boxes of a scenario with decisions taken."""
        steps, built, departures = taken[:2], taken[2], float(taken[3])
        plan = self.plan.chances[number].plan
        given = self.offered[number][built]
        lots = [
            (pair, season, teu)
            for pair in range(2)
            for season in range(SEASONS)
            if (teu := plan.season_teu(plan.pairs[pair], season))
        ]
        booked = [each.steps[n] * 3.0 for each, n in zip(plan.contracts, steps, strict=True)]
        usd: list[float] = []
        rows: list[tuple[dict[int, float], float]] = []
        exact: list[tuple[dict[int, float], float]] = []

        def variable(cost: float) -> int:
            usd.append(cost)
            return len(usd) - 1

        border: dict[int, dict[int, float]] = {}
        room: dict[int, dict[int, float]] = {}
        spot: dict[int, dict[int, float]] = {}
        azeri: dict[int, float] = {}
        filled: dict[tuple[int, int], dict[int, float]] = {}
        for pair, season, teu in lots:
            shipped = {variable(6000.0): 1.0}
            ways: list[Other | BoxOnServices] = [*given.others[pair, season]]
            if departures and (built or not self.is_built):
                ways += [r for r in given.ridden if (r.pair, r.season) == (pair, season)]
            for way in ways:
                if isinstance(way, BoxOnServices):
                    cost = way.box_usd + DAY_USD[pair] * (way.days + 3.5 / departures)
                else:
                    cost = way.usd + DAY_USD[pair] * way.days
                x = variable(cost)
                shipped[x] = 1.0
                if way.uses:
                    border.setdefault(season, {})[x] = 1.0
                if isinstance(way, BoxOnServices):
                    room.setdefault(season, {})[x] = 1.0
                passed = {key for _, key in way.passed}
                if "AZ" in passed:
                    azeri[x] = 1.0
                if "RU" in passed:
                    spot.setdefault(season, {})[x] = 1.0
                fills: dict[int, float] = {x: -1.0}
                for k, (contract, country) in enumerate(
                    zip(plan.contracts, ("RU", "KZ"), strict=True)
                ):
                    if country not in passed:
                        continue
                    saves = contract.saves_usd
                    if saves is None:
                        now = market[number].get((pair, season, country))
                        then = market[0].get((pair, season, country), now)
                        saves = 0.0
                        if now is not None and then is not None:
                            saves = now - 2000.0 - 0.5 * (now - then)
                    y = variable(-saves)
                    fills[y] = 1.0
                    filled.setdefault((k, season), {})[y] = 1.0
                    if "RU" in passed:
                        spot[season][y] = -1.0
                rows.append((fills, 0.0))
            exact.append((shipped, teu))
        weeks = [days / 7.0 for days in plan.season_days]
        wide = given.capacities.teu_per_week
        rows += [
            (some, wide["border CN-KZ", season] * weeks[season]) for season, some in border.items()
        ]
        rows += [(some, TEU * departures * weeks[season]) for season, some in room.items()]
        rows += [(some, (plan.contracts[0].spot_teu or 0.0) * 3.0) for some in spot.values()]
        rows.append((azeri, 0.3 * plan.teu))
        for season in range(SEASONS):
            empty = variable(200.0)
            exact.append(({**filled.get((0, season), {}), empty: 1.0}, booked[0]))
            rows.append((filled.get((1, season), {}), booked[1]))
        short = variable(150.0)
        taken_up = {y: -1.0 for s in range(SEASONS) for y in filled.get((1, s), {})}
        rows.append(({**taken_up, short: -1.0}, -0.8 * booked[1] * SEASONS))

        def matrix(some: list[tuple[dict[int, float], float]]) -> tuple[np.ndarray, list[float]]:
            made = np.zeros((len(some), len(usd)))
            for n, (row, _) in enumerate(some):
                for x, value in row.items():
                    made[n, x] = value
            return made, [bound for _, bound in some]

        above, most = matrix(rows)
        equal, right = matrix(exact)
        found = linprog(usd, A_ub=above, b_ub=most, A_eq=equal, b_eq=right)
        assert found.status == 0
        return float(found.fun)

    def best(self) -> float:
        """Return the least measure over every decision."""
        markets = []
        for some in self.offered:
            market: dict[tuple[int, int, str], float] = {}
            for (pair, season), ways in some[0].others.items():
                for way in ways:
                    for _, country in way.passed:
                        key = pair, season, country
                        market[key] = min(way.usd, market.get(key, way.usd))
            markets.append(market)
        days = sum(self.plan.season_days[season] for season in self.seasons)
        least = float("inf")
        for taken in product(range(3), range(2), range(2), range(3)):
            costs = [self.usd(n, taken, markets) for n in range(2)]
            # At a level of a half the dearer scenario counts first, up to half of the chance.
            order = sorted(zip(costs, (0.7, 0.3), strict=True), reverse=True)
            left, tail = 0.5, 0.0
            for usd, chance in order:
                part = min(left, chance)
                tail += usd * part / 0.5
                left -= part
            expected = 0.7 * costs[0] + 0.3 * costs[1]
            own = charge_usd(self.plan, self.project) * taken[2]
            own += self.departure_usd * taken[3] * days / 7.0
            least = min(least, 0.6 * expected + 0.4 * tail + own)
        return least


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    file = tmp_path_factory.mktemp("mixed") / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return load_plan(file, command="design")


@pytest.mark.parametrize("seed", MANY)
def test_what_is_decided_together_equals_an_enumeration(plan: Plan, seed: int) -> None:
    drawn = Drawn(plan, seed)
    projects = [drawn.project]
    build = _Build(plan, [drawn.posed], drawn.offered, drawn.sets, projects)
    chances = [one.probability for one in plan.chances]
    with HighsProcess() as highs:
        deciding = Deciding(build.model, [()] * 2, build.offers, highs=highs)
        found = deciding.best(
            chances,
            Risk(level=plan.level, weight=plan.weight),
            limit=TimeLimit(60.0),
            budgets=build.budgets,
        )
    assert found.value_usd == pytest.approx(drawn.best(), rel=1e-7)
    assert found.bound_usd == pytest.approx(found.value_usd, rel=1e-6)


BAD = {
    "a budget of boxes": (
        ("limits: {", "limits: {max_usd: 1.0e+6, "),
        "departures are bought whole",
    ),
    "phases": (("budget_usd_m", "demand_growth: 0.02\nbudget_usd_m"), "demand_growth: not counted"),
    "an unlisted project": (
        ("corridor: kal", "project: malaszewicze, corridor: kal"),
        "services[0].project: malaszewicze is not among the projects of the plan",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_services_cannot_stand_beside_is_said(name: str, tmp_path: Path) -> None:
    (old, new), text = BAD[name]
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(text)):
        load_plan(file, command="design")


def test_a_plan_with_services_is_one_of_designs(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    for command in ("book", "invest", "allocate"):
        with pytest.raises(ConfigError, match="a plan of `corridors design`"):
            load_plan(file, command=command)
