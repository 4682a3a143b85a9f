// The map of a plan's flows: legs by mode, as wide as their TEU; then projects. All text is inserted as
// text nodes, never as markup.
"use strict";

KINDS.flows = (frame, content) => {
  const LEAST_PX = 1.2;
  const MOST_PX = 14;
  const { layers } = frame;
  const choice = document.getElementById("month");
  layers.set("legs", L.layerGroup().addTo(frame.map));
  let month = -1;
  // The mode or corridor chosen in the panel, which alone is drawn.
  let only = null;

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
  const isShown = (corridor) => layers.has(corridor) && frame.map.hasLayer(layers.get(corridor));
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

  // The TEU of each leg that is drawn, and by number of thing its lines: legs, then projects.
  let teus = [];
  const strands = [
    ...content.legs.map(({ line, copies }) => copies.map((turn) => ({ copy: turn, points: unpacked(line, turn) }))),
    ...content.works.map(([, , lines]) => lines.map((line) => ({ points: unpacked(line) }))),
  ];
  const workOf = (index) => content.works[index - content.legs.length];

  function drawing() {
    teus = content.legs.map((_, leg) => sum(chosen(leg).filter(inMonth)));
  }

  // Projects are dashed where they are not built, under the flows and with their names.
  function style(index) {
    const work = workOf(index);
    if (work) return { role: `focus ${work[1] ? "rail" : "none"}`, weight: 7, pane: "works" };
    const mode = content.legs[index].mode;
    return teus[index] > 0 ? { role: `focus flow-line mode-${mode} ${content.modes[mode][0]}`, weight: widthOf(teus[index]), focus: true } : null;
  }

  function refreshed() {
    showWidths();
    frame.dress();
  }

  // What rows stand for: modes, then corridors, by number.
  const kinds = [
    ...content.modes.map((_, key) => ({ kind: "mode", key })), ...content.titles.map((_, key) => ({ kind: "corridor", key })),
  ];

  // The rows have the figures of the months chosen, on one axis of TEU.
  function panel() {
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
    return [{
      ...content.panel, what: "TEU", rows: month < 0 ? "The full plan" : content.months[month],
      axis: `TEU · USD per ${content.box}; in all ${figure(sum(now))} TEU`, groups: [["", ways], [`By mode${both}`, modes]],
    }];
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

  // Places that nothing uses are small, and have no name on a wide view.
  function mark({ place, kind }, zoom) {
    if (kind === "end") return { shown: true, radius: 4.5, labelled: true, text: shortName(place), kind, className: "place end" };
    const { share } = stateOf(place);
    const use = share >= content.full ? "full" : share >= content.filling ? "filling" : share > 0 ? "free" : "idle";
    const labelled = zoom >= 5 || share >= (zoom < NAMES_FROM ? content.filling : 1e-9);
    return { shown: true, radius: share > 0 ? 7 : 2, labelled, text: textOf(place), kind, className: `capacity ${use}` };
  }

  const endPopup = ({ name, out, in: into }) => node(
    "div", "flow-popup", node("h2", "", name), node("p", "sum", `Origin of ${figure(out)} TEU, destination of ${figure(into)} TEU.`),
  );

  function added(group, key) {
    const kind = { capacities: "capacity", ends: "end" }[key];
    if (kind) content[key].forEach((place) => frame.addDot(group, { place, kind }, [place.lat, place.lon]));
  }

  function text({ place, kind, index }) {
    if (place) return kind === "capacity" ? textOf(place) : place.name;
    const { from, to } = content.legs[index];
    return `${from} → ${to}: ${figure(teus[index])} TEU`;
  }

  function card(index) {
    const work = workOf(index);
    return work ? node("div", "flow-popup", node("h2", "", work[0]), node("p", "sum", builtOf(work))) : legPopup(index);
  }

  const builtOf = ([, isBuilt]) => (isBuilt ? "built" : "not built");
  const named = () => [...strands.keys()].filter((index) => workOf(index) && strands[index].length && frame.isShown(index))
    .map((index) => ({ index, title: workOf(index)[0], text: builtOf(workOf(index)), role: workOf(index)[1] ? "rail" : "none" }));

  // One stop of the keyboard for the flows and one for the places: arrow keys go from the largest to
  // the smallest, Enter opens.
  function asList(made, what, all) {
    let at = -1;
    let under = null;
    const name = () => {
      made.setAttribute("aria-label", under
        ? `${text(under)}. Press Enter for details` : `${what}: arrow keys go through them`);
    };
    const go = (step) => {
      const list = all();
      at = list.length ? (at + step + list.length) % list.length : -1;
      under = list[at] || null;
      frame.pointThing(under);
      name();
    };
    put(made, { role: "button", tabindex: 0 }).classList.add("stop");
    name();
    made.addEventListener("blur", () => frame.pointThing(null));
    made.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const chosen = event.key === "Enter" || event.key === " ";
      if (!step && !chosen) return;
      event.preventDefault();
      event.stopPropagation();
      if (step) go(step);
      else if (under) frame.openThing(under);
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

  function furnished() {
    choice.addEventListener("change", () => {
      month = Number(choice.value);
      frame.card.close();
      frame.refresh();
      choice.focus();
    });
  }

  function finished() {
    frame.placeNames();
    const flowing = () => [...teus.keys()].filter((leg) => teus[leg] > 0).sort((a, b) => teus[b] - teus[a]).map((index) => ({ index }));
    if (frame.renderers.focus._container) asList(frame.renderers.focus._container, "Flows by TEU", flowing);
    if (frame.renderers.places._container) asList(frame.renderers.places._container, "Capacities and ends", () => frame.dots.filter(({ shown }) => shown));
  }

  // A row shows its mode or corridor alone, or again all.
  function openRow(route) {
    only = only === kinds[route] ? null : kinds[route];
    frame.refresh();
    document.querySelector(`#panel [data-route="${route}"]`)?.focus();
  }

  function restore({ month: shown }) {
    if (!shown) return;
    choice.value = shown;
    choice.dispatchEvent(new Event("change"));
  }

  return {
    added, drawing, style, refreshed, mark, text, card, named, panel, openRow, furnished, finished, restore,
    isWide: true, count: () => strands.length, key: (index) => index, layer: (index) => (workOf(index) ? "works" : "legs"),
    strands: (index) => strands[index], placeCard: ({ place, kind }) => (kind === "capacity" ? capacityPopup(place) : endPopup(place)),
    role: (route) => (kinds[route].kind === "mode" ? content.modes[kinds[route].key][0] : "other"), pointRow() {},
    isFocus: (route) => (only ? only === kinds[route] : kinds[route].kind === "mode"),
    view: () => content.view, state: () => ({ month: month < 0 ? "" : month }),
  };
};
