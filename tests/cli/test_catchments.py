"""`corridors catchments`: what it prints in each form, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.studies.catchments.result import BEST, Catchment, Catchments, Reached, labelled
from tests.output.fixtures import example_comparison

RUNNER = CliRunner()
APP = command_line()
BY_SEA = Reached(corridor="suez", title="Suez Canal", cost_usd_per_teu=1000.4, days=40.06)
BY_RAIL = Reached(corridor="rail", title="Rail", cost_usd_per_teu=3500.0, days=25.5)
SHUT = Reached(corridor="arctic", title="Arctic")
ASKED = ("catchments", "shanghai-europe", "--set", "corridors=[suez, cape]")


def test_json_and_csv_have_a_row_by_destination_and_corridor() -> None:
    to = ("--to", "Genoa", "--to", "DEHAM")
    rows = json.loads(RUNNER.invoke(APP, [*ASKED, *to, "--format", "json"]).stdout)["rows"]
    assert [(row["destination"], row["corridor"], row["best"]) for row in rows] == [
        ("Genoa", "suez", True),
        ("Genoa", "cape", False),
        ("DEHAM", "suez", True),
        ("DEHAM", "cape", False),
    ]
    assert rows[0]["cost_usd_per_teu"] < rows[1]["cost_usd_per_teu"]
    assert rows[0]["days"] < rows[1]["days"]
    printed = RUNNER.invoke(APP, [*ASKED, *to, "--format", "csv"]).stdout
    listed = list(csv.DictReader(io.StringIO(printed)))
    assert [float(row["days"]) for row in listed] == [row["days"] for row in rows]


def test_the_table_has_the_best_and_the_next_corridor_to_all_terminals_of_a_country() -> None:
    ended = RUNNER.invoke(APP, [*ASKED, "--in", "CZ"])
    assert ended.exit_code == 0, ended.output
    _, *others = ended.stdout.splitlines()
    lines = [line for line in others if "Suez Canal" in line]
    assert len(lines) > 2
    assert any(line.startswith("Prague") for line in lines)
    for line in lines:
        assert line.index("Suez Canal") < line.index("Cape of Good Hope")


def test_nothing_usable_exits_with_3_and_a_place_that_is_no_destination_is_said() -> None:
    ended = RUNNER.invoke(APP, [*ASKED, "--to", "cn-shanghai"])
    assert ended.exit_code == 3
    assert "! cn-shanghai: " in ended.stdout
    assert "is a terminal of Shanghai" in ended.stdout


def _to_hamburg(*reached: Reached, best: str) -> Catchment:
    return Catchment(
        asked="DEHAM", place="de-hamburg", name="Hamburg", country="DE", reached=reached, best=best
    )


def test_the_next_corridor_is_more_usd_and_fewer_days_where_it_is_quicker() -> None:
    assert _short(_to_hamburg(SHUT, BY_RAIL, BY_SEA, best="suez")) == {
        "destination": "Hamburg",
        "best": "Suez Canal",
        "USD per TEU": 1000,
        "days": 40.1,
        "next": "Rail",
        "extra USD per TEU": 2500,  # 3,500 less 1,000.4
        "extra days": -14.6,  # 25.5 less 40.06
    }


def _short(one: Catchment) -> dict[str, object]:
    found = Catchments(scenario=example_comparison().scenario, to=(one,))
    return {head: value for head, value in BEST.read(found)[0].items() if value is not None}


def test_a_destination_with_one_corridor_or_none_has_no_next_one() -> None:
    alone = _short(_to_hamburg(BY_SEA, SHUT, best="suez"))
    assert alone == {
        "destination": "Hamburg",
        "best": "Suez Canal",
        "USD per TEU": 1000,
        "days": 40.1,
    }
    assert _short(_to_hamburg(SHUT, best="")) == {"destination": "Hamburg"}


def test_a_destination_has_its_id_only_beside_another_of_its_name() -> None:
    port = _to_hamburg(BY_SEA, best="suez")
    city, rotterdam = replace(port, place="city-de-hamburg"), replace(port, name="Rotterdam")
    assert [label for label, _ in labelled([port, rotterdam])] == ["Hamburg", "Rotterdam"]
    assert [label for label, _ in labelled([port, city])] == [
        "Hamburg (de-hamburg)",
        "Hamburg (city-de-hamburg)",
    ]


def test_a_range_without_what_is_moved_is_refused() -> None:
    for option in ("--from", "--to-value", "--values"):
        ended = RUNNER.invoke(APP, [*ASKED, "--to", "Genoa", option, "3"])
        assert str(ended.exception) == f"{option}: goes with --over, which names what is moved"
