(function () {
  'use strict';

  // Bokeh logs versions and times to the console.
  Bokeh.logger.set_level('error');

  document.querySelectorAll('script[data-chart]').forEach((script) => {
    Bokeh.embed.embed_item(JSON.parse(script.textContent), script.dataset.chart);
  });

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

  document.querySelectorAll('table.sortable').forEach((table) => {
    const headings = Array.from(table.tHead.rows[0].cells);
    headings.forEach((heading, column) => {
      heading.querySelector('button').addEventListener('click', () => {
        const descending = heading.getAttribute('aria-sort') === 'ascending';
        headings.forEach((other) => other.removeAttribute('aria-sort'));
        heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        sortTable(table, column, descending);
      });
    });
  });
})();
