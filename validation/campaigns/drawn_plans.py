"""Drawn plans of each kind against a second programme over all their columns, or an enumeration.

    python -m validation.campaigns.drawn_plans --count 200

Bookings with spot space by steps and a project, against the integer programme of all routes and
scenarios; projects by phase, against every schedule; designs with chains and fleets, against the
arc programme; allocations, against the time-expanded arc programme and, over months too, against
every column: each path, departure and wait. Each is also asked to stop at once: whatever it then
says, no plan may be below its bound, and its plan not below the best.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings

from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.generation import MISSING_USD, allocate
from corridors.optimise.planning.program import Risk
from tests.optimise import every_column
from tests.optimise.designs import Design
from tests.optimise.drawn_decisions import Drawn, DrawnWorks
from tests.optimise.drawn_designs import arc_optimum, draw, program_of
from tests.optimise.test_generation import Plan, arc_programme, plans

CLOSE = 1e-6
# As good as at once.
SOON_S = 1e-9
EXAMPLES = 8
# A search ends where no route gains a millionth of a USD a TEU: of some tens of TEU this is less.
ROUNDING_USD = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a plan was found to cost, with its bound, and what it costs at least in truth."""

    value_usd: float
    bound_usd: float
    truth_usd: float
    stopped: bool

    @property
    def fault(self) -> str:
        """What is wrong, empty if nothing."""
        most = max(ROUNDING_USD, CLOSE * abs(self.truth_usd))
        if self.bound_usd > self.truth_usd + most:
            return "the bound is above the optimum"
        if self.value_usd < self.truth_usd - most:
            return "the plan costs less than the optimum"
        if not self.stopped and self.value_usd - self.bound_usd > 2.0 * most:
            return "there is a gap"
        return ""


def bookings(number: int, highs: HighsProcess) -> Iterator[Answer]:
    """Yield a drawn booking, searched to its end and stopped at once."""
    drawn = Drawn(number)
    truth_usd = drawn.equivalent()
    for limit_s in (None, 0.0):
        sources = [[one] for one in drawn.sources]
        deciding = Deciding(drawn.model, sources, [[] for _ in sources], highs=highs)
        found = deciding.best(drawn.chances, drawn.risk, limit=TimeLimit(limit_s))
        yield Answer(
            value_usd=found.value_usd,
            bound_usd=found.bound_usd,
            truth_usd=truth_usd,
            stopped=found.stopped,
        )


def projects(number: int, highs: HighsProcess) -> Iterator[Answer]:
    """Yield drawn projects by phase, searched to the end and stopped at once."""
    drawn = DrawnWorks(number)
    model, truth_usd = drawn.model, drawn.enumerated()
    for limit_s in (None, 0.0):
        deciding = Deciding(model, drawn.sources, [[] for _ in model.programs], highs=highs)
        found = deciding.best(
            model.weights, Risk(), limit=TimeLimit(limit_s), budgets=model.budgets
        )
        yield Answer(
            value_usd=found.value_usd,
            bound_usd=found.bound_usd,
            truth_usd=truth_usd,
            stopped=found.stopped,
        )


def designs(number: int, highs: HighsProcess) -> Iterator[Answer]:
    """Yield a drawn design, searched to its end and stopped at once."""
    drawn = draw(number)
    truth_usd = arc_optimum(drawn)
    for limit_s in (600.0, 0.0):
        found = Design(program_of(drawn), highs=highs).best(time_limit_s=limit_s)
        yield Answer(
            value_usd=found.value_usd,
            bound_usd=found.bound_usd,
            truth_usd=truth_usd,
            stopped=bool(found.stopped),
        )


def allocations(number: int, _highs: HighsProcess) -> Iterator[Answer]:
    """Yield a drawn allocation, searched to its end, against the arc programme."""
    yield from _allocated(number, arc_programme, days_a_month=12)


def columns(number: int, _highs: HighsProcess) -> Iterator[Answer]:
    """Yield a drawn allocation, searched to its end and stopped at once, against all its columns.

    Every other one has months: boxes that travel on into the next pay for its capacities.
    """

    def truth_usd(plan: Plan) -> float:
        return every_column.least_usd(
            plan.program,
            plan.networks,
            starts=plan.starts,
            wait_days=plan.wait_days,
            deadlines=plan.deadlines,
            month_of_day=plan.month_of_day,
        )

    days = (12, 3)[number % 2]
    yield from _allocated(number, truth_usd, days_a_month=days, limits=(None, TimeLimit(SOON_S)))


def _allocated(
    number: int,
    truth_of: Callable[[Plan], float],
    *,
    days_a_month: int,
    limits: Sequence[TimeLimit | None] = (None,),
) -> Iterator[Answer]:
    """Yield the last of a seed's plans whose volumes and minimums can be met, with each limit.

    The first plan of every seed is the simplest there is.
    """
    drawn: list[Plan] = []

    @seed(number)
    @settings(
        max_examples=EXAMPLES, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(plans(days_a_month=days_a_month))
    def collect(plan: Plan) -> None:
        drawn.append(plan)

    collect()
    for plan in reversed(drawn):
        truth_usd = truth_of(plan)
        if truth_usd < MISSING_USD[0] / 100.0:
            for limit in limits:
                found = allocate(plan.program, plan, limit=limit)
                yield Answer(
                    value_usd=found.value_usd,
                    bound_usd=found.bound_usd,
                    truth_usd=truth_usd,
                    stopped=found.stopped,
                )
            return


KINDS: dict[str, Callable[[int, HighsProcess], Iterator[Answer]]] = {
    kind.__name__: kind for kind in (bookings, projects, designs, allocations, columns)
}


def run(count: int, first: int, kinds: Collection[str] = ()) -> int:
    """Print by kind how many answers were compared, and each fault; return how many there are."""
    faults = 0
    with HighsProcess() as highs:
        for name, kind in KINDS.items():
            if kinds and name not in kinds:
                continue
            began, answers, stopped = time.process_time(), 0, 0
            for number in range(first, first + count):
                for answer in kind(number, highs):
                    answers, stopped = answers + 1, stopped + answer.stopped
                    if answer.fault:
                        faults += 1
                        sys.stdout.write(f"{name} {number}: {answer.fault}: {answer}\n")
            seconds = time.process_time() - began
            sys.stdout.write(
                f"{name}: {answers} answers of {count} plans, {stopped} stopped, {seconds:.0f} s\n"
            )
    sys.stdout.write(f"{faults} faults\n")
    return faults


def main() -> None:
    """Run the campaign."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--count", type=int, default=200, help="plans of each kind")
    asked.add_argument("--first", type=int, default=10_000, help="seed of the first")
    asked.add_argument("--kind", action="append", choices=KINDS, help="of this kind alone")
    given_ = asked.parse_args()
    sys.exit(bool(run(given_.count, given_.first, given_.kind or ())))


if __name__ == "__main__":
    main()
