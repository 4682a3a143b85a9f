"""A comparison with contracts, worked by hand from the lines of the market's rows.

The sheet is made up: by Suez and by the Cape, one expired, one of another box, one from door to
door, one in euros, and one of a place that the boxes cannot use.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import corridors
from corridors.config.scenario import node_of
from corridors.costing.contract_charges import stay_amount
from corridors.domain.results import RouteOption
from corridors.errors import ConfigError
from corridors.exchange.rates.rate_files import rate_sheet_in
from corridors.output.comparison import comparison_json
from corridors.output.display_names import in_sentence
from corridors.server.questions import _named_files

HEAD = (
    "POL;POD;Carrier;Via;Valid from;Valid to;Charge;Basis;Equipment;Amount;Currency;Included"
    ";Scope;Free days;Contract"
)
SHEET = "\n".join(
    (
        HEAD,
        "Shanghai;Hamburg;A;Cape of Good Hope;2026-07-01;2026-09-30;BASE;;40HC;4000;USD;;;14;Q3",
        "Shanghai;Hamburg;A;Cape of Good Hope;2026-07-01;2026-09-30;BAF;;40HC;232;USD;;port;14;Q3",
        "Shanghai;Hamburg;A;Suez;2026-07-01;2026-09-30;BASE;;40HC;4600;USD;;port;14;Q3",
        "Shanghai;Hamburg;A;Suez;2026-07-01;2026-09-30;BAF;;40HC;;USD;yes;port;14;Q3",
        "Shanghai;Hamburg;A;Suez;2026-07-01;2026-09-30;PSS;percent;40HC;10;;;port;14;Q3",
        "Shanghai;Hamburg;B;Suez;2026-04-01;2026-06-30;BASE;;40HC;3000;USD;;port;;Old",
        "Shanghai;Hamburg;B;Suez;2026-07-01;2026-09-30;BASE;;20DV;1000;USD;;port;;Small",
        "Shanghai;Hamburg;C;Suez;2026-07-01;2026-09-30;BASE;;40HC;5000;EUR;;door;;Door",
        "Shanghai;Hamburg;D;Suez;2026-07-01;2026-09-30;BASE;;40HC;4500;USD;;port;;Handled",
        "Shanghai;Hamburg;D;Suez;2026-07-01;2026-09-30;DTHC;;40HC;250;USD;;port;;Handled",
        "Shanghai;Hamburg;D;Suez;2026-07-01;2026-09-30;ETS;;40HC;;USD;yes;port;;Handled",
        "Santos;Hamburg;E;;2026-07-01;2026-09-30;BASE;;40HC;900;USD;;port;;Far",
    )
)
ASKED: Any = {
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "world": "reference-open",
    "price_basis": "price",
    "corridors": ["suez", "cape"],
}


@cache
def found() -> corridors.Comparison:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "q3.csv"
        file.write_text(SHEET, encoding="utf-8")
        return corridors.compare(**ASKED, contracts=[str(file)])


def named(title: str) -> RouteOption:
    (option,) = (one for one in found().routes if one.title == title)
    return option


def market(corridor: str) -> RouteOption:
    (option,) = (one for one in found().routes if one.corridor == corridor)
    return option


def lines(option: RouteOption, *drivers: str) -> float:
    """Return what lines of an option come to in USD per TEU, by the beginning of their drivers."""
    return sum(one.usd_per_teu for one in option.cost_lines if one.driver.startswith(drivers))


# What a freight by sea does not hold, as docs/explanation/cost-and-price.md lists it.
APART = ("thc", "road.", "insurance.", "ets", "fueleu", "storage", "risk.")


@pytest.mark.parametrize(
    ("title", "way", "usd_per_box"),
    [
        # 4,000 and 232 for bunkers.
        ("Contract Q3, Cape of Good Hope", "cape", 4232.0),
        # 4,600, bunkers included, and 10 % of it for the season.
        ("Contract Q3, Suez Canal", "suez", 5060.0),
    ],
)
def test_a_contract_replaces_the_freight_and_nothing_else(
    title: str, way: str, usd_per_box: float
) -> None:
    ours, theirs = named(title), market(way)
    assert ours.price_status is not None
    assert ours.price_status.value == "contract"
    # The same ship: what the freight does not hold is that of the market's row.
    assert ours.usd_per_teu == pytest.approx(lines(theirs, *APART) + usd_per_box / 2, abs=0.01)
    assert ours.days == theirs.days
    assert ours.co2e_wtw_kg_per_teu == theirs.co2e_wtw_kg_per_teu
    # What carrying costs is not what it is sold for.
    assert ours.cost_usd_per_teu == pytest.approx(theirs.cost_usd_per_teu, abs=0.01)


def test_handling_and_emissions_that_a_rate_has_are_not_paid_twice() -> None:
    ours, theirs = named("Contract Handled, Suez Canal"), market("suez")
    apart = lines(theirs, "road.", "insurance.", "storage", "risk.")
    (china,) = (one for one in theirs.cost_lines if one.driver == "thc" and one.scope == "CN")
    assert ours.usd_per_teu == pytest.approx(
        apart + china.usd_per_teu + (4500.0 + 250.0) / 2, abs=0.01
    )
    assert lines(ours, "ets", "fueleu") == 0.0


def test_a_door_rate_holds_handling_and_hauls_and_is_in_the_euros_of_the_day() -> None:
    ours, theirs = named("Contract Door, Suez Canal"), market("suez")
    # Where hauls cost nothing, another terminal of the port may be better: its own lines count.
    apart = lines(ours, "insurance.", "ets", "fueleu", "storage", "risk.")
    assert apart == pytest.approx(lines(theirs, "insurance.", "ets", "fueleu"), abs=1.0)
    # The reference rate of the European Central Bank of 20 August 2026.
    assert ours.usd_per_teu == pytest.approx(apart + 5000.0 * 1.1681 / 2, abs=0.01)
    assert lines(ours, "thc", "road.") == 0.0


def test_an_expired_rate_is_shown_and_never_recommended() -> None:
    old = named("Contract Old, Suez Canal (expired)")
    assert old.usd_per_teu == min(one.usd_per_teu for one in found().usable if one.usd_per_teu)
    assert found().recommended is not old
    assert old.corridor not in {one.corridor for one in found().decision.tied}
    assert any("it does not hold on that day" in text for text in old.warnings)


def test_the_cheapest_rate_that_holds_is_recommended() -> None:
    # A day costs the same whoever carries, and Suez is quicker than the Cape.
    best = min(
        (one for one in found().usable if "expired" not in one.title),
        key=lambda one: one.generalised_usd_per_teu or 0.0,
    )
    assert found().recommended is best
    assert best.title == "Contract Q3, Cape of Good Hope" or "Suez" in best.title


def test_a_rate_of_another_box_is_named_and_no_row() -> None:
    (text,) = (one for one in found().warnings if "contracts left out" in one)
    assert "Small (q3.csv!8): is of a 20DV, not of a 40HC" in text
    assert "Far" not in text
    assert not any("Small" in one.title or "Far" in one.title for one in found().routes)


def test_a_twenty_foot_rate_is_asked_of_a_twenty_foot_box(tmp_path: Path) -> None:
    file = tmp_path / "q3.csv"
    file.write_text(SHEET, encoding="utf-8")
    small = corridors.compare(**ASKED, contracts=str(file), shipment={"equipment": "20DV"})
    (option,) = (one for one in small.routes if one.title == "Contract Small, Suez Canal")
    theirs = next(one for one in small.routes if one.corridor == "suez")
    # A 20-foot box is one TEU.
    assert option.usd_per_teu == pytest.approx(lines(theirs, *APART) + 1000.0, abs=0.01)


def test_a_note_says_what_is_in_the_rate_what_is_filled_and_where_it_stands() -> None:
    (text,) = (one for one in named("Contract Q3, Suez Canal").warnings if "Q3" in one)
    assert text == (
        "USD 5,060.00 a box of Q3 (q3.csv!4): BASE 4,600, PSS 460; BAF included; not in the rate,"
        " so from the tables: handling at Shanghai, handling at Hamburg, emission rules, hauls;"
        " 14 days free; holds from 2026-07-01 to 2026-09-30 by loading"
    )


def test_at_cost_contracts_are_left_out_with_a_word(tmp_path: Path) -> None:
    file = tmp_path / "q3.csv"
    file.write_text(SHEET, encoding="utf-8")
    at_cost = corridors.compare(**{**ASKED, "price_basis": "cost"}, contracts=str(file))
    assert {one.corridor for one in at_cost.routes} == {"suez", "cape"}
    assert "your contracts are prices: they count where ways are compared by price" in (
        at_cost.warnings
    )


def test_without_contracts_the_market_is_the_same() -> None:
    plain = corridors.compare(**ASKED)
    for one in plain.routes:
        assert market(one.corridor).usd_per_teu == one.usd_per_teu
        assert market(one.corridor).days == one.days


def test_a_file_of_results_names_the_sheet_without_its_folder() -> None:
    text = comparison_json(found())
    assert '"q3.csv"' in text
    assert "/q3.csv" not in text


def test_a_server_takes_no_sheet_by_its_name() -> None:
    asked = node_of({"contracts": ["q3.csv"]}, shown="test")
    assert list(_named_files(asked)) == [("contracts", "q3.csv")]


def test_nothing_of_a_sheet_enters_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "q3.csv"
    file.write_text(SHEET, encoding="utf-8")
    with caplog.at_level(logging.DEBUG):
        corridors.compare(**ASKED, contracts=str(file))
    assert "4232" not in caplog.text
    assert "q3" not in caplog.text


def test_a_stay_is_charged_by_the_tiers_beyond_the_free_days() -> None:
    text = (
        "POL\tPOD\tValid from\tValid to\tCurrency\t40HC\tFree days\tTiers\n"
        "Ningbo\tHamburg\t2026-07-01\t2026-09-30\tUSD\t4000\t7\t8-14: 60; 15+: 120\n"
    )
    (one,) = rate_sheet_in(text.encode(), name="a.csv").contracts
    assert stay_amount(one, 7) == 0.0
    assert stay_amount(one, 9.5) == 3 * 60.0
    assert stay_amount(one, 16) == 7 * 60.0 + 2 * 120.0


def test_an_answer_is_booked_by_a_contract_in_words() -> None:
    assert in_sentence("Contract Q3, Suez Canal") == "contract Q3, Suez Canal"
    best = found().recommended
    assert best is not None
    assert best.title.startswith("Contract ")
    assert f"book {in_sentence(best.title)}" in found().answer.finding


def test_an_explanation_of_a_contract_is_its_row_in_the_comparison(tmp_path: Path) -> None:
    file = tmp_path / "q3.csv"
    file.write_text(SHEET, encoding="utf-8")
    best = found().recommended
    assert best is not None
    told = corridors.explain(**ASKED, contracts=str(file))
    assert told.option.title == best.title
    assert told.option.cost_lines == best.cost_lines
    assert told.option.certificate == best.certificate
    with pytest.raises(ConfigError, match="no contract has the row 'contract-99'; rows: contract-"):
        corridors.explain(corridor="contract-99", **ASKED, contracts=str(file))


def test_a_simulation_says_that_contracts_are_not_drawn(tmp_path: Path) -> None:
    file = tmp_path / "q3.csv"
    file.write_text(SHEET, encoding="utf-8")
    drawn = corridors.simulate(**ASKED, contracts=str(file), count=50)
    assert not any(one.corridor.startswith("contract-") for one in drawn.options)
    assert drawn.answer[-1].startswith("Your contracts are not drawn")
    plain = corridors.simulate(**ASKED, count=50)
    assert drawn.options == plain.options


def test_a_contract_goes_by_sailings_and_its_rate_ends_with_its_last_day(tmp_path: Path) -> None:
    sheet, trips = tmp_path / "q3.csv", tmp_path / "trips.csv"
    sheet.write_text("\n".join(SHEET.splitlines()[:3]), encoding="utf-8")
    days = ("2026-08-29;2026-10-10", "2026-09-12;2026-10-24", "2026-10-20;2026-12-01")
    head = "service;operator;from;to;departs;arrives;way"
    rows = (f"Loop M;Made-up Line;CNSHA;DEHAM;{one};Cape" for one in days)
    trips.write_text("\n".join((head, *rows)), encoding="utf-8")
    asked = {**ASKED, "corridors": ["cape"], "contracts": str(sheet), "schedules": str(trips)}
    answer = corridors.compare(**asked)
    best = answer.recommended
    assert best is not None
    assert best.title == "Contract Q3, Cape of Good Hope"
    assert best.departure is not None
    assert best.departure.date().isoformat() == "2026-08-29"
    assert answer.sailings is not None
    departures = answer.sailings.departures
    assert [one.departs.date().isoformat() for one in departures] == [one[:10] for one in days]
    assert [one.expired for one in departures] == [False, False, True]
    assert "at an expired rate" in answer.answer.departures[0]
