"""`corridors book`: bookings against closures, and plans that cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import corridors
from corridors.cli.book import _print_table
from corridors.cli.main import run
from corridors.errors import ConfigError
from corridors.output.booking_result import BookingRecord, booking_texts
from corridors.studies import pair_network
from corridors.studies.allocate import SearchedPlan

PLAN = """first_month: 2026-09
months: 1
departures: [10]
corridors: [kazakhstan-dostyk, cape]
objective: generalised
unmet_usd_per_teu: 15000
capacity_share: 1
scenario: {world: reference-open}
contracts:
  - name: Russia
    country: RU
    saves_usd_per_teu: 300
    unused_usd_per_teu: 900
    step_teu: 100
    most_teu_per_month: 200
scenarios:
  - {name: Open, probability: 0.8}
  - {name: Closed, probability: 0.2, set: {closures: [{place: RU}]}}
pairs:
  - origin: Chongqing
    destination: Duisburg
    value_of_time_usd_per_teu_day: 120
    teu_per_month: 150
"""


def _written(folder: Path, text: str = PLAN) -> Path:
    file = folder / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> corridors.Booking:
    """Return the bookings of the plan."""
    return corridors.book(_written(tmp_path_factory.mktemp("book")))


def test_bookings_follow_from_the_chance_of_closure(found: corridors.Booking) -> None:
    # A TEU booked saves 300 in four of five cases and costs 900 in the fifth: 60 expected. The
    # second hundred has 50 boxes only, so half of it is always unused.
    assert found.contracts[0].teu == 100.0
    assert found.spot_only_usd - found.value_usd == pytest.approx(100.0 * 60.0, abs=1e-3)
    # The likeliest scenario alone: 50 x 300 - 50 x 900 is a loss, so 100 too.
    assert found.contracts[0].likeliest_teu == 100.0
    assert found.stochastic_usd == pytest.approx(0.0, abs=1e-3)
    # Known before booking, nothing is booked where Russia closes: 0.2 x 100 x 900.
    assert found.information_usd == pytest.approx(18_000.0, abs=1e-3)
    assert found.proved
    open_, closed = found.outcomes
    assert open_.through == (150.0,)
    assert closed.unused == (100.0,)


def test_few_arcs_book_as_many_do(
    found: corridors.Booking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_network, "NEAR", 1.0001)
    again = corridors.book(_written(tmp_path))
    assert again.contracts == found.contracts
    assert again.known_usd == pytest.approx(found.known_usd, abs=1e-3)
    usd = [each.usd for each in found.outcomes]
    assert [each.usd for each in again.outcomes] == pytest.approx(usd, abs=1e-3)


def test_the_tail_and_the_months_are_told_as_they_are(
    found: corridors.Booking, capsys: pytest.CaptureFixture[str]
) -> None:
    rare = replace(found, plan=replace(found.plan, level=0.995, weight=0.25))
    _print_table(rare)
    lines = capsys.readouterr().out.splitlines()
    (contract,) = (line for line in lines if line.startswith("Russia "))
    # In four of five cases 150 TEU go through Russia; in the fifth the 100 booked are not used.
    assert contract.split() == ["Russia", "100", "67", "100", "120", "20"]
    text = "\n".join(lines)
    assert "In the most expensive 0.5% of cases the mean is USD" in text
    assert "With weights of 0.75 and 0.25 these are USD" in text
    worst = replace(found, plan=replace(found.plan, level=1.0, weight=1.0))
    assert "In the most expensive scenario the cost, which counts alone, is" in _cost(worst)
    left = tuple(replace(each, unmet=each.teu) for each in found.outcomes)
    nothing = tuple(replace(each, teu=0.0) for each in found.contracts)
    away = booking_texts(replace(found, outcomes=left, contracts=nothing))
    assert away[0] == "Book nothing: every box stays behind in all of these scenarios."
    alone = replace(found, outcomes=found.outcomes[:1])
    assert "The cost is USD" in _cost(alone)
    assert not any("value of" in text for text in booking_texts(alone))


def _cost(booking: corridors.Booking) -> str:
    return booking_texts(booking)[1]


def test_a_cautious_shipper_books_less(tmp_path: Path) -> None:
    cautious = corridors.book(_written(tmp_path), risk={"level": 0.8, "weight": 1.0})
    # The dearest fifth of chances is the closure, in which a booking only costs.
    assert cautious.contracts[0].teu == 0.0
    assert cautious.value_usd == pytest.approx(cautious.outcomes[1].usd)


def test_files_say_what_the_table_says(found: corridors.Booking, tmp_path: Path) -> None:
    found.save(tmp_path)
    written = json.loads((tmp_path / "book.json").read_text(encoding="utf-8"))
    record = BookingRecord.model_validate(written)
    assert record.contracts[0].booked_teu_per_month == 100.0
    assert record.value_of_perfect_information_usd == pytest.approx(found.information_usd)
    assert "Russia" in (tmp_path / "book.html").read_text(encoding="utf-8")


def test_a_time_limit_of_the_command_returns_the_best_with_its_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _written(tmp_path)
    monkeypatch.chdir(tmp_path)
    # Nothing is booked first, and planes at nothing promise that a hundred TEU are better.
    with pytest.raises(SystemExit) as ended:
        run(["book", "plan.yaml", "--time-limit", "0.001", "--out", "out"])
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "another booking may be better by up to USD" in told
    written = json.loads(Path("out/book.json").read_text(encoding="utf-8"))
    assert written["gap_usd"] > 0.0
    assert written["contracts"][0]["booked_teu_per_month"] == 0.0


@pytest.mark.long
def test_ctrl_c_ends_with_the_best_so_far_and_its_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # With two allocations a booking, the third booking is asked for after the first bound.
    asked: list[int] = []
    solve = SearchedPlan.solve

    def pressed(searched: SearchedPlan, *asked_of: Any, **given: Any) -> Any:
        asked.append(1)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return solve(searched, *asked_of, **given)

    monkeypatch.setattr(SearchedPlan, "solve", pressed)
    _written(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        run(["book", "plan.yaml", "--out", "out"])
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "another booking may be better by up to USD" in told
    written = json.loads(Path("out/book.json").read_text(encoding="utf-8"))
    assert written["gap_usd"] > 0.0
    assert len(asked) < 12


CARRIER = (
    "  - {{name: {name}, {way}, saves_usd_per_teu: 300, unused_usd_per_teu: 900, step_teu: 100,"
    " most_teu_per_month: 200}}\n"
)
BAD = {
    "chances": (
        ("probability: 0.2", "probability: 0.3"),
        "p.yaml:16: scenarios: the probabilities sum to 1.1, not to 1; lower some of them",
    ),
    "a chance left over": (
        ("probability: 0.2", "probability: 0.1"),
        "the probabilities sum to 0.9, not to 1; add a scenario for the rest",
    ),
    "eleven scenarios": (
        (
            "pairs:",
            "\n".join([*(f"  - {{name: S{n}, probability: 0.1}}" for n in range(9)), "pairs:"]),
        ),
        "p.yaml:16: scenarios: takes at most 10, got 11",
    ),
    "a corridor not asked for": (
        ("country: RU", "corridor: suez"),
        "space on corridor suez, but no pair may use it; add it to corridors",
    ),
    "a country that no route crosses": (
        ("country: RU", "country: US"),
        "p.yaml:10: contracts[0]: space through country US, but no pair has a way through it;"
        " change the contract, or add corridors",
    ),
    "a minimum above what a contract and spot have": (
        (
            "    most_teu_per_month: 200\n",
            "    most_teu_per_month: 200\n    spot_teu_per_month: 50\n"
            "minimums: [{country: RU, teu_per_month: 100}]\n",
        ),
        "scenario Open: p.yaml: the plan is infeasible by 50.0 TEU: minimum country RU of 100 TEU"
        " in 2026-09 conflict with contract and spot Russia at 50 TEU in 2026-09; change one of"
        " these",
    ),
    "two carriers on one way": (
        ("contracts:\n", f"contracts:\n{CARRIER.format(name='Other', way='country: RU')}"),
        "p.yaml:11: contracts[1]: Russia and Other would count the same box twice: one of Chongqing"
        " to Duisburg can pass country RU on its way; book one of the contracts at a time",
    ),
    "a way inside another": (
        ("contracts:\n", f"contracts:\n{CARRIER.format(name='Dostyk', way='country: KZ')}"),
        "can pass country KZ and country RU on its way",
    ),
    "an unknown key of a scenario": (
        ("set: {closures:", "set: {closure:"),
        "p.yaml:18: closure: unknown key, did you mean 'closures'?",
    ),
    "twice": (("name: Closed", "name: Open"), "two scenarios are called Open"),
    "no outside option": (("unmet_usd_per_teu: 15000\n", ""), "unmet_usd_per_teu: "),
    "nothing to book": (
        ("step_teu: 100", "step_teu: 300"),
        "most_teu_per_month of 200 is below the first quantity of 300; raise it, or lower step_teu"
        " or least_teu_per_month",
    ),
    "two ways": (("country: RU", "country: RU\n    gate: gate-suez"), "give one of corridor, gate"),
    "unknown place": (("place: RU", "place: ru-kazn"), "did you mean 'ru-kazan'?"),
    "unknown country": (("place: RU", "place: Rusia"), "'Rusia', did you mean 'RU'?"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plan_ends_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (old, new), text = BAD[name]
    monkeypatch.chdir(tmp_path)
    assert old in PLAN
    Path("p.yaml").write_text(PLAN.replace(old, new), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["book", "p.yaml"])
    assert ended.value.code == 2
    assert text in capsys.readouterr().err.replace("\n", " ")


def test_contracts_of_ways_that_no_box_shares_count_each_box_once(tmp_path: Path) -> None:
    beside = CARRIER.format(name="Sea", way="gate: gate-good-hope")
    found = corridors.book(
        _written(tmp_path, PLAN.replace("contracts:\n", f"contracts:\n{beside}"))
    )
    for outcome in found.outcomes:
        assert sum(outcome.through) <= outcome.teu + 1e-6


def test_no_answer_counts_a_box_twice_even_where_no_way_alone_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 150 boxes on two contracts of one way would save 300 USD twice.
    text = PLAN.replace(
        "contracts:\n", f"contracts:\n{CARRIER.format(name='Other', way='country: RU')}"
    )
    monkeypatch.setattr(SearchedPlan, "_note_shared", lambda *_: None)
    with pytest.raises(ConfigError, match="Russia and Other would count the same box twice"):
        corridors.book(_written(tmp_path, text))
