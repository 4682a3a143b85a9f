"""The verdict of a comparison in words: what is tied, and what a day is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from corridors.domain.results import (
    Candidate,
    CertificateStatus,
    Decision,
    Exceeded,
    LadderStep,
    RouteOption,
    Tied,
)
from corridors.domain.scenario import Limits, Measure, PriceBasis, Scenario
from corridors.optimise.limits import alone_within
from corridors.optimise.ties import value_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import NO_TITLES, OTHER_TITLE, by_way, listed
from corridors.output.line_notes import departures_text

# Fewer days than this, or USD, print as no difference.
LEAST_DAYS = 0.05
LEAST_USD = 0.5
SAME_ROUTE_USD = 1.0
SHARE = "share"
# Rarer chances are not told, and of these at most so many.
LEAST_CHANCE, MOST_RIVALS = 0.1, 3
MOST_RISKS = 4


def titles_of(comparison: Comparison) -> dict[str, str]:
    """Return the titles of the compared corridors by id."""
    return {route.corridor: route.title for route in comparison.routes}


def close_call(comparison: Comparison) -> str:
    """Return which options are tied, why the first is recommended, and how sure it is to be best.

    Empty if none are tied and nothing was drawn.
    """
    texts = close_call_of(comparison.decision, titles_of(comparison)), sureness(comparison)
    return " ".join(text for text in texts if text)


def risk_text(decision: Decision, titles: Mapping[str, str]) -> str:
    """Return by what a robust recommendation was chosen; empty for others.

    Mean of the worst 5 % of draws, in USD per TEU: Cape of Good Hope 2,350, Suez Canal 2,390.
    Chosen among 93 routes that draws found, not searched.
    """
    risk = decision.risk
    if risk is None:
        return ""
    aim = decision.objective.aim
    ranked = sorted((worst, name) for name, worst in risk.worst.items() if worst is not None)
    shown = ", ".join(
        f"{titles.get(name, name)} {worst:,.{aim.digits}f}" for worst, name in ranked[:MOST_RISKS]
    )
    closed = [titles.get(name, name) for name, worst in risk.worst.items() if worst is None]
    what = "Loss against the best of each draw, " if risk.measure is Measure.REGRET else ""
    first = risk.shown if what else risk.shown[0].upper() + risk.shown[1:]
    text = f"{what}{first}, in {aim.unit}: {shown}." if shown else ""
    if closed:
        text += f" Closed in some draws, so never chosen: {', '.join(closed)}."
    return f"{text} Chosen among {risk.routes} routes that draws found, not searched.".strip()


def sureness(comparison: Comparison) -> str:
    """Return how often other options are better than the recommended one; empty without draws.

    In draws of all prices, speeds and waits Cape of Good Hope is lower in cost than Suez Canal in
    35 %, Northern Sea Route in 25 %.
    """
    best = comparison.recommended
    rivals = [
        route
        for route in comparison.usable
        if route is not best
        and route.below_best is not None
        and not (route.equals or route.exceeds or comparison.is_without_line(route))
    ]
    if best is None or not rivals or len(comparison.decision.shares) > 1:
        return ""
    aim, titles = comparison.scenario.objective.aim, titles_of(comparison)
    lowest = comparison.scenario.price_basis.value if aim.lowest == "cost" else aim.lowest
    what = f"lower in {lowest} than {titles[best.corridor]}"
    near = [route for route in rivals if (route.below_best or 0.0) >= LEAST_CHANCE]
    near.sort(key=lambda route: -(route.below_best or 0.0))
    if not near:
        return f"No other option is {what} in {_percent(LEAST_CHANCE)} of draws or more."
    first, *others = (
        (titles[one.corridor], _percent(round(one.below_best or 0.0, 2)))
        for one in near[:MOST_RIVALS]
    )
    text = f"In draws of prices, speeds and waits {first[0]} is {what} in {first[1]}"
    return f"{', '.join([text, *(f'{name} in {share}' for name, share in others)])}."


def close_call_of(decision: Decision, titles: Mapping[str, str]) -> str:
    """Return the sentences of `close_call` for a decision.

    Suez Canal and Cape of Good Hope are tied: they cost the same within what can be known (3 %).
    Suez Canal is 8.1 days quicker.
    """
    if not decision.is_close:
        return ""
    first, second, *_ = decision.tied
    names = [_title(tied, titles) for tied in decision.tied]
    shares = sorted({tied.tolerance_share for tied in decision.tied})
    alike = decision.objective.aim.alike
    if decision.risk is not None:
        alike = "are as good in their worst draws"
    text = f"{listed(names)} are tied: they {alike} within what can be known"
    text += f" ({_percent(shares[-1])})."
    others = "" if len(names) == 2 else " than the next"
    if decision.objective.aim.days:
        gap = second.cost_usd_per_teu - first.cost_usd_per_teu
        return (
            f"{text} {names[0]} is USD {gap:,.0f} cheaper{others}."
            if gap >= LEAST_USD
            else f"{text} They cost the same as well."
        )
    gap = second.days_in_all - first.days_in_all
    if gap < LEAST_DAYS:
        return f"{text} They take the same time as well."
    waits = _waits(first, second, names[1]) if waits_count(decision) else ""
    return f"{text} {names[0]} is {gap:.1f} days quicker{others}{waits}."


def waits_count(decision: Decision) -> bool:
    """Return whether the waits for known lines set the first two tied apart, or nearer."""
    if not decision.is_close or decision.objective.aim.days:
        return False
    first, second, *_ = decision.tied
    return abs(first.later_days - second.later_days) >= LEAST_DAYS


def _waits(first: Tied, second: Tied, name: str) -> str:
    """Return how often two options leave; `name` is the title of the second."""
    here, there = departures_text(first.sailings), departures_text(second.sailings)
    but = ", but" if first.later_days > second.later_days else ":"
    return f", the mean wait for the next departure included{but} it has {here}, {name} {there}"


def other_route(comparison: Comparison) -> Candidate | Tied | None:
    """Return the route that the decision chose, if it is not the row of its corridor.

    None if it is, or if the shipment is split or not possible.
    """
    best, decision = comparison.recommended, comparison.decision
    if best is None or decision.value is None or len(decision.shares) > 1:
        return None
    value = decision.value
    points = [p for p in comparison.front if p.corridor == best.corridor]
    taken: Candidate | Tied | None = next(iter(decision.tied), None) or min(
        points,
        key=lambda p: (
            round(abs(_value(comparison.scenario, p) - value), 6),
            p.cost_usd_per_teu,
            p.days,
        ),
        default=None,
    )
    if taken is None:
        return None
    same = (
        abs(taken.cost_usd_per_teu - (best.usd_per_teu or 0.0)) < SAME_ROUTE_USD
        and abs(taken.days - (best.days or 0.0)) < LEAST_DAYS
    )
    return None if same else taken


def _value(scenario: Scenario, point: Candidate) -> float:
    return value_of(point, scenario.objective, scenario.shipment.value_of_time_usd_per_teu_day)


def other_basis(comparison: Comparison) -> str:
    """Return what is best on the other basis, if that is another option; empty if it is not.

    Each option counts with its route, and only if it breaks no limit and was not left out for want
    of a line.
    """
    scenario, best = comparison.scenario, comparison.recommended
    if best is None or not scenario.objective.aim.usd or len(comparison.decision.shares) > 1:
        return ""
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day

    def figure(option: RouteOption) -> float:
        usd, days = option.other_basis_usd_per_teu or 0.0, option.days or 0.0
        return scenario.objective.figure(usd, days, 0.0, value_of_time)

    if any(option.other_basis_usd_per_teu is None for option in comparison.usable):
        return ""
    allowed = [
        option
        for option in comparison.usable
        if not option.exceeds and option.corridor not in comparison.decision.without_line
    ]
    first = min(allowed, key=figure, default=best)
    tied = {one.corridor for one in comparison.decision.tied}
    if first is best or first.corridor in tied or figure(first) >= figure(best):
        return ""
    at_cost = scenario.price_basis is PriceBasis.COST
    words = "At the prices that shippers are quoted" if at_cost else "By what carriage costs"
    return (
        f"{words}, {first.title} would be best: USD {first.other_basis_usd_per_teu:,.0f} per TEU,"
        f" against {best.other_basis_usd_per_teu:,.0f} for {best.title}."
    )


def mark_of(comparison: Comparison, route: RouteOption) -> str:
    """Return the status of an option in a word or two.

    `usable`, `closed` and `infeasible`, or of a usable one `over limit`, `same route` (as one above
    it) or `tied`.
    """
    if route.exceeds:
        return "over limit"
    if route.equals:
        return "same route"
    return "tied" if comparison.is_tied(route) else route.status.value


def over_limits(comparison: Comparison) -> list[str]:
    """Return a sentence per limit: which options break it, and by how much.

    Over max_days (45 days): suez by 3.6, cape by 11.7. A last sentence names the options of which
    another route meets every limit.
    """
    scenario = comparison.scenario
    within = {
        point.corridor
        for point in alone_within(comparison.front, scenario.limits, scenario.departure)
    }
    by_limit: dict[str, list[tuple[RouteOption, Exceeded]]] = {}
    for route in comparison.usable:
        for broken in route.exceeds:
            by_limit.setdefault(broken.limit, []).append((route, broken))
    sentences = []
    for limit, pairs in by_limit.items():
        first = pairs[0][1]
        parts = []
        for route, broken in pairs:
            by = "" if broken.unit == SHARE else f" by {_figure(broken.by)}"
            parts.append(f"{route.corridor}{by}")
        bound = f"{100 * first.bound:g} %" if first.unit == SHARE else _bound(first)
        sentences.append(f"Over {limit} ({bound}): {', '.join(parts)}")
    others = [r.corridor for r in comparison.usable if r.exceeds and r.corridor in within]
    if others:
        sentences.append(f"Another route meets the limits: {', '.join(others)}")
    return sentences


def folded_text(comparison: Comparison, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return the line that stands for the folded options, by title or id; empty without any."""
    folded = comparison.folded
    if not folded:
        return ""
    one = len(folded) == 1
    cost, go, have, are = ("costs", "goes", "has", "is") if one else ("cost", "go", "have", "are")
    dear = [comparison.is_dear(route) for route in folded]
    around = [comparison.is_detour(route) and not comparison.is_dear(route) for route in folded]
    unknown = [not (a or b) for a, b in zip(dear, around, strict=True)]
    whys = [
        *([f"{cost} over twice the least"] if any(dear) else []),
        *([f"{go} over half as far again as another"] if any(around) else []),
        *([f"{have} no known line"] if any(unknown) else []),
    ]
    names = _names(folded, titles)
    return (
        f"{len(folded)} option{'' if one else 's'} {listed(whys, 'or')} and {are} no better in"
        f" cost, days or CO2e{'' if any(around) else ' than another'}: {names}"
    )


