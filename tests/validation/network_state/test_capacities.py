"""What has no capacity is named, and what lies beside a way that has one."""

from __future__ import annotations

from tests.validation.network_state.networks import leg, places
from validation.network_state.capacity_findings import capacity_findings

ROW = "border.capacity_teu_per_week"
LEGS = (leg("aa-one", "bb-one"), leg("aa-two", "bb-two"), leg("aa-one", "aa-two"))


def test_a_crossing_without_a_row_is_named_beside_one_with_a_row() -> None:
    rows = {(ROW, "AA-BB@bb-one")}
    found = {
        finding.what: finding.names
        for finding in capacity_findings(
            places("aa-one", "aa-two", "bb-one", "bb-two"), LEGS, (), rows
        )
    }
    assert found["rail crossings without a row"] == ("border AA-BB@bb-two",)
    beside = found["rail crossings without a row beside one with a row"]
    assert beside == ("AA-BB@bb-two beside AA-BB@bb-one",)


def test_a_row_of_the_two_countries_or_of_either_station_caps_a_crossing() -> None:
    for scope in ("AA-BB", "BB-AA"):
        findings = capacity_findings(places("aa-one", "bb-one"), LEGS[:1], (), {(ROW, scope)})
        assert all(finding.names == () for finding in findings), scope
    found = [*capacity_findings({}, LEGS[:1], (), {(ROW, "AA-BB@aa-one")})]
    assert all(finding.names == () for finding in found)
