"""Read the published cases, and say how each family of figures fares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from corridors.config import load_scenario
from corridors.config.faults import Node, read_yaml
from corridors.data.columns import contract_of
from corridors.data.geodata import load_rail_legs
from corridors.data.paths import configs_dir, data_root
from corridors.domain.scenario import Override, Scenario
from corridors.errors import ConfigError
from corridors.output.store import picked

KINDS = ("sea", "rail", "transit", "studies", "tables", "trains", "quotes")
# The end of a published range is at most so many times its beginning.
WIDEST_RANGE = 3.0
UNUSED, OPEN = "unused", "open"
# The widths of draws are set by the figures of half A and judged by those of half B, which set no
# parameter either.
HALF_A, HALF_B = OPEN, UNUSED
# Prices by region: a market is not met by the errors of two that cancel.
OTHER_PRICES = "other prices"
PRICES = (
    *("prices to North Europe", "prices to the Mediterranean", "prices by rail"),
    *("prices to Russia", OTHER_PRICES),
)
FAMILIES = ("distances", "sea days", "rail days", "NSR days", "cost", *PRICES, "CO2e")
# The family of a quantity. Days, and ranks, are of the family of their route: see `_family`.
_FAMILY_OF = {
    **dict.fromkeys(("distance", "saving", "km"), "distances"),
    **dict.fromkeys(("co2e", "co2e_index", "intensity"), "CO2e"),
    **dict.fromkeys(("toll", "burn", "burn_ratio", "parameter"), "cost"),
    **dict.fromkeys(("cost", "cost_index", "breakeven_value"), OTHER_PRICES),
    **dict.fromkeys(("season_opens", "risk_index"), "NSR days"),
}
_SEA_ROUTES = ("suez", "cape", "panama")
_ARCTIC_ROUTES = ("northern-sea-route", "arctic")


class Ours(NamedTuple):
    """Our figure, and the low and the high of our answer if it has them."""

    value: float
    low: float | None = None
    high: float | None = None

    def holds(self, published: float) -> bool | None:
        """Return whether a figure lies between our low and our high, None without them."""
        if self.low is None or self.high is None:
            return None
        return bool(self.low <= published <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaRoute:
    """A route by sea: the gates it passes, in order from either end, and those it must avoid."""

    passes: tuple[str, ...]
    bars: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One published figure, and how ours is measured.

    `kind` is the stem of its file (`KINDS`), `family` one of `FAMILIES`. `first` and `last` are the
    published range in `unit`, equal for a single figure. `tolerance` is a fraction, allowed on
    either side. `role` is `calibration` where the figure, or another of its source, set something
    that moves ours. `route` and `less` name sea routes, or the corridor and the one it is compared
    with; `sea_route` and `less_sea_route` describe sea routes. `stops` are the lists of places that
    a rail route passes. `services` are the only services of the question, none for all.
    `equipment` is that of the figure, empty for that of `corridors route`. `observed` says that it
    is what one train, ship or week took: a schedule, a plan or a mean has no luck in it.
    `given` has the keys of the file.
    """

    id: str
    kind: str
    family: str
    quantity: str
    unit: str
    published: float
    first: float
    last: float
    tolerance: float
    role: str
    status: str
    why: str
    citation: str
    origin: str
    destination: str
    route: str = ""
    less: str = ""
    sea_route: SeaRoute | None = None
    less_sea_route: SeaRoute | None = None
    stops: tuple[tuple[str, ...], ...] = ()
    avoid: tuple[str, ...] = ()
    departure: date | None = None
    overrides: tuple[tuple[str, float], ...] = ()
    services: tuple[str, ...] = ()
    equipment: str = ""
    observed: bool = False
    given: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_price(self) -> bool:
        """Whether it is what a shipper is quoted, and ours is asked on that basis."""
        return self.family in PRICES and self.kind == "quotes"

    @property
    def low(self) -> float:
        """The least figure that counts as inside."""
        return self.first * (1.0 - self.tolerance)

    @property
    def high(self) -> float:
        """The largest figure that counts as inside."""
        return self.last * (1.0 + self.tolerance)

    @property
    def half(self) -> str:
        """The half that the hash of the id draws: no figure of the half `unused` sets a parameter.

        The rule was fixed before any figure was compared.
        """
        return UNUSED if int(sha256(self.id.encode()).hexdigest()[0], 16) >= 8 else OPEN

    def error(self, ours: float) -> float:
        """Return how far ours lies from the published figure, as a fraction of it."""
        return ours / self.published - 1.0


def cases_dir() -> Path:
    """Return the folder of the published cases, in the wheel or in the checkout."""
    root = data_root()
    inside = root / "cases"
    return inside if inside.is_dir() else root.parent / "tests" / "cases" / "published"


