"""How a published figure is measured, and what a faulty case reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.data.parameters import load_parameters
from corridors.errors import ConfigError, GeodataError
from corridors.studies.validate.cases import Case, load_cases, load_study
from corridors.studies.validate.measures import measured_options, measured_tables

CASES = {case.id: case for case in load_cases()}


def asked(case: str, **changes: object) -> Case:
    """Return a shipped case of studies or tables with keys changed."""
    shipped = CASES[case]
    route = str(changes.get("corridor", shipped.route))
    return replace(shipped, given={**shipped.given, **changes}, route=route)


def test_ranks_count_from_the_least() -> None:
    order = {
        corridor: asked("order-rail-by-days", corridor=corridor)
        for corridor in ("northern-sea-route-sannikov", "kazakhstan-dostyk", "suez", "cape")
    }
    cases = [replace(case, id=name) for name, case in order.items()]
    assert [ours.value for ours in measured_options(cases).values()] == [2.0, 1.0, 3.0, 4.0]


def test_lines_after_a_minus_are_left_out_of_a_cost() -> None:
    whole = replace(asked("cost-erai-2024", lines=[]), id="whole")
    without = replace(asked("cost-erai-2024", lines=["-rail.feu_km"]), id="without")
    alone = replace(asked("cost-erai-2024"), id="alone")
    usd = {name: one.value for name, one in measured_options([whole, without, alone]).items()}
    assert usd["whole"] == pytest.approx(usd["without"] + usd["alone"])
    # The rate per FEU-km over our 5,446 km.
    rate = load_parameters().value("rail.rate_usd_per_feu_km", "rail/1520")
    assert usd["alone"] == pytest.approx(rate * 5446, rel=1e-3)


def test_the_toll_of_panama_is_its_parts() -> None:
    case = CASES["toll-panama-12000-teu"]
    # 300,000 fixed, 12,000 x 30, 10,800 laden x 40, 1,200 empty x 6.
    parts = 300_000 + 360_000 + 432_000 + 7_200
    assert measured_tables([case])[case.id].value == pytest.approx(parts)


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        ("toll-panama-12000-teu", {"service": "sea/99k"}, "unknown service 'sea/99k'"),
        ("toll-panama-12000-teu", {"gate": "gate-volga"}, "unknown gate 'gate-volga'"),
    ],
)
def test_a_table_case_with_an_unknown_name_is_refused(
    case: str, changes: dict[str, object], expected: str
) -> None:
    with pytest.raises(GeodataError, match=expected):
        measured_tables([asked(case, **changes)])


def test_a_study_case_with_an_unknown_quantity_or_corridor_is_refused() -> None:
    with pytest.raises(GeodataError, match="unknown quantity 'beauty'"):
        measured_options([replace(CASES["order-verny-suez"], quantity="beauty")])
    with pytest.raises(GeodataError, match="corridor northern-sea-route-sannikov has no"):
        measured_options([replace(CASES["season-opens-2025"], quantity="transit")])
    with pytest.raises(GeodataError, match="does not pass gate-suez"):
        measured_options([asked("days-flying-fish-nsr", between=["gate-bering", "gate-suez"])])
    with pytest.raises(GeodataError, match="is not closed for a season"):
        measured_options([asked("season-opens-2025", corridor="suez")])


def test_an_unknown_study_is_refused() -> None:
    with pytest.raises(ConfigError, match="no-such-study"):
        load_study("no-such-study")
