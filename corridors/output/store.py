"""Write the files of a run: all or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from corridors.errors import ConfigError

Content = str | bytes | Callable[[Path], None]


def write_outputs(folder: Path, contents: Mapping[str, Content]) -> tuple[Path, ...]:
    """Write files into a folder, replacing those of an earlier run.

    Files are written to a temporary folder and then renamed, so a failure leaves the earlier
    files unchanged and no reader sees half a file. Other files of the folder are not touched.

    Parameters
    ----------
    folder
        Created if missing, and removed again if writing fails.
    contents
        By file name: text (UTF-8 with line feeds), bytes, or a function that writes to a path.

    Returns
    -------
    paths
        The files written, in the order given.

    Raises
    ------
    ConfigError
        The folder is a file, a name is a folder, or writing fails.
    """
    check_folder(folder, contents)
    made = _missing_parents(folder)
    scratch: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
        for name, content in contents.items():
            _write(scratch / name, content)
        for name in contents:
            (scratch / name).replace(folder / name)
    except BaseException as fault:
        _remove(scratch, made)
        if isinstance(fault, OSError):
            msg = f"{folder}: cannot write the results: {fault.strerror or fault}"
            raise ConfigError(msg) from fault
        raise
    shutil.rmtree(scratch, ignore_errors=True)
    return tuple(folder / name for name in contents)


def check_folder(folder: Path, names: Mapping[str, object] | tuple[str, ...] = ()) -> None:
    """Refuse a folder that cannot take the files, before anything is computed.

    Raises
    ------
    ConfigError
        The path, or one above it, is a file; or one of the names is a folder in it.
    """
    for path in (folder, *folder.parents):
        if path.is_dir():
            break
        if path.exists() or path.is_symlink():
            msg = f"{path}: is a file; --out needs a folder"
            raise ConfigError(msg)
    faults = [
        f"{folder / name}: is a folder; move it away or give another --out"
        for name in names
        if (folder / name).is_dir()
    ]
    if faults:
        raise ConfigError(faults)


def _write(path: Path, content: Content) -> None:
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8", newline="\n")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)


def _missing_parents(folder: Path) -> tuple[Path, ...]:
    """Return the folders that `mkdir` will create, deepest first."""
    missing = []
    for path in (folder, *folder.parents):
        if path.exists():
            break
        missing.append(path)
    return tuple(missing)


def _remove(scratch: Path | None, made: tuple[Path, ...]) -> None:
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)
    for path in made:
        try:
            path.rmdir()
        except OSError:
            return  # not created, or not empty
