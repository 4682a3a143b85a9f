"""The answer of one comparison in sentences: recommendation, margins, binding limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridors.domain.objective import Objective
from corridors.domain.results import Exceeded, OptionStatus, RouteOption
from corridors.domain.scenario import OTHER, PriceBasis
from corridors.domain.simulation import RouteFans
from corridors.output.comparison import Comparison
from corridors.output.contract import Totals
from corridors.output.display_names import (
    best_route_of,
    capitalised,
    in_sentence,
    listed,
    main_carriage,
    name_by,
    next_usable,
    on_page,
    other_world_text,
    way_in_title,
)
from corridors.output.html.encode import counted, day_text, number, one, percent, usd
from corridors.output.limit_words import advice_text, limit_text
from corridors.output.verdict import (
    SHARE,
    close_call,
    ladder_text,
    other_basis,
    other_route,
    shelf_text,
    titles_of,
    waits_for_a_line,
)
from corridors.units import in_percent

SAME_DAYS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a route per TEU, rounded as in the files.

    `low` and `high` are those of the comparison: 10 and 90 % of its draws, or without any the sums
    of all lows and of all highs; `cost_span` the same of what carriage costs, whatever basis is
    compared. `days_span` are 10 and 90 % of the days of one shipment, late
    ships and queues among them; None without draws.
    """

    usd: float
    low: float
    high: float
    cost_span: tuple[float, float]
    days_span: tuple[float, float] | None
    transit_days: float
    days: float
    co2e_kg: float


def figures(option: RouteOption) -> Figures:
    """Return the figures of a usable option."""
    totals, at_cost = Totals.of(option), option.price_basis is PriceBasis.COST
    (low, high), fans = option.low_and_high, option.fans
    return Figures(
        usd=(totals.cost_usd if at_cost else totals.price_usd) or 0.0,
        low=low,
        high=high,
        cost_span=option.outer_bounds if fans is None else (fans.cost.p10, fans.cost.p90),
        days_span=(fans.days.p10, fans.days.p90) if isinstance(fans, RouteFans) else None,
        transit_days=totals.transit_days,
        days=totals.days,
        co2e_kg=totals.co2e_kg,
    )


def range_text(usable: Sequence[RouteOption]) -> str:
    """Return what the low and high of options are."""
    if any(option.fans is not None for option in usable):
        return "from 10 to 90 % of draws of prices, speeds and waits (P10 to P90)"
    return "from all cost lines at their low value to all at their high value"


def answer_sentences(comparison: Comparison, *, ranged: bool = True) -> list[str]:
    """Return the answer in sentences of plain text, the most important first.

    Those of a comparison whose ranges are still to be drawn are not `ranged`.
    """
    best = comparison.recommended
    if best is None or not best.usable:
        first = [_nothing(comparison)]
    else:
        first = [
            _recommended(comparison, best, ranged=ranged),
            *_texts(shelf_text(comparison), close_call(comparison)),
            *_next_best(comparison, best),
            *_quickest(comparison, best),
            *_cleanest(comparison, best),
            *(_overlap(comparison, best) if ranged else ()),
        ]
    first += _texts(ladder_text(comparison), other_basis(comparison))
    return [
        *first,
        *_other_world(comparison),
        *_closed(comparison),
        binding_sentence(comparison),
    ]


def _other_world(comparison: Comparison) -> list[str]:
    """Return what is recommended in the other world, where that differs."""
    if comparison.other_world is None:
        return []
    return [other_world_text(comparison.other_world, comparison.scenario)]


def _texts(*texts: str) -> list[str]:
    return [text for text in texts if text]


def outside_limits(comparison: Comparison, option: RouteOption) -> list[str]:
    """Return the limits that an option breaks, with how much: `at most 45 days, by 3.6 days`."""
    texts, titles = [], titles_of(comparison)
    for broken in option.exceeds:
        text = on_page(limit_text(comparison.scenario.limits, broken.limit, titles))
        share = broken.unit == SHARE
        texts.append(text if share else f"{text}, by {number(round(broken.by, 1))}{_unit(broken)}")
    return texts


def _unit(broken: Exceeded) -> str:
    return " days" if broken.unit.startswith("days") else f" {broken.unit}"


