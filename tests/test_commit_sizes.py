"""A commit that adds much to the history must say why."""

from __future__ import annotations

import random
from pathlib import Path

from tests.commit_sizes import faults, git


def commit(folder: Path, message: str, content: bytes) -> None:
    (folder / "data.bin").write_bytes(content)
    git("add", ".", folder=folder)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git(*who, "commit", "-m", message, folder=folder)


def test_a_commit_of_over_a_megabyte_needs_a_reason(tmp_path: Path) -> None:
    folder = tmp_path / "whole"
    folder.mkdir()
    git("init", "-q", folder=folder)
    drawn = random.Random(1)
    large = drawn.randbytes(1_200_000)
    commit(folder, "Begin", b"")
    commit(folder, "Add what does not compress", large)
    # Another file for git, but packed it is little more than the line that was added.
    commit(folder, "Add a line to it", large + b"line")
    commit(folder, "Add what compresses", bytes(5_000_000))
    commit(folder, "Renew the lanes\n\nLarge-data: a finer coast", drawn.randbytes(1_200_000))
    (fault,) = faults(folder=folder)
    assert "Add what does not compress: adds 1,200," in fault
    assert [*faults("HEAD~3", folder)] == []
    assert len([*faults("HEAD~4", folder)]) == 1
    # A clone without history begins at a commit of which nothing can be said.
    shallow = tmp_path / "shallow"
    git("clone", "-q", "--depth=1", folder.as_uri(), str(shallow))
    assert [*faults(folder=shallow)] == []
    commit(shallow, "Add more", drawn.randbytes(1_200_000))
    assert len([*faults(folder=shallow)]) == 1
