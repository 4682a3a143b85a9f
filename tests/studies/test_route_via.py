"""`route --via`: the route passes gates, borders, terminals and cities in the order given."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.config.config_files import overlay_for
from corridors.domain.results import RouteOption
from corridors.errors import ConfigError
from corridors.studies.route.run import corridor_via, route_between
from corridors.studies.session import Session
from tests.cases.asked import touched

OVERLAY = overlay_for(load_scenario("shanghai-europe"))
SESSION = Session()


def by(*via: str, origin: str = "Frankfurt", destination: str = "Tashkent") -> RouteOption:
    found, _ = route_between(origin, destination, via=via, world="reference-open", session=SESSION)
    return found


def test_a_route_passes_what_it_is_told_to_in_order() -> None:
    border, terminal = by("PL-BY"), by("Poti", "az-alat")
    assert "PL-BY" in border.borders
    assert {"ge-poti", "az-alat"} <= touched(terminal)
    passed = [leg.from_id for leg in terminal.legs]
    assert passed.index("ge-poti") < passed.index("az-alat")


def test_a_gate_is_named_by_its_id_or_its_name() -> None:
    for name in ("gate-suez", "suez", "Suez Canal"):
        assert corridor_via([name], OVERLAY).must_pass[0].any_of == ("gate-suez",)
    assert corridor_via(["suez"], OVERLAY).title == "Cheapest route via Suez Canal"
    assert corridor_via(["by-pl"], OVERLAY).must_pass[0].name == "the border Belarus-Poland"


@pytest.mark.parametrize(
    ("via", "text"),
    [
        (["gate-suze"], "via: unknown place 'gate-suze', did you mean 'gate-suez'?"),
        (["nowhere at all"], "via: unknown place 'nowhere at all'"),
        (["FR-PL"], "via: no leg over land crosses the border FR-PL (France-Poland)"),
        (["AEDXB"], "via: Dubai has no terminal of the network"),
        (["suez", "gate-suez"], "via: Suez Canal is named twice; keep one"),
        (["suez"] * 6, "via: at most 5 places, got 6"),
    ],
)
def test_a_place_that_no_route_could_pass_is_an_error_in_words(via: list[str], text: str) -> None:
    with pytest.raises(ConfigError, match=text[:20].replace("(", r"\(")) as error:
        corridor_via(via, OVERLAY)
    assert str(error.value).startswith(text)


def test_a_corridor_and_places_of_ones_own_are_one_too_many() -> None:
    arguments = ["route", "Shanghai", "Hamburg", "--via", "suez", "--corridor", "suez"]
    done = CliRunner().invoke(command_line(), arguments)
    assert isinstance(done.exception, ConfigError)
    assert "--via: give either --corridor or --via" in str(done.exception)
