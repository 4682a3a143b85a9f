"""The result of a service design: what runs, ships, flows; its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.config.scenario import plain_of
from corridors.domain.plan import Plan
from corridors.domain.service_design import (
    DesignFlow,
    FleetRow,
    FullPlace,
    Idle,
    ServiceRow,
)
from corridors.output.allocation_result import Bounded
from corridors.output.records import as_text
from corridors.output.tables import Beside, Table
from corridors.units import USD_PER_USD_M

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDesign(Bounded):
    """The weekly services of a year at least cost, value of time included."""

    plan: Plan
    """The plan that was solved."""
    services: tuple[ServiceRow, ...]
    """Each candidate: departures a week, boxes, cost and gain."""
    fleets: tuple[FleetRow, ...]
    """Ships and train sets that the services take."""
    flows: tuple[DesignFlow, ...]
    """TEU by pair, season and way."""
    full: tuple[FullPlace, ...]
    """Capacities that are used up, those worth most first."""
    unmet: tuple[tuple[str, int, float], ...]
    """Boxes left behind: pair, number of the season and TEU."""
    value_usd: float
    """What the plan takes, in USD a year."""
    bound_usd: float
    """What no design undercuts, in USD a year."""
    root_usd: float
    """The bound of the linear relaxation, in USD a year."""
    services_usd: float
    """Departures and vehicles, in USD a year: a part of `value_usd`."""
    without_usd: float | None
    """What the plan takes with none of the services; None if boxes then have no way."""
    stopped: str
    """What ended the search early, empty if nothing did."""
    columns: int
    """How many routes the problem had in the end."""
    choices: int
    """How many numbers of departures it chose from."""
    decided: tuple[str, ...] = ()
    """What is booked and built beside, in sentences."""

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
        return SERVICES.frame(self)

    @property
    def frequency_table(self) -> pd.DataFrame:
        """One row per service and number of departures a week, the others as designed."""
        return FREQUENCIES.frame(self)

    @property
    def flow_table(self) -> pd.DataFrame:
        """One row per pair, season and way."""
        return FLOWS.frame(self)


def season_title(plan: Plan, season: int) -> str:
    """Return the months of a season: `2026-07 to 2026-09`."""
    months = plan.seasons[season]
    return f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"


def season_text(plan: Plan, season: int) -> str:
    """Return the months of a season in words: `July to September 2026`."""
    first, *_, last = plan.seasons[season]
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%B}{year} to {last:%B %Y}"


def _of_chosen(name: str, default: float | None = 0.0) -> Callable[[ServiceRow], object]:
    """Return what takes a figure of a service at its departures as designed."""
    return lambda row: default if row.chosen is None else getattr(row.chosen, name)


SERVICES = Table(
    name="design",
    about="A candidate service, as designed.",
    rows_of=attrgetter("services"),
    files="service corridor vehicle begins ends departures_per_week vehicles round_trip_days"
    " seasons teu_a_year fill fixed_usd_a_year usd_per_teu gain_usd_a_year why_not",
    reads="service departures_per_week vehicles teu_a_year usd_per_teu gain_usd_a_year",
    of={
        "service": "name",
        "begins": lambda row: row.ends[0],
        "ends": lambda row: row.ends[1],
        "departures_per_week": "departures",
        "seasons": lambda row: len(row.seasons),
        "vehicles": _of_chosen("vehicles", 0),
        "teu_a_year": _of_chosen("teu"),
        "fill": _of_chosen("fill"),
        "fixed_usd_a_year": _of_chosen("fixed_usd"),
        "usd_per_teu": _of_chosen("usd_per_teu", None),
        "gain_usd_a_year": _of_chosen("gain_usd", None),
    },
)
FREQUENCIES = Table(
    name="frequencies",
    about="A service at a number of departures a week, the others as designed.",
    rows_of=lambda design: [row for service in design.services for row in frequencies_of(service)],
    files="service departures_per_week chosen vehicles teu_a_year fill fixed_usd_a_year"
    " usd_per_teu gain_usd_a_year missing_teu_a_year",
    reads="service departures vehicles teu_a_year fill usd_per_teu gain_usd_m_a_year",
    spare="fill vehicles",
    of={
        "departures": lambda row: f"{row.departures:g}{' *' * row.chosen}",
        "departures_per_week": "departures",
        "teu_a_year": "teu",
        "fixed_usd_a_year": "fixed_usd",
        "fixed_usd_m_a_year": lambda row: row.fixed_usd / USD_PER_USD_M,
        "gain_usd_a_year": "gain_usd",
        "gain_usd_m_a_year": lambda row: row.gain_usd and row.gain_usd / USD_PER_USD_M,
        "missing_teu_a_year": "missing_teu",
    },
)
SHIPS = Table(
    name="ships",
    about="The ships of a class.",
    rows_of=attrgetter("fleets"),
    lists="in_service",
    files="ship held in_service idle held_usd_a_year idle_usd_a_year if_laid_up_usd_a_year"
    " if_chartered_out_usd_a_year if_returned_usd_a_year",
    of={
        "in_service": "used",
        "held_usd_a_year": "held_usd",
        "idle_usd_a_year": "idle_usd",
        "if_laid_up_usd_a_year": lambda row: row.if_idle_usd[Idle.LAY_UP],
        "if_chartered_out_usd_a_year": lambda row: row.if_idle_usd[Idle.CHARTER_OUT],
        "if_returned_usd_a_year": lambda row: row.if_idle_usd[Idle.RETURN],
    },
)
FLOWS = Table(
    name="flows",
    about="TEU of a pair and season by one way; `services` is empty for what others run.",
    rows_of=lambda design: _by_season(design, design.flows),
    files="pair season services corridors teu usd_per_teu days co2e_kg_per_teu"
    " lane_usd_per_teu co2e_wtw_kg_per_teu",
    of={"co2e_wtw_kg_per_teu": "co2e_kg_per_teu"},
    reads="pair season way teu usd_per_teu days",
)
FRAMES = {
    "design.json": {
        "table": (SERVICES, "design.csv"),
        "frequency_table": (FREQUENCIES, "frequencies.csv"),
        "flow_table": (FLOWS, "flows"),
    }
}
FULL = Table(
    name="full",
    about="A capacity used up in a season, and what one more TEU would save.",
    rows_of=lambda design: _by_season(design, design.full),
    files="capacity season teu usd_per_teu",
    of={"capacity": "name"},
)
UNMET = Table(
    name="unmet",
    about="TEU left behind.",
    rows_of=lambda design: [
        Beside(None, pair=pair, season=season_title(design.plan, season), teu=teu)
        for pair, season, teu in design.unmet
    ],
    files="pair season teu",
)
RECORD = Table(
    name="design",
    about="`design.json`: the result of `corridors design`.",
    rows_of=lambda design: [design],
    files="plan value_usd bound_usd gap_usd proved relaxation_usd without_services_usd"
    " stopped columns choices decided teu declared",
    of={
        "plan": "plan.name",
        "relaxation_usd": "root_usd",
        "without_services_usd": "without_usd",
        "declared": lambda design: [plain_of(one) for row in design.run for one in row.declared],
    },
)
LISTS = {
    "services": SERVICES,
    "frequencies": FREQUENCIES,
    "ships": SHIPS,
    "flows": FLOWS,
    "full": FULL,
    "unmet": UNMET,
}


def frequencies_of(service: ServiceRow) -> list[Beside]:
    """Return a row per number of departures of a service."""
    return [Beside(row, service=service.name) for row in service.frequencies]


def _by_season(design: ServiceDesign, rows: Iterable[DesignFlow | FullPlace]) -> list[Beside]:
    return [Beside(row, season=season_title(design.plan, row.season)) for row in rows]


def design_model() -> type[BaseModel]:
    """Return `design.json` as a model, for its schema and to read it back."""
    return RECORD.model("Result of corridors design", **LISTS)


def design_json(design: ServiceDesign) -> str:
    """Return the text of `design.json`."""
    (record,) = RECORD.records(design)
    lists = {name: table.records(design) for name, table in LISTS.items()}
    first = {"services": lists.pop("services"), "declared": record.pop("declared")}
    return as_text({**record, **first, **lists})
