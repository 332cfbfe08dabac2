// What the controls of the Inspect tab say, kept over a reload. A number that was typed is acted on once nobody types.
import {forms} from "../shared/forms.js";

const CALM_MS = 700;
const numbersOf = ([, , start, frames]) => JSON.stringify([Math.trunc(start) || 0, Math.trunc(frames) || null]);
let last = null, timer = null, act = null;

// values: of the event, the controls last.
export function controls(values) {
  const now = window.vdVisitKept("inspect", values).slice(-4), [video, source, start, frames] = now;
  forms.inspect.set({video, source, start: Math.trunc(start) || 0, frames: Math.trunc(frames) || null});
  clearTimeout(timer);
  if (last !== null && numbersOf(now) !== last && video !== "none")
    timer = setTimeout(() => { if (numbersOf(now) !== last) act?.(); }, CALM_MS);
  return values;
}

// of: the values that the server has acted on.
export function acted(of) {
  last = numbersOf(of);
  clearTimeout(timer);
}

export const whenTyped = (then) => { act = then; };
