"""A worker without the program: it echoes, waits, ignores that it is stopped, or dies."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from corridors.server.guard import Done, OwnFiles, Reply, Step, Stop, compact


def toy_work(pipe: Connection, stop: Stop, _own: OwnFiles) -> None:
    """Answer questions of the kinds `echo`, `wait`, `stubborn`, `work`, `die`, `die once`, `grow`.

    `work` takes the seconds of the processor, the others wait for the clock.
    """
    pipe.send(Done(None, 1.0))
    while True:
        try:
            number, kind, given = pipe.recv()
        except (EOFError, OSError):
            return
        if kind == "die" or (kind == "die once" and not Path(given["mark"]).exists()):
            if kind == "die once":
                Path(given["mark"]).touch()
            os._exit(9)
        now = time.process_time if kind == "work" else time.monotonic
        ends = now() + given.get("seconds", 0.0)
        stopped = False
        while now() < ends and not stopped:
            if kind != "work":
                time.sleep(0.01)
            stopped = kind in {"wait", "work"} and stop.value == number
            if given.get("streams"):
                pipe.send(Step("waiting", 1, 2))
        reply = Reply(body=compact([os.getpid(), given.get("say")]))
        pipe.send(Done(None if stopped else reply, 9_999.0 if kind == "grow" else 1.0))
