// Draws the routes. All text is inserted as text nodes, never as markup.
"use strict";

function createCorridorMap(map, content) {
  const {
    unpacked, node, figure, table, section, isWide, popupOptions, later, shortName, toggle, addBaseMap,
    furnish,
  } = mapParts(map);
  const FAMILY = {
    sea: { dashArray: "7 5", weight: 2.6 },
    rail: { weight: 2.8 },
    ferry: { dashArray: "1 6", weight: 3.2 },
    river: { dashArray: "9 3 2 3", weight: 2.6 },
    road: { dashArray: "3 3", weight: 1.8 },
  };
  // Legs of the user's own data.
  const OWN = { dashArray: "14 3 2 3" };
  const PART_NAMES = {
    sea: "Sailing", ice: "Sailing in ice", rail: "Rail", ferry: "Ferries", river: "River", road: "Road",
    port_calls: "Port calls", canal: "Canals", border: "Borders", gauge_change: "Gauge change",
    transfer: "Transfers", schedule_wait: "Waiting for departure", season_wait: "Waiting for the season",
    risk_delay: "Expected delay from security risks", door: "Loading and delivery at the door",
    export_dwell: "Dwell at origin", import_dwell: "Dwell at destination",
  };
  const PLACE_KINDS = {
    end: "Origin or destination", change: "Terminal", border: "Border station",
    passage: "Canal, strait or cape", via: "Station on the route",
  };
  const names = new Map(Object.entries(content.names || {}));
  const named = (id) => names.get(id) || id;
  const LANE_PX = 2.7;
  // Distance over which the direction of the track is measured, so that short bends do not matter.
  const REACH_PX = 9;
  const chains = content.routes.map(() => []);
  const groups = content.routes.map(() => null);
  const visible = new Set();
  const markers = [];

  const familyOf = (leg) => leg.service.split("/")[0];
  const MAIN = "main carriage";
  // Carriage to and from the main carriage is drawn paler.
  const styleOf = (leg) => ({
    ...(FAMILY[familyOf(leg)] || FAMILY.road), ...(leg.own ? OWN : {}),
    opacity: leg.part === MAIN ? 1 : 0.6,
  });

  // 2026-08-20T06:30Z as 20 Aug 2026 06:30.
  function moment(time) {
    const month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[time.slice(5, 7) - 1];
    return `${time.slice(8, 10)} ${month} ${time.slice(0, 4)} ${time.slice(11, 16)}`;
  }

  function quantity(value) {
    return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
  }

  function swatch(route) {
    const made = node("span", "swatch");
    made.style.background = route.colour;
    return made;
  }

  function summary(route) {
    const [, days, transit, tonnes] = route.printed;
    return (
      `${route.bases} · ${days} days (${transit} in transit) · ` +
      `${figure(route.distance_km)} km · ${tonnes} t CO₂e per TEU`
    );
  }

  function sourceText(id) {
    const citation = (content.sources || {})[id];
    return citation ? `${id}: ${citation}` : id;
  }

  function legLines(leg) {
    const origin = leg.calibrated === true ? " (calibrated to the published length)" : "";
    return [
      node("div", "leg-name", `${leg.from_name} → ${leg.to_name}`),
      node(
        "div", "leg-facts",
        `${leg.part === MAIN ? "" : `${leg.part} · `}${named(leg.service)} · ${figure(leg.km)} km${origin} · ${figure(leg.hours, 1)} h · ` +
          `USD ${figure(leg.usd_per_teu)} · ${figure(leg.co2e_wtw_kg)} kg CO₂e`,
      ),
      node(
        "div", "leg-facts",
        `${moment(leg.departs)} to ${moment(leg.arrives)} UTC · source of the length: ${leg.source}`,
      ),
    ];
  }

  function routePopup(route, leg) {
    const made = node("div", "route-popup", node("h2", "", swatch(route), route.title));
    made.append(node("p", "sum", summary(route)));
    if (leg) made.append(node("div", "leg", ...legLines(leg)));
    const parts = route.chain.map((item) => [
      item.part, `${item.from_name} to ${item.to_name}`, item.families.join(", "), figure(item.km),
      figure(item.hours / 24, 1), figure(item.usd_per_teu), figure(item.co2e_wtw_kg),
    ]);
    const columns = ["Part", "From and to", "By", "km", "Days", "USD/TEU", "kg CO₂e"];
    made.append(section("Transport chain", true, table(columns, parts, "chain")));
    const rows = route.cost_lines.map((line) => [
      line.scope ? `${line.label} (${named(line.scope)})` : line.label,
      `${quantity(line.quantity)} ${line.unit} × ${quantity(line.unit_price_usd)}`,
      figure(line.usd_per_teu),
      `${figure(line.low)}–${figure(line.high)}`,
      line.part,
      `${line.basis}, ${line.status}`,
      line.source_id,
    ]);
    const heads = ["Cost line", "Quantity × USD", "USD/TEU", "Low–high", "Part", "Basis", "Source"];
    made.append(section("Cost per TEU", true, table(heads, rows, "cost-lines")));
    const hours = Object.entries(route.time_parts)
      .filter(([, value]) => value > 0)
      .map(([part, value]) => [PART_NAMES[part] || part, figure(value, 1), figure(value / 24, 1)]);
    made.append(section("Hours", false, table(["Part", "Hours", "Days"], hours, "time-parts")));
    const facts = [["Canals, straits and capes", route.passages.map(named)],
      ["Borders", route.borders.map(named)], ["Gauge changes", route.gauge_changes.map(named)],
      ["Sails", route.sails], ["Lines", route.lines], ["Warnings", route.warnings]]
      .filter(([, list]) => list.length)
      .map(([name, list]) => node("p", "fact", node("b", "", `${name}: `), list.join(" · ")));
    if (facts.length) made.append(section("Places and warnings", route.warnings.length > 0, ...facts));
    const ids = [...new Set([...route.cost_lines.map((line) => line.source_id),
      ...route.legs.map((item) => item.source)])].filter(Boolean).sort();
    made.append(section("Sources", false, ...ids.map((id) => node("p", "fact", sourceText(id)))));
    return made;
  }

  function placePopup(place) {
    const made = node("div", "place-popup", node("h2", "", place.name));
    made.append(node("p", "sum", PLACE_KINDS[place.kind]));
    const shown = place.routes.map((i) => {
      const route = content.routes[i];
      const acts = place.operations.filter((act) => act.route === i).map(
        (act) => node("li", "", `${act.label}: ${figure(act.hours, 1)} h, USD ${figure(act.usd)}`),
      );
      return node("div", "user", swatch(route), route.title, node("ul", "", ...acts));
    });
    made.append(...shown);
    return made;
  }

  function addRoute(group, index) {
    const route = content.routes[index];
    groups[index] = group;
    for (const turn of route.copies) {
      const chain = [];
      chains[index].push(chain);
      for (const leg of route.legs) {
        const points = unpacked(content.lines[leg.line], leg.turns + turn);
        if (leg.back) points.reverse();
        const style = { color: route.colour, lineCap: "butt", ...styleOf(leg) };
        if (familyOf(leg) === "ferry") style.lineCap = "round";
        const line = L.polyline(points, { ...style, className: `route-line ${familyOf(leg)}` });
        const drawn = { leg, points, line, halo: null };
        if (route.recommended) {
          drawn.halo = L.polyline(points, {
            color: route.colour, weight: 9, opacity: 0.22, interactive: false, lineCap: "butt",
          });
          group.addLayer(drawn.halo);
        }
        chain.push(drawn);
        line.bindPopup(() => routePopup(route, leg), popupOptions(540));
        line.on("popupopen", () => line.closeTooltip());
        line.bindTooltip(
          () => node("span", "", `${route.title}: ${leg.from_name} → ${leg.to_name} (${named(leg.service)})`),
          { sticky: true, direction: "top" },
        );
        line.on("mouseover", () => highlight(index, true));
        line.on("mouseout", () => highlight(index, false));
        group.addLayer(line);
      }
    }
    group.on("add", () => { visible.add(index); later(refresh); });
    group.on("remove", () => { visible.delete(index); later(refresh); });
    if (map.hasLayer(group)) visible.add(index);
  }

  function highlight(index, on) {
    for (const { line, leg } of chains[index].flat()) {
      line.setStyle({ weight: styleOf(leg).weight + (on ? 2.5 : 0) });
      if (on && map.hasLayer(line)) line.bringToFront();
    }
  }

  function refresh() {
    const users = new Map();
    for (const index of visible) {
      for (const leg of content.routes[index].legs) {
        if (!users.has(leg.line)) users.set(leg.line, new Set());
        users.get(leg.line).add(index);
      }
    }
    for (const index of visible) {
      for (const chain of chains[index]) {
        layOut(chain, ({ leg }) => {
          const order = [...users.get(leg.line)].sort((a, b) => a - b);
          return (order.indexOf(index) - (order.length - 1) / 2) * LANE_PX * (leg.back ? -1 : 1);
        });
      }
    }
    placeMarkers();
  }

  // Draws each leg at the distance of its lane from the track, so that routes on the same track lie
  // side by side. Directions are taken along the full route, so that legs join.
  function layOut(chain, laneOf) {
    const zoom = map.getZoom();
    const track = [];
    const pieces = chain.map((drawn) => {
      const start = track.length;
      const projected = drawn.points.map((point) => map.project(point, zoom));
      track.push(...L.LineUtil.simplify(projected, 1));
      return { drawn, start, end: track.length };
    });
    let last = null;
    for (const { drawn, start, end } of pieces) {
      const lane = laneOf(drawn);
      const placed = track.slice(start, end).map((_, i) => besides(track, start + i, lane));
      const gap = last ? last.distanceTo(placed[0]) : 0;
      if (gap > 0.5 && gap < 40) placed.unshift(last);
      last = placed[placed.length - 1];
      const latLngs = placed.map((point) => map.unproject(point, zoom));
      drawn.line.setLatLngs(latLngs);
      if (drawn.halo) drawn.halo.setLatLngs(latLngs);
    }
  }

  function besides(track, at, lane) {
    const here = track[at];
    let a = at;
    let b = at;
    while (a > 0 && here.distanceTo(track[a]) < REACH_PX) a -= 1;
    while (b < track.length - 1 && here.distanceTo(track[b]) < REACH_PX) b += 1;
    const dx = track[b].x - track[a].x;
    const dy = track[b].y - track[a].y;
    const length = Math.hypot(dx, dy) || 1;
    return L.point(here.x - (dy / length) * lane, here.y + (dx / length) * lane);
  }

  function addPlaces(group) {
    const turns = content.routes.some((route) => route.copies.length > 1) ? [0, 1] : [0];
    for (const place of content.places) {
      for (const turn of turns) {
        const at = [place.lat, place.lon + 360 * turn];
        const dot = L.circleMarker(at, {
          radius: 4, weight: 1.6, fillOpacity: 1, className: `place ${place.kind}`,
        });
        dot.bindPopup(() => placePopup(place), popupOptions(340));
        dot.bindTooltip(() => node("span", "", place.name), { direction: "top" });
        const text = node("span", "", shortName(place));
        const label = L.marker(at, {
          icon: L.divIcon({ className: `label ${place.kind}`, html: text, iconSize: null }),
          interactive: false, keyboard: false, pane: "labels",
        });
        markers.push({ place, dot, label, group });
      }
    }
    group.on("add remove", () => later(refresh));
  }

  function placeMarkers() {
    const taken = [];
    const zoom = map.getZoom();
    for (const { place, dot, label, group } of markers) {
      const used = map.hasLayer(group) && place.routes.some((index) => visible.has(index));
      const shown = used && (place.kind !== "via" || zoom >= 5);
      toggle(group, dot, shown);
      const near = zoom >= 4.5;
      dot.setRadius({ end: 6, via: 2.5, border: near ? 4 : 2.2 }[place.kind] || (near ? 4.5 : 3.5));
      let free = shown && (place.kind !== "border" || zoom >= 4) && place.kind !== "via";
      free = free || (shown && zoom >= 6);
      if (free) {
        const at = map.latLngToContainerPoint(dot.getLatLng());
        const box = [at.x - 4, at.y - 8, at.x + 10 + shortName(place).length * 6.4, at.y + 8];
        free = taken.every((b) => box[2] < b[0] || b[2] < box[0] || box[3] < b[1] || b[3] < box[1]);
        if (free) taken.push(box);
      }
      toggle(group, label, free);
    }
  }

  function openRoute(index) {
    const route = content.routes[index];
    if (!map.hasLayer(groups[index])) map.addLayer(groups[index]);
    const chain = chains[index][0];
    if (!chain.length) return;
    const { points } = chain[Math.floor(chain.length / 2)];
    // On a narrow page the panel would cover the popup.
    const panel = document.getElementById("panel");
    if (!isWide() && !panel.classList.contains("folded")) document.getElementById("fold").click();
    L.popup(popupOptions(540))
      .setLatLng(points[Math.floor(points.length / 2)])
      .setContent(routePopup(route, null))
      .openOn(map);
  }

  function finish(control, attribution) {
    const panel = furnish(control, attribution, content.view);
    content.routes.forEach((route, index) => {
      if (route.detour) map.removeLayer(groups[index]);
    });
    panel.addEventListener("click", (event) => {
      const more = event.target.closest("[data-route]");
      if (more) {
        event.preventDefault();
        openRoute(Number(more.dataset.route));
      }
      const pick = event.target.closest("[data-pick]");
      if (pick) show(pick.dataset.pick);
    });
    for (const row of panel.querySelectorAll(".row[data-index]")) {
      row.addEventListener("mouseenter", () => highlight(Number(row.dataset.index), true));
      row.addEventListener("mouseleave", () => highlight(Number(row.dataset.index), false));
    }
    map.on("zoomend", () => later(refresh));
    map.on("moveend", () => later(placeMarkers));
    refresh();
  }

  function show(which) {
    groups.forEach((group, index) => {
      const wanted = which === "all" || (which === "best" && content.routes[index].recommended);
      if (wanted && !map.hasLayer(group)) map.addLayer(group);
      if (!wanted && map.hasLayer(group)) map.removeLayer(group);
    });
  }

  return { addBaseMap, addRoute, addPlaces, finish };
}
