"""The table of benchmarks: its verdicts, its lines, and what a page keeps. Nothing is timed."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from xml.etree import ElementTree as ET

import pytest

from validation.benchmarks.growth import GROWTH, Step, growth_line
from validation.benchmarks.picture import PICTURE, grown, picture
from validation.benchmarks.rows import Samples, samples
from validation.benchmarks.table import (
    PAGE,
    ROWS,
    Row,
    between,
    block,
    chosen_rows,
    figure,
    line,
    lines_of,
    skipped_line,
    written,
)

MACHINE = "Measured on a drawn machine."
NAMES = [row.name for row in ROWS]


def row(*, slowest: bool = False) -> Row:
    return Row(
        group="compare",
        title=ROWS[0].title,
        unit="times",
        measure=lambda run: samples(1.0),
        at_least=1.7,
        aim=1.2,
        slowest=slowest,
    )


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [((1.0, 1.2, 9.0), "aim"), ((1.21, 1.7, 1.7), "at least"), ((1.0, 1.71, 1.8), "missed")],
)
def test_the_median_is_held_against_bound_and_aim(figures: tuple[float, ...], verdict: str) -> None:
    assert row().verdict(Samples(figures=figures)) == verdict


def test_of_days_the_slowest_is_held_against_the_bounds() -> None:
    found = samples(0.9, 1.0, 1.6)
    assert row(slowest=True).verdict(found) == "at least"
    assert line(row(slowest=True), found, "abc1234") == (
        f"| {NAMES[0]} | 1 | 0.900 | **1.60** | 3 | 1.70 | 1.20 | at least | abc1234 |"
    )


def test_a_part_of_the_work_can_only_be_missed() -> None:
    assert row().verdict(samples(1.0, part=True)) == "not judged: short run"
    assert row().verdict(samples(2.0, part=True)) == "missed"


def test_a_row_without_bounds_is_only_printed() -> None:
    free = Row(group="before", title="before", unit="times", measure=lambda run: samples(1.0))
    text = line(free, samples(0.5, 0.75, ran="before: HEAD~1"), "abc1234")
    assert text == (
        "| before, times | **0.625** | 0.500 | 0.750 | 2 (before: HEAD~1) | - | - | - | abc1234 |"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.0234, "0.023"), (1.256, "1.26"), (33.333, "33.3"), (1234.5, "1,234")],
)
def test_figures_have_three_digits(value: float, text: str) -> None:
    assert figure(value) == text


def test_a_page_of_this_machine_keeps_rows_that_were_not_measured_again() -> None:
    first, second, third = ROWS[:3]
    before = block(
        {
            first.name: line(first, samples(2.0), "aaaaaaa"),
            third.name: line(third, samples(200.0), "aaaaaaa"),
        },
        MACHINE,
    )
    page = f"\n{before}\n\n"
    found = {
        first.name: line(first, samples(1.5), "bbbbbbb"),
        second.name: line(second, samples(0.5), "bbbbbbb"),
        third.name: skipped_line(third, "a drawn library is not installed", "bbbbbbb"),
    }
    kept = lines_of(block(found, MACHINE, page=page))
    assert [kept[name][-9:-2] for name in NAMES[:3]] == ["bbbbbbb", "bbbbbbb", "aaaaaaa"]
    elsewhere = lines_of(block(found, "Measured on another machine.", page=page))
    assert "skipped: a drawn library is not installed" in elsewhere[third.name]


def test_the_summary_names_what_is_missed() -> None:
    first, memory, pair = (
        next(r for r in ROWS if r.group == g) for g in ("compare", "memory", "pair")
    )
    found = {
        first.name: line(first, samples(2.0), "aaaaaaa"),
        memory.name: line(memory, samples(200.0), "aaaaaaa"),
        pair.name: line(pair, samples(0.01), "aaaaaaa"),
    }
    assert block(found, MACHINE).splitlines()[-1] == (
        "Of 3 rows, 1 reach the aim and 1 reach the bound, not the aim."
        " Missed: `compare --out` / its fixed import line."
    )


def test_a_table_replaces_what_is_between_its_markers() -> None:
    page = "a\n<!-- table: by hand -->\nold\n<!-- end of table -->\nb\n"
    renewed = written(page, "table", "new")
    assert renewed == "a\n<!-- table: by hand -->\n\nnew\n\n<!-- end of table -->\nb\n"
    assert between(renewed, "table").strip() == "new"


def test_the_page_has_both_tables_and_each_row_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, "table", "t") != page
    assert written(page, "growth", "g") != page
    explained = re.findall(r"^\| (.+?) \| .+ \|$", page.partition("## Times")[0], re.MULTILINE)
    for name in NAMES:
        assert any(name.startswith(start) for start in explained), name
    assert len(set(NAMES)) == len(NAMES)


def test_rows_are_chosen_by_group() -> None:
    assert chosen_rows("compare,route") == ("compare", "route")
    with pytest.raises(ArgumentTypeError, match="unknown 'fast', use compare, before, memory"):
        chosen_rows("fast")


def test_growth_is_told_beside_the_first_size() -> None:
    first = Step(size=100, seconds=2.0, peak_mib=300.0)
    second = Step(size=500, seconds=7.0, peak_mib=1_234.0)
    assert growth_line("pairs", second, first) == "| pairs | 500 | 7.0 | 3.5 (size 5.0) | 1,234 |"


def test_the_picture_of_growth_is_that_of_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == picture(between(page, "growth"))
    drawn = grown(between(page, "growth"))
    assert len(drawn) == len(GROWTH)
    for one in drawn:
        assert one.sizes[0] == one.seconds[0] == one.memory[0] == 1.0
        assert list(one.sizes) == sorted(one.sizes)


def test_the_picture_of_growth_is_xml_with_a_line_for_each_thing() -> None:
    shrinks = "| a | 10 | 2.0 | x | 100 |\n| a | 1,000 | 8.0 | x | 1 |"
    root = ET.fromstring(picture(shrinks))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("a") == 1
    assert grown("| a | 10 | 2.0 | x | 100 |\n| b | 5 | 1.0 | x | 9 |")[1].what == "b"
