// Pinned answers, two or three side by side: what was asked otherwise, then what came out otherwise.
import { flat } from "./question.js";
import { swatch } from "./answer.js";

export const MOST = 3;
const NARROW_PX = 900;
const NAMES = {
  origin: "From", destination: "To", departure: "Departure", world: "World", scope: "Scope",
  price_basis: "Compared by", objective: "Best means", "shipment.teu_per_month": "TEU a month",
  "shipment.cargo": "Cargo", "shipment.equipment": "Box", ice_year: "Ice of the year",
  "shipment.value_of_time_usd_per_teu_day": "Value of a day, USD/TEU", corridors: "Corridors compared",
  closures: "Closed", projects: "Projects", "limits.avoid.countries": "Countries to avoid",
  subsidies: "Chinese subsidies", "customs.eaeu": "Eurasian customs union",
  "customs.common_note": "One consignment note", hulls_in_ice: "Ships in ice",
};
const SIDES = [["cost", "Cost, USD a box", 0], ["price", "Price, USD a box", 0], ["days", "Days", 1], ["tonnes", "t CO₂e a box", 2]];

// `shown` is the element of the pins. `labels` are names of keys, and of values as `key=value`;
// `said(key, value)` is a figure with its unit. `open(scenario)` asks the question of a pin again;
// `changed(scenarios)` is told what is pinned.
export function createPins(shown, { labels, said, open, changed }) {
  let pins = [];
  let table = false;

  const asked = () => pins.map(({ scenario }) => scenario);

  function keep() {
    show();
    changed(asked());
  }

  // Of an answer what the comparison needs.
  function pinOf(scenario, parts) {
    return {
      scenario, question: parts.question, ends: parts.ends, best: parts.best,
      rows: parts.rows.map(({ corridor, title, colour, figures, rank, best }) => ({ corridor, title, colour, figures, rank, best })),
      closed: parts.closed.map(({ corridor, title, colour, status }) => ({ corridor, title, colour, status })),
    };
  }

  function add(scenario, parts) {
    pins = [...pins.slice(-(MOST - 1)), pinOf(scenario, parts)];
    table = pins.length > 1;
    keep();
  }

  // Takes the answers of a link in place of those that are pinned; `missing` says which it lacks.
  function replace(answers, missing) {
    pins = answers.slice(0, MOST).map(({ scenario, parts }) => pinOf(scenario, parts));
    // On a narrow screen the table would hide the answer: it opens when asked for.
    table = pins.length > 1 && window.innerWidth > NARROW_PX;
    show();
    if (missing) {
      shown.append(missing);
      shown.hidden = false;
    }
  }

  function show() {
    shown.hidden = !pins.length;
    if (!pins.length) { shown.replaceChildren(); return; }
    const chips = pins.map((pin, at) => {
      const best = pin.rows.find((row) => row.best);
      const text = `${headOf(pin, at)}: ${best ? `${best.title}, USD ${figure(best.figures.cost)}` : "no recommendation"}`;
      return node("li", "", button("chip", text, `Ask again: ${text}`, () => open(pin.scenario)),
        button("drop", "×", `Remove pin ${letter(at)}`, () => { pins.splice(at, 1); keep(); }));
    });
    const toggle = button("plain", table ? "Hide the comparison" : "Compare side by side", "", () => { table = !table; show(); });
    toggle.setAttribute("aria-expanded", String(table && pins.length > 1));
    const hint = pins.length < 2 ? node("p", "note", "Change the question and pin again to compare.") : toggle;
    shown.replaceChildren(node("div", "chips", node("ul", "", ...chips), hint),
      ...(table && pins.length > 1 ? [compared()] : []));
  }

  function compared() {
    const asked = pins.map((pin) => new Map(flat(pin.scenario)));
    const keys = [...new Set(asked.flatMap((one) => [...one.keys()]))].filter((key) => key !== "name");
    const differing = keys.filter((key) => new Set(asked.map((one) => one.get(key))).size > 1);
    const body = [
      ...differing.map((key) => line(nameOf(key), asked.map((one) => plainly(key, one.get(key))), "asked")),
      line("Recommended", pins.map(({ rows }) => {
        const best = rows.find((row) => row.best);
        return best ? node("span", "", swatch(best.colour), best.title) : "none";
      }), "total"),
      ...SIDES.map(([key, title, digits]) => line(title, against(pins.map(({ rows }) => {
        const best = rows.find((row) => row.best);
        return best ? best.figures[key] : null;
      }), digits), "total")),
    ];
    const [moved, alike] = corridorsBy();
    const rows = (list) => list.map(({ title, colour, cells }) => line(node("span", "", swatch(colour), title), cells));
    const heads = node("tr", "", node("th", "", node("span", "unseen", "What")), ...pins.map((pin, at) => {
      const cell = node("th", "", headOf(pin, at));
      cell.scope = "col";
      cell.title = pin.question;
      return cell;
    }));
    const section_ = (title) => {
      const cell = node("th", "part", title);
      cell.colSpan = pins.length + 1;
      cell.scope = "colgroup";
      return node("tr", "", cell);
    };
    const box = node("div", "scrolls", node("table", "beside", node("thead", "", heads), node("tbody", "",
      ...(differing.length ? [section_("Asked differently")] : []), ...body.slice(0, differing.length),
      section_("The answer"), ...body.slice(differing.length),
      ...(moved.length ? [section_("Corridors that differ: USD a box and days, largest change first")] : []), ...rows(moved),
      ...(alike.length ? [section_("The same in all")] : []), ...rows(alike))));
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Pinned answers side by side");
    return box;
  }

  // Corridors whose figures differ, by the size of the difference, and those that are the same.
  function corridorsBy() {
    const found = new Map();
    pins.forEach(({ rows, closed }) => [...rows, ...closed].forEach((row) => {
      if (!found.has(row.corridor)) found.set(row.corridor, row);
    }));
    const all = [...found.values()].map(({ corridor, title, colour }) => {
      const each = pins.map(({ rows, closed }) => (
        rows.find((row) => row.corridor === corridor) || closed.find((row) => row.corridor === corridor) || null
      ));
      const usd = each.map((row) => (row && row.figures ? row.figures.cost : null));
      const days = each.map((row) => (row && row.figures ? row.figures.days : null));
      const open_ = usd.filter((one) => one !== null);
      const size = open_.length < usd.length ? Infinity : Math.max(...usd) - Math.min(...usd) + 50 * (Math.max(...days) - Math.min(...days));
      const [money, time] = [against(usd, 0), against(days, 1)];
      const cells = each.map((row, at) => {
        if (!row) return "not compared";
        if (!row.figures) return row.status;
        return node("span", "", money[at], node("small", "", " · "), time[at], node("small", "", " days"));
      });
      return { title, colour, cells, size: open_.length ? size : 0 };
    });
    const moved = all.filter(({ size }) => size >= 0.5).sort((a, b) => b.size - a.size);
    return [moved, all.filter(({ size }) => size < 0.5)];
  }

  // Figures, each with its difference from the first.
  function against(values, digits) {
    const first = values.find((value) => value !== null);
    return values.map((value, at) => {
      if (value === null) return "—";
      const change = value - first;
      const text = figure(Math.abs(change), digits);
      const made = node("span", "", figure(value, digits));
      if (at && Number(text.replace(/,/g, ""))) made.append(node("small", change > 0 ? "up" : "down", ` ${change > 0 ? "+" : "−"}${text}`));
      return made;
    });
  }

  const nameOf = (key) => NAMES[key] || labels.get(key) || key.replace(/^overrides\./, "");
  const plainly = (key, value) => {
    if (value === undefined) return "default";
    if (key === "departure") return dayText(value);
    return said(key, value) || labels.get(`${key}=${value}`) || value.replace(/\bplace /g, "");
  };

  show();
  return { add, replace, asked };
}

const letter = (at) => "ABC"[at];
const headOf = ({ scenario, ends }, at) => `${letter(at)} ${ends.origin.label} – ${ends.destination.label}, ${dayText(scenario.departure)}`;

function dayText(day) {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? String(day)
    : date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

function line(title, cells, kind = "") {
  const name = node("th", "", title);
  name.scope = "row";
  return node("tr", kind, name, ...cells.map((content) => node("td", "", content)));
}
