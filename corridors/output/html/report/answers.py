"""The answer of one comparison in sentences: what to take, by how much, and what holds it."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.domain.results import Candidate, Decision, RouteOption
from corridors.domain.scenario import Objective, Scenario
from corridors.output.comparison import Comparison
from corridors.output.contract import OptionRecord
from corridors.output.html.encode import counted, day_text, listed, number, one, percent, usd

SAME_ROUTE_USD = 1.0
SAME_ROUTE_DAYS = 0.05
_LEAST = {
    "cost": "the cheapest",
    "days": "the quickest",
    "co2e": "the one with the least CO₂e",
    "generalised": "the least in cost and days together",
}
_UNITS = {
    "days": "days",
    "co2e": "kg CO₂e per TEU",
    "generalised": "USD per TEU, days valued",
}
_LIMITS = {
    "max_transit_days": "at most {} days in transit",
    "max_days": "at most {} days",
    "shelf_life_days": "a shelf life of {} days",
    "max_usd_per_teu": "at most {} USD per TEU",
    "max_co2e_kg_per_teu": "at most {} kg CO₂e per TEU",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A route's figures per TEU, as the files round them."""

    usd: float
    low: float
    high: float
    transit_days: float
    days: float
    co2e_kg: float


def figures(option: RouteOption) -> Figures:
    """Return the figures of a usable option."""
    record = OptionRecord.of(option)
    return Figures(
        usd=record.cost_usd_per_teu or 0.0,
        low=sum(line.low for line in option.cost_lines),
        high=sum(line.high for line in option.cost_lines),
        transit_days=record.transit_days or 0.0,
        days=record.days or 0.0,
        co2e_kg=record.co2e_wtw_kg_per_teu or 0.0,
    )


def answer_sentences(comparison: Comparison) -> list[str]:
    """Return the answer in sentences of plain text, the most important first."""
    best = comparison.recommended
    if best is None or not best.usable:
        first = [_nothing(comparison)]
    else:
        first = [
            _recommended(comparison, best),
            *_next_best(comparison, best),
            *_quickest(comparison, best),
            *_cleanest(comparison, best),
            *_overlap(comparison, best),
        ]
    return [*first, *_closed(comparison), _held(comparison)]


def chosen_point(comparison: Comparison) -> Candidate | None:
    """Return the route of the recommended corridor that the decision took.

    None where it is the corridor's cheapest, which the tables show, or where boxes are split.
    """
    best, decision = comparison.recommended, comparison.decision
    points = [p for p in comparison.front if best is not None and p.corridor == best.corridor]
    if best is None or not points or decision.value is None or len(decision.shares) > 1:
        return None
    value = decision.value
    point = min(
        points,
        key=lambda p: (
            round(abs(_value(comparison.scenario, p) - value), 6),
            p.cost_usd_per_teu,
            p.days,
        ),
    )
    shown = figures(best)
    same = (
        abs(point.cost_usd_per_teu - shown.usd) < SAME_ROUTE_USD
        and abs(point.days - shown.days) < SAME_ROUTE_DAYS
    )
    return None if same else point


def outside_limits(scenario: Scenario, option: RouteOption) -> list[str]:
    """Return the limits of the scenario that an option's route does not keep."""
    if not option.usable:
        return []
    shown, limits = figures(option), scenario.limits
    checks = (
        ("max_transit_days", limits.max_transit_days, shown.transit_days),
        ("max_days", limits.max_days, shown.days),
        ("shelf_life_days", limits.shelf_life_days, shown.days),
        ("max_usd_per_teu", limits.max_usd_per_teu, shown.usd),
        ("max_co2e_kg_per_teu", limits.max_co2e_kg_per_teu, shown.co2e_kg),
    )
    return [
        _LIMITS[name].format(number(bound))
        for name, bound, value in checks
        if bound is not None and value > bound
    ]


def _recommended(comparison: Comparison, best: RouteOption) -> str:
    shown, point = figures(best), chosen_point(comparison)
    objective = comparison.decision.objective
    if point is None:
        cost, transit, days = shown.usd, shown.transit_days, shown.days
        spread = f" (between {usd(shown.low)} and {usd(shown.high)})"
        note = ""
    else:
        cost, transit, days = point.cost_usd_per_teu, point.transit_days, point.days
        spread = ""
        note = (
            " This is another of its routes than the cheapest, which the tables show: "
            f"USD {usd(shown.usd)} and {one(shown.days)} days."
        )
    first = best is comparison.usable[0] and not comparison.decision.binding
    within = "" if first else " that meets the limits"
    if len(comparison.decision.shares) > 1:
        return _split(comparison)
    return (
        f"Take {best.title}: {_LEAST.get(objective, objective)} of"
        f" {counted(len(comparison.routes), 'corridor')}{within},"
        f" at USD {usd(cost)} per TEU{spread},"
        f" {one(transit)} days in transit and {one(days)} days from gate-in to gate-out.{note}"
    )


def _nothing(comparison: Comparison) -> str:
    advice = comparison.decision.advice
    after = f" {advice[0].upper()}{advice[1:].rstrip('.')}." if advice else ""
    if not comparison.usable:
        return f"Nothing is recommended: no corridor can be used.{after}"
    return f"Nothing is recommended: no corridor meets the limits.{after}"


def _split(comparison: Comparison) -> str:
    decision = comparison.decision
    titles = {route.corridor: route.title for route in comparison.routes}
    shares = listed(
        f"{percent(share, 1.0)} by {titles.get(name, name)}"
        for name, share in decision.shares.items()
    )
    unit = _UNITS.get(decision.objective, "USD per TEU")
    value = "" if decision.value is None else f", on average {decision.value:,.1f} {unit}"
    return f"Split the programme, as its limits require: {shares}{value}."


