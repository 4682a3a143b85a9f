"""The answer to a comparison, made once beside its decision: see `domain/answer.py`.

Terminal, pages and files show its fields in the same order, may fold some, and compute none again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby

from corridors.data.access import world_words
from corridors.domain.answer import (
    ASK,
    BOXES,
    NEXT,
    WITHOUT_LINE,
    Answer,
    AnswerFigure,
    AnswerNote,
    AnswerRow,
    Beside,
    Change,
    sailing_words,
)
from corridors.domain.contracts import Sailings
from corridors.domain.objective import Objective
from corridors.domain.places import months_later
from corridors.domain.results import (
    Decision,
    DecisionStatus,
    KnownLine,
    Listing,
    OptionStatus,
    PriceStatus,
    RouteOption,
    Sails,
)
from corridors.domain.scenario import Equipment, Measure, PriceBasis, Scenario, Scope
from corridors.domain.simulation import RouteFans
from corridors.domain.values import TRUCK, Payer, held, subject_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import (
    CONTRACT_TITLE,
    DIRECT_TITLE,
    OTHER_TITLE,
    advice_text,
    in_sentence,
    listed,
    name_by,
    on_day,
    sailings_text,
    scenario_title,
)
from corridors.output.verdict import (
    LEAST_CHANCE,
    best_on_other_basis,
    binding_text,
    other_route,
    rivals_of,
    shelf_text,
    step_title,
    titles_of,
    waits_for_a_line,
)
from corridors.units import KG_PER_TONNE, in_percent

MOST_DIGITS = 3
MONTH = re.compile(r"\b(\d{4})-(\d\d)\b")
SAME_YEAR = re.compile(r"\b([A-Z][a-z]+) (\d{4}), ([A-Z][a-z]+) \2\b")
# Differences under these are none.
LEAST_USD, LEAST_DAYS, LEAST_CO2E_SHARE = 0.5, 0.5, 0.05
# A step of the value of a day that is narrower says nothing.
LEAST_STEP_USD = 5.0
# Fewer trips that have come are no quantiles.
LEAST_JUDGED = 5
PRICE_WORDS = {
    PriceStatus.INDEX: "freight index",
    PriceStatus.QUOTED: "quoted",
    PriceStatus.ESTIMATED: "estimated",
    PriceStatus.CONTRACT: "your contract",
}
STATUS_WORDS = {
    OptionStatus.CLOSED: "closed",
    OptionStatus.INFEASIBLE: "no way",
    OptionStatus.UNPRICED: "no price known",
}
OTHER_WORLDS = {
    "current": "As things are",
    "reference-open": "If all that is open were used",
}
# Where a status holds: in the world asked.
ASKED_WORLDS = {"current": "as things are", "reference-open": "of all that is open"}
AT_COST = "cost of carriage, not a freight rate"
NO_LINE = "No line known"
ABOUT_THE_SAME, QUICKER, CLEANER = "about the same", "quicker", "cleaner"
KNOWN = "with a known line"
# How many times as dear the next best may be to be named.
FAR = 1.5
# No box loses more in a day: goods worth USD 2.4 million at 15 % a year lose a thousand.
MOST_A_DAY_USD = 1_000.0


def rounded(value: float, digits: int = 0) -> str:
    """Return a figure as printed, halves away from zero: `54` for 53.5, `1,912`."""
    # What is as near to a half as nine decimals tell is one.
    near = Decimal(f"{value:.9f}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{near + 0:,}"


def money(usd: float) -> str:
    """Return USD to three digits: `6,620` for 6,622, `978` for 978.4."""
    whole = len(str(abs(int(usd))))
    digits = min(0, MOST_DIGITS - whole)
    near = Decimal(f"{usd:.9f}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{int(near):,}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """An option by the figures that the decision judged, per box of the equipment.

    `of_decision` where these are of another route of its corridor than its row.
    """

    option: RouteOption
    usd: float
    days: float
    on_board_days: float
    co2e_kg: float
    low_and_high: tuple[float, float] | None
    boxes_teu: float
    of_decision: bool = False

    @cached_property
    def name(self) -> str:
        """Its name with the countries that need a word."""
        return name_by(self.option)


MOST_RISKS = 4


def answer_of(comparison: Comparison, *, later: Comparison | None = None) -> Answer:
    """Return the answer to a comparison; `comparison.answer` where it was made beside it.

    `later` is the same question a month later, where it was asked.
    """
    if later is None and comparison.answer.finding:
        return comparison.answer
    scenario, best = comparison.scenario, _recommended(comparison)
    options = _rows(comparison)
    told = [_told(comparison, option) for option in options]
    beside = tuple(_beside(comparison, best, told)) if best else ()
    return Answer(
        question=_question(scenario),
        finding=_finding(comparison, best),
        usd=_usd_figure(comparison, best),
        days=_figure(best, lambda one: rounded(one.days), "days", says=" gate to gate", of="days"),
        on_board=_figure(best, lambda one: rounded(one.on_board_days), "days", says=" on board"),
        co2e=_figure(best, _tonnes, f"t CO2e per {_box(scenario)}", of="co2e_kg"),
        sails=_sails(best.option) if best else "",
        beside=beside,
        changes=tuple(_changes(comparison, told, beside, later)),
        money=f"USD/{_box(scenario)}",
        ranked=_ranked(scenario),
        rows=tuple(row_of(comparison, option) for option in options),
        left_out=tuple((why, tuple(map(name_by, left))) for why, left in left_out(comparison)),
        rests_on=tuple(dict.fromkeys(_rests_on(comparison, best))),
        notes=tuple(_notes(comparison, options)),
        terms=_terms(scenario, best),
        departures=tuple(_departures(comparison, best)),
    )


def _terms(scenario: Scenario, best: Told | None) -> str:
    """Return what seller and buyer pay of the recommended option by the term of sale."""
    if scenario.incoterm is None or best is None or best.of_decision:
        return ""
    counted = held(scenario.incoterm, by_ship=best.option.by_ship)
    aside = f" ({scenario.incoterm} is for ships)" * (counted is not scenario.incoterm)
    seller, buyer = (money(best.boxes_teu * (best.option.paid_by(payer) or 0.0)) for payer in Payer)
    return (
        f"{counted}{aside}: the seller pays USD {seller} per {_box(scenario)}, the buyer"
        f" {buyer}; duties and clearance are in neither."
    )


def _departures(comparison: Comparison, best: Told | None) -> Iterator[str]:
    """Yield the next departures by the scenario's sailings, and what a missed cut-off costs."""
    found, scenario = comparison.sailings, comparison.scenario
    if found is None:
        return
    if not found.departures:
        yield "No departure of your sailings is caught; how often lines sail counts."
    else:
        by = (
            ""
            if best and best.option.corridor == found.corridor
            else f" by {after_by(found.title)}"
        )
        teu, year = scenario.shipment.equipment.teu_per_box, scenario.departure.year
        each = "; ".join(
            f"{_moment(one.departs, year)} (cut-off {_moment(one.cut_off, year)}"
            f"{f', {one.vehicle}' * bool(one.vehicle)}), {rounded(one.days)} days,"
            f" USD {money(teu * one.usd_per_teu)}{' at an expired rate' * one.expired}"
            for one in found.departures
        )
        yield f"Departures{by}: {each}."
    count, blanked = len(found.month), found.blanked
    said = [_missed_text(found, scenario)] if found.departures else []
    if count:
        of = f"of {count} sailing{'s' * (count != 1)} until {on_day(found.until)}"
        said.append(f"{of}, {blanked or 'none'} {'are' if blanked > 1 else 'is'} blanked")
    if text := "; ".join(said):
        yield f"{text[0].upper()}{text[1:]}."


