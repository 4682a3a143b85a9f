// The map of a study: lines, places and areas by role, each with its row in the panel. All text is
// inserted as text nodes, never as markup.
"use strict";

KINDS.study = (frame, content) => {
  const { things, copies } = content;
  const indices = [...things.keys()];
  const areas = things.map(() => null);
  // Places and areas, which stay as they are when lines are drawn again.
  const own = L.layerGroup().addTo(frame.map);
  let shown = content.panel;

  const isFocus = (index) => things[index].focus || index === frame.litOne();

  // Those without a layer of their own are in that of their parent.
  function added(group, key) {
    things.forEach((thing, index) => {
      if (index !== key && thing.parent !== key) return;
      if (thing.area.length) {
        areas[index] = L.polygon(thing.area.map((ring) => [unpacked(ring)]), {
          pane: "areas", renderer: frame.renderers.areas, interactive: false, weight: 0.5, fillOpacity: 0.85, smoothFactor: 0.5, className: `area ${thing.role}`,
        });
        areas[index].on("add", () => { areas[index].getElement().dataset.thing = index; });
      }
      thing.spots.forEach(([lat, lon]) => copies.forEach((turn) => frame.addDot(own, { index }, [lat, lon + 360 * turn])));
    });
  }

  function lit(index) {
    const chooses = index >= 0 && indices.some((at) => things[at].parent === index && areas[at]);
    areas.forEach((area, at) => area?.getElement()?.classList.toggle("faded", chooses && things[at].parent !== index));
  }

  function card(index) {
    const { name, tip, facts } = things[index];
    return node("div", "place-popup", node("h2", "", name), node("p", "sum", tip === name ? "" : tip),
      ...facts.map(([about, text]) => node("p", "fact", ...(about ? [node("b", "", about), ": "] : []), text)));
  }

  function named() {
    const inColour = indices.filter((index) => frame.isShown(index) && isFocus(index) && things[index].lines.length);
    return inColour.map((index) => ({ index, big: index === inColour[0], title: things[index].name, text: things[index].says }));
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

  function areaAt(at) {
    const index = areas.findIndex((area, i) => area && frame.isShown(i) && area.getBounds().contains(at) && inside(area, at));
    return index < 0 ? null : { index };
  }

  // A study's own script turns the colours of areas and places, says what they are now, and to which row they belong.
  function redress(index, { colour, opacity, text, parent }) {
    Object.assign(things[index], { tip: text, parent });
    const drawn = [areas[index], ...frame.dots.filter((one) => one.index === index).map(({ circle }) => circle)];
    drawn.forEach((layer) => layer?.getElement()?.style.setProperty("--c", colour));
    areas[index]?.setStyle({ fillOpacity: opacity });
  }

  function showRows(groups, finding) {
    shown = { ...content.panel, groups, finding };
    frame.dress();
  }

  return {
    added, lit, card, named, areaAt, isFocus,
    count: () => things.length, key: (index) => index, layer: (index) => (things[index].parent < 0 ? index : things[index].parent),
    style: (index) => ({ ...things[index], weight: things[index].focus ? 3.4 : CONTEXT_PX }),
    strands: (index) => copies.flatMap((copy) => things[index].lines.map(([line, turns]) => ({ copy, points: unpacked(content.lines[line], turns + copy) }))),
    mark({ index }) {
      const { kind, radius, role } = things[index];
      return {
        kind, radius, shown: frame.isShown(index), labelled: true, text: shortName(things[index]), className: `place ${kind === "end" ? "end" : `spot ${role}`}`,
      };
    },
    text: ({ index }) => things[index].tip, panel: () => [shown], view: () => content.view,
    refreshed: () => areas.forEach((area, index) => area && frame.toggle(own, area, frame.isShown(index))),
    finished: frame.placeNames, acts: { content, redress, showRows },
  };
};
