"""The flow map of an allocation: one HTML file with everything inlined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corridors.output.allocation_result import Allocation
from corridors.output.html.encode import LonLat, packed_line
from corridors.output.html.map.flow_content import (
    FILLING,
    FULL,
    MODE_NAMES,
    MODES,
    corridors_used,
    flow_content,
    flow_panel,
    month_choice,
)
from corridors.output.html.map.map_frame import MapPage, drawn_page
from corridors.output.html.map.map_places import BaseMap


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
