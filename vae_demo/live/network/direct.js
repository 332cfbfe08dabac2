// A convolution in the plain form: 1x1, or 3x3 with a stride of two.
import {upToEight} from "./planes.js";

export function directly(conv, x, y, layOut) {
  const {kernels, side, time, halve} = conv, {arena} = kernels, padded = paddedStride(y), parts = halve ? 4 : 1;
  const frame = padded * parts, channel = (x.frames + conv.before) * frame;
  const planes = arena.take(conv.from * channel), offsets = arena.take(conv.terms);
  for (let c = 0; c < conv.from; c++) {
    kernels.zero(planes + c * channel, conv.before * frame);
    for (let t = 0; t < x.frames; t++) layOut(c, t, planes + c * channel + (conv.before + t) * frame, padded);
  }
  const {integers} = arena, middle = y.row + 1;
  for (let c = 0, at = offsets; c < conv.from; c++) for (let t = 0; t < time; t++)
    for (let b = 0; b < side; b++) for (let a = 0; a < side; a++)
      integers[at++] = c * channel + t * frame + (side === 1 ? middle
        : halve ? ((b & 1) * 2 + (a & 1)) * padded + (b >> 1) * y.row + (a >> 1) : b * y.row + a);
  for (let t = 0; t < y.frames; t++)
    kernels.convolve(planes + t * conv.pace * frame, offsets, conv.terms, conv.weights, conv.bias, y.plane(0, t),
      conv.to, y.height * y.row, y.frames * y.stride);
}

// Floats of a padded plane of these sides, with what kernels read past it.
export const paddedStride = ({height, row}) => upToEight((height + 2) * row + 8) + 8;
