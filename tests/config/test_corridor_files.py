"""Corridor files: the shipped ones, and error messages."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from corridors.config import for_ends, load_corridor_file, load_corridors, load_scenario
from corridors.data.parameters import load_country_groups
from corridors.domain.places import Family, family_of
from corridors.errors import ConfigError
from corridors.studies.session import Session
from tests.config.samples import CORRIDOR, corridor_faults

ISSUED = (
    *("suez", "cape", "panama", "northern-sea-route", "arctic-murmansk", "trans-siberian"),
    *("trans-mongolian", "kazakhstan-dostyk", "kazakhstan-khorgos", "kazakhstan-moscow-kazan"),
    *("middle-corridor-poti", "middle-corridor-sea", "middle-corridor-btk", "kaliningrad"),
    "piraeus",
    *("russia-rail", "russia-baltic", "russia-black-sea", "iran-turkey", "caspian"),
    *("caucasus-black-sea", "instc", "brest", "other"),
)
EAST_TO_EUROPE = ISSUED[:15]
BY_SHIP_ONLY = ("suez", "cape", "panama", "northern-sea-route")


def test_the_default_corridors_and_the_row_other_come_in_the_order_of_their_ranks() -> None:
    assert tuple(corridor.id for corridor in load_corridors("all")) == ISSUED


def compared(origin: str, destination: str) -> tuple[str, ...]:
    """Return the corridors that `all` compares between two countries, without the row other."""
    corridors = for_ends(load_corridors("all"), ISSUED, origin=origin, destination=destination)
    return tuple(corridor.id for corridor in corridors if corridor.id != "other")


def test_all_compares_a_corridor_only_between_its_ends_in_either_direction() -> None:
    assert compared("CN", "DE") == compared("DE", "CN") == EAST_TO_EUROPE
    # By Murmansk and Kaliningrad boxes go to Europe, to neither Durban nor Murmansk itself.
    assert {"arctic-murmansk", "kaliningrad"}.isdisjoint(compared("ZA", "CN"))
    assert {"arctic-murmansk", "kaliningrad"} & {*compared("RU", "CN")} == {"kaliningrad"}
    assert "brest" in compared("DE", "RU")
    from_tashkent = compared("UZ", "DE")
    assert from_tashkent == compared("DE", "UZ")
    assert {"brest", "russia-baltic", "middle-corridor-poti"} < set(from_tashkent)
    assert not {"kazakhstan-dostyk", "trans-siberian", "russia-rail"} & set(from_tashkent)
    assert "russia-rail" in compared("KZ", "FI")
    assert "kazakhstan-dostyk" in compared("CN", "KZ")
    assert "caspian" in compared("AZ", "KZ")
    assert "instc" in compared("IN", "RU")
    # The country of a door at sea is not known.
    assert "brest" not in compared("", "DE")


def test_a_corridor_that_is_named_is_compared_between_any_ends() -> None:
    named = load_corridors(["suez", "brest"])
    assert for_ends(named, ISSUED, origin="CN", destination="DE") == named
    session, scenario = Session(), load_scenario("shanghai-europe")
    everything = {corridor.id for corridor in session.corridors_of(scenario)}
    assert everything == {*EAST_TO_EUROPE, "other"}
    asked = replace(scenario, corridors=("suez", "brest"))
    assert [corridor.id for corridor in session.corridors_of(asked)] == ["suez", "brest"]


def test_a_corridor_that_is_not_default_is_compared_only_where_it_is_named() -> None:
    shipped = {corridor.id: corridor.default for corridor in load_corridors("shipped")}
    assert {name for name, default in shipped.items() if default} == set(ISSUED)
    assert {name for name, default in shipped.items() if not default} == {
        *(f"northern-sea-route-{track}" for track in ("deep", "coastal", "high", "sannikov")),
        *("bandar-abbas", "kaliningrad-ferry", "kaliningrad-zabaikalsk", "kazakhstan-petropavl"),
        *("lena", "yenisei", "kazakhstan-express"),
    }
    assert load_corridors(["northern-sea-route-deep"])[0].id == "northern-sea-route-deep"


def test_corridors_come_in_the_order_asked_for() -> None:
    assert [c.id for c in load_corridors(["piraeus", "suez"])] == ["piraeus", "suez"]


def test_no_land_corridor_can_be_met_by_a_voyage_alone() -> None:
    for corridor in load_corridors("all"):
        if corridor.id in BY_SHIP_ONLY:
            assert {family_of(name) for name in corridor.main_services} == {Family.SEA}
            continue
        if not corridor.must_pass:
            continue
        held = {s for rule in corridor.rules for s in rule.services}
        families = {family_of(name) for name in corridor.main_services}
        assert Family.RAIL in families
        assert Family.SEA not in families or "sea" in held, corridor.id


def test_only_corridors_over_iran_and_novorossiysk_use_the_road_and_each_has_a_sentence() -> None:
    by_road = {c.id for c in load_corridors("shipped") if "road" in c.main_services}
    assert by_road == {"instc", "iran-turkey", "russia-black-sea", "other"}
    for corridor in load_corridors("shipped"):
        assert corridor.description.endswith(".")
        assert corridor.description.count(".") == 1


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_differ_and_show_on_a_light_map() -> None:
    colours = [corridor.colour for corridor in load_corridors("shipped")]
    for one, other in itertools.combinations(colours, 2):
        apart = sum(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5))
        assert apart >= 60, (one, other)
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 2.0, colour


def test_a_group_such_as_eu_stands_for_its_members() -> None:
    (corridor,) = load_corridors(["caucasus-black-sea"])
    assert corridor.ends is not None
    assert set(corridor.ends.other_in) == {
        *load_country_groups()["EU"],
        "GB",
        "CH",
        "NO",
        "TR",
        "UA",
    }
    assert set(corridor.ends.one_in) == set(load_country_groups()["CAUCASUS"])
    assert len(load_country_groups()["EU"]) == 27


def test_a_bare_place_is_an_entry_of_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_text(CORRIDOR)
    corridor = load_corridor_file(tmp_path / "test.yaml")
    assert [(entry.name, entry.any_of) for entry in corridor.must_pass] == [
        ("entry", ("kz-dostyk", "kz-altynkol")),
        ("ru-moscow", ("ru-moscow",)),
    ]
    assert corridor.rules[0].only_before == "entry"


def test_every_fault_of_a_file_is_reported_in_its_order(tmp_path: Path) -> None:
    text = """\
