// What the settings come to: a plan per variant, or what is wrong with one, in whole numbers and without a request.

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