def load_cases() -> tuple[Case, ...]:
    """Return the published figures, file by file (`KINDS`), each in the order of its file.

    Raises
    ------
    ConfigError
        A file is missing, or a case breaks its contract in `columns.csv` or has an unknown name.
    """
    cases: list[Case] = []
    for kind in KINDS:
        entries, content = _entries(kind)
        _refuse_breaches(kind, _rows(kind, entries))
        for entry in entries:
            try:
                cases.append(_case(kind, entry.plain, content))
            except (KeyError, TypeError, ValueError) as error:
                msg = f"{_shown(kind)}:{entry.line}: invalid case: {error}"
                raise ConfigError(msg) from None
    return tuple(cases)


def case_rows(kind: str) -> tuple[Mapping[str, str], ...]:
    """Return the published cases of a kind as rows of a table, checked by its contract.

    Raises
    ------
    ConfigError
        The file is missing, or a case breaks the contract.
    """
    rows = _rows(kind, _entries(kind)[0])
    _refuse_breaches(kind, rows)
    return rows


def _shown(kind: str) -> str:
    return f"tests/cases/published/{kind}.yaml"


def _entries(kind: str) -> tuple[Sequence[Node], Any]:
    node = read_yaml(cases_dir() / f"{kind}.yaml", shown=_shown(kind))
    return (node.items or {})["cases"].entries or (), node.plain


def _rows(kind: str, entries: Sequence[Node]) -> tuple[Mapping[str, str], ...]:
    columns = dict.fromkeys((*contract_of(Path(f"{kind}.yaml")).needed, "status"), "")
    return tuple(
        {
            **columns,
            **{key: _cell(value.plain) for key, value in (entry.items or {}).items()},
            "__line__": str(entry.line),
        }
        for entry in entries
    )


def _refuse_breaches(kind: str, rows: Sequence[Mapping[str, str]]) -> None:
    header = dict.fromkeys(name for row in rows for name in row if name != "__line__")
    filled = [{**dict.fromkeys(header, ""), **row} for row in rows]
    if faults := contract_of(Path(f"{kind}.yaml")).faults(filled, header):
        raise ConfigError("\n".join(f"{_shown(kind)}:{line}: {why}" for line, why in faults))


def _cell(value: object) -> str:
    """Return a value of YAML as a cell: lists by semicolons, lists of lists by bars."""
    if isinstance(value, list):
        inside = any(isinstance(one, list) for one in value)
        return ("|" if inside else ";").join(map(_cell, value))
    if isinstance(value, dict):
        return ";".join(f"{key}={one}" for key, one in value.items())
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _case(kind: str, given: Any, content: Mapping[str, Any]) -> Case:
    sea_routes = {
        name: SeaRoute(passes=tuple(gates["passes"]), bars=tuple(gates["bars"]))
        for name, gates in content.get("routes", {}).items()
    }
    stops = tuple(tuple(part) for part in given.get("stops", ()))
    first, last = given.get("range", (given["value"], given["value"]))
    if not first <= given["value"] <= last <= WIDEST_RANGE * first and "range" in given:
        msg = f"value {given['value']} must lie in its range, {first} to {last}"
        raise ValueError(msg)
    route = given.get("route", given.get("corridor", "rail" if stops else ""))
    origin, destination = _ends(kind, given, stops)
    less = given.get("less", given.get("than", ""))
    departure = given.get("departure")
    return Case(
        id=given["id"],
        kind=kind,
        family=_family(given, route),
        quantity=given["quantity"],
        unit=given["unit"],
        published=float(given["value"]),
        first=float(first),
        last=float(last),
        tolerance=float(given["tolerance"]),
        role=given["role"],
        status=given["status"],
        why=given.get("why", ""),
        citation=_citation(given["source"], content["sources"]),
        origin=origin,
        destination=destination,
        route=route,
        less=less,
        sea_route=sea_routes[route] if kind == "sea" else None,
        less_sea_route=sea_routes[less] if kind == "sea" and less else None,
        stops=stops,
        avoid=tuple(given.get("avoid", ())),
        departure=date.fromisoformat(departure) if departure else None,
        overrides=tuple((key, float(value)) for key, value in given.get("overrides", {}).items()),
        services=tuple(given.get("services", ())),
        equipment=given.get("equipment", ""),
        observed=bool(given.get("observed", False)),
        given=given,
    )


def _family(given: Mapping[str, Any], route: str) -> str:
    """Return the family that a case names, else that of its quantity, else that of its route."""
    quantity = given["by"] if given["quantity"] == "order" else given["quantity"]
    if family := given.get("family", _FAMILY_OF.get(quantity)):
        return str(family)
    if route.startswith(_ARCTIC_ROUTES):
        return "NSR days"
    return "sea days" if route in _SEA_ROUTES else "rail days"


