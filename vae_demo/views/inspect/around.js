// What lies around the tab: Explore, and the address bar.
import {clips} from "../shared/forms.js";

// Gives, for what is on screen, one click to Explore with its source: as a sample or the visit's clip; what is neither
// becomes the visit's clip.
export function explores(root, trigger) {
  let promoted = null;
  clips.own.on(root, (own) => {
    if (promoted && own) promoted(own.shown);
    promoted = null;
  });
  return ({settings, sample, scene}) => {
    const {start, frames} = settings;
    const open = (clip) => window.vdOpenInExplore?.({clip, start, ...(frames ? {frames} : {})});
    if (sample) return () => window.vdOpenInExplore?.({clip: scene});
    if (settings.source === "made-source") return () => window.vdShowTab?.("explore");
    if (settings.source === "own") return clips.own.now ? () => open(clips.own.now.shown) : null;
    return () => {
      promoted = open;
      trigger("promote", {});
    };
  };
}

// The address bar says which sample is on screen, and none for anything else.
export function nameSample(sample) {
  const url = new URL(location.href);
  if (url.searchParams.get("tab") !== "inspect") return;
  if (sample) url.searchParams.set("sample", sample);
  else url.searchParams.delete("sample");
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
