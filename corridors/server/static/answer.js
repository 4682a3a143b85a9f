// What the server says of a question: the answer in sentences, the ranking, the value of a day, and
// the charts of the report.

// Markup of the program's own pages. Under the page's policy a style in markup is not applied, so it
// is set by script.
export function placed(html) {
  const made = document.createElement("template");
  made.innerHTML = html.replaceAll(' style="', ' data-style="');
  made.content.querySelectorAll("[data-style]").forEach((one) => {
    one.style.cssText = one.dataset.style;
    one.removeAttribute("data-style");
  });
  // A keyboard scrolls what is wider than its place.
  made.content.querySelectorAll(".wide").forEach((one) => {
    one.tabIndex = 0;
    one.setAttribute("role", "group");
    one.setAttribute("aria-label", one.querySelector("caption")?.textContent || "Table");
  });
  return made.content;
}

export function showAnswer(host, parts, busy) {
  const [first, ...others] = parts.answer;
  host.classList.toggle("warn", !parts.best);
  const more = node("details", "more", node("summary", "", "More about this answer"),
    ...others.slice(2).map((text) => node("p", "", text)),
    ...parts.warnings.map((text) => node("p", "warning", text)));
  more.open = host.dataset.more === "open";
  more.addEventListener("toggle", () => { host.dataset.more = more.open ? "open" : ""; });
  host.replaceChildren(
    node("p", "first", first), ...others.slice(0, 2).map((text) => node("p", "", text)),
    ...(others.length > 2 || parts.warnings.length ? [more] : []),
  );
  host.setAttribute("aria-busy", String(Boolean(busy)));
}

const HEADS = [
  ["", "Corridor"], ["fig", "Days (transit)", "Gate-in to gate-out, and in transit"],
  ["fig", "Cost", "USD per box of your equipment that carriage costs"], ["fig", "Price", "USD per box of your equipment that shippers are quoted"],
  ["fig", "t CO₂e", "Per box of your equipment, well-to-wake"],
  ["fig", "Better in", "Of 100 cases of prices, speeds and waits, in how many it beats the recommended one"],
];

