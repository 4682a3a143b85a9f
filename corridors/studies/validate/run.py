"""Measure every published figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import FloatArray
from corridors.config import load_corridors
from corridors.costing.market import drivers_in_freight
from corridors.data.paths import one_look
from corridors.data.uncertainty import load_events
from corridors.domain.places import Family, family_of
from corridors.domain.scenario import AS_THE_TABLES_SAY, DrawSettings, PriceBasis
from corridors.domain.values import BillLine, CostLine
from corridors.output.store import Record
from corridors.progress import Progress, quiet
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.report import report
from corridors.studies.session import Session
from corridors.studies.validate.cases import (
    FAMILIES,
    HALF_A,
    HALF_B,
    KINDS,
    Case,
    Ours,
    Row,
    calibration_legs,
    load_cases,
)
from corridors.studies.validate.measures import (
    _main_services,
    _scenario,
    measured_options,
    measured_rail,
    measured_sea,
    measured_tables,
)
from corridors.studies.validate.result import Validation
from corridors.uncertainty.draws import Draws, Sample
from corridors.uncertainty.evaluation import Booked, Evaluator, Taken, plan_for, table_at_cost
from corridors.uncertainty.searches import RouteKey
from corridors.units import TEU_PER_FEU

MEASURES = {"sea": measured_sea, "rail": measured_rail, "tables": measured_tables}


def validate(*, every: bool = False) -> Validation:
    """Return every published figure with ours, in the order of families; see `question`."""
    measured = measured_rows()
    rows = (*measured, *(calibration_legs() if every else ()))
    shown = sorted(rows, key=lambda row: FAMILIES.index(row.case.family))
    return Validation(rows=tuple(shown), measured=measured, every=every)


@one_look()
def measured_rows(kinds: Sequence[str] = KINDS) -> tuple[Row, ...]:
    """Return every published case of these kinds with our figure, in the order of the files.

    Raises
    ------
    ConfigError
        A case has an error.
    GeodataError
        A case cannot be measured on the shipped network.
    """
    cases = [case for case in load_cases() if case.kind in kinds]
    ours: dict[str, Ours] = {}
    for measured in (*MEASURES.values(), measured_options):
        ours |= measured([c for c in cases if MEASURES.get(c.kind, measured_options) is measured])
    return tuple(Row(case=case, ours=ours[case.id]) for case in cases)


# Hold the width of draws to published figures.

DRAWS, SEED = 1_000, 1
QUANTITIES = ("cost", "transit")
FEWEST = 10
"""Cases of half A below which a family keeps its widths."""
FACTORS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
HELD = 0.8
# No draw of days or money falls to nothing, whatever events take off.
LEAST = 0.01
Z_OF_95 = 1.959963984540054
BINS = 10
EVEN = 1_001
"""Figures that stand for a uniform distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCase:
    """A published figure, and what draws say of it in its unit, `ours` at their median.

    `family` is that of the widths that move it most. `outer` are the outer bounds of a comparison
    in the same unit, every price and quantity at its low, then at its high; None of days, for which
    a comparison has none.
    """

    case: Case
    family: str
    ours: float
    draws: FloatArray
    outer: tuple[float, float] | None = None

    @property
    def place(self) -> float:
        """The share of draws below the published figure: uniform if widths are honest."""
        below, equal = self.draws < self.case.published, self.draws == self.case.published
        return float(below.mean() + equal.mean() / 2.0)

    @property
    def is_held(self) -> bool:
        """Whether the published figure lies between the 10 and 90 % quantiles."""
        low, high = np.quantile(self.draws, [(1.0 - HELD) / 2.0, (1.0 + HELD) / 2.0])
        return bool(low <= self.case.published <= high)

    def crps(self, factor: float = 1.0) -> float:
        """Return the CRPS of the draws widened by a factor, as a share of the published figure."""
        widened: FloatArray = self.ours * np.power(self.draws / self.ours, factor)
        score = crps(widened, self.case.published)
        return score / abs(self.case.published)

    @property
    def crps_of_outer(self) -> float | None:
        """The CRPS of the outer bounds, as a share of the published figure.

        A range says nothing of what lies between its ends, so all of it is taken as equally likely:
        the uniform distribution.
        """
        if self.outer is None:
            return None
        even = np.linspace(*self.outer, EVEN)
        return crps(even, self.case.published) / abs(self.case.published)