def hopeless_text(comparison: Comparison, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return the line that stands for the hopeless options, by title or id; empty without any."""
    hopeless = comparison.hopeless
    options = "closed option" if len(hopeless) == 1 else "closed options"
    text = (
        f"{len(hopeless)} {options} would cost over twice the least on any day and be no better in"
        f" days or CO2e than another: {_names(hopeless, titles)}"
    )
    return text if hopeless else ""


def never_text(comparison: Comparison, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return the line that stands for the options without a route on any day; empty without any."""
    never = comparison.never
    have = "option has" if len(never) == 1 else "options have"
    return f"{len(never)} {have} no route on any day: {_names(never, titles)}" if never else ""


def _names(options: Sequence[RouteOption], titles: Mapping[str, str]) -> str:
    return ", ".join(titles.get(option.corridor, option.corridor) for option in options)


def _bound(broken: Exceeded) -> str:
    return f"{broken.bound:g} {broken.unit}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.1f}" if value >= 0.1 else f"{value:.2g}"


def certificate_text(option: RouteOption) -> str:
    """Return what the certificate of an option proves, with figures rounded as in the table."""
    certificate = option.certificate
    if certificate.status is not CertificateStatus.AGREES:
        why = f": {certificate.method}" if certificate.method else ""
        return f"Certificate {certificate.status}{why}. The route is not proved by OR-Tools."
    return (
        f"Certificate agrees: on the same prices and network OR-Tools ({certificate.method}) found"
        f" no better route than USD {option.printed_usd_per_teu:,.0f} and {option.days:.1f} days."
        " It proves the search, not the prices."
    )


def certificates_text(comparison: Comparison) -> str:
    """Return how many options are certified, and what that proves; empty without any option."""
    usable = comparison.usable
    agree = [o for o in usable if o.certificate.status is CertificateStatus.AGREES]
    if not usable:
        return ""
    return (
        f"OR-Tools confirms the search for {len(agree)} of {len(usable)} options: on the same"
        " prices and network no better route exists in the corridor. It does not confirm the"
        " prices."
    )


def ladder_text(comparison: Comparison) -> str:
    """Return the value ladder as a sentence; empty if no option alone meets the limits.

    If a day is worth up to 37 USD per TEU, Suez Canal is best; from 37 to 104, Northern Sea Route;
    above that, Trans-Mongolian.
    """
    limited = comparison.scenario.limits != Limits()
    return ladder_sentence(comparison.ladder, titles_of(comparison), limited=limited)


def ladder_sentence(
    ladder: Iterable[LadderStep], titles: Mapping[str, str], *, limited: bool = False
) -> str:
    """Return the sentence of `ladder_text`. Steps of one title are one step of the sentence."""
    runs = groupby(ladder, key=lambda step: _title(step, titles))
    steps = [(name, next(iter(same)).from_usd_per_day) for name, same in runs]
    if not steps:
        return ""
    names = [name for name, _ in steps]
    if len(steps) == 1:
        within = "Within the limits, " if limited else ""
        return f"{within}{names[0]} is best whatever a day is worth."
    start = "Within the limits, if" if limited else "If"
    edges = [_dollars(edge) for _, edge in steps]
    parts = [f"{start} a day is worth up to {edges[1]} USD per TEU, {names[0]} is best"]
    parts += [
        f"from {low} to {high}, {name}"
        for name, low, high in zip(names[1:-1], edges[1:-1], edges[2:], strict=True)
    ]
    return "; ".join([*parts, f"above that, {names[-1]}."])


def _title(route: LadderStep | Tied, titles: Mapping[str, str]) -> str:
    """Return the title of a corridor, or of a route outside them with its way."""
    title = titles.get(route.corridor, route.corridor)
    return by_way(OTHER_TITLE, route.way) if route.way else title


def ladder_cell(ladder: Iterable[LadderStep]) -> str:
    """Return the value ladder by corridor id, for a cell of a table: `suez < 37.58 < cape`."""
    cells: list[str] = []
    for number, (name, edge) in enumerate(merged(ladder)):
        cells += [f"{edge:.2f}", name] if number else [name]
    return " < ".join(cells)


def merged(ladder: Iterable[LadderStep]) -> list[tuple[str, float]]:
    """Return corridors with the least value of time at which each is best, in USD per day."""
    runs = groupby(ladder, key=lambda step: step.corridor)
    return [(name, next(iter(steps)).from_usd_per_day) for name, steps in runs]


def _dollars(value: float) -> str:
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