def _missed_text(found: Sailings, scenario: Scenario) -> str:
    year, first = scenario.departure.year, found.departures[0]
    if len(found.departures) < 2:
        return f"none of your sailings is caught after {_moment(first.departs, year)}"
    days, usd = missed(found, scenario)
    whole = ", the value of the days in it" * scenario.objective.aim.value_of_time
    usd *= scenario.shipment.equipment.teu_per_box
    return (
        f"missing the cut-off of {_moment(first.cut_off, year)} costs {rounded(days)}"
        f" {'day' if rounded(days) == '1' else 'days'}{' and' if usd >= 0.0 else ', but'} USD"
        f" {money(abs(usd))}{'' if usd >= 0.0 else ' less'} per {_box(scenario)}{whole}"
    )


def missed(found: Sailings, scenario: Scenario) -> tuple[float, float]:
    """Return what a missed cut-off costs: days, and USD per TEU with the value of these days."""
    first, second = found.departures[:2]
    days, usd = second.days - first.days, second.usd_per_teu - first.usd_per_teu
    if scenario.objective.aim.value_of_time:
        usd += days * scenario.shipment.value_of_time_usd_per_teu_day
    return days, usd


def _moment(moment: datetime, year: int) -> str:
    """Return a day, without a year that goes without saying, and its time if it has one."""
    day = on_day(moment.date()).removesuffix(f" {year}")
    return day + f" {moment:%H:%M}" * ((moment.hour, moment.minute) != (0, 0))


