(function () {
  'use strict';

  const { make, heading, swatch, figure, signed, select, share, fill, median, mean } = Cells;

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

  function at(array, scenario, corridor) {
    const value = corridor < 0 ? -1 : array[scenario * many + corridor];
    return value < 0 ? null : value;
  }

  const scaled = (array, divisor) => (s, c) => {
    const value = at(array, s, c);
    return value === null ? null : value / divisor;
  };
  const cost = scaled(data.cost, 10);
  const days = scaled(data.days, 10);
  const tonnes = scaled(data.co2e, 1000);
  const rank = (s, c) => data.rank[s * many + c];
  const less = (one, other) => (one === null || other === null ? null : one - other);
  const failed = (s) => data.failed[s];

  function drawFilters() {
    const frame = document.getElementById('filters');
    data.varied.forEach((key) => {
      const values = data.keys[key].values.map((text, i) => [String(i), text]);
      const box = select(data.keys[key].label, [['', 'all'], ...values], '', (value) => {
        if (value === '') chosen.delete(key);
        else chosen.set(key, Number(value));
        page = 0;
        draw();
      });
      box.querySelector('select').dataset.key = data.keys[key].name;
      frame.append(box);
    });
    const reset = make('button', 'Show all', 'plain');
    reset.type = 'button';
    reset.addEventListener('click', () => {
      chosen.clear();
      frame.querySelectorAll('select').forEach((box) => { box.value = ''; });
      page = 0;
      draw();
    });
    frame.append(reset);
  }

  function drawAxes() {
    const frame = document.getElementById('axes');
    const keys = data.varied.map((key) => [String(key), data.keys[key].label]);
    if (!keys.length) return;
    ['Down', 'Across'].forEach((label, i) => {
      const box = select(label, keys, String(axes[i]), (value) => { axes[i] = Number(value); drawHeat(); });
      box.querySelector('select').dataset.axis = label.toLowerCase();
      frame.append(box);
    });
  }

  function drawOrder() {
    const orders = [['batch', 'as in the batch'], ['cost', 'cheapest first'], ['dear', 'most expensive first'], ['days', 'fastest first']];
    document.getElementById('order').append(select('Order', orders, order, (value) => {
      order = value;
      page = 0;
      drawScenarios();
    }));
  }

  function drawSummary() {
    const answered = shown.filter((s) => failed(s) === undefined);
    const rows = data.corridors.map((corridor, c) => {
      const usable = answered.filter((s) => rank(s, c) > 0);
      const gaps = usable.map((s) => less(cost(s, c), cost(s, data.winner[s]))).filter((gap) => gap !== null);
      return {
        corridor,
        wins: answered.filter((s) => data.winner[s] === c).length,
        tied: answered.filter((s) => data.winner[s] === c && data.tied[s]).length,
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
    fill(document.getElementById('summary'), 'Corridors in the scenarios shown', head, rows.map((row) => {
      const line = make('tr');
      const name = heading(undefined, 'row');
      name.append(swatch(row.corridor.colour), row.corridor.title);
      line.append(name);
      [figure(row.wins, 0), share(row.wins, answered.length), figure(row.tied, 0), figure(row.usable, 0), figure(row.cost, 0),
        figure(row.days, 1), figure(row.rank, Number.isInteger(row.rank) ? 0 : 1), signed(row.gap, 0)]
        .forEach((text) => line.append(make('td', text, 'fig')));
      return line;
    }));
    const bad = shown.length - answered.length;
    const none = answered.filter((s) => data.winner[s] < 0).length;
    document.getElementById('count').textContent = `${figure(shown.length, 0)} of ${figure(total, 0)} scenarios`
      + (bad ? `, ${figure(bad, 0)} failed` : '') + (none ? `, ${figure(none, 0)} without a recommendation` : '') + '.';
  }

  function heatCell(scenarios) {
    if (!scenarios.length) return make('td', '—');
    const counts = new Map();
    scenarios.forEach((s) => counts.set(data.winner[s], (counts.get(data.winner[s]) || 0) + 1));
    const [best, count] = Array.from(counts).sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    const corridor = best < 0 ? { title: 'none', colour: 'var(--soft)', ink: 'var(--ink)' } : data.corridors[best];
    const cell = make('td', corridor.title);
    cell.style.background = corridor.colour;
    cell.style.color = corridor.ink;
    if (count < scenarios.length) cell.append(make('small', share(count, scenarios.length)));
    const tied = scenarios.filter((s) => data.winner[s] === best && data.tied[s]).length;
    if (tied) cell.append(make('small', `others about the same ${share(tied, scenarios.length)}`));
    cell.title = `${figure(count, 0)} of ${figure(scenarios.length, 0)} scenarios`;
    return cell;
  }

  function drawHeat() {
    const [down, across] = axes;
    const table = document.getElementById('heat');
    if (!data.varied.length) { table.replaceChildren(); return; }
    const cells = new Map();
    shown.filter((s) => failed(s) === undefined).forEach((s) => {
      const place = `${data.choice[down][s]},${data.choice[across][s]}`;
      if (!cells.has(place)) cells.set(place, []);
      cells.get(place).push(s);
    });
    const one = down === across;
    const kept = (key) => data.keys[key].values.map((text, i) => [text, i])
      .filter(([, i]) => !chosen.has(key) || chosen.get(key) === i);
    const columns = one ? [['recommended', null]] : kept(across).slice(0, MOST_CELLS);
    const rows = [];
    kept(down).slice(0, MOST_CELLS).forEach(([text, i]) => {
      const line = make('tr');
      line.append(heading(text, 'row'));
      columns.forEach(([, j]) => line.append(heatCell(cells.get(`${i},${j === null ? i : j}`) || [])));
      rows.push(line);
    });
    const corner = one ? data.keys[down].label : `${data.keys[down].label} \\ ${data.keys[across].label}`;
    const hidden = kept(down).length > MOST_CELLS || (!one && kept(across).length > MOST_CELLS);
    document.getElementById('heat-more').textContent = hidden
      ? `Only the first ${MOST_CELLS} values of an input are shown; filter to see others.` : '';
    fill(table, `Corridor recommended most often, by ${corner}`, [[corner], ...columns.map(([text]) => [text])], rows);
  }

  function changesOf(s) {
    const lines = [];
    data.varied.forEach((key) => {
      const now = data.choice[key][s];
      const was = data.choice[key][0];
      if (now === was) return;
      const { label, values } = data.keys[key];
      lines.push(`${label}: ${values[was]} → ${values[now]}`);
      ((data.changes[key] || [])[now] || []).forEach(([inner, old, fresh]) => lines.push(`${inner}: ${old} → ${fresh}`));
    });
    return lines;
  }

  function movesOf(s) {
    const moved = [];
    for (let c = 0; c < many; c += 1) {
      const was = rank(0, c);
      const now = rank(s, c);
      if (was !== now) moved.push([c, was, now]);
    }
    const jump = ([, was, now]) => (was && now ? Math.abs(was - now) : 1000);
    moved.sort((a, b) => jump(b) - jump(a) || a[0] - b[0]);
    const lines = moved.slice(0, 4).map(([c, was, now]) => `${data.corridors[c].title} ${was || 'not usable'} → ${now || 'not usable'}`);
    if (moved.length > 4) lines.push(`and ${moved.length - 4} more`);
    return lines;
  }

  function lines(texts, kind) {
    const cell = make('td', texts.length ? undefined : '—', kind);
    texts.forEach((text) => cell.append(make('div', text)));
    return cell;
  }

  function scenarioRow(s) {
    const row = make('tr');
    const name = heading(undefined, 'row');
    const button = make('button', data.names[s], 'open');
    button.type = 'button';
    button.setAttribute('aria-expanded', String(opened.has(s)));
    button.addEventListener('click', () => {
      if (!opened.delete(s)) opened.add(s);
      drawScenarios();
    });
    name.append(button);
    row.append(name, s === 0 ? make('td', 'baseline', 'changes') : lines(changesOf(s), 'changes'));
    if (failed(s) !== undefined) {
      const cell = make('td', `failed: ${failed(s)}`);
      cell.colSpan = 5;
      row.append(cell);
      return row;
    }
    const win = data.winner[s];
    const first = data.winner[0];
    const winner = make('td', win < 0 ? 'none' : undefined);
    if (win >= 0) winner.append(swatch(data.corridors[win].colour), data.corridors[win].title);
    row.append(winner);
    [[cost, 0], [days, 1], [tonnes, 2]].forEach(([of, digits]) => {
      const cell = make('td', figure(of(s, win), digits), 'fig');
      if (s) cell.append(make('div', signed(less(of(s, win), of(0, first)), digits), 'muted'));
      row.append(cell);
    });
    row.append(s && failed(0) === undefined ? lines(movesOf(s), 'moves') : make('td', '—', 'moves'));
    return row;
  }

  function detailRow(s) {
    const row = make('tr');
    const cell = make('td');
    cell.colSpan = 7;
    const usable = data.corridors.map((_, c) => c).filter((c) => rank(s, c) > 0).sort((a, b) => rank(s, a) - rank(s, b));
    usable.forEach((c) => {
      const line = make('div');
      line.append(swatch(data.corridors[c].colour), `${rank(s, c)}. ${data.corridors[c].title}: USD ${figure(cost(s, c), 0)}, `
        + `${figure(days(s, c), 1)} days, ${figure(tonnes(s, c), 2)} t CO₂e per ${data.unit}`);
      cell.append(line);
    });
    const closed = data.corridors.filter((_, c) => rank(s, c) === 0).map((corridor) => corridor.title);
    if (closed.length) cell.append(make('div', `Not usable: ${closed.join(', ')}.`, 'muted'));
    row.append(cell);
    return row;
  }

  function ordered() {
    if (order === 'batch') return shown;
    const of = order === 'days' ? days : cost;
    const sign = order === 'dear' ? -1 : 1;
    return shown.map((s) => [of(s, data.winner[s]), s])
      .sort((a, b) => (a[0] === null) - (b[0] === null) || sign * (a[0] - b[0]) || a[1] - b[1]).map(([, s]) => s);
  }

  function drawScenarios() {
    const rows = [];
    ordered().slice(page * data.rows, (page + 1) * data.rows).forEach((s) => {
      rows.push(scenarioRow(s));
      if (opened.has(s)) rows.push(detailRow(s));
    });
    const head = [['Scenario'], ['Changes from the baseline'], ['Recommended'], [`USD/${data.unit}`, 'fig'], ['Days', 'fig'],
      [`t CO₂e/${data.unit}`, 'fig'], ['Rank by cost, baseline → scenario']];
    fill(document.getElementById('scenarios'), 'Scenarios, with the change from the baseline below each figure', head, rows);
    document.querySelectorAll('[data-pages]').forEach(drawPages);
  }

  function drawPages(frame) {
    const last = Math.max(0, Math.ceil(shown.length / data.rows) - 1);
    const turn = (text, to) => {
      const button = make('button', text, 'plain');
      button.type = 'button';
      button.disabled = to < 0 || to > last;
      button.addEventListener('click', () => { page = to; drawScenarios(); });
      return button;
    };
    const from = shown.length ? page * data.rows + 1 : 0;
    const to = Math.min(shown.length, (page + 1) * data.rows);
    frame.replaceChildren(turn('Previous', page - 1),
      make('span', `${figure(from, 0)} to ${figure(to, 0)} of ${figure(shown.length, 0)}`), turn('Next', page + 1));
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
