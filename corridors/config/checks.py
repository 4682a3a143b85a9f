"""Types of values in configuration files: words, numbers, days, and the names known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from corridors.data.access import load_worlds
from corridors.data.cargo import load_cargo
from corridors.data.cities import country_names
from corridors.data.columns import read_rows
from corridors.data.own import Overlay
from corridors.data.parameters import (
    CAPACITIES,
    GONE,
    PARAMETER_FILES,
    load_country_groups,
    load_sources,
)
from corridors.data.paths import cached_while_unchanged, configs_dir, network_dir, parameters_dir
from corridors.domain.places import Family
from corridors.domain.scenario import DEPARTURE, LEAST, is_border

# The names that a configuration file may use, and suggestions for unknown ones.

# Kinds of names, as faults call them, and the tables that define them.
TABLES: dict[str, tuple[str, ...]] = {
    "corridor": ("corridors",),
    "project": ("projects",),
    "service": ("services",),
    "class of ships": ("ships",),
    "world": ("worlds",),
    "parameter": ("parameters",),
    "cargo": ("cargo",),
    "cargo class": ("cargo_classes",),
    "gate": ("gates",),
    "terminal": ("terminals",),
    "country": ("countries",),
    "source": ("sources",),
    "country or group": ("groups", "countries"),
    "terminal or gate": ("terminals", "gates"),
    "terminal, gate or country": ("terminals", "gates", "countries"),
    "terminal, gate, leg, country or service": (
        *("terminals", "gates", "legs", "countries", "services"),
    ),
}


Read = TypeVar("Read")


class Names:
    """All names that the shipped tables and corridor files define, read on demand.

    Files that use them are read once for all who share them (`once`).

    Parameters
    ----------
    own
        The shipped network with the user's own data. None for the shipped network.
    """

    def __init__(self, own: Overlay | None = None) -> None:
        self._own = own
        self._of_kind: dict[str, dict[str, None]] = {}
        self._read: dict[Path, object] = {}

    def once(self, path: Path, read: Callable[[], Read]) -> Read:
        """Return what a file holds, read when it is first asked for; faults are raised each time.

        A path is always read by the same kind of reader.
        """
        if path not in self._read:
            self._read[path] = read()
        return cast(Read, self._read[path])

    @cached_property
    def corridors(self) -> tuple[str, ...]:
        """Ids of the shipped corridors."""
        return tuple(path.stem for path in sorted((configs_dir() / "corridors").glob("*.yaml")))

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """Ids of the shipped projects."""
        return tuple(path.stem for path in sorted((configs_dir() / "projects").glob("*.yaml")))

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Service families and ids of services."""
        return tuple(Family) + column(parameters_dir() / "services.csv", "id")

    @cached_property
    def ships(self) -> tuple[str, ...]:
        """Ids of the classes of ships."""
        return tuple(name for name in self.services if name.startswith(f"{Family.SEA}/"))

    @cached_property
    def terminals(self) -> tuple[str, ...]:
        """Ids of terminals."""
        shipped = column(network_dir() / "terminals.csv", "id")
        return shipped if self._own is None else tuple(self._own.terminals)

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """Ids of gates."""
        return column(network_dir() / "gates.csv", "id")

    @cached_property
    def legs(self) -> tuple[str, ...]:
        """Ids of rail, ferry, river and road legs."""
        if self._own is not None:
            return tuple(leg.id for leg in self._own.legs)
        files = ("rail_legs.csv", "ferry_legs.csv", "road_legs.csv")
        return tuple(name for file in files for name in column(network_dir() / file, "id"))

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Codes of the countries that have a terminal or belong to a group."""
        own = self._own.terminals.values() if self._own is not None else ()
        shipped = column(network_dir() / "terminals.csv", "country")
        grouped = (code for codes in load_country_groups().values() for code in codes)
        return tuple(sorted({*shipped, *grouped, *(terminal.country for terminal in own)}))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Names of groups of countries."""
        return tuple(load_country_groups())

    @cached_property
    def worlds(self) -> tuple[str, ...]:
        """Ids of the worlds."""
        return load_worlds()

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of parameters."""
        files = (parameters_dir() / name for name in PARAMETER_FILES)
        names = (name for path in files for name in column(path, "parameter"))
        return tuple(name for name in dict.fromkeys((*names, *CAPACITIES)) if name)

    @cached_property
    def cargo(self) -> tuple[str, ...]:
        """Ids of cargo presets."""
        return column(parameters_dir() / "cargo.csv", "id")

    @cached_property
    def cargo_classes(self) -> tuple[str, ...]:
        """Classes of cargo that bans refer to."""
        return tuple(
            dict.fromkeys(name for one in load_cargo().values() for name in one.cargo_classes)
        )

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Keys of the sources of figures."""
        return tuple(load_sources())

    def of(self, kind: str) -> Collection[str]:
        """Return the names of a kind, a key of `TABLES`, in the order of its tables."""
        if kind not in self._of_kind:
            listed = (name for table in TABLES[kind] for name in getattr(self, table))
            self._of_kind[kind] = dict.fromkeys(listed)
        return self._of_kind[kind].keys()

    def called(self, kind: str) -> Mapping[str, str]:
        """Return the codes of countries by their names, where a kind has countries."""
        if "countries" not in TABLES[kind]:
            return {}
        known = self.of(kind)
        return {name: code for code, name in country_names().items() if code in known}


