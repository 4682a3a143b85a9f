// Parts of every map: tables, the card of details, labels, what is pointed at.
"use strict";

function table(title, heads, rows, className) {
  const body = rows.map((row) => node("tr", "", ...row.map((text) => node("td", "", text))));
  const head = node("tr", "", ...heads.map((text) => heading("col", "", text)));
  return scrolling("scrolls", title, node("table", className, node("thead", "", head), node("tbody", "", ...body)));
}

function section(title, open, ...children) {
  const made = node("details", "", node("summary", "", title), ...children);
  made.open = open;
  return made;
}

const DIGITS = [];
[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].forEach((digit, value) => { DIGITS[digit.charCodeAt(0)] = value; });

// A packed line (see `packed_line`) as [lat, lon] in degrees, moved by turns of the globe.
function unpacked(packed, turns = 0, units = 1000) {
  const points = [];
  const at = [0, turns * 360 * units];
  let [axis, number, shift] = [0, 0, 0];
  for (let i = 0; i < packed.length; i += 1) {
    const digit = DIGITS[packed.charCodeAt(i)];
    number |= (digit & 31) << shift;
    shift += 5;
    if (digit > 31) continue;
    at[axis] += number & 1 ? -((number + 1) >> 1) : number >> 1;
    if (axis) points.push([at[0] / units, at[1] / units]);
    [axis, number, shift] = [1 - axis, 0, 0];
  }
  return points;
}

// Records of a table: keys once; a key that ends with @ holds numbers of `texts`.
function untabled({ keys, rows }, texts) {
  return rows.map((row) => {
    const record = {};
    keys.forEach((key, i) => {
      if (key.endsWith("@")) record[key.slice(0, -1)] = texts[row[i]];
      else record[key] = row[i];
    });
    return record;
  });
}

// "Shanghai" for "Shanghai (Yangshan, Waigaoqiao)": the card has the full name.
const shortName = (place) => place.name.replace(/ \([^)]*\)$/, "");

// Toggling many layers requests the same redrawing many times: do it once, afterwards.
const later = (() => {
  const pending = new Set();
  return (action) => {
    if (!pending.size) {
      setTimeout(() => {
        const actions = [...pending];
        pending.clear();
        actions.forEach((run) => run());
      }, 0);
    }
    pending.add(action);
  };
})();

// The card of details. It lies beside the map, so what it opens for stays where it is. `moved` runs
// when the card covers or uncovers the map.
function createCard(host, moved) {
  const body = scrolling("card-body", "");
  const made = node("section", "", body);
  made.id = "card";
  made.hidden = true;
  let opener = null;
  let closed = null;
  made.append(button("close", "×", "Close the details", () => close(true)));
  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(true);
  });
  host.append(made);

  // The focus goes back to what opened the card, unless it is closed under the reader's hands.
  function close(back = true) {
    if (made.hidden) return;
    made.hidden = true;
    if (moved) moved();
    body.replaceChildren();
    if (back && opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
    if (closed) closed();
    closed = null;
  }

  // `after` runs when the card closes or shows something else. The focus moves into the card and
  // back to what opened it.
  function show(content, after) {
    const active = document.activeElement;
    if (!made.contains(active) && active !== document.body) opener = active;
    if (closed) closed();
    closed = after || null;
    const name = content.querySelector("h2");
    const title = name ? name.textContent : "Details";
    made.setAttribute("aria-label", `Details: ${title}`);
    body.setAttribute("aria-label", title);
    body.replaceChildren(content);
    body.scrollTop = 0;
    made.hidden = false;
    if (moved) moved();
    body.focus({ preventScroll: true });
  }

  // Shows the same thing with other figures: focus and place stay.
  function renew(content) {
    const at = body.scrollTop;
    body.replaceChildren(content);
    body.scrollTop = at;
  }

  return { show, renew, close, element: made };
}

// A line of text beside the pointer.
function createTip(host) {
  const made = node("div", "tip");
  made.hidden = true;
  made.setAttribute("aria-hidden", "true");
  host.append(made);
  return {
    show(text, x, y) {
      made.textContent = text;
      made.hidden = false;
      const left = Math.min(Math.max(4, x - made.offsetWidth / 2), host.clientWidth - made.offsetWidth - 4);
      made.style.left = `${left}px`;
      made.style.top = `${y > 48 ? y - made.offsetHeight - 12 : y + 18}px`;
    },
    hide() { made.hidden = true; },
  };
}

