// Draws the routes. All text is inserted as text nodes, never as markup.
"use strict";

// `content` is that of the page, in which it stands; a page that asks again gives more later, to
// `replace`. `host` names the elements of another page: see `mapParts`.
function createCorridorMap(map, content, host) {
  const parts = mapParts(map, host);
  const { main, card, tip, isWide, toggle } = parts;
  const FAMILY = {
    sea: { dashArray: "7 5" },
    rail: {},
    ferry: { dashArray: "1 6", lineCap: "round" },
    river: { dashArray: "9 3 2 3" },
    road: { dashArray: "3 3" },
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
  const MAIN = "main carriage";
  const SHARED = [
    "cost_lines", "chain", "way", "sails", "lines", "printed", "copies", "passages", "borders",
    "gauge_changes", "time_parts", "warnings", "drawn",
  ];
  const named = (id) => names.get(id) || id;
  let [names, ways, costLines, chainParts, options, routes, places, months] = [];
  // What is drawn of each route: by leg its strands, in each copy. A pane and its renderer serve the
  // route of their number in whatever is drawn next.
  let [chains, groups] = [[], []];
  const renderers = [];
  const visible = new Set();
  const dots = [];
  let dotsRenderer = null;
  let placesGroup = null;
  let strands = [];
  let month = 0;
  let held = -1;
  let heldLeg = null;
  // What the sliders say; they price the first month.
  let prices = null;
  let pointed = -1;
  let firstZoom = 0;
  let globe = null;
  let ground = null;

  function take(given) {
    content = given;
    const { texts } = content;
    names = new Map(Object.entries(content.names || {}));
    ways = untabled(content.ways, texts);
    costLines = untabled(content.cost_lines, texts);
    chainParts = untabled(content.chain_parts, texts);
    // What cards show of an option, with what options have in common put back.
    options = untabled(content.options, texts).map((row) => {
      const option = { ...row };
      SHARED.forEach((key) => { option[key] = content.values[row[key]]; });
      option.costs = option.cost_lines.map((number) => costLines[number]);
      option.chain = option.chain.map((number) => chainParts[number]);
      return option;
    });
    routes = content.routes.map((route) => ({
      ...route,
      ...options[route.option],
      legs: untabled(route.legs, texts).map((leg) => ({ ...ways[leg.way], ...leg })),
    }));
    places = content.places.map((place) => ({
      ...place, operations: untabled(place.operations, texts),
    }));
    months = (content.months || []).map((one) => ({
      ...one,
      options: one.options.map(([route, rank, departs, number, notes]) => ({ ...options[number], route, rank, departs, notes })),
    }));
    chains = routes.map(() => []);
    groups = routes.map(() => null);
    routes.forEach((_, index) => {
      renderers[index] = renderers[index] || L.svg({ pane: `route-${index}`, padding: 0.2 });
    });
  }

  take(content);

  const familyOf = (leg) => leg.service.split("/")[0];
  // Carriage to and from the main carriage is drawn paler.
  const styleOf = (leg) => ({
    ...(FAMILY[familyOf(leg)] || FAMILY.road), ...(leg.own ? OWN : {}),
    opacity: leg.part === MAIN ? 1 : 0.6,
  });

  // The option of a route in the month shown, null where it is closed; the full record in the first.
  function optionOf(index) {
    if (!month) return months.length && !optionIn(0, index) ? null : routes[index];
    return optionIn(month, index);
  }

  const optionIn = (at, index) => months[at].options.find((one) => one.route === index) || null;

  const legsOf = (index) => legsOfOption(optionOf(index));

  // The legs of an option, with their dates and costs in the first month.
  function legsOfOption(option) {
    if (!option) return [];
    if (option.legs) return option.legs;
    const legs = [];
    for (let i = 0; i < option.way.length; i += 4) {
      const [way, turns, back, part] = option.way.slice(i, i + 4);
      legs.push({ ...ways[way], turns, back, part: content.parts[part] });
    }
    return legs;
  }

  const isShown = (index) => visible.has(index) && optionOf(index) !== null;
  const moved = () => (prices && prices.moved && !month ? prices : null);

  // The recommended route of the month, or the best at the prices set.
  function recommended() {
    if (moved() && prices.best >= 0) return prices.best;
    return months.length ? months[month].recommended : routes.findIndex((route) => route.recommended);
  }

  // USD, days, transit days and t CO2e as printed in the month shown, at the prices set.
  function printedOf(index) {
    const option = optionOf(index);
    if (!option) return ["closed", "", "", ""];
    const now = moved() && prices.usd.get(index);
    return now ? [figure(now.usd), ...option.printed.slice(1)] : option.printed;
  }

  // Minutes since 1970 as 20 Aug 2026 06:30.
  function moment(minutes) {
    const time = new Date(minutes * 60000).toISOString();
    const name = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[time.slice(5, 7) - 1];
    return `${time.slice(8, 10)} ${name} ${time.slice(0, 4)} ${time.slice(11, 16)}`;
  }

  function quantity(value) {
    return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
  }

  function swatch(route) {
    const made = node("span", "swatch");
    made.style.background = route.colour;
    return made;
  }

  const titleOf = (index) => (optionOf(index) || routes[index]).title || routes[index].title;

  const between = (from, to) => (from === to ? `within ${from}` : `${from} to ${to}`);

  function summary(option) {
    const [, days, transit, tonnes] = option.printed;
    return (
      `${option.bases} · ${days} days (${transit} in transit) · ` +
      `${figure(option.distance_km)} km · ${tonnes} t CO₂e per TEU`
    );
  }

  function sourceText(id) {
    const citation = (content.sources || {})[id];
    return citation ? `${id}: ${citation}` : id;
  }

  function legLines(leg) {
    const origin = leg.calibrated === true ? " (calibrated to the published length)" : "";
    const lines = [node("div", "leg-name", `${leg.from_name} → ${leg.to_name}`)];
    if (leg.departs === undefined) {
      lines.push(node("div", "leg-facts", `${named(leg.service)} · ${figure(leg.km)} km${origin}`));
      return lines;
    }
    lines.push(
      node(
        "div", "leg-facts",
        `${leg.part === MAIN ? "" : `${leg.part} · `}${named(leg.service)} · ${figure(leg.km)} km${origin} · ${figure(leg.hours, 1)} h · ` +
          `USD ${figure(leg.usd_per_teu)} · ${figure(leg.co2e_wtw_kg)} kg CO₂e`,
      ),
      node(
        "div", "leg-facts",
        `${moment(leg.departs)} to ${moment(leg.arrives)} UTC · source of the length: ${leg.source}`,
      ),
    );
    return lines;
  }

  function routeCard(index, leg) {
    const option = optionOf(index);
    const made = node("div", "route-popup", node("h2", "", swatch(routes[index]), titleOf(index)));
    if (!option) {
      made.append(node("p", "sum", `Not usable for a departure in ${months[month].label}.`));
      return made;
    }
    made.append(node("p", "sum", summary(option)));
    const now = moved() && prices.usd.get(index);
    if (now) made.append(...atPricesSet(now));
    const lengths = lengthsDrawn(option);
    if (lengths) made.append(node("p", "sum muted", lengths));
    if (leg) made.append(node("div", "leg", ...legLines(leg)));
    if (option !== routes[index]) {
      made.append(node(
        "p", "fact muted",
        `First leg departs ${moment(option.departs)} UTC. Hours and dates of each leg of this month: the same command with --departure ${months[month].departure}.`,
      ));
    }
    made.append(...details(option), placesOf(index));
    return made;
  }

  // Where the lines drawn are shorter than the way by over 0.5 %, by family, and why.
  function lengthsDrawn(option) {
    const WHY = {
      rail: "tracks bend between the points known, and most lengths are published ones",
      sea: "ships go round more near land",
      road: "roads bend", river: "rivers bend", ferry: "ferries go round more near land",
    };
    const texts = option.drawn
      .filter(([, km, drawn]) => Math.abs(drawn - km) > Math.max(1, 0.005 * km))
      .map(([family, km, drawn]) => `${figure(drawn)} of ${figure(km)} km by ${family} (${WHY[family]})`);
    return texts.length ? `Lines are drawn shorter than the way: ${texts.join("; ")}.` : "";
  }

  // What a route costs at the prices of the sliders, by part; the lines below stay as asked for.
  function atPricesSet(now) {
    const change = Math.round(now.usd - now.stated);
    const text = change ? ` (${change > 0 ? "+" : "−"}${figure(Math.abs(change))})` : "";
    const rows = now.parts().map(([title, usd]) => [title, figure(usd)]);
    return [
      node("p", "sum set", `At the prices set: USD ${figure(now.usd)} per TEU${text}.`),
      section("Cost by part at the prices set", true, table("Cost by part at the prices set", ["Part", "USD/TEU"], rows, "set-parts")),
      node("p", "fact muted", "What follows is at the prices asked for."),
    ];
  }

  function details(route) {
    const made = [];
    const parts = route.chain.map((item) => [
      item.part, between(item.from_name, item.to_name), item.families.join(", "), figure(item.km),
      figure(item.hours / 24, 1), figure(item.usd_per_teu), figure(item.co2e_wtw_kg),
    ]);
    const columns = ["Part", "From and to", "By", "km", "Days", "USD/TEU", "kg CO₂e"];
    made.push(section("Transport chain", true, table("Transport chain", columns, parts, "chain")));
    const rows = route.costs.map((line) => [
      line.scope ? `${line.label} (${named(line.scope)})` : line.label,
      `${quantity(line.quantity)} ${line.unit} × ${quantity(line.unit_price_usd)}`,
      figure(line.usd_per_teu),
      `${figure(line.low)}–${figure(line.high)}`,
      line.part,
      `${line.basis}, ${line.status}`,
      line.source_id,
    ]);
    const heads = ["Cost line", "Quantity × USD", "USD/TEU", "Low–high", "Part", "Basis", "Source"];
    made.push(section("Cost per TEU", true, table("Cost per TEU", heads, rows, "cost-lines")));
    const hours = Object.entries(route.time_parts)
      .filter(([, value]) => value > 0)
      .map(([part, value]) => [PART_NAMES[part] || part, figure(value, 1), figure(value / 24, 1)]);
    made.push(section("Hours", false, table("Hours", ["Part", "Hours", "Days"], hours, "time-parts")));
    const facts = [["Canals, straits and capes", route.passages.map(named)],
      ["Borders", route.borders.map(named)], ["Gauge changes", route.gauge_changes.map(named)],
      ["Sails", route.sails], ["Lines", route.lines], ["Warnings", route.warnings]]
      .filter(([, list]) => list.length)
      .map(([name, list]) => node("p", "fact", node("b", "", `${name}: `), list.join(" · ")));
    if (facts.length) made.push(section("Gates, borders and warnings", route.warnings.length > 0, ...facts));
    const ids = [...new Set([...route.costs.map((line) => line.source_id),
      ...legsOfOption(route).map((item) => item.source)])].filter(Boolean).sort();
    made.push(section("Sources", false, ...ids.map((id) => node("p", "fact", sourceText(id)))));
    return made;
  }

  // Places open from here too, so that a keyboard reaches each of them.
  function placesOf(index) {
    const list = places.filter((place) => place.routes.includes(index));
    return section("Places on the way", false, node("p", "fact places", ...list.map((place) => (
      button("link", place.name, "", () => openPlace(place))
    ))));
  }

  function placeCard(place) {
    const made = node("div", "place-popup", node("h2", "", place.name));
    made.append(node("p", "sum", PLACE_KINDS[place.kind]));
    const shown = place.routes.map((i) => {
      const acts = place.operations.filter((act) => act.route === i).map(
        (act) => node("li", "", `${act.label}: ${figure(act.hours, 1)} h, USD ${figure(act.usd)}`),
      );
      const made = node("div", "user", swatch(routes[i]), button("link", routes[i].title, "", () => open(i)));
      if (acts.length) made.append(node("ul", "", ...acts));
      return made;
    });
    made.append(...shown);
    return made;
  }

  const openPlace = (place) => card.show(placeCard(place));

  // Opens the card of a route, of a leg of it or not, and keeps the route lit while it is open.
  function open(index, leg = null) {
    if (!map.hasLayer(groups[index])) map.addLayer(groups[index]);
    if (!isWide()) control.fold();
    tip.hide();
    card.show(routeCard(index, leg), () => hold(-1));
    heldLeg = leg;
    hold(index);
  }

  function hold(index) {
    held = index;
    light();
  }

  function point(index) {
    pointed = index;
    light();
    if (host && host.pointed) host.pointed(index);
  }

  // The pointed route, else the one whose card is open, is wide and above the others, which fade. The
  // paths stay where they are in the page: a path moved under the pointer would miss the press.
  function light() {
    const lit = pointed >= 0 ? pointed : held;
    const best = recommended();
    routes.forEach((_, index) => {
      const pane = map.getPane(`route-${index}`);
      if (!pane) return;
      pane.style.zIndex = index === lit ? 460 : 440 - (index === best ? -1 : index);
      pane.style.opacity = lit < 0 || index === lit ? "" : "0.4";
      const weight = lineWidth(map.getZoom()) + (index === lit ? 2.5 : 0);
      for (const { line } of chains[index]) {
        if (line.options.weight !== weight) line.setStyle({ weight });
      }
    });
    if (globe) globe.light(lit);
  }

  function addRoute(group, index) {
    groups[index] = group;
    const pane = map.getPane(`route-${index}`) || map.createPane(`route-${index}`);
    pane.style.zIndex = 440 - index;
    group.on("add", () => { visible.add(index); later(refresh); });
    group.on("remove", () => { visible.delete(index); later(refresh); });
    visible.add(index);
    draw(index);
  }

  function draw(index) {
    const group = groups[index];
    const option = optionOf(index);
    group.clearLayers();
    chains[index] = [];
    if (!option) return;
    const renderer = renderers[index];
    const legs = legsOf(index);
    option.copies.forEach((turn, copy) => {
      for (const leg of legs) {
        const points = unpacked(content.lines[leg.line], leg.turns + turn);
        if (leg.back) points.reverse();
        const shared = { renderer, pane: `route-${index}`, interactive: false };
        const style = { ...shared, color: routes[index].colour, lineCap: "butt", ...styleOf(leg) };
        const line = L.polyline([], { ...style, className: `route-line ${familyOf(leg)}` });
        const halo = index === recommended()
          ? L.polyline([], { ...shared, color: "#fff", weight: 7, opacity: 0.9, className: "halo" }) : null;
        chains[index].push({ leg, points, line, halo, copy, index, pixels: [], box: [0, 0, 0, 0] });
      }
    });
    const drawn = chains[index];
    drawn.forEach(({ halo }) => { if (halo) group.addLayer(halo); });
    drawn.forEach(({ line }) => group.addLayer(line));
  }

  // One stop of the keyboard a corridor: its drawing is a button with a name.
  function stop(index) {
    const made = renderers[index]._container;
    if (!made || made.dataset.route) return;
    made.dataset.route = index;
    asButton(made, index, () => {
      const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
      return inSight(chains[index].flatMap(({ pixels }) => (
        pixels.map(({ x, y }) => ({ x: x - origin.x, y: y - origin.y }))
      )));
    });
  }

  // Of the points of a route in sight that nearest to the middle of the open map, or null.
  function inSight(points) {
    const [wide, high] = [main.clientWidth, main.clientHeight];
    const left = parts.aside();
    const [x, y] = [(left + wide) / 2, high / 2];
    const away = (point) => Math.hypot(point.x - x, point.y - y);
    return points
      .filter((point) => point.x > left && point.x < wide && point.y > 0 && point.y < high)
      .reduce((a, b) => (a && away(a) <= away(b) ? a : b), null);
  }

  // A drawing of a route as a button; `where` says where its name is shown while it has the focus.
  function asButton(made, index, where) {
    made.setAttribute("role", "button");
    made.setAttribute("tabindex", "0");
    made.classList.add("stop");
    made.addEventListener("focus", () => {
      if (!made.matches(":focus-visible")) return;
      point(index);
      const at = where();
      if (at) tip.show(titleOf(index), at.x, at.y);
    });
    made.addEventListener("blur", () => { point(-1); tip.hide(); });
    made.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const chosen = event.key === "Enter" || event.key === " ";
      if (!step && !chosen) return;
      event.preventDefault();
      event.stopPropagation();
      if (chosen) open(index);
      else {
        const all = [...made.parentElement.closest(".leaflet-map-pane, .globe").querySelectorAll(".stop")]
          .filter((one) => one.getAttribute("tabindex") === "0")
          .sort((a, b) => a.dataset.route - b.dataset.route);
        all[(all.indexOf(made) + step + all.length) % all.length].focus();
      }
    });
  }

  function nameOf(index) {
    const [usd, days] = printedOf(index);
    return `${titleOf(index)}: USD ${usd} per TEU, ${days} days. Press Enter for details`;
  }

  function refresh() {
    const users = usersOf();
    const zoom = map.getZoom();
    strands = [];
    routes.forEach((_, index) => {
      const shown = isShown(index);
      map.getPane(`route-${index}`).style.display = shown ? "" : "none";
      stop(index);
      const made = renderers[index]._container;
      if (made) {
        made.setAttribute("tabindex", shown ? "0" : "-1");
        made.setAttribute("aria-label", nameOf(index));
      }
      if (!shown) return;
      for (let copy = 0; copy < 3; copy += 1) {
        layOut(chains[index].filter((one) => one.copy === copy), (leg) => laneOf(users, index, leg, zoom));
      }
      strands.push(...chains[index]);
    });
    light();
    placeMarkers();
    if (globe) globe.refresh();
  }

  // Which routes use each line, so that they lie side by side.
  function usersOf() {
    const users = new Map();
    routes.forEach((_, index) => {
      if (!isShown(index)) return;
      for (const { line } of legsOf(index)) {
        if (!users.has(line)) users.set(line, []);
        if (!users.get(line).includes(index)) users.get(line).push(index);
      }
    });
    return users;
  }

  function laneOf(users, index, leg, zoom) {
    const order = users.get(leg.line);
    return (order.indexOf(index) - (order.length - 1) / 2) * laneWidth(zoom) * (leg.back ? -1 : 1);
  }

  // Draws each leg beside its track. Directions are taken along the full route, so that legs join.
  function layOut(chain, lane) {
    const zoom = map.getZoom();
    const track = [];
    const pieces = chain.map((drawn) => {
      const start = track.length;
      track.push(...L.LineUtil.simplify(drawn.points.map((point) => map.project(point, zoom)), 1));
      return { drawn, start, end: track.length };
    });
    let last = null;
    for (const { drawn, start, end } of pieces) {
      const placed = beside(track, start, end, lane(drawn.leg));
      const gap = last ? Math.hypot(last.x - placed[0].x, last.y - placed[0].y) : 0;
      if (gap > 0.5 && gap < 40) placed.unshift(last);
      last = placed[placed.length - 1];
      const latLngs = placed.map((at) => map.unproject(L.point(at.x, at.y), zoom));
      drawn.line.setLatLngs(latLngs);
      if (drawn.halo) drawn.halo.setLatLngs(latLngs);
      drawn.pixels = placed;
      drawn.box = boxOf(placed);
    }
  }

  function addPlaces(group) {
    placesGroup = group;
    if (!dotsRenderer) {
      const pane = map.createPane("places");
      pane.style.zIndex = 500;
      pane.style.pointerEvents = "none";
      dotsRenderer = L.svg({ pane: "places", padding: 0.2 });
    }
    const renderer = dotsRenderer;
    const turns = routes.some((route) => route.copies.length > 1) ? [0, 1] : [0];
    for (const place of places) {
      for (const turn of turns) {
        const dot = L.circleMarker([place.lat, place.lon + 360 * turn], {
          renderer, pane: "places", interactive: false, radius: 4, weight: 1.6, fillOpacity: 1,
          className: `place ${place.kind}`,
        });
        dots.push({ place, dot, radius: 4 });
      }
    }
    group.on("add remove", () => later(refresh));
  }

  // The radius of a place's dot and whether it has a label, at a zoom.
  function markOf(place, zoom) {
    const near = zoom >= 4.5;
    return {
      shown: place.routes.some(isShown) && (place.kind !== "via" || zoom >= 5),
      radius: { end: 6, via: 2.5, border: near ? 4 : 2.2 }[place.kind] || (near ? 4.5 : 3.5),
      labelled: zoom >= 6 || (place.kind !== "via" && (place.kind !== "border" || zoom >= 4)),
    };
  }

  function placeMarkers() {
    const zoom = map.getZoom();
    for (const one of dots) {
      const { shown, radius } = markOf(one.place, zoom);
      one.shown = shown && map.hasLayer(placesGroup);
      toggle(placesGroup, one.dot, shown);
      one.radius = radius;
      one.dot.setRadius(radius);
    }
    refreshLabels();
  }

  function refreshLabels() {
    const zoom = map.getZoom();
    const wanted = dots
      .filter(({ place, shown }) => shown && markOf(place, zoom).labelled)
      .map(({ place, dot, radius }) => ({
        at: dot.getLatLng(), text: shortName(place), kind: place.kind, gap: radius + 3,
      }));
    markEdges();
    parts.placeLabels(wanted);
  }

  // A route round the other side of the world leaves the first view on both edges: there it says
  // where it goes on to.
  function markEdges() {
    const { x: width, y: height } = map.getSize();
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    const made = [];
    const wideView = map.getZoom() <= firstZoom + 0.6;
    routes.forEach((route, index) => {
      if (!wideView || !isShown(index) || (optionOf(index).copies || []).length < 2) return;
      const ends = legsOf(index);
      if (!ends.length) return;
      const left = parts.aside() && parts.aside() + 14;
      const [from, to] = [ends[0].from_name, ends[ends.length - 1].to_name];
      for (const [edge, text, name] of [
        [width, isWide() ? `${route.title}, on to ${to} ▸` : "▸", `${route.title} goes on to ${to}`],
        [left, isWide() ? `◂ ${route.title}, from ${from}` : "◂", `${route.title} comes from ${from}`],
      ]) {
        const at = crossing(chains[index], edge, origin, height);
        if (at === null) continue;
        const tag = button("edge", text, `${name}: show it whole on the globe`, () => {
          setView("globe");
          globe.centreOn(index);
          open(index);
        });
        tag.title = `${name}: show it whole on the globe`;
        tag.style.borderColor = route.colour;
        tag.style.top = `${Math.round(at)}px`;
        if (edge === width) tag.style.right = "4px";
        else tag.style.left = `${left + 4}px`;
        made.push(tag);
      }
    });
    edges.replaceChildren(...made);
  }

  // Where the strands cross a vertical line of the view from the inside, in px from the top, or null.
  function crossing(chain, edge, origin, height) {
    for (const { pixels } of chain) {
      for (let i = 1; i < pixels.length; i += 1) {
        const [a, b] = [pixels[i - 1], pixels[i]].map(({ x, y }) => ({ x: x - origin.x, y: y - origin.y }));
        if ((a.x - edge) * (b.x - edge) < 0) {
          const y = a.y + ((edge - a.x) / (b.x - a.x)) * (b.y - a.y);
          if (y > 20 && y < height - 60) return y;
        }
      }
    }
    return null;
  }

  const edges = node("div", "edges");
  main.append(edges);

  function found(x, y, event) {
    const [line, dot] = reachOf(event);
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    const at = dots.filter(({ shown }) => shown).map((one) => ({
      one, radius: one.radius, ...map.latLngToContainerPoint(one.dot.getLatLng()),
    }));
    const near = nearestDot(at, x, y, dot);
    if (near) return near.one;
    return nearest(strands, x + origin.x, y + origin.y, line);
  }

  const textOf = (thing) => {
    if (thing.place) return thing.place.name;
    const { leg, index } = thing;
    return `${titleOf(index)}: ${leg.from_name} → ${leg.to_name} (${named(leg.service)})`;
  };
  const openThing = (thing) => (thing.place ? openPlace(thing.place) : open(thing.index, thing.leg));
  const pointThing = (thing) => point(thing && thing.index !== undefined ? thing.index : -1);

  const tenths = (area) => content.ice.tenths[area][monthOfYear() - 1];
  const monthOfYear = () => (months.length ? months[month].month : content.month);

  // The ice of the month shown: outlines of seas, their tenths and their names with them.
  const ice = {
    ...content.ice,
    tenths,
    text(name) {
      const share = tenths(content.ice.seas.indexOf(name));
      return share < 0.05 ? `${name}: no ice` : `${name}: ice ${figure(share, 1)}/10`;
    },
  };

  function addBaseMap(base) {
    ground = parts.addBaseMap(base, ice);
    model.base = base;
  }

  // What the globe draws from.
  const model = {
    get content() { return content; },
    get routes() { return routes; },
    get places() { return places; },
    ice, isShown, legsOf, optionOf, styleOf, familyOf, usersOf, markOf, recommended,
    laneOf, tenths, textOf, openThing, pointThing, nameOf, asButton, card, tip, main,
    aside: parts.aside, press: parts.press, isWide, base: null,
  };

  let control = { fold() {} };
  const views = node("div", "");
  views.id = "views";
  views.setAttribute("role", "group");
  views.setAttribute("aria-label", "View");

  function setView(name) {
    for (const one of views.children) one.setAttribute("aria-pressed", String(one.dataset.view === name));
    const flat = name === "map";
    if (!flat && !globe) globe = createGlobe(model);
    map.getContainer().hidden = !flat;
    edges.hidden = !flat;
    tip.hide();
    if (globe) globe.show(!flat, name === "arctic");
    if (flat) map.invalidateSize();
    light();
  }

  // On a narrow page the box around all routes would leave the land of both ends a few mm wide.
  function firstView(wide) {
    const ends = places.filter((place) => place.kind === "end");
    if (wide || !ends.length) return content.view;
    const [south, west, north, east] = content.view;
    const lats = ends.map((place) => place.lat);
    const lons = ends.map((place) => place.lon);
    return [
      Math.max(south, Math.min(...lats) - 12), Math.max(west, Math.min(...lons) - 12),
      Math.min(north, Math.max(...lats) + 12), Math.min(east, Math.max(...lons) + 12),
    ];
  }

  function finish(layers, attribution) {
    for (const [name, text] of [["map", "Map"], ["globe", "Globe"], ["arctic", "Arctic"]]) {
      const made = button("", text, "", () => setView(name));
      made.dataset.view = name;
      made.setAttribute("aria-pressed", String(name === "map"));
      views.append(made);
    }
    main.append(views);
    control = parts.furnish(layers, attribution, firstView);
    firstZoom = map.getZoom();
    routes.forEach((route, index) => {
      if (route.detour) map.removeLayer(groups[index]);
    });
    if (parts.panel) followPanel(parts.panel);
    parts.answer({ found, enter: pointThing, leave: () => point(-1), text: textOf, open: openThing });
    map.on("zoomend", () => later(refresh));
    map.on("moveend resize furnished", () => {
      later(placeMarkers);
      if (globe) globe.refresh();
    });
    refresh();
    map.on("listed", dress);
    if (months.length) {
      createMonths({ strip: document.getElementById("months"), months, setMonth });
      map.invalidateSize({ animate: false });
      parts.fit(firstView(isWide()));
      firstZoom = map.getZoom();
    }
    if (document.getElementById("whatif-data")) followPrices(createWhatIf);
    main.dataset.drawn = "true";
  }

  // Draws what a new answer holds. Places on the map stay, and so does the view unless `fit`.
  function replace(given, fit) {
    const opened = held < 0 ? null : routes[held].corridor;
    [...groups, placesGroup].forEach((group) => map.removeLayer(group));
    renderers.slice(given.routes.length).forEach((_, i) => hideRoute(given.routes.length + i));
    visible.clear();
    dots.length = 0;
    take(given);
    // The card of a corridor stays open with its new figures.
    held = routes.findIndex(({ corridor }) => corridor === opened);
    pointed = -1;
    if (held >= 0) card.renew(routeCard(held));
    else card.close(false);
    routes.forEach((route, index) => {
      addRoute(new L.FeatureGroup(), index);
      visible.delete(index);
      if (!route.detour) map.addLayer(groups[index]);
    });
    addPlaces(new L.FeatureGroup());
    map.addLayer(placesGroup);
    if (globe) globe.load();
    if (fit) {
      parts.fit(firstView(isWide()));
      firstZoom = map.getZoom();
      if (globe) globe.reset();
    }
    ground.redraw();
    refresh();
  }

  // Of a route of the last answer that this one has not: its drawing stays for the next.
  function hideRoute(index) {
    const pane = map.getPane(`route-${index}`);
    if (pane) pane.style.display = "none";
    const made = renderers[index]._container;
    if (made) made.setAttribute("tabindex", "-1");
  }

  function followPanel(panel) {
    panel.addEventListener("click", (event) => {
      const more = event.target.closest("[data-route]");
      if (more) {
        event.preventDefault();
        open(Number(more.dataset.route));
        if (globe) globe.centreOn(Number(more.dataset.route));
      }
      const pick = event.target.closest("[data-pick]");
      if (pick) show(pick.dataset.pick);
    });
    panel.addEventListener("mouseover", (event) => {
      const row = event.target.closest(".row[data-index]");
      point(row ? Number(row.dataset.index) : -1);
    });
    panel.addEventListener("mouseleave", () => point(-1));
  }

  function setMonth(at) {
    if (at !== month) {
      month = at;
      card.close();
      routes.forEach((_, index) => draw(index));
      ground.redraw();
      refresh();
    }
    dress();
    const form = document.getElementById("whatif-form");
    if (!form) return;
    document.getElementById("whatif-month").hidden = !month;
    for (const input of form.elements) input.disabled = month > 0;
  }

  // Figures, order and star of each corridor, in the month shown and at the prices set; closed last.
  function dress() {
    const now = moved();
    const note = document.getElementById("whatif-moved");
    if (note) note.hidden = !now;
    const places = new Map();
    if (now) now.order.forEach((index, place) => places.set(index, place));
    else if (months.length) months[month].options.forEach(({ route }, place) => places.set(route, place));
    else routes.forEach((_, index) => places.set(index, index));
    const best = recommended();
    const rows = [...document.querySelectorAll("#panel .row[data-index]")].map((row) => {
      const index = Number(row.dataset.index);
      const option = optionOf(index);
      const rank = now ? now.ranks.get(index) : option && option.rank;
      row.classList.toggle("shut", !option);
      row.querySelector(".name").firstChild.data = rank ? `${rank}. ${titleOf(index)} ` : `${titleOf(index)} `;
      const star = row.querySelector(".star");
      star.hidden = index !== best;
      star.title = now ? "best at the prices set" : "recommended";
      // Who is tied, and who sails, in the month shown; at prices that are moved nobody says who is tied.
      const notes = (option ? option.notes : []).filter((text) => !(now && text === "tied"));
      row.querySelector(".notes").replaceChildren(...notes.flatMap((text) => [" ", node("small", "", text)]));
      const cells = row.querySelectorAll(".fig");
      const [usd, days, transit, tonnes] = printedOf(index);
      cells[0].textContent = usd;
      cells[1].replaceChildren(days, ...(transit ? [" ", node("small", "", `(${transit})`)] : []));
      cells[2].textContent = tonnes;
      return { label: row.closest("label"), place: places.has(index) ? places.get(index) : 999 };
    });
    const list = rows.length && rows[0].label.parentElement;
    rows.sort((a, b) => a.place - b.place).forEach(({ label }, i) => {
      if (list.children[i] !== label) list.insertBefore(label, list.children[i]);
    });
  }

  // Panel, lines, names and card follow the sliders.
  function followPrices(create) {
    const numbers = new Map(routes.map(({ corridor }, index) => [corridor, index]));
    const section = document.getElementById("what-if");
    const follow = ({ data, ...said }) => {
      const before = recommended();
      const usd = new Map();
      data.routes.forEach((route, i) => usd.set(numbers.get(route.id), {
        usd: said.costs[i],
        stated: said.stated[i],
        parts: () => said.parts(i).map((size, j) => [data.parts[j].title, size]).filter(([, size]) => Math.abs(size) >= 0.5),
      }));
      const ranked = said.order.map((i) => numbers.get(data.routes[i].id));
      // What prices do not rank, by days or CO2e, keeps its order and its star.
      const order = data.ranks ? ranked : routes.map((_, index) => index).filter((index) => usd.has(index));
      const ranks = new Map(order.map((index, i) => [index, i + 1]));
      // A route that equals another follows it, without a rank of its own.
      Object.entries(data.same).forEach(([corridor, other]) => {
        const [index, twin] = [numbers.get(corridor), numbers.get(other)];
        if (!usd.has(twin) || index === undefined) return;
        usd.set(index, usd.get(twin));
        order.splice(order.indexOf(twin) + 1, 0, index);
      });
      const best = data.ranks ? numbers.get(data.routes[said.best].id) : -1;
      prices = { moved: said.moved, usd, order, ranks, best };
      const after = recommended();
      if (after !== before) {
        [before, after].forEach((index) => { if (index >= 0) draw(index); });
        refresh();
      }
      dress();
      routes.forEach((_, index) => {
        const made = renderers[index]._container;
        if (made) made.setAttribute("aria-label", nameOf(index));
      });
      if (held >= 0 && !month) card.renew(routeCard(held, heldLeg));
      section.querySelectorAll("[data-tip]").forEach((one) => { one.title = one.dataset.tip; });
    };
    create(follow);
    document.querySelector("#whatif-moved button").addEventListener("click", () => {
      document.getElementById("whatif-form").reset();
    });
    document.querySelector("#whatif-month button").addEventListener("click", () => {
      document.querySelector("#months [data-month='0']").click();
    });
  }

  function show(which) {
    groups.forEach((group, index) => {
      const wanted = which === "all" || (which === "best" && index === recommended());
      if (wanted && !map.hasLayer(group)) map.addLayer(group);
      if (!wanted && map.hasLayer(group)) map.removeLayer(group);
    });
  }

  return {
    addBaseMap, addRoute, addPlaces, finish, setView, setMonth, replace, point, open, card,
    show: (index, on) => toggle(map, groups[index], on),
  };
}
