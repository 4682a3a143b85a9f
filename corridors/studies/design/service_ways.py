"""Candidate services of a design, the chains that they form, and the boxes that ride on them.

A service is a corridor whose main carriage begins at its calls on one side and ends at those on the
other. Services that call at the same terminal form a chain: a corridor whose main carriage passes
the calls of all of them in order, each part by its own vehicles. So a box on a chain is found and
priced like any other, and its route is split again to see what each service takes of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from corridors.arrays import BoolArray
from corridors.config import load_corridors
from corridors.config.config_files import overlay_for
from corridors.data.cities import name_of
from corridors.data.geodata import load_services
from corridors.data.sea_areas import great_circle_km
from corridors.domain.allocation import SEASONS, CandidateService, Proposed
from corridors.domain.places import Family, Terminal
from corridors.domain.plan import Pair, Plan
from corridors.domain.results import CapacityShare, RouteOption
from corridors.domain.scenario import OTHER, Corridor, CorridorRule, MustPass, Scenario
from corridors.domain.values import ChainPart
from corridors.errors import ConfigError
from corridors.network.lines.declared import Declared, calls_at, runs_on
from corridors.network.lines.laying import trunk_barred
from corridors.network.locate import Place
from corridors.network.rules.capacity import ARCTIC, MONTHS_A_YEAR, WEEKS_A_YEAR
from corridors.network.states.chain import matches, runs_forward
from corridors.network.states.topology import SINK, ArcKind
from corridors.output.drawn_lines import DrawnLine
from corridors.progress import Progress, quiet
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.priced_ways import lines_along, option_of_route
from corridors.routing.question import Question
from corridors.routing.report import report
from corridors.studies.design.sailing_days import days_with_return
from corridors.studies.design.service_bills import ServiceBill, bill_of, main_ends, main_service
from corridors.studies.session import Session

MIDDLE = 15
COLOUR = "#444444"
MOST_PROPOSED = 60
# A service and whether it is used against the way it is written.
_Directed = tuple[int, bool]
# (capacity, TEU that a TEU takes of it).
Uses = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boarded:
    """A service that a box rides on, `back` against the way it is written, and its bill."""

    service: int
    back: bool
    bill: ServiceBill


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOnServices:
    """A pair's box on one service, or on a chain of them, in a season.

    `box_usd` is what a TEU pays besides the departures of the services, `days` its days from
    gate-in to gate-out without the waits for them. `price_usd` is what shippers are quoted for the
    way, None where nothing is, and `passed` what limits may name of it, by kind and key.
    """

    pair: int
    season: int
    boarded: tuple[Boarded, ...]
    box_usd: float
    days: float
    co2e_kg: float
    uses: Uses
    price_usd: float | None
    passed: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The way of a pair in a season by a corridor, with what others run."""

    corridor: str
    usd: float
    days: float
    co2e_kg: float
    uses: Uses
    price_usd: float | None
    passed: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWithBills:
    """A candidate service with the seasons in which it can run, and its bills.

    `bills` are by (season, back), that of the box on its longest way first: it is what a departure
    takes. Without any, `why_not` says why. `leaves` is by day of the year whether it departs.
    """

    service: CandidateService
    seasons: tuple[int, ...]
    bills: Mapping[tuple[int, bool], tuple[ServiceBill, ...]]
    leaves: BoolArray
    why_not: str = ""

    def by_season(self) -> list[tuple[tuple[ServiceBill, ...], ...]]:
        """Return the bills out and back of each season."""
        return [
            tuple(self.bills.get((n, way), ()) for way in (False, True)) for n in range(SEASONS)
        ]

    @property
    def bill(self) -> ServiceBill:
        """The bill that stands for the service where seasons do not matter."""
        return next(iter(self.bills.values()))[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A service or a chain of them: its corridor, and (service, back) in its order.

    `calls` are the terminals where boxes board the first, change, and leave the last.
    """

    corridor: Corridor
    parts: tuple[_Directed, ...]
    calls: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacities:
    """TEU a week of the listed capacities that ways use, by (capacity, season)."""

    teu_per_week: dict[tuple[str, int], float]

    def used(self, option: RouteOption, season: int, *, without: Iterable[str] = ()) -> Uses:
        """Return what a TEU on a route takes of capacities, and note them.

        `without` are the ships that a design brings itself.
        """
        own = {f"sea {ship}" for ship in without}
        if any(s.id in without and s.has_ice_class for s in load_services()):
            own.add(f"sea {ARCTIC}")
        shares = [share for share in option.capacity if share.place not in own]
        self.teu_per_week.update({(s.place, season): s.teu_per_week for s in shares})
        return tuple((share.place, _teu_of_a_teu(share)) for share in shares)


def _teu_of_a_teu(share: CapacityShare) -> float:
    # The scenario of a pair asks for one TEU a month.
    return share.asked_teu_per_week * WEEKS_A_YEAR / MONTHS_A_YEAR


def others_of(
    plan: Plan, session: Session, capacities: Capacities, progress: Progress = quiet
) -> dict[tuple[int, int], tuple[Other, ...]]:
    """Return by pair and season the best way of each corridor with what others run."""
    found: dict[tuple[int, int], tuple[Other, ...]] = {}
    if plan.alternatives == ():
        return found
    for number, pair in enumerate(plan.pairs):
        progress(f"{pair.name} as others sail", number, len(plan.pairs))
        scenario = replace(pair.scenario, corridors=plan.alternatives or ())
        corridors = [one for one in session.corridors_of(scenario) if one.id != OTHER]
        for season, months in _seasons_of(plan, pair):
            question = session.pose(_asked(scenario, months[1]), corridors)
            options = [_option(question, n) for n in range(len(corridors))]
            found[number, season] = tuple(
                Other(
                    corridor=option.corridor,
                    passed=_passed(option, [option.corridor]),
                    usd=option.usd_per_teu or 0.0,
                    days=option.days or 0.0,
                    co2e_kg=option.co2e_wtw_kg_per_teu or 0.0,
                    uses=capacities.used(option, season),
                    price_usd=option.price_usd_per_teu,
                )
                for option in options
                if option is not None and not is_too_long(pair, option.days or 0.0)
            )
    return found


def proposed(plan: Plan, session: Session) -> tuple[CandidateService, ...]:
    """Return a candidate for each corridor and its ends that a pair uses, those of most TEU first.

    If a plan asks for lines, only for those on which one is known.
    """
    if plan.proposed is None:
        return ()
    of_lines = plan.proposed is Proposed.LINES
    named = {service.corridor for service in plan.services}
    teu: dict[CandidateService, float] = {}
    for pair in plan.pairs:
        corridors = session.corridors_of(pair.scenario)
        fresh = [c for c in corridors if c.id not in {OTHER, *named}]
        for n, (option, question) in _first_options(plan, pair, fresh, session).items():
            if of_lines and not option.lines:
                continue
            corridor = fresh[n]
            begins, ends = _calls_of(option, corridor, question)
            loops = ", ".join(dict.fromkeys(line.loop for line in option.lines[:2]))
            title = f"{corridor.title} ({loops})" if of_lines else corridor.title
            service = CandidateService(
                name=f"{title}, {name_of(begins)} - {name_of(ends)}",
                corridor=corridor.id,
                departures=plan.departures_per_week,
                loads_at=(begins,),
                unloads_at=(ends,),
                ship=_ship_of(option),
            )
            teu[service] = teu.get(service, 0.0) + sum(pair.teu)
    return tuple(sorted(teu, key=lambda service: -teu[service])[:MOST_PROPOSED])


def _first_options(
    plan: Plan, pair: Pair, corridors: Sequence[Corridor], session: Session
) -> dict[int, tuple[RouteOption, Question]]:
    """Return by number of a corridor the best route of the first season in which it has one."""
    found: dict[int, tuple[RouteOption, Question]] = {}
    for _, months in _seasons_of(plan, pair):
        left = [n for n in range(len(corridors)) if n not in found]
        if not left:
            break
        question = session.pose(_asked(pair.scenario, months[1]), corridors)
        options = ((n, _option(question, n)) for n in left)
        found |= {n: (option, question) for n, option in options if option is not None}
    return found


def _calls_of(option: RouteOption, corridor: Corridor, question: Question) -> tuple[str, str]:
    """Return the ends of the main carriage of a route, as its corridor is written."""
    begins, ends = main_ends(option)
    return (begins, ends) if runs_forward(corridor, question.bundle.topology) else (ends, begins)


def _ship_of(option: RouteOption) -> str | None:
    """Return the class of ships of the main carriage, None for a train."""
    service = main_service(option)
    return service.id if service.family is Family.SEA else None


def is_too_long(pair: Pair, days: float) -> bool:
    """Return whether days are more than a pair allows."""
    return pair.max_days is not None and days > pair.max_days


def pose_services(
    plan: Plan,
    candidates: Sequence[CandidateService],
    session: Session,
    capacities: Capacities,
    progress: Progress = quiet,
) -> tuple[tuple[ServiceWithBills, ...], tuple[BoxOnServices, ...]]:
    """Return candidates as they can run, and the boxes of all pairs on them.

    Raises
    ------
    ConfigError
        A place, service or parameter is unknown.
    """
    called = _with_calls(plan, _with_stops(plan, candidates, session), session, progress)
    riders = _Riders(plan, called, session, capacities)
    for number, pair in enumerate(plan.pairs):
        progress(f"{pair.name} on the services", number, len(plan.pairs))
        riders.add(number, pair)
    return riders.posed()


class _Riders:
    """Boxes on services and chains, found pair by pair."""

    def __init__(
        self,
        plan: Plan,
        services: Sequence[CandidateService],
        session: Session,
        capacities: Capacities,
    ) -> None:
        self._plan = plan
        self._services = services
        self._session = session
        self._capacities = capacities
        known = {n: _corridor_of(one) for n, one in enumerate(services) if one.has_calls}
        self._ways = tuple(_ways(known, overlay_for(plan.pairs[0].scenario).terminals))
        self._closed: dict[int, Question] = {}
        self._open: dict[tuple[int, bool], frozenset[int]] = {}
        self._ridden: list[BoxOnServices] = []

    def add(self, number: int, pair: Pair) -> None:
        """Add the boxes of a pair, each way between the calls nearest to its ends."""
        ways, pose = self._between_calls(pair.scenario, self._ways)
        for season, months in _seasons_of(self._plan, pair):
            question = pose(middle_of(months[1]))
            for n, way in enumerate(ways):
                found = search(question, n, fronts=False)
                if found.best is None:
                    self._closed.setdefault(n, question)
                    continue
                back = not runs_forward(way.corridor, question.bundle.topology)
                # Whether it runs all through a season is a matter of the way, not of the pair.
                if (n, back) not in self._open:
                    self._open[n, back] = self._open_seasons(pose, n)
                if season in self._open[n, back]:
                    self._ridden += self._box(found, way, number, season, back=back)

    def _between_calls(
        self, scenario: Scenario, ways: Sequence[_Way]
    ) -> tuple[list[_Way], Callable[[date], Question]]:
        """Return ways between the calls nearest to a box's ends, and what poses it on a day."""
        ends, terminals = self._session.ends_of(scenario), overlay_for(scenario).terminals
        found = [_between(way, ends, terminals) for way in ways]
        corridors = [way.corridor for way in found]
        return found, lambda day: self._session.pose(replace(scenario, departure=day), corridors)

    def _open_seasons(self, pose: Callable[[date], Question], way: int) -> frozenset[int]:
        """Return the seasons in which boxes can leave in the middle of each month."""

        def is_open(month: date) -> bool:
            day = middle_of(month)
            own = [self._services[number].declared for number, _ in self._ways[way].parts]
            runs = all(one is None or runs_on(one, day) for one in own)
            return runs and search(pose(day), way, fronts=False).best is not None

        seasons = enumerate(self._plan.seasons)
        return frozenset(season for season, months in seasons if all(map(is_open, months)))

    def _box(
        self, found: SearchedCorridor, way: _Way, pair: int, season: int, *, back: bool
    ) -> Iterator[BoxOnServices]:
        """Yield the box on a route, unless it does not change where its chain says."""
        option = report(found, figures_only=True)
        parts = [(n, b is not back) for n, b in (way.parts[::-1] if back else way.parts)]
        split = _split(found, way.calls[::-1] if back else way.calls)
        if split is None:
            return
        boarded = tuple(
            Boarded(
                service=n,
                back=against,
                bill=replace(
                    bill_of(part, found.question, train_teu=self._services[n].train_teu),
                    lines=lines,
                ),
            )
            for (n, against), (part, lines) in zip(parts, split, strict=True)
        )
        bills = [one.bill for one in boarded]
        own = [bill.vehicle for bill in bills if bill.by_ship]
        yield BoxOnServices(
            pair=pair,
            season=season,
            boarded=boarded,
            passed=_passed(option, [self._services[n].corridor for n, _ in parts]),
            box_usd=(option.usd_per_teu or 0.0) - sum(bill.fixed_usd for bill in bills),
            days=(option.days or 0.0) - sum(bill.wait_days for bill in bills),
            co2e_kg=option.co2e_wtw_kg_per_teu or 0.0,
            uses=self._capacities.used(option, season, without=own),
            price_usd=option.price_usd_per_teu,
        )

    def posed(self) -> tuple[tuple[ServiceWithBills, ...], tuple[BoxOnServices, ...]]:
        """Return the services, and the boxes in seasons in which all of theirs run."""
        # A ship that sails out in a season sails back in it.
        open_in: dict[int, dict[bool, set[int]]] = {}
        for (n, back), seasons in self._open.items():
            for number, against in self._ways[n].parts:
                ways = open_in.setdefault(number, {}).setdefault(against is not back, set())
                ways |= seasons
        runs = {n: frozenset.intersection(*map(frozenset, w.values())) for n, w in open_in.items()}
        kept = [
            one for one in self._ridden if all(one.season in runs[b.service] for b in one.boarded)
        ]
        kept.sort(key=lambda one: (len(one.boarded), one.pair, one.season))
        posed = []
        for number, service in enumerate(self._services):
            bills: dict[tuple[int, bool], tuple[ServiceBill, ...]] = {}
            for one in kept:
                for on in one.boarded:
                    if on.service == number:
                        key = one.season, on.back
                        several = (*bills.get(key, ()), on.bill)
                        bills[key] = tuple(sorted(several, key=lambda bill: -bill.one_way_usd))
            spell = tuple(sorted(runs[number])) if bills else ()
            posed.append(
                ServiceWithBills(
                    service=service,
                    seasons=spell,
                    bills=bills,
                    leaves=self._leaves(number, spell, bills),
                    why_not="" if bills else self._why_not(number),
                )
            )
        return tuple(posed), tuple(kept)

    def _leaves(
        self,
        service: int,
        seasons: Collection[int],
        bills: Mapping[tuple[int, bool], Sequence[ServiceBill]],
    ) -> BoolArray:
        """Return by day of the year whether a service departs.

        A ship does if it can sail out, and back again when it has arrived.
        """
        first, days = self._plan.months[0], self._plan.season_days
        runs = np.repeat([season in seasons for season in range(len(days))], days)
        out_days = max((math.ceil(some[0].vehicle_days) for some in bills.values()), default=0)
        alone = [one for one in self._ridden if [b.service for b in one.boarded] == [service]]
        if runs.all() or not out_days or not alone:
            return runs
        asked, back = self._plan.pairs[alone[0].pair].scenario, alone[0].boarded[0].back
        turned = replace(asked, origin=asked.destination, destination=asked.origin)
        way = next(way for way in self._ways if way.parts == ((service, False),))
        boxes = (turned, asked) if back else (asked, turned)
        (_, out), (_, home) = (self._between_calls(box, [way]) for box in boxes)

        def returns(day: int) -> bool:
            leaves = first + timedelta(days=day)
            sails = ((out, leaves), (home, leaves + timedelta(days=out_days)))
            return all(search(pose(on), 0, fronts=False).best is not None for pose, on in sails)

        # Boxes that may go one way alone say nothing of ships.
        middle = middle_of(self._plan.seasons[min(seasons)][1])
        known = returns((middle - first).days)
        return days_with_return(runs, returns) if known else runs

    def _why_not(self, service: int) -> str:
        """Return why a service takes no box."""
        known = (n for n, way in enumerate(self._ways) if way.parts == ((service, False),))
        way = next(known, None)
        closed: Question | None
        if way is None:
            # It has no calls, as its corridor is closed to all pairs; here to the first of them.
            pair = next(pair for pair in self._plan.pairs if any(pair.teu))
            _, months = next(_seasons_of(self._plan, pair))
            corridor = _corridor_of(self._services[service])
            way, closed = 0, self._session.pose(_asked(pair.scenario, months[1]), (corridor,))
        else:
            closed = self._closed.get(way)
        if closed is None:
            return (
                "it cannot run through any season of three months from the first to the last;"
                " another first_month may fit"
            )
        option = report(search(closed, way, fronts=False), figures_only=True)
        return option.reason or f"{option.status}"


def _passed(option: RouteOption, corridors: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return the countries, gates, places and corridors of a route, by kind and key."""
    places = {name for s in option.steps for name in (s.gate, s.from_id, s.to_id) if name}
    return frozenset(
        (kind, key)
        for kind, keys in (
            ("country", option.countries),
            ("gate", {*option.passages, *places}),
            ("corridor", corridors),
        )
        for key in keys
    )


def _seasons_of(plan: Plan, pair: Pair) -> Iterator[tuple[int, tuple[date, ...]]]:
    """Yield the seasons in which a pair has boxes, with their months."""
    for season, months in enumerate(plan.seasons):
        if plan.season_teu(pair, season):
            yield season, months


def _option(question: Question, number: int = 0) -> RouteOption | None:
    """Return the best route of a corridor, None if it is closed."""
    found = search(question, number, fronts=False)
    return None if found.best is None else report(found, figures_only=True)


def _asked(scenario: Scenario, month: date) -> Scenario:
    """Return the scenario of a box that leaves in the middle of a month."""
    return replace(scenario, departure=middle_of(month))


def middle_of(month: date) -> date:
    """Return the day of a month whose prices and days stand for all of it."""
    return month.replace(day=MIDDLE)


def _with_calls(
    plan: Plan, candidates: Sequence[CandidateService], session: Session, progress: Progress
) -> list[CandidateService]:
    """Return services with names and, where the plan does not say, with calls and ships.

    They are those of the best route of the first pair that can use it; no calls if no pair can.
    """
    corridors = [_corridor_of(service) for service in candidates]
    found = [
        replace(service, name=service.name or corridor.title)
        for service, corridor in zip(candidates, corridors, strict=True)
    ]
    left = [n for n, service in enumerate(found) if not service.has_calls]
    for number, pair in enumerate(plan.pairs):
        if not left:
            break
        progress(f"where services call for {pair.name}", number, len(plan.pairs))
        options = _first_options(plan, pair, [corridors[n] for n in left], session)
        for at, (option, question) in options.items():
            service = found[left[at]]
            begins, ends = _calls_of(option, corridors[left[at]], question)
            found[left[at]] = replace(
                service,
                loads_at=service.loads_at or (begins,),
                unloads_at=service.unloads_at or (ends,),
                ship=service.ship or _ship_of(option),
            )
        left = [n for at, n in enumerate(left) if at not in options]
    return found


def _with_stops(
    plan: Plan, candidates: Sequence[CandidateService], session: Session
) -> list[CandidateService]:
    """Return services with the terminals of their stops, where the plan tells stops in order.

    A service has two sides, which its longest way between two stops parts.
    """
    overlay = overlay_for(plan.pairs[0].scenario)
    found = list(candidates)
    for number, service in enumerate(candidates):
        if service.declared is None:
            continue
        at = plan.at(f"services[{number}]")
        declared = Declared(service=service.declared, at=at, by="the plan")
        (line,) = session.declared.lines((declared,), overlay).lines
        calls = [calls_at(line, ends, overlay.terminals) for ends in line.stops]
        for text, terminals in zip(service.declared.stops, calls, strict=True):
            if not terminals:
                msg = f"{at}{service.name}: stops: no {service.ship or 'train'} calls near {text}"
                raise ConfigError(msg)
        spots = [overlay.terminals[each[0]] for each in calls]
        hops = [float(great_circle_km(a.lon, a.lat, b.lon, b.lat)) for a, b in pairwise(spots)]
        first = hops.index(max(hops)) + 1
        found[number] = replace(
            service,
            loads_at=tuple(name for each in calls[:first] for name in each),
            unloads_at=tuple(name for each in calls[first:] for name in each),
        )
    return found


def _corridor_of(service: CandidateService) -> Corridor:
    """Return the corridor whose main carriage runs between the calls of a service by its ships."""
    if service.corridor:
        (written,) = load_corridors([service.corridor])
        by_land = [s for s in written.main_services if s.partition("/")[0] != "sea"]
        main = (*by_land, service.ship) if service.ship else written.main_services
    else:
        title = f"{name_of(service.loads_at[0])} to {name_of(service.unloads_at[0])}"
        declared = service.declared
        by_ferry = ("ferry", "sea") if declared is not None and declared.ferry else ()
        main = (service.ship or "rail", *by_ferry)
        ways = [frozenset(way.split("|")) for way in declared.way] if declared else []
        calls = {*service.loads_at, *service.unloads_at}
        bars = trunk_barred(ways) - calls | {*declared.bars} if declared else frozenset[str]()
        written = Corridor(
            id="", title=title, colour=COLOUR, description="",
            must_pass=tuple(
                MustPass(name=" or ".join(sorted(way)), any_of=tuple(sorted(way))) for way in ways
            ),
            must_avoid=tuple(sorted(bars)),
            main_services=main,
            one_way=declared is not None and declared.one_way,
        )  # fmt: skip
    first, last = (
        (MustPass(name=", ".join(map(name_of, calls)), any_of=calls),) if calls else ()
        for calls in (service.loads_at, service.unloads_at)
    )
    return replace(
        written,
        must_pass=(*first, *written.must_pass, *last),
        main_services=main,
        # Its ships need not be those that a comparison takes by default.
        reserved_services=written.reserved_services + ((service.ship,) if service.ship else ()),
    )


def _backward(corridor: Corridor) -> Corridor:
    """Return a corridor as written from its end to its beginning."""
    return replace(
        corridor,
        must_pass=corridor.must_pass[::-1],
        rules=tuple(
            replace(rule, only_after=rule.only_before, only_before=rule.only_after)
            for rule in corridor.rules
        ),
    )


def _ways(corridors: Mapping[int, Corridor], terminals: Mapping[str, Terminal]) -> Iterator[_Way]:
    """Yield services and the chains of those that call at the same terminals.

    Each is in one direction, services first. A chain takes no service twice, and does not come back
    to where it was: its ends lie further apart than half the way of any of its parts.
    """
    directed = {
        (n, back): _backward(corridor) if back else corridor
        for n, corridor in corridors.items()
        for back in ((False,) if corridor.one_way else (False, True))
    }
    begins = {key: frozenset(c.must_pass[0].any_of) for key, c in directed.items()}
    ends = {key: frozenset(c.must_pass[-1].any_of) for key, c in directed.items()}

    def km(one: _Directed, other: _Directed) -> float:
        a, b = (terminals[min(places)] for places in (begins[one], ends[other]))
        return float(great_circle_km(a.lon, a.lat, b.lon, b.lat))

    def longer(chain: tuple[_Directed, ...]) -> Iterator[tuple[_Directed, ...]]:
        for key in directed:
            if ends[chain[-1]] & begins[key] and key[0] not in {n for n, _ in chain}:
                more = (*chain, key)
                if km(chain[0], key) > max(km(part, part) for part in more) / 2.0:
                    yield more
                    yield from longer(more)

    found: list[tuple[_Directed, ...]] = [((n, False),) for n in corridors]
    # The reverse of a chain is the same way.
    found += [c for key in directed for c in longer((key,)) if c[0][0] < c[-1][0]]
    for chain in found:
        changes = [ends[one] & begins[other] for one, other in pairwise(chain)]
        yield _Way(
            corridor=_joined([directed[key] for key in chain], changes),
            parts=chain,
            calls=(begins[chain[0]], *changes, ends[chain[-1]]),
        )


def _between(way: _Way, ends: tuple[Place, Place], terminals: Mapping[str, Terminal]) -> _Way:
    """Return a way with one call at each end, of several those nearest to the ends of a pair.

    A train on its way to one of its last calls may pass another.
    """

    def nearest(calls: Iterable[str], place: Place) -> tuple[float, str]:
        return min(
            (float(great_circle_km(t.lon, t.lat, place.lon, place.lat)), call)
            for call in calls
            for t in (terminals[call],)
        )

    first, last = way.calls[0], way.calls[-1]
    out = nearest(first, ends[0]), nearest(last, ends[1])
    back = nearest(first, ends[1]), nearest(last, ends[0])
    begins, stops = (one[1] for one in min(out, back, key=lambda both: both[0][0] + both[1][0]))
    entries = way.corridor.must_pass
    return replace(
        way,
        corridor=replace(
            way.corridor,
            must_pass=(
                replace(entries[0], any_of=(begins,)),
                *entries[1:-1],
                replace(entries[-1], any_of=(stops,)),
            ),
        ),
        calls=(frozenset([begins]), *way.calls[1:-1], frozenset([stops])),
    )


def _joined(corridors: Sequence[Corridor], changes: Sequence[frozenset[str]]) -> Corridor:
    """Return the corridor of a chain: each part keeps its own entries, rules and services.

    Its vehicles run from its first call to its last; boxes reach them and go on by carriage, unless
    the service before or after is another part. The network has one train of a gauge, so wagons
    pass from one train to another.
    """
    entries: list[MustPass] = []
    rules: list[CorridorRule] = []
    begins: list[str] = []
    for k, corridor in enumerate(corridors):

        def named(name: str | None, k: int = k) -> str | None:
            return f"{name} ({k + 1})" if name and len(corridors) > 1 else name

        own = [replace(e, name=named(e.name) or "") for e in corridor.must_pass]
        if k:
            # Where boxes change is an entry of both.
            own[0] = replace(entries.pop(), any_of=tuple(sorted(changes[k - 1])))
        begins.append(own[0].name)
        entries += own
        rules += [
            replace(r, only_after=named(r.only_after), only_before=named(r.only_before))
            for r in corridor.rules
        ]
    ends = [*begins[1:], entries[-1].name]
    services = [_own_services(corridor) for corridor in corridors]
    for service in _each(services):
        parts = [k for k, names in enumerate(services) if service in names]
        rules.append(CorridorRule(services=(service,), only_after=begins[parts[0]]))
        rules.append(CorridorRule(services=(service,), only_before=ends[parts[-1]]))
    passed = {place for corridor in corridors for e in corridor.must_pass for place in e.any_of}
    return Corridor(
        id="+".join(corridor.id for corridor in corridors),
        title=" + ".join(corridor.title for corridor in corridors),
        colour=COLOUR,
        description="",
        must_pass=tuple(entries),
        must_avoid=tuple(p for p in _each(c.must_avoid for c in corridors) if p not in passed),
        main_services=_each(services),
        rules=tuple(rules),
        reserved_services=_each(c.reserved_services for c in corridors),
        carriage_must_avoid=_each(c.carriage_must_avoid for c in corridors),
        one_way=any(c.one_way for c in corridors),
    )


def _each(names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))


def _own_services(corridor: Corridor) -> tuple[str, ...]:
    """Return the ids of the services of a corridor's main carriage."""
    return tuple(
        service.id
        for service in load_services()
        if service.id in corridor.reserved_services
        or (service.default and matches(service, corridor.main_services))
    )


def _split(
    found: SearchedCorridor, calls: Sequence[frozenset[str]]
) -> list[tuple[RouteOption, tuple[DrawnLine, ...]]] | None:
    """Return a route once for each service of its chain, that service alone as main carriage.

    Each with the legs of the service as lines.

    None if it runs no leg of one of them, or if boxes stay aboard a ship where they should change:
    the network has no such transfer.
    """
    route, question = found.best, found.question
    if route is None:
        return None
    topology = question.bundle.topology
    parts = found.parts(route)
    arcs = found.problem.base[list(route.arcs)].tolist()
    main = [i for i, part in enumerate(parts) if part is ChainPart.MAIN]

    def is_at(i: int, places: frozenset[str]) -> bool:
        loads = topology.kind[arcs[i]] == ArcKind.LOAD
        state = int((topology.head if loads else topology.tail)[arcs[i]])
        return state > SINK and topology.place_of(state).id in places

    cuts: list[int] = []
    for places in calls:
        later = (i for i in main if i > (cuts[-1] if cuts else -1) and is_at(i, places))
        cut = next(later, main[-1] + 1)
        if cut <= main[-1] and topology.kind[arcs[cut]] == ArcKind.LEG:
            family = topology.services[int(topology.service[arcs[cut]])].family
            if family is not Family.RAIL:
                return None
        cuts.append(cut)
    options = []
    for first, last in pairwise(cuts):
        if not any(topology.kind[arc] == ArcKind.LEG for arc in arcs[first:last]):
            return None
        # A transfer is of both services between which it is.
        stop = last + (last <= main[-1] and topology.kind[arcs[last]] != ArcKind.LEG)
        only = [ChainPart.MAIN if first <= i < stop else ChainPart.PRE for i in range(len(parts))]
        option = option_of_route(
            question.pricer,
            question.weights,
            found.problem,
            route,
            corridor=found.corridor,
            parts=only,
            drawn=False,
        )
        options.append((option, lines_along(topology, arcs[first:last])))
    return options