def _question(scenario: Scenario) -> str:
    door = ", door to door" * (scenario.scope is Scope.DOOR)
    world = world_words(scenario.world)
    if scenario.known_on:
        world += f", as known on {on_day(scenario.known_on)}"
    return f"{scenario_title(scenario)}{door}, leaving {on_day(scenario.departure)} ({world})"


def _ranked(scenario: Scenario) -> str:
    """Return what rows are in the order of: `by price, a day at USD 39`."""
    aim, shipment = scenario.objective.aim, scenario.shipment
    if not aim.usd:
        return f"by {aim.lowest}"
    basis = "cost" if scenario.price_basis is PriceBasis.COST else "price"
    day = shipment.value_of_time_usd_per_teu_day * shipment.equipment.teu_per_box
    return f"by {basis}" + (f", a day at USD {money(day)}" if aim.value_of_time else "")


def _box(scenario: Scenario) -> str:
    return BOXES[scenario.shipment.equipment]


def _recommended(comparison: Comparison) -> Told | None:
    """Return the recommended option; None if none is, or if the shipment is split."""
    best, decision = comparison.recommended, comparison.decision
    if best is None or decision.status is not DecisionStatus.OPTIMAL or decision.is_split:
        return None
    return _told(comparison, best)


def _told(comparison: Comparison, option: RouteOption) -> Told:
    teu = comparison.scenario.shipment.equipment.teu_per_box
    # Under limits the decision may take another route of the corridor than its row.
    taken = other_route(comparison) if option is comparison.recommended else None
    if taken is not None:
        return Told(
            option=option,
            usd=teu * taken.cost_usd_per_teu,
            days=taken.days,
            on_board_days=taken.transit_days,
            co2e_kg=teu * taken.co2e_kg_per_teu,
            low_and_high=None,
            boxes_teu=teu,
            of_decision=True,
        )
    # Without draws the sums of all lows and all highs are no range to act on.
    low_and_high = option.low_and_high if option.fans is not None else None
    return Told(
        option=option,
        usd=teu * (option.printed_usd_per_teu or 0.0),
        days=option.days or 0.0,
        on_board_days=option.transit_days or 0.0,
        co2e_kg=teu * (option.co2e_wtw_kg_per_teu or 0.0),
        low_and_high=low_and_high and (teu * low_and_high[0], teu * low_and_high[1]),
        boxes_teu=teu,
    )


def _finding(comparison: Comparison, best: Told | None) -> str:
    """Return what to book: `Book by the Suez Canal: USD 6,620 per 40', 53 days`."""
    decision, scenario = comparison.decision, comparison.scenario
    nothing = decision.status is not DecisionStatus.OPTIMAL or decision.value is None
    if nothing or (best is None and len(decision.shares) < 2):
        return f"Nothing to book: {advice_text(decision.advice, titles_of(comparison))}"
    if best is None:
        titles = titles_of(comparison)
        shares = listed(
            f"{rounded(100.0 * share)} % by {after_by(titles.get(name, name))}"
            for name, share in decision.shares.items()
        )
        return f"Book {shares}"
    usd = f"USD {money(best.usd)} per {_box(scenario)}"
    at_cost = " at cost" * (scenario.price_basis is PriceBasis.COST)
    why = ""
    if scenario.objective in (Objective.DAYS, Objective.CO2E):
        why = f", {scenario.objective.aim.least}"
    what = booked_by(comparison, best.option)
    return f"{what}: {usd}{at_cost}, {rounded(best.days)} days{why}"


