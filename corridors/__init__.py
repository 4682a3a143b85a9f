"""Compare freight corridors between Asia and Europe on real networks.

The command line is `corridors`. The same from Python:

>>> import corridors
>>> comparison = corridors.compare("shanghai-europe")  # doctest: +SKIP
>>> comparison.options  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from corridors.version import __version__

if TYPE_CHECKING:
    from corridors.network.sea.sea_distances import DistanceMatrix, distances, sea_distance
    from corridors.network.sea.sea_ways import SeaWay, sea_way
    from corridors.output.allocation_result import Allocation
    from corridors.output.catchment_records import Catchments
    from corridors.output.comparison import Comparison
    from corridors.output.investment_result import Investment
    from corridors.studies.closures.stress_records import Stress

__all__ = [
    "Allocation",
    "Catchments",
    "Comparison",
    "DistanceMatrix",
    "Investment",
    "SeaWay",
    "Stress",
    "__version__",
    "allocate",
    "catchments",
    "compare",
    "distances",
    "invest",
    "sea_distance",
    "sea_way",
    "stress",
]
# Imported on first use: `corridors --version` and `--help` need none of it.
_HOMES = {
    "Allocation": "corridors.output.allocation_result",
    "Catchments": "corridors.output.catchment_records",
    "Comparison": "corridors.output.comparison",
    "DistanceMatrix": "corridors.network.sea.sea_distances",
    "Investment": "corridors.output.investment_result",
    "SeaWay": "corridors.network.sea.sea_ways",
    "Stress": "corridors.studies.closures.stress_records",
    "distances": "corridors.network.sea.sea_distances",
    "sea_distance": "corridors.network.sea.sea_distances",
    "sea_way": "corridors.network.sea.sea_ways",
}


# A type checker sees the imports above, and so reports a name that does not exist.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name on first use, such as `corridors.Comparison`."""
        if name not in _HOMES:
            msg = f"module 'corridors' has no attribute '{name}'"
            raise AttributeError(msg)
        return getattr(import_module(_HOMES[name]), name)


def compare(
    scenario: Path | str,
    *,
    set_values: Sequence[str] = (),
    departure: date | None = None,
    certify: bool = False,
    alternatives: int = 0,
) -> Comparison:
    """Return the comparison of a scenario's corridors.

    Parameters
    ----------
    scenario
        A scenario file, or the name of a shipped one: `shanghai-europe`.
    set_values
        Values that replace those of the file, such as `limits.max_days=40`.
    departure
        Replaces the departure date of the file.
    certify
        Also certify routes that depend on dates, which takes longer.
    alternatives
        How many routes that differ in gates, borders or modes to add.

    Returns
    -------
    comparison
        `options` is a GeoDataFrame with one row per corridor, `fronts` a DataFrame of the
        non-dominated routes, `decision` what OR-Tools recommends.

    Raises
    ------
    corridors.errors.ConfigError
        A key, place, corridor or parameter of the scenario is unknown or out of range.
    """
    from corridors.config import load_scenario
    from corridors.studies.worlds import compare_in_both_worlds as run

    asked = load_scenario(scenario, set_values=set_values, departure=departure)
    return run(asked, certify=certify, alternatives=alternatives)


def catchments(
    scenario: Path | str,
    destinations: Sequence[str],
    *,
    set_values: Sequence[str] = (),
    departure: date | None = None,
) -> Catchments:
    """Compare the corridors from the origin of a scenario to many destinations.

    Parameters
    ----------
    scenario
        A scenario file, or the name of a shipped one. Its own destination does not count.
    destinations
        Cities, UN/LOCODEs, terminal ids or `lon,lat`.
    set_values
        Values that replace those of the file, such as `world=red-sea-closed`.
    departure
        Replaces the departure date of the file.

    Returns
    -------
    catchments
        `table` is a DataFrame with a row by destination and corridor: USD per TEU, days from
        gate-in to gate-out, and whether it is the best one to this destination.

    Raises
    ------
    corridors.errors.ConfigError
        A destination or another key of the scenario is unknown or out of range.
    """
    from corridors.config import load_scenario
    from corridors.studies.catchments import catchments as run

    asked = load_scenario(scenario, set_values=set_values, departure=departure)
    return run(asked, destinations)


def allocate(plan: Path | str, *, set_values: Sequence[str] = ()) -> Allocation:
    """Allocate a plan's TEU to routes and departures at least cost.

    Parameters
    ----------
    plan
        A plan file, or the name of a shipped one: `allocate-eurasia-2026`.
    set_values
        Values that replace those of the file, such as `limits.max_co2e_t=9000`.

    Returns
    -------
    allocation
        `table` is a DataFrame of the flows, `flows` a GeoDataFrame of legs with their TEU,
        `capacities` the use of each listed capacity by month.

    Raises
    ------
    corridors.errors.ConfigError
        A key or place is unknown, or the plan's limits contradict each other.
    """
    from corridors.config.plan import load_plan
    from corridors.studies.allocate import allocate_plan

    return allocate_plan(load_plan(plan, set_values=set_values))


def stress(
    scenario: Path | str,
    *,
    set_values: Sequence[str] = (),
    departure: date | None = None,
    kinds: Sequence[str] = ("gates", "borders", "terminals"),
    pairs: bool = True,
) -> Stress | None:
    """Close places of a scenario's best route and rank the extra cost and days.

    Parameters
    ----------
    scenario
        A scenario file, or the name of a shipped one.
    set_values
        Values that replace those of the file, such as `world=red-sea-closed`.
    departure
        Replaces the departure date of the file.
    kinds
        What to close: any of `gates`, `borders`, `terminals`.
    pairs
        Also close pairs: a place of the best route and one of the best detour around it.

    Returns
    -------
    stress
        `table` lists the closures, worst first; `places` is a GeoDataFrame; `severed` is the
        smallest set of places that severs the ends by land. None if nothing is usable.

    Raises
    ------
    corridors.errors.ConfigError
        A key, place, corridor or parameter of the scenario is unknown or out of range.
    """
    from corridors.config import load_scenario
    from corridors.studies.stress import stress as run

    asked = load_scenario(scenario, set_values=set_values, departure=departure)
    return run(asked, kinds=kinds, pairs=pairs)


def invest(plan: Path | str, *, set_values: Sequence[str] = ()) -> Investment:
    """Choose which projects to build for a plan within a budget.

    Parameters
    ----------
    plan
        A plan file, or the name of a shipped one: `invest-eurasia`.
    set_values
        Values that replace those of the file, such as `budget_usd_m=2000`.

    Returns
    -------
    investment
        `table` has the gain of each project, alone and in the best set; `budget_table` the best
        set for each budget; `before` and `after` are allocations.

    Raises
    ------
    corridors.errors.ConfigError
        A project is unknown, the budget pays for none, or the plan is infeasible without them.
    """
    from corridors.config.investment import load_investment
    from corridors.studies.invest import invest_plan

    return invest_plan(load_investment(plan, set_values=set_values))
