// What the scripts of the Explore tab tell each other without a request: what the controls say, what these
// settings come to, how a run goes, which result is on screen. Gradio's own components speak through it too:
// their events call controls(), asked(), stopping() and over() (see tab.py).
//   settings  {clip, model, variants: [label], start, frames, size, dtype}, the same as forms.explore
//   plan      what the settings come to (plans.js)
//   run       null, or {phase: asked | queued | working | stopping | error | stopped, ...}
//   result    {settings, whole, got, partly} of the comparison on screen; got: its frames; partly: something of it is
//             measured and not all
//   differ    names of the controls that say something else than it was made with (whose.js), null without a result
//   intro     what stands above everything, true for that comparison (intro.py)
//   estimate  how long a run of these settings takes, in words; empty where they cannot run
//   drawn     true once its first picture is there, or failed to come
import {forms} from "../shared/forms.js";

export const bus = (() => {
  const told = {}, listeners = {};
  let fill = null, asked = null, label = "", sent = false;
  const tell = (topic, data) => {
    told[topic] = data;
    // A script whose element has gone does not listen any more.
    listeners[topic] = (listeners[topic] || []).filter(({element}) => element.isConnected);
    for (const {hear} of listeners[topic]) hear(data);
  };
  return {
    tell, told,
    on(topic, element, hear) {
      (listeners[topic] ||= []).push({element, hear});
      if (topic in told) hear(told[topic]);
    },
    // Gradio also says so when nothing has changed.
    controls(values) {
      const [clip, model, variants, start, frames, size, dtype] = window.vdVisitKept("explore", values);
      const now = {clip, model, variants: variants || [], start: Math.trunc(start) || 0,
        frames: Math.trunc(frames) || 0, size: String(size), dtype: dtype || "auto"};
      forms.explore.set(now);
      if (JSON.stringify(now) !== JSON.stringify(told.settings)) tell("settings", now);
    },
    // Whether the controls say these settings.
    says: ({upload, ...settings}) => JSON.stringify(settings) === JSON.stringify(told.settings),
    fill(trigger, variants) { fill = variants; trigger("fill", {}); },
    taken: () => [fill],
    // All controls at once, back to what a result was made with.
    restore(trigger, settings) { asked = settings; trigger("restore", {}); },
    restored: () => ["clip", "model", "variants", "start", "frames", "size", "dtype"].map((name) => asked[name]),
    // What the button of a run says.
    name(trigger, text) {
      if (text === label) return;
      label = text;
      trigger("rename", {});
    },
    named: () => [{__type__: "update", value: label}],
    // Runs in the browser before the request: busy at once.
    asked(values) {
      this.begins();
      return values;
    },
    begins() {
      sent = false;
      tell("run", {phase: "asked"});
    },
    // Nothing was asked: the request never reached the server.
    lost(said) { if (["asked", "queued"].includes(told.run?.phase)) tell("run", {phase: "error", error: said}); },
    stopping(...values) {
      tell("run", {...told.run, phase: "stopping"});
      return values;
    },
    sent() { sent = true; },
    // The request has ended, an earlier one if this run was not sent yet; whatever it said last stands.
    over() {
      const phase = told.run?.phase;
      if (phase === "stopping") tell("run", {phase: "stopped", partly: told.result?.partly});
      else if (["queued", "working"].includes(phase) || (phase === "asked" && sent)) tell("run", null);
    },
  };
})();
