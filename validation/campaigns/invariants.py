"""Hold commands to each other: what two of them say of one question must be the same.

    python -m validation.campaigns.invariants --count 1000 --seed 1

A question is drawn: ends of any kind, eastbound or westbound, a day of 2021 to 2027, a world, a
cargo, a value of a day, at times door to door, at times with a limit. Of each these relations are
asked, some only of every so manieth question, since they take longer:

ladder      the step at a value of a day is the best of the question asked as `generalised` there
objectives  no row beats, in what it makes least, the same row under the objective that does so
plan        a plan of that pair alone, without capacities, is the comparison of each of its days
pages       terminal, JSON, report and map say the same of the recommended row
route       `route` is the best row, and `route --corridor` the row of that corridor
catchments  the corridors to a destination are those of its comparison
batch       a row of a batch is the comparison of its scenario
table       a row of a table of shipments is its comparison
bill        the lines of `explain` add up to the row
studies     `simulate`, `stress` and `diff` start from the comparison's answer
dearer      by cost, dearer fuel makes no corridor cheaper, and an open world the best no dearer
shares      `choice: shares` changes no row, adds up to one, and is the same in `catchments`
known       what is known on the day of the search is what is known without `known_on`
months      a month of `compare --months` is the comparison of its day
leave       by cost, a ban or no wait makes the best no cheaper, a longer wait no dearer
sailings    drawn trips count alike in `compare`, `catchments` and `route`

Each difference is printed with a command that shows it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml
from typer.testing import CliRunner

from corridors.api.functions import Session as Asker
from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.config.plan import load_plan
from corridors.data.cargo import load_cargo
from corridors.data.cities import large_places
from corridors.domain.objective import Objective
from corridors.domain.places import Family, family_of, months_later
from corridors.domain.results import LadderStep, RouteOption
from corridors.domain.scenario import OTHER, Limits, Scenario
from corridors.errors import CorridorsError
from corridors.output.answer import money, rounded
from corridors.output.comparison import Comparison
from corridors.output.display_names import on_page
from corridors.output.verdict import ladder_cell
from corridors.studies.allocate.run import allocate_plan
from corridors.studies.catchments.run import catchments
from corridors.studies.compare.run import by_month, compare
from corridors.studies.diff.result import Difference
from corridors.studies.route.run import routes_between
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY
from validation.campaigns.drawn_pairs import drawn

SCENARIO = "shanghai-europe"
FIRST, LAST = date(2021, 1, 1), date(2027, 12, 31)
WORLDS = ("reference-open", "current", "reference-open", "current", "2019", "red-sea-closed")
VALUES_USD_PER_DAY = (5, 10, 20, 33, 40, 75, 100, 150, 250)
LIMITS = (
    "limits.max_days={days}",
    "limits.max_usd_per_teu={usd}",
    "limits.max_co2e_kg_per_teu={kg}",
    "limits.avoid.countries=[RU]",
    "limits.avoid.gates=[gate-suez]",
)
# Searches count whole cents, minutes and grams of each arc, a result those of each cost line: by
# rail a route has some sixty of them.
WITHIN = {"USD": 0.1, "days": 0.002, "kg": 0.1}
MONTHS_OF_PLAN = 2
FUELS = ("fuel.vlsfo_usd_per_t",)


class Check(NamedTuple):
    """What one command says and what the other does; `note` says why the two may differ."""

    what: str
    one: object
    other: object
    unit: str = ""
    command: str = ""
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both say the same, to rounding."""
        one, other = self.one, self.other
        if isinstance(one, float) and isinstance(other, float):
            return abs(one - other) <= WITHIN.get(self.unit, 0.0)
        return one == other


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A drawn question, as `--set` of a command takes it; `limit` is empty without one."""

    number: int
    changes: tuple[str, ...]
    limit: str
    values_usd_per_day: tuple[float, ...]

    def command(self, name: str = "compare", *more: str) -> str:
        """Return a command that asks it."""
        sets = [word for change in self.changes for word in ("--set", change)]
        return shlex.join(["corridors", name, SCENARIO, *sets, *more])


def question(number: int, seed: int) -> Question:
    """Return a question, the same for a number and a seed."""
    draw = random.Random(f"{seed} {number}")
    pair = drawn(1, seed=draw.getrandbits(32))[0]
    ends = [pair.origin, pair.destination]
    if draw.random() < 0.45:
        ends.reverse()
    if draw.random() < 0.3:
        ends[draw.randint(0, 1)] = draw.choice(large_places())
    shipment = {
        "teu_per_month": draw.choice((1, 20, 200)),
        "cargo": draw.choice(sorted(load_cargo())),
        "value_of_time_usd_per_teu_day": draw.choice(VALUES_USD_PER_DAY),
    }
    day = FIRST + timedelta(draw.randint(0, (LAST - FIRST).days))
    changes = {
        "origin": json.dumps(ends[0]),
        "destination": json.dumps(ends[1]),
        "departure": day.isoformat(),
        "shipment": json.dumps(shipment),
        "world": json.dumps(draw.choice(WORLDS)),
        "objective": "cost",
        **({"scope": "door"} if draw.random() < 0.15 else {}),
    }
    limit = draw.choice(LIMITS).format(
        days=draw.randint(15, 60), usd=draw.randint(1_200, 6_000), kg=draw.randint(400, 3_000)
    )
    return Question(
        number=number,
        changes=tuple(f"{key}={value}" for key, value in changes.items()),
        limit=limit if draw.random() < 0.3 else "",
        values_usd_per_day=tuple(map(float, sorted(draw.sample(VALUES_USD_PER_DAY, 2)))),
    )


class Asked:
    """A question with what was answered to it: each comparison is asked once."""

    def __init__(self, question: Question, session: Session) -> None:
        self.question = question
        self.session = session
        self.scenario = load_scenario(SCENARIO, set_values=question.changes)
        self.shared = Asker()
        self._compared: dict[str, Comparison] = {}

    @property
    def limited(self) -> bool:
        """Whether the goods keep so many days, within which another route may be chosen."""
        return self.scenario.limits != Limits()

    def compared(self, *changes: str, scenario: Scenario | None = None) -> Comparison:
        """Return the comparison of the question with some keys changed."""
        key = repr((changes, scenario and scenario.departure, scenario and scenario.max_wait_days))
        if key not in self._compared:
            made = scenario or self.scenario
            if changes:
                made = load_scenario(SCENARIO, set_values=(*self.question.changes, *changes))
            self._compared[key] = compare(made, session=self.session, figures_only=True)
        return self._compared[key]


def figure(option: RouteOption, objective: Objective) -> float:
    """Return what an objective makes least of a row, in USD, days or kg."""
    usd, days = option.usd_per_teu or 0.0, option.days or 0.0
    kg = option.co2e_wtw_kg_per_teu or 0.0
    return objective.figure(usd, days, kg, 0.0)


def ladder(asked: Asked) -> Iterator[Check]:
    """Yield the ladder's step at some values of a day, and the answer asked there."""
    limits = (asked.question.limit,) if asked.question.limit else ()
    steps = asked.compared(*limits, "objective=cost").ladder
    for value in asked.question.values_usd_per_day:
        changes = (
            *limits,
            "objective=generalised",
            f"shipment.value_of_time_usd_per_teu_day={value:g}",
        )
        answer = asked.compared(*changes)
        sets = [word for change in changes for word in ("--set", change)]
        command = asked.question.command("compare", *sets)
        step = step_at(steps, value)
        least = answer.decision.least_value
        if len(answer.decision.shares) > 1:
            continue  # a split has no step
        at_step = None if step is None else step.cost_usd_per_teu + value * step.days
        yield Check(f"at {value:g} USD a day", at_step, least, "USD", command)
        if step is None or least is None or asked.limited or limits:
            continue
        rows = {
            row.corridor
            for row in answer.usable
            if abs((row.usd_per_teu or 0.0) + value * (row.days or 0.0) - least) <= WITHIN["USD"]
        }
        for corridor in (step.corridor, answer.decision.recommended):
            name = corridor if corridor in rows else sorted(rows)
            yield Check(f"corridor at {value:g} USD a day", corridor, name, command=command)


