"""Pages of studies: their answers follow from the rows, and hostile texts stay text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.output.html.map.study_map import Row
from corridors.output.html.start_page import INDEX, start_page, write_with_start_page
from corridors.output.store import Record
from corridors.studies.catchments.page import _unwrapped, catchment_things, render_catchments
from corridors.studies.catchments.result import Catchment, Catchments, Reached
from corridors.studies.diff.page import render_diff
from corridors.studies.season.page import render_season
from corridors.studies.season.run import half_months, season, season_calendar
from corridors.studies.stress.page import render_stress
from corridors.studies.stress.result import CLOSURES
from tests.output.fixtures import HOSTILE
from tests.output.html.report.reading import Page


def closure(place: str, name: str, corridor: str | None, more: float | None = None) -> Record:
    usd, days = (None, None) if more is None else (1000.0 + more, 30.0)
    return {
        "place": place,
        "name": name,
        "kind": "gate",
        "corridor": corridor,
        "title": {"cape": "Cape of Good Hope", "suez": "Suez Canal"}.get(corridor or ""),
        "usd_per_teu": usd,
        "days": days,
        "extra_usd_per_teu": more,
        "extra_days": None if more is None else 2.0,
        "worse_share": None if more is None else more / 1000.0 + 2.0 / 28.0,
    }


def stress_page(*rows: Record) -> Page:
    return Page(
        render_stress(
            load_scenario("shanghai-europe"),
            rows,
            table=CLOSURES,
            usual={"title": "Suez Canal", "usd_per_teu": 1000.0, "days": 28.0},
            measure="Ranked by both.",
            severed="no place does",
        )
    )


def test_a_stress_page_leads_with_the_worst_place_by_name() -> None:
    page = stress_page(
        closure("gate-y", "Strait Y", None),
        closure("gate-suez", "Suez Canal", "cape", 120.0),
        closure("gate-x", HOSTILE, "suez", 30.0),
        closure("gate-x + gate-suez", "X and Suez Canal", "cape", 150.0),
    )
    assert page.answer() == [
        "No route is left if Strait Y is closed.",
        "Of the others, the worst closure is that of Suez Canal: USD 240 more per 40' and 2.0 days"
        " longer. The best way is then the Cape of Good Hope.",
        "With everything open, the Suez Canal is best: USD 2,000 per 40' and 28.0 days.",
        "Ranked by both.",
    ]
    assert page.figures("How much worse")[1] == [
        ["Suez Canal", "19.1", "19.1"],
        [HOSTILE, "10.1", "10.1"],
    ]
    assert len(page.rows("4 closures of one place or two, worst first")) == 4
    assert "gate-suez" not in " ".join(page.texts("main"))


@pytest.mark.long
def test_a_calendar_agrees_with_the_season_of_its_class_and_year() -> None:
    calendar = season_calendar("northern-sea-route")
    own = season("northern-sea-route").ice_class
    for name, year in ((own, "mean"), ("Arc5", "2020"), ("none", "worst")):
        rows = season("northern-sea-route", ice_class=name, year=year).rows
        assert calendar[name, year] == tuple(str(row["route"]) for row in rows), (name, year)
    assert {len(days) for days in calendar.values()} == {len(half_months())}
    assert season_calendar("suez") == {}


def test_a_season_page_shows_every_half_month_of_every_class_and_year() -> None:
    calendar = {
        ("Ice1", "mean"): ("closed",) * 12 + ("open",) * 10 + ("escorted",) * 2,
        ("Arc7", "mean"): ("open",) * 24,
    }
    row = {"earliest": "07-17", "latest": "12-31", "usable_days": 168}
    alone = {"alone_earliest": None, "alone_latest": None, "alone_usable_days": 0}
    page = Page(
        render_season(
            HOSTILE,
            heading=HOSTILE,
            calendar=calendar,
            asked=("Ice1", "mean"),
            rows=[{"from_day": "01-01", "Kara": "closed", "route": "closed", "reason": ""}],
            windows=[{"ice_class": "Ice1", **row, **alone}],
            notes=[HOSTILE],
        )
    )
    assert page.answer() == [
        "10 of 24 half-months are open for a ship of ice class Ice1 in an average ice year, and 2"
        " more with an icebreaker.",
        "A crossing can begin on 168 days from 17 Jul to 31 Dec, on 0 of them without an"
        " icebreaker.",
    ]
    cells = [a["class"] for tag, a, _ in page.elements if tag == "td" and "class" in a]
    # Once by class, once by year, each with 24 half months of both classes.
    assert cells.count("open") == 2 * 34
    assert page.texts("h1") == [f"Season: {HOSTILE}"]


def test_places_on_both_sides_of_the_date_line_lie_side_by_side() -> None:
    places = _unwrapped([(170.0, 10.0), (-175.0, 12.0), (160.0, 0.0)])
    assert [lon for lon, _ in places] == [170.0, 185.0, 160.0]


def test_a_catchments_page_counts_winners_and_finds_the_closest() -> None:
    def to(name: str, best: str, *costs: float) -> Catchment:
        reached = tuple(
            Reached(corridor=one, title=one.title(), cost_usd_per_teu=usd, days=30.0)
            for one, usd in zip(("suez", "cape"), costs, strict=True)
        )
        return Catchment(
            asked=name,
            place=name,
            name=name,
            country="DE",
            reached=reached,
            best=best,
            lon_lat=(10.0 + len(name), 50.0),
        )

    found = Catchments(
        scenario=load_scenario("shanghai-europe"),
        to=(
            to("A", "suez", 1000.0, 1200.0),
            to("BB", "suez", 1000.0, 1010.0),
            to(HOSTILE, "cape", 1100.0, 1000.0),
            Catchment(asked="D", place="D", name="D", country="DE", reason="far"),
        ),
    )
    html = render_catchments(found)
    page = Page(html)
    assert page.answer() == [
        "The Suez is best for 2 of 3 destinations, Cape for 1.",
        "The margin is smallest for BB, where Cape costs USD 20 more per 40' than the Suez.",
    ]
    rows = page.rows("Best corridor and the next cheapest by destination")
    assert rows[0] == ["A", "Suez", "2,000", "30.0", "Cape", "400", "0.0"]
    assert rows[3][:2] == ["D", "Far"]
    things = {one.name: one for one in catchment_things(found)}
    # The land around each is a ring, and belongs to the row of its best corridor; D has no place.
    assert all(things[name].area for name in ("A", "BB", HOSTILE))
    assert things["A"].parent == things["BB"].parent != things[HOSTILE].parent
    assert "D" not in things
    assert things["Suez"].row == Row(value="2")
    assert not [tag for tag, _, _ in page.elements if tag == "img"]


def test_a_diff_page_says_what_is_recommended_and_what_differs() -> None:
    figures = {
        f"{name}_{side}": value
        for name, values in (
            ("cost_usd_per_teu", (1000.0, 900.0, -100.0)),
            ("transit_days", (30.0, 30.0, 0.0)),
            ("days", (40.0, 41.0, 1.0)),
            ("co2e_wtw_t_per_teu", (1.0, 1.0, 0.0)),
        )
        for side, value in zip(("old", "new", "change"), values, strict=True)
    }
    row: Record = {
        "corridor": "suez",
        "name": "Suez Canal",
        **{f"status_{side}": "usable" for side in ("old", "new")},
        "rank_old": 2,
        "rank_new": 1,
        **figures,
        "cost_lines": [
            {"driver": "x", "scope": "", "label": HOSTILE, "old": 1.0, "new": 2.0, "change": 1.0}
        ],
        "time_parts": [],
    }
    record: Record = {
        "inputs": [{"kind": "scenario", "key": "world", "old": "current", "new": "red-sea-closed"}],
        "outputs": [row],
        "accounted": [],
        "alone": [],
    }
    page = Page(
        render_diff(
            record,
            names=("one", "two"),
            departures=(date(2024, 3, 10), date(2026, 9, 1)),
            recommended=(
                "the Cape of Good Hope",
                "the Suez Canal (tied with the Cape of Good Hope)",
            ),
        )
    )
    assert page.answer() == [
        "A recommends the Cape of Good Hope, B recommends the Suez Canal (tied with the Cape of"
        " Good Hope).",
        "1 corridor differs; most of all the Suez Canal, which costs USD 100 less per TEU in B.",
        "The questions differ in world.",
    ]
    # A world has the title of the day of its own side.
    assert page.rows("Inputs that differ")[0][1:] == [
        "Most carriers avoid the Red Sea, as in March 2024",
        "The Red Sea is closed to container ships",
    ]
    shown = page.rows("Corridors whose answer differs")[0]
    assert shown[:6] == ["Suez Canal", "usable", "2 → 1", "1,000", "900", "\u2212100"]
    assert page.rows("Suez Canal: parts that differ") == [
        [HOSTILE, "1.0", "2.0", "+1.0", "USD per TEU"]
    ]


def test_a_start_page_links_what_is_written_and_what_is_there(tmp_path: Path) -> None:
    write_with_start_page(tmp_path, {"season.html": "s", "season.csv": "c"}, title="one")
    write_with_start_page(tmp_path, {"map.html": "m", "report.html": "r"}, title=HOSTILE)
    page = Page((tmp_path / INDEX).read_text(encoding="utf-8"))
    links = [a["href"] for tag, a, _ in page.elements if tag == "a"]
    assert links == ["map.html", "report.html", "season.html"]
    assert all((tmp_path / link).is_file() for link in links)
    assert page.texts("h1") == [HOSTILE]
    assert page.scripts() == []
    # The answer stands above the files.
    said = Page(start_page("t", ["map.html"], [HOSTILE, "2 t CO2e less"]))
    assert said.answer() == [HOSTILE, "2 t CO₂e less"]


def test_another_index_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("the gallery", encoding="utf-8")
    written = write_with_start_page(tmp_path, {"map.html": "m"}, title="one")
    assert [path.name for path in written] == ["map.html"]
    assert (tmp_path / INDEX).read_text(encoding="utf-8") == "the gallery"


@pytest.mark.parametrize("name", ["a b.csv", "x&y.json", "<b>.html"])
def test_a_file_name_cannot_become_markup(name: str) -> None:
    page = Page(start_page("t", [name]))
    assert page.texts("a") == [name]
    assert not [tag for tag, _, _ in page.elements if tag == "b"]
