"""A session belongs to one thread; sessions of several threads answer as one would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from corridors.config import load_scenario
from corridors.errors import SessionError
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from validation.campaigns.threads import differing, hasty

pytestmark = pytest.mark.unshared
ASKED = (
    ["origin=Chongqing", "destination=Duisburg", "corridors=kazakhstan-dostyk"],
    ["destination=Genoa", "corridors=cape", "shipment.teu_per_month=10"],
)


def _figures(sets: list[str], session: Session) -> list[object]:
    found = compare(load_scenario("shanghai-europe", set_values=sets), session=session)
    return [(one.corridor, one.cost_usd_per_teu, one.days, one.cost_lines) for one in found.routes]


def test_sessions_in_threads_answer_as_one() -> None:
    one = Session()
    alone = [_figures(sets, one) for sets in ASKED]

    def in_turn(first: int) -> list[list[object]]:
        own = Session(pairs=1)
        turned = [*ASKED[first:], *ASKED[:first]]
        found = [_figures(sets, own) for sets in turned]
        return [*found[len(ASKED) - first :], *found[: len(ASKED) - first]]

    with hasty(), ThreadPoolExecutor(len(ASKED)) as threads:
        assert list(threads.map(in_turn, range(len(ASKED)))) == [alone] * len(ASKED)


def test_a_session_refuses_another_thread() -> None:
    session = Session()
    scenario = load_scenario("shanghai-europe", set_values=["corridors=kazakhstan-dostyk"])
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(compare, scenario, session=session, figures_only=True)
        with pytest.raises(SessionError, match="make a Session in each"):
            asked.result()
        handed = threads.submit(session.hand_over)
        handed.result()
        found = threads.submit(compare, scenario, session=session, figures_only=True).result()
    assert found.decision == compare(scenario, figures_only=True).decision
    with pytest.raises(SessionError, match="another thread than MainThread"):
        compare(scenario, session=session)


@pytest.mark.long
def test_the_functions_of_the_package_answer_in_any_thread_and_a_session_in_none() -> None:
    seen = differing(12, threads=4, heavy=1)
    assert seen == {"equal": 11, "refused": 1}
