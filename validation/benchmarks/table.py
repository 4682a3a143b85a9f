"""Measure how fast the program is, beside what it is to reach.

`make bench` prints the table in its short form, `make bench-whole` in its whole one. With `--write`
the table also replaces the one of docs/explanation/speed.md, row by row; rows measured on
another machine go.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

from validation.benchmarks import rows
from validation.benchmarks.growth import growth_table
from validation.benchmarks.inputs import LINER_LIB
from validation.benchmarks.measuring import ROOT
from validation.benchmarks.picture import write_picture
from validation.benchmarks.rows import DAYS_APART, Run, Samples, SkippedError

PAGE = ROOT / "docs/explanation/speed.md"
HEAD = ("work", "median", "min", "max", "samples", "at least", "aim", "reached", "commit")
SHORT = "not judged: short run"
SKIPPED = "skipped: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table: what is measured, and what it is to reach; less is better.

    `group` selects rows on the command line. `slowest` judges the largest sample, not the median.
    A row without bounds is only printed.
    """

    group: str
    title: str
    unit: str
    measure: Callable[[Run], Samples]
    at_least: float | None = None
    aim: float | None = None
    slowest: bool = False

    @property
    def name(self) -> str:
        """Title and unit, as the table shows them."""
        return f"{self.title}, {self.unit}"

    def judged(self, found: Samples) -> float:
        """Return the figure that is held against the bounds."""
        return max(found.figures) if self.slowest else statistics.median(found.figures)

    def verdict(self, found: Samples) -> str:
        """Return what the figure reaches; of a part of the work it can only be missed."""
        if self.at_least is None or self.aim is None:
            return "-"
        figure = self.judged(found)
        if figure > self.at_least:
            return "missed"
        if found.part:
            return SHORT
        return "aim" if figure <= self.aim else "at least"


SLOWEST_DAY = "`compare`, slowest day / median day of 2026"
ROWS = (
    Row(
        group="compare",
        title="`compare --out` / its fixed import line",
        unit="times",
        measure=rows.compare_to_imports,
        at_least=1.7,
        aim=1.2,
    ),
    Row(
        group="before",
        title="`compare --out` / that of an earlier commit",
        unit="times",
        measure=rows.compare_to_before,
    ),
    Row(
        group="memory",
        title="peak memory of `compare --out`",
        unit="MiB",
        measure=rows.compare_memory,
        at_least=220,
        aim=130,
    ),
    Row(
        group="route",
        title="`route` / searoute as a process",
        unit="times",
        measure=rows.route_to_searoute,
        at_least=1.8,
        aim=1.2,
    ),
    *(
        Row(
            group="days",
            title=f"{SLOWEST_DAY}: {destination}",
            unit="times",
            measure=measure,
            at_least=2.5,
            aim=1.5,
            slowest=True,
        )
        for destination, measure in (
            ("Hamburg", rows.slowest_day_to_hamburg),
            ("Genoa", rows.slowest_day_to_genoa),
            ("Gdansk", rows.slowest_day_to_gdansk),
        )
    ),
    Row(
        group="days",
        title="fronts of these days where routes may be missing",
        unit="fronts",
        measure=rows.cut_fronts,
        at_least=0,
        aim=0,
        slowest=True,
    ),
    Row(
        group="drawn",
        title="`compare`, any two cities on any day of 2026",
        unit="s",
        measure=rows.drawn_questions,
    ),
    Row(
        group="answer",
        title="warm answer, price moved",
        unit="ms",
        measure=rows.price_moved,
        at_least=100,
        aim=30,
    ),
    Row(
        group="answer",
        title="warm answer, date moved",
        unit="ms",
        measure=rows.date_moved,
        at_least=150,
        aim=80,
    ),
    Row(
        group="answer",
        title="warm answer, new destination",
        unit="ms",
        measure=rows.new_destination,
        at_least=250,
        aim=150,
    ),
    Row(
        group="batch",
        title="batch of 1,000 weekly scenarios over a year, 2 workers",
        unit="s",
        measure=rows.batch,
        at_least=60,
        aim=25,
    ),
    Row(
        group="plan",
        title="plan of 200 LINER-LIB pairs over 12 months",
        unit="s",
        measure=rows.plan_seconds,
        at_least=60,
        aim=20,
    ),
    Row(
        group="plan",
        title="peak memory of this plan",
        unit="GB",
        measure=rows.plan_memory,
        at_least=2,
        aim=1,
    ),
    Row(
        group="book",
        title="bookings of 200 LINER-LIB pairs over 12 months under 10 scenarios",
        unit="s",
        measure=rows.booking_seconds,
        at_least=1_800,
        aim=900,
    ),
    Row(
        group="book",
        title="peak memory of these bookings",
        unit="GB",
        measure=rows.booking_memory,
        at_least=2,
        aim=1.5,
    ),
    Row(
        group="pair",
        title="sea pair by id, warm / contraction hierarchy of scgraph",
        unit="times",
        measure=rows.pair_to_contraction,
        at_least=0.1,
        aim=0.02,
    ),
    Row(
        group="matrix",
        title="sea distances of 200 x 200 ports, first call",
        unit="s",
        measure=rows.first_matrix,
        at_least=0.3,
        aim=0.1,
    ),
    Row(
        group="own",
        title="`compare` on an own network of 5,000 terminals",
        unit="s",
        measure=rows.own_network,
        at_least=3,
        aim=2,
    ),
    Row(
        group="many",
        title="one origin to 200 destinations / one pair",
        unit="times",
        measure=rows.many_destinations,
        at_least=20,
        aim=5,
    ),
)
GROUPS = tuple(dict.fromkeys(row.group for row in ROWS))