def booked_by(comparison: Comparison, option: RouteOption) -> str:
    """Return how an option is booked: `Book by the Suez Canal`, `Ask for carriage by Iran`."""
    start = "Book"
    if not is_known(option):
        start = "Ask for carriage" if comparison.lines_hold else "If it sailed, book"
    name = after_by(name_by(option))
    # One books a contract, not by it.
    return f"{start} {'' if name.startswith(CONTRACT_TITLE.lower()) else 'by '}{name}"


def after_by(title: str) -> str:
    """Return a name as `by` says it: `the Suez Canal`, `Iran and Turkey`, `the direct ship`."""
    if title.startswith(f"{OTHER_TITLE} by "):
        return title.removeprefix(f"{OTHER_TITLE} by ")
    if title.startswith(f"{DIRECT_TITLE} by "):
        return title.removeprefix(f"{DIRECT_TITLE} by ")
    return in_sentence(title)


def is_known(option: RouteOption) -> bool:
    """Return whether a line is known to run an option, or none was looked for."""
    return option.offer is None or not option.offer.sections or option.offer.known


def _asks(option: RouteOption) -> bool:
    return option.offer is not None and option.offer.listing is Listing.COUNTED


def _sails(option: RouteOption) -> str:
    """Return how often an option sails: `7 a week`, `ask`, `nobody known`, `not listed`."""
    if _asks(option):
        return ASK
    if is_known(option):
        return sailings_text(option)
    return WITHOUT_LINE[option.sails or Sails.NONE_KNOWN]


def _usd_figure(comparison: Comparison, best: Told | None) -> AnswerFigure | None:
    if best is None:
        return None
    scenario = comparison.scenario
    by_price = scenario.price_basis is PriceBasis.PRICE
    status = best.option.price_status
    low, high = best.low_and_high or (0.0, 0.0)
    return AnswerFigure(
        text=f"USD {money(best.usd)} per {_box(scenario)}",
        value=money(best.usd),
        unit=f"USD/{_box(scenario)}",
        low=money(low) if best.low_and_high else "",
        high=money(high) if best.low_and_high else "",
        rests_on=PRICE_WORDS.get(status, "") if by_price and status else AT_COST,
    )


def _figure(
    best: Told | None, value: Callable[[Told], str], unit: str, *, says: str = "", of: str = ""
) -> AnswerFigure | None:
    """Return a figure, what its sentence `says` more, and the span of draws if they are `of` it."""
    if best is None:
        return None
    figure = AnswerFigure(text=f"{value(best)} {unit}{says}", value=value(best), unit=unit)
    # Of the route that the decision takes under limits nothing was drawn, and of a table that
    # nobody saves only money.
    fans = best.option.fans if of and best.low_and_high else None
    if not isinstance(fans, RouteFans):
        return figure
    fan, boxes = getattr(fans, of), best.boxes_teu
    span = [rounded(one) if of == "days" else _kg_text(boxes * one) for one in (fan.p10, fan.p90)]
    return replace(figure, low=span[0], high=span[1])


def _tonnes(one: Told) -> str:
    return _kg_text(one.co2e_kg)


def _kg_text(kg: float) -> str:
    return rounded(kg / KG_PER_TONNE, 2)


def _rows(comparison: Comparison) -> list[RouteOption]:
    """Return the options that are rows: usable, no other's route, within the limits, not folded."""
    best = comparison.recommended
    # Within limits the decision may take another route of a corridor than its row.
    broken = (o for o in comparison.usable if (o.exceeds and o is not best) or o.equals)
    gone = [*comparison.left_out, *broken]
    without = comparison.decision.without_line
    rows = [o for o in comparison.usable if o not in gone and o.corridor not in without]
    # The recommended one is first, also where another ranks before it for an equal figure.
    return sorted(rows, key=lambda option: option is not best) if best else rows


def row_of(comparison: Comparison, option: RouteOption) -> AnswerRow:
    """Return a usable option as a row, one that is left out too."""
    one, best = _told(comparison, option), _recommended(comparison)
    is_best = option is comparison.recommended
    low, high = one.low_and_high or (None, None)
    return AnswerRow(
        corridor=option.corridor,
        name=one.name,
        mark=">" if is_best else "=" if comparison.is_tied(option) else "",
        usd=money(one.usd),
        low="" if low is None else money(low),
        high="" if high is None else money(high),
        on_board_days=rounded(one.on_board_days),
        days=rounded(one.days),
        co2e_t=_tonnes(one),
        sails=_sails(option),
        asks=_asks(option),
        subjects=tuple(dict.fromkeys(filter(None, map(subject_of, option.warnings)))),
        against="" if best is None or is_best else _against(one, best),
    )


