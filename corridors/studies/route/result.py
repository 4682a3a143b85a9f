"""A route: what to book, its sections by vehicle, every leg, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from corridors.data.cities import name_of
from corridors.data.geodata import load_trunk_places
from corridors.data.paths import one_look
from corridors.domain.answer import BOXES
from corridors.domain.places import Family, family_of
from corridors.domain.results import (
    Alternative,
    LadderStep,
    OtherWorld,
    RouteOption,
    RouteStep,
    StepKind,
)
from corridors.domain.scenario import Equipment, PriceBasis
from corridors.domain.values import subject_of
from corridors.errors import PlaceError
from corridors.network.locate import locate
from corridors.network.sea.lane_access import joined
from corridors.output.answer import answer_of
from corridors.output.contract import option_record
from corridors.output.display_names import (
    DIRECT_TITLE,
    OTHER_TITLE,
    line_text,
    name_by,
    name_of_way,
    place_names,
    sails_text,
    short_name,
    why_not,
    world_title,
)
from corridors.output.store import Record, as_text
from corridors.output.tables import Table
from corridors.output.verdict import certificate_text
from corridors.routing.question import ANY_CORRIDOR
from corridors.studies.compare.result import COMMAND
from corridors.studies.one_route import OneRoute
from corridors.studies.option_tables import alternative_files, show_alternatives
from corridors.units import HOURS_PER_DAY, KG_PER_TONNE

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.answer import Answer
    from corridors.studies.result_base import Files, Terminal

# Lines printed in words; the report and comparison.json of a comparison have them all.
MOST_LINES = 5
VEHICLES = {
    Family.SEA: "ship",
    Family.RAIL: "train",
    Family.ROAD: "truck",
    Family.FERRY: "ferry",
    Family.RIVER: "barge",
}
AT_A_PLACE = {StepKind.LOAD: "loading", StepKind.UNLOAD: "unloading", StepKind.WAIT: "waiting"}
SECTIONS = Table(
    name="sections",
    about="A part of a route in one vehicle, or what is done at a place between two.",
    files="from_name to_name vehicle line departs arrives days usd_per_teu km",
    reads="from_name to_name vehicle line departs_day arrives_day days usd_per_box",
    spare="arrives_day line",
)
LEGS = Table(
    name="route",
    about="A leg of a route, or an operation at a place.",
    files="from to service km hours departs USD_per_TEU",
    spare="departs",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a route in one vehicle, or what is done at a place between two."""

    from_name: str
    to_name: str
    vehicle: str
    line: str
    departs: datetime
    arrives: datetime
    days: float
    usd_per_teu: float
    usd_per_box: float
    km: float

    @property
    def departs_day(self) -> str:
        """The day on which it begins, without the year."""
        return f"{self.departs.day} {self.departs:%b}"

    @property
    def arrives_day(self) -> str:
        """The day on which it ends, without the year."""
        return f"{self.arrives.day} {self.arrives:%b}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Route(OneRoute):
    """The cheapest route between two places.

    `quickest` is the quickest one, None if it saves less than a day. `other_world` is the name of
    the other world, `current` or `reference-open`, and its cheapest route, None where that passes
    the same places. `alternatives` are routes that differ, if they were asked for.
    """

    _more = (
        ".sections .legs .cost_lines .lines .emissions are frames; .answer, .map(), .save(folder)"
    )

    quickest: RouteOption | None = None
    """The quickest route, None if it saves less than a day."""
    other_world: tuple[str, RouteOption] | None = None
    """The other world's name and its cheapest route, None where that passes the same places."""
    alternatives: tuple[Alternative, ...] = ()
    """Routes that differ from the cheapest, if they were asked for."""
    asks_alternatives: bool = False
    """Whether they were asked for."""

    @property
    def elsewhere(self) -> RouteOption | None:
        """The cheapest route in the other world, None where it passes the same places."""
        return None if self.other_world is None else self.other_world[1]

    @property
    def sections(self) -> pd.DataFrame:
        """One row per vehicle: from where to where, its days and cost; and per stop between."""
        return SECTIONS.frame(self._sections)

    @cached_property
    def off_lane_km(self) -> dict[str, float]:
        """The distance in km from each end at sea to the sea lane that is joined there."""
        return off_lanes(self.option)

    @property
    def record(self) -> Record:
        """The route in plain values, with what stands beside it."""
        other = self.other_world
        return {
            **option_record(self.option),
            "off_lane_km": self.off_lane_km,
            "world": self.scenario.world,
            "quickest": None if self.quickest is None else option_record(self.quickest),
            "other_world": other and {"world": other[0], **option_record(other[1])},
        }

    @cached_property
    def answer(self) -> Answer:
        """What to book, in the words of a comparison: the quicker way, the other world beside."""
        usual = _called(self.option)
        of_run = [text for text in usual.warnings if _is_of_run(text)]
        option = replace(
            usual, warnings=tuple(text for text in usual.warnings if text not in of_run)
        )
        routes, ladder = [option], tuple[LadderStep, ...]()
        if self.quickest is not None:
            named = _called(self.quickest)
            title = named.title.removeprefix(OTHER_TITLE).removeprefix(DIRECT_TITLE).strip()
            # Its notes are not those of the route; it stands in a sentence, not in a row.
            hurried = replace(named, corridor="quickest", title=title, warnings=())
            more = (hurried.printed_usd_per_teu or 0.0) - (option.printed_usd_per_teu or 0.0)
            edge = more / ((option.days or 0.0) - (hurried.days or 0.0))
            routes.append(hurried)
            ladder = (_step(option, 0.0, edge), _step(hurried, edge, None))
        compared = replace(
            self._alone,
            routes=tuple(routes),
            ladder=ladder,
            warnings=tuple(of_run),
            other_world=None if self.other_world is None else _other(*self.other_world),
        )
        return answer_of(compared)

    def show(self, terminal: Terminal) -> None:
        """Print what to book and the sections by vehicle; every leg where that is asked for."""
        title = f"{self.scenario.origin} to {self.scenario.destination}"
        if self.asks_alternatives:
            title += f", departing {self.scenario.departure.isoformat()}"
            show_alternatives(terminal, self.alternatives, title, self.scenario.shipment.equipment)
        elif self.usable and not terminal.shows("legs"):
            terminal.answer(self.answer, SECTIONS, self._sections, _joined(self._sections))
        else:
            self._show_legs(terminal)

    @property
    def _is_usable(self) -> bool:
        return bool(self.alternatives) if self.asks_alternatives else self.usable

    @cached_property
    def _sections(self) -> tuple[Section, ...]:
        return tuple(_sections(self.option, self.scenario.shipment.equipment.teu_per_box))

    def _texts(self) -> list[str]:
        if not self.usable:
            return super()._texts()
        doubts = len(self.option.warnings)
        doubt = f"{doubts} warning{'s'[: doubts > 1]} (.warnings)" if doubts else ""
        return list(filter(None, [self.answer.question, *self.answer.sentences, doubt]))

    def _files(self, *, command: str = COMMAND) -> Files:
        if self.asks_alternatives:
            return alternative_files(self.alternatives)
        return {
            "route.json": lambda: as_text(self.record),
            "route.csv": lambda: LEGS.csv(map(_leg, self.option.steps)),
            **super()._files(command=command),
        }

    def _show_legs(self, terminal: Terminal) -> None:
        """Print every leg, and all there is to know of the route in sentences."""
        option, day = self.option, self.scenario.departure
        world = world_title(self.scenario.world, day, known_on=self.scenario.known_on)
        legs = [_leg_in_words(step) for step in option.steps]
        terminal.table(LEGS, legs, title=f"{name_by(option)}, departing {day}; {world}")
        texts: Iterable[str] = [why_not(option)]
        if option.usable:
            texts = _all_texts(option, self.off_lane_km, self.scenario.shipment.equipment)
        for text in texts:
            terminal.say(text)
        for change in self.answer.changes if option.usable else ():
            terminal.say(f"{change.condition}: {change.text}.")
        if not option.usable and self.other_world is not None:
            there, found = self.other_world
            named = world_title(there, day, known_on=self.scenario.known_on)
            equipment = self.scenario.shipment.equipment
            told = _figures(found, equipment) if found.usable else why_not(found)
            terminal.say(f"Where {named}: {told}.")


