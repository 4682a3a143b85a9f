// Two or three pinned answers side by side: what was asked otherwise, then what came out otherwise, a
// map of each, then corridor by corridor, the largest difference first. Differences are those of the
// figures as printed.
import { flat } from "./question.js";

const NAMES = {
  origin: "From", destination: "To", departure: "Departure", world: "World", scope: "Scope",
  price_basis: "Compared by", objective: "Best means", "shipment.teu_per_month": "TEU a month",
  "shipment.cargo": "Cargo", "shipment.equipment": "Box", ice_year: "Ice of the year",
  "shipment.value_of_time_usd_per_teu_day": "Value of a day, USD/TEU", corridors: "Corridors compared",
  closures: "Closed", projects: "Projects", "limits.avoid.countries": "Countries to avoid",
  subsidies: "Chinese subsidies", "customs.eaeu": "Eurasian customs union",
  "customs.common_note": "One consignment note", hulls_in_ice: "Ships in ice",
};
const DAY_USD = 50;
// A map is drawn to this size, and points nearer than half a pixel of it are one.
const [WIDE, HIGH, NEAR] = [480, 300, 0.6];

export const letter = (at) => "ABC"[at];
export const numberOf = (text) => (/\d/.test(text || "") ? Number(text.replace(/,/g, "")) : null);
const digitsOf = (text) => (text.split(".")[1] || "").length;

// `+120` between two figures as printed; empty if they are the same or one is missing.
export function change(before, after) {
  const [one, other] = [numberOf(before), numberOf(after)];
  if (one === null || other === null || one === other) return "";
  const digits = Math.max(digitsOf(before), digitsOf(after));
  return `${other > one ? "+" : "−"}${figure(Math.abs(other - one), digits)}`;
}

// How a corridor of an answer is: its row, or as one that is closed.
const statusOf = ({ rows, closed }, corridor) => (
  rows.find((row) => row.corridor === corridor) || closed.find((row) => row.corridor === corridor) || null
);

// `labels` and `said`: see `createPins`. `contents` are promises of what each map draws, `base` of land.
export function besideEachOther(pins, { labels, said, open, contents, base }) {
  const best = pins.map(({ rows }) => rows.find((row) => row.best) || null);
  const usual = pins.every(({ basis }) => basis === "price") ? "price" : "cost";
  const money = [...new Set(pins.map((pin) => pin.money))];
  const comparable = money.length === 1;

  const against = (texts, unit = "") => texts.map((text, at) => {
    const made = node("span", "", text === "—" ? "—" : `${text}${unit}`);
    const by = at && comparable ? change(texts[0], text) : "";
    if (by) made.append(node("small", by[0] === "+" ? "up" : "down", ` ${by}`));
    return made;
  });
  const of = (key) => best.map((row) => (row ? row[key] : "—"));

  function asked() {
    const each = pins.map(({ scenario }) => new Map(flat(scenario)));
    return [...new Set(each.flatMap((one) => [...one.keys()]))]
      .filter((key) => key !== "name" && new Set(each.map((one) => one.get(key))).size > 1)
      .map((key) => line(NAMES[key] || labels.get(key) || key.replace(/^overrides\./, ""),
        each.map((one) => plainly(key, one.get(key)))));
  }

  const plainly = (key, value) => {
    if (value === undefined) return "default";
    if (key === "departure") return dayText(value);
    return said(key, value) || labels.get(`${key}=${value}`)
      || value.split(", ").map((one) => labels.get(`${key}=${one}`) || one.replace(/\bplace /g, "").replace(/^gate-/, "").replaceAll("-", " ")).join(", ");
  };

  // Corridors that differ, the largest difference first, and those that are the same.
  function corridors() {
    const named = new Map();
    pins.forEach(({ rows, closed }) => [...rows, ...closed].forEach((row) => {
      if (!named.has(row.corridor) || row.role) named.set(row.corridor, row);
    }));
    const all = [...named.values()].map((row) => {
      const each = pins.map((pin) => statusOf(pin, row.corridor));
      const figures = each.filter((one) => one && one.days);
      const [usd, days] = ["usd", "days"].map((key) => figures.map((one) => numberOf(key === "usd" ? one[usual] : one.days)));
      const span = (list) => (list.includes(null) ? 0 : Math.max(...list) - Math.min(...list));
      const size = figures.length && figures.length < each.length ? Infinity : span(usd) + DAY_USD * span(days);
      const [moneys, times] = [usual, "days"].map((key) => against(each.map((one) => (one && one.days ? one[key] : "—"))));
      const cells = each.map((one, at) => {
        const { corridors: chosen } = pins[at].scenario;
        if (!one) return Array.isArray(chosen) && !chosen.includes(row.corridor) ? "not compared" : "no way";
        return one.days ? node("span", "", moneys[at], node("small", "", " · "), times[at], node("small", "", " days")) : one.status;
      });
      const made = line(node("span", "", mark(row.role || "none"), row.title), cells);
      made.dataset.corridor = row.corridor;
      return { made, size: figures.length ? size : 0 };
    });
    const moved = all.filter(({ size }) => size).sort((a, b) => b.size - a.size);
    return [moved, all.filter(({ size }) => !size)].map((list) => list.map(({ made }) => made));
  }

  const heads = node("thead", "", node("tr", "", node("td", ""), ...pins.map((pin, at) => {
    const cell = heading("col", "", node("b", "pin-letter", letter(at)), ` ${pin.ends.origin.label} to ${pin.ends.destination.label}, ${dayText(pin.scenario.departure)}`);
    cell.title = pin.question;
    return cell;
  })));
  const part = (title) => node("tr", "", Object.assign(heading("rowgroup", "part", title), { colSpan: pins.length + 1 }));
  const maps = pins.map(() => node("div", "pin-map", node("p", "note", "Drawing…")));
  const differing = asked();
  const [moved, alike] = corridors();
  const kind = usual === "price" ? "Price" : "Cost";
  const body = node("tbody", "",
    ...(differing.length ? [part("Asked differently"), ...differing] : [part("The same question")]),
    part("The answer"),
    line("What to do", pins.map((pin) => pin.answer), "total"),
    line("Its route", maps, "maps"),
    ...(comparable ? [] : [line("Figures are in", pins.map((pin) => pin.money))]),
    line(`${kind}, ${comparable ? money[0] : "USD a box"}`, against(of(usual)), "total"),
    line("Days gate to gate", against(of("days")), "total"),
    line("t CO₂e a box", against(of("tonnes"))),
    ...(moved.length ? [part(`Corridors that differ: ${kind.toLowerCase()} and days, the largest difference first`), ...moved] : [part("No corridor differs")]));
  const rest = node("tbody", "", part("The same in all"), ...alike);
  rest.hidden = true;
  const more = button("plain", `The same in all: ${alike.length}`, "", () => { rest.hidden = !rest.hidden; more.setAttribute("aria-expanded", String(!rest.hidden)); });
  more.setAttribute("aria-expanded", "false");
  const table_ = node("table", `beside of-${pins.length}`, node("caption", "unseen", "Pinned answers side by side"), heads, body, rest);
  const box = scrolling("scrolls", "Pinned answers side by side", table_);

  // A row under the pointer or the focus lights its corridor on all maps.
  table_.querySelectorAll("tr[data-corridor]").forEach((row) => {
    const light = (on) => table_.querySelectorAll("[data-way]").forEach((way) => way.classList.toggle("lit", on && way.dataset.way === row.dataset.corridor));
    row.addEventListener("pointerenter", () => light(true));
    row.addEventListener("pointerleave", () => light(false));
    row.addEventListener("focusin", () => light(true));
    row.addEventListener("focusout", () => light(false));
    row.tabIndex = 0;
  });

  Promise.allSettled([base, ...contents]).then(([land, ...found]) => {
    const drawn = found.map(({ value }) => value || null);
    const view = viewOf(drawn.filter(Boolean));
    const ground = land.value && view ? groundOf(land.value, view) : "";
    maps.forEach((host, at) => {
      if (!drawn[at]) {
        host.replaceChildren(node("p", "note", `No map: ${found[at].reason?.message || "nothing to draw"}`));
        return;
      }
      const name = `Map of ${letter(at)}: ${best[at] ? best[at].title : "no recommendation"}`;
      host.replaceChildren(mapOf(drawn[at], ground, view, best[at]?.corridor, name));
    });
    box.dataset.drawn = "true";
  });
  return node("div", "", box, ...(alike.length ? [more] : []),
    node("p", "acts", ...pins.map((pin, at) => button("plain", `Open ${letter(at)}`, `Ask the question of ${letter(at)} again`, () => open(pin.scenario)))));
}

