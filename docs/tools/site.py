"""Build the documentation site from docs/ and a few pages beside it: `python -m docs.tools.site`.

The pages are copied to build/pages/ with what is generated filled in and notebooks run, and
Zensical builds build/site/ from them. A link from a page to a file of the checkout leads to a page
with its text, so that the site needs no checkout and no network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from docs.tools.generated import csv_table, filled, with_help
from docs.tools.notebooks import write_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES, SITE = ROOT / "build/pages", ROOT / "build/site"
BESIDE = {
    "CONTRIBUTING.md": "contributing/index.md",
    "CHANGELOG.md": "contributing/changelog.md",
    "SECURITY.md": "contributing/security.md",
    "geodata/README.md": "reference/data-files.md",
    "geodata/build/README-rail.md": "explanation/rail-network.md",
    "geodata/build/README-sea.md": "explanation/sea-network.md",
}
"""Pages outside docs/, and where they are on the site."""
LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?\)")
TABLE = re.compile(r"^(\[[^\]]+\]\(([^)\s]+\.csv)\))$", re.MULTILINE)
LANGUAGES = {".py": "python", ".yaml": "yaml", ".cff": "yaml", ".sh": "bash", ".js": "javascript"}
LOADED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}


def main() -> int:
    """Stage the pages, build the site and check it; 1 where something is missing."""
    stage()
    build = subprocess.run(
        [Path(sys.executable).with_name("zensical"), "build", "--strict", "--clean"],
        cwd=ROOT,
        check=False,
    )
    if build.returncode:
        return build.returncode
    wrong = sorted({fault for page in SITE.rglob("*.html") for fault in faults(page)})
    sys.stderr.writelines(f"{fault}\n" for fault in wrong)
    return int(bool(wrong))


def stage() -> None:
    """Write the pages as Zensical reads them."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for path in sorted(DOCS.rglob("*")):
        if path.suffix == ".ipynb":
            write_page(path, place_of(path))
        elif path.is_file() and "tools" not in path.parts and path.suffix != ".md":
            put(place_of(path)).write_bytes(path.read_bytes())
    for path in [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in BESIDE)]:
        put(place_of(path)).write_text(staged(path), encoding="utf-8")


def staged(path: Path) -> str:
    """Return the text of a page on the site."""
    text = path.read_text(encoding="utf-8")
    if path == DOCS / "reference/commands.md":
        text = with_help(text)
    text = TABLE.sub(lambda found: with_table(path, found), text)
    text = LINK.sub(lambda found: relinked(path, found), text)
    return filled(text)


def with_table(page: Path, found: re.Match[str]) -> str:
    """Return a link to a CSV file with its table below."""
    data = (page.parent / found[2]).read_text(encoding="utf-8")
    return f"{found[1]}\n\n{csv_table(data)}"


def relinked(page: Path, found: re.Match[str]) -> str:
    """Return the end of a link as it leads from one page of the site to another."""
    target = Path(os.path.normpath(page.parent / found[2]))
    if target.is_dir() and (target / "README.md").exists():
        target /= "README.md"
    place = place_of(target)
    if not target.is_relative_to(DOCS) and target.relative_to(ROOT).as_posix() not in BESIDE:
        show_source(target, place)
    shown = os.path.relpath(place, place_of(page).parent)
    return f"{found[1]}{shown}{found[3] or ''})"


def place_of(path: Path) -> Path:
    """Return where a file of the checkout is among the staged ones."""
    if path.is_relative_to(DOCS):
        place = PAGES / path.relative_to(DOCS)
        return place.with_suffix(".md") if path.suffix == ".ipynb" else place
    name = path.relative_to(ROOT).as_posix()
    if name in BESIDE:
        return PAGES / BESIDE[name]
    return PAGES / "source" / (name if path.suffix in {".csv", ".html", ".svg"} else f"{name}.md")


def show_source(path: Path, place: Path) -> None:
    """Write the page of a file of the checkout that a page links; tables are copied as they are."""
    if place.suffix != ".md":
        put(place).write_bytes(path.read_bytes())
        return
    text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
    language = LANGUAGES.get(path.suffix, "text")
    # A fence longer than any in the file.
    put(place).write_text(f"# {name}\n\n`````{language}\n{text}`````\n", encoding="utf-8")


def put(path: Path) -> Path:
    """Return a path whose folder exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class _References(HTMLParser):
    """The addresses in a page: what it loads, what it links, and its own anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.anchors: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if anchor := given.get("id"):
            self.anchors[anchor] += 1
        address = given.get(LOADED.get(tag, ""))
        if address and given.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(address)
        if tag == "a" and given.get("href"):
            self.linked.append(given["href"] or "")


def faults(page: Path) -> Iterator[str]:
    """Yield what a page loads from elsewhere or names in vain, and anchors that come twice."""
    found = _References()
    found.feed(page.read_text(encoding="utf-8"))
    name = page.relative_to(SITE)
    yield from (f"{name}: loads {one}" for one in found.loaded if urlsplit(one).netloc)
    yield from (f"{name}: #{one} comes twice" for one, times in found.anchors.items() if times > 1)
    for address in {*found.loaded, *found.linked}:
        path, _ = urldefrag(address)
        if path and not urlsplit(path).scheme and not urlsplit(path).netloc:
            base = SITE if path.startswith("/") else page.parent
            if not (base / unquote(path).lstrip("/")).exists():
                yield f"{name}: {address} is missing"


if __name__ == "__main__":
    sys.exit(main())
