"""The results of a stress test, and their records for JSON, CSV and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from corridors.domain.scenario import Scenario
from corridors.output.display_names import listed
from corridors.output.geopackage_writer import Geometry, Layer, write_layers
from corridors.output.manifest import scenario_record
from corridors.output.qgis_styles import PointStyle
from corridors.output.records import Record, significant
from corridors.output.tables import Table
from corridors.studies.closures.closable_places import Passed
from corridors.studies.closures.severed import Severed

if TYPE_CHECKING:
    import geopandas
    import pandas as pd


CLOSURES = Table(
    name="stress",
    about="A closure of one place or two; figures are empty if no route is left.",
    rows_of=attrgetter("rows"),
    files="place name kind corridor title usd_per_teu days extra_usd_per_teu extra_days"
    " worse_share",
    reads="name worse_share extra_usd_per_teu extra_days title usd_per_teu days kind",
    spare="kind usd_per_teu days",
    exact=significant,
)
# In a GIS a place that nothing replaces is as large as the worst.
_CLOSED = "#c0392b"
_BY_SHARE = """coalesce(scale_linear("worse_share", 0, maximum("worse_share"), 1.5, 5), 5)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StressRow:
    """What closing one place does, or two of which the second lies on the detour of the first.

    `corridor` is the best one then, `title` the name of its way. Extras compare with the best route
    with everything open, in USD per TEU and in days from gate-in to gate-out. `worse_share` is the
    share of the usual by which the objective rises, plus that by which days do unless the objective
    counts them. All are None if no route is left.
    """

    closed: tuple[Passed, ...]
    corridor: str | None = None
    title: str | None = None
    usd_per_teu: float | None = None
    days: float | None = None
    extra_usd_per_teu: float | None = None
    extra_days: float | None = None
    worse_share: float | None = None

    @property
    def place(self) -> str:
        """The closed places by their ids: `gate-suez`, or `gate-suez + gate-good-hope`."""
        return " + ".join(place.key for place in self.closed)

    @property
    def name(self) -> str:
        """The closed places by their names."""
        return " and ".join(place.name for place in self.closed)

    @property
    def kind(self) -> str:
        """The kinds of the closed places: `gate`, or `gate and terminal`."""
        return " and ".join(place.kind.removesuffix("s") for place in self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """A scenario's best route, what losing each place does, and what severs its ends by land.

    `rows` start with closures that leave no route, then the worst. `spots` has the (lon, lat) of
    their places.
    """

    scenario: Scenario
    corridor: str
    title: str
    usd_per_teu: float
    days: float
    rows: tuple[StressRow, ...]
    severed: Severed
    spots: dict[str, tuple[float, float]]

    @property
    def measure(self) -> str:
        """What closures are ranked by, in a sentence."""
        return measure_text(self.scenario)

    @property
    def table(self) -> pd.DataFrame:
        """The closures as a DataFrame, worst first."""
        return CLOSURES.frame(self)

    @property
    def places(self) -> geopandas.GeoDataFrame:
        """A GeoDataFrame, one row per closure of a single terminal or gate (EPSG:4326)."""
        import geopandas
        import shapely

        rows, points = self.single
        shapes = [shapely.Point(point) for point in points]
        return geopandas.GeoDataFrame(CLOSURES.given.frame(rows), geometry=shapes, crs="EPSG:4326")

    @property
    def single(self) -> tuple[list[StressRow], list[tuple[float, float]]]:
        """The closures of a single terminal or gate, and where it is."""
        rows = [r for r in self.rows if len(r.closed) == 1 and r.closed[0].key in self.spots]
        return rows, [self.spots[row.closed[0].key] for row in rows]


def measure_text(scenario: Scenario) -> str:
    """Return what closures of a scenario are ranked by, in a sentence."""
    objective = scenario.objective
    counted = objective.counts_days(scenario.shipment.value_of_time_usd_per_teu_day)
    days = "" if counted else ", plus that by which days rise"
    return (
        f"Ranked by the share by which {objective.aim.lowest} rises{days};"
        " what leaves no route comes first."
    )


def write_closures(found: Stress, path: Path) -> None:
    """Write a GeoPackage with the layer `closures`: a point a place, larger the worse it is."""
    rows, points = found.single
    layer = Layer(
        name="closures",
        geometry=Geometry.POINT,
        shapes=[[[point]] for point in points],
        columns=CLOSURES.given.layer(rows),
        style=PointStyle(label="name", fill=_CLOSED, size=_BY_SHARE),
    )
    write_layers(path, (layer,))


def folded(rows: Sequence[Record]) -> list[Record]:
    """Return one row per result of closures; pairs are left out if one of their places suffices.

    Places whose closure has the same result appear once, all by name; of pairs the first, with the
    number of the others.
    """
    alike: dict[tuple[object, ...], list[Record]] = {}
    for row in sorted(rows, key=lambda row: " + " in str(row["place"])):
        alike.setdefault(_outcome(row), []).append(row)
    kept = {}
    for key, found in alike.items():
        single = [row for row in found if " + " not in str(row["place"])]
        if single:
            name = listed((str(row["name"]) for row in single), "or")
        else:
            name = str(found[0]["name"])
            if len(found) > 1:
                others = len(found) - 1
                name += f", or {others} other pair{'s'[: others > 1]}"
        kept[key] = {**found[0], "name": name}
    order = {_outcome(row): number for number, row in enumerate(rows)}
    return [kept[key] for key in sorted(kept, key=lambda key: order[key])]


def _outcome(row: Record) -> tuple[object, ...]:
    return row["corridor"], row["usd_per_teu"], row["days"]


def stress_record(found: Stress) -> Record:
    """Return the record of a stress test: usual route, rows, and what severs the ends by land."""
    return {
        "scenario": scenario_record(found.scenario),
        "usual": {
            "corridor": found.corridor,
            "title": found.title,
            "usd_per_teu": significant(found.usd_per_teu),
            "days": significant(found.days),
        },
        "rows": CLOSURES.records(found),
        "severed": {
            "sides": list(found.severed.sides),
            "places": found.severed.size,
            "nearest_start": dict(found.severed.nearest_start),
            "nearest_end": dict(found.severed.nearest_end),
            "text": found.severed.text,
        },
    }
