"""The flow map of an allocation: legs, routes, capacities, ends, and its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from corridors.data.cities import name_of
from corridors.domain.allocation import CapacityUse, EndLoad, Marginal, Spill
from corridors.domain.objective import Objective
from corridors.domain.places import Family, family_of
from corridors.output.allocation_result import Allocation
from corridors.output.answer import money
from corridors.output.display_names import SHADOW_PRICE_NOTE, capitalised, limit_title, listed
from corridors.output.html.map.map_frame import (
    EAST_DEG,
    MapPage,
    drawn_page,
    extent_of,
    first_view,
    simplified,
    smoothed,
    turned,
)
from corridors.output.html.map.map_places import BaseMap
from corridors.output.html.map.panel import PanelText
from corridors.output.html.palette import LonLat, counted, lat_lon, packed_line
from corridors.units import in_percent

Record = dict[str, object]
MODES = tuple(Family)
# Lines that begin further west are drawn again one turn east, beside routes across the Pacific.
_FAR_WEST_DEG = -60.0


def corridors_used(allocation: Allocation) -> list[str]:
    """Return the corridors used, by TEU."""
    teu: dict[str, float] = {}
    for row in allocation.rows:
        teu[row.corridor] = teu.get(row.corridor, 0.0) + row.teu
    return sorted((key for key in teu if teu[key] > 0.0), key=lambda key: (-teu[key], key))


def modes_used(allocation: Allocation) -> list[str]:
    """Return the modes used, in the order of `MODES`."""
    used = {leg for row in allocation.rows if row.teu > 0.0 for leg in row.legs}
    found = {family_of(load.service) for load in allocation.legs if load.leg in used}
    return [mode.value for mode in MODES if mode in found]


def month_text(month: date) -> str:
    """Return a month as `Aug 2026`."""
    return f"{month:%b %Y}"


def flow_content(allocation: Allocation) -> Record:
    """Return the data of the page's script in plain values.

    Returns
    -------
    content
        `legs`: packed lines with names and mode. `routes`: corridor, pair and legs by number.
        `flows`: (route, month, TEU, USD per `box`, days). `capacities`: places with rows of month,
        its text, used, limit and USD per box; the month is -1 after the plan. `ends`: origins and
        destinations. `view`: south, west, north, east of the first view.
    """
    corridors = corridors_used(allocation)
    pairs = [pair.name for pair in allocation.plan.pairs]
    number = {load.leg: i for i, load in enumerate(allocation.legs)}
    box, box_name = allocation.plan.box
    shapes = [turned(load.lon_lat)[0] for load in allocation.legs]
    at_sea = [family_of(load.service) is Family.SEA for load in allocation.legs]
    drawn = simplified(
        [smoothed(shape) if sea else shape for shape, sea in zip(shapes, at_sea, strict=True)]
    )
    routes: dict[tuple[int, int, tuple[int, ...]], int] = {}
    flows: dict[tuple[int, int], list[float]] = {}
    for row in allocation.rows:
        route = (
            corridors.index(row.corridor),
            pairs.index(row.pair),
            tuple(number[leg] for leg in row.legs if leg in number),
        )
        key = (routes.setdefault(route, len(routes)), allocation.plan.months.index(row.month))
        into = flows.setdefault(key, [0.0, 0.0, 0.0])
        for i, figure in enumerate((1.0, row.usd_per_teu, row.days)):
            into[i] += row.teu * figure
    return {
        "kind": "flows",
        "months": [month_text(month) for month in allocation.plan.months],
        "box": box_name,
        "pairs": pairs,
        "legs": [
            {
                "line": packed_line(line),
                "from": load.from_name,
                "to": load.to_name,
                "service": name_of(load.service),
                "mode": MODES.index(family_of(load.service)),
                "copies": _copies(line),
            }
            for load, line in zip(allocation.legs, drawn, strict=True)
        ],
        "routes": [[corridor, pair, list(legs)] for corridor, pair, legs in routes],
        "flows": [
            [route, month, round(teu, 2), round(usd / teu * box, 2), round(days / teu, 3)]
            for (route, month), (teu, usd, days) in flows.items()
            if teu > 0.0
        ],
        "capacities": _capacities(allocation),
        "ends": [_end(end) for end in allocation.ends],
        "view": first_view([extent_of([shape]) for shape in shapes]),
    }


def _copies(line: Sequence[tuple[float, float]]) -> list[int]:
    lons = [lon for lon, _ in line]
    return [0] + ([1] if min(lons) < _FAR_WEST_DEG else []) + ([-1] if max(lons) > EAST_DEG else [])


def _capacities(allocation: Allocation) -> list[Record]:
    """Return one record per capacity that some route uses or could use."""
    months, (box, _) = allocation.plan.months, allocation.plan.box
    by_name: dict[str, list[CapacityUse]] = {}
    for use in allocation.uses:
        if use.lon is not None:
            by_name.setdefault(use.name, []).append(use)
    found: list[Record] = []
    for uses in by_name.values():
        first = uses[0]
        lat, lon = lat_lon((first.lon or 0.0, first.lat or 0.0))
        rows = [
            [
                months.index(use.month) if use.month in months else -1,
                month_text(use.month),
                round(use.used_teu, 1),
                round(use.limit_teu, 1),
                round(use.usd_per_teu * box, 2),
            ]
            for use in uses
        ]
        found.append(
            {
                "name": first.place_name,
                "title": capitalised(first.title),
                "lat": round(lat, 3),
                "lon": round(lon, 3),
                "rows": rows,
            }
        )
    return found


def _end(end: EndLoad) -> Record:
    lat, lon = lat_lon((end.lon, end.lat))
    return {
        "name": end.name,
        "lat": round(lat, 3),
        "lon": round(lon, 3),
        "out": round(end.out_teu, 1),
        "in": round(end.in_teu, 1),
    }


# The panel of a flow map: volumes, what more room would save, what is left behind.

MODE_NAMES: Mapping[str, str] = {
    "sea": "Sea",
    "rail": "Rail",
    "ferry": "Ferries",
    "river": "Rivers",
    "road": "Road",
}
# From these shares of what the plan may use, a place counts as full or filling.
FULL, FILLING = 0.995, 0.7
_MOST_LISTED = 12
_MOST_SPILLS = 6


def month_choice(allocation: Allocation) -> str:
    """Return the months to choose from, as markup."""
    months = allocation.plan.months
    choices = "".join(
        f'<option value="{i}">{month_text(month)}</option>' for i, month in enumerate(months)
    )
    every = f"all {len(months)} months" if len(months) > 1 else "the full plan"
    return (
        '<p class="months"><label for="month">Departures of </label>'
        f'<select id="month"><option value="-1">{every}</option>{choices}</select></p>'
    )


def flow_panel(allocation: Allocation, titles: Mapping[str, str]) -> PanelText:
    """Return what the panel says of a plan as a whole."""
    plan, teu = allocation.plan, allocation.teu
    first, last = month_text(plan.months[0]), month_text(plan.months[-1])
    span = first if first == last else f"{first} to {last}"
    lowest = Objective(plan.objective).aim.lowest
    figures = [("TEU", teu), ("USD, million", allocation.cost_usd / 1e6)]
    texts = [(label, f"{value:,.{0 if value >= 100 else 1}f}") for label, value in figures]
    keys = [(mode, MODE_NAMES[mode]) for mode in modes_used(allocation)]
    shown = [("full", "Full"), ("filling", f"{in_percent(FILLING)} % or more"), ("free", "Less")]
    return PanelText(
        asked=f"{plan.name}: {counted(len(plan.pairs), 'pair')}, {span}",
        finding=f"Ship {teu:,.0f} TEU for USD {allocation.cost_usd / 1e6:,.1f} million",
        lead=_left_behind(allocation) or f"All of it, at the lowest {lowest} within capacities.",
        figures=[(*each, "") for each in (*texts, ("t CO₂e", f"{allocation.co2e_t:,.0f}"))],
        changes=list(_full(allocation.marginals, titles, plan.box)),
        keys=[*keys, *shown],
        notes=[
            *allocation.cautions,
            *(("Diverted", text) for text in _spilled(allocation.spills, titles, plan.box)),
            *([SHADOW_PRICE_NOTE] if allocation.marginals else []),
        ],
        rests=f"{allocation.proof} Widths follow the square root of TEU.",
    )


def _left_behind(allocation: Allocation) -> str:
    by_pair: dict[str, float] = {}
    for pair, _, teu in allocation.unmet:
        by_pair[pair] = by_pair.get(pair, 0.0) + teu
    text = "; ".join(f"{teu:,.0f} TEU {pair}" for pair, teu in by_pair.items())
    return f"Left behind: {text}." if text else ""


def _full(
    marginals: tuple[Marginal, ...], titles: Mapping[str, str], box: tuple[float, str]
) -> Iterator[tuple[str, str, str, int]]:
    """Yield what more room would save: a row per limit, for its most expensive month."""
    by_name: dict[str, list[Marginal]] = {}
    for marginal in marginals:
        by_name.setdefault(marginal.name, []).append(marginal)
    highest = sorted(
        (max(found, key=lambda one: one.usd_per_unit) for found in by_name.values()),
        key=lambda one: (-one.usd_per_unit, one.name),
    )
    for one in highest[:_MOST_LISTED]:
        teu, unit = (box[0], f"per {box[1]}") if one.unit == "TEU" else (1.0, f"a {one.unit}")
        yield (
            capitalised(limit_title(one.name, titles)),
            f"Saves USD {_worth_text(teu * one.usd_per_unit)} {unit}",
            f"with more room; full in {_when(one, by_name[one.name])}",
            -1,
        )


def _worth_text(usd: float) -> str:
    """Return a shadow price as sentences have money: cents only of what is under a hundred."""
    return money(usd) if usd >= 100.0 else f"{usd:,.2f}"


def _when(one: Marginal, found: list[Marginal]) -> str:
    if one.month is None:
        return "the full plan"
    return f"{len(found)} months" if len(found) > 1 else month_text(one.month)


def _spilled(
    spills: tuple[Spill, ...], titles: Mapping[str, str], box: tuple[float, str]
) -> Iterator[str]:
    by_pair: dict[tuple[str, tuple[str, ...]], list[float]] = {}
    for spill in spills:
        into = by_pair.setdefault((spill.pair, spill.because), [0.0, 0.0])
        into[0] += spill.teu
        into[1] += spill.teu * spill.extra_usd_per_teu
    most = sorted(by_pair.items(), key=lambda item: (-item[1][0], item[0]))[:_MOST_SPILLS]
    for (pair, because), (teu, usd) in most:
        limits = listed(limit_title(name, titles) for name in because) or "its limits"
        more = f"USD {usd / teu * box[0]:,.0f} more per {box[1]}"
        yield f"{teu:,.0f} TEU {pair}: {more}, because of {limits}"


# The flow map of an allocation: one HTML file with everything inlined.


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A project on the map of a plan: its legs, in colour if it is built or in use."""

    title: str
    is_built: bool
    lines: Sequence[Sequence[LonLat]]