def _ends(kind: str, given: Mapping[str, Any], stops: tuple[tuple[str, ...], ...]) -> list[str]:
    """Return origin and destination: none for tables, those of its scenario for a study."""
    if kind == "rail":
        return [stops[0][0], stops[-1][-1]]
    if kind == "tables":
        return ["", ""]
    if kind == "studies":
        study = load_study(given["scenario"])
        return [study.origin, study.destination]
    return [given["origin"], given["destination"]]


def load_study(name: str) -> Scenario:
    """Return a published study's scenario from `configs/scenarios/published`.

    Raises
    ------
    ConfigError
        There is no such study, or its file has an error.
    """
    return load_scenario(configs_dir() / "scenarios" / "published" / f"{name}.yaml")


def _citation(keys: str | list[str], sources: Mapping[str, Any]) -> str:
    """Return `author: title (year) url` for each source."""
    texts = []
    for key in [keys] if isinstance(keys, str) else keys:
        source = sources[key]
        author = f"{source['author']}: " if source["author"] else ""
        texts.append(f"{author}{source['title']} ({source['year']}) {source['url']}".strip())
    return "; ".join(texts)


def override(key: str, value: float) -> Override:
    """Return the override of a case: `parameter` or `parameter@scope`, with its value."""
    parameter, at, scope = key.partition("@")
    return Override(parameter=parameter, scope=scope if at else None, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A published figure and ours, both in the unit of the case."""

    case: Case
    ours: Ours

    @property
    def error(self) -> float:
        """How far ours lies from the published figure, as a fraction of it."""
        return self.case.error(self.ours.value)

    @property
    def inside(self) -> bool:
        """Whether ours lies in the published range, with its tolerance on either side."""
        # JSON cannot write numpy's bool.
        return bool(self.case.low <= self.ours.value <= self.case.high)

    @property
    def record(self) -> dict[str, object]:
        """The row in plain, rounded values."""
        case, ours = self.case, self.ours.value
        return {
            **picked(case, "id", "family", "quantity", "unit", "published"),
            "low": round(case.low, 3),
            "high": round(case.high, 3),
            "ours": round(ours, 0 if ours >= 1000 else 3),
            "error": round(self.error, 4),
            "inside": self.inside,
            **picked(case, "role", "why", "origin", "destination", "route", "status"),
            **picked(case, "tolerance", "half", "citation"),
        }


def calibration_legs() -> tuple[Row, ...]:
    """Return the rail legs set to a published length, as rows of role `calibration`.

    Ours equals the published length, so these rows prove nothing.
    """
    rows = []
    for leg in load_rail_legs():
        if not leg.calibrated or leg.published_km is None:
            continue
        case = Case(
            id=f"leg-{leg.id}",
            kind="rail",
            family="distances",
            quantity="distance",
            unit="km",
            published=leg.published_km,
            first=leg.published_km,
            last=leg.published_km,
            tolerance=0.0,
            role="calibration",
            status=leg.status,
            why="",
            citation=leg.source,
            origin=leg.from_id,
            destination=leg.to_id,
            route="rail",
            stops=((leg.from_id, leg.to_id),),
        )
        rows.append(Row(case=case, ours=Ours(leg.length_km)))
    return tuple(rows)


def counted(rows: Sequence[Row], family: str = "", *, kind: str = "") -> list[Row]:
    """Return the rows that count, of one family or one kind if it is named."""
    return [
        row
        for row in rows
        if row.case.role == "validation"
        and family in ("", row.case.family)
        and kind in ("", row.case.kind)
    ]


def family_records(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return how each family fares, one record a family; families are never added up.

    Errors are fractions of the published figure: their median, signed, is the bias. `coverage` is
    the share of the published figures that lie between the low and the high of our own answer, of
    those `ranged` that have a low and a high; None where none has.
    """
    records: list[dict[str, object]] = []
    for family in FAMILIES:
        chosen = counted(rows, family)
        errors = [row.error for row in chosen]
        inside = sum(row.inside for row in chosen)
        held = (row.ours.holds(row.case.published) for row in chosen)
        covered = [one for one in held if one is not None]
        records.append(
            {
                "family": family,
                "counted": len(chosen),
                "inside": inside,
                "share_inside": round(inside / len(chosen), 3) if chosen else None,
                "median_error": round(median(errors), 4) if errors else None,
                "median_absolute_error": round(median(map(abs, errors)), 4) if errors else None,
                "ranged": len(covered),
                "coverage": round(sum(covered) / len(covered), 3) if covered else None,
                "calibration": sum(row.case.family == family for row in rows) - len(chosen),
            }
        )
    return records
