// How far a value that the page is given has come: the source alone, some of its variants, or the whole.
import {bus} from "./bus.js";

// Of a run that goes on, or has been stopped, something is measured; nothing yet, only the source shows.
export const partly = ({whole, comparison}) =>
  whole === false && comparison.variants.some((variant) => variant.verdict?.case !== "waiting");
export const bare = (value) => value.whole === false && !partly(value);

// Whether it may take the place of what is on screen: the bare source not of what somebody looked for since.
export const mayShow = (value) =>
  !bare(value) || (["asked", "queued", "working"].includes(bus.told.run?.phase) && bus.says(value.settings));

// A saved result that somebody opens meanwhile, or that fills an empty page, is not the end of a run.
export const endsRun = (value) => value.whole !== false && !value.saved && !value.back && Boolean(bus.told.run);

export const sameSettings = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// got: how many frames of the source it has.
export const tellResult = (value, got) =>
  bus.tell("result", {settings: value.settings, whole: value.whole !== false, got, partly: partly(value)});

// What was on screen before a run of which nothing is measured yet: it comes back where the run ends like that.
export function keptBehind(root, open) {
  let behind = null;
  bus.on("run", root, (run) => {
    if (!behind || !["stopped", "error"].includes(run?.phase)) return;
    open(behind);
    behind = null;
  });
  return {before: (next, shown) => {
    behind = !bare(next) ? null : shown && !bare(shown) ? shown : behind;
  }};
}
