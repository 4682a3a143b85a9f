"""Places, ships and bills that the costing tests share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from corridors.costing import operations, pricing
from corridors.costing.running import running_rate
from corridors.data.geodata import load_services
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.domain.places import Gate, GateKind, Service, Terminal, TerminalKind
from corridors.domain.scenario import Equipment, Shipment
from corridors.domain.values import BillLine, Operation

PARAMETERS: ParameterTable = load_parameters()
HAND_PRICES = {
    ("fuel.vlsfo_usd_per_t", ""): 837.8,
    ("rail.rate_usd_per_feu_km", "rail/cn-1435"): 0.3,
    ("rail.rate_usd_per_feu_km", "rail/1520"): 0.606,
    ("rail.rate_usd_per_feu_km", "rail/eu-1435"): 0.92,
}
"""What the sums by hand take, whatever is shipped."""
HAND: ParameterTable = replace(
    PARAMETERS,
    rows=tuple(
        replace(row, value=HAND_PRICES.get((row.parameter, row.scope), row.value))
        for row in PARAMETERS.rows
    ),
)
SERVICES: dict[str, Service] = {service.id: service for service in load_services()}


def shipment(equipment: Equipment = Equipment.HC40, cargo_t_per_teu: float = 10.0) -> Shipment:
    return Shipment(
        teu_per_month=200.0,
        equipment=equipment,
        cargo="general",
        cargo_classes=(),
        cargo_t_per_teu=cargo_t_per_teu,
        value_usd_per_teu=40_000.0,
        value_of_time_usd_per_teu_day=0.0,
    )


BOX = shipment()


def terminal(name: str, kind: TerminalKind = TerminalKind.SEAPORT) -> Terminal:
    """Return a terminal `cc-name`; nothing but its id and country matters to a bill."""
    return Terminal(
        id=name,
        name=name,
        city=name,
        main=True,
        aliases=(),
        kind=kind,
        country=name[:2].upper(),
        lon=0.0,
        lat=0.0,
        unlocode="",
        services=(),
        gauges_mm=(),
        source="",
        status="",
    )


def canal_gate(name: str) -> Gate:
    return Gate(
        id=name,
        name=name,
        kind=GateKind.CANAL,
        points=(),
        max_draft_m=None,
        max_beam_m=None,
        max_loa_m=None,
        country="",
        source="",
        status="",
    )


SHANGHAI = terminal("cn-shanghai")
HAMBURG = terminal("de-hamburg")


@dataclass(frozen=True, slots=True)
class Trip:
    """A sum of operations and running, as a route would make it."""

    bill: tuple[BillLine, ...] = ()
    hours: tuple[tuple[str, float], ...] = ()
    parameters: ParameterTable = HAND

    def run(self, service: str, km: float, *, country: str = "", regime: str = "") -> Trip:
        rate = running_rate(SERVICES[service], self.parameters, BOX, country=country, regime=regime)
        lines = tuple(replace(line, quantity=line.quantity * km) for line in rate.bill_per_km)
        return self._plus(lines, [(rate.time_part, rate.hours_per_km * km)])

    def then(self, made: Operation) -> Trip:
        return self._plus(made.bill, made.time_parts.items())

    def load(self, service: str, at: Terminal = SHANGHAI) -> Trip:
        return self.then(operations.load(SERVICES[service], at, self.parameters, BOX))

    def unload(self, service: str, at: Terminal = HAMBURG) -> Trip:
        return self.then(operations.unload(SERVICES[service], at, self.parameters, BOX))

    def change(self, before: str, after: str, at: str) -> Trip:
        made = operations.change(
            SERVICES[before], SERVICES[after], terminal(at), self.parameters, BOX
        )
        return self.then(made)

    def border(self, pair: str, service: str) -> Trip:
        """Add a border by its countries, `KZ-RU`."""
        made = operations.border(pair.split("-"), SERVICES[service], self.parameters, BOX)
        return self.then(made)

    def canal(self, gate: str, service: str) -> Trip:
        made = operations.canal(canal_gate(gate), SERVICES[service], self.parameters, BOX)
        return self.then(made)

    def _plus(self, lines: tuple[BillLine, ...], hours: Iterable[tuple[str, float]]) -> Trip:
        return Trip(self.bill + lines, self.hours + tuple(hours), self.parameters)

    @property
    def usd(self) -> float:
        return pricing.usd(self.bill, self.parameters)

    @property
    def co2e_kg(self) -> float:
        return pricing.co2e_wtw_kg(self.bill, self.parameters)

    def days(self, *parts: str) -> float:
        """Return days of these parts; without parts, those between first and last departure."""
        outside = ("export_dwell", "import_dwell")
        return (
            sum(h for part, h in self.hours if (part in parts if parts else part not in outside))
            / 24.0
        )

    def usd_by_driver(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for line in pricing.cost_lines(self.bill, self.parameters):
            found[line.driver] = found.get(line.driver, 0.0) + line.usd_per_teu
        return found


SUEZ = Trip().load("sea/14k").run("sea/14k", 20_100.0).canal("gate-suez", "sea/14k")
SUEZ = SUEZ.unload("sea/14k")
CAPE = Trip().load("sea/14k").run("sea/14k", 26_250.0).unload("sea/14k")
_ARCTIC = "sea/arctic-5k-ice1"
NSR = Trip().load(_ARCTIC).run(_ARCTIC, 10_320.0).run(_ARCTIC, 2_500.0, regime="open")
NSR = NSR.run(_ARCTIC, 2_350.0, regime="light").unload(_ARCTIC)
DOSTYK_BREST = Trip().run("rail/1520", 2_500.0, country="KZ").border("KZ-RU", "rail/1520")
DOSTYK_BREST = DOSTYK_BREST.run("rail/1520", 2_330.0, country="RU").border("BY-RU", "rail/1520")
DOSTYK_BREST = DOSTYK_BREST.run("rail/1520", 600.0, country="BY")
