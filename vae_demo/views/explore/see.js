// What a visitor chose to see of a result, beside frame, variant and score: one record, one way in, one way out.
//
//   app.see.get()                        -> {compare, against, layer, gain, shades, zoom, x, y, big, part}
//   app.see.set({zoom: "2", gain: 8})    names left out stay as they are, and so does what cannot be read; quiet: no
//                                        view is told
//   app.see.on((record, names) => ...)   after every change; for views of one result, forgotten with it
//
// compare, against, layer: as the buttons set them. gain: of GAINS. shades: "grey" or "heat". zoom: "fit", "1" or "2"
// (device pixels per picture pixel), or how many times the picture that just fits; x, y: what of the picture, 0..1,
// stands in the middle of its box. big: null, or whose picture is enlarged, "source" or a variant's label. part: null,
// or [first frame, number of frames] on the time axis. All of it may go into an address (JSON values, a few bytes).
import {GAINS, SHADES} from "./shades.js";
import {PRESETS} from "./zoom.js";

export const START = {gain: 4, shades: "grey", zoom: "fit", x: 0.5, y: 0.5, big: null, part: null};
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const isPlace = (value) => typeof value === "number" && value >= 0 && value <= 1;
const isCount = (value) => Number.isInteger(value) && value >= 0;
const READS = {
  gain: (value) => GAINS.includes(value), shades: (value) => SHADES.includes(value),
  zoom: (value) => PRESETS.includes(value) || (typeof value === "number" && value > 0 && value < 1e3),
  x: isPlace, y: isPlace, big: (value) => value === null || typeof value === "string",
  part: (value) =>
    value === null || (Array.isArray(value) && value.length === 2 && value.every(isCount) && value[1] > 0),
};

// buttons: {compare: {get, set, reads}, ...}, what is kept elsewhere and belongs to the record.
export function seeing(buttons = {}) {
  let now = {...START}, listeners = [];
  return {
    get: () => ({...Object.fromEntries(Object.entries(buttons).map(([name, {get}]) => [name, get()])), ...now}),
    set(changes, {quiet = false} = {}) {
      const names = Object.keys(READS).filter((name) =>
        name in changes && READS[name](changes[name]) && !same(changes[name], now[name]));
      now = {...now, ...Object.fromEntries(names.map((name) => [name, changes[name]]))};
      for (const listener of names.length && !quiet ? listeners : []) listener(now, names);
      for (const [name, {get, set, reads}] of Object.entries(buttons))
        if (name in changes && changes[name] !== get() && reads(changes[name])) set(changes[name]);
    },
    on: (listener) => { listeners.push(listener); },
    // Another result: its views are new, and so is the place to look at; the shades stay.
    renew({anew}) {
      listeners = [];
      if (anew) now = {...START, gain: now.gain, shades: now.shades};
    },
  };
}
