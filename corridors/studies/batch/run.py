"""Running a batch: run and store the missing chunks, then write the summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from weakref import finalize

from corridors.errors import ConfigError, CorridorsError, OptionError, StoppedError, needed
from corridors.files import told_as
from corridors.output.monthly import Sweep
from corridors.output.store import CANNOT, claimed
from corridors.processes import all_cores
from corridors.progress import Progress, quiet
from corridors.scratch import make_scratch
from corridors.studies.batch.folder import begin, check_out, clear, read_options, read_sweep, store
from corridors.studies.batch.result import Batch
from corridors.studies.batch.scenarios import Plan, begin_journal, header_of, read_journal
from corridors.studies.batch.sheets import sentences, summary_csv
from corridors.studies.batch.workers import Part, check_dask, compute_here, compute_in_processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a batch: counts of scenarios, the data, and the answer in sentences."""

    ran: int
    failed: int
    sweep: Sweep
    answer: tuple[str, ...]


def run_batch(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = None,
    dask: str = "",
    resume: bool = False,
    force: bool = False,
    progress: Progress = quiet,
) -> Outcome:
    """Run the scenarios of a plan into a folder.

    The files do not depend on the number or kind of workers.

    Parameters
    ----------
    plan
        The plan.
    folder
        An empty or new folder, unless `resume` or `force`.
    workers
        Number of processes, None for one per core. With 1, this process does the work.
    dask
        Address of a Dask scheduler, or `local:N`; empty for none.
    resume
        Continue a run that was stopped.
    force
        Remove an earlier batch and start again.
    progress
        Called with the number of finished scenarios and the total.

    Raises
    ------
    ConfigError
        The folder or the cluster cannot be used.
    StoppedError
        A worker died. Finished chunks are kept.
    """
    if workers is not None and workers < 1:
        msg = f"`workers` {workers}: give at least 1"
        raise OptionError(msg)
    # Before anything runs: the data set is Parquet, the summary a workbook too.
    for package in ("pyarrow", "xlsxwriter"):
        needed(package, by="a batch", extra="batch")
    if dask:
        check_dask()
    header = header_of(plan)
    made = not folder.exists()
    with claimed(folder):
        check_out(folder, resume=resume, force=force)
        entries = begin(folder, header, resume=resume)
        done = sum(entry.ran + entry.failed for entry in entries.values())
        progress("scenarios", done, plan.count)
        missing = [chunk for chunk in range(plan.chunks) if chunk not in entries]
        try:
            for part in parts_of(plan, missing, workers=workers or all_cores(), dask=dask):
                entries[part.chunk] = store(folder, part)
                done += part.ran + part.failed
                progress("scenarios", done, plan.count)
        except ConfigError:
            if made and not entries:  # nothing was run
                empty(folder)
            raise
        # Chunks end in any order; the journal of a complete batch has that of their numbers.
        with told_as(str(folder), CANNOT):
            begin_journal(folder, header, entries)
        return finish(folder, ran=sum(e.ran for e in entries.values()), count=plan.count)


def parts_of(plan: Plan, missing: Iterable[int], *, workers: int, dask: str) -> Iterator[Part]:
    """Yield the missing chunks as they are finished."""
    missing = list(missing)
    if not missing:
        return iter(())
    if dask:
        from corridors.studies.batch.workers import compute_on_cluster

        return compute_on_cluster(plan, missing, address=dask)
    workers = min(workers, len(missing))
    if workers == 1:
        return compute_here(plan, missing)
    return compute_in_processes(plan, missing, workers=workers)


def empty(folder: Path) -> None:
    """Empty a folder without results."""
    clear(folder, kept={})
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir()


def finish(folder: Path, *, ran: int, count: int) -> Outcome:
    """Write `summary.csv`, `summary.xlsx` and `report.html` of a complete batch."""
    from corridors.output.html.report.batch_report import render_batch_report
    from corridors.output.html.start_page import write_with_start_page
    from corridors.output.xlsx import write_workbook
    from corridors.studies.batch.sheets import sheets_of

    sweep = read_sweep(folder)
    answer = sentences(sweep)
    contents: Mapping[str, str | bytes | Callable[[Path], None]] = {
        "summary.csv": summary_csv(sweep),
        "summary.xlsx": lambda path: write_workbook(
            path, sheets_of(sweep, read_options(folder), answer=answer), title=sweep.title
        ),
        "report.html": render_batch_report(sweep),
    }
    write_with_start_page(folder, contents, title=sweep.title or sweep.name)
    return Outcome(ran=ran, failed=count - ran, sweep=sweep, answer=answer)


def loaded(folder: Path) -> Batch:
    """Return the result of a batch from its folder."""
    _, entries = read_journal(folder)
    sweep = read_sweep(folder)
    return Batch(
        sweep=sweep,
        answer=sentences(sweep),
        ran=sum(entry.ran for entry in entries.values()),
        failed=sum(entry.failed for entry in entries.values()),
        folder=folder,
    )


def result_of(plan: Plan, folder: Path | None, **options: Any) -> Batch:
    """Return the result of a batch; without a folder its files go with it.

    Parameters
    ----------
    plan
        The scenarios.
    folder
        Where its files are written.
    options
        Those of `run_batch`.

    Raises
    ------
    CorridorsError
        The folder cannot be used, or a worker died.
    """
    # One of its own is locked while it is needed: the next run removes what a kill has left.
    own = make_scratch(Path(gettempdir()), "corridors-batch-") if folder is None else None
    into = own.path / "batch" if own is not None else folder or Path()
    try:
        outcome = run_batch(plan, into, **options)
    except BaseException as error:
        if own is not None:
            own.remove()
        if not isinstance(error, StoppedError):
            raise
        then = "ask again with resume=True and the same folder"
        then = then if own is None else "with folder= what ran is kept for resume=True"
        msg = f"batch(): stopped: {error}; {then}"
        raise CorridorsError(msg) from error
    found = batch_of(outcome, into)
    if own is not None:
        # The folder goes with the result, or at the end of the program.
        finalize(found, own.remove)
    return found


def batch_of(outcome: Outcome, folder: Path) -> Batch:
    """Return an outcome as the result that shows itself."""
    return Batch(
        sweep=outcome.sweep,
        answer=outcome.answer,
        ran=outcome.ran,
        failed=outcome.failed,
        folder=folder,
    )
