"""The table of sourced parameters: one row a number, the most specific scope wins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from corridors.data.paths import kept_while_unchanged, parameters_dir, read_rows
from corridors.domain.scenario import Override
from corridors.domain.values import SourcedValue, Status
from corridors.errors import GeodataError, ParameterError

PARAMETER_FILES = (
    "borders.csv",
    "canals.csv",
    "emissions.csv",
    "fuel.csv",
    "market.csv",
    "nsr.csv",
    "policy.csv",
    "ports.csv",
    "rail.csv",
    "reefer.csv",
    "security.csv",
    "vessels.csv",
)
# What may be given for a place, leg or ship class that no row lists: without one it is boundless.
CAPACITIES = tuple(
    f"{kind}.capacity_teu_per_week" for kind in ("border", "ferry", "port", "rail", "sea")
)
CAPACITY_UNIT = "TEU/week"
COLUMNS = (
    "parameter",
    "scope",
    "value",
    "low",
    "high",
    "unit",
    "currency_year",
    "source_id",
    "status",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number was read. `kind` says what it is; `recalled` is from memory."""

    id: str
    title: str
    author: str
    year: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """Every number of the model, by parameter and scope.

    Attributes
    ----------
    rows
        All rows, in the order of the files.
    regions
        Country code to region (`EU`, `CN`, or empty), for scopes wider than a country.
    customs
        Country code to customs territory (`EU`, `EAEU`, or empty).
    replaced
        Rows a scenario replaced, as (old, new).
    """

    rows: tuple[SourcedValue, ...]
    regions: Mapping[str, str] = field(default_factory=dict)
    customs: Mapping[str, str] = field(default_factory=dict)
    replaced: tuple[tuple[SourcedValue, SourcedValue], ...] = ()
    _index: dict[tuple[str, str], SourcedValue] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {(row.parameter, row.scope): row for row in self.rows}
        object.__setattr__(self, "_index", index)

    def find(self, parameter: str, *scopes: str) -> SourcedValue | None:
        """Return the row of the first scope that has one, then of the empty scope, or None."""
        index = self._index
        for scope in scopes:
            row = index.get((parameter, scope))
            if row is not None:
                return row
        return index.get((parameter, ""))

    def get(self, parameter: str, *scopes: str) -> SourcedValue:
        """Return the row of the first scope that has one, then of the empty scope.

        Parameters
        ----------
        parameter
            Name of the parameter, unit last.
        scopes
            Scopes from the most specific to the least.

        Raises
        ------
        ParameterError
            No row fits; the text proposes near names.
        """
        row = self.find(parameter, *scopes)
        if row is None:
            raise ParameterError(self.unknown(parameter, scopes))
        return row

    def value(self, parameter: str, *scopes: str) -> float:
        """Return the central value of `get`."""
        return self.get(parameter, *scopes).value

    def country_scopes(self, country: str) -> tuple[str, ...]:
        """Return a country and its region, for use as scopes."""
        region = self.regions.get(country, "")
        return (country, region) if region and region != country else (country,)

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources by id, read when asked."""
        return load_sources()

    def with_rows(self, rows: Sequence[SourcedValue]) -> ParameterTable:
        """Return a table in which rows of the user's replace those of their scope, or are added.

        Both are told in `replaced`, an added row with itself.
        """
        held = {(row.parameter, row.scope): row for row in self.rows}
        replaced = dict(self.replaced)
        for row in rows:
            replaced[held.get((row.parameter, row.scope), row)] = row
            held[row.parameter, row.scope] = row
        return replace(self, rows=tuple(held.values()), replaced=tuple(replaced.items()))

    def with_overrides(self, overrides: Sequence[Override]) -> ParameterTable:
        """Return a table in which rows are replaced by a scenario's numbers.

        An override without a scope replaces every row of its parameter, so that no more specific
        row survives it. The range of a replaced row is its value. A capacity may be given for a
        place, leg or ship class that has none listed.

        Parameters
        ----------
        overrides
            What to replace.

        Raises
        ------
        ParameterError
            A parameter or scope is unknown, or a number is not finite; all faults at once.
        """
        return _overridden(self, overrides)

    def unknown(self, parameter: str, scopes: Sequence[str]) -> str:
        """Return what is wrong with a parameter, or with scopes that it has no row for."""
        import difflib

        names = sorted({row.parameter for row in self.rows})
        if parameter in names:
            known = [row.scope or "(any)" for row in self.rows if row.parameter == parameter]
            asked = ", ".join(f"'{scope}'" for scope in scopes) or "(any)"
            return f"{parameter}: no value for scope {asked}. Known scopes: {', '.join(known)}"
        near = difflib.get_close_matches(parameter, names, n=1, cutoff=0.5)
        hint = f", did you mean '{near[0]}'?" if near else ". See: corridors list parameters"
        return f"unknown parameter '{parameter}'{hint}"


def load_parameters(folder: Path | None = None) -> ParameterTable:
    """Return the shipped table of parameters.

    Parameters
    ----------
    folder
        Folder of the CSV files; the shipped one where None.

    Raises
    ------
    GeodataError
        A row is not a number, its range does not hold its value, its unit or source is missing,
        or it stands twice. All faults at once.
    """
    return _parameters(folder or parameters_dir())


@kept_while_unchanged
def _parameters(folder: Path) -> ParameterTable:
    rows: list[SourcedValue] = []
    faults: list[str] = []
    seen: set[tuple[str, str]] = set()
    for name in PARAMETER_FILES:
        for cells in read_rows(folder / name, COLUMNS):
            where = f"{name}:{cells['__line__']}: {cells['parameter']}@{cells['scope']}"
            key = (cells["parameter"], cells["scope"])
            if key in seen:
                faults.append(f"{where}: appears twice")
                continue
            seen.add(key)
            row = _row(cells, where, faults)
            if row is not None:
                rows.append(row)
    if faults:
        raise GeodataError("\n".join(faults))
    countries = read_rows(folder / "countries.csv", ("country", "region", "customs"))
    return ParameterTable(
        tuple(rows),
        {cells["country"]: cells["region"] for cells in countries},
        {cells["country"]: cells["customs"] for cells in countries},
    )


def load_sources(folder: Path | None = None) -> Mapping[str, Source]:
    """Return the sources by id.

    Raises
    ------
    GeodataError
        An id stands twice.
    """
    return _sources((folder or parameters_dir()) / "sources.csv")


@kept_while_unchanged
def _sources(path: Path) -> Mapping[str, Source]:
    sources: dict[str, Source] = {}
    for cells in read_rows(path, ("source_id", "title", "author", "year", "url", "kind")):
        name = cells["source_id"]
        if name in sources:
            msg = f"{path.name}:{cells['__line__']}: {name}: appears twice"
            raise GeodataError(msg)
        sources[name] = Source(
            id=name,
            title=cells["title"],
            author=cells["author"],
            year=cells["year"],
            url=cells["url"],
            kind=cells["kind"],
        )
    return MappingProxyType(sources)


def source_faults(table: ParameterTable) -> tuple[str, ...]:
    """Return a sentence for each row whose source is not in `sources.csv`."""
    known = table.sources
    return tuple(
        f"{row.parameter}@{row.scope}: unknown source_id '{row.source_id}'. "
        "Use a key of sources.csv, or 'assumption'."
        for row in table.rows
        if row.source_id not in known and row.status is not Status.SCENARIO
    )


def _row(cells: dict[str, str], where: str, faults: list[str]) -> SourcedValue | None:
    try:
        value = float(cells["value"])
        low = float(cells["low"]) if cells["low"] else value
        high = float(cells["high"]) if cells["high"] else value
        year = int(cells["currency_year"]) if cells["currency_year"] else None
        status = Status(cells["status"])
    except ValueError as error:
        faults.append(f"{where}: {error}")
        return None
    if not low <= value <= high:  # false for nan too
        faults.append(f"{where}: low {low:g}, value {value:g}, high {high:g} are out of order")
    if not cells["unit"]:
        faults.append(f"{where}: no unit")
    if not cells["source_id"]:
        faults.append(f"{where}: no source_id. Use a key of sources.csv, or 'assumption'.")
    return SourcedValue(
        parameter=cells["parameter"],
        scope=cells["scope"],
        value=value,
        low=low,
        high=high,
        unit=cells["unit"],
        currency_year=year,
        source_id=cells["source_id"],
        status=status,
        note=cells["note"],
    )


def _overridden(table: ParameterTable, overrides: Sequence[Override]) -> ParameterTable:
    rows = {(row.parameter, row.scope): row for row in table.rows}
    replaced = dict(table.replaced)
    faults: list[str] = []
    for override in overrides:
        keys = [
            key for key in rows if key[0] == override.parameter and override.scope in (None, key[1])
        ]
        if not math.isfinite(override.value):
            faults.append(f"overrides.{override.parameter}: {override.value} is not a number")
        elif not keys and override.parameter in CAPACITIES and override.scope:
            new = _capacity(override.parameter, override.scope, override.value)
            rows[new.parameter, new.scope] = new
            replaced[new] = new
        elif not keys:
            scopes = () if override.scope is None else (override.scope,)
            faults.append(table.unknown(override.parameter, scopes))
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
