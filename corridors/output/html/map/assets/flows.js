// Draws the flows of a plan. All text is inserted as text nodes, never as markup.
"use strict";

function createFlowMap(map, content) {
  const parts = mapParts(map);
  const { toggle, card } = parts;
  const LEAST_PX = 1.2;
  const MOST_PX = 14;
  const drawn = L.layerGroup();
  const corridors = content.titles.map(() => null);
  let month = -1;
  // The mode or corridor chosen in the panel, which alone is drawn.
  let only = null;
  let panel = null;

  // TEU by leg, month, corridor and pair, from the routes over it; and the flows themselves, with
  // their modes, USD per box and days.
  const uses = content.legs.map(() => []);
  const flows = [];
  for (const [route, of, teu, usd, days] of content.flows) {
    const [corridor, pair, legs] = content.routes[route];
    for (const leg of legs) uses[leg].push({ of, corridor, pair, teu });
    const modes = new Set(legs.map((leg) => content.legs[leg].mode));
    flows.push({ of, corridor, modes, teu, usd, days });
  }

  const inMonth = (use) => month < 0 || use.of === month;
  const isShown = (corridor) => corridors[corridor] && map.hasLayer(corridors[corridor]);
  const chosen = (leg) => uses[leg].filter(({ corridor }) => (
    isShown(corridor) && (!only || (only.kind === "mode" ? content.legs[leg].mode : corridor) === only.key)));
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

  const modeOf = (leg) => content.modes[content.legs[leg].mode][0];

  function bar(share, mode) {
    const made = node("span", `bar ${mode}`);
    made.style.width = `${Math.max(1, Math.round(70 * share))}px`;
    return made;
  }

  function monthTable(heads, rows, className) {
    const made = table(heads[0], heads, rows.map((row) => row.cells), className);
    rows.forEach((row, i) => {
      if (row.of === month) made.querySelectorAll("tbody tr")[i].className = "chosen";
    });
    return made;
  }

  function legPopup(leg) {
    const { from, to, service } = content.legs[leg];
    const shown = chosen(leg);
    const now = shown.filter(inMonth);
    const byMonth = content.months.map((_, at) => sum(shown.filter((use) => use.of === at)));
    const most = Math.max(...byMonth, 1);
    const rows = content.months.map((name, at) => ({
      of: at,
      cells: [name, figure(byMonth[at]), bar(byMonth[at] / most, modeOf(leg))],
    }));
    return node(
      "div", "flow-popup", node("h2", "", `${from} → ${to}`),
      node("p", "sum", `${service} · ${figure(sum(now))} TEU, ${period()}`),
      node("h3", "", "TEU by month of departure"),
      monthTable(["Month", "TEU", ""], rows, "by-month bars"),
      node("h3", "", "By corridor"),
      table("By corridor", ["Corridor", "TEU"], grouped(now, "corridor", content.titles), "by-corridor"),
      node("h3", "", "By pair"),
      table("By pair", ["Pair", "TEU"], grouped(now, "pair", content.pairs).slice(0, 8), "by-pair"),
    );
  }

  const period = () => (month < 0 ? "full plan" : content.months[month]);

  function addBase(base) {
    parts.addBaseMap(base);
    drawn.addTo(map);
  }

  map.createPane("flows").style.zIndex = 420;
  map.createPane("marks").style.zIndex = 500;
  const flowRenderer = L.svg({ pane: "flows", padding: 0.2 });
  const markRenderer = L.svg({ pane: "marks", padding: 0.2 });
  const lines = content.legs.flatMap((leg, at) => leg.copies.map((turn) => {
    const points = unpacked(leg.line, turn);
    const line = new Strand(points, {
      renderer: flowRenderer, pane: "flows", interactive: false,
      opacity: 1, lineCap: "round", smoothFactor: 0.5,
      className: `route-line focus flow-line mode-${leg.mode} ${content.modes[leg.mode][0]}`,
    });
    return { at, line, points, teu: 0, pixels: [], box: [0, 0, 0, 0] };
  }));

  function addCorridor(group, index) {
    corridors[index] = group;
    group.on("add remove", () => later(refresh));
  }

  function refresh() {
    for (const one of lines) {
      one.teu = sum(chosen(one.at).filter(inMonth));
      toggle(drawn, one.line, one.teu > 0);
      if (one.teu > 0) one.line.setStyle({ weight: widthOf(one.teu) });
    }
    // Narrow lines above wide ones, which would hide them.
    lines.sort((a, b) => b.teu - a.teu);
    lines.filter(({ teu }) => teu > 0).forEach(({ line }) => line.bringToFront());
    capacities.forEach(dress);
    lay();
    showWidths();
    dressRows();
  }

  // The px of each line at this zoom, which tell what is pointed at.
  function lay() {
    for (const one of lines) {
      one.pixels = one.teu > 0 ? one.points.map((point) => map.project(point)) : [];
      one.box = boxOf(one.pixels);
    }
    placeLabels();
  }

  // What rows stand for: modes, then corridors, by number.
  const kinds = [
    ...content.modes.map((_, key) => ({ kind: "mode", key })), ...content.titles.map((_, key) => ({ kind: "corridor", key })),
  ];

  // The rows have the figures of the months chosen, on one axis of TEU.
  function dressRows() {
    const now = flows.filter(inMonth);
    const rows = kinds.map(({ kind, key }, route) => {
      const mine = now.filter((flow) => (kind === "mode" ? flow.modes.has(key) : flow.corridor === key));
      const teu = sum(mine);
      const mean = (of) => mine.reduce((total, flow) => total + flow.teu * flow[of], 0) / teu;
      const usd = teu ? figure(mean("usd")) : "0";
      return {
        route, kind, key, teu, usd: figure(teu), side: usd, mark: "", against: "",
        name: kind === "mode" ? content.modes[key][1] : content.titles[key],
        sails: teu ? `USD ${usd} per ${content.box}, ${figure(mean("days"), 1)} days` : "none",
      };
    });
    const twice = now.reduce((teu, flow) => teu + flow.teu * Math.max(0, flow.modes.size - 1), 0);
    const [modes, ways] = ["mode", "corridor"].map((kind) => rows.filter((row) => row.kind === kind && flows.some((flow) => (
      kind === "mode" ? flow.modes.has(row.key) : flow.corridor === row.key))));
    const both = twice > 0.5 ? `; ${figure(twice)} change between modes and count in each` : "";
    panel.show({
      ...content.panel, what: "TEU", rows: month < 0 ? "The full plan" : content.months[month],
      axis: `TEU · USD per ${content.box}; in all ${figure(sum(now))} TEU`, groups: [["", ways], [`By mode${both}`, modes]],
    });
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
      monthTable(["Month of passage", "Used", "Capacity", "Share", `Shadow price, USD/${content.box}`], rows, "by-month"),
      node("p", "sum", "Shadow prices are not unique."),
    );
  }

  const capacities = content.capacities.map((place) => marker(place, "capacity", {
    radius: 7, weight: 1.5, fillOpacity: 1, className: "capacity",
  }, () => capacityPopup(place)));

  function dress({ place, dot }) {
    const { share } = stateOf(place);
    const kind = share >= content.full ? "full" : share >= content.filling ? "filling" : "free";
    dot.setRadius(share > 0 ? 7 : 2);
    dot.getElement()?.setAttribute("class", `capacity ${share > 0 ? kind : "idle"}`);
  }

  const ends = content.ends.map((end) => marker(end, "end", {
    radius: 4.5, weight: 1.5, fillOpacity: 1, className: "place end",
  }, () => node(
    "div", "flow-popup", node("h2", "", end.name),
    node("p", "sum", `Origin of ${figure(end.out)} TEU, destination of ${figure(end.in)} TEU.`),
  )));

  function marker(place, kind, style, popup) {
    const at = [place.lat, place.lon];
    const dot = L.circleMarker(at, { renderer: markRenderer, pane: "marks", interactive: false, ...style });
    return { place, kind, dot, popup, radius: style.radius, group: null };
  }

  function fill(group, marks) {
    marks.forEach((mark) => { mark.group = group; group.addLayer(mark.dot); });
    group.on("add remove", () => later(refresh));
  }

  // Projects: dashed where they are not built, with their names.
  const works = content.works.map(([title, isBuilt, lines]) => ({ title, role: isBuilt ? "rail" : "none", lines: lines.map((line) => unpacked(line)) }));

  function addWorks(group) {
    parts.addPanes([["works", 410]]);
    works.forEach(({ role, lines }, index) => parts.drawTrack(group, "works", index, lines, { role: `focus ${role}`, weight: 7 }));
    group.on("add remove", () => later(placeLabels));
  }

  const namesOfWorks = () => works.filter(({ lines }) => lines.length).map(({ title, role, lines }) => ({
    role, title, text: role === "rail" ? "built" : "not built", open() {}, pixels: lines.map((line) => line.map((at) => map.project(at))),
  }));

  const addCapacities = (group) => fill(group, capacities);
  const addEnds = (group) => fill(group, ends);

  function placeLabels() {
    const wanted = marks().map(({ place, kind, radius }) => ({
      at: [place.lat, place.lon], kind, gap: radius + 4,
      text: kind === "capacity" ? textOf(place) : shortName(place),
      idle: kind === "capacity" && stateOf(place).share < (map.getZoom() < NAMES_FROM ? content.filling : 1e-9) && map.getZoom() < 5,
    }));
    parts.placeLabels(wanted.filter(({ idle }) => !idle), namesOfWorks());
  }

  const marks = () => [...capacities, ...ends].filter(({ group }) => group && map.hasLayer(group));

  function found(x, y, event) {
    const [line, dot] = reachOf(event);
    const at = marks().map((one) => ({ one, radius: one.radius, ...map.latLngToContainerPoint(one.dot.getLatLng()) }));
    const near = nearestDot(at, x, y, dot);
    if (near) return near.one;
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    // A wide line is met anywhere on it; of those met the narrowest, which lies on top.
    const met = lines.filter((one) => (
      one.teu > 0 && nearest([one], x + origin.x, y + origin.y, Math.max(line, one.line.options.weight / 2))
    ));
    return met.length ? met[met.length - 1] : null;
  }

  const nameOf = (thing) => {
    if (thing.place) return thing.kind === "capacity" ? textOf(thing.place) : thing.place.name;
    const { from, to } = content.legs[thing.at];
    return `${from} → ${to}: ${figure(thing.teu)} TEU`;
  };
  const open = (thing) => {
    card.show(thing.popup ? thing.popup() : legPopup(thing.at));
  };
  const enter = (thing) => { if (thing.line) thing.line.setStyle({ opacity: 0.6 }); };
  const leave = (thing) => { if (thing.line) thing.line.setStyle({ opacity: 1 }); };

  // One stop of the keyboard for the flows and one for the places: arrow keys go from the largest to
  // the smallest, Enter opens.
  function asList(made, what, all) {
    let at = -1;
    let under = null;
    const name = () => {
      made.setAttribute("aria-label", under
        ? `${nameOf(under)}. Press Enter for details` : `${what}: arrow keys go through them`);
    };
    const go = (step) => {
      const list = all();
      if (under) leave(under);
      at = list.length ? (at + step + list.length) % list.length : -1;
      under = list[at] || null;
      if (under) enter(under);
      name();
    };
    made.setAttribute("role", "button");
    made.setAttribute("tabindex", "0");
    made.classList.add("stop");
    name();
    made.addEventListener("blur", () => { if (under) leave(under); });
    made.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const chosen = event.key === "Enter" || event.key === " ";
      if (!step && !chosen) return;
      event.preventDefault();
      event.stopPropagation();
      if (step) go(step);
      else if (under) open(under);
    });
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
      return node("div", "", line, `${figure(teu)} TEU`);
    });
    document.getElementById("widths").replaceChildren(...samples);
  }

  function finish(attribution, links = []) {
    const choice = document.getElementById("month");
    panel = createPanel(parts.panel, {
      choice: choice.parentElement, credit: attribution, links, point() {},
      role: (route) => (kinds[route].kind === "mode" ? content.modes[kinds[route].key][0] : "other"),
      isFocus: (route) => (only ? only === kinds[route] : kinds[route].kind === "mode"),
      open(route) {
        only = only === kinds[route] ? null : kinds[route];
        refresh();
        parts.panel.querySelector(`[data-route="${route}"]`)?.focus();
      },
    });
    dressRows();
    parts.furnish(attribution, () => content.view);
    choice.addEventListener("change", () => {
      month = Number(choice.value);
      card.close();
      refresh();
      choice.focus();
    });
    // At once: names are placed by these px, and may wait already.
    map.on("zoomend", lay);
    map.on("moveend resize furnished", () => later(placeLabels));
    parts.answer({ found, enter, leave, text: nameOf, open });
    refresh();
    const firsts = () => lines.filter((one, i, list) => one.teu > 0 && list.findIndex((o) => o.at === one.at) === i);
    if (flowRenderer._container) asList(flowRenderer._container, "Flows by TEU", firsts);
    if (markRenderer._container) asList(markRenderer._container, "Capacities and ends", marks);
    parts.main.dataset.drawn = "true";
  }

  return { addBaseMap: addBase, addCorridor, addWorks, addCapacities, addEnds, finish };
}
