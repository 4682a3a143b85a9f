"""Hold distances on the lanes to published ones, and peers to the same."""

from __future__ import annotations

import csv
import hashlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from corridors.data.geodata import load_terminals
from corridors.network.locate import CodeTables, Place, code_tables, locate_port
from corridors.network.sea.sea_distances import sea_distance
from corridors.studies.validate.cases import Case, load_cases
from corridors.studies.validate.measures import measured_sea
from corridors.units import nm_from_km
from validation.campaigns.lane_peers import Measure, peers
from validation.campaigns.lane_tables import HEADINGS, Compared, Section, spread, worst

TABLES = (
    Path(__file__).with_name("published_distances.csv"),
    Path(__file__).with_name("published_pub151.csv"),
)
POSITIONS = Path(__file__).with_name("published_positions.csv")
SHUT = {
    "Suez": frozenset({"gate-panama"}),
    "Cape": frozenset({"gate-suez", "gate-panama"}),
}
"""What is kept shut so that the way of a region is the shortest."""
TITLES = {"suez": "Suez", "cape": "Cape", "northern-sea-route": "Northern Sea Route"}
OTHER_TABLES = "other tables"
"""Where the figures of a group come from that names no table: LINER-LIB and the cases."""
TITLE_WIDTH = 42
MOST_MEDIAN = {"Suez": 0.005, "Cape": 0.005}
"""The medians of signed and of absolute errors of a region, either way; of all others below."""
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
    def region(self) -> str:
        """The region or route, whichever table the figure is of."""
        return region_of(self.group)

    @property
    def title(self) -> str:
        """The region with the table."""
        return self.group if "," in self.group else f"{self.group}, {OTHER_TABLES}"

    @property
    def error(self) -> float:
        """How much longer ours is, as a fraction of the published distance."""
        return self.ours_nm / self.nm - 1.0

    @property
    def name(self) -> str:
        """Both ports."""
        return f"{self.origin.name} - {self.destination.name}"

    @property
    def sets(self) -> bool:
        """Whether it is in the half that sets what ships sail near land; the other half judges."""
        return hashlib.sha256(f"{self.group},{self.name}".encode()).digest()[0] % 2 == 0


def region_of(group: str) -> str:
    """Return the region of a group: a group is the figures of a region from one table."""
    return group.partition(",")[0]


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


# Miles as sailed, or rounded by the press to hundreds: `corridors validate` counts them.
NO_TABLE = frozenset(
    (
        *("suez-shanghai-rotterdam-searoute", "suez-shanghai-rotterdam-yong-sheng"),
        *("nsr-shanghai-rotterdam-yong-sheng", "nsr-yokohama-rotterdam-tum"),
        *("nsr-ningbo-felixstowe-press", "nsr-st-petersburg-shanghai"),
    )
)


def from_cases() -> list[Published]:
    """Return the distances of `corridors validate`, without those that are no table's."""
    cases = [
        case
        for case in load_cases()
        if case.kind == "sea" and case.quantity == "distance" and case.id not in NO_TABLE
    ]
    ours = measured_sea(cases)

    def nm(case: Case, length: float) -> float:
        return nm_from_km(length) if case.unit == "km" else length

    return [
        Published(
            group=TITLES[case.route],
            origin=place(case.origin),
            destination=place(case.destination),
            nm=nm(case, case.published),
            ours_nm=nm(case, ours[case.id].value),
            why=case.why,
        )
        for case in cases
    ]


def listed() -> list[dict[str, str]]:
    """Return the rows of both tables."""
    return [row for table in TABLES for row in _rows(table)]


def from_table(rows: Sequence[Mapping[str, str]] | None = None) -> list[Published]:
    """Return distances of the tables, all if no rows are given, each from where they measure it."""
    found = []
    for row in listed() if rows is None else rows:
        ends = measured_from(row["origin"]), measured_from(row["destination"])
        found.append(
            Published(
                group=row["group"],
                origin=ends[0],
                destination=ends[1],
                nm=float(row["nm"]),
                ours_nm=sea_distance(*ends, avoid=SHUT.get(region_of(row["group"]), ())),
                why=row["why"],
            )
        )
    return found


