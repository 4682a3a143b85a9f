"""Names of the parts of cost and time, and their chart colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corridors.domain.values import CostLine
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
_COLOURS: Mapping[str, str] = {
    "Ship time": "#2f5d8a",
    "Sailing": "#2f5d8a",
    "Marine fuel": "#6fa3cf",
    "Sailing in ice": "#a9d3ea",
    "Port dues": "#1b9e9e",
    "Port calls": "#1b9e9e",
    "Canal tolls": "#e0a72e",
    "Canals": "#e0a72e",
    "Arctic escort, pilot, insurance": "#a9d3ea",
    "War-risk premium": "#b3202a",
    "Shipping line overhead and margin": "#9fb4c4",
    "Ferries": "#7fc4b0",
    "River freight": "#3d7a99",
    "River": "#3d7a99",
    "Rail freight": "#a85432",
    "Rail": "#a85432",
    "Borders": "#d98b6a",
    "Gauge change": "#f0c9a8",
    "Road haulage": "#6b5b95",
    "Road": "#6b5b95",
    "Terminals and transhipment": "#5f8f4e",
    "Transfers": "#5f8f4e",
    "Storage": "#c2b280",
    "EU allowances and FuelEU": "#d4778f",
    "Cargo insurance": "#7a4b3a",
    "Security": "#444e54",
    "Reefer power": "#4f9fb3",
    "Empty container return": "#b9b9b9",
    "Dwell at origin": "#cfd6da",
    "Waiting for departure": "#98a4ac",
    "Waiting for the season": "#8d6cab",
    "Dwell at destination": "#6c7a84",
}
_SPARE_COLOURS = ("#d4778f", "#4f9fb3", "#b5bd4c", "#7a4b3a", "#444e54")


def cost_title(name: str) -> str:
    """Return the part that a cost driver belongs to."""
    return _COST_TITLES.get(name.partition(".")[0], _readable(name))


def time_title(name: str) -> str:
    """Return the name of a part of the time."""
    return _TIME_TITLES.get(name, _readable(name))


def cost_titles(names: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of these drivers, once each, in the order of the bars."""
    return _ordered((cost_title(name) for name in names), _COST_TITLES.values())


def time_titles(names: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of the time, once each, in the order of the bars."""
    return _ordered((time_title(name) for name in names), _TIME_TITLES.values())


def cost_by_part(lines: Sequence[CostLine]) -> dict[str, float]:
    """Return USD per TEU by part."""
    summed: dict[str, float] = {}
    for line in lines:
        title = cost_title(line.driver)
        summed[title] = summed.get(title, 0.0) + line.usd_per_teu
    return summed


def days_by_part(hours_by_part: Mapping[str, float]) -> dict[str, float]:
    """Return days by part."""
    summed: dict[str, float] = {}
    for name, hours in hours_by_part.items():
        title = time_title(name)
        summed[title] = summed.get(title, 0.0) + hours / HOURS_PER_DAY
    return summed


def part_colours(titles: Sequence[str]) -> dict[str, str]:
    """Return a colour for each part; unknown parts get a spare one."""
    colours: dict[str, str] = {}
    for title in titles:
        spare = _SPARE_COLOURS[len(colours) % len(_SPARE_COLOURS)]
        colours[title] = _COLOURS.get(title, spare)
    return colours


def _readable(name: str) -> str:
    text = name.replace("_", " ").replace(".", ", ").strip() or "Other"
    return text[0].upper() + text[1:]


def _ordered(found: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    every = list(dict.fromkeys(found))
    known = [title for title in dict.fromkeys(order) if title in every]
    return (*known, *(title for title in every if title not in known))
