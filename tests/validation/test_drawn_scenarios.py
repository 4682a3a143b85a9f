"""The campaign of drawn scenarios goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from validation.campaigns import drawn_scenarios
from validation.campaigns.drawn_scenarios import Ended, main, scenario


def test_a_run_goes_on_after_those_that_have_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[int] = []

    def ask(number: int, seed: int, _folder: Path, _found: Path) -> Ended:
        if len(asked) == 3:
            asked.append(-1)
            raise KeyboardInterrupt
        asked.append(number)
        wrong = "took 11.0 s" if number == 1 else ""
        return Ended(seed, number, "one world", 0, float(number), 100.0, wrong)

    monkeypatch.setattr(drawn_scenarios, "ask", ask)
    monkeypatch.setattr("sys.argv", ["drawn_scenarios", "--count", "5", "--found", str(tmp_path)])
    assert main() == 1
    told = capsys.readouterr().out
    assert told.startswith("3 scenarios: exit code 3 times 0; 1 at fault\n")
    assert main() == 1
    told = capsys.readouterr().out
    assert asked == [0, 1, 2, -1, 3, 4]
    assert told.startswith("5 scenarios: exit code 5 times 0; 1 at fault\n")
    assert "one world (5), CPU: median 2, 99 % 4, worst 4 s\n" in told


def test_every_key_has_a_value_that_is_drawn() -> None:
    # A stop of a declared service is a name or a point, of which two numbers have no common shape.
    assert all(scenario(number, 1202)["origin"] for number in range(24))
