"""The scenarios of a batch by number, and the inputs that their answers depend on."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

from corridors.config import fault, load_corridors
from corridors.config.batch_files import BATCH_FILE, PAIR, VARIANT, Batch, Key, shown_value
from corridors.config.checks import Names
from corridors.config.config_files import names_for, overlay_for
from corridors.config.faults import validate
from corridors.config.models import ScenarioModel
from corridors.config.scenario import override_faults, to_scenario
from corridors.data.parameters import load_parameters
from corridors.data.paths import configs_dir, data_root
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import (
    MOST_SHOWN,
    ConfigError,
    CorridorsError,
    OptionError,
    PlaceError,
    faults_of,
)
from corridors.files import each_key_once
from corridors.network.locate import locate
from corridors.output.store import hash_folder, pack_version, scenario_record
from corridors.version import __version__

# The journal of a batch, which makes it resumable: its inputs and the chunks that are done.

JOURNAL = "batch.journal"
UNFINISHED = ".writing"
FORMAT = 1

Header = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A chunk that is done, with the `sha256` of its files by table."""

    chunk: int
    ran: int
    failed: int
    sha256: Mapping[str, str]

    @property
    def line(self) -> str:
        """The entry as a line of the journal."""
        return json.dumps(asdict(self), sort_keys=True) + "\n"


def read_journal(folder: Path) -> tuple[Header, dict[int, Entry]]:
    """Return the header of a folder's journal, and its entries by chunk.

    Raises
    ------
    ConfigError
        There is no journal, or it has another format.
    """
    path = folder / JOURNAL
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}; is {folder} the folder of a batch?"
        raise ConfigError(msg) from error
    records = []
    for line in content.splitlines(keepends=True):
        record = record_of(line)
        if record is None:
            break
        records.append(record)
    if not records or records[0].get("format") != FORMAT:
        msg = f"{path}:1: not the journal of a batch of this version, give another folder"
        raise ConfigError(msg)
    entries = (entry_of(record) for record in records[1:])
    return records[0], {entry.chunk: entry for entry in entries if entry is not None}


def record_of(line: bytes) -> dict[str, object] | None:
    """Return the object of a line, None if the line is incomplete."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line, object_pairs_hook=each_key_once)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def entry_of(record: Mapping[str, object]) -> Entry | None:
    """Return the entry of a line's object, None if a field is missing."""
    chunk, ran, failed, sums = (record.get(key) for key in ("chunk", "ran", "failed", "sha256"))
    if not (isinstance(chunk, int) and isinstance(ran, int) and isinstance(failed, int)):
        return None
    if not isinstance(sums, dict):
        return None
    return Entry(chunk=chunk, ran=ran, failed=failed, sha256=sums)


def begin_journal(folder: Path, header: Header, entries: Mapping[int, Entry]) -> None:
    """Write a new journal with the header and the entries, atomically."""
    lines = [json.dumps(header, sort_keys=True) + "\n"]
    lines += [entries[chunk].line for chunk in sorted(entries)]
    write_whole(folder / JOURNAL, "".join(lines).encode())


