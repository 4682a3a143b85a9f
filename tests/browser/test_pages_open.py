"""Pages of studies as a planner meets them: at a desk and on a phone, with no network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from tests.browser.conftest import Witness
from tests.conftest import LONG
from tests.output.html.ids import ids_on

# There are more of them in `make test-long`.
pytestmark = [pytest.mark.browser, *[pytest.mark.long] * LONG]

FEW = ("--set", "corridors=[suez, cape, kazakhstan-dostyk]")
COMMANDS = {
    "stress": ("stress", "shanghai-europe", *FEW),
    "season": ("season", "northern-sea-route"),
    "catchments": (
        *("catchments", "shanghai-europe", *FEW, "--to", "Warsaw", "--to", "Hamburg"),
        *("--to", "Milan", "--to", "Madrid", "--to", "Minsk"),
    ),
    "diff": ("diff", "{folder}/a.yaml", "{folder}/b.yaml"),
    "simulate": ("simulate", "shanghai-europe", *FEW, "--draws", "100", "--by", "2026-10-15"),
    "phase": (
        *("phase", "shanghai-europe", *FEW, "--x", "fuel.vlsfo_usd_per_t"),
        *("--y", "value_of_time", "--cells", "8"),
    ),
}
# Commands whose pages are called map and report have a folder of their own; the last take minutes.
PLANS = {
    "allocate": ("allocate", "allocate-moscow-kazan"),
    # What cannot be asked: the origin itself, and a point without a terminal near.
    "unreached": (
        *("catchments", "shanghai-europe", "--set", "corridors=[suez]"),
        *("--to", "Hamburg", "--to", "Shanghai", "--to", "72.1,78.9"),
    ),
}
SMALL = {
    "booked": (
        *("book", "book-russia-closure", "--set", "months=1"),
        *("--set", "corridors=[kazakhstan-dostyk, cape]", "--set"),
        "contracts=[{name: Trains through Russia, country: RU, saves_usd_per_teu: 250,"
        " unused_usd_per_teu: 700, step_teu: 500, most_teu_per_month: 1500,"
        " spot_teu_per_month: 400}]",
    ),
    "designed": (
        *("design", "design-shanghai-kaliningrad", "--set"),
        "pairs=[{name: Car parts, origin: Wuhan, destination: Kaliningrad, cargo: machinery,"
        " value_of_time_usd_per_teu_day: 60, teu_per_month: 500}]",
    ),
}
PLANS |= SMALL
if LONG:
    PLANS |= {
        "eurasia": ("allocate", "allocate-eurasia-2026"),
        "invest": ("invest", "invest-eurasia"),
        "design": ("design", "design-arctic-loop"),
        "book": ("book", "book-russia-closure"),
        "batch": ("batch", "red-sea-and-arctic"),
        "simulate": ("simulate", "shanghai-europe"),
    }


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pages of all studies, each written by its command."""
    folder, asked = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("asked")
    shared = "destination: Hamburg\ndeparture: 2026-08-20\ncorridors: [suez, cape]\n"
    goods = "shipment: {teu_per_month: 200, cargo: electronics}\n"
    for name, start in (
        ("a", "origin: Shanghai\nworld: reference-open\n"),
        ("b", "origin: CNYTN\nworld: red-sea-closed\n"),
    ):
        (asked / f"{name}.yaml").write_text(start + shared + goods, encoding="utf-8")
    for command in COMMANDS.values():
        words = [word.format(folder=asked) for word in command]
        ended = CliRunner().invoke(command_line(), [*words, "--out", str(folder)])
        assert ended.exit_code == 0, ended.output
        assert "index.html to " in " ".join(ended.stdout.split())
    for name, plan in PLANS.items():
        ended = CliRunner().invoke(command_line(), [*plan, "--out", str(folder / name)])
        assert ended.exit_code == 0, ended.output
    return folder


def opened(witness: Witness, path: Path, *, width_px: int = 1400) -> None:
    witness.requests.clear()
    witness.page.set_viewport_size({"width": width_px, "height": 844})
    witness.opened = path.as_uri()
    witness.page.goto(witness.opened)
    witness.page.wait_for_selector("main")
    witness.settle()


def test_no_page_shows_an_id_where_a_name_exists(pages: Path) -> None:
    written = {str(path.relative_to(pages)): path for path in pages.rglob("*.html")}
    assert len(written) >= len(COMMANDS) + len(PLANS)
    shown = {name: ids_on(path.read_text(encoding="utf-8")) for name, path in written.items()}
    assert {name: found for name, found in shown.items() if found} == {}


@pytest.mark.parametrize("name", [*COMMANDS, "index", *PLANS])
def test_a_page_opens_without_a_word_and_axe_finds_nothing(
    witness: Witness, pages: Path, name: str
) -> None:
    alone = [page for page in (pages / f"{name}.html", pages / f"{name}-map.html") if page.exists()]
    for page in sorted((pages / name).glob("*.html")) or alone:
        opened(witness, page)
        assert witness.violations() == []
        opened(witness, page, width_px=390)
        assert witness.violations(colours=False) == []
        assert witness.sideways() == 0
        assert witness.complaints() == []


def test_a_design_marks_the_number_of_departures_that_it_chose(
    witness: Witness, pages: Path
) -> None:
    opened(witness, pages / "designed/design.html")
    page = witness.page
    chosen = page.locator("#frequencies tr:has(.star)").first.inner_text().split()
    mark = page.locator(f"#chart-0 [data-tip^='{chosen[0]} a week: ']").first
    mark.hover()
    assert page.inner_text("#tip").startswith(f"{chosen[0]} a week: ")
    assert witness.complaints() == []


