"""Finding configuration files by path, or shipped ones by name, and their own data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from corridors.config.checks import Names, advice, nearest
from corridors.config.faults import Key, Node, place_of
from corridors.data.own import Overlay, shipped_overlay, source_at
from corridors.data.paths import configs_dir
from corridors.data.spreadsheets import MOST_BYTES
from corridors.domain.scenario import MustPass, OnConflict, OwnSource, Scenario
from corridors.errors import ConfigError
from corridors.files import STANDARD, read_whole, told_as

FOLDERS = {
    "scenario": "scenarios",
    "corridor": "corridors",
    "batch": "batches",
    "project": "projects",
    "plan": "plans",
}
Read = TypeVar("Read")


def find_file(path: Path | str, kind: str) -> tuple[Path, str]:
    """Return the file for a path or a shipped name, and its name in faults.

    Parameters
    ----------
    path
        A path, `-` for standard input, or the name of a shipped file without `.yaml`.
    kind
        Kind of file: a key of `FOLDERS`.

    Raises
    ------
    ConfigError
        There is no such file. The message suggests a shipped name.
    """
    file = Path(path)
    with told_as(str(path)[:200]):
        there = file == STANDARD or file.exists()
    if not there:
        folder = configs_dir() / FOLDERS[kind]
        shipped = {found.stem: found for found in sorted(folder.glob("*.yaml"))}
        if str(path) not in shipped:
            near = nearest(file.stem, shipped)
            does = f"did you mean '{near}'?" if near else f"shipped: {', '.join(shipped)}"
            msg = f"{str(path)[:200]}: no such {kind} file, {does}"
            raise ConfigError(msg)
        file = shipped[str(path)]
    return file, shown_as(file)


def read_named(
    names: Iterable[str], kind: str, *, known: Iterable[str], read: Callable[[Path, str], Read]
) -> list[Read]:
    """Return the contents of several files, in the order of their names.

    Parameters
    ----------
    names
        Names of shipped files, or paths that end in `.yaml`.
    kind
        Kind of file: a key of `FOLDERS`.
    known
        The names of the shipped files.
    read
        Reads a file, given its path and its name in faults.

    Raises
    ------
    ConfigError
        A name is unknown, or a file has faults. All faults of all files are listed.
    """
    faults: list[str] = []
    contents: list[Read] = []
    for name in names:
        own = name.endswith(".yaml")
        path = Path(name) if own else configs_dir() / FOLDERS[kind] / f"{name}.yaml"
        if not own and name not in known:
            faults.append(f"unknown {kind} '{name[:80]}', {advice(name, known)}")
            continue
        try:
            contents.append(read(path, shown_as(path)))
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(faults)
    return contents


def shown_as(path: Path) -> str:
    """Return a path as faults and outputs show it: shipped files relative to the installation."""
    root = configs_dir().parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


# Files to start from: a scenario, a batch, a corridor and a plan that run, with their comments.

FIRST_DAY = date(2026, 8, 20)
ENDS = ("Shanghai", "Hamburg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a new file is about: two places, a day, and for a corridor what it passes.

    `via` are the places that a corridor passes, in order.
    """

    origin: str = ENDS[0]
    destination: str = ENDS[1]
    departure: date = FIRST_DAY
    via: tuple[MustPass, ...] = ()

    @property
    def title(self) -> str:
        """The two places as a title."""
        return f"{self.origin} to {self.destination}"


def slug(text: str) -> str:
    """Return a text as a name of a file or an id: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "new"


def _said(text: str) -> str:
    """Return a text as YAML writes it on a line: in quotes where it needs them."""
    return yaml.safe_dump(text, allow_unicode=True, width=10_000).removesuffix("...\n").strip()


def scenario_text(start: Start, name: str) -> str:
    """Return the text of a scenario; `name` is that of the file, which a scenario does not need."""
    del name
    return f"""\
{_schema("scenario")}
# What should it cost and how long should it take? Run: corridors compare FILE
name: {_said(start.title)}
origin: {_said(start.origin)}          # a city, a UN/LOCODE, a terminal's id, or lon,lat
destination: {_said(start.destination)}
departure: {start.departure}        # the day the first vessel or train leaves
shipment:
  teu_per_month: 50
  equipment: 40HC            # 20GP, 40HC, 20RF or 40RF
  cargo: general             # sets weight and value; `corridors list cargo` has the others
  # value_of_time_usd_per_teu_day: 20   # what a day less is worth; else what the goods lose
