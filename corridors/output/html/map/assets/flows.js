// Draws the flows of a plan. All text is inserted as text nodes, never as markup.
"use strict";

function createFlowMap(map, content) {
  const { unpacked, node, figure, table, popupOptions, later, shortName, toggle, addBaseMap,
    furnish } = mapParts(map);
  const LEAST_PX = 1.2;
  const MOST_PX = 14;
  const { look } = content;
  const shownModes = new Set();
  const shownCorridors = new Set();
  const layers = [];
  const drawn = L.layerGroup();
  let month = -1;

  // TEU by leg, month, corridor and pair, from the routes over it.
  const uses = content.legs.map(() => []);
  for (const [route, of, teu] of content.flows) {
    const [corridor, pair, legs] = content.routes[route];
    for (const leg of legs) uses[leg].push({ of, corridor, pair, teu });
  }

  const inMonth = (use) => month < 0 || use.of === month;
  const chosen = (leg) => uses[leg].filter((use) => shownCorridors.has(use.corridor));
  const sum = (list) => list.reduce((total, use) => total + use.teu, 0);

  // The widest line, of the full plan or of any month, gets the largest width.
  function widest() {
    let most = 0;
    uses.forEach((list) => {
      if (month < 0) most = Math.max(most, sum(list));
      else content.months.forEach((_, at) => {
        most = Math.max(most, sum(list.filter((use) => use.of === at)));
      });
    });
    return most;
  }

  const scales = new Map();
  function widthOf(teu) {
    const kind = month < 0;
    if (!scales.has(kind)) scales.set(kind, widest() || 1);
    return Math.max(LEAST_PX, MOST_PX * Math.sqrt(teu / scales.get(kind)));
  }

  function grouped(list, key, names) {
    const sums = new Map();
    for (const use of list) sums.set(use[key], (sums.get(use[key]) || 0) + use.teu);
    return [...sums].sort((a, b) => b[1] - a[1]).map(([at, teu]) => [names[at], figure(teu)]);
  }

  function bar(share, colour) {
    const made = node("span", "bar");
    made.style.width = `${Math.max(1, Math.round(70 * share))}px`;
    made.style.background = colour;
    return made;
  }

  function monthTable(heads, rows, className) {
    const made = table(heads, rows.map((row) => row.cells), className);
    rows.forEach((row, i) => {
      if (row.of === month) made.tBodies[0].rows[i].className = "chosen";
    });
    return made;
  }

  function legPopup(leg) {
    const { from, to, service, mode } = content.legs[leg];
    const shown = chosen(leg);
    const now = shown.filter(inMonth);
    const byMonth = content.months.map((_, at) => sum(shown.filter((use) => use.of === at)));
    const most = Math.max(...byMonth, 1);
    const rows = content.months.map((name, at) => ({
      of: at,
      cells: [name, figure(byMonth[at]), bar(byMonth[at] / most, look.modeColours[mode])],
    }));
    return node(
      "div", "flow-popup", node("h2", "", `${from} → ${to}`),
      node("p", "sum", `${service} · ${figure(sum(now))} TEU, ${period()}`),
      node("h3", "", "TEU by month of departure"),
      monthTable(["Month", "TEU", ""], rows, "by-month bars"),
      node("h3", "", "By corridor"),
      table(["Corridor", "TEU"], grouped(now, "corridor", content.titles), "by-corridor"),
      node("h3", "", "By pair"),
      table(["Pair", "TEU"], grouped(now, "pair", content.pairs).slice(0, 8), "by-pair"),
    );
  }

  const period = () => (month < 0 ? "full plan" : content.months[month]);

  function addBase(base) {
    addBaseMap(base);
    drawn.addTo(map);
  }

  const lines = content.legs.flatMap((leg, at) => leg.copies.map((turn) => {
    const line = L.polyline(unpacked(leg.line, turn), {
      color: look.modeColours[leg.mode], opacity: 1, lineCap: "round",
      className: `route-line flow-line mode-${leg.mode}`,
    });
    line.bindPopup(() => legPopup(at), popupOptions(360));
    line.on("popupopen", () => line.closeTooltip());
    line.bindTooltip(
      () => node("span", "", `${leg.from} → ${leg.to}: ${figure(sum(chosen(at).filter(inMonth)))} TEU`),
      { sticky: true, direction: "top" },
    );
    line.on("mouseover", () => line.setStyle({ opacity: 0.6 }));
    line.on("mouseout", () => line.setStyle({ opacity: 1 }));
    return { at, line };
  }));

  function follow(group, shown, index) {
    layers.push(group);
    group.on("add", () => { shown.add(index); later(refresh); });
    group.on("remove", () => { shown.delete(index); later(refresh); });
    if (map.hasLayer(group)) shown.add(index);
  }

  const addMode = (group, index) => follow(group, shownModes, index);
  const addCorridor = (group, index) => follow(group, shownCorridors, index);

  function refresh() {
    const order = [];
    for (const { at, line } of lines) {
      const teu = shownModes.has(content.legs[at].mode) ? sum(chosen(at).filter(inMonth)) : 0;
      toggle(drawn, line, teu > 0);
      if (teu > 0) {
        line.setStyle({ weight: widthOf(teu) });
        order.push([teu, line]);
      }
    }
    // Narrow lines above wide ones, which would hide them.
    order.sort((a, b) => b[0] - a[0]).forEach(([, line]) => line.bringToFront());
    capacities.forEach(dress);
    [...capacities, ...ends].forEach(({ dot }) => { if (dot.bringToFront) dot.bringToFront(); });
    placeLabels();
    showWidths();
  }

  // Use of a capacity in the chosen month, or in the fullest.
  function stateOf(place) {
    const rows = place.rows.filter((row) => month < 0 || row[0] === month);
    const share = ([, , used, limit]) => (limit > 0 ? used / limit : 1);
    const fullest = rows.reduce((a, b) => (a && share(a) >= share(b) ? a : b), null);
    const price = Math.max(0, ...rows.map((row) => row[4]));
    return { share: fullest ? share(fullest) : 0, price };
  }

  function textOf(place) {
    const { share, price } = stateOf(place);
    const cost = price > 0 ? `, USD ${figure(price)}` : "";
    return `${shortName(place)} ${figure(100 * share)} %${cost}`;
  }

  function capacityPopup(place) {
    const rows = place.rows.map(([of, name, used, limit, usd]) => ({
      of,
      cells: [name, figure(used), figure(limit), limit > 0 ? `${figure((100 * used) / limit)} %` : "",
        usd > 0 ? figure(usd, 2) : ""],
    }));
    return node(
      "div", "flow-popup", node("h2", "", place.name),
      node("p", "sum", `${place.title}: TEU of this plan and the capacity it may use`),
      monthTable(["Month of passage", "Used", "Capacity", "Share", "Shadow price, USD/TEU"], rows, "by-month"),
      node("p", "sum", "Shadow prices are not unique."),
    );
  }

  const capacities = content.capacities.map((place) => marker(place, "capacity", {
    radius: 7, weight: 1.5, color: "#22303a", fillOpacity: 1, className: "capacity",
  }, () => capacityPopup(place)));

  function dress({ place, dot, text }) {
    const { share } = stateOf(place);
    const kind = share >= look.full ? "full" : share >= look.filling ? "filling" : "free";
    dot.setStyle({ fillColor: look.capacityColours[kind] });
    text.textContent = textOf(place);
  }

  const ends = content.ends.map((end) => marker(end, "end", {
    radius: 4.5, weight: 1.5, fillOpacity: 1, className: "place end",
  }, () => node(
    "div", "flow-popup", node("h2", "", end.name),
    node("p", "sum", `Origin of ${figure(end.out)} TEU, destination of ${figure(end.in)} TEU.`),
  )));

  function marker(place, kind, style, popup) {
    const at = [place.lat, place.lon];
    const dot = L.circleMarker(at, style);
    dot.bindPopup(popup, popupOptions(430));
    const text = node("span", "", shortName(place));
    dot.bindTooltip(() => node("span", "", kind === "capacity" ? textOf(place) : place.name), { direction: "top" });
    const label = L.marker(at, {
      icon: L.divIcon({ className: `label ${kind}`, html: text, iconSize: null }),
      interactive: false, keyboard: false, pane: "labels",
    });
    return { place, kind, dot, label, text, group: null };
  }

  function fill(group, marks) {
    layers.push(group);
    marks.forEach((mark) => { mark.group = group; group.addLayer(mark.dot); });
    group.on("add remove", () => later(refresh));
  }

  const addCapacities = (group) => fill(group, capacities);
  const addEnds = (group) => fill(group, ends);

  function placeLabels() {
    const taken = [];
    for (const { place, kind, dot, label, text, group } of [...capacities, ...ends]) {
      const at = map.latLngToContainerPoint(dot.getLatLng());
      const box = [at.x - 6, at.y - 9, at.x + 14 + text.textContent.length * 6.8, at.y + 9];
      const free = taken.every(
        (b) => box[2] < b[0] || b[2] < box[0] || box[3] < b[1] || b[3] < box[1],
      );
      const idle = kind === "capacity" && stateOf(place).share === 0 && map.getZoom() < 5;
      const shown = map.hasLayer(group) && free && !idle;
      if (shown) taken.push(box);
      toggle(group, label, shown);
    }
  }

  // Three round figures, the largest near the widest line.
  function showWidths() {
    widthOf(1);
    const most = scales.get(month < 0);
    const unit = 10 ** Math.floor(Math.log10(most));
    const top = unit * Math.floor(most / unit);
    const samples = [top, top / 10, top / 100].filter((teu) => teu >= 1).map((teu) => {
      const px = widthOf(teu);
      const line = node("span", "bar");
      line.style.width = "30px";
      line.style.height = `${px}px`;
      line.style.background = "#51616b";
      return node("div", "", line, `${figure(teu)} TEU`);
    });
    document.getElementById("widths").replaceChildren(...samples);
  }

  function finish(control, attribution) {
    const panel = furnish(control, attribution, content.view);
    document.getElementById("month").addEventListener("change", (event) => {
      month = Number(event.target.value);
      map.closePopup();
      refresh();
    });
    panel.addEventListener("click", (event) => {
      const pick = event.target.closest("[data-pick]");
      if (!pick) return;
      for (const layer of layers) {
        if (pick.dataset.pick === "all") map.addLayer(layer);
        else map.removeLayer(layer);
      }
    });
    map.on("moveend zoomend", () => later(placeLabels));
    refresh();
  }

  return { addBaseMap: addBase, addMode, addCorridor, addCapacities, addEnds, finish };
}
