"""Hold what a commit adds to the history to a bound: `python -m tests.commit_sizes [BASE]`.

A clone carries every version of every file for ever. What changes with each figure is built
instead (`make labels`), and data that must grow the history says why in its commit message:

    Large-data: the lanes were measured again on a finer coast
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 1_000_000
LAST_COMMITS = 20
REASON = re.compile(r"^Large-data: \S", re.MULTILINE)


def git(*arguments: str, given: str = "", folder: Path | None = None) -> bytes:
    """Return what git prints; `given` is its input."""
    done = subprocess.run(
        ["git", *arguments], input=given.encode(), capture_output=True, check=True, cwd=folder
    )
    return done.stdout


def added_bytes(commit: str, folder: Path | None = None) -> int:
    """Return the bytes that a push of one commit takes, given its parents."""
    _, *parents = git("rev-list", "--parents", "-1", commit, folder=folder).decode().split()
    asked = "\n".join([commit, *(f"^{parent}" for parent in parents), ""])
    return len(
        git("pack-objects", "--revs", "--thin", "--stdout", "-q", given=asked, folder=folder)
    )


def faults(base: str = "", folder: Path | None = None) -> Iterator[str]:
    """Give the commits since a base, or the last ones, that add too much without a reason.

    The oldest commits of a shallow clone lack their parents, so they are left out.
    """
    since = [f"{base}..HEAD"] if base else [f"--max-count={LAST_COMMITS}", "HEAD"]
    shallow = folder or Path()
    shallow /= git("rev-parse", "--git-path", "shallow", folder=folder).decode().strip()
    cut = shallow.read_text(encoding="ascii").split() if shallow.is_file() else []
    for commit in git("rev-list", *since, folder=folder).decode().split():
        message = git("show", "-s", "--format=%B", commit, folder=folder).decode()
        if commit in cut or REASON.search(message):
            continue
        size = added_bytes(commit, folder)
        if size > MOST_BYTES:
            yield (
                f"{commit[:7]} {message.splitlines()[0]}: adds {size:,} bytes to the history, more"
                f" than {MOST_BYTES:,}. Build the file instead, or add a line 'Large-data: reason'"
                " to the commit message."
            )


def main(base: str = "") -> int:
    """Write the faults to standard error; return 1 if there are any."""
    try:
        git("rev-parse", "HEAD")
    except (OSError, subprocess.CalledProcessError):
        return 0  # a folder without history has no commit to measure
    found = [*faults(base)]
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
