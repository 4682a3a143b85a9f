// The strip of months: who is recommended in each, what is closed, the ice; the month shown, a step,
// play. Months may come one by one: those that are not known yet are null.
"use strict";

function createMonths({ strip, months, setMonth, playable = true }) {
  const STEP_MS = 1500;
  const said = node("p", "");
  said.setAttribute("aria-live", "polite");
  const back = button("", "◂", "One month back", () => { play(false); show(shown - 1); });
  const on = button("", "▸", "One month on", () => { play(false); show(shown + 1); });
  const playing = button("", "▶", "Play the months", () => play(!timer));
  const head = node("tr", "");
  const body = node("tbody", "");
  const scroller = scrolling("scrolls", "Months: arrow keys step", node("table", "", node("thead", "", head), body));
  strip.replaceChildren(node("div", "turn", back, ...(playable ? [playing] : []), on, said), scroller);
  let heads = [];
  let shown = 0;
  let timer = null;
  let isIceOpen = false;

  const known = (read) => months.map((one) => (one ? read(one) : null));

  // Equal cells in succession are one, under the colour of its role if it has one.
  function runs(title, texts, colours = [], hints = []) {
    const cells = [];
    for (let at = 0; at < texts.length;) {
      let to = at + 1;
      while (to < texts.length && texts[to] === texts[at] && hints[to] === hints[at]) to += 1;
      const cell = node("td", "run", node("span", "", texts[at] === null ? "…" : texts[at]));
      cell.colSpan = to - at;
      if (colours[at]) cell.classList.add(colours[at]);
      cell.firstChild.title = hints[at] || texts[at] || "";
      cells.push(cell);
      at = to;
    }
    return row(title, cells);
  }

  const row = (title, cells) => node("tr", "", heading("row", "", title), ...cells);

  function iceCell(tenths, text, at) {
    const tone = node("span", "", text);
    tone.style.background = `rgba(86,150,200,${(0.055 * Math.min(10, tenths)).toFixed(2)})`;
    const cell = node("td", "ice", tone);
    cell.dataset.cell = at;
    return cell;
  }

  // The shade of the worst sea in each month; a press unfolds the seas with their figures.
  function iceRows({ ice }) {
    const seas = ice.map(([sea], number) => row(`${sea} ice, /10`, known((one) => one.ice[number][1]).map((tenths, at) => (
      iceCell(tenths, tenths === null ? "…" : figure(tenths, 1), at)))));
    const unfold = (open) => {
      isIceOpen = open;
      fold.setAttribute("aria-expanded", String(open));
      seas.forEach((one) => { one.hidden = !open; });
    };
    const fold = button("fold", "Sea ice", "", () => unfold(!isIceOpen));
    unfold(isIceOpen);
    return [row(fold, known((one) => Math.max(...one.ice.map(([, tenths]) => tenths))).map((most, at) => iceCell(most, "", at))), ...seas];
  }

  function draw() {
    heads = months.map((one, at) => {
      const label = one ? one.label : "…";
      // The year stands where it begins.
      const made = button("", at && !label.startsWith("Jan") ? label.slice(0, 3) : label, label, () => { play(false); show(at); });
      made.dataset.month = at;
      made.disabled = !one;
      return made;
    });
    head.replaceChildren(heading("col", "", "Departure"), ...heads.map((made) => heading("col", "", made)));
    const colours = (key) => known((one) => one[key].role);
    const shut = known(({ closed }) => (
      closed.length < 2 ? closed[0] || "—" : `${closed.length} corridors`
    ));
    const names = known(({ closed }) => (closed.length < 2 ? "" : closed.join(", ")));
    const first = months.find((one) => one);
    body.replaceChildren(
      runs("Recommended", known((one) => one.best.title), colours("best")),
      runs(first ? first.money : "USD", known((one) => one.best.usd)),
      runs("days", known((one) => one.best.days)),
      runs("Quickest", known((one) => one.quick.title), colours("quick")),
      runs("its days", known((one) => one.quick.days)),
      runs("Closed", shut, [], names),
      ...(first && first.ice.length ? iceRows(first) : []),
    );
    press();
  }

  function press() {
    heads.forEach((one, at) => one.setAttribute("aria-pressed", String(at === shown)));
    strip.querySelectorAll("[data-cell]").forEach((cell) => (
      cell.classList.toggle("chosen", Number(cell.dataset.cell) === shown)
    ));
  }

  function show(at) {
    const next = (at + months.length) % months.length;
    if (!months[next]) return;
    mark(next);
    setMonth(shown);
  }

  // Shows a month as pressed, without asking for it.
  function mark(at) {
    shown = at;
    press();
    const one = months[shown];
    if (!one) return;
    said.textContent = `${one.label}: ${one.best.usd === "—" ? "no recommendation" : one.best.title}`;
    const cell = heads[shown].parentElement;
    scroller.scrollLeft = cell.offsetLeft - scroller.clientWidth / 2;
  }

  function play(go) {
    clearInterval(timer);
    timer = go ? setInterval(() => show(shown + 1), STEP_MS) : null;
    playing.textContent = go ? "❚❚" : "▶";
    playing.setAttribute("aria-label", go ? "Pause" : "Play the months");
  }

  strip.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const end = { Home: 0, End: months.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    play(false);
    show(step === undefined ? end : shown + step);
    if (heads.includes(document.activeElement)) heads[shown].focus();
  };
  draw();
  if (months[0]) show(0);

  return { draw, mark };
}