id: Test
colour: blue
description: ""
services: []
must_pass:
  - kz-khorgoss
  - {any_of: []}
  - {any_of: [ru-moscow], endin: [EU]}
  - {any_of: [by-brest], end_in: [XX]}
must_avoid: [gate-bearing]
rules:
  - {only_after: a}
  - {services: [sea], only_after: a, only_before: b}
speed: 3
"""
    assert corridor_faults(tmp_path, text) == [
        "test.yaml:1: id: 'Test' does not have the form ^[a-z0-9]+(-[a-z0-9]+)*$",
        "test.yaml:1: title: missing, it has no default",
        "test.yaml:2: colour: 'blue' does not have the form ^#[0-9a-fA-F]{6}$",
        "test.yaml:3: description: must not be empty",
        "test.yaml:4: services: needs at least 1, got 0",
        "test.yaml:6: must_pass[0]: unknown terminal or gate 'kz-khorgoss', "
        "did you mean 'cn-khorgos'?",
        "test.yaml:7: must_pass[1].any_of: needs at least 1, got 0",
        "test.yaml:8: must_pass[2].endin: unknown key, did you mean 'end_in'?",
        "test.yaml:9: must_pass[3].end_in[0]: unknown country or group 'XX', "
        "no known name is similar",
        "test.yaml:10: must_avoid[0]: unknown terminal, gate or country 'gate-bearing', "
        "did you mean 'gate-bering'?",
        "test.yaml:12: rules[0]: bars nothing, give services or countries",
        "test.yaml:13: rules[1]: give one of only_after and only_before",
        "test.yaml:14: speed: unknown key, known: id, title, rank, colour, description, "
        "must_pass, must_avoid, main, services, carriage, reserved_services, rules, default, ends",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: test", "id: other", "1: id: 'other' must match the name of its file, 'test'"),
        (
            "only_before: entry",
            "only_before: entri",
            "11: rules[0].only_before: no entry 'entri' in must_pass, did you mean 'entry'?",
        ),
        ("- ru-moscow", "- entry", "9: must_pass[1]: unknown terminal or gate 'entry'"),
        (
            "  - ru-moscow",
            "  - ru-moscow\n  - ru-moscow",
            "10: must_pass[2]: 'ru-moscow' is required twice; keep one",
        ),
        (
            "services:",
            "must_avoid: [ru-moscow]\nservices:",
            "5: must_avoid: 'ru-moscow' is also in must_pass; keep one",
        ),
        (
            "  - ru-moscow",
            "  - ru-moscow\n  - ru-kazan\n  - ru-omsk\n  - ru-perm\n  - by-minsk",
            "6: must_pass: takes at most 5, got 6",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(
    old: str, new: str, expected: str, tmp_path: Path
) -> None:
    faults = corridor_faults(tmp_path, CORRIDOR.replace(old, new))
    assert len(faults) == 1
    assert faults[0].startswith(f"test.yaml:{expected}")


def test_an_unknown_corridor_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        load_corridors(["sues", "kazan"])
    assert caught.value.faults[0] == "unknown corridor 'sues', did you mean 'suez'?"
    assert len(caught.value.faults) == 2
