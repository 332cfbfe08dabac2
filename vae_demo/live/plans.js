// A plan of views/shared/frames.js as the engine takes it, and where everything in it lies.

// plan: what planFrames() gives. join: what happens where chunks meet; none yet, but a key of its own for each.
export const planOf = ({encode, decode, fit, encode_chunks: written, decode_chunks: read}, join = "") => ({
  key: [encode ?? "whole", decode ?? "whole", fit ? "fit" : "", join].join(":"), join,
  encode: written.map((chunk) => [chunk.start, chunk.stop]),
  decode: read.map((chunk) => [chunk.latent_start, chunk.latent_stop, chunk.crop]),
});

// Chunks {start, stop, from, to}: of the clip's frames and the latents they become; of latents, from and to, and the
// frames they become. stride: frames per latent.
export function placesOf(plan, stride) {
  let latent = 0, frame = 0;
  const encode = plan.encode.map(([start, stop]) => {
    const from = latent;
    latent += Math.ceil((stop - start) / stride);
    return {start, stop, from, to: latent};
  });
  const decode = plan.decode.map(([from, to, crop]) => {
    const start = frame;
    frame += (to - from) * stride - crop;
    return {start, stop: frame, from, to, crop};
  });
  return {encode, decode, frames: frame};
}

// How far a frame is from a chunk; 0 inside it.
export const distance = (cursor, start, stop) =>
  cursor < start ? start - cursor : cursor >= stop ? cursor - stop + 1 : 0;
