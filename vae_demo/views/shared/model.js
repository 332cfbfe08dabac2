// What the views ask about a comparison: lines, slots, latents, borders. No drawing here.
import {clamp, known} from "./format.js";
import {linesOf} from "./lines.js";

const PENDING = ["waiting", "not_run"];

export function modelOf(comparison) {
  const lines = linesOf(comparison.variants.map((v) => v.label));
  const variants = comparison.variants.map((variant, index) => {
    const starts = variant.decode_chunks.map((chunk) => chunk.start);
    const clash = variant.pads_shown > 0 || variant.lost_frames.length > 0;
    // _kind of explore/first.py is its twin.
    const kind = variant.encode === variant.decode ? "round_trip" : clash ? "clash" : "mixed";
    const pending = PENDING.includes(variant.verdict?.case);
    return {...variant, line: lines[index], starts, clash, kind, pending, ...groupsOf(variant),
      chunkOf: (i) => lastAtMost(starts, i)};
  });
  return {
    ...comparison, variants, n_frames: comparison.media.n_frames, n_source: comparison.clip.n_frames,
    // A frame of the source by its number in the file, f24; plain numbers count what plays.
    frameName: (source) => `f${source + (comparison.clip.start || 0)}`,
    of: (label) => variants.find((v) => v.label === label),
    panel: (key, layer) => comparison.media.panels.find((p) => p.key === key && p.layer === layer),
  };
}

// A model for the ruler alone: plans of what the controls say, before anything is run.
export function plannedModel(plan) {
  const variants = plan.variants.map((v) =>
    ({...v.plan, label: v.label, verdict: {case: "not_run", params: {}}}));
  const longest = Math.max(plan.frames, ...variants.map((v) => v.frames_out));
  return modelOf({variants, clip: {n_frames: plan.frames, start: plan.settings.start},
    media: {n_frames: longest, panels: []}});
}

// The frames to look at, worst first; neighbours of one that is listed are left out.
export function worstFrames(v, most = 8, apart = 4) {
  const order = v.psnr.map((value, frame) => ({value, frame})).filter((f) => known(f.value))
    .sort((a, b) => a.value - b.value || a.frame - b.frame);
  const found = [];
  for (const {frame} of order) if (found.length < most && found.every((other) => Math.abs(other - frame) >= apart))
    found.push(frame);
  return found;
}

export function lastAtMost(starts, frame) {
  let index = 0;
  while (index + 1 < starts.length && starts[index + 1] <= frame) index++;
  return index;
}

// cells: the latents in the order they are read, and the output frames each spans.
// cuts: per decode chunk, what the crop in front of it removed: pads (folded away) and real frames (lost).
// dropped: frames lost without a crop (latents never read, tails that fill no group).
function groupsOf(variant) {
  const {stride} = variant.rule, slots = variant.latent_slots.flat(), cells = [], cuts = [];
  for (const chunk of variant.decode_chunks) {
    let at = chunk.start;
    for (let k = chunk.latent_start; k < chunk.latent_stop; k++) {
      const stop = at + stride - (k === chunk.latent_start ? chunk.crop : 0);
      cells.push({index: k, start: at, stop});
      at = stop;
    }
    const gone = slots.slice(chunk.latent_start * stride, chunk.latent_start * stride + chunk.crop);
    cuts.push({frame: chunk.start, pads: gone.filter((s) => s === null).length, lost: gone.filter((s) => s !== null)});
  }
  const cut = new Set(cuts.flatMap((c) => c.lost));
  return {cells, cuts, dropped: variant.lost_frames.filter((frame) => !cut.has(frame))};
}

// Where to rest first: the first border that opens with ghosts, of a variant that is said to have them before any
// other; else the first border of the second variant.
export function firstStop(model) {
  const opens = (v) => v.decode_chunks.find((chunk, i) => i > 0 && v.ghosts[i] > 0);
  const ghostly = model.variants.filter((v) => v.label !== model.reference && !v.clash && opens(v));
  const chosen = [ghostly.find((v) => v.verdict?.case === "ghosts"), ghostly[0], model.variants[1],
    model.variants[0]].find((v) => v && v.boundaries.length) || model.variants[0];
  return {selected: chosen.label, frame: opens(chosen)?.start ?? chosen.boundaries[0] ?? 0};
}

// Where to rest: where it was for more of the same run, where a link asks for, else where there is most to see.
// was: {selected, frame} of that run, or {}. asked: {selected, frame}, either may be null.
export function restingAt(model, was, asked) {
  const stop = firstStop(model);
  const selected = [was.selected, asked.selected, stop.selected].find((label) => label && model.of(label));
  const frame = was.frame ?? asked.frame
    ?? (selected === stop.selected ? stop.frame : model.of(selected).boundaries[0] ?? 0);
  return {selected, frame: clamp(frame, 0, model.n_frames - 1)};
}

// A score as played (frame i against source frame i) or realigned (each frame against the one it shows);
// both stand at the playback frame, so the axis stays the same.
export function seriesOf(v, metric, realigned) {
  return realigned ? v.slots.map((slot) => (slot === null ? null : v.aligned[metric][slot])) : v[metric];
}
