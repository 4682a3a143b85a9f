"""The result of a run: ranked options, the decision, and the manifest of inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.data.access import load_worlds_of_lines
from corridors.domain.allocation import WhatIf
from corridors.domain.answer import UNANSWERED, Answer
from corridors.domain.contracts import Sailings
from corridors.domain.objective import Objective
from corridors.domain.results import (
    FOLDED_ABOVE,
    Alternative,
    Candidate,
    Decision,
    LadderStep,
    OptionStatus,
    OtherWorld,
    PriceStatus,
    RouteOption,
    RouteStep,
    StepKind,
    WayShare,
)
from corridors.domain.scenario import Scenario
from corridors.domain.values import EnergyLine
from corridors.output.display_names import name_by
from corridors.output.store import Manifest, Record, as_text, csv_text, significant
from corridors.output.tables import Table
from corridors.units import GRAMS_PER_KG, KG_PER_TONNE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from corridors.output.contract import ComparisonRecord, OptionRecord

_STATUS_ORDER = {status: rank for rank, status in enumerate(OptionStatus)}

FOLDED_BEYOND = 1.5
KEPT_WITHIN = 1.15
# A closed option that leads so many times as far as another is no answer to anyone.
FAR_ROUND = 2.0


PRINTED_FRONT = Table(
    name="printed_front",
    about="A route that no other of its corridor beats in cost, days and CO2e.",
    files="corridor USD_per_TEU transit_days days t_CO2e_per_TEU overall",
    of={
        "USD_per_TEU": lambda point: round(point.cost_usd_per_teu, 2),
        "transit_days": lambda point: round(point.transit_days, 2),
        "days": lambda point: round(point.days, 2),
        "t_CO2e_per_TEU": lambda point: round(point.co2e_kg_per_teu / KG_PER_TONNE, 4),
    },
)


NO_FORECAST = (
    "Shares of the boxes of a trade, by groups of goods with different values of a day. They say"
    " direction and order, with the range of what is assumed about the choice; no forecast."
)
SHARES = Table(
    name="way_shares",
    about="The share of a way in the boxes of a trade, with its range.",
    files="corridor title usd_per_teu days share low high",
    reads="title share low high usd_per_teu days",
    exact=significant,
)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The options of a scenario, best first, with the decision."""

    scenario: Scenario
    """The scenario that was answered."""
    routes: tuple[RouteOption, ...]
    """The best route of every corridor asked for, best first and closed ones last."""
    decision: Decision
    """What OR-Tools recommends: a corridor or shares, and what is tied with it."""
    warnings: tuple[str, ...]
    """What concerns the run, in sentences; each option has its own."""
    manifest: Manifest
    """Versions, and hashes of the data, that gave it."""
    front: tuple[Candidate, ...] = ()
    """Routes the decision chose from: of each corridor those that none of its others beats."""
    alternatives: tuple[Alternative, ...] = ()
    """Routes through other places, where they were asked for."""
    ladder: tuple[LadderStep, ...] = ()
    """Which route is best at which value of time, in USD per TEU and day, from 0 up."""
    other_world: OtherWorld | None = None
    """What is recommended in the other world that may be meant; None if the same."""
    what_if: WhatIf | None = None
    """The routes priced again for the sliders of the report, where that was asked for."""
    shares: tuple[WayShare, ...] = ()
    """Shares of boxes by way, the largest first, where `choice: shares` is asked."""
    sailings: Sailings | None = None
    """The next departures and the month of the scenario's files of sailings; None without."""
    answer: Answer = UNANSWERED
    """What a person reads first, made of all of this where both worlds were compared."""

    @cached_property
    def usable(self) -> tuple[RouteOption, ...]:
        """The usable options, best first."""
        return tuple(option for option in self.routes if option.usable)

    @property
    def ranks(self) -> dict[str, int]:
        """The rank of each usable option by corridor; one that equals an earlier one has none."""
        ranked = (option.corridor for option in self.usable if not option.equals)
        return {corridor: rank for rank, corridor in enumerate(ranked, start=1)}

    @property
    def recommended(self) -> RouteOption | None:
        """The recommended option, None if none meets the limits."""
        return next(
            (route for route in self.routes if route.corridor == self.decision.recommended), None
        )

    @cached_property
    def folded(self) -> tuple[RouteOption, ...]:
        """The options that nobody would buy, which tables show only when asked.

        Another option is no worse in cost, days and CO2e, and they cost more than `FOLDED_ABOVE`
        times the least or go over `FOLDED_BEYOND` times as far as the other one: by Panama from
        the Persian Gulf. An option within `KEPT_WITHIN` times the best by the objective is one only
        if no line is known for it where one is for the other, or if it goes over `FAR_ROUND` times
        as far: from India to China by the Cape. An option that is recommended, in
        either world, tied or on the value ladder is never one.
        """
        return tuple(
            route
            for route in self.usable
            if route.corridor not in self._named
            and (
                self.is_without_line(route)
                or self.is_detour(route, FAR_ROUND)
                or (
                    not self._is_near(route)
                    and (self.is_detour(route) or (self.is_dear(route) and self._is_beaten(route)))
                )
            )
        )

    @property
    def lines_hold(self) -> bool:
        """Whether its world recommends known lines; in others these are lines of another world."""
        return self.scenario.world in load_worlds_of_lines()

    def is_without_line(self, route: RouteOption) -> bool:
        """Whether no line is known for an option, and one is for another that beats it."""
        return (
            self.lines_hold
            and route.offer is not None
            and not route.offer.known
            and any(
                better.offer is not None and better.offer.known
                for better, _ in self._betters(route)
            )
        )

    def _is_near(self, route: RouteOption) -> bool:
        """Whether an option is so near the best that a reader asks about it: by the objective.

        That it sails by a schedule where the best does not would be another reason to say so here.
        """
        return self._figure(route) <= KEPT_WITHIN * self._least_figure

    @cached_property
    def _least_figure(self) -> float:
        return min(map(self._figure, self.usable))

    def _figure(self, route: RouteOption) -> float:
        scenario = self.scenario
        return figure_of(route, scenario.objective, scenario.shipment.value_of_time_usd_per_teu_day)

    @property
    def detours(self) -> tuple[RouteOption, ...]:
        """The folded options that go over `FOLDED_BEYOND` times as far as one that beats them."""
        return tuple(route for route in self.folded if self.is_detour(route))

    @cached_property
    def _measured(self) -> tuple[tuple[RouteOption, Measures, float], ...]:
        """The usable options with what one may better another in, and their kilometres."""
        return tuple((route, _measures(route), route.km() or 0.0) for route in self.usable)

    def _betters(self, route: RouteOption) -> Iterator[tuple[RouteOption, float]]:
        """Yield the usable options that beat one: no worse in all measures, better in one."""
        its = _measures(route)
        for other, measures, km in self._measured:
            if measures != its and all(a <= b for a, b in zip(measures, its, strict=True)):
                yield other, km

    def _is_beaten(self, route: RouteOption) -> bool:
        return any(True for _ in self._betters(route))

    def is_detour(self, route: RouteOption, times: float = FOLDED_BEYOND) -> bool:
        """Whether an option goes over so many times as far as one that beats it."""
        km = route.km() or 0.0
        return any(km > times * shorter for _, shorter in self._betters(route))

    @cached_property
    def _named(self) -> frozenset[str | None]:
        """The corridors that the decision, the ladder or the other world names."""
        return frozenset(
            {
                self.decision.recommended,
                *self.decision.shares,
                *(tied.corridor for tied in self.decision.tied),
                *(step.corridor for step in self.ladder),
                *(self.other_world.shares if self.other_world else ()),
            }
        )

    @cached_property
    def hopeless(self) -> tuple[RouteOption, ...]:
        """The closed options that would be folded whenever they are open.

        On any day they cost more than `FOLDED_ABOVE` times the least, and a usable option is no
        worse in cost, days and CO2e; or they lead over `FAR_ROUND` times as far as another one, as
        the Suez Canal does within Spain.
        """
        if not self.usable:
            return ()
        return tuple(
            route
            for route in self.routes
            if route.corridor not in self._named
            and (self.leads_far_round(route) or self._is_never_good(route))
        )

    def leads_far_round(self, route: RouteOption) -> bool:
        """Whether a closed option leads over `FAR_ROUND` times as far as a usable one."""
        shortest = min((other.km() or 0.0 for other in self.usable), default=0.0)
        return (route.least_km or 0.0) > FAR_ROUND * shortest

    def _is_never_good(self, route: RouteOption) -> bool:
        bound = route.at_least
        if bound is None:
            return False
        least = (bound.usd_per_teu, bound.days, bound.co2e_kg_per_teu)
        return bound.usd_per_teu > FOLDED_ABOVE * self._least_usd and any(
            all(a <= b for a, b in zip(measures, least, strict=True))
            for _, measures, _ in self._measured
        )

    @property
    def never(self) -> tuple[RouteOption, ...]:
        """The options without a route on any day, if another one is usable."""
        if not self.usable:
            return ()
        return tuple(r for r in self.routes if r.status is OptionStatus.INFEASIBLE)

    @cached_property
    def left_out(self) -> tuple[RouteOption, ...]:
        """The options that tables show only when asked: folded, hopeless or never possible."""
        return (*self.folded, *self.hopeless, *self.never)

    def is_dear(self, route: RouteOption) -> bool:
        """Whether an option costs more than `FOLDED_ABOVE` times the least."""
        return (route.usd_per_teu or 0.0) > FOLDED_ABOVE * self._least_usd

    @cached_property
    def _least_usd(self) -> float:
        return min(usd for _, (usd, _, _), _ in self._measured)

    def is_tied(self, route: RouteOption) -> bool:
        """Whether an option is tied with others: its order among them is not known."""
        decision = self.decision
        return decision.is_close and any(t.corridor == route.corridor for t in decision.tied)

    @cached_property
    def option_records(self) -> Mapping[str, OptionRecord]:
        """The options in the form of `comparison.json` by corridor, made when first asked for."""
        from corridors.output.contract import OptionRecord

        return {route.corridor: OptionRecord.of(route) for route in self.routes}

    @property
    def record(self) -> ComparisonRecord:
        """The comparison in the form of `comparison.json`."""
        # Imported here: building the models is slow, and most commands print a table.
        from corridors.output.contract import ComparisonRecord, ManifestRecord

        return ComparisonRecord.model_validate(
            {
                "manifest": ManifestRecord.of(self.manifest),
                "scenario": self.scenario,
                "options": tuple(self.option_records[one.corridor] for one in self.routes),
                "decision": self.decision,
                "front": self.front,
                "warnings": self.warnings,
                "alternatives": self.alternatives,
                "ladder": self.ladder,
                "other_world": self.other_world,
                "shares": self.shares,
                "sailings": self.sailings,
                "answer": self.answer if self.answer.finding else None,
            }
        )

    @property
    def fronts(self) -> pd.DataFrame:
        """The non-dominated routes as a DataFrame, in the order of `comparison.json`.

        `overall` says whether no route of any corridor beats it; `co2e_kg_per_teu` is the old name
        of `co2e_wtw_kg_per_teu`.
        """
        return FRONT.frame(self)


