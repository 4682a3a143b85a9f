"""Finding configuration files by path, or shipped ones by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from corridors.config.allowed_names import advice, nearest
from corridors.data.paths import configs_dir
from corridors.errors import ConfigError
from corridors.files import STANDARD, told_as

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
