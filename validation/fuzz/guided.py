"""One target under atheris, which looks for bytes that reach new branches: `make fuzz-guided`.

Atheris comes with the extra `fuzz`. It finds no structure by itself, so most inputs of the campaign
are drawn by `mutators`; this looks where those do not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

INSIDE = "--inside"


def main() -> int:
    """Run the target named by the first argument; the others are those of libFuzzer.

    libFuzzer ends its process where it likes, so it has one of its own.
    """
    name, *rest = sys.argv[1:]
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        command = [sys.executable, "-m", "validation.fuzz.guided", INSIDE, folder, name, *rest]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    lines = done.stderr.splitlines()
    told = [line for line in lines if line.startswith("Done ")] if done.returncode == 0 else lines
    print(f"{name}:", "\n".join(told[-30:]))  # noqa: T201
    return done.returncode


def fuzz(folder: Path, name: str, arguments: list[str]) -> None:
    """Run libFuzzer on a target; it does not return."""
    import atheris

    with atheris.instrument_imports(include=["corridors"]):
        from validation.fuzz.targets import TARGETS

    (target,) = [one for one in TARGETS if one.name == name]
    if not target.file or target.file in ("own", "gmns"):
        sys.exit(f"{name} takes no bytes")
    corpus = folder / "corpus"
    corpus.mkdir()
    for number in range(50):
        (corpus / str(number)).write_bytes(target.make(Random(number))[0])
    count = 0

    def one(content: bytes) -> None:
        nonlocal count
        count += 1
        load(target, folder / str(count), content)

    atheris.Setup([sys.argv[0], *arguments, str(corpus)], one)
    atheris.Fuzz()


def load(target: Any, place: Path, content: bytes) -> None:
    """Load bytes; raise if the loader does not answer as it should."""
    from corridors.errors import CorridorsError
    from validation.fuzz.campaign import fault_in

    place.mkdir()
    (place / target.file).write_bytes(content)
    began = time.process_time()
    try:
        target.run(place / target.file)
    except CorridorsError as error:
        if wrong := fault_in(error):
            raise AssertionError(wrong) from error
    finally:
        shutil.rmtree(place)
    if time.process_time() - began > 10.0:
        msg = "took longer than 10 s"
        raise AssertionError(msg)


if __name__ == "__main__":
    if sys.argv[1] == INSIDE:
        fuzz(Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
    sys.exit(main())
