"""Every kind of page in Chromium: first paint, a slider, a card; axe, console and requests.

`make check-pages` writes the pages of each command to a folder, opens each at two widths, light and
dark, and prints what it found: medians of several openings, and what no page may have. A first
paint is by the clock, so it says something on a machine that does nothing else; what it takes to
draw all of a page, a slider and a card are milliseconds of the processor.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from typer.testing import CliRunner

from corridors.cli.main import command_line
from tests.browser.conftest import CHROMIUM, FLAGS, Witness

FEW = ("--set", "corridors=[suez, cape, kazakhstan-dostyk]")
TO = ("--to", "Warsaw", "--to", "Hamburg", "--to", "Milan", "--to", "Madrid", "--to", "Minsk")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "compare": ("compare", "shanghai-hamburg"),
    "founding": ("compare", "shanghai-europe", "--months"),
    "diff": ("diff", "shanghai-europe", "shanghai-kaliningrad"),
    "stress": ("stress", "shanghai-europe", *FEW),
    "catchments": ("catchments", "shanghai-europe", *FEW, *TO),
    "season": ("season", "northern-sea-route"),
    "simulate": ("simulate", "shanghai-europe", *FEW, "--draws", "100"),
    "breakeven": ("breakeven", "shanghai-europe", *FEW),
    "phase": ("phase", "shanghai-europe", *FEW, "--cells", "6"),
    "allocate": ("allocate", "allocate-moscow-kazan"),
    "design": ("design", "design-shanghai-kaliningrad"),
    "book": ("book", "book-russia-closure", "--set", "months=1"),
    "invest": ("invest", "invest-founding"),
}
SIZES = ((1400, 900), (390, 844))
SCHEMES = ("light", "dark")
TIMES = 5
# What no page may take, in ms.
BOUNDS = {"paint": 500.0, "drawn": 500.0, "slider": 50.0, "card": 50.0}
# Words and figures on the screen that a page opens with.
MOST_WORDS = 300
SLIDERS = "#catch-day, #whatif-form input[type=range]"
CARDS = "#said .row, #said .change[data-route]"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def pages_of(name: str, folder: Path) -> list[Path]:
    """Return the pages that a command writes."""
    ended = CliRunner().invoke(command_line(), [*COMMANDS[name], "--out", str(folder / name)])
    if ended.exit_code:
        msg = f"{name}: {ended.output}"
        raise SystemExit(msg)
    return sorted((folder / name).glob("*.html"))


@contextmanager
def new_page(browser: Browser, size: tuple[int, int], scheme: str) -> Iterator[Witness]:
    """Yield an empty page in a new context."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    kept = Witness(context.new_page())
    kept.page.on("console", lambda message: kept.console.append(message.text))
    kept.page.on("pageerror", lambda error: kept.console.append(str(error)))
    kept.page.on("request", lambda request: kept.requests.append(request.url))
    yield kept
    context.close()


def paint_ms(page: Page) -> float:
    """Return when the page first showed something, after it was asked for."""
    name = "first-contentful-paint"
    asked = f"() => performance.getEntriesByName('{name}')[0]?.startTime ?? 0"
    return float(page.evaluate(asked))


def busy_ms(session: CDPSession) -> float:
    """Return the ms of the processor that the page has taken so far."""
    metrics = {
        one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]
    }
    return 1000.0 * float(metrics["TaskDuration"])


def acts(kept: Witness, session: CDPSession) -> Iterator[tuple[str, float]]:
    """Yield what moving the first slider and opening a card take."""
    page = kept.page
    for name, selector, act in (
        (
            "slider",
            SLIDERS,
            "(one) => { one.value = Number(one.max) * 0.6;"
            " one.dispatchEvent(new Event('input', { bubbles: true })); }",
        ),
        ("card", CARDS, "(one) => one.click()"),
    ):
        found = page.query_selector(selector)
        if found is None:
            continue
        page.evaluate(
            "() => document.querySelectorAll('details').forEach((d) => { d.open = true; })"
        )
        kept.settle()
        before = busy_ms(session)
        found.evaluate(act)
        kept.settle()
        yield name, busy_ms(session) - before


def main() -> int:
    """Write and open the pages; return 1 if one breaks a bound or says something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(COMMANDS))
    parser.add_argument("--pictures", type=Path, help="folder for a screenshot of each")
    given = parser.parse_args()
    faults: list[str] = []
    say(f"{'page':34}{'kB':>6}{''.join(f'{one:>8}' for one in BOUNDS)}  ms")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        for name in given.names:
            for path in pages_of(name, Path(made)):
                title = f"{name}/{path.name}"
                times: dict[str, list[float]] = {}
                for _ in range(TIMES):
                    with new_page(browser, SIZES[0], "light") as kept:
                        session = kept.page.context.new_cdp_session(kept.page)
                        session.send("Performance.enable", {"timeDomain": "threadTicks"})
                        kept.open(path)
                        times.setdefault("paint", []).append(paint_ms(kept.page))
                        times.setdefault("drawn", []).append(busy_ms(session))
                        for what, ms in acts(kept, session):
                            times.setdefault(what, []).append(ms)
                own = walked(browser, path, title, given.pictures)
                medians = {what: median(ms) for what, ms in times.items()}
                own += [
                    f"{title}: {what} {ms:.0f} ms of {BOUNDS[what]:.0f}"
                    for what, ms in medians.items()
                    if ms > BOUNDS[what]
                ]
                shown = [f"{medians[k]:8.0f}" if k in medians else " " * 8 for k in BOUNDS]
                size = path.stat().st_size / 1000
                faults += own
                say(f"{title:34}{size:6.0f}{''.join(shown)}")
                for text in own:
                    say(f"  {text}")
        browser.close()
    say(f"{len(faults)} faults")
    return int(bool(faults))


def walked(browser: Browser, path: Path, title: str, pictures: Path | None) -> list[str]:
    """Return what a page says to axe and the console at each size, light and dark."""
    faults = []
    for size in SIZES:
        for scheme in SCHEMES:
            with new_page(browser, size, scheme) as kept:
                kept.open(path)
                where = f"{title} {size[0]} {scheme}"
                faults += [f"{where}: {one}" for one in kept.violations()]
                faults += [f"{where}: {one}" for one in kept.complaints()]
                if (words := len(kept.words())) > MOST_WORDS:
                    faults.append(f"{where}: {words} words of {MOST_WORDS}")
                if kept.sideways():
                    faults.append(f"{where}: {kept.sideways()} px wider than the screen")
                if pictures is not None:
                    pictures.mkdir(parents=True, exist_ok=True)
                    name = f"{title.replace('/', '-')}-{size[0]}-{scheme}.png"
                    kept.page.screenshot(path=str(pictures / name))
    return faults


if __name__ == "__main__":
    sys.exit(main())
