"""Every certificate holds on every shipped scenario, routes through dated changes too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_scenario
from corridors.data.paths import configs_dir
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

pytestmark = pytest.mark.benchmark
SHIPPED = sorted(file.stem for file in (configs_dir() / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_certificate_of_a_year_agrees(name: str) -> None:
    scenario, session = load_scenario(name), Session()
    told = []
    for month in range(1, 13):
        asked = replace(scenario, departure=date(2026, month, 20))
        # A disagreement is an error that ends the comparison.
        options = compare(asked, certify=True, session=session).usable
        assert options
        told += [
            (month, o.corridor, o.certificate.method)
            for o in options
            if o.certificate.status != "agrees"
        ]
    print(f"\n{name}: not asked {told}")  # noqa: T201