// `acts`: `point(index)` while a row is under the pointer or has the focus, `open(index)`, and
// `explain(row)`.
export function showRanking(host, parts, acts) {
  const kept = parts.rows.map((row, index) => ({ ...row, index })).filter((row) => !row.folded);
  const folded = parts.rows.map((row, index) => ({ ...row, index })).filter((row) => row.folded);
  const made = [
    node("h2", "", "Corridors, best first"),
    ...(parts.note ? [node("p", "note", parts.note)] : []),
    rows(kept, parts, acts, "Corridors, best first"),
  ];
  if (folded.length) {
    made.push(node("details", "folded", node("summary", "note", `${parts.folded}.`), rows(folded, parts, acts, "Corridors left out")));
  }
  if (parts.ranges) {
    const text = parts.drawn ? "“Better in” is the share of draws in which it beats the recommended one." : "";
    made.push(node("p", "note", `Range below the ${parts.basis}: ${parts.ranges}. ${text}`));
  }
  if (parts.closed.length) {
    made.push(node("h3", "", "Not usable for this departure"), node("ul", "closed", ...parts.closed.map((one) => (
      node("li", "", node("b", "", one.title), `: ${one.status}. `,
        node("span", "note", [one.reason, one.again].filter(Boolean).map((text) => `${text[0].toUpperCase()}${text.slice(1)}.`).join(" ")))
    ))));
  }
  parts.left_out.forEach((text) => made.push(node("p", "note", text)));
  const focus = host.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
  host.replaceChildren(...made);
  if (focus) host.querySelector(`[data-keep="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

function rows(list, parts, acts, name) {
  if (!list.length) return node("p", "note", "No corridor is usable.");
  const head = node("tr", "", ...HEADS.map(([kind, text, hint]) => {
    const cell = heading("col", kind, text);
    if (hint) cell.title = hint;
    if (text.toLowerCase() === parts.basis) cell.setAttribute("aria-sort", "ascending");
    return cell;
  }));
  const body = node("tbody", "", ...list.map((row) => {
    const made = node("tr", row.best ? "best" : "");
    made.dataset.index = row.index;
    const open = button("name", row.title, "", () => acts.open(row.index));
    open.dataset.keep = `open-${row.corridor}`;
    const explain = button("explain", "Explain", `Explain ${row.title}: every line with its source`, () => acts.explain(row));
    explain.dataset.keep = `explain-${row.corridor}`;
    const marks = [
      row.best ? node("span", "star", "recommended") : null,
      row.mark ? node("small", "mark", row.mark === "same route" ? `same route as ${row.equals}` : row.mark) : null,
      ...row.over.map((text) => node("small", "mark over", `over the limit of ${text}`)),
      row.rate ? node("small", "mark", `your rate: ${row.rate}`) : null,
      row.sails ? node("small", "", row.sails) : null,
      explain,
    ].filter(Boolean);
    const title = heading("row", "", node("div", "corridor",
      node("span", "rank", row.rank ? `${row.rank}` : ""), mark(row.role), open, node("div", "marks", ...marks)));
    const ranged = node("small", "", `${row.low}–${row.high}`);
    made.append(
      title, cell(row.days, node("small", "", `(${row.transit})`)),
      cell(row.cost, ...(parts.basis === "cost" ? [ranged] : [])),
      cell(row.price, parts.basis === "price" ? ranged : node("small", "", row.price_is)),
      cell(row.tonnes), cell(row.best ? "—" : row.lower || "…"),
    );
    [...made.cells].slice(1).forEach((one, at) => { one.dataset.head = HEADS[at + 1][1]; });
    made.addEventListener("pointerenter", () => acts.point(row.index));
    made.addEventListener("pointerleave", () => acts.point(-1));
    made.addEventListener("focusin", () => acts.point(row.index));
    made.addEventListener("focusout", () => acts.point(-1));
    return made;
  }));
  const caption = node("caption", "unseen", name);
  return scrolling("scrolls", name, node("table", "ranked", caption, node("thead", "", head), body));
}

const cell = (...children) => node("td", "fig", ...children);

// The value of a day: which corridor is best from where on, as a bar and as a list.
// Its steps and the mark are per box, the key of the scenario per TEU.
function ladder(parts, dayOfTeu) {
  const day = parts.teu * dayOfTeu;
  const steps = parts.ladder;
  if (!steps.length) return null;
  const most = Math.max(60, ...steps.map((step) => step.from * 1.35), day * 1.1);
  const bar = node("div", "ladder", ...steps.map((step) => {
    const piece = node("i", "");
    piece.style.width = `${(100 * ((step.to === null ? most : step.to) - step.from)) / most}%`;
    piece.style.background = step.colour;
    piece.dataset.tip = `${step.title}: ${between(step)}`;
    return piece;
  }));
  bar.setAttribute("aria-hidden", "true");
  if (day > 0) {
    const mark = node("b", "");
    mark.style.left = `${(100 * day) / most}%`;
    bar.append(mark);
  }
  const list = node("ol", "steps", ...steps.map((step) => node("li", "",
    swatch(step.colour), node("b", "", step.title), ` ${between(step)}`,
    node("small", "", ` USD ${step.usd}, ${step.days} days`))));
  const now = day > 0 ? [node("p", "note", `A day of this question is worth ${figure(day)} ${parts.money}: the mark on the bar.`)] : [];
  return node("section", "", node("h2", "", "What a day is worth"), bar, list, ...now);
}

function between({ from, to }) {
  if (to === null && !from) return "whatever a day is worth";
  if (to === null) return `above ${figure(from)} USD a day`;
  return from ? `from ${figure(from)} to ${figure(to)} USD a day` : `up to ${figure(to)} USD a day`;
}

const CHARTS = [["cost", "Cost by part"], ["time", "Time by part"], ["front", "Cost against days"]];

export function showRest(host, parts, day) {
  const open = new Set([...host.querySelectorAll("details[data-chart][open]")].map((one) => one.dataset.chart));
  const first = !host.childElementCount;
  const charts = CHARTS.filter(([name]) => parts.charts[name]).map(([name, title]) => {
    const made = node("details", "chart-box", node("summary", "", title), placed(parts.charts[name]));
    made.dataset.chart = name;
    made.open = first || open.has(name);
    return made;
  });
  const step = ladder(parts, day);
  host.replaceChildren(...(step ? [step] : []), ...charts);
}
