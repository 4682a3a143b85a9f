// Draws the routes: in colour what is recommended, what is beside it and what would change it; the
// rest in one grey. All text is inserted as text nodes, never as markup.
"use strict";

const WIDTHS = { answer: 4.4, beside: 2.8, context: 1.15 };

// `content` is that of the page, in which it stands; a page that asks again gives more later, to
// `replace`. `host` names the elements of another page: see `mapParts`.
function createCorridorMap(map, content, host) {
  const parts = mapParts(map, host);
  const { main, card, tip, isWide, toggle } = parts;
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
  const points = new Map();
  let [groups, focus, answers] = [[], new Map(), []];
  const dots = [];
  let placesGroup = null;
  // What lies where: by route its legs in each copy, with their px.
  let tracks = [];
  let month = 0;
  let held = -1;
  let heldLeg = null;
  // What the sliders say; they price the first month.
  let prices = null;
  let pointed = -1;
  let panel = null;
  let globe = null;
  let view = "map";
  let ground = null;

  function take(given) {
    content = given;
    points.clear();
    const { texts } = content;
    answers = content.answers.map((one) => ({ ...one, notes: one.notes.map((pair) => pair.map((number) => texts[number])) }));
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
      options: one.options.map(([route, rank, departs, number]) => ({ ...options[number], route, rank, departs })),
    }));
    tracks = routes.map(() => []);
    groups = routes.map(() => null);
  }

  take(content);

  const answer = () => answers[month];

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

  const isShown = (index) => groups[index] !== null && map.hasLayer(groups[index]) && optionOf(index) !== null;
  const roleOf = (index) => (optionOf(index) || routes[index]).role;
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
    return now ? [usdNow(index), ...option.printed.slice(1)] : option.printed;
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

  // Data are per TEU, what is shown per box of the equipment asked for.
  const perBox = (value) => content.teu_per_box * value;
  const money = () => `USD/${content.box}`;

  const titleOf = (index) => (optionOf(index) || routes[index]).title || routes[index].title;

  const between = (from, to) => (from === to ? `within ${from}` : `${from} to ${to}`);

  function summary(option) {
    const [, days, transit, tonnes] = option.printed;
    return (
      `${option.bases} · ${days} days (${transit} in transit) · ` +
      `${figure(option.distance_km)} km · ${tonnes} t CO₂e per ${content.box}`
    );
  }

  function sourceText(id) {
    const [citation, address] = (content.sources || {})[id] || [];
    const text = citation ? `${id}: ${citation}` : id;
    return address ? linkTo(address, text) : text;
  }

  function legLines(leg) {
    const origin = (leg.calibrated === true ? " (calibrated to the published length)" : "") + (leg.own ? " (your own data)" : "");
    const lines = [node("div", "leg-name", `${leg.from_name} → ${leg.to_name}`)];
    if (leg.departs === undefined) {
      lines.push(node("div", "leg-facts", `${named(leg.service)} · ${figure(leg.km)} km${origin}`));
      return lines;
    }
    lines.push(
      node(
        "div", "leg-facts",
        `${leg.part === MAIN ? "" : `${leg.part} · `}${named(leg.service)} · ${figure(leg.km)} km${origin} · ${figure(leg.hours, 1)} h · ` +
          `USD ${figure(perBox(leg.usd_per_teu))} · ${figure(perBox(leg.co2e_wtw_kg))} kg CO₂e`,
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
    const made = node("div", "route-popup", node("h2", "", mark(roleOf(index)), titleOf(index)));
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
    const change = Math.round(perBox(now.usd - now.stated));
    const text = change ? ` (${change > 0 ? "+" : "−"}${figure(Math.abs(change))})` : "";
    const rows = now.parts().map(([title, usd]) => [title, figure(perBox(usd))]);
    return [
      node("p", "sum set", `At the prices set: USD ${figure(perBox(now.usd))} per ${content.box}${text}.`),
      section("Cost by part at the prices set", true, table("Cost by part at the prices set", ["Part", money()], rows, "set-parts")),
      node("p", "fact muted", "What follows is at the prices asked for."),
    ];
  }

  function details(route) {
    const made = [];
    const parts = route.chain.map((item) => [
      item.part, between(item.from_name, item.to_name), item.families.join(", "), figure(item.km),
      figure(item.hours / 24, 1), figure(perBox(item.usd_per_teu)), figure(perBox(item.co2e_wtw_kg)),
    ]);
    const columns = ["Part", "From and to", "By", "km", "Days", money(), "kg CO₂e"];
    made.push(section("Transport chain", true, table("Transport chain", columns, parts, "chain")));
    const rows = route.costs.map((line) => [
      line.scope ? `${line.label} (${named(line.scope)})` : line.label,
      `${quantity(perBox(line.quantity))} ${line.unit} × ${quantity(line.unit_price_usd)}`,
      figure(perBox(line.usd_per_teu)),
      `${figure(perBox(line.low))}–${figure(perBox(line.high))}`,
      line.part,
      `${line.basis}, ${line.status}`,
      line.source_id,
    ]);
    const heads = ["Cost line", "Quantity × USD", money(), "Low–high", "Part", "Basis", "Source"];
    made.push(section(`Cost per ${content.box}`, true, table(`Cost per ${content.box}`, heads, rows, "cost-lines")));
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
        (act) => node("li", "", `${act.label}: ${figure(act.hours, 1)} h, USD ${figure(perBox(act.usd))}`),
      );
      const made = node("div", "user", mark(roleOf(i)), button("link", routes[i].title, "", () => open(i)));
      if (acts.length) made.append(node("ul", "", ...acts));
      return made;
    });
    made.append(...shown);
    return made;
  }

  const openPlace = (place) => card.show(placeCard(place));

  // Opens the card of a route, of a leg of it or not, and keeps the route lit while it is open.
  function open(index, leg = null) {
    tip.hide();
    card.show(routeCard(index, leg), () => hold(-1));
    heldLeg = leg;
    hold(index);
    if (!isWide() && view === "map") parts.fit(boxOfRoute(index), card.element);
  }

  // A row of the panel also turns the globe to its route.
  function openRow(index) {
    open(index);
    if (globe && view !== "map") globe.centreOn(index);
  }

  function boxOfRoute(index) {
    const bounds = L.latLngBounds(tracks[index].filter(({ copy }) => !copy).flatMap(({ points }) => points));
    return [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()];
  }

  function hold(index) {
    held = index;
    light();
    parts.remember();
  }

  function point(index) {
    if (index === pointed) return;
    pointed = index;
    light();
    if (host && host.pointed) host.pointed(index);
  }

  // The pointed route, else the one whose card is open: it lies over the others in its colour.
  const litOne = () => (pointed >= 0 ? pointed : held);

  function light() {
    const index = litOne();
    const lit = index >= 0 && optionOf(index) ? tracks[index].map(({ points }) => points) : [];
    drawTrack("lit", litGroup, index, lit, (focus.get(index) || WIDTHS.beside) + 0.8);
    if (globe) globe.light(index);
    later(placeMarkers);
  }

  function drawTrack(pane, group, index, lines, weight) {
    if (pane === "lit") group.clearLayers();
    parts.drawTrack(group, pane, index, lines, { role: index < 0 ? "none" : roleOf(index), weight });
  }

  // What stands in colour, and how wide: the answer of the month, or the best at the prices set.
  function focusNow() {
    const best = recommended();
    const found = answer().focus.map((index) => [index, index === best ? WIDTHS.answer : WIDTHS.beside]);
    return new Map([...found, ...(best < 0 ? [] : [[best, WIDTHS.answer]])]);
  }

  function addRoute(group, index) {
    groups[index] = group;
    group.on("add remove", () => later(refresh));
  }

  // The points of a leg in a copy: a line is unpacked once for all routes, months and prices.
  function pointsOf({ line, turns, back }, turn) {
    const key = [line, turns + turn, back].join();
    if (!points.has(key)) {
      const made = unpacked(content.lines[line], turns + turn);
      points.set(key, back ? made.reverse() : made);
    }
    return points.get(key);
  }

  function draw() {
    focus = focusNow();
    const order = routes.map((_, index) => index).sort((a, b) => (focus.get(a) || 0) - (focus.get(b) || 0) || b - a);
    for (const index of order) {
      const option = optionOf(index);
      groups[index].clearLayers();
      tracks[index] = !option ? [] : option.copies.flatMap((turn, copy) => legsOf(index).map((leg) => {
        const points = pointsOf(leg, turn);
        return { index, leg, copy, points, pixels: [], box: [0, 0, 0, 0] };
      }));
      const inColour = focus.has(index);
      // What goes half as far again as a better one is drawn only when pointed at.
      if (!option || (routes[index].detour && !inColour)) continue;
      drawTrack(inColour ? "focus" : "context", groups[index], index, tracks[index].map(({ points }) => points), focus.get(index) || WIDTHS.context);
    }
    lay();
  }

  // The px of each leg at this zoom, which tell what is pointed at.
  function lay() {
    for (const one of tracks.flat()) {
      one.pixels = one.points.map((at) => map.project(at));
      one.box = boxOf(one.pixels);
    }
  }

  // Of strands on one track the coloured one is met, and of those the best.
  const strands = () => routes.map((_, index) => index)
    .filter((index) => isShown(index) && !(routes[index].detour && !focus.has(index)))
    .sort((a, b) => (focus.get(b) || 0) - (focus.get(a) || 0) || a - b).flatMap((index) => tracks[index]);

  function nameOf(index) {
    const [usd, days] = printedOf(index);
    return `${titleOf(index)}: USD ${usd} per ${content.box}, ${days} days`;
  }

  function refresh() {
    draw();
    light();
    if (globe) globe.refresh();
  }

  function addPlaces(group) {
    placesGroup = group;
    const turns = routes.some((route) => route.copies.length > 1) ? [0, 1] : [0];
    for (const place of places) {
      for (const turn of turns) {
        const dot = L.circleMarker([place.lat, place.lon + 360 * turn], {
          renderer: parts.renderers.places, pane: "places", interactive: false, radius: 4, weight: 1.6, fillOpacity: 1,
          className: `place ${place.kind}`,
        });
        dots.push({ place, dot, radius: 4 });
      }
    }
    group.on("add remove", () => later(placeMarkers));
  }

  const inColour = (index) => isShown(index) && (focus.has(index) || index === litOne());

  // The radius of a place's dot and whether it has a label, at a zoom: of what is coloured alone.
  function markOf(place, zoom) {
    const near = zoom >= 4;
    return {
      shown: place.routes.some(inColour) && (place.kind === "end" || place.kind === "passage" || zoom >= { change: 3.5, border: 4, via: 5 }[place.kind]),
      radius: { end: 6, via: 2.5, passage: near ? 4 : 3 }[place.kind] || 4,
      labelled: place.kind === "end" || (near && place.kind !== "via") || zoom >= 6,
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
    const wanted = dots.filter(({ place, shown }) => shown && markOf(place, zoom).labelled)
      .map(({ place, dot, radius }) => ({ at: dot.getLatLng(), text: shortName(place), kind: place.kind, gap: radius + 3 }));
    parts.placeLabels(wanted, namesOfLines());
  }

  // Name, difference and how often, of what is in colour; the answer with its figures.
  function namesOfLines() {
    const best = recommended();
    const said = new Map(answer().groups.flatMap(([, rows]) => rows.map((row) => [row.route, row])));
    return [...focus.keys()].sort((a, b) => focus.get(b) - focus.get(a) || a - b).filter(isShown).map((index) => {
      const row = said.get(index) || {};
      const usd = moved() ? `USD ${usdNow(index)}` : `USD ${row.usd}`;
      const isBest = index === best;
      const text = isBest || moved() ? `${usd} · ${row.days} days` : row.against;
      return {
        index, role: roleOf(index), big: isBest, title: titleOf(index).split(",")[0], open: () => open(index),
        text: [text, row.sails].filter(Boolean).join(" · "), pixels: tracks[index].map(({ pixels }) => pixels),
      };
    });
  }

  function found(x, y, event) {
    const [line, dot] = reachOf(event);
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    const at = dots.filter(({ shown }) => shown).map((one) => ({
      one, radius: one.radius, ...map.latLngToContainerPoint(one.dot.getLatLng()),
    }));
    const near = nearestDot(at, x, y, dot);
    if (near) return near.one;
    return nearest(strands(), x + origin.x, y + origin.y, line);
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
    parts.addPanes([["context", 430], ["focus", 440], ["lit", 450], ["places", 500]]);
    litGroup.addTo(map);
    model.base = base;
  }

  const litGroup = L.layerGroup();

  // What the globe draws from.
  const model = {
    get content() { return content; },
    get routes() { return routes; },
    get places() { return places; },
    widthOf: (index) => focus.get(index), ice, isShown, legsOf, optionOf, roleOf, markOf, recommended, tenths, textOf,
    openThing, pointThing, nameOf, namesOfLines, card, tip, main,
    aside: parts.aside, below: parts.below, press: parts.press, isWide, base: null,
  };

  const views = node("div", "");
  views.id = "views";
  views.setAttribute("role", "group");
  views.setAttribute("aria-label", "View");

  function setView(name) {
    view = name;
    for (const one of views.children) one.setAttribute("aria-pressed", String(one.dataset.view === name));
    const flat = name === "map";
    if (!flat && !globe) globe = createGlobe(model);
    map.getContainer().hidden = !flat;
    tip.hide();
    if (globe) globe.show(!flat, name === "arctic");
    if (flat) map.invalidateSize();
    light();
    parts.remember();
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

  function finish(attribution, links = []) {
    for (const [name, text] of [["map", "Map"], ["globe", "Globe"], ["arctic", "Arctic"]]) {
      const made = button("", text, "", () => setView(name));
      made.dataset.view = name;
      made.setAttribute("aria-pressed", String(name === "map"));
      views.append(made);
    }
    main.append(views);
    if (parts.panel) {
      panel = createPanel(parts.panel, { open: openRow, point, role: roleOf, isFocus: (index) => focus.has(index), credit: attribution, links });
    }
    focus = focusNow();
    dress();
    parts.furnish(attribution, firstView, state);
    parts.answer({ found, enter: pointThing, leave: () => point(-1), text: textOf, open: openThing });
    // At once: names are placed by these px, and may wait already.
    map.on("zoomend", lay);
    map.on("moveend resize furnished", () => {
      later(placeMarkers);
      if (globe) globe.refresh();
    });
    refresh();
    if (months.length) {
      createMonths({ strip: document.getElementById("months"), months, setMonth });
      map.invalidateSize({ animate: false });
      parts.fit(firstView(isWide()));
    }
    if (document.getElementById("whatif-data")) followPrices(createWhatIf);
    if (parts.panel) restore(parts.remembered());
    main.dataset.drawn = "true";
  }

  // What a link to this view holds beside its middle and zoom.
  const state = () => ({
    view: view === "map" ? "" : view, route: held < 0 ? "" : routes[held].corridor, month: month || "",
  });

  function restore({ at, view: name, route, month: shown }) {
    if (shown) document.querySelector(`#months [data-month="${Number(shown)}"]`)?.click();
    const index = routes.findIndex(({ corridor }) => corridor === route);
    if (index >= 0) open(index);
    if (["globe", "arctic"].includes(name)) setView(name);
    if (at) map.setView(at.slice(0, 2), at[2], { animate: false });
  }

  // Draws what a new answer holds. Places on the map stay, and so does the view unless `fit`.
  function replace(given, fit) {
    const opened = held < 0 ? null : routes[held].corridor;
    [...groups, placesGroup].forEach((group) => map.removeLayer(group));
    dots.length = 0;
    take(given);
    // The card of a corridor stays open with its new figures.
    held = routes.findIndex(({ corridor }) => corridor === opened);
    pointed = -1;
    if (held >= 0) card.renew(routeCard(held));
    else card.close(false);
    routes.forEach((_, index) => addRoute(L.featureGroup().addTo(map), index));
    addPlaces(L.featureGroup().addTo(map));
    if (globe) globe.load();
    if (fit) {
      parts.fit(firstView(isWide()));
      if (globe) globe.reset();
    }
    ground.redraw();
    refresh();
  }

  function setMonth(at) {
    if (at !== month) {
      month = at;
      card.close();
      ground.redraw();
      refresh();
      parts.remember();
    }
    dress();
    const form = document.getElementById("whatif-form");
    if (!form) return;
    document.getElementById("whatif-month").hidden = !month;
    for (const input of form.elements) input.disabled = month > 0;
  }

  // USD per box at the prices set, to three digits as the answer has them.
  function usdNow(index) {
    const usd = perBox(prices.usd.get(index).usd);
    const unit = 10 ** Math.max(0, String(Math.trunc(Math.abs(usd))).length - 3);
    return figure(Math.round(usd / unit) * unit);
  }

  // The panel of the month shown, or at the prices set.
  function dress() {
    const now = moved();
    const note = document.getElementById("whatif-moved");
    if (note) note.hidden = !now;
    if (panel) panel.show(answer(), now && { usd: usdNow, best: recommended(), order: now.order });
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
      if (after !== before) refresh();
      else later(placeMarkers);
      dress();
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

  return { addBaseMap, addRoute, addPlaces, finish, setView, setMonth, replace, point, open, card };
}
