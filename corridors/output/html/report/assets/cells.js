// Parts of the tables of a batch report.
const Cells = (function () {
  'use strict';

  // Text is inserted as text: users choose the names of scenarios and corridors.
  function make(tag, text, kind) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  function heading(text, scope, kind) {
    const cell = make('th', text, kind);
    cell.scope = scope;
    return cell;
  }

  function swatch(colour) {
    const mark = make('span', '', 'swatch');
    mark.style.background = colour;
    return mark;
  }

  function figure(value, digits) {
    if (value === null) return '—';
    return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  function signed(value, digits) {
    if (value === null) return '—';
    const text = figure(Math.abs(value), digits);
    if (!Number(text.replace(/,/g, ''))) return text;
    return (value > 0 ? '+' : '\u2212') + text;
  }

  function select(label, options, value, changed) {
    const frame = make('label', label);
    const box = make('select');
    options.forEach(([key, text]) => {
      const option = make('option', text);
      option.value = key;
      box.append(option);
    });
    box.value = value;
    box.addEventListener('change', () => changed(box.value));
    frame.append(box);
    return frame;
  }

  function share(part, whole) {
    const percent = whole ? (100 * part) / whole : 0;
    if (percent > 0 && percent < 1) return 'under 1 %';
    if (percent > 99 && percent < 100) return 'over 99 %';
    return `${percent.toFixed(0)} %`;
  }

  function fill(table, caption, head, rows) {
    const top = make('thead');
    const line = make('tr');
    head.forEach(([text, kind]) => line.append(heading(text, 'col', kind)));
    top.append(line);
    const body = make('tbody');
    body.append(...rows);
    table.replaceChildren(make('caption', caption, 'hidden'), top, body);
  }

  function median(numbers) {
    const sorted = numbers.slice().sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    if (!sorted.length) return null;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  const mean = (numbers) => (numbers.length ? numbers.reduce((a, b) => a + b, 0) / numbers.length : null);

  return { make, heading, swatch, figure, signed, select, share, fill, median, mean };
})();
