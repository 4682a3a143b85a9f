"""The options of a comparison as frames: options, legs, cost lines, lines, emissions.

Units are in the names of columns; money is USD per TEU, emissions are kg CO2e per TEU unless a name
says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridors.output.comparison import Comparison
from corridors.output.contract import OptionRecord
from corridors.output.records import frame

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

CRS = "EPSG:4326"
# Parts of an option that have a frame of their own, or that only a program reads.
NESTED = (
    *("lines", "piracy", "chain", "cost_lines", "energy_lines", "time_parts", "legs"),
    *("operations", "certificate", "capacity", "exceeds", "chances"),
)
TIMES = ("departure", "arrival", "next_usable_date")
OUTER_BOUNDS = {"low": "outer_low_usd_per_teu", "high": "outer_high_usd_per_teu"}
"""Every price and quantity at its low, then at its high, by the names of the files."""
COST_COLUMNS = (
    *("corridor", "driver", "scope", "label", "part", "quantity", "unit", "unit_price_usd"),
    *("usd_per_teu", *OUTER_BOUNDS.values(), "basis", "status", "source_id"),
)
LINE_COLUMNS = (
    *("corridor", "operator", "loop", "kind", "sailings", "per", "is_sum", "last_seen", "stale"),
    *("status", "source_id"),
)
LEG_COLUMNS = (
    *("corridor", "leg", "part", "from", "to", "from_name", "to_name", "service", "km", "hours"),
    *("departs", "arrives", "usd_per_teu", "co2e_wtw_kg_per_teu", "gate", "border"),
)


def option_frame(comparison: Comparison) -> geopandas.GeoDataFrame:
    """Return a row per corridor, best first.

    The index is the corridor's id. The columns are those figures of an option in `comparison.json`
    that are no list of rows, with `rank` (missing where the route equals an earlier one),
    `recommended` (bool), the 10 and 90 % quantiles of draws of its cost, and its line as
    `geometry`. Times are in UTC.
    """
    # Imported here because geopandas takes longer to import than most commands take to run.
    import geopandas
    import pandas as pd
    import shapely

    from corridors.output.drawn_lines import split_at_antimeridian, unwrapped_lines

    ranks = comparison.ranks
    rows: list[dict[str, Any]] = []
    for route in comparison.routes:
        plain = OptionRecord.without_steps(route).plain()
        row = {key: value for key, value in plain.items() if key not in NESTED}
        ends = route.low_and_high if route.usable else (None, None)
        low, high = (None if end is None else round(end, 2) for end in ends)
        rows.append(
            {
                "corridor": row.pop("corridor"),
                "title": row.pop("title"),
                "rank": ranks.get(route.corridor),
                "recommended": route.corridor in comparison.decision.shares,
                "status": row.pop("status"),
                "cost_usd_per_teu": row.pop("cost_usd_per_teu"),
                "low_usd_per_teu": low,
                "high_usd_per_teu": high,
                **row,
            }
        )
    shapes = [
        shapely.MultiLineString(
            [part for line in unwrapped_lines(route.steps) for part in split_at_antimeridian(line)]
        )
        for route in comparison.routes
    ]
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=CRS)
    for column in TIMES:
        frame[column] = pd.to_datetime(frame[column], utc=True)
    frame["rank"] = frame["rank"].astype("Int64")
    return frame.set_index("corridor")


def leg_frame(comparison: Comparison) -> geopandas.GeoDataFrame:
    """Return a row per leg of each usable corridor, `leg` counting from 1, with its line."""
    import geopandas
    import pandas as pd
    import shapely

    from corridors.output.contract import LegRecord
    from corridors.output.gpkg import drawn_legs

    rows, shapes = [], []
    for route, step, number, parts in drawn_legs(comparison):
        row = LegRecord.model_validate(step).plain()
        row |= {
            "corridor": route.corridor,
            "leg": number,
            "co2e_wtw_kg_per_teu": row["co2e_wtw_kg"],
        }
        rows.append({column: row[column] for column in LEG_COLUMNS})
        shapes.append(shapely.MultiLineString(parts))
    frame = geopandas.GeoDataFrame(rows, columns=list(LEG_COLUMNS), geometry=shapes, crs=CRS)
    for column in ("departs", "arrives"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def cost_line_frame(comparison: Comparison) -> pd.DataFrame:
    """Return a row per cost line of each usable corridor; they sum to what is compared."""
    return _nested(comparison, "cost_lines", COST_COLUMNS, renamed=OUTER_BOUNDS)


def line_frame(comparison: Comparison) -> pd.DataFrame:
    """Return a row per line (loop or train) known to run a corridor's main carriage on its date.

    `sailings` are each way per `per`, such as `week`; missing if unknown.
    """
    return _nested(comparison, "lines", LINE_COLUMNS)


def emission_frame(comparison: Comparison) -> pd.DataFrame:
    """Return a row per usable corridor, step of its route and energy carrier, as `emissions.csv`.

    They sum to the well-to-wake and tank-to-wake figures of the option.
    """
    from corridors.output.emissions import EMISSION_COLUMNS, emission_rows

    return frame(emission_rows(comparison), columns=EMISSION_COLUMNS)


def _nested(
    comparison: Comparison,
    key: str,
    columns: Sequence[str],
    *,
    renamed: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    names = renamed or {}
    rows = [
        {"corridor": route.corridor, **{names.get(name, name): item for name, item in row.items()}}
        for route in comparison.usable
        for row in _rows(OptionRecord.without_steps(route).plain()[key])
    ]
    return frame(rows, columns=columns)


def _rows(value: object) -> Iterable[Mapping[str, object]]:
    return value if isinstance(value, list) else ()
