// The scenarios of a batch: filters, who wins by two inputs, counts by corridor, and the scenarios themselves.
(function () {
  'use strict';

  const data = JSON.parse(document.getElementById('batch').textContent);
  const many = data.corridors.length;
  const total = data.names.length;
  const chosen = new Map(); // key -> index of the chosen value
  let shown = []; // scenarios that pass the filters
  let axes = data.axes.slice();
  let page = 0;
  let order = 'batch';
  const opened = new Set();
  const MOST_CELLS = 60; // per side of the heat map

  function share(part, whole) {
    const percent = whole ? (100 * part) / whole : 0;
    if (percent > 0 && percent < 1) return 'under 1 %';
    if (percent > 99 && percent < 100) return 'over 99 %';
    return `${percent.toFixed(0)} %`;
  }

  function median(numbers) {
    const sorted = numbers.slice().sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    if (!sorted.length) return null;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  const mean = (numbers) => (numbers.length ? numbers.reduce((a, b) => a + b, 0) / numbers.length : null);

  function fill(table, caption, head, rows) {
    const top = node('tr', '', ...head.map(([text, kind]) => heading('col', kind, text)));
    table.replaceChildren(node('caption', 'hidden', caption), node('thead', '', top), node('tbody', '', ...rows));
  }

  const labelled = (label, options, value, name, changed) => {
    const box = choiceOf(options, changed);
    box.value = value;
    Object.assign(box.dataset, name);
    return node('label', '', label, box);
  };

  const scaled = (array, divisor) => (s, c) => {
    const value = c < 0 ? -1 : array[s * many + c];
    return value < 0 ? null : value / divisor;
  };
  const cost = scaled(data.cost, 10);
  const days = scaled(data.days, 10);
  const tonnes = scaled(data.co2e, 1000);
  const rank = (s, c) => data.rank[s * many + c];
  const less = (one, other) => (one === null || other === null ? null : one - other);
  const failed = (s) => data.failed[s];
  const answered = () => shown.filter((s) => failed(s) === undefined);
  const named = (c) => [swatch(data.corridors[c].colour), data.corridors[c].title];

  function drawFilters() {
    const frame = document.getElementById('filters');
    const turn = () => { page = 0; draw(); };
    data.varied.forEach((key) => {
      const { label, values, name } = data.keys[key];
      frame.append(labelled(label, [['', 'all'], ...values.map((text, i) => [String(i), text])], '', { key: name }, (value) => {
        if (value === '') chosen.delete(key);
        else chosen.set(key, Number(value));
        turn();
      }));
    });
    frame.append(button('plain', 'Show all', '', () => {
      chosen.clear();
      frame.querySelectorAll('select').forEach((box) => { box.value = ''; });
      turn();
    }));
  }

  function drawAxes() {
    const keys = data.varied.map((key) => [String(key), data.keys[key].label]);
    if (!keys.length) return;
    document.getElementById('axes').append(...['Down', 'Across'].map((label, i) => labelled(
      label, keys, String(axes[i]), { axis: label.toLowerCase() }, (value) => { axes[i] = Number(value); drawHeat(); },
    )));
  }

  function drawOrder() {
    const orders = [['batch', 'as in the batch'], ['cost', 'cheapest first'], ['dear', 'most expensive first'], ['days', 'fastest first']];
    document.getElementById('order').append(labelled('Order', orders, order, {}, (value) => {
      order = value;
      page = 0;
      drawScenarios();
    }));
  }

  function drawSummary() {
    const those = answered();
    const rows = data.corridors.map((_, c) => {
      const usable = those.filter((s) => rank(s, c) > 0);
      const gaps = usable.map((s) => less(cost(s, c), cost(s, data.winner[s]))).filter((gap) => gap !== null);
      return {
        c,
        wins: those.filter((s) => data.winner[s] === c).length,
        tied: those.filter((s) => data.winner[s] === c && data.tied[s]).length,
        usable: usable.length,
        cost: mean(usable.map((s) => cost(s, c))),
        days: mean(usable.map((s) => days(s, c))),
        rank: median(usable.map((s) => rank(s, c))),
        gap: gaps.length ? gaps.reduce((a, b) => Math.min(a, b)) : null,
      };
    });
    rows.sort((a, b) => b.wins - a.wins || (a.cost ?? Infinity) - (b.cost ?? Infinity));
    const head = [['Corridor'], ['Recommended', 'fig'], ['Share', 'fig'], ['Tied', 'fig'], ['Usable', 'fig'], [`Mean USD/${data.unit}`, 'fig'],
      ['Mean days', 'fig'], ['Median rank', 'fig'], [`Smallest gap to the recommended corridor, USD/${data.unit}`, 'fig']];
    fill(document.getElementById('summary'), 'Corridors in the scenarios shown', head, rows.map((row) => node(
      'tr', '', heading('row', '', ...named(row.c)),
      ...[figure(row.wins), share(row.wins, those.length), figure(row.tied), figure(row.usable), figure(row.cost),
        figure(row.days, 1), figure(row.rank, Number.isInteger(row.rank) ? 0 : 1), signed(row.gap)].map((text) => node('td', 'fig', text)),
    )));
    const bad = shown.length - those.length;
    const none = those.filter((s) => data.winner[s] < 0).length;
    document.getElementById('count').textContent = `${figure(shown.length)} of ${figure(total)} scenarios`
      + (bad ? `, ${figure(bad)} failed` : '') + (none ? `, ${figure(none)} without a recommendation` : '') + '.';
  }

  function heatCell(scenarios) {
    if (!scenarios.length) return node('td', '', '—');
    const counts = new Map();
    scenarios.forEach((s) => counts.set(data.winner[s], (counts.get(data.winner[s]) || 0) + 1));
    const [best, count] = Array.from(counts).sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    const corridor = best < 0 ? { title: 'none', colour: 'var(--soft)', ink: 'var(--ink)' } : data.corridors[best];
    const cell = node('td', '', corridor.title);
    Object.assign(cell.style, { background: corridor.colour, color: corridor.ink });
    if (count < scenarios.length) cell.append(node('small', '', share(count, scenarios.length)));
    const tied = scenarios.filter((s) => data.winner[s] === best && data.tied[s]).length;
    if (tied) cell.append(node('small', '', `others about the same ${share(tied, scenarios.length)}`));
    cell.title = `${figure(count)} of ${figure(scenarios.length)} scenarios`;
    return cell;
  }

  function drawHeat() {
    const [down, across] = axes;
    const table = document.getElementById('heat');
    if (!data.varied.length) { table.replaceChildren(); return; }
    const cells = new Map();
    answered().forEach((s) => {
      const place = `${data.choice[down][s]},${data.choice[across][s]}`;
      if (!cells.has(place)) cells.set(place, []);
      cells.get(place).push(s);
    });
    const one = down === across;
    const kept = (key) => data.keys[key].values.map((text, i) => [text, i])
      .filter(([, i]) => !chosen.has(key) || chosen.get(key) === i);
    const columns = one ? [['recommended', null]] : kept(across).slice(0, MOST_CELLS);
    const rows = kept(down).slice(0, MOST_CELLS).map(([text, i]) => node(
      'tr', '', heading('row', '', text), ...columns.map(([, j]) => heatCell(cells.get(`${i},${j === null ? i : j}`) || [])),
    ));
    const corner = one ? data.keys[down].label : `${data.keys[down].label} \\ ${data.keys[across].label}`;
    const hidden = kept(down).length > MOST_CELLS || (!one && kept(across).length > MOST_CELLS);
    document.getElementById('heat-more').textContent = hidden
      ? `Only the first ${MOST_CELLS} values of an input are shown; filter to see others.` : '';
    fill(table, `Corridor recommended most often, by ${corner}`, [[corner], ...columns.map(([text]) => [text])], rows);
  }

  function changesOf(s) {
    return data.varied.filter((key) => data.choice[key][s] !== data.choice[key][0]).flatMap((key) => {
      const { label, values } = data.keys[key];
      const now = data.choice[key][s];
      const inner = (data.changes[key] || [])[now] || [];
      return [`${label}: ${values[data.choice[key][0]]} → ${values[now]}`, ...inner.map(([name, old, fresh]) => `${name}: ${old} → ${fresh}`)];
    });
  }

  function movesOf(s) {
    const jump = ([, was, now]) => (was && now ? Math.abs(was - now) : 1000);
    const moved = data.corridors.map((_, c) => [c, rank(0, c), rank(s, c)]).filter(([, was, now]) => was !== now)
      .sort((a, b) => jump(b) - jump(a) || a[0] - b[0]);
    const texts = moved.slice(0, 4).map(([c, was, now]) => `${data.corridors[c].title} ${was || 'not usable'} → ${now || 'not usable'}`);
    return moved.length > 4 ? [...texts, `and ${moved.length - 4} more`] : texts;
  }

  const lines = (texts, kind) => node('td', kind, ...(texts.length ? texts.map((text) => node('div', '', text)) : ['—']));

  function scenarioRow(s) {
    const open = button('open', data.names[s], '', () => {
      if (!opened.delete(s)) opened.add(s);
      drawScenarios();
    });
    open.setAttribute('aria-expanded', String(opened.has(s)));
    const row = node('tr', '', heading('row', '', open), s === 0 ? node('td', 'changes', 'baseline') : lines(changesOf(s), 'changes'));
    if (failed(s) !== undefined) {
      row.append(Object.assign(node('td', '', `failed: ${failed(s)}`), { colSpan: 5 }));
      return row;
    }
    const win = data.winner[s];
    row.append(node('td', '', ...(win < 0 ? ['none'] : named(win))));
    [[cost, 0], [days, 1], [tonnes, 2]].forEach(([of, digits]) => {
      const against = s ? [node('div', 'muted', signed(less(of(s, win), of(0, data.winner[0])), digits))] : [];
      row.append(node('td', 'fig', figure(of(s, win), digits), ...against));
    });
    row.append(s && failed(0) === undefined ? lines(movesOf(s), 'moves') : lines([], 'moves'));
    return row;
  }

  function detailRow(s) {
    const usable = data.corridors.map((_, c) => c).filter((c) => rank(s, c) > 0).sort((a, b) => rank(s, a) - rank(s, b));
    const closed = data.corridors.filter((_, c) => rank(s, c) === 0).map((corridor) => corridor.title);
    const cell = node('td', '', ...usable.map((c) => node(
      'div', '', swatch(data.corridors[c].colour), `${rank(s, c)}. ${data.corridors[c].title}: USD ${figure(cost(s, c))}, `
        + `${figure(days(s, c), 1)} days, ${figure(tonnes(s, c), 2)} t CO₂e per ${data.unit}`,
    )));
    if (closed.length) cell.append(node('div', 'muted', `Not usable: ${closed.join(', ')}.`));
    return node('tr', '', Object.assign(cell, { colSpan: 7 }));
  }

  function ordered() {
    if (order === 'batch') return shown;
    const of = order === 'days' ? days : cost;
    const sign = order === 'dear' ? -1 : 1;
    return shown.map((s) => [of(s, data.winner[s]), s])
      .sort((a, b) => (a[0] === null) - (b[0] === null) || sign * (a[0] - b[0]) || a[1] - b[1]).map(([, s]) => s);
  }

  function drawScenarios() {
    const rows = ordered().slice(page * data.rows, (page + 1) * data.rows)
      .flatMap((s) => [scenarioRow(s), ...(opened.has(s) ? [detailRow(s)] : [])]);
    const head = [['Scenario'], ['Changes from the baseline'], ['Recommended'], [`USD/${data.unit}`, 'fig'], ['Days', 'fig'],
      [`t CO₂e/${data.unit}`, 'fig'], ['Rank by cost, baseline → scenario']];
    fill(document.getElementById('scenarios'), 'Scenarios, with the change from the baseline below each figure', head, rows);
    document.querySelectorAll('[data-pages]').forEach(drawPages);
  }

  function drawPages(frame) {
    const last = Math.max(0, Math.ceil(shown.length / data.rows) - 1);
    const turn = (text, to) => Object.assign(button('plain', text, '', () => { page = to; drawScenarios(); }), { disabled: to < 0 || to > last });
    const from = shown.length ? page * data.rows + 1 : 0;
    const to = Math.min(shown.length, (page + 1) * data.rows);
    frame.replaceChildren(turn('Previous', page - 1), node('span', '', `${figure(from)} to ${figure(to)} of ${figure(shown.length)}`), turn('Next', page + 1));
  }

  function draw() {
    shown = data.names.map((_, s) => s)
      .filter((s) => Array.from(chosen).every(([key, value]) => data.choice[key][s] === value));
    drawSummary();
    drawHeat();
    drawScenarios();
  }

  drawFilters();
  drawAxes();
  drawOrder();
  draw();
})();
