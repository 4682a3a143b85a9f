"""The options of a comparison as frames: options, legs, cost lines, lines, emissions.

Units are in the names of columns; money is USD per TEU, emissions are kg CO2e per TEU unless a name
says otherwise.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from corridors.data.names import name_of
from corridors.output.comparison import Comparison
from corridors.output.contract import FIGURES, PASSED, AlternativeRecord, OptionRecord
from corridors.output.display_names import capitalised
from corridors.output.records import Record, listing_json
from corridors.output.tables import Column, Kind, Table, column, columns, typed
from corridors.units import KG_PER_TONNE

if TYPE_CHECKING:
    import geopandas

    from corridors.domain.results import Alternative
    from corridors.studies.result_base import Files, Terminal

CRS = "EPSG:4326"
# Parts of an option that have a frame of their own, or that only a program reads.
NESTED = (
    *("lines", "piracy", "chain", "cost_lines", "energy_lines", "time_parts", "legs"),
    *("operations", "certificate", "capacity", "exceeds", "chances"),
)
TIMES = ("departs", "arrives", "arrival")
DAYS = ("departure", "next_usable_date")
FIRST = (
    *("corridor", "title", "rank", "recommended", "status", "cost_usd_per_teu"),
    *("low_usd_per_teu", "high_usd_per_teu"),
)
"""The columns of the frame of options that stand first."""
OUTER_BOUNDS = {"low": "outer_low_usd_per_teu", "high": "outer_high_usd_per_teu"}
"""Every price and quantity at its low, then at its high, by the names of the files."""
COST_LINES = Table(
    name="cost_lines",
    about="A cost line of a usable corridor; they sum to what is compared.",
    rows_of=lambda comparison: _nested(comparison, "cost_lines"),
    files="corridor driver scope label part quantity unit unit_price_usd usd_per_teu"
    " outer_low_usd_per_teu outer_high_usd_per_teu basis status source_id",
    of={new: old for old, new in OUTER_BOUNDS.items()},
)
LINES = Table(
    name="known_lines",
    about="A line (loop or train) known to run a corridor's main carriage on its date.",
    rows_of=lambda comparison: _nested(comparison, "lines"),
    files="corridor operator loop kind sailings per is_sum last_seen stale status source_id",
)

ALTERNATIVES = Table(
    name="alternatives",
    about="A route that differs from those above in what it passes.",
    files="corridor USD_per_TEU more_USD days more_days t_CO2e_per_TEU more_t_CO2e passes",
    spare="more_t_CO2e t_CO2e_per_TEU more_days more_USD",
    of={
        "USD_per_TEU": lambda one: round(one.cost_usd_per_teu),
        "more_USD": lambda one: round(one.extra_usd_per_teu),
        "days": lambda one: round(one.days, 1),
        "more_days": lambda one: round(one.extra_days, 1),
        "t_CO2e_per_TEU": lambda one: round(one.co2e_kg_per_teu / KG_PER_TONNE, 2),
        "more_t_CO2e": lambda one: round(one.extra_co2e_kg_per_teu / KG_PER_TONNE, 2),
        "passes": lambda one: ", ".join(one.passes),
    },
)


def option_frame(comparison: Comparison) -> geopandas.GeoDataFrame:
    """Return a row per corridor, best first.

    The index is the corridor's id. The columns are those figures of an option in `comparison.json`
    that are no list of rows, with `rank` (missing where the route equals an earlier one),
    `recommended` (bool), the 10 and 90 % quantiles of draws of its cost, and its line as
    `geometry`. `departure` and `next_usable_date` are days; `departs` and `arrives` are times in
    UTC, and `arrival` is the old name of `arrives`.
    """
    import shapely

    from corridors.output.drawn_lines import split_at_antimeridian, unwrapped_lines

    return options_frame(
        [OptionRecord.without_steps(route) for route in comparison.routes],
        ranges=[route.low_and_high if route.usable else () for route in comparison.routes],
        chosen=comparison.decision.shares,
        shapes=[
            shapely.MultiLineString(
                [
                    part
                    for line in unwrapped_lines(route.steps)
                    for part in split_at_antimeridian(line)
                ]
            )
            for route in comparison.routes
        ],
    )


def options_frame(
    options: Sequence[OptionRecord],
    *,
    ranges: Sequence[Sequence[float]],
    chosen: Container[str],
    shapes: Sequence[Any],
) -> geopandas.GeoDataFrame:
    """Return the frame of the options of a comparison, which may have been saved.

    Parameters
    ----------
    options
        Best first.
    ranges
        Low and high of the cost of each, nothing where it is closed.
    chosen
        The recommended corridors.
    shapes
        The lines of each.
    """
    # Imported here because geopandas takes longer to import than most commands take to run.
    import geopandas

    ranked = [one.corridor for one in options if one.status == "usable" and not one.equals]
    ranks = {corridor: rank for rank, corridor in enumerate(ranked, start=1)}
    rows: list[dict[str, Any]] = []
    for option, ends in zip(options, ranges, strict=True):
        row: dict[str, Any] = {k: value for k, value in option.plain().items() if k not in NESTED}
        low, high = (round(end, 2) for end in ends) if ends else (None, None)
        rows.append(
            {
                **row,
                "rank": ranks.get(option.corridor),
                "recommended": option.corridor in chosen,
                "low_usd_per_teu": low,
                "high_usd_per_teu": high,
            }
        )
        rows[-1] |= {"departs": row["departure"], "arrives": row["arrival"]}
        # A day is that of its time in UTC.
        rows[-1] |= {name: row[name] and row[name][:10] for name in DAYS}
    made = typed(rows, option_columns())
    return geopandas.GeoDataFrame(made, geometry=list(shapes), crs=CRS).set_index("corridor")


@cache
def option_columns() -> tuple[Column, ...]:
    """Return the columns of the frame of options: its own, then those of an option in JSON."""
    kinds = {
        **dict.fromkeys(FIGURES, Kind.NUMBER),
        **dict.fromkeys((*PASSED, "warnings"), Kind.TEXTS),
        **dict.fromkeys(DAYS, Kind.DAY),
        **dict.fromkeys(TIMES, Kind.TIME),
        "rank": Kind.WHOLE,
        "recommended": Kind.TRUTH,
        "front_complete": Kind.TRUTH,
        "fans": Kind.OBJECTS,
    }
    fields = OptionRecord.model_fields
    names = dict.fromkeys((*FIRST, *(name for name in fields if name not in NESTED), *TIMES))
    known = columns()
    found = []
    for name in names:
        # An option says what its figures mean where a table of another thing has the same name.
        own = known.get(f"options.{name}")
        means = (own and own.meaning) or (name in fields and fields[name].description)
        kind = own.kind if own else kinds.get(name, Kind.TEXT)
        words = capitalised(means) if means else column(name).meaning
        is_optional = kind in (Kind.NUMBER, Kind.WHOLE, Kind.TEXT)
        found.append(
            Column(
                name=name,
                kind=kind,
                meaning=f"{words.removesuffix('.')}.",
                key=name == "corridor",
                optional=is_optional,
            )
        )
    return tuple(found)


def leg_frame(comparison: Comparison) -> geopandas.GeoDataFrame:
    """Return a row per leg of each usable corridor, `leg` counting from 1, with its line."""
    import geopandas
    import shapely

    from corridors.output.gpkg import drawn_legs

    shapes = [shapely.MultiLineString(parts) for *_, parts in drawn_legs(comparison)]
    return geopandas.GeoDataFrame(LEGS.frame(comparison), geometry=shapes, crs=CRS)


def _legs(comparison: Comparison) -> Iterator[Record]:
    from corridors.output.contract import LegRecord
    from corridors.output.gpkg import drawn_legs

    for route, step, number, _ in drawn_legs(comparison):
        row = LegRecord.model_validate(step).plain()
        yield {**row, "corridor": route.corridor, "leg": number}


def _nested(comparison: Comparison, key: str) -> Iterator[Record]:
    """Yield the rows of a list that options have, with the corridor of each."""
    for route in comparison.usable:
        rows = OptionRecord.without_steps(route).plain()[key]
        for row in rows if isinstance(rows, list) else ():
            yield {"corridor": route.corridor, **row}


LEGS = Table(
    name="legs",
    about="A leg of a usable corridor.",
    rows_of=_legs,
    files="corridor leg part from to from_name to_name service km hours departs arrives"
    " usd_per_teu co2e_wtw_kg_per_teu gate border",
    of={"co2e_wtw_kg_per_teu": "co2e_wtw_kg"},
)


def alternative_files(found: Sequence[Alternative]) -> Files:
    """Return the files of routes that differ: JSON as `comparison.json` has them, and CSV."""
    return {
        "alternatives.json": lambda: listing_json(
            [AlternativeRecord.model_validate(one).plain() for one in found]
        ),
        "alternatives.csv": lambda: ALTERNATIVES.csv(found),
    }


def show_alternatives(terminal: Terminal, found: Sequence[Alternative], title: str) -> None:
    """Print routes that differ, the cheapest first."""
    title += ": the cheapest route, then routes that avoid part of each one above"
    named = [replace(one, passes=tuple(map(_passed, one.passes))) for one in found]
    terminal.table(ALTERNATIVES, named, title=title)


def _passed(mark: str) -> str:
    """Return a gate, a border with its place of entry, or a mode, with the names of places."""
    border, at, place = mark.rpartition("@")
    return f"{name_of(border)} at {name_of(place)}" if at else name_of(mark)
