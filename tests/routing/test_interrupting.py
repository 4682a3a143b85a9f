"""A long search hears Ctrl-C, and a short one is not slowed down by listening."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from typing import Any

import pytest
from hypothesis import given

from corridors.engine import until_stopped
from corridors.routing.dated import label_search
from corridors.routing.dated.departures import best_route
from corridors.routing.problem import Problem
from corridors.routing.terms import Terms
from tests.routing.test_label_setting import drawn
from tests.strategies import problems, terms


def test_ctrl_c_is_heard_while_another_thread_works() -> None:
    ended = threading.Event()

    def endless(stop: Any) -> None:
        while stop[0] == 0:
            time.sleep(0.01)
        ended.set()

    # A suite started in the background may have been told to ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    pressed = threading.Timer(0.2, _thread.interrupt_main)
    pressed.start()
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            until_stopped(endless)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.is_set()
    assert time.monotonic() - began < 30.0
    pressed.join()


def test_what_the_thread_makes_or_raises_is_handed_on() -> None:
    assert until_stopped(lambda stop: stop.tolist()) == [0]

    def fail(_stop: Any) -> None:
        message = "no way"
        raise ValueError(message)

    with pytest.raises(ValueError, match="no way"):
        until_stopped(fail)


@drawn
@given(problems(), terms())
def test_a_search_begun_anew_in_a_thread_finds_the_same(problem: Problem, asked: Terms) -> None:
    at_once = best_route(problem, asked)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(label_search, "STEPS_AT_ONCE", 1)
        in_thread = best_route(problem, asked)
    assert in_thread == at_once