def _all_texts(
    option: RouteOption, off_lane_km: dict[str, float], equipment: Equipment
) -> Iterator[str]:
    """Yield what there is to know of a route that can be used."""
    names = place_names(option)
    for end, km in off_lane_km.items():
        if round(km):
            yield f"{names.get(end, end)} is {km:g} km from its sea lane."
    yield f"{_figures(option, equipment)}."
    for name, values in (
        ("Passes", option.passages),
        ("Borders", option.borders),
        ("Changes gauge at", option.gauge_changes),
    ):
        if values:
            yield f"{name}: {', '.join(names.get(value, name_of(value)) for value in values)}."
    lines = "; ".join(map(line_text, option.lines[:MOST_LINES]))
    more = len(option.lines) - MOST_LINES
    lines += f"; and {more} more" if more > 0 else ""
    yield f"Sails: {sails_text(option)}{f' ({lines})' if lines else ''}."
    usd = equipment.teu_per_box * (option.printed_usd_per_teu or 0.0)
    yield certificate_text(option, f"USD {usd:,.0f} per {BOXES[equipment]}")
    yield from (f"! {warning}" for warning in option.warnings)


def _figures(option: RouteOption, equipment: Equipment) -> str:
    """Return the money, days, length and CO2e of a route."""
    usd = option.printed_usd_per_teu or 0.0
    low, high = option.low_and_high
    by_price = option.price_basis is PriceBasis.PRICE
    teu, box = equipment.teu_per_box, BOXES[equipment]
    tonnes = teu * (option.co2e_wtw_kg_per_teu or 0.0) / KG_PER_TONNE
    cost = f", at a cost of {teu * (option.cost_usd_per_teu or 0.0):,.0f}" * by_price
    return (
        f"USD {teu * usd:,.0f} per {box}{' by price' * by_price}"
        f" ({teu * low:,.0f} to {teu * high:,.0f}){cost}; {option.days or 0.0:.1f} days from"
        f" gate-in to gate-out, {option.transit_days or 0.0:.1f} of them in transit;"
        f" {option.km() or 0.0:,.0f} km; {tonnes:.2f} t CO2e per {box}"
    )


