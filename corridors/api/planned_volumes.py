"""The results of `allocate`, `book`, `design` and `invest`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.output import (
    allocation_result,
    booking_result,
    design_result,
    investment_result,
)
from corridors.output.design_words import design_texts
from corridors.studies.result_base import (
    MAP_HEIGHT,
    REPORT_HEIGHT,
    Page,
    Written,
    extended,
    page_of,
)
from corridors.studies.result_files import (
    allocation_files,
    booking_files,
    design_files,
    flows_of,
    flows_page,
    investment_files,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.html.map.folium_page import DrawnMap


@dataclass(frozen=True, kw_only=True, repr=False)
class Allocation(Written, allocation_result.Allocation):
    """A plan's volumes assigned to routes and departures at least cost.

    `table` has a row per route and departure, `flows` the TEU by leg, `capacities` the use of each
    listed capacity by month; `marginals` are shadow prices.
    """

    _more = ".by_corridor .table .flows .capacities are frames; .marginals, .map(), .save(folder)"
    _files = allocation_files

    def map(self) -> DrawnMap:
        """Return the map of the flows: a `folium.Map` to which layers and plugins can be added."""
        from corridors.output.html.map.folium_page import DrawnMap

        return DrawnMap(flows_of(self))

    def _texts(self) -> list[str]:
        unmet = sum(teu for _, _, teu in self.unmet)
        behind = f" {unmet:,.0f} TEU are left behind." if unmet >= 0.5 else ""
        return [
            f"Allocation of {self.plan.name}",
            f"{self.teu:,.0f} TEU on {len(self.rows)} routes and departures, USD"
            f" {self.cost_usd:,.0f}, {self.co2e_t:,.0f} t CO2e.{behind}",
        ]

    def _shown(self) -> pd.DataFrame:
        return allocation_result.BY_CORRIDOR.shown(self)

    def _map(self) -> Page:
        return Page(f"Flows of {self.plan.name}", flows_page(self), MAP_HEIGHT)


@dataclass(frozen=True, kw_only=True, repr=False)
class Booking(Written, booking_result.Booking):
    """The space to book ahead of a plan's scenarios.

    `table` has a row per contract, `scenario_table` one per scenario; `stochastic_usd` is the value
    of the stochastic solution and `information_usd` that of perfect information.
    """

    def report(self) -> Page:
        """Return the page of the bookings."""
        return page_of(self._files(), "book.html", self._texts()[0], REPORT_HEIGHT)

    def _texts(self) -> list[str]:
        return [f"Bookings of {self.plan.name}", *booking_result.booking_texts(self)]

    _more = ".table .scenario_table are frames; .contracts, .outcomes, .report(), .save(folder)"
    _files = booking_files

    def _shown(self) -> pd.DataFrame:
        return booking_result.CONTRACTS.shown(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class Investment(Written, investment_result.Investment):
    """The set of projects within a budget that a plan gains most by.

    `table` has the gain of each project, `budget_table` the best set by budget; `before` and
    `after` are allocations.
    """

    _more = ".table and .budget_table are frames; .before, .after, .report(), .map(), .save(folder)"
    _files = investment_files

    def report(self) -> Page:
        """Return the report on the projects."""
        return page_of(self._files(), "report.html", self._texts()[0], REPORT_HEIGHT)

    def map(self) -> DrawnMap:
        """Return the map of the flows with the best set built, a `folium.Map`."""
        return extended(Allocation, self.after).map()

    def _texts(self) -> list[str]:
        return [f"Investment for {self.plan.name}", *self.sentences, self.proof]

    def _shown(self) -> pd.DataFrame:
        return investment_result.PROJECTS.shown(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceDesign(Written, design_result.ServiceDesign):
    """The weekly trains and loops that a plan gains most by.

    `table` has a row per candidate, `frequency_table` one per number of departures a week, the
    other services as designed, `flow_table` the TEU by pair, season and way.
    """

    def report(self) -> Page:
        """Return the page of the design."""
        return page_of(self._files(), "design.html", self._texts()[0], REPORT_HEIGHT)

    def _texts(self) -> list[str]:
        return [f"Service design of {self.plan.name}", *design_texts(self)]

    _more = ".table .frequency_table .flow_table are frames; .services, .fleets, .save(folder)"
    _files = design_files

    def _shown(self) -> pd.DataFrame:
        return design_result.SERVICES.shown(self)