def measured(row: Published, measure: Measure) -> float | None:
    """Return a peer's nm for a row, None where it finds no way or cannot take that one."""
    if row.group == TITLES["northern-sea-route"]:
        return None
    ends = [(end.lon, end.lat) for end in (row.origin, row.destination)]
    return measure(ends[0], ends[1], SHUT.get(row.region, frozenset()))


def published_section(*, count: int) -> Section:
    """Return errors by region, by table too, and the worst pairs; ours and those of peers."""
    rows = [*from_cases(), *from_table()]
    known, absent = peers()
    lengths = {"ours": {row: row.ours_nm for row in rows}}
    for name, measure in known.items():
        found = ((row, measured(row, measure)) for row in rows)
        lengths[name] = {row: nm for row, nm in found if nm is not None}
    regions = _grouped(rows, lambda row: row.region)
    tables = _grouped(rows, lambda row: row.title)
    within = [row for row in rows if row.region not in TITLES.values()]
    heading = f"{'':<{TITLE_WIDTH}}{'':<10}{HEADINGS}"
    lines = [
        f"{len(rows)} published distances.",
        "Errors in percent of the published figure; 90th is of signed errors.",
        "",
        "Every figure of a region, whichever table it is of:",
        heading,
    ]
    for region, chosen in {**regions, "all but the routes": within}.items():
        lines += _errors(region, chosen, lengths)
    lines += ["", "The same figures by table:", heading]
    for title, chosen in tables.items():
        lines += _errors(title, chosen, lengths)
    lines += [
        "",
        "Absolute medians of ours by half, the one that sets what ships sail near land first:",
    ]
    failures: list[str] = []
    for title, chosen in (regions | tables).items():
        lines.append(f"  {title:<{TITLE_WIDTH}}{_by_half(chosen)}")
        median = statistics.median(row.error for row in chosen)
        most = MOST_MEDIAN.get(region_of(title), MOST_MEDIAN_IN_REGIONS)
        if abs(median) > most:
            failures.append(f"{title}: median {100 * median:+.2f} %, at most {100 * most} %")
    for region, chosen in regions.items():
        absolute = statistics.median(abs(row.error) for row in chosen)
        most = MOST_MEDIAN.get(region, MOST_MEDIAN_IN_REGIONS)
        if absolute > most:
            failures.append(
                f"{region}: absolute median {100 * absolute:.2f} %, at most {100 * most} %"
            )
    far = [row for row in rows if abs(row.error) > MOST_WITHOUT_REASON]
    failures += [f"{_key(row)}: over 5 % without a reason" for row in far if not row.why]
    lines += [f"{name}: not installed, skipped" for name in absent]
    lines += ["", f"{len(far)} over 5 % of ours, and why:"]
    lines += [f"  {_key(row)}: {100 * row.error:+.1f} %. {row.why}" for row in far]
    for who, nm_of in lengths.items():
        compared = [
            Compared(name=_key(row), ours=nm, reference=row.nm) for row, nm in nm_of.items()
        ]
        lines += [f"worst of {who}:", *worst(compared, count, unit="nm")]
    return Section(title="Published distances", lines=tuple(lines), failures=tuple(failures))


def _grouped(
    rows: Sequence[Published], of: Callable[[Published], str]
) -> dict[str, list[Published]]:
    """Return the figures by what they have in common, in the order in which that comes first."""
    found: dict[str, list[Published]] = {}
    for row in rows:
        found.setdefault(of(row), []).append(row)
    return found


def _errors(
    title: str, chosen: Sequence[Published], lengths: Mapping[str, Mapping[Published, float]]
) -> list[str]:
    """Return a line for ours and each peer over the figures that it finds a way for."""
    return [
        f"{title if who == 'ours' else '':<{TITLE_WIDTH}}{who:<10}"
        + spread([nm_of[row] / row.nm - 1.0 for row in chosen if row in nm_of])
        for who, nm_of in lengths.items()
    ]


def _by_half(rows: Sequence[Published]) -> str:
    """Return the pairs and the median of absolute errors in percent of both halves."""
    found = []
    for sets in (True, False):
        errors = [abs(row.error) for row in rows if row.sets is sets]
        found.append(
            f"{100 * statistics.median(errors):6.2f} of {len(errors):<4}" if errors else ""
        )
    return " ".join(found)


def _key(row: Published) -> str:
    return f"{row.name} ({row.group}, {row.nm:.0f})"
