"""The gallery's page: a card a scenario, its links, and nothing that loads or runs."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from corridors.domain.results import DecisionStatus
from corridors.output.comparison import Comparison
from corridors.output.display_names import on_page
from corridors.output.html.gallery.gallery_page import Entry, gallery_html, thumbnail_svg
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison
from tests.output.html.gallery.pages import Page
from tests.output.html.map.base_map import BASE_MAP


def entry(comparison: Comparison, name: str = "one") -> Entry:
    return Entry(id=name, comparison=comparison, thumbnail=thumbnail_svg(comparison, BASE_MAP))


def hostile_entry() -> Entry:
    hostile = hostile_comparison()
    scenario = replace(hostile.scenario, origin=HOSTILE, destination=HOSTILE, world=HOSTILE)
    return entry(replace(hostile, scenario=scenario))


def test_a_card_links_to_map_report_and_table() -> None:
    page = Page(
        gallery_html([entry(example_comparison()), entry(example_comparison(), "two")], links=True)
    )
    assert page.links == [
        f"{name}/{file}"
        for name in ("one", "two")
        for file in ("map.html", "map.html", "report.html", "options.csv")
    ]


def test_a_card_without_files_links_nothing_and_says_what_writes_them() -> None:
    page = Page(gallery_html([entry(example_comparison())]))
    assert page.links == []
    assert "make maps writes those of all scenarios" in page.text
    assert "Map and report: corridors compare one --out maps/one" in page.text


def test_a_card_names_its_ends() -> None:
    comparison = example_comparison()
    scenario = replace(comparison.scenario, origin="CNYTN", destination="de-hamburg")
    html = gallery_html([entry(replace(comparison, scenario=scenario))])
    assert "CNYTN" not in html
    assert "Yantian" in html
    assert "de-hamburg" not in html


def test_a_card_gives_the_answer_and_every_corridor() -> None:
    page = Page(gallery_html([entry(example_comparison())]))
    assert "Book by the Suez Canal: USD 1,960 per 40' at cost, 36 days" in page.text
    assert "4 corridors, 3 usable, best first" in page.text
    assert "Suez Canal ★" in page.text
    # By hand: 0.62 t x 600 + 48 + 0.0031 days x 62,000 + 2 x 182.9 = 978 USD per TEU, of which a
    # 40' has two: in the answer and in its row.
    assert page.text.count("1,960") == 2
    assert "USD/40'" in page.text
    assert "Northern Sea Route" in page.text
    assert "closed" in page.text
    # How old what it takes is.
    rests = example_comparison().answer.rests_on
    assert all(on_page(text) in page.text for text in rests)


def test_a_scenario_in_which_nothing_meets_the_limits_says_so() -> None:
    calm = example_comparison()
    decision = replace(
        calm.decision,
        status=DecisionStatus.INFEASIBLE,
        recommended=None,
        value=None,
        shares={},
        advice="wait",
    )
    page = Page(gallery_html([entry(replace(calm, decision=decision))]))
    assert "Nothing to book: wait." in page.text
    assert "★" not in page.text


def test_the_policy_allows_its_own_style_and_nothing_else() -> None:
    html = gallery_html([entry(example_comparison())])
    page = Page(html)
    (policy,) = (meta["content"] for meta in page.of("meta") if "http-equiv" in meta)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not [tag for tag, _ in page.elements if tag in ("script", "link", "img", "iframe")]
    assert not [name for _, attributes in page.elements for name in attributes if name == "style"]
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_text_stays_text() -> None:
    page = Page(gallery_html([hostile_entry()]))
    assert not [tag for tag, _ in page.elements if tag in ("script", "img")]
    assert not [
        name for _, attributes in page.elements for name in attributes if name.startswith("on")
    ]
    assert page.text.count(HOSTILE) >= 5  # name, title of the picture, ends, world, corridors


def test_a_name_cannot_lead_out_of_the_folder() -> None:
    name = "../a b?#\"'"
    page = Page(gallery_html([entry(example_comparison(), name)], links=True))
    assert page.links[0] == "..%2Fa%20b%3F%23%22%27/map.html"
