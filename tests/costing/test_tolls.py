"""Tolls of canals, worked by hand from the published parts, and which ships fit through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.costing import operations, pricing
from corridors.costing.passages import table_sdr, toll_lines, war_risk
from corridors.costing.ships import Ship, ship_of
from corridors.domain.scenario import Override
from corridors.network.locate import locate
from corridors.network.states.topology import Topology
from tests.costing.examples import BOX, PARAMETERS, SERVICES, canal_gate
from tests.network.one_network import build_topology


def ship(service: str) -> Ship:
    return ship_of(SERVICES[service], PARAMETERS)


def toll_usd(gate: str, of: Ship, year: str = "") -> float:
    """Return the toll of the whole ship."""
    lines = toll_lines(canal_gate(gate), of, PARAMETERS, year)
    return pricing.usd(lines, PARAMETERS) * of.paying_teu


def test_the_suez_table_by_hand() -> None:
    # 5,000 x 7.43 + 5,000 x 4.22 + 10,000 x 3.47 + 20,000 x 2.49 + 30,000 x 2.49 + 123,000 x 1.88
    assert table_sdr(193_000.0, "gate-suez", PARAMETERS) == pytest.approx(448_690.0)
    assert table_sdr(4_000.0, "gate-suez", PARAMETERS) == pytest.approx(4_000 * 7.43)
    assert table_sdr(0.0, "gate-suez", PARAMETERS) == 0.0


def test_msc_oscar_pays_895_000_at_suez_in_2015() -> None:
    # Egypt Independent, 2015: 193,000 SCNT, USD 895,000. The factor of 2015 is calibrated on it;
    # a rebate came only in 2025.
    free = PARAMETERS.with_overrides(
        [Override(parameter="canal.rebate_share", scope=None, value=0.0)]
    )
    oscar = ship("sea/18k")
    lines = toll_lines(canal_gate("gate-suez"), oscar, free, "2015")
    assert pricing.usd(lines, free) * oscar.paying_teu == pytest.approx(895_000.0, rel=0.002)


def test_a_10k_ship_at_suez_in_2022_is_near_what_xeneta_reported() -> None:
    # OFI Magazine, 2022: 625,000 to 675,000 for a large container ship; ours has one rate a year.
    assert 600_000.0 < toll_usd("gate-suez", ship("sea/10k"), "2022") < 720_000.0


def test_only_large_ships_have_the_suez_rebate_and_tolls_rise_by_year() -> None:
    # 142,000 SCNT have it, 118,000 do not: the toll a SCNT is lower for the larger by more
    before, large, after = (
        toll_usd("gate-suez", ship("sea/14k"), year) for year in ("2024", "2025", "2026")
    )
    assert large / before == pytest.approx(0.85 * 1.3501 / 1.3278, rel=1e-6)
    # It ended with 2025.
    assert after / large == pytest.approx(1.3656 / 1.3501 / 0.85, rel=1e-6)
    by_year = [toll_usd("gate-suez", ship("sea/8k"), year) for year in ("2021", "2022", "2023")]
    assert by_year == sorted(by_year)


@pytest.mark.parametrize(
    ("service", "year", "low", "high"),
    [
        # Tiers on deck add 18 % (12 to 18); a large ship had 15 % off (0 to 15) in 2025.
        ("sea/14k", "2025", 1.12 / 1.18, 1.0 / 0.85),
        # The rebate has ended; if it came back, the toll would be 15 % less.
        ("sea/14k", "2026", 1.12 / 1.18 * 0.85, 1.0),
        # Smaller ships never had it.
        ("sea/8k", "2025", 1.12 / 1.18, 1.0),
    ],
)
def test_the_range_of_a_suez_toll_is_that_of_tiers_and_rebate(
    service: str, year: str, low: float, high: float
) -> None:
    of = ship(service)
    (line,) = toll_lines(canal_gate("gate-suez"), of, PARAMETERS, year)
    assert line.low_factor == pytest.approx(low * of.load_low_factor)
    assert line.high_factor == pytest.approx(high * of.load_high_factor)


def test_the_dearest_toll_has_the_most_tiers_and_the_least_rebate() -> None:
    tiers = PARAMETERS.get("canal.tier_share", "gate-suez")
    rebate = PARAMETERS.get("canal.rebate_share", "gate-suez@2025")
    table = PARAMETERS.with_rows(
        [
            replace(tiers, value=0.25, low=0.0, high=0.5),
            replace(rebate, value=0.2, low=0.1, high=0.6),
        ]
    )
    of = ship("sea/14k")
    (line,) = toll_lines(canal_gate("gate-suez"), of, table, "2025")
    # 1 x 0.4, 1.25 x 0.8, 1.5 x 0.9 of the table
    assert line.low_factor / of.load_low_factor == pytest.approx(0.4)
    assert line.high_factor / of.load_high_factor == pytest.approx(1.35)
    # 145,700 SCNT: 217,450 SDR for the first 70,000, 1.88 for each of the rest, at 1.3501 USD
    assert line.quantity * of.paying_teu == pytest.approx((217_450 + 75_700 * 1.88) * 1.3501)


def test_panama_takes_12_000_teu_for_about_1_1_million() -> None:
    # PortNews, 2022: 300,000 + 12,000 x 30 + 10,800 x 40 + 1,200 x 5 = 1.098 million; now 6 empty.
    example = replace(ship("sea/14k"), capacity_teu=12_000.0, paying_teu=10_800.0)
    assert toll_usd("gate-panama", example) == pytest.approx(1_099_200.0)


def test_a_narrow_ship_takes_the_locks_of_1914() -> None:
    # 60,000 + 4,843 x 30 + 3,003 x 40 + 1,840 x 6
    assert toll_usd("gate-panama", ship("sea/arctic-5k-ice1")) == pytest.approx(336_440, abs=50)


def test_kiel_is_a_line_by_gt() -> None:
    # 3,060 + 9,940 x 0.298
    assert toll_usd("gate-kiel", ship("sea/feeder")) == pytest.approx(6_022.0, abs=1.0)


def test_a_queue_takes_the_ship_and_a_slot_is_a_line() -> None:
    asked = PARAMETERS.with_overrides(
        [
            Override(parameter="canal.queue_hours", scope="gate-panama", value=126.6),
            Override(parameter="canal.slot_usd", scope=None, value=1_000_000.0),
        ]
    )
    made = operations.canal(canal_gate("gate-panama"), SERVICES["sea/14k"], asked, BOX)
    usual = operations.canal(canal_gate("gate-panama"), SERVICES["sea/14k"], PARAMETERS, BOX)
    assert made.hours - usual.hours == pytest.approx(120.0)
    slot = next(line for line in made.bill if line.driver == "canal.slot")
    assert pricing.usd([slot], asked) == pytest.approx(1_000_000.0 / (14_052 * 0.825))
    assert not any(line.driver == "canal.slot" for line in usual.bill)


def test_a_premium_by_year_is_due_only_where_it_is_asked_for() -> None:
    gate = canal_gate("gate-bab-el-mandeb")
    dated = PARAMETERS.with_overrides([Override(parameter="war_risk.dated", scope=None, value=1.0)])
    made = operations.gate(gate, SERVICES["sea/14k"], dated, BOX, year="2024")
    # 0.6 % of 189 million USD over 11,593 TEU
    assert pricing.usd(made.bill, dated) == pytest.approx(97.8, abs=0.05)
    calm = operations.gate(gate, SERVICES["sea/14k"], dated, BOX, year="2021")
    assert pricing.usd(calm.bill, dated) == pytest.approx(11.4, abs=0.05)
    assert operations.gate(gate, SERVICES["sea/14k"], PARAMETERS, BOX, year="2024").bill == ()


def test_a_call_at_a_port_of_the_war_is_insured_and_one_at_poti_is_not() -> None:
    dated = PARAMETERS.with_overrides([Override(parameter="war_risk.dated", scope=None, value=1.0)])

    def premium(place: str, year: str) -> float:
        made = war_risk(place, place, SERVICES["sea/feeder"], dated, year=year)
        return pricing.usd(made.bill, dated)

    # 1 % of 18 million USD over 725 TEU in 2026, half of it in 2025.
    assert premium("ru-novorossiysk", "2026") == pytest.approx(248.2, abs=0.1)
    assert premium("ru-novorossiysk", "2025") == pytest.approx(124.1, abs=0.1)
    assert premium("ge-poti", "2026") == premium("gate-bosporus", "2026") == 0.0
    assert premium("gate-hormuz", "2026") == pytest.approx(248.2, abs=0.1)


def gates_of(
    service: str, drafts: tuple[tuple[str, float], ...] = (), *, in_ice: bool = True
) -> set[str]:
    """Return the gates a ship class can reach between Shanghai and Hamburg."""
    network: Topology = build_topology(
        locate("CNSHA"),
        locate("DEHAM"),
        [SERVICES[service]],
        access_km=100.0,
        drafts=drafts,
        any_hull_in_ice=in_ice,
    )
    return {place.gate for place in network.places if place.gate}


def test_size_and_draft_close_passages_to_a_class() -> None:
    largest = gates_of("sea/24k")
    assert not {"gate-panama", "gate-kiel", "gate-sannikov"} & largest
    assert "gate-suez" in largest
    assert "gate-panama" in gates_of("sea/14k")
    assert not {"gate-panama"} & gates_of("sea/15k")  # beam 53.5 m
    # Sannikov takes 12.8 m: 12.6 m of the panamax passes, 14.5 m of the 8,500 TEU ship does not
    assert "gate-sannikov" in gates_of("sea/4k")
    assert "gate-sannikov" not in gates_of("sea/4k", in_ice=False)
    assert "gate-sannikov" not in gates_of("sea/8k")
    # Yugorsky Shar takes 11.7 m, the Yenisei 11; Dmitry Laptev Strait 6.7, less than any class
    assert "gate-yugorsky-shar" in gates_of("sea/2k")
    assert "gate-yugorsky-shar" not in gates_of("sea/arctic-5k-ice1")
    assert "gate-dmitry-laptev" not in gates_of("sea/feeder")
    assert {"gate-new-siberian-north", "gate-zhelaniya"} <= gates_of("sea/8k")
    assert "gate-kiel" in gates_of("sea/feeder")
    assert "gate-kiel" not in gates_of("sea/2k")


def test_a_drought_closes_panama_to_deep_ships() -> None:
    low_water = (("gate-panama", 13.41),)
    assert "gate-panama" not in gates_of("sea/14k", low_water)
    assert "gate-panama" in gates_of("sea/4k", low_water)