def crps(draws: FloatArray, observed: float) -> float:
    """Return the continuous ranked probability score of draws, in their unit, >= 0."""
    ordered = np.sort(draws)
    count = ordered.shape[0]
    weights = 2.0 * np.arange(1, count + 1) - count - 1.0
    spread: float = float(np.dot(weights, ordered)) / float(count * count)
    distance = float(np.abs(ordered - observed).mean())
    return distance - spread


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson; 0 to 1 of none."""
    if not count:
        return 0.0, 1.0
    share, z = hits / count, Z_OF_95
    middle = share + z**2 / (2.0 * count)
    half = z * math.sqrt(share * (1.0 - share) / count + z**2 / (4.0 * count**2))
    whole = 1.0 + z**2 / count
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How draws hold the published figures of a family in one half.

    `low` and `high` are Wilson's interval of the share held. `crps` is their mean as shares of the
    published figures, `crps_of_outer` that of the outer bounds of a comparison, of the cases of
    money; None without any. `places` counts by tenths where
    published figures stand among draws.
    """

    family: str
    half: str
    count: int
    held: int
    low: float
    high: float
    crps: float
    crps_of_outer: float | None
    places: tuple[int, ...]

    @property
    def says(self) -> str:
        """What the interval of the share held says of the widths: it holds 80 % or not."""
        if self.count < FEWEST:
            return "too few cases"
        if self.high < HELD:
            return "too narrow"
        return "too wide" if self.low > HELD else "honest"


def coverage_of(cases: Sequence[DrawnCase], family: str, half: str) -> Coverage:
    """Return how draws hold some cases."""
    held = sum(one.is_held for one in cases)
    low, high = wilson(held, len(cases))
    outer = [score for one in cases if (score := one.crps_of_outer) is not None]
    places = [min(int(one.place * BINS), BINS - 1) for one in cases]
    return Coverage(
        family=family,
        half=half,
        count=len(cases),
        held=held,
        low=low,
        high=high,
        crps=float(np.mean([one.crps() for one in cases])) if cases else 0.0,
        crps_of_outer=float(np.mean(outer)) if outer else None,
        places=tuple(places.count(number) for number in range(BINS)),
    )


def best_factor(cases: Sequence[DrawnCase]) -> float:
    """Return the factor of width with the least mean CRPS; 1 for too few cases."""
    if len(cases) < FEWEST:
        return 1.0

    def loss(factor: float) -> float:
        return float(np.mean([one.crps(factor) for one in cases]))

    return min(FACTORS, key=lambda factor: (loss(factor), factor))


def drawn_widths(told: Progress) -> Validation:
    """Return how draws hold published figures, with the widths of the tables."""
    return Validation(drawn=tuple(coverage_records(drawn_cases(AS_THE_TABLES_SAY, told=told))))


def drawn_cases(
    settings: DrawSettings,
    *,
    draws: int = DRAWS,
    told: Progress = quiet,
) -> tuple[DrawnCase, ...]:
    """Return the published figures of money and days with what draws say of them.

    Only those count that set no parameter (role `validation`).
    """
    cases = [
        case
        for case in load_cases()
        if case.quantity in QUANTITIES and case.role == "validation" and case.kind != "tables"
    ]
    session, found = Session(), []
    for number, case in enumerate(cases):
        told(case.id, number, len(cases))
        made = _drawn(case, settings, session, draws)
        if made is not None:
            found.append(made)
    return tuple(found)


def by_family_and_half(
    cases: Sequence[DrawnCase],
) -> Iterator[tuple[str, str, list[DrawnCase]]]:
    """Yield the cases of each family and half, families in alphabetical order."""
    groups: dict[tuple[str, str], list[DrawnCase]] = {}
    for one in cases:
        groups.setdefault((one.family, one.case.half), []).append(one)
    for (family, half), held in sorted(groups.items()):
        yield family, half, held


