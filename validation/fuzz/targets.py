"""What is fuzzed: every loader with a source of inputs, the command line, Python functions."""

from __future__ import annotations

import atexit
import io
import json
import random
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import corridors
from corridors.checks import check_files
from corridors.cli.arguments import refuse_arguments
from corridors.cli.main import command_line
from corridors.config import load_corridor_file, load_projects, load_scenario
from corridors.config.batch_files import csv_pairs, load_batch
from corridors.config.faults import read_text, read_yaml
from corridors.config.plan import load_plan
from corridors.data.geodata import load_sea_labels, read_hub_labels
from corridors.data.own import source_at
from corridors.data.own.combine import overlay_of
from corridors.domain.scenario import OnConflict
from corridors.errors import LONGEST_FAULT, UNPRINTABLE, CorridorsError
from corridors.exchange.from_osm import _gauges
from corridors.exchange.network_files import graphml_text, own_tables, read_gmns, read_graphml
from corridors.network.land.osm import read_extract, xml_of
from corridors.network.locate import locate
from corridors.server.guard import Reply, problem_of
from corridors.server.questions import scenario_of
from corridors.server.workers import Question
from corridors.studies.batch.folder import _whole
from corridors.studies.batch.scenarios import JOURNAL, read_journal
from corridors.studies.diff.batches import SUMMARY, compare_batches, sentences
from corridors.studies.diff.ends import read_result
from tests.server.asking import Here, client_of
from validation.fuzz import seeds
from validation.fuzz.mutators import (
    NASTY,
    arguments_changed,
    bytes_changed,
    database_changed,
    table_changed,
    text_changed,
    tree_changed,
    tree_text,
    xml_changed,
)
from validation.fuzz.pbf_blocks import block, dense, packed, roads

Made = tuple[Any, bool]
# Two of three inputs are valid ones changed in their structure.
BYTES_SHARE = 0.3
DENSE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Target:
    """A loader: `make` draws an input and says whether its structure was changed, `run` loads it.

    `file` is the name under which the input is written; without one it is handed on as it is.
    `share` is the time it gets compared with the others: half of it where an input takes long.
    """

    name: str
    make: Callable[[random.Random], Made]
    run: Callable[[Any], object]
    file: str = ""
    share: float = 1.0


def of_trees(pool: list[Any], **fixed: Any) -> Callable[[random.Random], Made]:
    """Return a source of YAML texts: changed trees, at times with changed bytes instead."""

    def make(draw: random.Random) -> Made:
        tree = draw.choice(pool)
        if draw.random() < BYTES_SHARE:
            change = text_changed if draw.random() < 0.5 else bytes_changed
            return change(tree_text(tree, draw), draw), False
        made = tree_changed(tree, draw, words=seeds.words(), others=pool)
        if fixed and isinstance(made, dict) and draw.random() < 0.9:
            made |= fixed
        return tree_text(made, draw), True

    return make


def of_table(rows: list[list[str]]) -> Callable[[random.Random], Made]:
    """Return a source of CSV texts."""

    def make(draw: random.Random) -> Made:
        made = table_changed(rows, draw, words=seeds.words())
        return (bytes_changed(made, draw), False) if draw.random() < BYTES_SHARE else (made, True)

    return make


def of_lines(lines: list[str]) -> Callable[[random.Random], Made]:
    """Return a source of XML texts."""

    def make(draw: random.Random) -> Made:
        if draw.random() < BYTES_SHARE:
            return bytes_changed("\n".join(lines).encode(), draw), False
        return xml_changed(lines, draw, words=seeds.words()), True

    return make


def of_geopackages(draw: random.Random) -> Made:
    """Draw a GeoPackage."""
    if draw.random() < BYTES_SHARE:
        return bytes_changed(GEOPACKAGE, draw), False
    return database_changed(GEOPACKAGE, draw, words=seeds.words()), True


