// Ruler and curve of one size on one x(i), and the cursor over both. What is not decoded yet is said to be so.
import {axisOf, tickMarks} from "../../shared/axis.js";
import {h, putAttributes, replaceChildren, svg} from "../../shared/dom.js";
import {clamp, cutText, db, known, lengthsOf} from "../../shared/format.js";
import {hatch, markCells, rowCells} from "../../shared/row_cells.js";

const GUTTER = {left: 0, right: 96}, SLIM = 32, NARROW = 480;
const TICKS_Y = 12, SOURCE = {y: 19, height: 8}, ROW = {y: 41, frames: 12, gap: 2, latents: 15, named: true};
const CURVE = {top: 90, height: 96}, HEIGHT = CURVE.top + CURVE.height + 6, STEP = 5;
// Room for words over the curve, and what two texts keep from each other; where the unit stands that has no room beside
// a number.
const WORDS = 110, BESIDE = 24, LINE = 13, UNIT_Y = CURVE.top - 7;

// What curve and map stand on. Numbers have room beside it on a phone too.
export function liveAxis(width, n) {
  const axis = axisOf(width, n, GUTTER, NARROW);
  return axis.narrow ? {...axisOf(width - SLIM, n, GUTTER, NARROW), width} : axis;
}

// seek(frame): somebody points at one. says(frame): in words, for who cannot see it.
export function plotView(app, n, {seek, says}) {
  const {say} = app, box = h("div", {class: "vd-live-plot", tabindex: "0", role: "slider", "aria-valuemin": 0,
    "aria-label": say("learn_live_frame"), "aria-valuemax": n - 1, onkeydown: walk, onpointerdown: drag,
    onpointermove: drag});
  // Drawn anew for another width; for another size; whenever more of it is there.
  const ground = svg("g", {}), row = svg("g", {}), curve = svg("g", {});
  let axis = null, shown = null, ticks = [], sources = [], cells = null, held = null;

  function walk(event) {
    const to = {ArrowLeft: shown.frame - 1, ArrowRight: shown.frame + 1, Home: 0, End: n - 1}[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    seek(clamp(to, 0, n - 1));
  }

  function drag(event) {
    if (!(event.buttons & 1) || !axis) return;
    if (event.type === "pointerdown" && event.pointerType !== "touch") box.setPointerCapture(event.pointerId);
    seek(axis.frameAt(event.clientX - box.getBoundingClientRect().left));
  }

  const text = (name, x, y, words, anchor = "start") => svg("text", {class: name, x, y, "text-anchor": anchor}, words);
  const rect = (name, x, y, width, height) => svg("rect", {class: name, x, y, width, height});
  const level = (value) => CURVE.top + CURVE.height
    * (1 - (clamp(value, shown.low, shown.high) - shown.low) / (shown.high - shown.low));

  // Values side by side are joined; a gap stays a gap.
  const line = (values) => values.map((value, i) => (known(value)
    ? `${known(values[i - 1]) ? "L" : "M"}${axis.middle(i)} ${level(value)}` : "")).join("");

  // Beside the curve stands what it is under the cursor, too.
  const isFree = (y) => axis.narrow || !known(shown.psnr[shown.frame])
    || Math.abs(y - level(shown.psnr[shown.frame])) > LINE;

  function scale() {
    const steps = [];
    for (let value = Math.ceil(shown.low / STEP) * STEP; value <= shown.high; value += STEP) steps.push(value);
    return steps.map((value, i) => [
      svg("line", {class: "vd-live-grid", x1: 0, x2: axis.end, y1: level(value), y2: level(value)}),
      isFree(level(value)) ? text("vd-fig-small", axis.width, level(value) + 4,
        i === steps.length - 1 && !axis.narrow ? `${value} dB` : value, "end") : null])
      .concat(axis.narrow ? [text("vd-fig-small", axis.width, UNIT_Y, "dB", "end")] : []);
  }

  // Runs of frames without a value, and a word where there is room for it.
  function undecoded() {
    const gaps = [];
    for (let i = 0; i < n; i++) {
      if (known(shown.psnr[i])) continue;
      if (gaps.length && gaps[gaps.length - 1][1] === i) gaps[gaps.length - 1][1] = i + 1;
      else gaps.push([i, i + 1]);
    }
    const widest = gaps.reduce((best, [a, b]) => Math.max(best, b - a), 0);
    return gaps.map(([a, b]) => [rect("vd-live-open", axis.x(a), CURVE.top, (b - a) * axis.fw, CURVE.height),
      b - a === widest && widest * axis.fw > WORDS
        ? text("vd-fig-note", axis.x(a) + 6, CURVE.top + CURVE.height / 2, shown.pending) : null]);
  }

  function reading(value) {
    if (axis.narrow || !known(value)) return null;
    return svg("text", {class: "vd-live-reading", x: axis.width, y: clamp(level(value) + 5, CURVE.top + 10, HEIGHT - 2),
      "text-anchor": "end"}, svg("tspan", {}, `f${shown.frame} `), svg("tspan", {class: "vd-live-value"}, db(value)));
  }

  function names() {
    if (axis.narrow) return [];
    return [text("vd-fig-note", axis.width, SOURCE.y + 9, say("source"), "end"),
      text("vd-row-name", axis.width, ROW.y + 11, shown.label, "end"),
      text("vd-fig-note", axis.width, ROW.y + 27, cutText(lengthsOf(shown.v)), "end")];
  }

  function lay() {
    ticks = tickMarks(axis, TICKS_Y);
    sources = Array.from({length: n}, (_, i) =>
      rect("vd-cell vd-cell-source", axis.x(i), SOURCE.y, axis.cell, SOURCE.height));
    replaceChildren(ground, ticks, sources);
    replaceChildren(box, svg("svg", {width: axis.width, height: HEIGHT, "aria-hidden": "true"},
      hatch("vd-learn-hatch"), ground, row, curve));
    held = null;
  }

  // Cells of the size, those at the cursor marked.
  function drawRow(x) {
    const {v, frame} = shown;
    for (const tick of ticks)
      putAttributes(tick, {display: Math.abs(tick.getAttribute("x") - x) > BESIDE ? "inline" : "none"});
    sources.forEach((cell, i) => cell.classList.toggle("vd-now", i === frame));
    if (held !== v) {
      held = v;
      cells = rowCells(v, axis, ROW.y, ROW);
      replaceChildren(row, cells.frames, cells.latents, cells.names, cells.folded, cells.borders, names());
    } else row.querySelectorAll(".vd-now").forEach((cell) => cell.classList.remove("vd-now"));
    markCells(cells, v, frame);
  }

  // next: {v, label, line, psnr, reference or null, frame, low, high, pending}
  function draw(next) {
    shown = next || shown;
    if (!axis || !shown) return;
    const {v, frame, psnr} = shown, x = axis.middle(frame);
    drawRow(x);
    replaceChildren(curve, undecoded(), scale(),
      v.boundaries.map((b) => svg("line", {class: "vd-border-line vd-live-faint", x1: axis.x(b) - 0.5,
        x2: axis.x(b) - 0.5, y1: CURVE.top - 6, y2: CURVE.top + CURVE.height})),
      shown.reference ? svg("path", {class: "vd-live-reference", d: line(shown.reference)}) : null,
      svg("path", {class: "vd-live-line", d: line(psnr)}),
      svg("line", {class: "vd-live-cursor", x1: x, x2: x, y1: 16, y2: HEIGHT}),
      known(psnr[frame]) ? svg("circle", {class: "vd-live-dot", cx: x, cy: level(psnr[frame]), r: 3.5}) : null,
      reading(psnr[frame]), rect("vd-bubble", x - 13, 0, 26, 17), text("vd-bubble-text", x, 13, frame, "middle"));
    for (const [name, value] of Object.entries({"--line": shown.line.colour, "--on-line": shown.line.text}))
      box.style.setProperty(name, value);
    putAttributes(box, {"aria-valuenow": frame, "aria-valuetext": says(frame)});
  }

  app.sized(box, (width) => {
    axis = liveAxis(width, n);
    lay();
    draw();
  });
  return {node: box, draw};
}
