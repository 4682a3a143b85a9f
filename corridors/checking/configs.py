"""Checks of scenario and corridor files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corridors.catalogue.parameters import load_parameters
from corridors.catalogue.paths import configs_dir
from corridors.config import fault, load_corridor_file, load_corridors, load_scenario, shown_as
from corridors.config.batch import load_batch
from corridors.config.nodes import read_yaml
from corridors.domain.scenario import Scenario
from corridors.errors import CorridorsError, ParameterError, PlaceError
from corridors.network.locate import locate


def check_files(files: Sequence[Path]) -> tuple[int, tuple[str, ...]]:
    """Return how many files were checked, and every fault of them.

    A file with `must_pass` is a corridor, one with `origin` or `shipment` a scenario.
    """
    faults: list[str] = []
    for file in files:
        try:
            faults.extend(_of_file(file))
        except CorridorsError as error:
            faults.extend(str(error).splitlines())
    return len(files), tuple(faults)


def check_configs() -> tuple[int, tuple[str, ...]]:
    """Return how many shipped configuration files were checked, and every fault of them."""
    files = sorted(configs_dir().glob("corridors/*.yaml"))
    files += sorted(configs_dir().glob("scenarios/**/*.yaml"))
    files += sorted(configs_dir().glob("batches/*.yaml"))
    checked, faults = check_files(files)
    return checked, (*faults, *_alike())


def _of_file(file: Path) -> list[str]:
    shown = shown_as(file)
    keys = read_yaml(file, shown=shown).items or {}
    if "must_pass" in keys:
        load_corridor_file(file)
        return []
    if "origin" in keys or "shipment" in keys:
        return scenario_faults(load_scenario(file))
    if "base" in keys:
        load_batch(file)
        return []
    what = "neither a scenario (origin, ...), a corridor (must_pass, ...) nor a batch (base, ...)"
    return [f"{shown}:1: {what}"]


def scenario_faults(scenario: Scenario) -> list[str]:
    """Return what is wrong in a scenario whose file is sound: places and overrides."""
    faults = []
    ends: list[str] = []
    for key, text in (("origin", scenario.origin), ("destination", scenario.destination)):
        try:
            ends.append(locate(text).id)
        except PlaceError as error:
            faults.append(fault(scenario, key, str(error)))
    if len(set(ends)) < len(ends):
        faults.append(fault(scenario, "destination", "the same place as the origin"))
    faults.extend(override_faults(scenario))
    try:
        load_corridors(scenario.corridors)
    except CorridorsError as error:
        faults.extend(str(error).splitlines())
    return faults


def override_faults(scenario: Scenario) -> list[str]:
    """Return what is wrong in a scenario's overrides: a scope no row has."""
    if not scenario.overrides:
        return []
    parameters = load_parameters()
    faults = []
    for override in scenario.overrides:
        try:
            parameters.with_overrides([override])
        except ParameterError as error:
            scope = "" if override.scope is None else f"@{override.scope}"
            faults.append(fault(scenario, f"overrides.{override.parameter}{scope}", str(error)))
    return faults


def _alike() -> list[str]:
    """Return which shipped corridors share a colour or a title."""
    seen: dict[str, str] = {}
    faults = []
    try:
        corridors = load_corridors("all")
    except CorridorsError:
        return []  # told of its file already
    for corridor in corridors:
        for what, value in (("colour", corridor.colour), ("title", corridor.title)):
            first = seen.setdefault(value, corridor.id)
            if first != corridor.id:
                faults.append(f"{corridor.source_path}:1: {what}: {value} is that of {first}")
    return faults