FRONT = Table(
    name="front",
    about="A route of a corridor that no other of its routes beats in cost, days and CO2e.",
    rows_of=attrgetter("front"),
    files="corridor cost_usd_per_teu days transit_days co2e_kg_per_teu overall co2e_wtw_kg_per_teu",
    of={"co2e_wtw_kg_per_teu": "co2e_kg_per_teu"},
)


Measures = tuple[float, float, float]


def _measures(option: RouteOption) -> Measures:
    """Return cost, days and CO2e of an option, 0 where it has none."""
    return (
        option.usd_per_teu or 0.0,
        option.days or 0.0,
        option.co2e_wtw_kg_per_teu or 0.0,
    )


def figure_of(option: RouteOption, objective: Objective, value_of_time: float) -> float:
    """Return what an objective makes least of an option, 0 for one that is not usable."""
    return objective.figure(*_measures(option), value_of_time)


def rank_options(
    options: Iterable[RouteOption],
    objective: Objective = Objective.COST,
    *,
    value_of_time: float = 0.0,
) -> tuple[RouteOption, ...]:
    """Return the options best first: by the objective, then cost, days and corridor id.

    Closed and infeasible corridors follow the usable ones.

    Parameters
    ----------
    options
        The options in any order.
    objective
        What is least at the top.
    value_of_time
        USD per TEU and day, for the objective `generalised`: cost and days in one.
    """

    def key(option: RouteOption) -> tuple[int, float, float, float, str]:
        return (
            _STATUS_ORDER[option.status],
            figure_of(option, objective, value_of_time),
            option.usd_per_teu or 0.0,
            option.days or 0.0,
            option.corridor,
        )

    return tuple(sorted(options, key=key))