def _against(one: Told, best: Told) -> str:
    """Return what an option takes more or less than another: `24 days, USD 2,530 more`."""
    usd, days = one.usd - best.usd, one.days - best.days
    parts = []
    if abs(days) >= LEAST_DAYS:
        shown = rounded(abs(days))
        unit = "day" if shown == "1" else "days"
        parts.append(f"{shown} {unit} {'longer' if days > 0.0 else 'sooner'}")
    if abs(usd) >= LEAST_USD:
        parts.append(f"USD {money(abs(usd))} {'more' if usd > 0.0 else 'less'}")
    return ", ".join(parts) or "no difference"


def _beside(comparison: Comparison, best: Told, told: Sequence[Told]) -> Iterator[Beside]:
    """Yield what is about the same, the quickest and the cleanest, each option once."""
    said = {best.option.corridor}
    scenario, others = comparison.scenario, [one for one in told if one.option is not best.option]

    def beside(why: str, one: Told, more: str = "") -> Beside:
        said.add(one.option.corridor)
        return Beside(
            why=why,
            corridor=one.option.corridor,
            option=one.name,
            against=_against(one, best) + more,
            sails=_sails(one.option),
        )

    for one in others:
        if comparison.is_tied(one.option):
            yield beside(ABOUT_THE_SAME, one)
    sailed = next((one for one in others if is_known(one.option)), None)
    asks = comparison.lines_hold and not is_known(best.option)
    if asks and sailed is not None and sailed.option.corridor not in said:
        yield beside(KNOWN, sailed)
    steps = {step.corridor: step.from_usd_per_day for step in comparison.ladder}
    quick = _quicker(best, others, steps)
    edge = 0.0
    if quick is not None:
        edge = steps.get(quick.option.corridor, 0.0) * scenario.shipment.equipment.teu_per_box
    if quick is not None and quick.option.corridor not in said and edge <= MOST_A_DAY_USD:
        more = f", worth it from USD {money(edge)} a day per {_box(scenario)}" if edge else ""
        yield beside(QUICKER, quick, more)
    clean = min(others, key=lambda one: one.co2e_kg, default=None)
    if clean is not None and clean.co2e_kg < (1.0 - LEAST_CO2E_SHARE) * best.co2e_kg:
        share = rounded(100.0 * (1.0 - clean.co2e_kg / best.co2e_kg))
        if clean.option.corridor not in said:
            yield beside(CLEANER, clean, f", {share} % less CO2e")
    # What is much dearer and no quicker is no alternative.
    if others and len(said) == 1:
        far = others[0].usd > FAR * best.usd and others[0].days >= best.days
        if not far:
            yield beside(NEXT, others[0])


def _quicker(best: Told, others: Sequence[Told], steps: Mapping[str, float]) -> Told | None:
    """Return the quicker option that is the first to be worth it, as a day is worth more.

    `steps` is the value of a day from which a corridor is best. What a line is known to run comes
    before what nobody is known to; where no quicker option is ever worth it, it is the quickest.
    """
    quicker = [one for one in others if one.days < best.days - LEAST_DAYS]
    return min(
        quicker,
        key=lambda one: (
            not steps.get(one.option.corridor),
            not is_known(one.option),
            steps.get(one.option.corridor, 0.0),
            one.days,
        ),
        default=None,
    )


