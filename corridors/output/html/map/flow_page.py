"""The flow map of an allocation: one HTML file with everything inlined."""

from __future__ import annotations

from collections.abc import Mapping

from corridors.domain.places import Family
from corridors.output.allocation_result import Allocation
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
from corridors.output.html.map.map_frame import (
    ATTRIBUTION,
    MAP,
    Layer,
    filled,
    shipped_base_map,
    shipped_frame,
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
    modes = [
        Layer(
            label=mode_label(total, first=not order),
            script=f"flowMap.addMode(LAYER, {MODES.index(Family(total.key))});",
        )
        for order, total in enumerate(totals_by_mode(allocation))
    ]
    flows = [
        Layer(
            label=corridor_label(names.get(total.key, total.key), total, order),
            script=f"flowMap.addCorridor(LAYER, {order});",
        )
        for order, total in enumerate(corridors)
    ]
    places = (
        Layer(
            label=plain_label(CAPACITIES_LABEL, heading="Places"),
            script="flowMap.addCapacities(LAYER);",
        ),
        Layer(label=plain_label(ENDS_LABEL), script="flowMap.addEnds(LAYER);"),
    )
    return filled(
        shipped_frame(),
        allocation.plan.name,
        flow_panel_html(allocation, names),
        scripts=(
            f"var flowMap = createFlowMap({MAP}, {script_json(content)});",
            f"flowMap.addBaseMap({script_json(land.packed())});",
        ),
        layers=[*modes, *flows, *places],
        last=f"flowMap.finish(CONTROL, {script_json(ATTRIBUTION)});",
        assets=("flows.css", "flows.js"),
    )
