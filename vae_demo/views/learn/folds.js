// Frames in rows of one length, in ink where one stands out: what comes back every so many frames forms a column.
import {h, replaceChildren, svg} from "../shared/dom.js";

const LABELS = 40, HEAD = 18, GAP = 1, TALLEST = 22;

// ink: rows of 0..1. later: whether it is part of the answer.
export function foldFigure(app, {title, ink}, start, later) {
  const {say, told} = app, n = ink[0].length, box = h("div", {class: `vd-l-fold${later ? " vd-later" : ""}`});
  app.sized(box, (width) => {
    const w = (width - LABELS) / n, high = Math.min(w, TALLEST), every = w < 16 ? 5 : 1;
    const text = (x, y, anchor, words) => svg("text", {class: "vd-fig-small", x, y, "text-anchor": anchor}, words);
    replaceChildren(box, svg("svg", {width, height: HEAD + ink.length * high, role: "img",
      "aria-label": say("learn_find_cells", {n})},
    ink[0].map((_, at) => (at % every ? null : text(LABELS + (at + 0.5) * w, 12, "middle", `${at}`))).filter(Boolean),
    ink.map((row, y) => [text(LABELS - 8, HEAD + (y + 0.5) * high + 4, "end", `f${start + y * n}`),
      row.map((value, x) => svg("rect", {class: "vd-l-ink", x: LABELS + x * w, y: HEAD + y * high, width: w - GAP,
        height: high - GAP, "fill-opacity": 0.05 + 0.95 * value}))]).flat(2)));
  });
  return [app.figureHead(told(title), null, later ? null : "measured"), box];
}
