"""`index.html` of an output folder: what it holds, each file with what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from corridors.output.display_names import on_page
from corridors.output.html.page_shell import page_html, policy_of_style
from corridors.output.html.palette import element
from corridors.output.html.report.batch_report import Section, page_style, render_page
from corridors.output.html.report.parts import answer_box, licence, reproduce
from corridors.output.store import Content, write_outputs

# `index.html` of an output folder: what it holds, each file with what it is for.

INDEX = "index.html"
_MARK = "<!-- start page of corridors -->"
# In the order of the page: pages first.
_FILES = {
    "map.html": ("Map", "the ways drawn, with what each costs and takes"),
    "report.html": ("Report", "the answer, its figures by part and their sources"),
    "simulate.html": ("How sure it is", "chances, quantiles and the day met, over draws"),
    "breakeven.html": ("Break-even", "where another way becomes best"),
    "phase.html": ("Phase diagram", "which corridor is best over two figures"),
    "season.html": ("Season", "when a corridor through ice is open"),
    "stress.html": ("Stress test", "what the closure of each place costs"),
    "stress-map.html": ("Map of closures", "the best route, its places and the ways around them"),
    "catchments.html": ("Catchments", "destinations by their best corridor"),
    "catchments-map.html": ("Map of catchments", "regions in the colour of their best corridor"),
    "diff.html": ("Difference", "two answers side by side"),
    "diff-map.html": ("Map of the difference", "what both recommend"),
    "design.html": ("Services", "what to run, each at every number of departures"),
    "design-map.html": ("Map of services", "what runs and what does not"),
    "book.html": ("Bookings", "what to book, and what each scenario then costs"),
    "book-map.html": ("Map of bookings", "the boxes of the likeliest scenario by month"),
    "flows.html": ("Map of flows", "the boxes of a plan by month"),
    "summary.xlsx": ("Workbook", "the results as sheets"),
}
# What a table or layer holds; what is in neither list is told of by its kind.
_HOLDS = {
    "options.csv": "the figures of each corridor",
    "months.csv": "the figures of each corridor in each month",
    "emissions.csv": "emissions by leg and energy, after ISO 14083",
    "legs.gpkg": "the legs of the routes as layers for a GIS",
    "flows.csv": "TEU by pair, route and month",
    "flows.gpkg": "the flows as layers for a GIS",
    "stress.csv": "each closure and what it costs",
    "stress.gpkg": "the places closed as a layer for a GIS",
    "season.csv": "the state of each area by half month",
    "catchments.csv": "the best corridor and the next by destination",
}
_KINDS = {
    ".csv": "table",
    ".json": "all results, for programs",
    ".gpkg": "layers for a GIS",
    ".xlsx": "workbook",
    ".html": "page",
    ".parquet": "table, for programs",
    ".md": "text",
    ".yaml": "scenario or plan",
    ".journal": "what a batch has done, to resume it",
}


def write_with_start_page(
    folder: Path,
    contents: Mapping[str, Content],
    *,
    title: str,
    answer: Sequence[str] = (),
    picture: str = "",
) -> tuple[Path, ...]:
    """Write files into a folder with a start page, unless another page is there.

    The start page links these files and the known ones that the folder holds already. An
    `index.html` that is no start page, such as the gallery, stays. Errors are those of
    `write_outputs`.

    Parameters
    ----------
    folder
        The output folder, which need not exist.
    contents
        What is written, by file name.
    title
        Heading, plain text.
    answer
        Sentences that stand above the files, the most important first.
    picture
        Markup of a small map, which leads to the map.
    """
    old = folder / INDEX
    if old.is_file() and _MARK not in old.read_text(encoding="utf-8", errors="replace"):
        return write_outputs(folder, contents)
    there = {name for name in _FILES if (folder / name).is_file()}
    return write_outputs(
        folder, {**contents, INDEX: start_page(title, {*contents, *there}, answer, picture)}
    )


def start_page(
    title: str, names: Iterable[str], answer: Sequence[str] = (), picture: str = ""
) -> str:
    """Return the start page of a folder as HTML text: the answer, a small map, the files."""
    order = list(_FILES)
    kept = sorted(
        (name for name in names if name != INDEX),
        key=lambda name: (order.index(name) if name in order else len(order), name),
    )
    pages, data = (
        "".join(_row(name) for name in kept if name.endswith(".html") is is_page)
        for is_page in (True, False)
    )
    style = page_style()
    said = answer_box([on_page(text) for text in answer]) if answer else ""
    body = (
        f"{_MARK}\n<header>{element('h1', title)}"
        "</header>\n"
        f"<main>{said}{_linked(picture)}{_listed('Pages, which work offline', pages)}"
        f"{_listed('Data, for other programs', data)}</main>\n"
    )
    return page_html(title, body, style=style, policy=policy_of_style(style))


def _linked(picture: str) -> str:
    return f'<a class="picture" href="map.html">{picture}</a>' if picture else ""


def _listed(heading: str, rows: str) -> str:
    return f'<h2>{heading}</h2><ul class="plain-list files">{rows}</ul>' if rows else ""


def _row(name: str) -> str:
    suffix = Path(name).suffix
    label, what = _FILES.get(name) or (name, _HOLDS.get(name) or _KINDS.get(suffix, "file"))
    shown = f"{escape(label)}" if label == name else f"<b>{escape(label)}</b>"
    file = "" if label == name else f" {element('code', name)}"
    return f'<li><a href="{quote(name)}">{shown}</a> {escape(what)}{file}</li>'


# What pages of studies share: the frame, styles and scripts of a report, and their own.

OWN_SOURCE = (
    "this study, with the prices, rules and lines of its dates; the report of a"
    " comparison cites each"
)


def study_page(
    title: str,
    asked: str,
    answer: Sequence[str],
    sections: Sequence[Section],
    *,
    command: str,
    scripts: Sequence[str] = (),
    warn: bool = False,
    source: str = "",
) -> str:
    """Return the page of a study as HTML text; the same study gives the same text.

    Parameters
    ----------
    title
        Heading and window title, plain text.
    asked
        What was asked, in a sentence.
    answer
        Sentences, the most important first.
    sections
        In order; the last one, how to reproduce it, is added.
    command
        The command line.
    scripts
        Script assets beside those of a report.
    warn
        Whether the answer is that there is none.
    source
        What its charts rest on; by default where the sources of its figures are.
    """
    last = Section(
        "reproduce", "How to reproduce", reproduce(command, {}, {}, heading="") + licence()
    )
    head = element("h1", title) + element("p", asked, class_="asked")
    return render_page(
        title,
        head + answer_box(answer, warn=warn),
        [*sections, last],
        scripts=scripts,
        source=source or OWN_SOURCE,
    )
