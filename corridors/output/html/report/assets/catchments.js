// Which corridor is best to each destination at a value of a day: counts, and on a map the colours of
// regions. `studyMap` has the corridors first, then `first` and on the places; the planner's page
// draws its own counts when they have come.
function drawCatchments(studyMap, first) {
  'use strict';

  const data = JSON.parse(document.getElementById('catchments-data').textContent);
  const slider = document.getElementById('catch-day');
  const PALEST = 0.25;
  const CLEAR = 0.15; // a region that is this far ahead of the next, as a share, has its full colour

  // At a value of 0 the best is that of the scenario's objective, which may be another than cost.
  function ranked(to, value) {
    const order = to.reached.slice().sort((a, b) => a[1] + value * a[2] - b[1] - value * b[2]);
    if (!value) order.sort((a, b) => (b[0] === to.best) - (a[0] === to.best));
    return order;
  }

  function draw() {
    const value = Number(slider.value);
    const wins = new Map();
    const drawn = data.to.map((to) => {
      const [best, next] = ranked(to, value);
      if (!best) return { colour: 'var(--cbaa1b0,#baa1b0)', opacity: PALEST, best: -1, text: `${to.name}: not reached` };
      wins.set(best[0], (wins.get(best[0]) || 0) + 1);
      const cost = best[1] + value * best[2];
      const ahead = next ? (next[1] + value * next[2] - cost) / cost : CLEAR;
      let text = `${to.name}: ${best[3]}, USD ${figure(data.teu * best[1])} per ${data.box}, ${figure(best[2], 1)} days`;
      if (next) text += `; next ${next[3]}, ${figure(data.teu * (next[1] - best[1]))} USD and ${figure(next[2] - best[2], 1)} days more`;
      const share = Math.min(Math.max(ahead / CLEAR, 0), 1);
      return { colour: data.corridors[best[0]].colour, best: best[0], opacity: PALEST + (1 - PALEST) * share, text };
    });
    slider.previousElementSibling.textContent = `${figure(data.teu * value)} USD a day per ${data.box}`;
    const order = Array.from(wins).sort((a, b) => b[1] - a[1]);
    if (studyMap) {
      dress(drawn, wins);
      return;
    }
    document.getElementById('catch-count').textContent = order
      .map(([c, count]) => `${data.corridors[c].title}: ${figure(count)}`).join('; ');
    document.getElementById('catch-legend').replaceChildren(...order.map(([c]) => node('li', '', swatch(data.corridors[c].colour), data.corridors[c].title)));
  }

  // The regions and rows of a map: rows stand for corridors in the order in which they win at first.
  function dress(drawn, wins) {
    const { things, panel } = studyMap.content;
    const rows = panel.groups.flatMap(([, list]) => list);
    const rowOf = new Map(rows.map((row) => [row.name, row.route]));
    drawn.filter((_, i) => data.to[i].placed).forEach(({ colour, opacity, best, text }, at) => {
      studyMap.redress(first + at, { colour, opacity, text, parent: best < 0 ? -1 : rowOf.get(data.corridors[best].title) });
    });
    const count = new Map(data.corridors.map(({ title }, c) => [title, wins.get(c) || 0]));
    rows.forEach((row) => {
      const places = things.filter(({ parent }, i) => i >= first && parent === row.route).map(({ name }) => name);
      things[row.route].facts = [['Best for', places.join(', ') || 'none']];
    });
    const now = rows.map((row) => ({ ...row, usd: String(count.get(row.name)) })).sort((a, b) => b.usd - a.usd);
    const [most] = now;
    const all = now.reduce((sum, { usd }) => sum + Number(usd), 0);
    const finding = Number(slider.value) && all ? `${most.name.split(' (')[0]} is best for ${most.usd} of ${all} destination${all > 1 ? 's' : ''}` : panel.finding;
    studyMap.showRows([['', now.filter(({ usd }) => usd > 0)], ['Best nowhere', now.filter(({ usd }) => usd < 1)]].filter(([, list]) => list.length), finding);
  }

  slider.addEventListener('input', draw);
  slider.value = slider.defaultValue;
  draw();
}

if (document.getElementById('catch-count')) drawCatchments();
