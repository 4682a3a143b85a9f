"""Compare freight corridors between Asia and Europe on real networks.

The command line is `corridors`. The same from Python:

>>> import corridors
>>> comparison = corridors.compare("shanghai-europe")  # doctest: +SKIP
>>> comparison.options  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from corridors.errors import CorridorsError
from corridors.version import __version__

if TYPE_CHECKING:
    from corridors.api.functions import (
        Session,
        allocate,
        batch,
        book,
        breakeven,
        calibrate,
        catchments,
        catchments_over,
        compare,
        compare_many,
        design,
        diff,
        distances,
        explain,
        invest,
        load,
        phase,
        route,
        sea_distance,
        sea_way,
        season,
        simulate,
        stress,
        validate,
    )
    from corridors.api.listed import (
        Distances,
        SeaWay,
        corridors,
        parameters,
        places,
        terminals,
        worlds,
    )
    from corridors.progress import show_progress
    from corridors.studies.allocate.result import Allocation
    from corridors.studies.batch.result import Batch
    from corridors.studies.book.result import Booking
    from corridors.studies.breakeven.result import BreakEven
    from corridors.studies.calibrate.result import Calibration
    from corridors.studies.catchments.result import Catchments, CatchmentsOver
    from corridors.studies.compare.result import Comparison
    from corridors.studies.design.result import ServiceDesign
    from corridors.studies.diff.batches import BatchDifference
    from corridors.studies.diff.result import Difference
    from corridors.studies.explain.result import Explanation
    from corridors.studies.invest.result import Investment
    from corridors.studies.phase.result import Phase
    from corridors.studies.result_base import Page
    from corridors.studies.route.result import Route
    from corridors.studies.saved import Saved
    from corridors.studies.season.result import Season
    from corridors.studies.shipments.result import Shipments
    from corridors.studies.simulate.result import Simulation
    from corridors.studies.stress.result import Stress
    from corridors.studies.validate.result import Validation

__all__ = [
    "Allocation",
    "Batch",
    "BatchDifference",
    "Booking",
    "BreakEven",
    "Calibration",
    "Catchments",
    "CatchmentsOver",
    "Comparison",
    "CorridorsError",
    "Difference",
    "Distances",
    "Explanation",
    "Investment",
    "Page",
    "Phase",
    "Route",
    "Saved",
    "SeaWay",
    "Season",
    "ServiceDesign",
    "Session",
    "Shipments",
    "Simulation",
    "Stress",
    "Validation",
    "__version__",
    "allocate",
    "batch",
    "book",
    "breakeven",
    "calibrate",
    "catchments",
    "catchments_over",
    "compare",
    "compare_many",
    "corridors",
    "design",
    "diff",
    "distances",
    "explain",
    "invest",
    "load",
    "parameters",
    "phase",
    "places",
    "route",
    "sea_distance",
    "sea_way",
    "season",
    "show_progress",
    "simulate",
    "stress",
    "terminals",
    "validate",
    "worlds",
]
# Imported on first use: `corridors --version` and `--help` need none of it.
_HOMES = {
    "api.functions": [*__all__[__all__.index("allocate") :], "Session"],
    "api.listed": [
        *("corridors", "parameters", "places", "terminals", "worlds"),
        *("Distances", "SeaWay"),
    ],
    "studies.batch.result": ["Batch"],
    "studies.result_base": ["Page"],
    "studies.route.result": ["Route"],
    "progress": ["show_progress"],
    "studies.allocate.result": ["Allocation"],
    "studies.book.result": ["Booking"],
    "studies.breakeven.result": ["BreakEven"],
    "studies.calibrate.result": ["Calibration"],
    "studies.catchments.result": ["Catchments", "CatchmentsOver"],
    "studies.diff.batches": ["BatchDifference"],
    "studies.diff.result": ["Difference"],
    "studies.design.result": ["ServiceDesign"],
    "studies.explain.result": ["Explanation"],
    "studies.invest.result": ["Investment"],
    "studies.compare.result": ["Comparison"],
    "studies.phase.result": ["Phase"],
    "studies.saved": ["Saved"],
    "studies.season.result": ["Season"],
    "studies.shipments.result": ["Shipments"],
    "studies.simulate.result": ["Simulation"],
    "studies.stress.result": ["Stress"],
    "studies.validate.result": ["Validation"],
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


# A type checker sees the imports above, and so reports a name that does not exist.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name on first use, such as `corridors.compare`."""
        if name not in _HOME:
            from corridors.api.functions import added_function

            added = None if name.startswith("_") else added_function(name)
            if added is not None:
                return added
            msg = f"module 'corridors' has no attribute '{name}'"
            raise AttributeError(msg)
        found = getattr(import_module(f"corridors.{_HOME[name]}"), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        """Return the public names, for completion."""
        return sorted({*globals(), *__all__})
