"""`compare` and `route`: what they print, import, refuse, and with which exit code they end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line, run
from corridors.cli.tables import print_table
from corridors.config import load_corridors
from corridors.output.answer import money
from corridors.routing.ladder import quickest
from corridors.studies.route import run as route

RUNNER = CliRunner()
APP = command_line()
HEAVY = (
    *("pandas", "geopandas", "pyogrio", "pyarrow", "folium", "jinja2", "requests", "osmnx"),
    *("numba.np.arraymath", "scipy.linalg", "scipy.sparse", "scipy.special", "ortools.math_opt"),
)
# Terminals, say, are read as such and as places by name, and hashed. A folder is looked through
# once an answer, once for its files and once for the table.
MOST_OPENED = 6
CODE = f"""
import sys
from collections import Counter
from corridors.data.paths import data_root
opened = Counter()
looks = ("open", "os.scandir")
sys.addaudithook(lambda event, given: event in looks and opened.update([str(given[0])]))
from corridors.cli.main import run
try:
    run(["route", "Shanghai", "Hamburg"])
except SystemExit as ended:
    print("code", ended.code or 0)
shipped = [name for name in opened if name.startswith(str(data_root()))]
print("often", [name for name in shipped if opened[name] > {MOST_OPENED}])
print("heavy", [name for name in {HEAVY!r} if name in sys.modules])
"""


# A comparison, below, does in the gate what a route does, and more.
@pytest.mark.long
def test_route_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-3:] == ["code 0", "often []", "heavy []"]


def test_compare_reads_tables_once_and_imports_no_library_of_other_commands(tmp_path: Path) -> None:
    # By sea and by rail: two are searched, priced and drawn as all are.
    two = ["--set", "corridors=[northern-sea-route, kazakhstan-dostyk]"]
    asked = ["compare", "shanghai-europe", *two, "--out", str(tmp_path)]
    code = CODE.replace('["route", "Shanghai", "Hamburg"]', repr(asked))
    # The first run may have to compile the searches, for which numba imports scipy.linalg.
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
        )
        if "heavy []" in done.stdout:
            break
    assert done.stdout.splitlines()[-3:] == ["code 0", "often []", "heavy []"]


def test_a_route_is_answered_by_vehicles_and_its_legs_are_there_when_asked() -> None:
    asked = ["route", "Shanghai", "Hamburg", "--service", "sea", "--world", "reference-open"]
    told = RUNNER.invoke(APP, asked).stdout
    first = told.splitlines()
    assert first[0].startswith("Shanghai to Hamburg, leaving 20 August 2026 (")
    assert first[2].startswith("If it sailed, book by the Suez Canal: USD 3,9")
    assert "\nAs things are: by the Cape of Good Hope, USD 6,7" in told
    vehicles = [line.split() for line in first if " ship " in line or " truck " in line]
    assert [(row[0], row[-1].isdecimal()) for row in vehicles] == [
        *(("Shanghai", True), ("Shanghai", True), ("Hamburg", True)),
    ]
    legs = RUNNER.invoke(APP, [*asked, "--legs"]).stdout
    assert "departing 2026-08-20; everything legally and physically open is usable" in " ".join(
        legs.split()
    )
    assert "Load at Shanghai" in legs
    assert "Passes: Taiwan Strait, Strait of Malacca, Bab-el-Mandeb, Suez Canal, " in legs
    # Gates of terminals, not ids of canals.
    assert re.search("gate-(?!in|out)", legs) is None
    assert (
        "gate-suez#2,gate-suez#1,sea/14k" in RUNNER.invoke(APP, [*asked, "--format", "csv"]).stdout
    )


WORDS_OF_THE_TRADE = re.compile("tied|certificate|dated|in draws|sails in fact|outside the corr")


@pytest.mark.parametrize(
    "asked",
    [
        ["Chongqing", "Duisburg", "--corridor", "kazakhstan-dostyk"],
        pytest.param(["Busan", "Warsaw", "--via", "CN-MN"], marks=pytest.mark.long),
        pytest.param(["Mersin", "Novosibirsk"], marks=pytest.mark.long),
    ],
)
def test_a_route_fits_a_screen_in_the_words_of_a_forwarder(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIDORS_WIDTH", "80")
    told = RUNNER.invoke(APP, ["route", *asked]).stdout
    lines = told.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    assert WORDS_OF_THE_TRADE.search(told) is None
    assert "--notes has the texts." in told


@pytest.mark.long
def test_route_tells_of_the_quickest_and_of_the_value_of_a_day() -> None:
    asked = ["route", "Bandar Abbas", "Moscow", "--departure", "2026-08-20"]
    told = RUNNER.invoke(APP, asked).stdout
    record = json.loads(RUNNER.invoke(APP, [*asked, "--format", "json"]).stdout)
    quickest = record["quickest"]
    more = quickest["cost_usd_per_teu"] - record["cost_usd_per_teu"]
    saved = record["days"] - quickest["days"]
    assert (more > 0.0, saved > 1.0) == (True, True)
    told = " ".join(told.split())
    assert f"worth it from USD {money(2.0 * more / saved)} a day per 40' (nobody is known" in told
    # The route is quick already.
    asked = ["route", "Chongqing", "Duisburg", "--corridor", "kazakhstan-dostyk"]
    assert "Quicker" not in RUNNER.invoke(APP, asked).stdout


def test_route_names_no_quickest_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = quickest
    monkeypatch.setattr(route, "quickest", lambda found: replace(searched(found), routes=()))
    told = RUNNER.invoke(APP, ["route", "Bandar Abbas", "Moscow", "--departure", "2026-08-20"])
    assert told.exit_code == 0
    assert "Quicker" not in told.stdout


@pytest.mark.long
def test_route_says_what_its_certificate_proves() -> None:
    asked = ["route", "Shanghai", "Hamburg", "--corridor", "northern-sea-route"]
    asked += ["--world", "reference-open", "--legs"]
    assert "Not checked with OR-Tools: " in RUNNER.invoke(APP, asked).stdout
    said = RUNNER.invoke(APP, [*asked, "--certify"]).stdout
    assert "Checked with OR-Tools (" in said
    figures = re.search(r"USD ([\d,]+) per TEU \(.*; ([\d.]+) days from gate-in", said)
    assert figures is not None
    assert f"no route is better than USD {figures[1]} and {figures[2]} days" in said


@pytest.mark.long
def test_all_shows_the_options_that_the_answer_folds() -> None:
    answer = RUNNER.invoke(APP, ["compare", "shanghai-europe"]).stdout
    every = RUNNER.invoke(APP, ["compare", "shanghai-europe", "--all"]).stdout
    assert "more: --all." in answer
    shown = {text.split()[0] for text in every.splitlines() if text.strip()}
    assert {corridor.id for corridor in load_corridors("shipped")} - shown <= {"other"}


@pytest.mark.long
def test_a_short_question_is_not_told_what_concerns_hopeless_corridors_only() -> None:
    short = ["--set", "origin=Rotterdam", "--set", "destination=Stockholm"]
    asked = ["compare", "shanghai-europe", *short]
    said, every = (RUNNER.invoke(APP, [*asked, *more]).stdout for more in ((), ("--all",)))
    assert "Red Sea" in every
    assert "Red Sea" not in said
    rows = [line.split()[0] for line in said.splitlines() if line.startswith(" ") and line.strip()]
    assert "middle-corridor-btk" not in rows
    assert "Middle Corridor via Baku-Tbilisi-Kars" not in said


def test_within_a_country_no_canal_is_a_row_and_a_truck_is_told_of() -> None:
    short = ["origin=Hendaye", "destination=Seville", "world=current", "corridors=[suez, other]"]
    asked = [word for value in short for word in ("--set", value)]
    said = RUNNER.invoke(APP, ["compare", "shanghai-europe", *asked]).stdout
    assert "No way: Suez Canal." in said
    assert "Red Sea" not in said
    assert "By truck all the way: Hendaye and Seville lie 753 km apart over land" in said


@pytest.mark.long
def test_a_closed_corridor_that_nobody_would_take_on_any_day_is_one_line() -> None:
    ends = ["--set", "origin=Mumbai", "--set", "destination=Alexandria"]
    asked = ["compare", "shanghai-europe", *ends, "--set", "departure=2026-04-04"]
    said, every = (RUNNER.invoke(APP, [*asked, *more]).stdout for more in ((), ("--all",)))
    assert "Northern Sea Route, closed: " in every
    assert said.count("Northern Sea Route") <= 1
    # To Hamburg it may pay in summer.
    two = ["--set", "corridors=[suez, northern-sea-route]", "--set", "departure=2026-03-01"]
    closed = RUNNER.invoke(APP, ["compare", "shanghai-europe", *two])
    assert "Closed: Northern Sea Route." in closed.stdout


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (
            "Brest",
            "origin: 'Brest' is the name of several places: 'Brest, BY' (Brest, Belarus, 347,138"
            " people); 'Brest, FR' (Brest, France, 144,899 people). Give one of these",
        ),
        ("Shanhgai", "origin: unknown place 'Shanhgai', did you mean 'Shanghai'?"),
    ],
)
def test_a_doubtful_place_ends_with_code_2(
    place: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["route", place, "Hamburg"])
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(told)


def test_out_must_not_be_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "taken"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["compare", "shanghai-europe", "--out", str(file)])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{file}: is a file; give a folder\n"
    assert file.read_text(encoding="utf-8") == "mine"


def test_json_of_both_commands_parses() -> None:
    only = ["--set", "corridors=[suez, cape]", "--format", "json"]
    compared = RUNNER.invoke(APP, ["compare", "shanghai-europe", *only])
    assert compared.exit_code == 0
    assert [o["corridor"] for o in json.loads(compared.stdout)["options"]] == ["suez", "cape"]
    routed = RUNNER.invoke(APP, ["route", "Shanghai", "Hamburg", "--format", "json"])
    assert routed.exit_code == 0
    assert json.loads(routed.stdout)["status"] == "usable"


@pytest.mark.first_case
@pytest.mark.parametrize(
    "arguments",
    [
        ["route", "Shanghai", "Hamburg", "--corridor", "northern-sea-route"],
        ["compare", "shanghai-europe", "--set", "corridors=[northern-sea-route]"],
    ],
)
def test_nothing_usable_ends_with_code_3(arguments: list[str]) -> None:
    ended = RUNNER.invoke(APP, [*arguments, "--departure", "2026-02-01"])
    assert ended.exit_code == 3
    assert "closed: " in ended.stdout
    assert "next usable 2026-0" in ended.stdout


def test_a_closed_corridor_beside_a_usable_one_is_a_result() -> None:
    wanted = "corridors=[suez, northern-sea-route]"
    arguments = ["compare", "shanghai-europe", "--departure", "2026-02-01", "--set", wanted]
    assert RUNNER.invoke(APP, arguments).exit_code == 0


def test_closures_can_be_set_on_the_command_line() -> None:
    shut = "closures=[{place: gate-suez, reason: a ship ran aground}]"
    arguments = ["compare", "shanghai-europe", "--set", "corridors=[suez]", "--set", shut]
    ended = RUNNER.invoke(APP, arguments)
    assert ended.exit_code == 3
    assert "a ship ran aground" in ended.stdout


def test_the_front_is_printed_with_what_no_corridor_beats() -> None:
    asked = ["shanghai-europe", "--set", "corridors=[suez,cape]", "--format", "json"]
    ended = RUNNER.invoke(APP, ["compare", "--front", *asked])
    assert ended.exit_code == 0
    rows = json.loads(ended.stdout)["rows"]
    assert {row["corridor"] for row in rows} == {"suez", "cape"}
    assert list(rows[0]) == [
        *("corridor", "USD_per_TEU", "transit_days", "days", "t_CO2e_per_TEU", "overall"),
    ]
    cheapest = min(rows, key=lambda row: float(row["USD_per_TEU"]))
    assert cheapest["overall"] is True
    assert not all(row["overall"] for row in rows)


def test_a_corridor_closed_on_every_day_says_so_once_with_the_reason() -> None:
    asked = ["compare", "shanghai-europe", "--set", "world=red-sea-closed"]
    asked += ["--set", "corridors=[suez, kazakhstan-dostyk]", "--set", "services=[sea]"]
    asked += ["--departure", "2026-08-15"]
    done = RUNNER.invoke(APP, asked)
    assert done.exit_code == 3
    said = " ".join(done.stdout.split())
    assert said.count("Suez Canal: closed, What if: Bab el-Mandeb is closed") == 1
    rail = "Kazakhstan via Dostyk: infeasible, its pre-carriage does not reach its main carriage"
    assert rail in said


def test_days_and_tonnes_keep_their_decimals_below_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [{"days": 43.14, "t_CO2e_per_TEU": 2.0, "nm": 7.5}, {"days": 57.0, "nm": 8.0}]
    print_table(rows, columns=["days", "t_CO2e_per_TEU", "nm"])
    *_, first, second, _ = capsys.readouterr().out.splitlines()
    assert first.split() == ["43.14", "2.00", "7.5"]
    assert second.split() == ["57.0", "8"]


@pytest.mark.long
def test_months_prints_a_row_a_month_and_writes_them(tmp_path: Path) -> None:
    asked = ["compare", "shanghai-europe", "--set", "corridors=[suez,northern-sea-route]"]
    done = RUNNER.invoke(APP, [*asked, "--months", "--out", str(tmp_path), "--format", "json"])
    assert done.exit_code == 0
    rows = json.loads(done.stdout)["rows"]
    assert [row["month"] for row in rows][:6] == [
        *("2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01"),
    ]
    assert rows[5]["closed"] == "northern-sea-route"
    assert len((tmp_path / "months.csv").read_text(encoding="utf-8").splitlines()) == 25
    assert 'id="months"' in (tmp_path / "map.html").read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        run([*asked, "--months", "--front"])
    assert refused.value.code == 2