def add_entry(folder: Path, entry: Entry) -> None:
    """Append an entry and wait for the disk."""
    with (folder / JOURNAL).open("ab") as stream:
        stream.write(entry.line.encode())
        stream.flush()
        os.fsync(stream.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, wait for the disk, and rename it."""
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait for the disk to store the names in a folder, if the system allows it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows cannot open folders
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


MAX_SCENARIOS = 20_000
MAX_CHUNK = 25
FEWEST_CHUNKS = 40
BUDGET_S = 60.0
# Keys that determine the network. Scenarios with the same network run one after the other.
STRUCTURAL = ("origin", "destination", PAIR, "services", "corridors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The scenarios of a batch, numbered with the last key varying fastest.

    Scenarios are made from their numbers, so 20,000 take no more memory than ten. A scenario that
    takes longer than `budget_s` seconds fails; of each worker's first, five times as long.
    """

    batch: Batch
    budget_s: float = BUDGET_S

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of choices of each key."""
        return tuple(len(key.choices) for key in self.batch.keys)

    @property
    def count(self) -> int:
        """The number of scenarios."""
        return prod(self.sizes)

    @property
    def chunk_size(self) -> int:
        """The number of scenarios per chunk, independent of the number of workers."""
        return max(1, min(MAX_CHUNK, -(-self.count // FEWEST_CHUNKS)))

    @property
    def chunks(self) -> int:
        """The number of chunks."""
        return -(-self.count // self.chunk_size)

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the keys in the order of running: those that determine the network first."""
        keys = range(len(self.batch.keys))
        return tuple(sorted(keys, key=lambda i: self.batch.keys[i].key not in STRUCTURAL))

    def choices(self, number: int) -> tuple[int, ...]:
        """Return a scenario's choice for each key, from 0."""
        return choices_of(number, self.sizes)

    def number(self, choices: Sequence[int]) -> int:
        """Return the number of the scenario with these choices."""
        return number_of(choices, self.sizes)

    def members(self, chunk: int) -> tuple[int, ...]:
        """Return the scenarios of a chunk, in the order of running."""
        first = chunk * self.chunk_size
        return tuple(
            self._computed_at(position)
            for position in range(first, min(first + self.chunk_size, self.count))
        )

    def _computed_at(self, position: int) -> int:
        order = self.order
        ordered = choices_of(position, [self.sizes[i] for i in order])
        choices = [0] * len(order)
        for i, choice in zip(order, ordered, strict=True):
            choices[i] = choice
        return self.number(choices)

    def name(self, number: int) -> str:
        """Return the name of a scenario: its choices for the keys that vary."""
        parts = [
            key.choices[choice].shown
            for key, choice in zip(self.batch.keys, self.choices(number), strict=True)
            if len(key.choices) > 1
        ]
        return ", ".join(parts) if parts else self.batch.name

    def scenario(self, number: int, *, names: Names) -> Scenario:
        """Return a scenario.

        Raises
        ------
        ConfigError
            Its values do not make a valid scenario.
        """
        scenario = self.batch.scenario(self.choices(number), names=names)
        return replace(scenario, name=self.name(number))


def choices_of(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the digits of a number in the mixed radix `sizes`."""
    digits = []
    for size in reversed(sizes):
        number, digit = divmod(number, size)
        digits.append(digit)
    return tuple(reversed(digits))


def number_of(choices: Sequence[int], sizes: Sequence[int]) -> int:
    """Return the number with the digits `choices` in the mixed radix `sizes`."""
    number = 0
    for choice, size in zip(choices, sizes, strict=True):
        number = number * size + choice
    return number


def make_plan(
    batch: Batch, *, max_scenarios: int = MAX_SCENARIOS, budget_s: float = BUDGET_S
) -> Plan:
    """Return the plan of a batch, with places and overrides checked.

    Raises
    ------
    ConfigError
        There are more than `max_scenarios`, or a place or the scope of an override is unknown.
    """
    plan = Plan(batch=batch, budget_s=budget_s)
    if plan.count > max_scenarios:
        sizes = " x ".join(str(size) for size in plan.sizes)
        msg = (
            f"{batch.shown}: sweeps: {sizes} = {plan.count:,} scenarios, at most"
            f" {max_scenarios:,}; take fewer values or raise `max_scenarios`"
        )
        raise OptionError(msg)
    faults = list(dict.fromkeys(unknown(plan)))
    if faults:
        raise ConfigError(faults)
    return plan


def unknown(plan: Plan) -> list[str]:
    """Return the faults of places and overrides that the tables do not have."""
    names = Names()
    found: list[str] = []
    places: set[tuple[str, str]] = set()
    rows: set[frozenset[tuple[str, str | None]]] = set()
    for choices in plan.batch.one_by_one(touches):
        scenario = plan.batch.scenario(choices, names=names)
        for key in ("origin", "destination"):
            place = getattr(scenario, key)
            if (key, place) not in places:
                places.add((key, place))
                found.extend(place_faults(scenario, key, advised=len(found) < MOST_SHOWN))
        replaced = frozenset((row.parameter, row.scope) for row in scenario.overrides)
        if replaced not in rows:
            rows.add(replaced)
            found.extend(override_faults(scenario))
    return found


def touches(key: Key) -> bool:
    """Return whether a key changes a place or the set of overrides."""
    return bool(key.heads & {"origin", "destination"}) or (
        key.key == VARIANT and "overrides" in key.heads
    )


def place_faults(scenario: Scenario, key: str, *, advised: bool = True) -> list[str]:
    """Return the faults of the place under a key of a scenario, with a similar name if advised."""
    try:
        locate(getattr(scenario, key), overlay_for(scenario).terminals, advised=advised)
    except PlaceError as error:
        return [fault(scenario, key, str(error))]
    except CorridorsError as error:
        return list(faults_of(error))
    return []


_LIBRARIES = ("numpy", "numba", "ortools", "pyarrow", "pydantic", "scipy", "xlsxwriter")


def shipped_inputs() -> dict[str, str]:
    """Return versions by name, and SHA-256 of the shipped data and configuration."""
    return {
        "corridors": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version(name) for name in _LIBRARIES},
        **pack_version(),
        "geodata_sha256": hash_folder(data_root() / "network"),
        "parameters_sha256": hash_folder(data_root() / "parameters"),
        "corridors_sha256": hash_folder(configs_dir() / "corridors"),
        "projects_sha256": hash_folder(configs_dir() / "projects"),
    }


def header_of(plan: Plan) -> dict[str, object]:
    """Return the first line of the journal: the batch and its inputs."""
    batch = plan.batch
    texts = {
        f"{name}_sha256": hashlib.sha256(text.encode()).hexdigest()
        for name, text in batch.files.items()
    }
    first = plan.scenario(0, names=Names())
    own = {f"own data {source.name}": source.sha256 for source in first.own_data}
    return {
        "format": FORMAT,
        "name": batch.name,
        "title": batch.title,
        "objective": first.objective.value,
        "count": plan.count,
        "chunk_size": plan.chunk_size,
        "keys": [
            {"key": key.key, "values": [choice.shown for choice in key.choices]}
            for key in batch.keys
        ],
        "corridors": [
            {"id": corridor.id, "title": corridor.title, "colour": corridor.colour}
            for corridor in corridors_of(plan)
        ],
        "base": base_values(plan),
        "variants": batch.variants,
        "text": batch.files[BATCH_FILE],
        "command": command_of(plan),
        "inputs": {**shipped_inputs(), **texts, **own},
    }


def command_of(plan: Plan) -> str:
    """Return the command that runs the batch again, without local folders."""
    file = Path(plan.batch.shown)
    shipped = file.parent.as_posix() == "configs/batches"
    # A batch that a program gives is in no file; its text is in the report.
    own = file.name if file.suffix else "batch.yaml"
    name = shlex.quote(file.stem if shipped else own)
    more = f" --max {plan.count}" if plan.count > MAX_SCENARIOS else ""
    return f"corridors batch {name} --out DIR{more}"


def corridors_of(plan: Plan) -> tuple[Corridor, ...]:
    """Return every corridor named by any scenario, once each."""
    names = Names()
    found: dict[str, Corridor] = {}
    for choices in plan.batch.one_by_one(lambda key: "corridors" in key.heads):
        scenario = plan.batch.scenario(choices, names=names)
        found |= {
            corridor.id: corridor
            for corridor in load_corridors(scenario.corridors, names=Names(overlay_for(scenario)))
        }
    return tuple(found.values())


def base_values(plan: Plan) -> dict[str, str]:
    """Return the values of the base scenario, with what the batch sets, as text by dotted key.

    Parameters that only the batch replaces have the values of the tables.
    """
    batch = plan.batch
    try:
        names = names_for(batch.start, Names(), shown=batch.base_shown)
        model = validate(ScenarioModel, batch.start, shown=batch.base_shown, names=names)
        values = flat(plain_record(to_scenario(model, node=batch.start, shown=batch.base_shown)))
    except ConfigError:  # the base may be incomplete without the batch
        values = flat(batch.start.plain)
    parameters = load_parameters()
    for key in batch.keys:
        for change in (change for choice in key.choices for change in choice.changes):
            name, _, scope = change.path[-1].partition("@")
            if change.path[0] == "overrides" and change.key not in values:
                try:
                    values[change.key] = shown_value(parameters.value(name, scope))
                except CorridorsError:
                    continue  # it has rows by scope only
    return values


def plain_record(scenario: Scenario) -> dict[str, object]:
    """Return a scenario as plain values under the keys of its file."""
    record = scenario_record(scenario)
    record["overrides"] = {
        row.parameter + (f"@{row.scope}" if row.scope else ""): row.value
        for row in scenario.overrides
    }
    return record


def flat(value: object, key: str = "") -> dict[str, str]:
    """Return the values of nested mappings as text by dotted key."""
    if not isinstance(value, Mapping):
        return {key: shown_value(value)}
    found: dict[str, str] = {}
    for name, item in value.items():
        found |= flat(item, f"{key}.{name}" if key else str(name))
    return found
