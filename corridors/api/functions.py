"""The questions: a `Session` of many, and a function for each that asks one in this thread."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from importlib import import_module
from inspect import Parameter, signature
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, get_type_hints

import numpy as np

from corridors.errors import ConfigError, CorridorsError, fault_list
from corridors.network.sea import sea_distances, sea_ways
from corridors.progress import Progress, quiet
from corridors.studies.allocate import question as allocate_question
from corridors.studies.batch import question as batch_question
from corridors.studies.book import question as book_question
from corridors.studies.breakeven import question as breakeven_question
from corridors.studies.calibrate import question as calibrate_question
from corridors.studies.catchments import question as catchments_question
from corridors.studies.compare import question as compare_question
from corridors.studies.design import question as design_question
from corridors.studies.diff import question as diff_question
from corridors.studies.explain import question as explain_question
from corridors.studies.invest import question as invest_question
from corridors.studies.phase import question as phase_question
from corridors.studies.result_base import extended
from corridors.studies.route import question as route_question
from corridors.studies.scenario_keys import (
    ENDS,
    KeysOfRoutes,
    Names,
    ScenarioKeys,
    advice_on,
    names_of,
    place_text,
)
from corridors.studies.season import question as season_question
from corridors.studies.simulate import question as simulate_question
from corridors.studies.stress import question as stress_question
from corridors.studies.validate import question as validate_question

if TYPE_CHECKING:
    from corridors.api.listed import Distances, SeaWay
    from corridors.network.locate import Place
    from corridors.studies.batch.result import Batch
    from corridors.studies.saved import Saved
    from corridors.studies.session import Session as Kept
    from corridors.studies.study import Study


# What every function of Python shares: its signature by keyword, and errors in Python's words.

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

# What the parts of an annotation take, and what a fault calls it.
PLAIN: Mapping[str, tuple[tuple[type, ...], str]] = MappingProxyType(
    {
        "int": ((Integral,), "a whole number"),
        "float": ((Real,), "a number"),
        "bool": ((bool, np.bool_), "True or False"),
        "str": ((str,), "text"),
        "Path": ((Path,), "a path"),
        "None": ((type(None),), ""),
    }
)
_SET = "--set "


def question(method: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Return a function that takes the keywords of a scenario by name and speaks of keywords.

    Its signature lists the keys of a scenario where it takes them. A wrong keyword is a
    `CorridorsError` that says which one may be meant, and so is a fault that speaks of options.
    """
    name = f"{method.__name__}()"

    @wraps(method)
    def ask(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return method(*args, **kwargs)
        except (TypeError, ValueError, AttributeError):
            # Looked at only now, so that a distance takes no longer for it.
            _refuse_arguments(ask, name, args, kwargs)
            raise
        except CorridorsError as error:
            _refuse_arguments(ask, name, args, kwargs)
            _reword(error)
            raise

    ask.__signature__ = _by_name(method)  # type: ignore[attr-defined]
    return ask


def _by_name(method: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a method, with the keys of a scenario that it takes."""
    signature = inspect.signature(method)
    *parameters, last = signature.parameters.values()
    shared = next((one for one in (KeysOfRoutes, ScenarioKeys) if one.__name__ in str(last)), None)
    if shared is None:
        return signature
    hints = get_type_hints(shared)
    added = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=..., annotation=hints[key])
        for key in sorted(hints, key=lambda key: key not in ENDS)
    ]
    return signature.replace(parameters=[*parameters, *added])


def _refuse_arguments(
    function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Raise a ConfigError if the arguments do not fit the signature of a function."""
    signature = inspect.signature(function)
    parameters = {key: one for key, one in signature.parameters.items() if key != "self"}
    takes_others = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    unknown = [key for key in kwargs if key not in parameters and not takes_others]
    if unknown:
        known = list(parameters)
        msg = [f"{name}: unknown keyword '{key[:80]}', {advice_on(key, known)}" for key in unknown]
        raise ConfigError(msg) from None
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        plain = [key for key, one in parameters.items() if one.kind is not one.KEYWORD_ONLY]
        takes = ", ".join(plain) or "nothing"
        text = f"{name}: {error}; without a keyword it takes {takes}"
        raise ConfigError(text) from None
    faults = [
        f"{key}: must be {' or '.join(wanted)}, got {value!r:.80}"
        for key, value in bound.arguments.items()
        if key in parameters and (wanted := _not_as(parameters[key].annotation, value))
    ]
    if faults:
        raise ConfigError(faults) from None


def _not_as(annotation: object, value: object) -> list[str]:
    """Return what a plain annotation such as `float | None` wants, empty if the value is such."""
    parts = str(annotation).split(" | ")
    if not all(part in PLAIN for part in parts) or isinstance(
        value, tuple(kind for part in parts for kind in PLAIN[part][0])
    ):
        return []
    return [PLAIN[part][1] for part in parts if PLAIN[part][1]]


def _reword(error: CorridorsError) -> None:
    """Let a fault of a value begin with its key alone: keywords are read as `--set` reads them."""
    if isinstance(error, ConfigError):
        error.faults = tuple(fault.removeprefix(_SET) for fault in error.faults)
        error.args = ("\n".join(fault_list(error.faults)),)


MOST_PAIRS = 4
"""Pairs of ends whose networks a thread keeps between two calls of the functions."""


def load(folder: Path | str) -> Saved | Batch:
    """Return a result that was saved, from the files of its folder; nothing is calculated.

    Parameters
    ----------
    folder
        What `save`, or a command with `--out`, has written.

    Returns
    -------
    result
        A `Batch`, or a `Saved` with the frames and pages of any other result under the same names.
        Functions that take a scenario or a result take both it and the path of its folder.

    Raises
    ------
    CorridorsError
        The folder holds no result, or a file of it is not whole.
    """
    from corridors.studies.batch.run import loaded
    from corridors.studies.batch.scenarios import JOURNAL
    from corridors.studies.saved import saved_result

    into = Path(folder)
    if not (into / JOURNAL).is_file():
        return saved_result(into)
    return loaded(into)


@question
def distances(
    places: Iterable[str | tuple[float, float] | Place],
    *,
    avoid: Names = (),
    arctic: bool = False,
    kiel: bool = False,
    allow: Names = (),
    draft_m: float | None = None,
) -> Distances:
    """Return the distances by sea between every two places, in nautical miles.

    Parameters
    ----------
    places
        Names of ports, UN/LOCODEs, ids, or (lon, lat).
    avoid
        Gates to close, such as `gate-suez`.
    arctic
        Open the Bering Strait and the Northwest Passage; ice and season are ignored.
    kiel
        Open the Kiel Canal, which takes ships of up to 9.5 m draft, 32.5 m beam and 235 m.
    allow
        Other gates to open that are closed by default.
    draft_m
        Draft of the ship in metres; it closes every gate that is shallower.

    Raises
    ------
    CorridorsError
        A place or gate is unknown, no ship reaches a place, or `draft_m` is not
        above 0 and at most 30.

    Examples
    --------
    >>> found = corridors.distances(["Shanghai", "Rotterdam", "Mombasa"])
    >>> bool(found.table.loc["Shanghai", "Rotterdam"] == found.nm[0, 1])
    True
    """
    from corridors.api.listed import Distances

    given: object = places
    if not isinstance(given, Iterable):
        msg = f"places: give a list of places, got {places!r:.80}"
        raise ConfigError(msg)
    named = [places] if isinstance(places, str) else list(places)
    given_places = [_sea_place(place) for place in named]
    found = sea_distances.distances(
        given_places,
        avoid=names_of(avoid, keyword="avoid"),
        arctic=arctic,
        kiel=kiel,
        allow=names_of(allow, keyword="allow"),
        draft_m=draft_m,
    )
    return extended(
        Distances, found, asked=tuple(str(getattr(one, "name", one)) for one in given_places)
    )


@question
def sea_distance(
    origin: str | tuple[float, float] | Place,
    destination: str | tuple[float, float] | Place,
    *,
    avoid: Names = (),
    arctic: bool = False,
    kiel: bool = False,
    allow: Names = (),
    draft_m: float | None = None,
) -> float:
    """Return the distance by sea between two places in nautical miles.

    Infinite if closed gates cut them off. For many pairs use `distances`, whose keywords these
    are.

    Examples
    --------
    >>> by_suez = corridors.sea_distance("Shanghai", "Rotterdam")
    >>> by_cape = corridors.sea_distance(
    ...     "Shanghai", "Rotterdam", avoid=["gate-suez", "gate-panama"])
    >>> 3000 < by_cape - by_suez < 4000
    True
    """
    return sea_distances.sea_distance(
        origin if isinstance(origin, str) else _sea_place(origin),
        destination if isinstance(destination, str) else _sea_place(destination),
        avoid=avoid if isinstance(avoid, tuple | list) else names_of(avoid, keyword="avoid"),
        arctic=arctic,
        kiel=kiel,
        allow=allow if isinstance(allow, tuple | list) else names_of(allow, keyword="allow"),
        draft_m=draft_m,
    )


@question
def sea_way(
    origin: str | tuple[float, float] | Place,
    destination: str | tuple[float, float] | Place,
    *,
    avoid: Names = (),
    arctic: bool = False,
    kiel: bool = False,
    allow: Names = (),
    draft_m: float | None = None,
) -> SeaWay:
    """Return the shortest way by sea between two places: its length, gates and line.

    The keywords are those of `distances`.

    Examples
    --------
    >>> corridors.sea_way("Genoa", "Jeddah").gate_names
    ('Suez Canal',)
    """
    from corridors.api.listed import SeaWay

    found = sea_ways.sea_way(
        _sea_place(origin),
        _sea_place(destination),
        avoid=names_of(avoid, keyword="avoid"),
        arctic=arctic,
        kiel=kiel,
        allow=names_of(allow, keyword="allow"),
        draft_m=draft_m,
    )
    return extended(SeaWay, found)


def _method(
    ask: Callable[Concatenate[Kept, Given], Answer],
) -> Callable[Concatenate[Session, Given], Answer]:
    """Return the question of a study as a method of a session, within the bounds that it states."""
    study: Study = import_module(ask.__module__).STUDY
    stated = signature(ask)

    @wraps(ask)
    def method(self: Session, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        study.check(stated.bind(self._kept, *args, **kwargs).arguments)
        return ask(self._kept, *args, **kwargs)

    first, *others = stated.parameters.values()
    parameters = [first.replace(name="self", annotation=Parameter.empty), *others]
    method.__signature__ = stated.replace(parameters=parameters)  # type: ignore[attr-defined]
    return question(method)


def added_study(name: str) -> Callable[..., Any] | None:
    """Return the method of a study that an installed package adds, None if there is no such."""
    from corridors.studies.study import study_named

    study = study_named(name)
    return None if study is None else _method(study.ask)


def added_function(name: str) -> Callable[..., Any] | None:
    """Return the same as a function, which asks the session of its thread."""
    ask = added_study(name)
    return None if ask is None else _asked(ask)


class Session:
    """Asks many questions, and keeps what they share: networks, prices, places.

    Its methods are those of the module, and answer the same; the second question between two places
    takes a tenth of the time of the first. It belongs to the thread that makes it.

    Parameters
    ----------
    pairs
        How many pairs of ends have their networks kept; each takes some 10 MB.
    progress
        Called with the current step, how many are done and how many there are, such as
        `corridors.show_progress`.

    Examples
    --------
    >>> session = corridors.Session()
    >>> for month in ("2026-07-15", "2026-08-15"):
    ...     found = session.compare("shanghai-europe", departure=month, corridors="suez")
    ...     print(month, found.recommended.title)
    2026-07-15 Suez Canal
    2026-08-15 Suez Canal
    """

    def __init__(self, *, pairs: int = 12, progress: Progress = quiet) -> None:
        from corridors.studies.session import Session as Kept

        self._kept: Kept = Kept(pairs=pairs, progress=progress)

    compare = _method(compare_question.compare)
    compare_many = _method(compare_question.compare_many)
    route = _method(route_question.route)
    explain = _method(explain_question.explain)
    season = _method(season_question.season)

    diff = _method(diff_question.diff)
    stress = _method(stress_question.stress)

    calibrate = _method(calibrate_question.calibrate)
    catchments = _method(catchments_question.catchments)
    catchments_over = _method(catchments_question.catchments_over)
    simulate = _method(simulate_question.simulate)
    breakeven = _method(breakeven_question.breakeven)
    phase = _method(phase_question.phase)
    validate = _method(validate_question.validate)

    batch = _method(batch_question.batch)

    allocate = _method(allocate_question.allocate)
    book = _method(book_question.book)
    design = _method(design_question.design)
    invest = _method(invest_question.invest)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Any]:
            """Return the question of a study that an installed package adds."""
            ask = None if name.startswith("_") else added_study(name)
            if ask is None:
                msg = f"there is no study '{name}'"
                raise AttributeError(msg)
            return partial(ask, self)

    distances = staticmethod(distances)
    sea_distance = staticmethod(sea_distance)
    sea_way = staticmethod(sea_way)


def _sea_place(place: object) -> str | Place:
    from corridors.network.locate import Place

    return place if isinstance(place, Place) else place_text(place)


class _OfThread(threading.local):
    """The session of a thread."""

    session: Session | None = None


_here = _OfThread()


def _asked(method: Callable[Concatenate[Session, Given], Answer]) -> Callable[Given, Answer]:
    """Return a method of a session as a function, which asks the session of its thread."""

    @wraps(method)
    def ask(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        session = _here.session
        if session is None:
            session = _here.session = Session(pairs=MOST_PAIRS)
        return method(session, *args, **kwargs)

    without_self = signature(method)
    parameters = list(without_self.parameters.values())[1:]
    ask.__signature__ = without_self.replace(parameters=parameters)  # type: ignore[attr-defined]
    return ask


compare = _asked(Session.compare)
compare_many = _asked(Session.compare_many)
route = _asked(Session.route)
explain = _asked(Session.explain)
season = _asked(Session.season)
diff = _asked(Session.diff)
stress = _asked(Session.stress)
calibrate = _asked(Session.calibrate)
catchments = _asked(Session.catchments)
catchments_over = _asked(Session.catchments_over)
simulate = _asked(Session.simulate)
breakeven = _asked(Session.breakeven)
phase = _asked(Session.phase)
batch = _asked(Session.batch)
allocate = _asked(Session.allocate)
book = _asked(Session.book)
design = _asked(Session.design)
invest = _asked(Session.invest)
validate = _asked(Session.validate)
