"""Lay own terminals, legs and rates over the shipped ones, and settle where they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from corridors.data.geodata import (
    LandLeg,
    load_ferry_legs,
    load_rail_legs,
    load_terminals,
)
from corridors.data.own.conflicts import Key, settled
from corridors.data.own.files import read_rows_of, sha256_of
from corridors.data.own.fitting import fitted_legs, rate_faults, terminal_faults
from corridors.data.own.tables import Faults, Placed, legs_of, rates_of, terminals_of
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.paths import kept_while_unchanged
from corridors.domain.places import Terminal
from corridors.domain.scenario import OnConflict, OwnSource
from corridors.domain.values import SourcedValue
from corridors.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The terminals and land legs of a question, and the rates that replace or add to the tables.

    Known by `digest`, which is empty for what is shipped. `own_terminals` are the ids that are
    the user's; `notes` say what replaced what.
    """

    digest: str
    terminals: Mapping[str, Terminal] = field(compare=False)
    legs: tuple[LandLeg, ...] = field(compare=False)
    rates: tuple[SourcedValue, ...] = field(default=(), compare=False)
    own_terminals: tuple[str, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def parameters(self) -> ParameterTable:
        """Return the table of parameters with the own rates in it."""
        shipped = load_parameters()
        return shipped.with_rows(self.rates) if self.rates else shipped


def shipped_overlay() -> Overlay:
    """Return what is shipped, with nothing laid over it."""
    return Overlay(
        digest="", terminals=load_terminals(), legs=(*load_rail_legs(), *load_ferry_legs())
    )


def source_at(path: Path, *, shown: str) -> OwnSource:
    """Return own data as a scenario names them, by their hash.

    Raises
    ------
    ConfigError
        There are none at the path, or they are too large.
    """
    return OwnSource(name=path.resolve().name, sha256=sha256_of(path, shown=shown), path=str(path))


def overlay_of(
    sources: Sequence[OwnSource], *, on_conflict: OnConflict = OnConflict.ERROR
) -> Overlay:
    """Return the shipped network with own data laid over it.

    An own terminal takes the place of the shipped one of its id, an own leg that of the shipped
    leg between the same places on the same system, an own rate that of its parameter and scope;
    what the shipped network does not have is added. What two sources say of one thing must be the
    same, or `on_conflict` is `last`, and the later source holds.

    Parameters
    ----------
    sources
        Own data in their order.
    on_conflict
        What becomes of two that disagree.

    Raises
    ------
    ConfigError
        A row is at fault or two contradict each other; every fault, each with file and line.
    """
    if not sources:
        return shipped_overlay()
    read = [_read(Path(source.path)) for source in sources]
    notes: list[str] = []
    faults: list[str] = []
    terminals, legs, rates = (
        settled([getattr(one, table) for one in read], on_conflict, faults=faults, notes=notes)
        for table in ("terminals", "legs", "rates")
    )
    shipped = shipped_overlay()
    places = _placed_over(shipped.terminals, terminals, faults=faults, notes=notes)
    faults.extend(rate_faults(rates.values(), places))
    notes.extend(_told_rates(rates.values()))
    fitted = fitted_legs(legs.values(), places, faults=faults)
    if faults:
        raise ConfigError(faults)
    return Overlay(
        digest="|".join([*(source.sha256 for source in sources), on_conflict]),
        terminals=MappingProxyType(places),
        legs=_legs_over(shipped.legs, fitted, notes=notes),
        rates=tuple(row.rate for row in rates.values() if row.rate),
        own_terminals=tuple(str(row.terminal.id) for row in terminals.values() if row.terminal),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTables:
    """The rows of one source, sound each by itself."""

    terminals: tuple[Placed, ...]
    legs: tuple[Placed, ...]
    rates: tuple[Placed, ...]


@kept_while_unchanged
def _read(path: Path) -> OwnTables:
    rows = read_rows_of(path, shown=str(path))
    faults = Faults()
    tables = OwnTables(
        terminals=tuple(terminals_of(rows["terminals"], faults)),
        legs=tuple(legs_of(rows["legs"], faults)),
        rates=tuple(rates_of(rows["rates"], faults)),
    )
    if faults.found:
        raise ConfigError(faults.found)
    return tables


def _placed_over(
    shipped: Mapping[str, Terminal],
    own: Mapping[Key, Placed],
    *,
    faults: list[str],
    notes: list[str],
) -> dict[str, Terminal]:
    places = dict(shipped)
    codes = {t.unlocode: t.id for t in shipped.values() if t.unlocode}
    for row in own.values():
        terminal = row.terminal
        if terminal is None:
            continue
        faults.extend(terminal_faults(row, shipped.get(terminal.id), codes))
        if terminal.id in shipped:
            notes.append(f"{terminal.id}: your terminal ({row.brief}) replaces the shipped one")
        places[terminal.id] = terminal
    return places


def _legs_over(
    shipped: Sequence[LandLeg], own: Sequence[Placed], *, notes: list[str]
) -> tuple[LandLeg, ...]:
    waiting = {leg_key(row.leg): row for row in own if row.leg is not None}
    legs: list[LandLeg] = []
    for leg in shipped:
        row = waiting.pop(leg_key(leg), None)
        if row is None or row.leg is None:
            legs.append(leg)
            continue
        # The id stays, so that a rule or a closure of the leg still finds it.
        legs.append(replace(row.leg, id=leg.id))
        told = f"{leg.length_km:g} -> {row.leg.length_km:g} km"
        notes.append(f"{leg.id}: your leg ({row.brief}) replaces the shipped one, {told}")
    taken = {leg.id for leg in legs}
    for row in waiting.values():
        if row.leg is not None:
            name = row.leg.id if row.leg.id not in taken else f"{row.leg.id}#{row.leg.system}"
            taken.add(name)
            legs.append(replace(row.leg, id=name))
    return tuple(legs)


def _told_rates(rows: Iterable[Placed]) -> Iterator[str]:
    table = load_parameters()
    held = {(row.parameter, row.scope): row for row in table.rows}
    for row in rows:
        rate = row.rate
        if rate is None:
            continue
        old = held.get((rate.parameter, rate.scope))
        name = f"{rate.parameter}{'@' + rate.scope if rate.scope else ''}"
        told = f"{old.value:g} -> {rate.value:g}" if old else f"{rate.value:g}"
        yield f"{name}: {told} {rate.unit} (your rate, {row.brief})"


def leg_key(leg: LandLeg) -> tuple[str, str, str]:
    """Return what makes two legs one: their places, either way round, and their system."""
    first, last = sorted((leg.from_id, leg.to_id))
    return first, last, leg.system
