// The selected size by frame, on Explore's axis: its PSNR, its chunks and their groups, frames and pads.
import {axisOf, NARROW} from "../shared/axis.js";
import {h, replaceChildren, svg} from "../shared/dom.js";
import {db, known} from "../shared/format.js";
import {chunkLengths, padsOf} from "../shared/frames.js";
import {SWEEP_GUTTER} from "./bands.js";
import {markLine, markText, sweepHatch} from "./marks.js";
import {groupsText, scaleOf} from "./model.js";

const BY_FRAME = {top: 24, height: 84, cells: 124, cell: 9, pad: 3, bottom: 138, most: 3};

export function byFrameView(app) {
  const {say} = app, drawing = h("div", {class: "vd-sw-byframe-drawing"}), title = h("h4", {class: "vd-axis-title"});
  const reading = h("p", {class: "vd-sw-at"});
  const scores = h("table", {class: "vd-sw-scores"});
  const node = h("div", {class: "vd-sw-byframe"},
    h("div", {class: "vd-sw-label"}, title, h("p", {}, say("sweep_by_frame_says"))), drawing, scores, reading);
  // Every frame comes back at its place here: its number in the file.
  const inFile = (frame) => `f${frame + (app.model.clip.start || 0)}`;
  let axis = null, shown = null;
  drawing.addEventListener("pointermove", (event) => point(event.clientX - drawing.getBoundingClientRect().left));
  drawing.addEventListener("pointerleave", () => point(null));

  function draw(width) {
    const {model} = app, c = model.of(app.selected), reference = model.of(model.reference);
    shown = c && c.row && c.row.psnr_by_frame && c.row.psnr_by_frame.length ? c : null;
    node.hidden = !shown;
    if (!shown) return;
    // Room at the right for the small table of means; on a phone, for the numbers of the scale.
    axis = axisOf(width - (width < NARROW ? SWEEP_GUTTER.ticks : 66), model.n);
    const values = model.columns.flatMap((each) => each.row?.psnr_by_frame || []).filter(known);
    const scale = scaleOf(values, BY_FRAME.top + BY_FRAME.height, BY_FRAME.top, 4, [2, 5, 10, 20]);
    const chunks = chunksOf(c, model);
    const beside = reference && reference !== c && reference.row
      ? line(reference.row.psnr_by_frame, scale.y, "vd-sw-curve vd-sw-beside", reference.colour) : null;
    replaceChildren(title, say("sweep_by_frame", {size: c.label}));
    replaceChildren(drawing,
      svg("svg", {width: axis.narrow ? width : axis.width, height: BY_FRAME.bottom, role: "img",
        "aria-label": say("sweep_by_frame_label", {size: c.label})},
      sweepHatch(), tailGround(chunks, c), scale.ticks.map((tick) => grid(tick, scale.y(tick))), beside,
      chunks.slice(1).map((chunk) =>
        markLine("vd-border-line", axis.x(chunk.start) - 0.5, BY_FRAME.top - 6, axis.x(chunk.start) - 0.5,
          BY_FRAME.bottom - 2)),
      line(c.row.psnr_by_frame, scale.y, "vd-sw-curve", c.hued ? c.colour : "var(--vd-ink)"), names(chunks, c, model),
      worstMark(c, scale.y), cells(chunks, c, model),
      axis.narrow ? null : markText("vd-row-note", 0, BY_FRAME.cells + 8, say("sweep_cells"), "start"),
      markLine("vd-sw-cursor", 0, BY_FRAME.top - 4, 0, BY_FRAME.bottom)));
    replaceChildren(scores, table(c, reference));
    replaceChildren(reading);
  }

  function chunksOf(c, model) {
    return chunkLengths(model.n, c.label === "whole" ? null : c.length)
      .reduce((found, length) =>
        [...found, {start: found.length ? found[found.length - 1].start + found[found.length - 1].length : 0, length}],
        []);
  }

  const grid = (tick, y) =>
    [markLine("vd-sw-grid", axis.left, y, axis.end, y),
      markText("vd-tick", axis.narrow ? axis.end + SWEEP_GUTTER.ticks : axis.left - 8, y + 4, `${tick}`, "end")];

  const tailGround = (chunks, c) =>
    chunks.filter((chunk) => chunk.length < c.length)
      .map((chunk) => svg("rect",
        {class: "vd-sw-tint", x: axis.x(chunk.start), y: BY_FRAME.top - 6, width: chunk.length * axis.fw,
          height: BY_FRAME.bottom - BY_FRAME.top + 4}));

  function line(values, y, name, colour) {
    let open = false;
    const d = values.map((value, i) => {
      if (!known(value)) { open = false; return ""; }
      const step = `${open ? "L" : "M"}${axis.middle(i).toFixed(1)} ${y(value).toFixed(1)}`;
      open = true;
      return step;
    }).join("");
    return svg("path", {class: name, d, style: `--line: ${colour}`});
  }

  // What each chunk is made of, where there is room for it; the tail always says so.
  function names(chunks, c, model) {
    const spills = (chunk) =>
      chunk && chunk.length < c.length && chunk.length * axis.fw < groupsText(chunk.length, model.rule).length * 6.6;
    return chunks.map((chunk, i) => {
      // The name of a short tail reaches back over the chunk before it.
      if (axis.narrow && spills(chunks[i + 1])) return null;
      const tail = chunk.length < c.length, long = groupsText(chunk.length, model.rule), room = chunk.length * axis.fw;
      const text = room > long.length * 6.6 || tail ? long : room > 20 ? `${chunk.length}` : null;
      const end = tail && room < long.length * 6.6;
      return text ? markText(`vd-tick${tail ? " vd-sw-tail-name" : ""}`,
        end ? axis.x(chunk.start + chunk.length) : axis.x(chunk.start) + room / 2, 12, text, end ? "end" : "middle")
          : null;
    }).filter(Boolean);
  }

  function worstMark(c, y) {
    const values = c.row.psnr_by_frame;
    const worst = values.reduce((best, value, i) => known(value) && (best === null || value < values[best]) ? i : best,
      null);
    if (worst === null) return null;
    const right = worst < app.model.n - 6;
    return [svg("circle", {class: "vd-sw-worst", cx: axis.middle(worst), cy: y(values[worst]), r: 2.6}),
      markText("vd-sw-worst-name vd-sw-halo", axis.middle(worst) + (right ? 7 : -7), y(values[worst]) + 4,
        inFile(worst), right ? "start" : "end")];
  }

  // Pads take no time: they are stacked ON the first frame of their chunk.
  function cells(chunks, c, {rule, n}) {
    const frames = Array.from({length: n},
      (_, i) => svg("rect", {class: "vd-cell vd-cell-source", x: axis.x(i), y: BY_FRAME.cells, width: axis.cell,
        height: BY_FRAME.cell}));
    const pads = chunks.map((chunk) => ({at: chunk.start, n: Math.min(padsOf(chunk.length, rule), BY_FRAME.most)}))
      .filter((p) => p.n)
      .map((p) => svg("rect", {class: "vd-sw-pads", x: axis.x(p.at), y: BY_FRAME.cells - 1 - p.n * BY_FRAME.pad,
        width: Math.max(axis.cell, 3), height: p.n * BY_FRAME.pad}));
    return [frames, pads].flat();
  }

  function table(c, reference) {
    const row = (name, part, css) =>
      part && known(part.psnr)
        ? h("tr", {class: css}, h("th", {scope: "row"}, name), h("td", {}, h("b", {}, db(part.psnr))),
          h("td", {}, db(part.psnr_worst))) : null;
    return [h("thead", {}, h("tr", {}, h("td", {}), h("th", {scope: "col"}, say("sweep_col_mean")),
      h("th", {scope: "col"}, say("sweep_worst")))),
      h("tbody", {}, [row(say("sweep_col_full"), c.row.full),
        c.row.tail ? row(say("sweep_col_tail", {n: c.row.tail.frames}), c.row.tail) : null,
        reference && reference !== c
          ? row(say("sweep_col_size", {size: reference.label}), reference.row?.full, "vd-sw-quiet")
          : null].filter(Boolean))];
  }

  function point(px) {
    const cursor = drawing.querySelector(".vd-sw-cursor");
    if (!shown || !cursor) return;
    const on = px !== null && px >= axis.left && px <= axis.end, frame = on ? axis.frameAt(px) : 0;
    cursor.classList.toggle("vd-on", on);
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, axis.middle(frame));
    reading.textContent = on ? `${inFile(frame)} · ${db(shown.row.psnr_by_frame[frame])} dB` : "";
  }

  return {node, draw};
}
