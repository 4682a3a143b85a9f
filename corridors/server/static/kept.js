// Named scenarios: kept in this browser with the answer of their day, saved to files and opened from
// them, and what has changed since. Nothing of them is sent anywhere but with the question itself.
import { change, dayText, numberOf } from "./beside.js";
import { keptOf } from "./pins.js";
import { copied, isRecord } from "./question.js";

const KEPT_AS = "corridors.kept";
const MOST_KEPT = 50;
const MOST_BYTES = 64 * 1024;
const MOST_NAMED = 3;

// The same question, whatever it is called and in whatever order its keys are.
const sorted = (value) => (isRecord(value)
  ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value);
const sameOf = ({ name, ...question }) => JSON.stringify(sorted(question));

const isKept = (one) => isRecord(one) && typeof one.name === "string" && isRecord(one.scenario);

function readKept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT_AS) || "[]");
    return Array.isArray(found) ? found.filter(isKept) : [];
  } catch {
    return [];
  }
}

// A browser may allow no page to keep anything, or have no room: then this one says so.
function writeKept(list) {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
}

const today = () => {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};

// `question()` is the question of the fields, `open(scenario)` asks one; `asYaml(scenario)` and
// `fromYaml(text)` promise the text of a file and the question of one; `save(name, blob)` gives a
// file, `failed(fault)` says what is wrong, `speak(text)` says a sentence to who does not see;
// `isPrivate()` is whether the answer holds figures that are not to be kept.
export function createKept(host, { version, question, open, asYaml, fromYaml, save, failed, speak, isPrivate }) {
  const menu = host.querySelector(".menu");
  const name = node("input", "");
  Object.assign(name, { type: "text", id: "keep-name", maxLength: 80, placeholder: "Name of this question" });
  name.setAttribute("aria-label", name.placeholder);
  const said = node("p", "note", "");
  said.setAttribute("role", "status");
  const list = node("ul", "");
  const form = node("form", "keep", name, button("plain", "Keep", "", () => form.requestSubmit()));
  const picker = node("input", "unseen");
  Object.assign(picker, { type: "file", accept: ".yaml,.yml", tabIndex: -1 });
  picker.setAttribute("aria-label", "A scenario's file");
  // The answer that the page shows, once it is whole.
  let answer = null;

  const done = (text) => { said.textContent = text; };

  function keep(as) {
    const scenario = { ...copied(question()), name: as };
    const others = readKept().filter((one) => one.name !== as);
    const entry = { name: as, scenario, day: today(), version, answer: null };
    // Figures of the user's own rates are written nowhere.
    if (!isPrivate() && answer && sameOf(answer.scenario) === sameOf(scenario)) entry.answer = answer;
    const isKeptNow = writeKept([entry, ...others].slice(0, MOST_KEPT));
    done(isKeptNow ? `Kept in this browser as “${as}”${isPrivate() ? ", without your rates and their figures" : ""}.` : "This browser keeps nothing for this page: save a file instead.");
    show();
  }

  async function toFile({ scenario, name: as }) {
    try {
      const text = await asYaml({ name: as, ...scenario });
      save(`${as.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|-+$/g, "") || "scenario"}.yaml`, new Blob([text], { type: "text/yaml" }));
    } catch (fault) {
      failed(fault);
    }
  }

  async function fromFile(file) {
    if (!file) return;
    if (file.size > MOST_BYTES) { done(`${file.name} is larger than a scenario may be (64 KB).`); return; }
    try {
      const scenario = await fromYaml(await file.text());
      host.open = false;
      open({ name: file.name.replace(/\.ya?ml$/i, ""), ...scenario });
    } catch (fault) {
      done(`${file.name}: ${fault.message}`);
    }
  }

  function show() {
    const kept = readKept();
    list.replaceChildren(...kept.map((one) => node("li", "",
      button("name", one.name, `Open ${one.name}`, () => { host.open = false; open(copied(one.scenario)); }),
      node("small", "", one.day ? dayText(one.day) : ""),
      button("link", "File", `Save ${one.name} as a file`, () => toFile(one)),
      button("drop", "×", `Forget ${one.name}`, () => {
        writeKept(readKept().filter((other) => other.name !== one.name));
        done(`“${one.name}” is forgotten.`);
        show();
      }))));
    list.hidden = !kept.length;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const as = name.value.trim();
    if (as) keep(as);
    else { done("Give it a name first."); name.focus(); }
  });
  picker.addEventListener("change", () => { fromFile(picker.files[0]); picker.value = ""; });
  host.addEventListener("toggle", () => {
    // The event comes late: cleared at opening, it would take away what has been said since.
    if (!host.open) { name.value = ""; done(""); return; }
    name.value = name.value || question().name || "";
    show();
  });
  menu.replaceChildren(form, said, list,
    button("plain", "Save this question as a file", "", () => toFile({ scenario: question(), name: question().name || "scenario" })),
    button("plain", "Open a file…", "", () => picker.click()), picker);

  // Says below an answer what has changed since its question was kept. What was kept before its
  // answer was there has this one.
  function since(place, scenario, parts) {
    // With rates of the user there is nothing to keep, nor to compare with what was.
    answer = isPrivate() ? null : keptOf(copied(scenario), parts);
    if (!answer) return;
    place.replaceChildren();
    const kept = readKept();
    const one = kept.find((entry) => sameOf(entry.scenario) === sameOf(scenario));
    if (!one) return;
    if (!isRecord(one.answer)) {
      one.answer = answer;
      writeKept(kept);
    }
    const told = changes(one.answer, answer);
    const when = one.day === today() ? "today" : `on ${dayText(one.day)}`;
    const first = told.length ? `Since “${one.name}” was kept ${when}:` : `Nothing has changed since “${one.name}” was kept ${when}.`;
    const other = told.length && one.version !== version ? [`The program was ${one.version} then and is ${version} now.`] : [];
    place.append(node("p", "", node("b", "", first), ...[...told, ...other].map((text) => ` ${text}`)));
    if (!told.length) return;
    place.append(button("link", "Keep today's figures", "", () => { keep(one.name); since(place, scenario, parts); }));
    speak(`${first} ${told.join(" ")}`);
  }

  return { since };
}

