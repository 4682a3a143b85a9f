"""An allocation as Python, a terminal and files show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from corridors.domain.places import months_later
from corridors.output import allocation_result
from corridors.output.comparison import SHARES
from corridors.output.display_names import capitalised, corridor_titles, limit_title, listed
from corridors.studies.result_base import MAP_HEIGHT, Files, Page, Terminal, Written

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.allocation import Marginal
    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.output.html.map.map_frame import MapPage

MOST_SHOWN = 12
LEAST_TEU = 0.5
TEU = "TEU"
# Shadow prices from here on are said in whole dollars.
WHOLE_USD = 10.0


@dataclass(frozen=True, kw_only=True, repr=False)
class Allocation(Written, allocation_result.Allocation):
    """A plan's volumes assigned to routes and departures at least cost.

    `table` has a row per route and departure, `flows` the TEU by leg, `capacities` the use of each
    listed capacity by month; `marginals` are shadow prices.
    """

    _more = ".by_corridor .table .flows .capacities are frames; .marginals, .map(), .save(folder)"

    def map(self) -> DrawnMap:
        """Return the map of the flows: a `folium.Map` to which layers and plugins can be added."""
        from corridors.output.html.map.folium_page import DrawnMap

        return DrawnMap(flows_of(self))

    def _texts(self) -> list[str]:
        unmet = sum(teu for _, _, teu in self.unmet)
        behind = f" {unmet:,.0f} TEU are left behind." if unmet >= LEAST_TEU else ""
        return [
            f"Allocation of {self.plan.name}",
            f"{self.teu:,.0f} TEU on {len(self.rows)} routes and departures, USD"
            f" {self.cost_usd:,.0f}, {self.co2e_t:,.0f} t CO2e.{behind}",
        ]

    def _shown(self) -> pd.DataFrame:
        return allocation_result.BY_CORRIDOR.counted_in(self.plan.box).shown(self)

    def _map(self) -> Page:
        return Page(f"Flows of {self.plan.name}", flows_page(self), MAP_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print the TEU and cost by pair, what is proved, and what limits are worth."""
        by_pair = allocation_result.BY_PAIR.counted_in(self.plan.box)
        terminal.table(by_pair, self, title=self.plan.name)
        if self.shares:
            terminal.table(SHARES, self.shares, title="Shares of boxes")
        terminal.say(
            f"{self.teu:,.0f} TEU travel for USD {self.cost_usd:,.0f} with {self.co2e_t:,.0f} t"
            " CO2e."
        )
        for text in (self.proof, *self.cautions):
            terminal.say(text)
        worth = _worth(self.marginals, self.plan.box)
        for text in worth[:MOST_SHOWN]:
            terminal.say(text)
        if worth:
            terminal.say("These shadow prices are not unique: others may explain the same plan.")
        for pair, month, teu in self.unmet:
            terminal.say(f"Left behind: {teu:,.0f} TEU of {pair} in {month:%B %Y}.")

    @property
    def _is_usable(self) -> bool:
        # Less than a box: a budget of a dollar ships a thousandth of a TEU.
        return self.teu >= LEAST_TEU

    def _files(self, *, command: str = "") -> Files:
        # None of them shows the command.
        del command
        return {
            "allocation.json": lambda: allocation_result.allocation_json(self),
            "flows.csv": lambda: allocation_result.FLOWS.csv(self),
            "flows.gpkg": lambda: lambda path: allocation_result.write_flows_geopackage(self, path),
            "map.html": lambda: flows_page(self),
        }


def _worth(marginals: Sequence[Marginal], box: tuple[float, str]) -> list[str]:
    """Return a sentence a limit and price, the dearest first; months of the same price together.

    What a TEU is worth is said of a `box`, by its TEU and name.
    """
    titles, months = corridor_titles(), dict[tuple[str, bool, str, str], list[date | None]]()
    for one in sorted(marginals, key=lambda one: -one.usd_per_unit):
        teu, unit = box if one.unit == TEU else (1.0, one.unit)
        worth = teu * one.usd_per_unit
        usd = f"{worth:,.{0 if worth >= WHOLE_USD else 2}f}"
        what = one.name, one.kind == "minimum", unit, usd
        months.setdefault(what, []).append(one.month)
    return [
        f"{capitalised(limit_title(name, titles))}{_in_months(some)}: one"
        f" {unit} {'less' if lower else 'more'} would save USD {usd}."
        for (name, lower, unit, usd), some in months.items()
    ]


def _in_months(months: Iterable[date | None]) -> str:
    """Return when, empty for the whole plan: ` in April 2026 and June to August 2026`."""
    runs: list[list[date]] = []
    for month in sorted(one for one in months if one is not None):
        if not runs or months_later(runs[-1][-1], 1) != month:
            runs.append([])
        runs[-1].append(month)
    texts = [" to ".join(f"{one:%B %Y}" for one in dict.fromkeys((r[0], r[-1]))) for r in runs]
    return f" in {listed(texts)}" if texts else ""


def flows_of(found: allocation_result.Allocation, **more: Any) -> MapPage:
    """Return what the map of an allocation's flows holds; `more` as in `flow_page`."""
    from corridors.output.html.map.flow_content import flow_page

    return flow_page(found, titles=corridor_titles(), **more)


def flows_page(found: allocation_result.Allocation, **more: Any) -> str:
    """Return the map of an allocation's flows."""
    return flows_of(found, **more).html()


FRAMES = {"allocation.json": {"table": (allocation_result.FLOWS, "flows")}}
