"""The oracle on networks small enough to price by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.oracle.chains import (
    CHANGE,
    LEG,
    LOAD,
    SINK,
    SOURCE,
    UNLOAD,
    Arc,
    Found,
    Net,
    Phase,
    Place,
    Terms,
    allowed_phases,
    cheapest,
    forward,
    pruned,
)
from tests.oracle.files import bounds_of, chain_of

FREE = Terms(bounds={}, trunks={})


@dataclass
class Sketch:
    """A network in the making. Each leg and transfer has a price in USD; places lie on a line."""

    places: list[Place] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    states: list[tuple[int, int]] = field(default_factory=lambda: [(-1, -1), (-1, -1)])
    arcs: list[Arc] = field(default_factory=list)

    def place(self, name: str, country: str = "", lon: float = 0.0) -> None:
        self.places.append(Place(id=name, country=country, lon=lon))

    def state(self, place: str, service: str) -> int:
        known = [p.id for p in self.places]
        if place not in known:
            self.place(place)
            known.append(place)
        if service not in self.services:
            self.services.append(service)
        key = known.index(place), self.services.index(service)
        if key not in self.states:
            self.states.append(key)
        return self.states.index(key)

    def leg(
        self, one: str, other: str, service: str, usd: int, *, km: float = 100.0, country: str = ""
    ) -> None:
        """Add a leg, run in both directions."""
        a, b = self.state(one, service), self.state(other, service)
        for tail, head in ((a, b), (b, a)):
            self.arcs.append(
                Arc(
                    tail=tail,
                    head=head,
                    kind=LEG,
                    service=self.states[head][1],
                    km=km,
                    countries=(country,) if country else (),
                    cents=100 * usd,
                    minutes=60,
                )
            )

    def change(self, place: str, one: str, other: str, usd: int = 0) -> None:
        """Add a change between two services, both ways."""
        a, b = self.state(place, one), self.state(place, other)
        for tail, head in ((a, b), (b, a)):
            self._transfer(tail, head, CHANGE, self.states[head][1], usd)

    def load(self, place: str, service: str, usd: int = 0) -> None:
        state = self.state(place, service)
        self._transfer(SOURCE, state, LOAD, self.states[state][1], usd)

    def unload(self, place: str, service: str, usd: int = 0) -> None:
        state = self.state(place, service)
        self._transfer(state, SINK, UNLOAD, self.states[state][1], usd)

    def _transfer(self, tail: int, head: int, kind: int, service: int, usd: int) -> None:
        self.arcs.append(
            Arc(tail=tail, head=head, kind=kind, service=service, cents=100 * usd, minutes=10)
        )

    def net(self, origin: str, destination: str) -> Net:
        at = {place.id: place for place in self.places}
        return Net(
            services=tuple(self.services),
            usual=frozenset(self.services),
            places=tuple(self.places),
            place=tuple(place for place, _ in self.states),
            service=tuple(service for _, service in self.states),
            arcs=tuple(self.arcs),
            ends=(at[origin], at[destination]),
        )


def chain(*services: str, **keys: Any) -> Any:
    return chain_of({"id": "x", "main": {"services": services}, **keys}, {"EU": ("DE", "PL")})


def usd(found: Found | None) -> float | None:
    return None if found is None else found.cents / 100


def legs_by_phase(net: Net, found: Found) -> dict[str, list[str]]:
    """Return the places reached by the legs of each phase."""
    reached: dict[str, list[str]] = {}
    for number, phase in zip(found.arcs, found.phases, strict=True):
        if net.arcs[number].kind == LEG:
            reached.setdefault(phase.name, []).append(net.at(net.arcs[number].head).id)
    return reached


def inland_to_inland() -> Sketch:
    """Return rail to two ports, a ship by a gate to two ports, and rail from each.

    Xi'an - Qingdao 300 USD, Xi'an - Ningbo 400; sea by the gate 500 to Koper, 450 to Hamburg; rail
    to Munich 200 from Koper, 350 from Hamburg.
    """
    sketch = Sketch()
    sketch.place("xian", "CN", 108.0)
    sketch.place("munich", "DE", 11.0)
    sketch.leg("xian", "qingdao", "rail/cn", 300, km=1400)
    sketch.leg("xian", "ningbo", "rail/cn", 400, km=1600)
    for port in ("qingdao", "ningbo"):
        sketch.leg(port, "gate-suez#1", "sea/14k", 200, km=12000)
        sketch.change(port, "rail/cn", "sea/14k", 10)
    sketch.leg("gate-suez#1", "gate-suez#2", "sea/14k", 100, km=160)
    sketch.leg("gate-suez#2", "koper", "sea/14k", 200, km=2200)
    sketch.leg("gate-suez#2", "hamburg", "sea/14k", 150, km=6000)
    for port in ("koper", "hamburg"):
        sketch.change(port, "rail/eu", "sea/14k", 10)
    sketch.leg("koper", "munich", "rail/eu", 200, km=500)
    sketch.leg("hamburg", "munich", "rail/eu", 350, km=800)
    sketch.load("xian", "rail/cn")
    sketch.unload("munich", "rail/eu")
    return sketch


def test_a_chain_has_three_parts_at_the_least_total() -> None:
    net = inland_to_inland().net("xian", "munich")
    terms = Terms(bounds={"rail/cn": 2000.0, "rail/eu": 1200.0}, trunks={})
    found = cheapest(chain("sea", must_pass=["gate-suez"]), net, terms)
    assert found is not None
    assert usd(found) == 300 + 10 + 200 + 100 + 200 + 10 + 200
    assert legs_by_phase(net, found) == {
        "PRE": ["qingdao"],
        "MAIN": ["gate-suez#1", "gate-suez#2", "koper"],
        "ON": ["munich"],
    }
    assert found.minutes == 5 * 60 + 4 * 10


def test_a_bound_keeps_a_leg_by_its_km_and_those_still_ahead() -> None:
    net = inland_to_inland().net("xian", "munich")
    suez = chain("sea", must_pass=["gate-suez"])
    koper_only = Terms(bounds={"rail/cn": 1400.0, "rail/eu": 500.0}, trunks={})
    found = cheapest(suez, net, koper_only)
    assert found is not None
    assert legs_by_phase(net, found)["ON"] == ["munich"]
    assert (
        cheapest(suez, net, Terms(bounds={"rail/cn": 1399.0, "rail/eu": 900.0}, trunks={})) is None
    )
    assert cheapest(suez, net, Terms(bounds={"rail/cn": 2000.0}, trunks={})) is None


def test_a_bound_is_that_of_the_own_service_and_counts_the_way_ahead() -> None:
    sketch = Sketch()
    sketch.leg("port", "hub", "road", 10, km=300)
    sketch.leg("hub", "town", "rail/eu", 20, km=700)
    sketch.change("hub", "road", "rail/eu")
    sketch.leg("far", "port", "sea/14k", 500, km=9000)
    sketch.change("port", "sea/14k", "road")
    sketch.load("far", "sea/14k")
    sketch.unload("town", "rail/eu")
    net = sketch.net("far", "town")
    # By road 300 km, but 1,000 km of carriage from the port to the end.
    assert (
        cheapest(chain("sea"), net, Terms(bounds={"road": 999.0, "rail/eu": 700.0}, trunks={}))
        is None
    )
    assert (
        usd(
            cheapest(chain("sea"), net, Terms(bounds={"road": 1000.0, "rail/eu": 700.0}, trunks={}))
        )
        == 530
    )
    left = pruned(
        net,
        Terms(bounds={"road": 999.0, "rail/eu": 700.0}, trunks={}),
        allowed_phases(
            chain("sea"), net, Terms(bounds={"road": 999.0, "rail/eu": 700.0}, trunks={})
        ),
    )
    by_road = [phases for arc, phases in zip(net.arcs, left, strict=True) if arc.km == 300]
    assert by_road == [frozenset(), frozenset()]


def test_an_entry_counts_in_the_main_carriage_only() -> None:
    sketch = Sketch()
    sketch.leg("a", "dostyk", "rail/cn", 10)
    sketch.leg("dostyk", "b", "rail/1520", 10)
    sketch.change("dostyk", "rail/cn", "rail/1520", 1)
    sketch.leg("a", "b", "sea/14k", 1)
    sketch.load("a", "rail/cn")
    sketch.load("a", "sea/14k")
    sketch.unload("b", "rail/1520")
    sketch.unload("b", "sea/14k")
    net = sketch.net("a", "b")
    terms = Terms(bounds={"rail/cn": 500.0, "rail/1520": 500.0}, trunks={})
    # By ship: Dostyk is met by neither main carriage, and carriage does not count.
    assert cheapest(chain("sea", must_pass=["dostyk"]), net, terms) is None
    # Boarding the main carriage at the entry counts it.
    boarded = cheapest(chain("rail/1520", must_pass=["dostyk"]), net, terms)
    assert boarded is not None
    assert usd(boarded) == 21
    assert legs_by_phase(net, boarded) == {"PRE": ["dostyk"], "MAIN": ["b"]}
    # So does reaching it by the main carriage, with carriage from there.
    reached = cheapest(chain("rail/cn", must_pass=["dostyk"]), net, terms)
    assert reached is not None
    assert legs_by_phase(net, reached) == {"MAIN": ["dostyk"], "ON": ["b"]}


def test_on_carriage_begins_only_when_all_entries_are_reached() -> None:
    net = inland_to_inland().net("xian", "munich")
    terms = Terms(bounds={"rail/cn": 2000.0, "rail/eu": 1200.0}, trunks={})
    assert cheapest(chain("sea", must_pass=["gate-suez", "munich"]), net, terms) is None


def test_the_phase_is_no_choice() -> None:
    sketch = Sketch()
    # Two legs by a service that is main and may be carriage.
    sketch.leg("a", "b", "rail/cn", 5, km=100)
    sketch.leg("b", "c", "rail/cn", 5, km=100)
    sketch.leg("b", "c", "sea/14k", 1, km=100)
    sketch.change("b", "rail/cn", "sea/14k", 1)
    sketch.change("c", "sea/14k", "rail/cn", 1)
    sketch.leg("c", "d", "rail/cn", 5, km=100)
    sketch.load("a", "rail/cn")
    sketch.unload("d", "rail/cn")
    net = sketch.net("a", "d")
    terms = Terms(bounds={"rail/cn": 1000.0, "sea/14k": 1000.0}, trunks={})
    found = cheapest(chain("rail", must_pass=["b"]), net, terms)
    assert found is not None
    # Boarding rail at the origin is main at once; the ship after it is on-carriage, and so is the
    # rail boarded afterwards.
    assert usd(found) == 5 + 1 + 1 + 1 + 5
    assert legs_by_phase(net, found) == {"MAIN": ["b"], "ON": ["c", "d"]}
    # Until the last entry, no other service may be boarded.
    straight = cheapest(chain("rail", must_pass=["c"]), net, terms)
    assert usd(straight) == 15


def test_carriage_keeps_off_trunk_places_but_for_the_countries_they_serve() -> None:
    sketch = Sketch()
    sketch.place("almaty", "KZ")
    sketch.place("warsaw", "PL")
    sketch.leg("port", "dostyk", "rail/cn", 10)
    for city in ("almaty", "warsaw"):
        sketch.leg("dostyk", city, "rail/1520", 10)
        sketch.unload(city, "rail/1520")
    sketch.change("dostyk", "rail/cn", "rail/1520")
    sketch.leg("far", "port", "sea/14k", 100)
    sketch.change("port", "sea/14k", "rail/cn")
    sketch.load("far", "sea/14k")
    bounds = {"rail/cn": 900.0, "rail/1520": 900.0}
    terms = Terms(bounds=bounds, trunks={"dostyk": frozenset({"KZ", "KG"})})
    assert usd(cheapest(chain("sea"), sketch.net("far", "almaty"), terms)) == 120
    kept = [arc for arc in sketch.arcs if arc.head != SINK or sketch.states[arc.tail][0] == 1]
    sketch.arcs = kept
    assert cheapest(chain("sea"), sketch.net("far", "warsaw"), terms) is None
    assert (
        usd(cheapest(chain("sea"), sketch.net("far", "warsaw"), Terms(bounds=bounds, trunks={})))
        == 120
    )
    assert (
        cheapest(
            chain("sea", carriage={"must_avoid": ["dostyk"]}),
            sketch.net("far", "warsaw"),
            Terms(bounds=bounds, trunks={}),
        )
        is None
    )


def test_must_avoid_holds_in_every_phase() -> None:
    net = inland_to_inland().net("xian", "munich")
    terms = Terms(bounds={"rail/cn": 2000.0, "rail/eu": 1200.0}, trunks={})
    found = cheapest(chain("sea", must_pass=["gate-suez"], must_avoid=["koper"]), net, terms)
    assert found is not None
    assert legs_by_phase(net, found)["MAIN"][-1] == "hamburg"
    assert cheapest(chain("sea", must_pass=["gate-suez"], must_avoid=["CN"]), net, terms) is None


def line() -> Sketch:
    """Return rail and ship side by side from east to west over three places."""
    sketch = Sketch()
    for lon, name in ((90.0, "east"), (60.0, "mid"), (30.0, "west"), (0.0, "sea")):
        sketch.place(name, "", lon)
    sketch.leg("east", "mid", "rail/cn", 10, country="CN")
    sketch.leg("east", "mid", "sea/14k", 1)
    sketch.leg("mid", "west", "rail/cn", 10, country="RU")
    sketch.leg("mid", "west", "sea/14k", 1)
    sketch.leg("west", "sea", "sea/14k", 1)
    for name in ("mid", "west"):
        sketch.change(name, "rail/cn", "sea/14k")
    for name in ("east", "sea"):
        sketch.load(name, "sea/14k")
        sketch.unload(name, "sea/14k")
    sketch.load("east", "rail/cn")
    sketch.unload("east", "rail/cn")
    return sketch


def one_way(sketch: Sketch, origin: str, destination: str) -> Net:
    """Return the network with the loads of one end and the unloads of the other."""
    wanted = {LOAD: origin, UNLOAD: destination}
    at = {number: sketch.places[place].id for number, (place, _) in enumerate(sketch.states)}
    sketch.arcs = [
        arc
        for arc in sketch.arcs
        if arc.kind not in wanted
        or at[arc.head if arc.kind == LOAD else arc.tail] == wanted[arc.kind]
    ]
    return sketch.net(origin, destination)


def test_rules_are_mirrored_for_the_way_back() -> None:
    ruled = chain(
        "rail",
        "sea",
        must_pass=["mid", "west"],
        rules=[{"services": ["sea"], "only_after": "west"}],
    )
    there = one_way(line(), "east", "sea")
    assert forward(ruled, there)
    assert usd(cheapest(ruled, there, FREE)) == 21
    back = one_way(line(), "sea", "east")
    assert not forward(ruled, back)
    found = cheapest(ruled, back, FREE)
    assert usd(found) == 21
    assert found is not None
    assert legs_by_phase(back, found) == {"MAIN": ["west", "mid", "east"]}


def test_a_rule_bars_countries_on_legs_and_does_not_hold_for_carriage() -> None:
    no_china = {"countries": ["CN"], "only_before": "east"}
    there = one_way(line(), "east", "sea")
    ruled = chain("rail", "sea", must_pass=["east", "mid"], rules=[no_china])
    found = cheapest(ruled, there, FREE)
    assert found is not None
    assert usd(found) == 3
    by_rail_to_mid = chain(
        "sea",
        must_pass=["west"],
        rules=[{"services": ["rail"], "only_after": "west"}],
        must_avoid=[],
    )
    sketch = line()
    ship = {sketch.state("east", "sea/14k"), sketch.state("mid", "sea/14k")}
    sketch.arcs = [arc for arc in sketch.arcs if {arc.tail, arc.head} != ship]
    ashore = cheapest(
        by_rail_to_mid, one_way(sketch, "east", "sea"), Terms(bounds={"rail/cn": 500.0}, trunks={})
    )
    assert usd(ashore) == 12


def test_a_service_barred_where_it_is_boarded_may_be_carriage() -> None:
    sketch = Sketch()
    sketch.leg("a", "port", "sea/feeder", 1)
    sketch.leg("port", "b", "rail/cn", 10)
    sketch.leg("b", "c", "sea/feeder", 1)
    for name in ("port", "b"):
        sketch.change(name, "sea/feeder", "rail/cn")
    sketch.load("a", "sea/feeder")
    sketch.unload("c", "sea/feeder")
    net = sketch.net("a", "c")
    ruled = chain("rail", "sea", must_pass=["b"], rules=[{"services": ["sea"], "only_after": "b"}])
    assert cheapest(ruled, net, FREE) is None
    found = cheapest(ruled, net, Terms(bounds={"sea/feeder": 500.0}, trunks={}))
    assert found is not None
    assert legs_by_phase(net, found) == {"PRE": ["port"], "MAIN": ["b", "c"]}


def test_an_entry_that_applies_to_other_ends_is_left_out() -> None:
    net = inland_to_inland().net("xian", "munich")
    terms = Terms(bounds={"rail/cn": 2000.0, "rail/eu": 1200.0}, trunks={})
    for group, price in (("EU", None), ("TR", 1020)):
        found = cheapest(
            chain("sea", must_pass=["gate-suez", {"any_of": ["brest"], "end_in": [group]}]),
            net,
            terms,
        )
        assert usd(found) == price


def test_a_service_kept_for_other_corridors_is_not_used() -> None:
    sketch = Sketch()
    sketch.leg("a", "b", "sea/arc4", 1)
    sketch.leg("a", "b", "sea/14k", 5)
    for service in ("sea/arc4", "sea/14k"):
        sketch.load("a", service)
        sketch.unload("b", service)
    drawn = sketch.net("a", "b")
    net = Net(
        **{
            **{name: getattr(drawn, name) for name in drawn.__slots__},
            "usual": frozenset({"sea/14k"}),
        }
    )
    assert usd(cheapest(chain("sea"), net, FREE)) == 5
    assert usd(cheapest(chain("rail", reserved_services=["sea/arc4"]), net, FREE)) == 1


def test_no_place_is_met_twice_even_by_another_phase() -> None:
    sketch = Sketch()
    # The spur to the entry costs 1, and 2 back to the fork by another leg; 20 by another way.
    sketch.leg("a", "fork", "sea/14k", 5)
    sketch.leg("fork", "entry", "sea/14k", 1)
    sketch.leg("entry", "fork", "sea/14k", 2)
    sketch.leg("fork", "b", "sea/14k", 5)
    sketch.leg("entry", "b", "sea/14k", 25)
    sketch.load("a", "sea/14k")
    sketch.unload("b", "sea/14k")
    assert usd(cheapest(chain("sea", must_pass=["entry"]), sketch.net("a", "b"), FREE)) == 31


def test_a_tie_goes_to_the_quicker_route() -> None:
    sketch = Sketch()
    sketch.leg("a", "b", "sea/14k", 10)
    sketch.leg("a", "via", "sea/14k", 5)
    sketch.leg("via", "b", "sea/14k", 5)
    sketch.load("a", "sea/14k")
    sketch.unload("b", "sea/14k")
    found = cheapest(chain("sea"), sketch.net("a", "b"), FREE)
    assert found is not None
    assert (found.cents, found.minutes) == (1000, 80)


def test_bounds_are_those_of_the_service_before_those_of_its_family() -> None:
    rows = [("rail", 1200.0), ("rail/1520", 800.0), ("sea/feeder", 2500.0)]
    found = bounds_of(rows, ["rail/1520", "rail/eu-1435", "sea/feeder", "sea/14k", "road"])
    assert found == {"rail/1520": 800.0, "rail/eu-1435": 1200.0, "sea/feeder": 2500.0}


def test_a_box_that_never_boards_the_main_carriage_has_no_route() -> None:
    sketch = Sketch()
    sketch.leg("a", "b", "road", 1)
    sketch.load("a", "road")
    sketch.unload("b", "road")
    net = sketch.net("a", "b")
    assert cheapest(chain("sea"), net, Terms(bounds={"road": 500.0}, trunks={})) is None
    assert [
        sorted(p)
        for p in allowed_phases(chain("sea"), net, Terms(bounds={"road": 500.0}, trunks={}))
    ] == [
        [Phase.PRE, Phase.ON],
        [Phase.PRE, Phase.ON],
        [Phase.PRE],
        [Phase.ON],
    ]