// The strand nearest to a point, or null; of those equally near the first.
// Strands have `pixels` and the `box` [west, north, east, south] around them.
function nearest(strands, x, y, reach) {
  let best = null;
  let least = reach * reach;
  for (const strand of strands) {
    const { pixels, box } = strand;
    if (x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach) continue;
    for (let i = 1; i < pixels.length; i += 1) {
      const a = pixels[i - 1];
      const dx = pixels[i].x - a.x;
      const dy = pixels[i].y - a.y;
      const along = dx * dx + dy * dy;
      const t = along ? Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / along)) : 0;
      const away = (a.x + t * dx - x) ** 2 + (a.y + t * dy - y) ** 2;
      if (away < least) {
        least = away;
        best = strand;
      }
    }
  }
  return best;
}

function boxOf(pixels) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of pixels) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

// The dot whose rim is nearest to a point and within reach, or null. Dots have x, y and radius.
function nearestDot(dots, x, y, reach) {
  let best = null;
  let least = reach;
  for (const dot of dots) {
    const away = Math.hypot(dot.x - x, dot.y - y) - dot.radius;
    if (away < least) {
      least = away;
      best = dot;
    }
  }
  return best;
}

// How far from a line or a dot a press still means it: a finger covers more than a pointer.
const REACH_PX = { mouse: [6, 2], pen: [10, 6], touch: [20, 10] };
const reachOf = (event) => REACH_PX[event.pointerType] || REACH_PX.mouse;

// Names of countries, seas and cities, and of gates and stations, from this zoom on.
const NAMES_FROM = 4;

const widthOf = (() => {
  const context = document.createElement("canvas").getContext("2d");
  const known = new Map();
  const FONTS = { end: "650 14px ", capacity: "600 12px ", country: "12px ", sea: "italic 12.5px " };
  return (text, kind) => {
    const key = `${kind}|${text}`;
    if (!known.has(key)) {
      context.font = (FONTS[kind] || "11.5px ") + getComputedStyle(document.body).fontFamily;
      // Seas and countries are spaced.
      const spaced = kind === "country" || kind === "sea" ? text.length * 0.8 : 0;
      known.set(key, Math.ceil(context.measureText(text).width + spaced) + 2);
    }
    return known.get(key);
  };
})();

// Labels that overlap neither one another nor the `taken` boxes and lie inside width x height.
// `wanted`: {x, y, text, kind, gap}, the most important first; a gap of null centres the text.
function placedLabels(wanted, width, height, taken) {
  const HEIGHT = 16;
  const boxes = [...taken];
  const placed = [];
  const twin = (one) => placed.some((other) => (
    other.text === one.text && Math.hypot(other.x - one.x, other.y - one.y) < 120
  ));
  for (const one of wanted) {
    // A city and its port of the same name need one label.
    if (twin(one)) continue;
    const wide = widthOf(one.text, one.kind);
    const { x, y, gap } = one;
    const middle = y - HEIGHT / 2;
    const spots = gap === null
      ? [[x - wide / 2, middle]]
      : [[x + gap, middle], [x - gap - wide, middle], [x - wide / 2, y - gap - HEIGHT], [x - wide / 2, y + gap]];
    const spot = spots.find(([left, top]) => (
      left >= 2 && top >= 2 && left + wide <= width - 2 && top + HEIGHT <= height - 2
      && boxes.every((b) => left > b[2] || left + wide < b[0] || top > b[3] || top + HEIGHT < b[1])
    ));
    if (spot) {
      boxes.push([spot[0] - 2, spot[1] - 1, spot[0] + wide + 2, spot[1] + HEIGHT + 1]);
      placed.push({ ...one, left: spot[0], top: spot[1] });
    }
  }
  return placed;
}

function showLabels(host, placed, dx, dy) {
  host.replaceChildren(...placed.map((one) => {
    const made = node("span", `label ${one.kind}`, one.text);
    made.style.left = `${Math.round(one.left + dx)}px`;
    made.style.top = `${Math.round(one.top + dy)}px`;
    return made;
  }));
}

const boxesOf = (placed) => placed.map((one) => (
  [one.left - 3, one.top - 1, one.left + widthOf(one.text, one.kind) + 3, one.top + 17]
));