def figure(value: float) -> str:
    """Return a figure >= 0 with about three digits, and whole numbers as they are."""
    if value == round(value) or value >= 100:
        return f"{value:,.0f}"
    digits = 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{digits}f}"


def line(row: Row, found: Samples, commit: str) -> str:
    """Return the line of a row; the figure that is judged is bold."""
    three = (statistics.median(found.figures), min(found.figures), max(found.figures))
    cells = [figure(value) for value in three]
    judged = 2 if row.slowest else 0
    cells[judged] = f"**{cells[judged]}**"
    ran = f" ({found.ran})" if found.ran else ""
    bounds = ["-" if bound is None else figure(bound) for bound in (row.at_least, row.aim)]
    count = f"{len(found.figures)}{ran}"
    return _line(row.name, *cells, count, *bounds, row.verdict(found), commit)


def skipped_line(row: Row, why: str, commit: str) -> str:
    """Return the line of a row that was not measured."""
    bounds = ["-" if bound is None else figure(bound) for bound in (row.at_least, row.aim)]
    return _line(row.name, "-", "-", "-", f"{SKIPPED}{why}", *bounds, "-", commit)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def lines_of(table: str) -> dict[str, str]:
    """Return the lines of a table by what is measured."""
    lines = re.findall(r"^\| .* \|$", table, re.MULTILINE)
    return {text.split(" | ")[0].removeprefix("| "): text for text in lines}


def block(found: Mapping[str, str], machine: str, *, page: str = "") -> str:
    """Return machine, table and summary.

    Lines of the page are kept if it names this machine and no new figure replaces them.
    """
    kept = lines_of(page) if f"\n{machine}\n" in page else {}
    skipped = {name: text for name, text in found.items() if SKIPPED in text}
    lines = {**skipped, **kept, **{name: found[name] for name in found if name not in skipped}}
    table = [lines[row.name] for row in ROWS if row.name in lines]
    head = [_line(*HEAD), f"|{'---|' * len(HEAD)}"]
    return "\n".join((machine, "", *head, *table, "", summary(table)))


def summary(table: Sequence[str]) -> str:
    """Return in words how many rows reach what, and which are missed."""
    reached = {text.split(" | ")[0].removeprefix("| "): text.split(" | ")[7] for text in table}
    counts = [
        f"{sum(word == verdict for verdict in reached.values())} {words}"
        for word, words in (("aim", "reach the aim"), ("at least", "reach the bound, not the aim"))
    ]
    missed = [name.rpartition(", ")[0] for name, verdict in reached.items() if verdict == "missed"]
    short = sum(verdict == SHORT for verdict in reached.values())
    text = f"Of {len(reached)} rows, {' and '.join(counts)}."
    if missed:
        text += f" Missed: {'; '.join(missed)}."
    if short:
        text += f" Not judged, because only a part was run: {short}."
    return text


