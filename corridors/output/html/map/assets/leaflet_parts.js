// What every map with Leaflet has: land, names, scale, card, and one answer to what is pointed at.
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

// `host` says what differs where the map is a part of a page: `main`, its frame, `isWide()`, and
// `press([lat, lon], thing)`, which answers a press on the map first, and returns whether it did.
function mapParts(map, host = {}) {
  const main = host.main || document.querySelector("main");
  const panel = document.getElementById("panel");
  const card = createCard(main, () => map.fire("furnished"));
  const tip = createTip(main);
  const isWide = host.isWide || (() => main.clientWidth > 900);
  // The px at the left that the panel covers; on a narrow page it is a sheet at the bottom.
  const aside = () => (panel && isWide() ? panel.offsetWidth + 12 : 0);
  const press = host.press || (() => false);
  const below = () => (panel && !isWide() ? panel.offsetHeight : 0);
  let names = [];
  let stateOf = () => ({});
  const first = window.location.hash.slice(1);

  function toggle(group, layer, shown) {
    if (shown && !group.hasLayer(layer)) group.addLayer(layer);
    if (!shown && group.hasLayer(layer)) group.removeLayer(layer);
  }

  function addBaseMap(base, ice) {
    map.createPane("base").style.zIndex = 150;
    map.getPane("base").style.pointerEvents = "none";
    for (const [pane, zIndex] of [["labels", 620], ["names", 640]]) {
      const made = map.createPane(pane);
      made.style.zIndex = zIndex;
      made.classList.add("leaflet-zoom-hide");
    }
    const ground = new Ground(base, ice);
    ground.addTo(map);
    DARK.addEventListener("change", () => ground.redraw());
    names = namesOf(base, ice);
    return ground;
  }

  // By pane what draws in it.
  const renderers = {};
  function addPanes(list) {
    for (const [pane, zIndex] of list) {
      const made = map.createPane(pane);
      made.style.zIndex = zIndex;
      made.style.pointerEvents = "none";
      renderers[pane] = L.svg({ pane, padding: 0.2 });
    }
  }

  // A route is one path, over a casing in the colour of the sea where it stands in colour; it says whose it is.
  function drawTrack(group, pane, index, lines, { role, weight }) {
    const shared = { pane, renderer: renderers[pane], interactive: false, smoothFactor: 0.5 };
    if (pane !== "context") group.addLayer(new Strand(lines, { ...shared, weight: weight + 2.6, className: "casing" }));
    const line = new Strand(lines, { ...shared, weight, className: `route-line ${pane} ${role}` });
    line.on("add", () => { line.getElement().dataset.route = index; });
    group.addLayer(line);
  }

  const inView = ({ x, y }) => ({ x: x - map.getPixelOrigin().x + map._getMapPanePos().x, y: y - map.getPixelOrigin().y + map._getMapPanePos().y });

  // Names of `lines`, labels of `wanted` places, then as many names as there is room for.
  function placeLabels(wanted, lines = []) {
    const { x: width, y: height } = map.getSize();
    const zoom = map.getZoom();
    const bounds = map.getBounds();
    const background = [];
    for (const one of names) {
      if (one.zoom > zoom + 0.5 || zoom < NAMES_FROM) break;
      const centre = map.getCenter().lng;
      const lon = one.lon + 360 * Math.round((centre - one.lon) / 360);
      if (bounds.contains([one.lat, lon])) {
        const at = map.latLngToContainerPoint([one.lat, lon]);
        background.push({ x: at.x, y: at.y, text: one.text(), kind: one.kind, gap: one.kind === "ice" ? 4 : null });
      }
    }
    const places = wanted.map(({ at, ...rest }) => {
      const { x, y } = map.latLngToContainerPoint(at);
      return { ...rest, x, y };
    });
    const origin = map.containerPointToLayerPoint([0, 0]);
    const dots = places.map(({ x, y }) => [x - 4, y - 4, x + 4, y + 4]);
    const over = covered(main);
    const ends = places.filter(({ kind }) => kind === "end");
    const kept = placedLabels(ends, width, height, [...over, ...dots]);
    const named = layNames(map.getPane("names"), lines.map((one) => ({ ...one, pixels: one.pixels.map((line) => line.map(inView)) })),
      { width, height, taken: [...over, ...boxesOf(kept), ...dots], origin, compact: !isWide() });
    const more = placedLabels(places.filter(({ kind }) => kind !== "end"), width, height, [...over, ...named, ...boxesOf(kept)]);
    const placed = [...kept, ...more];
    const known = new Set(places.map(({ text }) => text));
    const rest = background.filter(({ text }) => !known.has(text));
    placed.push(...placedLabels(rest, width, height, [...over, ...named, ...boxesOf(placed), ...dots]));
    showLabels(map.getPane("labels"), placed, origin.x, origin.y);
  }

  // What lies under the pointer, by distance and not by the order of drawing: the nearest dot, else
  // the nearest line. `found(x, y, event)` answers in pixels of the map's container.
  function answer({ found, enter, leave, text, open }) {
    let under = null;
    const set = (thing) => {
      if (thing === under) return;
      if (under) leave(under);
      under = thing;
      if (under) enter(under);
      map.getContainer().style.cursor = under ? "pointer" : "";
    };
    map.on("mousemove", (event) => {
      const { x, y } = event.containerPoint;
      set(found(x, y, event.originalEvent));
      if (under) tip.show(text(under), x, y);
      else tip.hide();
    });
    map.on("mouseout movestart zoomstart", () => { set(null); tip.hide(); });
    map.on("click", (event) => {
      const { x, y } = event.containerPoint;
      const thing = found(x, y, event.originalEvent);
      tip.hide();
      const { lat, lng } = event.latlng.wrap();
      if (press([lat, lng], thing)) return;
      if (thing) open(thing, event.originalEvent);
      else card.close();
    });
  }

  // Names the map, puts its controls on it and shows what is drawn. `state()` is what a link to this
  // view holds beside its middle and zoom.
  function furnish(attribution, view, state = () => ({})) {
    L.control.zoom({ position: "bottomright" }).addTo(map);
    scale().addTo(map);
    map.attributionControl.setPrefix("").addAttribution(attribution);
    map.getContainer().setAttribute("role", "application");
    map.getContainer().setAttribute(
      "aria-label", "Map: arrow keys move it, plus and minus zoom; the list beside it opens what is drawn",
    );
    if (panel) furnishPanel(view);
    fit(view(isWide()));
    if (!panel) return;
    stateOf = state;
    map.on("moveend", remember);
  }

  function furnishPanel(view) {
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    const grip = document.getElementById("grip");
    grip.addEventListener("click", () => {
      const low = panel.classList.toggle("low");
      grip.setAttribute("aria-expanded", String(!low));
      grip.setAttribute("aria-label", low ? "Show the answer" : "Fold the answer");
      map.fire("furnished");
    });
    // A finger draws the sheet down and up; at a press it does the same.
    let from = 0;
    grip.addEventListener("pointerdown", ({ clientY }) => { from = clientY; });
    grip.addEventListener("pointerup", ({ clientY, pointerType }) => {
      const down = clientY > from;
      if (pointerType !== "mouse" && Math.abs(clientY - from) > 24 && down !== panel.classList.contains("low")) grip.click();
    });
    const tools = node("div", "tools",
      button("", "Copy link", "", ({ target }) => copyLink(target)),
      button("", "Image", "Save the map as an image", () => saveImage(main, document.title)),
      button("", "Print", "", () => window.print()));
    main.append(tools);
    // On paper the panel stands beside the map, which has the size of what is left of the sheet.
    const sized = (on) => {
      document.documentElement.classList.toggle("on-paper", on);
      map.invalidateSize({ animate: false });
      fit(view(true));
      map.fire("furnished");
    };
    window.addEventListener("beforeprint", () => sized(true));
    window.addEventListener("afterprint", () => sized(false));
  }

  async function copyLink(control) {
    remember();
    const text = control.textContent;
    try {
      await navigator.clipboard.writeText(window.location.href);
      control.textContent = "Copied";
    } catch {
      control.textContent = "The address is the link";
    }
    setTimeout(() => { control.textContent = text; }, 2500);
  }

  // The view goes into the address, which is a link to it; a frame in a notebook has no address.
  function remember() {
    const { lat, lng } = map.getCenter();
    const all = { at: [lat.toFixed(2), lng.toFixed(2), map.getZoom().toFixed(2)].join(","), ...stateOf() };
    const text = Object.entries(all).filter(([, value]) => value !== "").map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
    if (!panel || window.location.protocol === "about:") return;
    window.history.replaceState(null, "", `#${text}`);
  }

  function remembered() {
    const given = Object.fromEntries(new URLSearchParams(first));
    const at = (given.at || "").split(",").map(Number);
    return { ...given, at: at.length === 3 && at.every(Number.isFinite) ? at : null };
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

  return { main, panel, card, tip, isWide, aside, below, press, toggle, renderers, addPanes, drawTrack, addBaseMap, placeLabels, answer, furnish, fit, remember, remembered };
}
