"""The counts that sources.md and the README give are those of the shipped tables."""

from __future__ import annotations

import re
from pathlib import Path

from corridors.data.columns import read_rows
from corridors.data.geodata import load_rail_legs, load_terminals
from corridors.data.parameters import load_parameters
from corridors.data.paths import network_dir
from corridors.data.uncertainty import EventKind, Role, load_events, load_uncertainty
from corridors.output.html.gallery.gallery_page import ATTRIBUTION as GALLERY_CREDIT
from corridors.output.html.map.map_frame import ATTRIBUTION as MAP_CREDIT
from corridors.output.html.report.parts import LICENCE
from corridors.routing.priced_ways import LANES_SOURCE

ROOT = Path(__file__).parents[2]
README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
SOURCES = (ROOT / "docs/explanation/sources.md").read_text(encoding="utf-8")


def numbers(found: re.Match[str] | None) -> list[int]:
    assert found is not None
    return [int(number.replace(",", "")) for number in found.groups()]


def test_the_counts_of_parameters_are_those_of_the_tables() -> None:
    rows = load_parameters().rows
    said = re.search(
        r"(\d+) parameters with low and high: (\d+) found.*?(\d+) computed.*?(\d+) copied.*?"
        r"(\d+) from memory.*?(\d+) declared assumptions \((\d+) %\)",
        SOURCES,
    )
    by_status = [
        sum(row.status.value == status for row in rows)
        for status in ("found", "computed", "copied", "recalled", "assumption")
    ]
    share = round(100 * by_status[4] / len(rows))
    assert numbers(said) == [len(rows), *by_status, share]
    recalled = round(100 * by_status[3] / len(rows))
    limits = (ROOT / "docs/explanation/limits.md").read_text(encoding="utf-8")
    weak = re.search(r"(\d+) % of the parameters are assumptions and (\d+) % are cited", limits)
    assert numbers(weak) == [share, recalled]
    short = re.search(r"from (\d+) parameters, .*?; (\d+) % are declared assumptions", README)
    assert numbers(short) == [len(rows), share]


def test_what_is_said_of_chance_is_in_the_tables() -> None:
    rules = [load_uncertainty().rule(row) for row in load_parameters().rows]
    said = re.search(
        r"of the (\d+), (\d+) are drawn, (\d+) are tied.*?(\d+) are settings.*?"
        r"sensitivities, (\d+) of them",
        SOURCES,
        re.DOTALL,
    )
    counts = [sum(rule.role is role for rule in rules) for role in (Role.DRAWN, Role.TIED)]
    settings = len(rules) - sum(counts)
    assert numbers(said) == [len(rules), *counts, settings, len({r.group for r in rules} - {""})]
    for event in load_events():
        if event.what is EventKind.LATE_ARRIVAL and event.key == "*":
            share = f"{100 * (1 - event.probability):.1f} %"
            year = event.first_day[:4]
            assert re.search(rf"\| {year}[^|]* \| {share} \| {event.mean:.2f} \|", SOURCES), year


def test_the_counts_of_legs_are_those_of_the_network() -> None:
    legs = load_rail_legs()
    counts = [len(legs), sum(leg.calibrated for leg in legs)]
    assert numbers(re.search(r"(\d+) legs between.*?, (\d+) of them set", SOURCES)) == counts
    assert numbers(re.search(r"(\d+) rail legs, (\d+) of them set", README)) == counts


def test_the_counts_of_places_are_those_of_the_network() -> None:
    said = re.search(r"(\d+) places, (\d+) of them with a UN/LOCODE; .*? ([\d,]+) ports", SOURCES)
    terminals = load_terminals().values()
    assert numbers(said) == [
        len(terminals),
        sum(bool(terminal.unlocode) for terminal in terminals),
        len(read_rows(network_dir() / "ports.csv")),
    ]


def test_what_is_drawn_credits_the_source_of_the_sea_lanes() -> None:
    rows = (ROOT / "docs/reference/licences.md").read_text(encoding="utf-8").splitlines()
    (lanes,) = (row for row in rows if row.startswith("| sea lanes |"))
    # Only the Northwest Passage, which no corridor takes, is from elsewhere.
    assert "| Natural Earth 1:10m land;" in lanes
    for text in (LANES_SOURCE, MAP_CREDIT, GALLERY_CREDIT, LICENCE):
        assert "Natural Earth" in text
        assert "searoute" not in text
