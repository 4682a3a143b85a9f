"""`make check-data`: what is shipped is sound, and each kind of fault is found with its line."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corridors.checks import check_configs, manifest_faults
from corridors.data.columns import read_rows
from corridors.data.parameters import load_parameters
from corridors.data.paths import csv_rows, data_root
from corridors.domain.values import Status
from corridors.studies.validate.cases import cases_dir
from validation.shipped_data import check_geodata

FOLDERS = ("network", "derived", "parameters")


def link(source: Path, root: Path) -> None:
    """Make every file of the data a link, also one that a test has broken, and remove others."""
    (root / "README.md").unlink(missing_ok=True)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
        for path in (root / folder).iterdir():
            if not (path.is_symlink() and path.exists()):
                path.unlink()
        for path in (source / folder).iterdir():
            if not (root / folder / path.name).is_symlink():
                (root / folder / path.name).symlink_to(path)
    cases = root.parent / "tests" / "cases" / "published"
    shutil.copytree(cases_dir(), cases, dirs_exist_ok=True)
    shutil.rmtree(root.parent / "configs", ignore_errors=True)
    shutil.copytree(source.parent / "configs", root.parent / "configs")


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The shipped data, and a folder of links to it, so that what no test breaks is read once."""
    return data_root(), tmp_path_factory.mktemp("linked") / "geodata"


