// Questions to the server. A newer question of this page cancels an older one of its kind; what is
// wrong comes back as a Problem with a sentence, and the key of the scenario that it is about.

const PAGE = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
const GONE = "The server does not answer. Check that corridors serve is still running.";

export class Problem extends Error {
  constructor({ status = 0, detail = GONE, field = "", faults = [] }, retry = 0) {
    super(detail);
    Object.assign(this, { status, field, faults, retry });
  }

  // A newer question took the place of this one, or its answer is not kept: neither is a fault.
  get isPast() { return this.status === 409; }
}

export const isAborted = (fault) => fault.name === "AbortError" || fault.isPast;

async function checked(sent) {
  let answer;
  try {
    answer = await sent;
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Problem({});
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Problem({ status: answer.status, ...said }, Number(answer.headers.get("Retry-After") || 0));
}

export async function get(path, signal, lane = "") {
  const answer = await checked(fetch(path, { headers: { "X-Page": PAGE + lane }, signal }));
  return answer.json();
}

// Files by key that go with each question, and with its scenario alone: those it names are held here.
let held = {};
export const hold = (files) => { held = files; };

function withHeld(body) {
  if (!body.scenario) return body;
  const scenario = { ...body.scenario };
  for (const [key, files] of Object.entries(held)) {
    if (!files.length) continue;
    const named = [scenario[key] || []].flat().filter((one) => !files.some(({ name }) => name === one));
    scenario[key] = [...named, ...files];
  }
  return { ...body, scenario };
}

// `lane` sets questions apart that are asked at the same time and must not end each other.
export function post(path, body, { signal, accept = "application/json", lane = "" } = {}) {
  return checked(fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Page": PAGE + lane, Accept: accept },
    body: JSON.stringify(withHeld(body)),
    signal,
  }));
}

// Calls `heard(event, data)` with each server-sent event of an answer.
export async function stream(path, body, heard, signal) {
  const answer = await post(path, body, { signal, accept: "text/event-stream" });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value.replace(/\r/g, "");
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name) => lines.filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).replace(/^ /, "")).join("\n");
      const data = field("data");
      if (data && field("event") === "problem") throw new Problem(JSON.parse(data));
      if (data) heard(field("event") || "message", JSON.parse(data));
    }
  }
}

// Asks one question at a time, the newest next: a slider that moves gets an answer for where it is
// as quickly as answers come. A question that takes longer than `PATIENCE_MS` gives way.
const PATIENCE_MS = 700;

export function newest(run) {
  let running = null;
  let waiting = null;

  function start(question) {
    const control = new AbortController();
    const mine = { control, since: performance.now() };
    running = mine;
    run(question, control.signal).finally(() => {
      if (running !== mine) return;
      running = null;
      next();
    });
  }

  function next() {
    if (!waiting) return;
    const question = waiting;
    waiting = null;
    start(question);
  }

  return (question) => {
    waiting = question;
    if (!running) next();
    else if (performance.now() - running.since > PATIENCE_MS) {
      running.control.abort();
      running = null;
      next();
    } else {
      const { control, since } = running;
      setTimeout(() => {
        if (waiting === question && running && running.control === control) {
          control.abort();
          running = null;
          next();
        }
      }, PATIENCE_MS - (performance.now() - since));
    }
  };
}
