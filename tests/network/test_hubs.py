"""Hubs, where ships of different classes exchange boxes, and the shallow ports they serve."""

from __future__ import annotations

import pytest

from corridors.data.geodata import load_terminals
from corridors.network.build import HUB
from corridors.studies.route import route_between


@pytest.mark.parametrize(
    "port",
    [
        "sg-singapore",
        "lk-colombo",
        "my-tanjung-pelepas",
        "gr-piraeus",
        "es-algeciras",
        "ma-tanger-med",
        "eg-port-said",
    ],
)
def test_the_great_ports_of_transshipment_are_hubs(port: str) -> None:
    assert HUB in load_terminals()[port].services


def test_a_box_for_a_shallow_port_changes_ships_at_a_hub() -> None:
    option, _ = route_between("Shanghai", "ru-baltiysk", services=("sea",))
    changes = [step.from_id for step in option.steps if step.kind == "transfer"]
    assert len(changes) == 1
    assert HUB in load_terminals()[changes[0]].services
    assert [step.service for step in option.steps if step.kind == "leg"][-1] == "sea/feeder"
