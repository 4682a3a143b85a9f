"""What a worker does: compute one chunk and return the bytes of its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from corridors.batch.plan import Plan
from corridors.batch.tables import (
    TABLES,
    Row,
    columns_of,
    comparison_rows,
    failed_rows,
    parquet_bytes,
    shared_cells,
)
from corridors.config.names import Names
from corridors.errors import CorridorsError
from corridors.studies.compare import compare
from corridors.studies.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A computed chunk: the bytes of its file by table, how many scenarios ran and failed."""

    chunk: int
    files: dict[str, bytes]
    ran: int
    failed: int


@dataclass(slots=True)
class Worker:
    """What is kept from chunk to chunk of a plan: a session, and the names of the tables."""

    plan: Plan
    session: Session = field(default_factory=Session)
    names: Names = field(default_factory=Names)

    def compute(self, chunk: int) -> Part:
        """Return a chunk, computed. A scenario that fails is a row with its reason."""
        rows: dict[str, list[Row]] = {name: [] for name in TABLES}
        failed = 0
        members = self.plan.members(chunk)
        for number in members:
            found, good = self._rows(number)
            failed += not good
            for name, added in found.items():
                rows[name].extend(added)
        columns = columns_of(self.plan)
        return Part(
            chunk=chunk,
            files={name: parquet_bytes(rows[name], columns) for name in TABLES},
            ran=len(members) - failed,
            failed=failed,
        )

    def _rows(self, number: int) -> tuple[dict[str, list[Row]], bool]:
        shared = shared_cells(self.plan, number)
        try:
            scenario = self.plan.scenario(number, names=self.names)
            return comparison_rows(
                shared, compare(scenario, session=self.session, figures_only=True)
            ), True
        except CorridorsError as error:
            return failed_rows(shared, self._without_folders(str(error))), False
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one scenario's fault must not end the rest
            what = " ".join(str(error).split()) or "no details"
            return failed_rows(shared, f"{type(error).__name__}: {what}"), False

    def _without_folders(self, text: str) -> str:
        """Return faults on one line, files named without the folders of this machine."""
        for shown in (self.plan.batch.shown, self.plan.batch.base_shown):
            folder = Path(shown).parent.as_posix()
            text = text if folder == "." else text.replace(f"{folder}/", "")
        return "; ".join(text.splitlines())
