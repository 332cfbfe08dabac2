// Which frames of a clip a run uses, and what becomes of them when a handle moves. Whole numbers only.
//   {start, stop, total}: frames start <= f < stop of `total`; total is a guess where nobody knows the length.
import {clamp} from "./format.js";

// form: {start, frames}. n_frames: of the clip, null where only reading tells. most: frames that a run takes.
export function usedPart({start, frames}, n_frames, most) {
  const asked = clamp(frames || 1, 1, most), total = Math.max(n_frames ?? (start || 0) + asked, 1);
  const first = clamp(start || 0, 0, total - 1);
  return {start: first, stop: Math.min(first + asked, total), total};
}

// end: "in" moves the first frame to `to`, "out" the first one that is not used, "all" both of them.
export function movedPart({start, stop, total}, end, to, most) {
  if (end === "in") {
    const first = clamp(to, 0, stop - 1);
    return {start: first, stop: Math.min(stop, first + most), total};
  }
  if (end === "out") {
    const last = clamp(to, start + 1, total);
    return {start: Math.max(start, last - most), stop: last, total};
  }
  const first = clamp(to, 0, total - (stop - start));
  return {start: first, stop: first + stop - start, total};
}

// Where a key takes a handle; null for a key that is none of its own. second: frames in one.
export function keyedTo(part, end, key, second) {
  const at = end === "in" ? part.start : part.stop, by = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1,
    PageDown: -second, PageUp: second}[key];
  if (by) return at + by;
  if (key === "Home") return end === "in" ? 0 : part.start + 1;
  if (key === "End") return end === "in" ? part.stop - 1 : part.total;
  return null;
}
