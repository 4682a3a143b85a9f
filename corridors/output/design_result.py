"""The result of a service design: what runs, ships, flows; its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from corridors.config.scenario import plain_of
from corridors.domain.plan import Plan
from corridors.domain.service_design import (
    DesignFlow,
    FleetRow,
    FrequencyRow,
    FullPlace,
    Idle,
    ServiceRow,
)
from corridors.output.allocation_result import Bounded
from corridors.output.csv import csv_text
from corridors.output.records import as_text, filled, frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDesign(Bounded):
    """The weekly services of a year at least cost, value of time included.

    `value_usd` is what the plan takes, of it `services_usd` departures and vehicles; `bound_usd`
    what no design undercuts, `root_usd` the bound of the linear relaxation, `without_usd` what the
    plan takes with none of the services, None if boxes that must travel have no way then. `full`
    are the capacities used up, those worth most first. `unmet` are (pair, season, TEU) left behind.
    `stopped` says what ended the search early, `decided` what is booked and built beside.
    """

    plan: Plan
    services: tuple[ServiceRow, ...]
    fleets: tuple[FleetRow, ...]
    flows: tuple[DesignFlow, ...]
    full: tuple[FullPlace, ...]
    unmet: tuple[tuple[str, int, float], ...]
    value_usd: float
    bound_usd: float
    root_usd: float
    services_usd: float
    without_usd: float | None
    stopped: str
    columns: int
    choices: int
    decided: tuple[str, ...] = ()

    @property
    def run(self) -> tuple[ServiceRow, ...]:
        """The services that run."""
        return tuple(service for service in self.services if service.departures)

    @property
    def teu(self) -> float:
        """TEU that travel in the year."""
        return sum(flow.teu for flow in self.flows)

    @property
    def gain_usd(self) -> float | None:
        """What the plan saves a year against running none of the services, None if it must."""
        return None if self.without_usd is None else self.without_usd - self.value_usd

    @property
    def table(self) -> pd.DataFrame:
        """One row per candidate service, columns as in `design.csv`."""
        return frame(service_rows(self))

    @property
    def frequency_table(self) -> pd.DataFrame:
        """One row per service and number of departures a week, the others as designed."""
        return frame(frequency_rows(self))

    @property
    def flow_table(self) -> pd.DataFrame:
        """One row per pair, season and way."""
        return frame(flow_rows(self))


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServiceModel(_Row):
    """A candidate service."""

    service: str
    corridor: str
    vehicle: str
    begins: str
    ends: str
    departures_per_week: float
    vehicles: int
    round_trip_days: float
    seasons: int
    teu_a_year: float
    fill: float
    fixed_usd_a_year: float
    usd_per_teu: float | None
    gain_usd_a_year: float | None
    why_not: str


class FrequencyModel(_Row):
    """A service at a number of departures a week, the others as designed."""

    service: str
    departures_per_week: float
    chosen: bool
    vehicles: int
    teu_a_year: float
    fill: float
    fixed_usd_a_year: float
    usd_per_teu: float | None
    gain_usd_a_year: float | None
    missing_teu_a_year: float


class ShipsModel(_Row):
    """The ships of a class."""

    ship: str
    held: int
    in_service: list[float]
    idle: str
    held_usd_a_year: float
    idle_usd_a_year: float
    if_laid_up_usd_a_year: float
    if_chartered_out_usd_a_year: float
    if_returned_usd_a_year: float


class FlowModel(_Row):
    """TEU of a pair and season by one way; `services` is empty for what others run."""

    pair: str
    season: str
    services: list[str]
    corridors: list[str]
    teu: float
    usd_per_teu: float
    days: float
    co2e_kg_per_teu: float
    lane_usd_per_teu: float | None


class FullModel(_Row):
    """A capacity used up in a season, and what one more TEU would save."""

    capacity: str
    season: str
    teu: float
    usd_per_teu: float


class UnmetModel(_Row):
    """TEU left behind."""

    pair: str
    season: str
    teu: float


class DesignResultModel(BaseModel):
    """`design.json`: the result of `corridors design`."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Result of corridors design")

    plan: str
    value_usd: float
    bound_usd: float
    gap_usd: float
    proved: bool
    relaxation_usd: float
    without_services_usd: float | None
    stopped: str
    columns: int
    choices: int
    teu: float
    services: list[ServiceModel]
    declared: list[dict[str, object]] = Field(
        description="the services that run, as the entries of `services` of a scenario"
    )
    frequencies: list[FrequencyModel]
    ships: list[ShipsModel]
    flows: list[FlowModel]
    full: list[FullModel]
    unmet: list[UnmetModel]


