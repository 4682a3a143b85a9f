"""An allocation as Python, a terminal and files show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridors.output import allocation_result
from corridors.output.display_names import capitalised, corridor_titles, limit_title
from corridors.studies.result_base import MAP_HEIGHT, Files, Page, Terminal, Written

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.output.html.map.map_frame import MapPage

MOST_SHOWN = 12
LEAST_TEU = 0.5


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
        return allocation_result.BY_CORRIDOR.shown(self)

    def _map(self) -> Page:
        return Page(f"Flows of {self.plan.name}", flows_page(self), MAP_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print the TEU and cost by pair, what is proved, and what limits are worth."""
        terminal.table(allocation_result.BY_PAIR, self, title=self.plan.name)
        terminal.say(
            f"{self.teu:,.0f} TEU travel for USD {self.cost_usd:,.0f} with {self.co2e_t:,.0f} t"
            " CO2e."
        )
        for text in (self.proof, *self.cautions):
            terminal.say(text)
        titles = corridor_titles()
        worth = sorted(self.marginals, key=lambda m: -m.usd_per_unit)
        for marginal in worth[:MOST_SHOWN]:
            when = "" if marginal.month is None else f" in {marginal.month:%B %Y}"
            terminal.say(
                f"{capitalised(limit_title(marginal.name, titles))}{when}: one more"
                f" {marginal.unit} would save USD {marginal.usd_per_unit:,.2f}."
            )
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


def flows_of(found: allocation_result.Allocation, **more: Any) -> MapPage:
    """Return what the map of an allocation's flows holds; `more` as in `flow_page`."""
    from corridors.output.html.map.flow_page import flow_page

    return flow_page(found, titles=corridor_titles(), **more)


def flows_page(found: allocation_result.Allocation, **more: Any) -> str:
    """Return the map of an allocation's flows."""
    from corridors.output.html.map.map_frame import filled, shipped_frame

    return filled(shipped_frame(), flows_of(found, **more))


FRAMES = {"allocation.json": {"table": (allocation_result.FLOWS, "flows")}}
