"""Questions as known on a day: what was published later is left out, and nothing else."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import corridors
from corridors.cli.main import command_line
from corridors.config import load_scenario
from corridors.data.access import load_access, title_on
from corridors.data.known import dated_by, known_since
from corridors.data.lines import load_lines
from corridors.data.parameters import PARAMETER_FILES
from corridors.data.paths import data_root
from corridors.data.uncertainty import EventKind, event_of, events_known
from corridors.domain.places import Effect
from corridors.network.lines.laying import laid_as_known, load_laid
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

TABLES = date(2026, 12, 2)
SESSION = Session()
ROOT = Path(__file__).parents[2]


def asked(ends: tuple[str, str], day: date, known_on: date | None, session: Session) -> Comparison:
    scenario = load_scenario("shanghai-hamburg", departure=day)
    scenario = replace(scenario, origin=ends[0], destination=ends[1], known_on=known_on, text={})
    return compare(scenario, session=session, fronts=False)


def figures(found: Comparison) -> list[tuple[object, ...]]:
    """The options with their figures, and which is recommended."""
    return [
        (
            *(option.corridor, option.status, option.cost_usd_per_teu, option.price_usd_per_teu),
            *(option.transit_days, option.co2e_wtw_kg_per_teu, option.passages, option.borders),
            *(option.corridor == found.decision.recommended,),
        )
        for option in found.routes
    ]


CITIES = (
    *("Shanghai", "Chongqing", "Xi'an", "Busan", "Tokyo", "Mumbai", "Almaty", "Tashkent"),
    *("Hamburg", "Rotterdam", "Piraeus", "Lodz", "Istanbul", "Moscow", "Duisburg", "Tbilisi"),
)


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(n, marks=pytest.mark.long) for n in range(3, 20))]
)
def test_the_day_of_the_tables_changes_nothing(seed: int) -> None:
    # Pairs, days of ten years and cargoes, drawn: what is known today is all that there is.
    rng = random.Random(seed)
    start, end = rng.sample(CITIES, 2)
    keys: dict[str, Any] = {
        "origin": start,
        "destination": end,
        "departure": (date(2019, 1, 1) + timedelta(days=rng.randrange(9 * 365))).isoformat(),
        "shipment": {"cargo": rng.choice(["electronics", "apparel", "machinery", "chemicals"])},
    }
    here = corridors.Session()
    now = here.compare("shanghai-hamburg", **keys)
    then = here.compare("shanghai-hamburg", known_on=TABLES.isoformat(), **keys)
    assert figures(now) == figures(then)


# A second way to the same answer: the tables as they would have been written on the day.

Cells = dict[str, str]


def rewritten(path: Path, change: Callable[[Cells], Cells | None]) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    path.unlink()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for old in rows if (row := change(old)) is not None)


def without_later_end(row: Cells, day: str) -> Cells:
    if row["end_known_from"] > day:
        ends = ("last_day", "end_known_from", "end_known_by", "end_source_id")
        row = {**row, **dict.fromkeys(row.keys() & {*ends}, "")}
    return row


def written_on(folder: Path, day: date) -> None:
    """Make the tables those of a day, by their columns and not by the program's readers."""
    told = day.isoformat()

    def rule(row: Cells) -> Cells | None:
        return None if row["known_from"] > told else without_later_end(row, told)

    def line(row: Cells) -> Cells:
        # The file of laid lines names each: one that is not known does not sail.
        if row["known_from"] > told:
            return {**row, "frequency": "0", "weekdays": ""}
        seen = min(row["last_seen"], told[:7])
        return {**without_later_end(row, told), "last_seen": seen}

    def price(row: Cells) -> Cells | None:
        since = known_since(row["parameter"], row["scope"]) if dated_by(row["scope"]) else None
        return None if since and since > day else row

    def week(row: Cells) -> Cells | None:
        monday = date.fromisocalendar(int(row["week"][:4]), int(row["week"][6:]), 1)
        return None if (day - monday).days < 7 else row

    parameters = folder / "parameters"
    rewritten(parameters / "access.csv", rule)
    rewritten(parameters / "events.csv", rule)
    rewritten(parameters / "voyages.csv", lambda row: None if row["known_from"] > told else row)
    rewritten(parameters / "lines.csv", line)
    rewritten(parameters / "market_weeks.csv", week)
    for name in PARAMETER_FILES:
        rewritten(parameters / name, price)


