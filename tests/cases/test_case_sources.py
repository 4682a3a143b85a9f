"""No counted figure comes from a source that set a number which moves our figure.

A new row of the parameters whose source is also that of a published figure is found here: either it
leaves our figure alone, or the figure becomes calibration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml

from corridors.data.geodata import load_rail_legs
from corridors.data.own import own_rows
from corridors.data.parameters import load_parameters, load_sources
from corridors.domain.values import SourcedValue
from corridors.studies.validate import measures
from corridors.studies.validate import run as validate
from corridors.studies.validate.cases import KINDS, UNUSED, Case, cases_dir, load_cases, load_study
from corridors.studies.validate.measures import measured_options

# Figures read from tables that hold the published ones, and ranks among a few.
LOOK_UPS = ("parameter", "risk_index", "order")
# What a case may set for its question: a subsidy, a ship that waits, the pace of another source,
# the price of fuel that a cost was figured at, and full ships where it is that of a slot.
CONDITIONS = {"rail.subsidy_share", "service.headway_hours", "rail.speed_km_per_day"}
CONDITIONS |= {"fuel.vlsfo_usd_per_t", "ship.load_factor_headhaul", "ship.backhaul_cost_share"}
# Rows of the source are moved by this fraction, and may move ours by this part of it.
MOVED = 0.05
PART = 0.02


@cache
def sources(kind: str) -> Mapping[str, Any]:
    text = (cases_dir() / f"{kind}.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)["sources"]
    return found


def page(url: str) -> str:
    """Return a URL without what differs between two ways to write it."""
    return url.lower().split("://")[-1].removeprefix("www.").rstrip("/")


@cache
def ids_by_page() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for source in load_sources().values():
        if source.url:
            found.setdefault(page(source.url), set()).add(source.id)
    return {url: frozenset(ids) for url, ids in found.items()}


def cited(case: Case) -> list[Mapping[str, Any]]:
    keys = case.given["source"]
    return [sources(case.kind)[key] for key in ([keys] if isinstance(keys, str) else keys)]


def source_ids(case: Case) -> set[str]:
    """Return the sources of the parameters that are the same work as the source of a case."""
    found = {name for one in cited(case) for name in one.get("also", ())}
    for one in cited(case):
        found |= ids_by_page().get(page(one["url"]), frozenset()) if one["url"] else set()
    return found


def shared_rows(case: Case) -> list[SourcedValue]:
    """Return the numbers that the source of a case set; lengths come from no table of numbers."""
    ids = source_ids(case) if case.kind not in ("sea", "rail") else set()
    return [row for row in load_parameters().rows if row.source_id in ids and row.value]


COUNTED = [case for case in load_cases() if case.role == "validation"]
SHARED = [case for case in COUNTED if shared_rows(case) and "apart" not in case.given]


def measured(case: Case) -> float:
    by_kind = validate.MEASURES.get(case.kind, measured_options)
    return by_kind([case])[case.id].value


@pytest.mark.first_case
@pytest.mark.parametrize("case", SHARED, ids=lambda case: case.id)
@pytest.mark.unshared
def test_what_the_source_of_a_counted_figure_set_does_not_move_ours(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = measured(case)
    table = load_parameters()
    least = 1.0 - MOVED
    moved = [
        replace(row, value=row.value * least, low=min(row.low, row.value * least))
        for row in shared_rows(case)
    ]
    other = replace(table.with_rows(moved), replaced=())
    monkeypatch.setattr(own_rows, "load_parameters", lambda: other)
    monkeypatch.setattr(measures, "load_parameters", lambda: other)
    assert measured(case) == pytest.approx(ours, rel=MOVED * PART)


@pytest.mark.unshared
def test_a_source_that_moves_a_counted_figure_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = next(one for one in load_cases() if one.id == "train-poznan-duisburg-2025")
    assert case.role == "calibration"
    with pytest.raises(AssertionError):
        test_what_the_source_of_a_counted_figure_set_does_not_move_ours(case, monkeypatch)


def test_of_the_half_unused_only_rates_by_train_set_a_parameter() -> None:
    # These did not either: Lyon on the same page did, Chengdu in the same survey, and for rates by
    # train the sources of the half that sets prices, which another hash draws.
    by_neighbour = {"train-rotterdam-melzo-2014", "cost-chongqing-germany-2025-01"}
    by_price = {"cost-xian-express-2024-01", "cost-shanghai-moscow-2024-04"}
    by_price |= {f"cost-{city}-moscow-2024-05" for city in ("guangzhou", "chongqing")}
    # A list of December 2020 set the price of that month, from Shenzhen.
    by_list = {f"cost-shenzhen-{city}-2020" for city in ("nuremberg", "neuss")}
    by_list |= {"cost-shanghai-london-2020", "cost-qingdao-nuremberg-2020"}
    by_list |= {"cost-guangzhou-nuremberg-2020"}
    # Two of April did: the prices of that month, from inland and from the coast.
    set_one = {f"cost-{city}-moscow-2024-04" for city in ("xian", "guangzhou")}
    assert {
        case.id
        for case in load_cases()
        if case.kind in ("trains", "quotes") and case.half == UNUSED and case.role == "calibration"
    } == by_neighbour | by_price | by_list | set_one


def test_only_a_named_exception_counts_beside_its_source() -> None:
    assert [case.id for case in COUNTED if "apart" in case.given] == ["burn-13-14k-mrv"]


def test_every_source_that_a_case_names_is_one_of_the_parameters() -> None:
    known = load_sources()
    named = {
        name for kind in KINDS for one in sources(kind).values() for name in one.get("also", ())
    }
    assert named
    assert named - {*known} == set()


def test_look_ups_and_ranks_do_not_count() -> None:
    assert [case.id for case in COUNTED if case.quantity in LOOK_UPS] == []


def set_by(case: Case) -> set[str]:
    """Return the parameters that a case or its study sets, without those of ice on open seas."""
    if study := case.given.get("scenario"):
        names = {f"{one.parameter}@{one.scope}" for one in load_study(study).overrides}
    else:
        names = {key for key, _ in case.overrides}
    arctic = case.family == "NSR days"
    return {
        name.split("@")[0] for name in names if arctic or not ("arctic" in name or "ice." in name)
    }


def test_a_counted_figure_sets_nothing_that_decides_it() -> None:
    # Days at the ship's own speed would prove the distance alone.
    assert {name for case in COUNTED for name in set_by(case)} <= CONDITIONS


def titles(case: Case) -> Iterator[str]:
    yield from (one["title"][:18] for one in cited(case))
    yield from (one["url"] for one in cited(case) if one["url"])


def test_no_leg_is_set_from_the_page_of_a_counted_length() -> None:
    set_from = [leg.source for leg in load_rail_legs() if leg.calibrated]
    found = [
        case.id
        for case in COUNTED
        if case.kind == "rail"
        and any(title in source for title in titles(case) for source in set_from)
    ]
    assert found == []
