"""One origin to many destinations: the figures of each pair, though terminals share searches."""

from __future__ import annotations

from datetime import date

import pytest

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.network.hauls import connect
from corridors.output.display_names import name_by
from corridors.routing.one_to_many import ByDate
from corridors.studies.catchments import run as module
from corridors.studies.catchments.result import Catchment
from corridors.studies.catchments.run import catchments, terminals_in
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from tests.conftest import LONG, in_both

SESSION = Session()
# Inland, on the lanes, at ports that no corridor names, on another gauge, and on the Arctic Ocean.
TERMINALS = (
    *("pl-warsaw", "de-duisburg", "nl-rotterdam", "fi-kotka", "it-bari", "gr-thessaloniki"),
    *("at-wels", "gr-piraeus"),
)


def asked(*changes: str, day: date | None = None) -> Scenario:
    return load_scenario("shanghai-europe", set_values=["objective=cost", *changes], departure=day)


def alone(scenario: Scenario, name: str) -> Catchment:
    """Return the answer of a pair: a single destination shares nothing."""
    return catchments(scenario, [name], session=SESSION).to[0]


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("changes", "day", "to"),
    [
        ((), None, TERMINALS if LONG else TERMINALS[::2]),
        pytest.param(
            ("origin=Chongqing", "corridors=[suez, kaliningrad, other]"),
            date(2026, 6, 20),
            ("pl-warsaw", "fi-kotka", "gr-thessaloniki", "at-wels"),
            marks=pytest.mark.long,
        ),
        (
            ("origin=Istanbul", "corridors=[suez, trans-siberian, piraeus]"),
            date(2026, 7, 3),
            ("de-duisburg", "it-bari", "gr-piraeus", "fi-kotka"),
        ),
        (
            ("limits.avoid.countries=[PL]", "corridors=[suez, kazakhstan-dostyk]"),
            None,
            ("pl-warsaw", "de-duisburg", "nl-rotterdam"),
        ),
    ],
)
def test_many_destinations_have_the_figures_of_each_pair(
    changes: tuple[str, ...], day: date | None, to: tuple[str, ...]
) -> None:
    scenario = asked(*changes, day=day)
    together = catchments(scenario, to, session=SESSION)
    for one in together.to:
        assert one == alone(scenario, one.asked), one.asked
    assert any(one.best for one in together.to)


def test_most_terminals_need_no_search_of_their_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs: list[str] = []
    by_pair = module._by_pair

    def noted(one: module._Destination, session: Session) -> Catchment:
        pairs.append(one.name)
        return by_pair(one, session)

    monkeypatch.setattr(module, "_by_pair", noted)
    catchments(asked(), TERMINALS, session=SESSION)
    # Thessaloniki is the only one with ships of its own class, Kotka the only one to which the
    # mean ship of North Europe sails.
    assert sorted(pairs) == ["fi-kotka", "gr-thessaloniki"]
    pairs.clear()
    # No train serves Shanghai's sea port of Yangshan: the pair is searched alone.
    catchments(asked(), ["8.68,50.11", *TERMINALS], session=SESSION)
    assert sorted(pairs) == ["8.68,50.11", "fi-kotka", "gr-thessaloniki"]


def test_ice_and_legs_run_back_are_searched_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[int] = []
    find = ByDate.find

    def begun(self: ByDate, node: int) -> None:
        starts.append(node)
        find(self, node)

    def refused(*_: object, **__: object) -> None:
        pytest.fail("a pair was searched")

    names = ("pl-warsaw", "de-duisburg", "de-munich", "cz-prague", "at-wels", "pl-lodz")
    # Ice is at its least on another day than the departure, and the cheapest way to Kaliningrad and
    # on runs its railway there and back.
    scenario = asked("corridors=[suez, northern-sea-route, kaliningrad]")
    with monkeypatch.context() as patched:
        patched.setattr(ByDate, "find", begun)
        patched.setattr(module, "search", refused)
        together = catchments(scenario, names, session=SESSION)
    assert len(starts) == 1
    for one in together.to:
        assert all(reached.usable for reached in one.reached)
        assert one == alone(scenario, one.asked)


@in_both
@pytest.mark.parametrize(
    ("listed", "rows"),
    [
        ((), {"it-bari", "ru-vladivostok"}),
        pytest.param(("corridors=[suez, trans-siberian, cape]",), set(), marks=pytest.mark.long),
    ],
)
def test_a_free_route_has_its_row_as_in_a_comparison(
    listed: tuple[str, ...], rows: set[str]
) -> None:
    # To Bari and Vendinga a corridor goes beyond its bounds of carriage; to Vladivostok the ship is
    # no corridor's.
    names: tuple[str, ...] = ("it-bari", "ru-vladivostok")
    if LONG:
        names = (*names, "ru-vendinga", "de-duisburg", "ru-saratov")
    scenario = asked(*listed)
    free = set()
    for one in catchments(scenario, names, session=SESSION).to:
        assert one == alone(scenario, one.asked), one.asked
        if any(reached.corridor == "other" for reached in one.reached):
            free.add(one.asked)
    assert free & {"it-bari", "ru-vladivostok"} == rows