corridors: all               # or some of them: [suez, cape, kazakhstan-khorgos]
objective: generalised       # cost and what the days are worth; or cost, days, co2e
# world: reference-open      # today's state without it; `corridors list worlds`
# limits:
#   max_days: 45             # from gate-in to gate-out
#   avoid: {{countries: [RU]}}
# overrides:
#   fuel.vlsfo_usd_per_t: 700   # your own price; `corridors list parameters` has their names
"""


def batch_text(start: Start, name: str) -> str:
    """Return the text of a batch of twelve scenarios."""
    return f"""\
{_schema("batch")}
# Twelve scenarios: six months in two worlds. Run: corridors batch FILE --out FOLDER
name: {_said(name)}
title: {_said(f"{start.title}: which corridor, month by month?")}
base: shanghai-europe        # a shipped scenario, or a file beside this one: my-scenario.yaml
set:                         # what all scenarios change in it; keys as in a scenario, with dots
  origin: {_said(start.origin)}
  destination: {_said(start.destination)}
  shipment.cargo: general
sweeps:                      # every combination is one scenario
  world: [current, reference-open]
  departure: {{from: {start.departure}, every: month, count: 6}}
  # overrides.fuel.vlsfo_usd_per_t: {{from: 400, to: 900, steps: 6}}
# variants:                  # changes that go together
#   - {{name: as it is}}
#   - {{name: expensive fuel, set: {{overrides.fuel.vlsfo_usd_per_t: 900}}}}
"""


def corridor_text(start: Start, name: str) -> str:
    """Return the text of a corridor through what `via` names, or round the Cape."""
    via = start.via or (MustPass(name="Cape of Good Hope", any_of=("gate-good-hope",)),)
    by_sea = all(one.any_of[0].startswith("gate-") for one in via)
    through = ", ".join(one.name for one in via)
    return f"""\
{_schema("corridor")}
# A way of your own. Run: corridors route {start.origin!r} {start.destination!r} --corridor FILE
# or name this file under `corridors:` in a scenario beside it.
id: {_said(slug(name))}
title: {_said(name.replace("-", " ").capitalize())}
colour: "#7a4fa3"            # of its line on the map
description: {_said(f"Through {through}.")}
main: {{services: [{"sea" if by_sea else "sea, rail"}]}}   # what carries it most of the way
must_pass:                   # in this order: gates and terminals by their ids
{chr(10).join(map(_passed, via))}
# must_avoid: [RU]           # countries, gates or terminals
"""


def _passed(one: MustPass) -> str:
    ids = one.any_of
    return f"  - {ids[0]}" if len(ids) == 1 else f"  - {{any_of: [{', '.join(ids)}]}}"


def plan_text(start: Start, name: str) -> str:
    """Return the text of a plan that assigns two flows of boxes to routes."""
    del name
    one, other = _said(start.origin), _said(start.destination)
    return f"""\
{_schema("plan")}
# Which boxes should go which way, all together at least cost? Run: corridors allocate FILE
name: {_said(f"{start.title}, both ways")}
first_month: {start.departure:%Y-%m}
months: 1
departures: [{min(start.departure.day, 28)}]             # days of each month on which boxes leave
objective: generalised       # cost and what the days are worth; or cost
corridors: all
capacity_share: 0.1          # of each listed capacity, what this plan may book
scenario: {{world: current}}
pairs:                       # a flow of boxes a line
  - {{origin: {one}, destination: {other}, cargo: general, teu_per_month: 500}}
  - {{origin: {other}, destination: {one}, cargo: general, teu_per_month: 200}}
# limits:
#   max_co2e_t: 900
#   max_share_gate: {{gate-suez: 0.6}}
"""


def _schema(kind: str) -> str:
    return f"# {kind.capitalize()} for the program `corridors`; lines that start with # do nothing."


STARTS: Mapping[str, tuple[Callable[[Start, str], str], str]] = MappingProxyType(
    {
        "scenario": (scenario_text, "corridors compare {file}"),
        "batch": (batch_text, "corridors batch {file} --out {stem}"),
        "corridor": (corridor_text, "corridors route {origin} {destination} --corridor {file}"),
        "plan": (plan_text, "corridors allocate {file}"),
    }
)
"""By kind: what returns the text of a file, and the command that runs it."""


def command_of(kind: str, start: Start, file: str) -> Sequence[str]:
    """Return the words of the command that runs a new file."""
    stem = file.rpartition("/")[2].rpartition(".")[0]
    ends = {"origin": start.origin, "destination": start.destination}
    return [part.format(file=file, stem=stem, **ends) for part in STARTS[kind][1].split()]


# The own data of a scenario, and the names they add.

DOOR_OSM = ("door", "osm")
CONTRACTS, SCHEDULES = "contracts", "schedules"
KEY, CONFLICT = "own_data", "on_conflict"
OPTION = "--own-data"
OPTIONS = {KEY: OPTION, CONTRACTS: "--contracts", SCHEDULES: "--schedules"}
MAX_EXTRACT_BYTES = 200_000_000


def with_own_data(node: Node, paths: Sequence[str], *, key: str = KEY) -> Node:
    """Return a scenario's tree with the own data, or other files, of the command line."""
    option = OPTIONS[key]
    entries = tuple(Node(0, value=path, origin=option) for path in paths)
    given = Node(0, entries=entries, origin=option)
    return replace(node, items={**(node.items or {}), key: given})