def _drawn(case: Case, settings: DrawSettings, session: Session, draws: int) -> DrawnCase | None:
    scenario = replace(_scenario(case), draws=settings)
    (corridor,) = load_corridors([case.route])
    services = _main_services(scenario, corridor)
    question = session.pose(replace(scenario, services=services), [corridor])
    found = search(question, 0, fronts=False)
    if found.best is None:
        return None
    key = RouteKey.of(found, found.best)
    table = table_at_cost(question)
    evaluator = Evaluator(
        question=question,
        table=table,
        routes=(Booked(key=key),),
        events=load_events() if settings.events and case.observed else (),
        ice_years=(),
        counts=_counted(case),
    )
    names = tuple(evaluator.groups_of_events())
    plan = plan_for(question, table, ice=False, others=names)
    taken = evaluator.taken(Draws(plan=plan, sample=Sample.stratified(draws, SEED)))[key]
    central = evaluator.central()[key]
    at_price = scenario.price_basis is PriceBasis.PRICE
    if case.quantity == "transit":
        option = report(found, figures_only=True)
        ours, mid = option.main_transit_days or 0.0, float(central.transit[0]) / 1440.0
        drawn = taken.transit + _late(taken, observed=case.observed)
    else:
        ours = mid = float((central.price if at_price else central.cost)[0])
        drawn = taken.price if at_price else taken.cost
        if case.unit == "USD/FEU":
            ours *= TEU_PER_FEU
    levels = taken.transit if case.quantity == "transit" else drawn
    # A way on no lane that is quoted has no price.
    if not 0.0 < mid < math.inf or ours <= 0.0:
        return None
    if not taken.is_open.any():
        return None
    # As in a simulation: the median of the levels is the figure of the model.
    known = taken.is_open & np.isfinite(drawn)
    scaled = np.maximum(drawn[known] / float(np.median(levels[known])), LEAST) * ours
    return DrawnCase(
        case=case,
        family=_family(case, found),
        ours=ours,
        draws=scaled,
        outer=None if case.quantity == "transit" else _outer(case, found),
    )


def _outer(case: Case, found: SearchedCorridor) -> tuple[float, float]:
    """Return the outer bounds of the lines that a published figure includes, in its unit."""
    counts = _counted(case)
    lines = [
        line
        for line in report(found, figures_only=True).cost_lines
        if counts is None or counts(line)
    ]
    per = TEU_PER_FEU if case.unit == "USD/FEU" else 1.0
    return per * sum(line.low for line in lines), per * sum(line.high for line in lines)


def _late(taken: Taken, *, observed: bool) -> FloatArray:
    return taken.late_on_the_way if observed else np.zeros_like(taken.transit)


def _counted(case: Case) -> Callable[[BillLine | CostLine], bool] | None:
    """Return which lines a published cost includes, as `validate` counts them; None for all."""
    lines = case.given.get("lines", ())
    if case.quantity != "cost" or not lines:
        return None
    left_out = {name[1:] for name in lines if name.startswith("-")}
    wanted = {name for name in lines if not name.startswith("-")}
    wanted |= drivers_in_freight() if "freight" in wanted else frozenset()

    def counts(line: BillLine | CostLine) -> bool:
        return line.driver not in left_out and (not wanted or line.driver in wanted)

    return counts


def _family(case: Case, found: SearchedCorridor) -> str:
    """Return the family of widths of a case: days by mode, money by mode and basis."""
    if case.quantity == "transit":
        return {"NSR days": "NSR"}.get(case.family, case.family)
    network = found.question.bundle.topology
    arcs = found.problem.base[list(found.best.arcs)] if found.best else np.zeros(0, np.int64)
    km: Mapping[bool, float] = {
        at_sea: float(
            sum(
                network.km[arc]
                for arc in arcs.tolist()
                if (family_of(network.services[int(network.service[arc])].id) is Family.SEA)
                is at_sea
            )
        )
        for at_sea in (True, False)
    }
    mode = "sea" if km[True] > km[False] else "rail"
    at_price = found.question.scenario.price_basis is PriceBasis.PRICE
    return f"{mode} {'price' if at_price else 'cost'}"


DAYS, MONEY = "all days", "all money"


def coverage_records(cases: Sequence[DrawnCase]) -> list[Record]:
    """Return how draws hold published figures: a row a family and half, then all of half B.

    `asks_for` is the factor of width, on top of the table's, that half A of a family asks for.
    """
    asked = {
        family: best_factor(held)
        for family, half, held in by_family_and_half(cases)
        if half == HALF_A
    }
    rows = [coverage_of(held, family, half) for family, half, held in by_family_and_half(cases)]
    judges = [one for one in cases if one.case.half == HALF_B]
    days = [one for one in judges if one.case.quantity == "transit"]
    money = [one for one in judges if one.case.quantity != "transit"]
    rows += [coverage_of(days, DAYS, HALF_B), coverage_of(money, MONEY, HALF_B)]
    return [
        {
            "family": row.family,
            "half": "A" if row.half == HALF_A else "B",
            "cases": row.count,
            "held": row.held / row.count if row.count else None,
            "from": row.low,
            "to": row.high,
            "crps": round(row.crps, 4),
            "crps_low_high": None if row.crps_of_outer is None else round(row.crps_of_outer, 4),
            "asks_for": asked.get(row.family) if row.half == HALF_A else None,
            "says": row.says,
            "places": " ".join(map(str, row.places)),
        }
        for row in rows
    ]
