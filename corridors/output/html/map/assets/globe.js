// The globe: the same routes in orthographic projection, in which a length at the middle is true and
// no way around the world is cut. Points are unit vectors; see docs/reference/libraries.md for why no library
// projects them.
"use strict";

const EARTH_KM = 6371.0088;
// Points of land nearer to the last one than this are not drawn.
const FINEST_PX = 0.8;
const RADIANS = Math.PI / 180;

function vectorOf([lat, lon]) {
  const flat = Math.cos(lat * RADIANS);
  return [flat * Math.cos(lon * RADIANS), flat * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function unit(v) {
  const length = Math.hypot(...v) || 1;
  return v.map((one) => one / length);
}

// The vectors of a line with points of the great circle between them, at most 2 degrees apart.
function alongGreatCircles(points) {
  const corners = points.map(vectorOf);
  const made = [corners[0]];
  for (let i = 1; i < corners.length; i += 1) {
    const [a, b] = [corners[i - 1], corners[i]];
    const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b))));
    const pieces = Math.ceil(angle / (2 * RADIANS));
    for (let k = 1; k < pieces; k += 1) {
      const [p, q] = [Math.sin(((pieces - k) * angle) / pieces), Math.sin((k * angle) / pieces)];
      made.push(unit([0, 1, 2].map((axis) => p * a[axis] + q * b[axis])));
    }
    made.push(b);
  }
  return made;
}

// The point from which vectors lie least far at most (Badoiu and Clarkson 2003): a step towards the
// farthest, each shorter than the last.
function middleOf(vectors) {
  let at = unit(vectors.reduce((sum, v) => sum.map((one, i) => one + v[i]), [0, 0, 0]));
  for (let k = 1; k <= 60; k += 1) {
    const far = vectors.reduce((a, b) => (dot(a, at) < dot(b, at) ? a : b));
    at = unit(at.map((one, i) => one + (far[i] - one) / (k + 1)));
  }
  return at;
}

