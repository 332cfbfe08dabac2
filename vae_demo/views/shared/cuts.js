// The browser's twin of vae_demo/layout/cuts.py and plan_of: variants of a model that cuts time by itself, in the same
// whole numbers, tested against it. cuts: what Cuts.to_json() says, own read as a side.
import {checkChunks, planFrames, Refusal} from "./frames.js";
import {readSide, sideText, spelled, variantLabel} from "./variants.js";

export const CHUNKS = {kinds: ["chunk", "whole"], own: null, lead: "one", batch: 1};

const isOurs = (side) => side.kind === "chunk" || side.kind === "whole";
const meant = (side, cuts) => (side.kind === "own" && cuts.own ? readSide(cuts.own, cuts.own) : side);

// Throws a Refusal where a model of these cuts does not offer the variant.
export function checkOffered(variant, rule, cuts, model) {
  const text = spelled(variantLabel(variant)), sides = [variant.encode, variant.decode];
  if (variant.join || variant.model || sides.some(({kind}) => !cuts.kinds.includes(kind)))
    throw new Refusal("variant_not_offered", {text, model, offered: examples(cuts).join(", ")});
  for (const {kind, size, step} of sides.map((side) => meant(side, cuts))) {
    const multiple = {tile: rule.stride, batch: cuts.batch}[kind] ?? 1;
    if ([size, step].some((number) => number !== null && number % multiple))
      throw new Refusal("cut_multiple", {text, model, multiple});
  }
}

function examples(cuts) {
  const shown = {tile: ["tile16/8"], batch: [`batch${2 * cuts.batch}`], chunk: ["17", "17:16"]};
  return cuts.kinds.flatMap((kind) => shown[kind] ?? [kind]);
}

function decodeCalls(latents, size, lead) {
  const found = [];
  if (lead === "one") {
    found.push(1);
    for (let at = 1; at < latents; at += size) found.push(Math.min(size, latents - at));
    return found;
  }
  const count = Math.max(Math.floor(latents / size), 1);
  return [latents - size * (count - 1), ...Array(count - 1).fill(size)];
}

// How many pieces() gives, without making them.
function countPieces(latents, side, rule, lead) {
  const [size, step] = [side.size, side.step].map((number) => Math.floor(number / rule.stride));
  const opens = (first, by) => 1 + Math.max(Math.ceil((latents - first) / by), 0);
  if (side.kind === "tile" && latents > size) return opens(step + 1, step);
  if (side.kind === "batch" && side.size > rule.stride)
    return lead === "one" ? opens(1, size) : Math.max(Math.floor(latents / size), 1);
  return 1;
}

// The latent that opens each piece of a decoded clip.
function pieces(latents, side, rule, lead) {
  const size = side.size / rule.stride, found = [0];
  if (side.kind === "tile" && latents > size)
    for (let at = side.step / rule.stride + 1; at < latents; at += side.step / rule.stride) found.push(at);
  if (side.kind === "batch" && side.size > rule.stride)
    decodeCalls(latents, size, lead).slice(0, -1).forEach((length) => found.push(found[found.length - 1] + length));
  return found;
}

// The mapping of Plan.to_json(). variant: what readAnyVariant gives.
export function planVariant(frames, variant, rule, cuts) {
  const {encode, decode, fit} = variant, sizes = [encode, decode].map((side) => (isOurs(side) ? side.size : null));
  const plan = planFrames(frames, ...sizes, rule, fit && sizes[0] !== sizes[1]);
  const named = {...plan, encode: sideText(encode), decode: sideText(decode), fit};
  if (isOurs(encode) && isOurs(decode)) return named;
  const made = [encode, decode].map((side) => meant(side, cuts));
  [["encode", plan.encoded_latents], ["decode", plan.latents]].forEach(([name, latents], i) => {
    if (!isOurs(made[i]))
      checkChunks(frames, name, sideText(made[i]), countPieces(latents, made[i], plan.rule, cuts.lead));
  });
  const encoding = isOurs(made[0]) ? plan.encode_chunks : encodePieces(plan, made[0], cuts);
  const decoding = isOurs(made[1]) ? plan.decode_chunks : decodePieces(plan, made[1], cuts);
  const boundaries = decoding.slice(1).filter((chunk) => chunk.stop > chunk.start).map((chunk) => chunk.start);
  return {...named, cuts, encode_chunks: encoding, decode_chunks: decoding, boundaries,
    borders: boundaries.map((frame) => ({frame, kind: made[1].kind}))};
}

function encodePieces(plan, side, cuts) {
  const [only] = plan.encode_chunks, {stride} = plan.rule, last = plan.encoded_latents;
  const opens = [...pieces(last, side, plan.rule, cuts.lead), last];
  const frame = (at) => Math.max(at * stride - only.pad, 0);
  return opens.slice(1).map((stop, i) => ({start: frame(opens[i]), stop: stop < last ? frame(stop) : only.stop,
    pad: i ? 0 : only.pad, used: frame(stop) - frame(opens[i]), latent_start: opens[i], latent_stop: stop}));
}

function decodePieces(plan, side, cuts) {
  const [only] = plan.decode_chunks, {stride} = plan.rule;
  const opens = [...pieces(plan.latents, side, plan.rule, cuts.lead), plan.latents];
  return opens.slice(1).map((last, i) => {
    const start = Math.max(opens[i] * stride - only.crop, 0), stop = last * stride - only.crop;
    return {latent_start: opens[i], latent_stop: last, num_frames: stop - start, crop: i ? 0 : only.crop, start, stop};
  });
}
