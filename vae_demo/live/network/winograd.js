// A 3x3 convolution by Winograd's F(2x2, 3x3): see wasm/winograd.c. Taps in time are sums like those over channels.
import {paddedStride} from "./direct.js";
import {upToEight} from "./planes.js";

const POSITIONS = 16;
// What a tile of an enlarged plane has nothing at.
const empty = (position) => (position & 3) === 2 || position >> 2 === 2;

export function byWinograd(conv, x, y, layOut) {
  const {kernels} = conv, {arena} = kernels, enlarged = Number(conv.enlarge);
  const tiles = ((y.height + 1) >> 1) * ((y.width + 1) >> 1), channel = (x.frames + conv.before) * tiles;
  const inStride = upToEight(conv.from * channel) + 16;
  const plane = arena.take(paddedStride(y) + 16), values = arena.take(POSITIONS * inStride);
  for (let c = 0; c < conv.from; c++) {
    if (conv.before)
      for (let p = 0; p < POSITIONS; p++) kernels.zero(values + p * inStride + c * channel, conv.before * tiles);
    for (let t = 0; t < x.frames; t++) {
      layOut(c, t, plane);
      const to = values + c * channel + (conv.before + t) * tiles;
      kernels.winogradIn(plane, y.height, y.width, to, inStride, enlarged);
    }
  }
  const offsets = arena.take(conv.terms);
  for (let c = 0, at = offsets; c < conv.from; c++)
    for (let t = 0; t < conv.time; t++) arena.integers[at++] = c * channel + t * tiles;
  // Rows end on a multiple of eight and have eight more: sums come in eights, and a column count such as that of 12x12
  // latents is no multiple of it.
  const columns = y.frames * tiles, outRow = upToEight(columns) + 8, outStride = conv.to * outRow + 8;
  const sums = arena.take(POSITIONS * outStride);
  for (let p = 0; p < POSITIONS; p++) {
    if (enlarged && empty(p)) continue;
    const weights = conv.weights + p * conv.to * conv.terms;
    // Frames lie side by side, so all of them are one row of columns, but where every second one is skipped.
    const [runs, length] = conv.pace === 1 ? [1, columns] : [y.frames, tiles];
    for (let t = 0; t < runs; t++)
      kernels.convolve(values + p * inStride + t * conv.pace * tiles, offsets, conv.terms, weights, 0,
        sums + p * outStride + t * tiles, conv.to, length, outRow);
  }
  for (let o = 0; o < conv.to; o++) for (let t = 0; t < y.frames; t++)
    kernels.winogradOut(sums + o * outRow + t * tiles, y.height, y.width, y.plane(o, t), outStride,
      arena.floats[conv.bias + o], enlarged);
}
