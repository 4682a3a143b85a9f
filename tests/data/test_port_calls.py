"""Which ships call where: the largest in a port's rotations decides."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corridors.data.geodata import load_gates, load_port_calls, load_services, load_terminals
from corridors.data.paths import parameters_dir
from corridors.domain.places import Family
from corridors.errors import GeodataError

SHIPS = [service.id for service in load_services() if service.family is Family.SEA]


@pytest.mark.parametrize(
    ("port", "largest", "too_large"),
    [
        ("pl-gdansk", "sea/24k", ""),
        ("pl-gdynia", "sea/15k", "sea/18k"),
        ("se-gothenburg", "sea/18k", "sea/20k"),
        ("dk-aarhus", "sea/18k", "sea/20k"),
        ("lt-klaipeda", "sea/arctic-5k-ice1", "sea/10k"),
        ("fi-kotka", "sea/2k", "sea/4k"),
        ("no-oslo", "sea/feeder", "sea/2k"),
        ("jp-toyama", "sea/feeder", "sea/2k"),
        ("ge-poti", "sea/feeder", "sea/2k"),
        ("ru-novorossiysk", "sea/8k", "sea/10k"),
        ("ro-constanta", "sea/8k", "sea/14k"),
        ("tr-ambarli", "sea/18k", "sea/24k"),
        ("ie-dublin", "sea/feeder", "sea/2k"),
    ],
)
def test_ships_up_to_the_largest_of_its_rotations_call_at_a_port(
    port: str, largest: str, too_large: str
) -> None:
    calls = load_port_calls()
    assert calls.takes(port, largest)
    assert not too_large or not calls.takes(port, too_large)


def test_a_class_calls_where_a_smaller_one_does_not_only_if_it_is_smaller() -> None:
    calls = load_port_calls()
    by_size = sorted(SHIPS, key=lambda ship: calls.smallest_of_class_teu[ship])
    for port in calls.largest_teu:
        taken = [calls.takes(port, ship) for ship in by_size]
        assert taken == sorted(taken, reverse=True)
        # At ports of the Arctic coast its own coasters call, which are smaller than feeders.
        assert taken[by_size.index("sea/feeder")] or port in calls.arctic, port


def test_a_port_of_the_world_list_without_a_row_takes_feeders() -> None:
    calls = load_port_calls()
    coasters = {service.id for service in load_services() if service.countries}
    taken = {ship for ship in SHIPS if calls.takes_off_the_table("GBABD", ship)} - coasters
    assert taken == {"sea/feeder", "sea/2k", "sea/arctic-700-arc4"}
    assert calls.takes_off_the_table("USNYC", "sea/14k")


def test_a_users_own_port_takes_every_ship() -> None:
    assert all(load_port_calls().takes("my-own-port", ship) for ship in SHIPS)


def test_every_shipped_seaport_has_a_row() -> None:
    seaports = {t.id for t in load_terminals().values() if "sea" in t.services}
    assert seaports <= set(load_port_calls().largest_teu)


def test_large_ships_pass_the_great_belt_part_laden_and_no_canal() -> None:
    part_laden = {gate.id: set(gate.part_laden) for gate in load_gates() if gate.part_laden}
    assert part_laden == {"gate-great-belt": {f"sea/{k}k" for k in (14, 15, 18, 20, 24)}}


def test_a_size_that_is_no_number_is_an_error_with_its_line(tmp_path: Path) -> None:
    for name in ("port_calls.csv", "vessels.csv"):
        shutil.copy(parameters_dir() / name, tmp_path / name)
    table = tmp_path / "port_calls.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("cn-shanghai,24188", "cn-shanghai,"))
    with pytest.raises(GeodataError) as error:
        load_port_calls(tmp_path)
    assert str(error.value) == ("port_calls.csv:2: largest_ship_teu: must not be empty, got ''")
