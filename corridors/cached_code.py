"""Machine code that numba makes, kept on disk and loaded without what numba needs to compile.

A file is named by a hash of all that the code follows from, so an edit of any function that a
search calls makes another file, and code of another source is never found. It begins with the hash
of what follows, so a damaged file is never run.
"""

from __future__ import annotations

import atexit
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba.core import config
from numba.core.caching import CompileResultCacheImpl, NullCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.runtime import nrtdynmod
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from corridors.progress import say_once
from corridors.scratch import make_scratch

DIGEST_BYTES = 32
FORMAT = 2
"""Of a file; a change makes other files."""
SourceDigest = Callable[[FunctionType], bytes]


class LoadedCode(NullCache):
    """The cache of one function.

    numba prepares its compiler before it looks into a cache: 140 ms and, with the part of scipy
    that it then checks, 60 MiB. Code that is found runs without it, unless it calls a function that
    numba itself wrote in Python (such as a reduction, or a part of an array set to another), which
    then brings part of it. If nothing is found, numba prepares its compiler when it compiles.
    """

    def __init__(self, function: FunctionType, source_digest: SourceDigest) -> None:
        self.function, self.source_digest = function, source_digest
        self.made = CompileResultCacheImpl(function)  # type: ignore[no-untyped-call]
        self.folder = Path(self.made.locator.get_cache_path())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function of a signature, None if there is none."""
        _count_references(target_context, self.folder)
        kept = _read(self._file(sig, target_context.codegen()))
        return None if kept is None else self.made.rebuild(target_context, kept)  # type: ignore[no-untyped-call]

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function, unless the disk is full or no longer takes it."""
        if self.made.check_cachable(data):  # type: ignore[no-untyped-call]
            _write(self._file(sig, data.codegen), self.made.reduce(data))  # type: ignore[no-untyped-call]

    def _file(self, sig: Any, codegen: Any) -> Path:
        # What is kept names the module that it was compiled in, so a module renamed is another one.
        module = self.function.__module__
        key = module, self.source_digest(self.function), *map(_described_type, sig)
        return _file_of(self.folder, self.function.__qualname__, codegen, key)


def _described_type(kind: Any) -> str:
    """Return a type of numba with the classes and fields of the named tuples in it."""
    inner = map(_described_type, kind) if hasattr(kind, "__iter__") else ()
    return f"{kind}{getattr(kind, 'instance_class', '')}{getattr(kind, 'fields', '')}{[*inner]}"


def _file_of(folder: Path, name: str, codegen: Any, key: tuple[Any, ...]) -> Path:
    """Return the file of code for this machine, Python and numba."""
    whole = repr((FORMAT, numba.__version__, codegen.magic_tuple(), key)).encode()
    digest = blake2b(whole, digest_size=16).hexdigest()
    return folder / f"{name}.{sys.implementation.cache_tag}.{digest}.code"


def _read(file: Path) -> Any:
    """Return what a file holds, None if there is none or it is damaged."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    kept = memoryview(content)[DIGEST_BYTES:]
    if _digest(file, kept) == content[:DIGEST_BYTES]:
        return pickle.loads(kept)
    say_once(f"damaged compiled code in {file.parent} is compiled again")
    return None


def _digest(file: Path, kept: Any) -> bytes:
    """Return the hash of what a file holds, and of its name: what is kept under another is none."""
    digest = blake2b(file.name.encode(), digest_size=DIGEST_BYTES)
    digest.update(kept)
    return digest.digest()


def _write(file: Path, value: Any) -> None:
    """Write a file for `_read`, or none; what reads it meanwhile finds all of it or nothing."""
    kept = dumps(value)  # type: ignore[no-untyped-call]
    part = file.with_suffix(f".{os.urandom(8).hex()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(_digest(file, kept) + kept)
        part.replace(file)
    except OSError as error:  # the disk is full, or the folder no longer takes it
        with suppress(OSError):
            part.unlink()
        say_once(f"compiled code cannot be kept in {file.parent}: {error.strerror}")


def _count_references(target_context: Any, folder: Path) -> None:
    """Prepare the counting of references to arrays that compiled code makes.

    numba compiles its functions for that in each process: 18 ms and 20 MiB. They are kept beside
    the code that needs them.
    """
    if rtsys._init:
        return
    compiled = nrtdynmod.compile_nrt_functions
    nrtdynmod.compile_nrt_functions = partial(_kept_counting, folder)
    try:
        rtsys.initialize(target_context)
    finally:
        nrtdynmod.compile_nrt_functions = compiled


@global_compiler_lock  # type: ignore[untyped-decorator]
def _kept_counting(folder: Path, target_context: Any) -> Any:
    codegen = target_context.codegen()
    file = _file_of(folder, "references", codegen, ())
    known = _read(file)
    if known is not None:
        return codegen.unserialize_library(known)
    module, library = nrtdynmod.create_nrt_module(target_context)  # type: ignore[no-untyped-call]
    library.add_ir_module(module)
    library.enable_object_caching()
    library.finalize()
    _write(file, library.serialize_using_object_code())
    return library


def cached_on_disk(dispatcher: Any, source_digest: SourceDigest) -> Any:
    """Return a function of `njit` that is compiled once and then loaded.

    `source_digest` is asked for the hash of what its code follows from, when it is first called.
    With `NUMBA_DISABLE_JIT` numba hands back the plain function, which is returned as it is.
    """
    if not hasattr(dispatcher, "py_func"):
        return dispatcher
    code: LoadedCode | None = None
    why = "the searches are compiled for this run only"
    with suppress(RuntimeError):  # no folder that numba knows can be written to
        code = LoadedCode(dispatcher.py_func, source_digest)
    if code is not None and others_may_write(code.folder):
        why = f"compiled code in {code.folder} is not used, since others may write there"
        code = None
    if code is None and _keep_for_this_run(why):
        code = LoadedCode(dispatcher.py_func, source_digest)
    if code is not None:
        dispatcher._cache = code
    return dispatcher


@cache
def others_may_write(folder: Path) -> bool:
    """Return whether another user may put a file into a folder, or another folder in its place.

    What is read there is run. The folder and those around it belong to this user or to the system;
    a folder that all may write to counts unless it is sticky, as those for temporary files are.
    Members of this user's own group may write, as many systems have it.
    """
    if os.name != "posix":
        return False
    mine = {os.geteuid(), 0}
    folder = folder.resolve()
    for place in (folder, *folder.parents):
        found = place.stat()
        foreign = found.st_uid not in mine
        group = found.st_mode & stat.S_IWGRP and found.st_gid not in {os.getegid(), 0}
        writable = found.st_mode & stat.S_IWOTH or group
        sticky = found.st_mode & stat.S_ISVTX and place != folder
        if foreign or (writable and not sticky):
            return True
    return False


@cache
def _keep_for_this_run(why: str) -> bool:
    """Let numba keep code in a temporary folder; return whether there is one.

    The folder is new and this user's own, since what it holds is run. Workers of a batch find it in
    their environment.
    """
    scratch = None
    with suppress(OSError):
        scratch = make_scratch(Path(tempfile.gettempdir()), "corridors-code-")
    then = "set NUMBA_CACHE_DIR to a folder that only you can write to, so that it is done once"
    say_once(f"{why}; {then}")
    if scratch is not None:
        atexit.register(scratch.remove)
        os.environ["NUMBA_CACHE_DIR"] = str(scratch.path)
        config.CACHE_DIR = str(scratch.path)  # type: ignore[attr-defined]
    return scratch is not None
