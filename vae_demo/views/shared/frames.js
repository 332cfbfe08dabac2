// The browser's twin of vae_demo/layout: the same whole numbers without a request, tested against it on a
// grid of lengths, sizes and rules. Sizes are numbers, null is `whole`; a length that cannot work throws a
// Refusal whose case and params are those of the Python one.
export class Refusal extends Error {
  constructor(name, params) {
    super(name);
    this.case = name;
    this.params = params;
  }
}

export const OPEN_SORA = {stride: 4, first: "fill", tail: "keep"};
export const MOST_FRAMES = 100000;
const MOST_CHUNKS = 10000;
const modulo = (a, b) => ((a % b) + b) % b;

// Slots cut from the left when so many latents are decoded as `length` frames.
function cropOf(length, latents, rule) {
  if (rule.first === "fill") return modulo(-length, rule.stride);
  return rule.first !== "alone" && latents % 2 === 0 ? 0 : rule.stride - 1;
}

export function padsOf(length, rule) {
  if (rule.first === "paired") return cropOf(length, Math.ceil(length / rule.stride), rule);
  return rule.first === "alone" ? rule.stride - 1 : modulo(-length, rule.stride);
}

export function usedOf(length, rule) {
  if (rule.tail === "keep" || !padsOf(length, rule)) return length;
  const surplus = modulo(length - 1, rule.stride), used = length - surplus;
  if (surplus && rule.tail === "refuse")
    throw new Refusal("length_refused", {length, stride: rule.stride, below: used, above: used + rule.stride});
  return used;
}

export const latentsIn = (length, rule) => Math.ceil((padsOf(length, rule) + usedOf(length, rule)) / rule.stride);

// Real frames behind each latent of a chunk: 17 is 1, 4, 4, 4, 4.
export function groupsIn(length, rule) {
  const pads = padsOf(length, rule), filled = pads + usedOf(length, rule);
  return Array.from({length: latentsIn(length, rule)}, (_, i) =>
    Math.min((i + 1) * rule.stride, filled) - Math.max(i * rule.stride, pads));
}

export function chunkLengths(frames, size) {
  if (size === null) return [frames];
  const full = Math.floor(frames / size), tail = frames % size;
  return [...Array(full).fill(size), ...(tail ? [tail] : [])];
}

export const latentCount = (frames, size, rule = OPEN_SORA) =>
  chunkLengths(frames, size).reduce((sum, length) => sum + latentsIn(length, rule), 0);

function checkSizes(frames, encode, decode, fit) {
  const whole = (n) => Number.isInteger(n) && n >= 1 && n <= MOST_FRAMES;
  if (!whole(frames)) throw new Refusal("frames_range", {frames, most: MOST_FRAMES});
  for (const [side, size] of [["encode", encode], ["decode", decode]]) {
    if (size !== null && !whole(size)) throw new Refusal("size_range", {side, size, most: MOST_FRAMES});
  }
  if (fit && encode === decode) throw new Refusal("fit_same", {});
  if (encode !== null) checkChunks(frames, "encode", encode, Math.ceil(frames / encode));
}

export function checkChunks(frames, side, size, count) {
  if (count > MOST_CHUNKS) throw new Refusal("too_many_chunks", {frames, side, size, count, most: MOST_CHUNKS});
}

export function encodeChunks(frames, size, rule) {
  let start = 0, latent = 0;
  return chunkLengths(frames, size).map((length) => {
    const count = latentsIn(length, rule);
    const chunk = {start, stop: start + length, pad: padsOf(length, rule), used: usedOf(length, rule),
      latent_start: latent, latent_stop: latent + count};
    start += length;
    latent += count;
    return chunk;
  });
}

// Per latent: its slots as source frames, null for a pad.
function latentSlots(chunks, stride) {
  const groups = [];
  for (const chunk of chunks) {
    const slots = [...Array(chunk.pad).fill(null), ...Array.from({length: chunk.used}, (_, i) => chunk.start + i)];
    slots.push(...Array(modulo(-slots.length, stride)).fill(null));
    for (let i = 0; i < slots.length; i += stride) groups.push(slots.slice(i, i + stride));
  }
  return groups;
}

// A chunk of `size` frames is read as this many latents.
const latentsRead = (size, rule) => Math.max(latentsIn(size, rule), 1);

function decodeChunks(latents, frames, size, rule = OPEN_SORA) {
  const step = size === null ? latents : latentsRead(size, rule), chunks = [];
  let remaining = frames, out = 0;
  for (let first = 0; first < latents; first += step) {
    const last = Math.min(first + step, latents), length = size === null ? remaining : Math.min(size, remaining);
    const crop = cropOf(length, last - first, rule), count = (last - first) * rule.stride - crop;
    chunks.push({latent_start: first, latent_stop: last, num_frames: length, crop, start: out, stop: out + count});
    out += count;
    remaining -= size === null ? 0 : size;
  }
  return chunks;
}

// The mapping of Plan.to_json(); encode and decode stay numbers (null is `whole`).
export function planFrames(frames, encode = 17, decode = 17, rule = OPEN_SORA, fit = false) {
  checkSizes(frames, encode, decode, fit);
  const encoded = encodeChunks(frames, encode, rule), written = latentSlots(encoded, rule.stride);
  const wanted = fit ? Math.min(latentCount(frames, decode, rule), written.length) : written.length;
  if (decode !== null) checkChunks(frames, "decode", decode, Math.ceil(wanted / latentsRead(decode, rule)));
  const read = decodeChunks(wanted, frames, decode, rule);
  const slots = read.flatMap((chunk) => written.slice(chunk.latent_start, chunk.latent_stop).flat().slice(chunk.crop));
  const boundaries = read.slice(1).filter((chunk) => chunk.stop > chunk.start).map((chunk) => chunk.start);
  const shown = new Set(slots);
  return {
    rule, latent_slots: written.slice(0, wanted), borders: boundaries.map((frame) => ({frame, kind: "chunk"})),
    frames_in: frames, encode, decode, fit, latents: wanted, encoded_latents: written.length, frames_out: slots.length,
    slots,
    pads_shown: slots.filter((slot) => slot === null).length,
    lost_frames: Array.from({length: frames}, (_, i) => i).filter((i) => !shown.has(i)),
    boundaries, encode_chunks: encoded, decode_chunks: read,
  };
}
