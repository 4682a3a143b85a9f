"""Connectivity findings on tiny networks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.data.geodata import SeaLanes, SeaLegs
from corridors.domain.places import Gate, GateKind
from tests.validation.network_state.networks import leg, place, places
from validation.network_state.findings import Finding
from validation.network_state.graphs import Graph
from validation.network_state.land_findings import land_findings
from validation.network_state.sea_findings import Seas, sea_findings

# aa-one and aa-two are a ring with aa-three; bb-far hangs on one crossing, cc-end behind it.
RING = (
    leg("aa-one", "aa-two"),
    leg("aa-two", "aa-three", km=50.0),
    leg("aa-three", "aa-one"),
    leg("aa-one", "bb-far", km=40.0),
    leg("bb-far", "cc-end"),
)
NAMES = ("aa-one", "aa-two", "aa-three", "bb-far", "cc-end")


def named(findings: list[Finding], what: str, unit: str | None = None) -> Finding:
    (found,) = [f for f in findings if f.what == what and unit in (None, f.unit)]
    return found


def test_a_leg_on_which_places_hang_is_reported_with_how_many() -> None:
    findings = list(land_findings(places(*NAMES), RING))
    crossings = named(findings, "crossings, ferries and roads whose loss cuts places off")
    assert crossings.shown == ("aa-one--bb-far (2)", "bb-far--cc-end (1)")
    assert named(findings, "legs inside a country whose loss cuts places off").names == ()
    joints = named(findings, "places whose loss cuts others off")
    assert joints.shown == ("aa-one (2)", "bb-far (1)")
    assert named(findings, "countries joined by one crossing").names == ("AA-BB", "BB-CC")


def test_a_second_way_takes_a_crossing_off_the_list() -> None:
    legs = (*RING, leg("aa-two", "cc-end"))
    findings = list(land_findings(places(*NAMES), legs))
    assert named(findings, "crossings, ferries and roads whose loss cuts places off").value == 0
    assert named(findings, "places whose loss cuts others off").value == 0


def test_systems_are_parts_of_their_own_and_projects_are_not_there() -> None:
    legs = (*RING, leg("dd-a", "dd-b", system="cn-1435"), leg("cc-end", "dd-a", project="link"))
    findings = list(land_findings(places(*NAMES, "dd-a", "dd-b"), legs))
    assert named(findings, "rail of 1520").value == 1
    assert named(findings, "rail of cn-1435").value == 1
    whole = named(findings, "rail, all systems")
    assert (whole.value, whole.names) == (2, ("dd-a", "dd-b"))


def test_a_crossing_counts_half_in_each_country() -> None:
    findings = list(land_findings(places(*NAMES), RING))
    assert named(findings, "AA", "rail km").value == 100 + 50 + 100 + 20
    assert named(findings, "AA", "rail legs").value == 4
    assert named(findings, "AA", "terminals").value == 3
    assert named(findings, "CC", "rail km").value == 50


def sea() -> Seas:
    """Two ports on either side of a strait, the inner one with a third port behind it."""
    points = ("aa-outer", "gate-strait", "bb-inner", "bb-inmost")
    nodes = np.arange(4, dtype=np.int32)
    tail, head = np.array([0, 1, 2], np.int32), np.array([1, 2, 3], np.int32)
    nm = np.array([10.0, 20.0, 5.0])
    none = np.zeros(3, np.int32)
    return Seas(
        gates=(
            Gate(
                id="gate-strait",
                name="Strait",
                kind=GateKind.STRAIT,
                points=("gate-strait",),
                max_draft_m=None,
                max_beam_m=None,
                max_loa_m=None,
                country="",
                source="by hand",
                status="assumption",
            ),
        ),
        legs=SeaLegs(
            point_ids=points,
            leg_from=tail,
            leg_to=head,
            leg_nm=nm,
            leg_area=none,
            leg_gate=none - 1,
        ),
        lanes=SeaLanes(
            node_lon=np.array([0.0, 1.0, 2.0, 3.0]),
            node_lat=np.zeros(4),
            edge_from=tail,
            edge_to=head,
            edge_nm=nm,
            edge_gate=none - 1,
            point_ids=points,
            point_node=nodes,
        ),
    )


PORTS = {name: place(name, services="sea") for name in ("aa-outer", "bb-inner", "bb-inmost")}


def test_a_strait_cuts_off_what_has_no_way_by_land() -> None:
    alone = list(sea_findings(PORTS, (), sea()))
    rail = list(sea_findings(PORTS, (leg("aa-outer", "bb-inmost"),), sea()))
    by_sea, by_both = (
        f"gates whose loss cuts places off by sea{more}" for more in ("", " and land")
    )
    assert named(alone, by_sea).names == named(alone, by_both).names == ("gate-strait",)
    assert named(alone, by_sea).shown == ("gate-strait (1)",)
    assert named(rail, by_sea).names == ("gate-strait",)
    assert named(rail, by_both).names == ()


def test_a_port_is_as_far_from_its_lane_as_its_edge_is_long() -> None:
    findings = list(sea_findings(PORTS, (), sea()))
    assert named(findings, "seaport to its lane, farthest").value == 18.5
    assert named(findings, "seaport to its lane, farthest").shown[0] == "aa-outer (18.5 km)"


def test_an_own_port_joins_the_lane_and_a_place_apart_is_named() -> None:
    own = place("cc-own", lon=1.5, lat=0.1, services="sea")
    findings = list(sea_findings({**PORTS, "cc-own": own, "dd-lost": place("dd-lost")}, (), sea()))
    both = named(findings, "land and sea")
    assert (both.value, both.names) == (2, ("dd-lost",))
    assert "cc-own (11.1 km)" in named(findings, "seaport to its lane, farthest").shown


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=14)


@settings(deadline=None)
@given(EDGES)
def test_what_a_lost_edge_cuts_off_is_what_the_search_no_longer_reaches(
    edges: list[tuple[int, int]],
) -> None:
    pairs = [(str(a), str(b)) for a, b in edges]
    graph = Graph.of(pairs)

    def reached(start: str, ways: list[tuple[str, str]]) -> set[str]:
        seen, before = {start}, set[str]()
        while seen != before:
            before = set(seen)
            seen |= {b for a, b in ways if a in seen} | {a for a, b in ways if b in seen}
        return seen

    for number, cut in enumerate(graph.cut_by_edges([(k,) for k in range(len(pairs))])):
        rest = [pair for k, pair in enumerate(pairs) if k != number]
        a, b = pairs[number]
        sides = sorted((reached(a, rest), reached(b, rest)), key=len)
        expected = 0 if b in reached(a, rest) else len(sides[0])
        assert len(cut) == expected
