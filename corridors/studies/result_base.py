"""What all results of Python share: a short text, a notebook's view, pages and files."""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from corridors.domain.results import RouteOption
from corridors.errors import CorridorsError, needed
from corridors.optimise.certificate import certify as certified
from corridors.routing.ladder import SearchedCorridor, search_row
from corridors.routing.question import Question
from corridors.routing.report import report

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.answer import Answer
    from corridors.domain.scenario import Scenario
    from corridors.output.comparison import Comparison
    from corridors.output.html.report.batch_report import Section
    from corridors.output.store import Content
    from corridors.output.tables import Table

# By name what makes the content of a file, called only if it is needed.
Make = Callable[[], "Content"]
Files = dict[str, Make]
BYTES_PER_MB = 1_000_000
MAP_HEIGHT, REPORT_HEIGHT = 520, 720
# Sentences of an answer on the start page of its files.
MOST_SAID = 4
MOST_ROWS = 12
STYLE = (
    "<style>.corridors-result p{margin:.3em 0;max-width:60em}"
    ".corridors-result iframe{border:1px solid #ccc;border-radius:4px}"
    ".corridors-result .scrolled{overflow-x:auto}"
    ".corridors-result table{border-collapse:collapse;margin:.4em 0}"
    ".corridors-result th,.corridors-result td{padding:.2em .6em;text-align:left}"
    ".corridors-result .figure{text-align:right}</style>"
)
WIDTH = 96
LONGEST = 3 * WIDTH

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A page that works offline: a map or a report.

    A notebook shows it; `save` writes it to a file, and `html` is its text.

    Parameters
    ----------
    title
        What it shows.
    html
        Its text.
    height
        Pixels that it takes in a notebook.
    """

    title: str
    html: str
    height: int = REPORT_HEIGHT

    @property
    def megabytes(self) -> float:
        """The size of its text in MB."""
        return len(self.html.encode()) / BYTES_PER_MB

    def save(self, path: Path | str) -> Path:
        """Write the page to a file and return its path.

        Raises
        ------
        ConfigError
            The file cannot be written.
        """
        from corridors.output.store import write_outputs

        file = Path(path)
        write_outputs(file.parent, {file.name: self.html})
        return file

    def __repr__(self) -> str:
        return (
            f"{self.title}: a page of {self.megabytes:.1f} MB that works offline."
            " A notebook shows it; .save('page.html') writes it."
        )

    def _repr_html_(self) -> str:
        # In single quotes, since the page's data are full of double ones.
        text = self.html.replace("&", "&amp;").replace("'", "&#39;")
        title = escape(self.title, quote=True)
        return f'<iframe title="{title}" height="{self.height}" style="width:100%"' + (
            f" srcdoc='{text}'></iframe>"
        )


def shown_html(
    texts: list[str], table: pd.DataFrame | None, *, page: Page | None, more: str
) -> str:
    """Return what a notebook shows of a result: sentences, the first rows of a table, a page.

    Parameters
    ----------
    texts
        Plain text, the heading first.
    table
        Rows, of which the first twelve are shown.
    page
        A map below the table.
    more
        What else the result has; shown in small print.
    """
    heading, *rest = texts
    parts = [f"<p><b>{escape(heading)}</b></p>", *(f"<p>{escape(text)}</p>" for text in rest)]
    if table is not None and len(table):
        # A table that is wider than the screen scrolls, by keys as well.
        scrolled = '<div class="scrolled" tabindex="0" role="group" aria-label="Table">'
        parts.append(f"{scrolled}{_table_html(table.head(MOST_ROWS))}</div>")
        if len(table) > MOST_ROWS:
            parts.append(f"<p>{len(table) - MOST_ROWS:,} more rows.</p>")
    if page is not None:
        parts.append(page._repr_html_())
        more = f"{more}. The map above takes {page.megabytes:.1f} MB of this notebook"
    parts.append(f"<p><small>{escape(more)}.</small></p>")
    return f'{STYLE}<div class="corridors-result">{"".join(parts)}</div>'


def _table_html(table: pd.DataFrame) -> str:
    """Return a frame as a table: figures to the right, texts to the left, nothing for none."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    figures = [is_numeric_dtype(kind) and not is_bool_dtype(kind) for kind in table.dtypes]
    marks = [' class="figure"' if figure else "" for figure in figures]
    head = "".join(
        f'<th scope="col"{mark}>{escape(str(name))}</th>'
        for name, mark in zip(table.columns, marks, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{mark}>{escape(_cell(value))}</td>" for value, mark in zip(row, marks, strict=True)
        )
        + "</tr>"
        for row in table.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return "" if isnan(value) else _figure(value)
        case None:
            return ""
    return str(value)


def _figure(value: float) -> str:
    """Return a figure of a table: whole from 100 on, else to one or two decimals."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


class Terminal(Protocol):
    """What prints a result: rows as a table, sentences as lines of the terminal's width."""

    def rows(
        self,
        rows: Sequence[Mapping[str, object]],
        *,
        columns: Sequence[str],
        title: str = "",
        spare: Sequence[str | tuple[str, ...]] = (),
        slim: Collection[str] = (),
    ) -> None:
        """Print rows; columns of `spare` and `slim` give way on a narrow terminal."""

    def table(self, table: Table, result: object, *, title: str = "") -> None:
        """Print a table of a result as people read it."""

    def answer(self, answer: Answer, table: Table | None = None, *rows: object) -> None:
        """Print an answer, with a table in place of its rows: the first of `rows` that fits."""

    def shows(self, flag: str) -> bool:
        """Return whether a flag or an option of the command asks for more."""

    def say(self, text: str, *, indent: str | None = None) -> None:
        """Print a sentence."""

    def echo(self, text: str) -> None:
        """Print a line as it is."""


class Result(ABC):
    """A result: its `repr` is a few lines, a notebook shows its table and map.

    `save` writes the files that the command of the same name writes with `--out`.
    """

    __slots__ = ()
    _more: ClassVar[str]
    """What else the result has, in one sentence."""

    @abstractmethod
    def _texts(self) -> list[str]:
        """Return the heading and a few sentences of plain text."""

    def _above_table(self) -> list[str]:
        """Return the sentences of `_texts` that a table below them does not repeat."""
        return self._texts()

    def _shown(self) -> pd.DataFrame | None:
        """Return the table that a notebook shows."""
        return None

    def _map(self) -> Page | None:
        """Return the map that a notebook shows below the table."""
        return None

    @abstractmethod
    def save(self, folder: Path | str) -> tuple[Path, ...]:
        """Write the files of the result into a folder, and return their paths.

        Raises
        ------
        ConfigError
            The folder cannot be written to.
        """

    def __repr__(self) -> str:
        return text_of([*self._texts(), self._more])

    def _repr_html_(self) -> str:
        table = self._shown()
        texts = self._texts() if table is None else self._above_table()
        return shown_html(texts, table, page=self._map(), more=self._more)


class Written(Result):
    """A result whose files are made when they are asked for.

    The first one of JSON is what `--format json` prints and a server answers, the first of CSV what
    `--format csv` prints.
    """

    __slots__ = ()

    @abstractmethod
    def _files(self, *, command: str = "") -> Files:
        """Return what makes each file, by its name; `command` is the command line that gives it."""

    @property
    def _title(self) -> str:
        """The heading of the start page of its files."""
        scenario, plan = getattr(self, "scenario", None), getattr(self, "plan", None)
        if scenario is None:
            return self._texts()[0] if plan is None else str(plan.name)
        from corridors.output.display_names import scenario_title

        return scenario_title(scenario)

    def _printed(self, terminal: Terminal) -> Files:
        """Return what is printed in place of its files, where a flag asks for a part of it."""
        del terminal
        return {}

    def _said(self) -> Sequence[str]:
        """Return the sentences of its answer, which stand on the start page of its files."""
        return self._texts()[1 : MOST_SAID + 1]

    def _picture(self) -> str:
        """Return a small map for the start page of its files."""
        return ""

    @property
    def _count(self) -> str:
        """What is said beside rows for programs, to standard error."""
        return ""

    @property
    def _is_usable(self) -> bool:
        """Whether there is anything to use in it; a command says so by its exit code."""
        return True

    def show(self, terminal: Terminal) -> None:
        """Print the result to a terminal."""
        for text in self._texts():
            terminal.say(text)

    def _parts(self, words: Mapping[str, str]) -> tuple[Sequence[str], Sequence[Section]]:
        """Return the answer in sentences and the sections of its page, for the planner.

        Parameters
        ----------
        words
            What the planner calls parameters.
        """
        del words
        msg = "this study has no part for a page: ask for the record"
        raise CorridorsError(msg)

    def save(self, folder: Path | str) -> tuple[Path, ...]:
        """Write the files of the result into a folder, and return their paths.

        Raises
        ------
        ConfigError
            The folder cannot be written to.
        """
        from corridors.output.html.start_page import write_with_start_page
        from corridors.output.store import check_folder

        files = self._files()
        check_folder(Path(folder), tuple(files))
        contents = {name: make() for name, make in files.items()}
        return write_with_start_page(
            Path(folder),
            contents,
            title=self._title,
            answer=self._said(),
            picture=self._picture(),
        )


@dataclass(frozen=True, slots=True)
class DisplayUnit:
    """How a figure is shown: times `factor`, in `unit`; `by_box` of money, as the answer has it."""

    factor: float
    unit: str
    by_box: bool

    @classmethod
    def of_driver(cls, scenario: Scenario, key: str, unit: str) -> DisplayUnit:
        """Return it for what a study moves: a value of a day per box of the equipment asked for."""
        from corridors.domain.answer import BOXES
        from corridors.output.display_names import on_page

        equipment = scenario.shipment.equipment
        if "value_of_time" in key:
            return cls(equipment.teu_per_box, f"USD a day per {BOXES[equipment]}", True)
        return cls(1.0, on_page(unit), False)

    @classmethod
    def of_money(cls, scenario: Scenario) -> DisplayUnit:
        """Return it for money alone: per box of the equipment asked for."""
        from corridors.domain.answer import BOXES

        equipment = scenario.shipment.equipment
        return cls(equipment.teu_per_box, f"USD per {BOXES[equipment]}", True)

    @classmethod
    def of_objective(cls, scenario: Scenario) -> DisplayUnit:
        """Return it for what a scenario compares: money per box, with the value of time or not."""
        from corridors.output.display_names import on_page

        aim, money = scenario.objective.aim, cls.of_money(scenario)
        if not aim.usd:
            return cls(1.0, on_page(aim.unit), False)
        with_time = " with the value of time" if aim.value_of_time else ""
        return cls(money.factor, f"{money.unit}{with_time}", True)

    def text(self, value: float, *, unit: bool = True, said: str = "") -> str:
        """Return a value to three digits with its unit: `USD 82 a day per 40'`, `838 USD/t`.

        `said` stands behind the figure: `USD 82 more per 40'`.
        """
        from corridors.output.answer import money

        size = value * self.factor
        three = money(size) if abs(size) >= 100.0 or self.by_box else f"{size:.3g}"
        if self.by_box:
            three += f" {said}" * bool(said)
            return f"USD {three}{self.unit.removeprefix('USD') if unit else ''}"
        return f"{three} {self.unit}" if unit else three


def departing(study: str, scenario: Scenario) -> str:
    """Return the heading of a study of a scenario."""
    from corridors.output.display_names import scenario_title

    return f"{study} {scenario_title(scenario)}, departing {scenario.departure.isoformat()}"


def text_of(texts: list[str]) -> str:
    """Return sentences as the lines of a `repr`: the first as a heading, the others set in."""
    lines: list[str] = []
    for number, text in enumerate(texts):
        before = "  " if number else ""
        short = textwrap.shorten(text, LONGEST, placeholder=" ...")
        lines += textwrap.wrap(
            short, WIDTH, initial_indent=before, subsequent_indent=before + "  " * bool(number)
        )
    return "\n".join(lines)


def extended(kind: type[Made], found: Any, **more: Any) -> Made:
    """Return a result as one of Python's, which extends its class."""
    return kind(**{one.name: getattr(found, one.name) for one in fields(found)}, **more)


def axes_of(ax: Any, *, size: tuple[float, float] = (8.0, 4.5)) -> Any:
    """Return the axes to draw on: those given, or new ones.

    Raises
    ------
    MissingPackageError
        matplotlib is not installed.
    """
    if ax is not None:
        return ax
    needed("matplotlib", by="plot()", extra="plot")
    from matplotlib import pyplot as plt

    _, made = plt.subplots(figsize=size, layout="constrained")
    return made


def page_of(files: Files, name: str, title: str, height: int) -> Page:
    """Return one of the pages of a result's files."""
    return Page(title, str(files[name]()), height)


# The files of each result, by name: what a command writes with `--out` and Python with `save`.


def comparison_files(
    comparison: Comparison,
    *,
    command: str = "",
    months: Sequence[Comparison] = (),
    tiles: str | None = None,
    beside: bool = True,
) -> Files:
    """Return the files of a comparison; with `months` also its table by month.

    Parameters
    ----------
    comparison
        The result.
    command
        The command line that gives it, which the report shows.
    months
        The same for departures in successive months, which the map shows too.
    tiles
        `osm` lets the map load online tiles.
    beside
        Whether the pages are written beside one another, and link to each other.
    """
    from corridors.data.parameters import load_sources
    from corridors.output.comparison import EMISSIONS, comparison_json, options_csv
    from corridors.output.geopackage_writer import write_geopackage
    from corridors.output.html.map.content import frame_of, map_page
    from corridors.output.html.report.details import render_report
    from corridors.output.monthly import months_csv

    known = load_sources()
    sources = {key: source.title for key, source in known.items()}
    return {
        "comparison.json": lambda: comparison_json(comparison),
        "options.csv": lambda: options_csv(comparison),
        "emissions.csv": lambda: EMISSIONS.csv(comparison),
        "legs.gpkg": lambda: lambda path: write_geopackage(comparison, path),
        "map.html": lambda: map_page(
            comparison, sources=known, months=months, command=command, report="report.html"
        ).html(frame_of(tiles)),
        "report.html": lambda: render_report(
            comparison, sources=sources, command=command, map_page="map.html" if beside else ""
        ),
        **({"months.csv": lambda: months_csv(months)} if months else {}),
    }


# Search one corridor, report its cheapest route and certify it.


def option_of(question: Question, number: int = 0, *, certify: bool = False) -> RouteOption:
    """Return the option of one corridor of a question.

    Parameters
    ----------
    question
        A scenario as posed.
    number
        Which of its corridors.
    certify
        Also certify a route that depends on dates.

    Raises
    ------
    CertificateError
        OR-Tools and the label setting disagree.
    """
    return searched_option(question, number, certify=certify)[1]


def searched_option(
    question: Question, number: int = 0, *, certify: bool = False
) -> tuple[SearchedCorridor, RouteOption]:
    """Return what was searched of one corridor of a question, and its option; see `option_of`."""
    found = search_row(question, number, fronts=False)
    return found, certified(report(found), found, dated=certify)
