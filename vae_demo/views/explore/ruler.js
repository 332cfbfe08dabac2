// Frames, pads, latents and chunks of every variant as cells on the shared axis.
import {tickMarks} from "../shared/axis.js";
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {layoutWords, ranges} from "../shared/format.js";
import {glossary} from "../shared/glossary.js";
import {drawnSwatch} from "../shared/lines.js";
import {hatch, markCells, rowCells} from "../shared/row_cells.js";
import {partTools} from "./part.js";

const TICKS_Y = 11;
// y of the source cells; top of the first row; in a row: y of the frames from its top, heights, ground, step.
const WIDE = {source: 22, sourceHeight: 10, first: 41, down: 14, frames: 11, gap: 2, latents: 14, step: 45, ground: 43,
  name: 23};
const SLIM = {source: 40, sourceHeight: 8, first: 56, down: 28, frames: 9, gap: 2, latents: 9, step: 54, ground: 52,
  name: 11};

export function rulerView(app) {
  const {say} = app;
  let model = app.model;
  const drawing = h("div", {class: "vd-ruler-drawing"}), at = h("span", {class: "vd-at"});
  const ahead = h("span", {class: "vd-ahead"}), tools = partTools(app);
  const node = h("div", {class: "vd-ruler"},
    h("h4", {class: "vd-axis-title"}, helped(say("ruler_title"), say("help_slots"))), ahead, at, drawing, legend(),
    tools.node);
  let axis = null, size = WIDE, rows = [], sourceReading = null;

  const rect = (name, x, y, width, height) => svg("rect", {class: name, x, y, width, height});

  function row(v, index) {
    const top = size.first + index * size.step, y = top + size.down;
    const cells = rowCells(v, axis, y, size), {frames, latents, names} = cells;
    const group = svg("g", {class: "vd-row", "data-key": v.label,
      style: `--line: ${v.line.colour}; --on-line: ${v.line.text}`},
      rect("vd-row-ground", -10, top, axis.width + 20, size.ground),
      frames, latents, names.filter(Boolean), cells.folded, cells.borders, lost(v, y), labels(v, top));
    group.addEventListener("click", () => app.select(v.label));
    group.addEventListener("pointerenter", () => app.hover(v.label));
    group.addEventListener("pointerleave", () => app.hover(null));
    rows.push({v, frames, latents, names, reading: group.querySelector(".vd-reading")});
    return group;
  }

  // Real frames that a crop takes away stand crossed out where they would have been.
  function lost(v, y) {
    const marks = v.cuts.map((c) => ({frame: Math.min(c.frame, v.frames_out - 1), lost: c.lost}))
      .filter((c) => c.lost.length && axis.shows(c.frame))
      .map((c) => ({x: Math.min(axis.x(c.frame), axis.width - 9), frames: c.lost}));
    if (v.dropped.length && axis.shows(v.frames_out - 1))
      marks.push({x: Math.min(axis.x(v.frames_out) + 2, axis.width - 12), frames: v.dropped});
    const side = 8, top = y - side - 3;
    let free = -Infinity;
    return marks.flatMap(({x, frames}) => {
      const text = say("lost_label", {frames: ranges(frames, model.frameName)}), room = 6.6 * text.length + 8;
      // A label that would run into the one before it is left to the tooltip.
      const label = x - room > Math.max(free, axis.left - 20 + (axis.narrow ? 200 : 0))
        ? svg("text", {class: "vd-lost-text", x: axis.narrow ? x + 8 : x - 4, y: axis.narrow ? y - 17 : y - 4,
          "text-anchor": "end"}, text) : null;
      free = x + side;
      return [svg("path", {class: "vd-lost",
        d: `M${x + 0.5} ${top}h${side}v${side}h${-side}zl${side} ${side}m0 ${-side}l${-side} ${side}`},
      svg("title", {}, text)), label].filter(Boolean);
    });
  }

  function labels(v, top) {
    const y = top + size.name;
    const mark = drawnSwatch(v.line, 0, y - 9);
    if (axis.narrow) return [mark, svg("text", {class: "vd-row-name", x: 16, y}, v.label,
      svg("tspan", {class: "vd-row-note", dx: 8}, layoutWords(v, say)))];
    return [mark, svg("text", {class: "vd-row-name", x: 17, y}, v.label),
      svg("text", {class: "vd-row-note", x: 17, y: y + 15}, layoutWords(v, say)),
      svg("text", {class: "vd-reading", x: axis.width, y, "text-anchor": "end"}, svg("tspan", {}),
        svg("tspan", {x: axis.width, dy: 15}))];
  }

  function sourceRow() {
    const y = size.source;
    sourceReading = axis.narrow ? null
      : svg("text", {class: "vd-reading", x: axis.width, y: y + 9, "text-anchor": "end"});
    const cells = Array.from({length: model.n_source},
      (_, i) => (axis.shows(i) ? rect("vd-cell vd-cell-source", axis.x(i), y, axis.cell, size.sourceHeight) : null));
    rows.push({v: null, frames: cells});
    const nameY = axis.narrow ? y - 6 : y + 9;
    return [cells, rect("vd-swatch vd-swatch-source", 0, nameY - 9, 10, 10),
      svg("text", {class: "vd-row-name vd-source-name", x: 17, y: nameY}, say("source")), sourceReading];
  }

  function draw(next) {
    axis = next;
    rows = [];
    size = axis.narrow ? SLIM : WIDE;
    const height = size.first + model.variants.length * size.step + 2;
    const parts = [hatch("vd-hatch"), tickMarks(axis, TICKS_Y), sourceRow(), model.variants.map(row)]
      .flat(2).filter(Boolean);
    replaceChildren(drawing,
      svg("svg", {width: axis.width, height, role: "img", "aria-label": say("ruler_title")}, parts));
    select(app.state.selected);
    tools.show();
  }

  function legend() {
    const {explained} = glossary(say, app.lang), met = new Set();
    const item = (mark, key) => h("span", {}, h("i", {class: mark}), h("span", {}, explained(say(key), met)));
    return h("p", {class: "vd-legend"}, item("vd-k-border", "legend_border"), item("vd-k-pad", "legend_pad"),
      item("vd-k-folded", "legend_folded"), item("vd-k-lost", "legend_lost"), item("vd-k-latent", "legend_latent"));
  }

  function cursor(frame) {
    for (const old of drawing.querySelectorAll(".vd-now")) old.classList.remove("vd-now");
    at.textContent = say("at_frame", {frame});
    for (const {v, frames, latents, names, reading} of rows) {
      if (!v) {
        frames[frame]?.classList.add("vd-now");
        if (sourceReading)
          sourceReading.textContent = frame < model.n_source ? model.frameName(frame) : say("panel_ended");
        continue;
      }
      const over = frame >= v.frames_out, latent = markCells({frames, latents, names}, v, frame);
      if (!reading) continue;
      const slot = over ? null : v.slots[frame];
      reading.children[0].textContent = over ? say("panel_ended")
        : say("reading_frame", {shows: slot === null ? say("tag_pad") : model.frameName(slot),
          latent: v.cells[latent]?.index ?? "–"});
      reading.children[1].textContent = over ? ""
        : say("reading_chunk", {chunk: v.chunkOf(frame) + 1, chunks: v.decode_chunks.length});
    }
  }

  function select(label) {
    for (const group of drawing.querySelectorAll(".vd-row"))
      group.classList.toggle("vd-selected", group.dataset.key === label);
  }

  // Draw plans that are not run yet instead of the result's; null goes back to it. Redrawn by the caller.
  function plan(next) {
    model = next || app.model;
    node.classList.toggle("vd-planned", Boolean(next));
    ahead.textContent = next ? say("ruler_ahead") : "";
  }

  return {node, draw, cursor, select, plan};
}
