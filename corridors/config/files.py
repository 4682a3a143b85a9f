"""Which configuration files there are: those of a path, and the shipped ones by their name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from corridors.config.names import advice, nearest
from corridors.data.paths import configs_dir
from corridors.errors import ConfigError

FOLDERS = {
    "scenario": "scenarios",
    "corridor": "corridors",
    "batch": "batches",
    "project": "projects",
    "plan": "plans",
}
Read = TypeVar("Read")


def find_file(path: Path | str, kind: str) -> tuple[Path, str]:
    """Return the file of a path or of a shipped file's name, and how faults name it.

    Parameters
    ----------
    path
        A path, or the name of a shipped file without `.yaml`.
    kind
        What is looked for: a key of `FOLDERS`.

    Raises
    ------
    ConfigError
        There is neither; the nearest shipped name is told.
    """
    file = Path(path)
    if not file.exists():
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
    """Return what the files of some names hold, in the order of the names.

    Parameters
    ----------
    names
        Names of shipped files, or paths that end in `.yaml`.
    kind
        What they are: a key of `FOLDERS`.
    known
        The names of the shipped files.
    read
        What makes a value of a file and of how faults name it.

    Raises
    ------
    ConfigError
        With every fault of every file; a name is unknown.
    """
    faults: list[str] = []
    found: list[Read] = []
    for name in names:
        own = name.endswith(".yaml")
        path = Path(name) if own else configs_dir() / FOLDERS[kind] / f"{name}.yaml"
        if not own and name not in known:
            faults.append(f"unknown {kind} '{name[:80]}', {advice(name, known)}")
            continue
        try:
            found.append(read(path, shown_as(path)))
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(faults)
    return found


def shown_as(path: Path) -> str:
    """Return a path as faults and outputs name it: shipped files without the machine's folders."""
    root = configs_dir().parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