@pytest.mark.parametrize(
    ("day", "pairs"),
    [
        (date(2023, 12, 1), [("Shanghai", "Hamburg")]),
        pytest.param(
            date(2022, 3, 20),
            [("Shanghai", "Hamburg"), ("Chengdu", "Lodz"), ("Tokyo", "Moscow")],
            marks=pytest.mark.long,
        ),
        pytest.param(
            date(2024, 8, 15),
            [("Mumbai", "Rotterdam"), ("Xi'an", "Duisburg"), ("Shanghai", "Piraeus")],
            marks=pytest.mark.long,
        ),
    ],
)
def test_an_answer_is_that_of_tables_written_on_the_day(
    day: date,
    pairs: list[tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    then = [figures(asked(ends, day, day, SESSION)) for ends in pairs]
    folder = tmp_path / "geodata"
    shutil.copytree(data_root(), folder)
    shutil.copytree(data_root().parent / "configs", tmp_path / "configs")
    written_on(folder, day)
    monkeypatch.setenv("CORRIDORS_DATA", str(folder))
    session = Session()
    assert [figures(asked(ends, day, None, session)) for ends in pairs] == then


def test_carriers_leave_the_red_sea_when_they_said_so_and_no_earlier() -> None:
    ends, leaves = ("Shanghai", "Hamburg"), date(2023, 12, 20)
    by_day = {
        day: asked(ends, leaves, date.fromisoformat(day), SESSION).decision.recommended
        for day in ("2023-12-01", "2023-12-17", "2023-12-18")
    }
    assert by_day["2023-12-01"] == by_day["2023-12-17"] == "suez"
    assert by_day["2023-12-18"] != "suez"


def test_a_rule_whose_end_was_not_told_holds_on() -> None:
    def rules(known_on: str) -> Mapping[str, object]:
        found = load_access("current", known_on=date.fromisoformat(known_on))
        return {rule.id: rule for rule in found}

    assert "pl-by-2025-09" not in rules("2025-09-08")
    shut = {one.id: one for one in load_access("current", known_on=date(2025, 9, 15))}
    assert (shut["pl-by-2025-09"].first_day, shut["pl-by-2025-09"].last_day) == ("2025-09-12", "")
    known = {one.id: one for one in load_access("current", known_on=date(2025, 9, 23))}
    assert known["pl-by-2025-09"].last_day == "2025-09-24"
    # A ship in the canal: nobody knew when the queue would go.
    blocked = {one.id: one for one in load_access("current", known_on=date(2021, 3, 25))}
    delay = blocked["suez-2021-blocked"]
    assert delay.effect is Effect.DELAY
    assert delay.hours_on(date(2021, 4, 20)) == delay.hours_on(date(2021, 3, 23)) > 0
    assert "suez-2021-queue" not in blocked
    assert all(rule.as_of <= "2021-03-25" for rule in blocked.values() if rule.known_from)


def test_lines_are_as_one_knew_them() -> None:
    day = date(2023, 12, 1)
    lines = {one.line.loop: one.line for one in laid_as_known(day) if one is not None}
    every = {line.loop: line for line in load_lines().lines}
    assert 0 < len(lines) < len({one.line.loop for one in load_laid()})
    assert all(every[loop].known_from <= "2023-12-01" for loop in lines)
    assert all(line.last_seen <= "2023-12" for line in lines.values())
    loop = "LL3 (AEU7, Suez)"
    assert every[loop].window.last_day == date(2023, 12, 20)
    assert lines[loop].window.last_day > date(2026, 1, 1)


def test_lateness_of_a_year_is_that_of_the_last_year_counted() -> None:
    day = date(2023, 6, 1)
    now = event_of(events_known(None), EventKind.LATE_ARRIVAL, day, "Evergreen")
    then = event_of(events_known(day), EventKind.LATE_ARRIVAL, day, "Evergreen")
    assert now is not None
    assert then is not None
    assert (now.id, then.id) == ("late-2023", "late-2022")


def test_the_title_of_the_world_knows_no_more() -> None:
    day = date(2024, 1, 5)
    assert title_on("current", day) == "Most carriers avoid the Red Sea, as in January 2024"
    before = date(2023, 12, 1)
    assert title_on("current", day, known_on=before) == "Carriers sail as in December 2023"


def test_the_page_shows_what_the_command_prints() -> None:
    page = (ROOT / "docs/how-to/known-on.md").read_text(encoding="utf-8")
    command = next(line.strip() for line in page.splitlines() if line.startswith("    corridors "))
    shown = page.split("```text\n")[1].split("```")[0].splitlines()
    result = CliRunner(env={"COLUMNS": "100"}).invoke(command_line(), command.split()[1:])
    assert result.exit_code == 0
    printed = [line.rstrip() for line in result.stdout.splitlines()]
    assert shown == [line for line in printed if not line.startswith("Again:")]