def _recommended(comparison: Comparison, best: RouteOption, *, ranged: bool) -> str:
    shown, point = figures(best), other_route(comparison)
    objective = comparison.decision.objective
    if point is None:
        cost, transit, days = shown.usd, shown.transit_days, shown.days
        drawn = "" if best.fans is None else " in 80 of 100 draws"
        spread = f" (between {usd(shown.low)} and {usd(shown.high)}{drawn})" if ranged else ""
        note = ""
    else:
        cost, transit, days = point.cost_usd_per_teu, point.transit_days, point.days
        spread = ""
        note = (
            f" This is not the corridor's {best_route_of(objective)}, which the tables show:"
            f" USD {usd(shown.usd)} and {one(shown.days)} days."
        )
    decision = comparison.decision
    first = not decision.binding and (best is comparison.usable[0] or decision.is_close)
    within = "" if first else " within the limits"
    if len(comparison.decision.shares) > 1:
        return _split(comparison)
    what, kind = in_sentence(name_by(best)), "corridor"
    if best.corridor == OTHER:
        what, kind = f"{main_carriage(best)}{way_in_title(best)}, outside the corridors", "option"
    compared = counted(len(comparison.routes), kind)
    of = f"of {compared}{within}"
    if not first and waits_for_a_line(comparison):
        of = f"of those with a known line ({compared} compared)"
    # Of tied options the next sentence says why this one.
    why = f"It is {on_page(objective.aim.least)} {of}."
    if decision.is_close:
        why = f"It is one of the {len(decision.tied)} best {of}."
    elif len(comparison.routes) == 1:
        why = f"It is the only {kind} compared."
    return (
        f"Take {what}: USD {usd(cost)} per TEU{spread}, {one(days)} days from gate-in to gate-out,"
        f" {one(transit)} of them in transit. {why}{note}"
    )


def _nothing(comparison: Comparison) -> str:
    advice = decision_advice(comparison)
    after = f" {advice[0].upper()}{advice[1:].rstrip('.')}." if advice else ""
    if not comparison.usable:
        return f"No corridor is recommended: none is usable.{after}"
    return f"No corridor is recommended: none meets the limits.{after}"


def _split(comparison: Comparison) -> str:
    decision = comparison.decision
    titles = titles_of(comparison)
    shares = listed(
        f"{percent(share, 1.0)} via {titles.get(name, name)}"
        for name, share in decision.shares.items()
    )
    unit = on_page(decision.objective.aim.unit)
    value = "" if decision.value is None else f", at {decision.value:,.1f} {unit} on average"
    return f"Split the shipment, as the limits require: {shares}{value}."


def _rivals(comparison: Comparison, best: RouteOption) -> list[RouteOption]:
    """Return the other usable options in their order, without those that nobody would buy."""
    folded = comparison.folded
    return [route for route in comparison.usable if route is not best and route not in folded]


def _next_best(comparison: Comparison, best: RouteOption) -> list[str]:
    others = _rivals(comparison, best)
    if not others and len(comparison.usable) > 1:
        return ["No other corridor comes near it in cost, days and CO₂e."]
    if not others:
        return [] if len(comparison.routes) == 1 else ["No other corridor is usable."]
    tied = {one.corridor for one in comparison.decision.tied}
    others = [route for route in others if route.corridor not in tied]
    if not others:
        return []
    texts = []
    lineless = comparison.decision.without_line
    ahead = comparison.usable[: comparison.usable.index(best)]
    sailed = [route for route in others if route.corridor not in lineless]
    lost = [route for route in ahead if route in others and route not in sailed]
    if lost:
        text = _against(comparison, best, lost[0])
        name = capitalised(in_sentence(name_by(lost[0])))
        texts.append(f"{name} {text}, but no line is known to sail it on this date.")
    if sailed or not lost:
        following = (sailed or others)[0]
        reasons = outside_limits(comparison, following)
        text = _against(comparison, best, following)
        note = f" It exceeds a limit: {listed(reasons)}." if reasons else ""
        with_line = " with a known line" if lost else ""
        texts.append(f"Next{with_line} comes {in_sentence(name_by(following))}: it {text}.{note}")
    return texts


def _against(comparison: Comparison, best: RouteOption, other: RouteOption) -> str:
    """Return how another corridor differs from the recommended route."""
    point, shown, that = other_route(comparison), figures(best), figures(other)
    base_usd = point.cost_usd_per_teu if point else shown.usd
    base_days = point.days if point else shown.days
    extra_usd, extra_days = that.usd - base_usd, that.days - base_days
    if abs(extra_usd) < 0.5:
        money = "costs the same"
    else:
        word = "more" if extra_usd > 0 else "less"
        share = abs(extra_usd) / base_usd if base_usd else 0.0
        money = f"costs USD {usd(abs(extra_usd))} ({in_percent(share, 1)} %) {word}"
    if abs(extra_days) < 0.05:
        return f"{money} and takes the same time"
    word = "longer" if extra_days > 0 else "less"
    return f"{money} and takes {one(abs(extra_days))} days {word}"


