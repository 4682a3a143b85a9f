"""A worker without the program: it echoes, waits, ignores that it is stopped, or dies."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from corridors.server.asked import OwnFiles
from corridors.server.messages import Done, Step, Stop
from corridors.server.replies import Reply, compact


def toy_work(pipe: Connection, stop: Stop, _own: OwnFiles) -> None:
    """Answer questions of the kinds `echo`, `wait`, `stubborn`, `die`, `die once` and `grow`."""
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
        ends = time.monotonic() + given.get("seconds", 0.0)
        stopped = False
        while time.monotonic() < ends and not stopped:
            time.sleep(0.01)
            stopped = kind == "wait" and stop.value == number
            if given.get("streams"):
                pipe.send(Step("waiting", 1, 2))
        reply = Reply(body=compact([os.getpid(), given.get("say")]))
        pipe.send(Done(None if stopped else reply, 9_999.0 if kind == "grow" else 1.0))
