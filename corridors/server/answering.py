"""Comparisons: what a worker keeps, and their figures, lines, maps and files.

Each answer is what the command of the same name writes for the scenario saved as `scenario.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from corridors.bounded_cache import BoundedCache
from corridors.config.checks import Names
from corridors.config.config_files import FOLDERS
from corridors.config.faults import read_yaml
from corridors.data.paths import configs_dir
from corridors.domain.scenario import Scenario
from corridors.output.comparison import Comparison
from corridors.output.store import Content
from corridors.progress import Progress, quiet
from corridors.scratch import scratch_folder
from corridors.server.guard import OwnFiles, Reply, compact, key_of
from corridors.server.questions import COMMAND, scenario_of
from corridors.studies.compare.run import by_month, compare, compare_in_both_worlds
from corridors.studies.session import Session

PAIRS = 6
"""Pairs of ends whose networks a worker keeps."""
COMPARISONS = 4
"""Whole comparisons that a worker keeps, for their details, maps and files."""
SEARCHES = 4
"""Shapes and problems of a corridor that it keeps: two worlds at one price."""
FIRST_SCENARIO = "shanghai-hamburg"
"""What the page asks first."""
# What figures leave out of the options of `comparison.json`: the second answer has it.
_NOT_FIGURES = {
    *("cost_lines", "energy_lines", "legs", "operations", "certificate", "front_complete"),
    *("piracy", "fans", "below_best_share"),
}
MEDIA: Mapping[str, str] = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Given = Mapping[str, Any]
MAP, MONTHS_FILE = "map.html", "months.csv"
PAGES = (MAP, "report.html")


class Answers:
    """Answers questions one after the other, in one thread."""

    def __init__(self, own: OwnFiles | None = None) -> None:
        self.own = own or OwnFiles()
        self.session = Session(pairs=PAIRS)
        self.names = Names()
        self.compared: BoundedCache[Comparison] = BoundedCache(COMPARISONS)
        self.with_sliders: BoundedCache[Comparison] = BoundedCache(1)
        self._first: dict[str, Comparison] = {}

    def warm(self) -> None:
        """Answer what the page asks first, and keep it: what others share with it is there then.

        Its lines and map would keep the first one who asks waiting for a quarter longer.
        """
        path = configs_dir() / FOLDERS["scenario"] / f"{FIRST_SCENARIO}.yaml"
        values = cast("Given", read_yaml(path).plain)
        key = key_of(values)
        self._first[key] = self.figures({"scenario": values, "key": key}, quiet)

    def rest(self) -> None:
        """Free what the next question hardly needs, between two answers."""
        self.session.free_searches(most=SEARCHES)

    def scenario(self, given: Given) -> Scenario:
        """Return the scenario of a question."""
        return scenario_of(given["scenario"], own=self.own, names=self.names)

    def figures(self, given: Given, progress: Progress) -> Comparison:
        """Return the figures of a comparison, as quickly as they can be had."""
        if first := self._first.get(given["key"]):
            return first
        asked = self.scenario(given)
        return compare(asked, session=self.session, figures_only=True, progress=progress)

    def whole(self, given: Given, progress: Progress, *, sliders: bool = False) -> Comparison:
        """Return a comparison with everything that its files show.

        With `sliders` also what those of the pages need, some thirty questions more.
        """

        def made() -> Comparison:
            asked = self.scenario(given)
            return compare_in_both_worlds(
                asked, session=self.session, what_if=sliders, progress=progress
            )

        kept = self.with_sliders if sliders else self.compared
        return kept.of(given["key"], made)


def figures(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the figures of a comparison and its sentences."""
    found = answers.figures(given, progress)
    record = found.record.model_dump(
        mode="json",
        by_alias=True,
        exclude={"front": True, "options": {"__all__": _NOT_FIGURES}},
    )
    sentences = _sentences(found)
    body = {"key": given["key"], "comparison": record, "sentences": sentences}
    return Reply(body=compact(body))


def page(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the same figures and sentences as the page shows them."""
    from corridors.output.html.planner_parts import answer_parts

    found = answers.figures(given, progress)
    return Reply(body=compact({"key": given["key"], "parts": answer_parts(found)}))


def whole(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the text of `comparison.json`."""
    from corridors.output.comparison import comparison_json

    found = answers.whole(given, progress)
    return Reply(body=comparison_json(found).encode(), headers={"X-Key": given["key"]})


def details(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the whole comparison and its sentences, ranges and the other world among them."""
    found = answers.whole(given, progress)
    sentences = _sentences(found)
    body = {"key": given["key"], "comparison": found.record.plain(), "sentences": sentences}
    return Reply(body=compact(body))


def _sentences(found: Comparison) -> dict[str, object]:
    from corridors.output.answer import answer_of
    from corridors.output.display_names import on_page
    from corridors.output.html.page_shell import question

    return {
        "question": question(found.scenario),
        "answer": [on_page(text) for text in answer_of(found).sentences],
        "warnings": list(found.warnings),
    }


def drawn_map(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with what the scripts of the map take: the content of `map.html`."""
    from corridors.data.parameters import load_sources
    from corridors.output.html.map.content import map_content
    from corridors.output.html.map.map_frame import ATTRIBUTION
    from corridors.output.html.planner_parts import answer_parts

    found = answers.whole(given, progress)
    body = {
        "key": given["key"],
        "content": map_content(found, sources=load_sources()),
        "parts": answer_parts(found),
        "attribution": ATTRIBUTION,
    }
    return Reply(body=compact(body))


def lines(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with every line of a corridor and its sources, as a part of a page."""
    from corridors.data.parameters import load_sources
    from corridors.output.html.planner_parts import explained_html

    found = answers.whole({**given, "key": key_of(given["scenario"])}, progress)
    sources = {key: source.title for key, source in load_sources().items()}
    return Reply(body=compact({"html": explained_html(found, given["corridor"], sources)}))


def file(answers: Answers, given: Given, progress: Progress) -> Reply:
    """Answer with the bytes of a file that `compare --out` writes."""
    from corridors.studies.result_base import comparison_files

    name, asked, session = given["name"], answers.scenario(given), answers.session
    months: tuple[Comparison, ...] = ()
    found = answers.whole(given, progress, sliders=name in PAGES)
    if given["months"] and name in (MAP, MONTHS_FILE):
        months = by_month(asked, session=session, first=found, progress=progress)
    command = f"{COMMAND} --months" if given["months"] else COMMAND
    made = comparison_files(found, command=command, months=months)[name]()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(body=_bytes_of(made, name), media=MEDIA[Path(name).suffix], headers=headers)


def _bytes_of(content: Content, name: str) -> bytes:
    """Return the bytes of a file's content; one that only writes to a path gets one of its own."""
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, bytes):
        return content
    with scratch_folder("corridors-serve-") as folder:
        path = folder / name
        content(path)
        return path.read_bytes()
