"""The result of `compare`: its frames, pages and files, and how it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from corridors.domain.answer import BOXES
from corridors.domain.objective import Objective
from corridors.domain.scenario import PriceBasis, Scope
from corridors.optimise.candidates import folded_front
from corridors.output import comparison as compared
from corridors.output.comparison import EMISSIONS
from corridors.output.display_names import (
    main_carriage,
    name_by,
    named_list,
    sailings_text,
    sails_text,
    way_in_title,
    why_not,
)
from corridors.output.monthly import BEST, best_rows, months_finding
from corridors.output.store import frame, listing_json
from corridors.output.tables import Beside, Table
from corridors.output.verdict import certificates_text, mark_of, over_limits
from corridors.studies.option_tables import (
    COST_LINES,
    LINES,
    alternative_files,
    leg_frame,
    option_frame,
    show_alternatives,
    show_shares,
)
from corridors.studies.result_base import (
    MAP_HEIGHT,
    REPORT_HEIGHT,
    DisplayUnit,
    Page,
    Written,
    axes_of,
    page_of,
)
from corridors.units import KG_PER_TONNE

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

    from corridors.domain.results import RouteOption
    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.studies.result_base import Files, Terminal

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

    months: tuple[compared.Comparison, ...] = ()
    """The comparisons of successive months, this one first, where they were asked for."""
    tiles: bool = False
    """Whether its map may load tiles when online."""
    exports: bool = False
    """Whether its files for other programs are saved too."""

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

    @property
    def way_shares(self) -> pd.DataFrame:
        """One row per way with its share of the boxes of a trade, where `choice="shares"`."""
        return compared.SHARES.frame(self.shares)

    def map(self, *, tiles: bool | None = None) -> DrawnMap:
        """Return the map of all routes: a `folium.Map` with a `FeatureGroup` a corridor.

        Layers, plugins, tiles and a control of layers can be added to it. A notebook shows it, and
        `save(path)` writes the page that `corridors compare --out` writes.

        Parameters
        ----------
        tiles
            Let it load OpenStreetMap tiles when online; without, it needs no network. By default as
            it was asked for.
        """
        from corridors.data.parameters import load_sources
        from corridors.output.html.map.content import map_page
        from corridors.output.html.map.folium_page import DrawnMap

        drawn = map_page(self, sources=load_sources())
        return DrawnMap(drawn, "osm" if (self.tiles if tiles is None else tiles) else None)

    def report(self) -> Page:
        """Return the report: the answer, costs and days by part, sources.

        Its sliders are there if `what_if` was asked for.
        """
        from corridors.studies.result_base import comparison_files

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
        axes, money = axes_of(ax), DisplayUnit.of_money(self.scenario)
        for route in self._shown_routes:
            figures = (route.printed_usd_per_teu or 0.0, *route.low_and_high)
            cost, low, high = (money.factor * figure for figure in figures)
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
        axes.set_ylabel(money.unit)
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
        money = DisplayUnit.of_money(self.scenario)
        named = [
            f"{route.title} {money.text(route.printed_usd_per_teu or 0.0)}, {route.days:.1f} days"
            for route in self._shown_routes[:SHOWN_IN_TEXT]
        ]
        rest = len(self.routes) - len(named)
        return ["; ".join(named) + (f"; and {rest} more" if rest else "")] if named else []

    def _shown(self) -> pd.DataFrame:
        """Return the options that a table shows, with short columns."""
        rows: list[dict[str, object]] = []
        money, box = DisplayUnit.of_money(self.scenario), BOXES[self.scenario.shipment.equipment]
        for route in self._shown_routes:
            low, high = (money.factor * usd for usd in route.low_and_high)
            rows.append(
                {
                    "corridor": route.title,
                    "status": "" if (mark := mark_of(self, route)) == "usable" else mark,
                    money.unit: money.factor * (route.printed_usd_per_teu or 0.0),
                    "low": low,
                    "high": high,
                    "transit days": route.transit_days,
                    "days": route.days,
                    f"t CO2e per {box}": money.factor * (route.co2e_wtw_kg_per_teu or 0.0) / 1000.0,
                    "sails": sails_text(route),
                }
            )
        table = frame(rows)
        return table if any(row["status"] for row in rows) else table.drop(columns="status")

    def _map(self) -> Page:
        from corridors.studies.result_base import comparison_files

        return page_of(comparison_files(self), "map.html", f"Map of {self._name}", MAP_HEIGHT)

    def _said(self) -> tuple[str, ...]:
        return self.answer.said

    def _picture(self) -> str:
        from corridors.output.html.gallery.gallery_page import thumbnail_svg
        from corridors.output.html.map.map_places import shipped_land

        return thumbnail_svg(self, shipped_land())

    def _files(self, *, command: str = "") -> Files:
        """Return its files; without a command line also the scenario, which the usual one names."""
        import yaml

        from corridors.config.scenario import written
        from corridors.studies.result_base import comparison_files

        asked = self.scenario
        is_own = bool(asked.own_data or asked.door.osm)
        files = comparison_files(
            self,
            command=command or ("" if is_own else COMMAND),
            months=self.months,
            tiles="osm" if self.tiles else None,
        )
        if self.exports:
            from corridors.exchange.routings import exported

            files |= exported(self)
        if command or is_own:
            return files
        return {**files, SCENARIO_FILE: lambda: yaml.safe_dump(written(asked), sort_keys=False)}

    @property
    def _is_usable(self) -> bool:
        return any(one.usable for one in (self, *self.months))

    def _printed(self, terminal: Terminal) -> Files:
        if terminal.shows("front"):
            return _listed(compared.PRINTED_FRONT, self.front)
        if terminal.shows("alternatives"):
            return alternative_files(self.alternatives)
        return _listed(BEST, best_rows(self.months)) if self.months else {}

    def show(self, terminal: Terminal) -> None:
        """Print the answer, or what a flag asks for: every option, the front, alternatives."""
        scenario = self.scenario
        title = f"{scenario.name}, departing {scenario.departure.isoformat()}"
        if terminal.shows("front"):
            self._show_front(terminal, title)
        elif terminal.shows("alternatives"):
            show_alternatives(terminal, self.alternatives, title, scenario.shipment.equipment)
        elif self.months:
            day = f"{scenario.name}, departing on day {scenario.departure.day} of each month"
            terminal.say(f"{day}\n\n{months_finding(self.months)}")
            best = BEST.boxed(scenario.shipment.equipment)
            terminal.table(best, best_rows(self.months), title="")
        elif terminal.shows("all") or not self.answer.finding:
            self._show_all(terminal, title)
        elif self.shares:
            # In place of the rows, so that all stands on one screen.
            rests = (*self.answer.rests_on, "shares that say direction and order, no forecast")
            table = compared.SHARES.boxed(scenario.shipment.equipment)
            terminal.answer(replace(self.answer, rests_on=rests), table, self.shares)
        else:
            terminal.answer(self.answer)
        if self.shares and terminal.shows("all"):
            show_shares(terminal, self.shares, scenario)

    def _show_front(self, terminal: Terminal, title: str) -> None:
        # Files are for programs and hold every route.
        shown = self.front if terminal.shows("all") else folded_front(self.front)
        title += (
            ": the routes of each corridor that no other of its routes beats in cost, days and CO2e"
            " (overall: none of any corridor does)"
        )
        front = compared.PRINTED_FRONT.boxed(self.scenario.shipment.equipment)
        terminal.table(front, shown, title=title)
        if hidden := len(self.front) - len(shown):
            routes = "1 more route is" if hidden == 1 else f"{hidden} more routes are"
            terminal.say(
                f"{routes} not shown, being within 1 % in cost and CO2e and half a day of one"
                " above. --all shows every route."
            )

    def _show_all(self, terminal: Terminal, title: str) -> None:
        """Print the answer, every option with every column, and every sentence."""
        scenario = self.scenario
        for text in self.answer.said:
            terminal.say(text)
        title = f"\n{title}"
        title += (
            ", door to door" * (scenario.scope is Scope.DOOR)
            + ", ranked by price" * (scenario.price_basis is PriceBasis.PRICE)
            + f": each corridor's {scenario.objective.best_route}"
            * (scenario.objective is not Objective.COST)
        )
        table = table_of_options(self).boxed(scenario.shipment.equipment)
        terminal.table(table, marked_options(self), title=title)
        reasons: dict[str, list[str]] = {}
        doubts: dict[str, list[str]] = {}
        for option in self.routes:
            if not option.usable:
                reasons.setdefault(why_not(option), []).append(name_by(option))
            for warning in option.warnings:
                doubts.setdefault(warning, []).append(name_by(option))
        for text in (
            *over_limits(self),
            *(f"{named_list(names)}, {reason}" for reason, names in reasons.items()),
            *(f"! {named_list(names)}: {doubt}" for doubt, names in doubts.items()),
            *(f"! {warning}" for warning in self.warnings),
            certificates_text(self),
        ):
            terminal.say(text)


EVERY_OPTION = Table(
    name="every_option",
    about="An option with every figure, as `compare --all` prints it; those of a closed one are"
    " empty.",
    files="corridor main_carriage status USD_with_time USD_per_TEU low high best_in price_per_TEU"
    " price_is transit_days days km road_km t_CO2e_per_TEU sails sails_in_fact certificate",
    # A desk reads what it costs, what is quoted, how long it takes, who sails, then what it emits.
    spare="certificate road_km km price_is main_carriage status best_in low+high transit_days"
    " t_CO2e_per_TEU sails sails_in_fact days",
    slim="status sails sails_in_fact",
    of={
        "main_carriage": lambda one: main_carriage(one) + way_in_title(one),
        "status": "mark",
        "USD_with_time": "generalised_usd_per_teu",
        "USD_per_TEU": lambda one: _money(one)[0],
        "low": lambda one: one.low_and_high[0] if one.usable else None,
        "high": lambda one: one.low_and_high[1] if one.usable else None,
        "best_in": lambda one: one.chances and one.chances.best,
        "price_per_TEU": lambda one: _money(one)[1],
        "price_is": lambda one: one.price_status and one.price_status.value,
        "km": lambda one: (one.km() or 0.0) if one.usable else None,
        "road_km": lambda one: (one.km("road") or 0.0) if one.usable else None,
        "t_CO2e_per_TEU": lambda one: (
            None if one.co2e_wtw_kg_per_teu is None else one.co2e_wtw_kg_per_teu / KG_PER_TONNE
        ),
        # As things are, in a world in which other ways are open too.
        **dict.fromkeys(("sails", "sails_in_fact"), sailings_text),
        "certificate": "certificate.status",
    },
)
# What the rows are ranked by, where that is not the cost.
RANKED_BY = {"days": "days", "co2e": "t_CO2e_per_TEU", "generalised": "USD_with_time"}


def marked_options(comparison: compared.Comparison) -> list[Beside]:
    """Return the rows of `EVERY_OPTION`, with what an option is in a comparison: over a limit."""
    return [Beside(option, mark=mark_of(comparison, option)) for option in comparison.routes]


def table_of_options(comparison: compared.Comparison) -> Table:
    """Return `EVERY_OPTION` with the columns that tell options of a comparison apart.

    A narrow terminal keeps that of the rank, and a status that marks an option; the price goes
    first where it is the cost in every row.
    """
    scenario = comparison.scenario
    without = {
        "USD_with_time": scenario.objective is not Objective.GENERALISED,
        "best_in": not any(route.chances for route in comparison.routes),
        "road_km": scenario.scope is not Scope.DOOR,
        "sails": not comparison.lines_hold,
        "sails_in_fact": comparison.lines_hold,
    }
    ranked_by = RANKED_BY.get(scenario.objective)
    rows = EVERY_OPTION.read(marked_options(comparison))
    marked = any(row["status"] != "usable" for row in rows)
    quoted = any(row["price per TEU"] != row["USD per TEU"] for row in rows)
    spare = EVERY_OPTION.spare.split() + ["transit_days"] * bool(ranked_by)
    spare = spare if quoted else ["price_per_TEU", *spare]
    kept = {ranked_by, "status" if marked else None}
    return replace(
        EVERY_OPTION,
        reads=" ".join(name for name in EVERY_OPTION.names if not without.get(name)),
        spare=" ".join(name for name in spare if name not in kept),
    )


def _money(option: RouteOption) -> tuple[float | None, float | None]:
    """Return what an option costs and what is quoted for it, in USD per TEU."""
    compared_usd = option.printed_usd_per_teu
    if option.price_basis is PriceBasis.PRICE:
        return option.cost_usd_per_teu, compared_usd
    return compared_usd, option.price_usd_per_teu


def _listed(table: Table, rows: Sequence[object]) -> Files:
    """Return rows as what is printed in place of the files of a comparison."""
    return {
        "rows.json": lambda: listing_json(table.records(rows)),
        "rows.csv": lambda: table.csv(rows),
    }
