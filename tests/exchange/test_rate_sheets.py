"""Rate sheets: drawn layouts read as they were meant, damaged rows refused with their rate."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.checks import check_files
from corridors.cli.main import command_line
from corridors.data.parameters import load_parameters
from corridors.data.series import exchange, load_exchange_rates
from corridors.domain.contracts import ChargeBasis, RateSheet
from corridors.errors import ConfigError, CorridorsError
from corridors.exchange.rates.rate_cells import heading_word
from corridors.exchange.rates.rate_files import COLUMNS, form_of_contracts, rate_sheet_in
from corridors.exchange.rates.rate_sheets import KnownNames, rates_in
from corridors.network.locate import locate
from tests.exchange.drawn_rates import DAMAGES, Figures, Key, Terms, damaged, drawn_sheet

KNOWN = frozenset(("USD", "EUR", "CNY", "RUB"))


@cache
def unknown(place: str) -> str:
    try:
        locate(place, advised=False)
    except CorridorsError as error:
        return str(error)
    return ""


NAMES = KnownNames(place=unknown, index=lambda _: "", currencies=KNOWN)


def read(content: bytes, name: str) -> RateSheet:
    return rates_in(content, name=name, known=NAMES)


def figures(sheet: RateSheet) -> dict[Key, Figures]:
    found: dict[Key, Figures] = {}
    for one in sheet.contracts:
        key = (one.origin, one.destination, one.equipment.value, one.way, one.first, one.last)
        assert key not in found
        found[key] = {
            charge.code: (
                charge.amount,
                "" if charge.included else charge.currency,
                charge.included,
            )
            for charge in one.charges
        }
    return found


def terms(sheet: RateSheet) -> dict[Key, Terms]:
    return {
        (one.origin, one.destination, one.equipment.value, one.way, one.first, one.last): Terms(
            index=one.index,
            share=one.index_share,
            floor=one.floor,
            ceiling=one.ceiling,
            free_days=one.free_days,
            tiers=tuple((tier.from_day, tier.a_day) for tier in one.tiers),
        )
        for one in sheet.contracts
    }


def meant(truth: dict[Key, Figures]) -> dict[Key, Figures]:
    return {
        key: {code: (usd, "" if is_in else cur, is_in) for code, (usd, cur, is_in) in one.items()}
        for key, one in truth.items()
    }


@pytest.mark.parametrize("seed", range(30))
def test_a_drawn_sheet_is_read_to_the_cent(seed: int) -> None:
    sheet = drawn_sheet(seed)
    found = read(sheet.content(), sheet.name)
    assert found.refused == ()
    assert figures(found) == meant(sheet.truth())
    assert terms(found) == sheet.terms()


@pytest.mark.parametrize("seed", range(3 * len(DAMAGES)))
def test_a_damaged_row_is_refused_with_its_rate_and_nothing_else(seed: int) -> None:
    sheet, damage = damaged(seed)
    found = read(sheet.content(), sheet.name)
    rows = {one.row for one in found.refused}
    of_rate = {f"{sheet.sheet}!{row}" for row in sheet.rows_of[damage.rate]}
    assert rows
    assert rows <= of_rate
    assert figures(found) == meant(sheet.truth(without=damage.rate))


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


HEAD = "POL;POD;Carrier;Via;Valid from;Valid to;Currency;"


def test_what_holds_for_all_rows_may_stand_above_the_heading() -> None:
    content = csv_of(
        "MADE-UP LINE RATES", "Carrier:;Made-up Line", "Contract: Q3 2026",
        "Validity;01.07.2026 - 30.09.2026", "All rates in USD", "",
        "POL;POD;20GP;40HQ;THC destination 40HQ;Remarks", "CNSHA;DEHAM;2.100;4.000;310;subject to",
    )  # fmt: skip
    found = read(content, "q3.csv")
    assert found.refused == ()
    twenty, forty = found.contracts
    assert (twenty.equipment.value, forty.equipment.value) == ("20DV", "40HC")
    assert {one.code: one.amount for one in twenty.charges} == {"BASE": 2100.0}
    assert {one.code: one.amount for one in forty.charges} == {"BASE": 4000.0, "DTHC": 310.0}
    assert (forty.carrier, forty.name) == ("Made-up Line", "Q3 2026")
    assert (str(forty.first), str(forty.last)) == ("2026-07-01", "2026-09-30")
    assert forty.charges[0].cell == "q3.csv!D8"
    assert forty.row == "q3.csv!8"


@pytest.mark.parametrize("share", ["10", "10%", "10,0 %"])
def test_a_charge_in_percent_of_the_rate_needs_no_currency(share: str) -> None:
    rate = "Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;"
    content = csv_of(
        HEAD + "Charge;Basis;Equipment;Amount",
        rate + "BASE;;40HC;4000",
        rate + f"PSS;percent;40HC;{share}",
    )
    (found,) = read(content, "a.csv").contracts
    season = found.charges[1]
    assert (season.code, season.basis, season.amount) == ("PSS", ChargeBasis.PERCENT, 10.0)
    assert (season.currency, season.included) == ("", False)


def test_a_charge_that_cannot_be_read_takes_its_rate_with_it() -> None:
    content = csv_of(
        HEAD + "Charge;Equipment;Amount",
        "Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;BASE;40HC;4000",
        "Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;BAF;40HC;on request",
        "Shanghai;Rotterdam;A;;2026-07-01;2026-09-30;USD;BASE;40HC;3900",
    )
    found = read(content, "a.csv")
    assert [one.destination for one in found.contracts] == ["Rotterdam"]
    assert [(one.row, one.reason) for one in found.refused] == [
        ("a.csv!2", "belongs to the rate of a.csv!3, which cannot be read"),
        ("a.csv!3", "'on request' is no amount"),
    ]


def test_a_charge_with_another_day_takes_the_rate_that_it_seems_to_be_of() -> None:
    content = csv_of(
        HEAD + "Charge;Equipment;Amount;Scope",
        "Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;BASE;40HC;4000;",
        "Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;ETS;40HC;100;port",
        "Shanghai;Hamburg;A;;2026-07-01;2026-08-30;USD;BAF;40HC;300;",
        "Shanghai;Rotterdam;A;;2026-07-01;2026-09-30;USD;BASE;40HC;3900;",
    )
    found = read(content, "a.csv")
    assert [one.destination for one in found.contracts] == ["Rotterdam"]
    # An empty scope is the usual one, so that the second row is of the first one's rate.
    assert [(one.row, one.reason) for one in found.refused] == [
        ("a.csv!2", "the charge of a.csv!4 seems to belong to it, but differs elsewhere"),
        ("a.csv!3", "the charge of a.csv!4 seems to belong to it, but differs elsewhere"),
        ("a.csv!4", "no base rate"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Shanghai;Nowhereville;A;;2026-07-01;2026-09-30;USD;4000", "destination: unknown place"),
        (";Hamburg;A;;2026-07-01;2026-09-30;USD;4000", "origin: is empty; fill each row"),
        ("Shanghai;Hamburg;A;;03/04/2026;2026-09-30;USD;4000", "'03/04/2026' may be two days"),
        ("Shanghai;Hamburg;A;;2026-07-01;;USD;4000", "no last day"),
        ("Shanghai;Hamburg;A;;2026-07-01;2026-06-01;USD;4000", "is before its first"),
        ("Shanghai;Hamburg;A;;2026-07-01;2026-09-30;;4000", "BASE: no currency"),
        ("Shanghai;Hamburg;A;;2026-07-01;2026-09-30;AED;4000", "no rate of exchange is known"),
        ("Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;", "no base rate"),
        ("Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;-5", "give 0 to 1,000,000"),
        ("Shanghai;Hamburg;A;;2026-07-01;2026-09-30;USD;4.2805", "write it like 4280.50"),
    ],
)
def test_a_row_says_why_it_is_refused(row: str, reason: str) -> None:
    good = "Ningbo;Hamburg;A;;2026-07-01;2026-09-30;USD;4100"
    found = read(csv_of(HEAD + "40HC", good, row), "a.csv")
    assert [one.origin for one in found.contracts] == ["Ningbo"]
    assert [one.row for one in found.refused] == ["a.csv!3"]
    assert reason in found.refused[0].reason


def test_a_rate_that_stands_twice_is_refused_the_second_time() -> None:
    row = "Ningbo;Hamburg;A;;2026-07-01;2026-09-30;USD;4100"
    found = read(csv_of(HEAD + "40HC", row, row.replace("4100", "4200")), "a.csv")
    assert [one.charges[0].amount for one in found.contracts] == [4100.0]
    assert found.refused[0].reason == "the same places, box and days as a.csv!2"


def test_twin_rates_and_tiers_and_volumes_are_read() -> None:
    content = csv_of(
        HEAD + "Free days;Tiers;Min boxes;Max boxes;Date counts;Scope;40HC",
        "Ningbo;Hamburg;A;Suez;2026-07-01;2026-09-30;USD;14;TIERS;5;20;gate in;CY/CY;1",
    )
    assert read(content, "a.csv").refused[0].reason.startswith("tiers: 'TIERS' is no tier")
    # A tab parts the cells here, since tiers have semicolons.
    tabs = content.replace(b";", b"\t").replace(b"TIERS", b"15-21: 60; 22+: 120")
    (found,) = read(tabs, "a.csv").contracts
    assert [(tier.from_day, tier.a_day) for tier in found.tiers] == [(15, 60.0), (22, 120.0)]
    assert (found.free_days, found.least_boxes, found.most_boxes) == (14, 5, 20)
    assert (found.way, found.counts.value, found.scope.value) == ("Suez", "gate-in", "yard")


def test_a_file_without_ends_is_refused_whole() -> None:
    with pytest.raises(ConfigError, match="no sheet has a heading with both ends, such as POL"):
        read(csv_of("Port;Rate", "Hamburg;4000"), "a.csv")


@pytest.mark.parametrize("name", ["form.xlsx", "form.csv"])
def test_the_form_is_read_as_it_is_written(name: str) -> None:
    found = rate_sheet_in(form_of_contracts(name), name=name)
    assert found.refused == ()
    assert len(found.contracts) == 4
    by_way = {one.way: one for one in found.contracts if one.origin == "Ningbo"}
    assert {one.code: (one.amount, one.included) for one in by_way["Suez"].charges} == {
        "BASE": (4600.0, False), "BAF": (0.0, True),
    }  # fmt: skip
    assert [one.amount for one in by_way["Cape of Good Hope"].charges] == [4000.0, 300.0]


def test_every_heading_of_the_form_is_known_to_the_reader() -> None:
    assert all(heading_word(head) for head, _, _ in COLUMNS)


def test_check_lists_the_rows_of_a_sheet_that_are_not_used(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(csv_of(HEAD + "40HC", "Ningbo;Hamburg;A;;2026-07-01;TBA;USD;4100"))
    checked, faults = check_files([file])
    assert checked == 1
    assert len(faults) == 1
    assert faults[0].endswith(
        "rates.csv:rates.csv!2: last: 'TBA' is no day; write it like 2026-08-31"
    )


def test_new_writes_the_form(tmp_path: Path) -> None:
    file = tmp_path / "q4.xlsx"
    ended = CliRunner().invoke(command_line(), ["new", "contracts", str(file)])
    assert ended.exit_code == 0, ended.output
    assert check_files([file]) == (1, ())
    wrong = CliRunner().invoke(command_line(), ["new", "contracts", str(tmp_path / "q4.yaml")])
    assert "contracts are a table" in str(wrong.exception)


def test_rates_of_exchange_are_those_of_the_day_or_the_last_before() -> None:
    # By hand: 22 August 2026 is a Saturday; on Friday a euro was 1.1699 USD.
    assert exchange("EUR", date(2026, 8, 22)).usd == 1.1699
    assert exchange("EUR", date(2026, 8, 22)).day == date(2026, 8, 21)
    # On 30 October 2026, the last day, a euro was 1.1172 USD and 7.4326 CNY.
    assert exchange("CNY", date(2027, 3, 1)).usd == pytest.approx(1.1172 / 7.4326)
    assert exchange("USD", date(1999, 1, 1)).usd == 1.0
    with pytest.raises(ConfigError, match="no reference rate of RUB is known for 2026-01-01"):
        exchange("RUB", date(2026, 1, 1))
    with pytest.raises(ConfigError, match="the first of 2021-01-04"):
        exchange("EUR", date(2020, 12, 31))


def test_months_of_the_euro_are_the_means_of_its_days() -> None:
    # The shipped months of the euro come from the same file.
    table = load_parameters()
    for month in ("2026-08", "2026-10", "2023-03"):
        days = [r.per_eur["USD"] for r in load_exchange_rates() if f"{r.day:%Y-%m}" == month]
        stated = table.by_scope("currency.usd_per_eur").row_of[month]().value
        assert sum(days) / len(days) == pytest.approx(stated, abs=5e-5)
