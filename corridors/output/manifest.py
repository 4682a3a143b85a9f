"""The manifest of a result: versions, and hashes of inputs and shipped data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from corridors.domain.scenario import OwnSource, Scenario
from corridors.version import __version__

FORMAT: Final = 1
_LIBRARIES = ("numpy", "numba", "ortools", "pyogrio", "folium", "xstatic-leaflet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Versions by name, and SHA-256 in hexadecimal of the scenario and of the shipped data.

    `own_data` are (name, SHA-256) of the user's own data.
    """

    versions: Mapping[str, str]
    scenario_sha256: str
    geodata_sha256: str
    parameters_sha256: str
    own_data: tuple[tuple[str, str], ...] = ()


def build_manifest(scenario: Scenario, data_root: Path) -> Manifest:
    """Return the manifest of a run.

    Parameters
    ----------
    scenario
        The scenario with changes of the command line. The path of its file is not hashed.
    data_root
        The folder with `network/` and `parameters/`.
    """
    return Manifest(
        versions={"corridors": __version__, **_library_versions()},
        scenario_sha256=scenario_sha256(scenario),
        geodata_sha256=hash_folder(data_root / "network"),
        parameters_sha256=hash_folder(data_root / "parameters"),
        own_data=own_data_sha256(scenario),
    )


def own_data_sha256(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Return (name, SHA-256) of the scenario's own data, in order.

    The OpenStreetMap extracts for doors and the rate sheets come last.
    """
    return _named(scenario.own_data) + _named(scenario.door.osm) + _named(scenario.contracts)


def _named(sources: Sequence[OwnSource]) -> tuple[tuple[str, str], ...]:
    return tuple((source.name, source.sha256) for source in sources)


def scenario_sha256(scenario: Scenario) -> str:
    """Return the SHA-256 of a scenario in hexadecimal."""
    return hashlib.sha256(scenario_text(scenario).encode()).hexdigest()


def scenario_record(scenario: Scenario) -> dict[str, object]:
    """Return the scenario in plain values, without the path and the raw text of its file."""
    record = asdict(scenario)
    del record["source_path"], record["text"]
    keys = ("name", "sha256")
    for key in ("own_data", "contracts"):
        sources = _named(getattr(scenario, key))
        record[key] = [dict(zip(keys, own, strict=True)) for own in sources]
    record["door"]["osm"] = [dict(zip(keys, own, strict=True)) for own in _named(scenario.door.osm)]
    return {key: _plain(value) for key, value in record.items()}


def scenario_text(scenario: Scenario) -> str:
    """Return the canonical text that is hashed."""
    return json.dumps(scenario_record(scenario), sort_keys=True, ensure_ascii=True)


def hash_folder(folder: Path) -> str:
    """Return one SHA-256 over the names and bytes of the files of a folder, by name.

    Hidden files and folders do not count. A missing folder hashes as an empty one.
    """
    digest = hashlib.sha256()
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    for name in names:
        if any(part.startswith((".", "__")) for part in name.split("/")):
            continue
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _library_versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
