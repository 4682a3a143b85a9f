"""Compare drawn pairs of real places with their free optimum, and with the oracle.

`make check-pairs` runs 300 questions of `drawn_pairs`: `compare` with all corridors, the cheapest
route without a corridor, and each corridor's cheapest route by `tests.oracle`. It counts what
section 7 of the design promises: no named option beats the free optimum, the best row equals it,
`other` is seldom that row, and no valid question ends in an error.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from corridors.config import load_scenario
from corridors.domain.results import Candidate
from corridors.domain.scenario import OTHER, Scenario
from corridors.errors import CorridorsError
from corridors.routing.ladder import search
from corridors.routing.question import ANY_CORRIDOR
from corridors.routing.report import report
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from tests.oracle.held import held
from validation.campaigns.drawn_pairs import SEED, Drawn, drawn

SCENARIO = "shanghai-europe"
MOST_OTHER = 0.05
# An arc is priced in whole cents and a cost line is not: of two routes tied in cents, the sums of
# lines may differ by this.
ROUNDING_USD = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one question showed; USD per TEU, None where there is no route.

    `best` is the best row, `named_usd` the cheapest row but `other`, `free_usd` the free optimum.
    `disagreements` are the corridors whose route the oracle prices otherwise, `unchecked` those
    where the oracle gave up. `late` are routes that arrive no sooner than another of their corridor
    that costs no more and emits no more.
    """

    question: str
    seconds: float
    megabytes: float
    error: str = ""
    best: str = ""
    best_usd: float | None = None
    named_usd: float | None = None
    free_usd: float | None = None
    why: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    agreed: int = 0
    unchecked: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    oracle_seconds: float = 0.0

    @property
    def beaten(self) -> bool:
        """Whether a named option is cheaper than the free optimum."""
        if self.named_usd is None:
            return False
        return self.free_usd is None or self.named_usd < self.free_usd - ROUNDING_USD

    @property
    def equal(self) -> bool:
        """Whether the best row is the free optimum."""
        if self.best_usd is None or self.free_usd is None:
            return self.best_usd is self.free_usd
        return abs(self.best_usd - self.free_usd) <= ROUNDING_USD


def scenario_of(question: Drawn) -> Scenario:
    """Return the shipped scenario with the ends and the departure of a question."""
    asked = load_scenario(SCENARIO, departure=question.departure)
    return replace(
        asked,
        origin=question.origin,
        destination=question.destination,
        corridors=(),
        source_path="",
        text={},
    )


def checked(question: Drawn, *, fronts: bool = False, oracle: bool = True) -> Checked:
    """Return what one question shows.

    Parameters
    ----------
    question
        The question.
    fronts
        Also search the fronts, to see which are dropped.
    oracle
        Also hold every corridor to the oracle.
    """
    begun = time.perf_counter()
    found: dict[str, object] = {}
    session = Session()
    try:
        scenario = scenario_of(question)
        comparison = compare(scenario, session=session, figures_only=not fronts)
        rows = [option for option in comparison.routes if option.cost_usd_per_teu is not None]
        best = min(rows, key=lambda option: option.cost_usd_per_teu or 0.0, default=None)
        named = [row.cost_usd_per_teu for row in rows if row.corridor != OTHER]
        free = report(
            search(session.pose(scenario, (ANY_CORRIDOR,)), 0, fronts=False), figures_only=True
        )
        found = {
            "best": best.corridor if best else "",
            "best_usd": best.cost_usd_per_teu if best else None,
            "named_usd": min((usd for usd in named if usd is not None), default=None),
            "free_usd": free.cost_usd_per_teu,
            "why": best.warnings[:1] if best and best.corridor == OTHER else (),
            "dropped": tuple(
                f"{option.corridor}: {text}"
                for option in rows
                for text in option.warnings
                if "front" in text or "proved" in text
            ),
            "late": tuple(_late(comparison.front)),
        }
    except CorridorsError as error:
        found["error"] = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - begun
    if oracle and "error" not in found:
        found |= _by_the_oracle(scenario, session)
    return Checked(
        question=str(question),
        seconds=seconds,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        **found,  # type: ignore[arg-type]
    )


def _late(front: Sequence[Candidate]) -> Iterator[str]:
    for one in front:
        for other in front:
            same = one is not other and one.corridor == other.corridor
            if same and all(
                getattr(other, name) <= getattr(one, name)
                for name in ("cost_usd_per_teu", "days", "co2e_kg_per_teu")
            ):
                yield f"{one.corridor}: {one.cost_usd_per_teu:.2f} USD, {one.days:.2f} days"


