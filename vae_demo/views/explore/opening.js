// One way into Explore from anywhere: a link, another tab, a click in a figure.
//
//   window.vdOpenInExplore({clip, model, variants, start, frames, size, crop, dtype, frame, selected})
//
// switches to the Explore tab, fills its controls and shows the saved result where one was made with exactly
// these settings; otherwise it only fills them, and the last result stays. Every name may be left out (its default
// is used) and is checked on the server (shared/settings.py): variants is "17,16,17:16" or a list of such labels,
// size the short side in pixels, crop "none" for the whole picture, frame where to rest, selected a variant.
// The same names work in an address: ?tab=explore&clip=harbour&variants=17,21&frame=17
import {EXPLORE_NAMES} from "../shared/address.js";
import {spelled} from "../shared/variants.js";

export function installOpening(open) {
  const known = (settings) =>
    Object.fromEntries(EXPLORE_NAMES.filter((name) => settings[name] !== undefined && settings[name] !== null)
    .map((name) => [name, settings[name]]));
  window.vdOpenInExplore = (settings = {}) => {
    if (window.vdShowTab) window.vdShowTab("explore");
    open({...known(settings), visit: window.vdVisit});
  };
  // Another tab's address may use some of these names for something of its own.
  const asked = new URLSearchParams(location.search), here = (asked.get("tab") || "explore") === "explore";
  const linked = !here ? [] : EXPLORE_NAMES.filter((name) => asked.has(name)), back = window.vdVisitAsks("explore");
  if (back) open({...back, back: true});
  else if (linked.length)
    open({...Object.fromEntries(linked.map((name) => [name, asked.get(name)])), visit: window.vdVisit});
  return Boolean(back) || linked.length > 0;
}

// The address that brings somebody else to this result: the Space's own inside its frame, else the page's.
export function shareLink(home, settings, {frame, selected, lang, look}) {
  const url = new URL(home || location.origin + location.pathname);
  const {clip, model, variants, start, frames, size, dtype} = settings, [side, crop] = String(size).split(":");
  const named = {tab: "explore", clip, model, variants: variants.map(spelled).join(","), start, frames, size: side,
    crop, dtype: dtype === "auto" ? null : dtype, frame, selected: selected && spelled(selected), ...look, lang};
  for (const [name, value] of Object.entries(named)) if (value !== undefined && value !== null && value !== "")
    url.searchParams.set(name, value);
  return url.href.replaceAll("%2C", ",").replaceAll("%3A", ":");
}
