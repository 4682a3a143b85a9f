"""Operations of trucks and barges at terminals."""

from __future__ import annotations

import pytest

from corridors.costing.operations import change, load, same_truck, unload
from corridors.costing.running import running_rate
from corridors.domain.places import TerminalKind
from corridors.domain.scenario import Override
from tests.costing.examples import BOX, PARAMETERS, SERVICES, shipment, terminal

YARD = terminal("de-yard", TerminalKind.RAIL_TERMINAL)
ROAD, RAIL, BARGE = (SERVICES[name] for name in ("road", "rail/eu-1435", "river/rhine"))


def drivers(operation: object) -> list[str]:
    return sorted(
        line.driver
        for line in getattr(operation, "bill", ())
        if line.driver in ("terminal.lift", "road.fixed", "thc")
    )


def test_a_truck_is_ordered_once_and_lifted_on_and_off() -> None:
    assert drivers(load(ROAD, YARD, PARAMETERS, BOX)) == ["road.fixed", "terminal.lift"]
    assert drivers(unload(ROAD, YARD, PARAMETERS, BOX)) == ["terminal.lift"]


def test_one_lift_sets_a_box_from_train_or_barge_on_a_truck() -> None:
    for other in (RAIL, BARGE):
        onto = change(other, ROAD, YARD, PARAMETERS, BOX)
        assert drivers(onto) == ["road.fixed", "terminal.lift"]
        assert drivers(change(ROAD, other, YARD, PARAMETERS, BOX)) == ["terminal.lift"]


def test_handling_at_a_port_sets_a_box_on_a_truck() -> None:
    port = terminal("de-port")
    onto = change(SERVICES["sea/14k"], ROAD, port, PARAMETERS, BOX)
    assert drivers(onto) == ["road.fixed", "thc"]
    # As long as onto a train and half its interval: a truck is no way round the dwell at a port.
    assert onto.time_parts["transfer"] == 72.0


def test_a_truck_from_a_door_drives_on_without_a_lift() -> None:
    assert same_truck().bill == ()
    assert same_truck().hours == 0.0


def test_a_truck_burns_diesel_by_the_tonne_and_drives_582_km_a_day() -> None:
    # 10 t of cargo in a TEU x 0.0233 kg a net tkm (0.0154 to 0.0282)
    rate = running_rate(ROAD, PARAMETERS, BOX, country="DE")
    (diesel,) = (line for line in rate.bill_per_km if line.driver == "energy.diesel")
    assert diesel.quantity == pytest.approx(0.233)
    assert diesel.quantity * diesel.low_factor == pytest.approx(0.154)
    assert diesel.quantity * diesel.high_factor == pytest.approx(0.282)
    heavy = running_rate(ROAD, PARAMETERS, shipment(cargo_t_per_teu=20.0), country="DE")
    assert heavy.bill_per_km[1].quantity == pytest.approx(0.466)
    assert rate.hours_per_km * 582.0 == pytest.approx(24.0)


def test_hauls_between_terminals_pay_their_own_empty_km() -> None:
    rate = running_rate(ROAD, PARAMETERS, BOX, country="DE")
    haulage = next(line for line in rate.bill_per_km if line.driver == "road.box_km")
    assert haulage.quantity == pytest.approx(0.5)  # a box of 40 ft is two TEU
    back = Override(parameter="road.paid_km_per_km", scope="road", value=2.0)
    twice = running_rate(ROAD, PARAMETERS.with_overrides([back]), BOX, country="DE")
    line = next(line for line in twice.bill_per_km if line.driver == "road.box_km")
    assert line.quantity == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("pair", "rhine", "elsewhere"), [("sea>river", 66.0, 48.0), ("river>sea", 66.0, 79.0)]
)
def test_the_wait_between_ship_and_barge_is_that_of_the_river(
    pair: str, rhine: float, elsewhere: float
) -> None:
    ship, port = SERVICES["sea/14k"], terminal("nl-port")
    ends = (ship, BARGE) if pair == "sea>river" else (BARGE, ship)
    assert change(*ends, port, PARAMETERS, BOX).time_parts["transfer"] == rhine
    lena = SERVICES["river/lena"]
    ends = (ship, lena) if pair == "sea>river" else (lena, ship)
    assert change(*ends, port, PARAMETERS, BOX).time_parts["transfer"] == elsewhere


@pytest.mark.parametrize(
    ("scopes", "km"),
    [
        (("rail/eu-1435", "rail"), 2_500.0),
        (("road", "road"), 400.0),
        (("river/yangtze", "river"), 2_500.0),
        (("ferry/caspian", "ferry"), 1_300.0),
        (("sea/feeder", "sea"), 2_500.0),
    ],
)
def test_every_service_has_a_bound_on_carriage(scopes: tuple[str, ...], km: float) -> None:
    assert PARAMETERS.value("carriage.max_km", *scopes) == km
