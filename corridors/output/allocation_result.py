"""The result of an allocation: flows, shadow prices, diverted TEU; its files."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from corridors.domain.allocation import (
    CapacityUse,
    EndLoad,
    FlowRow,
    LegLoad,
    Marginal,
    Spill,
    UncappedWay,
    UnsailedWay,
)
from corridors.domain.plan import Plan
from corridors.domain.results import WayShare
from corridors.output.comparison import NO_FORECAST, SHARES
from corridors.output.display_names import capitalised, corridor_titles, in_sentence
from corridors.output.drawn_lines import split_at_antimeridian
from corridors.output.geopackage_writer import Geometry, Layer, LineStyle, PointStyle, write_layers
from corridors.output.store import as_text
from corridors.output.tables import Beside, Table
from corridors.units import KG_PER_TONNE, in_percent

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

# A plan says which places without a capacity more than this share of a mode's boxes pass.
TOLD_SHARE = 0.1
# In a GIS the width of a flow is by its TEU, and a capacity is larger the more of it is used.
_FLOWS, _BY_TEU = "#1f6fb4", """scale_linear("teu", 0, maximum("teu"), 0.4, 4)"""
_CAPACITIES, _BY_SHARE = "#e8b04a", """scale_linear("share", 0, 1, 1.5, 4)"""
NOT_UNIQUE = "shadow price: gain from one more unit; shadow prices are not unique"


class Bounded:
    """A result with its cost and a bound that is proved for every other: `-inf` for none."""

    __slots__ = ()

    if TYPE_CHECKING:
        value_usd: float
        bound_usd: float

    @property
    def gap_usd(self) -> float:
        """How much less another might cost in USD; infinite without a bound."""
        return max(0.0, self.value_usd - self.bound_usd)

    @property
    def gap_share(self) -> float:
        """The gap as a fraction of the cost."""
        return self.gap_usd / max(1.0, abs(self.value_usd))

    @property
    def proved(self) -> bool:
        """Whether no other is cheaper, up to a millionth."""
        return self.gap_share <= 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation(Bounded):
    """The assignment of a plan's TEU to routes and departures at least cost."""

    plan: Plan
    """The plan that was solved."""
    rows: tuple[FlowRow, ...]
    """TEU by route and departure, what `table` shows; volumes in TEU, >= 0."""
    marginals: tuple[Marginal, ...]
    """What one more unit of each binding limit or capacity would save, in USD; not unique."""
    spills: tuple[Spill, ...]
    """Boxes that a scarce capacity moves off the route they would take alone."""
    unmet: tuple[tuple[str, date, float], ...]
    """Boxes left behind: pair, month and TEU."""
    legs: tuple[LegLoad, ...]
    """TEU over each leg of the full plan, what `flows` draws."""
    value_usd: float
    """The objective, in USD over the plan: transport, and the value of time if it counts."""
    rounds: int
    """How often routes were priced again until none helped."""
    routes: int
    """How many routes the last round chose from."""
    uses: tuple[CapacityUse, ...] = ()
    """The use of each listed capacity by month, in TEU."""
    ends: tuple[EndLoad, ...] = ()
    """TEU by origin and destination."""
    bound_usd: float = -math.inf
    """Proved to be no more than the objective of any plan, in USD."""
    stopped: bool = False
    """Whether time ran out, or Ctrl-C came, before objective and bound met."""
    uncapped: tuple[UncappedWay, ...] = ()
    """Places that boxes pass without a listed capacity."""
    unsailed: tuple[UnsailedWay, ...] = ()
    """Ways by ship that no line is known to sail."""
    shares: tuple[WayShare, ...] = ()
    """Shares of boxes by way, the largest first, where `choice: shares` is asked."""

    @property
    def proof(self) -> str:
        """What is proved, as a sentence with the objective, the bound and the gap in USD."""
        if self.shares:
            return NO_FORECAST
        return proof_of(self.value_usd, self.bound_usd, stopped=self.stopped)

    @property
    def leaks(self) -> tuple[str, ...]:
        """A sentence for each place without a capacity that over a tenth of a mode's boxes pass."""
        return tuple(
            f"{capitalised(way.title)} has no capacity in the tables, and"
            f" {in_percent(way.share)}% of the boxes that go by {way.mode} pass it"
            f" ({way.teu:,.0f} TEU): scarcity there is not counted."
            for way in self.uncapped
            if way.share > TOLD_SHARE
        )

    @property
    def doubts(self) -> tuple[str, ...]:
        """A sentence for each way that no line is known to sail and over a tenth of boxes take."""
        titles = corridor_titles()
        return tuple(
            f"No line is known to sail from {way.ends} by"
            f" {in_sentence(titles.get(way.corridor, way.corridor))}, and"
            f" {in_percent(way.share)}% of the boxes take it ({way.teu:,.0f} TEU): whether it can"
            " be booked is not known. Name the corridors to use to leave it out."
            for way in self.unsailed
            if way.share > TOLD_SHARE
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What the plan leaves open: its basis, what is not dated, `leaks`, then `doubts`."""
        basis = f"{capitalised(self.plan.basis_note)}." if self.plan.basis_note else ""
        return (*filter(None, [basis, self.plan.undated]), *self.leaks, *self.doubts)

    @property
    def teu(self) -> float:
        """TEU shipped."""
        return sum(row.teu for row in self.rows)

    @property
    def cost_usd(self) -> float:
        """Total transport cost."""
        return sum(row.teu * row.usd_per_teu for row in self.rows)

    @property
    def co2e_t(self) -> float:
        """Total emissions in tonnes of CO2e, well-to-wake."""
        return sum(row.teu * row.co2e_kg_per_teu for row in self.rows) / 1000.0

    @property
    def table(self) -> pd.DataFrame:
        """The flows as a DataFrame, one row per route and departure.

        Columns as in `flows.csv`, and gates, borders, services, countries (lists of text).
        """
        return FLOWS.frame(self)

    @property
    def flows(self) -> geopandas.GeoDataFrame:
        """The legs with their TEU in the full plan as a GeoDataFrame.

        Geometries are lines in EPSG:4326.
        """
        import geopandas
        from shapely import LineString

        frame = LOADS.frame(self).rename(columns={"from_name": "from", "to_name": "to"})
        lines = [LineString(load.lon_lat) for load in self.legs]
        return geopandas.GeoDataFrame(frame, geometry=lines, crs="EPSG:4326")

    @property
    def capacities(self) -> geopandas.GeoDataFrame:
        """The listed capacities as a GeoDataFrame, one row per capacity and month.

        Geometries are points in EPSG:4326, None if no route could use the capacity.
        """
        import geopandas
        from shapely import Point

        points = [None if use.lon is None else Point(use.lon, use.lat) for use in self.uses]
        return geopandas.GeoDataFrame(CAPACITIES.frame(self), geometry=points, crs="EPSG:4326")

    @property
    def by_corridor(self) -> pd.DataFrame:
        """One row per corridor: TEU, and means of USD per TEU, days and t CO2e by TEU."""
        return BY_CORRIDOR.frame(self).set_index("corridor")


FLOWS = Table(
    name="flows",
    about="TEU of a pair on one route and departure day.",
    rows_of=attrgetter("rows"),
    files="pair origin destination month departure corridor route gates borders services countries"
    " teu usd_per_teu days co2e_kg_per_teu co2e_wtw_kg_per_teu",
    in_csv="pair month departure corridor route teu usd_per_teu days co2e_kg_per_teu origin"
    " destination countries co2e_wtw_kg_per_teu",
    of={"co2e_wtw_kg_per_teu": "co2e_kg_per_teu"},
)
BY_PAIR = Table(
    name="flows by pair",
    about="A pair and corridor, with means by TEU.",
    rows_of=lambda allocation: _means(allocation, "pair", "corridor"),
    reads="pair corridor teu usd_per_teu days co2e_t_per_teu",
)
BY_CORRIDOR = Table(
    name="by_corridor",
    about="A corridor, with means by TEU.",
    rows_of=lambda allocation: sorted(_means(allocation, "corridor"), key=lambda row: -row.teu),
    files="corridor teu usd_per_teu days co2e_t_per_teu",
    reads="corridor teu usd_per_teu days co2e_t_per_teu",
)
LOADS = Table(
    name="flows",
    about="A leg and the TEU over it.",
    rows_of=attrgetter("legs"),
    files="leg service from_name to_name teu",
)
CAPACITIES = Table(
    name="capacities",
    about="The use of a listed capacity in a month.",
    rows_of=attrgetter("uses"),
    files="name place place_name month used_teu limit_teu share usd_per_teu",
)
MARGINALS = Table(
    name="marginals",
    about="What one more unit of a limit would save; shadow prices are not unique.",
    rows_of=attrgetter("marginals"),
    files="kind name month used limit unit usd_per_unit",
)
UNCAPPED = Table(
    name="uncapped",
    about="A place that boxes pass without a capacity.",
    rows_of=attrgetter("uncapped"),
    files="name title mode teu share",
)
UNSAILED = Table(
    name="unsailed",
    about="A way by ship that no line is known to sail.",
    rows_of=attrgetter("unsailed"),
    files="corridor ends teu share",
)
SPILLS = Table(
    name="spills",
    about="Boxes that do not take the route they would take without scarcity.",
    rows_of=attrgetter("spills"),
    files="pair month teu from_route extra_usd_per_teu because",
)
UNMET = Table(
    name="unmet",
    about="Boxes left behind.",
    rows_of=lambda allocation: [
        Beside(None, pair=pair, month=month, teu=teu) for pair, month, teu in allocation.unmet
    ],
    files="pair month teu",
)


def _means(allocation: Allocation, *names: str) -> Iterator[Beside]:
    """Yield the TEU of flows by what they have in common, and means by TEU of their figures."""
    groups: dict[tuple[str, ...], list[FlowRow]] = {}
    for row in allocation.rows:
        groups.setdefault(tuple(getattr(row, name) for name in names), []).append(row)
    for key, rows in groups.items():
        teu = sum(row.teu for row in rows)
        means = {
            name: sum(row.teu * getattr(row, of) / scale for row in rows) / teu
            for name, of, scale in (
                ("usd_per_teu", "usd_per_teu", 1.0),
                ("days", "days", 1.0),
                ("co2e_t_per_teu", "co2e_kg_per_teu", KG_PER_TONNE),
            )
        }
        yield Beside(rows[0], **dict(zip(names, key, strict=True)), **means, teu=teu)


def proof_of(value_usd: float, bound_usd: float, *, stopped: bool) -> str:
    """Return what is proved of an objective in USD, with its bound and the gap, as a sentence."""
    found = f"Lowest cost found: USD {value_usd:,.0f}"
    if not math.isfinite(bound_usd):
        return f"{found}. The search stopped before a bound was proved."
    gap = max(0.0, value_usd - bound_usd)
    of = gap / abs(value_usd) if value_usd else 0.0
    told = f"{found} (lower bound USD {bound_usd:,.0f}, gap USD {gap:,.2f}, {in_percent(of, 2)}%)"
    if stopped:
        return f"{told}. The search stopped early: a cheaper plan may save up to the gap."
    return f"{told}. No plan is cheaper at these prices and capacities."


def allocation_json(allocation: Allocation) -> str:
    """Return the text of `allocation.json`."""
    return as_text(
        {
            "plan": allocation.plan.name,
            "objective": allocation.plan.objective,
            "value_usd": allocation.value_usd,
            "cost_usd": allocation.cost_usd,
            "co2e_t": allocation.co2e_t,
            "teu": allocation.teu,
            "bound_usd": allocation.bound_usd if math.isfinite(allocation.bound_usd) else None,
            "gap_usd": allocation.gap_usd if math.isfinite(allocation.bound_usd) else None,
            "exact": not allocation.stopped and not allocation.shares,
            "proof": allocation.proof,
            "flows": FLOWS.records(allocation),
            "marginal_values": {"note": NOT_UNIQUE, "rows": MARGINALS.records(allocation)},
            "capacities": {"note": NOT_UNIQUE, "rows": CAPACITIES.records(allocation)},
            "uncapped": {
                "note": "boxes through places without a capacity; share is of those of the mode",
                "rows": UNCAPPED.records(allocation),
                "told": list(allocation.leaks),
            },
            "unsailed": {
                "note": "boxes by ship where no line is known to sail; share is of all boxes",
                "rows": UNSAILED.records(allocation),
                "told": list(allocation.doubts),
            },
            "spills": SPILLS.records(allocation),
            "unmet": UNMET.records(allocation),
            **({"shares": SHARES.records(allocation.shares)} if allocation.shares else {}),
        }
    )


def write_flows_geopackage(allocation: Allocation, path: Path) -> None:
    """Write the layers `flows` and `capacities` in EPSG:4326.

    `flows` has a line per leg with the TEU of the full plan; `capacities` has a point per
    capacity and month, for capacities that some route can use.
    """
    loads = allocation.legs
    uses = [use for use in allocation.uses if use.lon is not None and use.lat is not None]
    layers = (
        Layer(
            name="flows",
            geometry=Geometry.MULTILINESTRING,
            shapes=[split_at_antimeridian(load.lon_lat) for load in loads],
            columns=LOADS.layer(allocation),
            style=LineStyle(colour=_FLOWS, width=_BY_TEU),
        ),
        Layer(
            name="capacities",
            geometry=Geometry.POINT,
            shapes=[[[(float(use.lon or 0.0), float(use.lat or 0.0))]] for use in uses],
            columns=CAPACITIES.given.layer(uses),
            style=PointStyle(label="place_name", fill=_CAPACITIES, size=_BY_SHARE),
        ),
    )
    write_layers(path, layers)
