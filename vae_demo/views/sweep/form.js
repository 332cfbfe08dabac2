// What the controls of the Sweep tab say, kept over a reload and told at once (shared/forms.js).
import {forms, store} from "../shared/forms.js";

// {differ, whole}: whether what the figure shows is what the controls say (figure.js), and all of it.
export const onScreen = store();

export const formOf = ([clip, model, sizes, start, frames, size, dtype]) => ({clip, model, sizes: sizes || "",
  start: Math.trunc(start) || 0, frames: Math.trunc(frames) || 0, size: String(size),
  dtype: dtype || "auto"});

// values: of the event, the controls last.
export function controls(values) {
  forms.sweep.set(formOf(window.vdVisitKept("sweep", values).slice(-7)));
  return values;
}

// {of, runs, time}: whether what the controls said can run and how long that takes, in words (desk.js).
export const planned = store();
// The same, null while the server's answer is about other settings than those of the controls now.
export const planNow = () =>
  planned.now && JSON.stringify(formOf(planned.now.of)) === JSON.stringify(forms.sweep.now) ? planned.now : null;

let asked = null, label = "";
export const refill = (trigger, settings) => { asked = settings; trigger("restore", {}); };
export const restored = () => ["clip", "model", "sizes", "start", "frames", "size", "dtype"].map((name) => asked[name]);
export function nameRun(trigger, text) {
  if (text === label) return;
  label = text;
  trigger("rename", {});
}
export const named = () => [{__type__: "update", value: label}];