function createGlobe(frame, model) {
  const { main, card, tip } = frame;
  const made = put(node("div", "globe"), {
    id: "globe", tabindex: 0, role: "application",
    "aria-label": "Globe: arrow keys turn it, plus and minus zoom, 0 resets it, P shows the Arctic from above; the list beside it opens what is drawn",
  });
  const canvas = node("canvas", "");
  const drawing = shape("svg");
  const labels = node("div", "labels");
  const lineNames = node("div", "line-names");
  const bar = scaleBar("globe-scale");
  const keys = node("div", "globe-buttons", ...[
    ["+", "Zoom in", () => zoomBy(1.4)], ["−", "Zoom out", () => zoomBy(1 / 1.4)],
    ["↺", "Reset the globe", () => reset()], ["N", "The Arctic from above", () => overArctic()],
  ].map(([text, name, act]) => button("", text, name, act)));
  made.append(canvas, drawing, labels, lineNames, bar, keys);
  made.hidden = true;
  main.append(made);
  const context = canvas.getContext("2d");

  // Centre in degrees, and the radius in shares of the one that fits.
  const view = { lon: 60, lat: 30, zoom: 1 };
  let [width, height, middleX, middleY, radius] = [0, 0, 0, 0, 1];
  let asked = null;
  let strands = [];
  let spots = [];
  let lit = -1;
  // What is drawn, from the model: `load` takes it again.
  let [routes, marks, ice, lines, groups] = [];

  // The px of what stands in colour, 0 for the context.
  const widthOf = (index) => (frame.styleOf(index)?.focus ? frame.styleOf(index).weight : 0);

  const ringOf = (points) => ({ points, vectors: points.map(vectorOf) });
  const rings = frame.base.land.map((packed) => ringOf(unpacked(packed, 0, frame.base.units)));
  const borders = frame.base.borders.map((packed) => unpacked(packed, 0, frame.base.units).map(vectorOf));
  const coasts = rings.flatMap(({ points }) => coast(points)).map((line) => line.map(vectorOf));
  const names = namesOf(frame.base, model.ice).map((one) => ({ ...one, vector: vectorOf([one.lat, one.lon]) }));
  const dotsGroup = shape("g");

  function load() {
    const { content, places } = model;
    routes = model.routes;
    marks = places.map((place) => ({ place, vector: vectorOf([place.lat, place.lon]) }));
    ice = content.ice.rings.map((sea) => sea.map((packed) => ringOf(unpacked(packed))));
    lines = content.lines.map((packed) => alongGreatCircles(unpacked(packed)));
    groups = routes.map((route, index) => {
      const group = shape("g");
      group.dataset.route = index;
      return group;
    });
    drawing.replaceChildren(...groups, dotsGroup);
  }

  load();

  // x and y in px and the height over the plane through the centre of the globe, negative behind it.
  function axes() {
    const [lat, lon] = [view.lat * RADIANS, view.lon * RADIANS];
    return {
      east: [-Math.sin(lon), Math.cos(lon), 0],
      north: [-Math.sin(lat) * Math.cos(lon), -Math.sin(lat) * Math.sin(lon), Math.cos(lat)],
      up: [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)],
    };
  }

  let { east, north, up } = axes();
  const place = (v) => ({
    x: middleX + radius * dot(v, east), y: middleY - radius * dot(v, north), z: dot(v, up),
  });

  // The zoom of the map on which the equator has the globe's scale.
  const zoomLevel = () => Math.log2((2 * Math.PI * radius) / 256);

  function measure() {
    width = made.clientWidth;
    height = made.clientHeight;
    const left = frame.aside() && frame.aside() + 24;
    const top = !frame.isWide() ? 56 : 0;
    const free = height - top - frame.below();
    middleX = left + (width - left) / 2;
    middleY = top + free / 2;
    radius = Math.max(60, (Math.min(width - left, free) / 2 - 14) * view.zoom);
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    ({ east, north, up } = axes());
  }

  function refresh() {
    if (made.hidden || asked) return;
    asked = requestAnimationFrame(() => {
      asked = null;
      draw();
    });
  }

  function draw() {
    measure();
    context.clearRect(0, 0, width, height);
    disc(lookNow().sea);
    context.save();
    context.beginPath();
    context.arc(middleX, middleY, radius, 0, 2 * Math.PI);
    context.clip();
    drawIce();
    drawLand();
    graticule();
    context.restore();
    context.beginPath();
    context.arc(middleX, middleY, radius, 0, 2 * Math.PI);
    context.strokeStyle = lookNow().coast;
    context.lineWidth = 1;
    context.stroke();
    drawRoutes();
    drawPlaces();
    showScale(bar, EARTH_KM / radius, "in the middle");
  }

  function disc(colour) {
    context.beginPath();
    context.arc(middleX, middleY, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  }

  function stroke(all, colour, px) {
    context.beginPath();
    for (const line of all) {
      let before = null;
      for (const v of line) {
        const at = place(v);
        const seen = at.z >= 0;
        if (!seen) before = null;
        else if (!before) {
          context.moveTo(at.x, at.y);
          before = at;
        } else if (Math.abs(at.x - before.x) + Math.abs(at.y - before.y) > FINEST_PX) {
          context.lineTo(at.x, at.y);
          before = at;
        }
      }
    }
    context.strokeStyle = colour;
    context.lineWidth = px;
    context.stroke();
  }

  function drawIce() {
    ice.forEach((sea, number) => {
      context.globalAlpha = Math.min(1, model.tenths(number) / 10);
      fillRings(sea, ICE.colour);
      context.globalAlpha = 1;
    });
    context.setLineDash(ICE.dash);
    stroke(ice.flatMap((sea) => sea.map(({ vectors }) => vectors)), ICE.outline, 1);
    context.setLineDash([]);
  }

  function drawLand() {
    fillRings(rings, lookNow().land);
    stroke(coasts, lookNow().coast, 0.8);
    stroke(borders, lookNow().border, 0.8);
  }

  // Fills rings by the even-odd rule. A point behind the globe is moved to its rim, straight away from the
  // point opposite the middle: then a ring still winds around what it holds, unless it holds that
  // opposite point, when the whole disc is added to turn inside and outside round again.
  function fillRings(all, colour) {
    context.beginPath();
    const opposite = [-view.lat, ((view.lon + 360) % 360) - 180];
    for (const { points, vectors } of all) {
      const placed = vectors.map(place);
      if (placed.every(({ z }) => z < 0)) continue;
      let before = null;
      placed.forEach((at, i) => {
        const angle = Math.atan2(at.y - middleY, at.x - middleX);
        const hidden = at.z < 0;
        const [x, y] = hidden
          ? [middleX + radius * Math.cos(angle), middleY + radius * Math.sin(angle)] : [at.x, at.y];
        if (!i) context.moveTo(x, y);
        else if (!hidden && !before.hidden && Math.abs(x - before.x) + Math.abs(y - before.y) < FINEST_PX) return;
        else if (hidden && before.hidden) {
          let turn = angle - before.angle;
          if (turn > Math.PI) turn -= 2 * Math.PI;
          if (turn < -Math.PI) turn += 2 * Math.PI;
          context.arc(middleX, middleY, radius, before.angle, before.angle + turn, turn < 0);
        } else context.lineTo(x, y);
        before = { hidden, angle, x, y };
      });
      context.closePath();
      if (holds(points, opposite)) {
        context.moveTo(middleX + radius, middleY);
        context.arc(middleX, middleY, radius, 0, 2 * Math.PI);
      }
    }
    context.fillStyle = colour;
    context.fill("evenodd");
  }

  // Whether a ring in degrees holds a point: how often a ray to the north crosses it.
  function holds(points, [lat, lon]) {
    let inside = false;
    for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
      const [[a, p], [b, q]] = [points[i], points[j]];
      if ((p > lon) !== (q > lon) && lat < a + ((lon - p) / (q - p)) * (b - a)) inside = !inside;
    }
    return inside;
  }

  function graticule() {
    const all = [];
    for (let lon = -180; lon < 180; lon += 30) {
      all.push(Array.from({ length: 35 }, (_, i) => vectorOf([-85 + 5 * i, lon])));
    }
    for (let lat = -60; lat <= 60; lat += 30) {
      all.push(Array.from({ length: 121 }, (_, i) => vectorOf([lat, 3 * i])));
    }
    stroke(all, "rgba(80, 100, 115, 0.16)", 0.7);
  }

  // The visible parts of legs, as runs of px with their leg.
  function runsOf(legs) {
    const runs = [];
    for (const leg of legs) {
      let before = null;
      let mine = [];
      const close = () => {
        if (mine.length > 1) runs.push({ leg, pixels: mine });
        mine = [];
      };
      for (const v of leg.back ? [...lines[leg.line]].reverse() : lines[leg.line]) {
        const at = place(v);
        if (at.z >= 0) {
          if (before && before.z < 0) mine.push(onRim(before, at));
          mine.push(at);
        } else {
          if (before && before.z >= 0) mine.push(onRim(at, before));
          close();
        }
        before = at;
      }
      close();
    }
    return runs;
  }

  // Where a line from a hidden point to a visible one crosses the rim.
  function onRim(hidden, seen) {
    const t = seen.z / (seen.z - hidden.z);
    const [x, y] = [seen.x + t * (hidden.x - seen.x), seen.y + t * (hidden.y - seen.y)];
    const away = Math.hypot(x - middleX, y - middleY) || 1;
    return { x: middleX + ((x - middleX) * radius) / away, y: middleY + ((y - middleY) * radius) / away };
  }

  function drawRoutes() {
    strands = [];
    put(drawing, { width, height });
    groups.forEach((group, index) => {
      const shown = frame.isShown(index) && (!frame.styleOf(index).hidden || index === lit);
      group.style.display = shown ? "" : "none";
      if (!shown) return;
      const runs = runsOf(model.legsOf(index));
      runs.forEach(({ leg, pixels }) => strands.push({ index, leg, pixels, box: boxOf(pixels) }));
      const d = runs.map(({ pixels }) => pixels.map(({ x, y }, i) => `${i ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("")).join("");
      group.replaceChildren(...["casing", "route-line"].map((kind) => shape("path", { d, class: kind })));
    });
    strands.sort((a, b) => widthOf(b.index) - widthOf(a.index) || a.index - b.index);
    light(lit);
  }

  // The coloured ones lie above the others, the answer on top, and the one pointed at over all.
  function light(index) {
    lit = index;
    const rank = (at) => (at === index ? 100 : widthOf(at));
    groups.forEach((group, at) => {
      const px = at === index ? (widthOf(at) || BESIDE_PX) + MORE_PX : widthOf(at);
      const [casing, line] = group.children;
      if (!line || !frame.styleOf(at)) return;
      line.setAttribute("class", `route-line ${px ? "focus" : "context"} ${frame.styleOf(at).role}`);
      line.style.strokeWidth = `${px || CONTEXT_PX}px`;
      casing.style.strokeWidth = `${px ? px + 2.6 : 0}px`;
    });
    const order = groups.map((_, at) => at).sort((a, b) => rank(a) - rank(b) || b - a);
    drawing.replaceChildren(...order.map((at) => groups[at]), dotsGroup);
  }

  function drawPlaces() {
    const zoom = zoomLevel();
    spots = [];
    const wanted = [];
    for (const { place: one, vector } of marks) {
      const { shown, radius: size, labelled } = model.markOf({ place: one }, zoom);
      const at = place(vector);
      if (!shown || at.z < 0.05) continue;
      spots.push({ place: one, x: at.x, y: at.y, radius: size });
      if (labelled) wanted.push({ x: at.x, y: at.y, text: shortName(one), kind: one.kind, gap: size + 3 });
    }
    dotsGroup.replaceChildren(...spots.map(({ place: one, x, y, radius: size }) => (
      shape("circle", { cx: x, cy: y, r: size, class: `place ${one.kind}` }))));
    const land = names.filter((one) => one.zoom <= zoom + 0.5 && zoom >= NAMES_FROM).map((one) => ({ ...one, ...place(one.vector) }))
      .filter(({ z }) => z > 0.25).map(({ x, y, text, kind }) => ({ x, y, text: text(), kind, gap: kind === "ice" ? 4 : null }));
    const pixelsOf = (index) => strands.filter((one) => one.index === index).map(({ pixels }) => pixels);
    const lines = frame.namesOfLines().map((one) => ({ ...one, pixels: pixelsOf(one.index) }));
    layAll({ labels, names: lineNames, width, height, over: covered(main), compact: !frame.isWide() }, wanted, lines, land);
  }

  function turn(lon, lat) {
    view.lon = ((view.lon + lon + 540) % 360) - 180;
    view.lat = Math.max(-90, Math.min(90, view.lat + lat));
    refresh();
  }

  function zoomBy(factor) {
    view.zoom = Math.max(0.6, Math.min(12, view.zoom * factor));
    refresh();
  }

  function lookAt(v) {
    view.lat = Math.asin(v[2]) / RADIANS;
    view.lon = Math.atan2(v[1], v[0]) / RADIANS;
    view.zoom = 1;
    refresh();
  }

  const vectorsOf = (index) => model.legsOf(index).flatMap((leg) => lines[leg.line]);

  // The middle of what is drawn, or of one route.
  function reset() {
    const shown = routes.map((_, index) => index).filter(frame.isShown);
    // A way round the other side of the world would leave nothing on this one.
    const here = shown.filter((index) => model.optionOf(index).copies.length < 2);
    const all = (here.length ? here : shown).flatMap(vectorsOf);
    if (all.length) lookAt(middleOf(all));
    else refresh();
  }

  function centreOn(index) {
    const all = vectorsOf(index);
    if (all.length && !made.hidden) lookAt(middleOf(all));
  }

  // 80 degrees east below: Asia in front, Europe on the left, the Bering Strait on the right.
  function overArctic() {
    Object.assign(view, { lat: 90, lon: 80, zoom: 1.4 });
    refresh();
  }

  made.addEventListener("keydown", (event) => {
    if (event.target !== made) return;
    const step = 12 / view.zoom;
    const acts = {
      ArrowLeft: () => turn(-step, 0), ArrowRight: () => turn(step, 0),
      ArrowUp: () => turn(0, step), ArrowDown: () => turn(0, -step),
      "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(0.8),
      0: reset, Home: reset, p: overArctic, P: overArctic,
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });

  made.addEventListener("wheel", (event) => {
    if (event.target.closest("button")) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 500));
  }, { passive: false });

  // One finger or the mouse turns the globe, two fingers zoom; a press without a move opens.
  const fingers = new Map();
  let moved = 0;
  made.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    made.setPointerCapture(event.pointerId);
  });
  made.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    const frameBox = made.getBoundingClientRect();
    if (!before) {
      point(event, event.clientX - frameBox.left, event.clientY - frameBox.top);
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    const apart = () => {
      const [a, b] = [...fingers.values()];
      return Math.hypot(a.x - b.x, a.y - b.y);
    };
    const spread = fingers.size === 2 ? apart() : 0;
    fingers.set(event.pointerId, now);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (fingers.size === 2) zoomBy(apart() / (spread || 1));
    else if (moved > 4) turn((before.x - now.x) / radius / RADIANS, (now.y - before.y) / radius / RADIANS);
  });
  const lift = (event) => {
    const pressed = fingers.delete(event.pointerId) && event.type === "pointerup" && moved <= 4;
    if (!pressed) return;
    const frameBox = made.getBoundingClientRect();
    const [x, y] = [event.clientX - frameBox.left, event.clientY - frameBox.top];
    const thing = found(x, y, event);
    tip.hide();
    const at = latLonAt(x, y);
    if (at && frame.press(at, thing)) return;
    if (thing) frame.openThing(thing);
    else card.close();
  };
  made.addEventListener("pointerup", lift);
  made.addEventListener("pointercancel", lift);
  made.addEventListener("pointerleave", () => { frame.pointThing(null); tip.hide(); });

  // The place on the globe under a point of the page, or null beside it.
  function latLonAt(x, y) {
    const [across, over] = [(x - middleX) / radius, (middleY - y) / radius];
    const beside = across * across + over * over;
    if (beside > 1) return null;
    const height = Math.sqrt(1 - beside);
    const v = [0, 1, 2].map((axis) => across * east[axis] + over * north[axis] + height * up[axis]);
    return [Math.asin(v[2]) / RADIANS, Math.atan2(v[1], v[0]) / RADIANS];
  }

  function found(x, y, event) {
    const [line, spot] = reachOf(event);
    return nearestDot(spots, x, y, spot) || nearest(strands, x, y, line);
  }

  let under = null;
  function point(event, x, y) {
    if (event.target.closest("button")) return;
    const thing = found(x, y, event);
    if ((thing && thing.index) !== (under && under.index) || !thing !== !under) frame.pointThing(thing);
    under = thing;
    made.style.cursor = thing ? "pointer" : "grab";
    if (thing) tip.show(model.textOf(thing), x, y);
    else tip.hide();
  }

  function show(on, arctic) {
    made.hidden = !on;
    if (!on) return;
    if (arctic) overArctic();
    else reset();
  }

  new ResizeObserver(refresh).observe(made);
  DARK.addEventListener("change", refresh);
  // What the tests measure: the drawn vectors of a route by leg, and where they fall on the page.
  made.drawn = (index) => model.legsOf(index).map((leg) => lines[leg.line]);
  made.view = () => ({ ...view, middleX, middleY, radius });

  return { refresh, show, light, centreOn, load, reset };
}