def _called(option: RouteOption) -> RouteOption:
    """Return a route outside the corridors under the name of its way, else as it is."""
    if option.corridor != ANY_CORRIDOR.id or not option.legs:
        return option
    trunk, passed, modes = load_trunk_places(), dict[str, None](), dict[str, None]()
    ends = {*option.legs[0].countries, *option.legs[-1].countries}
    for leg in option.legs:
        family = family_of(leg.service)
        modes[family.value] = None
        if family is not Family.SEA:
            passed |= dict.fromkeys(leg.countries)
        elif leg.gate in trunk:
            passed[leg.gate] = None
    way = tuple(name for name in passed if name not in ends) or tuple(modes)
    return replace(option, title=name_of_way(OTHER_TITLE, way))


def _step(option: RouteOption, low: float, high: float | None) -> LadderStep:
    return LadderStep(
        corridor=option.corridor,
        from_usd_per_day=low,
        to_usd_per_day=high,
        cost_usd_per_teu=option.printed_usd_per_teu or 0.0,
        days=option.days or 0.0,
        transit_days=option.transit_days or 0.0,
        co2e_kg_per_teu=option.co2e_wtw_kg_per_teu or 0.0,
    )


def _other(world: str, option: RouteOption) -> OtherWorld:
    return OtherWorld(
        world=world,
        recommended=None,
        title=_called(option).title,
        shares={},
        cost_usd_per_teu=option.printed_usd_per_teu,
        transit_days=option.transit_days,
        usable=option.usable,
        price_basis=option.price_basis,
    )


def _is_of_run(text: str) -> bool:
    return subject_of(text).startswith(("freight by", "fuel of"))


