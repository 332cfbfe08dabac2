// How a time is said: as a span that promises no more than anybody knows. What a run takes is worked out of paces
// (pace.py): seconds per unit of work, and per picture that is written, each per megapixel.
import {known} from "./format.js";

// Seconds below which a time is told to so many seconds; beyond the last one to whole minutes.
const STEPS = [[60, 5], [120, 10], [600, 30]], LONGEST_IN_SECONDS = 120;

// The twin of span in progress.py.
export function span(low, high) {
  const step = STEPS.find(([below]) => high < below)?.[1] || 60;
  const from = Math.floor(low / step) * step, to = Math.max(Math.ceil(high / step), 1) * step;
  return to <= LONGEST_IN_SECONDS ? {low: from, high: to, unit: "s"} : {low: from / 60, high: to / 60, unit: "min"};
}

// Seconds from and to; null where nothing is known of that model. paces: what pace.py knows; perPicture: the cost of a
// picture in units of work, for a server that has not written any yet.
export function secondsOf(paces, model, {work, pictures, megapixels}, perPicture) {
  const computing = paces.computing[model]?.[paces.sizes.filter((most) => megapixels > most).length];
  if (!known(computing)) return null;
  return computing.map((pace, i) =>
    (work * pace + pictures * (known(paces.writing) ? paces.writing[i] : perPicture * pace)) * megapixels);
}

// The twin of kind_of in pace.py: under which name the paces of a model in a dtype are kept.
export const kindOf = ({model, dtype}, models) =>
  ((dtype || "auto") === "auto" || dtype === models[model]?.dtype ? model : `${model} ${dtype}`);

// 30 to 50 s on this server's CPU in float32. tried: no run of this kind has been here yet.
export function estimateText(say, seconds, {device, dtype, half}, tried) {
  const where = say("runs_in", {device: device === "cuda" ? "GPU" : "CPU", dtype});
  const more = (said) => (half ? say("estimate_half", {said}) : said);
  if (!known(seconds)) return more(say("estimate_unknown", {device: where}));
  const {low, high, unit} = span(...seconds), time = say(`time_${unit}`, {n: high});
  const how = !low ? "estimate_most" : low === high ? "estimate_about" : "estimate_span";
  const said = say(how, {low, time, device: where});
  return more(tried ? say("estimate_tried", {said}) : said);
}

export function leftText(say, seconds) {
  const {high, unit} = span(seconds, seconds);
  return say("run_left", {time: say(`time_${unit}`, {n: high})});
}
