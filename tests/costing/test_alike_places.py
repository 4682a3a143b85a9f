"""Places without figures of their own share operations, and each has those made for it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.costing.groups import BillBook
from corridors.data.parameters import ParameterTable
from corridors.domain.values import Status
from corridors.network.states.topology import ArcKind
from corridors.routing import question
from corridors.routing.question import Question
from corridors.studies.session import Session

CHANGES = (
    ["shipment.equipment=40RF", "shipment.cargo=fresh-fruit"],
    ["price_basis=price"],
    ["origin=Munich", "destination=Lahore", "overrides.transfer.dwell_hours=70"],
)


def posed(*changes: str) -> Question:
    asked = load_scenario("shanghai-europe", set_values=[*changes, "corridors=all"])
    return Session().pose(asked, load_corridors("all"))


def differences(asked: Question) -> list[str]:
    """Return the operations of groups that are not those made on the arcs of the groups."""
    groups, priced, pricer = asked.bundle.groups, asked.weights.priced, asked.pricer
    wrong = []
    for arc in groups.operation_of:
        number = int(priced.operation[arc])
        shared = priced.operations[number] if number >= 0 else None
        alone = pricer.operation(arc)
        if shared != alone:
            wrong.append(f"{arc}: {shared} for {alone}")
    return wrong


@pytest.mark.first_case
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(changes, marks=[pytest.mark.long] * (number < 2))
        for number, changes in enumerate(([], *CHANGES))
    ],
)
def test_shared_operations_are_those_of_each_place(changes: list[str]) -> None:
    assert differences(posed(*changes)) == []


def test_most_places_of_a_country_share_their_operations() -> None:
    asked = posed()
    groups, topology = asked.bundle.groups, asked.bundle.topology
    bills = BillBook().bills(asked.pricer, rates=groups.rate_of, operations=groups.operation_of)
    handled = [topology.kind[arc] != ArcKind.LEG for arc in groups.operation_of]
    rows = bills.operations[handled]
    assert len(set(rows.tolist())) < 0.6 * len(rows)


@pytest.mark.unshared
def test_a_place_that_gets_a_figure_shares_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    before = question.parameters_on

    def after(*args: object, **named: object) -> tuple[ParameterTable, object]:
        table, built = before(*args, **named)  # type: ignore[arg-type]
        usual = table.get("transfer.dwell_hours", "rail>road")
        rows = [
            replace(usual, scope=scope, value=7.0, low=7.0, high=7.0, status=Status.ASSUMPTION)
            for scope in ("pl-warsaw", "de-duisburg@rail>road")
        ]
        return table.with_rows(rows), built

    monkeypatch.setattr(question, "parameters_on", after)
    asked = posed()
    assert differences(asked) == []
    priced, topology = asked.weights.priced, asked.bundle.topology
    hours = {
        topology.place_of(int(topology.tail[arc])).id: operation.time_parts["transfer"]
        for arc in asked.bundle.groups.operation_of
        if (operation := priced.operations[int(priced.operation[arc])]).label
        == "Change from rail to road"
    }
    assert hours["pl-warsaw"] == hours["de-duisburg"] == 7.0
    assert hours["pl-gdansk"] == hours["de-hamburg"] != 7.0
