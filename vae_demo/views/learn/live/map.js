// Every size that was computed, one row each: how far its frames are from the source, and what that is on average.
import {h, replaceChildren, svg} from "../../shared/dom.js";
import {clamp, db, known} from "../../shared/format.js";
import {heldBy} from "../slider.js";
import {liveAxis} from "./plot.js";

const ROW = 7, TOP = 18, FAINT = 0.07, NAME = 6, DOTS = {left: 44, right: 12};

// sizes: in their order. pick(size). psnrOf(size): of each frame, or null before there is any. scale(): {best, range},
// PSNR that counts as near, and how far below it a cell is full ink. meanOf(size): of all frames, null before that.
export function mapView(app, n, sizes, {pick, psnrOf, meanOf, scale}) {
  const {say} = app, node = h("div", {class: "vd-live-map", role: "img", onclick: choose});
  const range = svg("text", {class: "vd-fig-small", y: 10, "text-anchor": "end"});
  const rows = new Map(), frame = svg("rect", {class: "vd-live-chosen"}), dots = svg("g", {});
  let axis = null, chosen = null;

  function choose(event) {
    const at = Math.floor((event.clientY - node.getBoundingClientRect().top - TOP) / ROW);
    if (sizes[at] !== undefined) pick(sizes[at]);
  }

  const y = (size) => TOP + sizes.indexOf(size) * ROW;

  function row(size) {
    const psnr = psnrOf(size), {best, range} = scale();
    if (!psnr?.some(known)) {
      return svg("line", {class: "vd-live-untried", x1: 0, x2: axis.end, y1: y(size) + ROW / 2, y2: y(size) + ROW / 2});
    }
    return psnr.map((value, i) => svg("rect", {class: "vd-l-ink", x: axis.x(i), y: y(size), width: axis.cell,
      height: ROW - 1, "fill-opacity": known(value) ? FAINT + (1 - FAINT) * clamp((best - value) / range, 0, 1) : 0}));
  }

  // More of one size is known.
  function update(size) {
    if (!axis) return;
    replaceChildren(rows.get(size), row(size));
    if (known(meanOf(size))) means();
  }

  function means() {
    if (axis.narrow) return;
    const tried = sizes.filter((size) => known(meanOf(size))), values = tried.map(meanOf);
    const low = Math.min(...values), span = Math.max(Math.max(...values) - low, 0.1);
    const x = (value) => axis.end + DOTS.left + (value - low) / span * (axis.width - axis.end - DOTS.left - DOTS.right);
    range.textContent = values.length > 1
      ? say("learn_live_map_mean", {low: db(Math.min(...values)), high: db(Math.max(...values))}) : "";
    replaceChildren(dots, tried.map((size, i) => svg("circle",
      {class: `vd-live-mean${heldBy(size) === 1 ? " vd-alone" : ""}`, cx: x(values[i]), cy: y(size) + ROW / 2, r: 2.2},
      svg("title", {}, `${size}: ${db(values[i])} dB`))));
  }

  // size: the one that is looked at. line: how it is drawn.
  function mark(size, line) {
    chosen = {size, line};
    if (!axis) return;
    for (const [attribute, value] of Object.entries({x: -2.5, y: y(size) - 2.5, width: axis.end + 5, height: ROW + 4}))
      frame.setAttribute(attribute, value);
    frame.style.setProperty("--line", line.colour);
    for (const name of node.querySelectorAll(".vd-live-name"))
      name.dataset.near = Math.min(Math.abs(Number(name.textContent) - size), 2);
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
  return {node, update, mark, draw: () => axis && draw(), label: (says) => node.setAttribute("aria-label", says)};
}
