"""OR-Tools agrees with every route of every shipped scenario, dated ones too.

A disagreement is an error that ends the comparison, so that each test would fail by it.
"""

from __future__ import annotations

from typing import Any

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.data.paths import configs_dir
from corridors.domain.results import RouteOption
from corridors.studies.compare.run import compare
from corridors.studies.result_base import option_of
from corridors.studies.session import Session

ALL = sorted(file.stem for file in (configs_dir() / "scenarios").glob("*.yaml"))
PUBLISHED = sorted(file.stem for file in (configs_dir() / "scenarios/published").glob("*.yaml"))


def sixths(names: list[str]) -> list[Any]:
    """Return the names, of which the gate takes every sixth and `make test-long` the others."""
    return [
        pytest.param(name, marks=[pytest.mark.long] * (place % 6 != 1))
        for place, name in enumerate(names)
    ]


def unsaid(options: list[RouteOption]) -> dict[str, str]:
    """Return the corridors that are not certified, with why."""
    return {
        option.corridor: option.certificate.method
        for option in options
        if option.usable and option.certificate.status != "agrees"
    }


@pytest.mark.first_case
@pytest.mark.parametrize("name", sixths(ALL))
def test_certify_agrees_with_every_corridor_of_a_shipped_scenario(name: str) -> None:
    found = compare(load_scenario(name), certify=True, fronts=False)
    assert found.usable
    assert unsaid([*found.routes]) == {}
    for option in found.usable:
        certificate = option.certificate
        if certificate.status == "agrees":
            assert certificate.cost_usd_per_teu == pytest.approx(option.cost_usd_per_teu, abs=0.2)


@pytest.mark.first_case
@pytest.mark.parametrize("name", sixths(PUBLISHED))
def test_certify_agrees_with_every_corridor_of_a_published_case(name: str) -> None:
    scenario = load_scenario(configs_dir() / "scenarios" / "published" / f"{name}.yaml")
    corridors = load_corridors(scenario.corridors or "all")
    question = Session().pose(scenario, corridors)
    options = [option_of(question, number, certify=True) for number in range(len(corridors))]
    assert unsaid(options) == {}


def test_a_cheaper_route_of_over_120_days_is_no_disagreement() -> None:
    asked = load_scenario(
        "shanghai-europe",
        set_values=[
            "corridors=[trans-siberian]",
            "overrides.border.dwell_hours=1000",
            "objective=cost",
        ],
    )
    (option,) = compare(asked).routes
    assert option.certificate is not None
    assert option.certificate.status == "none"
    assert option.certificate.method == (
        "a cheaper route takes more than 120 days and is not searched"
    )


@pytest.mark.parametrize(("corridor", "strait"), [("suez", "gate-malacca"), ("cape", "gate-sunda")])
def test_a_strait_that_closes_while_the_ship_sails_is_a_matter_of_dates(
    corridor: str, strait: str
) -> None:
    values = [f"corridors=[{corridor}]", "world=reference-open", "objective=cost"]
    closing = f"closures=[{{place: {strait}, first_day: 2026-08-22}}]"
    ((opened,), (quick,), (asked,)) = (
        compare(
            load_scenario("shanghai-europe", set_values=[*values, *more]),
            certify=certify,
            fronts=False,
        ).usable
        for more, certify in (((), False), ((closing,), False), ((closing,), True))
    )
    # On the day of departure the cheaper strait is open.
    assert (opened.cost_usd_per_teu or 0.0) < (quick.cost_usd_per_teu or 0.0)
    assert (opened.certificate.status, quick.certificate.status) == ("agrees", "dated")
    assert asked.certificate.status == "agrees"
    assert asked.certificate.method == "SimpleMinCostFlow, time-expanded"
    assert asked.certificate.cost_usd_per_teu == pytest.approx(quick.cost_usd_per_teu, abs=0.2)