def column(path: Path, name: str) -> tuple[str, ...]:
    """Return a column of a shipped CSV file."""
    columns = _columns(path)
    if name in columns:
        return columns[name]
    return tuple(row[name] for row in read_rows(path))  # raises if it is missing


@cached_while_unchanged
def _columns(path: Path) -> Mapping[str, tuple[str, ...]]:
    rows = read_rows(path)
    names = rows[0] if rows else ()
    return MappingProxyType({name: tuple(row[name] for row in rows) for name in names})


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like another, empty if none is similar."""
    folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name[:80].casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def advice(name: object, known: Iterable[str], *, called: Mapping[str, str] | None = None) -> str:
    """Return a suggestion for an unknown name: a similar one, else the list if it is short.

    `called` are other names of some that are known, such as those of countries.
    """
    if gone := GONE.get(str(name)):
        return gone
    names, others = list(known), called or {}
    if near := nearest(str(name), [*names, *others]):
        return f"did you mean '{others.get(near, near)}'?"
    if 0 < len(names) <= 24:
        return f"known: {', '.join(names)}"
    return "no known name is similar"


UNKNOWN_NAME: Final = "unknown_name"
FILES = ("corridor", "project")
FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2035, 12, 31)
PRICE_MONTH = r"20(?:19|2\d|3[0-5])-(?:0[1-9]|1[0-2])"
MIN_KNOTS, MAX_KNOTS = 8, 26
MOST_WAYS = 6


def fault(message: str) -> PydanticCustomError:
    """Return an error with the message as its text; braces are allowed."""
    return PydanticCustomError("fault", "{message}", {"message": message})


@dataclass(frozen=True)
class NameCheck:
    """A check that a name is known; the validation context holds the names.

    Paths of corridor and project files are checked when they are loaded; after a parameter, a scope
    may follow an @. `then` ends the sentence about an unknown name.
    """

    kind: str
    then: str = ""

    def __call__(self, name: str, info: ValidationInfo) -> str:
        """Return the name if it is known."""
        if self.kind in FILES and name.endswith(".yaml"):
            return name
        context: dict[str, Names] = info.context or {}
        known = name.partition("@")[0] if self.kind == "parameter" else name
        if known not in context["names"].of(self.kind):
            # What is similar is looked for where the fault is described, if it is shown at all.
            about = {"kind": self.kind, "short": known[:80], "name": known, "then": self.then}
            msg = "unknown {kind} '{short}'"
            raise PydanticCustomError(UNKNOWN_NAME, msg, about)
        return name


def checked_way(way: str, info: ValidationInfo) -> str:
    """Check a place that a service passes, or alternatives joined by `|`; borders are pairs."""
    for name in way.split("|"):
        if is_border(name):
            for country in name.split("-"):
                NameCheck("country")(country, info)
        else:
            NameCheck("terminal, gate or country")(name, info)
    return way


def each_named_once(services: Sequence[object]) -> Sequence[object]:
    """Check that no two services that are declared have one name."""
    names = [str(getattr(service, "name", "")).casefold() for service in services]
    for number, name in enumerate(names):
        if name and name in names[:number]:
            msg = f"two services are called {getattr(services[number], 'name', '')}; rename one"
            raise fault(msg)
    return services


def iso_day(value: object) -> object:
    """Refuse values that pydantic accepts as a day but readers do not, such as numbers."""
    if not isinstance(value, date) and not (isinstance(value, str) and len(value) == 10):
        msg = "must be a date such as 2026-08-20"
        raise fault(msg)
    return value


def day_covered(day: date) -> date:
    """Check that a day lies in the years covered by the tables."""
    if not FIRST_DAY <= day <= LAST_DAY:
        msg = f"{day} is outside {FIRST_DAY.year} to {LAST_DAY.year}, the years of the tables"
        raise fault(msg)
    return day


def year_word(value: object) -> object:
    """Return a year as text, since YAML reads it as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def checked_price_month(value: str) -> str:
    """Check the month whose prices hold: `departure`, or a month such as 2025-12."""
    if value != DEPARTURE and not re.fullmatch(PRICE_MONTH, value):
        msg = f"must be {DEPARTURE} or a month from 2019-01 to 2035-12, got {value[:80]}"
        raise fault(msg)
    return value


