// Every slot of the latents of a clash, in the order they are read: what plays, what is a pad, what is cut.
import {h, replaceChildren, svg} from "../shared/dom.js";
import {learnHatch} from "./slider.js";

const SLOT = {top: 12, height: 16, gap: 3}, ROWS = {wide: 50, narrow: 25};

// v: the variant of a saved run; its latents stand for all their slots, its pieces say how many are cut in front.
export function cutsView(app, v, labels) {
  const slots = v.latent_slots.flat(), stride = v.latent_slots[0].length, gone = new Set(), opens = new Set();
  for (const piece of v.decode_chunks) {
    const first = piece.latent_start * stride;
    opens.add(first);
    for (let i = 0; i < piece.crop; i++) gone.add(first + i);
  }
  const node = h("div", {class: "vd-cuts", style: `--line: ${labels.colour}`});
  app.sized(node, (width) => {
    // Latents stay whole: a row ends between two of them.
    const most = width > 500 ? ROWS.wide : ROWS.narrow, per = most - most % stride;
    const rows = Math.ceil(slots.length / per), groups = per / stride;
    const slot = (width - groups * SLOT.gap) / per, step = SLOT.top + SLOT.height + 4;
    const at = (i) => ({x: i % per * slot + Math.floor(i % per / stride) * SLOT.gap,
      y: Math.floor(i / per) * step + SLOT.top});
    const cell = (frame, i) => {
      const {x, y} = at(i), w = Math.max(slot - 1, 0.5), cut = gone.has(i);
      return [svg("rect", {class: frame === null ? "vd-pad-cell" : cut ? "vd-cut-cell" : "vd-rest", x, y, width: w,
        height: SLOT.height}),
      cut ? svg("path", {class: "vd-cut-cross",
        d: `M${x} ${y}L${x + w} ${y + SLOT.height}M${x + w} ${y}L${x} ${y + SLOT.height}`}) : null,
      opens.has(i) ? svg("line", {class: "vd-border-line", x1: x - SLOT.gap / 2, x2: x - SLOT.gap / 2, y1: y - 4,
        y2: y + SLOT.height + 2}) : null];
    };
    const numbers = [...opens].sort((a, b) => a - b).map((i, piece) => svg("text",
      {class: "vd-fig-small", x: at(i).x + 1, y: at(i).y - 3}, piece + 1));
    replaceChildren(node, svg("svg", {width, height: rows * step + 2, role: "img", "aria-label": labels.says},
      learnHatch(), slots.map(cell).flat(), numbers));
  });
  return node;
}