@pytest.fixture
def copied(linked: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped data that a test may break; unbroken files are links."""
    link(*linked)
    monkeypatch.setenv("CORRIDORS_DATA", str(linked[1]))
    return linked[1]


def edit(path: Path, row_id: str, column: str, value: str) -> int:
    """Change a cell of a table and return its line."""
    rows = csv_rows(path)
    row = next(row for row in rows if row["id"] == row_id)
    line = int(row.pop("__line__"))
    for other in rows:
        other.pop("__line__", None)
    row[column] = value
    path.unlink()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return line


def test_what_is_shipped_is_sound() -> None:
    checked, faults = check_geodata()
    assert checked > 500
    assert faults == ()


def test_shipped_configurations_are_sound() -> None:
    checked, faults = check_configs()
    assert checked >= 17
    assert faults == ()


# Faults by what finds them: cells, rows, keys of other tables, what is built of sound tables. Each
# kind hides the next, so those of a kind are made together and looked for one by one.
CELLS = (
    (
        "gates.csv", "gate-kiel", "by_default", "closed",
        "by_default: must be one of shut, got 'closed'",
    ),
    ("gates.csv", "gate-dover", "cut", "1.0 51.2;1.9 east", "cut: must be one of"),
    ("terminals.csv", "ru-omsk", "source", "", "source: must not be empty"),
    (
        "terminals.csv", "ru-tyumen", "status", "guessed",
        "status: must be one of assumption, computed, copied, found, recalled, got 'guessed'",
    ),
    ("terminals.csv", "ru-perm", "lat", "155", "lat: must be a number from -90 to 90"),
    (
        "rail_legs.csv", "cn-lianyungang--cn-xuzhou", "gauge_mm", "1520",
        "gauge_mm: must be as in other rows of its system: 1435, got '1520'",
    ),
    (
        "rail_legs.csv", "cn-lianyungang--cn-xuzhou", "length_km", "100.0",
        "length_km: must be 1 to 1 times published_km",
    ),
)  # fmt: skip
TWICE = (
    (
        "terminals.csv", "cn-ningbo", "unlocode", "CNSHA",
        "unlocode: appears twice, also on line 2; keep one, got 'CNSHA'",
    ),
)  # fmt: skip
KEYS = (
    (
        "terminals.csv", "kz-dostyk", "services", "rail/1520;rail/cn-1453",
        "services: unknown 'rail/cn-1453', did you mean 'rail/cn-1435'?",
    ),
    (
        "gates.csv", "gate-great-belt", "part_laden", "sea/14",
        "part_laden: unknown 'sea/14', did you mean 'sea/14k'?",
    ),
    ("terminals.csv", "ru-omsk", "id", "ru-omks", "unknown 'ru-omsk'"),
    ("rail_legs.csv", "cn-hangzhou--cn-ningbo", "length_km", "100.0", "of the great circle"),
)  # fmt: skip
BUILT = (
    (
        "terminals.csv", "kz-dostyk", "services", "rail/1520",
        "kz-dostyk: gauge change without a transfer: no service of 1435 mm in its services",
    ),
    (
        "terminals.csv", "ru-omsk", "services", "rail/1520;sea",
        "ru-omsk: a seaport without a row in port_calls.csv",
    ),
    (
        "terminals.csv", "ru-omsk", "services", "rail/1520;sea",
        "ru-omsk: off the network: a seaport without a point on the lanes",
    ),
    (
        "terminals.csv", "pl-gdansk", "services", "sea;rail/eu-1435",
        "pl-gdansk: 'hub' in its services must agree with port_calls.csv",
    ),
    ("terminals.csv", "ru-tyumen", "lat", "57.1845", "its line ends"),
)  # fmt: skip
# The same of tables of parameters, by their text.
CELL_TEXTS = (
    ("country_groups.csv", "AT;BE", "AT;AT", "2: countries: must not name anything twice"),
    ("uncertainty.csv", "drawn,,bunker,0.98", "drawn,,bunker,9.8", "2: loading: must be a number"),
    ("events.csv", "erlang-1,0.22", "erlang-1,2.2", "2: probability: must be"),
    ("volatility.csv", "0.0571", "-0.0571", "2: weekly_sd: must be a number from 0 to 1"),
    ("width_factors.csv", "rail days,1.7", "rail day,1.7", "2: family: must be one of"),
    ("width_factors.csv", "NSR,1,", "NSR,0,", "8: factor: must be a number from 0.1 to 5"),
)
KEY_TEXTS = (
    ("country_groups.csv", "AT;", "Austria;", "2: countries: unknown 'Austria'"),
    ("train_handovers.csv", "rail/tsr-1520", "rail/tsr", "2: other: unknown 'rail/tsr'"),
    ("train_handovers.csv", ",assumption,a", ",me,a", "2: source_id: unknown 'me'"),
)
BUILT_TEXTS = (
    ("volatility.csv", ",0.299,", ",0.359,", "2: fuel.vlsfo_usd_per_t@: long_sd must be"),
    ("events.csv", "1,4.0,1.32", "1,4.9,1.32", "2: late-2019: mean, p10, p50 and p90 do not"),
)


@pytest.mark.parametrize(
    ("cells", "texts"), [(CELLS, CELL_TEXTS), (TWICE, ()), (KEYS, KEY_TEXTS), (BUILT, BUILT_TEXTS)]
)
def test_faults_are_reported_with_file_and_line(
    cells: Sequence[tuple[str, ...]], texts: Sequence[tuple[str, ...]], copied: Path
) -> None:
    lines = [edit(copied / "network" / table, *change) for table, *change, _ in cells]
    for file, old, new, _ in texts:
        path = copied / "parameters" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.unlink()
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = check_geodata()[1]
    for (table, *_, told), line in zip(cells, lines, strict=True):
        found = [fault for fault in faults if told in fault]
        assert found, (told, faults)
        if told not in ("unknown 'ru-omsk'", "its line ends"):
            assert found[0].startswith(f"geodata/network/{table}:{line}: ")
    for file, *_, told in texts:
        assert any(f"{file}:{told}" in fault for fault in faults), (told, faults)


def test_a_missing_file_is_reported(copied: Path) -> None:
    (copied / "network" / "gates.csv").unlink()
    assert check_geodata()[1] == ("gates.csv: cannot be read: No such file or directory",)


def test_the_list_of_files_is_held_to_the_files(copied: Path) -> None:
    (copied / "README.md").write_text(
        f"| `network/gates.csv` | x | {'0' * 64} |\n| `network/gone.csv` | x | {'0' * 64} |\n"
    )
    faults = list(manifest_faults())
    assert any("README.md:1: network/gates.csv: its sha256 is" in fault for fault in faults)
    assert any("README.md:2: network/gone.csv: no such file" in fault for fault in faults)
    assert any("no row for parameters/cargo.csv" in fault for fault in faults)


def test_a_shipped_scenario_with_an_unknown_place_is_reported(copied: Path) -> None:
    file = copied.parent / "configs" / "scenarios" / "shanghai-europe.yaml"
    file.write_text(file.read_text().replace("origin: Shanghai", "origin: Shanhgai"))
    # All other files are sound, as the test above finds.
    for other in file.parent.parent.rglob("*.yaml"):
        if other != file and other.parent.name not in ("corridors", "projects"):
            other.unlink()
    faults = check_configs()[1]
    assert len(faults) == 1
    assert faults[0].startswith("configs/scenarios/shanghai-europe.yaml:4: origin: ")
    assert "did you mean 'Shanghai'?" in faults[0]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("known_from", "", "no known_from: give the day of its source, or a rule"),
        ("known_from", "2023-12-01", "known from 2023-12-01, before seatrade-2023-12-18"),
        ("end_known_from", "", "no end_known_from"),
        ("end_known_from", "2023-12-01", "its end is known before it is"),
    ],
)
def test_a_dated_row_has_the_day_from_which_it_is_known(
    copied: Path, column: str, value: str, told: str
) -> None:
    path = copied / "parameters" / "access.csv"
    line = edit(path, "current-suez-2023", column, value)
    if not value:
        edit(path, "current-suez-2023", column.replace("known_from", "known_by"), "")
    assert any(f":{line}: {told}" in fault for fault in check_geodata()[1])


def test_a_source_of_a_month_tells_from_the_last_of_it(copied: Path) -> None:
    path = copied / "parameters" / "access.csv"
    line = edit(path, "ru-baltic-feeders-2025", "known_from", "2025-10-01")
    told = f":{line}: guru-2025 has no day: known from the last of 2025-10, or the row's own"
    assert any(told in fault for fault in check_geodata()[1])
    edit(path, "ru-baltic-feeders-2025", "first_day", "2025-10-01")
    assert not any(told in fault for fault in check_geodata()[1])


def test_a_price_without_a_rule_of_when_it_is_known_is_a_fault(copied: Path) -> None:
    path = copied / "parameters" / "known_rules.csv"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    path.write_text(text.replace("fuel.mgo_usd_per_t;", ""), encoding="utf-8")
    faults = check_geodata()[1]
    assert any(fault.startswith("fuel.mgo_usd_per_t@2023-11: no rule") for fault in faults)


def test_a_number_without_source_status_or_unit_is_a_fault(copied: Path) -> None:
    path = copied / "parameters" / "rail.csv"
    rows = read_rows(path)
    lines = {}
    for row, column in zip(rows[3:], ("source_id", "status", "unit"), strict=False):
        lines[column] = int(row["__line__"])
        row[column] = ""
    path.unlink()
    with path.open("w", encoding="utf-8", newline="") as stream:
        columns = [name for name in rows[0] if name != "__line__"]
        writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    _, faults = check_geodata()
    for column, line in lines.items():
        told = f"rail.csv:{line}: {column}: must not be empty"
        assert any(told in fault for fault in faults), faults


def test_labels_may_be_missing_but_not_those_of_other_lanes(copied: Path) -> None:
    (copied / "derived" / "sea_labels.npz").unlink(missing_ok=True)
    assert check_geodata()[1] == ()
    np.savez(
        copied / "derived" / "sea_labels.npz",
        place_id=["GBPLY"],
        place_lon=[-4.1],
        place_lat=[50.4],
        node=[0],
        closed=[""],
        lanes_sha256="0" * 64,
    )
    (fault,) = check_geodata()[1]
    assert fault.endswith(
        "sea_labels.npz: not used, since sea_lanes.npz has changed; run geodata/build/sea_labels.py"
    )


SEARCHES = Path(__file__).with_name("parameter_searches.csv")


def test_each_row_that_was_weak_has_its_searches_and_outcome_on_record() -> None:
    """Rows that were recalled or assumed at the end of November 2026, by what they moved."""
    weak = {Status.RECALLED, Status.ASSUMPTION}
    rows = {
        f"{row.parameter}@{row.scope}" if row.scope else row.parameter: row
        for row in load_parameters().rows
    }
    with SEARCHES.open(encoding="utf-8", newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert len({line["id"] for line in listed}) == len(listed) == 312
    for line in listed:
        kind, _, status = line["outcome"].partition(": ")
        row = rows.get(line["id"])
        if kind == "removed":
            assert row is None
            continue
        assert row is not None
        assert (kind == "open") == (row.status in weak), line["id"]
        assert line["searches"]
        if kind == "settled":
            assert (row.status.value, row.source_id) == (status, line["source"]), line["id"]
    # A row that was settled must not become weak again: lower these.
    still = [line for line in listed if line["outcome"].startswith("open")]
    effects = [sum(float(line["effect_percent"]) for line in lines) for lines in (still, listed)]
    assert len(still) <= 103
    assert effects[0] / effects[1] <= 0.083
