// The planner's page: each change of the question is asked of the server, and drawn as it comes.
import { get, isAborted, newest, post, Problem, stream } from "./asking.js";
import { placed, showAnswer, showRanking, showRest } from "./answer.js";
import { amount, createFields } from "./fields.js";
import { createHelp } from "./help.js";
import { createKept } from "./kept.js";
import { createPins, MOST } from "./pins.js";
import { createRates } from "./rates.js";
import { createStudies } from "./studies.js";
import { copied, flat, fromHash, pinsOf, read, toHash, withPins } from "./question.js";

const FIRST = "shanghai-hamburg";
const LINES_MS = 200;
const MONTHS_MS = 700;
const NEAR_KM = 300;
const MONTHS = 12;
const MAP_OPTIONS = {
  center: [45, 60], zoom: 3, zoomControl: false, minZoom: 1.5, maxZoom: 12, zoomSnap: 0.25,
  zoomDelta: 0.5, wheelPxPerZoomLevel: 90,
};
const by = (id) => document.getElementById(id);
const [answer, ranking, rest, trouble, months, frame] = ["answer", "ranking", "rest", "trouble", "months", "frame"].map(by);

let scenario = null;
let shown = null;
let fields = null;
let pins = null;
let kept = null;
let rates = null;
let studies = null;
let drawn = null;
let ends = "";
let picking = "";
let strip = null;
let later_ = null;
let laterControl = null;
let monthsTimer = null;
let monthsControl = null;
let retryTimer = null;
let busy = 0;

const isWide = () => window.innerWidth > 900;

function isBusy(step) {
  busy += step;
  by("busy").hidden = busy <= 0;
  document.body.classList.toggle("asking", busy > 0);
}

// ---- asking

const ask = newest(async (question, signal) => {
  isBusy(1);
  try {
    const sent = await post("api/compare?part=page", { scenario: question }, { signal });
    const { key, parts } = await sent.json();
    untroubled();
    show(question, parts, true);
    linesOf(question, key);
  } catch (fault) {
    if (!isAborted(fault)) troubled(fault, () => ask(question));
  } finally {
    isBusy(-1);
  }
});

function show(question, parts, isFirst) {
  // Until the draws are there, what they said of the last question does not hold.
  shown = { question, parts };
  by("asked").textContent = parts.question;
  by("asked").title = parts.question;
  document.title = `${parts.ends.origin.label} to ${parts.ends.destination.label} · corridors`;
  fields.understood(question, parts.ends);
  rates.told(parts);
  showAnswer(answer, parts, isFirst);
  if (!isFirst) kept.since(answer.appendChild(node("div", "since")), question, parts);
  showRanking(ranking, parts, {
    point: (index) => { if (drawn && drawn.parts === shown.parts) drawn.map.point(index); },
    open: (index) => { if (drawn && drawn.parts === shown.parts) drawn.map.open(index); },
    explain,
  });
  // The figures are drawn before the charts are.
  requestAnimationFrame(() => setTimeout(() => {
    const day = Number(read(question, "shipment.value_of_time_usd_per_teu_day") || 0);
    if (shown.parts === parts) showRest(rest, parts, day);
  }));
  studies.show();
  document.body.dataset.key = toHash(question);
  document.body.dataset.stage = isFirst ? "figures" : "whole";
  if (!isFirst) speak(parts.answer[0]);
}

const speak = (text) => { by("spoken").textContent = text; };

// Ends what the last question still waits for.
function stopRest() {
  clearTimeout(later_);
  clearTimeout(retryTimer);
  laterControl?.abort();
  stopMonths();
}

