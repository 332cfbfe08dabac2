// x-t tapes: one row of pixels over time, one column per frame. A vertical stripe is a frame out of step.
import {tickMarks} from "../shared/axis.js";
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {swatch} from "../shared/lines.js";

const TAPE_HEIGHT = 52;

export function tapesView(app) {
  const {model, say} = app, tapes = model.media.tapes;
  const strips = h("div", {});
  const node = h("div", {class: "vd-tapes"},
    h("h4", {class: "vd-axis-title"}, helped(say("tapes_title"), say("help_tape"))),
    h("p", {class: "vd-axis-note"}, say("tapes_note")), strips);
  if (!tapes) return {node: h("div", {}), draw() {}, select() {}};
  const sheet = new Image();
  let axis = null;

  function strip(key) {
    const v = model.of(key), [first, stop] = axis.clip(0, v ? v.frames_out : model.n_source);
    const n = Math.max(stop - first, 0);
    const canvas = h("canvas",
      {width: Math.max(Math.round(n * axis.fw - (axis.fw >= 3 ? 1 : 0)), 1), height: TAPE_HEIGHT, "data-key": key,
        "data-n": n, style: `margin-left:${axis.left}px`, role: "img",
        "aria-label": say("tape_of", {key: v ? key : say("source")})});
    // Borders and pads stand outside the pixels: nothing covers a tape.
    const borders = (y1, y2) =>
      (v ? v.boundaries : []).filter(axis.shows)
        .map((b) => svg("line", {class: "vd-border-line", x1: axis.x(b) - 0.5, x2: axis.x(b) - 0.5, y1, y2}));
    const pads = v ? v.slots.map((slot, i) =>
      (slot === null && axis.shows(i)
        ? svg("rect", {class: "vd-cell-pad", x: axis.x(i), y: 2, width: axis.fw, height: 4}) : null)).filter(Boolean)
        : [];
    return h("div", {class: "vd-tape", "data-key": key, style: `--line: ${v ? v.line.colour : "var(--vd-source)"}`,
      onclick: () => v && app.select(key), onpointerenter: () => v && app.hover(key),
      onpointerleave: () => app.hover(null)},
      h("span", {class: "vd-tape-name"}, swatch(v?.line),
        h("span", {}, v ? key : say("source"))),
      svg("svg", {width: axis.width, height: 6, "aria-hidden": "true"}, borders(1, 5)), canvas,
      svg("svg", {width: axis.width, height: 7, "aria-hidden": "true"}, borders(2, 6), pads));
  }

  function draw(next) {
    axis = next || axis;
    const end = h("div", {class: "vd-axis-end"},
      svg("svg", {width: axis.width, height: 18, "aria-hidden": "true"}, tickMarks(axis, 13)),
      h("span", {}, say("playback_frame")));
    replaceChildren(strips, tapes.keys.map(strip), end);
    paint();
    select(app.state.selected);
  }

  function paint() {
    if (!sheet.complete || !sheet.naturalWidth || !axis) return;
    for (const canvas of strips.querySelectorAll("canvas")) {
      const k = tapes.keys.indexOf(canvas.dataset.key), n = Number(canvas.dataset.n);
      if (!n) continue;
      // Smooth down in the picture direction first, then stretch in time without smoothing: columns stay columns.
      const slim = h("canvas", {width: n, height: TAPE_HEIGHT}), narrow = slim.getContext("2d");
      narrow.imageSmoothingQuality = "high";
      narrow.drawImage(sheet, app.state.tapeRow * tapes.width + axis.first, k * tapes.height, n, tapes.height, 0, 0, n,
        TAPE_HEIGHT);
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = axis.fw < 1;
      context.drawImage(slim, 0, 0, n, TAPE_HEIGHT, 0, 0, n * axis.fw, TAPE_HEIGHT);
    }
  }

  function select(label) {
    for (const each of strips.querySelectorAll(".vd-tape"))
      each.classList.toggle("vd-selected", each.dataset.key === label);
  }

  sheet.addEventListener("load", paint);
  app.tapesSeen.then(() => { sheet.src = app.url(tapes.file); });
  app.onTapeRow(paint);
  return {node, draw, select};
}
