// Pinned answers: chips below the header, two or three of which are compared on a sheet.
import { besideEachOther, dayText, letter } from "./beside.js";

export const MOST = 3;

// Of an answer what is compared and kept.
export function keptOf(scenario, parts) {
  const { question, ends, best, basis, money } = parts;
  return {
    scenario, question, ends, best, basis, money, answer: parts.answer[0],
    rows: parts.rows.map(({ corridor, title, role, cost, price, days, tonnes, best: isBest }) => (
      { corridor, title, role, cost, price, days, tonnes, best: isBest })),
    closed: parts.closed.map(({ corridor, title, status }) => ({ corridor, title, status })),
  };
}

// `shown` is the element of the pins. `labels` are names of keys, and of values as `key=value`;
// `said(key, value)` is a figure with its unit. `open(scenario)` asks the question of a pin again;
// `changed(scenarios)` is told what is pinned. `sheet(title, ...content)` opens the sheet,
// `contentOf(scenario, at)` and `baseMap()` promise what its maps draw.
export function createPins(shown, { labels, said, open, changed, sheet, contentOf, baseMap }) {
  let pins = [];

  const asked = () => pins.map(({ scenario }) => scenario);

  function keep() {
    show();
    changed(asked());
  }

  function add(scenario, parts) {
    pins = [...pins.slice(-(MOST - 1)), keptOf(scenario, parts)];
    keep();
  }

  // Takes the answers of a link in place of those that are pinned; `missing` says which it lacks.
  function replace(answers, missing) {
    pins = answers.slice(0, MOST).map(({ scenario, parts }) => keptOf(scenario, parts));
    show();
    if (missing) {
      shown.append(missing);
      shown.hidden = false;
    }
  }

  function compare() {
    sheet("Side by side, differences first", besideEachOther(pins, {
      labels, said,
      open(scenario) {
        shown.ownerDocument.getElementById("sheet").close();
        open(scenario);
      },
      contents: pins.map(({ scenario }, at) => contentOf(scenario, at)), base: baseMap(),
    }));
  }

  function show() {
    shown.hidden = !pins.length;
    if (!pins.length) { shown.replaceChildren(); return; }
    const chips = pins.map((pin, at) => {
      const text = `${letter(at)} ${pin.ends.origin.label} to ${pin.ends.destination.label}, ${dayText(pin.scenario.departure)}: ${pin.answer}`;
      return node("li", "", button("chip", text, `Ask again: ${text}`, () => open(pin.scenario)),
        button("drop", "×", `Remove pin ${letter(at)}`, () => { pins.splice(at, 1); keep(); }));
    });
    const act = pins.length < 2 ? node("p", "note", "Change the question and pin again to compare.")
      : button("plain", "Compare side by side", "", compare);
    shown.replaceChildren(node("div", "chips", node("ul", "", ...chips), act));
  }

  show();
  return { add, replace, asked };
}