def with_equals(ranked: Sequence[RouteOption]) -> tuple[RouteOption, ...]:
    """Return ranked options, with the first corridor of the same route where there is one.

    Two corridors may hold the same route: the same vehicles between the same places on the same
    days. The parts of the chain may differ, since each corridor has its own main carriage.
    """
    first: dict[object, RouteOption] = {}
    found = []
    for option in ranked:
        steps = tuple(
            (step.kind, step.from_id, step.to_id, step.service, step.leg_id, step.departs)
            for step in option.steps
        )
        # What a contract charges is another offer on the same ship.
        by_contract = option.price_status is PriceStatus.CONTRACT
        route = option.corridor if by_contract else "", steps
        same = first.setdefault(route, option) if option.usable else option
        if same is option:
            found.append(option)
        else:
            remark = f"the same route as {name_by(same)}, and not ranked again"
            warnings = (remark, *option.warnings)
            found.append(replace(option, equals=same.corridor, warnings=warnings))
    return tuple(found)


def comparison_json(comparison: Comparison) -> str:
    """Return the text of `comparison.json`.

    The same input gives the same text: it contains no clock time, duration or path.

    Raises
    ------
    ValueError
        A figure is not a finite number, a program error.
    """
    return as_text(comparison.record.plain())


def options_csv(comparison: Comparison) -> str:
    """Return the text of `options.csv`: a row per corridor, best first.

    Figures of closed corridors are empty, and so is the rank of one whose route equals that of
    another. Lists are joined by `; `.
    """
    from corridors.output.contract import OPTION_COLUMNS

    rows = []
    ranks = comparison.ranks
    for route in comparison.routes:
        row = dict(comparison.option_records[route.corridor])
        row["rank"] = ranks.get(route.corridor)
        row["lines"] = tuple(line.loop for line in route.lines)
        row["main_from"], row["main_to"] = route.main_ends or ("", "")
        row["recommended"] = "yes" if route is comparison.recommended else ""
        row["tied"] = "yes" if comparison.is_tied(route) else ""
        rows.append(row)
    return csv_text(rows, OPTION_COLUMNS)