def one_or_many(value: object) -> object:
    """Return a single name as a list."""
    return [value] if isinstance(value, str) else value


def all_or_many(value: object) -> object:
    """Return the list for `corridors`, empty for `all`."""
    if value == "all":
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not value:
        msg = "must be 'all' or a list of corridors, such as [suez, cape]"
        raise fault(msg)
    return value


def all_projects(value: object, info: ValidationInfo) -> object:
    """Return the list for `projects`, every shipped one for `all`."""
    if value == "all":
        context: dict[str, Names] = info.context or {}
        return list(context["names"].projects)
    return [value] if isinstance(value, (str, dict)) else value


def project_alone(value: object) -> object:
    """Return the mapping for a project given by name alone."""
    return {"id": value} if isinstance(value, str) else value


def written_short(value: object) -> object:
    """Return the mapping for a `must_pass` entry given by name alone."""
    return {"any_of": [value]} if isinstance(value, str) else value


ICE_YEARS = ("mean", "best", "worst", *(str(year) for year in range(2010, 2025)))


def checked_ice_year(value: str) -> str:
    """Check that the ice table covers a year."""
    if value not in ICE_YEARS:
        msg = f"unknown ice year '{value[:80]}', use mean, best, worst or a year from 2010 to 2024"
        raise fault(msg)
    return value


def checked_speed(value: object) -> object:
    """Check the speed of ships: a word, or knots."""
    if value in ("reference", "best"):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not MIN_KNOTS <= float(str(value)) <= MAX_KNOTS:
        msg = f"must be reference, best, or knots from {MIN_KNOTS} to {MAX_KNOTS}, such as 14"
        raise fault(msg)
    return float(str(value))


def point_text(place: object) -> object:
    """Return a pair of longitude and latitude as the text `lon,lat`, all else as it is."""
    if isinstance(place, tuple | list) and len(place) == 2 and bool not in map(type, place):
        try:
            lon, lat = map(float, place)
        except (TypeError, ValueError, OverflowError):
            return place
        if isfinite(lon) and isfinite(lat):
            return f"{lon:.10g},{lat:.10g}"
    return place


# YAML reads the world `2026` as a number; wherever text is meant, a bare number is text.
Word = Annotated[str, Field(min_length=1, max_length=200, coerce_numbers_to_str=True)]
# A place is text from the start: a number, such as what stands for a missing one, is none. Two of
# them are a point.
_PlaceWord = Annotated[str, Strict(), Field(min_length=1, max_length=200)]
PlaceText = Annotated[
    _PlaceWord,
    BeforeValidator(point_text, json_schema_input_type=_PlaceWord | tuple[float, float]),
]
YesNo = Annotated[bool, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(ge=LEAST)]
Day = Annotated[date, BeforeValidator(iso_day), AfterValidator(day_covered)]
CorridorName = Annotated[Word, AfterValidator(NameCheck("corridor"))]
ServiceName = Annotated[Word, AfterValidator(NameCheck("service"))]
GateName = Annotated[Word, AfterValidator(NameCheck("gate"))]
PlaceName = Annotated[Word, AfterValidator(NameCheck("terminal or gate"))]
AvoidName = Annotated[Word, AfterValidator(NameCheck("terminal, gate or country"))]
CountryName = Annotated[Word, AfterValidator(NameCheck("country"))]
WayName = Annotated[Word, AfterValidator(checked_way)]
GroupName = Annotated[Word, AfterValidator(NameCheck("country or group"))]
Many = Field(min_length=1, max_length=60)


class Strictly(BaseModel):
    """A frozen model without unknown keys; the string under a key is its description.

    Descriptions are read where a schema is made: pydantic would read the source of every model
    whenever the program starts. Most runs need few of the models.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
