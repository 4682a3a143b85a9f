"""`comparison.json` is written from, read back into and described by one set of models."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from corridors.data.paths import configs_dir
from corridors.domain.results import CapacityShare, OptionStatus
from corridors.domain.scenario import (
    Closure,
    Limits,
    Override,
    OwnSource,
    PriceBasis,
    ProjectChoice,
)
from corridors.output.comparison import comparison_json
from corridors.output.contract import (
    FIGURES,
    ComparisonRecord,
    OptionRecord,
    Totals,
    comparison_schema,
    keys_of,
)
from corridors.output.store import as_text, scenario_record
from tests.config.json_schema import errors
from tests.output.fixtures import example_comparison, hostile_comparison

EXAMPLES = {"drawn": example_comparison(), "hostile": hostile_comparison()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_written_comparison_is_read_back_the_same(name: str) -> None:
    text = comparison_json(EXAMPLES[name])
    assert as_text(ComparisonRecord.model_validate_json(text).plain()) == text


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_written_comparison_keeps_to_the_published_schema(name: str) -> None:
    schema = comparison_schema()
    assert list(errors(json.loads(comparison_json(EXAMPLES[name])), schema, schema)) == []


def test_the_committed_schema_is_in_step() -> None:
    path = configs_dir() / "schema" / "comparison.schema.json"
    assert path.read_text(encoding="utf-8") == as_text(comparison_schema()), (
        "run: corridors schema --out configs/schema"
    )


def test_the_scenario_is_written_as_it_is_hashed() -> None:
    day = date(2026, 9, 1)
    comparison = example_comparison()
    scenario = replace(
        comparison.scenario,
        limits=Limits(deadline=day, max_share_gate=(("gate-suez", 0.5),)),
        closures=(Closure(place="gate-panama", first_day=day, last_day=None, reason="drought"),),
        projects=(ProjectChoice(id="belkomur", opens=day),),
        overrides=(Override(parameter="fuel.vlsfo_usd_per_t", scope=None, value=600.0),),
        own_data=(OwnSource(name="own", sha256="ab" * 32, path="/somewhere/own"),),
        speed=14.5,
    )
    written = json.loads(comparison_json(replace(comparison, scenario=scenario)))["scenario"]
    assert written == json.loads(json.dumps(scenario_record(scenario)))
    assert list(written) == list(scenario_record(scenario))


def test_a_place_that_takes_nothing_has_no_share() -> None:
    share = CapacityShare(
        place="border", teu_per_week=0.0, asked_teu_per_week=46.0, used_share=float("inf")
    )
    record = OptionRecord.of(replace(example_comparison().routes[0], capacity=(share,)))
    assert record.capacity[0].used_share is None


def test_an_option_by_price_is_written_with_its_cost_beside_it() -> None:
    option = example_comparison().routes[0]
    sold = replace(option, price_basis=PriceBasis.PRICE, other_basis_usd_per_teu=700.0)
    record = OptionRecord.of(sold)
    assert record.cost_usd_per_teu == sold.cost_usd_per_teu == 700.0
    assert record.price_usd_per_teu == pytest.approx(option.cost_usd_per_teu)
    totals = Totals.of(sold)
    assert (totals.cost_usd, totals.price_usd) == (700.0, record.price_usd_per_teu)
    assert (totals.days, totals.transit_days) == (record.days, record.transit_days)
    assert totals.co2e_kg == record.co2e_wtw_kg_per_teu


def test_a_usable_option_has_its_figures_and_a_closed_one_none() -> None:
    usable, *_, closed = map(OptionRecord.of, example_comparison().routes)
    assert closed.status is OptionStatus.CLOSED
    assert closed.days is None
    plain = usable.plain()
    with pytest.raises(ValidationError, match="days: must be a number where the corridor is us"):
        OptionRecord.model_validate_json(json.dumps(plain | {"days": None}))
    with pytest.raises(ValidationError, match="Extra inputs"):
        OptionRecord.model_validate_json(json.dumps(plain | {"colour": "red"}))


def test_a_new_count_of_an_option_is_a_figure_of_its_tables() -> None:
    class Counted(OptionRecord):
        handlings: int | None = None
        at_once: bool = False
        called: str = ""

    # A flag and a text are none.
    assert keys_of(Counted, float, int) == (*FIGURES, "handlings")