# `emissions.csv`: the transport chain elements of every usable corridor (ISO 14083, GLEC).

LEG, HUB = "leg", "hub operation"


# What a step without energy has none of.
OF_CARRIERS = ("energy_carrier", "scope", "unit", "factor_source_id", "factor_status")


def emission_rows(comparison: Comparison) -> list[Record]:
    """Return a row per usable corridor, element and energy carrier, best corridor first.

    Returns
    -------
    rows
        `element` counts from 1 along the route. `part` is pre-carriage, main carriage or
        on-carriage. `service` is the transport operation category.
        Distance travelled in km and activity in t-km of cargo per TEU; None for hub operations.
        Quantity of the carrier per TEU, in `unit`. Well-to-wake and tank-to-wake in kg CO2e per
        TEU and per t of cargo, and in g per t-km. The rows of a corridor sum to its totals.
    """
    cargo_t = comparison.scenario.shipment.cargo_t_per_teu
    return [
        row
        for option in comparison.routes
        if option.usable
        for row in _option_rows(option, cargo_t)
    ]


def _option_rows(option: RouteOption, cargo_t: float) -> Iterator[Record]:
    for number, step in enumerate(option.steps, start=1):
        element = _element(step, cargo_t) | {"corridor": option.corridor, "element": number}
        if not step.energy:
            yield element
        for line in step.energy:
            yield element | _burnt(line, step, cargo_t)


def _element(step: RouteStep, cargo_t: float) -> Record:
    is_leg = step.kind is StepKind.LEG
    return {
        "part": step.part.value,
        "kind": LEG if is_leg else HUB,
        "service": step.service,
        "label": step.label,
        "from": step.from_id,
        "to": step.to_id,
        "distance_km": round(step.km, 2) if is_leg else None,
        "cargo_t_per_teu": significant(cargo_t),
        "activity_t_km_per_teu": significant(step.km * cargo_t) if is_leg else None,
        **dict.fromkeys(OF_CARRIERS, ""),
    }


def _burnt(line: EnergyLine, step: RouteStep, cargo_t: float) -> Record:
    activity = step.km * cargo_t if step.kind is StepKind.LEG else 0.0
    row: Record = {
        "energy_carrier": line.driver.partition(".")[2],
        "scope": line.scope,
        "quantity_per_teu": significant(line.quantity),
        "unit": line.unit,
        "factor_source_id": line.source_id,
        "factor_status": line.status.value,
    }
    for chain, kg in (("wtw", line.co2e_wtw_kg), ("ttw", line.co2e_ttw_kg)):
        row[f"co2e_{chain}_kg_per_teu"] = significant(kg)
        row[f"co2e_{chain}_kg_per_t"] = significant(kg / cargo_t) if cargo_t else None
        row[f"co2e_{chain}_g_per_t_km"] = (
            significant(kg * GRAMS_PER_KG / activity) if activity else None
        )
    return row


EMISSIONS = Table(
    name="emissions",
    about="A step of the route of a usable corridor and one of its energy carriers.",
    rows_of=emission_rows,
    files="corridor element part kind service label from to distance_km cargo_t_per_teu"
    " activity_t_km_per_teu energy_carrier scope quantity_per_teu unit co2e_wtw_kg_per_teu"
    " co2e_ttw_kg_per_teu co2e_wtw_kg_per_t co2e_ttw_kg_per_t co2e_wtw_g_per_t_km"
    " co2e_ttw_g_per_t_km factor_source_id factor_status",
)