def machine_words() -> str:
    """Return processor, cores, Python and operating system in one line."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        models = re.findall(r"^model name\s*: (.+)$", text, re.MULTILINE)
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        models, system = [], f"{platform.system()} {platform.release()}"
    model = models[0] if models else platform.processor() or platform.machine()
    return (
        f"Measured on {model}, {os.cpu_count()} cores, {platform.machine()}, with Python"
        f" {platform.python_version()} on {system}."
    )


def commit_word() -> str:
    """Return the short hash of the commit, with a + if the program differs from it."""

    def git(*arguments: str) -> str:
        return subprocess.check_output(["git", "-C", str(ROOT), *arguments], text=True).strip()

    paths = ("corridors", "configs", "geodata", "validation/benchmarks")
    changed = git("status", "--porcelain", "--untracked-files=no", "--", *paths)
    return git("rev-parse", "--short=7", "HEAD") + "+" * bool(changed)


def written(page: str, name: str, text: str) -> str:
    """Return a page with the text between the markers of a table replaced."""
    pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)"
    return re.sub(pattern, lambda m: f"{m[1]}\n{text}\n\n{m[2]}", page, count=1, flags=re.DOTALL)


def between(page: str, name: str) -> str:
    """Return the text between the markers of a table."""
    found = re.search(rf"<!-- {name}: [^\n]*-->\n(.*?)<!-- end of {name} -->", page, re.DOTALL)
    return found[1] if found else ""


def measured(groups: Sequence[str], run: Run) -> dict[str, str]:
    """Measure rows and return their lines; each is also printed once it is known.

    A group has a process of its own, so that what one leaves in memory slows no other down.
    """
    commit = commit_word()
    found = {}
    sys.stdout.write(f"{_line(*HEAD)}\n")
    for group, chosen in groupby(ROWS, key=lambda row: row.group):
        if group not in groups or (group == "before" and not run.before):
            continue
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            for row in chosen:
                try:
                    found[row.name] = line(row, alone.submit(row.measure, run).result(), commit)
                except SkippedError as skipped:
                    found[row.name] = skipped_line(row, str(skipped), commit)
                sys.stdout.write(f"{found[row.name]}\n")
                sys.stdout.flush()
    return found


def chosen_rows(text: str) -> tuple[str, ...]:
    """Return the groups of rows in a list such as `compare,route`."""
    groups = tuple(text.split(","))
    for group in groups:
        if group not in GROUPS:
            msg = f"unknown '{group}', use {', '.join(GROUPS)}"
            raise argparse.ArgumentTypeError(msg)
    return groups


def main() -> int:
    """Print the table, or how cost grows."""
    parser = argparse.ArgumentParser(
        prog="python -m validation.benchmarks.table", description=__doc__
    )
    add = parser.add_argument
    add("--rows", type=chosen_rows, default=GROUPS, help=f"some of {','.join(GROUPS)}")
    add("--whole", action="store_true", help="run the long forms: all days, scenarios and pairs")
    add("--grow", action="store_true", help="measure how cost grows instead")
    add("--before", default="", metavar="COMMIT", help="also compare with this commit")
    add("--days-apart", type=int, default=DAYS_APART, help="days between departures, short form")
    add("--liner-lib", type=Path, default=LINER_LIB, help="the folder of LINER-LIB")
    add("--write", action="store_true", help="write docs/explanation/speed.md")
    asked = parser.parse_args()
    run = Run(
        whole=asked.whole,
        days_apart=asked.days_apart,
        before=asked.before,
        liner_lib=asked.liner_lib,
    )
    page, machine = PAGE.read_text(encoding="utf-8"), machine_words()
    if asked.grow:
        name = "growth"
        text = "\n".join((f"{machine} Commit {commit_word()}.", "", *growth_table(run)))
    else:
        name = "table"
        found = measured(asked.rows, run)
        text = block(found, machine, page=between(page, name))
        sys.stdout.write(f"\n{summary([*found.values()])}\n{machine}\n")
    if asked.write:
        PAGE.write_text(written(page, name, text), encoding="utf-8")
        if asked.grow:
            write_picture(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