def own_sources(node: Node, *, shown: str) -> tuple[OwnSource, ...]:
    """Return the own data named in a scenario's tree, relative to its file's folder.

    Raises
    ------
    ConfigError
        With every path that does not exist or is too large.
    """
    return _sources(node, shown, (KEY,), lambda path: source_at(path, shown=str(path)))


def door_extracts(node: Node, *, shown: str) -> tuple[OwnSource, ...]:
    """Return the OpenStreetMap extracts under `door.osm`, relative to the file's folder.

    Raises
    ------
    ConfigError
        With every path that cannot be read.
    """
    return _sources(node, shown, DOOR_OSM, _file_of(MAX_EXTRACT_BYTES))


def listed_sources(node: Node, key: str, *, shown: str) -> tuple[OwnSource, ...]:
    """Return the files under `contracts` or `schedules`, relative to the file's folder.

    Raises
    ------
    ConfigError
        With every path that cannot be read.
    """
    return _sources(node, shown, (key,), _file_of(MOST_BYTES))


def _file_of(most: int) -> Callable[[Path], OwnSource]:
    """Return what makes a source of a file of so many bytes at most."""

    def source(path: Path) -> OwnSource:
        content = read_whole(path, shown=str(path), most=most)
        digest = hashlib.sha256(content).hexdigest()
        return OwnSource(name=path.name, sha256=digest, path=str(path))

    return source


def _sources(
    node: Node, shown: str, keys: tuple[str, ...], read: Callable[[Path], OwnSource]
) -> tuple[OwnSource, ...]:
    sources: list[OwnSource] = []
    faults: list[str] = []
    for path, start in _paths(node, shown, keys):
        try:
            sources.append(read(path))
        except ConfigError as error:
            faults.extend(f"{start}{fault}" for fault in error.faults)
    if faults:
        raise ConfigError(faults)
    return tuple(sources)


def _paths(node: Node, shown: str, keys: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield the paths under a key with the prefix of their faults; skip values that are no text."""
    given: Node | None = node
    for name in keys:
        given = (given.items or {}).get(name) if given is not None else None
    if given is None:
        return
    entries = given.entries if given.entries is not None else (given,)
    for number, entry in enumerate(entries):
        if not isinstance(entry.value, str) or not entry.value or "\0" in entry.value:
            continue
        at: Key = (*keys, number) if given.entries is not None else keys
        folder = Path() if entry.origin in OPTIONS.values() else Path(shown).parent
        yield folder / entry.value, place_of(node, at, shown=shown)[1]


def names_for(node: Node, names: Names, *, shown: str) -> Names:
    """Return the names that a scenario's tree may use, including those of its own data.

    Raises
    ------
    ConfigError
        With every fault of the own data.
    """
    sources = own_sources(node, shown=shown)
    if not sources:
        return names
    rule = (node.items or {}).get(CONFLICT)
    last = rule is not None and rule.value == OnConflict.LAST
    return Names(_combined(sources, OnConflict.LAST if last else OnConflict.ERROR))


def overlay_for(scenario: Scenario) -> Overlay:
    """Return the network and rates of a scenario: the shipped ones plus its own data.

    Raises
    ------
    ConfigError
        The own data cannot be read, or they contradict each other.
    """
    return _combined(scenario.own_data, scenario.on_conflict)


def _combined(sources: Sequence[OwnSource], on_conflict: OnConflict) -> Overlay:
    if not sources:
        return shipped_overlay()
    # What reads own files takes a twentieth of a command's imports.
    from corridors.data.own.combine import overlay_of

    return overlay_of(sources, on_conflict=on_conflict)
