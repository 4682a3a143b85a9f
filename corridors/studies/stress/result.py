"""A stress test: what each closure does, what severs the ends by land, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.domain.scenario import Scenario
from corridors.output.display_names import corridor_titles, in_sentence, listed, scenario_title
from corridors.output.drawn_lines import DrawnLine
from corridors.output.geopackage_writer import Geometry, Layer, PointStyle, write_layers
from corridors.output.store import Record, as_text, picked, scenario_record, significant
from corridors.output.tables import Table
from corridors.studies.result_base import (
    REPORT_HEIGHT,
    DisplayUnit,
    Files,
    Page,
    Terminal,
    Written,
    axes_of,
    page_of,
)
from corridors.studies.stress.severed import Severed

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.studies.moving import Standing


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
FRAMES = {
    "stress.json": {
        "table": (CLOSURES, "rows"),
        "places": (CLOSURES, "stress.gpkg:closures"),
    }
}
SHOWN = 30
# In a GIS a place that nothing replaces is as large as the worst.
_CLOSED = "#c0392b"
_BY_SHARE = """coalesce(scale_linear("worse_share", 0, maximum("worse_share"), 1.5, 5), 5)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A place that can be closed; `key` is its id in the `closures` of a scenario."""

    key: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StressRow:
    """What closing one place does, or two of which the second lies on the detour of the first.

    `corridor` is the best one then, `title` the name of its way. Extras compare with the best route
    with everything open, in USD per TEU and in days from gate-in to gate-out. `worse_share` is the
    share of the usual by which the objective rises, plus that by which days do unless the objective
    counts them. All are None if no route is left. `lines` are the legs of the route that is best
    then, of a single place.
    """

    closed: tuple[Passed, ...]
    corridor: str | None = None
    title: str | None = None
    usd_per_teu: float | None = None
    days: float | None = None
    extra_usd_per_teu: float | None = None
    extra_days: float | None = None
    worse_share: float | None = None
    lines: tuple[DrawnLine, ...] = field(default=(), repr=False)

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


@dataclass(frozen=True, kw_only=True, repr=False)
class Stress(Written):
    """The best route of a scenario, and what it costs to lose each place on it.

    `table` lists the closures, worst first; `places` has those of single places, with points.
    """

    _more = ".table is a frame, .places one with points; .map(), .report(), .plot(), .save(folder)"

    scenario: Scenario
    """The scenario that was asked."""
    corridor: str
    """The id of the corridor of the best route."""
    title: str
    """Its title."""
    usd_per_teu: float
    """What the best route costs with nothing closed, in USD per TEU."""
    days: float
    """Its days from gate-in to gate-out."""
    rows: tuple[StressRow, ...]
    """The closures: those that leave no route first, then the worst."""
    severed: Severed
    """The fewest places whose closure cuts the ends off."""
    spots: dict[str, tuple[float, float]]
    """The (lon, lat) of the places, in degrees, by key."""
    lines: tuple[DrawnLine, ...] = ()
    """The legs of the best route as lines, each with whether it is at sea."""
    standing: Standing | None = None
    """Where the question stands, and what the comparison recommends there."""

    @property
    def money(self) -> DisplayUnit:
        """How money is shown: per box of the equipment asked for."""
        return DisplayUnit.of_money(self.scenario)

    @property
    def measure(self) -> str:
        """What closures are ranked by, in a sentence."""
        return measure_text(self.scenario)

    @property
    def against(self) -> str:
        """That the comparison recommends another option than the best route, and why."""
        return self.standing.against(self.corridor) if self.standing is not None else ""

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

    def map(self) -> DrawnMap:
        """Return the map of the places and the ways around them, a `folium.Map`."""
        from corridors.output.html.map.folium_page import DrawnMap
        from corridors.studies.stress.page import stress_map

        return DrawnMap(stress_map(self))

    def report(self) -> Page:
        """Return the page of the stress test."""
        return page_of(self._files(), "stress.html", self._texts()[0], REPORT_HEIGHT)

    def plot(self, ax: Any = None, *, most: int = 15) -> Any:
        """Draw the extra cost of closing the dearest single places; return matplotlib's axes."""
        axes, money = axes_of(ax), self.money
        alone = [row for row in self.rows if len(row.closed) == 1]
        rows = [row for row in alone if row.extra_usd_per_teu is not None][:most]
        extra = [money.factor * (row.extra_usd_per_teu or 0.0) for row in rows]
        axes.barh([row.name for row in rows], extra)
        axes.invert_yaxis()
        axes.set_xlabel(f"extra {money.unit} while closed")
        name = f"Closures on {_named(self.corridor)}, {scenario_title(self.scenario)}"
        axes.set_title(name, fontsize=10)
        return axes

    def _texts(self) -> list[str]:
        heading = f"Stress test of {scenario_title(self.scenario)}"
        usual = (
            f"Best route: {_named(self.corridor)}, {self.money.text(self.usd_per_teu)},"
            f" {self.days:.1f} days; {len(self.rows)} closures tried."
        )
        lost = [row.name for row in self.rows if row.corridor is None and len(row.closed) == 1]
        cut = (f"No route is left without {' or '.join(lost[:3])}.",) if lost else ()
        alone = [row for row in self.rows if len(row.closed) == 1]
        worst = next((row for row in alone if row.extra_usd_per_teu is not None), None)
        dear = () if worst is None else (_closure_text(worst, self.money),)
        return [
            heading,
            usual,
            *filter(None, (self.against,)),
            *cut,
            *dear,
            f"By land: {self.severed.text}.",
        ]

    def _shown(self) -> pd.DataFrame:
        return CLOSURES.given.shown(folded(CLOSURES.records(self)))

    def show(self, terminal: Terminal) -> None:
        """Print the closures, those alike on one row, and what leaves no route."""
        asked = self.scenario
        usual = (
            f"{in_sentence(self.title)}, {self.money.text(self.usd_per_teu)}, {self.days:.1f} days"
        )
        for text in self._texts()[2:-1]:
            terminal.say(text)
        rows = CLOSURES.records(self)
        shown = folded(rows)
        terminal.table(
            CLOSURES.given.boxed(asked.shipment.equipment),
            shown[:SHOWN],
            title=f"{asked.name}, departing {asked.departure.isoformat()}; best route: {usual}",
        )
        for text in filter(None, (self.against, self.measure)):
            terminal.say(text)
        if len(shown) > SHOWN:
            terminal.say(f"{len(shown) - SHOWN} more rows that are less bad are not shown")
        if len(shown) < len(rows):
            terminal.say(f"{len(rows)} closures in total; --format csv lists each one")
        lost = [row for row in rows if row["corridor"] is None]
        if lost:
            alone = [str(row["name"]) for row in lost if "+" not in str(row["place"])]
            what = f"; closing {' or '.join(alone)} alone is enough" if alone else ""
            terminal.say(f"{len(lost)} of these closures leave no usable route{what}.")
        terminal.say(f"By land: {self.severed.text}.")

    @property
    def _title(self) -> str:
        return f"Stress test: {scenario_title(self.scenario)}"

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.stress.page import render_stress, stress_map

        return {
            "stress.json": lambda: as_text(stress_record(self)),
            "stress.csv": lambda: CLOSURES.csv(self),
            "stress.gpkg": lambda: lambda path: write_closures(self, path),
            "stress.html": lambda: render_stress(
                self.scenario,
                CLOSURES.records(self),
                table=CLOSURES,
                usual=picked(self, "corridor", "title", "usd_per_teu", "days"),
                measure=self.measure,
                severed=self.severed.text,
                against=self.against,
                command=command,
            ),
            "stress-map.html": lambda: stress_map(self, linked=True).html(),
        }


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

    Places whose closure has the same result appear once, the first by name, with the number of the
    others; of pairs the first alone is named.
    """
    alike: dict[tuple[object, ...], list[Record]] = {}
    for row in sorted(rows, key=lambda row: " + " in str(row["place"])):
        alike.setdefault(_outcome(row), []).append(row)
    kept = {}
    for key, found in alike.items():
        single = [row for row in found if " + " not in str(row["place"])]
        if single:
            name = listed((str(row["name"]) for row in single), "or", most=2)
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


def _named(corridor: object) -> str:
    name = corridor if isinstance(corridor, str) else ""
    return corridor_titles().get(name, name)


def _closure_text(row: StressRow, money: DisplayUnit) -> str:
    days = row.extra_days or 0.0
    usd = money.text(row.extra_usd_per_teu or 0.0, said="more")
    return (
        f"Dearest to lose: {row.name}, {usd} and"
        f" {abs(days):.1f} days {'less' if days < 0 else 'more'}, by {_named(row.corridor)}."
    )
