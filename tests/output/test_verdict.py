"""A close call is called one, in the words of every place that names a winner."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from corridors.domain.objective import Objective
from corridors.domain.results import (
    Certificate,
    CertificateStatus,
    Exceeded,
    LadderStep,
    Listing,
    OptionStatus,
    OtherWorld,
    RouteOption,
    Tied,
)
from corridors.domain.scenario import Limits
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison, comparison_json, options_csv
from corridors.output.display_names import in_sentence, name_by, name_of_way
from corridors.output.html.gallery.gallery_page import Entry, gallery_html
from corridors.output.html.map.panel import panel_record
from corridors.output.html.planner_parts import answer_parts
from corridors.output.html.report.details import render_report
from corridors.output.verdict import (
    best_on_other_basis,
    certificate_text,
    certificates_text,
    folded_text,
    mark_of,
    never_text,
    other_route,
    over_limits,
    rivals_of,
    shelf_text,
)
from corridors.studies.compare.result import EVERY_OPTION, marked_options
from tests.output.fixtures import LOOP_OFFER, example_comparison
from tests.output.html.report.reading import Page


def tied(corridor: str, usd: float, days: float) -> Tied:
    return Tied(
        corridor=corridor,
        value=usd,
        cost_usd_per_teu=usd,
        days=days,
        transit_days=days - 8.0,
        co2e_kg_per_teu=900.0,
        tolerance_share=0.03,
    )


def step(corridor: str, low: float, high: float | None) -> LadderStep:
    return LadderStep(
        corridor=corridor,
        from_usd_per_day=low,
        to_usd_per_day=high,
        cost_usd_per_teu=1000.0,
        days=40.0,
        transit_days=32.0,
        co2e_kg_per_teu=900.0,
    )


def close(*, objective: Objective = Objective.COST, days: float = 43.8) -> Comparison:
    """Return the example with Suez, of 35.7 days, and Panama tied."""
    comparison = example_comparison()
    rail = comparison.routes[2].corridor
    pair = (tied("suez", 1030.0, 35.7), tied("panama", 1020.0, days))
    return replace(
        comparison,
        scenario=replace(comparison.scenario, limits=Limits()),
        decision=replace(comparison.decision, objective=objective, tied=pair, least_value=1020.0),
        ladder=(
            step("panama", 0.0, 1.2346),
            step("suez", 1.2346, 104.4),
            step(rail, 104.4, None),
        ),
    )


@pytest.mark.parametrize("place", ["report", "gallery", "planner"])
def test_every_place_says_the_answer_first_in_its_own_order(place: str) -> None:
    texts: dict[str, Callable[[Comparison], str]] = {
        "report": lambda c: " ".join(Page(render_report(c, sources={})).answer()),
        "gallery": lambda c: unescape(
            gallery_html([Entry(id="x", comparison=c, thumbnail="<svg/>")])
        ),
        "planner": lambda c: " ".join(map(str, answer_parts(c)["answer"])),  # type: ignore[call-overload]
    }
    comparison = close()
    said = [text.replace("CO2e", "CO₂e") for text in answer_of(comparison).sentences]
    shown = said[: 4 if place == "gallery" else len(said)]
    text = texts[place](comparison)
    found = [text.find(sentence) for sentence in shown]
    assert min(found) >= 0
    assert found == sorted(found)


def first_row(comparison: Comparison, option: RouteOption) -> dict[str, object]:
    """Return what `compare --all` prints of an option."""
    (row,) = EVERY_OPTION.read(marked_options(replace(comparison, routes=(option,))))
    return row


def test_a_certificate_says_what_it_proves_with_the_figures_of_the_table() -> None:
    comparison = example_comparison()
    suez = comparison.routes[0]
    agrees = Certificate(
        status=CertificateStatus.AGREES,
        method="SimpleMinCostFlow",
        cost_usd_per_teu=978.0049,
        hours=858.0,
    )
    proved = replace(suez, certificate=agrees)
    row = first_row(comparison, proved)
    assert certificate_text(proved, "USD 978 per 20'") == (
        "Checked with OR-Tools (SimpleMinCostFlow): at these prices no route is better than USD"
        f" {row['USD per TEU']} per 20' and 35.8 days. The prices themselves are not checked."
    )
    dated = Certificate(status=CertificateStatus.DATED, method="the network changes on the way")
    assert certificate_text(replace(suez, certificate=dated), "") == (
        "Not checked with OR-Tools: the network changes on the way."
    )
    others = tuple(
        replace(r, certificate=Certificate(status=CertificateStatus.NONE, method=""))
        for r in comparison.routes[1:]
    )
    assert certificates_text(replace(comparison, routes=(proved, *others))).startswith(
        "A second solver (OR-Tools) finds no better route in 1 of 3 corridors at these prices."
    )
    # A reader is not to think that it found better ones in the rest.
    asked_later = replace(others[0], certificate=dated)
    assert certificates_text(replace(comparison, routes=(proved, asked_later))) == (
        "A second solver (OR-Tools) finds no better route in 1 of 2 corridors at these prices, and"
        " was not asked about 1 that depends on dates (--certify asks it). It does not check the"
        " prices."
    )


def test_the_files_say_what_is_tied() -> None:
    comparison = close()
    decision = json.loads(comparison_json(comparison))["decision"]
    assert [one["corridor"] for one in decision["tied"]] == ["suez", "panama"]
    assert decision["least_value"] == 1020.0
    rows = [line.split(",") for line in options_csv(comparison).splitlines()]
    column = rows[0].index("tied")
    assert [row[column] for row in rows[1:4]] == ["yes", "yes", ""]
    ladder = json.loads(comparison_json(comparison))["ladder"]
    assert [one["to_usd_per_day"] for one in ladder] == [1.2346, 104.4, None]


def test_rows_are_marked_where_a_winner_has_its_star() -> None:
    comparison = close()
    assert [mark_of(comparison, route) for route in comparison.routes] == [
        *("about the same", "about the same", "usable", "closed")
    ]
    panel: Any = panel_record(comparison, {o.corridor: 0 for o in comparison.usable})
    marks = {row["name"]: row["mark"] for _, rows in panel["groups"] for row in rows}
    assert [marks[name_by(option)] for option in comparison.usable] == [">", "=", ""]
    report = Page(render_report(comparison, sources={})).rows("3 ways by cost")
    assert [row[1] for row in report] == ["about the same", "about the same", ""]


def test_a_broken_limit_is_named_with_its_excess() -> None:
    comparison = example_comparison()
    suez, panama, *others = comparison.routes
    days = Exceeded(limit="max_days", bound=30.0, figure=35.75, unit="days")
    share = Exceeded(limit="max_share_gate.gate-suez", bound=0.6, figure=1.0, unit="share")
    limits = Limits(max_days=30.0, max_share_gate=(("gate-suez", 0.6),))
    broken = replace(
        comparison,
        scenario=replace(comparison.scenario, limits=limits),
        routes=(replace(suez, exceeds=(days, share)), replace(panama, exceeds=(days,)), *others),
    )
    assert over_limits(broken) == [
        "Over the limit of at most 30 days: Suez Canal by 5.8, Panama Canal by 5.8.",
        "Over the limit of at most 60 % via Suez Canal: Suez Canal.",
    ]
    assert first_row(broken, broken.routes[0])["status"] == "over limit"
    record = json.loads(comparison_json(broken))["options"][0]["exceeds"]
    assert record[0] == {
        "limit": "max_days",
        "bound": 30.0,
        "figure": 35.75,
        "by": 5.75,
        "unit": "days",
    }


def dearer(option: RouteOption, times: float) -> RouteOption:
    """Return an option with each of its cost lines so many times as dear."""
    lines = (replace(line, usd_per_teu=times * line.usd_per_teu) for line in option.cost_lines)
    return replace(option, cost_lines=tuple(lines))


def longer(option: RouteOption, times: float) -> RouteOption:
    """Return an option that goes so many times as far."""
    steps = (replace(step, km=times * step.km) for step in option.steps)
    return replace(option, steps=tuple(steps))


def test_a_route_outside_the_corridors_is_named_by_its_way() -> None:
    comparison = close()
    ladder = (
        replace(step("other", 0.0, 3.0), way=("TR", "IR")),
        step("suez", 3.0, 5.0),
        replace(step("other", 5.0, None), way=("LT", "gate-good-hope")),
    )
    # A day of a box of 40 foot is worth twice that of a TEU.
    steps = [
        (one.condition, one.text)
        for one in answer_of(replace(comparison, ladder=ladder)).changes
        if "a day is worth" in one.condition
    ]
    assert steps == [
        (
            "Where a day is worth under USD 6 per 40'",
            "by Turkey and Iran, 40 days (ask who runs it)",
        ),
        (
            "Where a day is worth over USD 10 per 40'",
            "by Lithuania and the Cape of Good Hope, 40 days (ask who runs it)",
        ),
    ]
    assert name_of_way("Other route", ("sea",)) == "Direct way by ship"
    assert in_sentence("Direct way by ship") == "the direct way by ship"
    # Of a long way the first and the last places are named.
    assert name_of_way("Other route", ("AT", "HU", "RO", "BG", "TR", "IR")) == (
        "Other route by Austria, Hungary, Turkey and Iran"
    )


def test_an_option_near_the_best_is_never_folded() -> None:
    comparison = example_comparison()
    suez, *_ = comparison.routes
    # A detour, no better in anything, for a tenth more.
    detour = replace(
        suez,
        corridor="cape",
        title="Cape of Good Hope",
        steps=tuple(replace(leg, km=2 * leg.km) for leg in suez.steps),
        cost_lines=tuple(
            replace(line, usd_per_teu=1.1 * line.usd_per_teu) for line in suez.cost_lines
        ),
    )
    dearer = replace(
        detour,
        cost_lines=tuple(
            replace(line, usd_per_teu=1.2 * line.usd_per_teu) for line in suez.cost_lines
        ),
    )
    no_ladder = replace(comparison, ladder=(), other_world=None)
    assert replace(no_ladder, routes=(suez, detour)).folded == ()
    assert replace(no_ladder, routes=(suez, dearer)).folded == (dearer,)


def test_an_option_without_a_line_is_folded_if_one_with_a_line_beats_it() -> None:
    comparison = example_comparison()
    suez, panama, rail, arctic = comparison.routes
    known = replace(suez, offer=LOOP_OFFER)
    sections = (("Shanghai to Hamburg", Listing.UNLISTED),)
    # A twentieth dearer than Suez and slower.
    lines = tuple(replace(one, usd_per_teu=1.05 * one.usd_per_teu) for one in suez.cost_lines)
    near = replace(panama, cost_lines=lines, offer=replace(LOOP_OFFER, sections=sections))
    current = replace(
        comparison,
        scenario=replace(comparison.scenario, world="current"),
        ladder=(),
        routes=(known, near, rail, arctic),
    )
    assert current.folded == (near,)
    assert folded_text(current) == (
        "1 corridor is left out: it has no known line, and another is at least as good in cost,"
        " days and CO2e: panama"
    )
    # Not in a world of other lines, nor where neither or both sail, nor if it is better in one.
    assert replace(current, scenario=comparison.scenario).folded == ()
    for routes in (
        (replace(known, offer=near.offer), near),
        (known, replace(near, offer=LOOP_OFFER)),
        (known, replace(near, energy_lines=())),
    ):
        assert replace(current, routes=routes).folded == ()
    # With one that is dear for another reason, both reasons are told.
    dear = replace(dearer(panama, 3.0), corridor="cape", offer=LOOP_OFFER)
    assert folded_text(replace(current, routes=(known, near, dear))).startswith(
        "2 corridors are left out: they cost over twice as much as the cheapest or have no known"
    )


def test_an_option_that_nobody_would_buy_is_folded() -> None:
    comparison = example_comparison()
    suez, panama, rail, arctic = comparison.routes
    # Dearer than twice Suez and slower: Panama with each of its cost lines threefold.
    dear = dearer(panama, 3.0)
    folded = replace(comparison, routes=(suez, dear, rail, arctic))
    assert [route.corridor for route in folded.folded] == ["panama"]
    assert folded_text(folded) == (
        "1 corridor is left out: it costs over twice as much as the cheapest, and another is at"
        " least as good in cost, days and CO2e: panama"
    )
    page = Page(render_report(folded, sources={}))
    assert [row[0] for row in page.rows("Left out of the table")] == ["Panama Canal"]
    assert all("Panama" not in row[0] for row in page.rows("2 ways by cost"))
    assert len(json.loads(comparison_json(folded))["options"]) == 4
    # One that a decision names is never folded.
    assert replace(folded, ladder=(step("panama", 0.0, None),)).folded == ()


def test_an_option_that_goes_much_farther_for_nothing_is_folded() -> None:
    comparison = example_comparison()
    suez, panama, rail, arctic = comparison.routes
    # A fifth dearer than Suez, and slower: beaten, but not twice as dear.
    dear = dearer(panama, 1.3)
    assert replace(comparison, routes=(suez, dear, rail, arctic)).folded == ()
    far = longer(dear, 1.3)
    assert (far.km() or 0.0) > 1.5 * (suez.km() or 0.0)
    folded = replace(comparison, routes=(suez, far, rail, arctic))
    assert [route.corridor for route in folded.folded] == ["panama"]
    assert folded_text(folded) == (
        "1 corridor is left out: it goes over half as far again as another, and another is at least"
        " as good in cost, days and CO2e: panama"
    )
    # The reasons of several are told together.
    cape = replace(dearer(panama, 3.0), corridor="cape")
    both = replace(comparison, routes=(suez, far, cape, rail, arctic))
    assert [route.corridor for route in both.folded] == ["panama", "cape"]
    assert folded_text(both) == (
        "2 corridors are left out: they cost over twice as much as the cheapest or go over half as"
        " far again as another, and another is at least as good in cost, days and CO2e: panama,"
        " cape"
    )
    # What the other world recommends is shown: the Cape to Athens, say.
    other = OtherWorld(
        world="current",
        recommended="panama",
        shares={"panama": 1.0},
        title="Panama Canal",
        cost_usd_per_teu=1_185.0,
        transit_days=40.0,
    )
    assert replace(folded, other_world=other).folded == ()
    # However far, an option that none beats is shown.
    assert replace(comparison, routes=(far, rail)).folded == ()


def test_the_answer_of_a_report_is_not_compared_with_a_folded_option() -> None:
    comparison = example_comparison()
    suez, panama, rail, arctic = comparison.routes
    far = longer(dearer(panama, 1.3), 1.3)
    folded = replace(comparison, routes=(suez, far, rail, arctic))
    assert folded.folded == (far,)
    text = " ".join(Page(render_report(folded, sources={})).answer())
    assert f"Quicker: {rail.title}, " in text
    assert far.title not in text


def test_options_without_a_route_on_any_day_are_one_line_if_another_is_usable() -> None:
    found = example_comparison()

    def without(*corridors: str) -> Comparison:
        return replace(
            found,
            routes=tuple(
                replace(route, status=OptionStatus.INFEASIBLE)
                if route.corridor in corridors
                else replace(route, status=OptionStatus.USABLE)
                for route in found.routes
            ),
        )

    names = [route.corridor for route in found.routes]
    assert never_text(without()) == ""
    assert never_text(without(names[1])) == f"1 corridor has no route on any day: {names[1]}"
    two = without(names[1], names[2])
    assert never_text(two, {names[1]: "Panama"}) == (
        f"2 corridors have no route on any day: Panama, {names[2]}"
    )
    assert never_text(without(*names)) == ""


def test_of_two_that_cost_about_the_same_on_the_other_basis_the_quicker_is_named() -> None:
    comparison = close()
    suez, panama, rail, *others = comparison.routes

    def on_other_basis(usd: float) -> RouteOption | None:
        routes = (
            replace(suez, other_basis_usd_per_teu=3667.0),
            replace(panama, other_basis_usd_per_teu=9000.0),
            replace(rail, other_basis_usd_per_teu=usd),
            *others,
        )
        return best_on_other_basis(replace(comparison, routes=routes))

    days = (suez.days or 0.0) - (rail.days or 0.0)
    assert days > 2.0
    assert (found := on_other_basis(3671.0)) is not None
    assert found.corridor == rail.corridor
    # Beyond what is tied, the cheaper one stays.
    assert on_other_basis(3900.0) is None
    # So it does where its row breaks a limit, which another route of its corridor meets.
    over = Exceeded(limit="max_days", bound=30.0, figure=31.0, unit="days")
    suez = replace(suez, exceeds=(over,))
    assert on_other_basis(3671.0) is None


def test_of_those_that_are_as_quick_to_a_tenth_of_a_day_the_cheaper_is_named() -> None:
    comparison = close()
    suez, panama, rail, *others = comparison.routes
    hours = 24.0 * (round(rail.days or 0.0, 1) - (rail.days or 0.0))
    first = replace(rail, corridor="first", time_parts={**rail.time_parts, "queue": hours})
    second = replace(first, corridor="second", time_parts={**rail.time_parts, "queue": hours + 0.5})
    assert round(first.days or 0.0, 1) == round(second.days or 0.0, 1)
    assert (second.days or 0.0) > (first.days or 0.0)
    for one, other, named in ((3671.0, 3670.0, "second"), (3670.0, 3671.0, "first")):
        routes = (
            replace(suez, other_basis_usd_per_teu=3667.0),
            panama,
            replace(first, other_basis_usd_per_teu=one),
            replace(second, other_basis_usd_per_teu=other),
            *others,
        )
        found = best_on_other_basis(replace(comparison, routes=routes))
        assert found is not None
        assert found.corridor == named


def test_of_a_split_shipment_no_one_route_is_told() -> None:
    """Neither rivals, nor days left, nor another basis: they would be of one part alone."""
    comparison = close()
    suez, panama, rail, *others = comparison.routes
    routes = (
        replace(suez, other_basis_usd_per_teu=3667.0),
        replace(panama, below_best_share=0.3),
        replace(rail, other_basis_usd_per_teu=3600.0),
        *others,
    )
    scenario = replace(comparison.scenario, limits=Limits(shelf_life_days=36.0))
    whole = replace(comparison, scenario=scenario, routes=routes)
    split = replace(whole, decision=replace(whole.decision, shares={"suez": 0.6, "panama": 0.4}))

    def told(comparison: Comparison) -> list[bool]:
        texts = shelf_text, rivals_of, other_route, best_on_other_basis
        return [bool(text(comparison)) for text in texts]

    assert told(whole) == [True] * 4
    assert told(split) == [False] * 4
    said = answer_of(split).sentences[0]
    assert said.startswith("Book 60 % by the Suez Canal")
    assert "40 % by the Panama Canal" in said


def test_of_goods_that_hardly_keep_the_days_left_on_arrival_are_told() -> None:
    comparison = close()
    days = comparison.decision.tied[0].days

    def kept_for(shelf: float) -> str:
        limits = Limits(shelf_life_days=shelf)
        return shelf_text(replace(comparison, scenario=replace(comparison.scenario, limits=limits)))

    assert days == 35.7
    assert kept_for(36.0) == "Of the 36 days that the goods keep, 0 are left on arrival."
    assert kept_for(65.0) == "Of the 65 days that the goods keep, 29 are left on arrival."
    assert kept_for(90.0) == shelf_text(comparison) == ""