// ---- maps: Mercator, one view for all, so that they differ by their routes alone

const upwards = (lat) => (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (Math.max(-80, Math.min(84, lat)) * Math.PI) / 360));

function viewOf(contents) {
  if (!contents.length) return null;
  const [south, west, north, east] = [Math.min, Math.min, Math.max, Math.max].map((most, i) => most(...contents.map(({ view }) => view[i])));
  const [low, high] = [upwards(south), upwards(north)];
  const scale = Math.min(WIDE / (1.12 * (east - west)), HIGH / (1.12 * (high - low)));
  const [midX, midY] = [(west + east) / 2, (low + high) / 2];
  return ([lat, lon]) => [WIDE / 2 + scale * (lon - midX), HIGH / 2 - scale * (upwards(lat) - midY)];
}

// A path of lines, at every turn of the globe that is in sight.
function pathOf(lines, view, ends = "") {
  return [-360, 0, 360].flatMap((turn) => lines.map((line) => {
    let last = null;
    let inside = false;
    const points = [];
    for (const [lat, lon] of line) {
      const [x, y] = view([lat, lon + turn]);
      if (last && Math.abs(x - last[0]) < NEAR && Math.abs(y - last[1]) < NEAR) continue;
      last = [x, y];
      inside = inside || (x > -WIDE && x < 2 * WIDE);
      points.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
    }
    return inside && points.length > 1 ? `M${points.join("L")}${ends}` : "";
  })).join("");
}

const groundOf = (base, view) => pathOf(
  base.land.map((ring) => unpacked(ring, 0, base.units)).filter((ring) => ring.some(([lat]) => lat > -60)), view, "Z",
);

function mapOf(content, ground, view, best, name) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": name });
  svg.append(shape("path", { d: ground, class: "ground", "fill-rule": "evenodd" }));
  const ways = untabled(content.ways, content.texts);
  const options = untabled(content.options, content.texts);
  const drawn = content.routes.map((route) => {
    const lines = untabled(route.legs, content.texts).map((leg) => unpacked(content.lines[ways[leg.way].line], leg.turns));
    const is = route.corridor === best ? "best" : "context";
    const made = shape("path", { d: pathOf(lines, view), class: `way ${is} ${options[route.option].role}` });
    made.dataset.way = route.corridor;
    return { made, is, ends: [lines[0]?.[0], lines[lines.length - 1]?.slice(-1)[0]] };
  });
  // What is recommended lies over the others.
  drawn.filter(({ is }) => is !== "best").concat(drawn.filter(({ is }) => is === "best")).forEach(({ made }) => svg.append(made));
  return svg;
}

export function dayText(day) {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? String(day)
    : date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

function line(title, cells, kind = "") {
  return node("tr", kind, heading("row", "", title), ...cells.map((content) => node("td", "", content)));
}
