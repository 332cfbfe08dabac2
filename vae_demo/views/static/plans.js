// What the settings come to: a plan per variant, or what is wrong with one, in whole numbers and without a request.

// 17, whole, 17→16, 17:16, 17->16, 17→16 fit: as Variant.parse in records.py reads it.
function readVariant(text) {
  const shown = text.trim().slice(0, 40), parts = spelled(text.toLowerCase()).split(":").map((part) => part.trim());
  const fit = parts.length === 3 && parts[2] === "fit", sizes = fit ? parts.slice(0, 2) : parts;
  const wrong = (name) => { throw new Refusal(name, {text: shown}); };
  const numbers = sizes.map((size) => size === "whole" ? null : /^\d{1,6}$/.test(size) ? Number(size) : wrong("unreadable_variant"));
  if (numbers.length > 2) wrong("unreadable_variant");
  if (numbers.includes(0)) wrong("size_zero");
  const [encode, decode] = [numbers[0], numbers[numbers.length - 1]];
  if (fit && encode === decode) wrong("fit_same");
  const name = (size) => size === null ? "whole" : `${size}`;
  const label = encode === decode ? name(encode) : `${name(encode)}→${name(decode)}${fit ? " fit" : ""}`;
  return {encode, decode, fit, label};
}

// A label as people type it: 17→16 fit is 17:16:fit.
function spelled(label) {
  return label.trim().replace("→", ":").replace("->", ":").replace(" fit", ":fit");
}

// known: what is known about the clip ({n_frames} may be null), null when nothing is.
function planned(settings, known, rule, most) {
  const left = known && known.n_frames !== null ? known.n_frames - settings.start : Infinity;
  const frames = Math.min(settings.frames, left, most.frames);
  const plan = {settings, frames, variants: [], error: null};
  try {
    if (settings.start < 0) throw new Refusal("start_range", {start: settings.start});
    if (left < 1) throw new Refusal("start_beyond", {name: known.name, start: settings.start, last: known.n_frames - 1, n_frames: known.n_frames});
    if (settings.frames < 1 || settings.frames > most.frames) throw new Refusal("clip_frames_range", {n_frames: settings.frames, max_frames: most.frames});
    if (!settings.variants.length) throw new Refusal("no_variant", {});
    const read = settings.variants.map(readVariant);
    const different = read.filter((v, i) => read.findIndex((other) => other.label === v.label) === i);
    if (different.length > most.variants) throw new Refusal("too_many_variants", {count: different.length, most: most.variants});
    plan.variants = different.map((v) => ({...v, plan: planFrames(frames, v.encode, v.decode, rule, v.fit)}));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    plan.error = error;
    plan.variants = [];
  }
  return plan;
}

// Like work_of in experiment.py: what a comparison costs, in frames of spatial encoding.
function workOf(plan, cost) {
  const encodes = new Set(plan.variants.map((v) => v.encode)).size, out = plan.variants.reduce((sum, v) => sum + v.plan.frames_out, 0);
  return plan.frames * (cost.spatial_encode + cost.baseline + cost.score + encodes * cost.temporal_encode)
    + out * (cost.temporal_decode + cost.spatial_decode + cost.score);
}

// The picture a clip becomes, in megapixels; the middle square, or the whole of it.
function megapixels(settings, known) {
  const [side, crop] = settings.size.split(":").map((part, i) => (i ? part : Number(part)));
  if (!known) return side * side / 1e6;
  const short = Math.min(side, known.width, known.height), long = Math.max(known.width, known.height) / Math.min(known.width, known.height);
  return short * short * (crop === "none" ? long : 1) / 1e6;
}
