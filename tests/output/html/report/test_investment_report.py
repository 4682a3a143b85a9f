"""The report of an investment: its answer, its curve, and every text inert."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corridors.studies.invest.page import drawn_works, render_investment, said_of
from tests.output.fixtures import HOSTILE
from tests.output.html.ids import ids_on
from tests.output.html.report.investments import example_investment
from tests.output.html.report.reading import Page


def test_the_answer_says_what_to_build_and_what_it_gains(tmp_path: Path) -> None:
    page = Page(render_investment(example_investment(tmp_path), command="corridors invest x"))
    assert page.answer()[0] == (
        "Build Second terminal: 300 of 1,000 million USD. This saves 3.00 million USD a year,"
        " against an annuity of 2.00."
    )
    # An annuity of 5 million for a cost of 700 makes a dollar a year worth 140 today.
    bakhty = ["1.50", "-490", "0.30"]
    second = ["3.00", "150", "1.50"]
    assert page.rows("Gains in million USD a year") == [
        ["Bakhty", "31 December 2028", "700", "5.00", *bakhty, "—", "—", *bakhty],
        [
            "Second terminal built",
            "31 December 2028",
            "300",
            "2.00",
            *second,
            "100",
            "3.00",
            *second,
        ],
    ]
    assert page.rows("Shadow prices of limits") == [
        ["Border crossing China-Kazakhstan, Dostyk", "31.50", "—"],
        ["Budget", "0.25", "—"],
    ]


def test_projects_are_drawn_along_their_legs_and_those_without_one_said(tmp_path: Path) -> None:
    found = example_investment(tmp_path)
    (bakhty,) = drawn_works(found)
    assert (bakhty.title, bakhty.is_built) == ("Bakhty", False)
    assert all(len(line) > 1 for line in bakhty.lines)
    said = said_of(found)
    assert said["finding"] == "Build Second terminal"
    assert str(said["rests"]).endswith("Without a leg of their own: Second terminal.")


def test_the_curve_steps_where_a_set_becomes_affordable(tmp_path: Path) -> None:
    page = Page(render_investment(example_investment(tmp_path)))
    steps = [a for tag, a, _ in page.elements if tag == "line" and a.get("class") == "curve"]
    # From a budget of 0 to 100, where nothing is gained, to 300, which the set costs that gains 3
    # million, and to 1,000.
    level, nothing, right, rise, on, _ = steps
    assert (level["y1"], nothing["y2"]) == (level["y2"], nothing["y1"])
    assert level["x1"] == "0.00%"
    # The area goes 8 % beyond the largest budget and gain.
    assert right["x2"] == f"{100 * 0.3 / 1.08:.2f}%"
    assert on["x2"] == f"{100 / 1.08:.2f}%"
    assert rise["y2"] == f"{100 * 0.08 / 1.08:.2f}%"
    assert [row[0] for row in page.rows("Best set by budget")] == ["100", "300"]


def test_hostile_names_are_text_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    made = [
        render_investment(example_investment(tmp_path, name=HOSTILE, title=HOSTILE))
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert HOSTILE not in made[0]
    assert "<img" not in made[0]
    assert Page(made[0]).texts("h1") == [HOSTILE]


def test_no_id_stands_where_a_name_exists(tmp_path: Path) -> None:
    investment = example_investment(tmp_path)
    assert ids_on(render_investment(investment, command="corridors invest invest-eurasia")) == set()
    named = replace(investment.plan, name="invest-eurasia")
    shown = render_investment(replace(investment, plan=named))
    assert ids_on(shown) == {"invest-eurasia"}
