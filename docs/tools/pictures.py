"""Make the pictures of the pages: `python -m docs.tools.pictures [NAME ...]`.

Each is a page that a command of its tutorial writes or serves, as the system's Chromium shows it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from docs.tools.generated import SAVED
from docs.tools.site import DOCS, ROOT

CODE = "from corridors.cli.main import run; run()"
CHROMIUM = "/usr/bin/chromium-headless-shell"
WIDTH, HEIGHT, QUALITY = 1200, 760, 72
SERVED_WIDTH, SERVED_QUALITY = 1320, 52
ADDRESS = re.compile(r"http://[\d.]+:\d+/")
ANSWERED_MS = 120_000
SETTLED_MS = 2_500
"""Maps draw their lines after they have loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page of results, and the tutorial and the command that it comes from."""

    tutorial: str
    command: str
    page: str


PICTURES = {
    "map": Picture(
        tutorial="tutorials/read-the-report",
        command="compare shanghai-europe --out made",
        page="map.html",
    ),
    "start-map": Picture(
        tutorial="start", command="compare my-scenario.yaml --out made", page="map.html"
    ),
    "report": Picture(
        tutorial="tutorials/read-the-report",
        command="compare shanghai-europe --out made",
        page="report.html",
    ),
    "batch": Picture(
        tutorial="tutorials/batch-and-dashboard",
        command="batch fuel-and-months.yaml --out made",
        page="report.html",
    ),
    "season": Picture(
        tutorial="tutorials/arctic-season",
        command="season northern-sea-route --ice-class Arc4 --out made",
        page="season.html",
    ),
    "plan": Picture(
        tutorial="tutorials/plan-a-year",
        command="allocate my-plan.yaml --out made",
        page="map.html",
    ),
    "works": Picture(
        tutorial="tutorials/what-to-build",
        command="invest invest-founding --out made",
        page="map.html",
    ),
    "sure": Picture(
        tutorial="tutorials/how-sure",
        command="simulate shanghai-europe --draws 2000 --out made",
        page="simulate.html",
    ),
}


SERVED = "planner"
"""The page of `corridors serve`, once its twelve months are there."""


def main(names: Sequence[str]) -> int:
    """Make the pictures with these names, or all."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in names or (*PICTURES, SERVED):
            if name == SERVED:
                shoot_served(browser, DOCS / f"pictures/{name}.jpg")
                continue
            with TemporaryDirectory() as folder:
                made = page_of(PICTURES[name], Path(folder))
                shoot(browser, made, DOCS / f"pictures/{name}.jpg")
        browser.close()
    return 0


def page_of(picture: Picture, folder: Path) -> Path:
    """Run the command of a picture in a folder with the files of its tutorial; return its page."""
    for name, text in SAVED.findall((DOCS / f"{picture.tutorial}.md").read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", CODE, *picture.command.split()]
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return folder / "made" / picture.page


def shoot(browser: Browser, page: Path, picture: Path) -> None:
    """Write the top of a page as a picture."""
    shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    shown.goto(page.as_uri())
    shown.wait_for_timeout(SETTLED_MS)
    shown.screenshot(path=str(picture), type="jpeg", quality=QUALITY)
    shown.close()


def shoot_served(browser: Browser, picture: Path) -> None:
    """Write the planner's page as a picture, with its first question."""
    command = [sys.executable, "-u", "-c", CODE, "serve", "--port", "0", "--no-open"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as one:
        try:
            lines = iter(one.stdout or ())
            address = next(found[0] for line in lines if (found := ADDRESS.search(line)))
            shown = browser.new_page(viewport={"width": SERVED_WIDTH, "height": HEIGHT})
            shown.goto(address)
            shown.wait_for_selector("body[data-months]", state="attached", timeout=ANSWERED_MS)
            shown.wait_for_timeout(SETTLED_MS)
            shown.screenshot(path=str(picture), type="jpeg", quality=SERVED_QUALITY)
            shown.close()
        finally:
            one.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