def test_where_ice_is_closed_no_wait_is_long_enough_for_any_destination() -> None:
    scenario = asked("corridors=[suez, northern-sea-route]", day=date(2026, 1, 10))
    for one in catchments(scenario, TERMINALS[:3], session=SESSION).to:
        assert [reached.usable for reached in one.reached] == [True, False]


@pytest.mark.long
@pytest.mark.unshared
@pytest.mark.parametrize("origin", ["Shanghai", pytest.param("Busan", marks=pytest.mark.long)])
def test_destinations_of_other_prices_share_a_network(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []

    def connected(*given: object) -> object:
        built.append(origin)
        return connect(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("corridors.routing.bundle.connect", connected)
    # Of the EU and not, of another trade, and with rules for boxes that end there.
    names = ("pl-warsaw", "gb-felixstowe", "by-minsk", "ru-ust-luga", "tr-halkali", "de-hamburg")
    scenario = asked(f"origin={origin}", "corridors=[suez, trans-siberian, northern-sea-route]")
    together = catchments(scenario, names, session=SESSION)
    # One with the mean ship of the trade to North Europe, one without.
    assert len(built) == 2
    for one in together.to:
        assert one == alone(scenario, one.asked), one.asked


@pytest.mark.long
def test_costs_and_days_are_those_of_the_comparison() -> None:
    scenario = asked("destination=de-duisburg")
    compared = compare(scenario, session=SESSION, figures_only=True)
    options = {option.corridor: option for option in compared.routes}
    for one in catchments(scenario, TERMINALS, session=SESSION).to[1].reached:
        option = options[one.corridor]
        assert one.usable is option.usable
        assert one.name == (name_by(option) if option.usable else option.title)
        # Each leg and operation is rounded to the cent, and to the minute.
        assert one.cost_usd_per_teu == pytest.approx(option.cost_usd_per_teu, abs=0.5)
        assert one.days == pytest.approx(option.days, abs=0.02)


def test_cities_and_points_are_asked_pair_by_pair() -> None:
    scenario = asked("corridors=[suez]")
    names = ("Hamburg", "52.5,13.4", "13.4,52.5", "DEHAM")
    with pytest.raises(ConfigError, match=r"52\.5,13\.4"):
        catchments(scenario, names, session=SESSION)
    found = catchments(scenario, (names[0], *names[2:]), session=SESSION)
    assert [one.place for one in found.to] == [
        "city-de-hamburg",
        "13.4000,52.5000",
        "city-de-hamburg",
    ]
    assert all(one.best == "suez" for one in found.to)


@pytest.mark.long
def test_other_objectives_are_asked_pair_by_pair() -> None:
    scenario = asked("objective=days", "corridors=[suez, trans-siberian]")
    found = catchments(scenario, ("de-duisburg", "de-hamburg", "pl-warsaw"), session=SESSION)
    assert {one.best for one in found.to} == {"trans-siberian"}


def test_an_origin_among_the_destinations_has_a_reason_and_no_corridors() -> None:
    found = catchments(asked(), (*TERMINALS, "cn-shanghai"), session=SESSION)
    assert found.to[-1].reason.endswith(
        "destination: Shanghai (Waigaoqiao) (cn-shanghai) is a terminal of Shanghai, so origin and"
        " destination are the same place. Name two terminals by their ids"
    )
    assert not found.to[-1].reached
    assert found.to[0].reached


def test_no_destination_and_unknown_countries_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^no destination: name at least one$"):
        catchments(asked(), [], session=SESSION)
    with pytest.raises(ConfigError) as caught:
        terminals_in(asked(), ["XX"])
    assert str(caught.value) == (
        "countries XX: no terminal in this country; give its name, or a code like DE"
    )
    assert "cz-prague" in terminals_in(asked(), ["cz"])


@pytest.mark.long
def test_catchments_are_by_price_only_if_every_destination_has_one() -> None:
    scenario = asked("price_basis=price", "world=current", day=date(2024, 7, 15))
    alone = catchments(scenario, ["Hamburg"], session=SESSION)
    both = catchments(scenario, ["Hamburg", "Baku"], session=SESSION)
    assert not alone.note
    assert both.note.endswith("the best way to Baku has none")
    hamburg = {one.corridor: one.cost_usd_per_teu for one in both.to[0].reached}
    at_cost = compare(
        asked("price_basis=cost", "world=current", day=date(2024, 7, 15)), session=SESSION
    )
    for one in at_cost.usable:
        if hamburg.get(one.corridor) is not None:
            assert hamburg[one.corridor] == pytest.approx(one.usd_per_teu, abs=0.1)
    prices = [one.cost_usd_per_teu for one in alone.to[0].reached if one.cost_usd_per_teu]
    assert min(prices) > min(filter(None, hamburg.values()))