def test_the_map_of_a_design_names_what_runs(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "designed/design-map.html")
    page = witness.page
    assert page.inner_text("#panel h1") == "Run Block train by Kazakhstan, 1 departure a week"
    assert page.locator(".line-name").all_inner_texts() == [
        "Block train by Kazakhstan\n1 departure a week, 5 train sets"
    ]
    # The other candidate is drawn in the context.
    assert page.locator(".leaflet-context-pane path.route-line").count() == 1
    assert witness.complaints() == []


def test_the_map_of_a_booking_draws_what_is_booked(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "booked/book-map.html")
    page = witness.page
    assert page.inner_text("#panel h1") == "Each month, book 500 TEU of “Trains through Russia”"
    rows = {r.split("\n")[0]: r.split("\n") for r in page.locator(".row").all_inner_texts()}
    # At least what is booked goes through Russia, by the one corridor that does.
    assert float(rows["Kazakhstan via Dostyk"][1].replace(",", "")) >= 500.0
    assert witness.complaints() == []


def test_a_booking_says_first_what_to_book(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "booked/book.html", width_px=390)
    page = witness.page
    booked = page.locator("#contracts tbody tr").first.inner_text().split("\t")[1]
    assert page.locator(".answer .first").inner_text().startswith(f"Book {booked} TEU a month")
    # What is left behind is in the last column, in sight after a swipe.
    left = page.locator("#scenarios thead th").last
    left.scroll_into_view_if_needed()
    assert left.inner_text() == "Left behind, TEU"
    assert witness.complaints() == []


def test_every_link_of_the_start_page_opens(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "index.html")
    links = witness.page.locator("main a").all()
    named = [str(link.get_attribute("href")) for link in links]
    assert {f"{name}.html" for name in COMMANDS} <= set(named)
    assert all((pages / name).is_file() for name in named)
    witness.page.get_by_role("link", name="Season").click()
    assert witness.page.inner_text("h1") == "Season: Northern Sea Route"


def test_a_choice_of_year_shows_its_calendar(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "season.html")
    shown = witness.page.locator("#classes table:visible")
    assert shown.count() == 1
    before = shown.inner_text()
    witness.page.locator("select[data-shows=classes]").focus()
    witness.page.keyboard.type("2013")
    assert shown.count() == 1
    assert "ice of 2013" in shown.inner_text()
    assert shown.inner_text() != before
    assert witness.complaints() == []


def test_a_dearer_day_moves_regions_to_the_train(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "catchments-map.html")
    page = witness.page
    rows = page.locator("#panel .rows .row")
    assert rows.first.inner_text().startswith("Suez Canal")
    area = page.locator("path.area").first
    before = area.get_attribute("style"), area.get_attribute("fill-opacity")
    page.locator("#catch-day").focus()
    page.keyboard.press("End")
    assert rows.first.inner_text().startswith("Kazakhstan via Dostyk")
    assert page.inner_text("#panel h1").startswith("Kazakhstan via Dostyk")
    assert (area.get_attribute("style"), area.get_attribute("fill-opacity")) != before
    area.hover(force=True)
    assert "Kazakhstan via Dostyk through Russia and Belarus, USD" in page.inner_text(".tip")
    # The page beside it counts the same.
    opened(witness, pages / "catchments.html")
    assert page.inner_text("#catch-count").startswith("Suez Canal")
    page.locator("#catch-day").focus()
    page.keyboard.press("End")
    assert page.inner_text("#catch-count").startswith("Kazakhstan via Dostyk")
    assert witness.complaints() == []


def test_a_place_of_a_stress_test_shows_the_way_around_it(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "stress-map.html", width_px=390)
    page = witness.page
    page.locator("#panel .row", has_text="Suez Canal").first.click()
    assert re.search(r"USD \d+ more per 40' and [\d.]+ days longer", page.inner_text("#card"))
    assert "Cape of Good Hope" in page.inner_text("#card")
    assert page.locator(".leaflet-lit-pane path.route-line").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    assert witness.complaints() == []


def test_the_map_of_a_difference_has_both_routes_by_name(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "diff-map.html")
    names = witness.page.locator(".line-name").all_inner_texts()
    assert [name.split("\n")[0] for name in names] == [
        "A: the Suez Canal",
        "B: the Cape of Good Hope",
    ]
    assert witness.page.inner_text("#panel h1").startswith(
        "A by the Suez Canal (nobody known), B by the Cape"
    )
    assert witness.complaints() == []


def test_a_range_and_a_cell_are_named_under_the_pointer(witness: Witness, pages: Path) -> None:
    opened(witness, pages / "simulate.html")
    page = witness.page
    page.locator("#chart-cost .track").first.hover()
    assert "(P10) to" in page.inner_text("#tip")
    # The day asked for stands dashed among the curves.
    assert page.locator("#chart-arrival line.front").count() == 1
    opened(witness, pages / "phase.html")
    page.locator("#chart-phase rect").last.hover()
    # Regions have their names on the chart.
    named = "".join(page.locator("#chart-phase text").all_text_contents())
    assert page.inner_text("#tip").replace(" ", "") in named.replace(" ", "")
    assert witness.complaints() == []
