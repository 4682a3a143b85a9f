"""Folders of the shipped data, and reading of its CSV files."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import struct
import zlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zipfile import BadZipFile

from corridors.data.packs import Pack, added_pack, is_pack, laid_over, read_pack
from corridors.errors import GeodataError

if TYPE_CHECKING:
    import numpy.typing as npt

Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)
_State = tuple[tuple[str, int, int], ...] | None
"""Sizes and modification times of a file or folder, None where it cannot be inspected."""
# Files kept by each reader, more than the shipped tables need.
MOST_KEPT = 64

_PACKAGE = Path(__file__).resolve().parents[1]


PACK = "CORRIDORS_PACK"
"""The environment variable that names a data pack, or `shipped` for none."""
NO_PACK = "shipped"


def data_root() -> Path:
    """Return the folder that holds `network/` and `parameters/`, a data pack laid over it.

    The pack is that of the environment variable `CORRIDORS_PACK`, else the one that was added.

    Raises
    ------
    GeodataError
        There is no such folder, or the pack cannot be used.
    """
    return _with_pack(shipped_root(), os.environ.get(PACK))


def shipped_root() -> Path:
    """Return the folder that holds `network/` and `parameters/` as shipped, without a pack.

    It is the environment variable `CORRIDORS_DATA` if set, else `_data` of the installed package,
    else `geodata/` of the checkout.

    Raises
    ------
    GeodataError
        There is no such folder.
    """
    return _root(os.environ.get("CORRIDORS_DATA"))


def pack_in_use() -> Pack | None:
    """Return the data pack that answers rest on, None if they rest on the shipped data alone."""
    return _pack(os.environ.get(PACK))


@contextmanager
def with_pack(folder: Path | None) -> Iterator[None]:
    """Read the tables with another data pack, or with none, until the block ends."""
    before = os.environ.get(PACK)
    # A pack may have been changed since this process read it.
    for kept in (_pack, _with_pack):
        kept.cache_clear()
    os.environ[PACK] = NO_PACK if folder is None else str(folder)
    try:
        yield
    finally:
        os.environ.pop(PACK)
        if before is not None:
            os.environ[PACK] = before


# Both are cached by the values of the environment: a process keeps its pack, whatever is added.
@lru_cache(maxsize=8)
def _pack(wanted: str | None) -> Pack | None:
    if wanted == NO_PACK:
        return None
    if wanted:
        return read_pack(Path(wanted).absolute())
    return read_pack(added_pack()) if is_pack(added_pack()) else None


@lru_cache(maxsize=8)
def _with_pack(base: Path, wanted: str | None) -> Path:
    pack = _pack(wanted)
    return base if pack is None else laid_over(base, pack)


# Cached by the value of the environment variable.
@lru_cache(maxsize=8)
def _root(wanted: str | None) -> Path:
    candidates = [Path(wanted)] if wanted else [_PACKAGE / "_data", _PACKAGE.parent / "geodata"]
    for folder in candidates:
        if (folder / "parameters").is_dir():
            return folder
    tried = " or ".join(str(folder) for folder in candidates)
    msg = f"no folder 'parameters' in {tried}. Install the package again, or set CORRIDORS_DATA."
    raise GeodataError(msg)


def parameters_dir() -> Path:
    """Return the folder of the parameter tables."""
    return _file(data_root(), "parameters")


def network_dir() -> Path:
    """Return the folder of terminals, legs and lanes."""
    return _file(data_root(), "network")


def derived_dir() -> Path:
    """Return the folder of what is computed from the network once, to save time at run time.

    Nothing in it changes a result. Without the folder the same is computed when it is needed.
    """
    return data_root() / "derived"


def configs_dir() -> Path:
    """Return the folder of shipped corridors and scenarios.

    It is next to `network/` in an installed package, and at the top of a checkout.
    """
    return _configs(shipped_root())


@lru_cache(maxsize=8)
def _configs(root: Path) -> Path:
    inside = root / "configs"
    return inside if inside.is_dir() else root.parent / "configs"


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file as dictionaries of its header, whatever its cells hold.

    Raises
    ------
    GeodataError
        The file is missing, cut off or no UTF-8, or a row has too few or too many cells.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        msg = f"{path.name}: cannot be read: {error.strerror}"
        raise GeodataError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path.name}: damaged, byte {error.start:,} is no UTF-8"
        raise GeodataError(msg) from error
    if not text.endswith("\n"):
        msg = f"{path.name}: cut off, its last line has no end"
        raise GeodataError(msg)
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    rows = []
    for cells in reader:
        if len(cells) != len(header):
            msg = f"{path.name}:{reader.line_num}: {len(cells)} cells, {len(header)} expected"
            raise GeodataError(msg)
        row = dict(zip(header, cells, strict=True))
        row["__line__"] = str(reader.line_num)
        rows.append(row)
    return rows


# zipfile has RuntimeError for what it cannot unpack, numpy MemoryError for a length that is none.
DAMAGED = (
    *(BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(ValueError, KeyError, OverflowError, RuntimeError, MemoryError),
)
"""What reading a damaged file raises."""


def read_json(path: Path, made_of: Callable[[Any], Made]) -> Made:
    """Return what `made_of` makes of the JSON of a shipped file.

    Raises
    ------
    GeodataError
        The file is missing or damaged, or `made_of` does not find in it what it needs.
    """
    try:
        return made_of(json.loads(path.read_bytes()))
    except FileNotFoundError:
        msg = f"{path.name}: not found in the shipped data: install the package again"
        raise GeodataError(msg) from None
    except (*DAMAGED, TypeError, IndexError) as error:
        msg = f"{path.name}: damaged ({str(error)[:80]}): install the package again"
        raise GeodataError(msg) from error


@contextmanager
def opened_arrays(path: Path) -> Iterator[Mapping[str, npt.NDArray[Any]]]:
    """Open the arrays of an .npz file, which are read when they are asked for.

    Raises
    ------
    GeodataError
        The file is missing or damaged, or has no array of a name that is asked for.
    """
    import numpy as np  # tables of text are read without it

    try:
        with path.open("rb") as stream, np.load(stream) as arrays:
            yield arrays
    except FileNotFoundError:
        msg = f"{path.name}: not found in the shipped data: install the package again"
        raise GeodataError(msg) from None
    except DAMAGED as error:
        msg = f"{path.name}: damaged ({str(error)[:80]}): install the package again"
        raise GeodataError(msg) from error


def listed(cell: str) -> tuple[str, ...]:
    """Return the items of a cell, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def number_or_none(cell: str) -> float | None:
    """Return the number in a cell, None if it is empty."""
    return float(cell) if cell else None


