// Parts of every map: text as text nodes, the base map, popups clear of the panel.
"use strict";

function mapParts(map) {
  const UNITS = 1000;

  function unpacked(packed, turns) {
    const points = [];
    let lat = 0;
    let lon = turns * 360 * UNITS;
    for (let i = 0; i < packed.length; i += 2) {
      lat += packed[i];
      lon += packed[i + 1];
      points.push([lat / UNITS, lon / UNITS]);
    }
    return points;
  }

  function node(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    for (const child of children) made.append(child);
    return made;
  }

  function figure(value, decimals = 0) {
    return value.toLocaleString("en-US", {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    });
  }

  function table(heads, rows, className) {
    const head = node("tr", "", ...heads.map((text) => node("th", "", text)));
    const body = rows.map((row) => node("tr", "", ...row.map((text) => node("td", "", text))));
    return node("table", className, node("thead", "", head), node("tbody", "", ...body));
  }

  function section(title, open, ...children) {
    const made = node("details", "", node("summary", "", title), ...children);
    made.open = open;
    return made;
  }

  const isWide = () => map.getSize().x > 900;

  // Popups open clear of the panel.
  function popupOptions(maxWidth) {
    const panel = document.getElementById("panel");
    const left = isWide() && !panel.classList.contains("folded") ? panel.offsetWidth + 28 : 12;
    const top = !isWide() && panel.classList.contains("folded") ? panel.offsetHeight + 20 : 16;
    return { maxWidth, maxHeight: 430, autoPanPaddingTopLeft: [left, top], autoPanPaddingBottomRight: [16, 16] };
  }

  // Toggling many layers requests the same redrawing many times: do it once, afterwards.
  const pending = new Set();
  function later(action) {
    if (!pending.size) {
      setTimeout(() => {
        const actions = [...pending];
        pending.clear();
        actions.forEach((run) => run());
      }, 0);
    }
    pending.add(action);
  }

  // "Shanghai" for "Shanghai (Yangshan, Waigaoqiao)": the popup has the full name.
  const shortName = (place) => place.name.replace(/ \([^)]*\)$/, "");

  function toggle(group, layer, shown) {
    if (shown && !group.hasLayer(layer)) group.addLayer(layer);
    if (!shown && group.hasLayer(layer)) group.removeLayer(layer);
  }

  function addBaseMap(base) {
    map.createPane("base").style.zIndex = 150;
    map.getPane("base").style.pointerEvents = "none";
    map.createPane("labels").style.zIndex = 620;
    map.getPane("labels").style.pointerEvents = "none";
    const renderer = L.canvas({ pane: "base", padding: 0.3 });
    const shared = { renderer, interactive: false, pane: "base" };
    for (const turn of [-1, 0, 1]) {
      const rings = base.land.map((packed) => unpacked(packed, turn));
      L.polygon(rings, {
        ...shared, stroke: false, fillColor: "#f4f1ea", fillOpacity: 1, fillRule: "evenodd",
      }).addTo(map);
      L.polyline(rings.flatMap((ring) => coast(ring, turn)), {
        ...shared, color: "#a9b8c0", weight: 0.8,
      }).addTo(map);
      L.polyline(base.borders.map((packed) => unpacked(packed, turn)), {
        ...shared, color: "#c9c0b4", weight: 0.8,
      }).addTo(map);
    }
  }

  // The ring without its edges along 180 degrees, which are not coast.
  function coast(ring, turn) {
    const cut = (point) => Math.abs(Math.abs(point[1] - turn * 360) - 180) < 0.01;
    const parts = [[]];
    ring.forEach((point, i) => {
      if (i && cut(point) && cut(ring[i - 1])) parts.push([]);
      parts[parts.length - 1].push(point);
    });
    return parts.filter((part) => part.length > 1);
  }

  // Moves the layer control into the panel, and shows what is drawn beside it.
  function furnish(control, attribution, view) {
    const panel = document.getElementById("panel");
    document.getElementById("layers").append(control.getContainer());
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    L.control.zoom({ position: "topright" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    map.attributionControl.setPrefix("").addAttribution(attribution);
    document.getElementById("fold").addEventListener("click", (event) => {
      const folded = panel.classList.toggle("folded");
      event.target.setAttribute("aria-expanded", String(!folded));
      event.target.textContent = folded ? "+" : "−";
    });
    const [south, west, north, east] = view;
    map.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: [isWide() ? panel.offsetWidth + 24 : 12, 12], paddingBottomRight: [24, 24],
      animate: false,
    });
    return panel;
  }

  return {
    unpacked, node, figure, table, section, isWide, popupOptions, later, shortName, toggle,
    addBaseMap, furnish,
  };
}
