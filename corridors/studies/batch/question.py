"""What a batch is asked with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from corridors.errors import ConfigError, EarlyEndError, StoppedError
from corridors.studies.scenario_keys import Keys, ScenarioKeys, ScenarioLike, scenario_of
from corridors.studies.study import Option, Study, Use

if TYPE_CHECKING:
    import pandas as pd

    from corridors.config.batch_files import Batch as BatchFile
    from corridors.progress import Progress
    from corridors.studies.batch.result import Batch, PlannedBatch
    from corridors.studies.session import Session


def batch(
    session: Session,
    base: ScenarioLike | None = None,
    *,
    sweeps: Keys | None = None,
    variants: Iterable[Keys] | pd.DataFrame = (),
    folder: Path | str | None = None,
    workers: int | None = 1,
    resume: bool = False,
    force: bool = False,
    dask: str = "",
    max_scenarios: int = 20_000,
    budget_s: float = 60.0,
    title: str | None = None,
    progress: Progress | None = None,
    **keys: Unpack[ScenarioKeys],
) -> Batch:
    """Compare the corridors in every scenario of a batch file.

    Parameters
    ----------
    base
        A batch file, or the name of a shipped batch.
    sweeps
        In place of a file, values by dotted key of a scenario `base`, as in `compare`:
        `{"shipment.teu_per_month": [50, 100]}`. A list, an array, a column of a frame, a range of
        days of pandas, a generator, or a range as a batch file writes it; `pairs` takes a frame
        with the columns `origin` and `destination`.
    variants
        Named sets of changes: `{"name": "expensive fuel", "set": {...}}`; or a frame whose
        columns are dotted keys, with a row per set, named by its column `name` if it has one.
    folder
        A new folder for all files; a temporary one by default, which goes with the result.
    workers
        Number of processes, up to 512; None for all cores.
    resume
        Continue a batch that was stopped.
    force
        Remove the files of an earlier batch from the folder.
    dask
        Address of a Dask scheduler, or local:N.
    max_scenarios
        Refuse batches with more scenarios, up to 1,000,000.
    budget_s
        Seconds after which a scenario counts as failed, up to 86,400.
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
    from corridors.studies.batch.run import result_of
    from corridors.studies.batch.scenarios import make_plan

    made = _given(base, keys, sweeps=sweeps, variants=_sets_of(variants), title=title)
    return result_of(
        make_plan(made, max_scenarios=max_scenarios, budget_s=budget_s),
        None if folder is None else Path(folder),
        workers=workers,
        dask=dask,
        resume=resume,
        force=force,
        progress=progress or session.progress,
    )


def _given(
    base: Any, keys: Any, *, sweeps: Keys | None, variants: list[Any], title: str | None
) -> BatchFile:
    """Return the batch of a file, or of a scenario and what varies."""
    from corridors.config.batch_files import given_batch, load_batch

    if sweeps is None and not variants:
        if not isinstance(base, str | Path) or keys or title:
            msg = "batch(): say what varies, such as sweeps={'departure': [...]}"
            raise ConfigError(msg)
        try:
            return load_batch(base)
        except ConfigError as error:
            if "no such batch file" not in str(error):
                raise
            msg = f"{error}; to vary a scenario give sweeps= or variants="
            raise ConfigError(msg) from None
    asked = scenario_of(base, keys, call="batch()")
    values: dict[str, object] = {"sweeps": sweeps or {}}
    values |= {"variants": variants} if variants else {}
    values |= {} if title is None else {"title": title}
    return given_batch(values, asked, shown="batch()", name=asked.name)


def _for_use(
    session: Session,
    *,
    use: Use,
    base: str,
    resume: bool,
    force: bool,
    max_scenarios: int,
    budget_s: float,
    **how: Any,
) -> Batch | PlannedBatch:
    """Run the batch of a file into a folder, which is looked at first; or say what it would do.

    Raises
    ------
    EarlyEndError
        It was interrupted, or a worker died.
    """
    from corridors.config.batch_files import load_batch
    from corridors.processes import all_cores
    from corridors.studies.batch.folder import check_out
    from corridors.studies.batch.result import PlannedBatch
    from corridors.studies.batch.run import batch_of, run_batch
    from corridors.studies.batch.scenarios import make_plan

    folder = use.folder or Path()
    plan = make_plan(load_batch(base), max_scenarios=max_scenarios, budget_s=budget_s)
    check_out(folder, resume=resume, force=force)
    if "dry_run" in use.shows:
        return PlannedBatch(batch=plan, folder=folder, workers=how["workers"] or all_cores())
    done = 0

    def show(what: str, now: int, count: int) -> None:
        nonlocal done
        done = now
        session.progress(what, now, count)

    try:
        outcome = run_batch(plan, folder, resume=resume, force=force, progress=show, **how)
    except (StoppedError, KeyboardInterrupt) as error:
        why = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        msg = (
            f"Stopped: {why}. {done:,} of {plan.count:,} scenarios are saved; continue with"
            " --resume."
        )
        raise EarlyEndError(msg) from error
    return batch_of(outcome, folder)


def _sets_of(variants: Any) -> list[Any]:
    """Return named sets of changes, of a frame those of its rows."""
    from corridors.config.scenario import plain_value

    sets: Any = plain_value(variants)
    if not hasattr(variants, "columns"):
        return list(sets)
    return [
        {"name": str(row.pop("name", number)), "set": row} for number, row in enumerate(sets, 1)
    ]


STUDY = Study(
    ask=batch,
    for_use=_for_use,
    example="corridors batch kaliningrad --out maps/kaliningrad --workers 2",
    rank=200,
    step="scenarios",
    writes_itself=True,
    options={
        "base": Option(shown="FILE", argument=True, needed=True, completes="batches"),
        "workers": Option(least=1, most=512, unset="all cores"),
        "max_scenarios": Option(flag="max", least=1, most=1_000_000),
        "budget_s": Option(flag="budget", least=0.1, most=86_400),
        "title": Option(of_python=True),
    },
    shows={"dry_run": "Count the scenarios and write nothing."},
    order="base out workers resume force dry_run dask max_scenarios budget_s",
    is_served=False,
)
