"""The inputs of a batch, as recorded in its journal: hashes of files and versions."""

from __future__ import annotations

import hashlib
import platform
import shlex
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from corridors.batches.journal import FORMAT
from corridors.batches.numbered_scenarios import MAX_SCENARIOS, Plan
from corridors.config import load_corridors
from corridors.config.allowed_names import Names
from corridors.config.batch_files import BATCH_FILE
from corridors.config.faults import validate
from corridors.config.models import ScenarioModel
from corridors.config.own_data import names_for, overlay_for
from corridors.config.scenario import to_scenario
from corridors.config.sweeps import shown_value
from corridors.data.parameters import load_parameters
from corridors.data.paths import configs_dir, data_root
from corridors.domain.scenario import Corridor, Scenario
from corridors.errors import ConfigError, CorridorsError
from corridors.output.manifest import hash_folder, scenario_record
from corridors.version import __version__

_LIBRARIES = ("numpy", "numba", "ortools", "pyarrow", "pydantic", "scipy", "xlsxwriter")


def shipped_inputs() -> dict[str, str]:
    """Return versions by name, and SHA-256 of the shipped data and configuration."""
    return {
        "corridors": __version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version(name) for name in _LIBRARIES},
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
