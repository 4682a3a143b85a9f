"""What the campaign of kills gives to the commands is taken by them."""

from __future__ import annotations

from pathlib import Path

from corridors.checks import check_files
from validation.campaigns.kills import write_inputs


def test_what_is_killed_is_a_sound_question(tmp_path: Path) -> None:
    write_inputs(tmp_path)
    files = sorted(tmp_path.glob("*.yaml"))
    assert len(files) == 7
    assert check_files(files) == (7, ())
