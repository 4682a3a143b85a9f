"""What a difference is asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from corridors.errors import ConfigError, OptionError
from corridors.studies.scenario_keys import (
    Answered,
    Names,
    ScenarioKeys,
    ScenarioLike,
    names_of,
    scenario_of,
)
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.diff.batches import BatchDifference
    from corridors.studies.diff.ends import End
    from corridors.studies.diff.result import Difference
    from corridors.studies.session import Session


def diff(
    session: Session,
    a: ScenarioLike,
    b: ScenarioLike | None = None,
    *,
    lines_of: Names = (),
    every: bool = False,
    **keys: Unpack[ScenarioKeys],
) -> Difference | BatchDifference:
    """Show what changed between two scenarios or results.

    It also shows how much of the change each input accounts for.

    Parameters
    ----------
    a
        A scenario file or name, a comparison.json or its folder, or a batch's folder.
    b
        What to compare A with, in the same form.
    lines_of
        Also show the changed lines of this corridor.
    every
        Show every row of the tables, not the first ten.
    keys
        Keys of a scenario in place of those of `b`, or of `a` if there is no `b`.

    Raises
    ------
    CorridorsError
        One of them cannot be read or answered, or there is nothing to compare with.

    Examples
    --------
    >>> found = corridors.diff("shanghai-europe", departure="2026-01-20",
    ...                        corridors=["suez", "northern-sea-route"])
    >>> list(found.input_table["key"])
    ['departure', 'corridors']
    """
    from corridors.studies.diff.batches import are_batches, compare_batches
    from corridors.studies.diff.run import explain

    named = names_of(lines_of, keyword="lines_of")
    if b is None and not keys:
        msg = "diff(): give a second scenario, or keywords that change the first"
        raise ConfigError(msg)
    paths = isinstance(a, str | Path) and isinstance(b, str | Path) and not keys
    if paths and are_batches(str(a), str(b)):
        return replace(compare_batches(Path(str(a)), Path(str(b))), every=every)
    old = _end_of(a, {})
    new = _end_of(old.scenario if b is None else b, keys)
    found = explain(old, new, session=session, progress=session.progress)
    _check(found.corridors, named)
    return replace(found, lines_of=named, every=every)


def _end_of(given: ScenarioLike, keys: Mapping[str, object]) -> End:
    """Return an end of a difference: a recorded result, or a scenario to answer now."""
    from corridors.domain.scenario import Scenario
    from corridors.output.comparison import Comparison
    from corridors.studies.diff.ends import (
        RESULT,
        End,
        end_of_record,
        order_of,
        read_end,
        read_result,
    )
    from corridors.studies.saved import Saved

    if not keys and isinstance(given, Comparison):
        return end_of_record(given.record)
    if not keys and isinstance(given, Saved) and given.file == RESULT:
        return read_result(given.folder / RESULT)
    if not keys and isinstance(given, str | Path):
        return read_end(str(given))
    if isinstance(given, Answered) and not isinstance(given, Scenario):
        given = given.scenario
    scenario = scenario_of(given, keys, call="diff()")
    return End(scenario=scenario, order=order_of(scenario))


def _check(known: tuple[str, ...], named: tuple[str, ...]) -> None:
    from corridors.config.checks import advice

    # Without differences nothing was calculated, so no corridor can be looked up.
    for name in named:
        if known and name not in known:
            msg = f"`lines_of` {name[:80]}: in neither A nor B, {advice(name, known)}"
            raise OptionError(msg)


STUDY = Study(
    ask=diff,
    example="corridors diff shanghai-europe shanghai-kaliningrad --corridor suez",
    rank=3,
    step="Calculating the scenarios between A and B",
    outputs=("diff.json", "diff.csv", "diff.html", "diff-map.html"),
    options={
        "a": Option(argument=True, shown="A"),
        "b": Option(argument=True, shown="B", needed=True),
        "lines_of": Option(flag="corridor", shown="TEXT"),
        "every": Option(flag="all"),
    },
    is_served=False,
)
