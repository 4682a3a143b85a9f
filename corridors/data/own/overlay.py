"""A user's own data over the shipped network; `combine` reads and joins them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corridors.data.geodata import LandLeg, load_land_legs, load_terminals
from corridors.data.own.own_files import sha256_of
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.domain.places import Terminal
from corridors.domain.scenario import OwnSource
from corridors.domain.values import SourcedValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The terminals and land legs of a network, and the rates that replace or add to the tables.

    `digest` identifies it, and is empty for the shipped network; `notes` list replacements.
    """

    digest: str
    terminals: Mapping[str, Terminal] = field(compare=False)
    legs: tuple[LandLeg, ...] = field(compare=False)
    rates: tuple[SourcedValue, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def parameters(self) -> ParameterTable:
        """Return the table of parameters, with own rates."""
        shipped = load_parameters()
        return shipped.with_rows(self.rates) if self.rates else shipped


def shipped_overlay() -> Overlay:
    """Return the shipped network without own data."""
    return Overlay(digest="", terminals=load_terminals(), legs=load_land_legs())


def source_at(path: Path, *, shown: str) -> OwnSource:
    """Return the own data at a path, with their hash.

    Raises
    ------
    ConfigError
        There are no own data at the path, or they are too large.
    """
    # `Path.resolve` refuses a link to itself in other words than what reads it.
    name = Path(os.path.realpath(path)).name
    return OwnSource(name=name, sha256=sha256_of(path, shown=shown), path=str(path))
