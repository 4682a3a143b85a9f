"""Running a chunk into the bytes of its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from corridors.batches.batch_tables import (
    TABLES,
    Row,
    columns_of,
    comparison_rows,
    failed_rows,
    parquet_bytes,
    shared_cells,
)
from corridors.batches.budget import OverdueError, within
from corridors.batches.numbered_scenarios import Plan
from corridors.config.allowed_names import Names
from corridors.data.paths import one_look
from corridors.errors import CorridorsError, fault_text
from corridors.studies.compare import compared
from corridors.studies.drawn_comparison import with_draws
from corridors.studies.session import Session

# The first scenario of a worker also reads the network and may have to compile the searches.
COLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A finished chunk: the bytes of its file by table, and counts of scenarios."""

    chunk: int
    files: dict[str, bytes]
    ran: int
    failed: int


@dataclass(slots=True)
class Worker:
    """Runs chunks of a plan with one session and one set of names."""

    plan: Plan
    session: Session = field(default_factory=Session)
    names: Names = field(default_factory=Names)
    warm: bool = False

    def compute(self, chunk: int) -> Part:
        """Run a chunk in any thread, one at a time. A failed scenario is a row with the reason."""
        self.session.hand_over()
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
        budget = self.plan.budget_s * (1 if self.warm else COLD)
        self.warm = True
        try:
            return within(budget, lambda: self._compared(shared, number)), True
        except OverdueError as error:
            # It may have been ended while it filled a cache.
            self.session, self.names = Session(), Names()
            return failed_rows(shared, str(error)), False
        except CorridorsError as error:
            return failed_rows(shared, self._without_folders(str(error))), False
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - the other scenarios must run
            what = " ".join(str(error).split()) or "no details"
            return failed_rows(shared, fault_text(f"{type(error).__name__}: {what}")), False

    @one_look()
    def _compared(self, shared: dict[str, object], number: int) -> dict[str, list[Row]]:
        scenario = self.plan.scenario(number, names=self.names)
        found, made = compared(scenario, session=self.session, figures_only=True)
        return comparison_rows(shared, with_draws(found, made, session=self.session))

    def _without_folders(self, text: str) -> str:
        """Return faults on one line, without the local folders of files."""
        for shown in (self.plan.batch.shown, self.plan.batch.base_shown):
            folder = Path(shown).parent.as_posix()
            text = text if folder == "." else text.replace(f"{folder}/", "")
        return "; ".join(text.splitlines())
