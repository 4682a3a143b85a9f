// A place by typing: cities, towns, ports and terminals in any spelling, as a combobox with a list.
import { get, isAborted } from "./asking.js";

const WAIT_MS = 90;
const POINT = /^\s*[-+]?\d/;
const KINDS = { city: "city", town: "town", port: "port", terminal: "terminal" };

// A font may lack the sign.
function crosshair() {
  const made = shape("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
  made.append(shape("path", { d: "M10 1v5M10 14v5M1 10h5M14 10h5M10 4.5a5.5 5.5 0 1 0 .01 0" }));
  return made;
}

export function placeField({ key, chosen, pick, current }) {
  const list = put(node("ul", "list"), {
    id: `list-${key}`, role: "listbox", "aria-label": key === "origin" ? "Origins" : "Destinations",
  });
  list.hidden = true;
  const input = put(node("input", ""), {
    id: `field-${key}`, type: "text", autocomplete: "off", spellcheck: "false", role: "combobox",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  });
  const picker = button("pick", crosshair(), `Choose the ${key} on the map`, pick);
  picker.title = picker.getAttribute("aria-label");
  picker.setAttribute("aria-pressed", "false");
  // What a name is shown as: `Lodz, Poland`; the place as the server understands it.
  const labels = new Map();
  let found = [];
  // The text that the list is of.
  let listed = "";
  let at = -1;
  let timer = null;
  let control = null;

  const labelOf = (name) => labels.get(name) || name;
  const know = ({ name, label }) => labels.set(name, label);

  function refresh() {
    if (document.activeElement !== input || list.hidden) input.value = labelOf(current());
    input.title = labelOf(current());
  }

  function show(text, places) {
    listed = text;
    found = places;
    at = places.length ? 0 : -1;
    const rows = places.map((place, i) => {
      const named = [node("span", "", place.label), node("small", "", KINDS[place.kind] || "")];
      const row = put(node("li", "", ...named), { id: `${list.id}-${i}`, role: "option" });
      // Before the field loses the focus.
      row.addEventListener("pointerdown", (event) => { event.preventDefault(); take(i); });
      return row;
    });
    const isPoint = POINT.test(input.value);
    list.replaceChildren(...(rows.length || isPoint ? rows : [unknown()]));
    open(list.childElementCount > 0);
    mark();
  }

  function unknown() {
    const text = "No place starts with this. Try its English name, or a point: 8.55,47.37";
    return put(node("li", "none", text), { role: "option", "aria-disabled": "true" });
  }

  function open(on) {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on));
    if (!on) input.removeAttribute("aria-activedescendant");
  }

  function mark() {
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    const row = list.children[at];
    if (!row) return;
    input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  function take(i) {
    const place = found[i];
    know(place);
    open(false);
    input.value = labelOf(place.name);
    chosen(place.name);
  }

  async function look() {
    const text = input.value.trim();
    if (control) control.abort();
    control = new AbortController();
    if (!text) { open(false); return; }
    try {
      show(text, await get(`api/places?q=${encodeURIComponent(text)}&limit=12`, control.signal));
    } catch (fault) {
      if (!isAborted(fault)) open(false);
    }
  }

  // Takes the marked place of the list of what is written, once that is there. What is in no list is
  // asked as it is: `8.55,47.37`.
  async function leave() {
    clearTimeout(timer);
    const text = input.value.trim();
    const asIs = !text || text === labelOf(current());
    if (!asIs && listed !== text) await look();
    if (input.value.trim() !== text) return;
    if (control) control.abort();
    open(false);
    if (asIs) input.value = labelOf(current());
    else if (listed === text && at >= 0) take(at);
    else chosen(text);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) { look(); return; }
      if (found.length) at = (at + step + found.length) % found.length;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      leave();
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = labelOf(current());
      // What is written without its list means what it says.
      listed = input.value.trim();
      at = -1;
      open(false);
    }
  });

  return { input, list, pick: picker, refresh, know };
}