def step_at(steps: Sequence[LadderStep], value: float) -> LadderStep | None:
    """Return the best step at a value of a day: at an edge, either."""
    return next(
        (step for step in steps if step.to_usd_per_day is None or value <= step.to_usd_per_day),
        None,
    )


def objectives(asked: Asked) -> Iterator[Check]:
    """Yield what each objective makes least, by row and of all rows, under it and under others."""
    units = {Objective.COST: "USD", Objective.DAYS: "days", Objective.CO2E: "kg"}
    answers = {one: asked.compared(f"objective={one.value}") for one in units}
    for objective, unit in units.items():
        own = {row.corridor: row for row in answers[objective].usable}
        least = min((figure(row, objective) for row in own.values()), default=None)
        for other, answer in answers.items():
            if other is objective:
                continue
            command = asked.question.command("compare", "--set", f"objective={other.value}")
            for row in answer.usable:
                theirs = figure(row, objective)
                what = f"{objective.value} of {row.corridor} under {other.value}"
                if least is not None:
                    yield Check(f"{what} against all", theirs, max(theirs, least), unit, command)
                mine = own.get(row.corridor)
                if mine is None or row.corridor == OTHER:
                    continue
                best = figure(mine, objective)
                yield Check(what, theirs, max(theirs, best), unit, command)


