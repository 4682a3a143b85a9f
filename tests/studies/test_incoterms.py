"""Who pays which cost line by a term of sale: a table written by hand, and every file."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest

import corridors
from corridors.domain.results import RouteOption
from corridors.domain.values import (
    BY_TERMINAL,
    INSURANCE,
    ChainPart,
    CostLine,
    Incoterm,
    Payer,
    TerminalEnd,
)
from corridors.errors import ConfigError
from corridors.output.comparison import comparison_json

PLACES = ("pre-carriage", "first terminal", "main", "last terminal", "on-carriage", "insurance")
# `s` where the seller pays, by place of the line; read off the rules of the terms.
BY_HAND = {
    "EXW": "bbbbbb",
    "FCA": "sbbbbb",
    "FAS": "sbbbbb",
    "FOB": "ssbbbb",
    "CFR": "sssbbb",
    "CIF": "sssbbs",
    "CPT": "sssssb",
    "CIP": "ssssss",
    "DAP": "ssssss",
    "DPU": "ssssss",
    "DDP": "ssssss",
}
ASKED: Any = {
    "departure": "2026-03-10",
    "shipment": {"teu_per_month": 20},
    "corridors": ["cape", "trans-siberian"],
    "draws": {"count": 0},
}


@cache
def asked(
    origin: str, destination: str, term: str | None, *names: str, world: str = "reference-open"
) -> corridors.Comparison:
    more: Any = {"world": world} | ({} if term is None else {"incoterm": term})
    if names:
        more["corridors"] = names
    return corridors.compare(None, origin=origin, destination=destination, **(ASKED | more))


def place_of(line: CostLine) -> str:
    if line.driver in INSURANCE:
        return "insurance"
    if line.part is not ChainPart.MAIN:
        return line.part.value
    ends = {TerminalEnd.ORIGIN: "first terminal", TerminalEnd.DESTINATION: "last terminal"}
    return "main" if line.at is None else ends[line.at]


def usable(comparison: corridors.Comparison) -> list[RouteOption]:
    return [option for option in comparison.routes if option.usable]


@pytest.mark.parametrize("term", sorted(BY_HAND))
def test_each_line_is_paid_as_the_table_says(term: str) -> None:
    by_ship = [o for o in usable(asked("Shanghai", "Hamburg", term)) if o.by_ship]
    assert by_ship
    met = set()
    for option in by_ship:
        for line in option.cost_lines:
            met.add(place_of(line))
            paid = "s" if line.pays is Payer.SELLER else "b"
            assert paid == BY_HAND[term][PLACES.index(place_of(line))], (line.label, line.at)
    assert met == set(PLACES)


def test_shares_sum_to_the_bill_and_every_file_has_them() -> None:
    comparison = asked("Shanghai", "Hamburg", "FOB")
    frame = comparison.options
    lines = comparison.cost_lines
    for option in usable(comparison):
        seller, buyer = option.seller_usd_per_teu, option.buyer_usd_per_teu
        assert seller is not None
        assert buyer is not None
        assert seller + buyer == pytest.approx(option.printed_usd_per_teu)
        row = frame.loc[option.corridor]
        assert (row["seller_usd_per_teu"], row["buyer_usd_per_teu"]) == pytest.approx(
            (round(seller, 2), round(buyer, 2))
        )
        mine = lines[(lines["corridor"] == option.corridor) & (lines["pays"] == "seller")]
        assert mine["usd_per_teu"].sum() == pytest.approx(seller)
    assert '"pays": "seller"' in comparison_json(comparison)
    first = comparison.recommended
    assert first is not None
    shown = f"FOB: the seller pays USD {2 * (first.seller_usd_per_teu or 0.0):.0f} per 40'"
    assert any(text.startswith(shown) for text in comparison.answer.sentences)


def test_handling_at_both_ends_of_one_country_is_told_apart() -> None:
    options = usable(asked("Vladivostok", "St Petersburg", "FCA", "trans-siberian"))
    lines = [line for option in options for line in option.cost_lines if line.at]
    paid = {line.at: line.pays for line in lines if line.driver == "terminal.lift"}
    assert paid == {TerminalEnd.ORIGIN: Payer.BUYER, TerminalEnd.DESTINATION: Payer.BUYER}
    named = usable(asked("Vladivostok", "St Petersburg", "CPT", "trans-siberian"))
    assert [len(one.cost_lines) for one in named] == [len(one.cost_lines) for one in options]


def test_a_term_of_ships_counts_as_one_for_any_vehicle_by_rail() -> None:
    ships = asked("Chongqing", "Munich", "FOB")
    any_vehicle = asked("Chongqing", "Munich", "FCA")
    pairs = zip(usable(ships), usable(any_vehicle), strict=True)
    by_rail = [(one, other) for one, other in pairs if not one.by_ship]
    assert by_rail
    for one, other in by_rail:
        assert one.cost_lines == other.cost_lines
        assert any("counted as FCA" in text for text in one.warnings)
        assert not any("counted as" in text for text in other.warnings)


def test_without_a_term_nobody_is_said_to_pay_and_figures_are_the_same() -> None:
    plain, termed = asked("Shanghai", "Hamburg", None), asked("Shanghai", "Hamburg", "DDP")
    for one, other in zip(usable(plain), usable(termed), strict=True):
        assert one.seller_usd_per_teu is None
        assert one.buyer_usd_per_teu is None
        assert one.printed_usd_per_teu == other.printed_usd_per_teu
        assert [line.usd_per_teu for line in one.cost_lines] == [
            line.usd_per_teu for line in other.cost_lines
        ]
    assert not plain.answer.terms


@pytest.mark.parametrize("ends", [("Busan", "Moscow"), ("Hamburg", "Almaty"), ("Osaka", "Gdansk")])
def test_a_later_term_leaves_the_buyer_no_more(ends: tuple[str, str]) -> None:
    order = ("EXW", "FCA", "FOB", "CFR", "CPT", "DAP")
    asks = [usable(asked(*ends, term)) for term in order]
    for options in zip(*asks, strict=True):
        buyers = [option.buyer_usd_per_teu or 0.0 for option in options]
        assert all(later <= earlier + 1e-9 for earlier, later in pairwise(buyers))
        assert buyers[0] == pytest.approx(options[0].printed_usd_per_teu)


def test_what_a_terminal_charges_is_of_an_end_or_on_the_way() -> None:
    for option in usable(asked("Shanghai", "Hamburg", "FOB")):
        for line in option.cost_lines:
            assert line.at is None or line.driver in BY_TERMINAL


@pytest.mark.parametrize(("term", "paid"), [("CFR", Payer.BUYER), ("CPT", Payer.SELLER)])
def test_the_stay_of_a_contract_is_charged_at_the_destination(
    term: Literal["CFR", "CPT"], paid: Payer, tmp_path: Path
) -> None:
    sheet = tmp_path / "made-up.csv"
    sheet.write_text(
        "POL;POD;Via;Valid from;Valid to;Charge;Equipment;Amount;Currency;Contract;Free days"
        ";Tiers\n"
        "Shanghai;Hamburg;Cape of Good Hope;2026-03-01;2026-03-31;BASE;40HC;2600;USD;Made up;14"
        ";15+: 60\n",
        encoding="utf-8",
    )
    comparison = corridors.compare(
        "shanghai-hamburg",
        departure="2026-03-10",
        corridors=["cape"],
        contracts=str(sheet),
        shipment={"stay_days": 20, "equipment": "40HC"},
        draws={"count": 0},
        incoterm=term,
    )
    by_contract = next(o for o in usable(comparison) if o.corridor.startswith("contract"))
    (stay,) = (line for line in by_contract.cost_lines if line.driver == "storage.contract")
    assert (stay.at, stay.pays) == (TerminalEnd.DESTINATION, paid)
    # Six days beyond the free ones, of a box of two TEU.
    assert 2.0 * stay.usd_per_teu == pytest.approx(6 * 60.0)


def test_an_unknown_term_is_refused() -> None:
    with pytest.raises(ConfigError, match="incoterm"):
        asked("Shanghai", "Hamburg", "FOB2")
    assert Incoterm("FOB") is Incoterm.FOB