def _next_best(comparison: Comparison, best: RouteOption) -> list[str]:
    others = [route for route in comparison.usable if route is not best]
    if not others:
        return ["No other corridor can be used."]
    following = others[0]
    reasons = outside_limits(comparison.scenario, following)
    text = _against(comparison, best, following)
    note = f" Its route breaks a limit: {listed(reasons)}." if reasons else ""
    return [f"The next in rank, {following.title}, {text}.{note}"]


def _against(comparison: Comparison, best: RouteOption, other: RouteOption) -> str:
    """Return how another corridor differs from the route that is recommended."""
    point, shown, that = chosen_point(comparison), figures(best), figures(other)
    base_usd = point.cost_usd_per_teu if point else shown.usd
    base_days = point.days if point else shown.days
    extra_usd, extra_days = that.usd - base_usd, that.days - base_days
    if abs(extra_usd) < 0.5:
        money = "costs the same"
    else:
        word = "more" if extra_usd > 0 else "less"
        share = abs(extra_usd) / base_usd if base_usd else 0.0
        money = f"costs USD {usd(abs(extra_usd))} ({100 * share:.1f} %) {word}"
    if abs(extra_days) < 0.05:
        return f"{money} and takes as long"
    word = "longer" if extra_days > 0 else "less"
    return f"{money} and takes {one(abs(extra_days))} days {word}"


def _quickest(comparison: Comparison, best: RouteOption) -> list[str]:
    quick = min(comparison.usable, key=lambda route: (figures(route).days, route.corridor))
    point = chosen_point(comparison)
    base_usd = point.cost_usd_per_teu if point else figures(best).usd
    base_days = point.days if point else figures(best).days
    saved = base_days - figures(quick).days
    if quick is best or saved < SAME_ROUTE_DAYS:
        return []
    extra = figures(quick).usd - base_usd
    text = f"The quickest, {quick.title}, takes {one(saved)} days less"
    if extra <= 0:
        return [f"{text} and costs no more."]
    return [
        f"{text} and costs USD {usd(extra)} more:"
        f" USD {usd(extra / saved)} per TEU for each day saved."
    ]


def _cleanest(comparison: Comparison, best: RouteOption) -> list[str]:
    clean = min(comparison.usable, key=lambda route: (figures(route).co2e_kg, route.corridor))
    mine, least = figures(best).co2e_kg, figures(clean).co2e_kg
    if clean is best:
        return [f"It also has the least greenhouse gases: {mine / 1000:.2f} t CO₂e per TEU."]
    return [
        f"{clean.title} has the least greenhouse gases: {least / 1000:.2f} t CO₂e per TEU"
        f" against {mine / 1000:.2f}."
    ]


def _overlap(comparison: Comparison, best: RouteOption) -> list[str]:
    if comparison.decision.objective != Objective.COST.value:
        return []
    mine = figures(best)
    near = [r for r in comparison.usable if r is not best and figures(r).low < mine.high]
    if not near:
        return ["Its high estimate is below the low one of every other corridor."]
    names = listed(route.title for route in near[:4])
    more = f" and {len(near) - 4} more" if len(near) > 4 else ""
    return [f"The ranges of cost overlap with {names}{more}: their order is not certain."]


def _closed(comparison: Comparison) -> list[str]:
    shut = [route for route in comparison.routes if not route.usable]
    if not shut:
        return []
    return [f"Not usable for this departure: {listed(_closed_name(route) for route in shut)}."]


def _closed_name(route: RouteOption) -> str:
    if route.next_usable_date is None:
        return f"{route.title} (no later date found)"
    return f"{route.title} (next usable {day_text(route.next_usable_date)})"


def _held(comparison: Comparison) -> str:
    decision = comparison.decision
    if not decision.binding:
        return "No limit of the scenario holds the decision."
    names = listed(_limit_text(comparison.scenario, name) for name in decision.binding)
    return f"What holds the decision: {names}.{_shadow_prices(decision)}"


def _limit_text(scenario: Scenario, name: str) -> str:
    if name == "deadline":
        return f"deadline (there by {scenario.limits.deadline})"
    if name == "avoid":
        avoided = scenario.limits.avoid
        return f"avoid ({listed((*avoided.countries, *avoided.gates, *avoided.terminals))})"
    bound = getattr(scenario.limits, name, None)
    if name in _LIMITS and bound is not None:
        return f"{name} ({_LIMITS[name].format(number(bound))})"
    kind, _, key = name.partition(".")
    if kind == "max_share_capacity":
        return f"the capacity of {key}, of which {percent(limits_share(scenario), 1.0)} may be used"
    share = dict(getattr(scenario.limits, kind, None) or ()).get(key)
    return name if share is None else f"{name} (at most {percent(share, 1.0)})"


def limits_share(scenario: Scenario) -> float:
    """Return the share of each listed capacity that a scenario's limits leave it."""
    return scenario.limits.capacity_share or 1.0


def _shadow_prices(decision: Decision) -> str:
    named = [
        f"{number(value)} for " + ("avoiding" if name == "avoid" else f"one more unit of {name}")
        for name, value in decision.marginal_values.items()
    ]
    return f" Worth in the objective's unit: {listed(named)}." if named else ""


def _value(scenario: Scenario, point: Candidate) -> float:
    match scenario.objective:
        case Objective.DAYS:
            return point.days
        case Objective.CO2E:
            return point.co2e_kg_per_teu
        case Objective.GENERALISED:
            named = scenario.shipment.value_of_time_usd_per_teu_day
            return point.cost_usd_per_teu + named * point.days
        case Objective.COST:
            return point.cost_usd_per_teu
