"""The table of sourced parameters: one row per number, the most specific scope wins."""

from __future__ import annotations

import math
import re
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from corridors.data.columns import Bounds, bound_faults, read_bounds, read_rows, value_of
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.domain.plan import Project
from corridors.domain.scenario import Override
from corridors.domain.values import WEAKEST_FIRST, Price, SourcedValue, Status
from corridors.errors import GeodataError, ParameterError

PARAMETER_FILES = (
    *(
        "borders.csv",
        "canals.csv",
        "capacities.csv",
        "decision.csv",
        "emissions.csv",
        "fuel.csv",
        "market.csv",
    ),
    *("nsr.csv", "policy.csv", "ports.csv", "rail.csv", "reefer.csv", "security.csv"),
    *("trade.csv", "vessels.csv"),
)
# These may be set for a place, leg or ship class without a row, whose capacity is unlimited.
CAPACITIES = tuple(
    f"{kind}.capacity_teu_per_week" for kind in ("border", "canal", "ferry", "port", "rail", "sea")
)
CAPACITY_UNIT = "TEU/week"
# Prices and emission factors, which only multiply the quantities of a bill. Bills may depend on the
# scope and unit of such a row (a price per box counts once for two TEU), never on its numbers: the
# 50 tonnes of fuel of a voyage are the same at 400 and at 800 USD. So a bill made for one question
# serves all that differ in these numbers alone; see `for_bills`. Any other parameter counts as a
# quantity, also a price whose number decides whether there is a line at all (`risk.security`) or
# sets a quantity (`rail.through_rate_usd_per_feu`). A test makes bills without these numbers.
PRICES = frozenset(
    (
        *("canal.toll_rise", "canal.toll_usd", "canal.toll_usd_per_gt"),
        *("canal.toll_usd_per_teu_capacity", "canal.toll_usd_per_teu_empty"),
        *("canal.toll_usd_per_teu_laden", "currency.usd_per_eur", "demurrage.usd_per_teu_day"),
        *("ets.price_eur_per_t", "ferry.slot_usd_per_feu", "fuel.lng_usd_per_t"),
        *("fuel.mgo_usd_per_t", "fuel.vlsfo_usd_per_t", "fueleu.penalty_eur_per_t"),
        *("gauge_change.usd", "insurance.arctic_share", "nsr.escort_usd_per_gt"),
        *("market.lane_usd_per_teu", "nsr.ice_pilot_usd_per_day"),
        *("nsr.insurance_usd_per_crossing", "port.thc"),
        *("port.transhipment", "rail.rate_usd_per_feu_km", "rail.repositioning_usd_per_teu"),
        *("reefer.genset", "reefer.plug", "river.rate_usd_per_feu_km"),
        *("river.repositioning_usd_per_teu", "road.fixed_usd_per_box"),
        *("road.rate_usd_per_box_km", "road.repositioning_usd_per_teu", "sea.margin_share"),
        *("sea.overhead_share", "sea.port_call_usd", "sea.repositioning_usd_per_teu"),
        *("ship.day_usd", "storage.usd_per_teu_day", "terminal.lift"),
    )
)
# Parameters of versions before, and what takes their place.
GONE = dict.fromkeys(
    (
        *("market.rail_above_cost_share", "market.sea_above_cost_share"),
        "market.sea_surcharges_usd_per_feu",
    ),
    "which is gone: a price is what a lane pays; give your own rate of a lane as"
    " market.sea_freight_usd_per_feu@LANE or market.rail_freight_usd_per_feu@LANE, or what you pay"
    " beyond the cost of a way as market.lane_usd_per_teu",
) | {"market.rail_over_lane_factor": "which is now market.over_lane_factor, of ships too"}
EMISSION_FACTORS = "emission."
KEY = attrgetter("parameter", "scope")
_CURRENCY = re.compile("USD|EUR|SDR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication or other source of numbers. The kind `recalled` means from memory."""

    id: str
    title: str
    author: str
    year: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """All numbers of the model, by parameter and scope.

    Attributes
    ----------
    rows
        All rows, in file order.
    regions
        Country code to region (`EU`, `CN`, or empty), for scopes wider than a country.
    customs
        Country code to customs territory (`EU`, `EAEU`, or empty).
    replaced
        Rows that a scenario, project or own data replaced, as (old, new).
    bounds
        The least and the most that each parameter may be.
    known_on
        The day as of which its rows are known, None for today.
    """

    rows: tuple[SourcedValue, ...]
    regions: Mapping[str, str] = field(default_factory=dict)
    customs: Mapping[str, str] = field(default_factory=dict)
    replaced: tuple[tuple[SourcedValue, SourcedValue], ...] = ()
    bounds: Mapping[str, Bounds] = field(default_factory=dict, repr=False, compare=False)
    known_on: date | None = None
    _index: dict[tuple[str, str], SourcedValue] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = dict(zip(map(KEY, self.rows), self.rows, strict=True))
        object.__setattr__(self, "_index", index)

    @classmethod
    def of(cls, table: ParameterTable, **more: Any) -> Self:
        """Return a table as one of this kind, with what else that has."""
        kept = {one.name: getattr(table, one.name) for one in fields(ParameterTable) if one.init}
        return cls(**kept, **more)

    def find(self, parameter: str, *scopes: str) -> SourcedValue | None:
        """Return the row of the first scope that has one, else of the empty scope, else None."""
        index = self._index
        for scope in scopes:
            row = index.get((parameter, scope))
            if row is not None:
                return row
        return index.get((parameter, ""))

    def get(self, parameter: str, *scopes: str) -> SourcedValue:
        """Return the row of the first scope that has one, else of the empty scope.

        Parameters
        ----------
        parameter
            Name of the parameter, unit last.
        scopes
            Scopes from the most to the least specific.

        Raises
        ------
        ParameterError
            There is no such row. The message suggests similar names.
        """
        row = self.find(parameter, *scopes)
        if row is None:
            raise ParameterError(self.unknown(parameter, scopes))
        return row

    def value(self, parameter: str, *scopes: str) -> float:
        """Return the central value of `get`."""
        return self.get(parameter, *scopes).value

    def price(self, parameter: str, *scopes: str) -> Price:
        """Return the row of `get` for the lines that it prices, without its numbers."""
        return price_of(self.get(parameter, *scopes))

    def rows_of(self, parameter: str) -> tuple[SourcedValue, ...]:
        """Return the rows of a parameter, in the order of the table."""
        return tuple(self.by_scope(parameter).values())

    def by_scope(self, parameter: str) -> RowsByScope:
        """Return the rows of a parameter by scope, each found where it is asked for."""
        scopes = [row.scope for row in self.rows if row.parameter == parameter]
        return RowsByScope({scope: partial(self.get, parameter, scope) for scope in scopes})

    def country_scopes(self, country: str) -> tuple[str, ...]:
        """Return a country and its region, for use as scopes."""
        region = self.regions.get(country, "")
        return (country, region) if region and region != country else (country,)

    def unlike(self, other: ParameterTable) -> list[SourcedValue]:
        """Return the rows that were replaced or added here or in another table, but not in both.

        Rows are compared as objects: equal ones that were made twice count.
        """
        here, there = ({id(new): new for _, new in one.replaced} for one in (self, other))
        return [{**here, **there}[row] for row in here.keys() ^ there.keys()]

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources by id."""
        return load_sources()

    def with_rows(self, rows: Sequence[SourcedValue]) -> ParameterTable:
        """Return a table with the user's own rows, which replace those of their scope or are added.

        `replaced` lists both; an added row is paired with itself.
        """
        if not rows:
            return self
        held, replaced = dict(self._index), dict(self.replaced)
        for row in rows:
            replaced[held.get((row.parameter, row.scope), row)] = row
            held[row.parameter, row.scope] = row
        return replace(self, rows=tuple(held.values()), replaced=tuple(replaced.items()))

    def with_overrides(self, overrides: Sequence[Override]) -> ParameterTable:
        """Return a table with a scenario's numbers.

        An override without a scope replaces every row of its parameter. Low and high of a replaced
        row equal its value. A capacity may be added for a place, leg or ship class without one.

        Raises
        ------
        ParameterError
            A parameter or scope is unknown, or a number is outside its bounds. All faults are
            listed.
        """
        return _overridden(self, overrides)

    def out_of_bounds(self, parameter: str, *values: float) -> str:
        """Return what is wrong with values of a parameter; empty if its bounds hold them all."""
        bounds = self.bounds.get(parameter)
        return "" if bounds is None else bounds.fault(*values)

    def unknown(self, parameter: str, scopes: Sequence[str]) -> str:
        """Return the fault of an unknown parameter, or of scopes for which it has no row."""
        import difflib

        names = sorted({row.parameter for row in self.rows})
        if parameter in names:
            known = [row.scope or "(any)" for row in self.rows if row.parameter == parameter]
            asked = ", ".join(f"'{scope}'" for scope in scopes) or "(any)"
            return f"{parameter}: no value for scope {asked}. Known scopes: {', '.join(known)}"
        near = difflib.get_close_matches(parameter, names, n=1, cutoff=0.5)
        hint = f", did you mean '{near[0]}'?" if near else ". See: corridors list parameters"
        return f"unknown parameter '{parameter}'{hint}"


class RowsByScope(Mapping[str, SourcedValue]):
    """Rows by scope, each found or made where it is asked for."""

    def __init__(self, row_of: Mapping[str, Callable[[], SourcedValue]]) -> None:
        self.row_of = row_of

    def __len__(self) -> int:
        return len(self.row_of)

    def __iter__(self) -> Iterator[str]:
        return iter(self.row_of)

    def __contains__(self, scope: object) -> bool:
        return scope in self.row_of

    def __getitem__(self, scope: str) -> SourcedValue:
        return self.row_of[scope]()


@dataclass(frozen=True, slots=True)
class NotingTable(ParameterTable):
    """A table that notes in `noted` which parameters are looked up in another."""

    looked_in: ParameterTable = field(kw_only=True, repr=False, compare=False)
    noted: set[str] = field(default_factory=set, repr=False, compare=False)

    def find(self, parameter: str, *scopes: str) -> SourcedValue | None:
        """Return what the table does, and note the parameter."""
        self.noted.add(parameter)
        return self.looked_in.find(parameter, *scopes)

    def by_scope(self, parameter: str) -> RowsByScope:
        """Return what the table does, and note the parameter, also where it has no rows."""
        self.noted.add(parameter)
        return self.looked_in.by_scope(parameter)


class OwnFigures:
    """The figures of a table that bills may depend on and the shipped table does not have.

    A price that only has another number is none of them; see `for_bills`.
    """

    def __init__(self, table: ParameterTable) -> None:
        shipped = load_parameters()._index
        rows: dict[str, set[SourcedValue | Price]] = {}
        for key in dict.fromkeys(KEY(new) for _, new in table.replaced):
            own, before = for_bills(table._index[key]), shipped.get(key)
            if before is None or for_bills(before) != own:
                rows.setdefault(own.parameter, set()).add(own)
        self._rows = {name: frozenset(own) for name, own in rows.items()}
        self._of: dict[frozenset[str], Hashable] = {}

    @property
    def names(self) -> frozenset[str]:
        """The parameters that have such figures."""
        return frozenset(self._rows)

    def of(self, parameters: frozenset[str]) -> Hashable:
        """Return those of some parameters; equal ones are of equal figures."""
        figures = self._of.get(parameters)
        if figures is None:
            own = parameters & self._rows.keys()
            figures = self._of[parameters] = frozenset((name, self._rows[name]) for name in own)
        return figures


def price_of(row: SourcedValue) -> Price:
    """Return a row without its numbers."""
    return Price(parameter=row.parameter, scope=row.scope, unit=row.unit)


def is_price(parameter: str) -> bool:
    """Return whether a parameter multiplies bills of quantities, which do not depend on it."""
    return parameter in PRICES or parameter.startswith(EMISSION_FACTORS)


def for_bills(row: SourcedValue) -> SourcedValue | Price:
    """Return what bills of quantities may depend on of a row: of a price, all but its numbers."""
    return price_of(row) if is_price(row.parameter) else row


@shipped(parameters_dir)
def load_parameters(folder: Path) -> ParameterTable:
    """Return the shipped table of parameters.

    Raises
    ------
    GeodataError
        A row is repeated, lacks the year of its money, or is outside its bounds. All faults are
        listed.
    """
    faults: list[str] = []
    rows: dict[tuple[str, str], SourcedValue] = {}
    for name in PARAMETER_FILES:
        for cells in read_rows(folder / name):
            row = value_of(SourcedValue, cells)
            where = f"{name}:{cells['__line__']}: {row.parameter}@{row.scope}"
            if KEY(row) in rows:
                faults.append(f"{where}: appears twice")
            if row.currency_year is None and _CURRENCY.search(row.unit):
                faults.append(f"{where}: no currency_year for {row.unit}")
            rows[KEY(row)] = row
    if faults:
        raise GeodataError("\n".join(faults))
    units: dict[str, dict[str, None]] = {name: {CAPACITY_UNIT: None} for name in CAPACITIES}
    for row in rows.values():
        units.setdefault(row.parameter, {})[row.unit] = None
    bounds = read_bounds(folder, units)
    if faults := bound_faults(rows.values(), bounds):
        raise GeodataError("\n".join(faults))
    countries = read_rows(folder / "countries.csv")
    return ParameterTable(
        tuple(rows.values()),
        {cells["country"]: cells["region"] for cells in countries},
        {cells["country"]: cells["customs"] for cells in countries},
        bounds=bounds,
    )


@shipped(parameters_dir, "country_groups.csv")
def load_country_groups(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each group that files may name, such as EU."""
    rows = read_rows(path)
    return MappingProxyType({row["group"]: listed(row["countries"]) for row in rows})


@shipped(parameters_dir, "sources.csv")
def load_sources(path: Path) -> Mapping[str, Source]:
    """Return the sources by id."""
    rows = read_rows(path)
    return MappingProxyType(
        {row["source_id"]: value_of(Source, row, id=row["source_id"]) for row in rows}
    )


def source_name(source_id: str) -> str:
    """Return who says it, as a message names a source: its author, or what it is called.

    `ofsi-2022`, whose author the table leaves out, is `OFSI notice of 24 March 2022`.
    """
    source = load_sources().get(source_id)
    if source is None:
        return source_id
    return source.author or re.split(r" \(|[;:]", source.title)[0]


def _overridden(table: ParameterTable, overrides: Sequence[Override]) -> ParameterTable:
    if not overrides:
        return table
    rows = dict(table._index)
    scopes_of: dict[str, list[str]] = {}
    for parameter, scope in rows:
        scopes_of.setdefault(parameter, []).append(scope)
    replaced = dict(table.replaced)
    faults: list[str] = []
    for override in overrides:
        scopes = scopes_of.setdefault(override.parameter, [])
        keys = [(override.parameter, one) for one in scopes if override.scope in (None, one)]
        if outside := table.out_of_bounds(override.parameter, override.value):
            faults.append(f"{override.key}: {outside}")
        elif not math.isfinite(override.value):
            faults.append(f"{override.key}: {override.value} is not a number")
        elif not keys and override.parameter in CAPACITIES and override.scope:
            new = _capacity(override.parameter, override.scope, override.value)
            rows[new.parameter, new.scope] = new
            scopes.append(new.scope)
            replaced[new] = new
        elif not keys:
            asked = () if override.scope is None else (override.scope,)
            faults.append(table.unknown(override.parameter, asked))
        for key in keys:
            old = rows[key]
            new = replace(
                old,
                value=override.value,
                low=override.value,
                high=override.value,
                source_id="scenario",
                status=Status.SCENARIO,
                note=f"replaces {old.value:g} {old.unit} ({old.source_id})",
            )
            rows[key] = new
            replaced[old] = new
    if faults:
        raise ParameterError("\n".join(faults))
    return replace(table, rows=tuple(rows.values()), replaced=tuple(replaced.items()))


def _capacity(parameter: str, scope: str, value: float) -> SourcedValue:
    return SourcedValue(
        parameter=parameter,
        scope=scope,
        value=value,
        low=value,
        high=value,
        unit=CAPACITY_UNIT,
        currency_year=None,
        source_id="scenario",
        status=Status.SCENARIO,
        note="no capacity was listed",
    )


def with_projects(table: ParameterTable, projects: Sequence[Project]) -> ParameterTable:
    """Return a table with the rows of open projects.

    A row replaces the one of its scope, or is added. `replaced` pairs an added row with the row
    that applied to its scope before, or with itself.

    Raises
    ------
    ParameterError
        A parameter is unknown, or two projects change the same row. All faults are listed.
    """
    if not projects:
        return table
    rows = dict(table._index)
    replaced = dict(table.replaced)
    owner: dict[tuple[str, str], str] = {}
    faults: list[str] = []
    for project in projects:
        for row in project.rows:
            key = (row.parameter, row.scope)
            name = f"{row.parameter}@{row.scope}" if row.scope else row.parameter
            old = table.find(row.parameter, *wider(row.scope))
            like = old or next((r for r in table.rows if r.parameter == row.parameter), None)
            if like is None and row.parameter not in CAPACITIES:
                faults.append(f"{project.id}: {name}: unknown parameter")
                continue
            if key in owner:
                faults.append(
                    f"{project.id}: {name}: '{owner[key]}' also changes it; keep one project"
                )
                continue
            owner[key] = project.id
            new = SourcedValue(
                parameter=row.parameter,
                scope=row.scope,
                value=row.value,
                low=row.low,
                high=row.high,
                unit=CAPACITY_UNIT if like is None else like.unit,
                currency_year=None if like is None else like.currency_year,
                source_id=row.source_id,
                status=row.status,
                note="; ".join(filter(None, (f"with {project.title}", row.note))),
            )
            rows[key] = new
            replaced[new if old is None else replace(old, scope=row.scope)] = new
    if faults:
        raise ParameterError("\n".join(faults))
    if not owner:
        return table
    return replace(table, rows=tuple(rows.values()), replaced=tuple(replaced.items()))


def wider(scope: str) -> tuple[str, ...]:
    """Return a scope and the wider ones that contain it: `rail/1520@RU`, then `rail/1520`."""
    scopes = [scope]
    while "@" in scopes[-1]:
        scopes.append(scopes[-1].rpartition("@")[0])
    return tuple(scopes)


def chosen_rows(
    rows: Iterable[SourcedValue],
    statuses: Collection[str] = (),
    *,
    prefix: str = "",
    weakest_first: bool = False,
) -> tuple[SourcedValue, ...]:
    """Return the rows with certain statuses and a certain start of the parameter.

    Parameters
    ----------
    rows
        Rows of the table.
    statuses
        Statuses to keep, empty for all.
    prefix
        Start of the parameter, such as `fuel.`.
    weakest_first
        Sort by status, assumptions first, then by relative range, widest first. Otherwise rows
        keep their order.
    """
    kept = [
        row
        for row in rows
        if row.parameter.startswith(prefix) and (not statuses or row.status.value in statuses)
    ]
    if weakest_first:
        kept.sort(key=lambda row: (WEAKEST_FIRST.index(row.status), -relative_range(row)))
    return tuple(kept)


def relative_range(row: SourcedValue) -> float:
    """Return the width of a row's range relative to its value, or the width if the value is 0."""
    width = row.high - row.low
    return width / abs(row.value) if row.value else width
