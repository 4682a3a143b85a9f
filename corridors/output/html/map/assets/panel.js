// The panel of a map: what to do, its figures over their ranges, what would change it, and then every
// option as dot and range on one axis, each row a button. Texts come as printed: none is rounded here.
"use strict";

const ROLES = { sea: "Ship", rail: "Train or truck", none: "No line known" };
const amountOf = (text) => Number(text.replaceAll(",", ""));
const capital = (text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const mark = (role) => node("i", `mark ${role}`);

// A dot at a value and a bar from low to high, on a line from `least` to `most`.
function axisOf(text, low, high, [least, most], role = "sea") {
  const share = (value) => (100 * (amountOf(value) - least)) / (most - least || 1);
  const made = node("span", `axis ${role}`);
  made.setAttribute("aria-hidden", "true");
  if (low) {
    const bar = node("i", "");
    bar.style.left = `${share(low)}%`;
    bar.style.width = `${share(high) - share(low)}%`;
    made.append(bar);
  }
  const dot = node("u", "");
  dot.style.left = `${share(text)}%`;
  made.append(dot);
  return made;
}

// The ends of an axis that holds some figures, with a margin.
function spanOf(texts, margin = 0.06) {
  const values = texts.filter(Boolean).map(amountOf);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = margin * (most - least || most);
  return [least - room, most + room];
}

// `acts`: `open(route)`, `point(route)`, `role(route)`, `isFocus(route)`, `choice` (an element or none), `credit`, whose map it is, and `links`, pairs
// of a text and an address.
function createPanel(host, acts) {
  const said = node("div", "");
  said.id = "said";
  const foot = node("div", "");
  foot.id = "foot";
  host.insertBefore(said, host.querySelector("#grip").nextSibling);
  host.append(foot);

  function opens(made, route) {
    if (route < 0) return made;
    made.dataset.route = route;
    made.addEventListener("click", () => acts.open(route));
    made.addEventListener("mouseenter", () => acts.point(route));
    made.addEventListener("mouseleave", () => acts.point(-1));
    made.addEventListener("focus", () => { if (made.matches(":focus-visible")) acts.point(route); });
    made.addEventListener("blur", () => acts.point(-1));
    return made;
  }

  function figureOf({ label, value, unit, low, high }, role, isFirst) {
    return node("div", "figure", node("span", "", label), node("strong", "", value, node("small", "", ` ${unit}`)),
      ...(low ? [axisOf(value, low, high, spanOf([value, low, high], 0.35), role), node("span", "", `${isFirst ? "8 in 10: " : ""}${low} to ${high}`)] : []));
  }

  function change({ when, option, text, route }) {
    const made = route < 0 ? node("div", "change") : opens(button("change", "", "", () => {}), route);
    const named = option ? [node("b", "", ...(route < 0 ? [] : [mark(acts.role(route))]), option)] : [];
    made.append(node("span", "", when), ...named, node("em", "", text));
    return node("li", "", made);
  }

  function rowOf(answer, row, span, now) {
    const usd = now ? now.usd(row.route) : row.usd;
    const made = opens(button("row", "", "", () => {}), row.route);
    const isBest = now ? now.best === row.route : row.mark === ">";
    made.classList.toggle("on", acts.isFocus(row.route));
    made.classList.toggle("best", isBest);
    made.title = [row.name, row.against, row.sails].filter(Boolean).join(" · ");
    made.setAttribute("aria-label", `${[`${row.name}:`, answer.what, usd].filter(Boolean).join(" ")}${row.low && !now ? ` (${row.low} to ${row.high})` : ""}, ${row.side.replace(/ d$/, " days")}`
      + `${row.sails ? `, ${row.sails}` : ""}${isBest ? ", recommended" : row.mark === "=" ? ", about the same" : ""}`);
    made.append(node("b", "", row.name), !usd ? node("span", "") : axisOf(usd, now ? "" : row.low, row.high, span, acts.isFocus(row.route) ? acts.role(row.route) : "other"),
      node("span", "n", usd), node("span", "n d", row.side));
    return node("li", "", made);
  }

  // `now` holds what sliders say: `usd(route)`, `best` and `order`, or null.
  function show(answer, now = null) {
    const rows = answer.groups.flatMap(([, list]) => list);
    const span = spanOf(rows.flatMap((row) => (now ? [now.usd(row.route)] : [row.usd, row.low, row.high])));
    const at = (row) => (now ? now.order.indexOf(row.route) : 0);
    const groups = answer.groups.flatMap(([title, list]) => [
      ...(title ? [node("h3", "", title)] : []),
      node("ul", title ? "rows less" : "rows", ...[...list].sort((a, b) => at(a) - at(b)).map((row) => rowOf(answer, row, span, now))),
    ]);
    const best = rows.find((row) => row.mark === ">");
    const used = [...new Set(rows.map((row) => acts.role(row.route)))];
    said.replaceChildren(
      node("p", "eye", answer.asked), node("h1", "", answer.finding), node("p", "lead", answer.lead),
      ...(answer.figures.length ? [node("div", "figures", ...answer.figures.map((one, at) => figureOf(one, best ? acts.role(best.route) : "sea", !at)))] : []),
      ...(acts.choice ? [acts.choice] : []),
      ...(answer.changes.length ? [node("h2", "", answer.changed || "What would change it"), node("ul", "changes", ...answer.changes.map(change))] : []),
      ...(rows.length ? [node("h2", "", `${answer.rows} `, node("small", "", answer.axis))] : []),
      ...groups,
    );
    foot.replaceChildren(
      ...(answer.closed.length ? [section(`Not to be had: ${answer.closed.length}`, false, node("ul", "closed", ...answer.closed.map(([name, why]) => (
        node("li", "", node("b", "", name), `: ${why}`)))))] : []),
      ...(answer.notes.length ? [section(`Notes: ${answer.notes.length}`, false, ...answer.notes.map(([about, text]) => (
        node("p", "note", node("b", "", about), about ? ": " : "", text))))] : []),
      node("p", "keys", ...(answer.keys || [...used.map((role) => [role, ROLES[role]]), ["other", "Others"]]).map(([role, text]) => (
        node("span", "", mark(role), text)))),
      node("p", "foot", answer.rests, ...acts.links.map(([text, address]) => linkTo(address, ` ${text}`))),
      node("p", "credit", acts.credit),
    );
  }

  return { show };
}
