// Whether a run of what the controls say would do what a result was made by, and if not, which controls differ.
//
//   form     {clip, model, variants or sizes, start, frames, size, dtype} of the controls
//   of       the same of the result, with `upload`: false for a sample, else which clip of the visitor's it was,
//            and `got`: how many frames it has, which are fewer than it asked for where the clip ended
//   known    of the form's clip: {n_frames, width, height, id}, n_frames null where only reading tells, id only of a
//            clip of the visitor's; null where nothing is known
//   models   by name: {own: label of the cut it is made for, multiple: pixels its pictures' sides are a multiple of,
//            dtype: what it computes in on this server unless asked otherwise}
//
// What counts is what would be computed, not how it is written: 100 frames of a clip that has 85 are its 85, 384² of
// a picture of 256² is 256², auto is what it comes to, and the order of variants changes nothing unless the first of
// them is the reference.
import {dtypeOf} from "./advanced.js";
import {readAnyVariant, variantLabel} from "./variants.js";

export const CONTROLS = ["clip", "model", "variants", "sizes", "start", "frames", "size", "dtype"];

// Names of CONTROLS that differ; empty where the result is what the form asks for.
export function differences(form, of, known, models) {
  const clip = !sameClip(form, of, known), facts = clip ? null : known;
  const differ = {
    clip, model: form.model !== of.model, variants: !sameVariants(form, of, models),
    sizes: !sameList(sizesIn(form.sizes), sizesIn(of.sizes)), start: (form.start || 0) !== (of.start || 0),
    frames: !sameFrames(form, of, facts), size: !sameSize(form, of, facts, models),
    dtype: !sameDtype(form, of, models)};
  return CONTROLS.filter((name) => differ[name]);
}

function sameClip(form, of, known) {
  const own = known?.id || null;
  return of.upload ? own === of.upload : !own && form.clip === of.clip;
}

function sameVariants(form, of, models) {
  const wanted = labelsOf(form.variants), made = labelsOf(of.variants);
  return sameList(wanted, made) && referenceOf(wanted, models[form.model]) === referenceOf(made, models[of.model]);
}

// What the others are compared with: the cut the model is made for, without it the first.
const referenceOf = (labels, model) => (labels.includes(model?.own) ? model.own : labels[0]);

const labelsOf = (typed) => [...new Set((typed || []).map(labelOf))];

function labelOf(typed) {
  try {
    return variantLabel(readAnyVariant(typed));
  } catch (error) {
    return typed; // nothing can have been made by it
  }
}

function sameFrames(form, of, known) {
  const asked = form.frames ?? Infinity;
  if (asked === of.frames) return true;
  if (!known) return false;
  const left = known.n_frames === null ? Infinity : known.n_frames - (form.start || 0);
  const ended = of.got < of.frames;
  return Math.min(asked, left) === of.got || (ended && asked >= of.got);
}

function sameSize(form, of, known, models) {
  if (String(form.size) === String(of.size)) return true;
  const multiple = models[form.model]?.multiple || 8;
  return Boolean(known) && pictureOf(known, form.size, multiple) === pictureOf(known, of.size, multiple);
}

// What another model computes in is that model's business.
const sameDtype = (form, of, models) => form.model !== of.model || dtypeOf(form, models) === dtypeOf(of, models);

// The picture that a clip becomes, as fit() in clips/geometry.py has it: how it is scaled and what is cut out of it.
function pictureOf({width, height}, choice, multiple) {
  const [text, crop] = String(choice).split(":"), size = Number(text), short = Math.min(width, height);
  const scaled = [width, height].map((side) =>
    (size < short ? Math.floor((2 * side * size + short) / (2 * short)) : side));
  const [across, down] = scaled.map((side) => Math.floor(side / multiple) * multiple), least = Math.min(across, down);
  return [...scaled, ...(crop === "none" ? [across, down] : [least, least])].join();
}

const MOST = 10000, RANGE = /^(\d{1,6})\s*[-–]\s*(\d{1,6})$/;

// Labels of a list of sizes as people type it, 4-40,whole; as parse_sizes in layout/sizes.py reads it.
function sizesIn(typed) {
  const parts = String(typed ?? "").replaceAll("，", ",").split(",").map((part) => part.trim().toLowerCase());
  return [...new Set(parts.filter(Boolean).flatMap((part) => {
    const range = RANGE.exec(part);
    if (!range) return /^\d+$/.test(part) ? [String(Number(part))] : [part];
    const [first, last] = [Number(range[1]), Number(range[2])];
    const count = last - first + 1;
    return count < 1 || count > MOST ? [part] : Array.from({length: count}, (_, i) => `${first + i}`);
  }))];
}

const sameList = (a, b) => a.length === b.length && a.every((each) => b.includes(each));
