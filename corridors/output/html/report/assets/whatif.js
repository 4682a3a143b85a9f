// Prices the stored routes again, from their bills, and bounds what a new search could save.
// `follow` gets what the sliders say, whenever they say it: a map moves with them.
function createWhatIf(follow) {
  'use strict';

  const data = JSON.parse(document.getElementById('whatif-data').textContent);
  const form = document.getElementById('whatif-form');
  const ABOVE = data.parts.length - 2;
  const OF_DAYS = data.parts.length - 1;

  // Stored per TEU, shown per box of the equipment asked for.
  const boxed = (value, digits = 0) => figure(data.teu * value, digits);

  // A term is [part, USD at factors of 1, numbers of the sliders that multiply it].
  const paid = (term, x) => term[2].reduce((usd, i) => usd * x[i], term[1]);
  const total = (terms, x) => terms.reduce((sum, term) => sum + paid(term, x), 0);

  // What a lane is quoted at beyond the cost of its reference way, at these factors.
  const beyondCost = (lane, x) => lane.freight - total(lane.cost, x);

  /** USD per TEU of a route by part, in the order of `data.parts`. */
  function byPart(route, x, priced) {
    const sums = data.parts.map(() => 0);
    route.terms.forEach((term) => { sums[term[0]] += paid(term, x); });
    if (priced && data.quoted[route.lane]) sums[ABOVE] = beyondCost(data.quoted[route.lane], x);
    return sums;
  }

  const usd = (route, x, priced) => byPart(route, x, priced).reduce((a, b) => a + b, 0);

  /**
   * USD per TEU that no route costs less than at cost, at factors within the box; null if unknown.
   *
   * The largest mean of the costs found at points whose mean is at most x, as a linear program. It
   * starts at the first point, the lowest; a column is another point, a row a slider, and the last
   * row keeps the weights at 1 or less. The simplex method with Bland's rule ends at the best mean.
   */
  function floor(x) {
    if (!data.floor) return null;
    const { sliders, points, usd: least } = data.floor;
    const factors = sliders.map((i) => x[i]);
    const rail = data.sliders.findIndex((slider) => slider.id === 'rail');
    const subsidy = data.sliders.findIndex((slider) => slider.id === 'subsidy');
    // A subsidy takes off at most its share of all rail freight.
    if (rail >= 0 && subsidy >= 0) factors[sliders.indexOf(rail)] *= 1 - x[subsidy];
    const [first, ...others] = points;
    const many = others.length;
    const rows = factors.map((factor, i) => [...others.map((point) => point[i] - first[i]), factor - first[i]]);
    rows.push([...others.map(() => 1), 1]);
    const gains = others.map((_, j) => least[j + 1] - least[0]);
    const basis = rows.map((_, i) => many + i);
    // Columns of slacks are kept as the unit vectors that they start as.
    rows.forEach((row, i) => row.splice(many, 0, ...rows.map((_, j) => (i === j ? 1 : 0))));
    gains.push(...rows.map(() => 0), 0);
    for (let turn = 0; turn < 500; turn += 1) {
      const enters = gains.findIndex((gain, j) => j < gains.length - 1 && gain > 1e-9);
      if (enters < 0) break;
      let leaves = -1;
      rows.forEach((row, i) => {
        if (row[enters] <= 1e-12) return;
        const ratio = row[row.length - 1] / row[enters];
        const best = leaves < 0 ? Infinity : rows[leaves][row.length - 1] / rows[leaves][enters];
        if (ratio < best - 1e-12 || (Math.abs(ratio - best) <= 1e-12 && basis[i] < basis[leaves])) leaves = i;
      });
      if (leaves < 0) break;
      const pivot = rows[leaves][enters];
      rows[leaves] = rows[leaves].map((value) => value / pivot);
      [...rows, gains].forEach((row) => {
        const times = row[enters];
        if (row === rows[leaves] || !times) return;
        rows[leaves].forEach((value, j) => { row[j] -= times * value; });
      });
      basis[leaves] = enters;
    }
    return least[0] - gains[gains.length - 1];
  }

  /** Of some routes, those that are best at some value of a day: [route, from which value on]. */
  function ladder(costs, numbers) {
    let left = numbers.map((i) => ({ title: data.routes[i].title, days: data.routes[i].days, usd: costs[i] }));
    left.sort((a, b) => a.usd - b.usd || a.days - b.days);
    const steps = [{ ...left[0], from: 0 }];
    for (;;) {
      const last = steps[steps.length - 1];
      left = left.filter((route) => route.days < last.days - 1e-9);
      if (!left.length) return steps;
      const from = (route) => (route.usd - last.usd) / (last.days - route.days);
      const next = left.reduce((a, b) => (from(b) < from(a) || (from(b) === from(a) && b.days < a.days) ? b : a));
      steps.push({ ...next, from: from(next) });
    }
  }

  const lower = (text) => text.replace(/^If /, 'if ');

  function ladderText(steps) {
    if (steps.length === 1) return `${steps[0].title} is cheapest and quickest.`;
    return `${steps.map((step, i) => {
      if (!i) return `If a day is worth up to ${boxed(steps[1].from)} USD per ${data.box}, ${step.title} is best`;
      if (i < steps.length - 1) return `from ${boxed(step.from)} to ${boxed(steps[i + 1].from)}, ${step.title}`;
      return `above that, ${step.title}`;
    }).join('; ')}.`;
  }

  const usual = data.sliders.map((slider) => slider.usual);
  const inputs = data.sliders.map((slider) => document.getElementById(`whatif-${slider.id}`));
  const day = document.getElementById('whatif-day');
  // A range holds whole steps; the answer is at the value of a day as it was given.
  const asGiven = day.cloneNode();
  asGiven.value = day.defaultValue;
  const dayIsGiven = () => day.value === asGiven.value;
  const stated = data.routes.map((route) => usd(route, usual, data.basis === 'price'));

  const basisNow = () => (form.elements.basis ? form.elements.basis.value : data.basis);
  // A slider that stands at its default is exactly there, whatever its step.
  const factorsNow = () => inputs.map((input, i) => (input.value === input.defaultValue ? usual[i] : Number(input.value)));

  function label(i, x) {
    const slider = data.sliders[i];
    const percent = `${figure(100 * x[i])} %`;
    if (!slider.first) return percent;
    const value = slider.rows[0][1] * x[i];
    const shown = figure(value, value < 1 ? 3 : value < 20 ? 2 : 0);
    return `${percent}: ${slider.first} ${shown} ${slider.unit}`.trim();
  }

  // Nine digits are exact to the cent, and short enough to read.
  const plain = (value) => String(Number(value.toPrecision(9)));

  function command(x) {
    if (!data.command) return 'corridors compare';
    const parts = [];
    data.sliders.forEach((slider, i) => {
      if (x[i] === usual[i]) return;
      if (slider.id === 'subsidy') parts.push('subsidies=found');
      slider.rows.forEach(([key, value]) => parts.push(`${key}=${plain(value * x[i])}`));
    });
    if (basisNow() !== data.basis) parts.push(`price_basis=${basisNow()}`);
    if (!dayIsGiven()) {
      parts.push('objective=generalised', `shipment.value_of_time_usd_per_teu_day=${day.value}`);
    }
    return [data.command, ...parts.map((part) => `--set ${part}`)].join(' ');
  }

  function drawBars(order, x, priced, value) {
    const bars = document.querySelector('#chart-whatif .bars');
    const parts = data.routes.map((route) => byPart(route, x, priced));
    parts.forEach((sums, i) => { sums[OF_DAYS] = value * data.routes[i].days; });
    const longest = Math.max(...parts.map((sums) => sums.reduce((a, b) => a + Math.max(b, 0), 0))) || 1;
    const used = new Set();
    bars.replaceChildren(...order.map((i) => {
      const track = node('span', 'track');
      parts[i].forEach((size, j) => {
        if (size <= 0.005) return;
        used.add(j);
        const piece = node('i', '');
        piece.style.width = `${(100 * size) / longest}%`;
        piece.style.background = data.parts[j].colour;
        piece.dataset.tip = `${data.routes[i].title}: ${data.parts[j].title} ${boxed(size)} USD per ${data.box}`;
        track.append(piece);
      });
      const cost = parts[i].reduce((a, b) => a + b, 0) - parts[i][OF_DAYS];
      const sum = node('span', 'sum', boxed(cost));
      const change = Math.round(data.teu * (cost - stated[i]));
      const texts = [];
      if (change) texts.push(signed(change));
      if (value) texts.push(`${boxed(cost + parts[i][OF_DAYS])} with time`);
      if (texts.length) sum.append(node('small', '', texts.join('; ')));
      return node('div', 'bar', node('span', 'name', data.routes[i].title), track, sum);
    }));
    document.getElementById('whatif-legend').replaceChildren(...data.parts.map((part, j) => {
      const item = node('li', '', swatch(part.colour), part.title);
      item.hidden = !used.has(j);
      return item;
    }));
    const spoken = order.map((i) => `${data.routes[i].title} ${boxed(parts[i].reduce((a, b) => a + b, 0) - parts[i][OF_DAYS])}`);
    document.getElementById('chart-whatif').setAttribute('aria-label', `Cost by part at the prices set, USD per ${data.box}: ${spoken.join('; ')}`);
  }

  function floorText(costs, x, priced) {
    if (!data.floor) return 'What a new search could save is not known here.';
    if (priced) return 'What a new search could save is bounded at cost only: a price depends on the quote of its lane.';
    const least = Math.min(...costs);
    const more = Math.max(least - floor(x), 0);
    if (more < 0.5) return 'A new search would find no cheaper route, in any corridor.';
    return `A new search, in any corridor, could find a route cheaper by at most USD ${figure(Math.ceil(data.teu * more))} per ${data.box}`
      + ` (${figure((100 * more) / least, 1)} %).`;
  }

  function draw() {
    const x = factorsNow();
    const priced = basisNow() === 'price';
    const value = Number(dayIsGiven() ? day.defaultValue : day.value);
    const costs = data.routes.map((route) => usd(route, x, priced));
    const order = data.routes.map((_, i) => i);
    const ranked = (i) => costs[i] + value * data.routes[i].days;
    order.sort((a, b) => ranked(a) - ranked(b) || a - b);
    // What is left out, and why: over a limit, without a known line, or now dearer than is allowed.
    const out = data.routes.map((route, i) => route.out
      || (priced && !data.quoted[route.lane] ? 'no price known' : '') || (data.most && costs[i] > data.most ? 'over the limit of cost' : ''));
    const open = order.filter((i) => !out[i]);
    const kept = open.length ? open : order;
    const [best, next] = kept;
    const before = order.slice(0, order.indexOf(best));
    inputs.forEach((input, i) => {
      input.previousElementSibling.textContent = label(i, x);
      input.previousElementSibling.classList.toggle('moved', x[i] !== usual[i]);
      input.setAttribute('aria-valuetext', label(i, x));
    });
    day.previousElementSibling.textContent = `${boxed(day.value)} USD per ${data.box}`;
    const how = priced ? 'a price of' : 'a cost of';
    const first = `${value ? 'Best with days at this value' : 'Cheapest'}: ${data.routes[best].title}, at ${how} USD ${boxed(costs[best])} per ${data.box}`
      + ` and ${figure(data.routes[best].days, 1)} days.`;
    const then = next === undefined ? ''
      : ` Next: ${data.routes[next].title}, USD ${boxed(costs[next])} and ${figure(data.routes[next].days, 1)} days.`;
    const left = before.length ? ` Left out: ${before.map((i) => `${data.routes[i].title}, USD ${boxed(costs[i])} (${out[i]})`).join('; ')}.` : '';
    document.getElementById('whatif-answer').textContent = first + then + left;
    document.getElementById('whatif-ladder').textContent = 'Of these routes: ' + lower(ladderText(ladder(costs, kept)));
    document.getElementById('whatif-floor').textContent = floorText(costs, x, priced);
    document.getElementById('whatif-command').textContent = command(x);
    drawBars(order, x, priced, value);
    const moved = priced !== (data.basis === 'price') || !dayIsGiven() || x.some((one, i) => one !== usual[i]);
    if (follow) follow({ data, moved, order, best, costs, stated, parts: (i) => byPart(data.routes[i], x, priced) });
  }

  form.addEventListener('input', draw);
  form.addEventListener('submit', (event) => event.preventDefault());
  // A reset sets its values after its event.
  form.addEventListener('reset', () => setTimeout(draw, 0));
  // A browser may keep the values of a page that is loaded again.
  form.reset();

  return { data, usual, usd, floor, ladder };
}

// In a report this comes last, and nothing else moves; a map makes its own once it is drawn.
const WhatIf = document.getElementById('whatif-data') ? createWhatIf() : null;
