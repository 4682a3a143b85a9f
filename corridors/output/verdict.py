"""The verdict of a comparison in words: what is tied, and what a day is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from corridors.domain.results import (
    Candidate,
    CertificateStatus,
    Exceeded,
    LadderStep,
    PriceStatus,
    RouteOption,
    Tied,
)
from corridors.domain.scenario import OTHER, Scenario
from corridors.optimise.decision import value_of
from corridors.optimise.limits import alone_within
from corridors.output.comparison import Comparison
from corridors.output.display_names import (
    NO_TITLES,
    OTHER_TITLE,
    limit_text,
    listed,
    name_by,
    name_of_way,
    named_list,
)

# Fewer days than this, or USD, print as no difference.
LEAST_DAYS = 0.05
LEAST_USD = 0.5
SAME_ROUTE_USD = 1.0
SHARE = "share"
# Rarer chances are not told.
LEAST_CHANCE = 0.1


def titles_of(comparison: Comparison) -> dict[str, str]:
    """Return the names of the routes of the compared corridors by id, as `name_by`."""
    return {route.corridor: name_by(route) for route in comparison.routes}


def rivals_of(comparison: Comparison) -> list[RouteOption]:
    """Return the options that may be better than the recommended one as prices may turn out."""
    best = comparison.recommended
    if best is None or comparison.decision.is_split:
        return []
    return [
        route
        for route in comparison.usable
        if route is not best
        and route.below_best_share is not None
        and not (route.equals or route.exceeds)
        and route.corridor not in comparison.decision.without_line
        and not comparison.is_without_line(route)
    ]


def other_route(comparison: Comparison) -> Candidate | Tied | None:
    """Return the route that the decision chose, if it is not the row of its corridor.

    None if it is, or if the shipment is split or not possible.
    """
    best, decision = comparison.recommended, comparison.decision
    if best is None or decision.value is None or decision.is_split:
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


def shelf_text(comparison: Comparison) -> str:
    """Return how many days the goods still keep on arrival, if less than half of their time.

    A route that is within the limit may arrive on its last day, and no buyer takes meat then.
    """
    best, shelf = comparison.recommended, comparison.scenario.limits.shelf_life_days
    if best is None or shelf is None or comparison.decision.is_split:
        return ""
    left = shelf - ((other_route(comparison) or best).days or 0.0)
    if left >= shelf / 2.0:
        return ""
    return f"Of the {shelf:g} days that the goods keep, {max(0.0, left):.0f} are left on arrival."


def _value(scenario: Scenario, point: Candidate) -> float:
    return value_of(point, scenario.objective, scenario.shipment.value_of_time_usd_per_teu_day)


def best_on_other_basis(comparison: Comparison) -> RouteOption | None:
    """Return the option that is best on the other basis, None if it is the recommended one.

    Each option counts with its route, and only if it has a price, breaks no limit and was not left
    out for want of a line. Where the best by cost has no price, a question by price is one by cost.
    """
    scenario, best = comparison.scenario, comparison.recommended
    if best is None or not scenario.objective.aim.usd or comparison.decision.is_split:
        return None
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day

    def figure(option: RouteOption) -> float:
        usd, days = option.other_basis_usd_per_teu or 0.0, option.days or 0.0
        return scenario.objective.figure(usd, days, 0.0, value_of_time)

    if best.other_basis_usd_per_teu is None:
        return None
    allowed = [
        option
        for option in comparison.usable
        if option.other_basis_usd_per_teu is not None
        and not option.exceeds
        and option.corridor not in comparison.decision.without_line
        # What carriage costs is not a matter of contracts.
        and (option is best or option.price_status is not PriceStatus.CONTRACT)
    ]
    if not allowed:
        return None
    least = min(map(figure, allowed))
    by_time = scenario.objective.counts_days(value_of_time)
    share = max((tied.tolerance_share for tied in comparison.decision.tied), default=0.0)
    # As in the decision: of those whose order is not known the quickest, or the least.
    near = [option for option in allowed if figure(option) <= least + abs(least) * share]
    first = min(
        near,
        key=lambda option: (0.0 if by_time else round(option.days or 0.0, 1), figure(option)),
    )
    tied = {one.corridor for one in comparison.decision.tied}
    is_better = best in near or figure(first) < figure(best)
    if first is best or first.corridor in tied or not is_better:
        return None
    return first


def waits_for_a_line(comparison: Comparison) -> bool:
    """Whether all that ranks before the recommended option is left out for want of a known line."""
    best, decision = comparison.recommended, comparison.decision
    if best is None or decision.binding or best not in comparison.usable:
        return False
    ahead = comparison.usable[: comparison.usable.index(best)]
    return bool(ahead) and all(route.corridor in decision.without_line for route in ahead)


def binding_text(comparison: Comparison) -> str:
    """Return the binding limits and their shadow prices; empty where none changes the choice."""
    decision, texts = comparison.decision, limit_texts(comparison)
    if not texts:
        return ""
    unit, worth = decision.objective.aim.unit, dict(decision.marginal_values)
    # What avoiding places costs is not what one place more would save.
    avoided = worth.pop("avoid", None)
    avoiding = "" if avoided is None else f"; avoiding places costs {_figure(avoided)} {unit}"
    prices = [f"{_figure(value)} for {texts.get(name, name)}" for name, value in worth.items()]
    after = f"; each, loosened by one unit, would save, in {unit}: {listed(prices)}"
    if len(prices) < 2:
        after = "".join(
            f"; loosened by one unit, it would save {_figure(v)} {unit}" for v in worth.values()
        )
    which = "limit decides" if len(texts) == 1 else "limits decide"
    return f"the {which} the choice: {listed(texts.values())}{after}{avoiding}"


def limit_texts(comparison: Comparison) -> dict[str, str]:
    """Return the binding limits in words, by key: `at most 60 % via Suez Canal`."""
    titles, limits = titles_of(comparison), comparison.scenario.limits
    return {name: limit_text(limits, name, titles) for name in comparison.decision.binding}


def mark_of(comparison: Comparison, route: RouteOption) -> str:
    """Return the status of an option in a word or two.

    `usable`, `closed` and `infeasible`, or of a usable one `over limit`, `same route` (as one above
    it) or `about the same`.
    """
    if route.exceeds:
        return "over limit"
    if route.equals:
        return "same route"
    return "about the same" if comparison.is_tied(route) else route.status.value


def over_limits(comparison: Comparison) -> list[str]:
    """Return a sentence per limit: which options break it, and by how much.

    Over the limit of at most 45 days: Suez Canal by 3.6, Cape of Good Hope by 11.7. A last sentence
    names the options of which another route meets every limit.
    """
    scenario, titles = comparison.scenario, titles_of(comparison)
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
        parts = []
        for route, broken in pairs:
            by = "" if broken.unit == SHARE else f" by {_figure(broken.by)}"
            parts.append(f"{name_by(route)}{by}")
        text = limit_text(scenario.limits, limit, titles)
        sentences.append(f"Over the limit of {text}: {named_list(parts)}.")
    others = [name_by(r) for r in comparison.usable if r.exceeds and r.corridor in within]
    if others:
        sentences.append(
            f"Another route of these corridors meets the limits: {named_list(others)}."
        )
    return sentences


def folded_text(comparison: Comparison, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return the line that stands for the folded options, by title or id; empty without any."""
    folded = comparison.folded
    if not folded:
        return ""
    one = len(folded) == 1
    dear = [comparison.is_dear(route) for route in folded]
    around = [comparison.is_detour(route) and not comparison.is_dear(route) for route in folded]
    unknown = [not (a or b) for a, b in zip(dear, around, strict=True)]
    cost, go, have = ("costs", "goes", "has") if one else ("cost", "go", "have")
    whys = [
        *([f"{cost} over twice as much as the cheapest"] if any(dear) else []),
        *([f"{go} over half as far again as another"] if any(around) else []),
        *([f"{have} no known line"] if any(unknown) else []),
    ]
    left_out = (
        "1 corridor is left out: it" if one else f"{len(folded)} corridors are left out: they"
    )
    return (
        f"{left_out} {listed(whys, 'or')}, and another is at least as good in cost, days and CO2e:"
        f" {_names(folded, titles)}"
    )


