"""An interrupt is raised where a batch asks for it, not while its pool holds a lock."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from corridors.studies.batch.workers import interrupts_deferred


@pytest.fixture(autouse=True)
def interrupted_as_usual() -> Iterator[None]:
    """Ctrl-C raises, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_until_it_is_heeded() -> None:
    with interrupts_deferred() as heed:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            heed()
        heed()  # heeded once
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_that_still_waits_at_the_end_is_heeded_then() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        signal.raise_signal(signal.SIGINT)


def interrupted_fault() -> None:
    with interrupts_deferred():
        signal.raise_signal(signal.SIGINT)
        msg = "first"
        raise ValueError(msg)


def test_a_fault_is_not_hidden_by_an_interrupt() -> None:
    with pytest.raises(ValueError, match="first"):
        interrupted_fault()
