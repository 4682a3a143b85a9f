"""`corridors batch`: run many scenarios from one file and write them to one folder."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridors.cli import completion
from corridors.cli.arguments import STOPPED, code_of_interrupt
from corridors.cli.output import Format, FormatOption, print_rows
from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.studies.batch import Outcome, Plan

SOME_FAILED = 3
MAX_SCENARIOS = 20_000
MOST_SCENARIOS = 1_000_000
BUDGET_S = 60.0
# Measured on two cores, see docs/explanation/speed.md: seconds for the networks of a pair of ends
# in a world, and for a scenario on them; MB of a report without scenarios, and of the tables of a
# scenario.
NETWORK_S, SCENARIO_S = 3.0, 0.11
FILES_MB, SCENARIO_MB = 0.2, 0.05
MOST_BUDGET_S = 86_400.0
MOST_WORKERS = 512


def batch(
    file: Annotated[
        str,
        typer.Argument(
            help="A batch file, or the name of a shipped batch.", autocompletion=completion.batches
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the data set and the report.")],
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, max=MOST_WORKERS, help="Number of processes; default: all cores."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue a batch that was stopped.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Remove the files of an earlier batch from the folder.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the scenarios and write nothing.")
    ] = False,
    dask: Annotated[
        str, typer.Option("--dask", help="Address of a Dask scheduler, or local:N.")
    ] = "",
    most: Annotated[
        int,
        typer.Option(
            "--max", min=1, max=MOST_SCENARIOS, help="Refuse batches with more scenarios."
        ),
    ] = MAX_SCENARIOS,
    budget_s: Annotated[
        float,
        typer.Option(
            "--budget",
            min=0.1,
            max=MOST_BUDGET_S,
            help="Seconds after which a scenario counts as failed.",
        ),
    ] = BUDGET_S,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare the corridors in every scenario of a batch file."""
    from corridors.config.batch_files import load_batch
    from corridors.studies.batch import make_plan
    from corridors.studies.batch.folder import check_out

    plan = make_plan(load_batch(file), max_scenarios=most, budget_s=budget_s)
    check_out(out, resume=resume, force=force)
    if dry_run:
        print_plan(plan, out, how, workers=workers)
        return
    outcome = _run(plan, out, workers=workers, dask=dask, resume=resume, force=force)
    _print(outcome, out, how)
    if outcome.failed:
        raise typer.Exit(SOME_FAILED)


def _run(plan: Plan, out: Path, **options: Any) -> Outcome:
    from corridors.studies.batch import run_batch
    from corridors.studies.batch.workers import StoppedError

    done = 0
    with _Bar(plan.count) as bar:

        def show(_: str, now: int, __: int) -> None:
            nonlocal done
            done = now
            bar(now)

        try:
            return run_batch(plan, out, progress=show, **options)
        except StoppedError as error:
            why, code = str(error), STOPPED
        except KeyboardInterrupt as error:
            why, code = "interrupted", code_of_interrupt(error)
    say(
        f"Stopped: {why}. {done:,} of {plan.count:,} scenarios are saved; continue with --resume.",
        err=True,
    )
    raise typer.Exit(code)


class _Bar:
    """A progress bar with the time left; shown only if standard error is a terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TimeElapsedColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                "scenarios",
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                "left",
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task("", total=self._total)
            self._bar.start()
        return self

    def __call__(self, done: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=done)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def print_plan(plan: Plan, out: Path, how: Format, *, workers: int | None) -> None:
    """Print what a batch would calculate and write."""
    from corridors.studies.batch.folder import DATA, SUMMARIES
    from corridors.studies.batch.journal import JOURNAL
    from corridors.studies.batch.tables import TABLES

    rows = [
        {"key": key.key, "count": len(key.choices), "values": [c.shown for c in key.choices]}
        for key in plan.batch.keys
    ]
    if how is not Format.TABLE:
        print_rows(rows, columns=("key", "count", "values"), how=how)
        return
    shown = [{**row, "values": _some(row["values"])} for row in rows]
    print_rows(shown, columns=("key", "count", "values"), how=how, title=plan.batch.title)
    sizes = " x ".join(str(size) for size in plan.sizes) or "1"
    say(f"Base scenario: {plan.batch.base_shown}")
    say(f"Would write to {out}: {', '.join(SUMMARIES)} and {JOURNAL}; in {DATA}/:")
    say(f"  {', '.join(TABLES)}: {plan.chunks:,} Parquet files each")
    say(f"{sizes} = {plan.count:,} scenarios, none calculated.")
    say(expected_text(plan, workers or os.cpu_count() or 1))


def expected_text(plan: Plan, workers: int) -> str:
    """Return how long a batch takes and how large its files get, to a factor of about two."""
    from corridors.studies.batch.scenarios import STRUCTURAL

    networks = math.prod(
        len(key.choices) for key in plan.batch.keys if key.key in (*STRUCTURAL, "world")
    )
    seconds = networks * NETWORK_S / min(workers, networks) + plan.count * SCENARIO_S / workers
    minutes = f"{seconds:,.0f} seconds" if seconds < 100 else f"{seconds / 60:,.0f} minutes"
    size = FILES_MB + plan.count * SCENARIO_MB
    files = "less than 1 MB" if size < 1.0 else f"{size:,.0f} MB"
    mine = "1 worker" if workers == 1 else f"{workers} workers"
    return (
        f"Expect roughly {minutes} with {mine}, and {files} of files: half as much or twice"
        " as much, depending on the corridors and the machine."
    )


def _some(values: object, most: int = 8) -> str:
    listed = values if isinstance(values, list) else []
    if len(listed) <= most:
        return "; ".join(listed)
    return "; ".join([*listed[: most - 2], "...", listed[-1]])


def _print(outcome: Outcome, out: Path, how: Format) -> None:
    from corridors.studies.batch.folder import DATA, SUMMARIES
    from corridors.studies.batch.tables import summary_columns, summary_rows

    sweep = outcome.sweep
    if how is Format.TABLE:
        for text in (sweep.title, *outcome.answer):
            say(one_line_of(text))
        for number, reason in list(sweep.failed.items())[:10]:
            say(f"! {number} ({one_line_of(sweep.scenarios[number])}): {reason}")
        say(f"Wrote {', '.join(SUMMARIES)} and {DATA}/ to {out}")
    else:
        print_rows(list(summary_rows(sweep)), columns=summary_columns(sweep), how=how)
    # Rows in other formats are for programs, so the count goes to standard error.
    say(f"{outcome.ran:,} scenarios ran, {outcome.failed:,} failed", err=how is not Format.TABLE)


def one_line_of(text: str) -> str:
    """Return a text on one line, without characters that would move a terminal's cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
