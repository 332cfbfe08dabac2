// One way into Inspect from anywhere; its tab may not have been on screen yet (inspect/figure.js).
//   {sample}                        one of its samples
//   {label, run} or with settings   a variant of a result of Explore, against its source
export function openInInspect(asked) {
  if (window.vdOpenInInspect) return window.vdOpenInInspect(asked);
  window.vdInspectAsked = asked;
  window.vdShowTab?.("inspect");
}
