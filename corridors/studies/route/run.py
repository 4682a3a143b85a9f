"""Find one route between two places, without a scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypedDict, Unpack

from corridors.config import load_corridors, load_scenario
from corridors.config.checks import Names
from corridors.config.config_files import overlay_for
from corridors.config.scenario import in_world
from corridors.data.access import load_worlds_of_lines
from corridors.data.cities import name_of
from corridors.data.geodata import gate_named, load_gates
from corridors.data.own import Overlay
from corridors.data.paths import one_look
from corridors.domain.answer import BOXES
from corridors.domain.places import Family, family_of
from corridors.domain.results import Alternative, RouteOption
from corridors.domain.scenario import Corridor, DeclaredService, MustPass, Scenario, is_border
from corridors.errors import OptionError, PlaceError
from corridors.network.locate import locate, suggestion
from corridors.optimise.candidates import BY_COST
from corridors.output.answer import money
from corridors.output.display_names import THIS_ROUTE, listed, offer_notes
from corridors.routing.ladder import SearchedCorridor, quickest, search
from corridors.routing.question import ANY_CORRIDOR, Question
from corridors.routing.report import report, run_warnings
from corridors.routing.who_sails import offer_of
from corridors.studies.compare.run import (
    COUNTERPART,
    CURRENT,
    OPEN,
    called_at,
    closures_of_one,
    ends_of_key,
)
from corridors.studies.result_base import searched_option
from corridors.studies.route.result import Route
from corridors.studies.session import Session

# A corridor made on the fly: the cheapest route that passes the places a user names, in order.

MOST_VIA = 5


def corridor_via(names: Sequence[str], overlay: Overlay) -> Corridor:
    """Return the corridor of any services that passes these places in this order.

    Parameters
    ----------
    names
        Gates by id or name (`gate-suez`, `suez`, `Suez Canal`), borders (`BY-PL`), terminals by
        id, or cities, of which any terminal does.
    overlay
        The terminals and legs, with those of the user.

    Raises
    ------
    ConfigError
        There are more than five, two are the same, or one is none of these.
    """
    if len(names) > MOST_VIA:
        msg = f"`via`: at most {MOST_VIA} places, got {len(names)}"
        raise OptionError(msg)
    entries = tuple(_entry(name, overlay) for name in names)
    titles = [entry.name for entry in entries]
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        msg = f"`via`: {twice} is named twice; keep one"
        raise OptionError(msg)
    title = f"Cheapest route via {listed(titles)}"
    return replace(ANY_CORRIDOR, id="via", title=title, must_pass=entries, one_way=True)


def _entry(name: str, overlay: Overlay) -> MustPass:
    """Return what a route passes at a place that a user names."""
    text = name.strip()
    gates = load_gates()
    meant = gate_named(text)
    for gate in gates:
        if gate.id == meant:
            return MustPass(name=gate.name, any_of=(gate.id,))
    if is_border(text.upper()):
        return MustPass(name=_border(text.upper(), overlay), any_of=(text.upper(),))
    try:
        place = locate(text, overlay.terminals)
    except PlaceError as error:
        near = suggestion(text, [known for gate in gates for known in (gate.id, gate.name)])
        what = f"unknown place '{text}'{near}" if near else str(error)
        msg = f"`via`: {what}"
        raise OptionError(msg) from None
    ids = tuple(one.id for one in place.members or (place,) if one.terminal is not None)
    if not ids:
        msg = (
            f"`via`: {place.name} has no terminal of the network, where a route could pass; name a"
            " gate, a border such as BY-PL, a terminal or a city with terminals (corridors list)"
        )
        raise OptionError(msg)
    return MustPass(name=place.name, any_of=ids)


def _border(pair: str, overlay: Overlay) -> str:
    """Return the name of a border that legs over land cross."""
    known = {frozenset(leg.countries) for leg in overlay.legs if len(leg.countries) == 2}
    if frozenset(pair.split("-")) not in known:
        msg = f"`via`: no leg over land crosses the border {pair} ({name_of(pair)})"
        raise OptionError(msg)
    return f"the border {name_of(pair)}"


DEFAULT_SCENARIO = "shanghai-europe"
DEFAULT_WORLD = CURRENT
# A quicker route that saves less is not worth a sentence.
LEAST_SAVED_DAYS = 1.0


class RouteKeys(TypedDict, total=False):
    """Options of a route, all optional.

    `base`: the scenario whose other settings hold, by default `shanghai-europe` in the world
    `current`. `corridor`: id of the corridor to stay in; None for any. `via`: instead of a
    corridor, the gates, borders, terminals or cities to pass in this order (see `corridor_via`).
    `services`: the families or services to use. `world`: what is taken as open. `departure`,
    `own_data`, `schedules`, `on_conflict`: without `base`, the day, folders and files of the user's
    terminals, legs and rates, those of sailings, and `error`, or `last` to let later data win.
    """

    base: Scenario
    corridor: str | None
    via: tuple[str, ...]
    services: tuple[str | DeclaredService, ...]
    world: str
    departure: date | None
    own_data: tuple[str, ...]
    schedules: tuple[str, ...]
    on_conflict: str


def route(
    origin: str,
    destination: str,
    *,
    certify: bool = False,
    alternatives: int = 0,
    session: Session,
    **asked: Unpack[RouteKeys],
) -> Route:
    """Return the best route between two places, and what stands beside it; see `question`.

    Parameters and errors are those of `routes_between`; `alternatives` is how many are added.
    """
    scenario = scenario_between(origin, destination, asked)
    option, hurried, day = routes_between(
        origin, destination, certify=certify, session=session, **asked
    )
    other = route_in_other_world(origin, destination, option, day, session=session, **asked)
    others: tuple[Alternative, ...] = ()
    if alternatives:
        others, _ = alternatives_between(origin, destination, alternatives, **asked)
    return Route(
        scenario=scenario,
        option=option,
        manifest=session.manifest_of(scenario),
        quickest=hurried,
        other_world=other,
        alternatives=others,
        asks_alternatives=bool(alternatives),
    )


@one_look()
def route_between(
    origin: str,
    destination: str,
    *,
    certify: bool = False,
    session: Session | None = None,
    **asked: Unpack[RouteKeys],
) -> tuple[RouteOption, date]:
    """Return the best route between two places and its departure; see `routes_between`."""
    best, option = _best_route(origin, destination, certify, session or Session(), asked)
    return option, best.question.scenario.departure


@one_look()
def routes_between(
    origin: str,
    destination: str,
    *,
    certify: bool = False,
    session: Session | None = None,
    **asked: Unpack[RouteKeys],
) -> tuple[RouteOption, RouteOption | None, date]:
    """Return the best route between two places, the quickest one, and their departure.

    The best, by the objective, has its certificate, and notes on own data; the quickest has
    neither. It is None if it saves less than a day. Both are among the ways that a comparison may
    recommend, unless a way is asked for; a warning names a cheaper one if somebody ran it.

    Parameters
    ----------
    origin, destination
        As `locate` takes them.
    certify
        Also certify a route that depends on dates, on the time-expanded network.
    session
        Keeps networks and bills between questions; a new one by default.
    asked
        See `RouteKeys`.

    Raises
    ------
    ConfigError
        A place, corridor or service is unknown, or both `corridor` and `via` are given.
    CertificateError
        OR-Tools and the label setting disagree.
    """
    best, option = _best_route(origin, destination, certify, session or Session(), asked)
    scenario, quicker = best.question.scenario, None
    if option.usable:
        quicker = _quicker(_quickest(best), option)
    if quicker:
        booked = _can_be_booked(quicker, scenario.world)
        quicker = replace(quicker, warnings=(*quicker.warnings, *booked))
    return option, quicker, scenario.departure


def _best_route(
    origin: str, destination: str, certify: bool, session: Session, asked: RouteKeys
) -> tuple[SearchedCorridor, RouteOption]:
    """Return the search between two places, and its best route with all that is said of it."""
    # By price or by cost as a comparison, not by the one corridor or way.
    others = session.free if asked.get("corridor") or asked.get("via") else ()
    question = _posed(origin, destination, asked, session, others)
    if asked.get("via"):
        # Who names a way asks for it, whoever sails it.
        question = replace(question, only_known=False)
    searched, option = searched_option(question, certify=certify)
    if searched.is_unpriced:
        note = f"{BY_COST}: this way is on no lane that is quoted"
        question = replace(question.at_cost, basis_note=note)
        searched, option = searched_option(question, certify=certify)
    if searched.corridor is ANY_CORRIDOR:
        best = question.scenario.objective.best_route
        option = replace(option, title=best[0].upper() + best[1:])
    cheaper = _cheaper_unsailed(question, option) if question.only_known else ()
    notes = question.overlay.notes
    of_run = run_warnings(question, (option,)) if option.usable else ()
    more = tuple(text for text in of_run if text not in notes)
    booked = _can_be_booked(option, question.scenario.world)
    warnings = (*notes, *more, *option.warnings, *cheaper, *booked)
    return searched, replace(option, warnings=warnings)


def _cheaper_unsailed(question: Question, option: RouteOption) -> tuple[str, ...]:
    """Return the sentence on a cheaper route if somebody ran it, where only known ways may be."""
    every = search(replace(question, only_known=False), 0, fronts=False)
    best = None if every.best is None else report(every, figures_only=True)
    if best is None or (best.usd_per_teu or 0.0) >= (option.usd_per_teu or 0.0):
        return ()
    if every.best is not None and offer_of(every, every.best).known:
        return ()
    passed = ", ".join(map(name_of, (*best.passages, *best.borders)))
    equipment = question.scenario.shipment.equipment
    usd = money(equipment.teu_per_box * (best.printed_usd_per_teu or 0.0))
    return (
        f"A cheaper way is open, for USD {usd} per {BOXES[equipment]} in"
        f" {best.days or 0.0:.1f} days{f' ({passed})' if passed else ''}, but no line that goes"
        " it was found for this date",
    )


def _can_be_booked(option: RouteOption, world: str) -> tuple[str, ...]:
    """Return what a comparison would say of who sails the route, were it the answer."""
    if not option.usable or option.offer is None:
        return ()
    lines_hold = world in load_worlds_of_lines()
    return tuple(offer_notes(THIS_ROUTE, option.offer, lines_hold=lines_hold))


def _quickest(found: SearchedCorridor) -> RouteOption | None:
    """Return the quickest route."""
    searched = quickest(found)
    return None if searched.best is None else report(searched, figures_only=True)


def _quicker(option: RouteOption | None, cheapest: RouteOption) -> RouteOption | None:
    """Return the quickest route; None if it saves little, or costs no more and is not offered."""
    if option is None:
        return None
    saved = (cheapest.days or 0.0) - (option.days or 0.0)
    dearer = (option.usd_per_teu or 0.0) > (cheapest.usd_per_teu or 0.0)
    return option if saved >= LEAST_SAVED_DAYS and dearer else None


def route_in_other_world(
    origin: str,
    destination: str,
    found: RouteOption,
    day: date,
    *,
    session: Session | None = None,
    **asked: Unpack[RouteKeys],
) -> tuple[str, RouteOption] | None:
    """Return the other world and its cheapest route, None if it passes the same places.

    Parameters
    ----------
    origin, destination
        As `locate` takes them.
    found
        The route in the world that was asked.
    day
        Its departure.
    session
        That of the first question, whose network and bills it takes over.
    asked
        See `RouteKeys`.
    """
    scenario, session = scenario_between(origin, destination, asked), session or Session()
    world, ends = scenario.world, session.ends_of(scenario)
    other = COUNTERPART.get(world)
    closed = [ends_of_key(key) for rule in closures_of_one(day, ends) for key in rule.keys]
    by_ship = any(family_of(leg.service) is Family.SEA for leg in found.legs)
    if other is None or not closed or (found.usable and not by_ship):
        return None
    if world == OPEN and not any(places <= called_at(found) for places in closed):
        return None
    there = RouteKeys(**{**asked, "world": other})
    option, _ = route_between(origin, destination, session=session, **there)
    if option.status is found.status and option.passages == found.passages:
        return None
    return other, option


def alternatives_between(
    origin: str, destination: str, count: int, **asked: Unpack[RouteKeys]
) -> tuple[tuple[Alternative, ...], date]:
    """Return up to `count` routes between two places that differ in what they pass, and the day.

    Parameters and errors are those of `route_between`.
    """
    from corridors.studies.alternatives import alternatives

    question = _posed(origin, destination, asked, None)
    return alternatives(question, count), question.scenario.departure


def scenario_between(origin: str, destination: str, asked: RouteKeys) -> Scenario:
    """Return the scenario of a route: `base`, or the usual one, between its places."""
    base = asked.get("base")
    if base is None:
        base = load_scenario(
            DEFAULT_SCENARIO,
            departure=asked.get("departure"),
            own_data=asked.get("own_data", ()),
            schedules=asked.get("schedules", ()),
            set_values=[f"on_conflict={asked.get('on_conflict', 'error')}"],
        )
        base = replace(in_world(base, DEFAULT_WORLD), services=())
    return replace(
        in_world(base, asked.get("world", base.world)),
        name=f"{origin} to {destination}",
        origin=origin,
        destination=destination,
        services=asked.get("services", base.services),
        source_path="",
        text={},
    )


def _posed(
    origin: str,
    destination: str,
    asked: RouteKeys,
    session: Session | None,
    others: tuple[Corridor, ...] = (),
) -> Question:
    scenario = scenario_between(origin, destination, asked)
    corridor, via, overlay = asked.get("corridor"), asked.get("via", ()), overlay_for(scenario)
    if corridor is not None and via:
        msg = "`via`: give either `corridor` or `via`; a corridor file says what a corridor passes"
        raise OptionError(msg)
    inside = corridor_via(via, overlay) if via else ANY_CORRIDOR
    if corridor is not None:
        inside = load_corridors([corridor], names=Names(overlay))[0]
    return (session or Session()).pose(scenario, (inside, *others))
