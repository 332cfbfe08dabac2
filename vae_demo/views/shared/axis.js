// x(i): the one function that ruler, chart, tapes and cursor share.
import {svg} from "./dom.js";
import {clamp} from "./format.js";

const GUTTER = {left: 146, right: 100};
export const NARROW = 700;
// Frames of a clip too long for `least` px each stand in a window of `cell` px cells instead.
const WINDOW = {least: 4, cell: 6};

// gutter: room beside the frames, none where it is narrow. narrowest: what is not narrow yet.
export function axisOf(width, slots, gutter = GUTTER, narrowest = NARROW) {
  const narrow = width < narrowest;
  const left = narrow ? 0 : gutter.left, right = narrow ? 0 : gutter.right;
  const fw = cellOf({narrow}, (width - left - right) / slots);
  return shownAxis({width, narrow, left, right, fw, slots}, 0, slots);
}

// Whole pixels keep cells crisp; below four there is nothing left to round. Few frames stay readable cells.
const cellOf = ({narrow}, room) => Math.min(narrow || room < 4 ? room : Math.floor(room), narrow ? 40 : 64);

// The part of a clip that holds `frame`. from: where the part shown until now began. count: how many frames somebody
// asked for; null for all, or of a long clip as many as make readable cells. still: it stays, whatever the frame.
export function windowAxis(width, slots, frame, {from, count = null, still = false}) {
  const all = axisOf(width, slots), room = width - all.left - all.right;
  const fw = count !== null ? cellOf(all, room / count)
    : all.narrow || all.fw >= WINDOW.least ? all.fw : WINDOW.cell;
  const shown = Math.floor(room / fw + 1e-6);
  if (count >= slots || shown >= slots || fw <= all.fw) return all;
  const first = still ? clamp(from, 0, slots - shown) : windowStart(frame, from, shown, slots);
  return shownAxis({...all, fw}, first, first + shown);
}

// It stands still while the frame is inside, turns over like a page when the frame walks out, and goes to where
// the frame is when it leaps. A page keeps an eighth of what was seen, more than any loop around a border.
function windowStart(frame, from, count, slots) {
  const margin = Math.floor(count / 8), near = Math.floor(count / 4), past = frame - (from + count - 1);
  let first = from;
  if (past > 0) first = past <= near ? frame - margin : frame - Math.floor(count / 2);
  else if (frame < from) first = from - frame <= near ? frame - (count - 1 - margin) : frame - Math.floor(count / 2);
  return clamp(first, 0, slots - count);
}

// first <= frame < stop are on the axis.
function shownAxis(base, first, stop) {
  const {left, fw} = base, x = (frame) => left + (frame - first) * fw, whole = stop - first === base.slots;
  return {
    ...base, first, stop, whole, x, end: x(stop),
    middle: (frame) => left + (frame - first + 0.5) * fw,
    cell: Math.max(fw - (fw >= 3 ? 1 : 0), 0.5),
    frameAt: (px) => clamp(first + Math.floor((px - left) / fw), first, stop - 1),
    shows: (frame) => whole || (first <= frame && frame < stop),
    // What is shown of the frames start..stop, at most.
    clip: (start, end) => (whole ? [start, end] : [Math.max(start, first), Math.min(end, stop)]),
  };
}

function ticks(axis) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200].find((s) => s * axis.fw >= (axis.narrow ? 34 : 60)) || 500;
  const start = Math.ceil(axis.first / step);
  return Array.from({length: Math.ceil(axis.stop / step) - start}, (_, i) => (start + i) * step);
}

// The numbers along the axis as SVG text at y.
export const tickMarks = (axis, y) => ticks(axis).map((t) => svg("text", {
  class: "vd-tick", x: axis.narrow && t === 0 ? 0 : axis.middle(t), y,
  "text-anchor": axis.narrow && t === 0 ? "start" : "middle"}, `${t}`));