def plan(asked: Asked) -> Iterator[Check]:
    """Yield what a plan of one pair ships for on a day of each month, and its comparison."""
    scenario = asked.scenario
    first = scenario.departure.replace(day=min(scenario.departure.day, 28))
    pair = {
        "origin": scenario.origin,
        "destination": scenario.destination,
        "cargo": scenario.shipment.cargo,
        "teu_per_month": 1,
    }
    tree = {
        "first_month": f"{first:%Y-%m}",
        "months": MONTHS_OF_PLAN,
        "departures": [first.day],
        "corridors": "any",
        "objective": "cost",
        "scenario": {"world": scenario.world, "scope": scenario.scope.value},
        "unmet_usd_per_teu": 50_000,
        "max_wait_days": int(scenario.max_wait_days),
        "pairs": [pair],
    }
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "plan.yaml"
        file.write_text(yaml.safe_dump(tree), encoding="utf-8")
        rows = allocate_plan(load_plan(file), session=asked.session).rows
    command = f"corridors allocate plan.yaml, of {json.dumps(tree)}"
    for number in range(MONTHS_OF_PLAN):
        day = months_later(first, number)
        shipped = [row.usd_per_teu for row in rows if row.departure == day]
        least = asked.compared(scenario=replace(scenario, departure=day)).decision.least_value
        yield Check(f"on {day}", shipped[0] if shipped else None, least, "USD", command)


def pages(asked: Asked) -> Iterator[Check]:
    """Yield the recommended row as JSON has it, and as terminal, report and map do."""
    limits = (asked.question.limit,) if asked.question.limit else ()
    with tempfile.TemporaryDirectory() as name:
        arguments = shlex.split(asked.question.command("compare"))[1:]
        arguments += [word for change in limits for word in ("--set", change)]
        out = Path(name) / "out"
        done = CliRunner().invoke(command_line(), [*arguments, "--out", str(out)])
        command = shlex.join(["corridors", *arguments])
        if not (out / "comparison.json").exists():
            yield Check("exit code", done.exit_code, 0, command=command)
            return
        record = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
        texts = {"terminal": " ".join(done.output.split())}
        texts["report"] = words_of((out / "report.html").read_text(encoding="utf-8"))
        # Its panel is data that the page's script draws.
        texts["map"] = (out / "map.html").read_text(encoding="utf-8")
    decision = record["decision"]
    best = asked.compared(*limits).recommended
    yield Check("recommended", decision["recommended"], best and best.corridor, command=command)
    if best is None or len(decision["shares"]) != 1:
        return
    row = next(one for one in record["options"] if one["corridor"] == best.corridor)
    for key, of_row, unit in (
        (f"{best.price_basis}_usd_per_teu", best.usd_per_teu, "USD"),
        ("days", best.days, "days"),
        ("co2e_wtw_kg_per_teu", best.co2e_wtw_kg_per_teu, "kg"),
    ):
        yield Check(f"JSON: {key}", row[key], of_row, unit, command)
    # The answer is the candidate that the decision chose, which within limits is not the row.
    chosen, finding = decision["tied"][0], record["answer"]["finding"]
    teu = asked.scenario.shipment.equipment.teu_per_box
    for shown in (
        f"USD {money(teu * chosen['cost_usd_per_teu'])} ",
        f"{rounded(chosen['days'])} days",
    ):
        yield Check(f"answer: {shown}", shown in finding, True, command=command)
    for page, text in texts.items():
        yield Check(f"{page}: {finding}", on_page(finding) in on_page(text), True, command=command)


