"""What all tests share: how many cases are drawn, networks without ends, time by test.

The gate runs drawn cases by tens, the same ones each time; with `CORRIDORS_TESTS=long` (`make
test-long`) drawn tests and those marked `long` run alone, by thousands and on new cases.
"""

from __future__ import annotations

import gc
import os
import resource
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import typer.testing
from hypothesis import HealthCheck, is_hypothesis_test, settings

from corridors.bounded_cache import BoundedCache
from corridors.costing.groups import PriceBooks
from corridors.network.states.base import BaseKey, BaseNetwork, build_base
from corridors.processes import return_freed
from corridors.routing.bundle import BundleKey, NetworkBundle, bound_known, build_bundle
from corridors.studies import session
from tests.network import one_network

LONG = os.environ.get("CORRIDORS_TESTS", "gate") == "long"
LEAST_DRAWN, GATE_SHARE, LONG_TIMES = 5, 0.1, 10
"""A test that asks for 500 cases has 50 in the gate and 5,000 in `make test-long`."""

MOST_BASES, MOST_BUNDLES, MOST_PRICED, MOST_BOOKS = 48, 12, 60, 40
"""The tests ask for some 150 networks without ends; one takes about 5 MB."""

settings.register_profile(
    "gate",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("long" if LONG else "gate")


Test = TypeVar("Test", bound=Callable[..., object])


def in_both(test: Test) -> Test:
    """Run a test in the gate with little, and in `make test-long` with all (see `LONG`)."""
    return pytest.mark.long(test) if LONG else test


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--cpu FILE`: shared cores make wall time useless, CPU time less so."""
    parser.addoption("--cpu", metavar="FILE", help="append CPU seconds by test to FILE")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw as many cases as the profile says, and choose what runs."""
    seen: set[object] = set()
    for item in items:
        test = getattr(item, "function", None)
        if is_hypothesis_test(test) and test not in seen:
            seen.add(test)
            _draw(test)

    def runs(item: pytest.Item) -> bool:
        test = getattr(item, "function", None)
        of_many = item.get_closest_marker("first_case") is not None
        slow = item.get_closest_marker("long") is not None
        if LONG:
            return slow or of_many or is_hypothesis_test(test)
        if slow or (of_many and test in begun):
            return False
        begun.add(test)
        return True

    begun: set[object] = set()
    running: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        (running if runs(item) else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = running


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected: nearly all that is made then stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Leave out of garbage collection what is imported and collected, an eighth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def _draw(test: object) -> None:
    asked: settings = test._hypothesis_internal_use_settings  # type: ignore[attr-defined]
    if LONG:
        drawn = settings(asked, max_examples=asked.max_examples * LONG_TIMES, derandomize=False)
    else:
        count = min(asked.max_examples, max(LEAST_DRAWN, round(asked.max_examples * GATE_SHARE)))
        drawn = settings(asked, max_examples=count, derandomize=True, database=None)
    # No public way changes this once a test is made. Were it renamed, reading it would fail.
    test._hypothesis_internal_use_settings = drawn  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _shared_networks() -> Iterator[pytest.MonkeyPatch]:
    """Share networks, bills, prices and command lines, except where a test is marked `unshared`.

    No search alters one, which the tests marked `unshared` hold sessions to: they compare a session
    with one that has nothing from elsewhere.
    """
    bases: BoundedCache[BaseNetwork] = BoundedCache(MOST_BASES)
    bundles: BoundedCache[NetworkBundle] = BoundedCache(MOST_BUNDLES)
    books = PriceBooks(MOST_PRICED)
    books.books, books.bills = BoundedCache(MOST_BOOKS), BoundedCache(MOST_BOOKS)
    commands: dict[tuple[object, ...], object] = {}

    def shared_base(key: BaseKey) -> BaseNetwork:
        return bases.of(key, lambda: build_base(key))

    def shared_bundle(key: BundleKey, base: BaseNetwork) -> NetworkBundle:
        found = bundles.of(key, lambda: build_bundle(key, base))
        bound_known(bundles.values())
        return found

    def shared_command(app: typer.Typer) -> object:
        """Typer makes the commands of an app again for each that is invoked, in 50 ms."""
        called = [one.callback for one in app.registered_commands]
        key = (*called, *(one.typer_instance for one in app.registered_groups))
        if key not in commands:
            commands[key] = typer.main.get_command(app)
        return commands[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", shared_command)
        patch.setattr(session, "build_base", shared_base)
        patch.setattr(one_network, "build_base", shared_base)
        patch.setattr(session, "build_bundle", shared_bundle)
        patch.setattr(session, "PriceBooks", lambda _: books)
        yield patch


@pytest.fixture(scope="module", autouse=True)
def _freed_with_its_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """Free the sessions and the cached answers of a module once its tests are done."""
    yield
    module = request.module
    kept = [name for name, value in vars(module).items() if isinstance(value, session.Session)]
    for name in kept:
        setattr(module, name, session.Session())
    cached = [value for value in vars(module).values() if hasattr(value, "cache_clear")]
    own = [value for value in cached if value.__module__ == module.__name__]
    for value in own:
        value.cache_clear()
    if kept or own:
        return_freed()


@pytest.fixture(autouse=True)
def _unshared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("unshared") is not None:
        monkeypatch.setattr(session, "build_base", build_base)
        monkeypatch.setattr(one_network, "build_base", build_base)
        monkeypatch.setattr(session, "build_bundle", build_bundle)
        monkeypatch.setattr(session, "PriceBooks", PriceBooks)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note the CPU time of a test, its fixtures and the processes that it waited for."""
    before = _cpu_seconds()
    yield
    file = item.config.getoption("--cpu")
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(f"{_cpu_seconds() - before:.3f}\t{item.nodeid}\n")


def _cpu_seconds() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)