// ---- what has changed, in words

const bestOf = ({ rows }) => rows.find((row) => row.best) || null;
const more = (text, unit, [up, down]) => (text ? `${text.slice(1)}${unit} ${text[0] === "+" ? up : down}` : "");

// `USD 120 more (6,620, now 6,740) and 2.0 days longer`; empty if neither differs.
function figures(before, now, basis) {
  const usd = change(before[basis], now[basis]);
  const days = change(before.days, now.days);
  return [
    usd && `USD ${more(usd, "", ["more", "less"])} (${before[basis]}, now ${now[basis]})`,
    more(days, " days", ["longer", "shorter"]),
  ].filter(Boolean).join(" and ");
}

export function changes(before, now) {
  if (before.basis !== now.basis || before.money !== now.money) return ["It is asked in other figures now."];
  const [was, is] = [bestOf(before), bestOf(now)];
  const told = [];
  const titles = [was, is].map((row) => (row ? row.title : "nothing"));
  if (titles[0] !== titles[1]) told.push(`Then ${titles[0]} was recommended, now ${titles[1]}.`);
  const each = now.rows.map((row) => {
    const then = before.rows.find((one) => one.corridor === row.corridor);
    return { row, then, text: then ? figures(then, row, now.basis) : "" };
  });
  const own = each.find(({ row }) => row === is);
  if (own && own.text) told.push(`${is.title}: ${own.text}.`);
  const others = each.filter(({ row, text }) => text && row !== is)
    .sort((a, b) => size(b, now.basis) - size(a, now.basis));
  others.slice(0, MOST_NAMED).forEach(({ row, text }) => told.push(`${row.title}: ${text}.`));
  const left = others.length - MOST_NAMED;
  if (left > 0) told.push(`${left} ${left > 1 ? "others have" : "other has"} other figures too.`);
  const opened = each.filter(({ then }) => !then).map(({ row }) => row.title);
  const shut = before.rows.filter((row) => !now.rows.some((one) => one.corridor === row.corridor)).map(({ title }) => title);
  if (opened.length) told.push(`Now usable: ${opened.join("; ")}.`);
  if (shut.length) told.push(`No longer usable: ${shut.join("; ")}.`);
  // The sentence may rest on what no figure shows, such as who sails.
  if (!told.length && before.answer !== now.answer) told.push(`Then it said: ${before.answer}`);
  return told;
}

const size = ({ row, then }, basis) => Math.abs(numberOf(row[basis]) - numberOf(then[basis]));
