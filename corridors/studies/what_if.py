"""Make what a page needs to price the routes of a comparison again, and to bound a new search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from corridors.costing.market import Market
from corridors.costing.pricing import unit_price
from corridors.costing.speed import BEST
from corridors.costing.weights import Cents, with_moves
from corridors.data.parameters import PRICES, ParameterTable
from corridors.domain.allocation import Floor, PricedRoute, PriceRow, Quoted, Slider, Term, WhatIf
from corridors.domain.objective import Objective
from corridors.domain.results import RouteOption
from corridors.domain.scenario import OTHER, Override, PriceBasis, Scenario, Subsidies
from corridors.domain.values import LANE, BillLine
from corridors.routing.dated.departures import best_route
from corridors.routing.ladder import SearchedCorridor
from corridors.routing.priced_ways import option_of_route
from corridors.routing.problem import at_cents
from corridors.routing.question import Question, at_prices
from corridors.routing.terms import Terms
from corridors.studies.session import Session
from corridors.units import CENTS_PER_USD

SUBSIDY = "subsidy"
RAIL = "rail"
SUBSIDY_SHARE = "rail.subsidy_share"
SUBSIDY_DRIVER = "rail.subsidy"
# What a share of a subsidy is looked up at; any above 0 makes its lines.
SOME_SHARE = 0.5
MOST_SUBSIDY = 0.5
_DATED = re.compile(r"(?:.*@)?\d{4}(?:-\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Prices that one slider moves together, and the factors at its ends."""

    id: str
    title: str
    parameters: tuple[str, ...]
    low: float
    high: float


_KINDS = (
    _Kind(
        id="fuel",
        title="Ship fuel",
        parameters=("fuel.vlsfo_usd_per_t", "fuel.mgo_usd_per_t", "fuel.lng_usd_per_t"),
        low=0.5,
        high=2.0,
    ),
    _Kind(
        id="tolls",
        title="Canal tolls",
        parameters=(
            *("canal.toll_rise", "canal.toll_usd", "canal.toll_usd_per_gt"),
            *("canal.toll_usd_per_teu_capacity", "canal.toll_usd_per_teu_empty"),
            "canal.toll_usd_per_teu_laden",
        ),
        low=0.0,
        high=2.0,
    ),
    _Kind(
        id="allowances",
        title="EU emission allowances",
        parameters=("ets.price_eur_per_t",),
        low=0.0,
        high=3.0,
    ),
    _Kind(id="ships", title="Ship day rates", parameters=("ship.day_usd",), low=0.5, high=3.0),
    _Kind(id=RAIL, title="Rail rates", parameters=("rail.rate_usd_per_feu_km",), low=0.5, high=2.0),
    _Kind(
        id="road",
        title="Truck rates",
        parameters=("road.fixed_usd_per_box", "road.rate_usd_per_box_km"),
        low=0.5,
        high=2.0,
    ),
)
# A ship at its best speed sails slower where fuel is dear, so its bill depends on these prices.
_SET_SPEED = ("fuel", "ships")
_RowKey = tuple[str, str]