def _by_the_oracle(scenario: Scenario, session: Session) -> dict[str, object]:
    begun = time.perf_counter()
    named = (one for one in session.corridors_of(scenario) if one.id != OTHER)
    question = session.pose(scenario, (*named, *session.free))
    all_held = list(held(question))
    return {
        "agreed": sum(one.agrees for one in all_held),
        "unchecked": tuple(one.corridor for one in all_held if one.unchecked),
        "disagreements": tuple(str(one) for one in all_held if not (one.agrees or one.unchecked)),
        "oracle_seconds": time.perf_counter() - begun,
    }


def summary(results: Sequence[Checked]) -> tuple[str, bool]:
    """Return what the questions show together, and whether all of it holds."""
    answered = [one for one in results if not one.error]
    beaten = [one for one in answered if one.beaten]
    unequal = [one for one in answered if not one.equal]
    other = [one for one in answered if one.best == OTHER]
    too_many = [one for one in results if "too many" in one.error.lower()]
    dropped = [text for one in answered for text in one.dropped]
    late = [text for one in answered for text in one.late]
    wrong = [f"{one.question}: {text}" for one in answered for text in one.disagreements]
    seconds = sorted(one.seconds for one in results)
    lines = [
        f"questions: {len(results)}, answered: {len(answered)}",
        f"a named option beats the free optimum: {len(beaten)}",
        f"the best row is not the free optimum: {len(unequal)}",
        f"the best row is `other`: {len(other)} ({len(other) / max(1, len(answered)):.1%})",
        f"ended in too many routes: {len(too_many)}; fronts dropped: {len(dropped)};"
        f" routes later than another that is no worse: {len(late)}",
        f"corridors that the oracle prices alike: {sum(one.agreed for one in answered)},"
        f" otherwise: {len(wrong)}, unchecked: {sum(len(one.unchecked) for one in answered)}",
        f"seconds: median {seconds[len(seconds) // 2]:.2f}, most {seconds[-1]:.2f};"
        f" peak memory {max(one.megabytes for one in results):.0f} MB",
    ]
    lines += [f"beaten: {one.question}: {one.named_usd} {one.free_usd}" for one in beaten]
    lines += [f"unequal: {one.question}: {one.best_usd} {one.free_usd}" for one in unequal]
    lines += [f"other: {one.question}: {'; '.join(one.why)}" for one in other]
    lines += [f"dropped: {one.question}: {text}" for one in answered for text in one.dropped]
    lines += [f"late: {one.question}: {text}" for one in answered for text in one.late]
    lines += [f"error, {count} times: {text}" for text, count in _errors(results)]
    lines += [f"oracle: {text}" for text in wrong]
    reasons = all(one.why for one in other)
    seldom = len(other) <= MOST_OTHER * len(answered)
    whole = len(answered) == len(results) and not (dropped or late)
    return "\n".join(lines), not (beaten or unequal or wrong) and reasons and seldom and whole


def _errors(results: Sequence[Checked]) -> list[tuple[str, int]]:
    return Counter(one.error for one in results if one.error).most_common()


def _all(
    questions: Sequence[Drawn], workers: int, *, fronts: bool, oracle: bool
) -> Iterator[Checked]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(checked, one, fronts=fronts, oracle=oracle) for one in questions]
        for task in tasks:
            yield task.result()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign and print it; return 1 if it does not hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pairs", type=int, default=300)
    asked.add_argument("--skip", type=int, default=0, help="Leave out the first ones drawn.")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--fronts", action="store_true", help="Search the fronts too.")
    asked.add_argument("--no-oracle", action="store_true", help="Leave out the oracle.")
    asked.add_argument("--out", type=Path, help="A file for the results, a line of JSON each.")
    wanted = asked.parse_args(arguments)
    results = []
    lines = wanted.out.open("w", encoding="utf-8") if wanted.out else None
    questions = drawn(wanted.pairs, seed=wanted.seed)[wanted.skip :]
    for one in _all(questions, wanted.workers, fronts=wanted.fronts, oracle=not wanted.no_oracle):
        results.append(one)
        if lines:
            lines.write(json.dumps(asdict(one)) + "\n")
            lines.flush()
    if lines:
        lines.close()
    text, well = summary(results)
    sys.stdout.write(f"{text}\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
