"""A key that a frozen value declares is read from a file without a line elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest

from corridors.config.checks import Names
from corridors.config.faults import parse_yaml, validate
from corridors.config.models import frozen, model_of
from corridors.domain.scenario import FOLLOWS, CountryName, Few, Scope, Share, Takes
from corridors.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Night:
    """A part of a file that no file has."""

    trains: bool = False
    most: Annotated[int, Takes(least=1, most=9)] | None = None
    countries: Few[CountryName] = ()
    shares: tuple[tuple[CountryName, Share], ...] = ()
    scope: Scope = Scope.YARDS
    name: Annotated[str, FOLLOWS]


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A value with a key of a type that no file can give."""

    places: frozenset[str] = frozenset()


def read(text: str) -> Night:
    node = parse_yaml(text, shown="n.yaml")
    assert node is not None
    return frozen(validate(model_of(Night), node, shown="n.yaml", names=Names()))  # type: ignore[no-any-return]


def test_every_kind_of_key_becomes_the_frozen_value() -> None:
    text = "trains: true\nmost: 3\ncountries: KZ\nshares: {KZ: 0.5, CN: 1}\nscope: door\nname: a\n"
    assert read(text) == Night(
        trains=True,
        most=3,
        countries=("KZ",),
        shares=(("KZ", 0.5), ("CN", 1.0)),
        scope=Scope.DOOR,
        name="a",
    )


def test_the_defaults_are_those_of_the_value_and_what_follows_may_be_left_out() -> None:
    assert read("trains: false\n") == Night(name=None)  # type: ignore[arg-type]


def test_bounds_names_and_words_are_checked_where_they_stand() -> None:
    with pytest.raises(ConfigError) as refused:
        read("most: 10\ncountries: [KZ, XX]\nshares: {KZ: 2}\nscope: dor\ntrains: 1\n")
    assert refused.value.faults == (
        "n.yaml:1: most: must be at most 9, got 10",
        "n.yaml:2: countries[1]: unknown country 'XX', no known name is similar",
        "n.yaml:3: shares.KZ: must be at most 1, got 2",
        "n.yaml:4: scope: unknown value 'dor', did you mean 'door'?",
        "n.yaml:5: trains: must be true or false, got 1",
    )


def test_a_type_that_no_file_can_give_is_refused_when_it_is_declared() -> None:
    with pytest.raises(TypeError, match=r"no form in a file for frozenset\[str\]"):
        model_of(Unknown)