def _changes(
    comparison: Comparison,
    told: Sequence[Told],
    beside: Sequence[Beside],
    later: Comparison | None,
) -> Iterator[Change]:
    """Yield what would change the answer: world, value of a day, other basis, next month."""
    scenario, other = comparison.scenario, comparison.other_world
    for text in comparison.warnings:
        if subject_of(text) == TRUCK:
            yield Change(condition="By truck all the way", text=str(text))
    if not comparison.usable:
        for option in comparison.routes:
            yield Change(condition=name_by(option), text=f"{option.status}, {option.reason}")
    quicker = [one.corridor for one in beside if one.why == QUICKER]
    teu = scenario.shipment.equipment.teu_per_box
    if other is not None:
        condition = OTHER_WORLDS.get(other.world) or f"Given {world_words(other.world)}"
        named = ""
        if other.cost_usd_per_teu is None or len(other.shares) > 1:
            text = "no option meets the limits" if other.usable else "nothing is usable"
            text = "the shipment is split" if len(other.shares) > 1 else text
        else:
            basis = " at cost" * (other.price_basis is PriceBasis.COST)
            if not basis and scenario.price_basis is PriceBasis.COST:
                basis = " at freight rates"
            named = after_by(other.title.replace(", by ", " via "))
            text = (
                f"by {named}, USD"
                f" {money(teu * other.cost_usd_per_teu)} per {_box(scenario)}{basis},"
                f" {rounded(other.transit_days or 0.0)} days on board"
            )
            text += f", {other.note}" * bool(other.note)
        here = next((o for o in comparison.routes if o.corridor == other.recommended), None)
        if here is not None and not here.usable:
            text += f" ({STATUS_WORDS[here.status]} {ASKED_WORLDS.get(scenario.world, 'as asked')})"
        yield Change(condition=condition, text=text, option=named, corridor=other.recommended or "")
    yield from _without_line(comparison)
    yield from _without_price(comparison, told)
    yield from _steps(comparison, quicker)
    first = best_on_other_basis(comparison)
    if first is not None:
        at_cost = scenario.price_basis is PriceBasis.COST
        usd = money(teu * (first.other_basis_usd_per_teu or 0.0))
        yield Change(
            condition="By the freight rates quoted" if at_cost else "By what carriage costs",
            text=f"by {after_by(name_by(first))}, USD {usd} per {_box(scenario)},"
            f" {rounded(first.days or 0.0)} days",
            option=after_by(name_by(first)),
            corridor=first.corridor,
        )
    yield from _next_month(comparison, later)
    yield from _chances(comparison)
    for condition, text in (
        (
            "In the worst cases",
            risk_text(comparison.decision, titles_of(comparison), scenario.shipment.equipment),
        ),
        ("On arrival", shelf_text(comparison)),
        ("Within the limits", binding_text(comparison)),
    ):
        if text:
            yield Change(condition=condition, text=text.removesuffix("."))


def risk_text(decision: Decision, titles: Mapping[str, str], equipment: Equipment) -> str:
    """Return by what a robust recommendation was chosen, per box; empty for others.

    Mean of the worst 5 % of draws, in USD per 40': Cape of Good Hope 4,700, Suez Canal 4,780.
    Chosen among 93 known routes, not searched for.
    """
    risk = decision.risk
    if risk is None:
        return ""
    aim = decision.objective.aim
    ranked = sorted((worst, name) for name, worst in risk.worst.items() if worst is not None)
    per_box = equipment.teu_per_box
    unit = aim.unit.replace("per TEU", f"per {BOXES[equipment]}")
    shown = ", ".join(
        f"{titles.get(name, name)} {money(per_box * worst) if aim.usd else f'{worst:,.1f}'}"
        for worst, name in ranked[:MOST_RISKS]
    )
    closed = [titles.get(name, name) for name, worst in risk.worst.items() if worst is None]
    what = "Loss against the best of each draw, " if risk.measure is Measure.REGRET else ""
    first = risk.shown if what else risk.shown[0].upper() + risk.shown[1:]
    text = f"{what}{first}, in {unit}: {shown}." if shown else ""
    if closed:
        text += f" Closed in some draws, so never chosen: {', '.join(closed)}."
    return f"{text} Chosen among {risk.routes} known routes, not searched for.".strip()


