// The question: keys and values as in a scenario's file, in the address so that it can be shared.

const encoder = new TextEncoder();

export function toHash(scenario) {
  const bytes = encoder.encode(JSON.stringify(scenario));
  const text = btoa(String.fromCharCode(...bytes));
  return `#${text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`;
}

// An address holds the question, and behind it those that are pinned, set apart by `~`.
const APART = "~";
export const withPins = (hash, pins) => [hash, ...pins.map((one) => toHash(one).slice(1))].join(APART);
export const pinsOf = (hash) => hash.split(APART).slice(1).map((one) => fromHash(`#${one}`)).filter(Boolean);

// The question of an address; null if it holds none.
export function fromHash(hash) {
  try {
    const [question] = hash.split(APART);
    const text = atob(question.slice(1).replace(/-/g, "+").replace(/_/g, "/"));
    const made = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))));
    return isRecord(made) ? made : null;
  } catch {
    return null;
  }
}

export const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
export const copied = (value) => JSON.parse(JSON.stringify(value));

// A key such as `overrides.fuel.vlsfo_usd_per_t`: the names of parameters have dots of their own.
const split = (key) => {
  const at = key.indexOf(".");
  return at < 0 ? [key] : [key.slice(0, at), key.slice(at + 1)];
};

export function read(scenario, key) {
  return split(key).reduce((held, name) => (isRecord(held) ? held[name] : undefined), scenario);
}

// Sets a key; `undefined` leaves it out, and so the record that held nothing else.
export function write(scenario, key, value) {
  const [first, rest] = split(key);
  if (rest === undefined) {
    if (value === undefined) delete scenario[first];
    else scenario[first] = value;
    return;
  }
  const held = isRecord(scenario[first]) ? scenario[first] : {};
  if (value === undefined) delete held[rest];
  else held[rest] = value;
  if (Object.keys(held).length) scenario[first] = held;
  else delete scenario[first];
}

// Whether a question has what a switch sets: lists hold its entries, all else is equal.
export function has(scenario, sets) {
  return Object.entries(sets).every(([key, wanted]) => {
    const held = isRecord(scenario) ? scenario[key] : undefined;
    if (Array.isArray(wanted)) {
      return Array.isArray(held) && wanted.every((one) => held.some((other) => alike(other, one)));
    }
    return isRecord(wanted) ? has(held, wanted) : same(held, wanted);
  });
}

// An entry may be written as a name alone: a project.
const alike = (one, other) => same(one, other) || (isRecord(other) && one === other.id);

export function turn(scenario, sets, on) {
  for (const [key, wanted] of Object.entries(sets)) {
    if (Array.isArray(wanted)) {
      const others = (Array.isArray(scenario[key]) ? scenario[key] : [])
        .filter((one) => !wanted.some((other) => alike(one, other)));
      const list = on ? [...others, ...copied(wanted)] : others;
      if (list.length) scenario[key] = list;
      else delete scenario[key];
    } else if (isRecord(wanted)) {
      const held = isRecord(scenario[key]) ? scenario[key] : {};
      turn(held, wanted, on);
      if (Object.keys(held).length) scenario[key] = held;
      else delete scenario[key];
    } else if (on) scenario[key] = wanted;
    else delete scenario[key];
  }
}

// Values by dotted key, lists as text: what two questions are compared by.
export function flat(scenario, prefix = "") {
  return Object.entries(scenario).flatMap(([key, value]) => (
    isRecord(value) ? flat(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, Array.isArray(value) ? value.map(entry).join(", ") : String(value)]]
  ));
}

const entry = (value) => (isRecord(value) ? Object.values(value).map(entry).join(" ") : String(value));
