"""Ask the application without processes: questions are answered in this one, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, cast

from starlette.testclient import TestClient

from corridors.errors import CorridorsError
from corridors.server.answering import Answers
from corridors.server.app import make_app
from corridors.server.guard import OwnFiles, Reply, Step, problem_of
from corridors.server.kinds import KINDS
from corridors.server.workers import Pool, Question

ADDRESS = "http://localhost:8765"
SCENARIO: Mapping[str, Any] = {
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "shipment": {"teu_per_month": 200, "cargo": "electronics"},
    "corridors": ["suez", "cape"],
    "world": "reference-open",
}


class Here:
    """Answers in the thread that asks, as a worker does; errors of the program are raised."""

    def __init__(self, own: OwnFiles | None = None) -> None:
        self.answers = Answers(own)
        self.stopped: list[Question] = []
        self.lock = threading.Lock()

    def ask(self, question: Question) -> Future[Reply]:
        def progress(what: str, done: int, total: int) -> None:
            if question.on_step is not None and question.given.get("streams"):
                question.on_step(Step(what, done, total))

        with self.lock:
            self.answers.session.hand_over()
            try:
                question.end(KINDS[question.kind](self.answers, question.given, progress))
            except CorridorsError as error:
                question.end(problem_of(error))
        return question.reply

    def stop(self, question: Question, reply: Reply) -> None:
        self.stopped.append(question)
        question.end(reply)

    def state(self) -> dict[str, object]:
        return {"workers": 1}

    def close(self) -> None:
        """Nothing is open."""


def client_of(here: Here) -> TestClient:
    """Return a client of the application, with the host of a browser on this machine."""
    app = make_app(cast("Pool", here), hosts=["planner.example"])
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=True)
