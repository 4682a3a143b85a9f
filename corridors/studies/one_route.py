"""What `route` and `explain` answer with: one route, with every figure of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from typing_extensions import deprecated

from corridors.data.cities import name_of
from corridors.domain.answer import BOXES
from corridors.domain.results import Decision, DecisionStatus, RouteOption
from corridors.output.answer import money
from corridors.output.display_names import scenario_title, world_title
from corridors.routing.question import ANY_CORRIDOR
from corridors.studies.compare.result import COMMAND, Comparison
from corridors.studies.result_base import Page, Written

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

    from corridors.domain.scenario import Scenario
    from corridors.output.html.map.folium_page import DrawnMap
    from corridors.output.store import Manifest, Record
    from corridors.studies.result_base import Files


@dataclass(frozen=True, kw_only=True, repr=False)
class OneRoute(Written):
    """A single route of a scenario."""

    _more = ".legs .cost_lines .lines .emissions are frames; .map(), .save(folder)"

    scenario: Scenario
    """The scenario that was asked."""
    option: RouteOption
    """The route with every figure of it; `option.reason` says why there is none."""
    manifest: Manifest
    """Versions, and hashes of the data, that gave it."""

    @property
    def usable(self) -> bool:
        """Whether there is a route on that day; `option.reason` says why not."""
        return self.option.usable

    @property
    def cost_usd_per_teu(self) -> float | None:
        """USD per TEU; of what shippers are quoted where the scenario compares prices."""
        return self.option.printed_usd_per_teu

    @property
    def days(self) -> float | None:
        """Days from gate-in to gate-out."""
        return self.option.days

    @property
    def transit_days(self) -> float | None:
        """Days from the first departure to the last arrival."""
        return self.option.transit_days

    @property
    def distance_km(self) -> float | None:
        """Length in km."""
        return self.option.km() if self.usable else None

    @property
    def co2e_wtw_kg_per_teu(self) -> float | None:
        """Well-to-wake emissions in kg CO2e per TEU."""
        return self.option.co2e_wtw_kg_per_teu

    @property
    @deprecated("co2e_kg_per_teu is co2e_wtw_kg_per_teu, as in frames and files")
    def co2e_kg_per_teu(self) -> float | None:
        """Old name of `co2e_wtw_kg_per_teu`, for this version."""
        return self.co2e_wtw_kg_per_teu

    @property
    def gates(self) -> tuple[str, ...]:
        """The names of the canals, straits and capes passed, in their order."""
        return tuple(map(name_of, self.option.passages))

    @property
    def borders(self) -> tuple[str, ...]:
        """The borders crossed by land, such as `CN-KZ`, in their order."""
        return tuple(self.option.borders)

    @property
    def legs(self) -> geopandas.GeoDataFrame:
        """One row per leg, with times in UTC and its line."""
        return self._alone.legs

    @property
    def cost_lines(self) -> pd.DataFrame:
        """One row per cost line: quantity, unit price, USD per TEU, range, source."""
        return self._alone.cost_lines

    @property
    def lines(self) -> pd.DataFrame:
        """One row per line (loop or train) that is known to run the route on its date."""
        return self._alone.lines

    @property
    def emissions(self) -> pd.DataFrame:
        """One row per step and energy carrier, by ISO 14083."""
        return self._alone.emissions

    @property
    def record(self) -> Record:
        """The route in plain values, as `comparison.json` holds an option."""
        from corridors.output.contract import option_record

        return option_record(self.option)

    def map(self, *, tiles: bool = False) -> DrawnMap:
        """Return the map of the route, a `folium.Map`: see `Comparison.map`."""
        return self._alone.map(tiles=tiles)

    @cached_property
    def _alone(self) -> Comparison:
        """The route as a comparison of one."""
        option = self.option
        usable = option.usable
        objective = self.scenario.objective
        return Comparison(
            scenario=self.scenario,
            routes=(option,),
            decision=Decision(
                status=DecisionStatus.OPTIMAL if usable else DecisionStatus.INFEASIBLE,
                objective=objective,
                value=option.printed_usd_per_teu,
                recommended=option.corridor if usable else None,
                shares={option.corridor: 1.0} if usable else {},
            ),
            warnings=(),
            manifest=self.manifest,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is in doubt about the route, in sentences."""
        return tuple(self.option.warnings)

    @property
    def _heading(self) -> str:
        name, title = scenario_title(self.scenario), self.option.title
        return name if self.option.corridor == ANY_CORRIDOR.id else f"{name}, {title}"

    def _texts(self) -> list[str]:
        option, day = self.option, self.scenario.departure
        world = world_title(self.scenario.world, day, known_on=self.scenario.known_on)
        heading = f"{self._heading}: route for {day.isoformat()}; {world}"
        if not option.usable:
            return [heading, f"{option.status}: {option.reason}"]
        cost, days = option.printed_usd_per_teu or 0.0, option.days or 0.0
        equipment = self.scenario.shipment.equipment
        teu, box = equipment.teu_per_box, BOXES[equipment]
        figures = (
            f"USD {money(teu * cost)} per {box}, {days:.1f} days"
            f" ({option.transit_days or 0.0:.1f} in transit), {option.km() or 0.0:,.0f} km,"
            f" {teu * (option.co2e_wtw_kg_per_teu or 0.0) / 1000.0:.2f} t CO2e per {box}"
        )
        passed = "; ".join(
            f"{what}: {', '.join(names)}"
            for what, names in (
                ("straits, canals and capes", self.gates),
                ("borders", tuple(map(name_of, self.borders))),
            )
            if names
        )
        doubts = len(option.warnings)
        doubt = f"{doubts} warning{'s'[: doubts > 1]} (.warnings)" if doubts else ""
        return [heading, figures, passed, doubt]

    def _shown(self) -> pd.DataFrame:
        legs = self.legs.assign(service=[name_of(name) for name in self.legs["service"]])
        columns = {
            "from_name": "from",
            "to_name": "to",
            "service": "service",
            "km": "km",
            "hours": "hours",
            "usd_per_teu": "USD per TEU",
        }
        frame: pd.DataFrame = legs[list(columns)].rename(columns=columns)
        return frame

    def _map(self) -> Page | None:
        return self._alone._map() if self.usable else None

    def _files(self, *, command: str = COMMAND) -> Files:
        return self._alone._files(command=command)