def _next_month(comparison: Comparison, later: Comparison | None) -> Iterator[Change]:
    """Yield what is booked a month later; where it was not asked, what opens within a month."""
    if later is not None:
        day, best = later.scenario.departure, _recommended(later)
        text, option = "nothing to book", ""
        if best is not None:
            usd = f"USD {money(best.usd)} per {_box(later.scenario)}"
            option = after_by(best.name)
            text = f"by {option}, {usd}, {rounded(best.days)} days"
            text += _doubt(later, best.option.corridor)
        yield Change(condition=f"A month later ({day:%B %Y})", text=text, option=option)
        return
    until = months_later(comparison.scenario.departure, 1)
    opening = [
        option
        for option in comparison.routes
        if option.next_usable_date is not None
        and option.next_usable_date <= until
        and option not in comparison.left_out
    ]
    if opening:
        first = min(opening, key=lambda option: option.next_usable_date or until)
        day = first.next_usable_date or until
        yield Change(condition=f"From {on_day(day)}", text=f"{after_by(name_by(first))} opens")


def _without_line(comparison: Comparison) -> Iterator[Change]:
    """Yield the option that ranks first, where it is left out for want of a known line."""
    best = _recommended(comparison)
    if best is None or comparison.decision.binding or not waits_for_a_line(comparison):
        return
    ahead = _told(comparison, comparison.usable[0])
    yield Change(
        condition=f"If a line sailed by {after_by(ahead.name)}",
        text=_against(ahead, best),
        corridor=ahead.option.corridor,
    )


def _without_price(comparison: Comparison, rows: Sequence[Told]) -> Iterator[Change]:
    """Yield the quicker way that a line runs and no lane quotes, if a box may be worth its days."""
    best, scenario = _recommended(comparison), comparison.scenario
    if best is None:
        return
    day = scenario.shipment.value_of_time_usd_per_teu_day
    quicker = [
        (one, option)
        for option in comparison.routes
        if (one := option.at_cost)
        and one.days < best.days - LEAST_DAYS
        and (usd := best.boxes_teu * one.usd_per_teu) - best.usd
        < MOST_A_DAY_USD * (best.days - one.days)
        and not any(row.usd <= usd and row.days <= one.days for row in rows)
    ]
    if quicker:
        one, option = min(quicker, key=lambda pair: pair[0].usd_per_teu + day * pair[0].days)
        name, at_cost = after_by(name_by(option)), money(best.boxes_teu * one.usd_per_teu)
        yield Change(
            condition="Quicker, at a rate to be asked for",
            text=f"by {name}, {rounded(one.days)} days (USD {at_cost} per {_box(scenario)} at"
            " cost)",
            option=name,
            corridor=option.corridor,
        )


def _steps(comparison: Comparison, said: Container[str]) -> Iterator[Change]:
    """Yield which route is best at another value of a day, but those that are `said` already."""
    scenario, titles = comparison.scenario, titles_of(comparison)
    teu, box = scenario.shipment.equipment.teu_per_box, _box(scenario)
    best, told = comparison.decision.recommended, _recommended(comparison)
    days_said = set[str]()
    for title, run in groupby(comparison.ladder, key=lambda step: step_title(step, titles)):
        steps = list(run)
        first, last = steps[0], steps[-1]
        if first.corridor == best and told is not None:
            days_said = {rounded(told.days)}
        if first.corridor == best or first.corridor in said or comparison.decision.value is None:
            continue
        low, end = teu * first.from_usd_per_day, last.to_usd_per_day
        if low > MOST_A_DAY_USD or (end is not None and teu * end - low < LEAST_STEP_USD):
            continue
        # The next quicker route is no other answer where it is as quick in whole days.
        if rounded(first.days) in days_said:
            continue
        days_said.add(rounded(first.days))
        condition = f"Where a day is worth over USD {money(low)} per {box}"
        if not low:
            condition = f"Where a day is worth under USD {money(teu * (end or 0.0))} per {box}"
        elif end is not None:
            condition = f"Where a day is worth USD {money(low)} to {money(teu * end)} per {box}"
        name = after_by(title)
        if told is not None and name == after_by(told.name):
            # Another route that passes the same, outside the corridors or of one beside it.
            name = f"{name} on a {'quicker' if first.days < told.days else 'cheaper'} route"
        text = f"by {name}, {rounded(first.days)} days"
        text += _doubt(comparison, first.corridor)
        yield Change(condition=condition, text=text, option=name, corridor=first.corridor)