def of_pbf(draw: random.Random) -> Made:
    """Draw a PBF file: at times a small one with blocks that unpack to much."""
    if draw.random() > DENSE_SHARE:
        return bytes_changed(PBF, draw), False
    size = draw.choice((9, 9_000, 60_000, 5_000_000))
    made = draw.choice((dense(size // 3), roads(size // 30), packed(size)))
    return PBF + block(made) * draw.choice((1, 2, 9)), True


def of_journals(draw: random.Random) -> Made:
    """Draw a journal."""
    lines = [
        record
        if draw.random() < 0.5
        else tree_changed(record, draw, words=seeds.words(), others=RECORDS)
        for record in RECORDS
    ]
    draw.shuffle(lines) if draw.random() < 0.2 else None
    text = "".join(json.dumps(line, default=str) + "\n" for line in lines).encode(
        "utf-8", "replace"
    )
    return (bytes_changed(text, draw), False) if draw.random() < BYTES_SHARE else (text, True)


def of_labels(draw: random.Random) -> Made:
    """Draw hub labels."""
    return bytes_changed(LABELS, draw), False


def of_questions(draw: random.Random) -> Made:
    """Draw a question to the server: an address and a body."""
    address = draw.choice(list(QUESTIONS))
    body = QUESTIONS[address]
    if draw.random() < BYTES_SHARE:
        return (address, bytes_changed(json.dumps(body).encode(), draw)), False
    made = tree_changed(body, draw, words=seeds.words(), others=[*QUESTIONS.values(), *EVERY])
    # NaN and Infinity are written as Python writes them, which is no JSON.
    return (address, json.dumps(made, default=str).encode()), True


def of_results(draw: random.Random) -> Made:
    """Draw a `comparison.json`."""
    if draw.random() < BYTES_SHARE:
        return bytes_changed(seeds.comparison().encode(), draw), False
    made = tree_changed(RESULT, draw, words=seeds.words(), others=[RESULT])
    return json.dumps(made, default=str).encode("utf-8", "replace"), True


def of_gmns(draw: random.Random) -> Made:
    """Draw the tables of a GMNS network, of which one is changed."""
    return of_folder(
        {"node.csv": seeds.NODES, "link.csv": seeds.LINKS, "config.csv": seeds.CONFIG}, draw
    )


def of_own_folders(draw: random.Random) -> Made:
    """Draw a folder of own data, of which a table is changed."""
    tables = {"terminals.csv": seeds.TERMINALS, "legs.csv": seeds.LEGS, "rates.csv": seeds.RATES}
    return of_folder(tables, draw)


def of_folder(tables: dict[str, list[list[str]]], draw: random.Random) -> Made:
    """Draw a folder of tables, of which one is changed."""
    chosen = draw.choice(list(tables))
    made: dict[str, bytes] = {}
    structure = True
    for name, rows in tables.items():
        made[name] = "\n".join(",".join(map(seeds.quoted, row)) for row in rows).encode()
        if name == chosen:
            made[name], structure = of_table(rows)(draw)
    return made, structure


def of_places(draw: random.Random) -> Made:
    """Draw the name of a place."""
    if draw.random() < 0.3:
        return str(draw.choice(NASTY)), True
    text = draw.choice(PLACES)
    made = bytes_changed(text.encode(), draw).decode("utf-8", "replace")
    return made, False


def of_arguments(draw: random.Random) -> Made:
    """Draw the arguments of a command."""
    return arguments_changed(draw.choice(COMMANDS), draw, words=seeds.words()), True


def of_calls(draw: random.Random) -> Made:
    """Draw the arguments of a Python function."""
    values = [str(draw.choice((*NASTY, *seeds.words()[:60]))) for _ in range(2)]
    keys = (
        "origin",
        "name",
        "limits.max_days",
        "limits.avoid.gates",
        "world",
        "overrides.port.thc",
    )
    more = ("shipment", "overrides.x@y", values[0], "a.b.c.d.e.f.g.h.i")
    assignments = [
        draw.choice((f"{key}={value}", f"{key}=[{value}]", f"{key}={{{value}: 1}}", value))
        for key in draw.choices((*keys, *more), k=2)
        for value in draw.choices(values, k=1)
    ]
    made = (draw.choice(CALLS), values, assignments)
    return made, True


def run_call(given: tuple[str, list[str], list[str]]) -> None:
    """Call a function of the package up to where it has read what it was given."""
    name, values, assignments = given
    if name == "scenario":
        load_scenario(values[0], set_values=assignments)
    elif name == "set":
        load_scenario("shanghai-europe", set_values=assignments, departure=date(2026, 8, 20))
    elif name == "distances":
        corridors.sea_distance(values[0], "NLRTM")
    elif name == "plan":
        load_plan("allocate-moscow-kazan", set_values=assignments)
    elif name == "own":
        load_scenario("shanghai-europe", own_data=[values[0]])
    else:
        load_plan(values[0], command="invest", set_values=assignments)


def run_arguments(arguments: list[str]) -> None:
    """Parse arguments as the command line does, up to where the command would begin."""
    refuse_arguments(arguments)
    if COMMAND_LINE[0] is None:
        import typer

        COMMAND_LINE[0] = typer.main.get_command(command_line())
    command = COMMAND_LINE[0]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            with command.make_context("corridors", arguments) as context:
                left = [*context._protected_args, *context.args]
                name, inner, rest = (
                    command.resolve_command(context, left) if left else (*[None] * 3,)
                )
                if inner is not None:
                    inner.make_context(name, rest, parent=context)
        except (RuntimeError, USAGE):  # `Exit` after --help, or a fault of the command line
            return


def run_own(path: Path) -> None:
    """Read own data and lay them over the network."""
    overlay_of([source_at(path, shown=path.name)])


def run_pairs(path: Path) -> None:
    """Read the pairs of a batch."""
    list(csv_pairs(read_text(path, shown=path.name), shown=path.name))


def run_summary(path: Path) -> None:
    """Compare the summary of a batch with another, and say what changed."""
    sentences(compare_batches(path.parent, OWN.parent / "batch"))


def run_several(path: Path) -> None:
    """Read a folder of own data over another one, with and without a fault where they differ."""
    sources = [source_at(place, shown=place.name) for place in (OWN, path)]
    with suppress(CorridorsError):
        overlay_of(sources)
    overlay_of(sources, on_conflict=OnConflict.LAST)


def run_osm(path: Path) -> None:
    """Read an extract of tracks and one of roads, and write what osmnx is given."""
    for kind in ("rail", "road"):
        try:
            extract = read_extract(path, kind=kind)
        except CorridorsError:
            continue
        xml_of(extract)
        for way in extract.ways:
            _gauges(way.tags.get("gauge", ""))
    read_extract(path, kind="rail")


def run_network(read: Callable[[Path], Any]) -> Callable[[Path], None]:
    """Return what reads a network and makes own tables of it."""

    def run(path: Path) -> None:
        found = read(path)
        own_tables(found, source="x")
        if {end for link in found.links for end in (link.from_id, link.to_id)} <= {
            node.id for node in found.nodes
        }:
            graphml_text(found)

    return run


def run_journal(path: Path) -> None:
    """Read a journal and look for the files of its chunks."""
    folder = path.parent
    header, entries = read_journal(folder)
    whole = seeds.journal_lines()[0]
    if header == whole:
        for entry in entries.values():
            _whole(folder, entry, whole)


def run_labels(path: Path) -> None:
    """Read hub labels; what is read must be whole, or nothing."""
    labels = load_sea_labels(path.parent)
    if labels.row and (dict(labels.row), labels.closed) != seeds.LABELLED:
        msg = "other places"
        raise AssertionError(msg)
    for gates in labels.closed:
        arrays = read_hub_labels(labels, gates)
        if arrays is not None and [array.tolist() for array in arrays] != seeds.LABEL_ARRAYS:
            msg = "other labels"
            raise AssertionError(msg)


class Reading(Here):
    """Answers as a worker does, but only reads the scenario of what would take long."""

    def ask(self, question: Question) -> Future[Reply]:
        """Answer a question, or end it with an empty answer."""
        if question.kind in ("scenario", "distances"):
            return super().ask(question)
        try:
            if (values := question.given.get("scenario")) is not None:
                scenario_of(values, own=self.answers.own, names=self.answers.names)
            question.end(Reply(body=b"{}"))
        except CorridorsError as error:
            question.end(problem_of(error))
        return question.reply


@cache
def _client() -> Any:
    return client_of(Reading())


def run_question(given: tuple[str, bytes]) -> None:
    """Ask the application, which may answer or refuse, with a sentence; an error is raised."""
    address, body = given
    got = _client().post(address, content=body, headers={"content-type": "application/json"})
    if got.status_code >= 400:
        raise CorridorsError(got.json()["detail"])


def run_check(path: Path) -> None:
    """Check a file of any kind."""
    _, faults = check_files([path])
    for fault in faults:
        if len(fault) > LONGEST_FAULT or UNPRINTABLE.search(fault):
            msg = f"a fault of {len(fault)} characters, or that cannot be printed"
            raise AssertionError(msg)


USAGE = __import__("typer").BadParameter.__mro__[2]
COMMAND_LINE: list[Any] = [None]
GEOPACKAGE = seeds.geopackage()
PBF = seeds.pbf()
RECORDS = seeds.journal_lines()
RESULT = json.loads(seeds.comparison())
PLACES = (
    "Shanghai",
    "Brest, FR",
    "NLRTM",
    "121.5,31.2",
    "8.68E,50.11N",
    "city-de-hamburg",
    "Xi'an",
)
CALLS = ("scenario", "set", "distances", "plan", "own", "invest")
COMMANDS = (
    ["compare", "shanghai-europe", "--set", "limits.max_days=40", "--departure", "2026-08-20"],
    ["catchments", "shanghai-europe", "--in", "PL"],
    ["route", "Chongqing", "Duisburg", "--corridor", "kazakhstan-dostyk", "--service", "rail"],
    ["distances", "Shanghai", "Rotterdam", "--avoid", "gate-suez", "--format", "json"],
    ["diff", "shanghai-europe", "shanghai-kaliningrad", "--corridor", "suez"],
    ["explain", "shanghai-europe", "suez"],
    ["season", "northern-sea-route", "--ice-class", "Arc4", "--year", "2024"],
    ["stress", "shanghai-europe", "--kinds", "gates"],
    ["batch", "red-sea-and-arctic", "--out", "x", "--workers", "2", "--dry-run"],
    ["allocate", "allocate-eurasia-2026"],
    ["invest", "invest-eurasia"],
    ["check", "s.yaml"],
    ["schema", "scenario"],
    ["list", "corridors", "--format", "json"],
    ["network", "import", "mine", "--out", "own"],
)
OWN = Path(tempfile.mkdtemp()) / "own"
OWN.mkdir()
for _name, _rows in {
    "terminals.csv": [[cell.replace("43.9", "43.8") for cell in row] for row in seeds.TERMINALS],
    "legs.csv": [[cell.replace("900", "910") for cell in row] for row in seeds.LEGS],
    "rates.csv": [[cell.replace("600", "610") for cell in row] for row in seeds.RATES],
}.items():
    (OWN / _name).write_text("\n".join(",".join(map(seeds.quoted, row)) for row in _rows))
(OWN.parent / "batch").mkdir()
(OWN.parent / "batch" / SUMMARY).write_text("\n".join(map(",".join, seeds.SUMMARY)))
atexit.register(shutil.rmtree, OWN.parent, ignore_errors=True)
OWN_SCENARIO = {
    **seeds.FULL_SCENARIO,
    "own_data": [str(OWN)],
    "on_conflict": "last",
    "scope": "door",
    "origin": "24.93,60.17",
    "door": {"osm": [str(seeds.OSM_FOLDER / "helsinki-roads.osm")]},
}
SCENARIOS = [*[OWN_SCENARIO] * 3, *seeds.trees("scenarios"), *[seeds.FULL_SCENARIO] * 10]
(OWN.parent / "pairs.csv").write_text("origin,destination,name\nShanghai,Hamburg,x\n")
FROM_FILE = {"base": "shanghai-europe", "sweeps": {"pairs": {"csv": str(OWN.parent / "pairs.csv")}}}
BATCHES = [FROM_FILE, *seeds.trees("batches"), *[seeds.FULL_BATCH] * 2, *seeds.small_batches()]
DESIGNS = [tree for tree in seeds.trees("plans") if {"services", "propose"} & set(tree)]
BOOKINGS = [tree for tree in seeds.trees("plans") if "contracts" in tree]
WORKS = [tree for tree in seeds.trees("plans") if "budget_usd_m" in tree]
PLANS = [tree for tree in seeds.trees("plans") if tree not in [*DESIGNS, *BOOKINGS, *WORKS]]
CORRIDORS = [{**tree, "id": "a"} for tree in seeds.trees("corridors")]
PROJECTS = [{**tree, "id": "a"} for tree in seeds.trees("projects")]
EVERY = [*SCENARIOS, *BATCHES, *PLANS, *WORKS, *DESIGNS, *BOOKINGS, *CORRIDORS, *PROJECTS]
# What the server is asked, by address.
QUESTIONS: dict[str, Any] = {
    "/api/compare?part=figures": {"scenario": seeds.FULL_SCENARIO},
    "/api/route": {
        "scenario": {
            "origin": "Busan",
            "destination": "Lodz",
            "departure": "2026-08-20",
            "shipment": {"teu_per_month": 1},
        },
        "via": ["gate-suez"],
    },
    "/api/explain": {"scenario": seeds.FULL_SCENARIO, "corridor": "suez"},
    "/api/simulate": {"scenario": seeds.FULL_SCENARIO, "count": 100, "seed": 2, "by": "2026-10-01"},
    "/api/breakeven": {"scenario": seeds.FULL_SCENARIO, "over": "port.thc", "first": 1, "last": 9},
    "/api/phase": {"scenario": seeds.FULL_SCENARIO, "x": "port.thc", "y": "value_of_time"},
    "/api/catchments": {"scenario": seeds.FULL_SCENARIO, "to": ["Lodz"], "countries": ["DE"]},
    "/api/distances": {"places": ["Shanghai", "NLRTM", "4.0,51.9"], "avoid": ["gate-suez"]},
    "/api/season": {"corridor": "northern-sea-route", "ice_class": "Arc4", "year": "2024"},
    "/api/files/options.csv?months=true": {"scenario": seeds.FULL_SCENARIO},
    "/api/scenario": {"scenario": seeds.FULL_SCENARIO},
    "/api/scenario?yaml": {"yaml": tree_text(seeds.FULL_SCENARIO, random.Random(1)).decode()},
}
LABELS = seeds.sea_labels()

TARGETS = (
    Target("yaml", of_trees(EVERY), read_yaml, "a.yaml"),
    Target("scenario", of_trees(SCENARIOS), load_scenario, "a.yaml"),
    Target("corridor", of_trees(CORRIDORS, id="a"), load_corridor_file, "a.yaml"),
    Target(
        "project", of_trees(PROJECTS, id="a"), lambda path: load_projects([str(path)]), "a.yaml"
    ),
    Target("plan", of_trees(PLANS), load_plan, "a.yaml", share=0.5),
    Target(
        "investment", of_trees(WORKS), partial(load_plan, command="invest"), "a.yaml", share=0.5
    ),
    Target("design", of_trees(DESIGNS), partial(load_plan, command="design"), "a.yaml", share=0.5),
    Target("booking", of_trees(BOOKINGS), partial(load_plan, command="book"), "a.yaml", share=0.5),
    Target("batch", of_trees(BATCHES), load_batch, "a.yaml", share=0.5),
    Target("check", of_trees(EVERY), run_check, "a.yaml", share=0.5),
    Target("pairs.csv", of_table(seeds.PAIRS), run_pairs, "pairs.csv"),
    Target("terminals.csv", of_table(seeds.TERMINALS), run_own, "terminals.csv"),
    Target("legs.csv", of_table(seeds.LEGS), run_own, "legs.csv"),
    Target("rates.csv", of_table(seeds.RATES), run_own, "rates.csv"),
    Target("own folder", of_own_folders, run_several, "own"),
    Target("geopackage", of_geopackages, run_own, "a.gpkg"),
    Target("graphml", of_lines(seeds.graphml_lines()), run_network(read_graphml), "a.graphml"),
    Target("gmns", of_gmns, run_network(read_gmns), "gmns"),
    Target("osm", of_lines(seeds.osm_lines()), run_osm, "a.osm"),
    Target("pbf", of_pbf, run_osm, "a.osm.pbf"),
    Target("comparison.json", of_results, read_result, "comparison.json", share=0.5),
    Target("summary.csv", of_table(seeds.SUMMARY), run_summary, SUMMARY),
    Target("journal", of_journals, run_journal, JOURNAL),
    Target("labels", of_labels, run_labels, "sea_labels.npz", share=0.5),
    Target("questions", of_questions, run_question),
    Target("places", of_places, locate, share=0.5),
    Target("arguments", of_arguments, run_arguments),
    Target("functions", of_calls, run_call, share=0.5),
)