def hopeless_text(comparison: Comparison, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return the line that stands for the hopeless options, by title or id; empty without any."""
    hopeless = comparison.hopeless
    one = len(hopeless) == 1
    corridors = "1 closed corridor" if one else f"{len(hopeless)} closed corridors"
    far = {comparison.leads_far_round(option) for option in hopeless}
    whys = (
        (True, f"{'leads' if one else 'lead'} over twice as far as another"),
        (
            False,
            "would on any day cost over twice as much as the cheapest, with another at least as"
            " good in days and CO2e",
        ),
    )
    said = " or ".join(text for is_far, text in whys if is_far in far)
    return f"{corridors} {said}: {_names(hopeless, titles)}" if hopeless else ""


def never_text(comparison: Comparison, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return the line that stands for the options without a route on any day; empty without any."""
    never = comparison.never
    have = "corridor has" if len(never) == 1 else "corridors have"
    return f"{len(never)} {have} no route on any day: {_names(never, titles)}" if never else ""


def _names(options: Sequence[RouteOption], titles: Mapping[str, str]) -> str:
    return named_list(titles.get(option.corridor, option.corridor) for option in options)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.1f}" if value >= 0.1 else f"{value:.2g}"


def certificate_text(option: RouteOption, cost: str) -> str:
    """Return what the certificate of an option proves, with its cost as it is printed beside it."""
    certificate = option.certificate
    if certificate.status is not CertificateStatus.AGREES:
        why = f": {certificate.method}" if certificate.method else ""
        return f"Not checked with OR-Tools{why}."
    return (
        f"Checked with OR-Tools ({certificate.method}): at these prices no route is better than"
        f" {cost} and {option.days:.1f} days. The prices themselves are not checked."
    )


def certificates_text(comparison: Comparison) -> str:
    """Return how many options are certified, and what that proves; empty without any option."""
    usable = comparison.usable
    agree = [o for o in usable if o.certificate.status is CertificateStatus.AGREES]
    if not usable:
        return ""
    dated = sum(o.certificate.status is CertificateStatus.DATED for o in usable)
    not_asked = (
        f", and was not asked about {dated} that depend{'s' * (dated == 1)} on dates"
        " (--certify asks it)"
    )
    return (
        f"A second solver (OR-Tools) finds no better route in {len(agree)} of {len(usable)}"
        f" corridors at these prices{not_asked if dated else ''}. It does not check the prices."
    )


def step_title(route: LadderStep | Tied, titles: Mapping[str, str]) -> str:
    """Return the name of a route of a corridor, or of one outside them, with its way."""
    title = titles.get(route.corridor, route.corridor)
    is_other = route.corridor == OTHER and bool(route.way)
    return name_of_way(OTHER_TITLE if is_other else title, route.way)


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
