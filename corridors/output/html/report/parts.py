"""Names of the parts of cost and time, and their chart colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corridors.domain.values import CostLine
from corridors.output.html.palette import (
    BLUE,
    GREEN,
    GREY,
    NAVY,
    ORANGE,
    PEACH,
    PINK,
    PURPLE,
    YELLOW,
)
from corridors.units import HOURS_PER_DAY

# By the first part of a driver (`fuel` of `fuel.vlsfo`), in the order of the bars.
_COST_TITLES: Mapping[str, str] = {
    "ship_days": "Ship time",
    "ship": "Ship time",
    "fuel": "Marine fuel",
    "port_calls": "Port dues",
    "canal": "Canal tolls",
    "nsr": "Arctic escort, pilot, insurance",
    "war_risk": "War-risk premium",
    "ets": "EU allowances and FuelEU",
    "fueleu": "EU allowances and FuelEU",
    "sea": "Shipping line overhead and margin",
    "ferry": "Ferries",
    "river": "River freight",
    "rail": "Rail freight",
    "border": "Borders",
    "gauge_change": "Gauge change",
    "road": "Road haulage",
    "thc": "Terminals and transhipment",
    "transhipment": "Terminals and transhipment",
    "terminal": "Terminals and transhipment",
    "storage": "Storage",
    "insurance": "Cargo insurance",
    "risk": "Security",
    "repositioning": "Empty container return",
    "reefer": "Reefer power",
}
_TIME_TITLES: Mapping[str, str] = {
    "export_dwell": "Dwell at origin",
    "schedule_wait": "Waiting for departure",
    "season_wait": "Waiting for the season",
    "sea": "Sailing",
    "ice": "Sailing in ice",
    "port_calls": "Port calls",
    "canal": "Canals",
    "ferry": "Ferries",
    "river": "River",
    "rail": "Rail",
    "border": "Borders",
    "queue": "Queue after a closure",
    "gauge_change": "Gauge change",
    "risk_delay": "Expected delay from security risks",
    "road": "Road",
    "door": "Loading and delivery at the door",
    "transfer": "Transfers",
    "import_dwell": "Dwell at destination",
}
# What bars show apart: the parts that one colour stands for.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Ship": ("Ship time", "Shipping line overhead and margin"),
    "At sea": ("Sailing", "Sailing in ice", "Expected delay from security risks"),
    "Ship fuel": ("Marine fuel",),
    "Canals, ice, war risk": ("Canal tolls", "Arctic escort, pilot, insurance", "War-risk premium"),
    "Ports and terminals": (
        *("Port dues", "Terminals and transhipment", "Storage"),
        *("Dwell at origin", "Dwell at destination", "Transfers", "Port calls", "Canals"),
    ),
    "Rail": ("Rail freight", "Rail"),
    "Borders and gauge": ("Borders", "Gauge change"),
    "Road, river, ferry": (
        *("Road haulage", "River freight", "Ferries", "Road", "River"),
        "Loading and delivery at the door",
    ),
    "EU allowances and FuelEU": ("EU allowances and FuelEU",),
    "Waiting": ("Waiting for departure", "Waiting for the season", "Queue after a closure"),
}
OTHER = "Insurance and other"
_GROUP_OF = {title: group for group, titles in _GROUPS.items() for title in titles}
_COLOURS: Mapping[str, str] = {
    "Ship": NAVY,
    "At sea": NAVY,
    "Ship fuel": BLUE,
    "Canals, ice, war risk": YELLOW,
    "Ports and terminals": GREEN,
    "Rail": ORANGE,
    "Borders and gauge": PEACH,
    "Road, river, ferry": PURPLE,
    "EU allowances and FuelEU": PINK,
    "Waiting": GREY,
    OTHER: GREY,
}


def cost_title(name: str) -> str:
    """Return the part that a cost driver belongs to."""
    return _COST_TITLES.get(name.partition(".")[0], _readable(name))


def time_title(name: str) -> str:
    """Return the name of a part of the time."""
    return _TIME_TITLES.get(name, _readable(name))


def grouped(titles: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the sums by what bars show apart, of parts by their titles, in the order of bars."""
    summed: dict[str, float] = {}
    for title, size in titles:
        group = _GROUP_OF.get(title, OTHER)
        summed[group] = summed.get(group, 0.0) + size
    return {group: summed[group] for group in _COLOURS if group in summed}


def group_of(driver: str) -> str:
    """Return what bars show a cost driver under."""
    return _GROUP_OF.get(cost_title(driver), OTHER)


def cost_by_part(lines: Sequence[CostLine], *, boxes: float = 1.0) -> dict[str, float]:
    """Return USD by what bars show apart, of so many TEU."""
    return grouped((cost_title(line.driver), boxes * line.usd_per_teu) for line in lines)


def days_by_part(hours_by_part: Mapping[str, float]) -> dict[str, float]:
    """Return days by what bars show apart."""
    return grouped(
        (time_title(name), hours / HOURS_PER_DAY) for name, hours in hours_by_part.items()
    )


def part_colours() -> Mapping[str, str]:
    """Return the colour of what bars show apart, in their order."""
    return _COLOURS


def _readable(name: str) -> str:
    text = name.replace("_", " ").replace(".", ", ").strip() or "Other"
    return text[0].upper() + text[1:]
