// The one frame of every map: land, lines by role, places, names, panel, card, link, and one answer to
// what is pointed at. What differs between the kinds of maps is in `KINDS`, by the name that content has.
"use strict";

// Sea, ice, land and borders on one canvas. Points are projected once, in pixels of zoom 0; a view
// moves and scales them, which is many times as quick as a Leaflet line for each ring.
const Ground = L.Renderer.extend({
  initialize(base, ice) {
    L.Renderer.prototype.initialize.call(this, { pane: "base", padding: 0.3 });
    const rings = base.land.map((packed) => unpacked(packed, 0, base.units))
      // Mercator has no room for the far south, and no route goes there.
      .filter((ring) => ring.some(([lat]) => lat > -60));
    this._land = this._path(rings);
    this._coast = this._path(rings.flatMap((ring) => coast(ring)));
    this._borders = this._path(base.borders.map((packed) => unpacked(packed, 0, base.units)));
    this._ice = ice && {
      tenths: ice.tenths,
      seas: ice.rings.map((rings) => this._path(rings.map((packed) => unpacked(packed)))),
    };
  },
  _path(lines) {
    const path = new Path2D();
    for (const line of lines) {
      line.forEach(([lat, lon], i) => {
        const { x, y } = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);
        if (i) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
    }
    return path;
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._context = this._container.getContext("2d");
  },
  _destroyContainer() { this._container.remove(); },
  _updatePaths() {},
  redraw() { if (this._map) this._update(); },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, min);
    this._container.width = ratio * size.x;
    this._container.height = ratio * size.y;
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    const scale = 2 ** this._map.getZoom();
    const corner = this._map.getPixelOrigin().add(min);
    for (const turn of [-1, 0, 1]) {
      const left = 256 * turn * scale - corner.x;
      if (left < size.x && left + 256 * scale > 0) this._draw(scale, ratio, left, -corner.y);
    }
  },
  _draw(scale, ratio, dx, dy) {
    const context = this._context;
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * dx, ratio * dy);
    context.lineCap = "round";
    context.lineJoin = "round";
    if (this._ice) {
      context.fillStyle = ICE.colour;
      context.strokeStyle = ICE.outline;
      context.lineWidth = 1 / scale;
      context.setLineDash(ICE.dash.map((px) => px / scale));
      this._ice.seas.forEach((path, sea) => {
        context.globalAlpha = Math.min(1, this._ice.tenths(sea) / 10);
        context.fill(path);
        context.globalAlpha = 1;
        context.stroke(path);
      });
      context.setLineDash([]);
    }
    const look = lookNow();
    context.fillStyle = look.land;
    context.fill(this._land, "evenodd");
    context.lineWidth = 0.8 / scale;
    context.strokeStyle = look.coast;
    context.stroke(this._coast);
    context.strokeStyle = look.border;
    context.stroke(this._borders);
  },
});

// A line whose points are not rounded to whole pixels, which would make a smooth one tremble.
const Strand = L.Polyline.extend({
  _projectLatlngs(latLngs, result, bounds) {
    if (!(latLngs[0] instanceof L.LatLng)) {
      latLngs.forEach((one) => this._projectLatlngs(one, result, bounds));
      return;
    }
    const ring = latLngs.map((at) => this._map.project(at).subtract(this._map.getPixelOrigin()));
    ring.forEach((at) => bounds.extend(at));
    result.push(ring);
  },
});

// By name what makes a kind of map of a frame and its content. It numbers its things and says of each:
// `layer(i)`, the key of the layer that it is drawn in; `strands(i)`, its lines, each with `points`; `style(i)`,
// with `role`, `weight`, `focus` and `hidden`, or null where there is nothing of it; `card(i, strand)`.
// `mark(dot, zoom)` says how a dot looks now, `text(thing)` what the pointer is told, `named()` which lines
// have a name, `added(group, key)` fills a layer, `panel()` what the panel shows, `view(wide)` the box
// to open with. Others may be left out.
const KINDS = {};

// Lines pointed at are wider by this; those out of focus as if they had the other.
const [MORE_PX, BESIDE_PX, CONTEXT_PX] = [0.8, 2.8, 1.15];

