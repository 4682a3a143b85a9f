"""What is expected of forty named journeys is written down with its sources, and the page holds.

A few run with the unit tests; `make check-journeys` runs all and prints the table.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from corridors.config import load_corridors
from corridors.studies.session import Session
from tests.cases.forwarder import (
    CURRENT,
    FEW,
    OPEN,
    RAIL,
    WORLDS,
    Outcome,
    Way,
    content,
    days_content,
    held_in,
    journeys,
    misses,
    outcome,
    terminals,
)
from validation.campaigns.journeys import (
    TABLES,
    Days,
    Freight,
    journey_words,
    kind_of,
    named,
    ranges,
    table_row,
)
from validation.campaigns.page_tables import FINDINGS, marked, read_table

KEYS = {"id", "origin", "destination", "departure", "world", "ask", "max_transit_days"}
KEYS |= {"expected", "accepted", "why", "source", "status"}
WAY_KEYS = {"through", "avoids", "first_port", "last_port", "change_at", "direct"}
WAY_KEYS |= {"before", "after", "by", "why"}
DAYS_KEYS = {"by", "measure", "range", "between", "source", "year", "status"}


@pytest.fixture(scope="module")
def sessions() -> Mapping[str, Session]:
    return {world: Session() for world in WORLDS}


def test_forty_journeys_are_written_down_with_their_sources() -> None:
    rows, sources = journeys(), content()["sources"]
    assert len(rows) == len(content()["journeys"]) == 40
    known = set(terminals())
    for row in rows.values():
        assert set(row) <= KEYS, row["id"]
        assert row["why"]
        assert row["status"] in ("found", "recalled")
        assert row["source"]
        assert set(row["source"]) <= set(sources), row["id"]
        for way in (row["expected"], *row.get("accepted", ())):
            assert set(way) <= WAY_KEYS, row["id"]
            named = {place for group in way.get("through", ()) for place in group}
            assert {place for place in named if not place.startswith("gate-")} <= known, row["id"]
        assert all(way["why"] for way in row.get("accepted", ()))
    assert {source for row in rows.values() for source in row["source"]} == set(sources)
    assert set(FEW) <= set(rows)
    assert set(RAIL) <= {corridor.id for corridor in load_corridors("shipped")}


def test_each_journey_has_published_days_or_says_that_none_were_found() -> None:
    rows, sources = days_content()["journeys"], days_content()["sources"]
    assert list(rows) == list(journeys())
    used = {key for add in days_content()["cape_adds"].values() for key in add["source"]}
    for name, row in rows.items():
        assert ("published" in row) != ("not_found" in row), name
        assert set(row) <= {"published", "not_found", "cape_adds"}
        for one in row.get("published", ()):
            assert set(one) - {"last_port", "passage"} == DAYS_KEYS, name
            assert one["by"] in ("suez", "cape", "rail", "far-east-ports")
            assert one["measure"] in ("sea", "transit")
            assert one["status"] == "found"
            assert one["range"] == sorted(one["range"])
            used |= set(one["source"])
    assert used == set(sources)


def test_a_range_by_the_cape_adds_what_the_cape_adds_to_suez() -> None:
    # Shanghai to London 28 to 35 days by Suez; the Cape adds 7 to 18 to northern Europe.
    by = {one["by"]: one for one in ranges("shanghai-london")}
    assert by["suez"]["range"] == [28, 35]
    assert by["cape"]["range"] == [35, 53]
    assert by["cape"]["status"] == "computed"


def test_a_published_range_by_the_cape_is_not_computed() -> None:
    by = [one["range"] for one in ranges("shanghai-rotterdam-2024") if one["by"] == "cape"]
    assert by == [[45, 48]]


WAY = Way(
    touched=frozenset({"gate-good-hope", "cn-shanghai", "gb-london"}),
    ports=("cn-shanghai", "gb-london"),
    before=("road",),
    between=(),
    after=("road",),
)


def test_today_the_cape_stands_for_suez_and_with_every_route_open_it_does_not() -> None:
    expected = journeys()["shanghai-london"]["expected"]
    assert misses(WAY, held_in(expected, OPEN)) == ["not by gate-suez"]
    assert misses(WAY, held_in(expected, CURRENT)) == []
    assert kind_of(WAY) == "cape"


def test_days_are_inside_a_range_in_whole_days() -> None:
    def days(found: float) -> Days:
        return Days(found=found, low=28, high=35, measure="sea", computed=False)

    assert days(35.4).inside
    assert not days(35.6).inside
    assert days(27.6).inside
    assert not days(27.4).inside


def test_what_an_index_leaves_above_cost_may_be_a_loss() -> None:
    freight = Freight(cost_usd=1000.0, index_usd=700.0, index="2026-01", near=False)
    assert freight.rest_usd == -300.0


@pytest.fixture(scope="module")
def few(sessions: Mapping[str, Session]) -> list[Outcome]:
    """Return what becomes of the few journeys in both worlds."""
    rows = journeys()
    return [outcome(rows[name], sessions[world], world) for world in WORLDS for name in FEW]


@pytest.mark.long
def test_a_few_journeys_go_as_a_forwarder_would_quote(few: list[Outcome]) -> None:
    assert [found for found in few if not found.good] == []


@pytest.mark.long
def test_the_tables_have_their_days_and_costs_of_today(few: list[Outcome]) -> None:
    other = [one.id for one in few if table_row(one) not in read_table(TABLES[one.world])]
    assert other == [], "run `make check-journeys`, which writes the tables"


def test_the_tables_have_every_journey() -> None:
    for name in TABLES.values():
        assert [row[0] for row in read_table(name)] == [*map(journey_words, journeys().values())]


def test_the_page_gives_the_cause_of_every_miss() -> None:
    page = (FINDINGS / "journeys.md").read_text(encoding="utf-8")
    causes = page.partition("## Misses")[2]
    missed = {
        row[0] for name in TABLES.values() for row in read_table(name) if "**" in "".join(row)
    }
    for row in journeys().values():
        ends = f"{row['origin']} to {row['destination']}"
        assert journey_words(row) not in missed or ends in causes, ends


def test_writing_figures_keeps_the_text_around_them() -> None:
    page = "before\n<!-- figures: x -->\nold\n<!-- end of figures -->\nafter\n"
    new = marked(page, "new")
    assert new == "before\n<!-- figures: x -->\n\nnew\n\n<!-- end of figures -->\nafter\n"


def test_the_page_names_what_a_way_missed() -> None:
    assert (
        named("not by gate-suez or kz-dostyk; to Koper") == "not by Suez Canal or Dostyk; to Koper"
    )