def _chances(comparison: Comparison) -> Iterator[Change]:
    """Yield the option that is most often better, as prices, speeds and waits may turn out."""
    rivals = rivals_of(comparison)
    if rivals:
        first = max(rivals, key=lambda option: option.below_best_share or 0.0)
        share = first.below_best_share or 0.0
        if share >= LEAST_CHANCE:
            yield Change(
                condition=f"In {in_percent(share)} of 100 cases of prices, speeds and waits",
                text=f"by {after_by(name_by(first))}{_doubt(comparison, first.corridor)}",
                option=after_by(name_by(first)),
                corridor=first.corridor,
            )


def _doubt(comparison: Comparison, corridor: str) -> str:
    """Return that nobody is known to run an option, where it is named as one to take.

    Lines are looked for on rows alone, and a way outside the corridors may be none.
    """
    option = next((one for one in comparison.usable if one.corridor == corridor), None)
    if option is None:
        return " (ask who runs it)"
    return "" if is_known(option) else f" ({sailing_words(_sails(option))})"


def left_out(comparison: Comparison) -> Iterator[tuple[str, tuple[RouteOption, ...]]]:
    """Yield why options are no rows, with those."""
    rows = _rows(comparison)
    groups: dict[str, list[RouteOption]] = {}
    without = comparison.decision.without_line
    for option in comparison.routes:
        if option in rows:
            continue
        if option.exceeds:
            why = "Over a limit"
        elif option.equals:
            why = "The same route as one above"
        elif option.status is OptionStatus.UNPRICED:
            why = "No price known"
        elif not option.usable:
            is_closed = option.status is OptionStatus.CLOSED and option not in comparison.hopeless
            why = "Closed" if is_closed else "No way"
        elif option.corridor in without or comparison.is_without_line(option):
            why = NO_LINE
        else:
            why = "Dearer and no better"
        groups.setdefault(why, []).append(option)
    yield from ((why, tuple(found)) for why, found in groups.items())


def _in_months(text: str) -> str:
    """Return a text with months in words: `September 2024` for `2024-09`."""
    return MONTH.sub(lambda one: f"{date(int(one[1]), int(one[2]), 1):%B %Y}", text)


def _late_text(days: float) -> str:
    """Return how late half of the trips came at most: `up to 2.5 days late`, `in time`."""
    return f"up to {rounded(days, 1)} days late" if days > 0.0 else "in time"


def _last_seen(lines: Iterable[KnownLine]) -> str:
    seen = [line.last_seen for line in lines if line.stale]
    return min(seen, default="")


def _rests_on(comparison: Comparison, best: Told | None) -> Iterator[str]:
    """Yield what the answer rests on: months of prices and fuel, the search for lines."""
    for text in comparison.warnings:
        subject = subject_of(text)
        if subject.startswith(("freight by", "fuel of")):
            yield SAME_YEAR.sub(r"\1 and \3 \2", _in_months(subject))
    for one in comparison.sailings.late if comparison.sailings else ():
        if one.trips < LEAST_JUDGED:
            continue
        yield (
            f"{one.trips} trip{'s' * (one.trips != 1)} of {one.operator}, half"
            f" {_late_text(one.p50_days)}, nine of ten {_late_text(one.p90_days)}"
        )
    offer = best.option.offer if best else None
    if offer is not None and offer.sections:
        if seen := _last_seen(offer.lines):
            yield f"its lines last seen {_in_months(seen)}"
        if offer.sails is not Sails.NOT_LISTED:
            yield f"lines searched {on_day(offer.searched)}"
        if (
            not comparison.scenario.known_on
            and comparison.scenario.departure.year < offer.searched.year
        ):
            yield "what is known today, not what was known then (known_on)"


def _notes(comparison: Comparison, rows: Sequence[RouteOption]) -> Iterator[AnswerNote]:
    """Yield the warnings, those of several options once, and why options are closed."""
    noted: dict[str, list[str]] = {}
    for option in rows:
        for text in option.warnings:
            noted.setdefault(text, []).append(name_by(option))
    subjects = {text: subject_of(text) for option in rows for text in option.warnings}
    for text, names in noted.items():
        yield AnswerNote(options=tuple(names), subject=subjects[text], text=str(text))
    for text in comparison.warnings:
        yield AnswerNote(options=(), subject=subject_of(text), text=str(text))
    for option in comparison.routes:
        if option.reason and option not in comparison.hopeless:
            yield AnswerNote(
                options=(name_by(option),), subject="", text=f"{option.status}: {option.reason}"
            )
