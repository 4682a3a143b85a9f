"""What a configuration file may give for a key, beyond the type of its value.

The frozen values of `domain` declare the keys of scenario files: type, bounds, default and, in the
string under a key, its meaning. From these declarations `config/models.py` makes the models that
read files; the JSON Schema, the page of keys and the list of `corridors diff` follow. A closed set
of words is a `StrEnum`; pairs of a name and a value are a mapping in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeVar

Item = TypeVar("Item")
MAX_TEU_PER_MONTH = 1_000_000
LEAST = 0.001
"""The least of a number above 0, in the unit of its key: what is smaller, such as 1e-300, means
nothing here, and no solver takes its ratio to a figure of a route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """The values that a file may give: bounds of a number, known names, length of a list.

    A number lies above `above`, is at least `least` and at most `most`. `names` is a kind of name
    of the tables, such as `country`; a `place` is text that is never a number. A list has at most
    `entries`. A key that `follows` may be left out, although the frozen value always has it: it
    then follows from other keys.
    """

    above: float | None = None
    least: float | None = None
    most: float | None = None
    names: str | None = None
    entries: int | None = None
    place: bool = False
    follows: bool = False


FOLLOWS = Takes(follows=True)
Positive = Annotated[float, Takes(least=LEAST)]
Share = Annotated[float, Takes(least=0, most=1)]
Place = Annotated[str, Takes(place=True)]
CountryName = Annotated[str, Takes(names="country")]
GateName = Annotated[str, Takes(names="gate")]
TerminalName = Annotated[str, Takes(names="terminal")]
CargoClassName = Annotated[str, Takes(names="cargo class")]
CorridorName = Annotated[str, Takes(names="corridor")]
ProjectName = Annotated[str, Takes(names="project")]
ServiceName = Annotated[str, Takes(names="service")]
Few = Annotated[tuple[Item, ...], Takes(entries=60)]