// The lines of the routes, the draws and the other world follow the figures.
function linesOf(question, key) {
  stopRest();
  laterControl = new AbortController();
  const { signal } = laterControl;
  frame.classList.add("old");
  later_ = setTimeout(async () => {
    isBusy(1);
    try {
      const found = await whole(question, key, signal);
      if (signal.aborted) return;
      show(question, found.parts, false);
      await draw(question, found);
      monthsTimer = setTimeout(() => ofMonths(question), MONTHS_MS);
    } catch (fault) {
      if (!isAborted(fault)) troubled(fault, () => linesOf(question, key), "The map and the draws are missing");
    } finally {
      isBusy(-1);
    }
  }, LINES_MS);
}

// A key that the server does not hold any more is a question to be asked again.
async function whole(question, key, signal) {
  try {
    return await get(`api/compare/${key}/map`, signal);
  } catch (fault) {
    if (fault.status !== 404) throw fault;
    const sent = await post("api/compare?part=page", { scenario: question }, { signal });
    return get(`api/compare/${(await sent.json()).key}/map`, signal);
  }
}

// What the map of a pinned question draws; the one that is drawn is not asked for again.
async function contentOf(question, at) {
  if (drawn && toHash(drawn.question) === toHash(question)) return drawn.content;
  const lane = `-map${at}`;
  const sent = await post("api/compare?part=page", { scenario: question }, { lane });
  return (await get(`api/compare/${(await sent.json()).key}/map`, undefined, lane)).content;
}

const baseMap = async () => { base = base || await get(new URL("map/basemap.json", import.meta.url)); return base; };

// ---- what goes wrong