def what_if_of(
    question: Question,
    found: Sequence[SearchedCorridor],
    options: Sequence[RouteOption],
    *,
    session: Session,
) -> WhatIf:
    """Return the stored routes of a comparison as sums of terms, their sliders and the floor.

    Parameters
    ----------
    question
        The scenario as posed, `session.free` last among its corridors.
    found
        The searches of its corridors.
    options
        What they report, with bills.
    session
        Of the comparison, for the searches at other prices.
    """
    scenario = question.scenario
    table = question.quoted.at_cost
    usable = [option for option in options if option.usable]
    # With subsidies paid, bills have a line for them, of which the usual share is 0.
    paid = _with_subsidies(question, found, session)
    subsidised, market = paid or ({}, question.market)
    bills = [subsidised.get(option.corridor, option.bill) for option in usable]
    sliders = [
        *_factors(table, scenario, bills),
        *_subsidy(table, bills, is_usual=paid is None),
    ]
    maker = _Terms(table=table, sliders=sliders)
    routes = tuple(
        PricedRoute(
            corridor=option.corridor,
            days=option.days or 0.0,
            terms=maker.cost(bill),
            lane=next((line.scope for line in bill if line.driver == LANE), ""),
        )
        for option, bill in zip(usable, bills, strict=True)
    )
    return WhatIf(
        sliders=tuple(sliders),
        routes=routes,
        quoted={
            quote.amount.scope: Quoted(
                freight_usd_per_teu=quote.freight_usd_per_teu, cost=maker.cost(quote.bill)
            )
            for quote in market.quotes
        },
        floor=_floor(question, sliders, session=session),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """Makes terms of bills at the prices of a table."""

    table: ParameterTable
    sliders: Sequence[Slider]

    def cost(self, bill: Iterable[BillLine]) -> tuple[Term, ...]:
        """Return what a bill takes at cost."""
        return _merged(term for line in bill if line.driver != LANE for term in self._of(line))

    def _of(self, line: BillLine) -> Iterator[Term]:
        if line.price_parameter is None:
            return
        row, rate = unit_price(line, self.table)
        moved = self._slider_of((row.parameter, row.scope))
        paid = row.value * rate
        if row.parameter == SUBSIDY_SHARE and moved:
            paid = 1.0
        if not line.share_of:
            yield Term(line.driver, line.quantity * paid, moved)
        for one in line.share_of:
            own, own_rate = unit_price(one, self.table)
            usd = line.quantity * one.quantity * own.value * own_rate * paid
            yield Term(line.driver, usd, (*moved, *self._slider_of((own.parameter, own.scope))))

    def _slider_of(self, key: _RowKey) -> tuple[str, ...]:
        return tuple(
            slider.id
            for slider in self.sliders
            for row in slider.rows
            if row.parameter == key[0] and row.scope in (None, key[1])
        )


def _merged(terms: Iterable[Term]) -> tuple[Term, ...]:
    summed: dict[tuple[str, tuple[str, ...]], float] = {}
    for term in terms:
        key = term.part, tuple(sorted(term.sliders))
        summed[key] = summed.get(key, 0.0) + term.usd
    return tuple(Term(part, usd, sliders) for (part, sliders), usd in summed.items() if usd)


def _paying(bills: Iterable[Iterable[BillLine]]) -> Iterator[BillLine]:
    for bill in bills:
        for line in bill:
            yield line
            yield from line.share_of


def _factors(
    table: ParameterTable, scenario: Scenario, bills: Sequence[Sequence[BillLine]]
) -> Iterator[Slider]:
    """Yield the sliders of prices that some stored route pays."""
    used: dict[str, set[str]] = {}
    for line in _paying(bills):
        if line.price_parameter is not None and line.quantity:
            row, _ = unit_price(line, table)
            if row.value:
                used.setdefault(row.parameter, set()).add(row.scope)
    for kind in _KINDS:
        if scenario.speed == BEST and kind.id in _SET_SPEED:
            continue
        if not set(kind.parameters) <= PRICES or not any(used.get(p) for p in kind.parameters):
            continue
        rows = [row for p in kind.parameters for row in _rows(table, p, used.get(p, set()))]
        ends = [row.value * factor for row in rows for factor in (kind.low, kind.high)]
        names = [row.parameter for row in rows for _ in range(2)]
        if any(map(table.out_of_bounds, names, ends)):
            continue
        first = next(row for row in rows if used.get(row.parameter))
        yield Slider(
            id=kind.id,
            title=kind.title,
            usual=1.0,
            low=kind.low,
            high=kind.high,
            rows=tuple(sorted(rows, key=lambda row: row is not first)),
        )


def _rows(table: ParameterTable, parameter: str, used: set[str]) -> list[PriceRow]:
    """Return the rows of a parameter that a slider moves: those without a date, and those paid.

    A parameter with one of them is set as a whole, its dated rows too: of these one is read.
    """
    rows = [
        row
        for row in table.rows_of(parameter)
        if row.scope in used or not _DATED.fullmatch(row.scope)
    ]
    alone = len(rows) == 1
    return [
        PriceRow(
            parameter=parameter,
            scope=None if alone else row.scope,
            value=row.value,
            unit=row.unit,
            source_id=row.source_id,
        )
        for row in rows
    ]


def _with_subsidies(
    question: Question, found: Sequence[SearchedCorridor], session: Session
) -> tuple[dict[str, tuple[BillLine, ...]], Market] | None:
    """Return the bills of the stored routes, and the market, with subsidies on rail paid.

    None if no route would have one, or if the scenario has its own.
    """
    scenario = question.scenario
    if scenario.subsidies is not Subsidies.NONE:
        return None
    some = Override(parameter=SUBSIDY_SHARE, scope=None, value=SOME_SHARE)
    asked = session.pose(
        replace(scenario, subsidies=Subsidies.FOUND, overrides=(*scenario.overrides, some)),
        question.corridors,
    )
    bills: dict[str, tuple[BillLine, ...]] = {}
    for one in found:
        if one.best is None:
            continue
        problem, usual = asked.shared_problem(one.number), one.problem
        # A row that no line is known to run, or no lane prices, has other arcs than the question.
        if problem.base.shape != usual.base.shape or (problem.base != usual.base).any():
            return None
        option = option_of_route(
            asked.pricer,
            asked.weights,
            problem,
            one.best,
            corridor=one.corridor,
            parts=one.parts(one.best),
            paid=question.paid_by(one.arcs(one.best)),
        )
        one.rest()
        bills[one.corridor.id] = option.bill
    lines = [line for bill in bills.values() for line in bill]
    return (bills, asked.market) if any(line.driver == SUBSIDY_DRIVER for line in lines) else None


def _subsidy(
    table: ParameterTable,
    bills: Sequence[Sequence[BillLine]],
    *,
    is_usual: bool,
) -> Iterator[Slider]:
    """Yield the slider of the subsidy on rail, if a stored route may have one.

    `is_usual` if the scenario pays it as it stands: then there is one only if it is one share.
    """
    lines = [line for line in _paying(bills) if line.driver == SUBSIDY_DRIVER]
    shares = {unit_price(line, table)[0].value for line in lines}
    if not lines or (is_usual and len(shares) > 1):
        return
    row = unit_price(lines[0], table)[0]
    yield Slider(
        id=SUBSIDY,
        title="Subsidy on rail freight",
        usual=max(shares) if is_usual else 0.0,
        low=0.0,
        high=max(MOST_SUBSIDY, *shares) if is_usual else MOST_SUBSIDY,
        rows=(
            PriceRow(
                parameter=SUBSIDY_SHARE,
                scope=None,
                value=1.0,
                unit=row.unit,
                source_id=row.source_id,
            ),
        ),
    )


def _floor(question: Question, sliders: Sequence[Slider], *, session: Session) -> Floor | None:
    """Return the least costs at the corners and ends of the box; None if nothing is usable."""
    moved = [slider for slider in sliders if slider.id != SUBSIDY]
    subsidy = next((slider for slider in sliders if slider.id == SUBSIDY), None)
    if question.scenario.subsidies is not Subsidies.NONE and subsidy is None:
        return None
    # The free route is the least of all corridors, but of those with services of their own.
    free = {corridor.id for corridor in session.free}
    numbers = [
        number
        for number, corridor in enumerate(question.corridors)
        if corridor.id in free | {OTHER} or corridor.reserved_services
    ]
    plain = replace(
        question.scenario,
        objective=Objective.COST,
        price_basis=PriceBasis.COST,
        subsidies=Subsidies.NONE,
    )

    terms = Terms(start_day=0, max_wait_days=plain.max_wait_days, fast=True)

    usual = dict.fromkeys((slider.id for slider in moved), 1.0)
    posed = session.pose(at_factors(plain, moved, usual), question.corridors)
    topology, usual_weights = posed.bundle.topology, posed.weights
    # Problems of a session are kept for further questions, which these are not.
    problems = [posed.problem(number) for number in numbers]

    @cache
    def alone(name: str, factor: float) -> Cents:
        """Return what arcs cost where one slider is moved."""
        scenario = at_factors(plain, moved, usual | {name: factor})
        return Cents.of(at_prices(posed, scenario, session.prices).weights)

    def least(factors: Mapping[str, float]) -> float | None:
        moves = [alone(name, factor) for name, factor in factors.items() if factor != 1.0]
        weights = with_moves(usual_weights, moves)
        best = [
            best_route(at_cents(problem, topology, usual_weights, weights), terms)
            for problem in problems
        ]
        cents = [route.cents for route in best if route is not None]
        return min(cents) / CENTS_PER_USD if cents else None

    if least(usual) is None:
        return None
    # With a subsidy, rail rates are looked up at what is left of them.
    low = [
        slider.low * (1.0 - subsidy.high if subsidy and slider.id == RAIL else 1.0)
        for slider in moved
    ]
    names, high = [slider.id for slider in moved], [slider.high for slider in moved]
    points = dict.fromkeys(_points(low, high))
    found = {point: least(dict(zip(names, point, strict=True))) for point in points}
    # What is usable at some prices is so at all.
    return Floor(
        sliders=tuple(names),
        points=tuple(found),
        usd_per_teu=tuple(usd or 0.0 for usd in found.values()),
    )


def _points(low: Sequence[float], high: Sequence[float]) -> Iterator[tuple[float, ...]]:
    """Yield where the least cost is searched, the lowest prices first.

    Those are the usual prices and the ends of each slider, and of the corners of the box those at
    which all sliders but at most one are at the same side. All corners are four times as many,
    and bound moves of two sliders by 7 USD per TEU in the mean instead of 11.
    """
    usual = (1.0,) * len(low)
    yield tuple(low)
    yield usual
    yield tuple(high)
    for number in range(len(low)):
        for start, end in ((usual, low), (usual, high), (low, high), (high, low)):
            yield (*start[:number], end[number], *start[number + 1 :])


def at_factors(
    scenario: Scenario, sliders: Sequence[Slider], factors: Mapping[str, float]
) -> Scenario:
    """Return a scenario with the prices of sliders times their factors; a subsidy is its share.

    Every row of a slider in `factors` is set, also at a factor of 1.
    """
    overrides = list(scenario.overrides)
    for slider in sliders:
        factor = factors.get(slider.id)
        if factor is None:
            continue
        overrides += [
            Override(parameter=row.parameter, scope=row.scope, value=row.value * factor)
            for row in slider.rows
        ]
        if slider.id == SUBSIDY:
            scenario = replace(scenario, subsidies=Subsidies.FOUND if factor else Subsidies.NONE)
    return replace(scenario, overrides=tuple(overrides))