// Names of lines, the most important first, each beside its line, off the others and off what is
// `taken`. Returns the boxes they take. A line's `pixels` are its pieces.
function layNames(host, lines, { width, height, taken, origin, compact }) {
  const EVERY = 14;
  const GAP = 9;
  const inside = ({ x, y }) => x > 4 && y > 4 && x < width - 4 && y < height - 4;
  const along = lines.map(({ pixels }) => {
    const made = [];
    for (const piece of pixels) {
      for (let i = 1; i < piece.length; i += 1) {
        const [a, b] = [piece[i - 1], piece[i]];
        const steps = Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / EVERY) || 1;
        for (let k = 0; k < Math.min(steps, 400); k += 1) made.push({ x: a.x + ((b.x - a.x) * k) / steps, y: a.y + ((b.y - a.y) * k) / steps });
      }
    }
    return made.filter(inside);
  });
  const boxes = [];
  const made = lines.map((one) => {
    const name = button(`line-name ${one.role}${one.big ? " big" : ""}`, one.title, "", (event) => {
      // The map below would take the press for one beside its lines.
      event.stopPropagation();
      one.open();
    });
    if (one.text && !compact) name.append(node("span", "", one.text));
    name.tabIndex = -1;
    return name;
  });
  host.replaceChildren(...made);
  made.forEach((name, at) => {
    const [wide, high] = [name.offsetWidth, name.offsetHeight];
    let best = null;
    along[at].forEach(({ x, y }, i) => {
      if (i % 3) return;
      const middle = Math.abs(i / along[at].length - 0.5);
      for (const [left, top] of [[x + GAP, y - high / 2], [x - wide - GAP, y - high / 2], [x - wide / 2, y - high - GAP], [x - wide / 2, y + GAP]]) {
        const box = [left, top, left + wide, top + high];
        if (left < 4 || top < 4 || box[2] > width - 4 || box[3] > height - 4) continue;
        if ([...taken, ...boxes].some((b) => box[0] < b[2] + 6 && box[2] > b[0] - 6 && box[1] < b[3] + 6 && box[3] > b[1] - 6)) continue;
        const over = along.reduce((sum, points, line) => sum + (line === at ? 1 : 3) * points.filter((p) => (
          p.x > box[0] - 3 && p.x < box[2] + 3 && p.y > box[1] - 3 && p.y < box[3] + 3)).length, 0);
        const cost = over + 6 * middle;
        if (!best || cost < best.cost) best = { cost, box };
      }
    });
    name.hidden = !best;
    if (!best) return;
    boxes.push(best.box);
    name.style.left = `${Math.round(best.box[0] + origin.x)}px`;
    name.style.top = `${Math.round(best.box[1] + origin.y)}px`;
  });
  return boxes;
}

// Labels of ends, then names of `lines`, labels of other places, and as many names of the land as there is
// room for, into `labels` and `names`, whose corner lies at `origin`.
function layAll({ labels, names, width, height, over, origin = { x: 0, y: 0 }, compact }, wanted, lines, land) {
  const marks = wanted.map(({ x, y }) => [x - 4, y - 4, x + 4, y + 4]);
  const isEnd = ({ kind }) => kind === "end";
  const placed = placedLabels(wanted.filter(isEnd), width, height, [...over, ...marks]);
  const taken = [...over, ...boxesOf(placed), ...marks];
  const named = layNames(names, lines, { width, height, taken, origin, compact });
  placed.push(...placedLabels(wanted.filter((one) => !isEnd(one)), width, height, [...over, ...named, ...boxesOf(placed)]));
  const known = new Set(wanted.map(({ text }) => text));
  const rest = land.filter(({ text }) => !known.has(text));
  placed.push(...placedLabels(rest, width, height, [...over, ...named, ...boxesOf(placed), ...marks]));
  showLabels(labels, placed, origin.x, origin.y);
}

