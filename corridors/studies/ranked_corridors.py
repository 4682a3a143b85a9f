"""The result of `compare`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from corridors.output import comparison as compared
from corridors.output.comparison import EMISSIONS
from corridors.output.records import frame
from corridors.studies.option_tables import COST_LINES, LINES, leg_frame, option_frame
from corridors.studies.result_base import MAP_HEIGHT, REPORT_HEIGHT, Page, Written, axes_of, page_of

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.studies.result_base import Files

SHOWN_IN_TEXT = 3
SCENARIO_FILE = "scenario.yaml"
COMMAND = f"corridors compare {SCENARIO_FILE}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(Written, compared.Comparison):
    """The corridors of a scenario, best first, with the recommendation.

    `options`, `legs`, `cost_lines`, `lines` and `emissions` are frames with units in the names of
    their columns; `fronts` are the routes that no other one beats; `map()` and `report()` are
    pages, and `save(folder)` writes what `corridors compare --out` writes. `decision`,
    `recommended`, `routes`, `record` and the other attributes of the class it extends hold every
    figure.
    """

    _more = (
        ".options .legs .cost_lines .lines .emissions are frames; .answer, .map(), .report(),"
        " .plot(), .save(folder)"
    )

    @property
    def options(self) -> geopandas.GeoDataFrame:
        """One row per corridor, best first, with its line; the index is the corridor's id.

        `rank` is `Int64`, `recommended` bool; `departure` and `next_usable_date` days, `departs`
        and `arrives` times in UTC; other figures are float64, missing where it is closed, with the
        unit last in their names: `cost_usd_per_teu`, `distance_km`. Lists of places are `object`.
        The page of columns in the documentation lists them all.
        """
        return option_frame(self)

    @property
    def legs(self) -> geopandas.GeoDataFrame:
        """One row per leg of each usable corridor, with times in UTC and its line."""
        return leg_frame(self)

    @property
    def cost_lines(self) -> pd.DataFrame:
        """One row per cost line: quantity, unit price, USD per TEU, range, source."""
        return COST_LINES.frame(self)

    @property
    def lines(self) -> pd.DataFrame:
        """One row per line (loop or train) that is known to run a corridor on its date."""
        return LINES.frame(self)

    @property
    def emissions(self) -> pd.DataFrame:
        """One row per step of each route and energy carrier, by ISO 14083."""
        return EMISSIONS.frame(self)

    def map(self, *, tiles: bool = False) -> DrawnMap:
        """Return the map of all routes: a `folium.Map` with a `FeatureGroup` a corridor.

        Layers, plugins, tiles and a control of layers can be added to it. A notebook shows it, and
        `save(path)` writes the page that `corridors compare --out` writes.

        Parameters
        ----------
        tiles
            Let it load OpenStreetMap tiles when online; without, it needs no network.
        """
        from corridors.data.parameters import load_sources
        from corridors.output.html.map.folium_page import DrawnMap
        from corridors.output.html.map.map_page import map_page

        return DrawnMap(map_page(self, sources=load_sources()), "osm" if tiles else None)

    def report(self) -> Page:
        """Return the report: the answer, costs and days by part, sources.

        Its sliders are there if `what_if` was asked for.
        """
        from corridors.studies.result_files import comparison_files

        files = comparison_files(self, command=COMMAND, beside=False)
        return page_of(files, "report.html", f"Report on {self._name}", REPORT_HEIGHT)

    def plot(self, ax: Any = None) -> Any:
        """Draw days and USD per TEU of each usable corridor, and return the axes of matplotlib.

        Bars are the range of the cost. Options that others beat by far are left out.

        Parameters
        ----------
        ax
            Axes to draw on; new ones by default.

        Raises
        ------
        MissingPackageError
            matplotlib is not installed.
        """
        axes = axes_of(ax)
        for route in self._shown_routes:
            cost, (low, high) = route.printed_usd_per_teu or 0.0, route.low_and_high
            axes.errorbar(
                [route.days],
                [cost],
                yerr=[[max(cost - low, 0.0)], [max(high - cost, 0.0)]],
                fmt="o",
                color=route.colour or None,
                ecolor="#cccccc",
                label=route.title,
            )
        # A label at each point would cover its neighbours: trains are days and dollars apart.
        axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.set_xlabel("days, gate-in to gate-out")
        axes.set_ylabel("USD per TEU")
        axes.set_title(self._name, fontsize=10)
        return axes

    @cached_property
    def _name(self) -> str:
        from corridors.output.display_names import scenario_title

        return scenario_title(self.scenario)

    @property
    def _shown_routes(self) -> list[Any]:
        hidden = self.left_out
        return [route for route in self.usable if route not in hidden]

    def _texts(self) -> list[str]:
        from corridors.data.cargo import load_cargo
        from corridors.output.display_names import world_title

        asked = self.scenario
        shipment = asked.shipment
        world = world_title(asked.world, asked.departure, known_on=asked.known_on)
        heading = f"{self._name}: comparison for {asked.departure.isoformat()}"
        cargo = load_cargo()[shipment.cargo].title
        box = (
            f"{shipment.teu_per_month:,g} TEU a month, {cargo[0].lower()}{cargo[1:]} in"
            f" {shipment.equipment}; {world}"
        )
        return [heading, box, self.answer.sentences[0], *self._best_few()]

    def _above_table(self) -> list[str]:
        return [*self._texts()[:3], *self.answer.sentences[1:2]]

    def _best_few(self) -> list[str]:
        """Return the best options and how many more there are, in a line."""
        named = [_option_text(route) for route in self._shown_routes][:SHOWN_IN_TEXT]
        rest = len(self.routes) - len(named)
        return ["; ".join(named) + (f"; and {rest} more" if rest else "")] if named else []

    def _shown(self) -> pd.DataFrame:
        """Return the options that a table shows, with short columns."""
        from corridors.output.display_names import sails_text
        from corridors.output.verdict import mark_of

        rows: list[dict[str, object]] = []
        for route in self._shown_routes:
            low, high = route.low_and_high
            rows.append(
                {
                    "corridor": route.title,
                    "status": "" if (mark := mark_of(self, route)) == "usable" else mark,
                    "USD per TEU": route.printed_usd_per_teu,
                    "low": low,
                    "high": high,
                    "transit days": route.transit_days,
                    "days": route.days,
                    "t CO2e per TEU": (route.co2e_wtw_kg_per_teu or 0.0) / 1000.0,
                    "sails": sails_text(route),
                }
            )
        table = frame(rows)
        return table if any(row["status"] for row in rows) else table.drop(columns="status")

    def _map(self) -> Page:
        from corridors.studies.result_files import comparison_files

        return page_of(comparison_files(self), "map.html", f"Map of {self._name}", MAP_HEIGHT)

    def _said(self) -> tuple[str, ...]:
        return self.answer.said

    def _picture(self) -> str:
        from corridors.output.html.gallery.thumbnail import thumbnail_svg
        from corridors.output.html.map.basemap import shipped_land

        return thumbnail_svg(self, shipped_land())

    def _files(self, *, command: str = COMMAND) -> Files:
        import yaml

        from corridors.config.scenario import written
        from corridors.studies.result_files import comparison_files

        asked = self.scenario
        if asked.own_data or asked.door.osm:
            return comparison_files(self)
        files = comparison_files(self, command=command)
        return {**files, SCENARIO_FILE: lambda: yaml.safe_dump(written(asked), sort_keys=False)}


def _option_text(route: Any) -> str:
    return f"{route.title} USD {route.printed_usd_per_teu:,.0f}, {route.days:.1f} days"
