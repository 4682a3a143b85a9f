"""The table of road legs between terminals."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from corridors.data.geodata import line_of, load_ferry_legs, load_road_legs, load_terminals
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import great_circle_km

LEGS, TERMINALS = load_road_legs(), load_terminals()
RIVERS = ("river/rhine", "river/danube", "river/yangtze")


def test_legs_join_places_where_boxes_are_lifted() -> None:
    assert 500 < len(LEGS) < 1_500
    ends = {end for leg in LEGS for end in leg.ends}
    assert all(TERMINALS[end].lifts_boxes for end in ends)
    pairs = Counter(frozenset(leg.ends) for leg in LEGS)
    assert max(pairs.values()) == 1


def test_no_leg_crosses_a_customs_border() -> None:
    customs = load_parameters().customs
    for leg in LEGS:
        countries = {TERMINALS[end].country for end in leg.ends}
        assert set(leg.countries) == countries
        zones = {customs.get(code) or code for code in countries}
        assert len(zones) == 1, leg.id


def test_a_road_is_longer_than_its_great_circle_but_not_by_much() -> None:
    ratios = []
    for leg in LEGS:
        a, b = (TERMINALS[end] for end in leg.ends)
        ratios.append(leg.length_km / float(great_circle_km(a.lon, a.lat, [b.lon], [b.lat])[0]))
    assert min(ratios) >= 0.999
    # Country means run from 1.12 to 1.65 (Ballou et al., 2002).
    assert 1.12 < float(np.median(ratios)) < 1.45


def test_no_leg_is_replaced_by_others_with_few_more_km() -> None:
    names = sorted({end for leg in LEGS for end in leg.ends})
    index = {name: number for number, name in enumerate(names)}
    start = [index[leg.from_id] for leg in LEGS]
    end = [index[leg.to_id] for leg in LEGS]
    km = np.array([leg.length_km for leg in LEGS])
    size = (len(names), len(names))
    for number, leg in enumerate(LEGS):
        kept = np.delete(np.arange(len(LEGS)), number)
        graph = csr_matrix((km[kept], (np.array(start)[kept], np.array(end)[kept])), shape=size)
        other = dijkstra(graph, directed=False, indices=start[number], limit=1.08 * leg.length_km)[
            end[number]
        ]
        assert other > 1.079 * leg.length_km, leg.id


def test_lines_of_roads_end_at_their_terminals() -> None:
    for leg in LEGS:
        line = line_of(leg)
        for end, point in zip(leg.ends, (line[0], line[-1]), strict=True):
            here = TERMINALS[end]
            assert great_circle_km(here.lon, here.lat, [point[0]], [point[1]])[0] < 0.5


def test_a_river_port_has_a_way_on() -> None:
    by_road = {end for leg in LEGS for end in leg.ends}
    ports = {end for leg in load_ferry_legs() if leg.system in RIVERS for end in leg.ends}
    assert len(ports) == 32
    for port in ports:
        rail = any(name.startswith("rail") for name in TERMINALS[port].services)
        assert rail or port in by_road, port


def test_barges_meet_ships_at_the_mouths() -> None:
    mouths = {
        "river/rhine": {"nl-rotterdam", "be-antwerp"},
        "river/danube": {"ro-constanta"},
        "river/yangtze": {"cn-shanghai", "cn-nanjing-longtan"},  # ships sail up to Nanjing
    }
    for river, ports in mouths.items():
        found = {t.id for t in TERMINALS.values() if river in t.services and "sea" in t.services}
        assert found == ports
