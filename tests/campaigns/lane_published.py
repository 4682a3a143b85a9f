"""Hold distances on the lanes to published ones, and peers to the same."""

from __future__ import annotations

import csv
import hashlib
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from corridors.data.geodata import load_terminals
from corridors.network.distances import sea_distance
from corridors.network.locate import CodeTables, Place, code_tables, locate_port
from corridors.studies.published.cases import Case, load_cases
from corridors.studies.published.distances import measured_sea
from corridors.units import nm_from_km
from tests.campaigns.lane_peers import Measure, peers
from tests.campaigns.lane_tables import HEADINGS, Compared, Section, spread, worst

TABLES = (
    Path(__file__).with_name("published_distances.csv"),
    Path(__file__).with_name("published_pub151.csv"),
)
POSITIONS = Path(__file__).with_name("published_positions.csv")
SHUT = {
    "Suez": frozenset({"gate-panama"}),
    "Suez, Pub. 151": frozenset({"gate-panama"}),
    "Cape": frozenset({"gate-suez", "gate-panama"}),
}
"""What is kept shut so that the way of a group is the shortest."""
TITLES = {"suez": "Suez", "cape": "Cape", "northern-sea-route": "Northern Sea Route"}
MOST_MEDIAN = {"Suez": 0.005, "Suez, Pub. 151": 0.005, "Cape": 0.005}
"""The median error of a group, either way; of all other groups it is below."""
MOST_MEDIAN_IN_REGIONS = 0.015
MOST_WITHOUT_REASON = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published distance in nm beside ours, and why they differ where they differ much."""

    group: str
    origin: Place
    destination: Place
    nm: float
    ours_nm: float
    why: str = ""

    @property
    def name(self) -> str:
        """Both ports."""
        return f"{self.origin.name} - {self.destination.name}"

    @property
    def sets(self) -> bool:
        """Whether it is in the half that sets what ships sail near land; the other half judges."""
        return hashlib.sha256(f"{self.group},{self.name}".encode()).digest()[0] % 2 == 0


@cache
def _tables() -> CodeTables:
    return code_tables(load_terminals())


def place(text: str) -> Place:
    """Return the port of a name or code."""
    return locate_port(text, _tables())


@cache
def _positions() -> dict[str, str]:
    """Return where tables measure from, as `lon,lat` by port, where that is not our port."""
    return {row["port"]: f"{row['lon']},{row['lat']}" for row in _rows(POSITIONS)}


def measured_from(port: str) -> Place:
    """Return the point from which the tables measure a port, under the port's name."""
    known = place(port)
    return replace(place(_positions()[port]), name=known.name) if port in _positions() else known


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def from_cases() -> tuple[list[Published], int]:
    """Return the distances that `corridors validate` measures, and how many are left out.

    Left out are figures that count for nothing there, each with a reason in its file.
    """
    cases = [case for case in load_cases() if case.kind == "sea" and case.quantity == "distance"]
    counted = [case for case in cases if case.counted]
    ours = measured_sea(counted)

    def nm(case: Case, length: float) -> float:
        return nm_from_km(length) if case.unit == "km" else length

    return [
        Published(
            group=TITLES[case.route],
            origin=place(case.origin),
            destination=place(case.destination),
            nm=nm(case, case.published),
            ours_nm=nm(case, ours[case.id]),
            why=case.why,
        )
        for case in counted
    ], len(cases) - len(counted)


def from_table() -> list[Published]:
    """Return the distances of the tables, each from where they measure it."""
    found = []
    for row in (row for table in TABLES for row in _rows(table)):
        ends = measured_from(row["origin"]), measured_from(row["destination"])
        found.append(
            Published(
                group=row["group"],
                origin=ends[0],
                destination=ends[1],
                nm=float(row["nm"]),
                ours_nm=sea_distance(*ends, avoid=SHUT.get(row["group"], ())),
                why=row["why"],
            )
        )
    return found


def measured(row: Published, measure: Measure) -> float | None:
    """Return a peer's nm for a row, None where it finds no way or cannot take that one."""
    if row.group == TITLES["northern-sea-route"]:
        return None
    ends = [(end.lon, end.lat) for end in (row.origin, row.destination)]
    return measure(ends[0], ends[1], SHUT.get(row.group, frozenset()))


def published_section(*, count: int) -> Section:
    """Return errors by group and the worst pairs, ours and those of peers."""
    cases, left_out = from_cases()
    rows = [*cases, *from_table()]
    known, absent = peers()
    groups = list(dict.fromkeys(row.group for row in rows))
    lines = [
        f"{len(rows)} published distances; {left_out} more do not count in `corridors validate`.",
        "Errors in percent of the published figure; 90th is of signed errors.",
        f"{'':<28}{'':<10}{HEADINGS}",
    ]
    failures = []
    compared = {"ours": [_compared(row, row.ours_nm) for row in rows]}
    for name, measure in known.items():
        lengths = [(row, measured(row, measure)) for row in rows]
        compared[name] = [_compared(row, nm) for row, nm in lengths if nm is not None]
    group_of = {_key(row): row.group for row in rows}
    for group in [*groups, "all regions"]:
        for who, lengths_of in compared.items():
            errors = [
                one.error
                for one in lengths_of
                if group_of[one.name] == group
                or (group == "all regions" and group_of[one.name] not in TITLES.values())
            ]
            lines.append(f"{group if who == 'ours' else '':<28}{who:<10}{spread(errors)}")
            if who == "ours" and errors:
                median = statistics.median(errors)
                most = MOST_MEDIAN.get(group, MOST_MEDIAN_IN_REGIONS)
                if abs(median) > most:
                    failures.append(
                        f"{group}: median {100 * median:+.2f} %, at most {100 * most} %"
                    )
    lines += [
        "absolute medians of ours by half, the one that sets what ships sail near land first:"
    ]
    lines += [f"  {group:<32}{_by_half(rows, group)}" for group in groups]
    far = [row for row in rows if abs(row.ours_nm / row.nm - 1.0) > MOST_WITHOUT_REASON]
    failures += [f"{_key(row)}: over 5 % without a reason" for row in far if not row.why]
    lines += [f"{name}: not installed, skipped" for name in absent]
    lines.append("over 5 % of ours, and why:")
    lines += [
        f"  {_key(row)}: {100 * (row.ours_nm / row.nm - 1.0):+.1f} %. {row.why}" for row in far
    ]
    for who, lengths_of in compared.items():
        lines += [f"worst of {who}:", *worst(lengths_of, count, unit="nm")]
    return Section(title="Published distances", lines=tuple(lines), failures=tuple(failures))


def _by_half(rows: Sequence[Published], group: str) -> str:
    """Return the pairs and the median of absolute errors in percent of both halves of a group."""
    found = []
    for sets in (True, False):
        half = [row for row in rows if row.group == group and row.sets is sets]
        errors = [abs(row.ours_nm / row.nm - 1.0) for row in half]
        found.append(f"{100 * statistics.median(errors):6.2f} of {len(half):<4}" if half else "")
    return " ".join(found)


def _key(row: Published) -> str:
    return f"{row.name} ({row.group}, {row.nm:.0f})"


def _compared(row: Published, nm: float) -> Compared:
    return Compared(name=_key(row), ours=nm, reference=row.nm)