def _quickest(comparison: Comparison, best: RouteOption) -> list[str]:
    quick = min(comparison.usable, key=lambda route: (figures(route).days, route.corridor))
    point = other_route(comparison)
    base_usd = point.cost_usd_per_teu if point else figures(best).usd
    base_days = point.days if point else figures(best).days
    saved = base_days - figures(quick).days
    if quick is best or saved < SAME_DAYS:
        return []
    extra = figures(quick).usd - base_usd
    text = f"The quickest, {in_sentence(name_by(quick))}, takes {one(saved)} days less"
    if extra <= 0:
        return [f"{text} and costs no more."]
    return [
        f"{text} and costs USD {usd(extra)} more:"
        f" USD {usd(extra / saved)} per TEU for each day saved."
    ]


def _cleanest(comparison: Comparison, best: RouteOption) -> list[str]:
    if len(comparison.usable) == 1:
        return []
    clean = min(comparison.usable, key=lambda route: (figures(route).co2e_kg, route.corridor))
    mine, least = figures(best).co2e_kg, figures(clean).co2e_kg
    name = capitalised(in_sentence(name_by(clean)))
    if clean is best:
        return [f"{name} has the lowest emissions: {mine / 1000:.2f} t CO₂e per TEU."]
    return [
        f"{name} has the lowest emissions: {least / 1000:.2f} t CO₂e per TEU"
        f" compared with {mine / 1000:.2f}."
    ]


def _overlap(comparison: Comparison, best: RouteOption) -> list[str]:
    # With draws the verdict says how often others are better.
    if comparison.decision.objective != Objective.COST.value or best.fans is not None:
        return []
    mine = figures(best)
    rivals = _rivals(comparison, best)
    near = [r for r in rivals if figures(r).low < mine.high]
    if not rivals:
        return []
    if not near:
        return [f"The high estimate of {best.title} is below the low of every other corridor."]
    more = [f"{len(near) - 4} more"] if len(near) > 4 else []
    names = listed([*(route.title for route in near[:4]), *more])
    return [f"The cost range of {best.title} overlaps with {names}, so their order is uncertain."]


def _closed(comparison: Comparison) -> list[str]:
    left_out = comparison.left_out
    closed = [route for route in comparison.routes if not route.usable and route not in left_out]
    names = listed(map(_closed_name, closed))
    return [f"Not usable for this departure: {names}."] if names else []


def _closed_name(route: RouteOption) -> str:
    if route.status is OptionStatus.UNPRICED:
        return f"{route.title} (no price known)"
    return f"{route.title} ({next_usable(route, day_text) or 'no later date found'})"


def binding_sentence(comparison: Comparison) -> str:
    """Return the binding limits and their shadow prices in a sentence or two."""
    decision, texts = comparison.decision, limit_texts(comparison)
    if not texts:
        return "No limit changes the choice."
    unit, worth = on_page(decision.objective.aim.unit), dict(decision.marginal_values)
    # What avoiding places costs is not what one place more would save.
    avoided = worth.pop("avoid", None)
    avoiding = "" if avoided is None else f" Avoiding places costs {number(avoided)} {unit}."
    prices = [f"{number(value)} for {texts.get(name, name)}" for name, value in worth.items()]
    after = f" Each, loosened by one unit, would save, in {unit}: {listed(prices)}."
    if len(prices) < 2:
        saved = [
            f" Loosened by one unit, it would save {number(v)} {unit}." for v in worth.values()
        ]
        after = "".join(saved)
    which = "limit decides" if len(texts) == 1 else "limits decide"
    return f"The {which} the choice: {listed(texts.values())}.{after}{avoiding}"


def decision_advice(comparison: Comparison) -> str:
    """Return how limits would have to change so that there is an answer; empty if they need not."""
    return on_page(advice_text(comparison.decision.advice, titles_of(comparison)))


def limit_texts(comparison: Comparison) -> dict[str, str]:
    """Return the binding limits in words, by key: `at most 60 % via Suez Canal`."""
    titles = titles_of(comparison)
    limits = comparison.scenario.limits
    return {name: on_page(limit_text(limits, name, titles)) for name in comparison.decision.binding}
