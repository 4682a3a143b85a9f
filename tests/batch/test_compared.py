"""Two batches compared by hand: what moved, what it costs, what only one of them has."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.errors import ConfigError
from corridors.studies.diff.batches import are_batches, compare_batches, sentences

HEAD = "scenario,name,world,departure,status,reason,recommended,cost_usd_per_teu,days\n"
OLD = (
    "0,a,open,2026-01-15,ran,,suez,1000.00,40.0\n"
    "1,b,open,2026-02-15,ran,,suez,1000.00,40.0\n"
    "2,c,shut,2026-01-15,ran,,cape,1300.00,50.0\n"
    "3,d,shut,2026-02-15,ran,,,,\n"
)
# In another order, with one month more, by the Cape in January and dearer in February.
NEW = (
    "0,x,shut,2026-01-15,ran,,cape,1300.00,50.0\n"
    "1,x,open,2026-01-15,ran,,cape,1250.00,48.0\n"
    "2,x,open,2026-02-15,ran,,suez,1100.00,40.0\n"
    "3,x,open,2026-03-15,ran,,suez,1100.00,40.0\n"
)


def batch(folder: Path, rows: str) -> Path:
    folder.mkdir()
    (folder / "summary.csv").write_text(HEAD + rows, encoding="utf-8")
    (folder / "batch.journal").write_text("", encoding="utf-8")
    return folder


def test_scenarios_are_matched_by_their_inputs(tmp_path: Path) -> None:
    a, b = batch(tmp_path / "a", OLD), batch(tmp_path / "b", NEW)
    assert are_batches(str(a), str(b))
    assert not are_batches(str(tmp_path), str(tmp_path))
    found = compare_batches(a, b)
    assert found.keys == ("world", "departure")
    assert (found.only_a, found.only_b) == (1, 1)
    changes = {row["scenario"]: (row["USD_change"], row["days_change"]) for row in found.rows}
    assert changes == {
        "open, 2026-01-15": (250.0, 8.0),
        "open, 2026-02-15": (100.0, 0.0),
        "shut, 2026-01-15": (0.0, 0.0),
    }
    assert sentences(found) == [
        "The recommendation changed in 1 of 3 scenarios: from Suez Canal to Cape of Good Hope in"
        " 1.",
        "The recommended corridor costs USD 100 per TEU more in the median of scenarios (from +0"
        " to +250).",
        "It takes as long in the median of scenarios (from +0.0 to +8.0).",
        "1 scenario is in A only.",
        "1 scenario is in B only.",
    ]
    assert [row["scenario"] for row in found.changed] == ["open, 2026-01-15", "open, 2026-02-15"]


def test_the_same_batch_twice_has_no_difference(tmp_path: Path) -> None:
    a = batch(tmp_path / "a", OLD)
    assert sentences(compare_batches(a, a)) == ["Nothing changed in 4 scenarios."]


def test_diff_takes_two_batches_and_refuses_one(tmp_path: Path) -> None:
    a, b = batch(tmp_path / "a", OLD), batch(tmp_path / "b", NEW)
    done = CliRunner().invoke(command_line(["diff"]), ["diff", str(a), str(b)])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("The recommendation changed in 1 of 3 scenarios")
    asked = ["diff", str(a), "shanghai-europe"]
    with pytest.raises(ConfigError, match="is a batch, shanghai-europe is none"):
        CliRunner().invoke(command_line(["diff"]), asked, catch_exceptions=False)


def test_batches_without_a_common_scenario_are_refused(tmp_path: Path) -> None:
    a = batch(tmp_path / "a", OLD)
    b = batch(tmp_path / "b", "0,x,open,2030-01-15,ran,,cape,1300.00,50.0\n")
    with pytest.raises(ConfigError, match="share no scenario"):
        compare_batches(a, b)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not CSV: it is empty"),
        (b"\xff\xfe", "not UTF-8 text at byte 0; save it as CSV UTF-8"),
        (b'a,b\n"x"y,z\n', "not CSV: "),
        ((HEAD + OLD).replace(",days", ",d").encode(), "no column days; is it the summary of a"),
        ((HEAD + OLD).replace("1300.00", "1 300,00").encode(), "row 3: 10 cells, the header has 9"),
        ((HEAD + OLD).replace("1300.00", "1 300").encode(), "row 3: cost_usd_per_teu: not a numb"),
        ((HEAD + OLD).replace("50.0", "nan").encode(), "row 3: days: not a number: 'nan'"),
        ((HEAD + "0,a,open\n").encode(), "row 1: 3 cells, the header has 9"),
    ],
)
def test_a_summary_that_was_changed_by_hand_is_refused(
    content: bytes, told: str, tmp_path: Path
) -> None:
    a, b = batch(tmp_path / "a", OLD), batch(tmp_path / "b", NEW)
    (b / "summary.csv").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        compare_batches(a, b)
    assert caught.value.faults[0].startswith(f"{b}/summary.csv: {told}")


def test_a_summary_with_the_mark_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    a, b = batch(tmp_path / "a", OLD), batch(tmp_path / "b", NEW)
    (b / "summary.csv").write_bytes(b"\xef\xbb\xbf" + (b / "summary.csv").read_bytes())
    assert len(compare_batches(a, b).rows) == 3
