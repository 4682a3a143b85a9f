"""One target under atheris, which looks for bytes that reach new branches: `make fuzz-guided`.

Atheris comes with the extra `fuzz`. It finds no structure by itself, so most inputs of the campaign
are drawn by `mutators`; this looks where those do not.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["corridors"]):
    from corridors.errors import CorridorsError
    from tests.fuzz.campaign import fault_in
    from tests.fuzz.targets import TARGETS, Target


def main() -> None:
    """Run the target named by the first argument; the others are those of libFuzzer."""
    name, *rest = sys.argv[1:]
    (target,) = [one for one in TARGETS if one.name == name]
    if not target.file or target.file in ("own", "gmns"):
        sys.exit(f"{name} takes no bytes")
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number in range(50):
        (corpus / str(number)).write_bytes(target.make(Random(number))[0])
    began = time.monotonic()
    count = 0

    def one(content: bytes) -> None:
        nonlocal count
        count += 1
        load(target, folder / str(count), content)

    atheris.Setup([sys.argv[0], *rest, str(corpus)], one)
    try:
        atheris.Fuzz()
    finally:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took = time.monotonic() - began
        print(f"{name}: {count:,} inputs in {took:.0f} s, peak {peak:.0f} MB")  # noqa: T201
        shutil.rmtree(folder)


def load(target: Target, place: Path, content: bytes) -> None:
    """Load bytes; raise if the loader does not answer as it should."""
    place.mkdir()
    (place / target.file).write_bytes(content)
    began = time.perf_counter()
    try:
        target.run(place / target.file)
    except CorridorsError as error:
        if wrong := fault_in(error):
            raise AssertionError(wrong) from error
    finally:
        shutil.rmtree(place)
    if time.perf_counter() - began > 10.0:
        msg = "took longer than 10 s"
        raise AssertionError(msg)


if __name__ == "__main__":
    main()
