"""The keywords of a question: those of a scenario, as a file has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict, runtime_checkable

from corridors.errors import ConfigError

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario

Day = date | str
"""A day: a date, also of pandas or numpy, or a text such as `2026-09-01`."""
Names = str | Iterable[str]
"""A name or several: in a list, a set, an array, a column of a frame, or a generator."""
Place = str | tuple[float, float]
"""A place by a name, a code, an id or (lon, lat)."""
Places = str | Iterable[str | tuple[float, float]]
"""A place or several, as with names, each by a name, a code, an id or (lon, lat)."""
Keys = Mapping[str, Any]
"""The keys of a part of a scenario file and their values."""


@runtime_checkable
class Answered(Protocol):
    """A result, whose scenario can be asked about again."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was answered."""


ScenarioLike: TypeAlias = "str | Path | Keys | Scenario | Answered"
"""A shipped scenario by name, the path of a file or of a saved result, keys as a dict, a result."""
ENDS = ("origin", "destination")


class KeysOfRoutes(TypedDict, total=False):
    """The keys of a scenario that are no options of a route."""

    objective: Literal["cost", "days", "co2e", "generalised"]
    choice: Literal["best", "shares"]
    shipment: Keys
    corridors: Names
    limits: Keys
    overrides: Mapping[str, float]
    price_basis: Literal["cost", "price"]
    prices: str
    scope: Literal["cy-cy", "door"]
    door: Keys
    closures: Sequence[Keys]
    max_wait_days: float
    speed: str | float
    ice_year: str | int
    known_on: Day
    hulls_in_ice: Literal["ice-class", "any"]
    incoterm: Literal["EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"]
    subsidies: Literal["none", "found"]
    customs: Keys
    projects: Names | Sequence[Keys]
    chances: Sequence[Keys]
    draws: Keys
    robust: Keys
    name: str


class ScenarioKeys(KeysOfRoutes, total=False):
    """The keys of a scenario; `corridors schema scenario` explains each."""

    departure: Day
    world: str
    services: Names
    own_data: Names
    contracts: Names
    schedules: Names
    on_conflict: Literal["error", "last"]
    origin: str | tuple[float, float]
    destination: str | tuple[float, float]


def scenario_of(given: object, keys: Mapping[str, object], *, call: str) -> Scenario:
    """Return the scenario that a question is about.

    Parameters
    ----------
    given
        A `ScenarioLike`, or None for `keys` alone.
    keys
        Values by key, in place of those given.
    call
        The function that was called, for errors: `compare()`.

    Raises
    ------
    ConfigError
        With every fault.
    """
    from corridors.config import given_scenario
    from corridors.domain.scenario import Scenario

    if isinstance(given, str | Path) and (held := saved_in(given)) is not None:
        base: Any = held
    elif isinstance(given, Scenario | str | Path | Mapping) or given is None:
        base = given
    elif isinstance(given, Answered) and isinstance(given.scenario, Scenario):
        base = given.scenario
    else:
        msg = (
            f"{call}: give a scenario as a name, a path, a dict or a result, or by keywords such as"
            f" origin= and destination=; got {_kind(given)}"
        )
        raise ConfigError(msg)
    # None is what a function that passes a keyword on gives for nothing.
    given_keys = {key: value for key, value in keys.items() if value is not None}
    try:
        return given_scenario(base, given_keys, shown=call)
    except ConfigError as error:
        # `compare("Ningbo", ...)`: a place where a scenario is expected.
        if isinstance(given, str) and error.faults[0].startswith(f"{given}: no such scenario"):
            msg = f"{error.faults[0]}; a place goes into origin= or destination="
            raise ConfigError(msg) from None
        raise


def saved_in(given: str | Path) -> Scenario | None:
    """Return the scenario of a saved result, None unless a folder with one is given."""
    from corridors.files import is_folder
    from corridors.studies.saved import is_saved, saved_result

    path = Path(given)
    if not is_folder(path, shown=str(given)[:200]) or not is_saved(path):
        return None
    return saved_result(path).scenario


def place_text(place: object) -> str:
    """Return a place as text: a pair of lon and lat becomes `lon,lat`.

    Raises
    ------
    ConfigError
        It is neither.
    """
    from corridors.config.checks import point_text
    from corridors.config.scenario import plain_value

    place = plain_value(place)
    text = point_text(place)
    if isinstance(text, str):
        return text
    got = _kind(place)
    if isinstance(place, tuple | list) and all(type(one) in (int, float) for one in place):
        got = str(tuple(place))
    msg = f"a place is a name, a UN/LOCODE, an id, or a pair (lon, lat); got {got}"
    raise ConfigError(msg)


def day_of(value: object, *, keyword: str) -> date | None:
    """Return the day that a keyword gives, None for None.

    Raises
    ------
    ConfigError
        It is no day.
    """
    from corridors.config.scenario import plain_value

    if value is None:
        return None
    try:
        return date.fromisoformat(str(plain_value(value)))
    except ValueError:
        msg = f"{keyword}: must be a date such as 2026-08-20, got {str(value)[:80]}"
        raise ConfigError(msg) from None


def names_of(value: object, *, keyword: str) -> tuple[str, ...]:
    """Return the names of a keyword, one or several.

    Raises
    ------
    ConfigError
        It has something else.
    """
    from corridors.config.scenario import plain_value

    plain = plain_value([value] if isinstance(value, str) else value)
    if isinstance(plain, list) and all(isinstance(name, str) for name in plain):
        return tuple(plain)
    msg = f"{keyword}: give a name or a list of names, got {_kind(value)}"
    raise ConfigError(msg)


def advice_on(keyword: str, known: Sequence[str]) -> str:
    """Return what an unknown keyword may mean: a similar one, or a key of a part of a scenario."""
    from corridors.config.faults import keys_at
    from corridors.config.models import ScenarioModel

    for part in ("shipment", "limits", "door", "draws"):
        if part in known and keyword in keys_at(ScenarioModel, (part,)):
            return f"it is a key of {part}: {part}={{'{keyword}': ...}}"
    near = get_close_matches(keyword, known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known: {', '.join(known)}"


def _kind(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