// Says a fault beside its field, or above the answer where the field is out of sight. What stands on
// the page is of the last question, unless only `missing` is what this one lacks.
function troubled(fault, again, missing = "") {
  document.body.dataset.stage = "fault";
  laterControl?.abort();
  frame.classList.add("old");
  const text = sentence(fault.message.replace(`${fault.field}: `, ""));
  const beside = fields.fault(fault.field, text) || rates.fault(fault.field, text);
  trouble.replaceChildren(node("p", "", missing ? `${missing}. ${text}` : text));
  if (beside) speak(text);
  const busyServer = fault.status === 503 || fault.status === 0;
  if (busyServer) {
    const wait = fault.retry || 5;
    trouble.append(button("plain", "Try again", "", () => { clearTimeout(retryTimer); again(); }),
      node("p", "note", `Asked again by itself in ${wait} s.`));
    clearTimeout(retryTimer);
    retryTimer = setTimeout(again, 1000 * wait);
  } else if (!beside && fault.status >= 500) {
    trouble.append(button("plain", "Try again", "", again));
  }
  trouble.hidden = beside;
  if (missing) return;
  [answer, ranking, rest].forEach((one) => one.classList.add("old"));
  if (!shown) answer.replaceChildren(node("p", "first", "No answer yet."));
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;

function untroubled() {
  clearTimeout(retryTimer);
  fields.fault("");
  trouble.hidden = true;
  trouble.replaceChildren();
  [answer, ranking, rest].forEach((one) => one.classList.remove("old"));
}

// ---- the map

let base = null;

async function draw(question, { content, attribution, parts }) {
  const now = `${question.origin}|${question.destination}`;
  if (!drawn) {
    await baseMap();
    const host = node("div", "leaflet");
    frame.append(host);
    const map = L.map(host, MAP_OPTIONS);
    const made = createMap(map, content, { main: frame, isWide: () => frame.clientWidth > 480, press, pointed });
    made.addBaseMap(base);
    made.addAll();
    made.finish(attribution);
    drawn = { map: made, parts, question, content };
    // What the tests press at.
    frame.pixelOf = (lat, lon) => { const { x, y } = map.latLngToContainerPoint([lat, lon]); return [x, y]; };
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(frame);
  } else {
    drawn.map.replace(content, now !== ends);
    Object.assign(drawn, { parts, question, content });
  }
  ends = now;
  frame.classList.remove("old");
  document.body.dataset.drawn = toHash(question);
}

// A route under the pointer on the map lights its row.
function pointed(index) {
  ranking.querySelectorAll("tr[data-index]").forEach((row) => (
    row.classList.toggle("lit", Number(row.dataset.index) === index)
  ));
}

function press([lat, lon], thing) {
  if (picking) { pick([lat, lon], picking); return true; }
  if (thing) return false;
  choose([lat, lon]);
  return true;
}

const near = ([lat, lon]) => get(`api/places?near=${lat.toFixed(4)},${lon.toFixed(4)}&limit=4`);

async function pick(point, key) {
  setPicking("");
  try {
    // Far from all of them the point itself, if it is in a country, is a door.
    const found = await near(point);
    const place = found.find((one) => one.km <= NEAR_KM) || found.find((one) => one.kind === "point" && one.country);
    if (!place) {
      troubled(new Problem({ status: 422, field: key, detail: `No city or port within ${NEAR_KM} km of there. Press nearer to one, or type its name.` }));
      return;
    }
    fields.end(key, place);
  } catch (fault) {
    if (!isAborted(fault)) troubled(fault, () => pick(point, key));
  }
}

// What lies around a press on the open map, to take as an end.
async function choose(point) {
  const found = await near(point).catch(() => []);
  // The point itself comes last, as a door.
  const places = found.filter((one) => one.km <= NEAR_KM || (one.kind === "point" && one.country));
  if (!drawn || !places.length) { drawn?.map.card.close(); return; }
  const made = node("div", "place-popup", node("h2", "", "Near here"), ...places.map((place) => node("div", "near",
    node("span", "", `${place.label} `, node("small", "", place.km === undefined ? "as a door" : `${figure(place.km)} km`)),
    button("plain", "From", `From ${place.label}`, () => { drawn.map.card.close(); fields.end("origin", place); }),
    button("plain", "To", `To ${place.label}`, () => { drawn.map.card.close(); fields.end("destination", place); }))));
  drawn.map.card.show(made);
}

function setPicking(key) {
  picking = picking === key ? "" : key;
  frame.classList.toggle("picking", Boolean(picking));
  fields.pickingIs(picking);
  speak(picking ? `Press the map where the ${picking} is. Escape ends it.` : "");
  let hint = by("hint");
  if (!hint) { hint = node("p", ""); hint.id = "hint"; frame.append(hint); }
  hint.hidden = !picking;
  hint.textContent = picking ? `Click where the ${picking} is (Esc ends)` : "";
  if (picking && !isWide()) frame.scrollIntoView({ block: "start" });
}

// ---- the twelve months

function stopMonths() {
  clearTimeout(monthsTimer);
  if (monthsControl) monthsControl.abort();
  monthsControl = null;
}

const without = (question) => { const { departure, name, ...others } = question; return JSON.stringify(others); };

// The month of the strip that a question asks about, -1 if the strip is of another question. It
// holds exact answers for its own days: a departure on one of them needs no other strip.
const monthOf = (question) => (
  strip && strip.of === without(question) ? strip.days.indexOf(question.departure) : -1
);

async function ofMonths(question) {
  if (monthOf(question) >= 0 && strip.records.every(Boolean)) {
    document.body.dataset.months = toHash(question);
    return;
  }
  const records = Array(MONTHS).fill(null);
  monthsControl = new AbortController();
  const { signal } = monthsControl;
  const stop = button("plain", "Stop", "Stop the months", () => { stopMonths(); said.textContent = "Stopped."; stop.remove(); });
  const said = node("p", "note", "");
  const made = createMonths({ strip: months, months: records, setMonth, playable: false });
  const head = months.querySelector(".turn");
  head.append(said, stop);
  strip = { of: without(question), days: [], records, view: made };
  try {
    await stream("api/months", { scenario: question }, (event, data) => {
      if (event !== "month") return;
      records[data.number] = data.strip;
      strip.days[data.number] = data.departure;
      made.draw();
      if (data.number === 0) made.mark(0);
      const count = records.filter(Boolean).length;
      said.textContent = count < MONTHS ? `${count} of ${MONTHS} months` : "";
    }, signal);
    stop.remove();
    document.body.dataset.months = toHash(question);
  } catch (fault) {
    stop.remove();
    if (isAborted(fault)) return;
    said.textContent = fault.message;
    head.append(button("plain", "Try again", "Ask the months again", () => ofMonths(question)));
  }
}

function setMonth(at) {
  const day = strip && strip.days[at];
  if (!day || day === scenario.departure) return;
  changed({ ...copied(scenario), departure: day }, true);
}

// ---- the question, in the fields and in the address

// Asks the question of the fields. What still waits for the last one ends; its months go, unless they
// hold this one, and its lines stay as such, without figures.
function askAnew() {
  stopRest();
  const at = monthOf(scenario);
  if (at >= 0) strip.view.mark(at);
  else {
    strip = null;
    delete document.body.dataset.months;
    months.replaceChildren(node("p", "note", "The months follow the map."));
  }
  if (drawn && toHash(drawn.question) !== toHash(scenario)) frame.classList.add("old");
  ask(copied(scenario));
}

function changed(next, done) {
  scenario = next;
  fields.set(scenario);
  if (done) {
    const hash = address();
    if (hash !== location.hash) history.pushState(OWN, "", hash);
  }
  askAnew();
}

// Entries of the history that this page made: on the way back to one, what is pinned stays.
const OWN = "own";

const address = () => withPins(toHash(scenario), pins.asked());

function fromAddress(usual, isOwn = false) {
  const pinned = pinsOf(location.hash).slice(0, MOST);
  scenario = fromHash(location.hash) || usual;
  fields.set(scenario);
  askAnew();
  if (isOwn) {
    history.replaceState(OWN, "", address());
  } else {
    history.replaceState(OWN, "");
    askPinned(pinned);
  }
}

let pinsAsked = 0;

// Asks the pinned questions of a link again, beside its own.
async function askPinned(questions) {
  pinsAsked += 1;
  const mine = pinsAsked;
  const found = await Promise.all(questions.map(async (question, at) => {
    try {
      const sent = await post("api/compare?part=page", { scenario: question }, { lane: `-pin${at}` });
      return { scenario: question, parts: (await sent.json()).parts };
    } catch (fault) {
      return { fault };
    }
  }));
  if (mine !== pinsAsked) return;
  const failed = found.find(({ fault }) => fault);
  pins.replace(found.filter(({ parts }) => parts), failed && node("p", "fault",
    `A pinned question of this link has no answer: ${failed.fault.message} `,
    button("link", "Try again", "Ask the pinned questions again", () => askPinned(questions))));
}

// ---- sheets, files, pins

function sheet(title, ...content) {
  by("sheet-title").textContent = title;
  by("sheet-body").replaceChildren(...content);
  by("sheet").showModal();
  by("sheet-body").scrollTop = 0;
}

async function explain(row) {
  sheet(`${row.title}: every line`, node("p", "note", "Asking…"));
  try {
    const sent = await post("api/lines", { scenario: shown.question, corridor: row.corridor });
    const { html } = await sent.json();
    const made = node("div", "lines");
    made.append(placed(html));
    made.querySelectorAll("details").forEach((one) => { one.open = true; });
    by("sheet-body").replaceChildren(made);
  } catch (fault) {
    by("sheet-body").replaceChildren(node("p", "", fault.message));
  }
}

async function download(name, control) {
  const text = control.textContent;
  control.disabled = true;
  control.textContent = "Making it…";
  try {
    const sent = await post(`api/files/${name}`, { scenario });
    save(name, await sent.blob());
  } catch (fault) {
    if (!isAborted(fault)) troubled(fault, () => download(name, control));
  }
  control.disabled = false;
  control.textContent = text;
}

const written = async (body) => (await post("api/scenario", body)).json();

async function yaml() {
  try {
    const made = await written({ scenario });
    const text = node("pre", "", made.yaml);
    const command = node("pre", "", made.command);
    const more = [button("plain", "Save scenario.yaml", "", () => save("scenario.yaml", new Blob([made.yaml], { type: "text/yaml" }))),
      ...[["Copy the scenario", made.yaml], ["Copy the command", made.command]].map(([title, what]) => (
        button("plain", title, "", ({ target }) => copy(what, target, "Select the text and copy it"))))];
    sheet("The same from the command line", node("p", "", "Save the scenario, then run:"), command,
      node("p", "", "scenario.yaml:"), text, node("p", "acts", ...more));
  } catch (fault) {
    troubled(fault, yaml);
  }
}

function wire() {
  by("pin").addEventListener("click", () => { if (shown) pins.add(copied(shown.question), shown.parts); });
  by("share").addEventListener("click", () => {
    const hash = address();
    if (hash !== location.hash) history.replaceState(OWN, "", hash);
    copy(location.href, by("share"), "The address is the link");
  });
  by("files").querySelectorAll("[data-file]").forEach((one) => one.addEventListener("click", () => download(one.dataset.file, one)));
  by("yaml").addEventListener("click", yaml);
  const menus = ["files", "kept"].map(by);
  document.addEventListener("click", ({ target }) => menus.forEach((one) => { if (target.isConnected && !one.contains(target)) one.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (picking) setPicking("");
    menus.filter((one) => one.open).forEach((one) => { one.open = false; one.querySelector("summary").focus(); });
  });
  by("ask-open").addEventListener("click", () => {
    const open = document.body.classList.toggle("form-open");
    by("ask-open").setAttribute("aria-expanded", String(open));
    by("ask-open").textContent = open ? "Close" : "Change";
    if (open) by("question").scrollIntoView({ block: "start" });
  });
}

async function begin() {
  const start = await get("api/start").catch((fault) => {
    answer.replaceChildren(node("p", "first", fault.message), button("plain", "Try again", "", () => location.reload()));
    return null;
  });
  if (!start) return;
  fields = createFields(by("question"), start, { changed, picking: setPicking });
  // With other rates the map and the months are of another question.
  rates = createRates({ speak, changed: () => { strip = null; if (drawn) drawn.question = null; askAnew(); } });
  by("question").querySelector(":scope > details").before(rates.host);
  const labels = new Map([
    ...start.worlds.map(({ name, label }) => [`world=${name}`, label]),
    ...start.cargoes.map(({ name, label }) => [`shipment.cargo=${name}`, label]),
    ...start.sliders.map(({ key, label }) => [key, label]),
    ...start.switches.flatMap(({ sets, label }) => flat(sets).map(([key, value]) => [`${key}=${value}`, label])),
  ]);
  pins = createPins(by("pinned"), {
    labels,
    said: (key, value) => {
      const one = start.sliders.find((slider) => slider.key === key);
      return one ? amount(Number(value), one.unit) : "";
    },
    open: (question) => changed(copied(question), true),
    sheet, contentOf, baseMap,
    changed: () => { pinsAsked += 1; history.replaceState(OWN, "", address()); },
  });
  studies = createStudies(by("studies"), start, {
    question: () => shown.question, home: () => shown.parts.ends.destination.country, sheet, dialog: by("sheet"), speak,
  });
  kept = createKept(by("kept"), {
    version: start.version, question: () => scenario, open: (question) => changed(question, true),
    asYaml: async (question) => (await written({ scenario: question })).yaml,
    fromYaml: async (text) => (await written({ yaml: text })).scenario,
    save, speak, failed: (fault) => troubled(fault, () => {}), isPrivate: () => rates.any(),
  });
  createHelp(by("help"), { sheet });
  wire();
  const usual = (start.scenarios.find(({ name }) => name === FIRST) || start.scenarios[0]).scenario;
  window.addEventListener("popstate", ({ state }) => fromAddress(copied(usual), state === OWN));
  fromAddress(copied(usual));
}

begin();
