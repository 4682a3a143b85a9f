"""`corridors book`: bookings against closures, and plans that cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import corridors
from corridors.cli.main import run
from corridors.cli.study_commands import Printer
from corridors.config.plan import load_plan
from corridors.studies import pair_network
from corridors.studies.book.result import Booking, booking_model, booking_texts
from corridors.studies.book.run import book_plan
from corridors.studies.session import Session

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
    # None loses the 6,000; another hundred costs 0.8 x (50 x 900 - 50 x 300) + 0.2 x 90,000.
    beside = dict(found.contracts[0].beside)
    assert beside == pytest.approx({0.0: 6_000.0, 200.0: 42_000.0}, abs=1e-3)
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
    found: corridors.Booking,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    rare = replace(found, plan=replace(found.plan, level=0.995, weight=0.25))
    rare.show(Printer())
    lines = capsys.readouterr().out.splitlines()
    (contract,) = (line for line in lines if line.startswith("Russia "))
    # In four of five cases the 100 booked travel; in the fifth they are not used.
    assert contract.split() == ["Russia", "100", "67%", "100", "80", "20"]
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
    by_cost = replace(found, basis_note="answered by what carriage costs")
    assert booking_texts(by_cost)[-1] == "Answered by what carriage costs."


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
    record = booking_model().model_validate(written).model_dump()
    assert record["contracts"][0]["booked_teu_per_month"] == 100.0
    assert record["value_of_perfect_information_usd"] == pytest.approx(found.information_usd)
    assert "Russia" in (tmp_path / "book.html").read_text(encoding="utf-8")


def test_a_time_limit_of_the_command_returns_the_best_with_its_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _written(tmp_path)
    monkeypatch.chdir(tmp_path)
    # A booking in parts promises more than a whole one has.
    with pytest.raises(SystemExit) as ended:
        run(["book", "plan.yaml", "--time-limit", "0.001", "--out", "out"])
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "another booking may be better by up to USD" in told
    written = json.loads(Path("out/book.json").read_text(encoding="utf-8"))
    assert written["gap_usd"] > 0.0
    assert written["contracts"][0]["booked_teu_per_month"] in (0.0, 100.0)


BAD = {
    "dearer spot of any amount": (
        (
            "    step_teu: 100",
            "    dearer_spot: [{teu_per_month: 9, usd_per_teu: 5}]\n    step_teu: 100",
        ),
        "dearer_spot is what lies beyond spot_teu_per_month; give both",
    ),
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
        " in 2026-09 conflict with spot Russia at 50 TEU in 2026-09; change one of these",
    ),
    "an unknown key of a scenario": (
        ("set: {closures:", "set: {closure:"),
        "p.yaml:18: closure: unknown key, did you mean 'closures'?",
    ),
    "neither a rate nor a saving": (
        ("    saves_usd_per_teu: 300\n", ""),
        "give one of saves_usd_per_teu and rate_usd_per_teu",
    ),
    "a saving linked to an index": (
        ("    step_teu: 100\n", "    step_teu: 100\n    index_share: 0.5\n"),
        "index_share is for a rate_usd_per_teu",
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


CAPE = """name: Carriers by the Cape
first_month: 2026-09
months: 2
departures: [10]
corridors: [cape]
objective: cost
unmet_usd_per_teu: 15000
capacity_share: 1
scenario: {world: reference-open}
contracts: [CONTRACTS]
scenarios: [SCENARIOS]
pairs: [{origin: Shanghai, destination: Hamburg, teu_per_month: 1000}]
"""
SHIP = "step_teu: 100, most_teu_per_month: 1000, unused_usd_per_teu: 300"
A = f"{{name: A, gate: gate-good-hope, saves_usd_per_teu: 250, {SHIP}}}"
B = f"{{name: B, gate: gate-good-hope, saves_usd_per_teu: 200, {SHIP}}}"
C = f"{{name: C, corridor: cape, saves_usd_per_teu: 150, {SHIP}}}"
SURE = "{name: Sure, probability: 1}"
HALF = "{name: Less, probability: 0.5, demand: 0.55}"
FEW_OF_A = A.replace("most_teu_per_month: 1000", "most_teu_per_month: 600")
TAKE = A.replace("unused", "take_share: 0.5, unused")
# Without a saving, what is booked is worth what it spares of dear spot space.
DEARER = "spot_teu_per_month: 400, dearer_spot: [{teu_per_month: 300, usd_per_teu: 100}"
DEARER += ", {teu_per_month: 1500, usd_per_teu: 400}], unused"
TIGHT = A.replace("saves_usd_per_teu: 250", "saves_usd_per_teu: 0").replace("unused", DEARER)
MARKETS = "{name: Loose, probability: 0.5, demand: 0.5}, {name: Tight, probability: 0.5, spot: 0.5}"
TIERS = C.replace("150", "100, discounts: [{from_teu_per_month: 900, usd_per_teu: 170}]")


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(pairs=1)


def _booked(session: Session, folder: Path, contracts: str, scenarios: str = SURE) -> Booking:
    text = CAPE.replace("[CONTRACTS]", f"[{contracts}]").replace("[SCENARIOS]", f"[{scenarios}]")
    plan = load_plan(
        _written(folder, text), command="book", set_values=["perfect_information=false"]
    )
    return book_plan(plan, session=session)


# By hand: boxes of two months, each on one contract at most or at spot.
BY_HAND = {
    # A alone is the cheapest of the three.
    "two carriers and a corridor": (f"{A}, {B}, {C}", SURE, (1000, 0, 0), 2 * 250_000),
    # What A has no room for goes with B, at 200, not twice.
    "what is left": (f"{FEW_OF_A}, {B}, {C}", SURE, (600, 400, 0), 2 * (150_000 + 80_000)),
    # Of 700 the last hundred gain 25,000 in half of cases and lose 30,000 in the other. Of 600 only
    # 50 stay empty where there are 550 boxes.
    "fewer boxes": (A, f"{HALF}, {HALF.replace('0.55', '1').replace('Less', 'All')}",
                    (600,), 0.5 * 2 * 150_000 + 0.5 * 2 * (137_500 - 15_000)),
    # Half must be taken: 1,000 a month cost nothing at 550 boxes, and all save.
    "a minimum take": (TAKE, f"{HALF}, {HALF.replace('0.55', '1').replace('Less', 'All')}",
                       (1000,), 550 * 250 + 1000 * 250),
    # 900 boxes and more save 270, which is more than B's 200.
    # Of 1,000 boxes 300 pay 100 more at spot and 300 pay 400 more, of 600 fewer none.
    "dearer spot": (FEW_OF_A.replace("unused", DEARER), SURE,
                    (600,), 2 * (150_000 + 30_000 + 120_000)),
    # A tight market has half the space at each price. Of its 1,000 boxes 150 would pay 100 more and
    # 650 would pay 400 more; beside 600 booked 150 and 50 do. Of the 500 of a loose market 100
    # would pay 100 more, and 100 of what is booked stay empty. The next hundred would spare 25,000
    # in the one and lose 30,000 in the other.
    "a tight market": (TIGHT, MARKETS, (600,), 0.5 * 2 * (275_000 - 35_000 + 10_000 - 30_000)),
    "a discount": (f"{B}, {TIERS}", SURE, (0, 1000), 2 * 270_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_each_box_travels_on_one_contract_or_at_spot(
    name: str, session: Session, tmp_path: Path
) -> None:
    contracts, scenarios, booked, saved = BY_HAND[name]
    found = _booked(session, tmp_path, contracts, scenarios)
    assert tuple(round(each.teu) for each in found.contracts) == booked
    assert found.spot_only_usd - found.value_usd == pytest.approx(saved, abs=0.05)
    for outcome in found.outcomes:
        assert sum(outcome.carried) <= outcome.teu + 1e-6


def test_a_fixed_rate_is_worth_more_where_the_market_may_rise(
    session: Session, tmp_path: Path
) -> None:
    dearer = "set: {overrides: {fuel.vlsfo_usd_per_t: 1200}}"
    usual = _booked(session, tmp_path, A).spot_only_usd
    rise = _booked(session, tmp_path, A, SURE.replace("1}", f"1, {dearer}}}")).spot_only_usd - usual
    assert rise > 200_000.0
    spot_usd = usual / 2_000.0
    rate = A.replace("saves_usd_per_teu: 250", f"rate_usd_per_teu: {spot_usd - 50.0:.2f}")
    chances = f"{{name: Calm, probability: 0.6}}, {{name: Dear, probability: 0.4, {dearer}}}"
    fixed, half, floats = (
        _booked(session, tmp_path, rate.replace("unused", f"index_share: {share}, unused"), chances)
        for share in (0.0, 0.5, 1.0)
    )
    # Booked throughout, the rate costs the same in both scenarios; a link takes part of the rise.
    calm, dear = (outcome.usd for outcome in fixed.outcomes)
    assert [round(one.contracts[0].teu) for one in (fixed, half)] == [1000, 1000]
    assert dear == pytest.approx(calm, abs=1.0)
    assert half.value_usd - fixed.value_usd == pytest.approx(0.4 * 0.5 * rise, rel=1e-6)
    assert floats.value_usd >= half.value_usd
