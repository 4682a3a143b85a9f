"""What `mutations` has pytest do: note the lines of each test, or begin no test after a second.

With LINES_FOLDER in the environment, lines of `corridors` by test go to a file `part.*` there; with
LAST_SECOND no test begins once the process has had so many seconds of the processor.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from coverage import Coverage

FOLDER, LAST = os.environ.get("LINES_FOLDER"), os.environ.get("LAST_SECOND")
_traced: list[Coverage] = []


def pytest_configure(config: pytest.Config) -> None:
    """Trace lines from the first import on."""
    is_controller = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if FOLDER and not is_controller:
        # Only the measuring run needs it: `make fuzz-tools` installs it.
        from coverage import Coverage

        source = [str(Path.cwd() / "corridors")]
        traced = Coverage(f"{FOLDER}/part", data_suffix=True, source=source, config_file=False)
        traced.start()
        _traced.append(traced)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give lines to the test that executes them, its fixtures included."""
    if LAST and time.process_time() > float(LAST):
        item.session.shouldstop = "the last second is over"
    for traced in _traced:
        traced.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        for traced in _traced:
            traced.switch_context("between tests")


def pytest_unconfigure() -> None:
    """Write what was traced."""
    for traced in _traced:
        traced.stop()
        traced.save()