def words_of(page: str) -> str:
    """Return the text of a page, without its scripts and markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def route(asked: Asked) -> Iterator[Check]:
    """Yield the best row and `route`, then a row of each corridor and `route --corridor`."""
    scenario, answer = asked.scenario, asked.compared()
    ends = (scenario.origin, scenario.destination)
    base = replace(scenario, corridors=())
    best, _, _ = routes_between(*ends, base=base, with_quickest=False, session=asked.session)
    command, note = asked.question.command(), "a decision keeps the shelf life" * asked.limited
    yield Check("route", best.usd_per_teu, answer.decision.least_value, "USD", command, note)
    rows = [row for row in answer.usable if row.corridor != OTHER]
    for row in random.Random(asked.question.number).sample(rows, min(2, len(rows))):
        alone, _, _ = routes_between(
            *ends, base=base, corridor=row.corridor, with_quickest=False, session=asked.session
        )
        command = asked.question.command() + f"; corridors route --corridor {row.corridor}"
        for unit, one, other in (
            ("USD", alone.usd_per_teu, row.usd_per_teu),
            ("days", alone.days, row.days),
        ):
            yield Check(f"route --corridor {row.corridor}", one, other, unit, command)


def catchment(asked: Asked) -> Iterator[Check]:
    """Yield each corridor to a destination, beside another one, and as its comparison has it."""
    scenario = asked.scenario
    beside = "Rotterdam" if scenario.destination != "Rotterdam" else "Hamburg"
    found = catchments(scenario, [scenario.destination, beside], session=asked.session)
    command = asked.question.command("catchments", "--to", scenario.destination, "--to", beside)
    one = found.to[0]
    # One basis a study: by cost if the destination beside it has no price.
    answer = asked.compared(f"price_basis={found.scenario.price_basis}")
    # A catchment is of what may be recommended.
    unsailed = answer.decision.without_line
    rows = {row.corridor: row.usd_per_teu for row in answer.usable if row.corridor not in unsailed}
    reached = {
        each.corridor: each.cost_usd_per_teu
        for each in one.reached
        if each.cost_usd_per_teu is not None
    }
    yield Check("corridors", sorted(reached), sorted(rows), command=command)
    for corridor in sorted(reached.keys() & rows.keys()):
        yield Check(corridor, reached[corridor], rows[corridor], "USD", command)
    least = min((usd for usd in rows.values() if usd is not None), default=None)
    best = None if one.winner is None else one.winner.cost_usd_per_teu
    yield Check("best", best, least, "USD", command)


def batch(asked: Asked) -> Iterator[Check]:
    """Yield what a batch of the question alone says, and its comparison."""
    limits = (asked.question.limit,) if asked.question.limit else ()
    scenario = load_scenario(SCENARIO, set_values=(*asked.question.changes, *limits))
    whole = compare(scenario, session=asked.session)
    day = scenario.departure.isoformat()
    row = Asker().batch(scenario, sweeps={"departure": [day]}).scenarios.iloc[0]
    command = asked.question.command("compare", *(("--set", *limits) if limits else ()))
    best = whole.recommended
    yield Check("recommended", row["recommended"] or None, best and best.corridor, command=command)
    cost = (
        None
        if best is None
        else whole.decision.tied[0].cost_usd_per_teu
        if whole.decision.tied
        else None
    )
    if cost is not None:
        yield Check("cost", float(row["cost_usd_per_teu"]), cost, "USD", command)
    yield Check("ladder", row["value_ladder"], ladder_cell(whole.ladder), command=command)


def table(asked: Asked) -> Iterator[Check]:
    """Yield what a table of shipments says of the question, and its comparison."""
    scenario, whole = asked.scenario, asked.compared()
    row = {
        "origin": scenario.origin,
        "destination": scenario.destination,
        "departure": scenario.departure.isoformat(),
    }
    frame = pd.DataFrame([row, row])
    found = asked.shared.compare_many(frame, scenario).table
    best, command = whole.recommended, asked.question.command()
    for name in found["recommended"]:
        yield Check("recommended", name or None, best and best.corridor, command=command)
    if best is not None and not asked.limited:
        usd = best.cost_usd_per_teu
        yield Check("cost", float(found["cost_usd_per_teu"].iloc[0]), usd, "USD", command)
        yield Check("days", float(found["days"].iloc[0]), best.days, "days", command)


def bill(asked: Asked) -> Iterator[Check]:
    """Yield what the lines of `explain` add up to, and the row, of the first corridors."""
    for row in asked.compared().usable[:2]:
        found = asked.shared.explain(asked.scenario, row.corridor)
        usd, command = found.option.usd_per_teu, asked.question.command("explain", row.corridor)
        yield Check("row", usd, row.usd_per_teu, "USD", command)
        yield Check("lines", float(found.cost_lines["usd_per_teu"].sum()), usd, "USD", command)
        days = sum(found.option.time_parts.values()) / HOURS_PER_DAY
        yield Check("hours", days, row.days, "days", command)


def studies(asked: Asked) -> Iterator[Check]:
    """Yield what draws, closures and a difference start from, and the comparison."""
    whole = asked.compared()
    rows, command = {row.corridor: row for row in whole.usable}, asked.question.command
    same = asked.shared.diff(asked.scenario, asked.scenario)
    yield Check("diff", isinstance(same, Difference) and same.empty, True, command=command("diff"))
    if whole.recommended is None:
        return
    with tempfile.TemporaryDirectory() as name:
        asked.shared.compare(asked.scenario).save(Path(name) / "out")
        saved = asked.shared.diff(Path(name) / "out", asked.scenario)
    changed = getattr(saved, "inputs", None)
    yield Check("diff of a saved result", changed, (), command=command("diff"))
    for one in asked.shared.simulate(asked.scenario, count=5).usable:
        # What is open in some draw alone, and another route, need have no row.
        if one.corridor in rows and one.corridor != OTHER:
            what, usd = f"simulate: {one.corridor}", rows[one.corridor].usd_per_teu
            yield Check(what, one.usd_per_teu, usd, "USD", command("simulate"))
    # A stress test asks of corridors alone, by the routes that may be recommended.
    if asked.limited or OTHER in rows:
        return
    unsailed = whole.decision.without_line
    named = [row.usd_per_teu for name, row in rows.items() if name not in unsailed]
    stressed = asked.shared.stress(asked.scenario)
    standing = stressed and stressed.usd_per_teu
    yield Check(
        "stress", standing, min(filter(None, named), default=None), "USD", command("stress")
    )


def dearer(asked: Asked) -> Iterator[Check]:
    """Yield what rows cost at least with dearer fuel and in an open world, and what they do."""
    at_cost = ("price_basis=cost",)
    usual = asked.compared(*at_cost)
    more = asked.compared(*at_cost, *(f"overrides={{{name}: 3000}}" for name in FUELS))
    command = asked.question.command("compare", "--set", "price_basis=cost")
    dear = {row.corridor: row.usd_per_teu or 0.0 for row in more.usable}
    for row in usual.usable:
        if row.corridor in dear and row.corridor != OTHER:
            usd, then = row.usd_per_teu or 0.0, dear[row.corridor]
            yield Check(f"dearer fuel: {row.corridor}", max(usd, then), then, "USD", command)
    least = [(row.usd_per_teu or 0.0) for row in usual.usable]
    best = asked.compared(*at_cost, "world=reference-open")
    if asked.scenario.world != "reference-open" and least and best.usable:
        theirs = min(row.usd_per_teu or 0.0 for row in best.usable)
        yield Check("an open world", min(theirs, *least), theirs, "USD", command)


def shares(asked: Asked) -> Iterator[Check]:
    """Yield rows with and without shares, their sum, and what catchments say of them."""
    keys = "choice=shares"
    scenario = load_scenario(SCENARIO, set_values=(*asked.question.changes, keys))
    found, usual = compare(scenario, session=asked.session, figures_only=True), asked.compared()
    command = asked.question.command("compare", "--set", keys)
    rows = [(row.corridor, row.usd_per_teu) for row in usual.usable]
    yield Check("rows", [(r.corridor, r.usd_per_teu) for r in found.usable], rows, command=command)
    if not found.shares:
        return
    yield Check("sum", sum(one.share for one in found.shares), 1.0, "days", command)
    (one,) = catchments(scenario, [scenario.destination], session=asked.session).to
    theirs = {way.corridor: round(way.share, 4) for way in one.shares}
    mine = {way.corridor: round(way.share, 4) for way in found.shares}
    yield Check("catchments", theirs, mine, command=command)


def known(asked: Asked) -> Iterator[Check]:
    """Yield the rows as known on the day of the last search, and as known without a day."""
    usual, keys = asked.compared(), f"known_on={date.today()}"
    rows = [(row.corridor, row.usd_per_teu, row.days) for row in usual.usable]
    answer = asked.compared(keys)
    theirs = [(row.corridor, row.usd_per_teu, row.days) for row in answer.usable]
    yield Check("rows", theirs, rows, command=asked.question.command("compare", "--set", keys))


def sailings(asked: Asked) -> Iterator[Check]:
    """Yield the row that goes by drawn trips as `compare`, `catchments` and `route` have it."""
    scenario, draw = asked.scenario, random.Random(asked.question.number)
    whole = asked.compared()
    rows = [row for row in whole.usable if row.corridor != OTHER and row.lines]
    sea = [one for row in rows[:1] for one in row.legs if family_of(one.service) is Family.SEA]
    if not sea:
        return
    first, last = sea[0].from_id, sea[-1].to_id
    lines = ["service;operator;mode;from;to;departs;arrives;cut-off;way;status"]
    for _ in range(6):
        leaves = scenario.departure + timedelta(draw.randint(3, 25))
        comes = leaves + timedelta(draw.randint(20, 60))
        closes = leaves - timedelta(draw.randint(1, 4))
        status = draw.choice(("", "", "blanked"))
        lines.append(f"Loop;Made-up;sea;{first};{last};{leaves};{comes};{closes};;{status}")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "trips.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        dated = load_scenario(SCENARIO, set_values=asked.question.changes, schedules=(str(file),))
        answer = compare(dated, session=asked.session, figures_only=True)
        (one,) = catchments(dated, [dated.destination], session=asked.session).to
        unsailed = answer.decision.without_line
        mine = {row.corridor: row.usd_per_teu for row in answer.usable}
        command = asked.question.command("compare", "--schedules", "trips.csv")
        for each in one.reached:
            if each.cost_usd_per_teu is not None and each.corridor not in unsailed:
                usd = mine.get(each.corridor)
                yield Check(f"to {each.corridor}", each.cost_usd_per_teu, usd, "USD", command)
        best, _, _ = routes_between(
            dated.origin,
            dated.destination,
            base=replace(dated, corridors=()),
            with_quickest=False,
            session=asked.session,
        )
        if answer.decision.least_value is not None and not asked.limited:
            note = "of any corridor, sailings that join the ends come first"
            yield Check(
                "route", best.usd_per_teu, answer.decision.least_value, "USD", command, note
            )


def months(asked: Asked) -> Iterator[Check]:
    """Yield the rows of two months side by side, and the comparison of each day."""
    command = asked.question.command("compare", "--months")
    for month in by_month(asked.scenario, session=asked.session, count=2):
        day = month.scenario.departure
        alone = asked.compared(scenario=replace(asked.scenario, departure=day))
        best = month.decision.recommended, alone.decision.recommended
        yield Check(f"recommended on {day}", *best, command=command)
        # Months have one basis: by cost if one of them has no price.
        if month.scenario.price_basis is alone.scenario.price_basis:
            rows, own = ([(r.corridor, r.usd_per_teu) for r in c.usable] for c in (month, alone))
            yield Check(f"rows on {day}", rows, own, command=command)


LEAVE = ("limits.avoid.countries=[KZ]", "limits.avoid.gates=[gate-suez]", "max_wait_days=0")
MORE_LEAVE = "max_wait_days=90"


def leave(asked: Asked) -> Iterator[Check]:
    """Yield the least cost with a ban, without waiting and with a longer wait, and as asked."""
    basis = "price_basis=cost"
    for change in (*LEAVE, MORE_LEAVE):
        values = [asked.compared(basis, *more).decision.least_value for more in ((), (change,))]
        # None is the dearest: nothing can be recommended.
        usual, other = (float("inf") if value is None else value for value in values)
        wide, narrow = (other, usual) if change == MORE_LEAVE else (usual, other)
        command = asked.question.command("compare", "--set", basis, "--set", change)
        if wide < float("inf") or narrow < float("inf"):
            yield Check(change, wide, min(wide, narrow), "USD", command)


class Relation(NamedTuple):
    """What is asked of every so manieth question."""

    checks: Callable[[Asked], Iterator[Check]]
    every: int = 1


RELATIONS = {
    "ladder": Relation(ladder),
    "objectives": Relation(objectives),
    "plan": Relation(plan, 4),
    "pages": Relation(pages, 5),
    "route": Relation(route, 2),
    "catchments": Relation(catchment, 2),
    "batch": Relation(batch, 5),
    "table": Relation(table, 3),
    "bill": Relation(bill, 2),
    "studies": Relation(studies, 4),
    "dearer": Relation(dearer, 2),
    "shares": Relation(shares, 3),
    "known": Relation(known, 3),
    "sailings": Relation(sailings, 2),
    "months": Relation(months, 4),
    "leave": Relation(leave, 3),
}


@dataclass(slots=True)
class Tally:
    """What was compared by relation, and what differed: a fault, or where it may."""

    questions: Counter[str]
    checks: Counter[str]
    faults: Counter[str]
    may_differ: Counter[str]
    refused: int = 0

    def add(
        self, name: str, asked: Asked, checks: Sequence[Check], tell: Callable[[str], object]
    ) -> None:
        """Count what a relation compared of a question, and tell what differs."""
        self.questions[name] += 1
        self.checks[name] += len(checks)
        for check in checks:
            if check.agrees:
                continue
            why = check.note
            (self.may_differ if why else self.faults)[name] += 1
            told = (
                f"{asked.question.number} {name}: {check.what}: {check.one} against {check.other}"
            )
            tell(f"{told}{f' ({why})' if why else ''}\n    {check.command}\n")

    @property
    def lines(self) -> str:
        """The counts as a table."""
        rows: list[tuple[str, ...]] = [
            ("relation", "questions", "compared", "differ", "differ where bounds count")
        ]
        rows += [
            (
                name,
                *(
                    str(each[name])
                    for each in (self.questions, self.checks, self.faults, self.may_differ)
                ),
            )
            for name in self.questions
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        return "".join(
            f"{line.rstrip()}\n" for line in (*lines, f"{self.refused} questions refused")
        )


def hold(
    questions: Sequence[Question],
    relations: Sequence[str],
    *,
    every: bool = False,
    tell: Callable[[str], object],
) -> Tally:
    """Ask the relations of some questions, and tell each difference; with `every` all of all.

    Ctrl-C ends it with what was asked until then.
    """
    tally = Tally(Counter(), Counter(), Counter(), Counter())
    with contextlib.suppress(KeyboardInterrupt):
        for question_asked in questions:
            # A network serves one pair of ends: nothing is shared with the next question.
            asked = Asked(question_asked, Session())
            try:
                asked.compared()
            except CorridorsError:
                tally.refused += 1
                continue
            for name in relations:
                if every or question_asked.number % RELATIONS[name].every == 0:
                    tally.add(name, asked, checked(name, asked), tell)
    return tally


def checked(name: str, asked: Asked) -> list[Check]:
    """Return what a relation compares of a question; a refusal is a difference."""
    try:
        return list(RELATIONS[name].checks(asked))
    except CorridorsError as error:
        return [Check("is refused", str(error)[:200], "", command=asked.question.command())]


def told_at_once(text: str) -> None:
    """Write a text, so that a run that is stopped has told what it found."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Ask, print what differs and how much was compared; 1 if anything does that may not."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=56)
    parser.add_argument("--relations", nargs="*", choices=RELATIONS, default=[*RELATIONS])
    chosen = parser.parse_args()
    numbers = range(chosen.first, chosen.first + chosen.count)
    tally = hold([question(n, chosen.seed) for n in numbers], chosen.relations, tell=told_at_once)
    told_at_once(tally.lines)
    return int(bool(tally.faults))


if __name__ == "__main__":
    sys.exit(main())
