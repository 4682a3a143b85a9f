// The map of a comparison: in colour what is recommended, what is beside it and what would change it; the
// rest in one grey. All text is inserted as text nodes, never as markup.
"use strict";

const ANSWER_PX = 4.4;

KINDS.compare = (frame, content) => {
  const { map, main, card, tip, isWide } = frame;
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
  let [focus, answers] = [new Map(), []];
  let month = 0;
  // What the sliders say; they price the first month.
  let prices = null;
  let globe = null;
  let view = "map";

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

  const roleOf = (index) => (optionOf(index) || routes[index]).role;
  const moved = () => (prices && prices.moved && !month ? prices : null);

  // The recommended route of the month, or the best at the prices set.
  function recommended() {
    if (moved() && prices.best >= 0) return prices.best;
    return months.length ? months[month].recommended : routes.findIndex((route) => route.recommended);
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

  function routeCard(index, strand) {
    const leg = strand?.leg;
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
    const text = change ? ` (${signed(change)})` : "";
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
      button("link", place.name, "", () => card.show(placeCard({ place })))
    ))));
  }

  function placeCard({ place }) {
    const made = node("div", "place-popup", node("h2", "", place.name));
    made.append(node("p", "sum", PLACE_KINDS[place.kind]));
    const shown = place.routes.map((i) => {
      const acts = place.operations.filter((act) => act.route === i).map(
        (act) => node("li", "", `${act.label}: ${figure(act.hours, 1)} h, USD ${figure(perBox(act.usd))}`),
      );
      const made = node("div", "user", mark(roleOf(i)), button("link", routes[i].title, "", () => frame.open(i)));
      if (acts.length) made.append(node("ul", "", ...acts));
      return made;
    });
    made.append(...shown);
    return made;
  }

  // A row of the panel also turns the globe to its route.
  function openRow(index) {
    frame.open(index);
    if (globe && view !== "map") globe.centreOn(index);
  }

  // What stands in colour, and how wide: the answer of the month, or the best at the prices set.
  function focusNow() {
    const best = recommended();
    const found = answer().focus.map((index) => [index, index === best ? ANSWER_PX : BESIDE_PX]);
    return new Map([...found, ...(best < 0 ? [] : [[best, ANSWER_PX]])]);
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

  // What goes half as far again as a better one is drawn only when pointed at.
  const style = (index) => (optionOf(index) ? {
    role: roleOf(index), focus: focus.has(index), weight: focus.get(index) || CONTEXT_PX, hidden: routes[index].detour && !focus.has(index),
  } : null);

  const strands = (index) => (optionOf(index)?.copies || []).flatMap((turn, copy) => (
    legsOf(index).map((leg) => ({ leg, copy, points: pointsOf(leg, turn) }))));

  function added(group, key) {
    if (key !== "places") return;
    const turns = routes.some((route) => route.copies.length > 1) ? [0, 1] : [0];
    places.forEach((place) => turns.forEach((turn) => frame.addDot(group, { place }, [place.lat, place.lon + 360 * turn])));
  }

  const inColour = (index) => frame.isShown(index) && (focus.has(index) || index === frame.litOne());

  // Whether a place has a dot and a label at a zoom, and how large: of what is coloured alone.
  function markOf({ place }, zoom) {
    const near = zoom >= 4;
    return {
      shown: place.routes.some(inColour) && (place.kind === "end" || place.kind === "passage" || zoom >= { change: 3.5, border: 4, via: 5 }[place.kind]),
      radius: { end: 6, via: 2.5, passage: near ? 4 : 3 }[place.kind] || 4,
      labelled: place.kind === "end" || (near && place.kind !== "via") || zoom >= 6,
      text: shortName(place), kind: place.kind, className: `place ${place.kind}`,
    };
  }

  // Name, difference and how often, of what is in colour; the answer with its figures.
  function namedLines() {
    const best = recommended();
    const said = new Map(answer().groups.flatMap(([, rows]) => rows.map((row) => [row.route, row])));
    return [...focus.keys()].sort((a, b) => focus.get(b) - focus.get(a) || a - b).filter(frame.isShown).map((index) => {
      const row = said.get(index) || {};
      const usd = moved() ? `USD ${usdNow(index)}` : `USD ${row.usd}`;
      const text = index === best || moved() ? `${usd} · ${row.days} days` : row.against;
      return { index, big: index === best, title: titleOf(index).split(",")[0], text: [text, row.sails].filter(Boolean).join(" · ") };
    });
  }

  const textOf = (thing) => {
    if (thing.place) return thing.place.name;
    const { leg, index } = thing;
    return `${titleOf(index)}: ${leg.from_name} → ${leg.to_name} (${named(leg.service)})`;
  };
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

  // What the globe draws from.
  const model = {
    get content() { return content; },
    get routes() { return routes; },
    get places() { return places; },
    ice, legsOf, optionOf, markOf, tenths, textOf,
  };

  const views = put(node("div", ""), { id: "views", role: "group", "aria-label": "View" });

  function setView(name) {
    view = name;
    for (const one of views.children) one.setAttribute("aria-pressed", String(one.dataset.view === name));
    const flat = name === "map";
    if (!flat && !globe) globe = createGlobe(frame, model);
    map.getContainer().hidden = !flat;
    tip.hide();
    if (globe) globe.show(!flat, name === "arctic");
    if (flat) map.invalidateSize();
    frame.light();
    frame.remember();
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

  function furnished() {
    for (const [name, text] of [["map", "Map"], ["globe", "Globe"], ["arctic", "Arctic"]]) {
      const made = button("", text, "", () => setView(name));
      made.dataset.view = name;
      made.setAttribute("aria-pressed", String(name === "map"));
      views.append(made);
    }
    main.append(views);
  }

  function finished() {
    if (months.length) {
      createMonths({ strip: document.getElementById("months"), months, setMonth });
      map.invalidateSize({ animate: false });
      frame.fit(firstView(isWide()));
    }
    if (document.getElementById("whatif-data")) followPrices(createWhatIf);
  }

  function restore({ view: name, month: shown }) {
    if (shown) document.querySelector(`#months [data-month="${Number(shown)}"]`)?.click();
    if (["globe", "arctic"].includes(name)) setView(name);
  }

  function replaced(anew) {
    if (globe) globe.load();
    if (globe && anew) globe.reset();
  }

  function setMonth(at) {
    if (at !== month) {
      month = at;
      card.close();
      frame.redrawGround();
      frame.refresh();
      frame.remember();
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
  function panel() {
    const now = moved();
    return [answer(), now && { usd: usdNow, best: recommended(), order: now.order }];
  }

  function dress() {
    const note = document.getElementById("whatif-moved");
    if (note) note.hidden = !moved();
    frame.dress();
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
      if (after !== before) frame.refresh();
      else later(frame.placeNames);
      dress();
      if (!month) frame.renewCard();
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

  return {
    take, added, ice, style, strands, panel, openRow, furnished, finished, restore, replaced, placeCard,
    card: routeCard, mark: markOf, text: textOf, named: namedLines, view: firstView, role: roleOf,
    count: () => routes.length, keys: () => [...routes.keys(), "places"], key: (index) => routes[index].corridor,
    isFocus: (index) => focus.has(index), drawing() { focus = focusNow(); }, moved: () => globe?.refresh(), lit: (index) => globe?.light(index),
    refreshed: () => globe?.refresh(), state: () => ({ view: view === "map" ? "" : view, month: month || "" }),
  };
};
