"""Asks the questions of a table of shipments by the workers of a batch."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.config.batch_files import Batch
from corridors.config.checks import Names
from corridors.config.faults import Node
from corridors.domain.scenario import Scenario
from corridors.errors import CorridorsError, OptionError, StoppedError, needed
from corridors.progress import Progress, quiet
from corridors.studies.batch.run import parts_of
from corridors.studies.batch.scenarios import MAX_CHUNK, Plan
from corridors.studies.batch.sheets import SCENARIOS
from corridors.studies.shipments.result import TABLE_CALL, Answered, Shipments, asked_in, table_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions(Plan):
    """The plan of a batch whose scenarios are given, one by one.

    Those that share a network run one after the other, in one chunk where it has room.
    """

    scenarios: tuple[Scenario, ...]

    @property
    def count(self) -> int:
        """The number of scenarios."""
        return len(self.scenarios)

    @property
    def chunk_size(self) -> int:
        """The number of scenarios per chunk."""
        return MAX_CHUNK

    def choices(self, number: int) -> tuple[int, ...]:  # noqa: ARG002 - no key varies
        """Return a scenario's choice for each key: there are none."""
        return ()

    def members(self, chunk: int) -> tuple[int, ...]:
        """Return the scenarios of a chunk."""
        first = chunk * self.chunk_size
        return tuple(range(first, min(first + self.chunk_size, self.count)))

    def scenario(self, number: int, *, names: Names) -> Scenario:  # noqa: ARG002 - it is made
        """Return a scenario."""
        return self.scenarios[number]


def compare_table(
    frame: pd.DataFrame,
    base: Scenario | None,
    keys: Mapping[str, object],
    *,
    workers: int = 1,
    progress: Progress = quiet,
) -> Shipments:
    """Return the answers to a frame of shipments, on its index.

    Parameters
    ----------
    frame
        A row a shipment; see `asked_in`.
    base, keys
        What holds in rows that do not say it.
    workers
        Number of processes; with 1 this process does the work.
    progress
        Called with the number of questions that are answered and the total.

    Raises
    ------
    CorridorsError
        A column is wrong, or a worker died.
    """
    if workers < 1:
        msg = f"`workers` {workers}: give at least 1"
        raise OptionError(msg)
    needed("pyarrow", by=TABLE_CALL, extra="batch")
    asked = asked_in(frame, base, keys)
    try:
        found = _answers(asked.scenarios, workers=workers, progress=progress)
    except StoppedError as error:
        msg = f"{TABLE_CALL}: stopped: {error}"
        raise CorridorsError(msg) from error
    answers = [None if row.question is None else found[row.question] for row in asked.rows]
    return Shipments(
        given=frame,
        rows=tuple(
            Answered(shipment=row, found=answer, scenario=_of(asked.scenarios, row.question))
            for row, answer in zip(asked.rows, answers, strict=True)
        ),
        questions=len(asked.scenarios),
    )


def compare_file(
    path: Path | str,
    base: Scenario | None,
    keys: Mapping[str, object],
    *,
    workers: int = 1,
    progress: Progress = quiet,
) -> Shipments:
    """Return the answers to the shipments of a file, by the row of the file.

    Parameters are those of `compare_table`.

    Raises
    ------
    CorridorsError
        The file cannot be read, a column is wrong, or a worker died.
    """
    return compare_table(table_of(path), base, keys, workers=workers, progress=progress)


def _of(scenarios: Sequence[Scenario], number: int | None) -> Scenario | None:
    return None if number is None else scenarios[number]


def _answers(
    scenarios: Sequence[Scenario], *, workers: int, progress: Progress
) -> list[dict[str, Any]]:
    """Return the row of each scenario in the table that a batch makes of them."""
    if not scenarios:
        return []
    import pyarrow.parquet as pq

    # Alike ends share their network, alike days and prices their searches.
    order = sorted(range(len(scenarios)), key=lambda number: _like(scenarios[number]))
    plan = Questions(batch=_batch(), scenarios=tuple(scenarios[number] for number in order))
    rows: list[dict[str, Any]] = [{}] * plan.count
    done = 0
    progress("shipments", done, plan.count)
    for part in parts_of(plan, range(plan.chunks), workers=workers, dask=""):
        table = pq.read_table(io.BytesIO(part.files[SCENARIOS]))
        for row in table.to_pylist():
            rows[order[row["scenario"]]] = row
        done += part.ran + part.failed
        progress("shipments", done, plan.count)
    return rows


def _like(scenario: Scenario) -> tuple[object, ...]:
    ends = scenario.origin, scenario.destination
    return (*ends, scenario.world, scenario.services, scenario.corridors, scenario.departure)


def _batch() -> Batch:
    nothing = Node(0, items={})
    return Batch(
        name="shipments",
        title="Shipments",
        shown=TABLE_CALL,
        base_shown=TABLE_CALL,
        base=nothing,
        start=nothing,
        keys=(),
        variants={},
        files={},
    )
