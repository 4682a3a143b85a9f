"""Long studies as server-sent events: how far they are, what they find, how they are stopped."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import islice

from starlette.responses import StreamingResponse

from corridors.server.replies import GONE, Reply, Step, compact, problem
from corridors.server.workers import Pool, Question

EVENTS = "text/event-stream"
TOGETHER = 2
"""Questions of one study that wait or are answered at the same time."""
ALIVE_SECONDS = 10.0
"""A proxy ends a connection over which nothing comes."""
STOPPED = problem(GONE, "the work was stopped", name="stopped")


class Works:
    """Studies under way, by an id that only who started one knows."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._stops: dict[str, Callable[[], None]] = {}

    def stop(self, work: str) -> bool:
        """Stop a study; return whether there was one of this id."""
        stop = self._stops.get(work)
        if stop is not None:
            stop()
        return stop is not None

    def streamed(
        self, questions: Sequence[Question], *, each: str, client: str
    ) -> StreamingResponse:
        """Return the answers to questions as events, in the order in which they are ready.

        Parameters
        ----------
        questions
            One or more, of which `TOGETHER` are asked at once.
        each
            The event of an answer. After the last comes `done`, with the answer again if it is the
            only one.
        client
            Who asks.
        """
        for question in questions:
            question.client = client
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._events(questions, each=each), media_type=EVENTS, headers=headers
        )

    async def _events(self, questions: Sequence[Question], *, each: str) -> AsyncIterator[bytes]:
        loop, told = asyncio.get_running_loop(), asyncio.Queue[Step | Reply]()

        def tell(what: Step | Reply) -> None:
            loop.call_soon_threadsafe(told.put_nowait, what)

        def stop() -> None:
            for question in questions:
                self.pool.stop(question, STOPPED)

        work = secrets.token_urlsafe(16)
        self._stops[work] = stop
        try:
            yield _event("work", compact({"id": work, "parts": len(questions)}))
            to_ask, left = iter(questions), len(questions)

            def ask() -> None:
                for question in islice(to_ask, 1):
                    question.on_step = tell
                    self.pool.ask(question).add_done_callback(lambda reply: tell(reply.result()))

            for _ in range(TOGETHER):
                ask()
            while left:
                try:
                    what = await asyncio.wait_for(told.get(), ALIVE_SECONDS)
                except TimeoutError:
                    yield b": under way\n\n"
                    continue
                if isinstance(what, Step):
                    yield _event("progress", compact(_record(what)))
                    continue
                if what.status != 200:
                    yield _event("problem", what.body)
                    return
                left -= 1
                ask()
                yield _event(each, what.body)
            yield _event("done", b"{}")
        finally:
            del self._stops[work]
            stop()


def _record(step: Step) -> dict[str, object]:
    return {"what": step.what, "done": step.done, "total": step.total}


def _event(name: str, data: bytes) -> bytes:
    lines = b"\n".join(b"data: " + line for line in data.splitlines())
    return b"event: " + name.encode() + b"\n" + lines + b"\n\n"