SERVICE_COLUMNS = tuple(ServiceModel.model_fields)


def season_title(plan: Plan, season: int) -> str:
    """Return the months of a season: `2026-07 to 2026-09`."""
    months = plan.seasons[season]
    return f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"


def season_text(plan: Plan, season: int) -> str:
    """Return the months of a season in words: `July to September 2026`."""
    first, *_, last = plan.seasons[season]
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%B}{year} to {last:%B %Y}"


def service_rows(design: ServiceDesign) -> list[dict[str, object]]:
    """Return the candidates as plain rows."""
    return [_service(row).model_dump() for row in design.services]


def _service(row: ServiceRow) -> ServiceModel:
    chosen = row.chosen
    return filled(
        ServiceModel,
        row,
        service=row.name,
        begins=row.ends[0],
        ends=row.ends[1],
        departures_per_week=row.departures,
        vehicles=chosen.vehicles if chosen else 0,
        seasons=len(row.seasons),
        teu_a_year=chosen.teu if chosen else 0.0,
        fill=chosen.fill if chosen else 0.0,
        fixed_usd_a_year=chosen.fixed_usd if chosen else 0.0,
        usd_per_teu=chosen.usd_per_teu if chosen else None,
        gain_usd_a_year=chosen.gain_usd if chosen else None,
    )


def frequency_rows(design: ServiceDesign) -> list[dict[str, object]]:
    """Return each service at each number of departures as plain rows."""
    return [
        _frequency(service.name, row).model_dump()
        for service in design.services
        for row in service.frequencies
    ]


def _frequency(service: str, row: FrequencyRow) -> FrequencyModel:
    return filled(
        FrequencyModel,
        row,
        service=service,
        departures_per_week=row.departures,
        teu_a_year=row.teu,
        fixed_usd_a_year=row.fixed_usd,
        gain_usd_a_year=row.gain_usd,
        missing_teu_a_year=row.missing_teu,
    )


def flow_rows(design: ServiceDesign) -> list[dict[str, object]]:
    """Return the flows as plain rows."""
    return [_flow(design, flow).model_dump() for flow in design.flows]


def _flow(design: ServiceDesign, flow: DesignFlow) -> FlowModel:
    return filled(
        FlowModel,
        flow,
        season=season_title(design.plan, flow.season),
        services=list(flow.services),
        corridors=list(flow.corridors),
    )


def design_csv(design: ServiceDesign) -> str:
    """Return the text of `design.csv`: one row per candidate."""
    return csv_text(service_rows(design), SERVICE_COLUMNS)


def frequencies_csv(design: ServiceDesign) -> str:
    """Return the text of `frequencies.csv`."""
    return csv_text(frequency_rows(design), tuple(FrequencyModel.model_fields))


def design_json(design: ServiceDesign) -> str:
    """Return the text of `design.json`."""
    model = filled(
        DesignResultModel,
        design,
        plan=design.plan.name,
        relaxation_usd=design.root_usd,
        without_services_usd=design.without_usd,
        services=[_service(row) for row in design.services],
        declared=[plain_of(one) for row in design.run for one in row.declared],
        frequencies=[
            _frequency(row.name, each) for row in design.services for each in row.frequencies
        ],
        ships=[
            filled(
                ShipsModel,
                fleet,
                in_service=list(fleet.used),
                idle=fleet.idle.value,
                held_usd_a_year=fleet.held_usd,
                idle_usd_a_year=fleet.idle_usd,
                if_laid_up_usd_a_year=fleet.if_idle_usd[Idle.LAY_UP],
                if_chartered_out_usd_a_year=fleet.if_idle_usd[Idle.CHARTER_OUT],
                if_returned_usd_a_year=fleet.if_idle_usd[Idle.RETURN],
            )
            for fleet in design.fleets
        ],
        flows=[_flow(design, flow) for flow in design.flows],
        full=[
            FullModel(
                capacity=place.name,
                season=season_title(design.plan, place.season),
                teu=place.teu,
                usd_per_teu=place.usd_per_teu,
            )
            for place in design.full
        ],
        unmet=[
            UnmetModel(pair=pair, season=season_title(design.plan, season), teu=teu)
            for pair, season, teu in design.unmet
        ],
    )
    return as_text(model.model_dump())
