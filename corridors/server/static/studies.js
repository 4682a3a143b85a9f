// Longer questions about the answer that is shown: how sure it is, at which price it changes, and to
// which destinations. Each opens a sheet, says how far it is, and stops when it is told or closed.
import { isAborted, stream } from "./asking.js";
import { placed } from "./answer.js";
import { copied, read, turn } from "./question.js";

const DAY_VALUE = "shipment.value_of_time_usd_per_teu_day";
const DRAWS = 10000;

// `question()` is the question shown, `home()` the country of its destination; `sheet(title, ...content)` opens the sheet `dialog`.
export function createStudies(host, start, { question, home, sheet, dialog, speak }) {
  let control = null;

  const stop = () => { control?.abort(); control = null; };
  dialog.addEventListener("close", stop);

  // Asks, with its progress and a button to stop, and shows what comes in `out`.
  async function ask(name, body, out, after = () => {}) {
    stop();
    control = new AbortController();
    const { signal } = control;
    const bar = node("progress", "");
    bar.setAttribute("aria-label", "Progress");
    const said = node("span", "note", "Asking…");
    const halt = button("plain", "Stop", "", () => {
      stop();
      out.replaceChildren(node("p", "note", "Stopped."));
      out.dataset.state = "stopped";
    });
    out.dataset.state = "asking";
    out.replaceChildren(node("p", "working", bar, said, halt));
    try {
      await stream(`api/${name}?part=page`, body, (event, data) => {
        if (event === "progress") {
          if (data.total > 1) Object.assign(bar, { max: data.total, value: data.done });
          said.textContent = `${capital(data.what)}: ${figure(data.done)} of ${figure(data.total)}`;
        }
        if (event === "answer") show(out, data);
      }, signal);
      out.dataset.state = "done";
      after();
    } catch (fault) {
      if (isAborted(fault)) return;
      out.dataset.state = "fault";
      out.replaceChildren(node("p", "fault", capital(fault.message)));
    }
  }

  function show(out, { answer, sections }) {
    const [first, ...others] = answer;
    const made = sections.map(({ heading, html }) => {
      const content = placed(html);
      // The page has charts of its own.
      content.querySelectorAll(".chart[id]").forEach((one) => one.removeAttribute("id"));
      return node("section", "", node("h3", "", heading), content);
    });
    out.replaceChildren(node("div", "said", node("p", "first", first), ...others.map((text) => node("p", "", text))), ...made);
    speak(first);
  }

  const result = () => node("div", "study lines", "");
  const asked = () => node("p", "note", document.getElementById("asked").textContent);

  function sure() {
    const scenario = copied(question());
    const out = result();
    const by = node("input", "");
    Object.assign(by, { type: "date", id: "study-by", min: scenario.departure });
    const form = row("To be there by (optional)", by);
    const begin = () => ask("simulate", { scenario, count: DRAWS, ...(by.value ? { by: by.value } : {}) }, out);
    by.addEventListener("change", begin);
    sheet("How sure is it?", asked(), form, out);
    begin();
  }

  function changes() {
    const scenario = copied(question());
    const out = result();
    const select = choiceOf(start.sliders.map(({ key, label }) => [key, label]), () => begin());
    select.id = "study-over";
    // What was moved last is what is in question; else the value of a day.
    const moved = start.sliders.filter(({ key }) => read(scenario, key) !== undefined);
    select.value = (moved.find(({ key }) => key !== DAY_VALUE) || { key: DAY_VALUE }).key;
    const begin = () => {
      const one = start.sliders.find(({ key }) => key === select.value);
      const of = copied(scenario);
      if (one.with) turn(of, one.with, true);
      const over = one.key === DAY_VALUE ? "value_of_time" : one.key.replace(/^overrides\./, "");
      ask("breakeven", { scenario: of, over, first: one.low, last: one.high }, out);
    };
    sheet("At which price does it change?", asked(), row("What moves", select), out);
    begin();
  }

  function hinterland() {
    const scenario = copied(question());
    const out = result();
    const boxes = start.destinations.map(({ name, label, terminals }) => {
      const box = node("input", "");
      Object.assign(box, { type: "checkbox", value: name });
      box.dataset.terminals = terminals;
      return node("label", "", box, node("span", "", label, node("small", "", ` ${terminals}`)));
    });
    const inputs = boxes.map((one) => one.firstChild);
    const said = node("span", "note", "");
    const go = button("plain", "Ask", "", () => begin());
    const chosen = () => inputs.filter((one) => one.checked);
    const count = () => {
      const total = chosen().reduce((sum, one) => sum + Number(one.dataset.terminals), 0);
      const many = total > start.most_destinations;
      summary.textContent = `Countries: ${chosen().map((one) => one.nextSibling.firstChild.textContent).join(", ") || "none"}`;
      said.textContent = many ? `${total} terminals: at most ${start.most_destinations} here; the command takes more.` : `${total} terminals`;
      go.disabled = many || !total;
      return !go.disabled;
    };
    const begin = () => {
      folded.open = false;
      ask("catchments", { scenario, countries: chosen().map((one) => one.value) }, out, drawCatchments);
    };
    const list = node("fieldset", "countries", node("legend", "unseen", "Countries"), ...boxes);
    list.addEventListener("change", count);
    const summary = node("summary", "", "Countries");
    const folded = node("details", "group", summary, list);
    sheet("Which hinterland?", asked(), folded, node("p", "working", go, said), out);
    const own = inputs.find((one) => one.value === home());
    if (own) own.checked = true;
    if (count()) begin();
    else folded.open = true;
  }

  host.replaceChildren(...[
    ["How sure?", "How sure is the answer: draws of prices, speeds and waits", sure],
    ["At which price does it change?", "At which price another corridor becomes the best", changes],
    ["Which hinterland?", "The best corridor to each terminal of chosen countries", hinterland],
  ].map(([text, hint, act]) => {
    const made = button("plain", text, "", act);
    made.title = hint;
    return made;
  }));

  return { show: () => { host.hidden = false; } };
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function row(label, control) {
  const name = node("label", "", label);
  name.htmlFor = control.id;
  return node("div", "study-field", name, control);
}