// Saves what the map shows as PNG: its canvases, paths and names as the browser has placed them.
function saveImage(main, title) {
  const SCALE = 2;
  const frame = main.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * frame.width;
  canvas.height = SCALE * frame.height;
  const context = canvas.getContext("2d");
  const seen = (one) => one.getClientRects().length > 0;
  const at = (one) => { const box = one.getBoundingClientRect(); return [box.left - frame.left, box.top - frame.top, box.width, box.height]; };
  context.scale(SCALE, SCALE);
  context.fillStyle = lookNow().sea;
  context.fillRect(0, 0, frame.width, frame.height);
  [...main.querySelectorAll("canvas")].filter(seen).forEach((one) => context.drawImage(one, ...at(one)));
  [...main.querySelectorAll("path, circle")].filter((one) => seen(one) && !one.closest("button")).forEach((one) => {
    const style = getComputedStyle(one);
    const { a, b, c, d, e, f } = one.getScreenCTM();
    const [cx, cy, r] = ["cx", "cy", "r"].map((key) => Number(one.getAttribute(key)));
    const path = one.tagName === "path" ? new Path2D(one.getAttribute("d")) : new Path2D();
    if (r) path.arc(cx, cy, r, 0, 2 * Math.PI);
    context.save();
    context.transform(a, b, c, d, e - frame.left, f - frame.top);
    let pane = one;
    for (context.globalAlpha = style.strokeOpacity; pane !== main; pane = pane.parentElement) context.globalAlpha *= getComputedStyle(pane).opacity;
    context.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(parseFloat));
    context.lineWidth = parseFloat(style.strokeWidth);
    Object.assign(context, { lineCap: style.strokeLinecap, lineJoin: "round", strokeStyle: style.stroke, fillStyle: style.fill });
    const shown = context.globalAlpha;
    context.globalAlpha = shown * style.fillOpacity;
    if (style.fill !== "none") context.fill(path);
    context.globalAlpha = shown;
    if (style.stroke !== "none") context.stroke(path);
    context.restore();
  });
  [...main.querySelectorAll(".label, .line-name")].filter(seen).forEach((one) => {
    const [x, y, wide, high] = at(one);
    const style = getComputedStyle(one);
    if (one.className.startsWith("line-name")) {
      context.fillStyle = style.backgroundColor;
      context.fillRect(x, y, wide, high);
      context.fillStyle = style.borderLeftColor;
      context.fillRect(x, y, 4, high);
    }
    [...one.childNodes].forEach((text) => {
      const its = text.nodeType === Node.TEXT_NODE ? style : getComputedStyle(text);
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      Object.assign(context, { font: its.font, fillStyle: its.color, textBaseline: "middle" });
      context.fillText(text.textContent, box.left - frame.left, box.top + box.height / 2 - frame.top);
    });
  });
  const credit = main.querySelector(".leaflet-control-attribution");
  context.font = "11px sans-serif";
  context.fillStyle = getComputedStyle(document.body).color;
  context.fillText(`${title} · ${credit ? credit.textContent : ""}`, 12, frame.height - 10);
  canvas.toBlob((blob) => save(`${title.replace(/[^\w-]+/g, "-") || "map"}.png`, blob));
}

// A bar with a round length of at most `most` px.
function scaleBar(className) {
  return node("div", `scale ${className}`, node("span", ""), node("span", ""));
}

function showScale(bar, kmPerPx, where, most = 100) {
  const power = 10 ** Math.floor(Math.log10(most * kmPerPx));
  const km = [5, 2, 1].map((one) => one * power).find((one) => one <= most * kmPerPx);
  bar.firstChild.style.width = `${km / kmPerPx}px`;
  bar.lastChild.textContent = `${figure(km, km < 1 ? 1 : 0)} km ${where}`;
}

// Boxes of what lies over the map, in its pixels.
function covered(host) {
  const frame = host.getBoundingClientRect();
  return [...document.querySelectorAll("#panel, #card:not([hidden]), #views, .tools, .leaflet-control, .globe-buttons, .scale")]
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.width && box.height)
    .map((box) => [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]);
}

// Names of seas, countries and cities from a zoom on: those of wider reach first. A sea with ice has
// its name with the ice of the month (`ice.text`), on a wider view than others.
function namesOf(base, ice) {
  const ICE_ZOOM = 2.5;
  const iced = (name) => ice && ice.seas.includes(name);
  const RANKS = { sea: 0, country: 0.3, city: 0.6 };
  return Object.entries(base.names || {})
    .flatMap(([kind, rows]) => rows.map(([name, lat, lon, zoom]) => (
      {
        kind: iced(name) ? "ice" : kind,
        name,
        text: () => (iced(name) ? ice.text(name) : name),
        lat: lat / base.units,
        lon: lon / base.units,
        zoom: iced(name) ? ICE_ZOOM : zoom,
      }
    )))
    .sort((a, b) => (a.zoom + (RANKS[a.kind] || 0)) - (b.zoom + (RANKS[b.kind] || 0)));
}

// The ring without its edges along 180 degrees and the pole, which are not coast.
function coast(ring) {
  const cut = (point) => Math.abs(Math.abs(point[1]) - 180) < 0.01 || point[0] < -89;
  const parts = [[]];
  ring.forEach((point, i) => {
    if (i && cut(point) && cut(ring[i - 1])) parts.push([]);
    parts[parts.length - 1].push(point);
  });
  return parts.filter((part) => part.length > 1);
}

// A sea is the whiter the more of it is ice; its outline is drawn in any month.
const ICE = { colour: "#ffffff", outline: "#8aa3b3", dash: [4, 3] };
const LOOK = {
  light: { sea: "#dde7ec", land: "#f5f4f1", coast: "#c0ccd3", border: "#dbd7cf" },
  dark: { sea: "#141c23", land: "#222c34", coast: "#3c4a55", border: "#35424c" },
};
const DARK = window.matchMedia("screen and (prefers-color-scheme: dark)");
const lookNow = () => (DARK.matches ? LOOK.dark : LOOK.light);
