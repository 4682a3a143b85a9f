"""Terminal, file, report, start page, planner, map and studies say the same figures."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from corridors.cli.tables import answer_lines
from corridors.domain.answer import sailing_words
from corridors.domain.results import OtherWorld
from corridors.domain.scenario import Equipment, PriceBasis
from corridors.domain.values import Note
from corridors.output.answer import answer_of, money
from corridors.output.comparison import Comparison, comparison_json
from corridors.output.display_names import on_page
from corridors.output.html.map.panel import panel_record
from corridors.output.html.planner_parts import answer_parts
from corridors.output.html.report.details import render_report
from corridors.output.html.start_page import start_page
from corridors.studies.breakeven.page import render_break_even
from corridors.studies.breakeven.result import BreakEven, Step
from corridors.studies.result_base import DisplayUnit
from corridors.studies.stress.page import render_stress
from corridors.studies.stress.result import CLOSURES
from tests.output.fixtures import LOOP_OFFER, example_comparison
from tests.output.html.report.reading import Page

OTHER = OtherWorld(
    world="current",
    recommended="cape",
    title="Cape of Good Hope",
    shares={"cape": 1.0},
    cost_usd_per_teu=3311.0,
    transit_days=43.1,
    price_basis=PriceBasis.PRICE,
)


def drawn(seed: int) -> Comparison:
    """Return the example with other prices, hours and boxes."""
    draw, calm = random.Random(seed), example_comparison()
    routes = []
    for route in calm.routes:
        by, more = draw.uniform(0.5, 9.0), draw.uniform(0.0, 300.0)
        lines = tuple(
            replace(line, usd_per_teu=by * line.usd_per_teu, low=by * line.low, high=by * line.high)
            for line in route.cost_lines
        )
        hours = {**route.time_parts, "sea": route.time_parts.get("sea", 0.0) + more}
        offer = LOOP_OFFER if route.usable else None
        routes.append(replace(route, cost_lines=lines, time_parts=hours, offer=offer))
    shipment = replace(calm.scenario.shipment, equipment=draw.choice(list(Equipment)))
    found = replace(
        calm,
        routes=tuple(routes),
        scenario=replace(calm.scenario, shipment=shipment),
        warnings=(*calm.warnings, Note("Fuel is of May.", "fuel of 2026-05")),
        other_world=OTHER,
    )
    return replace(found, answer=answer_of(found))


def texts_of(comparison: Comparison) -> dict[str, str]:
    """Return what each place says of a comparison, spaces folded."""
    answer = comparison.answer
    report = Page(render_report(comparison, sources={}))
    start = Page(start_page("Title", ["map.html"], answer.said))
    made = {
        "terminal": "\n".join(answer_lines(answer, 300, command="")),
        "file": json.dumps(json.loads(comparison_json(comparison))["answer"], ensure_ascii=False),
        "report": " ".join(report.texts("body")),
        "start page": " ".join(start.texts("body")),
        "planner": json.dumps(answer_parts(comparison)["answer"], ensure_ascii=False),
        "map": json.dumps(
            panel_record(comparison, {one.corridor: n for n, one in enumerate(comparison.usable)}),
            ensure_ascii=False,
        ),
    }
    return {place: on_page(" ".join(text.split())) for place, text in made.items()}


@pytest.mark.parametrize("seed", range(4))
def test_every_place_says_the_same_figures(seed: int) -> None:
    comparison = drawn(seed)
    answer, texts = comparison.answer, texts_of(comparison)
    assert answer.usd is not None
    assert answer.usd.text in answer.finding
    for place, text in texts.items():
        assert on_page(answer.finding) in text, place
    shown = len(answer.rows)
    rows = Page(render_report(comparison, sources={})).rows(f"{shown} ways by cost")
    made = answer_parts(comparison)["rows"]
    assert isinstance(made, list)
    parts = {part["corridor"]: part for part in made}
    for row, told in zip(answer.rows, rows, strict=True):
        part = parts[row.corridor]
        # Price, how it is known, cost, range, days on board, days: the answer's own figures.
        assert row.usd in told[2:5]
        assert told[6:8] == [row.on_board_days, row.days]
        assert row.co2e_t == told[8]
        assert part["cost"] == row.usd
        assert row.usd in texts["terminal"]
        assert row.usd in texts["map"]


@pytest.mark.parametrize("seed", range(4))
def test_a_study_says_the_figures_of_the_comparison(seed: int) -> None:
    comparison = drawn(seed)
    best, answer = comparison.recommended, comparison.answer
    assert best is not None
    assert answer.usd is not None
    usd = best.printed_usd_per_teu or 0.0
    assert DisplayUnit.of_money(comparison.scenario).text(usd) == answer.usd.text
    usual = {"title": best.title, "usd_per_teu": usd, "days": best.days}
    stress = render_stress(
        comparison.scenario, (), table=CLOSURES, usual=usual, measure="", severed="none"
    )
    assert answer.usd.text in " ".join(Page(stress).answer())
    step = Step(
        corridor=best.corridor,
        title=best.title,
        first=0.0,
        last=300.0,
        at_first=usd,
        at_last=usd + 300.0 * (best.days or 0.0),
    )
    found = BreakEven(
        scenario=comparison.scenario,
        key="shipment.value_of_time_usd_per_teu_day",
        unit="USD/TEU/day",
        value=0.0,
        steps=(step,),
    )
    (row,) = Page(render_break_even(found)).figures("Value of a day in USD a day")[1][:1]
    teu = comparison.scenario.shipment.equipment.teu_per_box
    assert row[2] == f"{300.0 * teu:,.10g}"
    assert row[3] == f"{teu * usd:,.0f}"


@pytest.mark.parametrize("seed", range(2))
def test_no_place_recommends_without_the_other_world_its_age_and_who_sails(seed: int) -> None:
    comparison = drawn(seed)
    answer = comparison.answer
    teu = comparison.scenario.shipment.equipment.teu_per_box
    usd = money(teu * 3311.0)
    other = next(one for one in answer.changes if one.condition == "As things are")
    for place, text in texts_of(comparison).items():
        # The map has who, by how much, and the condition in cells of their own.
        assert on_page(other.condition) in text, place
        assert "Cape of Good Hope" in text, place
        assert f"USD {usd}" in text, place
        assert "fuel of May 2026" in text, place
        assert "lines searched" in text, place
        assert sailing_words(answer.sails) in text or answer.sails in text, place
