// node, after `engines`, what live/network/vae.js exports, in several versions: all that a JSON file asks, each a clip
// through a model by every job, every so many pictures as RGB bytes into files.
const {readFileSync, writeFileSync} = require("node:fs");
const {wasm, asked} = JSON.parse(readFileSync(process.argv[2]));
const bytes = (path) => Uint8Array.from(readFileSync(path));
const CHANNELS = 16, FACTOR = 8, AT_ONCE = 2;

const joined = (parts) => {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
};

// What all plans of a clip share.
function spatialOf(model, {rgb, frames, side}) {
  const pixels = bytes(rgb), frame = side ** 2 * 3, read = [];
  for (let i = 0; i < frames; i += AT_ONCE) {
    const count = Math.min(AT_ONCE, frames - i);
    read.push(model.encodeFrames(pixels.slice(i * frame, (i + count) * frame), count, side, side));
  }
  return joined(read);
}

function pictures(model, spatial, {side, every, encode, decode}) {
  const small = side / FACTOR, size = CHANNELS * small ** 2, frame = side ** 2 * 3;
  const latents = joined(encode.map(([a, b]) => model.encodeChunk(spatial.slice(a * size, b * size), small, small)));
  const slots = decode.map(([a, b, crop]) =>
    model.decodeChunk(latents.slice(a * size, b * size), small, small).slice(crop * size));
  const shown = joined(slots), out = Buffer.alloc(Math.ceil(shown.length / size / every) * frame);
  for (let i = 0; i * every < shown.length / size; i++) {
    const rgba = model.decodeFrames(shown.slice(i * every * size, (i * every + 1) * size), small, small);
    for (let pixel = 0; pixel < side ** 2; pixel++)
      for (let c = 0; c < 3; c++) out[i * frame + pixel * 3 + c] = rgba[pixel * 4 + c];
  }
  return out;
}

const module_ = new WebAssembly.Module(bytes(wasm));
for (const {engine, weights, clip, jobs} of asked) {
  const model = engines[engine].openVae(module_, bytes(weights).buffer), spatial = spatialOf(model, clip);
  for (const job of jobs) writeFileSync(job.out, pictures(model, spatial, {side: clip.side, ...job}));
  // What earlier calls left in memory changes nothing.
  const again = spatialOf(model, {...clip, frames: Math.min(clip.frames, AT_ONCE)});
  if (!again.every((value, i) => value === spatial[i])) throw new Error("frames are encoded otherwise the second time");
}
