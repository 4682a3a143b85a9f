// The fields of the question. Each reads and writes one key of the scenario; a key that is not set
// takes the default, which stands beside it with its source.
import { copied, has, read, turn, write } from "./question.js";
import { placeField } from "./places.js";

const SCOPES = [["cy-cy", "Terminal to terminal"], ["door", "Door to door"]];
const GROUPS = [
  ["closures", "Closed to ships and trains"], ["countries", "Countries to avoid"],
  ["rules", "Rules and ships"], ["projects", "Projects treated as built"],
];
const WORLD = "current";
// Longer titles of sources are cut; pointed at, they are whole.
const SHORT = 64;
const DAY_VALUE = "shipment.value_of_time_usd_per_teu_day";
const BASE = ["origin", "destination", "departure", "shipment", "world", "corridors", "name"];

// `changed(scenario, done)` is called with each change; `done` is false while a slider moves.
export function createFields(form, start, { changed, picking }) {
  let scenario = {};
  const refreshers = [];
  const faults = new Map();
  const fresh = () => refreshers.forEach((refresh) => refresh());
  const ask = (done = true) => { fresh(); changed(copied(scenario), done); };

  function set(key, value, done = true) {
    write(scenario, key, value);
    // A name that an example came with says what it asked.
    if (done && ["origin", "destination", "departure", "shipment.cargo"].includes(key)) delete scenario.name;
    ask(done);
  }

  // A field with its label, and below it what is wrong with it.
  function field(key, label, control, ...more) {
    control.id = control.id || `field-${key.replace(/\W/g, "-")}`;
    const name = node("label", "", label);
    name.htmlFor = control.id;
    const fault = node("p", "fault", "");
    fault.id = `${control.id}-fault`;
    fault.hidden = true;
    control.setAttribute("aria-describedby", fault.id);
    faults.set(key, { control, fault });
    return node("div", "field", name, control, ...more, fault);
  }

  function choice(key, label, options, usual, read_ = (value) => value) {
    const made = choiceOf(options, (value) => set(key, value === usual ? undefined : read_(value)));
    refreshers.push(() => {
      const value = read(scenario, key);
      made.value = value === undefined ? usual : String(value);
    });
    return field(key, label, made);
  }

  function input(key, label, type, attributes, read_) {
    const made = node("input", "");
    made.type = type;
    Object.assign(made, attributes);
    made.addEventListener("change", () => set(key, made.value === "" ? undefined : read_(made.value)));
    refreshers.push(() => {
      if (document.activeElement === made && made.dataset.typing) return;
      const value = read(scenario, key);
      made.value = value === undefined ? "" : value;
    });
    return field(key, label, made);
  }

  const places = ["origin", "destination"].map((key) => {
    const made = placeField({
      key,
      chosen: (name) => set(key, name),
      pick: () => picking(key),
      current: () => String(read(scenario, key) || ""),
    });
    refreshers.push(made.refresh);
    const whole = field(key, key === "origin" ? "From" : "To", made.input, made.pick, made.list);
    whole.classList.add("place-field");
    return { ...made, whole };
  });
  const swap = button("swap", "⇅ Swap", "Swap origin and destination", () => {
    [scenario.origin, scenario.destination] = [scenario.destination, scenario.origin];
    delete scenario.name;
    ask();
  });

  const examples = choiceOf([["", "Start from one…"], ...start.scenarios.map(({ name, label }) => [name, label])], (chosen) => {
    const one = start.scenarios.find(({ name }) => name === chosen);
    examples.value = "";
    if (one) { scenario = copied(one.scenario); ask(); }
  });

  const world = choice("world", "World", start.worlds.map(({ name, label }) => [name, label]), WORLD);
  const about = node("p", "note", "");
  world.append(section("What it takes as open", false, about));
  refreshers.push(() => {
    const one = start.worlds.find(({ name }) => name === (read(scenario, "world") || WORLD));
    about.textContent = one ? `${one.about[0].toUpperCase()}${one.about.slice(1)}.` : "";
  });

  const basics = [
    field("example", "Example", examples),
    places[0].whole, swap, places[1].whole,
    input("departure", "Departure", "date", { min: "2015-01-01", max: "2049-12-31" }, (text) => text),
    input("known_on", "What would it have said on", "date", { min: "2015-01-01", max: "2049-12-31" }, (text) => text),
    choice("shipment.cargo", "Cargo", start.cargoes.map(({ name, label }) => [name, label]), "general"),
    input("shipment.teu_per_month", "TEU/month", "number", { min: 1, max: 100000, step: 1 }, Number),
    choice("shipment.equipment", "Box", [
      ["", "Chosen by the cargo"], ...start.equipment.map(({ name, label }) => [name, label]),
    ], ""),
    choice("scope", "Scope", SCOPES, "cy-cy"),
    choice("price_basis", "Compare", [
      ["", "Chosen by the world"], ...start.price_bases.map(({ name, label }) => [name, capital(label)]),
    ], ""),
    choice("objective", "Look for", start.objectives.map(({ name, label }) => [name, capital(label)]), "generalised"),
    world,
  ];

  // A switch says what it sets; the count of those turned on stands at the heading of its group.
  function switches([group, title]) {
    const all = start.switches.filter((one) => one.group === group);
    if (!all.length) return null;
    const rows = all.map((one) => {
      const box = node("input", "");
      box.type = "checkbox";
      box.addEventListener("change", () => { turn(scenario, one.sets, box.checked); ask(); });
      refreshers.push(() => { box.checked = has(scenario, one.sets); });
      const notes = [
        one.about, one.opens ? `Opens ${one.opens}; here taken as open on the day of departure.` : "",
      ].filter(Boolean).join(" ");
      return node("div", "switch", node("label", "", box, node("span", "", one.label)),
        ...(notes ? [node("p", "note", notes, ...cited(one))] : []));
    });
    return folded(title, () => all.filter((one) => has(scenario, one.sets)).length, rows, () => {
      all.forEach((one) => { if (has(scenario, one.sets)) turn(scenario, one.sets, false); });
      ask();
    });
  }

  // A group that folds, with how many of its keys are set and a reset.
  function folded(title, count, rows, reset, open = false) {
    const mark = node("span", "count", "");
    const made = node("details", "group", node("summary", "", title, " ", mark));
    const undo = button("link", "Back to the defaults", `${title}: back to the defaults`, reset);
    made.open = open;
    made.append(...rows, undo);
    refreshers.push(() => {
      const set_ = count();
      mark.textContent = set_ ? `${set_} set` : "";
      undo.hidden = !set_;
    });
    return made;
  }

  function slider(one) {
    const made = node("input", "");
    made.type = "range";
    const step = 10 ** Math.floor(Math.log10((one.high - one.low) / 100));
    Object.assign(made, { min: one.low, max: one.high, step });
    made.id = `slide-${one.key.replace(/\W/g, "-")}`;
    const shown = node("output", "");
    shown.htmlFor = made.id;
    const name = node("label", "", one.label);
    name.htmlFor = made.id;
    const reset = button("link", "Reset", `${one.label}: reset`, () => move(undefined, true));
    const usual = () => (one.dated ? `by month of departure (latest ${amount(one.default, one.unit)})` : amount(one.default, one.unit));
    const note = node("p", "note", one.key === DAY_VALUE
      ? "Above 0, the best corridor has the lowest cost plus days times this value." : `Default ${usual()}.`, ...cited(one));

    function move(value, done) {
      write(scenario, one.key, value);
      // Some figures count only with another key.
      if (one.key === DAY_VALUE) write(scenario, "objective", value ? "generalised" : undefined);
      if (one.with) turn(scenario, one.with, value !== undefined);
      ask(done);
    }

    made.addEventListener("input", () => move(Number(made.value), false));
    made.addEventListener("change", () => move(Number(made.value), true));
    refreshers.push(() => {
      const value = read(scenario, one.key);
      made.value = value === undefined ? one.default : value;
      const text = value === undefined && one.dated ? "by month" : amount(value === undefined ? one.default : value, one.unit);
      shown.textContent = text;
      made.setAttribute("aria-valuetext", text);
      shown.classList.toggle("moved", value !== undefined);
      reset.hidden = value === undefined;
    });
    return node("div", "slider", name, shown, made, note, reset);
  }

  const sliders = folded(
    "Prices and values",
    () => start.sliders.filter(({ key }) => read(scenario, key) !== undefined).length,
    start.sliders.map(slider),
    () => {
      start.sliders.forEach((one) => {
        write(scenario, one.key, undefined);
        if (one.with) turn(scenario, one.with, false);
      });
      if (scenario.objective === "generalised") delete scenario.objective;
      ask();
    },
  );

  // The year of the ice, where the Arctic is judged.
  const ice = choice("ice_year", "Ice of the year", start.ice_years.map((year) => (
    [year, { mean: "Average year", best: "Least ice", worst: "Most ice" }[year] || year]
  )), "mean");

  function corridors() {
    const usual = start.corridors.filter((one) => one.default).map(({ name }) => name);
    const chosen = () => (Array.isArray(scenario.corridors) ? scenario.corridors : usual);
    const rows = start.corridors.map((one) => {
      const box = node("input", "");
      box.type = "checkbox";
      box.addEventListener("change", () => {
        const list = start.corridors.map(({ name }) => name)
          .filter((name) => (name === one.name ? box.checked : chosen().includes(name)));
        if (!list.length) { box.checked = true; return; }
        const all = list.length === usual.length && list.every((name) => usual.includes(name));
        write(scenario, "corridors", all ? undefined : list);
        ask();
      });
      refreshers.push(() => { box.checked = chosen().includes(one.name); });
      const text = node("span", "", one.label);
      text.title = one.about;
      return node("div", "switch", node("label", "", box, text));
    });
    return folded("Corridors compared", () => (Array.isArray(scenario.corridors) ? scenario.corridors.length : 0),
      rows, () => { delete scenario.corridors; ask(); });
  }

  const groups = GROUPS.map(switches).filter(Boolean);
  const rules = groups[2];
  if (rules) rules.querySelector("summary").after(ice);
  // What the fields do not show is kept, and said.
  const more = node("p", "note", "");
  refreshers.push(() => {
    const shown = ["known_on", "scope", "price_basis", "objective", "ice_year", "subsidies", "customs", "closures", "projects", "limits", "overrides", "hulls_in_ice"];
    const others = Object.keys(scenario).filter((key) => ![...BASE, ...shown].includes(key));
    more.textContent = others.length ? `Also set in this scenario: ${others.join(", ")}.` : "";
  });
  form.replaceChildren(node("h2", "unseen", "The question"), ...basics, sliders, ...groups, corridors(), more);
  form.addEventListener("submit", (event) => event.preventDefault());

  return {
    set(given) { scenario = copied(given); fresh(); },
    // Sets an end to a place that the map was pressed at.
    end(key, place) {
      places[key === "origin" ? 0 : 1].know(place);
      set(key, place.name);
    },
    // The ends of the question as the server understands them.
    understood(question, ends) {
      ["origin", "destination"].forEach((key, at) => {
        places[at].know({ name: question[key], label: ends[key].label });
        places[at].refresh();
      });
    },
    pickingIs(key) {
      places.forEach((one, at) => one.pick.setAttribute("aria-pressed", String(key === ["origin", "destination"][at])));
    },
    // Says what is wrong beside its field; returns whether there is one.
    fault(key, text) {
      faults.forEach(({ control, fault }) => {
        fault.hidden = true;
        control.removeAttribute("aria-invalid");
      });
      const found = key && [...faults].find(([name]) => key === name || key.startsWith(`${name}.`) || name.startsWith(`${key}.`));
      if (!found) return false;
      const { control, fault } = found[1];
      fault.textContent = text;
      fault.hidden = false;
      control.setAttribute("aria-invalid", "true");
      return control.offsetParent !== null;
    },
  };
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

export function amount(value, unit) {
  const short = { "USD/USD of rail freight": "% of the freight", "USD/USD of the 2005 table": "times" };
  if (unit === "USD/USD of rail freight") return `${figure(100 * value)} ${short[unit]}`;
  const digits = Math.abs(value) >= 20 ? 0 : Math.abs(value) >= 2 ? 1 : 2;
  return `${figure(value, digits)} ${short[unit] || unit}`;
}

function cited({ source, status }) {
  if (!source) return [];
  const title = source.id === "assumption" ? "an assumption" : source.title;
  const text = title.length > SHORT ? `${title.slice(0, SHORT).replace(/\s+\S*$/, "")}…` : title;
  const made = source.url ? node("a", "", text) : node("span", "", text);
  made.title = title;
  if (source.url) Object.assign(made, { href: source.url, target: "_blank", rel: "noreferrer noopener" });
  return [" Source: ", made, status && status !== "found" && source.id !== "assumption" ? ` (${status})` : ""];
}