// `host` says what differs where the map is a part of a page: `main`, its frame, `isWide()`,
// `press([lat, lon], thing)`, which answers a press on the map first, and returns whether it did, and
// `pointed(i)`.
function createMap(map, content, host = {}) {
  const main = host.main || document.querySelector("main");
  const sheet = document.getElementById("panel");
  const card = createCard(main, () => map.fire("furnished"));
  const tip = createTip(main);
  const isWide = host.isWide || (() => main.clientWidth > 900);
  const press = host.press || (() => false);
  // The px that the panel covers: at the left, on a narrow page as a sheet at the bottom.
  const aside = () => (sheet && isWide() ? sheet.offsetWidth + 12 : 0);
  const below = () => (sheet && !isWide() ? sheet.offsetHeight : 0);
  const first = window.location.hash.slice(1);
  const litGroup = L.layerGroup();
  const dots = [];
  let [tracks, styles, stack, names] = [[], [], [], []];
  let [held, heldStrand, pointed] = [-1, null, -1];
  let [panel, ground] = [null, null];

  // What draws in each pane, and the layers of the page.
  const renderers = {};
  const layers = new Map();

  function addBaseMap(base) {
    const pane = (name, zIndex, ...classes) => {
      const made = map.createPane(name);
      Object.assign(made.style, { zIndex, pointerEvents: "none" });
      made.classList.add(...classes);
    };
    pane("base", 150);
    for (const [name, zIndex] of [["works", 410], ["areas", 420], ["context", 430], ["focus", 440], ["lit", 450], ["places", 500]]) {
      pane(name, zIndex);
      renderers[name] = L.svg({ pane: name, padding: 0.2 });
    }
    pane("labels", 620, "leaflet-zoom-hide");
    pane("names", 640, "leaflet-zoom-hide");
    ground = new Ground(base, kind.ice);
    ground.addTo(map);
    DARK.addEventListener("change", () => ground.redraw());
    names = namesOf(base, kind.ice);
    frame.base = base;
    litGroup.addTo(map);
  }

  // A layer of the page: that of a thing by its number, others by name.
  function add(group, key) {
    layers.set(key, group);
    kind.added?.(group, key);
    group.on("add remove", () => later(refresh));
  }

  // A dot, whose looks `mark` says.
  function addDot(group, dot, at) {
    const circle = L.circleMarker(at, { pane: "places", renderer: renderers.places, interactive: false, weight: 1.6, fillOpacity: 1 });
    dots.push({ ...dot, group, circle });
  }

  function toggle(group, layer, shown) {
    if (shown && !group.hasLayer(layer)) group.addLayer(layer);
    if (!shown && group.hasLayer(layer)) group.removeLayer(layer);
  }

  // ---- lines

  const numbers = () => [...Array(kind.count()).keys()];

  const groupOf = (index) => layers.get(kind.layer ? kind.layer(index) : index);
  const isShown = (index) => Boolean(styles[index] && groupOf(index)) && map.hasLayer(groupOf(index));
  const litOne = () => (pointed >= 0 ? pointed : held);

  function draw() {
    const all = numbers();
    kind.drawing?.();
    all.forEach((index) => groupOf(index)?.clearLayers());
    tracks = all.map((index) => kind.strands(index).map((one) => ({ ...one, index, pixels: [], box: [0, 0, 0, 0] })));
    styles = all.map(kind.style);
    const weightOf = (index) => (styles[index].focus ? styles[index].weight : 0);
    // The last lies on top: the best, or the narrowest, which a wide one would hide.
    stack = all.filter((index) => styles[index] && !styles[index].hidden && tracks[index].length)
      .sort((a, b) => (kind.isWide ? -1 : 1) * (weightOf(a) - weightOf(b)) || b - a);
    stack.forEach((index) => drawTrack(groupOf(index), styles[index].pane || (styles[index].focus ? "focus" : "context"), index, styles[index]));
    lay();
  }

  // A thing is one path, over a casing in the colour of the sea where it stands in colour; it says whose it is.
  function drawTrack(group, pane, index, { role, weight }) {
    const lines = tracks[index].map(({ points }) => points);
    const shared = { pane, renderer: renderers[pane], interactive: false, smoothFactor: 0.5 };
    if (pane === "lit" || (pane !== "context" && !kind.isWide)) group.addLayer(new Strand(lines, { ...shared, weight: weight + 2.6, className: "casing" }));
    const line = new Strand(lines, { ...shared, weight, className: `route-line ${pane} ${role}` });
    line.on("add", () => { line.getElement().dataset.route = index; });
    group.addLayer(line);
  }

  // The px of each strand at this zoom, which tell what is pointed at.
  function lay() {
    for (const one of tracks.flat()) {
      one.pixels = one.points.map((at) => map.project(at));
      one.box = boxOf(one.pixels);
    }
  }

  // What is pointed at, else what is open, lies over the others in its colour.
  function light() {
    const index = litOne();
    const style = styles[index];
    litGroup.clearLayers();
    if (style && tracks[index].length) drawTrack(litGroup, "lit", index, { ...style, weight: (style.focus ? style.weight : BESIDE_PX) + MORE_PX });
    kind.lit?.(index);
    later(placeNames);
  }

  function refresh() {
    draw();
    kind.refreshed?.();
    light();
  }

  // ---- names

  const inView = ({ x, y }) => ({ x: x - map.getPixelOrigin().x + map._getMapPanePos().x, y: y - map.getPixelOrigin().y + map._getMapPanePos().y });

  const namesOfLines = () => kind.named().map((one) => ({
    role: styles[one.index].role, open: () => open(one.index), pixels: tracks[one.index].map(({ pixels }) => pixels), ...one,
  }));

  // Names of lines, labels of places, then as many names of the land as there is room for.
  function placeNames() {
    const { x: width, y: height } = map.getSize();
    const zoom = map.getZoom();
    const wanted = [];
    for (const one of dots) {
      const { shown, radius, labelled, text, kind: label, className } = kind.mark(one, zoom);
      one.shown = shown && map.hasLayer(one.group);
      one.circle.options.className = className;
      toggle(one.group, one.circle, shown);
      if (one.radius !== radius) one.circle.setRadius(radius);
      if (one.className !== className) one.circle.getElement()?.setAttribute("class", className);
      Object.assign(one, { radius, className });
      if (one.shown && labelled) wanted.push({ ...map.latLngToContainerPoint(one.circle.getLatLng()), text, kind: label, gap: radius + 3 });
    }
    const lines = namesOfLines().map((one) => ({ ...one, pixels: one.pixels.map((line) => line.map(inView)) }));
    layAll({
      labels: map.getPane("labels"), names: map.getPane("names"), width, height, over: covered(main),
      origin: map.containerPointToLayerPoint([0, 0]), compact: !isWide(),
    }, wanted, lines, namesInView(zoom));
  }

  function namesInView(zoom) {
    const bounds = map.getBounds();
    const centre = map.getCenter().lng;
    return names.filter((one) => one.zoom <= zoom + 0.5 && zoom >= NAMES_FROM).flatMap((one) => {
      const lon = one.lon + 360 * Math.round((centre - one.lon) / 360);
      const { x, y } = map.latLngToContainerPoint([one.lat, lon]);
      return bounds.contains([one.lat, lon]) ? [{ x, y, text: one.text(), kind: one.kind, gap: one.kind === "ice" ? 4 : null }] : [];
    });
  }

  // ---- what is pointed at and open

  // What lies under the pointer, by distance and not by the order of drawing: the nearest dot, else the
  // nearest line, of wide ones that which lies on top, else an area.
  function found(x, y, event) {
    const [line, dot] = reachOf(event);
    const near = nearestDot(dots.filter(({ shown }) => shown).map((one) => (
      { one, radius: one.radius, ...map.latLngToContainerPoint(one.circle.getLatLng()) })), x, y, dot);
    if (near) return near.one;
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    const strands = [...stack].reverse().filter((index) => isShown(index) && !styles[index].pane).flatMap((index) => tracks[index]);
    const at = (list, reach) => nearest(list, x + origin.x, y + origin.y, reach);
    const met = kind.isWide ? strands.find((one) => at([one], Math.max(line, styles[one.index].weight / 2))) : at(strands, line);
    return met || kind.areaAt?.(map.containerPointToLatLng([x, y])) || null;
  }

  function point(index) {
    if (index === pointed) return;
    pointed = index;
    light();
    host.pointed?.(index);
  }

  const pointThing = (thing) => point(thing?.index ?? -1);

  function hold(index) {
    held = index;
    light();
    remember();
  }

  // Opens the card of a thing, or of a strand of it, and keeps it lit while it is open.
  function open(index, strand = null) {
    tip.hide();
    card.show(kind.card(index, strand), () => hold(-1));
    heldStrand = strand;
    hold(index);
    if (!isWide() && !map.getContainer().hidden) goTo(index);
  }

  const openThing = (thing) => (thing.index === undefined ? card.show(kind.placeCard(thing)) : open(thing.index, thing));

  // On a narrow page the map goes to what is open, beside its card.
  function goTo(index) {
    const bounds = L.latLngBounds(tracks[index].filter(({ copy }) => !copy).flatMap(({ points }) => points));
    const spot = dots.find((one) => one.index === index);
    if (bounds.isValid()) fit([bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()], card.element);
    else if (spot) map.panTo(spot.circle.getLatLng(), { animate: false });
  }

  // The same card with the figures of now.
  function renewCard() {
    if (held >= 0) card.renew(kind.card(held, heldStrand));
  }

  function answer() {
    let under = null;
    const set = (thing) => {
      if (thing === under) return;
      under = thing;
      pointThing(under);
      map.getContainer().style.cursor = under ? "pointer" : "";
    };
    map.on("mousemove", (event) => {
      const { x, y } = event.containerPoint;
      set(found(x, y, event.originalEvent));
      if (under) tip.show(kind.text(under), x, y);
      else tip.hide();
    });
    map.on("mouseout movestart zoomstart", () => { set(null); tip.hide(); });
    map.on("click", (event) => {
      const { x, y } = event.containerPoint;
      const thing = found(x, y, event.originalEvent);
      tip.hide();
      const { lat, lng } = event.latlng.wrap();
      if (press([lat, lng], thing)) return;
      if (thing) openThing(thing);
      else card.close();
    });
  }

  // ---- the page around it

  // Names the map, puts its controls on it and shows what is drawn.
  function furnish(attribution) {
    L.control.zoom({ position: "bottomright" }).addTo(map);
    scale().addTo(map);
    map.attributionControl.setPrefix("").addAttribution(attribution);
    put(map.getContainer(), {
      role: "application", "aria-label": "Map: arrow keys move it, plus and minus zoom; the list beside it opens what is drawn",
    });
    if (sheet) furnishPanel();
    fit(kind.view(isWide()));
    if (sheet) map.on("moveend", remember);
  }

  function furnishPanel() {
    L.DomEvent.disableClickPropagation(sheet);
    L.DomEvent.disableScrollPropagation(sheet);
    const grip = document.getElementById("grip");
    grip.addEventListener("click", () => {
      const low = sheet.classList.toggle("low");
      put(grip, { "aria-expanded": !low, "aria-label": low ? "Show the answer" : "Fold the answer" });
      map.fire("furnished");
    });
    // A finger draws the sheet down and up; at a press it does the same.
    let from = 0;
    grip.addEventListener("pointerdown", ({ clientY }) => { from = clientY; });
    grip.addEventListener("pointerup", ({ clientY, pointerType }) => {
      const down = clientY > from;
      if (pointerType !== "mouse" && Math.abs(clientY - from) > 24 && down !== sheet.classList.contains("low")) grip.click();
    });
    const tools = node("div", "tools",
      button("", "Copy link", "", ({ target }) => { remember(); copy(window.location.href, target, "The address is the link"); }),
      button("", "Image", "Save the map as an image", () => saveImage(main, document.title)),
      button("", "Print", "", () => window.print()));
    main.append(tools);
    // On paper the panel stands beside the map, which has the size of what is left of the sheet.
    const sized = (on) => {
      document.documentElement.classList.toggle("on-paper", on);
      map.invalidateSize({ animate: false });
      fit(kind.view(true));
      map.fire("furnished");
    };
    window.addEventListener("beforeprint", () => sized(true));
    window.addEventListener("afterprint", () => sized(false));
  }

  // The view goes into the address, which is a link to it; a frame in a notebook has no address.
  function remember() {
    if (!sheet || window.location.protocol === "about:") return;
    const { lat, lng } = map.getCenter();
    const all = {
      at: [lat.toFixed(2), lng.toFixed(2), map.getZoom().toFixed(2)].join(","), route: held < 0 ? "" : kind.key(held), ...kind.state?.(),
    };
    const text = Object.entries(all).filter(([, value]) => value !== "").map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
    window.history.replaceState(null, "", `#${text}`);
  }

  function restore() {
    const { at, route, ...others } = Object.fromEntries(new URLSearchParams(first));
    kind.restore?.(others);
    const index = numbers().find((one) => String(kind.key(one)) === route);
    if (index !== undefined) open(index);
    const [lat, lon, zoom] = (at || "").split(",").map(Number);
    if (Number.isFinite(lat + lon + zoom)) map.setView([lat, lon], zoom, { animate: false });
  }

  // The box in view, beside the panel or over it, or over `sheet`.
  function fit([south, west, north, east], sheet = null) {
    const low = sheet ? sheet.offsetHeight : below();
    map.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: isWide() ? [aside() + 24, 24] : [14, 54],
      paddingBottomRight: isWide() ? [30, 50] : [14, low + 24], animate: false,
    });
  }

  // In Mercator a bar holds at one latitude only, so it says which.
  function scale() {
    const bar = scaleBar("leaflet-control map-scale");
    const made = L.control({ position: "bottomright" });
    made.onAdd = () => bar;
    const refresh = () => {
      const { lat } = map.getCenter();
      const metres = (40075016.7 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
      showScale(bar, metres / 1000, `at ${Math.round(Math.abs(lat))}° ${lat < 0 ? "S" : "N"}`);
    };
    map.on("move zoomend", refresh);
    map.whenReady(refresh);
    return made;
  }

  function dress() {
    if (panel) panel.show(...kind.panel());
  }

  function finish(attribution, links = []) {
    if (sheet) {
      panel = createPanel(sheet, {
        open: kind.openRow || open, point: kind.pointRow || point, role: kind.role || ((index) => kind.style(index).role), isFocus: kind.isFocus,
        credit: attribution, links, choice: sheet.querySelector(".controls"),
      });
    }
    dress();
    kind.furnished?.();
    furnish(attribution);
    answer();
    // At once: names are placed by these px, and may wait already.
    map.on("zoomend", lay);
    map.on("moveend resize furnished", () => {
      later(placeNames);
      kind.moved?.();
    });
    refresh();
    kind.finished?.();
    if (sheet) restore();
    main.dataset.drawn = "true";
  }

  // Makes the layers that a map in a file comes with.
  const addAll = () => kind.keys().forEach((key) => add(L.featureGroup().addTo(map), key));

  // Draws what a new answer holds. Places on the map stay, and so does the view unless `anew`.
  function replace(given, anew) {
    const opened = held < 0 ? null : kind.key(held);
    layers.forEach((group) => map.removeLayer(group));
    layers.clear();
    dots.length = 0;
    kind.take(given);
    held = numbers().findIndex((index) => kind.key(index) === opened);
    [pointed, heldStrand] = [-1, null];
    if (held < 0) card.close(false);
    renewCard();
    addAll();
    kind.replaced(anew);
    if (anew) fit(kind.view(isWide()));
    ground.redraw();
    refresh();
  }

  const frame = {
    map, main, card, tip, host, isWide, aside, below, press, isShown, litOne, toggle, addDot, dots, layers, renderers, styleOf: (index) => styles[index],
    light, refresh, dress, point, pointThing, open, openThing, renewCard, fit, remember, placeNames, namesOfLines,
    redrawGround: () => ground.redraw(), base: null,
  };
  const kind = KINDS[content.kind](frame, content);

  return { addBaseMap, add, addAll, finish, replace, point, open, card, ...kind.acts };
}