def flow_page(
    allocation: Allocation,
    *,
    titles: Mapping[str, str] | None = None,
    base_map: BaseMap | None = None,
    said: Mapping[str, Any] | None = None,
    works: Sequence[Work] = (),
    report: str = "",
) -> MapPage:
    """Return what the page of an allocation holds: line widths follow TEU, colours the mode.

    Modes and corridors are layers: a leg is drawn while its mode is shown, with the TEU of the
    corridors shown.

    Parameters
    ----------
    allocation
        The allocation.
    titles
        Corridor titles by id; the id by default.
    base_map
        Land and borders; the shipped ones by default.
    said
        What the panel says instead, by the names of `PanelText`: what to book or build.
    works
        Projects to draw.
    report
        The page beside the map, to which it links.
    """
    names = {"any": "Any route", **(titles or {})}
    corridors = [names.get(key, key) for key in corridors_used(allocation)]
    content = {
        **flow_content(allocation),
        "titles": corridors,
        "modes": [[mode, MODE_NAMES[mode]] for mode in MODES],
        "panel": replace(flow_panel(allocation, names), **(said or {})).record(),
        "works": [
            [one.title, one.is_built, [packed_line(line) for line in one.lines]] for one in works
        ],
        "full": FULL,
        "filling": FILLING,
    }
    layers: dict[str | int, str] = dict(enumerate(corridors))
    layers |= {"works": "Projects"} if works else {}
    return drawn_page(
        allocation.plan.name,
        content,
        {**layers, "capacities": "Capacities", "ends": "Origins and destinations"},
        controls=month_choice(allocation),
        below='<div id="widths" aria-label="Widths of lines"></div>',
        base_map=base_map,
        links=[("All figures", report)],
        assets=("flows.css", "flows.js"),
    )
