// One variant as cells on an axis: its frames, the latents below, pads that were cut, borders.
import {svg} from "./dom.js";

const FOLD = 3, FOLD_MOST = 3;

// v: as modelOf() makes it. y: of the frames. size: heights {frames, gap, latents}; with `named`, latents have their
// number on a narrow axis too. What the axis does not show is null.
export function rowCells(v, axis, y, size) {
  const yLatents = y + size.frames + size.gap, bottom = yLatents + size.latents;
  const rect = (name, x, top, width, height) => svg("rect", {class: name, x, y: top, width, height});
  const frames = v.slots.map((slot, i) =>
    (axis.shows(i) ? rect(slot === null ? "vd-cell vd-cell-pad" : "vd-cell", axis.x(i), y, axis.cell, size.frames)
      : null));
  const spans = v.cells.map((c) => axis.clip(c.start, c.stop));
  const latents = spans.map(([start, stop]) =>
    (stop > start || axis.whole
      ? rect("vd-latent", axis.x(start), yLatents, Math.max((stop - start) * axis.fw - 1, 0.5), size.latents)
      : null));
  const mute = axis.narrow && !size.named;
  const names = spans.map(([start, stop], i) => (mute || (stop - start) * axis.fw < 14 ? null : svg("text", {
    class: "vd-latent-name", x: axis.x((start + stop) / 2) - 0.5, y: yLatents + 10.5, "text-anchor": "middle"},
  `${v.cells[i].index}`)));
  // Pads cut before display take no time: small blocks stacked ON the first frame. Shown pads are whole cells.
  const folded = v.cuts.filter((c) => c.pads && c.frame < v.frames_out && axis.shows(c.frame)).map((c) => {
    const height = FOLD * Math.min(c.pads, FOLD_MOST);
    return rect("vd-folded", axis.x(c.frame), y - 1 - height, Math.max(axis.cell, 3), height);
  });
  const borders = v.boundaries.filter(axis.shows).map((b) => svg("line", {
    class: "vd-border-line", x1: axis.x(b) - 0.5, x2: axis.x(b) - 0.5, y1: y - 8, y2: bottom}));
  return {frames, latents, names, folded, borders, bottom};
}

// The cell of a frame and the latent it came from stand out.
export function markCells({frames, latents, names}, v, frame) {
  const latent = v.cells.findIndex((c) => c.start <= frame && frame < c.stop);
  for (const node of [frames[frame], latents[latent], names[latent]]) node?.classList.add("vd-now");
  return latent;
}

// 45 degrees, 4 px: a pad, wherever it appears. One that stands in a hidden tab would draw nothing, so each tab has its
// own.
export const hatch = (id) => svg("defs", {}, svg("pattern",
  {id, width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"},
  svg("rect", {class: "vd-hatch-ground", width: 4, height: 4}),
  svg("rect", {class: "vd-hatch-line", width: 1.5, height: 4})));
