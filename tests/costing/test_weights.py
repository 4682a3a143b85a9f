"""The weights of a network: none is negative, none leaves the integers of a solver."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from corridors.config import load_corridors, load_scenario
from corridors.data.parameters import ParameterTable
from corridors.domain.scenario import Override
from corridors.errors import ParameterError
from corridors.routing import question
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

ASKED = load_scenario("shanghai-europe", set_values=["corridors=[suez, trans-siberian]"])
CORRIDORS = load_corridors(ASKED.corridors)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def lower(monkeypatch: pytest.MonkeyPatch, parameter: str, value: float) -> None:
    """Let every row of a parameter have a value that its bounds would refuse."""
    before = question.parameters_on

    def after(*args: object, **named: object) -> tuple[ParameterTable, object]:
        table, built = before(*args, **named)  # type: ignore[arg-type]
        rows = [
            replace(row, value=value, low=value, high=value)
            for row in table.rows
            if row.parameter == parameter
        ]
        return table.with_rows(rows), built

    monkeypatch.setattr(question, "parameters_on", after)


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("canal.toll_usd", r"Canal.* USD per TEU"),
        ("fuel.vlsfo_usd_per_t", r"Container ship.* USD per TEU"),
        ("rail.rate_usd_per_feu_km", r"Lianyungang to Xuzhou, .* USD per TEU"),
        ("emission.vlsfo_wtw_kg_per_t", r"Container ship.* kg CO2e per TEU"),
        ("terminal.lift", r"USD per TEU"),
    ],
)
def test_a_negative_weight_names_its_leg_or_operation(
    session: Session, monkeypatch: pytest.MonkeyPatch, parameter: str, words: str
) -> None:
    lower(monkeypatch, parameter, -1e6)
    with pytest.raises(ParameterError, match=rf"{words}\. No leg or operation may be below 0"):
        session.pose(ASKED, CORRIDORS)


def test_a_leg_in_ice_that_loses_little_a_km_is_refused_for_its_whole_length(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some cents below nothing for each of its hundreds of km.
    lower(monkeypatch, "nsr.insurance_usd_per_crossing", -1e7)
    asked = replace(ASKED, departure=date(2026, 8, 20))
    with pytest.raises(ParameterError, match=r"-\d\d[\d,]*\.\d\d USD per TEU\. No leg"):
        session.pose(asked, load_corridors(["northern-sea-route"]))


@pytest.mark.first_case
@pytest.mark.parametrize("end", ["least", "most"])
@pytest.mark.parametrize("units", ["USD EUR SDR MUSD", "h d kn km/d calls sailings", "kg g t kWh"])
def test_values_at_their_bounds_still_compare(session: Session, units: str, end: str) -> None:
    table = session.pose(ASKED, CORRIDORS).parameters
    overrides = tuple(
        Override(parameter=name, scope=None, value=getattr(bounds, end))
        for name, bounds in table.bounds.items()
        if bounds.unit.split("/")[0].split(" ")[0] in units.split()
        and any(row.parameter == name for row in table.rows)
    )
    assert overrides
    found = compare(replace(ASKED, overrides=overrides), session=session, figures_only=True)
    assert len(found.routes) == len(CORRIDORS)


def test_the_least_weights_of_a_leg_by_date_are_those_of_its_open_days(session: Session) -> None:
    asked = load_scenario("shanghai-europe", set_values=["corridors=[northern-sea-route]"])
    dates = session.pose(asked, load_corridors(asked.corridors)).weights.dates
    names = ("minutes_per_km", "cents_per_km", "grams_per_km", "fixed_cents", "fixed_grams")
    seasons = 0
    for profile, least in enumerate(dates.least):
        days = dates.minutes_per_km[profile] >= 0.0
        by_hand = [getattr(dates, name)[profile, days].min(initial=np.inf) for name in names]
        assert least.tolist() == (by_hand if days.any() else [0.0] * len(names))
        seasons += bool(days.any() and not days.all())
    assert seasons > 0
