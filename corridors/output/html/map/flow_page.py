"""The flow map of an allocation: a folium page with everything inlined."""

from __future__ import annotations

from collections.abc import Mapping

import folium

from corridors.domain.places import Family
from corridors.output.allocation import Allocation
from corridors.output.html.encode import script_json
from corridors.output.html.map.basemap import BaseMap
from corridors.output.html.map.flow_content import (
    MODES,
    flow_content,
    totals_by_corridor,
    totals_by_mode,
)
from corridors.output.html.map.flow_panel import (
    CAPACITIES_LABEL,
    CAPACITY_COLOURS,
    ENDS_LABEL,
    FILLING,
    FULL,
    MODE_COLOURS,
    corridor_label,
    flow_panel_html,
    mode_label,
    plain_label,
)
from corridors.output.html.map.folium_page import (
    ATTRIBUTION,
    MapScript,
    finished,
    offline_map,
    scripted_layer,
    shipped_base_map,
)


def render_flows(
    allocation: Allocation,
    *,
    titles: Mapping[str, str] | None = None,
    base_map: BaseMap | None = None,
) -> str:
    """Return the page as HTML text: line widths follow TEU, colours the mode.

    Modes and corridors are layers: a leg is drawn while its mode is shown, with the TEU of the
    corridors shown. The page works offline; the same allocation gives the same text.

    Parameters
    ----------
    allocation
        The allocation.
    titles
        Corridor titles by id; the id by default.
    base_map
        Land and borders; the shipped ones by default.
    """
    land = base_map or shipped_base_map()
    page = offline_map(None)
    look = {
        "modeColours": [MODE_COLOURS[mode] for mode in MODES],
        "capacityColours": CAPACITY_COLOURS,
        "full": FULL,
        "filling": FILLING,
    }
    names = {"any": "Any route", **(titles or {})}
    corridors = totals_by_corridor(allocation)
    content = {
        **flow_content(allocation),
        "titles": [names.get(total.key, total.key) for total in corridors],
        "look": look,
    }
    page.add_child(MapScript(f"var flowMap = createFlowMap(PARENT, {script_json(content)});"))
    page.add_child(MapScript(f"flowMap.addBaseMap({script_json(land.packed())});"))
    for order, total in enumerate(totals_by_mode(allocation)):
        label = mode_label(total, first=not order)
        page.add_child(
            scripted_layer(label, f"flowMap.addMode(PARENT, {MODES.index(Family(total.key))});")
        )
    for order, total in enumerate(corridors):
        label = corridor_label(names.get(total.key, total.key), total, first=not order)
        page.add_child(scripted_layer(label, f"flowMap.addCorridor(PARENT, {order});"))
    places = (
        (plain_label(CAPACITIES_LABEL, heading="Places"), "flowMap.addCapacities(PARENT);"),
        (plain_label(ENDS_LABEL), "flowMap.addEnds(PARENT);"),
    )
    for label, script in places:
        page.add_child(scripted_layer(label, script))
    control = folium.LayerControl(collapsed=False)
    page.add_child(control)
    page.add_child(MapScript(f"flowMap.finish({control.get_name()}, {script_json(ATTRIBUTION)});"))
    return finished(
        page,
        allocation.plan.name,
        flow_panel_html(allocation, names),
        assets=("flows.css", "flows.js"),
    )
