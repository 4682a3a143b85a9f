"""Compare every shipped scenario and write the gallery."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from corridors.config import load_scenario
from corridors.data.parameters import Source, load_sources
from corridors.data.paths import configs_dir
from corridors.output.comparison import options_csv
from corridors.output.html.gallery.gallery_page import EXAMPLES, Entry, gallery_html, thumbnail_svg
from corridors.output.html.map.content import map_page
from corridors.output.html.map.map_places import shipped_land
from corridors.output.html.report.details import render_report
from corridors.output.store import check_folder, csv_text, write_outputs
from corridors.studies.compare.run import compare_in_both_worlds
from corridors.studies.route.run import DEFAULT_SCENARIO
from corridors.studies.session import Session

INDEX = "index.html"
HASHES = "hashes.csv"
HASH_COLUMNS = ("scenario", "file", "sha256")
FILES = ("map.html", "report.html", "options.csv", "thumbnail.svg")


def shipped_scenarios() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, the founding question first."""
    names = sorted(path.stem for path in (configs_dir() / "scenarios").glob("*.yaml"))
    return tuple(sorted(names, key=lambda name: name != DEFAULT_SCENARIO))


def _entries(names: Iterable[str]) -> tuple[Entry, ...]:
    """Return the gallery's entries of shipped scenarios."""
    session = Session()
    base_map = shipped_land()
    entries = []
    for name in names:
        comparison = compare_in_both_worlds(load_scenario(name), session=session, what_if=True)
        picture = thumbnail_svg(comparison, base_map)
        entries.append(Entry(id=name, comparison=comparison, thumbnail=picture))
    return tuple(entries)


def write_gallery(folder: Path, *, names: Sequence[str] | None = None) -> tuple[Path, ...]:
    """Write or replace `index.html`, `examples/hashes.csv` and a folder per scenario.

    The repository holds the index and the hashes; so the index links nothing, and
    `examples/index.html` the files of all. Everything is rendered before the first file is written,
    and the index is written last, so it never links to a missing file. Same data and versions, same
    bytes.

    Parameters
    ----------
    folder
        Created if missing; other files in it are left alone.
    names
        Names of shipped scenarios; None for all.

    Returns
    -------
    paths
        The files written.

    Raises
    ------
    ConfigError
        A folder cannot be written, or a shipped scenario has an error.
    """
    folders = {name: folder / EXAMPLES / name for name in names or shipped_scenarios()}
    check_folder(folder, (INDEX,))
    check_folder(folder / EXAMPLES, (HASHES, INDEX))
    for path in folders.values():
        check_folder(path, FILES)
    entries = _entries(folders)
    sources = load_sources()
    made = [(folders[entry.id], example_files(entry, sources)) for entry in entries]
    every = gallery_html(entries, links=True)
    made.append((folder / EXAMPLES, {HASHES: hashes_csv(made), INDEX: every}))
    made.append((folder, {INDEX: gallery_html(entries)}))
    return tuple(path for at, contents in made for path in write_outputs(at, contents))


def hashes_csv(made: Sequence[tuple[Path, Mapping[str, str]]]) -> str:
    """Return the text of `hashes.csv`: a row per file with its SHA-256 in hexadecimal.

    Parameters
    ----------
    made
        Folders, each named after its scenario, with the text of their files by name.
    """
    rows = [
        {
            "scenario": folder.name,
            "file": name,
            "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        }
        for folder, contents in made
        for name, text in contents.items()
    ]
    return csv_text(rows, HASH_COLUMNS)


def example_files(entry: Entry, sources: Mapping[str, Source]) -> dict[str, str]:
    """Return the text of an example's files by name."""
    comparison = entry.comparison
    command = f"corridors compare {entry.id} --out maps/{entry.id}"
    titles = {key: source.title for key, source in sources.items()}
    return {
        "map.html": map_page(
            comparison, sources=sources, command=command, report="report.html"
        ).html(),
        "report.html": render_report(
            comparison, sources=titles, command=command, map_page="map.html"
        ),
        "options.csv": options_csv(comparison),
        "thumbnail.svg": entry.thumbnail,
    }
