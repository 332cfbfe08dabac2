// What the settings come to: a plan per variant, or what is wrong with one, in whole numbers and without a request.
import {checkOffered, planVariant} from "../shared/cuts.js";
import {Refusal} from "../shared/frames.js";
import {readAnyVariant, variantLabel} from "../shared/variants.js";

// known: what is known about the clip ({n_frames} may be null), null when nothing is. model: its {rule, cuts}.
export function planned(settings, known, {rule, cuts}, most) {
  const left = known && known.n_frames !== null ? known.n_frames - settings.start : Infinity;
  const frames = Math.min(settings.frames, left, most.frames);
  const plan = {settings, frames, variants: [], error: null};
  try {
    if (settings.start < 0) throw new Refusal("start_range", {start: settings.start});
    if (left < 1)
      throw new Refusal("start_beyond",
        {name: known.name, start: settings.start, last: known.n_frames - 1, n_frames: known.n_frames});
    if (settings.frames < 1 || settings.frames > most.frames)
      throw new Refusal("clip_frames", {n_frames: settings.frames, max_frames: most.frames});
    if (!settings.variants.length) throw new Refusal("no_variant", {});
    const read = settings.variants.map((text) => readAnyVariant(text)).map((v) => ({...v, label: variantLabel(v)}));
    const different = read.filter((v, i) => read.findIndex((other) => other.label === v.label) === i);
    if (different.length > most.variants)
      throw new Refusal("too_many_variants", {count: different.length, most: most.variants});
    for (const v of different) checkOffered(v, rule, cuts, settings.model);
    plan.variants = different.map((v) => ({label: v.label, plan: planVariant(frames, v, rule, cuts)}));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    plan.error = error;
    plan.variants = [];
  }
  return plan;
}

// Whether a model of this {rule, cuts} takes every one of the variants on so many frames.
export function offered(variants, {rule, cuts}, model, frames) {
  try {
    for (const variant of variants.map((text) => readAnyVariant(text))) {
      checkOffered(variant, rule, cuts, model);
      planVariant(frames, variant, rule, cuts);
    }
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

// Like work_of in engine.py: what a comparison costs, in frames of tiny-17's spatial encoding on a CPU.
export function workOf(plan, cost) {
  const encodes = new Set(plan.variants.map((v) => v.plan.encode)).size;
  const once = cost.prepare + encodes * cost.encode + (cost.baseline ? cost.baseline + cost.score : 0);
  return plan.variants.reduce((sum, v) => sum + v.plan.frames_out * cost.decode + framesScored(v.plan) * cost.score,
    plan.frames * once);
}

// Like pictures_per_run in report/costs.py, of a run that grows on screen: pictures that are written.
export function picturesOf(plan) {
  const n = plan.variants.length, before = n * (n + 1) / 2;
  return Math.max(...plan.variants.map((v) => v.plan.frames_out)) * (before + 2 * (n + 1) + 2 * n);
}

// Every frame that plays against the source, and once more each one that plays at another index than its own.
function framesScored(plan) {
  const first = new Map();
  plan.slots.forEach((slot, index) => slot === null || first.has(slot) || first.set(slot, index));
  const moved = [...first].filter(([slot, index]) => slot !== index).length;
  return Math.min(plan.frames_in, plan.frames_out) + moved;
}

// The picture a clip becomes, in megapixels; the middle square, or the whole of it.
export function megapixels(settings, known) {
  const [side, crop] = settings.size.split(":").map((part, i) => (i ? part : Number(part)));
  if (!known) return side * side / 1e6;
  const short = Math.min(side, known.width, known.height);
  const long = Math.max(known.width, known.height) / Math.min(known.width, known.height);
  return short * short * (crop === "none" ? long : 1) / 1e6;
}
