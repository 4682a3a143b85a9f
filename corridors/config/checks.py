"""Types of values in configuration files: words, numbers, days, known names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Annotated, Final

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

from corridors.config.allowed_names import Names
from corridors.domain.keys import LEAST
from corridors.domain.scenario import DEPARTURE, is_border

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
