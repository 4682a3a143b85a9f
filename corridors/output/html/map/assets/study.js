// Draws what a study tells apart: lines, places and areas by role, each with its row in the panel.
// All text is inserted as text nodes, never as markup.
"use strict";

function createStudyMap(map, content) {
  const parts = mapParts(map);
  const { card, isWide } = parts;
  const { things } = content;
  const groups = things.map(() => null);
  const tracks = things.map(({ lines }) => content.copies.flatMap((copy) => lines.map(([line, turns]) => (
    { points: unpacked(content.lines[line], turns + copy), pixels: [], box: [0, 0, 0, 0] }))));
  const areas = things.map(() => null);
  const dots = [];
  let held = -1;
  let pointed = -1;
  let panel = null;
  tracks.forEach((list, index) => list.forEach((one) => { one.index = index; }));

  const isShown = (index) => {
    const group = groups[things[index].parent < 0 ? index : things[index].parent];
    return group !== null && map.hasLayer(group);
  };
  const litOne = () => (pointed >= 0 ? pointed : held);
  const isFocus = (index) => things[index].focus || index === litOne();

  function addBaseMap(base) {
    parts.addBaseMap(base);
    parts.addPanes([["areas", 420], ["context", 430], ["focus", 440], ["lit", 450], ["places", 500]]);
    litGroup.addTo(map);
  }

  const litGroup = L.layerGroup();

  function addThing(group, index) {
    groups[index] = group;
    things.forEach((thing, at) => {
      if (at === index || thing.parent === index) drawThing(group, thing, at);
    });
    group.on("add remove", () => later(placeNames));
  }

  function drawThing(group, thing, index) {
    if (thing.area.length) {
      areas[index] = L.polygon(thing.area.map((ring) => [unpacked(ring)]), {
        pane: "areas", renderer: parts.renderers.areas, interactive: false, weight: 0.5, fillOpacity: 0.85, smoothFactor: 0.5, className: `area ${thing.role}`,
      });
      areas[index].on("add", () => { areas[index].getElement().dataset.thing = index; });
      group.addLayer(areas[index]);
    }
    const lines = tracks[index].map(({ points }) => points);
    if (lines.length && !thing.hidden) parts.drawTrack(group, thing.focus ? "focus" : "context", index, lines, { role: thing.role, weight: thing.focus ? 3.4 : 1.15 });
    for (const [lat, lon] of thing.spots) {
      for (const turn of content.copies) {
        const dot = L.circleMarker([lat, lon + 360 * turn], {
          pane: "places", renderer: parts.renderers.places, interactive: false, radius: thing.radius, weight: 1.6, fillOpacity: 1,
          className: `place ${thing.kind === "end" ? "end" : `spot ${thing.role}`}`,
        });
        dots.push({ index, dot, radius: thing.radius });
        group.addLayer(dot);
      }
    }
  }

  // What is pointed at or open: its lines above all others, and the areas that are its own.
  function light() {
    const index = litOne();
    litGroup.clearLayers();
    const lines = index < 0 ? [] : tracks[index].map(({ points }) => points);
    if (lines.length) parts.drawTrack(litGroup, "lit", index, lines, { role: things[index].role, weight: 4.2 });
    const chooses = index >= 0 && things.some((thing, at) => thing.parent === index && areas[at]);
    areas.forEach((area, at) => area?.getElement()?.classList.toggle("faded", chooses && things[at].parent !== index));
    later(placeNames);
  }

  function lay() {
    for (const one of tracks.flat()) {
      one.pixels = one.points.map((at) => map.project(at));
      one.box = boxOf(one.pixels);
    }
  }

  function placeNames() {
    const inColour = things.map((_, index) => index).filter((index) => isShown(index) && isFocus(index) && tracks[index].length);
    const names = inColour.map((index) => ({
      index, role: things[index].role, big: index === inColour[0], title: things[index].name, text: things[index].says,
      open: () => open(index), pixels: tracks[index].map(({ pixels }) => pixels),
    }));
    const wanted = dots.filter(({ index }) => isShown(index))
      .map(({ index, dot, radius }) => ({ at: dot.getLatLng(), text: shortName(things[index]), kind: things[index].kind, gap: radius + 3 }));
    parts.placeLabels(wanted, names);
  }

  function open(index) {
    const thing = things[index];
    held = index;
    card.show(node("div", "place-popup", node("h2", "", thing.name), node("p", "sum", thing.tip === thing.name ? "" : thing.tip),
      ...thing.facts.map(([about, text]) => node("p", "fact", ...(about ? [node("b", "", about), ": "] : []), text))), () => { held = -1; light(); });
    if (thing.spots.length && !isWide()) map.panTo(thing.spots[0], { animate: false });
    light();
  }

  function point(index) {
    if (pointed === index) return;
    pointed = index;
    light();
  }

  // A point in an area, by how often its rings are crossed to the east of it.
  function inside(area, { lat, lng }) {
    let within = false;
    for (const ring of area.getLatLngs().flat()) {
      ring.forEach((a, i) => {
        const b = ring[i ? i - 1 : ring.length - 1];
        if ((a.lat > lat) !== (b.lat > lat) && lng < ((b.lng - a.lng) * (lat - a.lat)) / (b.lat - a.lat) + a.lng) within = !within;
      });
    }
    return within;
  }

  function found(x, y, event) {
    const [line, dot] = reachOf(event);
    const near = nearestDot(dots.filter(({ index }) => isShown(index)).map((one) => (
      { index: one.index, radius: one.radius, ...map.latLngToContainerPoint(one.dot.getLatLng()) })), x, y, dot);
    if (near) return { index: near.index };
    const origin = map.getPixelOrigin().subtract(map._getMapPanePos());
    const drawn = things.map((_, index) => index).filter((index) => isShown(index) && !things[index].hidden)
      .sort((a, b) => things[b].focus - things[a].focus || a - b).flatMap((index) => tracks[index]);
    const strand = nearest(drawn, x + origin.x, y + origin.y, line);
    if (strand) return { index: strand.index };
    const at = map.containerPointToLatLng([x, y]);
    const index = areas.findIndex((area, i) => area && isShown(i) && area.getBounds().contains(at) && inside(area, at));
    return index < 0 ? null : { index };
  }

  // A study's own script turns the colours of areas and places, says what they are now, and to which row they belong.
  function redress(index, { colour, opacity, text, parent }) {
    Object.assign(things[index], { tip: text, parent });
    const drawn = [areas[index], ...dots.filter((one) => one.index === index).map(({ dot }) => dot)];
    drawn.forEach((layer) => layer?.getElement()?.style.setProperty("--c", colour));
    areas[index]?.setStyle({ fillOpacity: opacity });
  }

  function showRows(groups, finding) {
    panel.show({ ...content.panel, groups, finding });
  }

  function finish(attribution, links = []) {
    panel = createPanel(parts.panel, {
      open, point, role: (index) => things[index].role, isFocus, credit: attribution, links,
      choice: parts.panel.querySelector(".controls"),
    });
    panel.show(content.panel);
    parts.furnish(attribution, () => content.view, () => ({ thing: held < 0 ? "" : held }));
    parts.answer({
      found: (x, y, event) => found(x, y, event), enter: ({ index }) => point(index), leave: () => point(-1),
      text: ({ index }) => things[index].tip, open: ({ index }) => open(index),
    });
    // At once: names are placed by these px, and may wait already.
    map.on("zoomend", lay);
    map.on("moveend resize furnished", () => later(placeNames));
    lay();
    placeNames();
    const { at, thing } = parts.remembered();
    if (thing !== undefined && things[Number(thing)]) open(Number(thing));
    if (at) map.setView(at.slice(0, 2), at[2], { animate: false });
    parts.main.dataset.drawn = "true";
  }

  return { content, addBaseMap, addThing, finish, redress, showRows };
}
