// Every size that was computed, one row each: how far its frames are from the source, and what that is on average.
import {h, putAttributes, replaceChildren, svg} from "../../shared/dom.js";
import {clamp, db, known} from "../../shared/format.js";
import {heldBy} from "../slider.js";
import {liveAxis} from "./plot.js";

const ROW = 7, TOP = 18, FAINT = 0.07, NAME = 6, DOTS = {left: 44, right: 12};

// sizes: in their order. pick(size). psnrOf(size): of each frame, or null before there is any. scale(): {best, range},
// PSNR that counts as near, and how far below it a cell is full ink. meanOf(size): of all frames, null before that.
export function mapView(app, n, sizes, {pick, psnrOf, meanOf, scale}) {
  const {say} = app, node = h("div", {class: "vd-live-map", role: "img", onclick: choose});
  const range = svg("text", {class: "vd-fig-small", y: 10, "text-anchor": "end"});
  const rows = new Map(), cells = new Map(), frame = svg("rect", {class: "vd-live-chosen"}), dots = svg("g", {});
  let axis = null, chosen = null;

  function choose(event) {
    const at = Math.floor((event.clientY - node.getBoundingClientRect().top - TOP) / ROW);
    if (sizes[at] !== undefined) pick(sizes[at]);
  }

  const y = (size) => TOP + sizes.indexOf(size) * ROW;

  const tried = (size) => Boolean(psnrOf(size)?.some(known));

  function row(size) {
    cells.delete(size);
    if (!tried(size)) {
      return svg("line", {class: "vd-live-untried", x1: 0, x2: axis.end, y1: y(size) + ROW / 2, y2: y(size) + ROW / 2});
    }
    cells.set(size, psnrOf(size).map((_, i) => svg("rect", {class: "vd-l-ink", x: axis.x(i), y: y(size),
      width: axis.cell, height: ROW - 1})));
    ink(size);
    return cells.get(size);
  }

  function ink(size) {
    const psnr = psnrOf(size), {best, range} = scale();
    cells.get(size).forEach((cell, i) => putAttributes(cell, {"fill-opacity": known(psnr[i])
      ? FAINT + (1 - FAINT) * clamp((best - psnr[i]) / range, 0, 1) : 0}));
  }

  // More of one size is known.
  function update(size) {
    if (!axis) return;
    if (cells.has(size) && tried(size)) ink(size);
    else replaceChildren(rows.get(size), row(size));
    if (known(meanOf(size))) means();
  }

  function means() {
    if (axis.narrow) return;
    const whole = sizes.filter((size) => known(meanOf(size))), values = whole.map(meanOf);
    const low = Math.min(...values), span = Math.max(Math.max(...values) - low, 0.1);
    const x = (value) => axis.end + DOTS.left + (value - low) / span * (axis.width - axis.end - DOTS.left - DOTS.right);
    range.textContent = values.length > 1
      ? say("learn_live_map_mean", {low: db(Math.min(...values)), high: db(Math.max(...values))}) : "";
    replaceChildren(dots, whole.map((size, i) => svg("circle",
      {class: `vd-live-mean${heldBy(size) === 1 ? " vd-alone" : ""}`, cx: x(values[i]), cy: y(size) + ROW / 2, r: 2.2},
      svg("title", {}, `${size}: ${db(values[i])} dB`))));
  }

  // size: the one that is looked at. line: how it is drawn.
  function mark(size, line) {
    chosen = {size, line};
    if (!axis) return;
    putAttributes(frame, {x: -2.5, y: y(size) - 2.5, width: axis.end + 5, height: ROW + 4});
    frame.style.setProperty("--line", line.colour);
    for (const name of node.querySelectorAll(".vd-live-name"))
      putAttributes(name, {"data-near": Math.min(Math.abs(Number(name.textContent) - size), 2)});
  }

  function names() {
    return sizes.map((size) => svg("text", {class: `vd-fig-small vd-live-name${heldBy(size) === 1 ? " vd-alone" : ""}`,
      x: axis.end + NAME, y: y(size) + ROW - 0.5}, size));
  }

  function draw() {
    for (const size of sizes) rows.set(size, svg("g", {}, row(size)));
    replaceChildren(node, svg("svg", {width: axis.width, height: TOP + (sizes.length + 1) * ROW, "aria-hidden": "true"},
      [...rows.values()], names(), dots, frame, range));
    range.setAttribute("x", axis.width);
    means();
    if (chosen) mark(chosen.size, chosen.line);
  }

  app.sized(node, (width) => {
    axis = liveAxis(width, n);
    draw();
  });
  return {node, update, mark, draw: () => axis && draw(), label: (says) => putAttributes(node, {"aria-label": says})};
}