class Loader(Protocol[Made_co]):
    """Reads a table of the shipped folder, or of a given folder."""

    def __call__(self, folder: Path | None = None) -> Made_co:
        """Return the contents of the table."""


def shipped(
    folder_of: Callable[[], Path], name: str = ""
) -> Callable[[Callable[[Path], Made]], Loader[Made]]:
    """Return a decorator that turns a reader of a path into a cached loader of a shipped file.

    Parameters
    ----------
    folder_of
        Returns the folder of the shipped file.
    name
        Name of the file, empty for the folder itself.

    A number, word or name in the file that no reader could have been given is told as a damage.
    """

    def loader(read: Callable[[Path], Made]) -> Loader[Made]:
        @wraps(read)
        def checked(path: Path) -> Made:
            try:
                return read(path)
            except (ValueError, LookupError, csv.Error) as error:
                msg = f"{path.name}: damaged ({error!r:.80}): install the package again"
                raise GeodataError(msg) from error

        kept = cached_while_unchanged(checked)

        @wraps(read)
        def load(folder: Path | None = None) -> Made:
            looked: dict[object, Made] | None = getattr(_looks, "made", None)
            if folder is not None or looked is None:
                return kept(_file(folder or folder_of(), name))
            if load not in looked:
                looked[load] = kept(_file(folder_of(), name))
            return looked[load]

        return load

    return loader


# A path keeps its text and its hash, so it is not made again for each call.
@lru_cache(maxsize=8 * MOST_KEPT)
def _file(folder: Path, name: str) -> Path:
    return folder / name


def cached_while_unchanged(read: Callable[[Path], Made]) -> Callable[[Path], Made]:
    """Return a reader that reads a file or folder again only after a change.

    Sizes and modification times reveal changes; the last `MOST_KEPT` paths are kept. The result
    must be immutable, since callers share it, and depend on nothing but the path. A path that
    cannot be inspected is read each time, so that its fault is reported each time.
    """
    kept: dict[str, tuple[object, Made]] = {}

    @wraps(read)
    def reader(path: Path) -> Made:
        # A command asks thousands of times; texts are compared more quickly than paths.
        key = str(path)
        state = _seen(path, key)
        entry = kept.get(key)
        if state is not None and entry is not None and entry[0] == state:
            return entry[1]
        made = read(path)
        if state is not None:
            kept.pop(key, None)
            kept[key] = (state, made)
            # Other threads may be here too; a list of the keys is made in one step.
            for old in list(kept)[:-MOST_KEPT]:
                kept.pop(old, None)
        return made

    return reader


_looks = local()


@contextmanager
def one_look() -> Iterator[None]:
    """Look at each file once, for an answer of which all parts are of the same data.

    A change of a file is seen by what is asked after the outermost block of the thread.
    """
    if getattr(_looks, "states", None) is not None:
        yield
        return
    _looks.states, _looks.made = {}, {}
    try:
        yield
    finally:
        _looks.states = _looks.made = None


def data_state() -> Hashable:
    """Return sizes and times of the shipped tables: a key of what is made of them."""
    return tuple((str(one), _seen(one, str(one))) for one in (parameters_dir(), network_dir()))


def _seen(path: Path, key: str) -> _State:
    states: dict[str, _State] | None = getattr(_looks, "states", None)
    if states is None:
        return _state(path)
    if states.get(key) is None:
        states[key] = _state(path)
    return states[key]


def _state(path: Path) -> _State:
    try:
        own = path.stat()
        if not stat.S_ISDIR(own.st_mode):
            return (("", own.st_mtime_ns, own.st_size),)
        with os.scandir(path) as entries:
            states = [(entry.name, entry.stat()) for entry in entries]
    except OSError:
        return None
    return tuple(sorted((name, each.st_mtime_ns, each.st_size) for name, each in states))


def rings_of(text: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return rings of (lon, lat) in degrees from a cell such as `30 75;60 75;60 80|95 78;…`."""
    return tuple(
        tuple((float(lon), float(lat)) for lon, lat in (one.split() for one in ring.split(";")))
        for ring in text.split("|")
    )
