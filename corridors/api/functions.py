"""The questions: a `Session` of many, and a function for each that asks one in this thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial, wraps
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, Unpack
from weakref import finalize

from corridors.api.calls import question
from corridors.errors import ConfigError, CorridorsError
from corridors.network.sea import sea_distances, sea_ways
from corridors.progress import Progress, quiet
from corridors.scratch import make_scratch
from corridors.studies.allocate import question as allocate_question
from corridors.studies.book import question as book_question
from corridors.studies.breakeven import question as breakeven_question
from corridors.studies.catchments import question as catchments_question
from corridors.studies.design import question as design_question
from corridors.studies.diff import question as diff_question
from corridors.studies.explain import question as explain_question
from corridors.studies.invest import question as invest_question
from corridors.studies.phase import question as phase_question
from corridors.studies.result_base import extended
from corridors.studies.route import question as route_question
from corridors.studies.scenario_keys import (
    Keys,
    Names,
    ScenarioKeys,
    ScenarioLike,
    names_of,
    place_text,
    scenario_of,
)
from corridors.studies.season import question as season_question
from corridors.studies.simulate import question as simulate_question
from corridors.studies.stress import question as stress_question
from corridors.studies.validate import question as validate_question

if TYPE_CHECKING:
    import pandas as pd

    from corridors.api.batched import Batch
    from corridors.api.sea_tables import Distances, SeaWay
    from corridors.network.locate import Place
    from corridors.studies.ranked_corridors import Comparison
    from corridors.studies.session import Session as Kept
    from corridors.studies.shipments.result import Shipments
    from corridors.studies.study import Study

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

MOST_PAIRS = 4
"""Pairs of ends whose networks a thread keeps between two calls of the functions."""


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
    from corridors.api.sea_tables import Distances

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
    from corridors.api.sea_tables import SeaWay

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

    @question
    def compare(
        self,
        scenario: ScenarioLike | None = None,
        *,
        certify: bool = False,
        alternatives: int = 0,
        what_if: bool = False,
        **keys: Unpack[ScenarioKeys],
    ) -> Comparison:
        """Compare the corridors between two places in cost, days and CO2e.

        Parameters
        ----------
        scenario
            The name of a shipped scenario, the path of a file, a dict of its keys, or a result
            whose scenario is asked again, also a saved one or its folder; None if the keywords say
            all.
        certify
            Also certify routes that depend on dates with OR-Tools, which takes longer.
        alternatives
            How many routes that differ in gates, borders or modes to add.
        what_if
            Price the routes again for the sliders of the report, which takes some seconds.
        keys
            Keys of a scenario, in place of those of `scenario`; a dict replaces the keys that it
            names. Keys of the shipment that are not given are those of `shanghai-europe`.

        Returns
        -------
        comparison
            The corridors, best first, and the recommendation.

        Raises
        ------
        CorridorsError
            A keyword, place, corridor or parameter is unknown or out of range.

        Examples
        --------
        >>> found = corridors.compare(
        ...     origin="Shanghai", destination="Hamburg", departure="2026-08-20",
        ...     world="reference-open", corridors=["suez", "cape"],
        ... )
        >>> found.recommended.title
        'Suez Canal'
        >>> list(found.options.index)
        ['suez', 'cape']
        """
        from dataclasses import replace

        from corridors.studies.ranked_corridors import Comparison
        from corridors.studies.worlds import compare_in_both_worlds

        asked = scenario_of(scenario, keys, call="compare()")
        found = compare_in_both_worlds(
            asked,
            session=self._kept,
            certify=certify,
            alternatives=alternatives,
            what_if=what_if,
            progress=self._kept.progress,
        )
        return extended(Comparison, replace(found))

    @question
    def compare_many(
        self,
        shipments: pd.DataFrame | Path | str,
        scenario: ScenarioLike | None = None,
        *,
        workers: int = 1,
        **keys: Unpack[ScenarioKeys],
    ) -> Shipments:
        """Compare the corridors for each row of a table, and put the answer on the row.

        Rows that ask the same are asked once. A row that cannot be asked stays, with the reason.

        Parameters
        ----------
        shipments
            A frame, or the path of a CSV or Excel file, with a row a shipment. The columns
            `origin`, `destination`, `departure` and any other key of a scenario, with dots
            (`shipment.cargo`), are the question; an empty cell is a key that is not given. `boxes`
            is how many boxes the shipment is of, 1 by default, and `paid_usd` what was paid for
            them, by which sums are taken. Other columns stay as they are.
        scenario
            What holds in rows that do not say it, as in `compare`.
        workers
            Number of processes.
        keys
            Keys of a scenario, in place of those of `scenario`; a column counts before them.

        Returns
        -------
        shipments
            `answers` on the index of the table, `table` with its columns too, `totals`.

        Raises
        ------
        CorridorsError
            A column is wrong, or the table cannot be read.

        Examples
        --------
        >>> import pandas as pd
        >>> asked = pd.DataFrame({"origin": ["Ningbo", "Ningbo"], "boxes": [10, 4],
        ...                       "destination": ["Hamburg", "Hambrug"]}, index=["A", "B"])
        >>> found = corridors.compare_many(asked, "shanghai-europe", corridors="suez")
        >>> list(found.answers["status"])
        ['answered', 'not asked']
        """
        from corridors.studies.batch.workers import StoppedError
        from corridors.studies.shipments.asked import table_of
        from corridors.studies.shipments.run import compare_table

        frame = table_of(shipments) if isinstance(shipments, Path | str) else shipments
        if not hasattr(frame, "columns") or not hasattr(frame, "index"):
            msg = f"shipments: give a frame or the path of a table, got {shipments!r:.80}"
            raise ConfigError(msg)
        base = None if scenario is None else scenario_of(scenario, keys, call="compare_many()")
        given = {key: value for key, value in keys.items() if value is not None}
        try:
            return compare_table(
                frame,
                base,
                given if base is None else {},
                workers=workers,
                progress=self._kept.progress,
            )
        except StoppedError as error:
            msg = f"compare_many(): stopped: {error}"
            raise CorridorsError(msg) from error

    route = _method(route_question.route)
    explain = _method(explain_question.explain)
    season = _method(season_question.season)

    diff = _method(diff_question.diff)
    stress = _method(stress_question.stress)

    catchments = _method(catchments_question.catchments)
    catchments_over = _method(catchments_question.catchments_over)
    simulate = _method(simulate_question.simulate)
    breakeven = _method(breakeven_question.breakeven)
    phase = _method(phase_question.phase)
    validate = _method(validate_question.validate)

    @question
    def batch(
        self,
        base: ScenarioLike | None = None,
        *,
        sweeps: Keys | None = None,
        variants: Iterable[Keys] | pd.DataFrame = (),
        folder: Path | str | None = None,
        workers: int = 1,
        resume: bool = False,
        force: bool = False,
        max_scenarios: int = 20_000,
        title: str | None = None,
        progress: Progress | None = None,
        **keys: Unpack[ScenarioKeys],
    ) -> Batch:
        """Compare the corridors in many scenarios: every combination of what varies.

        Parameters
        ----------
        base
            The scenario that all start from, as in `compare`; or, without `sweeps` and `variants`,
            a batch file or the name of a shipped one.
        sweeps
            Values by dotted key: `{"shipment.teu_per_month": [50, 100]}`. A list, an array, a
            column of a frame, a range of days of pandas, a generator, or a range as a batch file
            writes it; `pairs` takes a frame with the columns `origin` and `destination`.
        variants
            Named sets of changes: `{"name": "expensive fuel", "set": {...}}`; or a frame whose
            columns are dotted keys, with a row per set, named by its column `name` if it has one.
        folder
            A new folder for all files; a temporary one by default, which goes with the result.
        workers
            Number of processes.
        resume
            Continue a batch that was stopped in `folder`.
        force
            Remove the files of an earlier batch from `folder`.
        max_scenarios
            Refuse a batch with more scenarios.
        title
            Title of the report.
        progress
            Called with the current step, how many are done and how many there are.
        keys
            Keys of a scenario in place of those of `base`.

        Raises
        ------
        CorridorsError
            A keyword or value is wrong, there are too many scenarios, or the folder cannot be used.

        Examples
        --------
        >>> found = corridors.batch("shanghai-europe", corridors=["suez", "cape"],
        ...                         sweeps={"destination": ["Hamburg", "Koper"]})
        >>> list(found.scenarios["name"])
        ['Hamburg', 'Koper']
        """
        from corridors.api.batched import Batch
        from corridors.config.batch_files import given_batch, load_batch
        from corridors.studies.batch import make_plan, run_batch
        from corridors.studies.batch.workers import StoppedError

        sets = _sets_of(variants)
        if sweeps is None and not sets:
            if not isinstance(base, str | Path) or keys or title:
                msg = "batch(): say what varies, such as sweeps={'departure': [...]}"
                raise ConfigError(msg)
            try:
                made = load_batch(base)
            except ConfigError as error:
                if "no such batch file" not in str(error):
                    raise
                msg = f"{error}; to vary a scenario give sweeps= or variants="
                raise ConfigError(msg) from None
        else:
            asked = scenario_of(base, keys, call="batch()")
            values: dict[str, object] = {"sweeps": sweeps or {}}
            values |= {"variants": sets} if sets else {}
            values |= {} if title is None else {"title": title}
            made = given_batch(values, asked, shown="batch()", name=asked.name)
        plan = make_plan(made, max_scenarios=max_scenarios)
        # One of its own is locked while it is needed: the next run removes what a kill has left.
        own = make_scratch(Path(gettempdir()), "corridors-batch-") if folder is None else None
        into = own.path / "batch" if own is not None else Path(folder or "")
        try:
            outcome = run_batch(
                plan,
                into,
                workers=workers,
                resume=resume,
                force=force,
                progress=progress or self._kept.progress,
            )
        except BaseException as error:
            if own is not None:
                own.remove()
            if not isinstance(error, StoppedError):
                raise
            then = "ask again with resume=True and the same folder"
            then = then if own is None else "with folder= what ran is kept for resume=True"
            msg = f"batch(): stopped: {error}; {then}"
            raise CorridorsError(msg) from error
        found = Batch(
            sweep=outcome.sweep,
            answer=outcome.answer,
            ran=outcome.ran,
            failed=outcome.failed,
            folder=into,
        )
        if own is not None:
            # The folder goes with the result, or at the end of the program.
            finalize(found, own.remove)
        return found

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


def _sets_of(variants: Any) -> list[Any]:
    """Return named sets of changes, of a frame those of its rows."""
    from corridors.config.scenario import plain_value

    sets: Any = plain_value(variants)
    if not hasattr(variants, "columns"):
        return list(sets)
    return [
        {"name": str(row.pop("name", number)), "set": row} for number, row in enumerate(sets, 1)
    ]


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