def _sections(option: RouteOption, teu_per_box: float) -> Iterator[Section]:
    """Yield the parts of a route by vehicle, with what is done at places between them."""
    told = set[Family]()
    for (by, _), run in groupby(option.steps, key=_part):
        steps = list(run)
        first, last = steps[0], steps[-1]
        line = ""
        if by in VEHICLES.values() and by != VEHICLES[Family.ROAD]:
            family = family_of(first.service)
            line = "" if family in told else _line(option, family)
            told.add(family)
        usd = sum(step.usd_per_teu for step in steps)
        yield Section(
            from_name=short_name(first.from_name),
            to_name="" if first.from_id == last.to_id else short_name(last.to_name),
            vehicle=by,
            line=line,
            departs=first.departs,
            arrives=last.arrives,
            days=sum(step.hours for step in steps) / HOURS_PER_DAY,
            usd_per_teu=usd,
            usd_per_box=usd * teu_per_box,
            km=sum(step.km for step in steps),
        )


def _joined(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the vehicles alone, each with the money of what is done before it, and at its end.

    Many vehicles would fill more than a screen otherwise.
    """
    found: list[Section] = []
    waiting: list[Section] = []
    for section in sections:
        if section.vehicle in VEHICLES.values():
            found.append(_with(section, waiting))
            waiting = []
        elif section.vehicle == AT_A_PLACE[StepKind.UNLOAD] and found:
            found[-1] = _with(found[-1], [section])
        else:
            waiting.append(section)
    return tuple(found)


def _with(section: Section, others: Sequence[Section]) -> Section:
    usd = section.usd_per_teu + sum(one.usd_per_teu for one in others)
    box = section.usd_per_box + sum(one.usd_per_box for one in others)
    return replace(section, usd_per_teu=usd, usd_per_box=box)


def _part(step: RouteStep) -> tuple[str, str]:
    """Return what carries a step, or what is done at a place, and its service or place."""
    if step.kind in (StepKind.LEG, StepKind.CALLS):
        return VEHICLES[family_of(step.service)], step.service
    done = AT_A_PLACE.get(step.kind) or step.label.partition(" at ")[0]
    return done[:1].lower() + done[1:], step.from_id


def _line(option: RouteOption, family: Family) -> str:
    """Return which line runs a section, and how many others do."""
    offer = option.offer
    scheduled = {family_of(leg.service) for leg in option.legs} - {Family.ROAD}
    if offer is None or not offer.sections or scheduled != {family}:
        return ""
    if not offer.lines:
        return "" if offer.known else "none known"
    first, *others = offer.lines
    # Of an alliance the carrier that lists the loop: `Ocean Alliance (Evergreen)`.
    operator = first.operator.partition(" (")[2].removesuffix(")") or first.operator
    return f"{first.loop}, {operator}" + f", or {len(others)} more" * bool(others)


def _leg(step: RouteStep) -> Record:
    return {
        "from": step.from_id,
        "to": step.to_id,
        "service": step.service,
        "km": round(step.km, 1),
        "hours": round(step.hours, 1) + 0.0,
        "departs": step.departs.strftime("%Y-%m-%d %H:%M"),
        "USD_per_TEU": round(step.usd_per_teu, 2),
    }


def _leg_in_words(step: RouteStep) -> Record:
    # An operation at one place has no km: the table says what it is.
    carried = name_of(step.service) if step.km else step.label
    return {**_leg(step), "from": step.from_name, "to": step.to_name, "service": carried}


@one_look()
def off_lanes(option: RouteOption) -> dict[str, float]:
    """Return the distance in km from each end of the route to the sea lane joined there."""
    legs = [leg for leg in option.legs if leg.service != "road"]
    at_sea = (
        [(legs[0].service, legs[0].from_id), (legs[-1].service, legs[-1].to_id)] if legs else []
    )
    off = {}
    for service, end in at_sea:
        try:
            found = joined(locate(end)) if service.startswith("sea/") else None
        except PlaceError:  # a user's own terminal
            continue
        if found:
            off[end] = round(found.off_km, 1)
    return off
