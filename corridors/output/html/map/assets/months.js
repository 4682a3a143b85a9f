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
    setMonth(shown);
    const scroller = strip.querySelector(".scrolls");
    const head = heads[shown].parentElement;
    scroller.scrollLeft = head.offsetLeft - scroller.clientWidth / 2;
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
}
