// The strip of months under the map: the month shown, a step, play.
"use strict";

function createMonths({ months, routes, setMonth }) {
  const strip = document.getElementById("months");
  const heads = [...strip.querySelectorAll("button[data-month]")];
  const playing = strip.querySelector("[data-play]");
  const said = strip.querySelector("[data-said]");
  const blocks = [...document.querySelectorAll("#panel [data-of-month]")];
  const STEP_MS = 1500;
  let shown = 0;
  let timer = null;

  function show(at) {
    shown = (at + months.length) % months.length;
    heads.forEach((head, i) => head.setAttribute("aria-pressed", String(i === shown)));
    strip.querySelectorAll("[data-cell]").forEach((cell) => (
      cell.classList.toggle("chosen", Number(cell.dataset.cell) === shown)
    ));
    blocks.forEach((block) => { block.hidden = Number(block.dataset.ofMonth) !== shown; });
    const { label, recommended } = months[shown];
    said.textContent = `${label}: ${recommended < 0 ? "no recommendation" : routes[recommended].title}`;
    dress();
    setMonth(shown);
    const scroller = strip.querySelector(".scrolls");
    const head = heads[shown].parentElement;
    scroller.scrollLeft = head.offsetLeft - scroller.clientWidth / 2;
  }

  // The figures of each corridor in the month; closed ones last.
  function dress() {
    const places = new Map(months[shown].options.map((option, place) => [option.route, { option, place }]));
    const rows = [...document.querySelectorAll("#panel .row[data-index]")];
    const ordered = rows.map((row) => {
      const here = places.get(Number(row.dataset.index));
      const cells = row.querySelectorAll(".fig");
      row.classList.toggle("shut", !here);
      const { title } = here ? here.option : routes[Number(row.dataset.index)];
      row.querySelector(".name").firstChild.data = here && here.option.rank ? `${here.option.rank}. ${title} ` : `${title} `;
      const star = row.querySelector(".star");
      star.hidden = months[shown].recommended !== Number(row.dataset.index);
      row.querySelectorAll("[data-first-month]").forEach((note) => { note.hidden = shown > 0; });
      const [usd, days, transit, tonnes] = here ? here.option.printed : ["closed", "", "", ""];
      cells[0].textContent = usd;
      cells[1].replaceChildren(days, ...(transit ? [" ", node("small", "", `(${transit})`)] : []));
      cells[2].textContent = tonnes;
      return { label: row.closest("label"), place: here ? here.place : 999 };
    });
    const list = ordered.length && ordered[0].label.parentElement;
    ordered.sort((a, b) => a.place - b.place).forEach(({ label }, i) => list.insertBefore(label, list.children[i]));
  }

  function play(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => show(shown + 1), STEP_MS) : null;
    playing.textContent = on ? "❚❚" : "▶";
    playing.setAttribute("aria-label", on ? "Pause" : "Play the months");
  }

  playing.addEventListener("click", () => play(!timer));
  strip.querySelector("[data-step='-1']").addEventListener("click", () => { play(false); show(shown - 1); });
  strip.querySelector("[data-step='1']").addEventListener("click", () => { play(false); show(shown + 1); });
  heads.forEach((head, i) => head.addEventListener("click", () => { play(false); show(i); }));
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const end = { Home: 0, End: months.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    play(false);
    show(step === undefined ? end : shown + step);
    if (heads.includes(document.activeElement)) heads[shown].focus();
  });
  show(0);
  return { dress };
}
