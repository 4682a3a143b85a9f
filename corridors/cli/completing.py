"""What a shell offers behind the Tab key: corridors, gates, places, worlds, keys of `--set`.

Each function takes what has been typed of a word and returns what it may become. They read plain
tables, since a shell waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MOST_OFFERED = 60
# Keys of a scenario that are changed most.
SCENARIO_KEYS = (
    *("origin", "destination", "departure", "world", "objective", "price_basis", "scope", "speed"),
    *("shipment.teu_per_month", "shipment.cargo", "shipment.equipment"),
    *("shipment.value_of_time_usd_per_teu_day", "limits.max_days", "limits.max_transit_days"),
    *("limits.max_usd_per_teu", "limits.max_co2e_kg_per_teu", "limits.deadline"),
)


def _starting(words: Iterable[str], typed: str) -> list[str]:
    """Return the words that begin as typed, in any case; none with a blank, which a shell cuts."""
    lowered = typed.lower()
    found = (word for word in dict.fromkeys(words) if word.lower().startswith(lowered))
    return [word for word in found if word and " " not in word][:MOST_OFFERED]


def _files(folder: str) -> list[str]:
    from corridors.data.paths import configs_dir

    return sorted(path.stem for path in (configs_dir() / folder).glob("*.yaml"))


def _shipped_or_here(folder: str, typed: str) -> list[str]:
    """Return names of shipped files, and the YAML files and folders of what is typed as a path."""
    start = Path(typed)
    here = start if typed.endswith("/") else start.parent
    own = []
    if here.is_dir():
        for path in sorted(here.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                own.append(f"{path}/")
            elif path.suffix in (".yaml", ".yml"):
                own.append(str(path))
    return _starting((*_files(folder), *own), typed)


def scenarios(incomplete: str) -> list[str]:
    """Return scenarios: shipped ones, and files."""
    return _shipped_or_here("scenarios", incomplete)


def batches(incomplete: str) -> list[str]:
    """Return batches: shipped ones, and files."""
    return _shipped_or_here("batches", incomplete)


def plans(incomplete: str) -> list[str]:
    """Return plans: shipped ones, and files."""
    return _shipped_or_here("plans", incomplete)


def corridors(incomplete: str) -> list[str]:
    """Return corridors: shipped ones, and files."""
    return _shipped_or_here("corridors", incomplete)


def _column(table: str, name: str) -> list[str]:
    from corridors.data.columns import read_rows
    from corridors.data.paths import data_root

    return [row[name] for row in read_rows(data_root() / table)]


def gates(incomplete: str) -> list[str]:
    """Return gates, without the `gate-` of their ids."""
    ids = _column("network/gates.csv", "id")
    short = [name.removeprefix("gate-") for name in ids]
    return _starting((*short, *(ids if incomplete.startswith("gate-") else ())), incomplete)


def places(incomplete: str) -> list[str]:
    """Return cities with a terminal and ids of terminals, then large cities by name."""
    table = "network/terminals.csv"
    known = _starting((*_column(table, "city"), *_column(table, "id")), incomplete)
    if known or not incomplete:
        return known
    from corridors.data.cities import large_places

    return _starting(large_places(), incomplete)


def via(incomplete: str) -> list[str]:
    """Return what a route may pass: gates and places."""
    return [*gates(incomplete), *places(incomplete)][:MOST_OFFERED]


def worlds(incomplete: str) -> list[str]:
    """Return worlds."""
    return _starting(_column("parameters/worlds.csv", "id"), incomplete)


def services(incomplete: str) -> list[str]:
    """Return families of services and services."""
    table = "parameters/services.csv"
    return _starting((*_column(table, "family"), *_column(table, "id")), incomplete)


def countries(incomplete: str) -> list[str]:
    """Return countries with a terminal, by code."""
    return _starting(sorted({*_column("network/terminals.csv", "country")}), incomplete)


def parameters(incomplete: str) -> list[str]:
    """Return names of parameters."""
    from corridors.data.parameters import PARAMETER_FILES

    tables = (f"parameters/{name}" for name in PARAMETER_FILES)
    return _starting((name for table in tables for name in _column(table, "parameter")), incomplete)


def set_keys(incomplete: str) -> list[str]:
    """Return what `--set` may replace, with the `=` behind it."""
    if "=" in incomplete:
        key, _, typed = incomplete.partition("=")
        offered = {"world": worlds, "origin": places, "destination": places}.get(key)
        return [f"{key}={value}" for value in offered(typed)] if offered else []
    start = "overrides."
    if incomplete.startswith(start):
        return [f"{start}{name}=" for name in parameters(incomplete.removeprefix(start))]
    return [f"{key}=" for key in _starting(SCENARIO_KEYS, incomplete)] or _starting(
        [start], incomplete
    )
