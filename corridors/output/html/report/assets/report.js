(function () {
  'use strict';

  function sortValue(row, column) {
    const cell = row.cells[column];
    const order = cell.dataset.sort;
    if (order !== undefined) return Number(order);
    const text = cell.textContent.trim();
    return text === '—' ? null : text;
  }

  function compared(one, other) {
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return String(one).localeCompare(String(other), 'en', { numeric: true });
  }

  // Rows without a figure stay last in both directions.
  function sortTable(table, column, descending) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row, i) => [sortValue(row, column), i, row]);
    rows.sort((one, other) => {
      if ((one[0] === null) !== (other[0] === null)) return one[0] === null ? 1 : -1;
      if (one[0] === null) return one[1] - other[1];
      return (descending ? -1 : 1) * compared(one[0], other[0]) || one[1] - other[1];
    });
    rows.forEach((row) => body.appendChild(row[2]));
  }

  // The whole heading takes a click; the button in it takes the keyboard.
  document.addEventListener('click', (event) => {
    const heading = event.target.closest && event.target.closest('table.sortable > thead th');
    if (!heading) return;
    const headings = Array.from(heading.parentElement.cells);
    const descending = heading.getAttribute('aria-sort') === 'ascending';
    headings.forEach((other) => other.removeAttribute('aria-sort'));
    heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    sortTable(heading.closest('table'), headings.indexOf(heading), descending);
  });

  // Tables that scroll sideways can be reached and scrolled by the keyboard; others are no stop.
  const scrolls = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const area = target.closest('.wide');
    if (area.scrollWidth > area.clientWidth) area.tabIndex = 0;
    else area.removeAttribute('tabindex');
  }));
  document.querySelectorAll('.wide').forEach((area) => {
    scrolls.observe(area);
    scrolls.observe(area.firstElementChild);
  });

  // The figures of a chart as a file: what its table shows, without separators of thousands.
  document.querySelectorAll('figure > details').forEach((box) => {
    box.append(button('plain', 'Download (CSV)', '', () => {
      const cell = ({ textContent: text }) => `"${text.trim().replace(/(\d),(?=\d{3})/g, '$1').replace(/"/g, '""')}"`;
      const lines = Array.from(box.querySelector('table').rows, (row) => Array.from(row.cells, cell).join(','));
      save(`${box.parentElement.querySelector('.chart').id}.csv`, new Blob([lines.join('\n')], { type: 'text/csv' }));
    }));
  });

  // What a pointer or a finger is on in a chart is named beside it.
  const tip = Object.assign(node('div', ''), { id: 'tip', hidden: true });
  document.body.append(tip);

  function show(event) {
    const named = event.target.closest && event.target.closest('[data-tip]');
    tip.hidden = !named;
    if (!named) return;
    tip.textContent = named.dataset.tip;
    const left = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 16 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${event.clientY + (below ? 16 : -tip.offsetHeight - 8)}px`;
  }

  document.addEventListener('pointermove', show);
  document.addEventListener('pointerdown', show);
  document.addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });
})();
