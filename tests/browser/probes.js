// What the tests of maps ask of a page.
window.probes = (() => {
  const boxes = (...selectors) => selectors
    .flatMap((one) => [...document.querySelectorAll(one)])
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.width > 0);

  const middles = (selector) => boxes(selector).map((b) => [(b.left + b.right) / 2, (b.top + b.bottom) / 2]);

  // Points on screen along the strands inside an element, every 5 px.
  function sampled(element) {
    return (element.matches("path") ? [element] : [...element.querySelectorAll("path.route-line")]).flatMap((path) => {
      const length = path.getTotalLength();
      const matrix = path.getScreenCTM();
      const points = [];
      for (let at = 3; at < length; at += 5) {
        const { x, y } = path.getPointAtLength(at).matrixTransform(matrix);
        if (x > 0 && y > 0 && x < innerWidth && y < innerHeight) points.push([x, y]);
      }
      return points;
    });
  }

  // The distance from a point to the nearest of others, at most `enough`.
  function away([x, y], others, enough) {
    let least = enough;
    for (const [a, b] of others) {
      if (Math.abs(a - x) < least && Math.abs(b - y) < least) least = Math.min(least, Math.hypot(a - x, b - y));
    }
    return least;
  }

  // Of each route shown the point of its strand that is farthest from other strands, up to 30 px,
  // among those on the open map and away from dots: [route, x, y, px to other strands].
  function freePoints(root) {
    const drawn = [...document.querySelectorAll(`${root} [data-route]`)]
      .filter((one) => one.getClientRects().length && !one.closest(".leaflet-lit-pane"))
      .map((one) => [Number(one.dataset.route), sampled(one)]);
    const dots = middles(`${root} .place`);
    const over = boxes("#panel", "#views", ".tools", ".line-name", ".leaflet-control", ".globe-buttons", "#months");
    const under = ([x, y]) => over.some((b) => (
      x > b.left - 4 && x < b.right + 4 && y > b.top - 12 && y < b.bottom + 4
    ));
    return drawn.map(([route, points]) => {
      const others = drawn.filter(([other]) => other !== route).flatMap(([, all]) => all);
      let best = [route, 0, 0, -1];
      for (const point of points) {
        if (best[3] >= 30) break;
        if (under(point) || away(point, dots, 30) < 30) continue;
        const free = away(point, others, 30);
        if (free > best[3]) best = [route, ...point, free];
      }
      return best;
    });
  }

  // How many labels there are, and which overlap, lie under something, or are cut.
  function overlaps(selector) {
    const labels = [...document.querySelectorAll(selector)]
      .map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
    const over = boxes("#panel", "#views", ".tools", ".leaflet-bar", ".globe-buttons");
    const area = document.querySelector("main").getBoundingClientRect();
    const meet = (a, b) => (
      a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5
    );
    const found = [];
    labels.forEach(({ text, box }, i) => {
      for (const other of labels.slice(i + 1)) {
        if (meet(box, other.box)) found.push(`${text} on ${other.text}`);
      }
      if (over.some((its) => meet(box, its))) found.push(`${text} is covered`);
      const inside = box.left >= area.left && box.right <= area.right && box.top >= area.top;
      if (!inside || box.bottom > area.bottom) found.push(`${text} is cut`);
    });
    return [labels.length, found];
  }

  const smallButtons = () => [...document.querySelectorAll("button")]
    .filter((one) => one.offsetWidth && Math.min(one.offsetWidth, one.offsetHeight) < 24)
    .map((one) => one.outerHTML);

  // Read from a copy: Chromium complains of a canvas that is read often.
  const tone = (x, y) => {
    const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    copy.drawImage(document.querySelector("#globe canvas"), -x, -y);
    return [...copy.getImageData(0, 0, 1, 1).data];
  };

  // The words and figures on the screen: not those folded away, nor what a panel has scrolled out of
  // sight; a mark without a letter or a figure is a picture.
  function words() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      const host = text.parentElement;
      if (host.closest("script, style") || !host.checkVisibility({ contentVisibilityAuto: true })) continue;
      const view = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      for (let one = host; one !== document.documentElement; one = one.parentElement) {
        if (one === document.body || getComputedStyle(one).overflow === "visible") continue;
        const box = one.getBoundingClientRect();
        for (const side of ["left", "top"]) view[side] = Math.max(view[side], box[side]);
        for (const side of ["right", "bottom"]) view[side] = Math.min(view[side], box[side]);
      }
      const range = document.createRange();
      for (const word of text.textContent.matchAll(/\S*[\p{L}\p{N}]\S*/gu)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const seen = [...range.getClientRects()].some((box) => (
          box.width && box.bottom > view.top && box.top < view.bottom && box.right > view.left && box.left < view.right
        ));
        if (seen) found.push(word[0]);
      }
    }
    return found;
  }

  return { middles, freePoints, overlaps, smallButtons, tone, words };
})();
