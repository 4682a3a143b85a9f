"""Chromium of the system without a window, and without name resolution."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.batch.samples import CODE

PROBES = Path(__file__).with_name("probes.js")
_AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
CHROMIUM = next(
    filter(Path.exists, map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium"))),
    Path("/usr/bin/chromium-headless-shell"),
)
"""Without a browser's windows and menus, if it is there: two fifths of the processor."""
DESK_PX = 1500, 900
# No name resolves, so a page that uses the network shows a failed request; the browser itself makes
# no requests. A server of the tests has an address without a name.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Witness:
    """A page with its console messages and requests."""

    page: Page
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    opened: str = ""

    def open(self, path: Path) -> None:
        """Open a file by its own address, as a double click does, and wait until it is drawn."""
        self.opened = path.as_uri()
        self.page.goto(self.opened)
        # A map says that it is drawn; other pages are when they are there.
        self.page.wait_for_selector(
            "main[data-drawn], main:not(:has(.folium-map))", state="attached"
        )
        self.settle()

    def settle(self) -> None:
        """Wait for the redrawing that follows a click, two frames after its timer."""
        self.page.evaluate(
            "() => new Promise((done) => setTimeout(() => requestAnimationFrame("
            "() => requestAnimationFrame(done)), 0))"
        )

    def violations(self, *, colours: bool = True) -> list[str]:
        """Return what axe-core finds wrong on the page: the rule and where, one by one.

        Contrast takes most of its time, and is the same at every width of a page.
        """
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "(colours) => axe.run(document, {resultTypes: ['violations'],"
            " rules: {'color-contrast': {enabled: colours}}})",
            colours,
        )
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def sideways(self) -> int:
        """Return how many pixels the page is wider than the screen."""
        return int(
            self.page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def words(self) -> list[str]:
        """Return the words and figures that the screen shows."""
        if not self.page.evaluate("() => Boolean(window.probes)"):
            self.page.evaluate(PROBES.read_text(encoding="utf-8"))
        return list(self.page.evaluate("() => probes.words()"))

    def complaints(self) -> list[str]:
        """Return console messages and requests for anything but the file itself."""
        return self.console + [url for url in self.requests if url != self.opened]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `corridors compare` writes for the example of the README."""
    folder = tmp_path_factory.mktemp("written")
    command = [
        "compare",
        "shanghai-europe",
        "--set",
        "objective=cost",
        "--months",
        "--out",
        str(folder),
        "--format",
        "csv",
    ]
    subprocess.run([sys.executable, "-c", CODE, *command], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium once, with a temporary profile."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: run tests/browser/install_chromium.sh")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> Iterator[Witness]:
    """Open the page that tests share: one of its own would take a second of the processor."""
    with watched(browser, *DESK_PX) as kept:
        yield kept


@pytest.fixture
def witness(shared_page: Witness) -> Witness:
    """Return the page as a new one is: empty, of a desk's size, with nothing recorded."""
    shared_page.page.goto("about:blank")
    shared_page.page.mouse.move(0, 0)
    width, height = DESK_PX
    shared_page.page.set_viewport_size({"width": width, "height": height})
    shared_page.console.clear()
    shared_page.requests.clear()
    shared_page.opened = ""
    return shared_page


@pytest.fixture(scope="session")
def desk_map(browser: Browser, written: Path) -> Iterator[tuple[Witness, float]]:
    """Open the map of `written` at a desk for all who press on it; also its CPU seconds to draw."""
    with watched(browser, 1400, 900) as kept:
        session = kept.page.context.new_cdp_session(kept.page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        kept.open(written / "map.html")
        said = session.send("Performance.getMetrics")["metrics"]
        session.send("Performance.disable")
        metrics = {one["name"]: float(one["value"]) for one in said}
        yield kept, metrics["ScriptDuration"] + metrics["LayoutDuration"]


@pytest.fixture
def desk_page(desk_map: tuple[Witness, float]) -> Witness:
    """Return the map at a desk; `calm` makes it as it opened."""
    return desk_map[0]


@contextmanager
def watched(browser: Browser, width: int, height: int, *, touch: bool = False) -> Iterator[Witness]:
    """Yield a new page of a size in px, of a finger's screen or a mouse's."""
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch)
    page = context.new_page()
    kept = Witness(page)
    page.on("console", lambda message: kept.console.append(message.text))
    page.on("pageerror", lambda error: kept.console.append(str(error)))
    page.on("dialog", lambda dialog: kept.console.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: kept.requests.append(request.url))
    yield kept
    context.close()
